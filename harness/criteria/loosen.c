/*
 * How sensitive the list is: each clause is loosened as far as no pair ends otherwise, one after the other, so that all
 * together still give the same list. Outcomes only get better under looser rules, so each search is a bisection. A bound on
 * dirty placements is never loosened beyond the q1 of the scheme, which is what its errors speak of.
 *
 * Then each pair is left out in turn, and judged by what is found without it: how often do the looser values err? They
 * change only where this pair alone stood in the way of a looser value, so few have to be found anew.
 */
#include "harness/criteria/judges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    double steps, size, slack;
    bool percent;
    int places;
} units[] = {
#define UNIT(ID, ...) [UNIT_##ID] = { __VA_ARGS__ },
#include "harness/clauses/clauses.def"
};

double assess_in_unit(enum clause_unit unit, double value)
{
    return value / units[unit].size;
}

double assess_as_written(const struct assess_range *r, double value)
{
    double steps = value * units[r->unit].steps / units[r->unit].size;
    if (units[r->unit].places < 0)
        return value;
    return (r->falls ? floor(steps) : ceil(steps)) * units[r->unit].size / units[r->unit].steps;
}

static size_t knob_count(const struct knob *k)
{
    return k->values.length / sizeof(double);
}

static double knob_at(const struct knob *k, size_t i)
{
    return ((const double *)(const void *)k->values.data)[i];
}

void knob_add(struct knob *k, double value, double below)
{
    if (value < below)
        buf_add(&k->values, &value, sizeof value);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int descending(const void *a, const void *b)
{
    return ascending(b, a);
}

/* False for a clause without a number. */
static bool knob_make(const struct assess_engine *g, enum clause clause, struct knob *k)
{
    *k = (struct knob) { 0 };
    buf_init(&k->values, SIZE_MAX / 2);
    if (!judges[clause]->knob)
        return false;
    judges[clause]->knob(g, k);
    if (k->unit == UNIT_NONE)
        return false;
    if (knob_count(k) > 1)
        qsort(k->values.data, knob_count(k), sizeof(double), k->falls ? descending : ascending);
    return true;
}

#define NO_PAIR SIZE_MAX

/* The first pair from `from` on that ends otherwise than under the criteria, `out` left out; pair_count: none. */
static size_t next_changed(const struct assess_engine *g, const struct assess_rules *r, size_t from,
                           size_t out)
{
    size_t pair = from;
    while (pair < g->f->survey->pair_count &&
           (pair == out || assess_ends(g, r, pair) == g->a->pairs[pair].recommendation))
        pair++;
    return pair;
}

static size_t first_changed(const struct assess_engine *g, const struct assess_rules *r)
{
    return next_changed(g, r, 0, NO_PAIR);
}

static bool is_same_without(const struct assess_engine *g, const struct assess_rules *r, size_t out)
{
    return next_changed(g, r, 0, out) == g->f->survey->pair_count;
}

static bool is_same(const struct assess_engine *g, const struct assess_rules *r)
{
    return is_same_without(g, r, NO_PAIR);
}

static bool is_looser(const struct knob *k, double value, double than)
{
    return k->falls ? value < than : value > than;
}

/* Of the pairs but `out`. NAN: no looser value changes anything. */
static double first_looser_change(const struct assess_engine *g, const struct assess_rules *base,
                                  enum clause clause, const struct knob *k, size_t out)
{
    size_t low = 0, high = knob_count(k);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct assess_rules r = *base;
        r.threshold[clause] = knob_at(k, middle);
        if (is_looser(k, knob_at(k, middle), k->value) && !is_same_without(g, &r, out))
            high = middle;
        else
            low = middle + 1;
    }
    return low < knob_count(k) ? knob_at(k, low) : NAN;
}

