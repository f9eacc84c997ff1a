/*
 * What the two-tier scheme does, computed exactly before anything runs: by dynamic programming over what each
 * reader of a row has seen, in whole tours, without suspect placements, the two sessions taken as held (as in
 * characteristics.h: the plan spreads the tours over them).
 */
#ifndef NFC_SURVEY_VERDICT_TWO_TIER_CHANCES_H
#define NFC_SURVEY_VERDICT_TWO_TIER_CHANCES_H

#include "harness/base/err.h"
#include "harness/verdict/two_tier.h"

#include <stddef.h>

/* Readers whose P(dirty) is alike: q of each is drawn once, q[i] with the probability weights[i], whose sum is 1. */
struct reader_group {
    unsigned readers, weight; /* each is visited so often a tour */
    size_t count;
    const double *q, *weights;
};

struct row_chances {
    double passes, rejected,
        unreached;     /* rejected: by a cell that is incompatible; unreached: by N_max. Sum 1 */
    double placements; /* expected number a cell, of a row that stops at the end of its last tour */
    bool simulated;
    double error; /* simulated: standard error of the greatest of the three */
};

#define CHANCES_STATES    (1u << 16) /* that are followed at once; with more the chances are simulated */
#define CHANCES_SIMULATED 20000      /* rows */

/* Exact, within 1e-9; only where more than CHANCES_STATES would have to be followed, from CHANCES_SIMULATED rows drawn
 * by a fixed seed. The groups' weights must be those of `t`. */
int row_chances(const struct two_tier *t, const struct reader_group *groups, size_t count,
                struct row_chances *out, struct err *e) __attribute__((warn_unused_result));

/*
 * A population of handsets: each is of the kind good, broken or marginal of population_usual (characteristics.h), and
 * so is each of its cells with HANDSET_SHARE, else any kind as the population has them. The study's handsets are not
 * described; 0.8 gives its figures for STANDARD (34.0 placements a cell, 26.9 and 25.5 where only the list is wanted)
 * and for three schemes of two tiers (11.3, 14.0, 17.7).
 */
#define HANDSET_SHARE 0.8

struct population_chances {
    struct row_chances all, good; /* good: of handsets whose cells are all of the good kind */
    double above;                 /* of those that pass, the share with a reader at scheme.mean or above */
};
int row_chances_of_population(const struct two_tier *t, unsigned readers, struct population_chances *out,
                              struct err *e) __attribute__((warn_unused_result));

/*
 * A handset that must not pass: the mean over its readers is scheme.mean, `first` of them have q = q_first, the others
 * q_rest. accepted: exact chance that the mean test alone is met at any end of a tour up to N_max.
 */
struct worst_case {
    unsigned first;
    double q_first, q_rest, accepted;
};
#define WORST_CASES 4

/* All alike; one reader with everything; two with half each; one with 3.5 times the mean. As many as R readers, all of
 * weight 1, can have; returns their number. */
size_t worst_cases(const struct two_tier *t, unsigned readers, struct worst_case out[WORST_CASES]);

/* Chance that the mean test is met at any end of a tour: P(dirty) and weight of each reader. */
double mean_accepted(const struct two_tier *t, const double *q, const unsigned *weights, unsigned readers);

#endif
