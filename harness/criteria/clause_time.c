/*
 * What the placements of a cell say about each clause, as numbers that do not change when a threshold moves:
 * the first taps, how far the script came, and between which times the outcome of `time` changes.
 */
#include "harness/criteria/engine.h"

#include "harness/stats/overrun.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAPS_CONFIDENCE 0.95 /* one-sided, for an n fixed beforehand */
#define CLEAN_MOST      100000u
#define TIME_LOWER      5.0 /* "fails" is shown against (1 - share)/5, as q0 stands to q1 in the schemes */

size_t assess_overruns(const struct findings_cell *c, uint64_t within_us, double *y)
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

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The distinct durations of some cells, sorted, with 0 before them; failures have none. */
static size_t durations(const struct assess_engine *g, const size_t *cells, size_t count)
{
    size_t n = 0, kept = 0;
    g->us[n++] = 0;
    for (size_t i = 0; i < count; i++) {
        const struct observations *seen = &g->f->cells[cells[i]].seen;
        for (size_t j = 0; j < seen->placement_count; j++) {
            const struct placement_seen *p = &seen->placements[j];
            for (unsigned k = 0; p->counted && k < p->count; k++)
                if (seen->rows[p->begin + k].total_us != OBSERVATION_NONE)
                    g->us[n++] = seen->rows[p->begin + k].total_us;
        }
    }
    qsort(g->us, n, sizeof *g->us, ascending);
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
        n += assess_overruns(&g->f->cells[cells[i]], within_us, g->y + n);
    return n;
}

static bool shown_quick(const struct assess_engine *g, const size_t *cells, size_t count, uint64_t within_us)
{
    size_t n = overruns_of(g, cells, count, within_us);
    return n >= ASSESS_LEAST &&
           overrun_log_against_slow(g->y, n, 1.0 - g->criteria->share) >= -log(g->f->scheme.beta);
}

static bool shown_slow(const struct assess_engine *g, const size_t *cells, size_t count, uint64_t within_us)
{
    size_t n = overruns_of(g, cells, count, within_us);
    return n >= ASSESS_LEAST && overrun_log_against_quick(g->y, n, (1.0 - g->criteria->share) / TIME_LOWER) >=
                                    -log(g->f->scheme.alpha);
}

/* A greater T never makes more overruns, so each outcome changes once. */
void assess_time(const struct assess_engine *g, const size_t *cells, size_t count, uint32_t *passes_from_us,
                 uint32_t *fails_to_us)
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
    for (low = 0, high = values; low < high;) { /* the first value that no longer fails */
        size_t middle = low + (high - low) / 2;
        if (shown_slow(g, cells, count, g->us[middle]))
            low = middle + 1;
        else
            high = middle;
    }
    *fails_to_us = low == 0 ? 0 : low < values ? g->us[low] - 1 : UINT32_MAX - 1;
}

enum assess_outcome assess_time_at(const struct assess_engine *g, const size_t *cells, size_t count,
                                   uint64_t within_us, unsigned *missing)
{
    *missing = 0;
    if (shown_quick(g, cells, count, within_us))
        return ASSESS_PASS;
    if (shown_slow(g, cells, count, within_us))
        return ASSESS_FAIL;
    size_t n = overruns_of(g, cells, count, within_us);
    uint64_t more = overrun_missing(g->y, n, 1.0 - g->criteria->share, g->f->scheme.beta, CLEAN_MOST);
    *missing = more <= CLEAN_MOST ? (unsigned)more : 0;
    return ASSESS_OPEN;
}

unsigned assess_clean_needed(const struct scheme *s, double x, unsigned n, unsigned d)
{
    unsigned low = n < ASSESS_LEAST ? ASSESS_LEAST - n : 0, high = CLEAN_MOST;
    while (low < high) { /* every further clean placement raises the evidence against x */
        unsigned middle = low + (high - low) / 2, all = n + middle;
        if (d < x * all && stats_log_evalue(x, all, d, 0.5, 5.0 / s->q1) >= -log(s->beta))
            high = middle;
        else
            low = middle + 1;
    }
    return low < CLEAN_MOST ? low : 0;
}

static void measure_taps(const struct assess_engine *g, const struct findings_cell *c, struct assess_cell *m)
{
    const struct criteria *k = g->criteria;
    uint64_t limit = k->tap_within_ms ? (uint64_t)k->tap_within_ms * 1000 : OBSERVATION_NONE - 1;
    for (size_t i = 0; i < c->seen.placement_count && m->taps < k->taps; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        if (!p->counted)
            continue;
        m->taps++;
        m->taps_ok += p->count > 0 && c->seen.rows[p->begin].total_us <= limit;
    }
    m->taps_lower = stats_cp_lower(k->taps, m->taps_ok, TAPS_CONFIDENCE);
    m->taps_upper = stats_cp_upper(k->taps, m->taps_ok + k->taps - m->taps, TAPS_CONFIDENCE);
}

static void measure_payload(const struct assess_engine *g, const struct findings_cell *c,
                            struct assess_cell *m)
{
    for (size_t i = 0; i < c->seen.placement_count; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        m->payload_d += p->counted && (p->count == 0 || observations_ended(&c->seen, p) <= g->payload_step);
    }
    verdict_bounds(&g->f->scheme, c->n, m->payload_d, &m->payload_lower, &m->payload_upper);
}

static void measure_time(const struct assess_engine *g, size_t cell, struct assess_cell *m)
{
    const struct criteria *k = g->criteria;
    uint64_t most = CLEAN_MOST, missing;
    size_t n = assess_overruns(&g->f->cells[cell], (uint64_t)k->within_ms * 1000, g->y);
    for (size_t i = 0; i < n; i++)
        m->overrun += g->y[i] / (double)n;
    missing = overrun_missing(g->y, n, 1.0 - k->share, g->f->scheme.beta, most);
    m->time_missing = missing <= most ? (unsigned)missing : 0;
    assess_time(g, &cell, 1, &m->time_passes_from_us, &m->time_fails_to_us);
}

/* Room for one pair's placements and transactions, the most that is ever looked at together. */
static int make_scratch(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    size_t a_pair = s->condition_count * s->reader_count * s->script_count, placements = 1, transactions = 1;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        size_t own = 0, rows = 1;
        for (size_t i = pair * a_pair; i < (pair + 1) * a_pair; i++) {
            own += g->f->cells[i].seen.placement_count;
            rows += g->f->cells[i].seen.row_count;
        }
        placements = own > placements ? own : placements;
        transactions = rows > transactions ? rows : transactions;
    }
    g->y = calloc(placements, sizeof *g->y);
    g->us = calloc(transactions, sizeof *g->us);
    return g->y && g->us ? 0 : err_set(e, ERR_MEMORY, "criteria", "out of memory");
}

int assess_measure(struct assess_engine *g, struct err *e)
{
    const struct findings *f = g->f;
    int code = make_scratch(g, e);
    for (size_t i = 0; i < f->cell_count && code == 0; i++) {
        struct assess_cell *m = &g->a->cells[i];
        *m = (struct assess_cell) { 0 };
        if (g->criteria->taps)
            measure_taps(g, &f->cells[i], m);
        if (g->payload_step && f->cells[i].script == g->payload_script)
            measure_payload(g, &f->cells[i], m);
        if (g->criteria->within_ms)
            measure_time(g, i, m);
    }
    return code;
}
