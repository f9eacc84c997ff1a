/* Pooled estimates of a group's cells, the provisional list, and what the scheme and e-BH imply for lists. */
#include "harness/matrix/parts.h"

#include "harness/stats/multiple.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define N_SEARCHED 100000u /* placements; past them `needed_n` says 0 */

/* The pair of priors of the sequential test: up-side and low-side. */
static double log_e_compatible(const struct scheme *s, unsigned n, unsigned d)
{
    return d < s->q1 * n ? stats_log_evalue(s->q1, n, d, 0.5, 5.0 / s->q1) : -INFINITY;
}

static double log_e_incompatible(const struct scheme *s, unsigned n, unsigned d)
{
    return d > s->q0 * n ? stats_log_evalue(s->q0, n, d, 1.0, 4.0) : -INFINITY;
}

static bool can_have_placements(const struct findings_cell *c)
{
    return c->state == SURVEY_CELL_IN;
}

static int collect(const struct findings *f, struct matrix_group *g, struct err *e)
{
    g->cells = matrix_room(f->cell_count, sizeof *g->cells);
    struct pool_count *counts = matrix_room(f->cell_count, sizeof *counts);
    if (!g->cells || !counts) {
        free(counts);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory for %zu cells", f->cell_count);
    }
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        if (!matrix_has(g, c) || !can_have_placements(c))
            continue;
        g->tested++;
        g->compatible += c->verdict == VERDICT_COMPATIBLE;
        g->incompatible += c->verdict == VERDICT_INCOMPATIBLE;
        if (c->n == 0)
            continue;
        counts[g->cell_count] = (struct pool_count) { c->n, c->d, 1 };
        g->cells[g->cell_count++].cell = i;
    }
    if (!findings_is_of_list(f))
        g->prior = pool_fit(counts, pool_merge(counts, g->cell_count));
    free(counts);
    return 0;
}

static void estimate(const struct findings *f, struct matrix_group *g)
{
    double sum[SURVEY_READERS_MAX] = { 0 }, raw[SURVEY_READERS_MAX] = { 0 }, bad = 0.0, clean = 0.0;
    size_t count[SURVEY_READERS_MAX] = { 0 };
    for (size_t i = 0; i < g->cell_count; i++) {
        struct matrix_cell *own = &g->cells[i];
        const struct findings_cell *c = &f->cells[own->cell];
        struct matrix_reader *r = &g->readers[c->reader];
        r->n += c->n;
        r->d += c->d;
        if (findings_is_of_list(f))
            continue;
        own->pooled = pool_estimate(&g->prior, c->n, c->d, MATRIX_CONFIDENCE);
        own->tail = pool_tail(&g->prior, c->n, c->d, f->scheme.q1);
        bad += own->tail;
        clean += 1.0 - pool_tail(&g->prior, c->n, c->d, f->scheme.q0);
        sum[c->reader] += own->pooled.mean;
        raw[c->reader] += (double)c->d / c->n;
        count[c->reader]++;
    }
    for (size_t reader = 0; reader < f->survey->reader_count; reader++) {
        struct matrix_reader *r = &g->readers[reader];
        r->raw = count[reader] ? raw[reader] / (double)count[reader] : NAN;
        r->pooled = count[reader] ? sum[reader] / (double)count[reader] : NAN;
    }
    bool any = g->cell_count > 0 && !findings_is_of_list(f);
    g->bad_share = any ? bad / (double)g->cell_count : NAN;
    /* beta pi_bad / (pi_good power), where pi_good power is the share found compatible. */
    g->wrong_compatible =
        any && g->compatible ? fmin(1.0, f->scheme.beta * bad / (double)g->compatible) : NAN;
    g->wrong_incompatible =
        any && g->incompatible ? fmin(1.0, f->scheme.alpha * clean / (double)g->incompatible) : NAN;
}

static int by_counts(const void *left, const void *right)
{
    const struct matrix_point *a = left, *b = right;
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return (a->d > b->d) - (a->d < b->d);
}

