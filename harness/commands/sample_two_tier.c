#include "harness/commands/sample_two_tier.h"

#include "harness/verdict/characteristics.h"
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIKE_MAX   8  /* values of q shown of every scheme, the same on all readers */
#define DIRTY_SHOWN 10 /* rows of the mean's table, for people */
#define SOME_MAX    4  /* and of one reader that differs */
#define ROWS_MAX    (ALIKE_MAX + SOME_MAX + 2 + SAMPLE_OWN_MAX)

struct answer {
    struct two_tier tiers;
    unsigned readers;
    struct handset_row worst[WORST_CASES], rows[ROWS_MAX];
    struct handset_rows worst_cases, chances;
    struct population_chances population;
};

/* ---- what is computed ---- */

static struct handset_row alike(unsigned readers, double q)
{
    return (struct handset_row) { .kind = HANDSET_ALIKE, .first = readers, .q_first = q };
}

static int by_q(const void *left, const void *right)
{
    double a = ((const struct handset_row *)left)->q_first, b = ((const struct handset_row *)right)->q_first;
    return (a > b) - (a < b);
}

/* All readers alike, by q; then one that differs from good others; then the population. */
static void choose_rows(const struct sample_scheme *s, struct answer *a)
{
    const struct scheme *k = &s->scheme;
    const double
        usual[ALIKE_MAX] = { 0.0, k->q0 / 4.0, k->q0 / 2.0, k->q0, k->mean, 2.0 * k->mean, 0.5, 1.0 },
        one[SOME_MAX] = { k->mean, (k->mean + k->q1) / 2.0, k->q1, 1.0 };
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < ALIKE_MAX; i++) {
        if (usual[i] <= 1.0)
            a->rows[n++] = alike(a->readers, usual[i]);
    }
    for (size_t i = 0; i < s->own_count; i++)
        a->rows[n++] = alike(a->readers, s->own[i]);
    qsort(a->rows, n, sizeof *a->rows, by_q);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || a->rows[i].q_first - a->rows[kept - 1].q_first > 1e-15)
            a->rows[kept++] = a->rows[i];
    }
    for (size_t i = 0; i < SOME_MAX && a->readers > 1; i++)
        a->rows[kept++] = (struct handset_row) {
            .kind = HANDSET_SOME, .first = 1, .q_first = one[i], .q_rest = k->q0 / 4.0
        };
    a->rows[kept++].kind = HANDSET_POPULATION;
    a->rows[kept++].kind = HANDSET_GOOD;
    a->chances = (struct handset_rows) { a->rows, kept };
}

static int compute_row(const struct answer *a, struct handset_row *row, struct err *e)
{
    static const double one = 1.0;
    struct reader_group groups[] = { { row->first, 1, 1, &row->q_first, &one },
                                     { a->readers - row->first, 1, 1, &row->q_rest, &one } };
    return row_chances(&a->tiers, groups, row->kind == HANDSET_SOME ? 2 : 1, &row->at, e);
}

static int compute_chances(const struct sample_scheme *s, struct answer *a, struct err *e)
{
    choose_rows(s, a);
    int rc = 0;
    size_t handsets = a->chances.count - 2;
    for (size_t i = 0; i < handsets && rc == 0; i++)
        rc = compute_row(a, &a->rows[i], e);
    if (rc == 0)
        rc = row_chances_of_population(&a->tiers, a->readers, &a->population, e);
    a->rows[handsets].at = a->population.all;
    a->rows[handsets + 1].at = a->population.good;
    return rc;
}

static int compute(const struct sample_scheme *s, struct answer *a, struct err *e)
{
    struct worst_case worst[WORST_CASES];
    int rc = two_tier_make(&s->scheme, 1, a->readers, &a->tiers, e);
    if (rc != 0)
        return rc;
    size_t count = worst_cases(&a->tiers, a->readers, worst);
    for (size_t i = 0; i < count; i++)
        a->worst[i] =
            (struct handset_row) { .kind = worst[i].first == a->readers ? HANDSET_ALIKE : HANDSET_SOME,
                                   .first = worst[i].first,
                                   .q_first = worst[i].q_first,
                                   .q_rest = worst[i].q_rest,
                                   .accepted = worst[i].accepted };
    a->worst_cases = (struct handset_rows) { a->worst, count };
    return s->characteristics ? compute_chances(s, a, e) : 0;
}

