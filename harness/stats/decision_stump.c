/*
 * Rows are sorted once by each attribute; a threshold is then a beginning of that order and a category a run
 * in it, so one pass with running counts tries them all. A permutation only changes which rows are bad.
 */
#include "harness/stats/decision_stump.h"

#include "harness/base/keyed_random.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TIE 1e-12

static int compare_rows(const void *left, const void *right, void *context)
{
    const double *values = context;
    unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;
    bool absent_a = isnan(values[a]), absent_b = isnan(values[b]);
    if (absent_a != absent_b)
        return absent_a ? 1 : -1; /* rows without a value come last */
    if (!absent_a && values[a] != values[b])
        return values[a] < values[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sort_rows(const struct decision_stump_data *d)
{
    for (size_t i = 0; i < d->attribute_count; i++) {
        unsigned *order = d->order + i * d->rows;
        for (size_t row = 0; row < d->rows; row++)
            order[row] = (unsigned)row;
        if (d->rows > 1)
            qsort_r(order, d->rows, sizeof *order, compare_rows, (void *)(uintptr_t)d->attributes[i].values);
    }
}

struct side {
    double size, bad;
};

struct best {
    struct decision_stump_rule rule;
    double score;
};

/* Offers the rule that calls this side bad, or the other one where that fits better. */
static void offer(struct best *best, size_t attribute, double cut, struct side side, struct side all,
                  double rows)
{
    double among = side.size * (all.size - side.size) * all.bad * (all.size - all.bad);
    if (!(among > 0.0))
        return;
    double phi = (all.size * side.bad - side.size * all.bad) / sqrt(among);
    double score = fabs(phi) * sqrt(all.size / rows);
    if (score <= best->score + TIE)
        return;
    best->score = score;
    best->rule =
        (struct decision_stump_rule) { true, attribute, cut, phi < 0.0, fabs(phi), (unsigned)all.size };
}

/* skip: a row that is left out, or SIZE_MAX. */
static void try_attribute(const struct decision_stump_data *d, const uint8_t *bad, size_t attribute,
                          size_t skip, struct best *best)
{
    const unsigned *order = d->order + attribute * d->rows;
    const double *values = d->attributes[attribute].values;
    bool ordered = d->attributes[attribute].ordered;
    struct side all = { 0.0, 0.0 }, side = { 0.0, 0.0 };
    size_t known = 0;
    for (; known < d->rows && !isnan(values[order[known]]); known++) {
        bool in = order[known] != skip;
        all.size += in;
        all.bad += in && bad[order[known]];
    }
    for (size_t i = 0; i < known; i++) {
        double value = values[order[i]];
        bool in = order[i] != skip;
        side.size += in;
        side.bad += in && bad[order[i]];
        if (i + 1 < known && values[order[i + 1]] == value)
            continue;
        offer(best, attribute, value, side, all, (double)d->rows);
        if (!ordered)
            side = (struct side) { 0.0, 0.0 };
    }
}

static struct best find_best(const struct decision_stump_data *d, const uint8_t *bad, size_t skip)
{
    struct best best = { .score = 0.0 };
    for (size_t i = 0; i < d->attribute_count; i++)
        try_attribute(d, bad, i, skip, &best);
    return best;
}

static bool says_bad(const struct decision_stump_data *d, const struct decision_stump_rule *rule,
                     double value)
{
    bool side = d->attributes[rule->attribute].ordered ? value <= rule->cut : value == rule->cut;
    return side != rule->above;
}

static struct decision_stump_rate rate(unsigned hits, unsigned of)
{
    return (struct decision_stump_rate) { hits, of, of ? (double)hits / of : 0.0,
                                          stats_cp_lower(of, hits, 0.975), stats_cp_upper(of, hits, 0.975) };
}

static void measure(const struct decision_stump_data *d, struct decision_stump_result *out)
{
    unsigned bad = 0, good = 0, told_bad = 0, told_good = 0;
    const double *values = d->attributes[out->rule.attribute].values;
    for (size_t row = 0; row < d->rows; row++) {
        if (isnan(values[row]))
            continue;
        bool says = says_bad(d, &out->rule, values[row]);
        bad += d->bad[row];
        good += !d->bad[row];
        told_bad += d->bad[row] && says;
        told_good += !d->bad[row] && !says;
    }
    out->sensitivity = rate(told_bad, bad);
    out->specificity = rate(told_good, good);
}

/* A row without the rule's attribute is told by the majority of the others. */
static void leave_out(const struct decision_stump_data *d, struct decision_stump_result *out)
{
    unsigned bad = 0;
    for (size_t row = 0; row < d->rows; row++)
        bad += d->bad[row];
    for (size_t row = 0; row < d->rows; row++) {
        struct best best = find_best(d, d->bad, row);
        bool most_bad = 2 * (bad - d->bad[row]) > d->rows - 1, says = most_bad;
        if (best.rule.found && !isnan(d->attributes[best.rule.attribute].values[row]))
            says = says_bad(d, &best.rule, d->attributes[best.rule.attribute].values[row]);
        out->left_out_right += says == (d->bad[row] != 0);
    }
    out->majority_right = 2 * bad > d->rows ? bad : (unsigned)d->rows - bad;
}

void decision_stump_find(const struct decision_stump_data *d, unsigned permutations, uint64_t key,
                         struct decision_stump_result *out)
{
    uint8_t shuffled[STUMP_ROWS_MAX];
    unsigned order[STUMP_ROWS_MAX], reached = 0;
    *out =
        (struct decision_stump_result) { .p = 1.0, .permutations = permutations, .rows = (unsigned)d->rows };
    if (d->rows < 2 || d->rows > STUMP_ROWS_MAX || d->attribute_count == 0)
        return;
    sort_rows(d);
    struct best best = find_best(d, d->bad, SIZE_MAX);
    out->rule = best.rule;
    if (!best.rule.found)
        return;
    for (size_t row = 0; row < d->rows; row++)
        order[row] = (unsigned)row;
    for (unsigned i = 0; i < permutations; i++) {
        random_shuffle(random_key(key, i), order, d->rows);
        for (size_t row = 0; row < d->rows; row++)
            shuffled[row] = d->bad[order[row]];
        reached += find_best(d, shuffled, SIZE_MAX).score >= best.score - 1e-9;
    }
    out->p = (1.0 + reached) / (1.0 + permutations);
    measure(d, out);
    leave_out(d, out);
}
