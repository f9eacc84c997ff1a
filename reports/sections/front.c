/* The head of the page: what it is, its marks, its contents, and the few controls of the page as a whole. */
#include "reports/render/html.h"

static void banner(struct page *p)
{
    struct phrase hold;
    page_banner(p, p->f->simulated_sign ? phrase_said(p->f->simulated_sign, p->language, &hold) : NULL);
    page_unfinished(p);
}

static const struct page_link links[] = {
    { "verdicts", WORD_H_VERDICTS },
    { "basis", WORD_H_BASIS },
    { "matrix", WORD_H_MATRIX },
    { "cells", WORD_H_CELLS },
    { "times", WORD_H_TIMES },
    { "budget", WORD_H_BUDGET },
    { "positions", WORD_H_POSITIONS },
    { "failures", WORD_H_FAILURES },
    { "effects", WORD_H_EFFECTS },
    { "coverage", WORD_H_COVERAGE },
    { "claims", WORD_H_CLAIMS },
    { "flagged", WORD_H_FLAGGED },
    { "run", WORD_H_RUN },
    { "not-run", WORD_H_NOT_RUN },
    { "health", WORD_H_HEALTH },
    { "words", WORD_H_GLOSSARY },
};

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
    page_contents(p, links, sizeof links / sizeof *links);
    page_put(p, "</header>\n<main>\n");
}
