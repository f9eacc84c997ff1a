/* The criteria in force, their clauses in words: without them "recommended" says nothing. */
#include "reports/sections/sections.h"
#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/tables/stated_errors.h"

static void scope(struct page *p, const struct criteria *c)
{
    struct buf scripts, power, conditional;
    buf_init(&scripts, 8192);
    buf_init(&power, 4096);
    buf_init(&conditional, 4096);
    for (size_t i = 0; i < c->script_count; i++) {
        buf_add_text(&scripts, i > 0 ? word_text(WORD_COMMA, p->language) : "");
        buf_add_text(&scripts, c->scripts[i]);
    }
    if (c->script_count == 0)
        buf_add_text(&scripts, word_text(WORD_RULE_SCRIPTS_ALL, p->language));
    if (c->power_modes)
        name_add_modes(&power, c->power_modes, p->language);
    else
        buf_add_text(&power, word_text(c->conditional_modes ? WORD_RULE_MODES_ALL : WORD_RULE_SCRIPTS_ALL,
                                       p->language));
    PAGE_FILLED(p, "li", "", WORD_K_SCOPE, buf_text(&scripts), buf_text(&power));
    if (c->conditional_modes) {
        name_add_modes(&conditional, c->conditional_modes, p->language);
        PAGE_FILLED(p, "li", "", WORD_RULE_CONDITIONAL, buf_text(&conditional));
    }
    buf_free(&scripts);
    buf_free(&power);
    buf_free(&conditional);
}

/* What each clause asks. */
static void clauses(struct page *p, const struct criteria *c)
{
    page_put(p, "<ul>\n");
    scope(p, c);
    for (enum clause clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++) {
        struct buf sentence;
        buf_init(&sentence, 1u << 16);
        measures_add_ask(&sentence, p->r->assessment, clause, p->language);
        if (sentence.length > 0)
            page_value(p, "li", "", buf_text(&sentence)), page_put(p, "\n");
        buf_free(&sentence);
    }
    struct phrase refuses = name_refusal(p->r->assessment, p->language);
    if (refuses.text[0])
        page_value(p, "li", "", refuses.text), page_put(p, "\n");
    page_put(p, "</ul>\n");
}

static void paragraph(struct page *p, enum word id, const char *text)
{
    if (text && text[0])
        PAGE_FILLED(p, "p", "", id, text);
}

static void edition(struct page *p, const struct criteria *c)
{
    if (c->edition)
        PAGE_FILL(p, WORD_K_EDITION, c->id, c->edition);
    else
        PAGE_FILL(p, WORD_K_NO_EDITION, c->id);
}

static void name(struct page *p, const struct criteria *c)
{
    const char *title = phrase_choose(c->title, c->title_ja, p->language);
    page_put(p, "<strong>");
    page_text(p, title ? title : c->id);
    page_put(p, "</strong> ");
    edition(p, c);
}

void page_price(struct page *p, const char *attributes)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    if (stated_errors_price(&b, p->r->assessment, p->language))
        page_value(p, "p", attributes, buf_text(&b));
    buf_free(&b);
}

void page_errors(struct page *p)
{
    const struct stated_errors *e = &p->r->assessment->errors;
    enum word note;
    if (e->count == 0)
        return;
    page_put(p, "<div class=\"stated\"><div class=\"wide\">");
    page_table(p, &table_stated_errors, NULL, NULL);
    page_put(p, "</div>\n");
    if (!p->on_paper) /* a browser's first sheet has room for the list alone */
        page_price(p, "class=\"note print\"");
    for (size_t i = 0; (note = stated_errors_note(e, i)) != WORD_NONE; i++)
        page_element(p, "p", "class=\"note\"", note);
    page_put(p, "</div>\n");
}

void page_asked(struct page *p)
{
    const struct criteria *c = p->r->assessment->criteria;
    if (p->on_paper)
        return;
    page_put(p, "<div class=\"asked screen\"><p>");
    page_say(p, WORD_ASKED);
    page_say(p, WORD_COLON);
    name(p, c);
    page_put(p, "</p>\n");
    clauses(p, c);
    page_put(p, "</div>\n");
}

static void in_words(struct page *p)
{
    const struct criteria *c = p->r->assessment->criteria;
    clauses(p, c);
    paragraph(p, WORD_RULE_SOURCE, phrase_choose(c->source, c->source_ja, p->language));
    paragraph(p, WORD_K_ANALOGY, phrase_choose(c->analogy, c->analogy_ja, p->language));
    paragraph(p, WORD_K_PROVES, phrase_choose(c->proves, c->proves_ja, p->language));
}

void page_criteria_beside(struct page *p)
{
    const struct criteria *c = p->r->assessment->criteria;
    page_put(p, "<h3>");
    page_text(p, phrase_choose(c->title, c->title_ja, p->language));
    page_put(p, " <small>");
    edition(p, c);
    page_put(p, "</small></h3>\n");
    in_words(p);
}

void page_criteria(struct page *p)
{
    page_put(p, "<div class=\"block\"><h3>");
    page_say(p, WORD_B_CRITERIA);
    page_put(p, "</h3>\n<p>");
    name(p, p->r->assessment->criteria);
    page_put(p, "</p>\n");
    in_words(p);
    page_put(p, "</div>\n");
}
