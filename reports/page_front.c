/* The head of the page: what it is, its marks, its contents, and the few controls of the page as a whole. */
#include "reports/page.h"

#include <string.h>

static void banner(struct page *p)
{
    const struct findings *f = p->f;
    if (f->simulated) {
        page_put(p, "<div class=\"banner\" role=\"note\"><strong>");
        page_say(p, STR_SIMULATED);
        page_put(p, "</strong><p>");
        page_say(p, STR_SIMULATED_TEXT);
        if (f->simulated_sign) {
            bool driver = strcmp(f->simulated_sign, string_text(STR_SIGN_SIM_DRIVER, STRING_ENGLISH)) == 0;
            PAGE_FILL(p, STR_SIMULATED_SIGN,
                      driver ? string_text(STR_SIGN_SIM_DRIVER, p->language) : f->simulated_sign);
        }
        page_put(p, "</p></div>\n");
    }
    if (!f->finished) {
        page_put(p, "<p class=\"notice\">");
        PAGE_FILL(p, STR_UNFINISHED, f->stop_reason ? f->stop_reason : string_text(STR_NO_STOP, p->language));
        page_put(p, "</p>\n");
    }
}

static void contents(struct page *p)
{
    static const struct {
        const char *link;
        enum string_id title;
    } rows[] = {
        { "<li><a href=\"#verdicts\">", STR_H_VERDICTS }, { "<li><a href=\"#basis\">", STR_H_BASIS },
        { "<li><a href=\"#matrix\">", STR_H_MATRIX },     { "<li><a href=\"#cells\">", STR_H_CELLS },
        { "<li><a href=\"#times\">", STR_H_TIMES },       { "<li><a href=\"#failures\">", STR_H_FAILURES },
        { "<li><a href=\"#run\">", STR_H_RUN },           { "<li><a href=\"#not-run\">", STR_H_NOT_RUN },
        { "<li><a href=\"#health\">", STR_H_HEALTH },     { "<li><a href=\"#words\">", STR_H_GLOSSARY },
    };
    page_put(p, "<nav aria-labelledby=\"contents\">");
    page_element(p, "h2", "id=\"contents\"", STR_CONTENTS);
    page_put(p, "<ol>");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        page_put(p, rows[i].link);
        page_say(p, rows[i].title);
        page_put(p, "</a></li>");
    }
    page_put(p, "</ol></nav>\n");
}

/* The other language only where its page lies beside this one; the rest needs the script, which shows it. */
static void tools(struct page *p)
{
    bool japanese = p->language == STRING_JAPANESE;
    page_put(p, "<a class=\"skip\" href=\"#verdicts\">");
    page_say(p, STR_SKIP);
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
    const char *title = p->language == STRING_JAPANESE && s->title_ja ? s->title_ja : s->title;
    tools(p);
    page_put(p, "<header>\n<p class=\"kind\">");
    page_say(p, STR_TITLE);
    page_put(p, "</p>\n");
    page_value(p, "h1", "", title ? title : s->id);
    page_put(p, "\n<p class=\"subtitle\">");
    PAGE_FILL(p, STR_SUBTITLE, s->id, p->f->run);
    page_put(p, " <br>");
    PAGE_FILL(p, STR_TIME, p->f->started, p->f->last_wall);
    page_put(p, "</p>\n");
    banner(p);
    contents(p);
    page_put(p, "</header>\n<main>\n");
}
