#include "harness/clauses/list.h"

#include "harness/clauses/need.h"
#include "harness/clauses/refusal.h"
#include "harness/clauses/tiers.h"

struct asked { /* what is asked about one pair */
    const struct criteria *criteria;
    const struct survey *survey;
    const struct scheme_table *table;
    list_counts *counts;
    const void *context;
    const struct row_state *rows; /* of the pair, [condition][script]; NULL: cells decide */
};

/* Whether their bounds are within what the criteria pass at most, where these name a bound of their own. */
static bool is_within(const struct criteria *c, const struct scheme_table *t,
                      const struct cell_counts *counts)
{
    double lower, upper;
    verdict_bounds(&t->scheme, counts->n, counts->d, counts->s, &lower, &upper);
    return upper <= criteria_dirty_at_most(c, &t->scheme);
}

bool list_passes(const struct criteria *c, const struct scheme_table *t, const struct cell_counts *counts)
{
    if (c->dirty_at_most > 0)
        return __builtin_popcount(counts->sessions) >= VERDICT_SESSIONS_NEEDED && is_within(c, t, counts);
    return verdict_of(t, counts) == VERDICT_COMPATIBLE;
}

bool list_refuses(const struct criteria *c, const struct scheme_table *t, const struct cell_counts *counts)
{
    double lower, upper, above = criteria_refuses_above(c, &t->scheme);
    if (verdict_of(t, counts) != VERDICT_INCOMPATIBLE || list_passes(c, t, counts))
        return false;
    verdict_bounds(&t->scheme, counts->n, counts->d, counts->s, &lower, &upper);
    return lower >= above;
}

/* Whether the criteria's own bound can no longer be shown by N_max, all further placements clean. */
static bool bound_is_out_of_reach(const struct asked *a, const struct cell_counts *c)
{
    unsigned most = verdict_n_max(a->table, c->s), n = most > c->s ? most - c->s : 0;
    const struct cell_counts all = { .n = n > c->n ? n : c->n, .d = c->d, .s = c->s };
    return !is_within(a->criteria, a->table, &all);
}

/* The same of a row: all its readers fail or pass together. */
static enum list_state state_of_row(const struct asked *a, size_t cell)
{
    const struct survey *s = a->survey;
    size_t condition = survey_condition_of(s, cell);
    const struct row_state *row = &a->rows[condition * s->script_count + cell % s->script_count];
    if (row->verdict == ROW_FAILS)
        return LIST_SETTLED;
    return row->verdict == ROW_OPEN && row->rests ? LIST_RESTS : LIST_OPEN;
}

/* What one required cell leaves possible. */
static enum list_state state_of_cell(const struct asked *a, size_t cell)
{
    if (a->survey->excluded[cell] == SURVEY_CELL_NOT_APPLICABLE)
        return LIST_SETTLED;
    if (a->survey->excluded[cell] != SURVEY_CELL_IN || a->criteria->taps > 0)
        return LIST_OPEN; /* taps look at times, too: no count settles them */
    if (a->rows)
        return state_of_row(a, cell);
    struct cell_counts c = a->counts(a->context, cell);
    enum verdict v = verdict_of(a->table, &c);
    bool own = a->criteria->dirty_at_most > 0;
    if (list_refuses(a->criteria, a->table, &c))
        return LIST_SETTLED;
    if (list_passes(a->criteria, a->table, &c))
        return LIST_OPEN;
    if (v == VERDICT_REJECTED_SO_FAR)
        return LIST_RESTS; /* it can hardly pass, but one placement more may show that it is refused */
    if (v != VERDICT_COMPATIBLE &&
        (own ? bound_is_out_of_reach(a, &c) : verdict_is_out_of_reach(a->table, &c)))
        return LIST_SETTLED;
    return LIST_OPEN;
}

/* The worst of its required cells on one reader. */
static enum list_state state_on_reader(const struct asked *a, size_t pair, size_t reader)
{
    const struct survey *s = a->survey;
    enum list_state worst = LIST_OPEN;
    for (size_t condition = 0; condition < s->condition_count; condition++) {
        if (!need_looks_at(a->criteria, &s->conditions[condition]))
            continue;
        for (size_t script = 0; script < s->script_count && worst != LIST_SETTLED; script++) {
            if (need_of(a->criteria, s, condition, script) != NEED_REQUIRED)
                continue;
            enum list_state one = state_of_cell(a, survey_cell(s, pair, condition, reader, script));
            worst = one > worst ? one : worst;
        }
    }
    return worst;
}

enum list_state list_of(const struct criteria *c, const struct survey *s, const struct scheme_table *t,
                        size_t pair, list_counts *counts, const void *context, const struct row_state *rows)
{
    const struct asked a = { c,      s,       t,
                             counts, context, c && tiers_of(c, &t->scheme) == TIERS_ROWS ? rows : NULL };
    double all = 0, could = 0, certain = 0;
    if (!c)
        return LIST_OPEN;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        double weight = need_of_reader(c, s, reader);
        enum list_state state = weight > 0 ? state_on_reader(&a, pair, reader) : LIST_OPEN;
        all += weight;
        could += state != LIST_SETTLED ? weight : 0;
        certain += state == LIST_OPEN ? weight : 0;
    }
    double asked = need_weight_asked(c, all) - 1e-9;
    return could < asked ? LIST_SETTLED : certain < asked ? LIST_RESTS : LIST_OPEN;
}

bool list_requires(const struct criteria *c, const struct survey *s)
{
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            if (need_looks_at(c, &s->conditions[condition]) &&
                need_of(c, s, condition, script) == NEED_REQUIRED)
                return true;
    return false;
}

unsigned list_taps(const struct criteria *c, const struct survey *s, size_t condition, size_t script)
{
    bool asked = c && c->taps > 0 && need_of(c, s, condition, script) != NEED_NONE &&
                 need_looks_at(c, &s->conditions[condition]);
    return asked ? c->taps : 0;
}
