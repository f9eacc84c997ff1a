/* The page as a whole: head, style sheet, sections, and the file. */
#include "harness/base/file.h"
#include "reports/page.h"
#include "reports/report.h"

#include <stdio.h>
#include <string.h>

#define STYLE_BYTES_MAX (1u << 20)

/* Nothing on the page runs or loads, whatever a profile says: the policy is the second lock. */
static void head(struct page *p, const struct buf *style)
{
    page_put(p, "<!DOCTYPE html>\n<html lang=\"");
    page_put(p, p->language == STRING_JAPANESE ? "ja" : "en");
    page_put(p, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                "'unsafe-inline'\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    if (p->f->simulated) {
        page_say(p, STR_SIMULATED);
        page_say(p, STR_COLON);
    }
    page_say(p, STR_TITLE);
    page_say(p, STR_COLON);
    PAGE_FILL(p, STR_SUBTITLE, p->f->survey->id, p->f->run);
    page_put(p, "</title>\n<style>\n");
    buf_add(&p->b, style->data, style->length);
    if (p->f->simulated) { /* on every sheet of paper, in the margin where it covers nothing */
        page_put(p, "@page { @top-right { content: \"");
        page_say(p, STR_SIMULATED);
        page_put(p, "\"; font: 600 8pt sans-serif; color: #7a5b00; } }\n");
    }
    page_put(p, "</style>\n</head>\n<body>\n");
}

static void foot(struct page *p)
{
    page_put(p, "\n</main>\n<footer><p>");
    PAGE_FILL(p, STR_FOOTER, p->f->run, p->f->sha256, p->f->program);
    page_put(p, "</p></footer>\n");
    page_put(p, "</body>\n</html>\n");
}

/* The style sheet is a file of ours; it must not be able to end its element all the same. */
static int read_style(const char *data_directory, struct buf *style, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reports/style.css", data_directory);
    int code = file_read(path, style, e);
    if (code == 0 && style->length > 0 && memmem(style->data, style->length, "</", 2))
        code = err_set(e, ERR_INPUT, path, "a style sheet can't hold `</`");
    return code;
}

static int write_html(struct report *r, const char *path, struct err *e)
{
    struct page p = { .f = r->findings, .r = r, .language = string_language_of(r->language) };
    struct buf style;
    buf_init(&p.b, PAGE_BYTES_MAX);
    buf_init(&style, STYLE_BYTES_MAX);
    int code = strings_open(p.language, r->locale_directory, e);
    if (code == 0)
        code = read_style(r->data_directory, &style, e);
    if (code)
        goto out;
    head(&p, &style);
    page_front(&p);
    page_verdicts(&p);
    page_matrix(&p);
    page_times(&p);
    page_budget(&p);
    page_positions(&p);
    page_failures(&p);
    page_effects(&p);
    page_coverage(&p);
    page_claims(&p);
    page_flagged(&p);
    page_run(&p);
    page_not_run(&p);
    page_health(&p);
    page_glossary(&p);
    foot(&p);
    code = p.b.failed ? err_set(e, ERR_LIMIT, path, "the page would be larger than %u bytes", PAGE_BYTES_MAX)
                      : file_replace(path, p.b.data, p.b.length, e);
out:
    buf_free(&style);
    buf_free(&p.b);
    return code;
}

const struct report_writer report_html = {
    .name = "html",
    .extension = "html",
    .summary = "one self-contained page, for people",
    .is_in_every_language = true,
    .write = write_html,
};
