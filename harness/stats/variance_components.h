/*
 * Variance components of a crossed design with up to three random factors A, B, C, their interactions, clusters inside
 * of the combinations, and repeats inside of the clusters; unbalanced, by the method of moments: Henderson's Method I,
 * which sets the uncorrected sums of squares of each classification equal to their expectations, exactly linear in the
 * components whatever the numbers of measurements are. With equal numbers it is the analysis of variance.
 *
 *   y = mean of its stratum + A + B + AB + C + AC + BC + ABC + cluster + repeat
 *
 * Sources: Henderson, Biometrics 9 (1953) 226-252, Method I; Searle, Casella, McCulloch, Variance Components (Wiley
 * 1992), ch. 5.3 and appendix F; of 0/1 values on their own scale: Ridout, Demetrio, Firth, Biometrics 55 (1999)
 * 137-148. Pure.
 */
#ifndef NFC_SURVEY_STATS_VARIANCE_COMPONENTS_H
#define NFC_SURVEY_STATS_VARIANCE_COMPONENTS_H

#include <stdbool.h>
#include <stddef.h>

#define VARIANCE_FACTORS 3

/* Measurements with the same level of every factor, in clusters. */
struct variance_row {
    unsigned stratum;                 /* its mean is fixed: it is compared with its own rows alone */
    unsigned level[VARIANCE_FACTORS]; /* a factor that is not in the model has the same one in all rows */
    double n, sum, squares;           /* of the values: how many, their sum, that of their squares */
    double clusters, cluster_squares; /* how many, and the sum of their squared numbers of values */
    double cluster_sums;              /* over the clusters: the squared sum of its values, by their number */
};

/* A component: the factors that it is of, a bit each (1 A, 2 B, 3 AB, 4 C ...), or one of these. */
enum { VARIANCE_CLUSTER = 1 << VARIANCE_FACTORS, VARIANCE_REPEAT, VARIANCE_COMPONENTS };

struct variance_components {
    double estimate[VARIANCE_COMPONENTS]; /* may be negative, as moments are; NaN: not estimable */
    size_t levels[VARIANCE_COMPONENTS];   /* groups in all strata; of REPEAT the values */
};

/*
 * All components that the rows can tell apart; where each cluster has one value, what clusters vary by is REPEAT and
 * CLUSTER is not estimable. False: nothing is, as there are too few rows or their numbers hang together.
 * Out of memory is *failed.
 */
bool variance_components(const struct variance_row *rows, size_t count, struct variance_components *out,
                         bool *failed);

#endif