/* A pooled estimate hangs on (n, d) only, so cells that share them are one point. */
static int find_points(const struct findings *f, struct matrix_group *g, struct err *e)
{
    g->points = matrix_room(g->cell_count, sizeof *g->points);
    if (!g->points)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory for %zu cells", g->cell_count);
    for (size_t i = 0; i < g->cell_count; i++) {
        const struct findings_cell *c = &f->cells[g->cells[i].cell];
        g->points[i] = (struct matrix_point) { c->n, c->d, 1, (double)c->d / c->n, g->cells[i].pooled };
    }
    qsort(g->points, g->cell_count, sizeof *g->points, by_counts);
    for (size_t i = 0; i < g->cell_count; i++)
        if (g->point_count > 0 && by_counts(&g->points[i], &g->points[g->point_count - 1]) == 0)
            g->points[g->point_count - 1].cells++;
        else
            g->points[g->point_count++] = g->points[i];
    return 0;
}

static int list_good(const struct findings *f, struct matrix_group *g, struct err *e)
{
    double *tails = matrix_room(g->cell_count, sizeof *tails);
    size_t *order = matrix_room(g->cell_count, sizeof *order);
    int status = tails && order ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; status == 0 && i < g->cell_count; i++)
        tails[i] = g->cells[i].tail;
    if (status == 0)
        g->listed = pool_list(tails, order, g->cell_count, MATRIX_LIST_LEVEL);
    for (size_t i = 0; status == 0 && i < g->listed; i++) {
        g->cells[order[i]].listed = true;
        g->listed_open += f->cells[g->cells[order[i]].cell].verdict != VERDICT_COMPATIBLE;
    }
    free(tails);
    free(order);
    return status;
}

/* The least n at which n placements, none (or all) of them dirty, reach an e-value; 0: none that is
 * searched. */
static unsigned reached_at(const struct scheme *s, bool compatible, double log_e)
{
    for (unsigned n = SCHEME_N_MIN; n <= N_SEARCHED; n++)
        if ((compatible ? log_e_compatible(s, n, 0) : log_e_incompatible(s, n, n)) >= log_e)
            return n;
    return 0;
}

static void list_by_e(const struct findings *f, const struct matrix_group *g, double level, bool compatible,
                      double *log_e, size_t *order, struct matrix_list *out)
{
    const struct scheme *s = &f->scheme;
    double stop = -log(compatible ? s->beta : s->alpha);
    for (size_t i = 0; i < g->cell_count; i++) {
        const struct findings_cell *c = &f->cells[g->cells[i].cell];
        log_e[i] = compatible ? log_e_compatible(s, c->n, c->d) : log_e_incompatible(s, c->n, c->d);
    }
    out->verdicts = compatible ? g->compatible : g->incompatible;
    out->listed = multiple_ebh(log_e, order, g->cell_count, level);
    out->stop = exp(stop);
    out->stop_n = reached_at(s, compatible, stop);
    if (out->verdicts == 0 || g->cell_count == 0)
        return;
    double needed = multiple_ebh_needed(g->cell_count, out->verdicts, level);
    out->needed = exp(needed);
    out->needed_n = reached_at(s, compatible, needed);
}

static int list_both(const struct findings *f, struct matrix_group *g, double level, struct err *e)
{
    double *log_e = matrix_room(g->cell_count, sizeof *log_e);
    size_t *order = matrix_room(g->cell_count, sizeof *order);
    int status = log_e && order ? 0 : err_set(e, ERR_MEMORY, "matrix", "out of memory");
    if (status == 0) {
        list_by_e(f, g, level, true, log_e, order, &g->fdr_compatible);
        list_by_e(f, g, level, false, log_e, order, &g->fdr_incompatible);
    }
    free(log_e);
    free(order);
    return status;
}

int matrix_pool(const struct findings *f, struct matrix *m, struct matrix_group *g, struct err *e)
{
    int status = collect(f, g, e);
    if (status != 0)
        return status;
    estimate(f, g);
    if (findings_is_of_list(f))
        return 0;
    status = find_points(f, g, e);
    if (status == 0)
        status = list_good(f, g, e);
    if (status == 0 && m->fdr > 0.0)
        status = list_both(f, g, m->fdr, e);
    return status;
}
