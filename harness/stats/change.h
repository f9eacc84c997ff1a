/*
 * Did it change between two samples? Shares of dirty placements, each sample stopped by any rule, and times
 * that come in groups.
 *
 * The test of q_a = q_b is an e-value: the likelihood of both samples under a fixed prior W(q_a, q_b),
 * divided by their greatest likelihood under q_a = q_b = q. For the true q the quotient with L(q) below the
 * line is a product of two likelihood ratios of independent samples, averaged over W: its expectation is at
 * most 1 at whatever placement either sample stopped, also when b was planned from a. The greatest likelihood
 * is no smaller than that of the true q, so the e-value is at most that quotient (Robbins 1970; Ville 1939;
 * Turner, Ly & Grunwald 2024 have other priors for the same problem; Wasserman, Ramdas & Balakrishnan 2020
 * the maximum below the line). Fisher's p would need both n fixed beforehand, and is not used. Placements are
 * taken as the trials: what happens inside one, and how alike its transactions are, does not enter.
 *
 * Pure: no I/O, no state.
 */
#ifndef NFC_SURVEY_STATS_CHANGE_H
#define NFC_SURVEY_STATS_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* d_a of n_a placements dirty in the one sample, d_b of n_b in the other. */
struct change_counts {
    uint64_t n_a, d_a, n_b, d_b;
};

/* ln of the e-value against q_a = q_b; 0 when a sample is empty. The same with a and b swapped. */
double change_log_evalue(const struct change_counts *c);

/*
 * [low, high] holds q_b - q_a with `confidence` at every moment of both samples: all differences that the
 * same e-value does not refuse, so it excludes 0 exactly when change_log_evalue() >= -ln(1 - confidence), but
 * for 10^-12. Bounds are rounded outwards. [-1, 1] when a sample is empty.
 */
void change_interval(const struct change_counts *c, double confidence, double *low, double *high);

/*
 * With a and n_b as they are: the d_b nearest to a's share, above it (or below it), whose e-value reaches
 * log_e. False when none does: no change that way could have been seen.
 */
bool change_visible(const struct change_counts *c, double log_e, bool above, uint64_t *d_b);

/* How far the e-value speaks for a change, and which way: +-max(0, 1 - 1/e), plus where b is dirtier.
 * Swapping a and b turns the sign and nothing else. 0 when a sample is empty. */
double change_score(const struct change_counts *c);

/*
 * ln of an e-value against "a and b could be swapped in each of these": scores in [-1, 1] whose sign would be
 * a fair coin's, one independent of the other. The mean over both ways and over stakes s of 1, 0.9, 0.7 and
 * 0.4 of the product of 1 +- s score; at most 2 a score, so a single one never shows anything. It needs no
 * independence inside a score: sessions that are good or bad as a whole, and placements that are alike, are
 * in both samples alike. *way: 1, -1 or 0, which of the two ways gives more.
 */
double change_signs(const double *scores, size_t count, int *way);

/*
 * Two-sided p of the rank sum test (Wilcoxon 1945; Mann & Whitney 1947) of two sets of independent values:
 * exact without ties and for n_a n_b <= 1000, else by the normal with the correction for ties and continuity,
 * as R's wilcox.test. NaN when a set is empty or no two values differ. False: out of memory.
 */
bool change_rank_sum(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, double *p)
    __attribute__((warn_unused_result));

/* An estimate above 0 with its interval, of one sample. */
struct change_estimate {
    double value, low, high;
};

/*
 * b / a with the interval that theirs give: on the log scale the distances to the limits add as standard
 * errors do (MOVER: Zou & Donner, Statistics in Medicine 27, 2008).
 */
void change_ratio(const struct change_estimate *a, const struct change_estimate *b,
                  struct change_estimate *out);

#endif
