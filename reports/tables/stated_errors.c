/*
 * How often a list under some criteria errs (harness/criteria/stated_errors.h): a statement about a handset a row. It is
 * drawn of an assessment, or inside of a row that is about a struct stated_errors.
 */
#include "reports/tables/stated_errors.h"
#include "reports/words/numbers.h"

#include <math.h>

static const struct stated_errors *errors_of(const struct view *v, const struct row *parent)
{
    return parent && parent->of ? parent->of : &v->report->assessment->errors;
}

static const struct stated_errors *of_entry(const struct entry *x)
{
    return errors_of(x->view, x->row->parent);
}

static const struct stated_error *row_of(const struct entry *x)
{
    return x->row->of;
}

/* ---- a handset that ... ---- */

/* On how many readers it is so. */
static struct phrase on_readers(const struct stated_errors *e, struct phrase breaks, enum language language)
{
    if (e->needed == 0)
        return PHRASE_FILL(WORD_SE_ON_SHARE, language, breaks.text, number_percent(e->share, language).text);
    if (e->needed == e->readers)
        return PHRASE_FILL(WORD_SE_ON_ONE, language, breaks.text);
    return PHRASE_FILL(WORD_SE_ON_SOME, language, breaks.text, number_count(e->needed).text,
                       number_count(e->readers).text);
}

static struct phrase breaks(const struct stated_errors *e, const struct stated_error *r,
                            enum language language)
{
    static const enum word words[CLAUSE_COUNT] = { [CLAUSE_SUCCESS] = WORD_SE_CELL,
                                                   [CLAUSE_TIME] = WORD_SE_TIME,
                                                   [CLAUSE_FIVE_POINTS] = WORD_SE_FIVE,
                                                   [CLAUSE_HEIGHT] = WORD_SE_HEIGHT,
                                                   [CLAUSE_PAYLOAD] = WORD_SE_PAYLOAD };
    bool taps = r->clause == CLAUSE_SUCCESS && e->criteria->taps;
    struct phrase out =
        PHRASE_FILL(taps ? WORD_SE_TAPS : words[r->clause], language, number_percent(r->q, language).text,
                    number_count(e->criteria->failing_at_most + 1).text);
    return r->clause == CLAUSE_TIME && e->criteria->by_handset ? out : on_readers(e, out, language);
}

static struct phrase is_clean(const struct stated_error *r, enum language language)
{
    static const enum word words[CLAUSE_COUNT] = { [CLAUSE_SUCCESS] = WORD_SE_CLEAN,
                                                   [CLAUSE_TIME] = WORD_SE_CLEAN_TIME,
                                                   [CLAUSE_FIVE_POINTS] = WORD_SE_CLEAN_POINTS,
                                                   [CLAUSE_HEIGHT] = WORD_SE_CLEAN_POINTS,
                                                   [CLAUSE_PAYLOAD] = WORD_SE_CLEAN_PAYLOAD };
    return PHRASE_FILL(r->what == STATED_MARKED ? WORD_SE_CLEAN_MODE : words[r->clause], language,
                       number_percent(r->q, language).text, number_count(r->cells).text);
}

static struct phrase has_exactly(const struct stated_errors *e, const struct stated_error *r,
                                 enum language language)
{
    bool longer = r->n_max != e->scheme.n_max, positions = e->criteria->five_points || e->criteria->height;
    enum word word = e->criteria->taps ? WORD_SE_POWER_TAPS
                     : positions       ? (longer ? WORD_SE_POWER_POINTS_LONGER : WORD_SE_POWER_POINTS)
                                       : (longer ? WORD_SE_POWER_LONGER : WORD_SE_POWER);
    return PHRASE_FILL(word, language, number_percent(r->q, language).text, number_count(r->cells).text,
                       number_fixed(r->placements, 1).text, number_count(r->n_max).text,
                       number_count(e->scheme.n_max).text);
}

static struct phrase handset_that(const struct stated_errors *e, const struct stated_error *r,
                                  enum language language)
{
    switch (r->what) {
    case STATED_LISTED:
        return breaks(e, r, language);
    case STATED_LISTED_MEAN:
        return PHRASE_FILL(WORD_SE_MEAN, language, number_percent(r->q, language).text);
    case STATED_UNCONDITIONAL:
        return phrase_cut(word_text(WORD_SE_MODE, language));
    case STATED_REFUSED:
    case STATED_MARKED:
        return is_clean(r, language);
    case STATED_POWER:
        return has_exactly(e, r, language);
    case STATED_DEAD:
        break;
    }
    return phrase_cut(word_text(WORD_SE_DEAD, language));
}

static void about(struct entry *x)
{
    entry_phrase(x, handset_that(of_entry(x), row_of(x), x->view->language));
}

/* ---- is ... ---- */

