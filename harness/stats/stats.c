/*
 * E-values, binomial limits and order statistics on R's distribution functions. GSL's beta inverses give NaN
 * or wrong values for ordinary inputs (n = 299, d = 3, 99.5 %), so they are not used. Pure: no I/O, no state.
 */
#include "harness/stats/stats.h"

#include <float.h>
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* The part of ln E that does not depend on q. */
static double evalue_constant(double n, double d, double a, double b)
{
    return lbeta(a + d, b + n - d) - lbeta(a, b);
}

static double evalue_at(double q, double constant, double n, double d)
{
    double dirty = d > 0.0 ? d * log(q) : 0.0;
    double clean = n > d ? (n - d) * log1p(-q) : 0.0;
    return constant - dirty - clean;
}

double stats_log_evalue(double q, uint64_t n, uint64_t d, double a, double b)
{
    return evalue_at(q, evalue_constant((double)n, (double)d, a, b), (double)n, (double)d);
}

double stats_log_evalue_below(double q, uint64_t n, uint64_t d, double a, double b)
{
    double dirty = (double)d, clean = (double)(n - d);
    return stats_log_evalue(q, n, d, a, b) + pbeta(q, a + dirty, b + clean, 1, 1) - pbeta(q, a, b, 1, 1);
}

/*
 * ln E is at most 0 in d/n, where the likelihood is greatest, and grows without limit towards the far edge:
 * one root between. The end of the last bracket that still excludes is returned, so rounding never excludes
 * more.
 */
static double bisect(double inside, double outside, double n, double d, double constant, double threshold)
{
    for (;;) {
        double middle = inside + (outside - inside) / 2.0;
        if (middle == inside || middle == outside)
            return outside;
        if (evalue_at(middle, constant, n, d) >= threshold)
            outside = middle;
        else
            inside = middle;
    }
}

double stats_upper(uint64_t n, uint64_t d, double q1, double beta)
{
    if (d >= n)
        return 1.0;
    double size = (double)n, dirty = (double)d;
    return bisect(dirty / size, 1.0, size, dirty, evalue_constant(size, dirty, 0.5, 5.0 / q1), -log(beta));
}

double stats_lower(uint64_t n, uint64_t d, double alpha)
{
    if (n == 0 || d == 0)
        return 0.0;
    double size = (double)n, dirty = (double)(d < n ? d : n);
    return bisect(dirty / size, 0.0, size, dirty, evalue_constant(size, dirty, 1.0, 4.0), -log(alpha));
}

double stats_cp_upper(uint64_t n, uint64_t d, double confidence)
{
    if (d >= n)
        return 1.0;
    return qbeta(confidence, (double)d + 1.0, (double)(n - d), 1, 0);
}

double stats_cp_lower(uint64_t n, uint64_t d, double confidence)
{
    if (n == 0 || d == 0)
        return 0.0;
    double dirty = (double)(d < n ? d : n);
    return qbeta(confidence, dirty, (double)n - dirty + 1.0, 0, 0);
}

/* The binomial tails are monotone in the rank, so a binary search with the exact sum finds the edge. */
bool stats_quantile_ranks(uint64_t n, double p, double confidence, uint64_t *low, uint64_t *high)
{
    double tail = (1.0 - confidence) / 2.0 * (1.0 + 4.0 * DBL_EPSILON);
    double size = (double)n;
    if (n == 0 || pbinom(0.0, size, p, 1, 0) > tail || pbinom(size - 1.0, size, p, 0, 0) > tail)
        return false;
    uint64_t good = 1, bad = n + 1; /* largest l with P(Bin <= l-1) <= tail */
    while (bad - good > 1) {
        uint64_t middle = good + (bad - good) / 2;
        if (pbinom((double)middle - 1.0, size, p, 1, 0) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *low = good;
    good = n;
    bad = 0; /* smallest u with P(Bin >= u) <= tail */
    while (good - bad > 1) {
        uint64_t middle = bad + (good - bad) / 2;
        if (pbinom((double)middle - 1.0, size, p, 0, 0) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *high = good;
    return *low < *high;
}

uint64_t stats_quantile_u64(const uint64_t *sorted, size_t n, double p)
{
    if (n == 0)
        return 0;
    /* 0.07 * 100 is 7.000000000000001: rounding must not move the rank. */
    double rank = ceil(p * (double)n * (1.0 - 4.0 * DBL_EPSILON));
    if (!(rank > 1.0))
        return sorted[0];
    return rank >= (double)n ? sorted[n - 1] : sorted[(size_t)rank - 1];
}
