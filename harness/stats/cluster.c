#include "harness/stats/cluster.h"

#include "harness/stats/stats.h"

#include <float.h>
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

static double squared_sizes(const struct cluster_sample *s)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->groups; i++)
        sum += (double)s->sizes[i] * s->sizes[i];
    return sum;
}

/* One-way analysis of variance of an indicator: sums of squares need only the counts of ones. */
double cluster_icc(const struct cluster_sample *s, uint64_t threshold)
{
    double n = (double)s->n, groups = (double)s->groups, ones = 0.0, within_groups = 0.0;
    const uint64_t *value = s->values;
    if (s->groups < 2 || s->n == s->groups)
        return NAN;
    for (size_t i = 0; i < s->groups; i++) {
        uint32_t own = 0;
        for (uint32_t j = 0; j < s->sizes[i]; j++)
            own += *value++ <= threshold;
        ones += own;
        within_groups += (double)own * own / s->sizes[i];
    }
    double between = (within_groups - ones * ones / n) / (groups - 1.0);
    double within = (ones - within_groups) / (n - groups);
    double size = (n - squared_sizes(s) / n) / (groups - 1.0);
    double whole = between + (size - 1.0) * within;
    return whole > 0.0 ? (between - within) / whole : 1.0;
}

double cluster_design_effect(const struct cluster_sample *s, double icc)
{
    double size = squared_sizes(s) / (double)s->n;
    return icc > 0.0 ? 1.0 + (size - 1.0) * icc : 1.0;
}

/* P(Bin(n, p) >= r), of real n and r too. */
static double at_least(double n, double r, double p)
{
    return pbeta(p, r, n - r + 1.0, 1, 0);
}

/* The same edge as in stats_quantile_ranks(): rounding must not refuse a bound that is exact. */
static double tail_of(double confidence)
{
    return (1.0 - confidence) / 2.0 * (1.0 + 4.0 * DBL_EPSILON);
}

/*
 * Rank R of n values stands for rank R n_effective / n of n_effective ones, counted from the end that the
 * bound guards: the greatest for the greatest, the least for the least. The tails are monotone in the rank.
 */
bool cluster_ranks(uint64_t n, double n_effective, double p, double confidence, uint64_t *low, uint64_t *high)
{
    double tail = tail_of(confidence), share = n_effective / (double)n;
    if (n == 0 || pow(1.0 - p, n_effective) > tail || pow(p, n_effective) > tail)
        return false;
    uint64_t good = 1, bad = n + 1;
    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;
        double rank = n_effective + 1.0 - (double)(n + 1 - middle) * share;
        if (1.0 - at_least(n_effective, rank, p) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *low = good;
    good = n;
    bad = 0;
    while (good - bad > 1) {
        uint64_t middle = bad + (good - bad) / 2;
        if (at_least(n_effective, (double)middle * share, p) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *high = good;
    return *low < *high;
}

uint64_t cluster_least(double p, double confidence)
{
    double farther = p > 0.5 ? p : 1.0 - p;
    return (uint64_t)ceil(log(tail_of(confidence)) / log(farther));
}

/* What the limits of Student's t with groups - 1 degrees of freedom cost against those with n - 1. */
static double few_groups(const struct cluster_sample *s, double confidence)
{
    double level = 1.0 - (1.0 - confidence) / 2.0;
    if (s->groups < 2)
        return 0.0;
    double ratio = qt(level, (double)s->n - 1.0, 1, 0) / qt(level, (double)s->groups - 1.0, 1, 0);
    return ratio * ratio;
}

void cluster_quantile(const struct cluster_sample *s, const uint64_t *sorted, double p, double confidence,
                      struct cluster_quantile *out)
{
    uint64_t low = 0, high = 0;
    *out = (struct cluster_quantile) { .value = stats_quantile_u64(sorted, s->n, p) };
    out->icc = cluster_icc(s, out->value);
    out->n_effective = (double)s->n / cluster_design_effect(s, out->icc) * few_groups(s, confidence);
    if (out->n_effective < 1.0)
        out->n_effective = 1.0;
    double expected_beyond = (double)s->groups * (1.0 - p); /* 10 * (1 - 0.9) is a little less than 1 */
    if (expected_beyond >= 1.0 - 1e-9 && cluster_ranks(s->n, out->n_effective, p, confidence, &low, &high)) {
        out->has_interval = true;
        out->low = sorted[low - 1];
        out->high = sorted[high - 1];
    }
}