static const struct {
    enum word word;
    const char *key;
} ends[] = {
    [STATED_LISTED] = { WORD_SE_LISTED, "listed" },
    [STATED_LISTED_MEAN] = { WORD_SE_LISTED, "listed" },
    [STATED_UNCONDITIONAL] = { WORD_SE_UNCONDITIONAL, "recommended" },
    [STATED_REFUSED] = { WORD_SE_REFUSED, "refused" },
    [STATED_MARKED] = { WORD_SE_MARKED, "conditional" },
    [STATED_POWER] = { WORD_SE_LISTED, "listed" },
    [STATED_DEAD] = { WORD_SE_REFUSED, "refused" },
};

static void ends_as(struct entry *x)
{
    entry_word(x, ends[row_of(x)->what].word, ends[row_of(x)->what].key);
}

/* ---- with a probability of ... ---- */

static struct phrase chance(const struct stated_errors *e, const struct stated_error *r,
                            enum language language)
{
    struct phrase low = number_chance(r->low, language), high = number_chance(r->high, language);
    struct phrase q0 = number_count(e->dead_above_q0), bound = number_count(e->dead_above_bound);
    bool above_bound = e->criteria->refuse == CRITERIA_REFUSE_ABOVE_BOUND;
    switch (r->what) {
    case STATED_DEAD:
        return PHRASE_FILL(above_bound ? WORD_SE_AFTER_BOUND : WORD_SE_AFTER_Q0, language, q0.text,
                           bound.text);
    case STATED_POWER:
        return e->scripts > 1 ? PHRASE_FILL(WORD_SE_FROM_TO, language, low.text, high.text) : high;
    default:
        return PHRASE_FILL(WORD_SE_AT_MOST, language, number_percent(r->high, language).text);
    }
}

static void probability(struct entry *x)
{
    entry_phrase(x, chance(of_entry(x), row_of(x), x->view->language));
}

/* Of as many such handsets as the survey has in all. */
static struct phrase expected(const struct stated_errors *e, const struct stated_error *r,
                              enum language language)
{
    struct phrase pairs = number_count(e->pairs), high = number_fixed(r->high * e->pairs, 2), of = high;
    if (r->what != STATED_POWER)
        of = PHRASE_FILL(WORD_SE_AT_MOST, language, high.text);
    else if (e->scripts > 1)
        of = PHRASE_FILL(WORD_SE_FROM_TO, language, number_fixed(r->low * e->pairs, 2).text, high.text);
    return PHRASE_FILL(WORD_SE_OF, language, of.text, pairs.text);
}

static bool is_chance(const struct entry *x)
{
    return row_of(x)->what != STATED_DEAD;
}

static void expect(struct entry *x)
{
    entry_phrase(x, expected(of_entry(x), row_of(x), x->view->language));
}

/* ---- all in one sentence ---- */

static void in_one(struct entry *x)
{
    const struct stated_errors *e = of_entry(x);
    const struct stated_error *r = row_of(x);
    enum language language = x->view->language;
    struct phrase that = handset_that(e, r, language), with = chance(e, r, language),
                  of = expected(e, r, language);
    struct buf b;
    buf_init(&b, 4096);
    PHRASE_ADD(&b, is_chance(x) ? WORD_SE_LINE_OF : WORD_SE_LINE, language, that.text,
               word_text(ends[r->what].word, language), with.text, of.text);
    entry_buf(x, &b);
}

/* ---- the same for programs ---- */

#define ERROR(member) MEMBER(struct stated_error, member)

static void what(struct entry *x)
{
    static const char *const keys[] = {
        [STATED_LISTED] = "false_listing",
        [STATED_LISTED_MEAN] = "false_listing_of_mean",
        [STATED_UNCONDITIONAL] = "false_unconditional",
        [STATED_REFUSED] = "false_refusal",
        [STATED_MARKED] = "false_condition",
        [STATED_POWER] = "power",
        [STATED_DEAD] = "never_works",
    };
    entry_word(x, WORD_NONE, keys[row_of(x)->what]);
}

static void clause(struct entry *x)
{
    if (row_of(x)->clause != CLAUSE_NONE)
        entry_word(x, WORD_NONE, clause_key(row_of(x)->clause));
}

static bool is_error(const struct entry *x)
{
    return row_of(x)->what < STATED_POWER;
}

static bool is_power(const struct entry *x)
{
    return row_of(x)->what == STATED_POWER;
}

static bool is_dead(const struct entry *x)
{
    return row_of(x)->what == STATED_DEAD;
}

static void dead_after(struct entry *x)
{
    const struct stated_errors *e = of_entry(x);
    if (is_dead(x))
        entry_number(x, x->column->at == CRITERIA_REFUSE_ABOVE_Q0 ? e->dead_above_q0 : e->dead_above_bound);
}

