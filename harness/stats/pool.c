/*
 * The likelihood is climbed by Newton steps on (ln a, ln b), damped as Levenberg did, from the best point of
 * a small grid. At a bound whose gradient points outwards only the other variable moves.
 */
#include "harness/stats/pool.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/*
 * Of a and b. Cells that are all perfect or all broken would drive both to 0, and the prior would then be
 * sure that a clean cell has q = 0 exactly; at 0.05 fifteen clean placements still leave q up to 4 %.
 */
#define SMALLEST    0.05
#define GRID_FIRST  0.1 /* the least a + b of the grid, and the step from one to the next */
#define GRID_FACTOR 3.0
#define STEPS_MAX   300
#define GRADIENT    1e-9 /* per cell: what counts as flat */
#define DAMPING_MAX 1e12

static int compare_counts(const void *left, const void *right)
{
    const struct pool_count *a = left, *b = right;
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return a->d < b->d ? -1 : a->d > b->d;
}

size_t pool_merge(struct pool_count *counts, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(counts, count, sizeof *counts, compare_counts);
    for (size_t i = 0; i < count; i++) {
        if (counts[i].n == 0 || counts[i].cells == 0)
            continue;
        if (kept > 0 && compare_counts(&counts[kept - 1], &counts[i]) == 0)
            counts[kept - 1].cells += counts[i].cells;
        else
            counts[kept++] = counts[i];
    }
    return kept;
}

static double log_likelihood(const struct pool_count *counts, size_t count, double a, double b)
{
    double sum = 0.0, prior = lbeta(a, b);
    for (size_t i = 0; i < count; i++)
        sum += (double)counts[i].cells * (lbeta(a + counts[i].d, b + counts[i].n - counts[i].d) - prior);
    return sum;
}

struct slope {
    double u, v, uu, uv, vv; /* first and second derivatives by ln a and ln b */
};

static struct slope slope_at(const struct pool_count *counts, size_t count, double a, double b)
{
    double ga = 0.0, gb = 0.0, haa = 0.0, hbb = 0.0, hab = 0.0;
    double psi_a = digamma(a), psi_b = digamma(b), psi_ab = digamma(a + b);
    double tri_a = trigamma(a), tri_b = trigamma(b), tri_ab = trigamma(a + b);
    for (size_t i = 0; i < count; i++) {
        double w = (double)counts[i].cells, n = counts[i].n, d = counts[i].d;
        double psi = psi_ab - digamma(a + b + n), tri = tri_ab - trigamma(a + b + n);
        ga += w * (digamma(a + d) - psi_a + psi);
        gb += w * (digamma(b + n - d) - psi_b + psi);
        haa += w * (trigamma(a + d) - tri_a + tri);
        hbb += w * (trigamma(b + n - d) - tri_b + tri);
        hab += w * tri;
    }
    return (struct slope) { a * ga, b * gb, a * a * haa + a * ga, a * b * hab, b * b * hbb + b * gb };
}

struct box {
    double low, high; /* of ln a and ln b */
};

static double held(const struct box *box, double x)
{
    return x < box->low ? box->low : x > box->high ? box->high : x;
}

/* Whether x sits at a bound and the gradient pushes it against it. */
static bool is_stuck(const struct box *box, double x, double gradient)
{
    return (x <= box->low && gradient <= 0.0) || (x >= box->high && gradient >= 0.0);
}

/* The step that a damped Newton method would take; the stuck variables don't move. */
static void step(const struct slope *s, bool stuck_u, bool stuck_v, double damping, double *du, double *dv)
{
    double uu = -s->uu, vv = -s->vv, uv = stuck_u || stuck_v ? 0.0 : -s->uv;
    double middle = (uu + vv) / 2.0, radius = sqrt((uu - vv) * (uu - vv) / 4.0 + uv * uv);
    double shift = middle - radius < 0.0 ? radius - middle : 0.0; /* makes the curvature positive */
    uu += shift + damping;
    vv += shift + damping;
    double determinant = uu * vv - uv * uv;
    *du = stuck_u ? 0.0 : (vv * s->u - uv * s->v) / determinant;
    *dv = stuck_v ? 0.0 : (uu * s->v - uv * s->u) / determinant;
    if (stuck_u)
        *dv = stuck_v ? 0.0 : s->v / vv;
    else if (stuck_v)
        *du = s->u / uu;
}

