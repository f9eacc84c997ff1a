#include "harness/verdict/characteristics.h"

#include "harness/stats/quadrature.h"
#include "harness/stats/trials.h"

#include <math.h>
#include <stdlib.h>

const struct population_part population_usual[] = {
    { 0.30, 0.002, 0.002 }, { 0.30, 0.005, 0.005 }, { 0.15, 0.010, 0.010 },
    { 0.05, 0.020, 0.020 }, { 0.10, 0.50, 1.00 },   { 0.10, 0.03, 0.30 },
};
const size_t population_usual_count = sizeof population_usual / sizeof *population_usual;

/* Probabilities of d among the paths that go on: decided d leave at both ends, so low..high stays narrow. */
struct band {
    double *alive;
    unsigned low, high;
};

static void lay(struct band *b, double q)
{
    b->alive[b->high + 1] = 0.0;
    for (unsigned d = b->high + 1; d > b->low; d--)
        b->alive[d] = b->alive[d] * (1.0 - q) + b->alive[d - 1] * q;
    b->alive[b->low] *= 1.0 - q;
    b->high++;
}

/* Takes out what n placements decide. False when no path goes on. */
static bool decide(const struct scheme_table *t, struct band *b, unsigned n, struct characteristics *out)
{
    unsigned low = UINT32_MAX, high = 0;
    for (unsigned d = b->low; d <= b->high; d++) {
        enum verdict v = verdict_of(t, n, d, VERDICT_SESSIONS_NEEDED, VERDICT_SESSIONS_NEEDED);
        if (v == VERDICT_UNDECIDED && n < t->scheme.n_max) {
            low = low < d ? low : d;
            high = d;
            continue;
        }
        double *chance = v == VERDICT_COMPATIBLE     ? &out->compatible
                         : v == VERDICT_INCOMPATIBLE ? &out->incompatible
                                                     : &out->undecided;
        *chance += b->alive[d];
        out->placements += n * b->alive[d];
        b->alive[d] = 0.0;
    }
    b->low = low;
    b->high = high;
    return low != UINT32_MAX;
}

/* `alive` has room for n_max + 2 numbers. */
static void operate(const struct scheme_table *t, double q, double *alive, struct characteristics *out)
{
    struct band b = { .alive = alive };
    *out = (struct characteristics) { 0 };
    alive[0] = 1.0;
    for (unsigned n = 1; n <= t->scheme.n_max; n++) {
        lay(&b, q);
        if (!decide(t, &b, n, out))
            break;
    }
}

static int no_memory(struct err *e)
{
    return err_set(e, ERR_MEMORY, "scheme", "out of memory");
}

int characteristics_at(const struct scheme_table *t, double q, struct characteristics *out, struct err *e)
{
    *out = (struct characteristics) { 0 };
    if (!(q >= 0.0 && q <= 1.0))
        return err_set(e, ERR_INPUT, "scheme", "q = %g: 0 <= q <= 1 is needed", q);
    double *alive = calloc(t->scheme.n_max + 2u, sizeof(*alive));
    if (!alive)
        return no_memory(e);
    operate(t, q, alive, out);
    free(alive);
    return 0;
}

static void add_weighted(struct characteristics *sum, double weight, const struct characteristics *c)
{
    sum->compatible += weight * c->compatible;
    sum->incompatible += weight * c->incompatible;
    sum->undecided += weight * c->undecided;
    sum->placements += weight * c->placements;
}

static int check_population(const struct population_part *parts, size_t count, struct err *e)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (!(parts[i].weight >= 0.0 && parts[i].low >= 0.0 && parts[i].low <= parts[i].high &&
              parts[i].high <= 1.0))
            return err_set(e, ERR_INPUT, "population",
                           "part %zu has weight %g and q from %g to %g: a weight of 0 or more and "
                           "0 <= low <= high <= 1 are needed",
                           i + 1, parts[i].weight, parts[i].low, parts[i].high);
        sum += parts[i].weight;
    }
    if (!(fabs(sum - 1.0) <= 1e-9))
        return err_set(e, ERR_INPUT, "population", "the weights have the sum %g: 1 is needed", sum);
    return 0;
}

int characteristics_of(const struct scheme_table *t, const struct population_part *parts, size_t count,
                       struct characteristics *out, struct err *e)
{
    size_t points = t->scheme.n_max / 2u + 1u;
    *out = (struct characteristics) { 0 };
    int rc = check_population(parts, count, e);
    if (rc != 0)
        return rc;
    double *alive = calloc(t->scheme.n_max + 2u, sizeof(*alive));
    double *nodes = calloc(points, sizeof(*nodes));
    double *weights = calloc(points, sizeof(*weights));
    if (!alive || !nodes || !weights) {
        rc = no_memory(e);
        goto out;
    }
    quadrature_legendre(points, nodes, weights);
    for (size_t i = 0; i < count; i++) {
        double middle = (parts[i].low + parts[i].high) / 2.0, half = (parts[i].high - parts[i].low) / 2.0;
        struct characteristics c;
        if (half == 0.0) {
            operate(t, middle, alive, &c);
            add_weighted(out, parts[i].weight, &c);
        }
        for (size_t k = 0; half > 0.0 && k < points; k++) {
            operate(t, middle + half * nodes[k], alive, &c);
            add_weighted(out, parts[i].weight * weights[k] / 2.0, &c);
        }
    }
out:
    free(alive);
    free(nodes);
    free(weights);
    return rc;
}

/* The n that c asks for, at q1, rises with c; at the same c a greater n only rejects more at q0. So the first
 * c whose smallest n also keeps alpha gives the smallest plan. */
int fixed_plan(double q0, double q1, double alpha, double beta, unsigned *n, unsigned *c, struct err *e)
{
    if (!(q0 > 0.0 && q0 < q1 && q1 < 1.0 && alpha > 0.0 && alpha < 1.0 && beta > 0.0 && beta < 1.0))
        return err_set(e, ERR_INPUT, "plan",
                       "q0 = %g, q1 = %g, alpha = %g, beta = %g: 0 < q0 < q1 < 1 and errors between 0 and 1 "
                       "are needed",
                       q0, q1, alpha, beta);
    for (unsigned limit = 0; limit < FIXED_PLAN_MAX; limit++) {
        uint64_t size;
        if (!trials_needed(q1, 1.0 - beta, limit, &size) || size > FIXED_PLAN_MAX)
            break;
        if (trials_at_least(size, limit + 1u, q0) <= alpha) {
            *n = (unsigned)size;
            *c = limit;
            return 0;
        }
    }
    return err_set(e, ERR_LIMIT, "plan", "a fixed sample takes more than %d placements", FIXED_PLAN_MAX);
}
