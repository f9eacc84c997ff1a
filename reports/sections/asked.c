/* The criteria in force, their clauses in words: without them "recommended" says nothing. */
#include "reports/sections/sections.h"
#include "reports/tables/measures.h"

static const char *in_language(const struct page *p, const char *en, const char *ja)
{
    return p->language == LANGUAGE_JAPANESE && ja ? ja : en;
}

static void item(struct page *p, enum word id, const char *const *args)
{
    page_put(p, "<li>");
    page_fill(p, id, args);
    page_put(p, "</li>\n");
}
#define ITEM(p, id, ...) item((p), (id), (const char *const[]) { __VA_ARGS__, NULL })

static const char *text_of(const struct buf *b)
{
    return b->data && !b->failed ? b->data : "";
}

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
        page_modes(p, c->power_modes, &power);
    else
        buf_add_text(&power, word_text(c->conditional_modes ? WORD_RULE_MODES_ALL : WORD_RULE_MODES_EVERY,
                                       p->language));
    ITEM(p, WORD_K_SCOPE, text_of(&scripts), text_of(&power));
    if (c->conditional_modes) {
        page_modes(p, c->conditional_modes, &conditional);
        ITEM(p, WORD_RULE_CONDITIONAL, text_of(&conditional));
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
            page_value(p, "li", "", text_of(&sentence)), page_put(p, "\n");
        buf_free(&sentence);
    }
    page_put(p, "</ul>\n");
}

static void paragraph(struct page *p, enum word id, const char *text)
{
    if (!text || !text[0])
        return;
    page_put(p, "<p>");
    PAGE_FILL(p, id, text);
    page_put(p, "</p>\n");
}

static void name(struct page *p, const struct criteria *c)
{
    const char *title = in_language(p, c->title, c->title_ja);
    page_put(p, "<strong>");
    page_text(p, title ? title : c->id);
    page_put(p, "</strong> ");
    if (c->edition)
        PAGE_FILL(p, WORD_K_EDITION, c->id, c->edition);
    else
        PAGE_FILL(p, WORD_K_NO_EDITION, c->id);
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

void page_criteria(struct page *p)
{
    const struct criteria *c = p->r->assessment->criteria;
    page_put(p, "<div class=\"block\"><h3>");
    page_say(p, WORD_B_CRITERIA);
    page_put(p, "</h3>\n<p>");
    name(p, c);
    page_put(p, "</p>\n");
    clauses(p, c);
    paragraph(p, WORD_RULE_SOURCE, in_language(p, c->source, c->source_ja));
    paragraph(p, WORD_K_ANALOGY, in_language(p, c->analogy, c->analogy_ja));
    paragraph(p, WORD_K_PROVES, in_language(p, c->proves, c->proves_ja));
    page_put(p, "</div>\n");
}
