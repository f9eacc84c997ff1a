/*
 * The outcome of a pair: each clause on each reader from its cells, all clauses of a reader together, then
 * over the readers as the criteria count them. "Passes on all readers" needs no correction: an
 * intersection-union test. Under looser rules no outcome gets worse; the searches in loosen.c rest
 * on that.
 */
#include "harness/criteria/engine.h"
#include "harness/domain/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_ROUNDING 1e-9 /* of sums of written shares */

static unsigned sessions_of(const struct findings_cell *c)
{
    return (unsigned)__builtin_popcount(c->sessions_seen);
}

/* The worse of two cells as evidence: incompatible before absent before undecided before excluded. */
static unsigned weight(const struct findings_cell *c)
{
    switch (c->verdict) {
    case VERDICT_INCOMPATIBLE:
        return 6;
    case VERDICT_NOT_APPLICABLE:
        return 5;
    case VERDICT_UNDECIDED_INSTRUMENT:
        return 4;
    case VERDICT_UNDECIDED:
        return 3;
    case VERDICT_EXCLUDED:
        return 2;
    case VERDICT_COMPATIBLE:
        return 1;
    case VERDICT_NONE:
    case VERDICT_COUNT:
        break;
    }
    return 0;
}

static bool is_worse(const struct findings *f, size_t a, size_t b)
{
    if (a == SIZE_MAX || b == SIZE_MAX)
        return b == SIZE_MAX && a != SIZE_MAX;
    const struct findings_cell *x = &f->cells[a], *y = &f->cells[b];
    if (weight(x) != weight(y))
        return weight(x) > weight(y);
    if (x->verdict == VERDICT_INCOMPATIBLE)
        return x->lower > y->lower;
    return x->upper > y->upper;
}

void assess_keep_worse(const struct findings *f, struct assess_result *into, struct assess_result with)
{
    if (with.outcome > into->outcome || (with.outcome == into->outcome && is_worse(f, with.cell, into->cell)))
        *into = with;
}

/* Clean placements that pass a bound; one in another session where only that is missing. */
static unsigned missing(const struct assess_engine *g, double bound, const struct findings_cell *c,
                        unsigned d)
{
    bool own = bound > 0;
    unsigned more =
        own ? assess_clean_needed(&g->f->scheme, bound, c->n, d) : verdict_missing(&g->table, c->n, d);
    unsigned limit = own ? UINT32_MAX : g->table.accept[d <= g->table.scheme.n_max ? d : 0];
    if (more == 0 && sessions_of(c) < VERDICT_SESSIONS_NEEDED && limit > 0 && c->n >= ASSESS_LEAST)
        more = 1;
    return more;
}

/* P(dirty) of a cell against the bound in force, for its own d and for the payload's. */
static struct assess_result against_bound(const struct assess_engine *g, const struct assess_rules *r,
                                          size_t cell, enum verdict verdict, unsigned d, double lower,
                                          double upper)
{
    const struct findings_cell *c = &g->f->cells[cell];
    struct assess_result out = { ASSESS_OPEN, cell, 0 };
    bool enough = c->n >= ASSESS_LEAST && sessions_of(c) >= VERDICT_SESSIONS_NEEDED;
    double bound = r->dirty_at_most;
    if (bound > 0 ? enough && upper <= bound : verdict == VERDICT_COMPATIBLE)
        out.outcome = ASSESS_PASS;
    else if (bound > 0 ? upper > bound && (verdict == VERDICT_INCOMPATIBLE || lower > bound)
                       : verdict == VERDICT_INCOMPATIBLE)
        out.outcome = ASSESS_FAIL;
    else
        out.missing = missing(g, bound, c, d);
    return out;
}

static struct assess_result by_taps(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct assess_cell *m = &g->a->cells[cell];
    const unsigned most_bad = g->criteria->taps - r->ok_at_least;
    struct assess_result out = { ASSESS_OPEN, cell, 0 };
    if (m->taps_ok >= r->ok_at_least)
        out.outcome = ASSESS_PASS;
    else if (m->taps - m->taps_ok > most_bad)
        out.outcome = ASSESS_FAIL;
    else
        out.missing = r->ok_at_least - m->taps_ok;
    return out;
}

