/*
 * Times of every ok transaction of a cell, of a handset's and of a reader's cells with the same script: as
 * they were placed, with intervals that count placements. Scripts are never mixed, and nothing is trimmed.
 */
#include "harness/findings/fold.h"
#include "harness/stats/cluster.h"
#include "harness/stats/series.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95 /* two-sided, of every interval of a quantile */

/* Some cells' times: a group a placement, which lies in one cell of each script. */
struct pool {
    struct buf values;      /* uint64_t, placement after placement */
    struct buf sizes;       /* uint32_t a placement */
    struct buf differences; /* int64_t a placement that has both: its first less the median of the rest */
    struct buf exchanges;   /* the same of first exchanges */
    struct buf rest;        /* uint64_t: scratch of one placement */
    uint64_t over_limit;
};

static void pool_init(struct pool *p)
{
    buf_init(&p->values, SIZE_MAX / 2);
    buf_init(&p->sizes, SIZE_MAX / 2);
    buf_init(&p->differences, SIZE_MAX / 2);
    buf_init(&p->exchanges, SIZE_MAX / 2);
    buf_init(&p->rest, SIZE_MAX / 2);
    p->over_limit = 0;
}

static void pool_free(struct pool *p)
{
    buf_free(&p->values);
    buf_free(&p->sizes);
    buf_free(&p->differences);
    buf_free(&p->exchanges);
    buf_free(&p->rest);
}

static uint64_t *as_u64(struct buf *b, size_t *n)
{
    *n = b->length / sizeof(uint64_t);
    return (uint64_t *)(void *)b->data;
}

static void add_difference(struct pool *p, uint64_t first, struct buf *differences)
{
    size_t others = 0;
    uint64_t *rest = as_u64(&p->rest, &others);
    if (others == 0)
        return;
    stats_sort_u64(rest, others);
    int64_t difference = (int64_t)first - (int64_t)stats_quantile_u64(rest, others, 0.5);
    buf_add(differences, &difference, sizeof difference);
}

/* Fills p->rest with the times of the others and returns the first, NULL without one. flag: what makes it so.
 */
static const struct fold_time *part(struct pool *p, const struct fold_time *t, size_t count,
                                    enum fold_time_flag flag, bool exchange)
{
    const struct fold_time *first = NULL;
    buf_clear(&p->rest);
    for (size_t i = 0; i < count; i++) {
        uint64_t us = exchange ? t[i].first_exchange_us : t[i].total_us;
        if (us == UINT32_MAX)
            continue; /* no exchange */
        if (t[i].flags & flag)
            first = &t[i];
        else
            buf_add(&p->rest, &us, sizeof us);
    }
    return first;
}

static void add_placement(struct pool *p, const struct fold_time *t, size_t count)
{
    uint32_t size = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        uint64_t us = t[i].total_us;
        buf_add(&p->values, &us, sizeof us);
        p->over_limit += (t[i].flags & FOLD_TIME_SLOW) != 0;
    }
    buf_add(&p->sizes, &size, sizeof size);
    const struct fold_time *first = part(p, t, count, FOLD_TIME_FIRST, false);
    if (first)
        add_difference(p, first->total_us, &p->differences);
    first = part(p, t, count, FOLD_TIME_LAID, true);
    if (first)
        add_difference(p, first->first_exchange_us, &p->exchanges);
}

/* The times of a cell are sorted by placement. */
static void pool_add(struct pool *p, const struct buf *times)
{
    const struct fold_time *all = (const struct fold_time *)(const void *)times->data;
    size_t count = times->length / sizeof *all;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && all[end].placement == all[i].placement;)
            end++;
        add_placement(p, all + i, end - i);
    }
}

struct findings_clustered findings_clustered_at(const struct cluster_sample *s, const uint64_t *sorted,
                                                double p)
{
    struct cluster_quantile q;
    cluster_quantile(s, sorted, p, CONFIDENCE, &q);
    return (struct findings_clustered) { .at = { .has_value = true,
                                                 .has_interval = q.has_interval,
                                                 .value_us = q.value,
                                                 .low_us = q.low,
                                                 .high_us = q.high },
                                         .n_effective = q.n_effective };
}

uint64_t findings_clustered_least(double p)
{
    return cluster_least(p, CONFIDENCE);
}

