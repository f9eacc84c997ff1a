/*
 * Values that come in groups and are alike within one: the transactions of a placement. How alike they are
 * (intraclass correlation), how many independent values they are worth, and quantiles whose intervals know
 * it. Exact ranks of raw values: a sketch would forget which placement a value is of. Pure: no I/O, no state.
 *
 * Sources: ANOVA estimate of the intraclass correlation with unequal groups (Donner, Int. Stat. Rev. 54,
 * 1986); design effect (Kish, Survey Sampling, 1965); interval of a quantile by limits on its level (Woodruff
 * 1952); degrees of freedom of few groups (Korn & Graubard, Survey Methodology 24, 1998).
 */
#ifndef NFC_SURVEY_STATS_CLUSTER_H
#define NFC_SURVEY_STATS_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed: the values one group after the other, sizes[i] >= 1 of them in group i, n in all. */
struct cluster_sample {
    const uint64_t *values;
    const uint32_t *sizes;
    size_t groups, n;
};

/*
 * Intraclass correlation of 1{value <= threshold}, from -1 to 1. 1 when the groups do not show any variation,
 * NaN when they can't: fewer than two groups, or none of more than one value.
 */
double cluster_icc(const struct cluster_sample *s, uint64_t threshold);

/* 1 + (k-1) max(0, icc), k = sum of squared sizes / n: the mean size of the group that a value is in. */
double cluster_design_effect(const struct cluster_sample *s, double icc);

/*
 * Ranks of n sorted values that are worth n_effective independent ones (1 <= n_effective <= n): [x_low,
 * x_high] covers the quantile p with `confidence`. With n_effective = n these are stats_quantile_ranks().
 * False when no such pair exists.
 */
bool cluster_ranks(uint64_t n, double n_effective, double p, double confidence, uint64_t *low,
                   uint64_t *high);

/* The least n_effective with a two-sided interval: 36 for p = 0.9 at 95 %. */
uint64_t cluster_least(double p, double confidence);

struct cluster_quantile {
    uint64_t value; /* by nearest rank: always one that was measured */
    bool has_interval;
    uint64_t low, high;
    double icc;         /* of being at most `value`; NaN as cluster_icc() says */
    double n_effective; /* n / design effect, less what few groups cost (Student's t against groups - 1) */
};

/*
 * n_effective where the data do not show how alike a group's values are:
 *   all on one side of the quantile     icc 1: each group counts as one value, which no data could make less
 *   one value a group                   icc NaN: n, less nothing: they are as independent as groups are
 *   one group                           icc NaN: 1, and no interval
 *   icc below 0 (they alternate)        counted as 0: a group's values are never worth more than independent ones
 * It is never below 1.
 */

/*
 * `sorted` holds the values of s in order; s->n >= 1. No interval where n_effective is too small for one, nor
 * with fewer than 1 / (1 - p) groups: so few would not show a group that is slow as a whole.
 */
void cluster_quantile(const struct cluster_sample *s, const uint64_t *sorted, double p, double confidence,
                      struct cluster_quantile *out);

#endif
