/*
 * The least demanding criteria that this run supports. Each clause is loosened as far as no pair ends
 * otherwise, one after the other, so that all together still give the same list. Outcomes only get better under looser rules, so each search is a bisection.
 */
#include "harness/criteria/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUND_BOUND 1000.0 /* thresholds are proposed in whole tenths of a percent, */
#define ROUND_TIME  1000.0 /* milliseconds (of values in microseconds) */
#define ROUND_MM    0.1    /* and tenths of a millimetre */
#define NEXT_MM     0.001  /* just above a range that is shown silent */

/* The values of a clause at which anything may change, in the order of loosening. */
struct knob {
    enum assess_clause clause;
    bool falls; /* a smaller value is the looser one */
    double value;
    struct buf values; /* array of double */
};

static size_t knob_count(const struct knob *k)
{
    return k->values.length / sizeof(double);
}

static double knob_at(const struct knob *k, size_t i)
{
    return ((const double *)(const void *)k->values.data)[i];
}

/* below: a value that no criteria file can hold, or that stands for none, is left out. */
static void knob_add(struct knob *k, double value, double below)
{
    if (value < below)
        buf_add(&k->values, &value, sizeof value);
}

static void turn(const struct assess_engine *g, struct assess_rules *r, enum assess_clause clause,
                 double value)
{
    switch (clause) {
    case ASSESS_SUCCESS:
        if (g->criteria->taps)
            r->ok_at_least = (unsigned)value;
        else
            r->dirty_at_most = value;
        break;
    case ASSESS_TIME:
        r->within_us = (uint64_t)value;
        break;
    case ASSESS_FIVE_POINTS:
        r->failing_at_most = (unsigned)value;
        break;
    case ASSESS_HEIGHT:
        r->dead_zone_mm = value;
        break;
    case ASSESS_READERS:
        if (r->share > 0)
            r->share = value;
        else
            r->at_least = (unsigned)value;
        break;
    default:
        break;
    }
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

/* 0 would mean the scheme's own verdict. */
static void add_bound(struct knob *k, double bound)
{
    if (bound > 0)
        knob_add(k, bound, 1.0);
}

static void bounds_of_cells(const struct assess_engine *g, struct knob *k)
{
    for (size_t i = 0; i < g->f->cell_count; i++) {
        const struct findings_cell *c = &g->f->cells[i];
        const struct assess_cell *m = &g->a->cells[i];
        if (c->n == 0)
            continue;
        add_bound(k, c->upper);
        add_bound(k, c->lower);
        if (g->payload_step && c->script == g->payload_script) {
            add_bound(k, m->payload_upper);
            add_bound(k, m->payload_lower);
        }
    }
}

static void times_of_cells(const struct assess_engine *g, struct knob *k)
{
    const struct survey *s = g->f->survey;
    for (size_t i = 0; i < g->f->cell_count && !g->criteria->by_handset; i++) {
        knob_add(k, g->a->cells[i].time_passes_from_us, UINT32_MAX);
        knob_add(k, g->a->cells[i].time_fails_to_us + 1.0, UINT32_MAX);
    }
    for (size_t pair = 0; pair < s->pair_count && g->criteria->by_handset; pair++)
        for (size_t script = 0; script < s->script_count; script++) {
            size_t cells[ASSESS_HANDSET_CELLS_MAX];
            uint32_t passes, fails;
            assess_time(g, cells, assess_handset_cells(g, &g->rules, pair, script, cells), &passes, &fails);
            knob_add(k, passes, UINT32_MAX);
            knob_add(k, fails + 1.0, UINT32_MAX);
        }
}

static void widths_of_heights(const struct assess_engine *g, struct knob *k)
{
    const struct survey *s = g->f->survey;
    for (size_t i = 0; i < s->condition_count + 2; i++)
        for (size_t j = 0; j < s->condition_count + 2; j++) {
            double ends[2] = { g->criteria->from_mm, g->criteria->to_mm };
            double a = i < s->condition_count ? s->conditions[i].z_mm : ends[i - s->condition_count];
            double b = j < s->condition_count ? s->conditions[j].z_mm : ends[j - s->condition_count];
            if (b < a)
                continue;
            knob_add(k, b - a, INFINITY);
            knob_add(k, b - a + NEXT_MM, INFINITY);
        }
}

static void shares_of_pairs(const struct assess_engine *g, struct knob *k)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &g->a->pairs[pair];
        double passed = 0, failed = 0, could = 0;
        for (size_t r = 0; r < g->f->survey->reader_count; r++) {
            passed += p->passes >> r & 1 ? g->rules.weights[r] : 0;
            could += (p->passes | p->open) >> r & 1 ? g->rules.weights[r] : 0;
            failed += p->fails >> r & 1 ? g->rules.weights[r] : 0;
        }
        knob_add(k, passed, INFINITY);
        knob_add(k, could, INFINITY);
        knob_add(k, 1.0 - failed, INFINITY);
    }
}

