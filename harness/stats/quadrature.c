#include "harness/stats/quadrature.h"

#include <math.h>

#define STEPS_MAX 100 /* of Newton's method, which takes four to six */
#define PI        3.14159265358979323846

/* P_m(x) by (k + 1) P_(k+1) = (2 k + 1) x P_k - k P_(k-1), and its derivative. */
static double legendre(size_t m, double x, double *slope)
{
    double before = 1.0, here = x;
    for (size_t k = 1; k < m; k++) {
        double next = ((2.0 * (double)k + 1.0) * x * here - (double)k * before) / ((double)k + 1.0);
        before = here;
        here = next;
    }
    *slope = (double)m * (x * here - before) / (x * x - 1.0);
    return here;
}

void quadrature_legendre(size_t m, double *nodes, double *weights)
{
    for (size_t i = 0; i < m; i++) {
        double slope = 0.0, step = 1.0;
        double x = cos(PI * ((double)i + 0.75) / ((double)m + 0.5)); /* within 1/m^2 of the root */
        for (int steps = 0; steps < STEPS_MAX && fabs(step) > 1e-15; steps++) {
            step = legendre(m, x, &slope) / slope;
            x -= step;
        }
        legendre(m, x, &slope);
        nodes[i] = x;
        weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
}
