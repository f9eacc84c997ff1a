/*
 * Many tests at once: Holm's and Benjamini & Hochberg's adjusted p-values, e-BH, and Fisher's exact test of a
 * 2 x 2 table. Pure; the caller gives the memory. Sources: Holm 1979; Benjamini & Hochberg 1995; Wang &
 * Ramdas 2022; Fisher 1935, two-sided as R's fisher.test.
 */
#ifndef NFC_SURVEY_STATS_MULTIPLE_H
#define NFC_SURVEY_STATS_MULTIPLE_H

#include <stddef.h>
#include <stdint.h>

/* adjusted[i] <= level is the decision about test i; order is room for count indexes. */
void multiple_holm(const double *p, double *adjusted, size_t *order, size_t count); /* no false one at all */
void multiple_bh(const double *p, double *adjusted, size_t *order, size_t count);   /* share of false ones */

/*
 * e-BH on e-values of the present moment (never their running maxima): valid under any dependence. order[]
 * gets the indexes by falling e-value, equal ones by rising index; the first returned number of them make
 * the list whose expected share of false entries is at most level. An e-value of 0 has the logarithm
 * -INFINITY.
 */
size_t multiple_ebh(const double *log_e, size_t *order, size_t count, double level);

/* What each of `listed` entries out of count tests has to reach for e-BH to list them: ln(count / (level
 * listed)). */
double multiple_ebh_needed(size_t count, size_t listed, double level);

/* Two-sided p of the table [[a, b], [c, d]]: all tables with these margins that are no likelier than it. */
double multiple_fisher(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

#endif