static void climb(const struct pool_count *counts, size_t count, const struct box *box, double cells,
                  double *u, double *v)
{
    double value = log_likelihood(counts, count, exp(*u), exp(*v)), damping = 1e-6 * cells;
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        struct slope s = slope_at(counts, count, exp(*u), exp(*v));
        bool stuck_u = is_stuck(box, *u, s.u), stuck_v = is_stuck(box, *v, s.v);
        if ((stuck_u || fabs(s.u) < GRADIENT * cells) && (stuck_v || fabs(s.v) < GRADIENT * cells))
            return;
        for (;;) {
            double du, dv;
            step(&s, stuck_u, stuck_v, damping, &du, &dv);
            double next_u = held(box, *u + du), next_v = held(box, *v + dv);
            double next = log_likelihood(counts, count, exp(next_u), exp(next_v));
            if (next > value) {
                *u = next_u;
                *v = next_v;
                value = next;
                damping /= 10.0;
                break;
            }
            damping = damping * 10.0 + 1e-12 * cells;
            if (damping > DAMPING_MAX * cells)
                return; /* no step gains: as far as doubles can tell this is the top */
        }
    }
}

/* The best of a grid: the mean of all placements and that of the rates, with prior weights over the whole
 * range. */
static void start(const struct pool_count *counts, size_t count, const struct box *box, double total_mean,
                  double rate_mean, double *u, double *v)
{
    double means[] = { total_mean, rate_mean }, best = -INFINITY;
    unsigned steps = 2 + (unsigned)ceil(log(exp(box->high) / GRID_FIRST) / log(GRID_FACTOR));
    for (unsigned j = 0; j < steps; j++) {
        double weight = GRID_FIRST * pow(GRID_FACTOR, j);
        for (size_t i = 0; i < 2; i++) {
            double a = held(box, log(means[i] * weight)), b = held(box, log((1.0 - means[i]) * weight));
            double value = log_likelihood(counts, count, exp(a), exp(b));
            if (value > best) {
                best = value;
                *u = a;
                *v = b;
            }
        }
    }
}

struct pool_prior pool_fit(const struct pool_count *counts, size_t count)
{
    struct pool_prior p = { .kind = POOL_NONE };
    double cells = 0.0, n = 0.0, d = 0.0, rates = 0.0;
    for (size_t i = 0; i < count; i++) {
        double w = counts[i].n > 0 ? (double)counts[i].cells : 0.0;
        cells += w;
        n += w * counts[i].n;
        d += w * counts[i].d;
        rates += w > 0.0 ? w * counts[i].d / counts[i].n : 0.0;
    }
    if (cells == 0.0)
        return p;
    p.kind = POOL_NOT_POOLED;
    p.a = p.b = 0.5;
    if (cells > 1.0 && d > 0.0 && d < n) {
        struct box box = { log(SMALLEST), log(n) };
        double u = 0.0, v = 0.0;
        start(counts, count, &box, d / n, rates / cells, &u, &v);
        climb(counts, count, &box, cells, &u, &v);
        p.kind = u >= box.high || v >= box.high ? POOL_NO_SPREAD : POOL_FITTED;
        p.a = exp(u);
        p.b = exp(v);
    }
    p.log_likelihood = log_likelihood(counts, count, p.a, p.b);
    return p;
}

struct pool_estimate pool_estimate(const struct pool_prior *p, unsigned n, unsigned d, double confidence)
{
    double a = p->a + d, b = p->b + n - d, tail = (1.0 - confidence) / 2.0;
    return (struct pool_estimate) { a / (a + b), qbeta(tail, a, b, 1, 0), qbeta(tail, a, b, 0, 0) };
}

double pool_tail(const struct pool_prior *p, unsigned n, unsigned d, double edge)
{
    return pbeta(edge, p->a + d, p->b + n - d, 0, 0);
}

static int compare_tails(const void *left, const void *right, void *context)
{
    const double *tails = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    if (tails[a] != tails[b])
        return tails[a] < tails[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

size_t pool_list(const double *tails, size_t *order, size_t count, double level)
{
    double sum = 0.0;
    size_t listed = 0;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    if (count > 1)
        qsort_r(order, count, sizeof *order, compare_tails, (void *)(uintptr_t)tails);
    while (listed < count && sum + tails[order[listed]] <= level * (double)(listed + 1))
        sum += tails[order[listed++]];
    return listed;
}