/* The tightest value from which on nothing changes. */
static double tightest_same(const struct assess_engine *g, const struct assess_rules *base,
                            enum clause clause, const struct knob *k)
{
    size_t low = 0, high = knob_count(k);
    while (low < high) { /* the first, in the order of loosening, that is the same already */
        size_t middle = low + (high - low) / 2;
        struct assess_rules r = *base;
        r.threshold[clause] = knob_at(k, middle);
        if (is_looser(k, knob_at(k, middle), k->value) || is_same(g, &r))
            high = middle;
        else
            low = middle + 1;
    }
    double value = low < knob_count(k) ? knob_at(k, low) : k->value;
    return is_looser(k, value, k->value) ? k->value : value;
}

/* The loosest value in round numbers on this side of a change. */
static double round_before(const struct knob *k, double change)
{
    const double steps = units[k->unit].steps, size = units[k->unit].size;
    if (isnan(change))
        return k->value;
    double value = k->falls ? (floor(change * steps / size) + 1) * size / steps
                            : (ceil(change * steps / size - units[k->unit].slack) - 1) * size / steps;
    return is_looser(k, value, k->value) ? value : k->value;
}

void assess_relax(struct assess_rules *r, enum clause clause)
{
    r->on[clause] = false;
    if (judges[clause]->relax)
        judges[clause]->relax(r);
}

static unsigned rank(enum recommendation r)
{
    static const unsigned ranks[] = {
        0, [RECOMMENDATION_RECOMMENDED] = 4, [RECOMMENDATION_CONDITIONAL] = 3,
        [RECOMMENDATION_NOT_RECOMMENDED] = 1, [RECOMMENDATION_NOT_ENOUGH_DATA] = 2
    };
    return ranks[r];
}

static unsigned count_held_back(const struct assess_engine *g, enum clause clause)
{
    struct assess_rules r = g->rules;
    unsigned held = 0;
    bool other = false;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++)
        other = other || (c != clause && r.on[c]);
    assess_relax(&r, clause);
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        struct assess_pair *p = &g->a->pairs[pair];
        /* the only clause: whoever fails it is excluded by it */
        bool is_held = other ? rank(assess_ends(g, &r, pair)) > rank(p->recommendation)
                             : p->clauses[clause].outcome == ASSESS_FAIL;
        p->held_back_by |= is_held ? UINT32_C(1) << clause : 0;
        held += is_held;
    }
    return held;
}

/* Over the clauses: their counts overlap. */
static void add_up_held_back(const struct assess_engine *g)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        int clauses = __builtin_popcount(g->a->pairs[pair].held_back_by);
        g->a->proposal.held_back += clauses > 0;
        g->a->proposal.held_back_by_several += clauses > 1;
    }
}

static bool is_testable(const struct assess_engine *g, enum clause clause)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        enum assess_outcome o = g->a->pairs[pair].clauses[clause].outcome;
        if (o == ASSESS_PASS || o == ASSESS_OPEN || o == ASSESS_FAIL)
            return true;
    }
    return false;
}

static void turn_alone(const struct assess_engine *g, const struct knob *k, struct assess_range *out)
{
    struct assess_rules changed = g->rules;
    out->unit = k->unit;
    out->of = k->of;
    out->falls = k->falls;
    out->value = out->proposed = out->tightest = out->loosest = k->value;
    out->limit = k->limit > 0 && is_looser(k, k->value, k->limit) ? k->value : k->limit;
    if (g->a->proposal.nobody_listed)
        return;
    out->tightest = tightest_same(g, &g->rules, out->clause, k);
    out->changes_at = first_looser_change(g, &g->rules, out->clause, k, NO_PAIR);
    if (out->limit > 0 && !isnan(out->changes_at) && is_looser(k, out->changes_at, out->limit))
        out->changes_at = NAN; /* nothing is said of what the scheme does not test */
    out->loosest = round_before(k, out->changes_at);
    if (isnan(out->changes_at))
        return;
    changed.threshold[out->clause] = out->changes_at;
    out->changes_pair = first_changed(g, &changed);
}

/* ---- all clauses, one after the other ---- */

