/*
 * Pure mathematics of the decisions: beta-mixture e-values and their bounds, binomial limits, order
 * statistics. No I/O, no globals. Distribution functions are R's (libRmath). Formulas: Robbins 1970; Ville
 * 1939; Clopper & Pearson 1934; order statistics by the binomial (David & Nagaraja, Order Statistics, 7.1).
 */
#ifndef NFC_SURVEY_STATS_STATS_H
#define NFC_SURVEY_STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ln E(q; n, d, a, b) = lnB(a+d, b+n-d) - lnB(a,b) - d ln q - (n-d) ln(1-q); 0 < q < 1, d <= n. */
double stats_log_evalue(double q, uint64_t n, uint64_t d, double a, double b);
/* The same with the prior cut off at q: bets on values below q only. */
double stats_log_evalue_below(double q, uint64_t n, uint64_t d, double a, double b);

/* Anytime-valid bounds on q: P(exists n: q > upper) <= beta, P(exists n: q < lower) <= alpha. */
double stats_upper(uint64_t n, uint64_t d, double q1, double beta); /* prior Beta(1/2, 5/q1); 1 when n = 0 */
double stats_lower(uint64_t n, uint64_t d, double alpha);           /* prior Beta(1, 4); 0 when d = 0 */

/* Clopper-Pearson one-sided limits at the given confidence, for an n fixed beforehand: never at a stopping
 * time. */
double stats_cp_upper(uint64_t n, uint64_t d, double confidence);
double stats_cp_lower(uint64_t n, uint64_t d, double confidence);

/*
 * 1-based ranks of a two-sided interval for the quantile p of n sorted values: [x_low, x_high] covers it with
 * at least `confidence`. False when no such pair of ranks exists ("n too small").
 */
bool stats_quantile_ranks(uint64_t n, double p, double confidence, uint64_t *low, uint64_t *high);

/* Quantile of sorted values by nearest rank (the value with rank ceil(p n)): always a value that was
 * measured; 0 when n = 0. */
uint64_t stats_quantile_u64(const uint64_t *sorted, size_t n, double p);
/* Ascending, in time that grows with n. */
void stats_sort_u64(uint64_t *values, size_t n);
void stats_sort_u32(uint32_t *values, size_t n);
void stats_sort_i64(int64_t *values, size_t n);

/* Something by its key; what has the same key stays in its order. False, and unsorted, when out of memory. */
struct stats_keyed {
    uint64_t key;
    const void *of;
};
bool stats_sort_keyed(struct stats_keyed *values, size_t n);

#endif
