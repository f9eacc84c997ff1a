/* Shares of the market: two columns of a list, and who in a survey they belong to. */
#include "harness/survey/shares.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "harness/survey/list.h"
#include "harness/survey/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-9 /* shares of ten digits may sum to this much more than 1 */

static bool add_share(struct shares *s, const char *handset, double share, unsigned line)
{
    if ((s->count & (s->count + 1)) == 0) { /* 0, 1, 3, 7 ...: room for twice as many and one */
        struct share *items = realloc(s->items, (2 * s->count + 1) * sizeof *items);
        if (!items)
            return false;
        s->items = items;
    }
    struct share *row = &s->items[s->count++];
    *row = (struct share) { text_copy(handset), text_key_copy(handset), share, line };
    s->sum += share;
    return row->handset && row->key;
}

static void read_row(const struct list *l, struct shares *s)
{
    const char *handset = list_cell(l, LIST_HANDSET);
    double share = list_share(l);
    if (!*handset)
        list_problem(l, LIST_HANDSET, "no handset: expected a profile's id or the asset tag of a unit");
    if (!*list_cell(l, LIST_SHARE))
        list_problem(l, LIST_SHARE, "no share: expected one from 0 to 1");
    if (!*handset || isnan(share))
        return;
    if (!add_share(s, handset, share, l->csv.line))
        l->csv.problems->memory = true;
}

static int compare_shares(const void *left, const void *right)
{
    const struct share *a = left, *b = right;
    int order = strcmp(a->key, b->key);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void check_rows(struct problems *p, const char *path, struct shares *s)
{
    char quote[PROBLEM_QUOTE_SIZE];
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, compare_shares);
    for (size_t i = 1; i < s->count; i++)
        if (strcmp(s->items[i - 1].key, s->items[i].key) == 0)
            problem_add(p, path, s->items[i].line, 1,
                        "%s stands in line %u already: expected one row a handset",
                        problem_quote(s->items[i].handset, quote), s->items[i - 1].line);
    if (s->sum > 1.0 + ROUNDING)
        problem_add(p, path, 1, 1, "the shares sum to %.6f: expected at most 1", s->sum);
    if (s->count == 0 && p->found == 0)
        problem_add(p, path, 2, 1, "no row: expected at least one handset and its share");
}

int shares_load_text(const char *path, const char *text, size_t length, struct shares **out,
                     struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct shares *s = calloc(1, sizeof *s);
    *out = NULL;
    struct list rows = { 0 };
    const uint32_t both = LIST_BIT(LIST_HANDSET) | LIST_BIT(LIST_SHARE);
    if (!s || !(s->path = text_copy(path))) {
        p.memory = true;
    } else if (list_open(&rows, &p, path, text, length, NULL, both, both)) {
        while (s->count < SHARES_MAX && list_next(&rows))
            read_row(&rows, s);
        if (s->count == SHARES_MAX && list_next(&rows))
            problem_add(&p, path, rows.csv.line, 1, "more than %d rows", SHARES_MAX);
        if (!p.memory)
            check_rows(&p, path, s);
    }
    list_close(&rows);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = s;
    else
        shares_free(&s);
    return status;
}

int shares_load(const char *path, struct shares **out, struct survey_problems *list, struct err *e)
{
    struct buf text;
    *out = NULL;
    buf_init(&text, CSV_FILE_MAX);
    int status = file_read(path, &text, e);
    if (status == 0)
        status = shares_load_text(path, text.data ? text.data : "", text.length, out, list, e);
    buf_free(&text);
    return status;
}

void shares_free(struct shares **s)
{
    if (!s || !*s)
        return;
    for (size_t i = 0; i < (*s)->count; i++) {
        free((*s)->items[i].handset);
        free((*s)->items[i].key);
    }
    free((*s)->items);
    free((*s)->path);
    free(*s);
    *s = NULL;
}

/* Whether a row names a pair: by its unit, or by its profile, whose id is its own key. */
static bool is_named(const struct survey *v, char *const *units, size_t pair, const struct share *row)
{
    return strcmp(units[pair], row->key) == 0 || strcmp(survey_handset_of(v, pair)->id, row->key) == 0;
}

static void give_row(const struct share *row, const struct shares *s, const struct survey *v,
                     char *const *units, double *weights, struct shares_use *use, struct problems *p)
{
    char quote[PROBLEM_QUOTE_SIZE];
    size_t named = 0;
    for (size_t pair = 0; pair < v->pair_count; pair++)
        named += is_named(v, units, pair, row);
    if (named == 0 && use->untested_rows++ == 0)
        use->first_untested = row->handset;
    use->untested += named == 0 ? row->share : 0.0;
    for (size_t pair = 0; named > 0 && pair < v->pair_count; pair++) {
        if (!is_named(v, units, pair, row))
            continue;
        if (!isnan(weights[pair]))
            problem_add(p, s->path, row->line, 1, "%s: handset %s has a share by another row already",
                        problem_quote(row->handset, quote), v->pairs[pair].unit);
        weights[pair] = row->share / (double)named;
    }
}

static void give_rows(const struct shares *s, const struct survey *v, double *weights, struct shares_use *use,
                      struct problems *p)
{
    char **units = calloc(v->pair_count ? v->pair_count : 1, sizeof *units);
    p->memory = !units;
    for (size_t pair = 0; pair < v->pair_count && !p->memory; pair++)
        p->memory = !(units[pair] = text_key_copy(v->pairs[pair].unit));
    for (size_t i = 0; i < s->count && !p->memory; i++)
        give_row(&s->items[i], s, v, units, weights, use, p);
    for (size_t pair = 0; units && pair < v->pair_count; pair++)
        free(units[pair]);
    free(units);
}

static void give_profiles(const struct survey *v, double *weights)
{
    for (size_t pair = 0; pair < v->pair_count; pair++) {
        const struct handset_profile *h = survey_handset_of(v, pair);
        size_t alike = 0;
        for (size_t other = 0; other < v->pair_count; other++)
            alike += v->pairs[other].handset == v->pairs[pair].handset;
        if (h->share > 0.0)
            weights[pair] = h->share / (double)alike;
    }
}

int shares_weights(const struct shares *s, const struct survey *v, double *weights, struct shares_use *use,
                   struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    *use = (struct shares_use) { .source = s ? SHARES_FILE : SHARES_PROFILES };
    for (size_t pair = 0; pair < v->pair_count; pair++)
        weights[pair] = NAN;
    if (s)
        give_rows(s, v, weights, use, &p);
    else
        give_profiles(v, weights);
    for (size_t pair = 0; pair < v->pair_count; pair++) {
        bool has = !isnan(weights[pair]);
        use->without += !has;
        weights[pair] = has ? weights[pair] : 0.0;
        use->tested += weights[pair];
    }
    if (use->tested > 1.0 + ROUNDING)
        problem_add(&p, v->path, 1, 1, "the shares of the handset profiles sum to %.6f: expected at most 1",
                    use->tested);
    if (use->tested == 0.0 && !s && v->pair_count > 0) {
        use->source = SHARES_UNKNOWN;
        use->without = 0;
        use->tested = 1.0;
        for (size_t pair = 0; pair < v->pair_count; pair++)
            weights[pair] = 1.0 / (double)v->pair_count;
    }
    return problem_result(&p, s ? s->path : v->path, e);
}
