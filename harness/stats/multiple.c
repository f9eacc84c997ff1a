#include "harness/stats/multiple.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

static int compare_rising(const void *left, const void *right, void *context)
{
    const double *values = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (values[a] != values[b])
        return values[a] < values[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare_falling(const void *left, const void *right, void *context)
{
    const double *values = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (values[a] != values[b])
        return values[a] > values[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sort(const double *values, size_t *order, size_t count,
                 int (*compare)(const void *, const void *, void *))
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (count > 1)
        qsort_r(order, count, sizeof *order, compare, (void *)(uintptr_t)values);
}

void multiple_holm(const double *p, double *adjusted, size_t *order, size_t count)
{
    double greatest = 0.0;
    sort(p, order, count, compare_rising);
    for (size_t i = 0; i < count; i++) {
        greatest = fmax(greatest, fmin(1.0, (double)(count - i) * p[order[i]]));
        adjusted[order[i]] = greatest;
    }
}

void multiple_bh(const double *p, double *adjusted, size_t *order, size_t count)
{
    double least = 1.0;
    sort(p, order, count, compare_rising);
    for (size_t i = count; i > 0; i--) {
        least = fmin(least, (double)count / (double)i * p[order[i - 1]]);
        adjusted[order[i - 1]] = least;
    }
}

double multiple_ebh_needed(size_t count, size_t listed, double level)
{
    return log((double)count) - log(level) - log((double)listed);
}

size_t multiple_ebh(const double *log_e, size_t *order, size_t count, double level)
{
    sort(log_e, order, count, compare_falling);
    for (size_t listed = count; listed > 0; listed--)
        if (log_e[order[listed - 1]] >= multiple_ebh_needed(count, listed, level))
            return listed;
    return 0;
}

double multiple_fisher(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    double white = (double)(a + c), black = (double)(b + d), drawn = (double)(a + b);
    double low = fmax(0.0, drawn - black), high = fmin(drawn, white);
    double seen = dhyper((double)a, white, black, drawn, 0) * (1.0 + 1e-7); /* ties, as R has it */
    double p = 0.0;
    /* the probabilities rise to the mode and fall: each tail is summed up to its edge, which phyper does */
    double left = low - 1.0, right = high + 1.0;
    while (left < high && dhyper(left + 1.0, white, black, drawn, 0) <= seen)
        left += 1.0;
    if (left >= high)
        return 1.0;
    while (right > low && dhyper(right - 1.0, white, black, drawn, 0) <= seen)
        right -= 1.0;
    if (left >= low)
        p += phyper(left, white, black, drawn, 1, 0);
    if (right <= high)
        p += phyper(right - 1.0, white, black, drawn, 0, 0);
    return fmin(1.0, p);
}