static struct assess_result in_time(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct assess_cell *m = &g->a->cells[cell];
    struct assess_result out = { ASSESS_OPEN, cell, m->time_missing };
    bool sessions = sessions_of(&g->f->cells[cell]) >= VERDICT_SESSIONS_NEEDED;
    if (m->time_passes_from_us != UINT32_MAX && r->within_us >= m->time_passes_from_us) {
        out.outcome = sessions ? ASSESS_PASS : ASSESS_OPEN;
        out.missing = sessions ? 0 : 1;
    } else if (r->within_us <= m->time_fails_to_us) {
        out = (struct assess_result) { ASSESS_FAIL, cell, 0 };
    }
    return out;
}

static struct assess_result by_technology(const struct assess_engine *g, size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    uint64_t told = 0, strange = 0;
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES; i++) {
        told += c->technology_count[i];
        strange += g->criteria->technologies >> i & 1 ? 0 : c->technology_count[i];
    }
    struct assess_result out = { ASSESS_PASS, cell, 0 };
    if (strange > 0)
        out.outcome = ASSESS_FAIL;
    else if (told == 0 && c->ok > 0)
        out = (struct assess_result) { ASSESS_NOT_TESTABLE, SIZE_MAX, 0 }; /* the driver does not tell it */
    else if (told == 0)
        out = (struct assess_result) { ASSESS_OPEN, cell, 1 };
    return out;
}

bool assess_skips_payload(const struct assess_engine *g, size_t reader)
{
    const struct survey *s = g->f->survey;
    return g->payload_extended &&
           s->reader_profiles[s->readers[reader].profile].level != READER_LEVEL_EXTENDED;
}

static struct assess_result past_step(const struct assess_engine *g, const struct assess_rules *r,
                                      size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    const struct assess_cell *m = &g->a->cells[cell];
    if (c->script != g->payload_script || g->payload_step == 0 || assess_skips_payload(g, c->reader))
        return (struct assess_result) { ASSESS_UNUSED, SIZE_MAX, 0 };
    enum verdict v = verdict_of(&g->table, c->n, m->payload_d, sessions_of(c), VERDICT_SESSIONS_NEEDED);
    return against_bound(g, r, cell, v, m->payload_d, m->payload_lower, m->payload_upper);
}

struct assess_result assess_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                    enum assess_clause clause)
{
    const struct findings_cell *c = &g->f->cells[cell];
    if (c->state == SURVEY_CELL_NOT_APPLICABLE)
        return (struct assess_result) { ASSESS_FAIL, cell, 0 }; /* asked for, and declared absent */
    switch (clause) {
    case ASSESS_SUCCESS:
        return g->criteria->taps ? by_taps(g, r, cell)
                                 : against_bound(g, r, cell, c->verdict, c->d, c->lower, c->upper);
    case ASSESS_TIME:
        return in_time(g, r, cell);
    case ASSESS_TECHNOLOGIES:
        return by_technology(g, cell);
    case ASSESS_PAYLOAD:
        return past_step(g, r, cell);
    default:
        return (struct assess_result) { ASSESS_UNUSED, SIZE_MAX, 0 };
    }
}

bool assess_looks_at(const struct assess_engine *g, size_t condition)
{
    const struct survey_condition *c = &g->f->survey->conditions[condition];
    bool centre = fabs(c->x_mm) <= NEAR_MM && fabs(c->y_mm) <= NEAR_MM && fabs(c->z_mm) <= NEAR_MM;
    return centre || !(g->criteria->five_points || g->criteria->height);
}

bool assess_asks_condition(const struct assess_engine *g, const struct assess_rules *r, size_t condition,
                           uint32_t modes)
{
    return (modes >> g->f->survey->conditions[condition].power_mode & 1) && !(r->left_out >> condition & 1) &&
           assess_looks_at(g, condition);
}

static bool asks_cell(const struct assess_engine *g, const struct assess_rules *r, enum assess_clause clause,
                      unsigned script)
{
    if (!r->on[clause] || (clause == ASSESS_TIME && g->criteria->by_handset))
        return false;
    return g->wants[script] || clause == ASSESS_PAYLOAD;
}

