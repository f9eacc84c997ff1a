#include "harness/stats/max_t.h"

#include "harness/base/keyed_random.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEY 0x64617973u /* "days": the same runs give the same p */
#define TIE 1e-9        /* sums in another order differ in the last bits */

struct item {
    size_t index;
    double scale, seen; /* statistic: |difference of means| / scale */
    size_t alone, stepped;
};

struct work {
    const struct max_t_table *t;
    struct item *items; /* those tested, the greatest statistic first */
    size_t count;
    size_t splits;
};

static double value_at(const struct max_t_table *t, size_t item, size_t day)
{
    return t->values[item * (t->a + t->b) + day];
}

/* Second set less first, with the second set's days in a mask; NaN where a set has no value. */
static double difference_at(const struct max_t_table *t, size_t item, uint64_t second)
{
    double sums[2] = { 0.0, 0.0 };
    size_t counts[2] = { 0, 0 };
    for (size_t day = 0; day < t->a + t->b; day++) {
        double value = value_at(t, item, day);
        if (isnan(value))
            continue;
        size_t side = second >> day & 1;
        sums[side] += value;
        counts[side]++;
    }
    return counts[0] && counts[1] ? sums[1] / (double)counts[1] - sums[0] / (double)counts[0] : NAN;
}

static uint64_t observed(const struct max_t_table *t)
{
    uint64_t second = 0;
    for (size_t day = t->a; day < t->a + t->b; day++)
        second |= UINT64_C(1) << day;
    return second;
}

static size_t days_of(const struct max_t_table *t, size_t item, size_t begin, size_t end)
{
    size_t count = 0;
    for (size_t day = begin; day < end; day++)
        count += isnan(value_at(t, item, day)) ? 0 : 1;
    return count;
}

/* The spread of all its days, with what a day's value is uncertain by; 0: nothing differs. */
static double scale_of(const struct max_t_table *t, size_t item)
{
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (size_t day = 0; day < t->a + t->b; day++) {
        double value = value_at(t, item, day);
        if (isnan(value))
            continue;
        sum += value;
        count += 1.0;
    }
    for (size_t day = 0; day < t->a + t->b; day++) {
        double away = value_at(t, item, day) - sum / count;
        if (!isnan(away))
            squares += away * away;
    }
    return squares > 0.0 ? sqrt(squares / count + t->noise[item] * t->noise[item]) : 0.0;
}

/* A set without a value counts as far apart: a p that is too great is still valid. */
static double statistic(const struct work *w, const struct item *item, uint64_t second)
{
    double difference = difference_at(w->t, item->index, second);
    return isnan(difference) ? INFINITY : item->scale > 0.0 ? fabs(difference) / item->scale : 0.0;
}

static void count_split(struct work *w, uint64_t second)
{
    double most = 0.0;
    w->splits++;
    for (size_t i = w->count; i-- > 0;) {
        struct item *item = &w->items[i];
        double own = statistic(w, item, second), reached = item->seen * (1.0 - TIE);
        most = fmax(most, own);
        item->alone += own >= reached;
        item->stepped += most >= reached;
    }
}

static uint64_t next_combination(uint64_t mask)
{
    uint64_t low = mask & -mask, ripple = mask + low;
    if (low == 0)
        return 0;
    return ((ripple ^ mask) >> 2) / low | ripple;
}

static void count_all(struct work *w)
{
    size_t n = w->t->a + w->t->b;
    if (n >= MAX_T_DAYS_MAX || w->t->b > n)
        return; /* max_t() tests nothing then */
    uint64_t end = UINT64_C(1) << n;
    for (uint64_t mask = (UINT64_C(1) << w->t->b) - 1; mask < end; mask = next_combination(mask))
        count_split(w, mask);
}

static void count_drawn(struct work *w)
{
    unsigned days[MAX_T_DAYS_MAX];
    size_t n = w->t->a + w->t->b;
    count_split(w, observed(w->t));
    for (size_t draw = 0; draw < MAX_T_SPLITS; draw++) {
        uint64_t second = 0;
        for (size_t i = 0; i < n; i++)
            days[i] = (unsigned)i;
        random_shuffle(random_key(KEY, draw), days, n);
        for (size_t i = 0; i < w->t->b; i++)
            second |= UINT64_C(1) << days[i];
        count_split(w, second);
    }
}

static int compare_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    if (a->seen != b->seen)
        return a->seen > b->seen ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

double max_t_ways(size_t a, size_t b)
{
    double ways = 1.0;
    for (size_t i = 1; i <= a; i++)
        ways = ways * (double)(b + i) / (double)i;
    return round(ways);
}

double max_t_least(size_t a, size_t b)
{
    double ways = max_t_ways(a, b);
    return ways > MAX_T_SPLITS ? 1.0 / (MAX_T_SPLITS + 1.0) : (a == b ? 2.0 : 1.0) / ways;
}

bool max_t(const struct max_t_table *t, struct max_t_result *out)
{
    struct work w = { .t = t, .items = calloc(t->items + 1, sizeof *w.items) };
    size_t n = t->a + t->b;
    if (!w.items)
        return false;
    for (size_t i = 0; i < t->items; i++) {
        out[i] = (struct max_t_result) { NAN, NAN, NAN };
        if (n >= MAX_T_DAYS_MAX || days_of(t, i, 0, t->a) < MAX_T_DAYS_LEAST ||
            days_of(t, i, t->a, n) < MAX_T_DAYS_LEAST)
            continue;
        struct item *item = &w.items[w.count++];
        *item = (struct item) { .index = i, .scale = scale_of(t, i) };
        item->seen = statistic(&w, item, observed(t));
        out[i].difference = difference_at(t, i, observed(t));
    }
    qsort(w.items, w.count, sizeof *w.items, compare_items);
    if (w.count > 0 && max_t_ways(t->a, t->b) <= MAX_T_SPLITS)
        count_all(&w);
    else if (w.count > 0)
        count_drawn(&w);
    double adjusted = 0.0;
    for (size_t i = 0; i < w.count; i++) {
        adjusted = fmax(adjusted, (double)w.items[i].stepped / (double)w.splits);
        out[w.items[i].index].p = (double)w.items[i].alone / (double)w.splits;
        out[w.items[i].index].adjusted = adjusted;
    }
    free(w.items);
    return true;
}
