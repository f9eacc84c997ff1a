/*
 * Fixed-sample answers: how many trials a claim needs, what a result of so many trials proves, and which
 * order statistics bound a quantile. All of it holds for a number of trials fixed beforehand and never at a
 * stopping time. For up to TRIALS_MAX trials, by a few dozen evaluations of the binomial distribution.
 * Clopper & Pearson 1934; order statistics by the binomial (David & Nagaraja, Order Statistics, 7.1).
 */
#ifndef NFC_SURVEY_STATS_TRIALS_H
#define NFC_SURVEY_STATS_TRIALS_H

#include <stdbool.h>
#include <stdint.h>

#define TRIALS_MAX UINT64_C(1000000000)

/* P(X <= d) and P(X >= d) for X binomial (n, p), each accurate in its own tail. */
double trials_at_most(uint64_t n, uint64_t d, double p);
double trials_at_least(uint64_t n, uint64_t d, double p);

/* The smallest n of which at most `failures` failed that shows a failure probability of at most p:
 * P(X <= failures; n, p) <= 1 - confidence. False when it is above TRIALS_MAX. */
bool trials_needed(double p, double confidence, uint64_t failures, uint64_t *n);

/* Clopper-Pearson: each one-sided limit has the confidence by itself, the two-sided pair has it together. */
struct trials_limits {
    double lower, upper;
    double two_sided_lower, two_sided_upper;
};
/* d of n failed, d <= n; [0, 1] when n = 0. */
void trials_limits(uint64_t n, uint64_t d, double confidence, struct trials_limits *out);

/*
 * One-sided bounds for the quantile p of n sorted values, as 1-based ranks: the smallest u with
 * P(Bin(n, p) <= u - 1) >= confidence, the largest l with P(Bin(n, p) >= l) >= confidence. False when no rank
 * of n is one ("n too small"). The two-sided pair is stats_quantile_ranks().
 */
bool trials_rank_upper(uint64_t n, double p, double confidence, uint64_t *rank);
bool trials_rank_lower(uint64_t n, double p, double confidence, uint64_t *rank);

/* The smallest n for which the bound exists; false when it is above TRIALS_MAX. */
bool trials_for_rank_upper(double p, double confidence, uint64_t *n);
bool trials_for_rank_lower(double p, double confidence, uint64_t *n);
bool trials_for_ranks(double p, double confidence, uint64_t *n); /* two-sided */

#endif
