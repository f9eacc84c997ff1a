#include "harness/stats/variance_components.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MASKS     (1 << VARIANCE_FACTORS)
#define UNKNOWNS  (VARIANCE_COMPONENTS - 1) /* all but the mean, which has mask 0 */
#define PIVOT_MIN 1e-9                      /* of a row scaled to 1: below it the equations hang together */

/* Rows by the levels of some factors. */
struct classification {
    size_t *of, *first; /* a row's group; a group's first row */
    double *n;          /* values of a group */
    double squares;     /* sum over the groups: squared sum of values, by their number */
    size_t groups;
};

struct model {
    const struct variance_row *rows;
    size_t count;
    struct classification by[MASKS];
    double n, squares, cluster_sums, clusters;
};

struct key {
    const struct variance_row *row;
    size_t at;
    unsigned mask;
};

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->row->stratum != b->row->stratum)
        return a->row->stratum < b->row->stratum ? -1 : 1;
    for (unsigned i = 0; i < VARIANCE_FACTORS; i++)
        if (a->mask >> i & 1 && a->row->level[i] != b->row->level[i])
            return a->row->level[i] < b->row->level[i] ? -1 : 1;
    return 0;
}

static bool classify(const struct model *m, unsigned mask, struct key *keys, struct classification *c)
{
    double sum = 0.0;
    c->of = calloc(m->count, sizeof *c->of);
    c->first = calloc(m->count, sizeof *c->first);
    c->n = calloc(m->count, sizeof *c->n);
    if (!c->of || !c->first || !c->n)
        return false;
    for (size_t i = 0; i < m->count; i++)
        keys[i] = (struct key) { &m->rows[i], i, mask };
    qsort(keys, m->count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < m->count; i++) {
        if (i == 0 || compare_keys(&keys[i - 1], &keys[i]) != 0) {
            c->first[c->groups++] = keys[i].at;
            sum = 0.0;
        }
        c->of[keys[i].at] = c->groups - 1;
        c->n[c->groups - 1] += keys[i].row->n;
        sum += keys[i].row->sum;
        if (i + 1 == m->count || compare_keys(&keys[i], &keys[i + 1]) != 0)
            c->squares += sum * sum / c->n[c->groups - 1];
    }
    return true;
}

/* What a component's variance adds to the sum of squares of a classification: of the groups, the squared numbers of
 * values that share the component, by the number of the group. */
static double coefficient(const struct model *m, unsigned of, unsigned component)
{
    const struct classification *c = &m->by[of];
    double sum = 0.0;
    if (component == VARIANCE_REPEAT)
        return (double)c->groups;
    if (component == VARIANCE_CLUSTER) {
        for (size_t i = 0; i < m->count; i++)
            sum += m->rows[i].cluster_squares / c->n[c->of[i]];
        return sum;
    }
    const struct classification *both = &m->by[of | component];
    for (size_t g = 0; g < both->groups; g++)
        sum += both->n[g] * both->n[g] / c->n[c->of[both->first[g]]];
    return sum;
}

static size_t groups_of(const struct model *m, unsigned component)
{
    return component == VARIANCE_REPEAT    ? (size_t)m->n
           : component == VARIANCE_CLUSTER ? (size_t)m->clusters
                                           : m->by[component].groups;
}

/* Not where its groups are those of a part of it: one reader is all readers. */
static bool tells_apart(const struct model *m, unsigned component)
{
    if (component == VARIANCE_CLUSTER)
        return m->clusters < m->n && m->clusters > (double)m->by[MASKS - 1].groups;
    if (component == VARIANCE_REPEAT)
        return m->n > (double)m->by[MASKS - 1].groups;
    for (unsigned part = 0; part < component; part++)
        if ((part & component) == part && m->by[part].groups == m->by[component].groups)
            return false;
    return true;
}

struct equations {
    double a[UNKNOWNS][UNKNOWNS + 1];
    unsigned unknown[UNKNOWNS];
    size_t count;
};