/* Every clause on one reader over the cells of these power modes; returns all of them together. */
static enum assess_outcome on_reader(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                                     size_t reader, uint32_t modes,
                                     struct assess_result out[ASSESS_CLAUSE_COUNT])
{
    static const enum assess_clause by_cell[] = { ASSESS_SUCCESS, ASSESS_TIME, ASSESS_TECHNOLOGIES,
                                                  ASSESS_PAYLOAD };
    const struct survey *s = g->f->survey;
    struct assess_points points;
    for (int c = 0; c < ASSESS_CLAUSE_COUNT; c++)
        out[c] = (struct assess_result) { ASSESS_UNUSED, SIZE_MAX, 0 };
    if (r->seats[reader] == 0)
        return ASSESS_UNUSED;
    for (size_t condition = 0; condition < s->condition_count; condition++) {
        if (!assess_asks_condition(g, r, condition, modes))
            continue;
        for (unsigned script = 0; script < s->script_count; script++) {
            size_t cell = survey_cell(s, pair, condition, reader, script);
            for (size_t i = 0; i < sizeof by_cell / sizeof *by_cell; i++)
                if (asks_cell(g, r, by_cell[i], script))
                    assess_keep_worse(g->f, &out[by_cell[i]], assess_on_cell(g, r, cell, by_cell[i]));
        }
    }
    if (r->on[ASSESS_FIVE_POINTS] || r->on[ASSESS_HEIGHT]) {
        assess_positions(g, r, pair, reader, modes, &points);
        out[ASSESS_FIVE_POINTS] = points.five;
        out[ASSESS_HEIGHT] = points.height;
    }
    enum assess_outcome all = ASSESS_UNUSED;
    for (int c = 0; c < ASSESS_CLAUSE_COUNT; c++)
        all = out[c].outcome > all ? out[c].outcome : all;
    return all;
}

static enum assess_outcome by_share(const struct assess_rules *r, const double sum[ASSESS_FAIL + 1])
{
    double could = sum[ASSESS_PASS] + sum[ASSESS_OPEN];
    if (sum[ASSESS_PASS] >= r->share - SHARE_ROUNDING)
        return ASSESS_PASS;
    if (1.0 - sum[ASSESS_FAIL] <
        r->share - SHARE_ROUNDING) /* what was not tested may all pass, and is too little */
        return ASSESS_FAIL;
    return could >= r->share - SHARE_ROUNDING ? ASSESS_OPEN : ASSESS_NOT_TESTABLE;
}

enum assess_outcome assess_over_readers(const struct assess_rules *r, size_t readers,
                                        const enum assess_outcome *on)
{
    unsigned seats[ASSESS_FAIL + 1] = { 0 }, all = 0;
    double sum[ASSESS_FAIL + 1] = { 0 };
    for (size_t i = 0; i < readers; i++) {
        seats[on[i]] += r->seats[i];
        sum[on[i]] += r->seats[i] ? r->weights[i] : 0;
        all += r->seats[i];
    }
    if (r->share > 0)
        return by_share(r, sum);
    unsigned needed = r->at_least ? r->at_least : all;
    if (all == 0 || needed > all)
        return ASSESS_NOT_TESTABLE;
    if (seats[ASSESS_PASS] >= needed)
        return ASSESS_PASS;
    if (all - seats[ASSESS_FAIL] < needed)
        return ASSESS_FAIL;
    return seats[ASSESS_PASS] + seats[ASSESS_OPEN] >= needed ? ASSESS_OPEN : ASSESS_NOT_TESTABLE;
}

