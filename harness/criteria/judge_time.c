/*
 * time: the share of a placement's transactions that are over in time, in each cell or over all cells of a handset's
 * script together.
 */
#include "harness/criteria/judges.h"
#include "harness/stats/overrun.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define CELLS_MAX  (SURVEY_READERS_MAX * SURVEY_CONDITIONS_MAX)
#define CLEAN_MOST 100000u
#define TIME_LOWER 5.0 /* "fails" is shown against (1 - share)/5, as q0 stands to q1 in the schemes */

/* ---- evidence of some cells together ---- */

/* The fraction of overrun of each counted placement into y; returns how many. */
static size_t overruns(const struct findings_cell *c, uint64_t within_us, double *y)
{
    size_t n = 0;
    for (size_t i = 0; i < c->seen.placement_count; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        unsigned over = 0;
        if (!p->counted)
            continue;
        for (unsigned j = 0; j < p->count; j++)
            over += c->seen.rows[p->begin + j].total_us > within_us;
        y[n++] = p->count ? (double)over / p->count : 1.0; /* nothing was ever tried: nothing came in time */
    }
    return n;
}

/* The distinct durations of some cells, sorted, with 0 before them; failures have none. */
static size_t durations(const struct assess_engine *g, const size_t *cells, size_t count)
{
    size_t n = 0, kept = 0;
    g->us[n++] = 0;
    for (size_t i = 0; i < count; i++) {
        const struct observations *t = &g->f->cells[cells[i]].seen;
        for (size_t j = 0; j < t->placement_count; j++)
            for (unsigned k = 0; t->placements[j].counted && k < t->placements[j].count; k++)
                if (t->rows[t->placements[j].begin + k].total_us != OBSERVATION_NONE)
                    g->us[n++] = t->rows[t->placements[j].begin + k].total_us;
    }
    stats_sort_u32(g->us, n);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || g->us[i] != g->us[kept - 1])
            g->us[kept++] = g->us[i];
    return kept;
}

static size_t overruns_of(const struct assess_engine *g, const size_t *cells, size_t count,
                          uint64_t within_us)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += overruns(&g->f->cells[cells[i]], within_us, g->y + n);
    return n;
}

static bool shown_quick(const struct assess_engine *g, const size_t *cells, size_t count, uint64_t within_us)
{
    size_t n = overruns_of(g, cells, count, within_us);
    return n >= ASSESS_LEAST &&
           overrun_log_against_slow(g->y, n, 1.0 - g->criteria->share) >= -log(g->f->scheme.beta);
}

/* The mean overrun that they refuse from. */
static double refuses_from(const struct criteria *c, enum criteria_refuse refuse)
{
    return (1.0 - c->share) / (refuse == CRITERIA_REFUSE_ABOVE_BOUND ? 1.0 : TIME_LOWER);
}

static bool shown_slow(const struct assess_engine *g, const size_t *cells, size_t count, uint64_t within_us,
                       enum criteria_refuse refuse)
{
    size_t n = overruns_of(g, cells, count, within_us);
    return n >= ASSESS_LEAST &&
           overrun_log_against_quick(g->y, n, refuses_from(g->criteria, refuse)) >= -log(g->f->scheme.alpha);
}

