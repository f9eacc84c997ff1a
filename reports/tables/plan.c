/* What a survey takes, how its scheme decides, and which models a survey might be of. */
#include "harness/base/decimal.h"
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <math.h>

/* ---- what a survey takes: a row a quantity, a column a course of things ---- */

enum course { COURSE_CLEAN, COURSE_USUAL, COURSE_LIST, COURSE_WORST, COURSE_BOUND, COURSE_COUNT };

struct cost {
    enum word name;
    bool is_time;
    void (*get)(const struct survey_cost *, double of[COURSE_COUNT]);
};

#define OF(clean, usual, worst, bound, of_list)                                                              \
    of[COURSE_CLEAN] = (double)c->all.clean;                                                                 \
    of[COURSE_USUAL] = (double)c->all.usual;                                                                 \
    of[COURSE_WORST] = (double)c->all.worst;                                                                 \
    of[COURSE_BOUND] = (double)c->all.bound;                                                                 \
    of[COURSE_LIST] = (double)c->list.of_list

static void placements(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(placements_expected, placements_usual, placements_worst, placements_bound, placements);
}

static void transactions(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(transactions_expected, transactions_usual, transactions_worst, transactions_bound, transactions);
}

static void hours(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(hours_expected, hours_usual, hours_worst, hours_bound, hours);
}

static void handset_changes(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(handset_changes, handset_changes, handset_changes, handset_changes_bound, handset_changes);
}

static void mode_changes(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(mode_changes, mode_changes, mode_changes, mode_changes_bound, mode_changes);
}

static void reference(const struct survey_cost *c, double of[COURSE_COUNT])
{
    OF(reference_expected, reference_usual, reference_worst, reference_bound, reference);
}
#undef OF

static const struct cost costs[] = {
    { WORD_CMD_PLACEMENTS, false, placements },
    { WORD_CMD_TRANSACTIONS, false, transactions },
    { WORD_CMD_HOURS, true, hours },
    { WORD_CMD_HANDSET_CHANGES, false, handset_changes },
    { WORD_CMD_MODE_CHANGES, false, mode_changes },
    { WORD_CMD_REFERENCE_LAYINGS, false, reference },
};

/* What no survey without a reference has. */
static bool cost_row(const struct view *v, struct row *row)
{
    (void)v;
    const struct survey_cost *c = row->of;
    return costs[row->i].get != reference || c->all.reference_worst > 0;
}

static void cost_name(struct entry *x)
{
    entry_word(x, costs[x->row->i].name, NULL);
}

static void cost(struct entry *x)
{
    const struct survey_cost *c = x->row->of;
    const struct cost *of = &costs[x->row->i];
    double course[COURSE_COUNT];
    if (x->column->at == COURSE_LIST && !c->list.is_known)
        return;
    of->get(c, course);
    if (!of->is_time) {
        entry_number(x, (uint64_t)llrint(course[x->column->at]));
        return;
    }
    entry_real(x, course[x->column->at]);
    x->value.kind = VALUE_REAL;
}

static const struct column cost_columns[] = {
    { NULL, WORD_NONE, VALUE_WORD, cost_name },
    { NULL, WORD_CMD_ALL_CLEAN, VALUE_COUNT, cost, .at = COURSE_CLEAN, .digits = 1 },
    { NULL, WORD_CMD_USUAL_MIX, VALUE_COUNT, cost, .at = COURSE_USUAL, .digits = 1 },
    { NULL, WORD_CMD_USUAL_LIST, VALUE_COUNT, cost, .at = COURSE_LIST, .digits = 1, .absent = WORD_DASH },
    { NULL, WORD_CMD_AT_WORST, VALUE_COUNT, cost, .at = COURSE_WORST, .digits = 1 },
    { NULL, WORD_CMD_LEAST, VALUE_COUNT, cost, .at = COURSE_BOUND, .digits = 1 },
    { 0 },
};

const struct table table_cost = { .columns = cost_columns,
                                  .rows = sizeof costs / sizeof *costs,
                                  .row = cost_row };

/* ---- how a scheme decides: a row a number of dirty placements ---- */

static const struct scheme_table *scheme_of(const struct row *row)
{
    return row->of;
}

/* The greatest n at which so many dirty placements are incompatible; 0 when they never are. */
static unsigned reject_until(const struct scheme_table *t, size_t d)
{
    for (unsigned n = t->scheme.n_max; n > 0; n--) {
        if (t->reject[n] != 0 && t->reject[n] <= d)
            return n;
    }
    return 0;
}

/* Whether every row below says the same. */
static bool is_last(const struct scheme_table *t, size_t d)
{
    return t->accept[d] == 0 && reject_until(t, d) == t->scheme.n_max;
}

static size_t acceptance_count(const struct view *v, const struct row *parent)
{
    const struct scheme_table *t = scheme_of(parent);
    size_t d = 0;
    (void)v;
    while (d < t->scheme.n_max && !is_last(t, d))
        d++;
    return d + 1;
}