/* One clause by itself over the readers, with the worst cell of a reader that ends the same way. */
static struct assess_result one_clause(const struct assess_engine *g, const struct assess_rules *r,
                                       struct assess_result (*spots)[ASSESS_CLAUSE_COUNT], int clause)
{
    size_t readers = g->f->survey->reader_count;
    enum assess_outcome on[SURVEY_READERS_MAX];
    struct assess_result out = { ASSESS_NOT_TESTABLE, SIZE_MAX, 0 };
    bool any = false;
    for (size_t i = 0; i < readers; i++) {
        bool unused = spots[i][clause].outcome == ASSESS_UNUSED;
        on[i] = unused ? ASSESS_PASS : spots[i][clause].outcome; /* a reader that skips it bars nobody */
        any = any || (!unused && r->seats[i]);
    }
    if (!any)
        return out;
    out.outcome = assess_over_readers(r, readers, on);
    for (size_t i = 0; i < readers; i++)
        if (r->seats[i] && spots[i][clause].outcome == out.outcome)
            assess_keep_worse(g->f, &out, spots[i][clause]);
    return out;
}

size_t assess_handset_cells(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                            size_t script, size_t *out)
{
    const struct survey *s = g->f->survey;
    size_t count = 0;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t reader = 0; reader < s->reader_count; reader++)
            if (assess_asks_condition(g, r, condition, r->required) && r->seats[reader])
                out[count++] = survey_cell(s, pair, condition, reader, script);
    return count;
}

/* `time` at the handset's level: a script's placements on all its readers together. */
static struct assess_result handset_in_time(const struct assess_engine *g, const struct assess_rules *r,
                                            size_t pair)
{
    struct assess_result worst = { ASSESS_UNUSED, SIZE_MAX, 0 };
    size_t cells[ASSESS_HANDSET_CELLS_MAX];
    for (size_t script = 0; script < g->f->survey->script_count; script++) {
        if (!g->wants[script])
            continue;
        size_t count = assess_handset_cells(g, r, pair, script, cells);
        unsigned sessions = 0;
        struct assess_result got = { ASSESS_OPEN, SIZE_MAX, 0 };
        got.outcome = assess_time_at(g, cells, count, r->within_us, &got.missing);
        for (size_t i = 0; i < count; i++) {
            sessions |= g->f->cells[cells[i]].sessions_seen;
            if (got.cell == SIZE_MAX || g->a->cells[cells[i]].overrun > g->a->cells[got.cell].overrun)
                got.cell = cells[i];
        }
        if (got.outcome == ASSESS_PASS && __builtin_popcount(sessions) < VERDICT_SESSIONS_NEEDED)
            got = (struct assess_result) { ASSESS_OPEN, got.cell, 1 };
        if (got.outcome > worst.outcome)
            worst = got;
    }
    if (worst.outcome == ASSESS_UNUSED)
        worst.outcome = ASSESS_NOT_TESTABLE;
    return worst;
}

static void judge_required(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                           struct assess_pair *out, struct assess_result (*spots)[ASSESS_CLAUSE_COUNT])
{
    size_t readers = g->f->survey->reader_count;
    enum assess_outcome on[SURVEY_READERS_MAX];
    struct assess_result *clauses = out->clauses;
    for (size_t i = 0; i < readers; i++) {
        on[i] = on_reader(g, r, pair, i, r->required, spots[i]);
        on[i] = on[i] == ASSESS_UNUSED ? ASSESS_NOT_TESTABLE : on[i];
        if (!r->seats[i])
            continue;
        uint32_t bit = UINT32_C(1) << i;
        out->passes |= on[i] == ASSESS_PASS ? bit : 0;
        out->fails |= on[i] == ASSESS_FAIL ? bit : 0;
        out->open |= on[i] == ASSESS_OPEN ? bit : 0;
        out->not_testable |= on[i] == ASSESS_NOT_TESTABLE ? bit : 0;
    }
    for (int c = ASSESS_SUCCESS; c < ASSESS_READERS; c++)
        if (r->on[c])
            clauses[c] = c == ASSESS_TIME && g->criteria->by_handset ? handset_in_time(g, r, pair)
                                                                     : one_clause(g, r, spots, c);
    clauses[ASSESS_READERS].outcome = assess_over_readers(r, readers, on);
    clauses[ASSESS_SCOPE].outcome = g->a->not_in_survey ? ASSESS_NOT_TESTABLE : ASSESS_PASS;
    for (size_t i = 0; i < readers; i++) /* where readers fail different clauses: the worst cell among them */
        for (int c = ASSESS_SUCCESS; c < ASSESS_READERS && r->seats[i]; c++)
            if (on[i] == clauses[ASSESS_READERS].outcome && spots[i][c].outcome == on[i])
                assess_keep_worse(g->f, &clauses[ASSESS_READERS], spots[i][c]);
    for (int c = ASSESS_SUCCESS; c < ASSESS_CLAUSE_COUNT; c++)
        if (clauses[c].outcome > out->required)
            out->required = clauses[c].outcome;
    /* a clause by itself before the readers together, which say less */
    for (int c = ASSESS_SUCCESS; c < ASSESS_CLAUSE_COUNT && out->clause == ASSESS_NONE; c++) {
        if (clauses[c].outcome != out->required || clauses[c].outcome == ASSESS_UNUSED)
            continue;
        out->clause = out->required == ASSESS_PASS ? ASSESS_NONE : (enum assess_clause)c;
        out->cell = clauses[c].cell;
        out->missing = clauses[c].missing;
        break;
    }
}

