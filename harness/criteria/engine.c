/*
 * The outcome of a pair: each clause on each reader from its cells, all clauses of a reader together, then
 * over the readers as the criteria count them. "Passes on all readers" needs no correction: an
 * intersection-union test. Under looser rules no outcome gets worse; the searches in loosen.c rest
 * on that.
 */
#include "harness/criteria/judges.h"
#include "harness/domain/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_ROUNDING 1e-9 /* of sums of written shares */

#define C(ID, key) extern const struct judge judge_##key;
#include "harness/clauses/clauses.def"

const struct judge *const judges[CLAUSE_COUNT] = {
#define C(ID, key) [CLAUSE_##ID] = &judge_##key,
#include "harness/clauses/clauses.def"
};

/* ---- the criteria on this survey ---- */

void assess_lacks(struct assess_engine *g, const char *name, bool of_cells)
{
    g->a->lacks_cells = g->a->lacks_cells || of_cells;
    if (!g->a->not_in_survey)
        g->a->not_in_survey = name;
}

size_t assess_script_of(const struct survey *s, const char *id)
{
    size_t i = 0;
    while (i < s->script_count && strcmp(survey_script_loaded(s, i)->id, id) != 0)
        i++;
    return i;
}

bool assess_asks_positions(const struct assess_rules *r)
{
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (r->on[c] && judges[c]->on_reader)
            return true;
    return false;
}

static void measure_cells(struct assess_engine *g)
{
    for (size_t i = 0; i < g->f->cell_count; i++) {
        g->a->cells[i] = (struct assess_cell) { 0 };
        for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
            if (judges[c]->measure && clause_is_used(g->criteria, c))
                judges[c]->measure(g, i, &g->a->cells[i]);
    }
}

int assess_engine_make(const struct findings *f, const struct criteria *c, struct assessment *a,
                       struct assess_engine *out, struct err *e)
{
    *out = (struct assess_engine) { .f = f, .criteria = c, .a = a };
    int code = judges[CLAUSE_SCOPE]->prepare(out, e); /* first: the others look at its scripts */
    for (enum clause i = CLAUSE_NONE + 1; i < CLAUSE_SCOPE && code == 0; i++) {
        out->rules.on[i] = clause_is_used(c, i);
        out->rules.threshold[i] = judges[i]->threshold ? judges[i]->threshold(c) : 0;
        if (judges[i]->prepare)
            code = judges[i]->prepare(out, e);
    }
    out->positions = assess_asks_positions(&out->rules);
    if (code == 0)
        code = scheme_table_make(&f->scheme, &out->table, e);
    out->tiers = tiers_of(c, &f->scheme);
    if (code == 0 && f->rows)
        code = rows_tables(f->survey, &f->scheme, &out->rows, e);
    if (code == 0)
        measure_cells(out);
    return code;
}

void assess_engine_free(struct assess_engine *g)
{
    scheme_table_free(&g->table);
    two_tier_free(&g->rows);
    free(g->y);
    free(g->us);
    memset(g, 0, sizeof *g);
}

/* ---- evidence that is worse than other ---- */

/* The worse of two cells as evidence: incompatible before absent before open before excluded. */
static unsigned weight(const struct findings_cell *c)
{
    switch (c->verdict) {
    case VERDICT_INCOMPATIBLE:
        return 8;
    case VERDICT_NOT_APPLICABLE:
        return 7;
    case VERDICT_REJECTED_SO_FAR:
        return 6;
    case VERDICT_UNDECIDED_INSTRUMENT:
        return 5;
    case VERDICT_UNDECIDED:
        return 4;
    case VERDICT_NOT_PURSUED:
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
    if (x->verdict == VERDICT_NOT_PURSUED) /* the one that can no longer pass, before those left for it */
        return x->judged.d + x->judged.s > y->judged.d + y->judged.s;
    return x->upper > y->upper;
}

void assess_keep_worse(const struct findings *f, struct assess_result *into, struct assess_result with)
{
    if (with.outcome > into->outcome || (with.outcome == into->outcome && is_worse(f, with.cell, into->cell)))
        *into = with;
}

/* The same; whether the other one was the worse. */
static bool is_kept(const struct findings *f, struct assess_result *into, struct assess_result with)
{
    const struct assess_result before = *into;
    assess_keep_worse(f, into, with);
    return into->cell != before.cell || into->outcome != before.outcome;
}

/* ---- one clause on one cell ---- */

struct assess_result assess_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                    enum clause clause)
{
    if (g->f->cells[cell].state == SURVEY_CELL_NOT_APPLICABLE)
        return (struct assess_result) { ASSESS_FAIL, cell, 0 }; /* asked for, and declared absent */
    return judges[clause]->on_cell(g, r, cell);
}

bool assess_looks_at(const struct assess_engine *g, size_t condition)
{
    const struct survey_condition *c = &g->f->survey->conditions[condition];
    bool centre = fabs(c->x_mm) <= NEAR_MM && fabs(c->y_mm) <= NEAR_MM && fabs(c->z_mm) <= NEAR_MM;
    return centre || !g->positions;
}

bool assess_asks_condition(const struct assess_engine *g, const struct assess_rules *r, size_t condition,
                           uint32_t modes)
{
    return (modes >> g->f->survey->conditions[condition].power_mode & 1) && !(r->left_out >> condition & 1) &&
           assess_looks_at(g, condition);
}

static bool is_by_pair(const struct assess_engine *g, enum clause clause)
{
    return judges[clause]->is_by_pair && judges[clause]->is_by_pair(g->criteria);
}

bool assess_looks_at_script(const struct assess_engine *g, enum clause clause, size_t script)
{
    return judges[clause]->looks_at ? judges[clause]->looks_at(g, script) : g->wants[script];
}

