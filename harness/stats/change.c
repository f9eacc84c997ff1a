#include "harness/stats/change.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/*
 * The prior: cells are good, broken or anything. Its weights were chosen once, for the numbers at which
 * schemes stop (15 or 31 clean, 3 of 3 dirty), and are the same for a and b. The guarantee holds whatever
 * they are.
 */
enum shape { GOOD, BROKEN, ANYTHING, SHAPES };
static const double shapes[SHAPES][2] = {
    [GOOD] = { 0.5, 40.0 }, [BROKEN] = { 4.0, 0.25 }, [ANYTHING] = { 0.5, 0.5 }
};
static const struct {
    enum shape a, b;
    double weight;
} prior[] = {
    { GOOD, GOOD, 0.1 },      { GOOD, BROKEN, 0.25 },   { BROKEN, GOOD, 0.25 },
    { GOOD, ANYTHING, 0.15 }, { ANYTHING, GOOD, 0.15 }, { ANYTHING, ANYTHING, 0.1 },
};
#define PARTS (sizeof prior / sizeof *prior)

#define HALVINGS  50   /* of [0, 1]: to about 10^-15 */
#define EXACT_MAX 1000 /* n_a n_b up to which the rank sum's distribution is summed up */

static double log_sum(const double *logs, size_t count)
{
    double greatest = -INFINITY, sum = 0.0;
    for (size_t i = 0; i < count; i++)
        greatest = fmax(greatest, logs[i]);
    if (isinf(greatest))
        return greatest;
    for (size_t i = 0; i < count; i++)
        sum += exp(logs[i] - greatest);
    return greatest + log(sum);
}

/* ln of the likelihood of both samples under the prior. */
static double log_mixture(const struct change_counts *c)
{
    double own_a[SHAPES], own_b[SHAPES], parts[PARTS];
    for (int s = 0; s < SHAPES; s++) {
        double x = shapes[s][0], y = shapes[s][1], base = lbeta(x, y);
        own_a[s] = lbeta(x + (double)c->d_a, y + (double)(c->n_a - c->d_a)) - base;
        own_b[s] = lbeta(x + (double)c->d_b, y + (double)(c->n_b - c->d_b)) - base;
    }
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = log(prior[i].weight) + own_a[prior[i].a] + own_b[prior[i].b];
    return log_sum(parts, PARTS);
}

static double times_log(uint64_t count, double x)
{
    return count == 0 ? 0.0 : (double)count * log(x);
}

static double log_likelihood(const struct change_counts *c, double q_a, double q_b)
{
    return times_log(c->d_a, q_a) + times_log(c->n_a - c->d_a, 1.0 - q_a) + times_log(c->d_b, q_b) +
           times_log(c->n_b - c->d_b, 1.0 - q_b);
}

double change_log_evalue(const struct change_counts *c)
{
    if (c->n_a == 0 || c->n_b == 0)
        return 0.0;
    double pooled = (double)(c->d_a + c->d_b) / (double)(c->n_a + c->n_b);
    return log_mixture(c) - log_likelihood(c, pooled, pooled);
}

static double quotient(uint64_t count, double x)
{
    return count == 0 ? 0.0 : (double)count / x;
}

/* The greatest log likelihood with q_b = q_a + delta: it is concave in q_a, so its slope is halved upon. */
static double greatest_at(const struct change_counts *c, double delta)
{
    double low = fmax(0.0, -delta), high = fmin(1.0, 1.0 - delta);
    for (int i = 0; i < HALVINGS; i++) {
        double q = low + (high - low) / 2.0;
        double slope = quotient(c->d_a, q) - quotient(c->n_a - c->d_a, 1.0 - q) +
                       quotient(c->d_b, q + delta) - quotient(c->n_b - c->d_b, 1.0 - q - delta);
        if (slope > 0.0)
            low = q;
        else
            high = q;
    }
    double q = low + (high - low) / 2.0;
    return log_likelihood(c, fmin(1.0, fmax(0.0, q)), fmin(1.0, fmax(0.0, q + delta)));
}

/* The bound on the side of `end`: concave in q_a and delta together, so the greatest over q_a is in delta. */
static double bound(const struct change_counts *c, double least, double inside, double end)
{
    if (greatest_at(c, end) > least)
        return end;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = inside + (end - inside) / 2.0;
        if (greatest_at(c, middle) > least)
            inside = middle;
        else
            end = middle;
    }
    return end;
}

void change_interval(const struct change_counts *c, double confidence, double *low, double *high)
{
    *low = -1.0;
    *high = 1.0;
    if (c->n_a == 0 || c->n_b == 0)
        return;
    double least = log_mixture(c) + log1p(-confidence);
    double difference = (double)c->d_b / (double)c->n_b - (double)c->d_a / (double)c->n_a;
    *low = bound(c, least, difference, -1.0);
    *high = bound(c, least, difference, 1.0);
}

