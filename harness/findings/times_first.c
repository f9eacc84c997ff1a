/*
 * Times: medians and 90th percentiles of first transactions, one value a placement, so that the values of a
 * cell are independent. Intervals are order statistics and exist only from a certain n on; nothing else is
 * printed.
 */
#include "harness/findings/views.h"
#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define CONFIDENCE 0.95 /* two-sided, of every interval of a quantile */

static struct findings_quantile quantile_of(const uint64_t *sorted, size_t n, double p)
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

struct findings_times_first times_first_of(struct buf *b)
{
    uint64_t *values = (uint64_t *)(void *)b->data;
    size_t n = b->length / sizeof *values;
    struct findings_times_first t = { .n = n };
    if (n == 0)
        return t;
    stats_sort_u64(values, n);
    t.median = quantile_of(values, n, 0.5);
    t.p90 = quantile_of(values, n, 0.9);
    t.max_us = values[n - 1];
    return t;
}

/* Totals of first transactions, or first exchanges after the phone was placed. */
static void add_first(const struct observations *seen, enum observation_flag flag, struct buf *out)
{
    for (size_t i = 0; i < seen->row_count; i++) {
        const struct observation *row = &seen->rows[i];
        uint64_t us = flag == OBSERVATION_PLACED ? row->first_exchange_us : row->total_us;
        if ((row->flags & OBSERVATION_TIMED) && (row->flags & flag) && us != OBSERVATION_NONE)
            buf_add(out, &us, sizeof us);
    }
}

static bool time_cell(const struct observations *seen, enum observation_flag flag, struct buf *scratch,
                      struct findings_times_first *out)
{
    buf_clear(scratch);
    add_first(seen, flag, scratch);
    *out = times_first_of(scratch);
    return !scratch->failed;
}

static bool time_script(const struct findings *f, size_t reader, size_t script,
                        struct findings_reader_script *out)
{
    const struct survey *s = f->survey;
    struct buf all;
    buf_init(&all, SIZE_MAX / 2);
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            add_first(&f->cells[survey_cell(s, pair, condition, reader, script)].seen, OBSERVATION_FIRST,
                      &all);
    out->times = times_first_of(&all);
    out->first_count = out->times.n;
    out->first_us = (uint64_t *)(void *)buf_take(&all);
    buf_free(&all);
    return out->first_us != NULL;
}

int times_first_make(struct findings *f, struct err *e)
{
    struct buf scratch;
    bool good = true;
    buf_init(&scratch, SIZE_MAX / 2);
    for (size_t i = 0; i < f->cell_count && good; i++) {
        struct findings_cell *c = &f->cells[i];
        good = time_cell(&c->seen, OBSERVATION_FIRST, &scratch, &c->first_transaction) &&
               time_cell(&c->seen, OBSERVATION_PLACED, &scratch, &c->first_exchange);
    }
    buf_free(&scratch);
    for (size_t reader = 0; reader < f->survey->reader_count; reader++)
        for (size_t script = 0; script < f->survey->script_count && good; script++)
            good = time_script(f, reader, script, &f->readers[reader].scripts[script]);
    return good ? 0 : err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
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