/* Clauses as they were loosened so far, and for whom. */
struct loosening {
    struct assess_rules joint;
    size_t out;   /* a pair that is left out */
    bool *stands; /* of each pair: it alone stood in the way of a looser value; NULL: nobody asks */
};

/* Under rules that change the list: whether one pair alone ends otherwise. */
static void note_who_stands(const struct assess_engine *g, struct loosening *l, const struct assess_rules *r)
{
    size_t count = g->f->survey->pair_count;
    size_t first = l->stands ? next_changed(g, r, 0, l->out) : count;
    if (first < count && next_changed(g, r, first + 1, l->out) == count)
        l->stands[first] = true;
}

/* Whether the list is the same without the clause, which then is given up. */
static bool give_up(const struct assess_engine *g, enum clause clause, struct loosening *l)
{
    struct assess_rules without = l->joint;
    without.on[clause] = false;
    if (judges[clause]->is_never_dropped)
        return false;
    if (is_same_without(g, &without, l->out)) {
        l->joint.on[clause] = false;
        return true;
    }
    note_who_stands(g, l, &without);
    return false;
}

/* To a round number before the list changes, no further than the knob may go; returns it. */
static double loosen(const struct assess_engine *g, enum clause clause, const struct knob *k,
                     struct loosening *l)
{
    double change = first_looser_change(g, &l->joint, clause, k, l->out), to = round_before(k, change);
    struct assess_rules changed = l->joint;
    if (!isnan(change)) {
        changed.threshold[clause] = change;
        note_who_stands(g, l, &changed);
    }
    if (k->limit > 0 && is_looser(k, to, k->limit))
        to = is_looser(k, k->value, k->limit) ? k->value : k->limit;
    if (is_looser(k, to, k->value))
        l->joint.threshold[clause] = to;
    return to;
}

static bool is_turn(const struct assess_engine *g, enum clause clause, unsigned turn)
{
    bool several =
        __builtin_popcount(g->a->scope) > 1; /* the number of readers is one only where there are several */
    return judges[clause]->given_up == turn && g->rules.on[clause] && (clause != CLAUSE_READERS || several);
}

static int no_memory(struct err *e)
{
    return err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

/* One clause by itself, and then after those that are loosened already. */
static int find_range(struct assess_engine *g, enum clause clause, struct loosening *l, struct err *e)
{
    struct assess_proposal *out = &g->a->proposal;
    struct assess_range *range = &out->ranges[out->range_count++];
    struct knob k;
    *range = (struct assess_range) { .clause = clause, .changes_at = NAN, .changes_pair = SIZE_MAX };
    range->testable = is_testable(g, clause);
    if (!range->testable)
        return 0;
    range->holds_back = count_held_back(g, clause);
    range->numeric = knob_make(g, clause, &k);
    int code = k.values.failed ? no_memory(e) : 0;
    if (code == 0 && range->numeric)
        turn_alone(g, &k, range);
    if (code == 0 && !out->nobody_listed)
        range->dropped = give_up(g, clause, l);
    if (code == 0 && range->numeric && !range->dropped && !out->nobody_listed)
        range->proposed = loosen(g, clause, &k, l);
    buf_free(&k.values);
    return code;
}

/* In the order in which they are given up. */
static int find_ranges(struct assess_engine *g, struct loosening *l, struct err *e)
{
    int code = 0;
    for (unsigned turn = 1; turn < CLAUSE_COUNT; turn++)
        for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT && code == 0; c++)
            if (is_turn(g, c, turn))
                code = find_range(g, c, l, e);
    return code;
}

/* ---- leaving each pair out in turn ---- */

/* The same clauses without the pair that is left out. */
static int loosen_again(struct assess_engine *g, struct loosening *l, struct err *e)
{
    const struct assess_proposal *found = &g->a->proposal;
    for (size_t i = 0; i < found->range_count; i++) {
        enum clause clause = found->ranges[i].clause;
        struct knob k;
        if (!found->ranges[i].testable || give_up(g, clause, l))
            continue;
        bool numeric = knob_make(g, clause, &k), failed = k.values.failed;
        if (numeric && !failed)
            loosen(g, clause, &k, l);
        buf_free(&k.values);
        if (failed)
            return no_memory(e);
    }
    return 0;
}

