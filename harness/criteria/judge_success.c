/* success: a cell's dirty placements against a bound, or its first taps against a number of them that must be ok. */
#include "harness/clauses/refusal.h"
#include "harness/criteria/bound.h"
#include "harness/criteria/judges.h"
#include "harness/stats/stats.h"

#include <math.h>

#define TAPS_CONFIDENCE 0.95 /* one-sided, for an n fixed beforehand */

static uint64_t tap_limit_us(const struct criteria *c)
{
    return c->tap_within_ms ? (uint64_t)c->tap_within_ms * 1000 : OBSERVATION_NONE - 1;
}

static void measure(const struct assess_engine *g, size_t cell, struct assess_cell *m)
{
    const struct criteria *k = g->criteria;
    const struct observations *t = &g->f->cells[cell].seen;
    if (!k->taps)
        return;
    for (size_t i = 0; i < t->placement_count && m->taps < k->taps; i++) {
        const struct placement_seen *p = &t->placements[i];
        if (!p->counted)
            continue;
        m->taps++;
        m->taps_ok += p->count > 0 && t->rows[p->begin].total_us <= tap_limit_us(k);
    }
    m->taps_lower = stats_cp_lower(k->taps, m->taps_ok, TAPS_CONFIDENCE);
    m->taps_upper = stats_cp_upper(k->taps, m->taps_ok + k->taps - m->taps, TAPS_CONFIDENCE);
}

static double threshold(const struct criteria *c)
{
    return c->taps ? c->ok_at_least : c->dirty_at_most;
}

static struct assess_result by_taps(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct assess_cell *m = &g->a->cells[cell];
    const unsigned least = (unsigned)r->threshold[CLAUSE_SUCCESS], most_bad = g->criteria->taps - least;
    struct assess_result out = { ASSESS_OPEN, cell, 0 };
    if (m->taps_ok >= least)
        out.outcome = ASSESS_PASS;
    else if (m->taps - m->taps_ok > most_bad)
        out.outcome = ASSESS_FAIL;
    else
        out.missing = least - m->taps_ok;
    return out;
}

/* Placements of a reader that the row of a cell still needs. */
static unsigned missing_in_row(const struct assess_engine *g, const struct row_state *row, size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    unsigned needed = g->f->survey->readers[c->reader].weight * (row->tours + row->missing),
             made = c->n + c->s;
    if (row->missing == 0)
        return assess_sessions(c) < VERDICT_SESSIONS_NEEDED;
    return needed > made ? needed - made : 0;
}

/* A row over the readers that count under these rules: what-ifs drop some. */
static struct row_state row_under(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct findings *f = g->f;
    const struct findings_cell *c = &f->cells[cell];
    struct two_tier_reader readers[TWO_TIER_READERS];
    unsigned count = 0, of[TWO_TIER_READERS] = { 0 };
    bool all = true;
    for (unsigned i = 0; i < f->survey->reader_count; i++) {
        const struct findings_cell *one =
            &f->cells[survey_cell(f->survey, c->pair, c->condition, i, c->script)];
        all = all && r->seats[i] > 0;
        if (one->state != SURVEY_CELL_IN || r->seats[i] == 0)
            continue;
        of[count] = i;
        readers[count++] = (struct two_tier_reader) { one->judged, f->survey->readers[i].weight };
    }
    if (all)
        return f->rows[row_of_cell(f->survey, cell)].state;
    struct row_state out = two_tier_row(&g->rows, readers, count);
    out.reader = of[out.reader];
    return out;
}

/* Where all readers must pass, the one by which a row fails is enough; on the others nothing is shown by it. */
static bool fails_elsewhere(const struct assess_rules *r, const struct row_state *row, unsigned reader)
{
    bool all = !r->by_share && r->threshold[CLAUSE_READERS] == 0;
    return all && row->by != ROW_TEST_MEAN && row->reader != reader;
}

/* Whether the lower bounds of a row's cells show that it does not meet the scheme's claim: all hold together but for
 * alpha a cell. */
