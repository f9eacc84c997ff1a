/*
 * Schemes as integer tables, and the verdict of (n, d) read from them. The tables are made once from the beta
 * mixture e-values: with the prior Beta(1/2, 5/q1) every further clean placement raises the e-value against
 * q1, and the e-value against q0 is convex in d, so one number for each d (accept) and each n (reject) tells
 * all.
 */
#include "harness/verdict/verdict.h"

#include "harness/stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define K_MAX 100

static const struct scheme presets[] = {
    { .name = "screen", .q0 = 0.02, .q1 = 0.20, .alpha = 0.005, .beta = 0.05, .k = 10, .n_max = 45 },
    { .name = "standard", .q0 = 0.02, .q1 = 0.10, .alpha = 0.005, .beta = 0.05, .k = 10, .n_max = 90 },
    { .name = "strict", .q0 = 0.01, .q1 = 0.05, .alpha = 0.005, .beta = 0.05, .k = 10, .n_max = 180 },
    { .name = "counter",
      .q0 = 0.02,
      .q1 = 0.30,
      .mean = 0.10,
      .alpha = 0.005,
      .beta = 0.05,
      .k = 10,
      .n_max = 90 },
};

bool scheme_preset(const char *name, struct scheme *out)
{
    for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
        if (strcmp(name, presets[i].name) == 0) {
            *out = presets[i];
            return true;
        }
    }
    return false;
}

/* Another k leaves the tables and error rates of a preset alone; with any other value its name would
 * mislead. */
static bool same_rates(const struct scheme *a, const struct scheme *b)
{
    return a->q0 == b->q0 && a->q1 == b->q1 && a->alpha == b->alpha && a->beta == b->beta &&
           a->n_max == b->n_max && a->mean == b->mean;
}

int scheme_resolve(const char *name, double q0, double q1, double alpha, double beta, unsigned k,
                   unsigned n_max, struct scheme *out, struct err *e)
{
    struct scheme preset = { .name = "own" };
    bool known = name && scheme_preset(name, &preset);
    if (!known && (q0 == 0.0 || q1 == 0.0 || alpha == 0.0 || beta == 0.0 || k == 0 || n_max == 0))
        return err_set(e, ERR_INPUT, "scheme",
                       "'%s' is not screen, standard, strict or counter; a scheme of your own gives q0, q1, "
                       "alpha, beta, "
                       "k and n_max",
                       name ? name : "");
    struct scheme s = preset;
    s.q0 = q0 != 0.0 ? q0 : s.q0;
    s.q1 = q1 != 0.0 ? q1 : s.q1;
    s.alpha = alpha != 0.0 ? alpha : s.alpha;
    s.beta = beta != 0.0 ? beta : s.beta;
    s.k = k != 0 ? k : s.k;
    s.n_max = n_max != 0 ? n_max : s.n_max;
    if (!known && name && *name)
        snprintf(s.name, sizeof(s.name), "%s", name);
    else if (!same_rates(&s, &preset))
        snprintf(s.name, sizeof(s.name), "own");
    int rc = scheme_check(&s, e);
    if (rc == 0)
        *out = s;
    return rc;
}

int scheme_check(const struct scheme *s, struct err *e)
{
    if (!(s->q0 > 0.0 && s->q0 < s->q1 && s->q1 < 1.0))
        return err_set(e, ERR_INPUT, "scheme", "q0 = %g and q1 = %g: 0 < q0 < q1 < 1 is needed", s->q0,
                       s->q1);
    if (!(s->alpha > 0.0 && s->alpha < 0.5))
        return err_set(e, ERR_INPUT, "scheme", "alpha = %g: 0 < alpha < 0.5 is needed", s->alpha);
    if (!(s->beta > 0.0 && s->beta < 0.5))
        return err_set(e, ERR_INPUT, "scheme", "beta = %g: 0 < beta < 0.5 is needed", s->beta);
    if (s->k < 1 || s->k > K_MAX)
        return err_set(e, ERR_INPUT, "scheme", "k = %u: 1 to %u transactions a placement", s->k, K_MAX);
    if (s->n_max < SCHEME_N_MIN || s->n_max > SCHEME_N_MAX)
        return err_set(e, ERR_INPUT, "scheme", "n_max = %u: %u to %u placements", s->n_max, SCHEME_N_MIN,
                       SCHEME_N_MAX);
    if (s->mean != 0.0 && !(s->mean > s->q0 && s->mean <= s->q1))
        return err_set(e, ERR_INPUT, "scheme", "mean = %g: between q0 = %g and the bound on each reader, %g",
                       s->mean, s->q0, s->q1);
    if (s->mean != 0.0 && s->n_max > SCHEME_TOURS_MAX)
        return err_set(e, ERR_INPUT, "scheme", "n_max = %u: at most %d tours", s->n_max, SCHEME_TOURS_MAX);
    return 0;
}

