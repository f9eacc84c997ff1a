#include "harness/stats/series.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

double series_sign_test(uint64_t up, uint64_t down)
{
    uint64_t fewer = up < down ? up : down;
    double p = 2.0 * pbinom((double)fewer, (double)up + (double)down, 0.5, 1, 0);
    return p < 1.0 ? p : 1.0;
}

struct ranked {
    double value;
    size_t place;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

/* Replaces each value's entry in ranks by its rank, 1.., ties by their mean. */
static void rank(const double *values, size_t n, struct ranked *scratch, double *ranks)
{
    for (size_t i = 0; i < n; i++)
        scratch[i] = (struct ranked) { values[i], i };
    qsort(scratch, n, sizeof *scratch, compare_ranked);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !(scratch[end].value > scratch[i].value);)
            end++;
        for (size_t j = i; j < end; j++)
            ranks[scratch[j].place] = (double)(i + 1 + end) / 2.0;
    }
}

/* Sums of squares and products about the means. */
struct moments {
    double xx, yy, xy;
};

/* Counted from the first value, so that values which are all alike give exactly 0. */
static struct moments moments(const double *x, const double *y, size_t n)
{
    struct moments m = { 0 };
    double mean_x = 0.0, mean_y = 0.0;
    for (size_t i = 0; i < n; i++) {
        mean_x += (x[i] - x[0]) / (double)n;
        mean_y += (y[i] - y[0]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double dx = x[i] - x[0] - mean_x, dy = y[i] - y[0] - mean_y;
        m.xx += dx * dx;
        m.yy += dy * dy;
        m.xy += dx * dy;
    }
    return m;
}

bool series_spearman(const double *x, const double *y, size_t n, double *rho)
{
    struct ranked *scratch = calloc(n ? n : 1, sizeof *scratch);
    double *ranks = calloc(n ? 2 * n : 1, sizeof *ranks);
    bool done = scratch && ranks;
    *rho = NAN;
    if (done && n > 1) {
        rank(x, n, scratch, ranks);
        rank(y, n, scratch, ranks + n);
        struct moments m = moments(ranks, ranks + n, n);
        if (m.xx > 0.0 && m.yy > 0.0)
            *rho = m.xy / sqrt(m.xx * m.yy);
    }
    free(scratch);
    free(ranks);
    return done;
}

double series_correlation_p(double rho, double degrees)
{
    if (isnan(rho) || degrees < 1.0)
        return NAN;
    if (fabs(rho) >= 1.0)
        return 0.0;
    return 2.0 * pt(-fabs(rho) * sqrt(degrees / (1.0 - rho * rho)), degrees, 1, 0);
}

void series_slope(const double *x, const double *y, size_t n, double degrees, double confidence,
                  struct series_slope *out)
{
    struct moments m = moments(x, y, n);
    *out = (struct series_slope) { NAN, NAN, NAN };
    if (!(m.xx > 0.0) || degrees < 1.0)
        return;
    out->slope = m.xy / m.xx;
    double left = m.yy - out->slope * m.xy; /* sum of squared residuals */
    double error = sqrt((left > 0.0 ? left : 0.0) / degrees / m.xx);
    double reach = qt(1.0 - (1.0 - confidence) / 2.0, degrees, 1, 0) * error;
    out->low = out->slope - reach;
    out->high = out->slope + reach;
}

double series_lag1(const double *residuals, size_t n)
{
    double products = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        squares += residuals[i] * residuals[i];
        if (i + 1 < n)
            products += residuals[i] * residuals[i + 1];
    }
    return squares > 0.0 ? products / squares : NAN;
}
