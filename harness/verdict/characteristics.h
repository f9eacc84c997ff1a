/*
 * What a scheme does, computed exactly before anything runs: the chances of its three verdicts and the
 * expected number of placements, for a cell of a given P(dirty) = q and for a population of cells.
 *
 * Placements are independent, and the decision is that of verdict_of() after every placement, its rules of
 * VERDICT_SESSIONS_NEEDED sessions taken as met: the plan spreads the acceptance number over the sessions
 * (verdict_session_target), so a cell that reaches it has placements in each of them. What a refusal in a second
 * session costs beside is not in it.
 */
#ifndef NFC_SURVEY_VERDICT_CHARACTERISTICS_H
#define NFC_SURVEY_VERDICT_CHARACTERISTICS_H

#include "harness/base/err.h"
#include "harness/verdict/verdict.h"

#include <stddef.h>

struct characteristics {
    double compatible, incompatible, undecided; /* probabilities: their sum is 1 within 1e-12 */
    double placements; /* expected number, suspect ones too, of a cell that stops at its verdict */
};

/*
 * Suspect placements: each one ends `invalid` with probability `invalid`, whatever the phone would have done; and so
 * does a share `hidden` of those that would have been dirty. 0 and 0: there are none. A cell with `run_max` of them
 * running is left undecided, as instruments have closed it; 0: never.
 */
struct instrument {
    double invalid, hidden;
    unsigned run_max;
};

#define INSTRUMENT_N_MAX 500 /* of a scheme with suspect placements: they take a dimension more */

/* Of a cell with the given q, 0 <= q <= 1 (else ERR_INPUT), by dynamic programming over (n, d). */
int characteristics_at(const struct scheme_table *t, double q, struct characteristics *out, struct err *e)
    __attribute__((warn_unused_result));

/* The same with an instrument, over (n, d, s) and the suspect ones running. ERR_INPUT for a probability outside [0, 1],
 * ERR_LIMIT for a scheme past INSTRUMENT_N_MAX. */
int characteristics_with(const struct scheme_table *t, double q, const struct instrument *instrument,
                         struct characteristics *out, struct err *e) __attribute__((warn_unused_result));

/* A population of cells: parts with q uniform in [low, high] (low == high: a point). */
struct population_part {
    double weight, low, high;
};

/*
 * The population that schemes are planned for, assumed and not field data: 80 % good cells with q of 0.2 to
 * 2 %, 10 % broken ones (uniform from 50 to 100 %), 10 % marginal ones (uniform from 3 to 30 %). The study
 * that used it ("population Q") does not say how the good ones lie in their range. The four points here are
 * the only weights in steps of 5 % of all cells at 0.2, 0.5, 1 and 2 % that give its figures within 0.06: the
 * expected placements of STANDARD (32.9 at alpha 5 %, 34.1 at 0.5 %), SCREEN (15.9) and STRICT (75.8), and
 * 3.4 % undecided.
 */
extern const struct population_part population_usual[];
extern const size_t population_usual_count;

/*
 * The same for a cell drawn from a population, whose weights (0 or more) have the sum 1: ERR_INPUT otherwise.
 * Every probability, and the expected number, is a polynomial in q of a degree of at most N_max as suspect placements can
 * move it, so the Gauss-Legendre rule of half as many points and one is exact over a part: only rounding is left, below 1e-12.
 */
int characteristics_of(const struct scheme_table *t, const struct population_part *parts, size_t count,
                       const struct instrument *instrument, struct characteristics *out, struct err *e)
    __attribute__((warn_unused_result));

#define FIXED_PLAN_MAX 100000 /* placements that fixed_plan() looks at */

/*
 * The smallest fixed-sample plan: accept when at most c of n placements are dirty, with
 * P(accept | q1) <= beta and P(reject | q0) <= alpha. ERR_LIMIT when it takes more than FIXED_PLAN_MAX.
 */
int fixed_plan(double q0, double q1, double alpha, double beta, unsigned *n, unsigned *c, struct err *e)
    __attribute__((warn_unused_result));

#endif