/* The greatest T that fails. */
static uint32_t fails_to(const struct assess_engine *g, const size_t *cells, size_t count, size_t values,
                         enum criteria_refuse refuse)
{
    size_t low = 0, high = values;
    while (low < high) { /* the first value that no longer fails */
        size_t middle = low + (high - low) / 2;
        if (shown_slow(g, cells, count, g->us[middle], refuse))
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? 0 : low < values ? g->us[low] - 1 : UINT32_MAX - 1;
}

/*
 * The least T that passes and the greatest that fails, of these cells together. A greater T never makes more overruns,
 * so each outcome changes once.
 */
static void find_times(const struct assess_engine *g, const size_t *cells, size_t count,
                       uint32_t *passes_from_us, uint32_t fails_to_us[2])
{
    size_t values = durations(g, cells, count), low = 0, high = values;
    while (low < high) { /* the first value that passes */
        size_t middle = low + (high - low) / 2;
        if (shown_quick(g, cells, count, g->us[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    *passes_from_us = low < values ? g->us[low] : UINT32_MAX;
    for (enum criteria_refuse r = CRITERIA_REFUSE_ABOVE_Q0; r <= CRITERIA_REFUSE_ABOVE_BOUND; r++)
        fails_to_us[r] = fails_to(g, cells, count, values, r);
}

/* Outcome for these cells together; missing: placements without an overrun that would pass. */
static enum assess_outcome outcome_at(const struct assess_engine *g, const struct assess_rules *r,
                                      const size_t *cells, size_t count, unsigned *missing)
{
    const uint64_t within_us = (uint64_t)r->threshold[CLAUSE_TIME];
    *missing = 0;
    if (shown_quick(g, cells, count, within_us))
        return ASSESS_PASS;
    if (shown_slow(g, cells, count, within_us, r->refuse))
        return ASSESS_FAIL;
    size_t n = overruns_of(g, cells, count, within_us);
    uint64_t more = overrun_missing(g->y, n, 1.0 - g->criteria->share, g->f->scheme.beta, CLEAN_MOST);
    *missing = more <= CLEAN_MOST ? (unsigned)more : 0;
    return ASSESS_OPEN;
}

/* ---- cells ---- */

/* Room for one pair's placements and transactions, the most that is ever looked at together. */
static int prepare(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    if (!g->criteria->within_ms)
        return 0;
    size_t a_pair = s->condition_count * s->reader_count * s->script_count, placements = 1, transactions = 1;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        size_t laid = 0, us = 1;
        for (size_t i = pair * a_pair; i < (pair + 1) * a_pair; i++) {
            laid += g->f->cells[i].seen.placement_count;
            us += g->f->cells[i].seen.row_count;
        }
        placements = laid > placements ? laid : placements;
        transactions = us > transactions ? us : transactions;
    }
    g->y = calloc(placements, sizeof *g->y);
    g->us = calloc(transactions, sizeof *g->us);
    return g->y && g->us ? 0 : err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

static void measure(const struct assess_engine *g, size_t cell, struct assess_cell *m)
{
    const struct criteria *k = g->criteria;
    uint64_t most = CLEAN_MOST, missing;
    size_t n = overruns(&g->f->cells[cell], (uint64_t)k->within_ms * 1000, g->y);
    for (size_t i = 0; i < n; i++)
        m->overrun += g->y[i] / (double)n;
    missing = overrun_missing(g->y, n, 1.0 - k->share, g->f->scheme.beta, most);
    m->time_missing = missing <= most ? (unsigned)missing : 0;
    find_times(g, &cell, 1, &m->time_passes_from_us, m->time_fails_to_us);
}

static double threshold(const struct criteria *c)
{
    return c->within_ms * 1000.0;
}

static struct assess_result on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct assess_cell *m = &g->a->cells[cell];
    struct assess_result out = { ASSESS_OPEN, cell, m->time_missing };
    bool sessions = assess_sessions(&g->f->cells[cell]) >= VERDICT_SESSIONS_NEEDED;
    if (m->time_passes_from_us != UINT32_MAX && r->threshold[CLAUSE_TIME] >= m->time_passes_from_us) {
        out.outcome = sessions ? ASSESS_PASS : ASSESS_OPEN;
        out.missing = sessions ? 0 : 1;
    } else if (r->threshold[CLAUSE_TIME] <= m->time_fails_to_us[r->refuse]) {
        out = (struct assess_result) { ASSESS_FAIL, cell, 0 };
    }
    return out;
}

static double cell_passes_from(const struct assess_engine *g, size_t cell)
{
    uint32_t from = g->a->cells[cell].time_passes_from_us;
    return from != UINT32_MAX ? (double)from : NAN;
}

/* ---- a handset ---- */

static bool is_by_pair(const struct criteria *c)
{
    return c->by_handset;
}

/* The required cells of a pair's script over the readers in scope; returns how many. */
static size_t cells_of(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
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

static unsigned sessions_of(const struct findings *f, const size_t *cells, size_t count)
{
    unsigned seen = 0;
    for (size_t i = 0; i < count; i++)
        seen |= f->cells[cells[i]].judged.sessions;
    return (unsigned)__builtin_popcount(seen);
}

/* A script's placements on all its readers together; the cell that is slowest stands for them. */
static struct assess_result on_script(const struct assess_engine *g, const struct assess_rules *r,
                                      size_t pair, size_t script)
{
    size_t cells[CELLS_MAX], count = cells_of(g, r, pair, script, cells);
    struct assess_result got = { ASSESS_OPEN, SIZE_MAX, 0 };
    got.outcome = outcome_at(g, r, cells, count, &got.missing);
    for (size_t i = 0; i < count; i++)
        if (got.cell == SIZE_MAX || g->a->cells[cells[i]].overrun > g->a->cells[got.cell].overrun)
            got.cell = cells[i];
    if (got.outcome == ASSESS_PASS && sessions_of(g->f, cells, count) < VERDICT_SESSIONS_NEEDED)
        got = (struct assess_result) { ASSESS_OPEN, got.cell, 1 };
    return got;
}

static struct assess_result on_pair(const struct assess_engine *g, const struct assess_rules *r, size_t pair)
{
    struct assess_result worst = { ASSESS_UNUSED, SIZE_MAX, 0 };
    for (size_t script = 0; script < g->f->survey->script_count; script++) {
        if (!g->wants[script])
            continue;
        struct assess_result got = on_script(g, r, pair, script);
        if (got.outcome > worst.outcome)
            worst = got;
    }
    if (worst.outcome == ASSESS_UNUSED)
        worst.outcome = ASSESS_NOT_TESTABLE;
    return worst;
}

static double pair_passes_from(const struct assess_engine *g, size_t pair)
{
    double most = 0;
    size_t cells[CELLS_MAX];
    for (size_t script = 0; script < g->f->survey->script_count; script++) {
        uint32_t passes, fails[2];
        if (!g->wants[script])
            continue;
        size_t count = cells_of(g, &g->rules, pair, script, cells);
        find_times(g, cells, count, &passes, fails);
        if (passes == UINT32_MAX || sessions_of(g->f, cells, count) < VERDICT_SESSIONS_NEEDED)
            return NAN;
        most = passes > most ? passes : most;
    }
    return most > 0 ? most : NAN;
}

static struct measure flips(const struct criteria *c)
{
    (void)c;
    return (struct measure) { .id = "within_ms",
                              .kind = MEASURE_TIME,
                              .text = "no time would pass with these placements" };
}

/* ---- the proposal ---- */

static void add_times(struct knob *k, uint32_t passes_from_us, uint32_t fails_to_us)
{
    knob_add(k, passes_from_us, UINT32_MAX);
    knob_add(k, fails_to_us + 1.0, UINT32_MAX);
}

static void knob(const struct assess_engine *g, struct knob *k)
{
    const struct survey *s = g->f->survey;
    k->unit = UNIT_MS;
    k->value = threshold(g->criteria);
    for (size_t i = 0; i < g->f->cell_count && !g->criteria->by_handset; i++)
        add_times(k, g->a->cells[i].time_passes_from_us, g->a->cells[i].time_fails_to_us[g->rules.refuse]);
    for (size_t pair = 0; pair < s->pair_count && g->criteria->by_handset; pair++)
        for (size_t script = 0; script < s->script_count; script++) {
            size_t cells[CELLS_MAX];
            uint32_t passes, fails[2];
            find_times(g, cells, cells_of(g, &g->rules, pair, script, cells), &passes, fails);
            add_times(k, passes, fails[g->rules.refuse]);
        }
}

static unsigned clean(const struct assess_engine *g, const struct assess_rules *r, unsigned cells)
{
    uint64_t n = overrun_missing(NULL, 0, 1.0 - g->criteria->share, g->f->scheme.beta, UINT32_MAX);
    (void)r;
    if (g->criteria->by_handset && cells > 0)
        n = (n + cells - 1) / cells;
    return (unsigned)n;
}

/* ---- words and evidence ---- */

static enum clause_ask asks(const struct assessment *a, struct measures *out)
{
    const struct criteria *c = a->criteria;
    measures_add(out, (struct measure) { .kind = MEASURE_SHARE, .real = c->share });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = c->within_ms });
    return c->by_handset ? ASK_TIME_HANDSET : ASK_TIME_CELL;
}

/* keyed: what the clause went by, not one cell of what it did. */
static void add_overrun(const struct assessment *a, bool keyed, double overrun, uint64_t placements,
                        uint32_t passes_from_us, struct measures *out)
{
    struct measure from = { .id = keyed ? "passes_from_ms" : NULL,
                            .kind = MEASURE_TIME,
                            .number = passes_from_us,
                            .text = "no time would pass with these placements" };
    if (passes_from_us == UINT32_MAX)
        from.kind = MEASURE_NONE;
    measures_add(
        out, (struct measure) { .id = keyed ? "over_time" : NULL, .kind = MEASURE_SHARE, .real = overrun });
    measures_add(out, (struct measure) { .kind = MEASURE_COUNT, .number = a->criteria->within_ms });
    measures_add(out,
                 (struct measure) { .id = keyed ? "n" : NULL, .kind = MEASURE_COUNT, .number = placements });
    measures_add(out, from);
}

static enum clause_evidence shows(const struct assessment *a, size_t cell, struct measures *out)
{
    const struct assess_cell *m = &a->cells[cell];
    add_overrun(a, !a->criteria->by_handset, m->overrun, a->f->cells[cell].n, m->time_passes_from_us, out);
    return EVIDENCE_LATE;
}

/* Of a handset: over the cells of the script that decides, as the clause looks at them. */
static enum clause_evidence shows_of_pair(const struct assessment *a, size_t pair, size_t cell,
                                          struct measures *out)
{
    const struct assess_pair *p = &a->pairs[pair];
    if (!a->criteria->by_handset || cell == SIZE_MAX)
        return EVIDENCE_NONE;
    add_overrun(a, true, p->late, p->late_placements, p->late_passes_from_us, out);
    return EVIDENCE_LATE_HANDSET;
}

static void sum_up(const struct assess_engine *g, size_t pair, struct assess_pair *out)
{
    size_t cells[CELLS_MAX], cell = out->clauses[CLAUSE_TIME].cell;
    uint32_t fails[2];
    if (!g->criteria->by_handset || cell == SIZE_MAX)
        return;
    size_t count = cells_of(g, &g->rules, pair, g->f->cells[cell].script, cells);
    find_times(g, cells, count, &out->late_passes_from_us, fails);
    out->late_placements = (unsigned)overruns_of(g, cells, count, (uint64_t)g->criteria->within_ms * 1000);
    for (unsigned i = 0; i < out->late_placements; i++)
        out->late += g->y[i] / out->late_placements;
}

static bool speaks_against(const struct assessment *a, const struct observations *t,
                           const struct placement_seen *p)
{
    uint64_t limit = (uint64_t)a->criteria->within_ms * 1000;
    for (unsigned j = 0; j < p->count; j++)
        if (t->rows[p->begin + j].total_us > limit)
            return true;
    return p->count == 0;
}

static struct assess_grey grey(const struct assessment *a)
{
    return (struct assess_grey) { .refuses = refuses_from(a->criteria, CRITERIA_REFUSE_ABOVE_Q0),
                                  .passes = 1.0 - a->criteria->share };
}

const struct judge judge_time = {
    .prepare = prepare,
    .measure = measure,
    .threshold = threshold,
    .on_cell = on_cell,
    .is_by_pair = is_by_pair,
    .on_pair = on_pair,
    .cell_passes_from = cell_passes_from,
    .pair_passes_from = pair_passes_from,
    .flips = flips,
    .given_up = 5,
    .knob = knob,
    .clean = clean,
    .grey = grey,
    .asks = asks,
    .shows = shows,
    .shows_of_pair = shows_of_pair,
    .sum_up = sum_up,
    .speaks_against = speaks_against,
};