static bool is_listed(enum recommendation r)
{
    return r == RECOMMENDATION_RECOMMENDED || r == RECOMMENDATION_CONDITIONAL;
}

static int leave_out(struct assess_engine *g, const bool *stands, struct err *e)
{
    struct assess_left_out *out = &g->a->proposal.left_out;
    int code = 0;
    for (size_t pair = 0; pair < g->f->survey->pair_count && code == 0; pair++) {
        if (g->a->pairs[pair].recommendation != RECOMMENDATION_NOT_RECOMMENDED)
            continue;
        out->refused++;
        if (!stands[pair])
            continue; /* without it the same values are found, under which it ends as it did */
        struct loosening l = { .joint = g->rules, .out = pair };
        code = loosen_again(g, &l, e);
        out->listed += code == 0 && is_listed(assess_ends(g, &l.joint, pair));
    }
    return code;
}

/* ---- what stands behind it ---- */

void assess_limits(const struct assess_engine *g)
{
    const struct survey *s = g->f->survey;
    struct assess_proposal *out = &g->a->proposal;
    out->sims = (unsigned)s->sim_count;
    for (size_t i = 0; i < s->pair_count; i++) {
        bool unit = true, model = true;
        for (size_t j = 0; j < i; j++) {
            unit = unit && strcmp(s->pairs[j].unit, s->pairs[i].unit) != 0;
            model = model && s->pairs[j].handset != s->pairs[i].handset;
        }
        out->units += unit;
        out->models += model;
    }
    out->sessions_least = UINT32_MAX;
    for (size_t i = 0; i < g->f->cell_count; i++) {
        const struct findings_cell *c = &g->f->cells[i];
        bool asked = (g->rules.required >> s->conditions[c->condition].power_mode & 1) &&
                     g->rules.seats[c->reader] && g->wants[c->script];
        unsigned sessions = (unsigned)__builtin_popcount(c->judged.sessions);
        if (!asked || c->n == 0)
            continue;
        out->sessions_least = sessions < out->sessions_least ? sessions : out->sessions_least;
        out->sessions_most = sessions > out->sessions_most ? sessions : out->sessions_most;
        out->changed_by_invalid += c->verdict != c->verdict_invalid_as_dirty;
        g->a->pairs[c->pair].leans_on_invalid +=
            c->verdict == VERDICT_COMPATIBLE && c->verdict_invalid_as_dirty != VERDICT_COMPATIBLE;
    }
    if (out->sessions_least == UINT32_MAX)
        out->sessions_least = 0;
    out->cells_excluded = g->f->excluded;
    out->invalid_placements = g->f->placements_invalid;
}

int assess_propose(struct assess_engine *g, struct err *e)
{
    struct assess_proposal *out = &g->a->proposal;
    struct loosening l = { .joint = g->rules, .out = NO_PAIR };
    l.stands = calloc(g->f->survey->pair_count + 1, sizeof *l.stands);
    out->nobody_listed =
        g->a->counts[RECOMMENDATION_RECOMMENDED] + g->a->counts[RECOMMENDATION_CONDITIONAL] == 0;
    int code = l.stands ? find_ranges(g, &l, e) : no_memory(e);
    add_up_held_back(g);
    if (code == 0 && !out->nobody_listed)
        code = leave_out(g, l.stands, e);
    free(l.stands);
    if (code)
        return code;
    out->same_list = is_same(g, &l.joint);
    if (!out->nobody_listed)
        assess_reader_sets(g);
    unsigned readers = out->set_size ? out->set_size : (unsigned)__builtin_popcount(g->a->scope);
    assess_cost(g, &g->rules, readers, &out->as_is);
    assess_cost(g, &l.joint, readers, &out->proposed);
    assess_limits(g);
    return 0;
}
