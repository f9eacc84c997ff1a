#include "harness/plan/suggest.h"

#include "harness/base/keyed_random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chooser {
    const struct models *models;
    struct suggestion *out;
    size_t n;
    uint64_t key;
    bool *chosen; /* a model */
};

static unsigned first_year(const struct model *m)
{
    unsigned year = m->released ? (unsigned)strtoul(m->released, NULL, 10) : 0;
    return year - year % SUGGEST_BAND_YEARS;
}

static void label_of(const struct model *m, char out[SUGGEST_LABEL_MAX])
{
    char band[32] = "year unknown";
    unsigned year = first_year(m);
    if (year > 0)
        snprintf(band, sizeof band, "%u-%u", year, year + SUGGEST_BAND_YEARS - 1);
    snprintf(out, SUGGEST_LABEL_MAX, "%.40s, %s, %s%.40s", m->carrier ? m->carrier : "carrier unknown", band,
             m->technologies ? "NFC " : "technologies unknown", m->technologies ? m->technologies : "");
}

static int compare_strata(const void *a, const void *b)
{
    return strcmp(((const struct suggest_stratum *)a)->label, ((const struct suggest_stratum *)b)->label);
}

static size_t find_stratum(const struct suggestion *s, const char *label)
{
    size_t i = 0;
    while (i < s->stratum_count && strcmp(s->strata[i].label, label) != 0)
        i++;
    return i;
}

static void make_strata(struct chooser *c)
{
    struct suggestion *s = c->out;
    char label[SUGGEST_LABEL_MAX];
    for (size_t i = 0; i < c->models->count; i++) {
        const struct model *m = &c->models->items[i];
        label_of(m, label);
        if (find_stratum(s, label) < s->stratum_count)
            continue;
        struct suggest_stratum *stratum = &s->strata[s->stratum_count++];
        *stratum = (struct suggest_stratum) { .like = m, .first_year = first_year(m) };
        memcpy(stratum->label, label, sizeof label);
    }
    qsort(s->strata, s->stratum_count, sizeof *s->strata, compare_strata);
    for (size_t i = 0; i < c->models->count; i++) {
        const struct model *m = &c->models->items[i];
        label_of(m, label);
        s->stratum_of[i] = find_stratum(s, label);
        s->strata[s->stratum_of[i]].models++;
        s->no_carrier += m->carrier == NULL;
        s->no_year += m->released == NULL;
        s->no_technologies += m->technologies == NULL;
        s->shares_known += isnan(m->share) ? 0 : 1;
        s->share_known += isnan(m->share) ? 0.0 : m->share;
    }
}

/* Larger share first, a known one before an unknown one, then as drawn. */
static bool is_before(const struct chooser *c, size_t a, size_t b)
{
    const struct model *x = &c->models->items[a], *y = &c->models->items[b];
    double left = isnan(x->share) ? -1.0 : x->share, right = isnan(y->share) ? -1.0 : y->share;
    if (left > right || left < right)
        return left > right;
    uint64_t first = random_u64(random_key_text(c->key, x->id), 0),
             second = random_u64(random_key_text(c->key, y->id), 0);
    return first != second ? first < second : a < b;
}

/* The first model not chosen yet, of one stratum or (SIZE_MAX) of those with a share; count when there is
 * none. */
static size_t best_model(const struct chooser *c, size_t stratum)
{
    size_t best = c->models->count;
    for (size_t i = 0; i < c->models->count; i++) {
        bool fits =
            stratum == SIZE_MAX ? !isnan(c->models->items[i].share) : c->out->stratum_of[i] == stratum;
        if (fits && !c->chosen[i] && (best == c->models->count || is_before(c, i, best)))
            best = i;
    }
    return best;
}

static void choose(struct chooser *c, size_t model, enum suggest_reason reason)
{
    struct suggestion *s = c->out;
    size_t stratum = s->stratum_of[model];
    c->chosen[model] = true;
    s->strata[stratum].chosen++;
    s->choices[s->choice_count++] = (struct suggest_choice) { model, stratum, reason };
    s->share_chosen += isnan(c->models->items[model].share) ? 0.0 : c->models->items[model].share;
}

/* How far a stratum is behind its part of N; strata of which all is chosen are never behind. */
static double behind(const struct chooser *c, size_t stratum)
{
    const struct suggest_stratum *s = &c->out->strata[stratum];
    if (s->chosen == s->models)
        return -INFINITY;
    return (double)c->n * s->models / (double)c->models->count - s->chosen;
}

/* Parts of N are fractions of one denominator: what differs by less than this is equal. */
#define EQUAL 1e-9

static size_t next_stratum(const struct chooser *c, bool empty_only)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < c->out->stratum_count; i++) {
        if (c->out->strata[i].chosen == c->out->strata[i].models ||
            (empty_only && c->out->strata[i].chosen > 0))
            continue;
        if (best == SIZE_MAX || behind(c, i) > behind(c, best) + EQUAL) {
            best = i;
        } else if (behind(c, i) > behind(c, best) - EQUAL) {
            uint64_t mine = random_u64(random_key_text(c->key, c->out->strata[i].label), 1);
            best = mine < random_u64(random_key_text(c->key, c->out->strata[best].label), 1) ? i : best;
        }
    }
    return best;
}

static void choose_all(struct chooser *c)
{
    struct suggestion *s = c->out;
    size_t by_share = s->shares_known < c->n / 2 ? s->shares_known : c->n / 2, empty = 0;
    for (size_t i = 0; i < by_share; i++)
        choose(c, best_model(c, SIZE_MAX), SUGGEST_BY_SHARE);
    for (size_t i = 0; i < s->stratum_count; i++)
        empty += s->strata[i].chosen == 0;
    bool present = empty <= c->n - by_share;
    while (s->choice_count < c->n) {
        size_t stratum = present && empty > 0 ? next_stratum(c, true) : next_stratum(c, false);
        empty -= present && empty > 0;
        choose(c, best_model(c, stratum),
               present && s->strata[stratum].chosen == 0 ? SUGGEST_BY_PRESENCE : SUGGEST_BY_PROPORTION);
    }
}

static int compare_choices(const void *a, const void *b)
{
    const struct suggest_choice *x = a, *y = b;
    return (x->model > y->model) - (x->model < y->model);
}

int suggest(const struct models *m, size_t n, uint64_t seed, struct suggestion *out, struct err *e)
{
    struct chooser c = { .models = m, .out = out, .n = n, .key = random_key_text(seed, "suggest") };
    *out = (struct suggestion) { 0 };
    if (n < 1 || n > m->count)
        return err_set(e, ERR_INPUT, m->path,
                       "%zu models to choose from: expected to choose 1 to %zu, not %zu", m->count, m->count,
                       n);
    out->strata = calloc(m->count, sizeof *out->strata);
    out->stratum_of = calloc(m->count, sizeof *out->stratum_of);
    out->choices = calloc(m->count, sizeof *out->choices);
    c.chosen = calloc(m->count, sizeof *c.chosen);
    if (!out->strata || !out->stratum_of || !out->choices || !c.chosen) {
        suggest_free(out);
        free(c.chosen);
        return err_set(e, ERR_MEMORY, m->path, "out of memory");
    }
    make_strata(&c);
    choose_all(&c);
    qsort(out->choices, out->choice_count, sizeof *out->choices, compare_choices);
    free(c.chosen);
    return 0;
}

void suggest_free(struct suggestion *s)
{
    free(s->strata);
    free(s->stratum_of);
    free(s->choices);
    *s = (struct suggestion) { 0 };
}
