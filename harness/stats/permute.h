/*
 * Permutation tests of effects: exact under the null of exchangeable values, whatever their distribution.
 * p = (1 + number of permutations with at least the statistic seen) / (1 + permutations). Draws are keyed:
 * the same key, data and order give the same p. Pure.
 */
#ifndef NFC_SURVEY_STATS_PERMUTE_H
#define NFC_SURVEY_STATS_PERMUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERMUTE_COLUMNS_MAX 1000 /* columns of a table, and values under labels */
#define PERMUTE_LABELS_MAX  1000

/* values[row * row_step + column * column_step]; NaN: missing. Swapping rows and columns is swapping the
 * steps. */
struct permute_table {
    const double *values;
    size_t rows, columns, row_step, column_step;
};

struct permute_result {
    bool possible; /* false: too few values, or no permutation changes anything; p is then 1 */
    double statistic, p;
    unsigned permutations;
};

/*
 * Main effect of the columns: values are permuted among the columns inside each row, missing ones stay
 * missing. Statistic: sum over columns of count * (column mean - grand mean)^2, which for a full table is the
 * plain sum of squares of the column means, times the rows. Means, not ranks: a few bad rows must count.
 */
struct permute_result permute_columns(const struct permute_table *t, unsigned permutations, uint64_t key);

/* Effect of a label carried by whole units: labels (each below PERMUTE_LABELS_MAX) are permuted among count
 * units. */
struct permute_result permute_labels(const double *values, const unsigned *labels, size_t count,
                                     unsigned permutations, uint64_t key);

/* The smallest p that any data with these labels could reach: 1 / number of different arrangements. */
double permute_labels_floor(const unsigned *labels, size_t count);

#endif
