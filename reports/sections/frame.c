/* What stands around the sections of a page: the head with its policy and style sheet, the mark of simulated
 * data, and the contents. */
#include "harness/base/file.h"
#include "reports/render/html.h"

#include <stdio.h>
#include <string.h>

/* Files of ours; they must not be able to end the element that they stand in all the same. */
int page_part(const char *data_directory, const char *name, struct buf *part, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reports/%s", data_directory, name);
    int code = file_read(path, part, e);
    if (code == 0 && part->length > 0 &&
        (memmem(part->data, part->length, "</", 2) || memmem(part->data, part->length, "<!--", 4)))
        code = err_set(e, ERR_INPUT, path, "what stands inside the page can't hold `</` or `<!--`");
    return code;
}

void page_mark(struct page *p)
{
    if (!p->f->simulated)
        return;
    page_say(p, WORD_SIMULATED);
    page_say(p, WORD_COLON);
}

/* Nothing on the page loads, and nothing but the page's own script runs, whatever a profile says: the policy
 * is the second lock. */
void page_head_open(struct page *p, const char *script)
{
    page_put(p, "<!DOCTYPE html>\n<html lang=\"");
    page_put(p, p->language == LANGUAGE_JAPANESE ? "ja" : "en");
    page_put(p, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
                "form-action 'none'; style-src 'unsafe-inline'");
    if (script) {
        page_put(p, "; script-src '");
        page_put(p, script);
        page_put(p, "'");
    }
    page_put(p, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    page_mark(p);
}

void page_style_open(struct page *p, const struct buf *style)
{
    page_put(p, "</title>\n<style>\n");
    buf_add(&p->b, style->data, style->length);
    if (p->f->simulated) { /* on every sheet of paper, in the margin where it covers nothing */
        page_put(p, "@page { @top-right { content: \"");
        page_say(p, WORD_SIMULATED);
        page_put(p, "\"; font: 600 8pt sans-serif; color: #7a5b00; } }\n");
    }
}

void page_head_close(struct page *p)
{
    page_put(p, "</style>\n</head>\n<body>\n");
}

void page_banner(struct page *p, const char *sign)
{
    if (!p->f->simulated)
        return;
    page_put(p, "<div class=\"banner\" role=\"note\"><strong>");
    page_say(p, WORD_SIMULATED);
    page_put(p, "</strong><p>");
    page_say(p, WORD_SIMULATED_TEXT);
    if (sign)
        PAGE_FILL(p, WORD_SIMULATED_SIGN, sign);
    page_put(p, "</p></div>\n");
}

void page_unfinished(struct page *p)
{
    const struct findings *f = p->f;
    struct phrase hold;
    if (f->finished)
        return;
    page_put(p, "<p class=\"notice\">");
    PAGE_FILL(p, WORD_UNFINISHED,
              f->stop_reason ? phrase_said(f->stop_reason, p->language, &hold)
                             : word_text(WORD_NO_STOP, p->language));
    page_put(p, "</p>\n");
}

void page_contents(struct page *p, const struct page_link *links, size_t count)
{
    page_put(p, "<nav aria-labelledby=\"contents\">");
    page_element(p, "h2", "id=\"contents\"", WORD_CONTENTS);
    page_put(p, "<ol>");
    for (size_t i = 0; i < count; i++) {
        page_put(p, "<li><a href=\"#");
        page_put(p, links[i].anchor);
        page_put(p, "\">");
        page_say(p, links[i].title);
        page_put(p, "</a></li>");
    }
    page_put(p, "</ol></nav>\n");
}
