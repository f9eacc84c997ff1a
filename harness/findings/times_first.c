/*
 * Times: medians and 90th percentiles of first transactions, one value a placement, so that the values of a
 * cell are independent. Intervals are order statistics and exist only from a certain n on; nothing else is
 * printed.
 */
#include "harness/findings/fold.h"
#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95 /* two-sided, of every interval of a quantile */

static struct findings_quantile quantile(const uint64_t *sorted, size_t n, double p)
{
    struct findings_quantile q = { 0 };
    uint64_t low = 0, high = 0;
    if (n == 0)
        return q;
    q.has_value = true;
    q.value_us = stats_quantile_u64(sorted, n, p);
    if (stats_quantile_ranks(n, p, CONFIDENCE, &low, &high) && low >= 1 && high <= n) {
        q.has_interval = true;
        q.low_us = sorted[low - 1];
        q.high_us = sorted[high - 1];
    }
    return q;
}

static struct findings_times_first times_of(const uint64_t *sorted, size_t n)
{
    struct findings_times_first t = { .n = n };
    if (n == 0)
        return t;
    t.median = quantile(sorted, n, 0.5);
    t.p90 = quantile(sorted, n, 0.9);
    t.max_us = sorted[n - 1];
    return t;
}

/* Sorts an array of uint64_t in a buffer and gives its times. */
struct findings_times_first findings_times_of(struct buf *b)
{
    uint64_t *values = (uint64_t *)(void *)b->data;
    size_t n = b->length / sizeof *values;
    if (n > 1)
        stats_sort_u64(values, n);
    return times_of(values, n);
}

/* Adds a cell's times that have the flag: totals of first transactions, or first exchanges after laying. */
static void add_first(const struct fold_cell *cell, enum fold_time_flag flag, struct buf *out)
{
    const struct fold_time *t = (const struct fold_time *)(const void *)cell->times.data;
    for (size_t i = 0; i < cell->times.length / sizeof *t; i++) {
        uint64_t us = flag == FOLD_TIME_LAID ? t[i].first_exchange_us : t[i].total_us;
        if ((t[i].flags & flag) && us != UINT32_MAX)
            buf_add(out, &us, sizeof us);
    }
}

static int take_values(struct buf *b, uint64_t **values, size_t *count, struct findings_times_first *times,
                       struct err *e)
{
    if (b->failed)
        return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
    *times = findings_times_of(b);
    *count = b->length / sizeof(uint64_t);
    *values = (uint64_t *)(void *)buf_take(b);
    return 0;
}

static int time_cell(const struct fold_cell *own, struct findings_cell *c, struct buf *scratch, struct err *e)
{
    buf_clear(scratch);
    add_first(own, FOLD_TIME_FIRST, scratch);
    c->first_transaction = findings_times_of(scratch);
    buf_clear(scratch);
    add_first(own, FOLD_TIME_LAID, scratch);
    c->first_exchange = findings_times_of(scratch);
    return scratch->failed ? err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times") : 0;
}

/* script: survey.script_count stands for all scripts together. */
static void gather(const struct fold *o, size_t reader, size_t script, struct buf *out)
{
    const struct findings *f = o->f;
    buf_init(out, SIZE_MAX / 2);
    for (size_t i = 0; i < f->cell_count; i++)
        if (f->cells[i].reader == reader &&
            (script == f->survey->script_count || f->cells[i].script == script))
            add_first(&o->cells[i], FOLD_TIME_FIRST, out);
}

int findings_time(struct fold *o, struct err *e)
{
    struct findings *f = o->f;
    struct buf scratch;
    int code = 0;
    buf_init(&scratch, SIZE_MAX / 2);
    for (size_t i = 0; i < f->cell_count && code == 0; i++)
        code = time_cell(&o->cells[i], &f->cells[i], &scratch, e);
    buf_free(&scratch);
    for (size_t reader = 0; reader < f->survey->reader_count && code == 0; reader++) {
        struct findings_reader *r = &f->readers[reader];
        struct buf all;
        for (size_t script = 0; script < f->survey->script_count && code == 0; script++) {
            struct findings_reader_script *own = &r->scripts[script];
            gather(o, reader, script, &all);
            code = take_values(&all, &own->first_us, &own->first_count, &own->times, e);
            buf_free(&all);
        }
        if (code)
            break;
        gather(o, reader, f->survey->script_count, &all);
        code = take_values(&all, &r->first_us, &r->first_count, &r->times, e);
        buf_free(&all);
    }
    if (code == 0)
        code = findings_time_all(o, e);
    if (code == 0)
        code = findings_flag_outliers(o, e);
    return code ? code : findings_find_drift(o, e);
}

size_t findings_steps(const uint64_t *sorted, size_t count, struct findings_step *out, size_t max)
{
    size_t n = count < max ? count : max;
    for (size_t i = 0; i < n; i++) {
        size_t rank = count <= max ? i + 1 : (i + 1) * count / max;
        out[i].value_us = sorted[rank - 1];
        out[i].share = (double)rank / (double)count;
    }
    return n;
}