static void put_phrase(struct entry *x, enum word word, uint64_t number)
{
    struct phrase digits = number_name(number);
    entry_phrase(x, PHRASE_FILL(word, x->view->language, digits.text));
}

static void dirty(struct entry *x)
{
    if (is_last(scheme_of(x->row), x->row->i))
        put_phrase(x, WORD_CMD_OR_MORE, x->row->i);
    else
        entry_phrase(x, number_name(x->row->i));
}

static void compatible_from(struct entry *x)
{
    unsigned n = scheme_of(x->row)->accept[x->row->i];
    if (n > 0)
        put_phrase(x, WORD_CMD_N_PLACEMENTS, n);
}

static void incompatible_until(struct entry *x)
{
    unsigned n = reject_until(scheme_of(x->row), x->row->i);
    if (n > 0)
        put_phrase(x, WORD_CMD_N_PLACEMENTS, n);
}

static const struct column acceptance_columns[] = {
    { NULL, WORD_CMD_DIRTY_PLACEMENTS, VALUE_TEXT, dirty },
    { NULL, WORD_CMD_COMPATIBLE_FROM, VALUE_TEXT, compatible_from, .absent = WORD_CMD_NEVER },
    { NULL, WORD_CMD_INCOMPATIBLE_UNTIL, VALUE_TEXT, incompatible_until, .absent = WORD_CMD_NEVER },
    { 0 },
};

const struct table table_acceptance = { .columns = acceptance_columns, .count = acceptance_count };

/* ---- which models to test ---- */

static const struct suggest_choice *choice_of(const struct entry *x)
{
    return x->row->of;
}

static const struct suggested *suggested_of(const struct entry *x)
{
    return x->row->parent->of;
}

static const struct model *model_of(const struct entry *x)
{
    return &suggested_of(x)->models->items[choice_of(x)->model];
}

static void model_id(struct entry *x)
{
    entry_text(x, model_of(x)->id);
}

static void model_name(struct entry *x)
{
    entry_text(x, model_of(x)->name);
}

static void released(struct entry *x)
{
    entry_text(x, model_of(x)->released);
}

static void share(struct entry *x)
{
    if (!isnan(model_of(x)->share))
        entry_phrase(x, phrase_cut(decimal_plain(model_of(x)->share).text));
}

static void chosen_for(struct entry *x)
{
    static const enum word words[] = {
        [SUGGEST_REASON_NONE] = WORD_NONE,
        [SUGGEST_BY_SHARE] = WORD_CMD_BY_SHARE,
        [SUGGEST_BY_PRESENCE] = WORD_CMD_BY_PRESENCE,
        [SUGGEST_BY_PROPORTION] = WORD_CMD_BY_PROPORTION,
    };
    entry_word(x, words[choice_of(x)->reason], NULL);
}

struct phrase name_stratum(const struct suggest_stratum *s, enum language language)
{
    const struct model *m = s->like;
    struct phrase carrier = phrase_cut(m->carrier ? m->carrier : word_text(WORD_CMD_NO_CARRIER, language));
    struct phrase years = phrase_cut(word_text(WORD_CMD_NO_YEAR, language)), technologies;
    if (s->first_year > 0)
        years = phrase_fill(WORD_CMD_YEARS, language,
                            (const char *const[]) { number_name(s->first_year).text,
                                                    number_name(s->first_year + SUGGEST_BAND_YEARS - 1).text,
                                                    NULL });
    technologies = phrase_fill(m->technologies ? WORD_CMD_TECHNOLOGIES : WORD_CMD_NO_TECHNOLOGIES, language,
                               (const char *const[]) { m->technologies, NULL });
    return phrase_fill(WORD_CMD_STRATUM, language,
                       (const char *const[]) { carrier.text, years.text, technologies.text, NULL });
}

static void stands_for(struct entry *x)
{
    const struct suggest_stratum *s = &suggested_of(x)->made.strata[choice_of(x)->stratum];
    struct phrase chosen = number_name(s->chosen), models = number_name(s->models);
    struct phrase stratum = name_stratum(s, x->view->language);
    const char *args[] = { stratum.text, chosen.text, models.text, NULL };
    entry_phrase(x, phrase_fill(WORD_CMD_OF_STRATUM, x->view->language, args));
}

static const struct column suggested_columns[] = {
    { NULL, WORD_CMD_MODEL, VALUE_TEXT, model_id },
    { NULL, WORD_CMD_NAME, VALUE_TEXT, model_name },
    { NULL, WORD_CMD_RELEASED, VALUE_TEXT, released, .absent = WORD_CMD_UNKNOWN },
    { NULL, WORD_CMD_SHARE, VALUE_TEXT, share, .absent = WORD_CMD_UNKNOWN },
    { NULL, WORD_CMD_CHOSEN_FOR, VALUE_WORD, chosen_for },
    { NULL, WORD_CMD_STANDS_FOR, VALUE_TEXT, stands_for },
    { 0 },
};

const struct table table_suggested = {
    .columns = suggested_columns,
    .array = ARRAY(struct suggested, made.choices, made.choice_count),
};