static bool is_shown_above(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct findings *f = g->f;
    const struct findings_cell *c = &f->cells[cell];
    double sum = 0, weights = 0;
    for (size_t i = 0; i < f->survey->reader_count; i++) {
        const struct findings_cell *one =
            &f->cells[survey_cell(f->survey, c->pair, c->condition, i, c->script)];
        if (one->state != SURVEY_CELL_IN || r->seats[i] == 0)
            continue;
        if (one->lower > f->scheme.q1)
            return true;
        sum += f->survey->readers[i].weight * one->lower;
        weights += f->survey->readers[i].weight;
    }
    return sum > f->scheme.mean * weights;
}

/* Under a scheme of two tiers the readers pass or fail together, as their row does. */
static struct assess_result by_row(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    struct assess_result out = { ASSESS_OPEN, cell, 0 };
    if (g->f->cells[cell].state != SURVEY_CELL_IN)
        return out;
    const struct row_state row = row_under(g, r, cell);
    if (row.verdict == ROW_PASSES)
        out.outcome = g->tiers == TIERS_ROWS ? ASSESS_PASS : ASSESS_NOT_TESTABLE;
    else if (row.verdict == ROW_FAILS && r->refuse == CRITERIA_REFUSE_ABOVE_BOUND)
        out.outcome = is_shown_above(g, r, cell) ? ASSESS_FAIL : ASSESS_OPEN;
    else if (row.verdict == ROW_FAILS && !fails_elsewhere(r, &row, g->f->cells[cell].reader))
        out.outcome = ASSESS_FAIL;
    else
        out.missing = missing_in_row(g, &row, cell);
    return out;
}

static struct assess_result on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    if (assess_by_rows(g))
        return by_row(g, r, cell);
    return g->criteria->taps ? by_taps(g, r, cell)
                             : bound_on_cell(g, r, cell, c->verdict, c->d, c->lower, c->upper);
}

static double cell_passes_from(const struct assess_engine *g, size_t cell)
{
    const struct findings_cell *c = &g->f->cells[cell];
    return c->upper < 1.0 && !assess_by_rows(g) ? c->upper : NAN;
}

static struct measure flips(const struct criteria *c)
{
    if (c->taps)
        return (struct measure) { 0 };
    return (struct measure) { .id = "dirty_at_most",
                              .kind = MEASURE_BOUND,
                              .text = "no bound would pass with these placements" };
}

/* 0 would mean the scheme's own verdict. */
static void add_bound(struct knob *k, double bound)
{
    if (bound > 0)
        knob_add(k, bound, 1.0);
}

/* The bound is that of the payload's cells, too. */
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

static void knob(const struct assess_engine *g, struct knob *k)
{
    const struct criteria *c = g->criteria;
    if (assess_by_rows(g))
        return; /* a bound on cells would ask another question */
    if (!c->taps) {
        k->unit = UNIT_DIRTY;
        k->limit = g->f->scheme.q1;
        k->value = criteria_dirty_at_most(c, &g->f->scheme);
        bounds_of_cells(g, k);
        return;
    }
    k->unit = UNIT_TAPS;
    k->of = c->taps;
    k->falls = true;
    k->value = c->ok_at_least;
    for (unsigned i = 1; i <= c->taps; i++)
        knob_add(k, i, INFINITY);
}

/* Clean placements of a new handset on as many readers, by the more demanding of both bounds. */
static unsigned rows_clean(const struct assess_engine *g)
{
    const struct survey *s = g->f->survey;
    unsigned total = 0, tours = 0, most = 1;
    for (size_t i = 0; i < s->reader_count; i++) {
        total += s->readers[i].weight;
        most = s->readers[i].weight > most ? s->readers[i].weight : most;
    }
    while (tours < g->f->scheme.n_max && (g->rows.mean[total][tours] < 0 || g->rows.each[tours] < 0))
        tours++;
    return tours * most;
}

