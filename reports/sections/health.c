/* Health events of the instruments, and the few words that a reader of the page needs. */
#include "reports/render/html.h"

#include <inttypes.h>
#include <stdio.h>

static void events(struct page *p)
{
    static const enum word columns[] = { WORD_C_AT, WORD_C_READER, WORD_C_EVENT, WORD_C_DETAIL, WORD_C_LINE };
    page_put(p, "<details><summary>");
    PAGE_FILL(p, WORD_HEALTH_SUMMARY, page_u64(p->f->health_count).text);
    page_put(p, "</summary>\n<div class=\"wide\"><table class=\"list\">\n");
    page_caption(p, WORD_HEALTH_CAPTION, (const char *const[]) { NULL });
    page_headers(p, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < p->f->health_kept; i++) {
        const struct findings_health *h = &p->f->health[i];
        page_put(p, "<tr>");
        page_count(p, "td", "class=\"n\"", h->at_us / 1000000);
        page_value(p, "th", "scope=\"row\"", h->reader);
        page_element(p, "td", "", word_health(h->event));
        page_said(p, "td", "", h->detail);
        page_name(p, "td", "class=\"n\"", h->line);
        page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody></table></div></details>\n");
}

void page_health(struct page *p)
{
    page_heading(p, "health", WORD_H_HEALTH);
    if (p->f->health_count == 0)
        page_element(p, "p", "", WORD_HEALTH_NONE);
    else
        events(p);
    if (p->f->health_kept < p->f->health_count) {
        page_put(p, "<p>");
        PAGE_FILL(p, WORD_HEALTH_CUT, page_u64(p->f->health_kept).text, page_u64(p->f->health_count).text);
        page_put(p, "</p>\n");
    }
    page_put(p, "</section>\n");
}

void page_glossary(struct page *p)
{
    static const enum word words[][2] = {
        { WORD_G_PLACEMENT, WORD_G_PLACEMENT_TEXT }, { WORD_G_TRANSACTION, WORD_G_TRANSACTION_TEXT },
        { WORD_G_DIRTY, WORD_G_DIRTY_TEXT },         { WORD_G_CELL, WORD_G_CELL_TEXT },
        { WORD_G_BOUNDS, WORD_G_BOUNDS_TEXT },       { WORD_G_UNDECIDED, WORD_G_UNDECIDED_TEXT },
        { WORD_G_INVALID, WORD_G_INVALID_TEXT },     { WORD_G_NOT_APPLICABLE, WORD_G_NOT_APPLICABLE_TEXT },
        { WORD_G_SESSION, WORD_G_SESSION_TEXT },
    };
    page_heading(p, "words", WORD_H_GLOSSARY);
    page_put(p, "<dl>\n");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        page_element(p, "dt", "", words[i][0]);
        page_element(p, "dd", "", words[i][1]);
    }
    page_put(p, "</dl>\n</section>\n");
}