static bool mode_in_survey(const struct survey *s, int mode)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (s->conditions[i].power_mode == (enum power_mode)mode)
            return true;
    return false;
}

static void judge_conditional(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                              struct assess_pair *out)
{
    const struct survey *s = g->f->survey;
    struct assess_result spots[SURVEY_READERS_MAX][ASSESS_CLAUSE_COUNT];
    struct assess_result worst = { ASSESS_UNUSED, SIZE_MAX, 0 };
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++) {
        enum assess_outcome on[SURVEY_READERS_MAX];
        uint32_t bit = UINT32_C(1) << mode;
        if (!(r->conditional & bit))
            continue;
        if (!mode_in_survey(s, mode)) {
            out->modes_open |= bit;
            continue;
        }
        for (size_t i = 0; i < s->reader_count; i++) {
            on[i] = on_reader(g, r, pair, i, bit, spots[i]);
            on[i] = on[i] == ASSESS_UNUSED ? ASSESS_NOT_TESTABLE : on[i];
            if (r->seats[i] && on[i] == ASSESS_FAIL)
                out->conditional_fails |= UINT32_C(1) << i;
        }
        enum assess_outcome all = assess_over_readers(r, s->reader_count, on);
        out->modes_failing |= all == ASSESS_FAIL ? bit : 0;
        out->modes_open |= all == ASSESS_OPEN || all == ASSESS_NOT_TESTABLE ? bit : 0;
        for (size_t i = 0; i < s->reader_count; i++)
            for (int c = 0; c < ASSESS_CLAUSE_COUNT && r->seats[i] && all != ASSESS_PASS; c++)
                if (spots[i][c].outcome == all)
                    assess_keep_worse(g->f, &worst, spots[i][c]);
    }
    out->conditional_cell = worst.cell;
}

void assess_judge_pair(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                       struct assess_pair *out, struct assess_result *spots)
{
    struct assess_result own[SURVEY_READERS_MAX][ASSESS_CLAUSE_COUNT];
    *out = (struct assess_pair) { .cell = SIZE_MAX,
                                  .conditional_cell = SIZE_MAX,
                                  .dirty_passes_from = NAN,
                                  .dead_zone_mm = NAN,
                                  .points_failing = UINT32_MAX };
    for (int c = 0; c < ASSESS_CLAUSE_COUNT; c++)
        out->clauses[c].cell = SIZE_MAX;
    judge_required(g, r, pair, out, own);
    judge_conditional(g, r, pair, out);
    out->recommendation = out->required == ASSESS_FAIL            ? RECOMMENDATION_NOT_RECOMMENDED
                          : out->required != ASSESS_PASS          ? RECOMMENDATION_NOT_ENOUGH_DATA
                          : out->modes_failing || out->modes_open ? RECOMMENDATION_CONDITIONAL
                                                                  : RECOMMENDATION_RECOMMENDED;
    if (spots)
        memcpy(spots, own, g->f->survey->reader_count * sizeof *own);
}

enum recommendation assess_ends(const struct assess_engine *g, const struct assess_rules *r, size_t pair)
{
    struct assess_pair out;
    assess_judge_pair(g, r, pair, &out, NULL);
    return out.recommendation;
}
