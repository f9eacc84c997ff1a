#include "reports/tables/why_sentences.h"

#include "reports/tables/names.h"
#include "reports/words/numbers.h"
#include "reports/words/phrase.h"

#include <stdio.h>

#define SENTENCE_MAX (1u << 16)

/* In English by the name that profiles have. */
static const char *fact(const struct matrix_attribute *a, enum language language)
{
    return language == LANGUAGE_ENGLISH ? a->name : name_fact(a->name, language);
}

static struct phrase digits_of(double value, int places)
{
    struct phrase digits;
    snprintf(digits.text, sizeof digits.text, "%.*f", places, value);
    return digits;
}

/* ---- the rule ---- */

static void add_rate(struct buf *out, enum word word, const struct decision_stump_rate *r,
                     enum language language)
{
    PHRASE_ADD(out, word, language, number_count(r->hits).text, number_count(r->of).text,
               digits_of(100.0 * r->value, 0).text, digits_of(100.0 * r->lower, 0).text,
               digits_of(100.0 * r->upper, 0).text);
}

static void add_models(struct buf *out, const struct matrix_group *g, enum language language)
{
    PHRASE_ADD(out, WORD_CMD_MODELS, language, number_count(g->models_fail).text,
               number_count(g->models_work).text, number_count(g->models_open).text);
}

static void add_no_rule(struct buf *out, const struct matrix *m, const struct matrix_group *g,
                        enum language language)
{
    PHRASE_ADD(out, g->stump.rule.found ? WORD_CMD_NO_RULE_BEST : WORD_CMD_NO_RULE, language,
               number_count(m->attribute_count).text, digits_of(g->stump.p, 3).text);
}

static void add_rule_itself(struct buf *out, const struct matrix *m, const struct matrix_group *g,
                            enum language language)
{
    const struct decision_stump_rule *rule = &g->stump.rule;
    const struct matrix_attribute *a = &m->attributes[rule->attribute];
    char value[256];
    matrix_attribute_text(a, rule->cut, value, sizeof value);
    enum word word = a->ordered ? (rule->above ? WORD_CMD_RULE_ABOVE : WORD_CMD_RULE_UP_TO)
                                : (rule->above ? WORD_CMD_RULE_IS_NOT : WORD_CMD_RULE_IS);
    PHRASE_ADD(out, word, language, fact(a, language), value, digits_of(g->stump.p, 4).text,
               number_count(m->attribute_count).text);
}

bool why_add_rule(struct buf *out, const struct report *r, const struct matrix_group *g, size_t i,
                  enum language language)
{
    const struct matrix *m = r->matrix;
    const struct decision_stump_result *s = &g->stump;
    bool says = matrix_says_rule(m, g);
    if (i == 0)
        add_models(out, g, language);
    else if (i == 1 && !says)
        add_no_rule(out, m, g, language);
    else if (i == 1)
        add_rule_itself(out, m, g, language);
    else if (i == 2 && says)
        add_rate(out, WORD_CMD_RULE_FINDS, &s->sensitivity, language);
    else if (i == 3 && says)
        add_rate(out, WORD_CMD_RULE_PASSES, &s->specificity, language);
    else if (i == 4 && says)
        PHRASE_ADD(out, WORD_CMD_RULE_LEFT_OUT, language, number_count(s->left_out_right).text,
                   number_count(s->rows).text, number_count(s->majority_right).text);
    else
        return false;
    return true;
}

/* ---- one attribute ---- */

static const char *readers_of(const struct report *r, const struct matrix_association *a, enum word any,
                              enum language language)
{
    return a->reader == SIZE_MAX ? word_text(any, language) : r->findings->survey->readers[a->reader].unit;
}

void why_add_association(struct buf *out, const struct report *r, const struct matrix_association *a,
                         enum language language)
{
    const struct matrix_attribute *attribute = &r->matrix->attributes[a->attribute];
    char value[256];
    matrix_attribute_text(attribute, a->value, value, sizeof value);
    PHRASE_ADD(out, attribute->ordered ? WORD_CMD_UP_TO : WORD_CMD_IS, language, fact(attribute, language),
               value);
    PHRASE_ADD(out, WORD_CMD_ASSOCIATION, language, readers_of(r, a, WORD_CMD_ANY_READER, language),
               number_count(a->with_fails).text, number_count(a->with_fails + a->with_works).text,
               number_count(a->without_fails).text, number_count(a->without_fails + a->without_works).text,
               digits_of(a->adjusted, 4).text);
}

