/* The report on paper: a page of its own, made of the sections that fit paper, which WeasyPrint prints. */
#include "harness/base/file.h"
#include "reports/render/pdf.h"
#include "reports/sections/sections.h"
#include "reports/tables/tables.h"

#include <stdio.h>
#include <string.h>

#define STYLE_BYTES_MAX (1u << 20)
#define READERS_UPRIGHT 8 /* with more, the tables need the long side of the sheet */

/* A string of ours inside a style sheet's double quotes. */
static void add_css_text(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\' || text[i] == '<')
            buf_add_char(b, '\\');
        buf_add_char(b, text[i]);
    }
}

/* "Page {0} of {1}" in the foot of every sheet, the counters in their places. */
static void page_numbers(struct page *p)
{
    page_put(p, "@page { @bottom-right { content: ");
    for (const char *c = word_text(WORD_PAPER_PAGE_OF, p->language); *c;) {
        const char *brace = strchr(c, '{');
        page_put(p, "\"");
        add_css_text(&p->b, c, brace ? (size_t)(brace - c) : strlen(c));
        page_put(p, "\" ");
        if (!brace)
            break;
        page_put(p, brace[1] == '0' ? "counter(page) " : "counter(pages) ");
        c = brace + strlen("{0}");
    }
    page_put(p, "} }\n");
}

static void meta(struct page *p, const char *element, const char *value)
{
    page_put(p, element);
    page_text(p, value);
    page_put(p, "\">\n");
}

/* What a reader's program shows of the document, and what traces it to the journal. */
static void metadata(struct page *p)
{
    const struct findings *f = p->f;
    page_put(p, "<meta charset=\"utf-8\">\n<title>");
    page_mark(p);
    page_say(p, WORD_TITLE);
    page_say(p, WORD_COLON);
    PAGE_FILL(p, WORD_SUBTITLE, f->survey->id, f->run);
    page_put(p, "</title>\n");
    meta(p, "<meta name=\"generator\" content=\"", f->program);
    meta(p, "<meta name=\"keywords\" content=\"", f->run);
    meta(p, "<meta name=\"dcterms.created\" content=\"", f->last_wall);
    meta(p, "<meta name=\"dcterms.modified\" content=\"", f->last_wall);
    meta(p, "<meta name=\"run\" content=\"", f->run);
    meta(p, "<meta name=\"journal-sha256\" content=\"", f->sha256);
    if (p->r->criteria_sha256)
        meta(p, "<meta name=\"criteria-sha256\" content=\"", p->r->criteria_sha256);
    page_put(p, "<meta name=\"description\" content=\"");
    PAGE_FILL(p, WORD_FOOTER, f->run, f->sha256, f->program);
    page_put(p, "\">\n");
}

/* Of a damaged journal, which lines stands at the head of every sheet. */
static void sheet_mark(struct page *p)
{
    if (p->f->faults.count == 0)
        return;
    page_put(p, "@page { @top-left { width: 50% } @top-right { width: 50%; content: \"");
    page_text(p, name_mark(p->f, p->language).text);
    page_put(p, "\" } }\n");
}

static void head(struct page *p, const struct buf *style)
{
    page_put(p, "<!DOCTYPE html>\n<html lang=\"");
    page_put(p, p->language == LANGUAGE_JAPANESE ? "ja" : "en");
    page_put(p, "\">\n<head>\n");
    metadata(p);
    page_put(p, "<style>\n");
    buf_add(&p->b, style->data, style->length);
    page_numbers(p);
    sheet_mark(p);
    bool is_wide = p->f->survey->reader_count > READERS_UPRIGHT;
    page_put(p, is_wide ? "@page { size: A4 landscape }\n</style>\n</head>\n<body class=\"landscape\">\n"
                        : "</style>\n</head>\n<body>\n");
}

/* What the head of every sheet says, the style sheet takes from the subtitle and the banner. */
static void cover(struct page *p)
{
    const struct findings *f = p->f;
    const struct survey *s = f->survey;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", name_survey(f, p->language).text);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, WORD_SUBTITLE, s->id, f->run);
    page_put(p, "</p>\n");
    page_banner(p, NULL);
    page_unfinished(p);
    page_table(p, &table_conclusion, NULL, NULL);
    page_table(p, &table_signature, NULL, NULL);
    page_table(p, &table_cover, NULL, NULL);
    page_element(p, "p", "class=\"note\"", WORD_S_VERIFY);
}

static int write_pdf(struct report *r, const char *path, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .language = language_of(r->language), .on_paper = true };
    char print_css[4096];
    struct buf style;
    buf_init(&p.b, PAGE_BYTES_MAX);
    buf_init(&style, STYLE_BYTES_MAX);
    snprintf(print_css, sizeof print_css, "%s/reports/print.css", r->data_directory);
    int code = words_open(p.language, r->locale_directory, e);
    if (code == 0)
        code = file_read(print_css, &style, e);
    if (code)
        goto out;
    head(&p, &style);
    cover(&p);
    page_sections(&p, report_sections, report_section_count);
    page_put(&p, "\n</main>\n</body>\n</html>\n");
    code = p.b.failed ? err_set(e, ERR_LIMIT, path, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
                      : pdf_write(r, &p.b, path, e);
out:
    buf_free(&style);
    buf_free(&p.b);
    return code;
}

const struct report_writer report_pdf = {
    .name = "pdf",
    .extension = "pdf",
    .summary = "the report on A4, by WeasyPrint",
    .is_in_every_language = true,
    .is_drawn = true,
    .write = write_pdf,
};