/* For n of at least SCHEME_N_MIN, as every caller sees to. */
static bool accepts(const struct scheme *s, unsigned n, unsigned d)
{
    return d < s->q1 * n && stats_log_evalue(s->q1, n, d, 0.5, 5.0 / s->q1) >= -log(s->beta);
}

static bool rejects(const struct scheme *s, unsigned n, unsigned d)
{
    return d > s->q0 * n && stats_log_evalue(s->q0, n, d, 1.0, 4.0) >= -log(s->alpha);
}

/* accept[d] rises with d, so one pass over n serves all d. */
static void fill_accept(struct scheme_table *t)
{
    unsigned n = SCHEME_N_MIN;
    for (unsigned d = 0; d <= t->scheme.n_max; d++) {
        while (n <= t->scheme.n_max && !accepts(&t->scheme, n, d))
            n++;
        t->accept[d] = n <= t->scheme.n_max ? n : 0;
    }
}

static void fill_reject(struct scheme_table *t)
{
    for (unsigned n = SCHEME_N_MIN; n <= t->scheme.n_max; n++) {
        unsigned d = 1;
        while (d <= n && !rejects(&t->scheme, n, d))
            d++;
        t->reject[n] = d <= n ? d : 0;
    }
}

int scheme_table_make(const struct scheme *s, struct scheme_table *out, struct err *e)
{
    *out = (struct scheme_table) { 0 };
    int rc = scheme_check(s, e);
    if (rc != 0)
        return rc;
    out->scheme = *s;
    out->accept = calloc(s->n_max + 1u, sizeof(*out->accept));
    out->reject = calloc(s->n_max + 1u, sizeof(*out->reject));
    if (!out->accept || !out->reject) {
        scheme_table_free(out);
        return err_set(e, ERR_MEMORY, "scheme", "out of memory");
    }
    fill_accept(out);
    fill_reject(out);
    return 0;
}

void scheme_table_free(struct scheme_table *t)
{
    if (!t)
        return;
    free(t->accept);
    free(t->reject);
    *t = (struct scheme_table) { 0 };
}

static unsigned acceptance(const struct scheme_table *t, unsigned d)
{
    return d <= t->scheme.n_max ? t->accept[d] : 0;
}

/* Past n_max (invalid placements counted as dirty can lead there) the table ends and the formula is asked. */
static bool rejected(const struct scheme_table *t, unsigned n, unsigned d)
{
    if (n > t->scheme.n_max)
        return rejects(&t->scheme, n, d);
    return t->reject[n] != 0 && d >= t->reject[n];
}

enum verdict verdict_of(const struct scheme_table *t, unsigned n, unsigned d, unsigned sessions_done,
                        unsigned sessions_needed)
{
    if (rejected(t, n, d))
        return VERDICT_INCOMPATIBLE;
    unsigned needed = acceptance(t, d);
    if (needed != 0 && n >= needed && sessions_done >= sessions_needed)
        return VERDICT_COMPATIBLE;
    return VERDICT_UNDECIDED;
}

void verdict_bounds(const struct scheme *s, unsigned n, unsigned d, double *lower, double *upper)
{
    *lower = stats_lower(n, d, s->alpha);
    *upper = stats_upper(n, d, s->q1, s->beta);
}

unsigned verdict_missing(const struct scheme_table *t, unsigned n, unsigned d)
{
    unsigned needed = acceptance(t, d);
    return needed > n ? needed - n : 0;
}

unsigned verdict_session_target(const struct scheme_table *t, unsigned d, unsigned session, unsigned sessions)
{
    unsigned whole = acceptance(t, d);
    if (whole == 0)
        whole = t->scheme.n_max;
    if (sessions == 0 || session >= sessions)
        return whole;
    return (whole * session + sessions - 1) / sessions;
}
