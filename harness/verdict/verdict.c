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
    { .rules = RULES_NOW,
      .name = "screen",
      .q0 = 0.02,
      .q1 = 0.20,
      .alpha = 0.005,
      .beta = 0.05,
      .k = 10,
      .n_max = 45 },
    { .rules = RULES_NOW,
      .name = "standard",
      .q0 = 0.02,
      .q1 = 0.10,
      .alpha = 0.005,
      .beta = 0.05,
      .k = 10,
      .n_max = 90 },
    { .rules = RULES_NOW,
      .name = "strict",
      .q0 = 0.01,
      .q1 = 0.05,
      .alpha = 0.005,
      .beta = 0.05,
      .k = 10,
      .n_max = 180 },
    { .rules = RULES_NOW,
      .name = "counter",
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
    struct scheme preset = { .rules = RULES_NOW, .name = "own" };
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
    for (unsigned d = 0; d <= t->size; d++) {
        while (n <= t->size && !accepts(&t->scheme, n, d))
            n++;
        t->long_accept[d] = n <= t->size ? n : 0;
    }
    for (unsigned d = 0; d <= t->scheme.n_max; d++)
        t->accept[d] = t->long_accept[d] <= t->scheme.n_max ? t->long_accept[d] : 0;
}

static void fill_reject(struct scheme_table *t)
{
    for (unsigned n = SCHEME_N_MIN; n <= t->size; n++) {
        unsigned d = 1;
        while (d <= n && !rejects(&t->scheme, n, d))
            d++;
        t->long_reject[n] = d <= n ? d : 0;
    }
    memcpy(t->reject, t->long_reject, (t->scheme.n_max + 1u) * sizeof(*t->reject));
}

int scheme_table_make(const struct scheme *s, struct scheme_table *out, struct err *e)
{
    *out = (struct scheme_table) { 0 };
    int rc = scheme_check(s, e);
    if (rc != 0)
        return rc;
    out->scheme = *s;
    out->size = s->rules == RULES_OF_0_4 ? s->n_max : s->n_max + s->n_max * 2 / 3;
    out->accept = calloc(s->n_max + 1u, sizeof(*out->accept));
    out->reject = calloc(s->n_max + 1u, sizeof(*out->reject));
    out->long_accept = calloc(out->size + 1u, sizeof(*out->long_accept));
    out->long_reject = calloc(out->size + 1u, sizeof(*out->long_reject));
    if (!out->accept || !out->reject || !out->long_accept || !out->long_reject) {
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
    free(t->long_accept);
    free(t->long_reject);
    *t = (struct scheme_table) { 0 };
}

void counts_add(struct cell_counts *c, enum placement_result result, bool suspect, unsigned session)
{
    uint32_t bit = session >= 1 && session <= 32 ? UINT32_C(1) << (session - 1) : 0;
    bool dirty = result == PLACEMENT_DIRTY;
    unsigned at = c->n + c->s;
    if (at < COUNTS_MARKS && (dirty || (suspect && result != PLACEMENT_CLEAN)))
        c->marks[at / 64] |= UINT64_C(1) << (at % 64);
    if (dirty || result == PLACEMENT_CLEAN) {
        c->n++;
        c->d += dirty;
        c->sessions |= bit;
        c->dirty_sessions |= dirty ? bit : 0;
    } else if (suspect) {
        c->s++;
        c->suspect_sessions |= bit;
    }
}

struct cell_counts counts_attributed(const struct cell_counts *c)
{
    struct cell_counts out = *c;
    out.n += c->s;
    out.d += c->s;
    out.s = 0;
    out.sessions |= c->suspect_sessions;
    out.dirty_sessions |= c->suspect_sessions;
    out.suspect_sessions = 0;
    return out;
}

unsigned verdict_n_max(const struct scheme_table *t, unsigned s)
{
    uint64_t n_max = t->scheme.n_max + (uint64_t)s * t->accept[0];
    return n_max < t->size ? (unsigned)n_max : t->size;
}

/* Placements, the suspect ones too, with which d dirty and s suspect ones are `compatible`; 0: none within N_max. */
static unsigned acceptance(const struct scheme_table *t, unsigned d, unsigned s)
{
    unsigned needed = d + s <= t->size ? t->long_accept[d + s] : 0;
    return needed <= verdict_n_max(t, s) ? needed : 0;
}

/* Past the table (invalid placements counted as dirty can lead there) the formula is asked. */
static bool rejected(const struct scheme_table *t, unsigned n, unsigned d)
{
    if (n > t->size)
        return rejects(&t->scheme, n, d);
    return t->long_reject[n] != 0 && d >= t->long_reject[n];
}

/* By its rules a run of 0.4.0 has no suspect placements. */
static unsigned suspects(const struct scheme_table *t, unsigned s)
{
    return t->scheme.rules == RULES_OF_0_4 ? 0 : s;
}

enum verdict verdict_by_bounds(const struct scheme_table *t, unsigned n, unsigned d, unsigned s)
{
    s = suspects(t, s);
    if (rejected(t, n + s, d))
        return VERDICT_INCOMPATIBLE;
    unsigned needed = acceptance(t, d, s);
    return needed != 0 && n + s >= needed ? VERDICT_COMPATIBLE : VERDICT_UNDECIDED;
}

enum verdict verdict_of(const struct scheme_table *t, const struct cell_counts *c)
{
    enum verdict v = verdict_by_bounds(t, c->n, c->d, c->s);
    if (v == VERDICT_COMPATIBLE && __builtin_popcount(c->sessions) < VERDICT_SESSIONS_NEEDED)
        return VERDICT_UNDECIDED;
    if (v == VERDICT_INCOMPATIBLE && t->scheme.rules != RULES_OF_0_4 &&
        __builtin_popcount(c->dirty_sessions) < VERDICT_SESSIONS_NEEDED)
        return VERDICT_REJECTED_SO_FAR;
    return v;
}

void verdict_bounds(const struct scheme *scheme, unsigned n, unsigned d, unsigned s, double *lower,
                    double *upper)
{
    s = scheme->rules == RULES_OF_0_4 ? 0 : s;
    *lower = stats_lower(n + s, d, scheme->alpha);
    *upper = stats_upper(n + s, d + s, scheme->q1, scheme->beta);
}

unsigned verdict_missing(const struct scheme_table *t, unsigned n, unsigned d, unsigned s)
{
    s = suspects(t, s);
    unsigned needed = acceptance(t, d, s);
    return needed > n + s ? needed - n - s : 0;
}

bool verdict_is_out_of_reach(const struct scheme_table *t, const struct cell_counts *c)
{
    return acceptance(t, c->d, suspects(t, c->s)) == 0;
}

unsigned verdict_session_target(const struct scheme_table *t, unsigned d, unsigned s, unsigned session,
                                unsigned sessions)
{
    s = suspects(t, s);
    unsigned whole = acceptance(t, d, s);
    if (whole == 0)
        whole = verdict_n_max(t, s);
    if (sessions == 0 || session >= sessions)
        return whole;
    return (whole * session + sessions - 1) / sessions;
}
