/*
 * Times of every ok transaction of a cell, of a handset's and of a reader's cells with the same script: as
 * they were placed, with intervals that count placements or sessions. Scripts are never mixed, and nothing is trimmed.
 */
#include "harness/base/parallel.h"
#include "harness/findings/clustered.h"
#include "harness/findings/views.h"
#include "harness/stats/series.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

/* Times of some cells. */
struct pool {
    struct clustered times;
    struct buf differences; /* int64_t a placement that has both: its first less the median of the rest */
    struct buf exchanges;   /* the same of first exchanges */
    struct buf rest;        /* uint64_t: scratch of one placement */
    uint64_t over_limit;
};

static void pool_init(struct pool *p)
{
    clustered_init(&p->times);
    buf_init(&p->differences, SIZE_MAX / 2);
    buf_init(&p->exchanges, SIZE_MAX / 2);
    buf_init(&p->rest, SIZE_MAX / 2);
    p->over_limit = 0;
}

static void pool_free(struct pool *p)
{
    clustered_free(&p->times);
    buf_free(&p->differences);
    buf_free(&p->exchanges);
    buf_free(&p->rest);
}

/* The time of the row with the flag, OBSERVATION_NONE without one, with those of the others in p->rest. */
static uint32_t part(struct pool *p, const struct observation *rows, size_t count, enum observation_flag flag)
{
    uint32_t first = OBSERVATION_NONE;
    buf_clear(&p->rest);
    for (size_t i = 0; i < count; i++) {
        uint32_t us = flag == OBSERVATION_PLACED ? rows[i].first_exchange_us : rows[i].total_us;
        uint64_t value = us;
        if (!(rows[i].flags & OBSERVATION_TIMED) || us == OBSERVATION_NONE)
            continue;
        if (rows[i].flags & flag)
            first = us;
        else
            buf_add(&p->rest, &value, sizeof value);
    }
    return first;
}

static void add_difference(struct pool *p, uint32_t first, struct buf *differences)
{
    uint64_t *rest = (uint64_t *)(void *)p->rest.data;
    size_t others = p->rest.length / sizeof *rest;
    if (others == 0 || first == OBSERVATION_NONE)
        return;
    stats_sort_u64(rest, others);
    int64_t difference = (int64_t)first - (int64_t)stats_quantile_u64(rest, others, 0.5);
    buf_add(differences, &difference, sizeof difference);
}

static void add_placement(struct pool *p, const struct observation *rows, size_t count, uint8_t session)
{
    for (size_t i = 0; i < count; i++) {
        if (!(rows[i].flags & OBSERVATION_TIMED))
            continue;
        clustered_add(&p->times, rows[i].placement, session, rows[i].total_us);
        p->over_limit += (rows[i].flags & OBSERVATION_SLOW) != 0;
    }
    add_difference(p, part(p, rows, count, OBSERVATION_FIRST), &p->differences);
    add_difference(p, part(p, rows, count, OBSERVATION_PLACED), &p->exchanges);
}

static void pool_add(struct pool *p, const struct observations *seen)
{
    for (size_t i = 0, end; i < seen->row_count; i = end) {
        end = observations_end(seen, i);
        add_placement(p, seen->rows + i, end - i, observations_session(seen, seen->rows[i].placement));
    }
}

static struct findings_first first_against_rest(struct buf *b)
{
    struct findings_first out = { .p = NAN };
    int64_t *differences = (int64_t *)(void *)b->data;
    size_t n = b->length / sizeof *differences;
    if (n == 0)
        return out;
    stats_sort_i64(differences, n);
    for (size_t i = 0; i < n; i++) {
        out.slower += differences[i] > 0;
        out.faster += differences[i] < 0;
        out.equal += differences[i] == 0;
    }
    out.difference_us = differences[(n - 1) / 2];
    out.p = series_sign_test(out.slower, out.faster);
    return out;
}

/* farther: 0, or one more level than the median and p90. False: out of memory. */
static bool pool_finish(struct pool *p, double farther, struct findings_clustered *at_farther,
                        struct findings_times_all *out)
{
    struct cluster_sample s;
    uint64_t *sorted = NULL;
    *out = (struct findings_times_all) { .first = first_against_rest(&p->differences),
                                         .first_exchange = first_against_rest(&p->exchanges) };
    if (!clustered_sort(&p->times, &s, &sorted) || p->differences.failed || p->exchanges.failed ||
        p->rest.failed) {
        free(sorted);
        return false;
    }
    if (s.n > 0) {
        out->n = s.n;
        out->placements = clustered_placements(&p->times);
        out->over_limit = p->over_limit;
        out->median = clustered_at(&p->times, &s, sorted, 0.5);
        out->p90 = clustered_at(&p->times, &s, sorted, 0.9);
        if (at_farther)
            *at_farther = clustered_at(&p->times, &s, sorted, farther);
        out->max_us = sorted[s.n - 1];
    }
    free(sorted);
    return true;
}

/* The cells of a handset, or of a reader; SIZE_MAX: of all of them. */
static void pool_cells(const struct findings *f, size_t pair, size_t reader, size_t script, struct pool *out)
{
    const struct survey *s = f->survey;
    size_t pairs = pair == SIZE_MAX ? s->pair_count : pair + 1;
    size_t readers = reader == SIZE_MAX ? s->reader_count : reader + 1;
    for (size_t p = pair == SIZE_MAX ? 0 : pair; p < pairs; p++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            for (size_t r = reader == SIZE_MAX ? 0 : reader; r < readers; r++)
                pool_add(out, &f->cells[survey_cell(s, p, condition, r, script)].seen);
}

static bool time_cell(struct findings_cell *c)
{
    struct pool pool;
    pool_init(&pool);
    pool_add(&pool, &c->seen);
    bool good = pool_finish(&pool, 0, NULL, &c->times);
    pool_free(&pool);
    return good;
}

/* farther: p95 of a handset, p99 of a reader */
static bool time_group(const struct findings *f, size_t pair, size_t reader, size_t script, double farther,
                       struct findings_times_all *out, struct findings_clustered *at_farther)
{
    struct pool pool;
    pool_init(&pool);
    pool_cells(f, pair, reader, script, &pool);
    bool good = pool_finish(&pool, farther, at_farther, out);
    pool_free(&pool);
    return good;
}

/* Readers first, which have most to do, then handsets, then cells. */
static bool time_one(void *context, size_t i)
{
    struct findings *f = context;
    const struct survey *s = f->survey;
    size_t scripts = s->script_count, script = i % scripts, group = i / scripts;
    if (group < s->reader_count) {
        struct findings_times_all *out = &f->readers[group].scripts[script].all;
        return time_group(f, SIZE_MAX, group, script, 0.99, out, &out->p99);
    }
    group -= s->reader_count;
    if (group < s->pair_count) {
        struct findings_times_all *out = &f->pairs[group].times[script];
        return time_group(f, group, SIZE_MAX, script, 0.95, out, &out->p95);
    }
    return time_cell(&f->cells[i - (s->reader_count + s->pair_count) * scripts]);
}

int times_all_make(struct findings *f, struct err *e)
{
    const struct survey *s = f->survey;
    size_t groups = (s->reader_count + s->pair_count) * s->script_count;
    return parallel_each(groups + f->cell_count, time_one, f)
               ? 0
               : err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
}
