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

/* Paths less likely than this end where they are, as undecided: all together they are no 1e-12. */
#define UNLIKELY 1e-24

/*
 * Probabilities of (d, s, suspect ones running) among the paths that go on, after so many placements: for each s a row
 * of d a number of running ones. Decided d leave at both ends, so that low..high stays narrow; low > high: no path has
 * this s.
 */
struct paths {
    double *alive; /* [s][run][d], `width` numbers each */
    unsigned *low, *high;
    unsigned width, rows;   /* rows: s up to rows - 1 have been met */
    unsigned runs, run_max; /* runs: 0..run_max, the last of which ends; 1: they are not told apart */
};

struct chances {
    double clean, dirty, suspect;
};

static double *row_of(const struct paths *p, unsigned s, unsigned run)
{
    return p->alive + ((size_t)s * p->runs + run) * p->width;
}

static double sum_of_runs(const struct paths *p, unsigned s, unsigned d)
{
    double sum = 0.0;
    for (unsigned run = 0; run < p->runs; run++)
        sum += row_of(p, s, run)[d];
    return sum;
}

/* Its d as clean and dirty placements leave them, and those that suspect ones bring from the row before. */
static void lay_one(struct paths *p, const struct chances *c, unsigned s, unsigned d, bool has, bool gets)
{
    double counted = has && d >= p->low[s] && d <= p->high[s] ? sum_of_runs(p, s, d) * c->clean : 0.0;
    if (has && d > p->low[s] && d <= p->high[s] + 1)
        counted += sum_of_runs(p, s, d - 1) * c->dirty;
    row_of(p, s, 0)[d] = counted;
    gets = gets && d >= p->low[s - 1] && d <= p->high[s - 1];
    for (unsigned run = 1; run < p->runs; run++)
        row_of(p, s, run)[d] = gets ? row_of(p, s - 1, run - 1)[d] * c->suspect : 0.0;
    if (p->runs == 1 && gets)
        row_of(p, s, 0)[d] += row_of(p, s - 1, 0)[d] * c->suspect;
}

/* One placement more. From the highest s and d down, so that each number is read before it is written. */
static void lay(struct paths *p, const struct chances *c)
{
    unsigned rows = p->rows;
    if (c->suspect > 0)
        p->rows++;
    for (unsigned s = p->rows; s-- > 0;) {
        bool has = s < rows && p->low[s] <= p->high[s];
        bool gets = c->suspect > 0 && s > 0 && p->low[s - 1] <= p->high[s - 1];
        unsigned low = has ? p->low[s] : UINT32_MAX, high = has ? p->high[s] + 1 : 0;
        if (gets) {
            low = p->low[s - 1] < low ? p->low[s - 1] : low;
            high = p->high[s - 1] > high ? p->high[s - 1] : high;
        }
        if (low > high)
            continue;
        for (unsigned d = high + 1; d-- > low;)
            lay_one(p, c, s, d, has, gets);
        p->low[s] = low;
        p->high[s] = high;
    }
}

/* Takes out of row s what so many placements decide. False when no path of it goes on. */
static bool decide_row(const struct scheme_table *t, struct paths *p, unsigned placements, unsigned s,
                       struct characteristics *out)
{
    unsigned low = UINT32_MAX, high = 0;
    for (unsigned d = p->low[s]; d <= p->high[s]; d++) {
        enum verdict v = verdict_by_bounds(t, placements - s, d, s);
        bool over = v != VERDICT_UNDECIDED || placements >= verdict_n_max(t, s);
        double *chance = v == VERDICT_COMPATIBLE     ? &out->compatible
                         : v == VERDICT_INCOMPATIBLE ? &out->incompatible
                                                     : &out->undecided;
        for (unsigned run = 0; run < p->runs; run++) {
            double *alive = &row_of(p, s, run)[d];
            if (!over && *alive >= UNLIKELY && (p->runs == 1 || run < p->run_max)) {
                low = low < d ? low : d;
                high = d;
                continue;
            }
            *chance += *alive;
            out->placements += placements * *alive;
            *alive = 0.0;
        }
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
    for (unsigned run = 0; run < p->runs; run++)
        row_of(p, 0, run)[0] = run == 0 ? 1.0 : 0.0;
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

static int check_instrument(const struct scheme_table *t, const struct instrument *i, struct err *e)
{
    if (!(i->invalid >= 0 && i->invalid <= 1 && i->hidden >= 0 && i->hidden <= 1))
        return err_set(
            e, ERR_INPUT, "instrument",
            "%g of the placements invalid and %g of the failures hidden: shares from 0 to 1 are needed",
            i->invalid, i->hidden);
    if (has_suspects(i) && t->scheme.n_max > INSTRUMENT_N_MAX)
        return err_set(
            e, ERR_LIMIT, "instrument",
            "n_max = %u: what invalid placements do is computed for schemes of up to %d placements; "
            "take a smaller n_max",
            t->scheme.n_max, INSTRUMENT_N_MAX);
    return 0;
}

static int paths_make(const struct scheme_table *t, const struct instrument *i, struct paths *out,
                      struct err *e)
{
    size_t rows = has_suspects(i) ? t->size + 2u : 1u;
    int rc = check_instrument(t, i, e);
    *out = (struct paths) { .width = t->size + 2u,
                            .runs = has_suspects(i) ? i->run_max + 1 : 1,
                            .run_max = i->run_max };
    if (rc != 0)
        return rc;
    out->alive = calloc(rows * out->runs * out->width, sizeof(*out->alive));
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
