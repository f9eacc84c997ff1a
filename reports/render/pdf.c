/*
 * The report on paper. A page of its own, made of the sections that fit paper, is rendered by WeasyPrint in a
 * child (print.py); nothing but the finished document ever stands at the path asked for.
 */
#include "harness/base/file.h"
#include "reports/render/html.h"
#include "reports/render/tool.h"
#include "reports/report.h"

#include <stdio.h>
#include <string.h>

#define STYLE_BYTES_MAX   (1u << 20)
#define PRINTER_BYTES_MAX (1u << 20)
#define PDF_BYTES_MAX     (256u << 20)
#define SECONDS           900                 /* 300 handsets on 6 readers take about one minute */
#define MEMORY_BYTES      (UINT64_C(6) << 30) /* of address space; they take about 1 GB */
#define READERS_UPRIGHT   8                   /* with more, the tables need the long side of the sheet */

/* Of print.py. */
#define STATUS_NO_WEASYPRINT 3
#define STATUS_NO_FONT       4

#define INSTEAD_OF_IT "write `--format html` and print that page from a browser"
#define INSTEAD       "or " INSTEAD_OF_IT

static void (*const sections[])(struct page *) = {
    page_list,      page_basis,    page_paper_overview, page_paper_handsets, page_times,  page_budget,
    page_positions, page_failures, page_effects,        page_coverage,       page_claims, page_flagged,
    page_run,       page_not_run,  page_health,         page_glossary,
};

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

static void head(struct page *p, const struct buf *style)
{
    page_put(p, "<!DOCTYPE html>\n<html lang=\"");
    page_put(p, p->language == LANGUAGE_JAPANESE ? "ja" : "en");
    page_put(p, "\">\n<head>\n");
    metadata(p);
    page_put(p, "<style>\n");
    buf_add(&p->b, style->data, style->length);
    page_numbers(p);
    bool is_wide = p->f->survey->reader_count > READERS_UPRIGHT;
    page_put(p, is_wide ? "@page { size: A4 landscape }\n</style>\n</head>\n<body class=\"landscape\">\n"
                        : "</style>\n</head>\n<body>\n");
}

static void add_without_marks(struct buf *b, const char *markup, size_t length)
{
    static const char open[] = "<span class=\"mark\">", close[] = "</span>";
    const char *mark = memmem(markup, length, open, sizeof open - 1);
    const char *end = mark ? memmem(mark, length - (size_t)(mark - markup), close, sizeof close - 1) : NULL;
    if (!end) {
        buf_add(b, markup, length);
        return;
    }
    buf_add(b, markup, (size_t)(mark - markup));
    end += sizeof close - 1;
    buf_add(b, end, length - (size_t)(end - markup));
}

/*
 * Contents, from the headings that the sections really wrote: `<h2 id="anchor">title</h2>`. The anchor and
 * the title are markup already; the style sheet adds the page's number.
 */
static void contents(struct page *p, const struct buf *body)
{
    static const char open[] = "<h2 id=\"", close[] = "</h2>";
    const char *at = body->data ? body->data : "", *end = at + (body->data ? body->length : 0);
    page_put(p, "<nav>");
    page_element(p, "h2", "class=\"contents\"", WORD_CONTENTS);
    page_put(p, "<ol>\n");
    while (at && (at = memmem(at, (size_t)(end - at), open, sizeof open - 1))) {
        const char *anchor = at + sizeof open - 1;
        const char *anchor_end = memchr(anchor, '"', (size_t)(end - anchor));
        const char *title = anchor_end ? memchr(anchor_end, '>', (size_t)(end - anchor_end)) : NULL;
        const char *title_end = title ? memmem(title, (size_t)(end - title), close, sizeof close - 1) : NULL;
        if (title_end) {
            page_put(p, "<li><a href=\"#");
            buf_add(&p->b, anchor, (size_t)(anchor_end - anchor));
            page_put(p, "\">");
            add_without_marks(&p->b, title + 1, (size_t)(title_end - title - 1));
            page_put(p, "</a></li>\n");
        }
        at = title_end;
    }
    page_put(p, "</ol></nav>\n");
}

static void particular(struct page *p, enum word name, const char *value)
{
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", name);
    page_value(p, "td", "", value);
    page_put(p, "</tr>\n");
}

/* What the head of every sheet says, the style sheet takes from the subtitle and the banner. */
static void cover(struct page *p, const struct buf *body)
{
    const struct findings *f = p->f;
    const struct survey *s = f->survey;
    const char *title = p->language == LANGUAGE_JAPANESE && s->title_ja ? s->title_ja : s->title;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", title ? title : s->id);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, WORD_SUBTITLE, s->id, f->run);
    page_put(p, "</p>\n<table class=\"cover\"><tbody>\n");
    page_put(p, "<tr>");
    page_element(p, "th", "scope=\"row\"", WORD_K_TIME);
    page_put(p, "<td>");
    page_period(p, f->started, f->last_wall);
    page_put(p, "</td></tr>\n");
    particular(p, WORD_K_PROGRAM, f->program);
    particular(p, WORD_PAPER_JOURNAL, f->sha256);
    if (p->r->criteria_sha256)
        particular(p, WORD_PAPER_CRITERIA, p->r->criteria_sha256);
    page_put(p, "</tbody></table>\n");
    page_banner(p, NULL);
    page_unfinished(p);
    contents(p, body);
    page_put(p, "</header>\n<main>\n");
}