/* ---- as YAML ---- */

static void limits_yaml(const char *key, const int *dirty, unsigned most, unsigned step, const char *comment)
{
    printf("%s: # %s\n", key, comment);
    bool any = false;
    for (unsigned i = 1; i <= most; i++) {
        if (dirty[i] <= dirty[i - 1])
            continue;
        printf("  - {placements: %u, dirty: %d}\n", i * step, dirty[i]);
        any = true;
    }
    if (!any)
        puts("  []");
}

static void tables_yaml(const struct answer *a)
{
    const struct two_tier *t = &a->tiers;
    const struct scheme *s = &t->scheme;
    puts("# nfc-survey sample-size: a scheme of two tiers, that looks at the end of every tour of the "
         "readers");
    printf(
        "scheme: %s\nq0: %s\nmean: %s\neach: %s\nalpha: %s\nbeta: %s\nk: %u\nmax: %u # tours\nreaders: %u\n",
        s->name, sample_given(s->q0).text, sample_given(s->mean).text, sample_given(s->q1).text,
        sample_given(s->alpha).text, sample_given(s->beta).text, s->k, s->n_max, a->readers);
    printf("sessions: %d # that passing needs\n", VERDICT_SESSIONS_NEEDED);
    limits_yaml("mean_accepts", t->mean[a->readers], s->n_max, a->readers,
                "the mean holds from so many placements of all readers with at most so many dirty");
    limits_yaml("each_accepts", t->each, s->n_max, 1, "a reader holds, from so many of its placements");
    puts("reject: # a cell is incompatible from so many placements with at least so many dirty");
    for (unsigned n = 1; n <= s->n_max; n++) {
        if (t->cells.reject[n] != t->cells.reject[n - 1])
            printf("  - {placements: %u, dirty: %u}\n", n, t->cells.reject[n]);
    }
    printf("passing_proves: # q: probability of a dirty placement\n  confidence: %s\n  mean_q_at_most: %s\n"
           "  each_q_at_most: %s\nfailing_proves: # where a cell is incompatible\n  confidence: %s\n  "
           "q_at_least: %s\n",
           sample_given(1.0 - s->beta).text, sample_given(s->mean).text, sample_given(s->q1).text,
           sample_given(1.0 - s->alpha).text, sample_given(s->q0).text);
}

static void handset_yaml(const struct handset_row *h)
{
    if (h->kind == HANDSET_SOME)
        printf("  - {readers: %u, q: %s, q_others: %s, ", h->first, sample_given(h->q_first).text,
               sample_given(h->q_rest).text);
    else
        printf("  - {q: %s, ", sample_given(h->q_first).text);
}

static void chances_yaml(const struct row_chances *c, const char *between, const char *after)
{
    printf("passes: %s%srejected: %s%sunreached: %s%splacements: %s", sample_computed(c->passes).text,
           between, sample_computed(c->rejected).text, between, sample_computed(c->unreached).text, between,
           sample_computed(c->placements).text);
    if (c->simulated)
        printf("%ssimulated: true%sstandard_error: %s", between, between, sample_computed(c->error).text);
    printf("%s\n", after);
}

static void print_yaml(const struct sample_scheme *s, const struct answer *a)
{
    tables_yaml(a);
    puts("worst_cases: # handsets that must not pass, and how often the mean test alone lets them; exact");
    for (size_t i = 0; i < a->worst_cases.count; i++) {
        handset_yaml(&a->worst[i]);
        printf("mean_accepted: %s}\n", sample_computed(a->worst[i].accepted).text);
    }
    if (!s->characteristics)
        return;
    puts("operating_characteristics: # exact, for independent placements; placements: expected, a cell");
    size_t handsets = a->chances.count - 2;
    for (size_t i = 0; i < handsets; i++) {
        handset_yaml(&a->rows[i]);
        chances_yaml(&a->rows[i].at, ", ", "}");
    }
    printf("population: # of handsets; assumed for planning, not field data\n  own_kind: %s # a cell's "
           "chance to be of "
           "its handset's kind; else of any\n  parts: # of cells; q uniform from low to high\n",
           sample_given(HANDSET_SHARE).text);
    for (size_t i = 0; i < population_usual_count; i++)
        printf("    - {weight: %s, low: %s, high: %s}\n", sample_given(population_usual[i].weight).text,
               sample_given(population_usual[i].low).text, sample_given(population_usual[i].high).text);
    printf("  all: {");
    chances_yaml(&a->rows[handsets].at, ", ", "}");
    printf("  all_cells_good: {");
    chances_yaml(&a->rows[handsets + 1].at, ", ", "}");
    printf("  with_a_reader_above_mean: %s # of those that pass: a reader at %s or more\n",
           sample_computed(a->population.above).text, sample_given(a->tiers.scheme.mean).text);
}

