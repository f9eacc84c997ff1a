/* What the market gets: coverage of each reader, of all and of every subset, patterns, and the reader
 * claim. */
#include "harness/matrix/parts.h"

#include "harness/stats/cover.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLAIM_PLACEMENTS 300.0 /* times the share: rule of three, 3/m <= 0.01 */

#define LAST_BITS 1e-12 /* what sums of shares are off by is less */
#define ROUNDING  1e-9  /* brackets are sums of shares: those that touch must not count as apart */

static const double targets[MATRIX_TARGETS] = { 0.50, 0.80, 0.90, 0.95, 0.99 };

/* Of sums and differences of shares: a last bit above 0 or 1 is none of the market. */
static double share(double sum)
{
    return sum < LAST_BITS ? 0.0 : fmin(1.0, sum);
}

/* Whether a pair is shown to pass the criteria, or not to meet them: what they ask of all readers together included. */
static void over_readers(const struct assessment *a, size_t pair, bool *shown, bool *ruled_out)
{
    const struct assess_pair *p = &a->pairs[pair];
    *shown =
        p->recommendation == RECOMMENDATION_RECOMMENDED || p->recommendation == RECOMMENDATION_CONDITIONAL;
    *ruled_out = p->shown_not_to_meet;
}

static void count_readers(const struct findings *f, const struct assessment *a, const struct matrix *m,
                          struct matrix_group *g)
{
    const struct survey *s = f->survey;
    double fails_some = 0.0;
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        bool all = true, some = false;
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            struct matrix_reader *r = &g->readers[reader];
            enum matrix_state state = matrix_state_of(f, g, pair, reader),
                              served = matrix_served(f, g, pair, reader);
            r->works += state == MATRIX_WORKS;
            r->fails += state == MATRIX_FAILS;
            r->open += state == MATRIX_OPEN;
            r->not_pursued += state == MATRIX_NOT_PURSUED;
            r->market.lower += served == MATRIX_WORKS ? m->weights[pair] : 0.0;
            r->market.upper += served == MATRIX_FAILS ? m->weights[pair] : 0.0; /* turned round below */
            all = all && served == MATRIX_WORKS;
            some = some || served == MATRIX_FAILS;
        }
        if (a)
            over_readers(a, pair, &all, &some);
        g->all_readers.lower += all ? m->weights[pair] : 0.0;
        fails_some += some ? m->weights[pair] : 0.0;
    }
    for (size_t reader = 0; reader < s->reader_count; reader++)
        g->readers[reader].market = (struct matrix_bracket) { share(g->readers[reader].market.lower),
                                                              share(1.0 - g->readers[reader].market.upper) };
    g->all_readers = (struct matrix_bracket) { share(g->all_readers.lower), share(1.0 - fails_some) };
}

static int cover_subsets_of(const struct findings *f, const struct matrix *m, struct matrix_group *g,
                            struct err *e)
{
    const struct survey *s = f->survey;
    size_t subsets = (size_t)1 << s->reader_count;
    struct cover_handset *handsets = matrix_room(s->pair_count, sizeof *handsets);
    g->subset_lower = matrix_room(subsets, sizeof *g->subset_lower);
    g->subset_upper = matrix_room(subsets, sizeof *g->subset_upper);
    if (!handsets || !g->subset_lower || !g->subset_upper) {
        free(handsets);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory for %zu subsets of readers", subsets);
    }
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        handsets[pair].weight = m->weights[pair];
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            enum matrix_state state = matrix_served(f, g, pair, reader);
            handsets[pair].works |= (uint32_t)(state == MATRIX_WORKS) << reader;
            handsets[pair].fails |= (uint32_t)(state == MATRIX_FAILS) << reader;
        }
    }
    cover_subsets(handsets, s->pair_count, (unsigned)s->reader_count, g->subset_lower, g->subset_upper);
    for (size_t subset = 1; subset < subsets; subset++)
        g->subset_upper[subset] = share(g->subset_upper[subset] + fmax(0.0, 1.0 - m->shares.tested));
    for (unsigned i = 0; i < MATRIX_TARGETS; i++) {
        g->targets[i].share = targets[i];
        g->targets[i].size =
            cover_smallest(g->subset_lower, (unsigned)s->reader_count, targets[i], &g->targets[i].alike);
    }
    free(handsets);
    return 0;
}

