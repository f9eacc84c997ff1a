/*
 * Times: medians and 90th percentiles of first transactions, one value a placement, so that the values of a
 * cell are independent but for their session. Intervals are order statistics, or count sessions where there are
 * enough, and exist only from a certain n on; nothing else is printed.
 */
#include "harness/base/parallel.h"
#include "harness/findings/clustered.h"
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

/* The same of values that know their session: it is the unit where there are enough. */
static bool clustered_first(struct clustered *c, struct findings_times_first *out, uint64_t **sorted)
{
    struct cluster_sample s;
    if (!clustered_sort(c, &s, sorted))
        return false;
    *out = (struct findings_times_first) { .n = s.n };
    if (s.n == 0)
        return true;
    struct findings_clustered median = clustered_at(c, &s, *sorted, 0.5);
    out->median = median.by_session ? median.at : quantile_of(*sorted, s.n, 0.5);
    out->p90 = median.by_session ? clustered_at(c, &s, *sorted, 0.9).at : quantile_of(*sorted, s.n, 0.9);
    out->max_us = (*sorted)[s.n - 1];
    return true;
}

/* Totals of first transactions, or first exchanges after the phone was placed. */
static void add_first(const struct observations *seen, enum observation_flag flag, struct clustered *out)
{
    for (size_t i = 0; i < seen->row_count; i++) {
        const struct observation *row = &seen->rows[i];
        uint32_t us = flag == OBSERVATION_PLACED ? row->first_exchange_us : row->total_us;
        if ((row->flags & OBSERVATION_TIMED) && (row->flags & flag) && us != OBSERVATION_NONE)
            clustered_add(out, row->placement, observations_session(seen, row->placement), us);
    }
}

static bool time_cell(const struct observations *seen, enum observation_flag flag,
                      struct findings_times_first *out)
{
    struct clustered times;
    uint64_t *sorted = NULL;
    clustered_init(&times);
    add_first(seen, flag, &times);
    bool good = clustered_first(&times, out, &sorted);
    clustered_free(&times);
    free(sorted);
    return good;
}

static bool time_script(const struct findings *f, size_t reader, size_t script,
                        struct findings_reader_script *out)
{
    const struct survey *s = f->survey;
    struct clustered all;
    clustered_init(&all);
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t condition = 0; condition < s->condition_count; condition++)
            add_first(&f->cells[survey_cell(s, pair, condition, reader, script)].seen, OBSERVATION_FIRST,
                      &all);
    bool good = clustered_first(&all, &out->times, &out->first_us);
    out->first_count = out->times.n;
    clustered_free(&all);
    return good;
}

/* Readers with their scripts, then cells. */
static bool time_one(void *context, size_t i)
{
    struct findings *f = context;
    size_t scripts = f->survey->script_count, groups = f->survey->reader_count * scripts;
    if (i < groups)
        return time_script(f, i / scripts, i % scripts, &f->readers[i / scripts].scripts[i % scripts]);
    struct findings_cell *c = &f->cells[i - groups];
    return time_cell(&c->seen, OBSERVATION_FIRST, &c->first_transaction) &&
           time_cell(&c->seen, OBSERVATION_PLACED, &c->first_exchange);
}

int times_first_make(struct findings *f, struct err *e)
{
    size_t groups = f->survey->reader_count * f->survey->script_count;
    return parallel_each(groups + f->cell_count, time_one, f)
               ? 0
               : err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for times");
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
