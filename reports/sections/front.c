/* The head of the page: what it is, and its marks. */
#include "reports/sections/sections.h"

static void banner(struct page *p)
{
    struct phrase hold;
    const struct findings *f = p->f;
    if (f->unproven) {
        struct buf units;
        buf_init(&units, 8192);
        name_add_readers(&units, f, f->unproven_readers, p->language);
        page_banner(p, buf_text(&units));
        buf_free(&units);
    } else
        page_banner(p, f->simulated_sign ? phrase_said(f->simulated_sign, p->language, &hold) : NULL);
    page_unfinished(p);
}

void page_front(struct page *p)
{
    const struct survey *s = p->f->survey;
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", name_survey(p->f, p->language).text);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, WORD_SUBTITLE, s->id, p->f->run);
    page_put(p, " <br>");
    page_period(p, p->f->started, p->f->last_wall);
    page_put(p, "</p>\n");
    banner(p);
}
