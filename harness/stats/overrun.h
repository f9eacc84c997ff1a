/*
 * How often a placement's transactions overrun a time: Y_j in [0, 1], the fraction of placement j's
 * transactions that failed or took longer than T. Two e-values with bets fixed in advance decide whether E[Y]
 * is small, whatever the dependence inside a placement. Products: the order of the placements changes
 * nothing. Source of the bets: Waudby-Smith & Ramdas 2024 (capital processes); they equal the likelihood
 * ratio at 0/1.
 */
#ifndef NFC_SURVEY_STATS_OVERRUN_H
#define NFC_SURVEY_STATS_OVERRUN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Evidence against E[Y] >= p, 0 < p < 1: ln of sum_i w_i prod_j (1 - l_i (Y_j - p)), l_i = (p - g_i)/(p (1 -
 * p)), with the bets g_i = 0, p/10, 3p/10, 6p/10 and the weights .5, .25, .15, .10. At least ln(1/beta) shows
 * E[Y] < p with confidence 1 - beta at any stopping time. Rises with p. -INFINITY when nothing is left of it.
 */
double overrun_log_against_slow(const double *y, size_t n, double p);

/*
 * Evidence against E[Y] <= p: ln of the mean over i of prod_j (1 + l_i (Y_j - p)), l_i = (h_i - p)/(p (1 -
 * p)), with h_i = p + (1 - p) {.05, .2, .5, .9}. At least ln(1/alpha) shows E[Y] > p at error alpha. Falls
 * with p.
 */
double overrun_log_against_quick(const double *y, size_t n, double p);

/* How many more placements without an overrun would give the first ln(1/beta); 0 when it has it, UINT64_MAX
 * when more than `most`. */
uint64_t overrun_missing(const double *y, size_t n, double p, double beta, uint64_t most);

#endif
