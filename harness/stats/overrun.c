/*
 * Capital processes with fixed bets. A placement with fraction y multiplies the bet on g by
 * (1 - y) (1 - g)/(1 - p) + y g/p: the two likelihood ratios, mixed in the placement's own proportion.
 * Its mean is at most 1 wherever E[y] is on the null's side, since it is linear in y. Pure: no I/O, no state.
 */
#include "harness/stats/overrun.h"

#include <math.h>

#define BETS 4

/* Half of the capital bets that no transaction overruns: 64 clean placements where 59 are the least for
 * any. */
static const double slow_part[BETS] = { 0.0, 0.1, 0.3, 0.6 };
static const double slow_weight[BETS] = { 0.5, 0.25, 0.15, 0.1 };
static const double quick_part[BETS] = { 0.05, 0.2, 0.5, 0.9 };

static double log_sum(const double terms[BETS])
{
    double largest = -INFINITY, sum = 0.0;
    for (int i = 0; i < BETS; i++)
        largest = fmax(largest, terms[i]);
    if (isinf(largest))
        return largest;
    for (int i = 0; i < BETS; i++)
        sum += exp(terms[i] - largest);
    return largest + log(sum);
}

/* ln of the product over all placements for the bet that g is the mean, against p. */
static double log_product(const double *y, size_t n, double p, double g)
{
    double clean = (1.0 - g) / (1.0 - p), over = g / p, sum = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += log((1.0 - y[j]) * clean + y[j] * over);
    return sum;
}

static void slow_terms(const double *y, size_t n, double p, double out[BETS])
{
    for (int i = 0; i < BETS; i++)
        out[i] = log(slow_weight[i]) + log_product(y, n, p, slow_part[i] * p);
}

double overrun_log_against_slow(const double *y, size_t n, double p)
{
    double terms[BETS];
    slow_terms(y, n, p, terms);
    return log_sum(terms);
}

double overrun_log_against_quick(const double *y, size_t n, double p)
{
    double terms[BETS];
    for (int i = 0; i < BETS; i++)
        terms[i] = log_product(y, n, p, p + (1.0 - p) * quick_part[i]) - log((double)BETS);
    return log_sum(terms);
}

uint64_t overrun_missing(const double *y, size_t n, double p, double beta, uint64_t most)
{
    double terms[BETS];
    uint64_t low = 0, high = most;
    slow_terms(y, n, p, terms);
    while (low <= high) {
        double after[BETS];
        uint64_t middle = low + (high - low) / 2;
        for (int i = 0; i < BETS; i++)
            after[i] = terms[i] + (double)middle * log((1.0 - slow_part[i] * p) / (1.0 - p));
        if (log_sum(after) < -log(beta))
            low = middle + 1;
        else if (middle == 0)
            return 0;
        else
            high = middle - 1;
    }
    return low <= most ? low : UINT64_MAX;
}
