/* The median times of matched cells: their ratio with its interval, and a test with one value a placement. */
#include "harness/compare/parts.h"

#include "harness/stats/change.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

uint64_t *compare_placement_medians(const struct observations *seen, unsigned session, size_t *count)
{
    uint64_t *own = calloc(UINT16_MAX, sizeof *own); /* more transactions no placement has */
    uint64_t *out = calloc(seen->placement_count ? seen->placement_count : 1, sizeof *out);
    *count = 0;
    for (size_t i = 0; own && out && i < seen->placement_count; i++) {
        const struct placement_seen *p = &seen->placements[i];
        size_t n = 0;
        if (session != 0 && p->session != session)
            continue;
        for (size_t j = p->begin; j < (size_t)p->begin + p->count; j++)
            if (seen->rows[j].total_us != OBSERVATION_NONE)
                own[n++] = seen->rows[j].total_us;
        if (n == 0)
            continue;
        stats_sort_u64(own, n);
        out[(*count)++] = stats_quantile_u64(own, n, 0.5);
    }
    if (!own) {
        free(out);
        out = NULL;
    }
    free(own);
    return out;
}

static void ratio_of(struct compare_time *t)
{
    const struct findings_quantile *a = &t->a, *b = &t->b;
    t->has_ratio = a->has_value && b->has_value && a->value_us > 0 && b->value_us > 0;
    if (!t->has_ratio)
        return;
    t->ratio = (double)b->value_us / (double)a->value_us;
    t->has_interval = a->has_interval && b->has_interval && a->low_us > 0 && b->low_us > 0;
    if (!t->has_interval)
        return;
    struct change_estimate x = { (double)a->value_us, (double)a->low_us, (double)a->high_us };
    struct change_estimate y = { (double)b->value_us, (double)b->low_us, (double)b->high_us }, r;
    change_ratio(&x, &y, &r);
    t->low = r.low;
    t->high = r.high;
}

/* p is raised to 1 where the interval holds 1: both have to say so, and a greater p is still valid. */
static bool test(struct compare_time *t, const struct findings_cell *a, const struct findings_cell *b)
{
    size_t n_a = 0, n_b = 0;
    uint64_t *x = compare_placement_medians(&a->seen, 0, &n_a);
    uint64_t *y = compare_placement_medians(&b->seen, 0, &n_b);
    bool good = x && y;
    t->p = NAN;
    t->placements_a = n_a;
    t->placements_b = n_b;
    if (good && t->has_ratio && n_a >= COMPARE_TIMES_LEAST && n_b >= COMPARE_TIMES_LEAST) {
        good = change_rank_sum(x, n_a, y, n_b, &t->p);
        if (isnan(t->p) || (t->has_interval && t->low <= 1.0 && t->high >= 1.0) || t->ratio == 1.0)
            t->p = 1.0;
    }
    free(x);
    free(y);
    return good;
}

int compare_times(struct comparison *c, struct err *e)
{
    for (size_t i = 0; i < c->cell_count; i++) {
        struct compare_time *t = &c->cells[i].time;
        const struct findings_cell *a = &c->a->cells[c->cells[i].a], *b = &c->b->cells[c->cells[i].b];
        t->a = a->times.median.at;
        t->b = b->times.median.at;
        ratio_of(t);
        if (!test(t, a, b))
            return err_set(e, ERR_MEMORY, "compare", "out of memory for times");
    }
    return 0;
}
