#include "harness/verdict/suspicion.h"

#include "harness/stats/change.h"

#include <math.h>

/* x ln(x / y) with its limit at x = 0. */
static double term(double x, double y)
{
    return x > 0 ? x * log(x / y) : 0;
}

/* ln of the greatest likelihood ratio: no mixture has more, and it costs four logarithms. */
static double log_ratio(const struct change_counts *c)
{
    double n_a = (double)c->n_a, d_a = (double)c->d_a, n_b = (double)c->n_b, d_b = (double)c->d_b;
    double q = (d_a + d_b) / (n_a + n_b);
    return term(d_a, n_a * q) + term(n_a - d_a, n_a * (1 - q)) + term(d_b, n_b * q) +
           term(n_b - d_b, n_b * (1 - q));
}

static bool speaks_against(const struct change_counts *c)
{
    return c->d_a > 0 && c->n_b > 0 && (double)c->d_a * (double)c->n_b > (double)c->d_b * (double)c->n_a;
}

static struct change_counts counts_on(const struct suspicion *own, const struct suspicion *all)
{
    return (struct change_counts) {
        .n_a = own->placements,
        .d_a = own->suspects,
        .n_b = all->placements - own->placements,
        .d_b = all->suspects - own->suspects,
    };
}

/* A reader that speaks for the phone is left out where its e-value is above 1: that only lowers the product. */
static double factor(const struct suspicion *own, const struct suspicion *all,
                     double (*log_of)(const struct change_counts *), bool *against)
{
    struct change_counts c = counts_on(own, all);
    *against = false;
    if (c.n_a == 0 || c.n_b == 0)
        return 0;
    double one = log_of(&c);
    bool speaks = speaks_against(&c);
    *against = speaks && one > 0;
    return speaks || one < 0 ? one : 0;
}

static double sum_of(const struct suspicion *own, const struct suspicion *all, size_t readers,
                     double (*log_of)(const struct change_counts *), unsigned *against)
{
    double sum = 0;
    *against = 0;
    for (size_t r = 0; r < readers; r++) {
        bool speaks;
        sum += factor(&own[r], &all[r], log_of, &speaks);
        *against += speaks;
    }
    return sum;
}

double suspicion_log_evalue(const struct suspicion *own, const struct suspicion *all, bool *against)
{
    return factor(own, all, change_log_evalue, against);
}

double suspicion_needed(size_t handsets)
{
    return log(SUSPICION_EVALUE * (double)handsets);
}

bool suspicion_is_own(const struct suspicion *own, const struct suspicion *all, size_t readers,
                      size_t handsets)
{
    double needed = suspicion_needed(handsets);
    unsigned against;
    if (sum_of(own, all, readers, log_ratio, &against) < needed || against < SUSPICION_READERS)
        return false;
    return sum_of(own, all, readers, change_log_evalue, &against) >= needed && against >= SUSPICION_READERS;
}