/* The whole page; the sections come first, because the contents are made of their headings. */
static int make_page(struct page *p, const struct buf *style, struct err *e)
{
    struct page body = { .f = p->f, .r = p->r, .language = p->language, .on_paper = true };
    buf_init(&body.b, PAGE_BYTES_MAX);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        sections[i](&body);
    head(p, style);
    cover(p, &body.b);
    if (body.b.data)
        buf_add(&p->b, body.b.data, body.b.length);
    page_put(p, "\n</main>\n</body>\n</html>\n");
    bool failed = body.b.failed || p->b.failed;
    buf_free(&body.b);
    return failed ? err_set(e, ERR_LIMIT, p->f->run, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
                  : 0;
}

static int print_with(const char *python, const struct tool_folder *folder, int *status, struct err *e)
{
    static const char *const arguments[] = { "print.py", NULL };
    const struct tool tool = { .program = python,
                               .arguments = arguments,
                               .seconds = SECONDS,
                               .file_bytes = PDF_BYTES_MAX,
                               .memory_bytes = MEMORY_BYTES };
    return tool_run(&tool, folder, status, e);
}

static bool is_not_there(int code, int status, const struct err *e)
{
    return code != 0 && (status == STATUS_NO_WEASYPRINT ||
                         (status == TOOL_NOT_STARTED && strcmp(e->native, "ENOENT") == 0));
}

/* What the user can do about it. */
static int explain(int code, int status, struct err *e)
{
    if (is_not_there(code, status, e))
        return err_set(e, ERR_ENVIRONMENT, "weasyprint",
                       "is not installed: `apt-get install weasyprint`, " INSTEAD);
    if (status == STATUS_NO_FONT)
        return err_set(e, ERR_ENVIRONMENT, "weasyprint",
                       "finds no font with all that the report needs: `apt-get install fonts-noto-cjk "
                       "fonts-dejavu-core`, " INSTEAD);
    return code;
}

/* A renderer that says nothing and writes nothing, or something else, is not believed. */
static int take_document(const struct tool_folder *folder, struct buf *pdf, struct err *e)
{
    static const char begins[] = "%PDF-";
    int code = tool_folder_get(folder, "out.pdf", pdf, NULL);
    if (code == ERR_LIMIT)
        return err_set(e, ERR_LIMIT, "weasyprint", "the document is larger than %u bytes", PDF_BYTES_MAX);
    if (code != 0 || pdf->length < sizeof begins || memcmp(pdf->data, begins, sizeof begins - 1) != 0)
        return err_set(e, ERR_ENVIRONMENT, "weasyprint", "wrote no document; " INSTEAD_OF_IT);
    return 0;
}

static int render(const struct report *r, const struct buf *page, const struct buf *script, struct buf *pdf,
                  struct err *e)
{
    struct tool_folder folder = { .path = "" };
    int status = 0;
    int code = tool_folder_make(&folder, e);
    if (code)
        return code;
    code = tool_folder_put(&folder, "page.html", page, e);
    if (code == 0)
        code = tool_folder_put(&folder, "print.py", script, e);
    if (code == 0) {
        code = print_with(r->python ? r->python : "/usr/bin/python3", &folder, &status, e);
        if (!r->python && is_not_there(code, status, e))
            code = print_with("python3", &folder, &status, e);
        code = code ? explain(code, status, e) : take_document(&folder, pdf, e);
    }
    tool_folder_remove(&folder);
    return code;
}

static int read_data(const struct report *r, const char *name, struct buf *out, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reports/%s", r->data_directory, name);
    return file_read(path, out, e);
}

static int write_pdf(struct report *r, const char *path, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .language = language_of(r->language) };
    struct buf style, script, pdf;
    buf_init(&p.b, PAGE_BYTES_MAX);
    buf_init(&style, STYLE_BYTES_MAX);
    buf_init(&script, PRINTER_BYTES_MAX);
    buf_init(&pdf, PDF_BYTES_MAX);
    int code = words_open(p.language, r->locale_directory, e);
    if (code == 0)
        code = read_data(r, "print.css", &style, e);
    if (code == 0)
        code = read_data(r, "print.py", &script, e);
    if (code == 0)
        code = make_page(&p, &style, e);
    if (code == 0)
        code = render(r, &p.b, &script, &pdf, e);
    if (code == 0)
        code = file_replace(path, pdf.data ? pdf.data : "", pdf.length, e);
    buf_free(&pdf);
    buf_free(&script);
    buf_free(&style);
    buf_free(&p.b);
    return code;
}

const struct report_writer report_pdf = {
    .name = "pdf",
    .extension = "pdf",
    .summary = "the report on A4, by WeasyPrint",
    .is_in_every_language = true,
    .write = write_pdf,
};