/* ---- in words ---- */

#define GIVEN(share) (number_percent_given(share, to->language).text)

static void tables_text(const struct answer *a, const struct speech *to)
{
    const struct scheme *s = &a->tiers.scheme;
    struct tier_limits mean = { a->tiers.mean[a->readers], a->readers, 0 };
    while (mean.most < s->n_max && mean.dirty[mean.most + 1] < DIRTY_SHOWN)
        mean.most++;
    speech_line(to, WORD_CMD_TWO_TIERS, s->name, SPEECH_NUMBER(s->k), SPEECH_NUMBER(s->n_max),
                GIVEN(1.0 - s->beta), GIVEN(s->mean), GIVEN(s->q1), GIVEN(s->q0), GIVEN(1.0 - s->alpha),
                NULL);
    speech_line(to, WORD_CMD_MEAN_TABLE, SPEECH_NUMBER(a->readers), NULL);
    speech_table(to, NULL, &table_mean_limits, &TABLE_ABOUT(&mean));
    speech_line(to, WORD_CMD_EACH_TABLE, NULL);
    speech_table(to, NULL, &table_scheme_limits, &TABLE_ABOUT(&a->tiers.cells));
    speech_line(to, WORD_CMD_TIER_SESSIONS, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED), NULL);
    speech_line(to, WORD_CMD_TIER_SHOWS, GIVEN(1.0 - s->beta), GIVEN(s->mean), GIVEN(s->q1), GIVEN(s->q0),
                NULL);
    speech_line(to, WORD_CMD_SCHEME_HOLDS, NULL);
    speech_line(to, WORD_CMD_WORST_CASES, GIVEN(s->mean), GIVEN(s->beta), NULL);
    speech_table(to, NULL, &table_worst_cases, &TABLE_ABOUT(&a->worst_cases));
}

static void chances_text(const struct answer *a, const struct speech *to)
{
    double error = 0.0;
    for (size_t i = 0; i < a->chances.count; i++)
        error = fmax(error, a->rows[i].at.error);
    speech_line(to, WORD_CMD_ROW_CHANCES, NULL);
    speech_table(to, NULL, &table_row_chances, &TABLE_ABOUT(&a->chances));
    if (error > 0.0)
        speech_line(to, WORD_CMD_ROW_SIMULATED, number_percent(error, to->language).text, NULL);
    speech_line(to, WORD_CMD_HANDSETS_PARTS, GIVEN(HANDSET_SHARE), NULL);
    for (size_t i = 0; i < population_usual_count; i++) {
        const struct population_part *p = &population_usual[i];
        speech_line(to, p->low == p->high ? WORD_CMD_PART_IS : WORD_CMD_PART_FROM, GIVEN(p->weight),
                    GIVEN(p->low), GIVEN(p->high), NULL);
    }
    speech_line(to, WORD_CMD_WITH_A_READER_ABOVE, number_chance(a->population.above, to->language).text,
                GIVEN(a->tiers.scheme.mean), NULL);
}

int sample_two_tier(const struct sample_scheme *s, unsigned readers, const struct speech *to, struct err *e)
{
    struct answer *a = calloc(1, sizeof *a);
    if (!a)
        return err_set(e, ERR_MEMORY, "", "out of memory");
    a->readers = readers;
    int rc = compute(s, a, e);
    if (rc == 0 && to) {
        tables_text(a, to);
        if (s->characteristics)
            chances_text(a, to);
    } else if (rc == 0) {
        print_yaml(s, a);
    }
    two_tier_free(&a->tiers);
    free(a);
    return rc;
}
