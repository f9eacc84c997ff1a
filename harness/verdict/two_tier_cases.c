/* Handsets for which the two-tier scheme is computed: a population of them, and those that must not pass. */
#include "harness/verdict/two_tier_chances.h"

#include "harness/stats/quadrature.h"
#include "harness/verdict/characteristics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a population ---- */

/* What population_usual's parts are: its points are the good cells, then the broken, then the marginal ones. */
enum kind { KIND_GOOD, KIND_BROKEN, KIND_MARGINAL, KINDS };

static enum kind kind_of(const struct population_part *p)
{
    return p->low == p->high ? KIND_GOOD : p->low >= 0.5 ? KIND_BROKEN : KIND_MARGINAL;
}

/* All cells of the population as points: exact for polynomials in q of the degree of any number of placements. */
struct points {
    size_t count;
    double *q, *weights;
    enum kind *kinds;
    double shares[KINDS];
};

static void add_part(struct points *p, const struct population_part *part, double weight, size_t nodes,
                     const double *node, const double *node_weight)
{
    double middle = (part->low + part->high) / 2.0, half = (part->high - part->low) / 2.0;
    size_t count = half > 0.0 ? nodes : 1;
    p->shares[kind_of(part)] += part->weight;
    for (size_t i = 0; i < count; i++, p->count++) {
        p->q[p->count] = half > 0.0 ? middle + half * node[i] : middle;
        p->weights[p->count] = half > 0.0 ? weight * node_weight[i] / 2.0 : weight;
        p->kinds[p->count] = kind_of(part);
    }
}

/* Of the cells below a q; the shares of the kinds are of all. */
static void add_below(struct points *p, double below, size_t nodes, const double *node,
                      const double *node_weight)
{
    for (size_t i = 0; i < population_usual_count; i++) {
        struct population_part part = population_usual[i];
        double weight = part.low < below ? part.weight : 0.0;
        if (part.high > below && part.low < below) {
            weight *= (below - part.low) / (part.high - part.low);
            part.high = below;
        }
        if (weight > 0.0)
            add_part(p, &part, weight, nodes, node, node_weight);
        p->shares[kind_of(&part)] += population_usual[i].weight - (weight > 0.0 ? part.weight : 0.0);
    }
}

static int points_make(struct points *p, double below, size_t nodes, struct err *e)
{
    size_t most = population_usual_count * nodes;
    double *node = calloc(nodes, sizeof *node), *weight = calloc(nodes, sizeof *weight);
    *p = (struct points) { .q = calloc(most, sizeof *p->q),
                           .weights = calloc(most, sizeof *p->weights),
                           .kinds = calloc(most, sizeof *p->kinds) };
    bool whole = node && weight && p->q && p->weights && p->kinds;
    if (whole) {
        quadrature_legendre(nodes, node, weight);
        add_below(p, below, nodes, node, weight);
    }
    free(node);
    free(weight);
    return whole ? 0 : err_set(e, ERR_MEMORY, "scheme", "out of memory");
}

static void points_free(struct points *p)
{
    free(p->q);
    free(p->weights);
    free(p->kinds);
}

/* A cell of a handset of a kind: of that kind with `share`, else any. Returns the chance that it is among the points. */
static double mix(const struct points *p, enum kind kind, double share, double *weights)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->count; i++) {
        weights[i] = (1.0 - share) * p->weights[i];
        weights[i] += p->kinds[i] == kind ? share * p->weights[i] / p->shares[kind] : 0.0;
        sum += weights[i];
    }
    for (size_t i = 0; i < p->count; i++)
        weights[i] /= sum;
    return sum;
}

/* Of handsets of a kind whose cells are all among the points, which they are with the chance `among`. */
static int chances_of_kind(const struct two_tier *t, unsigned readers, const struct points *p, enum kind kind,
                           double share, double *among, struct row_chances *out, struct err *e)
{
    double *weights = calloc(p->count ? p->count : 1, sizeof *weights);
    if (!weights)
        return err_set(e, ERR_MEMORY, "scheme", "out of memory");
    *among = pow(mix(p, kind, share, weights), readers);
    struct reader_group group = { readers, 1, p->count, p->q, weights };
    int rc = row_chances(t, &group, 1, out, e);
    free(weights);
    return rc;
}

static void add_weighted(struct row_chances *sum, double weight, const struct row_chances *c)
{
    sum->passes += weight * c->passes;
    sum->rejected += weight * c->rejected;
    sum->unreached += weight * c->unreached;
    sum->placements += weight * c->placements;
    sum->simulated |= c->simulated;
    sum->error += weight * c->error;
}

