/* Gauss-Legendre quadrature: the m-point rule is exact for polynomials up to degree 2 m - 1. */
#ifndef NFC_SURVEY_STATS_QUADRATURE_H
#define NFC_SURVEY_STATS_QUADRATURE_H

#include <stddef.h>

/* Nodes in (-1, 1), falling, and their weights, whose sum is 2, for m >= 1; right to a few 10^-15 for m up to
 * 1001. Newton's method on the three-term recurrence (Davis & Rabinowitz, Methods of Numerical Integration,
 * 2.7). */
void quadrature_legendre(size_t m, double *nodes, double *weights);

#endif