static unsigned seats_of(const struct assess_rules *r)
{
    unsigned all = 0;
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        all += r->seats[i];
    return all;
}

/* False for a clause without a number. */
static bool knob_make(const struct assess_engine *g, enum assess_clause clause, struct knob *k)
{
    const struct criteria *c = g->criteria;
    *k = (struct knob) { .clause = clause };
    buf_init(&k->values, SIZE_MAX / 2);
    if (clause == ASSESS_SUCCESS && c->taps) {
        k->falls = true;
        k->value = c->ok_at_least;
        for (unsigned i = 1; i <= c->taps; i++)
            knob_add(k, i, INFINITY);
    } else if (clause == ASSESS_SUCCESS) {
        k->value = assess_dirty_at_most(g->f, c);
        bounds_of_cells(g, k);
    } else if (clause == ASSESS_TIME) {
        k->value = c->within_ms * ROUND_TIME;
        times_of_cells(g, k);
    } else if (clause == ASSESS_FIVE_POINTS) {
        k->value = c->failing_at_most;
        for (unsigned i = 0; i < 5; i++)
            knob_add(k, i, INFINITY);
    } else if (clause == ASSESS_HEIGHT) {
        k->value = c->dead_zone_mm;
        widths_of_heights(g, k);
    } else if (clause == ASSESS_READERS) {
        k->falls = true;
        k->value = c->readers_share > 0  ? c->readers_share
                   : c->readers_at_least ? c->readers_at_least
                                         : seats_of(&g->rules);
        if (c->readers_share > 0)
            shares_of_pairs(g, k);
        for (unsigned i = 1; i <= seats_of(&g->rules) && c->readers_share <= 0; i++)
            knob_add(k, i, INFINITY);
    } else {
        return false;
    }
    if (knob_count(k) > 1)
        qsort(k->values.data, knob_count(k), sizeof(double), k->falls ? descending : ascending);
    return true;
}

/* The first pair that ends otherwise than under the criteria; pair_count: none. */
static size_t first_changed(const struct assess_engine *g, const struct assess_rules *r)
{
    size_t pair = 0;
    while (pair < g->f->survey->pair_count && assess_ends(g, r, pair) == g->a->pairs[pair].recommendation)
        pair++;
    return pair;
}

static bool is_same(const struct assess_engine *g, const struct assess_rules *r)
{
    return first_changed(g, r) == g->f->survey->pair_count;
}

static bool is_looser(const struct knob *k, double value, double than)
{
    return k->falls ? value < than : value > than;
}

/* NAN: no looser value changes anything. */
static double first_looser_change(const struct assess_engine *g, const struct assess_rules *base,
                                  const struct knob *k)
{
    size_t low = 0, high = knob_count(k);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct assess_rules r = *base;
        turn(g, &r, k->clause, knob_at(k, middle));
        if (is_looser(k, knob_at(k, middle), k->value) && !is_same(g, &r))
            high = middle;
        else
            low = middle + 1;
    }
    return low < knob_count(k) ? knob_at(k, low) : NAN;
}

/* The tightest value from which on nothing changes. */
static double tightest_same(const struct assess_engine *g, const struct assess_rules *base,
                            const struct knob *k)
{
    size_t low = 0, high = knob_count(k);
    while (low < high) { /* the first, in the order of loosening, that is the same already */
        size_t middle = low + (high - low) / 2;
        struct assess_rules r = *base;
        turn(g, &r, k->clause, knob_at(k, middle));
        if (is_looser(k, knob_at(k, middle), k->value) || is_same(g, &r))
            high = middle;
        else
            low = middle + 1;
    }
    double value = low < knob_count(k) ? knob_at(k, low) : k->value;
    return is_looser(k, value, k->value) ? k->value : value;
}

/* The loosest value in round numbers on this side of a change. */
static double round_before(const struct assess_engine *g, const struct knob *k, double change)
{
    double value = k->value;
    if (isnan(change))
        return value;
    if (k->clause == ASSESS_READERS && g->criteria->readers_share > 0)
        value = (floor(change * ROUND_BOUND) + 1) / ROUND_BOUND;
    else if (k->falls)
        value = change + 1;
    else if (k->clause == ASSESS_SUCCESS)
        value = (ceil(change * ROUND_BOUND) - 1) / ROUND_BOUND;
    else if (k->clause == ASSESS_TIME)
        value = (ceil(change / ROUND_TIME) - 1) * ROUND_TIME;
    else if (k->clause == ASSESS_HEIGHT)
        value = (ceil(change / ROUND_MM - NEXT_MM) - 1) * ROUND_MM;
    else
        value = change - 1;
    return is_looser(k, value, k->value) ? value : k->value;
}