static void set_up(const struct model *m, struct equations *q)
{
    for (unsigned c = 1; c < VARIANCE_COMPONENTS; c++)
        if (tells_apart(m, c))
            q->unknown[q->count++] = c;
    for (size_t i = 0; i < q->count; i++) {
        unsigned of = q->unknown[i];
        for (size_t j = 0; j < q->count; j++) {
            unsigned component = q->unknown[j];
            /* each value, or each cluster, is a group of its own: it has all of what is no finer */
            double whole = of == VARIANCE_CLUSTER && component == VARIANCE_REPEAT ? m->clusters : m->n;
            q->a[i][j] = (of < MASKS ? coefficient(m, of, component) : whole) - coefficient(m, 0, component);
        }
        double squares = of == VARIANCE_REPEAT    ? m->squares
                         : of == VARIANCE_CLUSTER ? m->cluster_sums
                                                  : m->by[of].squares;
        q->a[i][q->count] = squares - m->by[0].squares;
    }
}

/* Gauss, with pivots chosen in scaled rows. */
static bool solve(struct equations *q, double *x)
{
    size_t n = q->count;
    for (size_t i = 0; i < n; i++) {
        double most = 0.0;
        for (size_t j = 0; j < n; j++)
            most = fmax(most, fabs(q->a[i][j]));
        for (size_t j = 0; j <= n && most > 0.0; j++)
            q->a[i][j] /= most;
    }
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < n; i++)
            best = fabs(q->a[i][k]) > fabs(q->a[best][k]) ? i : best;
        if (fabs(q->a[best][k]) < PIVOT_MIN)
            return false;
        for (size_t j = 0; j <= n; j++) {
            double kept = q->a[k][j];
            q->a[k][j] = q->a[best][j];
            q->a[best][j] = kept;
        }
        for (size_t i = k + 1; i < n; i++)
            for (size_t j = n + 1; j-- > k;)
                q->a[i][j] -= q->a[i][k] / q->a[k][k] * q->a[k][j];
    }
    for (size_t i = n; i-- > 0;) {
        x[i] = q->a[i][n];
        for (size_t j = i + 1; j < n; j++)
            x[i] -= q->a[i][j] * x[j];
        x[i] /= q->a[i][i];
    }
    return true;
}

static bool take_up(struct model *m)
{
    struct key *keys = calloc(m->count, sizeof *keys);
    bool good = keys != NULL;
    for (unsigned mask = 0; mask < MASKS && good; mask++)
        good = classify(m, mask, keys, &m->by[mask]);
    for (size_t i = 0; i < m->count; i++) {
        m->n += m->rows[i].n;
        m->squares += m->rows[i].squares;
        m->clusters += m->rows[i].clusters;
        m->cluster_sums += m->rows[i].cluster_sums;
    }
    free(keys);
    return good;
}

bool variance_components(const struct variance_row *rows, size_t count, struct variance_components *out,
                         bool *failed)
{
    struct model m = { .rows = rows, .count = count };
    struct equations q = { .count = 0 };
    double x[UNKNOWNS];
    *out = (struct variance_components) { .levels = { 0 } };
    for (unsigned c = 0; c < VARIANCE_COMPONENTS; c++)
        out->estimate[c] = NAN;
    if (count == 0)
        return false;
    bool good = take_up(&m);
    *failed = *failed || !good;
    if (good)
        set_up(&m, &q);
    good = good && q.count > 0 && solve(&q, x);
    for (size_t i = 0; i < q.count && good; i++)
        out->estimate[q.unknown[i]] = x[i];
    for (unsigned c = 1; c < VARIANCE_COMPONENTS && good; c++)
        out->levels[c] = groups_of(&m, c);
    for (unsigned mask = 0; mask < MASKS; mask++) {
        free(m.by[mask].of);
        free(m.by[mask].first);
        free(m.by[mask].n);
    }
    return good;
}
