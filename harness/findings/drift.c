/*
 * Drift: whether placements get slower or faster while a survey runs. One series a reader, script, session
 * and execution (at_us begins anew with each). Both the times and when they were measured are centred in
 * their cell, so a handset that is slow, and placed late, is no drift; what changes between handsets is not
 * seen.
 */
#include "harness/findings/views.h"
#include "harness/stats/series.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define CELL_LEAST    3   /* placements of a cell in a series: fewer have no centre of their own */
#define DEGREES_LEAST 8.0 /* placements less cells less one */
#define LEVEL         0.05
#define CONFIDENCE    0.95
#define US_PER_HOUR   3.6e9

/*
 * Residuals about a cell's median are anticorrelated by that alone: of c normal values, the covariance of
 * two is -(2 - pi/2) / c, the variance 1 - (2 - pi/2) / c (the median's covariance with each is 1/c, its
 * variance pi / 2c).
 */
#define CENTRED 0.42920367320510344

/* A placement's median time of one script. */
struct point {
    uint16_t reader, script, execution, session;
    uint32_t cell;
    uint64_t at_us;
    double hours, ln; /* about the cell's centre, once centred */
    uint32_t in_cell; /* placements of its cell in the series */
};

static void add_point(const struct findings *f, size_t cell, const struct placement_seen *p, uint64_t *values,
                      size_t count, struct buf *points)
{
    stats_sort_u64(values, count);
    uint64_t us = stats_quantile_u64(values, count, 0.5);
    struct point point = { .reader = (uint16_t)f->cells[cell].reader,
                           .script = (uint16_t)f->cells[cell].script,
                           .execution = p->execution,
                           .session = p->session,
                           .cell = (uint32_t)cell,
                           .at_us = p->at_us,
                           .hours = (double)p->at_us / US_PER_HOUR,
                           .ln = log(us ? (double)us : 1.0) };
    buf_add(points, &point, sizeof point);
}

/* A placement whose record can't be read has no point: nobody knows when it was. */
static bool add_cell(const struct findings *f, size_t cell, struct buf *points)
{
    const struct observations *seen = &f->cells[cell].seen;
    const struct placement_seen *p = seen->placements, *last = p + seen->placement_count;
    uint64_t *values = seen->row_count ? calloc(seen->row_count, sizeof *values) : NULL;
    for (size_t i = 0, end; values && i < seen->row_count; i = end) {
        size_t count = 0;
        end = observations_end(seen, i);
        for (size_t row = i; row < end; row++)
            if (seen->rows[row].flags & OBSERVATION_TIMED)
                values[count++] = seen->rows[row].total_us;
        while (p < last && p->line < seen->rows[i].placement)
            p++;
        if (count > 0 && p < last && p->line == seen->rows[i].placement && p->execution)
            add_point(f, cell, p, values, count, points);
    }
    free(values);
    return values || seen->row_count == 0;
}

static int compare_keys(const struct point *a, const struct point *b)
{
    if (a->reader != b->reader)
        return a->reader < b->reader ? -1 : 1;
    if (a->script != b->script)
        return a->script < b->script ? -1 : 1;
    if (a->execution != b->execution)
        return a->execution < b->execution ? -1 : 1;
    return (a->session > b->session) - (a->session < b->session);
}

static int compare_by_cell(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    int keys = compare_keys(a, b);
    if (keys)
        return keys;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a->at_us > b->at_us) - (a->at_us < b->at_us);
}

static int compare_by_time(const void *left, const void *right)
{
    const struct point *a = left, *b = right;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    return (a->cell > b->cell) - (a->cell < b->cell);
}

static int compare_real(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void centre_cell(struct point *p, size_t count, double *scratch)
{
    double hours = 0.0;
    for (size_t i = 0; i < count; i++) {
        scratch[i] = p[i].ln;
        hours += p[i].hours / (double)count;
    }
    qsort(scratch, count, sizeof *scratch, compare_real);
    double median = (scratch[(count - 1) / 2] + scratch[count / 2]) / 2.0;
    for (size_t i = 0; i < count; i++) {
        p[i].ln -= median;
        p[i].hours -= hours;
        p[i].in_cell = (uint32_t)count;
    }
}

/*
 * Centres each cell, drops those with too few placements to have a centre; returns how many points are
 * left.
 */
static size_t centre_cells(struct point *p, size_t count, double *scratch, unsigned *cells)
{
    size_t kept = 0;
    *cells = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && p[end].cell == p[i].cell;)
            end++;
        if (end - i < CELL_LEAST)
            continue;
        ++*cells;
        centre_cell(p + i, end - i, scratch);
        for (size_t j = i; j < end; j++)
            p[kept++] = p[j];
    }
    return kept;
}