static int chances_below(const struct two_tier *t, unsigned readers, double below, struct row_chances *all,
                         struct row_chances *good, struct err *e)
{
    struct points p;
    double among = 0.0;
    *all = (struct row_chances) { 0 };
    int rc = points_make(&p, below, t->scheme.n_max / 2u + 1u, e);
    for (enum kind kind = KIND_GOOD; kind < KINDS && rc == 0; kind++) {
        struct row_chances c = { 0 };
        rc = chances_of_kind(t, readers, &p, kind, HANDSET_SHARE, &among, &c, e);
        add_weighted(all, p.shares[kind] * among, &c);
    }
    if (rc == 0 && good)
        rc = chances_of_kind(t, readers, &p, KIND_GOOD, 1.0, &among, good, e);
    points_free(&p);
    return rc;
}

int row_chances_of_population(const struct two_tier *t, unsigned readers, struct population_chances *out,
                              struct err *e)
{
    struct row_chances below;
    *out = (struct population_chances) { 0 };
    int rc = chances_below(t, readers, 1.0, &out->all, &out->good, e);
    if (rc == 0)
        rc = chances_below(t, readers, t->scheme.mean, &below, NULL, e);
    if (rc == 0 && out->all.passes > 0.0)
        out->above = 1.0 - below.passes / out->all.passes;
    return rc;
}

/* ---- those that must not pass ---- */

/* Chances of a tour's number of dirty placements; returns the greatest number. */
static unsigned tour_of(const double *q, const unsigned *weights, unsigned readers, double *chances)
{
    unsigned most = 0;
    chances[0] = 1.0;
    for (unsigned r = 0; r < readers; r++) {
        for (unsigned i = 0; i < weights[r]; i++) {
            chances[++most] = 0.0;
            for (unsigned d = most; d > 0; d--)
                chances[d] = chances[d] * (1.0 - q[r]) + chances[d - 1] * q[r];
            chances[0] *= 1.0 - q[r];
        }
    }
    return most;
}

/* alive[D] of the tours that go on, D up to `most`: what has more dirty ones can never be accepted. */
static double tour_accepts(const double *tour, unsigned tour_most, const double *alive, double *next,
                           int most, int limit)
{
    double accepted = 0.0;
    for (int d = 0; d <= most; d++) {
        double chance = 0.0;
        for (int more = 0; more <= d && more <= (int)tour_most; more++)
            chance += alive[d - more] * tour[more];
        accepted += d <= limit ? chance : 0.0;
        next[d] = d <= limit ? 0.0 : chance;
    }
    return accepted;
}

double mean_accepted(const struct two_tier *t, const double *q, const unsigned *weights, unsigned readers)
{
    double tour[TWO_TIER_READERS * TWO_TIER_WEIGHT + 1], accepted = 0.0;
    unsigned total = tour_of(q, weights, readers, tour);
    const int *limits = t->mean[total];
    int most = limits[t->scheme.n_max];
    double *alive = most >= 0 ? calloc(2 * ((size_t)most + 1), sizeof *alive) : NULL;
    if (!alive)
        return 0.0;
    double *next = alive + most + 1, *memory = alive;
    alive[0] = 1.0;
    for (unsigned tours = 1; tours <= t->scheme.n_max; tours++) {
        accepted += tour_accepts(tour, total, alive, next, most, limits[tours]);
        double *swap = alive;
        alive = next;
        next = swap;
    }
    free(memory);
    return accepted;
}

size_t worst_cases(const struct two_tier *t, unsigned readers, struct worst_case out[WORST_CASES])
{
    double sum = t->scheme.mean * readers, above = 3.5 * t->scheme.mean;
    const struct worst_case cases[WORST_CASES] = {
        { readers, t->scheme.mean, 0.0, 0.0 },
        { 1, sum, 0.0, 0.0 },
        { 2, sum / 2.0, 0.0, 0.0 },
        { 1, above, readers > 1 ? (sum - above) / (readers - 1) : -1.0, 0.0 },
    };
    size_t count = 0;
    for (size_t i = 0; i < WORST_CASES; i++) {
        double q[TWO_TIER_READERS];
        unsigned weights[TWO_TIER_READERS];
        struct worst_case c = cases[i];
        if (c.q_first > 1.0 || c.q_rest < 0.0 || c.first > readers || (i > 0 && c.first == readers))
            continue;
        for (unsigned r = 0; r < readers; r++) {
            q[r] = r < c.first ? c.q_first : c.q_rest;
            weights[r] = 1;
        }
        c.accepted = mean_accepted(t, q, weights, readers);
        out[count++] = c;
    }
    return count;
}