static unsigned clean(const struct assess_engine *g, const struct assess_rules *r, unsigned cells)
{
    (void)cells;
    if (assess_by_rows(g))
        return rows_clean(g);
    return g->criteria->taps ? (unsigned)r->threshold[CLAUSE_SUCCESS] : bound_clean(g, r);
}

static bool rows_decide(const struct assessment *a)
{
    enum tiers tiers = tiers_of(a->criteria, &a->f->scheme);
    return tiers == TIERS_ROWS || tiers == TIERS_ROWS_TOO_WEAK;
}

static enum clause_ask asks(const struct assessment *a, struct measures *out)
{
    const struct criteria *c = a->criteria;
    if (rows_decide(a) || c->mean_at_most > 0) {
        double mean = c->mean_at_most > 0 ? c->mean_at_most : a->f->scheme.mean;
        double each = c->mean_at_most > 0 ? c->each_at_most : a->f->scheme.q1;
        measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = a->f->survey->reader_count });
        measures_add(out, (struct measure) { .kind = MEASURE_SHARE, .real = mean });
        measures_add(out, (struct measure) { .kind = MEASURE_SHARE, .real = each });
        return ASK_TIERS;
    }
    if (!c->taps) {
        measures_add(out, (struct measure) { .kind = MEASURE_SHARE,
                                             .real = criteria_dirty_at_most(c, &a->f->scheme) });
        return ASK_SUCCESS;
    }
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->ok_at_least });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->taps });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->tap_within_ms });
    return c->tap_within_ms ? ASK_TAPS_WITHIN : ASK_TAPS;
}

static enum clause_evidence shows(const struct assessment *a, size_t cell, struct measures *out)
{
    const struct assess_cell *m = &a->cells[cell];
    if (rows_decide(a)) {
        const struct row_state *row = &a->f->rows[row_of_cell(a->f->survey, cell)].state;
        evidence_counts(&a->f->cells[cell], out);
        measures_add(out,
                     (struct measure) { .id = "row_dirty", .kind = MEASURE_COUNT, .number = row->dirty });
        measures_add(out, (struct measure) {
                              .id = "row_placements", .kind = MEASURE_COUNT, .number = row->placements });
        return EVIDENCE_ROW;
    }
    if (!a->criteria->taps)
        return evidence_counts(&a->f->cells[cell], out);
    measures_add(out, (struct measure) { .id = "taps", .kind = MEASURE_COUNT, .number = m->taps });
    measures_add(out, (struct measure) { .id = "taps_ok", .kind = MEASURE_COUNT, .number = m->taps_ok });
    measures_add(out, (struct measure) { .id = "success_at_least",
                                         .high_id = "success_at_most",
                                         .kind = MEASURE_INTERVAL,
                                         .real = m->taps_lower,
                                         .high = m->taps_upper });
    return EVIDENCE_TAPS;
}

static bool speaks_against(const struct assessment *a, const struct observations *t,
                           const struct placement_seen *p)
{
    const struct criteria *c = a->criteria;
    return c->taps ? p->count == 0 || t->rows[p->begin].total_us > tap_limit_us(c)
                   : observations_bad_line(t, p) > 0;
}

static unsigned settled_by(const struct criteria *c)
{
    return c->taps;
}

static struct assess_grey grey(const struct assessment *a)
{
    return (struct assess_grey) { .refuses = a->f->scheme.q0,
                                  .passes = criteria_dirty_at_most(a->criteria, &a->f->scheme),
                                  .mean = rows_decide(a) ? a->f->scheme.mean : 0 };
}

const struct judge judge_success = {
    .grey = grey,
    .measure = measure,
    .threshold = threshold,
    .on_cell = on_cell,
    .cell_passes_from = cell_passes_from,
    .flips = flips,
    .given_up = 7,
    .is_never_dropped = true,
    .knob = knob,
    .clean = clean,
    .asks = asks,
    .shows = shows,
    .speaks_against = speaks_against,
    .settled_by = settled_by,
};