static const struct column columns[] = {
    { NULL, WORD_SE_HANDSET, VALUE_LONG, about, FORM_PAGE | FORM_SHEET | FORM_MARKDOWN, .width = 80 },
    { NULL, WORD_SE_ENDS, VALUE_WORD, ends_as, FORM_PAGE | FORM_SHEET | FORM_MARKDOWN, .width = 30 },
    { NULL, WORD_SE_CHANCE, VALUE_LONG, probability, FORM_PAGE | FORM_SHEET | FORM_MARKDOWN, .width = 40 },
    { NULL, WORD_SE_EXPECTED, VALUE_TEXT, expect, FORM_PAGE | FORM_SHEET | FORM_MARKDOWN, .when = is_chance,
      .width = 24 },
    { NULL, WORD_NONE, VALUE_LONG, in_one, FORM_TEXT },
    YAML("what", WORD, .get = what),
    YAML("clause", WORD, .get = clause),
    YAML("q", REAL, ERROR(q), .digits = 6),
    YAML("ends", WORD, .get = ends_as),
    YAML("at_most", REAL, ERROR(high), .digits = 6, .when = is_error),
    YAML("scripts_independent", REAL, ERROR(low), .digits = 6, .when = is_power),
    YAML("scripts_alike", REAL, ERROR(high), .digits = 6, .when = is_power),
    YAML("n_max", COUNT, ERROR(n_max), .when = is_power),
    YAML("placements", REAL, ERROR(placements), .digits = 1, .when = is_power),
    YAML("placements_above_q0", COUNT, .get = dead_after, .at = CRITERIA_REFUSE_ABOVE_Q0),
    YAML("placements_above_bound", COUNT, .get = dead_after, .at = CRITERIA_REFUSE_ABOVE_BOUND),
    { 0 },
};

static size_t errors_count(const struct view *v, const struct row *parent)
{
    bool any = (parent && parent->of) || (v->report && v->report->assessment);
    return any ? errors_of(v, parent)->count : 0;
}

static bool errors_row(const struct view *v, struct row *row)
{
    row->of = &errors_of(v, row->parent)->rows[row->i];
    return true;
}

const struct table table_stated_errors = {
    .id = "stated_errors",
    .remark =
        "\nHow often a list under these criteria errs, from scheme, criteria and survey alone; the row of a "
        "handset\n"
        "whose required cells have this q = P(dirty) (time: mean share of late or failed transactions).\n"
        "at_most: upper bound, however cells hang together. power: exact for independent placements, with "
        "the\n"
        "scripts of a placement failing independently or alike.",
    .caption = WORD_SE_TITLE,
    .look = LOOK_LIST,
    .class = "unsorted errors",
    .frozen = 1,
    .bare = true,
    .indent = 2,
    .columns = columns,
    .count = errors_count,
    .row = errors_row,
};

/* ---- what the table does not say ---- */

static enum word note_of(const struct stated_errors *e, size_t i)
{
    const enum word words[] = { WORD_SE_NOTE, e->is_least ? WORD_SE_NOTE_LEAST : WORD_NONE,
                                e->is_most ? WORD_SE_NOTE_MOST : WORD_NONE,
                                e->criteria->conditional_modes ? WORD_SE_NOTE_CONDITIONAL : WORD_NONE };
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (words[k] != WORD_NONE && i-- == 0)
            return words[k];
    return WORD_NONE;
}

enum word stated_errors_note(const struct stated_errors *e, size_t i)
{
    return e->count > 0 ? note_of(e, i) : WORD_NONE;
}

/* What passing and failing mean under a scheme of two tiers, the weaker claim beside the list. */
static void add_tiers(struct buf *out, const struct assessment *a, enum language language)
{
    const struct stated_errors *e = &a->errors;
    const struct scheme *s = &e->scheme;
    PHRASE_ADD(out, WORD_PRICE_TIERS, language, number_count(e->readers).text,
               number_percent(s->mean, language).text, number_percent(s->q1, language).text,
               number_percent(s->q0, language).text, number_count(a->shown_not_to_meet).text,
               number_count(a->counts[RECOMMENDATION_NOT_RECOMMENDED]).text);
    if (isnan(e->above))
        return;
    buf_add_text(out, " ");
    PHRASE_ADD(out, WORD_PRICE_TIERS_ABOVE, language, number_chance(e->above, language).text,
               number_percent(s->mean, language).text);
}

bool stated_errors_price(struct buf *out, const struct assessment *a, enum language language)
{
    const struct stated_errors *e = &a->errors;
    bool above_bound = e->criteria->refuse == CRITERIA_REFUSE_ABOVE_BOUND;
    if (e->dead_above_q0 == 0)
        return false;
    if (e->by_rows) {
        add_tiers(out, a, language);
        return true;
    }
    PHRASE_ADD(out, above_bound ? WORD_PRICE_BOUND : WORD_PRICE_Q0, language,
               number_percent(e->scheme.q0, language).text, number_count(a->shown_not_to_meet).text,
               number_count(a->counts[RECOMMENDATION_NOT_RECOMMENDED]).text,
               number_percent(e->passes, language).text, number_count(e->dead_above_q0).text,
               number_count(e->dead_above_bound).text);
    return true;
}
