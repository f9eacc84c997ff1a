#include "harness/commands/sample_scheme.h"

#include "harness/verdict/characteristics.h"
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define USUAL_MAX 10 /* values of q shown of every scheme */
#define ROWS_MAX  (USUAL_MAX + SAMPLE_OWN_MAX)

struct answer {
    struct scheme_table table;
    struct chance_row rows[ROWS_MAX + 1]; /* by q, and behind them the population */
    struct chances chances;               /* all of them */
    unsigned fixed_n,
        fixed_c; /* the fixed-sample plan with the same errors; fixed_n 0: fixed_why says why not */
    struct err fixed_why;
};

/* A fixed sample has no invalid placements: what the scheme takes with some is not its measure. */
static bool is_hung_on(const struct sample_scheme *s)
{
    return s->instrument.invalid > 0 || s->instrument.hidden > 0;
}

/* An upper limit on the failure probability of one transaction, were they independent: 1-(1-q)^(1/k). */
static double independent(const struct scheme *s)
{
    return -expm1(log1p(-s->q1) / s->k);
}

static const struct characteristics *population_of(const struct answer *a)
{
    return &a->rows[a->chances.count - 1].at;
}

/* ---- what is computed ---- */

static int by_q(const void *left, const void *right)
{
    double a = ((const struct chance_row *)left)->q, b = ((const struct chance_row *)right)->q;
    return (a > b) - (a < b);
}

/* The usual values and one's own, rising, each once; values that differ in the 15th digit only are one. */
static void choose_rows(const struct sample_scheme *s, struct answer *a)
{
    const struct scheme *k = &s->scheme;
    const double usual[USUAL_MAX] = { 0.0,   k->q0 / 4.0, k->q0 / 2.0, k->q0, (k->q0 + k->q1) / 2.0,
                                      k->q1, 1.5 * k->q1, 2.0 * k->q1, 0.5,   1.0 };
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < USUAL_MAX; i++) {
        if (usual[i] <= 1.0)
            a->rows[n++].q = usual[i];
    }
    for (size_t i = 0; i < s->own_count; i++)
        a->rows[n++].q = s->own[i];
    qsort(a->rows, n, sizeof *a->rows, by_q);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || a->rows[i].q - a->rows[kept - 1].q > 1e-15)
            a->rows[kept++].q = a->rows[i].q;
    }
    a->rows[kept].q = NAN;
    a->chances = (struct chances) { a->rows, kept + 1 };
}

static int compute(const struct sample_scheme *s, struct answer *a, struct err *e)
{
    const struct scheme *k = &s->scheme;
    int rc = scheme_table_make(k, &a->table, e);
    if (rc != 0 || !s->characteristics)
        return rc;
    choose_rows(s, a);
    for (size_t i = 0; i + 1 < a->chances.count && rc == 0; i++)
        rc = characteristics_with(&a->table, a->rows[i].q, &s->instrument, &a->rows[i].at, e);
    if (rc == 0)
        rc = characteristics_of(&a->table, population_usual, population_usual_count, &s->instrument,
                                &a->rows[a->chances.count - 1].at, e);
    if (rc == 0 && fixed_plan(k->q0, k->q1, k->alpha, k->beta, &a->fixed_n, &a->fixed_c, &a->fixed_why) != 0)
        a->fixed_n = 0;
    return rc;
}

/* ---- as YAML ---- */

static void tables_yaml(const struct scheme_table *t)
{
    puts("accept: # compatible from so many placements with at most so many dirty");
    for (unsigned d = 0; d <= t->scheme.n_max && t->accept[d] > 0; d++)
        printf("  - {placements: %u, dirty: %u}\n", t->accept[d], d);
    if (t->accept[0] == 0)
        puts("  []");
    puts("reject: # incompatible from so many placements with at least so many dirty, until the next line");
    unsigned before = 0;
    for (unsigned n = 0; n <= t->scheme.n_max; n++) {
        if (t->reject[n] != before)
            printf("  - {placements: %u, dirty: %u}\n", n, t->reject[n]);
        before = t->reject[n];
    }
    if (before == 0)
        puts("  []");
}