/* Placements of a handset on a reader: of its cells the one with the fewest counts. UINT64_MAX: no cell. */
static uint64_t fewest(const struct findings *f, const struct matrix_group *g, size_t pair, size_t reader)
{
    const struct survey *s = f->survey;
    uint64_t least = UINT64_MAX;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            const struct findings_cell *c = &f->cells[survey_cell(s, pair, condition, reader, script)];
            if (matrix_has(g, c) && c->state == SURVEY_CELL_IN && c->n < least)
                least = c->n;
        }
    return least;
}

static void find_claims(const struct findings *f, const struct matrix *m, struct matrix_group *g)
{
    const struct survey *s = f->survey;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        struct matrix_reader *r = &g->readers[reader];
        r->claim_dirty = r->d;
        for (size_t pair = 0; pair < s->pair_count; pair++) {
            if (!(m->weights[pair] > 0.0))
                continue;
            double share = m->weights[pair] / m->shares.tested;
            uint64_t needed = (uint64_t)ceil(CLAIM_PLACEMENTS * share - 1e-9),
                     made = fewest(f, g, pair, reader);
            if (made == UINT64_MAX)
                r->claim_absent++;
            else if (needed > made)
                r->claim_missing += needed - made;
        }
    }
}

static int compare_patterns(const void *left, const void *right)
{
    const struct matrix_pattern *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->text, b->text);
}

static int find_patterns(const struct findings *f, struct matrix_group *g, struct err *e)
{
    static const char signs[] = {
        [MATRIX_OPEN] = '?', [MATRIX_WORKS] = '+', [MATRIX_FAILS] = '-', [MATRIX_NOT_PURSUED] = '.'
    };
    const struct survey *s = f->survey;
    char(*texts)[SURVEY_READERS_MAX + 1] = matrix_room(s->pair_count, sizeof *texts);
    g->patterns = matrix_room(s->pair_count, sizeof *g->patterns);
    g->pattern_of_pair = matrix_room(s->pair_count, sizeof *g->pattern_of_pair);
    if (!texts || !g->patterns || !g->pattern_of_pair) {
        free(texts);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    }
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        size_t i = 0;
        for (size_t reader = 0; reader < s->reader_count; reader++)
            texts[pair][reader] = signs[matrix_state_of(f, g, pair, reader)];
        while (i < g->pattern_count && strcmp(g->patterns[i].text, texts[pair]) != 0)
            i++;
        if (i == g->pattern_count)
            memcpy(g->patterns[g->pattern_count++].text, texts[pair], sizeof *texts);
        g->patterns[i].count++;
    }
    qsort(g->patterns, g->pattern_count, sizeof *g->patterns, compare_patterns);
    for (size_t pair = 0; pair < s->pair_count; pair++)
        while (strcmp(g->patterns[g->pattern_of_pair[pair]].text, texts[pair]) != 0)
            g->pattern_of_pair[pair]++;
    free(texts);
    return 0;
}

int matrix_cover(const struct findings *f, const struct assessment *a, struct matrix *m,
                 struct matrix_group *g, struct err *e)
{
    count_readers(f, a, m, g);
    find_claims(f, m, g);
    int status = cover_subsets_of(f, m, g, e);
    return status ? status : find_patterns(f, g, e);
}

bool matrix_apart(const struct matrix_bracket *better, const struct matrix_bracket *worse)
{
    return better->lower > worse->upper + ROUNDING;
}

bool matrix_meets(const struct matrix_group *g, const struct matrix_target *t, uint32_t subset)
{
    return t->size > 0 && (unsigned)__builtin_popcount(subset) == t->size &&
           cover_reaches(g->subset_lower[subset], t->share);
}

void matrix_subset_text(const struct findings *f, uint32_t subset, char *out, size_t capacity)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t reader = 0; reader < f->survey->reader_count && length < capacity; reader++)
        if (subset >> reader & 1) {
            int n = snprintf(out + length, capacity - length, "%s%s", length ? ", " : "",
                             f->survey->readers[reader].unit);
            length += n > 0 ? (size_t)n : 0;
        }
}

const char *matrix_shares_text(const struct matrix *m)
{
    switch (m->shares.source) {
    case SHARES_FILE:
        return m->shares_path;
    case SHARES_PROFILES:
        return "handset profiles";
    case SHARES_UNKNOWN:
    case SHARES_NONE:
        break;
    }
    return "shares unknown: every tested handset weighs the same, and nothing is said about others";
}