/* Lag-1 autocorrelation of the residuals in order of time, and what centring alone makes of it. */
static void autocorrelate(const struct point *p, size_t count, double *residuals, struct findings_drift *out)
{
    double products = 0.0, squares = 0.0, slope = isnan(out->per_hour) ? 0.0 : log1p(out->per_hour);
    for (size_t i = 0; i < count; i++) {
        residuals[i] = p[i].ln - slope * p[i].hours;
        squares += 1.0 - CENTRED / p[i].in_cell;
        if (i + 1 < count && p[i].cell == p[i + 1].cell)
            products -= CENTRED / p[i].in_cell;
    }
    out->lag1 = series_lag1(residuals, count);
    out->lag1_expected = products / squares;
    out->lag1_limit = 2.0 / sqrt((double)count);
    out->autocorrelated = fabs(out->lag1 - out->lag1_expected) > out->lag1_limit;
}

/* scratch: three numbers a point. False: out of memory. */
static bool examine_series(struct point *p, size_t count, double *scratch, struct findings_drift *out)
{
    double *hours = scratch, *ln = scratch + count;
    double degrees = (double)count - out->cells - 1.0;
    struct series_slope s;
    qsort(p, count, sizeof *p, compare_by_time);
    for (size_t i = 0; i < count; i++) {
        hours[i] = p[i].hours;
        ln[i] = p[i].ln;
    }
    series_slope(hours, ln, count, degrees, CONFIDENCE, &s);
    out->per_hour = expm1(s.slope);
    out->low = expm1(s.low);
    out->high = expm1(s.high);
    if (!series_spearman(hours, ln, count, &out->spearman))
        return false;
    out->p = series_correlation_p(out->spearman, degrees);
    autocorrelate(p, count, scratch + 2 * count, out);
    return true;
}

/* One series: points of one reader, script, execution and session, sorted by cell. */
static bool look_at_series(struct findings *f, struct point *p, size_t count, double *scratch,
                           struct buf *found)
{
    struct findings_drift d = {
        .reader = p->reader, .script = p->script, .execution = p->execution, .session = p->session
    };
    size_t kept = centre_cells(p, count, scratch, &d.cells);
    d.placements = (unsigned)kept;
    if ((double)kept - d.cells - 1.0 < DEGREES_LEAST) {
        f->drift_small++;
        return true;
    }
    if (!examine_series(p, kept, scratch, &d))
        return false;
    buf_add(found, &d, sizeof d);
    return true;
}

/* Bonferroni over the series: a steady survey then shows a drift anywhere in one of twenty. */
static void adjust_p(struct findings_drift *d, size_t count)
{
    size_t looked_at = 0;
    for (size_t i = 0; i < count; i++)
        looked_at += isnan(d[i].p) ? 0 : 1;
    for (size_t i = 0; i < count; i++) {
        double p = d[i].p * (double)looked_at;
        d[i].p_adjusted = p > 1.0 ? 1.0 : p;
        d[i].drifts = d[i].p_adjusted <= LEVEL;
    }
}

static bool look_at_all(struct findings *f, struct buf *points, struct buf *found)
{
    struct point *p = (struct point *)(void *)points->data;
    size_t count = points->length / sizeof *p;
    double *scratch = calloc(count ? 3 * count : 1, sizeof *scratch);
    bool good = scratch && !points->failed;
    if (good && count > 1)
        qsort(p, count, sizeof *p, compare_by_cell);
    for (size_t i = 0, end; good && i < count; i = end) {
        for (end = i + 1; end < count && compare_keys(&p[i], &p[end]) == 0;)
            end++;
        good = look_at_series(f, p + i, end - i, scratch, found);
    }
    free(scratch);
    return good && !found->failed;
}

int drift_find(struct findings *f, struct err *e)
{
    struct buf points, found;
    bool good = true;
    buf_init(&points, SIZE_MAX / 2);
    buf_init(&found, SIZE_MAX / 2);
    for (size_t i = 0; i < f->cell_count && good; i++)
        good = add_cell(f, i, &points);
    good = good && look_at_all(f, &points, &found);
    if (good) {
        f->drift_count = found.length / sizeof *f->drifts;
        f->drifts = (struct findings_drift *)(void *)buf_take(&found);
        good = f->drifts != NULL;
    }
    if (good)
        adjust_p(f->drifts, f->drift_count);
    buf_free(&points);
    buf_free(&found);
    return good ? 0 : err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
}