static void scheme_yaml(const struct scheme *s)
{
    puts("# nfc-survey sample-size: a scheme, that looks after every placement and may stop at any of them");
    printf("scheme: %s\nq0: %s\nq1: %s\nalpha: %s\nbeta: %s\nk: %u\nmax: %u\n", s->name,
           sample_given(s->q0).text, sample_given(s->q1).text, sample_given(s->alpha).text,
           sample_given(s->beta).text, s->k, s->n_max);
    printf("sessions: %d # that compatible needs\n", VERDICT_SESSIONS_NEEDED);
}

static void proof_yaml(const struct scheme *s)
{
    puts("compatible_proves: # q: probability of a dirty placement; p: of a failing transaction");
    printf("  confidence: %s\n  q_at_most: %s\n", sample_given(1.0 - s->beta).text, sample_given(s->q1).text);
    printf("  p_at_most_if_independent: %s\n  p_at_most: %s\n", sample_bound(independent(s), DECIMAL_UP).text,
           sample_given(s->q1).text);
    printf("incompatible_proves:\n  confidence: %s\n  q_at_least: %s\n", sample_given(1.0 - s->alpha).text,
           sample_given(s->q0).text);
    puts("trial: \"a placement, not a transaction\"\n"
         "holds: \"whenever one stops, if the scheme was fixed before the first placement; for these units "
         "and "
         "sessions\"");
}

static void chances_yaml(const char *before, const struct characteristics *c, const char *between,
                         const char *after)
{
    printf("%scompatible: %s%sincompatible: %s%sundecided: %s%splacements: %s%s\n", before,
           sample_computed(c->compatible).text, between, sample_computed(c->incompatible).text, between,
           sample_computed(c->undecided).text, between, sample_computed(c->placements).text, after);
}

static void population_yaml(const struct sample_scheme *asked, const struct answer *a)
{
    const struct scheme *s = &a->table.scheme;
    puts("population: # assumed for planning, not field data");
    puts("  parts: # q uniform from low to high");
    for (size_t i = 0; i < population_usual_count; i++)
        printf("    - {weight: %s, low: %s, high: %s}\n", sample_given(population_usual[i].weight).text,
               sample_given(population_usual[i].low).text, sample_given(population_usual[i].high).text);
    chances_yaml("  ", population_of(a), "\n  ", "");
    if (a->fixed_n == 0) {
        printf("fixed_sample: {absent: \"%s\"}\n", a->fixed_why.text);
        return;
    }
    printf(
        "fixed_sample: # compatible when at most so many of so many are dirty; no verdict before the last\n"
        "  alpha: %s\n  beta: %s\n  placements: %u\n  dirty_at_most: %u\n",
        sample_given(s->alpha).text, sample_given(s->beta).text, a->fixed_n, a->fixed_c);
    if (!is_hung_on(asked))
        printf("fixed_to_expected: %s # its placements to those expected of the population\n",
               sample_computed(a->fixed_n / population_of(a)->placements).text);
}

static void print_yaml(const struct sample_scheme *s, const struct answer *a)
{
    scheme_yaml(&s->scheme);
    tables_yaml(&a->table);
    proof_yaml(&s->scheme);
    if (!s->characteristics)
        return;
    if (s->instrument.invalid > 0 || s->instrument.hidden > 0)
        printf("instrument: # a placement ends invalid; a failure is hidden as an invalid placement\n"
               "  invalid: %s\n  hidden: %s\n",
               sample_given(s->instrument.invalid).text, sample_given(s->instrument.hidden).text);
    puts("operating_characteristics: # exact, for independent placements; placements: the number expected, "
         "without what a\n"
         "  # refusal takes in its second session");
    for (size_t i = 0; i + 1 < a->chances.count; i++) {
        printf("  - {q: %s", sample_given(a->rows[i].q).text);
        chances_yaml(", ", &a->rows[i].at, ", ", "}");
    }
    population_yaml(s, a);
}

/* ---- in words ---- */

#define GIVEN(share) (number_percent_given(share, to->language).text)