static unsigned rank(enum recommendation r)
{
    static const unsigned ranks[] = {
        0, [RECOMMENDATION_RECOMMENDED] = 4, [RECOMMENDATION_CONDITIONAL] = 3,
        [RECOMMENDATION_NOT_RECOMMENDED] = 1, [RECOMMENDATION_NOT_ENOUGH_DATA] = 2
    };
    return ranks[r];
}

static unsigned count_held_back(const struct assess_engine *g, enum assess_clause clause)
{
    struct assess_rules r = g->rules;
    unsigned better = 0, failing = 0;
    bool other = false;
    for (int c = ASSESS_SUCCESS; c < ASSESS_READERS; c++)
        other = other || (c != (int)clause && r.on[c]);
    r.on[clause] = false;
    if (clause == ASSESS_READERS) {
        r.at_least = 1;
        r.share = 0;
    }
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        const struct assess_pair *p = &g->a->pairs[pair];
        failing += p->clauses[clause].outcome == ASSESS_FAIL;
        better += other && rank(assess_ends(g, &r, pair)) > rank(p->recommendation);
    }
    return other ? better : failing; /* the only clause: whoever fails it is excluded by it */
}

/* One clause by itself, and then in the proposal, whose rules so far are in `joint`. */
static int find_range(struct assess_engine *g, enum assess_clause clause, struct assess_rules *joint,
                      struct err *e)
{
    struct assess_proposal *out = &g->a->proposal;
    struct assess_range *range = &out->ranges[out->range_count++];
    struct assess_rules without = *joint;
    struct knob k;
    *range = (struct assess_range) { .clause = clause, .changes_at = NAN, .changes_pair = SIZE_MAX };
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++) {
        enum assess_outcome o = g->a->pairs[pair].clauses[clause].outcome;
        range->testable = range->testable || o == ASSESS_PASS || o == ASSESS_OPEN || o == ASSESS_FAIL;
    }
    if (!range->testable)
        return 0;
    range->holds_back = count_held_back(g, clause);
    range->numeric = knob_make(g, clause, &k);
    if (k.values.failed) {
        buf_free(&k.values);
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    }
    if (range->numeric) {
        struct assess_rules changed = g->rules;
        range->value = range->proposed = k.value;
        range->tightest = tightest_same(g, &g->rules, &k);
        range->changes_at = first_looser_change(g, &g->rules, &k);
        range->loosest = round_before(g, &k, range->changes_at);
        if (!isnan(range->changes_at)) {
            turn(g, &changed, clause, range->changes_at);
            range->changes_pair = first_changed(g, &changed);
        }
    }
    without.on[clause] = false;
    range->dropped = clause != ASSESS_SUCCESS && clause != ASSESS_READERS && is_same(g, &without);
    if (range->dropped) {
        joint->on[clause] = false;
    } else if (range->numeric) {
        range->proposed = round_before(g, &k, first_looser_change(g, joint, &k));
        if (is_looser(&k, range->proposed, k.value))
            turn(g, joint, clause, range->proposed);
    }
    buf_free(&k.values);
    return 0;
}

static void count_limits(const struct assess_engine *g)
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
        unsigned sessions = (unsigned)__builtin_popcount(c->sessions_seen);
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
    /* what costs most to measure is given up first; success is never given up */
    static const enum assess_clause order[] = { ASSESS_HEIGHT,       ASSESS_FIVE_POINTS, ASSESS_PAYLOAD,
                                                ASSESS_TECHNOLOGIES, ASSESS_TIME,        ASSESS_READERS,
                                                ASSESS_SUCCESS };
    struct assess_proposal *out = &g->a->proposal;
    struct assess_rules joint = g->rules;
    int code = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order && code == 0; i++)
        if (order[i] == ASSESS_READERS ? __builtin_popcount(g->a->scope) > 1 : g->rules.on[order[i]])
            code = find_range(g, order[i], &joint, e);
    if (code)
        return code;
    out->same_list = is_same(g, &joint);
    assess_reader_sets(g);
    unsigned readers = out->set_size ? out->set_size : (unsigned)__builtin_popcount(g->a->scope);
    assess_cost(g, &g->rules, readers, &out->as_is);
    assess_cost(g, &joint, readers, &out->proposed);
    count_limits(g);
    return 0;
}
