#include "harness/stats/trials.h"

#include "harness/stats/stats.h"

#include <float.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

double trials_at_most(uint64_t n, uint64_t d, double p)
{
    return pbinom((double)d, (double)n, p, 1, 0);
}

double trials_at_least(uint64_t n, uint64_t d, double p)
{
    return d == 0 ? 1.0 : pbinom((double)d - 1.0, (double)n, p, 0, 0);
}

/* What a confidence leaves, with room for the rounding of both: 1 - 0.95 is 0.050000000000000044, and an
 * equality such as 0.5^2 = 1 - 0.75 counts. */
static double tail_of(double confidence)
{
    return 1.0 - confidence + 4.0 * DBL_EPSILON;
}

/* P(X <= failures) falls with n. */
bool trials_needed(double p, double confidence, uint64_t failures, uint64_t *n)
{
    double tail = tail_of(confidence);
    uint64_t bad = failures, good = failures + 1; /* n = failures shows nothing: P is 1 */
    if (failures >= TRIALS_MAX)
        return false;
    while (trials_at_most(good, failures, p) > tail) {
        if (good == TRIALS_MAX)
            return false;
        bad = good;
        good = good < TRIALS_MAX / 2 ? 2 * good : TRIALS_MAX;
    }
    while (good - bad > 1) {
        uint64_t middle = bad + (good - bad) / 2;
        if (trials_at_most(middle, failures, p) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *n = good;
    return true;
}

void trials_limits(uint64_t n, uint64_t d, double confidence, struct trials_limits *out)
{
    double each = (1.0 + confidence) / 2.0;
    out->lower = stats_cp_lower(n, d, confidence);
    out->upper = stats_cp_upper(n, d, confidence);
    out->two_sided_lower = stats_cp_lower(n, d, each);
    out->two_sided_upper = stats_cp_upper(n, d, each);
}

/* P(Bin >= u) <= tail is what P(Bin <= u - 1) >= confidence says; it falls with u. */
bool trials_rank_upper(uint64_t n, double p, double confidence, uint64_t *rank)
{
    double tail = tail_of(confidence);
    uint64_t bad = 0, good = n;
    if (n == 0 || trials_at_least(n, n, p) > tail)
        return false;
    while (good - bad > 1) {
        uint64_t middle = bad + (good - bad) / 2;
        if (trials_at_least(n, middle, p) <= tail)
            good = middle;
        else
            bad = middle;
    }
    *rank = good;
    return true;
}

/* The values in reverse: rank l of the quantile p from below is rank n + 1 - l of 1 - p from above. */
bool trials_rank_lower(uint64_t n, double p, double confidence, uint64_t *rank)
{
    uint64_t reversed;
    if (!trials_rank_upper(n, 1.0 - p, confidence, &reversed))
        return false;
    *rank = n + 1 - reversed;
    return true;
}

/* The greatest of n values bounds the quantile when p^n <= 1 - confidence: n trials without one above it. */
bool trials_for_rank_upper(double p, double confidence, uint64_t *n)
{
    return trials_needed(1.0 - p, confidence, 0, n);
}

bool trials_for_rank_lower(double p, double confidence, uint64_t *n)
{
    return trials_needed(p, confidence, 0, n);
}

/* Both tails must be there; then the ranks cannot meet, since each tail is below a half. */
bool trials_for_ranks(double p, double confidence, uint64_t *n)
{
    double each = (1.0 + confidence) / 2.0;
    return trials_needed(p < 0.5 ? p : 1.0 - p, each, 0, n);
}