static void scheme_text(const struct scheme *s, const struct speech *to)
{
    speech_line(to, WORD_CMD_SCHEME, s->name, SPEECH_NUMBER(s->k), SPEECH_NUMBER(s->n_max), GIVEN(s->q1),
                GIVEN(s->beta), GIVEN(s->q0), GIVEN(s->alpha), NULL);
}

static void tables_text(const struct scheme_table *t, const struct speech *to)
{
    speech_table(to, NULL, &table_scheme_limits, &TABLE_ABOUT(t));
    speech_line(to, WORD_CMD_NEITHER, SPEECH_NUMBER(VERDICT_SESSIONS_NEEDED), NULL);
    if (t->accept[0] == 0)
        speech_line(to, WORD_CMD_NEVER_COMPATIBLE, SPEECH_NUMBER(t->scheme.n_max), NULL);
}

static void proof_text(const struct scheme *s, const struct speech *to)
{
    char independently[PHRASE_BYTES], however[PHRASE_BYTES]; /* in a column */
    snprintf(independently, sizeof independently, "%-9s",
             number_percent_bound(independent(s), DECIMAL_UP, to->language).text);
    snprintf(however, sizeof however, "%-9s", GIVEN(s->q1));
    speech_line(to, WORD_CMD_COMPATIBLE_SHOWS, GIVEN(1.0 - s->beta), GIVEN(s->q1), independently, however,
                NULL);
    speech_line(to, WORD_CMD_INCOMPATIBLE_SHOWS, GIVEN(1.0 - s->alpha), GIVEN(s->q0), NULL);
    speech_line(to, WORD_CMD_SCHEME_HOLDS, NULL);
}

static void characteristics_text(const struct sample_scheme *s, const struct answer *a,
                                 const struct speech *to)
{
    if (is_hung_on(s))
        speech_line(to, WORD_CMD_INSTRUMENT, GIVEN(s->instrument.invalid), GIVEN(s->instrument.hidden),
                    SPEECH_NUMBER(s->instrument.run_max), NULL);
    speech_line(to, WORD_CMD_CHANCES, NULL);
    speech_table(to, NULL, &table_chances, &TABLE_ABOUT(&a->chances));
}

static void population_text(const struct sample_scheme *asked, const struct answer *a,
                            const struct speech *to)
{
    const struct scheme *s = &a->table.scheme;
    speech_line(to, WORD_CMD_POPULATION_PARTS, NULL);
    for (size_t i = 0; i < population_usual_count; i++) {
        const struct population_part *p = &population_usual[i];
        speech_line(to, p->low == p->high ? WORD_CMD_PART_IS : WORD_CMD_PART_FROM, GIVEN(p->weight),
                    GIVEN(p->low), GIVEN(p->high), NULL);
    }
    if (a->fixed_n == 0)
        speech_line(to, WORD_CMD_NO_FIXED_SAMPLE, a->fixed_why.text, NULL);
    else
        speech_line(to, is_hung_on(asked) ? WORD_CMD_FIXED_SAMPLE_ALONE : WORD_CMD_FIXED_SAMPLE,
                    GIVEN(s->alpha), GIVEN(s->beta), SPEECH_NUMBER(a->fixed_n), SPEECH_NUMBER(a->fixed_c),
                    number_fixed(a->fixed_n / population_of(a)->placements, 2).text, NULL);
}

static void print_text(const struct sample_scheme *s, const struct answer *a, const struct speech *to)
{
    scheme_text(&s->scheme, to);
    tables_text(&a->table, to);
    proof_text(&s->scheme, to);
    if (!s->characteristics)
        return;
    characteristics_text(s, a, to);
    population_text(s, a, to);
}

int sample_scheme(const struct sample_scheme *s, const struct speech *to, struct err *e)
{
    struct answer *a = calloc(1, sizeof *a);
    if (!a)
        return err_set(e, ERR_MEMORY, "", "out of memory");
    int rc = compute(s, a, e);
    if (rc == 0 && to)
        print_text(s, a, to);
    else if (rc == 0)
        print_yaml(s, a);
    scheme_table_free(&a->table);
    free(a);
    return rc;
}