void why_add_none(struct buf *out, const struct matrix_group *g, enum language language)
{
    for (size_t i = 0; i < g->association_count; i++)
        if (matrix_says_association(&g->associations[i]))
            return;
    if (g->association_count > 0)
        PHRASE_ADD(out, WORD_CMD_NO_ASSOCIATION, language, number_count(g->association_count).text);
}

/* Of two values, that of the failing models is named, not "is not" the other one. */
static struct phrase failing_side(const struct matrix *m, const struct matrix_association *a,
                                  enum language language)
{
    const struct matrix_attribute *attribute = &m->attributes[a->attribute];
    bool with = matrix_fails_with(a), other = !with && !attribute->ordered && attribute->category_count == 2;
    enum word word = attribute->ordered ? (with ? WORD_WHY_UP_TO : WORD_WHY_ABOVE)
                                        : (with || other ? WORD_WHY_IS : WORD_WHY_IS_NOT);
    char value[256];
    matrix_attribute_text(attribute, other ? 1.0 - a->value : a->value, value, sizeof value);
    return PHRASE_FILL(word, language, fact(attribute, language), value);
}

void why_add_requirement(struct buf *out, const struct report *r, const struct matrix_group *g,
                         const struct matrix_association *a, enum language language)
{
    struct matrix_requirement q = matrix_requirement(r->findings, r->matrix, g, a);
    PHRASE_ADD(out, q.of_readers ? WORD_WHY_READERS : WORD_WHY_HANDSETS, language,
               failing_side(r->matrix, a, language).text, number_count(q.fail).text,
               number_count(q.models).text, readers_of(r, a, WORD_WHY_SOME_READER, language),
               number_count(q.work_elsewhere).text);
}

/* ---- of a pair ---- */

/* NULL: it is not refused, not even in a conditional mode. */
static const struct assess_pair *refused_pair(const struct report *r, size_t pair)
{
    const struct assess_pair *a = r->assessment ? assess_pair_of(r->assessment, pair) : NULL;
    if (!a)
        return NULL;
    bool conditional = a->recommendation == RECOMMENDATION_CONDITIONAL && a->modes_failing;
    return conditional || a->recommendation == RECOMMENDATION_NOT_RECOMMENDED ? a : NULL;
}

const struct matrix_association *why_of_pair(const struct report *r, size_t pair)
{
    const struct matrix_group *g = r->matrix ? matrix_main_group(r->matrix) : NULL;
    const struct assess_pair *a = refused_pair(r, pair);
    if (!g || !a)
        return NULL;
    size_t cell = a->decides;
    uint32_t all = a->recommendation == RECOMMENDATION_CONDITIONAL ? a->conditional_fails : a->fails;
    uint32_t deciding = cell == SIZE_MAX ? 0 : (uint32_t)1 << r->findings->cells[cell].reader;
    const struct matrix_association *why = matrix_why(r->findings, r->matrix, g, pair, all & deciding);
    return why && why->reader != SIZE_MAX ? why : matrix_why(r->findings, r->matrix, g, pair, all);
}

void row_refusal_causes(struct entry *x)
{
    const struct assess_pair *pair = refused_pair(x->view->report, x->row->pair);
    const struct causes *c = x->view->report->causes;
    if (c && pair && pair->decides != SIZE_MAX && c->cells[pair->decides])
        entry_number(x, c->cells[pair->decides]->narrowed);
}

void row_goes_with(struct entry *x)
{
    const struct matrix_association *a = why_of_pair(x->view->report, x->row->pair);
    struct buf b;
    if (!a)
        return;
    buf_init(&b, SENTENCE_MAX);
    why_add_association(&b, x->view->report, a, x->view->language);
    entry_buf(x, &b);
}

void row_requirement(struct entry *x)
{
    const struct report *r = x->view->report;
    const struct matrix_association *a = why_of_pair(r, x->row->pair);
    struct buf b;
    if (!a)
        return;
    buf_init(&b, SENTENCE_MAX);
    why_add_requirement(&b, r, matrix_main_group(r->matrix), a, x->view->language);
    entry_buf(x, &b);
}
