/* The head of the page: what it is, its marks, its contents, and the few controls of the page as a whole. */
#include "reports/sections/sections.h"

static void banner(struct page *p)
{
    struct phrase hold;
    page_banner(p, told(p->f->simulated_sign, p->language, &hold));
    page_unfinished(p);
}

/* The other language only where its page lies beside this one; the rest needs the script, which shows it. */
static void tools(struct page *p)
{
    bool japanese = p->language == LANGUAGE_JAPANESE;
    page_put(p, "<a class=\"skip\" href=\"#verdicts\">");
    page_say(p, WORD_SKIP);
    page_put(p, "</a>\n<div class=\"tools\">");
    if (p->r->other_language_file) {
        page_put(p, "<a class=\"language\" href=\"");
        page_text(p, p->r->other_language_file);
        page_put(p, japanese ? "\" hreflang=\"en\" lang=\"en\">English</a> "
                             : "\" hreflang=\"ja\" lang=\"ja\">日本語</a> ");
    }
    page_put(p, "<button type=\"button\" id=\"theme\" hidden></button></div>\n");
}

void page_front(struct page *p)
{
    const struct survey *s = p->f->survey;
    const char *title = p->language == LANGUAGE_JAPANESE && s->title_ja ? s->title_ja : s->title;
    tools(p);
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, WORD_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", title ? title : s->id);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, WORD_SUBTITLE, s->id, p->f->run);
    page_put(p, " <br>");
    page_period(p, p->f->started, p->f->last_wall);
    page_put(p, "</p>\n");
    banner(p);
}
