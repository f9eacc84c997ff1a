/*
 * The two-tier scheme: what somebody meets who comes to one of several readers. Claimed of a handset, in one
 * condition and script, is that the mean over its readers of P(dirty) is at most scheme.mean, and that no
 * reader is above scheme.q1 ("each"). The unit is a row: the cells of one handset + sim, condition and script.
 *
 * Work goes in tours: reader r is visited weight_r times a tour, W = the sum of the weights, M = W t placements
 * in t tours. A row passes when
 *  (mean)     the e-value of the dirty ones of all M against scheme.mean reaches 1/beta, looked at only at ends
 *             of tours. Its prior Beta(1/2, 5/mean) is cut off at the mean: each theta < mean bets
 *             1 - l (X - mean), l > 0, on a placement, so a tour's factor has the expectation
 *             prod_r (1 - l (q_r - mean))^weight_r <= (1 - l (sum_r weight_r q_r / W - mean))^W
 *             by the inequality of the weighted arithmetic and geometric means, which is at most 1 when the
 *             weighted mean of q_r is at least scheme.mean, however the readers differ. So every mixture over
 *             theta is a test supermartingale at ends of tours, and Ville's inequality bounds a false
 *             acceptance by beta. Whole-number weights keep a tour's order free; fractions would not be placements.
 *  (each)     the counts of each reader are accepted against q1 as those of a cell are: all must be
 *             (intersection-union), so beta holds without a correction;
 *  (sessions) every cell has counted placements in VERDICT_SESSIONS_NEEDED sessions.
 * It fails when one of its cells is `incompatible` (verdict.h), or when mean or each can't be reached any more.
 *
 * A suspect placement is its tour's dirty one for acceptance, and what is made in its stead does not replace it;
 * for `incompatible` it is no dirty one.
 */
#ifndef NFC_SURVEY_VERDICT_TWO_TIER_H
#define NFC_SURVEY_VERDICT_TWO_TIER_H

#include "harness/base/err.h"
#include "harness/verdict/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define TWO_TIER_READERS 16           /* of a row */
#define TWO_TIER_WEIGHT  8            /* placements of a reader a tour, at most */
#define TWO_TIER_MARKS   COUNTS_MARKS /* placements of a cell, at most */

/* Two tiers are asked for. */
static inline bool scheme_is_two_tier(const struct scheme *s)
{
    return s->mean > 0.0;
}

/* Sets the mean of a scheme whose q1 is `each`; a preset changed so is named "own". ERR_INPUT as scheme_check(). */
int scheme_set_mean(struct scheme *s, double mean, struct err *e) __attribute__((warn_unused_result));

/*
 * Its tables. each[n]: most dirty ones (suspect ones too) of a reader's n placements that pass, n up to
 * each_size; mean[W][t]: most of the M = W t placements of t tours, t up to tours_size; -1: none. tours_size is
 * 5/3 of n_max: as far as suspect placements can move it.
 */
struct two_tier {
    struct scheme scheme;
    struct scheme_table cells; /* of the cells' own verdicts; q1 is `each` */
    unsigned tours_size, each_size, total_max;
    int *each;
    int *mean[TWO_TIER_READERS * TWO_TIER_WEIGHT + 1]; /* NULL where the survey has no such row */
};

/* For rows whose weights add up to at most total_max, none above weight_max. ERR_INPUT where a reader would get more
 * than TWO_TIER_MARKS placements, or the scheme has one tier. */
int two_tier_make(const struct scheme *s, unsigned weight_max, unsigned total_max, struct two_tier *out,
                  struct err *e) __attribute__((warn_unused_result));
void two_tier_free(struct two_tier *t);

/* A reader of a row: its cell, and the placements of it a tour: 1 unless readers are weighted. */
struct two_tier_reader {
    struct cell_counts counts;
    unsigned weight;
};

struct row_state {
    unsigned readers;         /* that it has */
    enum row_verdict verdict; /* NONE: no reader, the rest says nothing */
    enum row_test by;         /* passes: the one that came last can't be told, so MEAN */
    unsigned reader;          /* of CELL and EACH: index into the readers given */
    bool rests;               /* a cell is rejected so far: nothing is placed before the next session */
    unsigned tours;           /* t: complete tours */
    unsigned placements;      /* M = W t */
    unsigned dirty;           /* D: dirty and suspect ones of them */
    unsigned tours_max;       /* after which it is left; grows with suspect placements */
    unsigned missing; /* open: clean tours with which it would pass; 0: a session is all that is missing */
};

/* Of 1 to TWO_TIER_READERS readers whose weights are those that `t` was made for. A function of the counts alone. */
struct row_state two_tier_row(const struct two_tier *t, const struct two_tier_reader *readers,
                              unsigned count);

#endif