bool assess_asks(const struct assess_engine *g, const struct assess_rules *r, enum clause clause,
                 size_t reader, size_t script)
{
    const struct judge *j = judges[clause];
    return r->on[clause] && j->on_cell && !is_by_pair(g, clause) && !(j->skips && j->skips(g, reader)) &&
           assess_looks_at_script(g, clause, script);
}

/* ---- every clause on a reader ---- */

static void on_condition(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                         size_t reader, size_t condition, struct assess_result out[CLAUSE_COUNT])
{
    const struct survey *s = g->f->survey;
    for (unsigned script = 0; script < s->script_count; script++) {
        size_t cell = survey_cell(s, pair, condition, reader, script);
        for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
            if (assess_asks(g, r, c, reader, script))
                assess_keep_worse(g->f, &out[c], assess_on_cell(g, r, cell, c));
    }
}

/* Over the cells of these power modes; returns all clauses together. */
static enum assess_outcome on_reader(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                                     size_t reader, uint32_t modes, struct assess_result out[CLAUSE_COUNT])
{
    enum assess_outcome all = ASSESS_UNUSED;
    for (int c = 0; c < CLAUSE_COUNT; c++)
        out[c] = (struct assess_result) { ASSESS_UNUSED, SIZE_MAX, 0 };
    if (r->seats[reader] == 0)
        return ASSESS_UNUSED;
    for (size_t condition = 0; condition < g->f->survey->condition_count; condition++)
        if (assess_asks_condition(g, r, condition, modes))
            on_condition(g, r, pair, reader, condition, out);
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++) {
        if (r->on[c] && judges[c]->on_reader)
            out[c] = judges[c]->on_reader(g, r, pair, reader, modes);
        all = out[c].outcome > all ? out[c].outcome : all;
    }
    return all;
}

/* ---- over the readers ---- */

static enum assess_outcome by_share(const struct assess_rules *r, const double sum[ASSESS_FAIL + 1])
{
    double could = sum[ASSESS_PASS] + sum[ASSESS_OPEN];
    double least = r->threshold[CLAUSE_READERS] - SHARE_ROUNDING;
    if (sum[ASSESS_PASS] >= least)
        return ASSESS_PASS;
    if (1.0 - sum[ASSESS_FAIL] < least) /* what was not tested may all pass, and is too little */
        return ASSESS_FAIL;
    return could >= least ? ASSESS_OPEN : ASSESS_NOT_TESTABLE;
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
    if (r->by_share)
        return by_share(r, sum);
    unsigned least = (unsigned)r->threshold[CLAUSE_READERS], needed = least ? least : all;
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
                                       struct assess_result (*spots)[CLAUSE_COUNT], enum clause clause)
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

/* ---- a pair ---- */

static void judge_required(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                           struct assess_pair *out, struct assess_result (*spots)[CLAUSE_COUNT])
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
        bool left = g->f->pairs[pair].list == LIST_SETTLED;
        out->open |= on[i] == ASSESS_OPEN && !left ? bit : 0;
        out->not_pursued |= on[i] == ASSESS_OPEN && left ? bit : 0;
        out->not_testable |= on[i] == ASSESS_NOT_TESTABLE ? bit : 0;
    }
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++)
        if (r->on[c])
            clauses[c] = is_by_pair(g, c) ? judges[c]->on_pair(g, r, pair) : one_clause(g, r, spots, c);
    clauses[CLAUSE_READERS].outcome = assess_over_readers(r, readers, on);
    clauses[CLAUSE_SCOPE].outcome = g->a->not_in_survey ? ASSESS_NOT_TESTABLE : ASSESS_PASS;
    if (g->a->lacks_cells) { /* what is not there passes nowhere */
        out->not_testable |= out->passes | out->open | out->not_pursued;
        out->passes = out->open = out->not_pursued = 0;
    }
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++)
        if (r->on[c] && is_by_pair(g, c) && clauses[c].outcome > out->over_readers)
            out->over_readers = clauses[c].outcome;
    for (size_t i = 0; i < readers; i++) /* where readers fail different clauses: the worst cell among them */
        for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS && r->seats[i]; c++)
            if (on[i] == clauses[CLAUSE_READERS].outcome && spots[i][c].outcome == on[i] &&
                is_kept(g->f, &clauses[CLAUSE_READERS], spots[i][c]))
                out->readers_clause = c;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (clauses[c].outcome > out->required)
            out->required = clauses[c].outcome;
    /* a clause by itself before the readers together, which say less */
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT && out->clause == CLAUSE_NONE; c++) {
        if (clauses[c].outcome != out->required || clauses[c].outcome == ASSESS_UNUSED)
            continue;
        out->clause = out->required == ASSESS_PASS ? CLAUSE_NONE : c;
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
    struct assess_result spots[SURVEY_READERS_MAX][CLAUSE_COUNT];
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
            for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT && r->seats[i] && all != ASSESS_PASS; c++)
                if (spots[i][c].outcome == all && is_kept(g->f, &worst, spots[i][c]))
                    out->conditional_clause = c;
    }
    out->conditional_cell = worst.cell;
}

void assess_judge_pair(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                       struct assess_pair *out, struct assess_result *spots)
{
    struct assess_result own[SURVEY_READERS_MAX][CLAUSE_COUNT];
    *out = (struct assess_pair) { .cell = SIZE_MAX, .conditional_cell = SIZE_MAX };
    for (int c = 0; c < CLAUSE_COUNT; c++) {
        out->clauses[c].cell = SIZE_MAX;
        out->passes_from[c] = NAN;
    }
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