bool change_visible(const struct change_counts *c, double log_e, bool above, uint64_t *d_b)
{
    struct change_counts tried = *c;
    if (c->n_a == 0 || c->n_b == 0)
        return false;
    double same = (double)c->d_a * (double)c->n_b / (double)c->n_a;
    double first = above ? ceil(same) : floor(same);
    for (double d = first; d >= 0.0 && d <= (double)c->n_b; d += above ? 1.0 : -1.0) {
        tried.d_b = (uint64_t)d;
        if (change_log_evalue(&tried) >= log_e) {
            *d_b = tried.d_b;
            return true;
        }
    }
    return false;
}

double change_score(const struct change_counts *c)
{
    double log_e = change_log_evalue(c);
    if (c->n_a == 0 || c->n_b == 0 || log_e <= 0.0)
        return 0.0;
    double a = (double)c->d_a / (double)c->n_a, b = (double)c->d_b / (double)c->n_b;
    return b > a ? -expm1(-log_e) : expm1(-log_e);
}

double change_signs(const double *scores, size_t count, int *way)
{
    static const double stakes[] = { 1.0, 0.9, 0.7, 0.4 }, weights[] = { 0.4, 0.25, 0.2, 0.15 };
    enum { STAKES = sizeof stakes / sizeof *stakes };
    double sums[2], products[STAKES];
    for (int w = 0; w < 2; w++) {
        for (size_t s = 0; s < STAKES; s++) {
            products[s] = log(weights[s] / 2.0);
            for (size_t i = 0; i < count; i++)
                products[s] += log1p((w == 0 ? stakes[s] : -stakes[s]) * scores[i]);
        }
        sums[w] = log_sum(products, STAKES);
    }
    *way = (sums[0] > sums[1]) - (sums[0] < sums[1]);
    return log_sum(sums, 2);
}

struct ranked {
    uint64_t value;
    bool of_a;
};

static int compare_ranked(const void *left, const void *right)
{
    uint64_t a = ((const struct ranked *)left)->value, b = ((const struct ranked *)right)->value;
    return (a > b) - (a < b);
}

/* Mann & Whitney's statistic of a, ties by their mean rank; *ties: the sum of t^3 - t over groups of equal
 * ones. */
static double statistic_of(const struct ranked *all, size_t count, size_t n_a, double *ties)
{
    double sum = 0.0;
    *ties = 0.0;
    for (size_t i = 0, end; i < count; i = end) {
        size_t of_a = 0;
        for (end = i; end < count && all[end].value == all[i].value; end++)
            of_a += all[end].of_a;
        double t = (double)(end - i);
        sum += (double)of_a * ((double)i + (t + 1.0) / 2.0);
        *ties += t * t * t - t;
    }
    return sum - (double)n_a * ((double)n_a + 1.0) / 2.0;
}

static double rank_sum_p(double u, double n_a, double n_b, double ties)
{
    double n = n_a + n_b, away = u - n_a * n_b / 2.0;
    if (ties == 0.0 && n_a * n_b <= EXACT_MAX) {
        double p = away > 0.0 ? pwilcox(u - 1.0, n_a, n_b, 0, 0) : pwilcox(u, n_a, n_b, 1, 0);
        return fmin(1.0, 2.0 * p);
    }
    double variance = n_a * n_b / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    if (!(variance > 0.0))
        return NAN;
    double z = fmax(0.0, fabs(away) - 0.5) / sqrt(variance);
    return fmin(1.0, 2.0 * pnorm(z, 0.0, 1.0, 0, 0));
}

bool change_rank_sum(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, double *p)
{
    double ties = 0.0;
    *p = NAN;
    if (n_a == 0 || n_b == 0)
        return true;
    struct ranked *all = malloc((n_a + n_b) * sizeof *all);
    if (!all)
        return false;
    for (size_t i = 0; i < n_a; i++)
        all[i] = (struct ranked) { a[i], true };
    for (size_t i = 0; i < n_b; i++)
        all[n_a + i] = (struct ranked) { b[i], false };
    qsort(all, n_a + n_b, sizeof *all, compare_ranked);
    double u = statistic_of(all, n_a + n_b, n_a, &ties);
    free(all);
    *p = rank_sum_p(u, (double)n_a, (double)n_b, ties);
    return true;
}

void change_ratio(const struct change_estimate *a, const struct change_estimate *b,
                  struct change_estimate *out)
{
    double down = hypot(log(b->value / b->low), log(a->high / a->value));
    double up = hypot(log(b->high / b->value), log(a->value / a->low));
    out->value = b->value / a->value;
    out->low = out->value * exp(-down);
    out->high = out->value * exp(up);
}