static int compare_i64(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static struct findings_first first_against_rest(struct buf *b)
{
    struct findings_first out = { .p = NAN };
    int64_t *differences = (int64_t *)(void *)b->data;
    size_t n = b->length / sizeof *differences;
    if (n == 0)
        return out;
    qsort(differences, n, sizeof *differences, compare_i64);
    for (size_t i = 0; i < n; i++) {
        out.slower += differences[i] > 0;
        out.faster += differences[i] < 0;
        out.equal += differences[i] == 0;
    }
    out.difference_us = differences[(n - 1) / 2];
    out.p = series_sign_test(out.slower, out.faster);
    return out;
}

/* farther: 0, or one more level than the median and p90. */
static int pool_finish(struct pool *p, double farther, struct findings_clustered *at_farther,
                       struct findings_times_all *out, struct err *e)
{
    struct buf copy;
    size_t n = 0;
    buf_init(&copy, SIZE_MAX / 2);
    buf_add(&copy, p->values.data, p->values.length);
    *out = (struct findings_times_all) { .first = first_against_rest(&p->differences),
                                         .first_exchange = first_against_rest(&p->exchanges) };
    if (copy.failed || p->values.failed || p->sizes.failed || p->differences.failed || p->exchanges.failed ||
        p->rest.failed) {
        buf_free(&copy);
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
    }
    uint64_t *sorted = as_u64(&copy, &n);
    if (n > 0) {
        struct cluster_sample s = { .values = (const uint64_t *)(const void *)p->values.data,
                                    .sizes = (const uint32_t *)(const void *)p->sizes.data,
                                    .groups = p->sizes.length / sizeof(uint32_t),
                                    .n = n };
        stats_sort_u64(sorted, n);
        out->n = n;
        out->placements = s.groups;
        out->over_limit = p->over_limit;
        out->median = findings_clustered_at(&s, sorted, 0.5);
        out->p90 = findings_clustered_at(&s, sorted, 0.9);
        if (at_farther)
            *at_farther = findings_clustered_at(&s, sorted, farther);
        out->max_us = sorted[n - 1];
    }
    buf_free(&copy);
    return 0;
}

static int compare_times(const void *left, const void *right)
{
    const struct fold_time *a = left, *b = right;
    if (a->placement != b->placement)
        return a->placement < b->placement ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

/* A journal has them in order; one whose lines were moved by hand may not. */
static void sort_by_placement(struct buf *times)
{
    struct fold_time *all = (struct fold_time *)(void *)times->data;
    size_t count = times->length / sizeof *all, i = 1;
    while (i < count && compare_times(&all[i - 1], &all[i]) <= 0)
        i++;
    if (i < count)
        qsort(all, count, sizeof *all, compare_times);
}

static int time_cells(struct fold *o, struct err *e)
{
    struct findings *f = o->f;
    int code = 0;
    for (size_t i = 0; i < f->cell_count && code == 0; i++) {
        struct pool pool;
        pool_init(&pool);
        sort_by_placement(&o->cells[i].times);
        pool_add(&pool, &o->cells[i].times);
        code = pool_finish(&pool, 0, NULL, &f->cells[i].times, e);
        pool_free(&pool);
    }
    return code;
}

/* A handset's cells for p95, or a reader's for p99: SIZE_MAX stands for all of them. */
static void gather(const struct fold *o, size_t pair, size_t reader, size_t script, struct pool *out)
{
    const struct survey *s = o->f->survey;
    size_t pairs = pair == SIZE_MAX ? s->pair_count : pair + 1;
    size_t readers = reader == SIZE_MAX ? s->reader_count : reader + 1;
    for (size_t p = pair == SIZE_MAX ? 0 : pair; p < pairs; p++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            for (size_t r = reader == SIZE_MAX ? 0 : reader; r < readers; r++)
                pool_add(out, &o->cells[survey_cell(s, p, condition, r, script)].times);
}

static int time_group(const struct fold *o, size_t pair, size_t reader, size_t script, double farther,
                      struct findings_times_all *out, struct findings_clustered *at_farther, struct err *e)
{
    struct pool pool;
    pool_init(&pool);
    gather(o, pair, reader, script, &pool);
    int code = pool_finish(&pool, farther, at_farther, out, e);
    pool_free(&pool);
    return code;
}

int findings_time_all(struct fold *o, struct err *e)
{
    struct findings *f = o->f;
    const struct survey *s = f->survey;
    int code = time_cells(o, e);
    for (size_t script = 0; script < s->script_count && code == 0; script++) {
        for (size_t pair = 0; pair < s->pair_count && code == 0; pair++) {
            struct findings_times_all *out = &f->pairs[pair].times[script];
            code = time_group(o, pair, SIZE_MAX, script, 0.95, out, &out->p95, e);
        }
        for (size_t reader = 0; reader < s->reader_count && code == 0; reader++) {
            struct findings_times_all *out = &f->readers[reader].scripts[script].all;
            code = time_group(o, SIZE_MAX, reader, script, 0.99, out, &out->p99, e);
        }
    }
    return code;
}
