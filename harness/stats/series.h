/*
 * Pairs and series: does the first differ from the rest, does something move with time, does one value follow
 * its neighbour. Distribution functions are R's (libRmath). Pure: no I/O, no state.
 */
#ifndef NFC_SURVEY_STATS_SERIES_H
#define NFC_SURVEY_STATS_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exact two-sided sign test: so many pairs differ one way and the other way (ties are no evidence and are
 * left out). 1 without a pair. */
double series_sign_test(uint64_t up, uint64_t down);

/* Spearman's rank correlation, ties by their mean rank; NaN when x or y does not vary. False: out of
 * memory. */
bool series_spearman(const double *x, const double *y, size_t n, double *rho)
    __attribute__((warn_unused_result));

/* Two-sided p of a correlation by Student's t with these degrees of freedom; NaN for NaN. */
double series_correlation_p(double rho, double degrees);

/* Least squares through the means: the slope with its two-sided interval; all NaN when x does not vary. */
struct series_slope {
    double slope, low, high;
};
void series_slope(const double *x, const double *y, size_t n, double degrees, double confidence,
                  struct series_slope *out);

/* sum e_i e_{i+1} / sum e_i^2: of residuals, whose mean is taken to be 0; NaN when they are all 0. */
double series_lag1(const double *residuals, size_t n);

#endif
