/*
 * Intraclass correlation: how much alike the transactions of one placement are, pooled over cells whose rates
 * differ. Shown, never fed into a verdict. Pure.
 */
#ifndef NFC_SURVEY_STATS_ICC_H
#define NFC_SURVEY_STATS_ICC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cell's placements of k transactions each: how many, the sum of their bad transactions, and of its
 * square. */
struct icc_cell {
    uint64_t placements, bad, bad_squared;
};

/*
 * rho = sum m (mean x(x-1)/(k(k-1)) - p2) / sum m (p - p2) over the cells with m >= 2 placements, p2 from
 * products of different placements. False when k < 2 or no cell varies: then there is nothing to estimate.
 */
bool icc_pooled(const struct icc_cell *cells, size_t count, unsigned k, double *rho);

#endif
