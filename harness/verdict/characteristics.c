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

/*
 * Probabilities of (d, s) among the paths that go on, after so many placements: a row of d a number of suspect ones.
 * Decided d leave at both ends, so that low..high stays narrow; low > high: no path has this s.
 */
struct paths {
    double *alive; /* [s][d], `width` numbers a row */
    unsigned *low, *high;
    unsigned width, rows; /* rows: s up to rows - 1 have been met */
};

struct chances {
    double clean, dirty, suspect;
};

static double *row_of(const struct paths *p, unsigned s)
{
    return p->alive + (size_t)s * p->width;
}

/* Into row s: what it had by a clean or a dirty placement, and what the row before it had by a suspect one. From the
 * highest s and d down, so that each number is read before it is written. */
static void lay(struct paths *p, const struct chances *c)
{
    unsigned rows = p->rows;
    if (c->suspect > 0)
        p->rows++;
    for (unsigned s = p->rows; s-- > 0;) {
        double *to = row_of(p, s), *from = s > 0 ? row_of(p, s - 1) : NULL;
        bool has = s < rows && p->low[s] <= p->high[s], gets = from && p->low[s - 1] <= p->high[s - 1];
        unsigned low = has ? p->low[s] : UINT32_MAX, high = has ? p->high[s] + 1 : 0;
        if (gets && c->suspect > 0) {
            low = p->low[s - 1] < low ? p->low[s - 1] : low;
            high = p->high[s - 1] > high ? p->high[s - 1] : high;
        }
        if (low > high)
            continue;
        for (unsigned d = high + 1; d-- > low;) {
            double stays = has && d >= p->low[s] && d <= p->high[s] ? to[d] * c->clean : 0.0;
            double soiled = has && d > p->low[s] && d <= p->high[s] + 1 ? to[d - 1] * c->dirty : 0.0;
            double hung = gets && d >= p->low[s - 1] && d <= p->high[s - 1] ? from[d] * c->suspect : 0.0;
            to[d] = stays + soiled + hung;
        }
        p->low[s] = low;
        p->high[s] = high;
    }
}

/* Takes out of row s what so many placements decide. False when no path of it goes on. */
static bool decide_row(const struct scheme_table *t, struct paths *p, unsigned placements, unsigned s,
                       struct characteristics *out)
{
    double *alive = row_of(p, s);
    unsigned low = UINT32_MAX, high = 0;
    for (unsigned d = p->low[s]; d <= p->high[s]; d++) {
        enum verdict v = verdict_by_bounds(t, placements - s, d, s);
        if (v == VERDICT_UNDECIDED && placements < verdict_n_max(t, s)) {
            low = low < d ? low : d;
            high = d;
            continue;
        }
        double *chance = v == VERDICT_COMPATIBLE     ? &out->compatible
                         : v == VERDICT_INCOMPATIBLE ? &out->incompatible
                                                     : &out->undecided;
        *chance += alive[d];
        out->placements += placements * alive[d];
        alive[d] = 0.0;
    }
    p->low[s] = low;
    p->high[s] = high;
    return low != UINT32_MAX;
}

static bool decide(const struct scheme_table *t, struct paths *p, unsigned placements,
                   struct characteristics *out)
{
    bool any = false;
    for (unsigned s = 0; s < p->rows; s++)
        any |= p->low[s] <= p->high[s] && decide_row(t, p, placements, s, out);
    return any;
}

static void operate(const struct scheme_table *t, double q, const struct instrument *i, struct paths *p,
                    struct characteristics *out)
{
    struct chances c = { .suspect = i->invalid + (1.0 - i->invalid) * q * i->hidden,
                         .dirty = (1.0 - i->invalid) * q * (1.0 - i->hidden),
                         .clean = (1.0 - i->invalid) * (1.0 - q) };
    *out = (struct characteristics) { 0 };
    for (unsigned s = 1; s <= t->size; s++) {
        p->low[s] = UINT32_MAX;
        p->high[s] = 0;
    }
    p->rows = 1;
    p->low[0] = p->high[0] = 0;
    p->alive[0] = 1.0;
    for (unsigned placements = 1; placements <= t->size; placements++) {
        lay(p, &c);
        if (!decide(t, p, placements, out))
            break;
    }
}

static int no_memory(struct err *e)
{
    return err_set(e, ERR_MEMORY, "scheme", "out of memory");
}

static bool has_suspects(const struct instrument *i)
{
    return i->invalid > 0 || i->hidden > 0;
}

static void paths_free(struct paths *p)
{
    free(p->alive);
    free(p->low);
    free(p->high);
}

static int paths_make(const struct scheme_table *t, const struct instrument *i, struct paths *out,
                      struct err *e)
{
    size_t rows = has_suspects(i) ? t->size + 2u : 1u;
    *out = (struct paths) { .width = t->size + 2u };
    if (!(i->invalid >= 0 && i->invalid <= 1 && i->hidden >= 0 && i->hidden <= 1))
        return err_set(
            e, ERR_INPUT, "instrument",
            "%g of the placements invalid and %g of the failures hidden: shares from 0 to 1 are needed",
            i->invalid, i->hidden);
    out->alive = calloc(rows * out->width, sizeof(*out->alive));
    out->low = calloc(t->size + 2u, sizeof(*out->low));
    out->high = calloc(t->size + 2u, sizeof(*out->high));
    if (out->alive && out->low && out->high)
        return 0;
    paths_free(out);
    return no_memory(e);
}

int characteristics_with(const struct scheme_table *t, double q, const struct instrument *instrument,
                         struct characteristics *out, struct err *e)
{
    struct paths paths;
    *out = (struct characteristics) { 0 };
    if (!(q >= 0.0 && q <= 1.0))
        return err_set(e, ERR_INPUT, "scheme", "q = %g: 0 <= q <= 1 is needed", q);
    int rc = paths_make(t, instrument, &paths, e);
    if (rc != 0)
        return rc;
    operate(t, q, instrument, &paths, out);
    paths_free(&paths);
    return 0;
}

int characteristics_at(const struct scheme_table *t, double q, struct characteristics *out, struct err *e)
{
    return characteristics_with(t, q, &(struct instrument) { 0 }, out, e);
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
                       const struct instrument *instrument, struct characteristics *out, struct err *e)
{
    size_t points = t->size / 2u + 1u;
    struct paths paths;
    *out = (struct characteristics) { 0 };
    int rc = check_population(parts, count, e);
    if (rc == 0)
        rc = paths_make(t, instrument, &paths, e);
    if (rc != 0)
        return rc;
    double *nodes = calloc(points, sizeof(*nodes));
    double *weights = calloc(points, sizeof(*weights));
    if (!nodes || !weights) {
        rc = no_memory(e);
        goto out;
    }
    quadrature_legendre(points, nodes, weights);
    for (size_t i = 0; i < count; i++) {
        double middle = (parts[i].low + parts[i].high) / 2.0, half = (parts[i].high - parts[i].low) / 2.0;
        struct characteristics c;
        if (half == 0.0) {
            operate(t, middle, instrument, &paths, &c);
            add_weighted(out, parts[i].weight, &c);
        }
        for (size_t k = 0; half > 0.0 && k < points; k++) {
            operate(t, middle + half * nodes[k], instrument, &paths, &c);
            add_weighted(out, parts[i].weight * weights[k] / 2.0, &c);
        }
    }
out:
    paths_free(&paths);
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
