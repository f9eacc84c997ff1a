/*
 * The matrix of journals whose answers are counted by hand: states, brackets, subsets, claims, the handsets
 * for regression, rules, and that the order of the survey's lists changes nothing.
 */
#include "harness/base/keyed_random.h"
#include "harness/matrix/parts.h"
#include "reports/render/yaml.h"
#include "reports/tables/tables.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <yaml.h>

#include <cmocka.h>
#include <math.h>

/* One required cell a reader and handset: on-unlocked, read-token. */
#define ONE_CELL "scripts: [read-token]\npower_modes: [on-unlocked]\nreaders_at_least: all\n"

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    sample_stop(s, "done");
    sample_must(findings_make(s->directory, NULL, &f, &e), &e);
    return f;
}

/* What matrix.yaml has of it, or summary.yaml. */
static void write_yaml(struct findings *f, struct matrix *m, bool whole, struct buf *b)
{
    static const struct table *const tables[] = { &table_matrix, NULL };
    const struct report r = { .findings = f, .matrix = m };
    const struct view v = { &r, LANGUAGE_ENGLISH, FORM_YAML, .whole = whole };
    buf_init(b, 1 << 24);
    yaml_tables(b, &v, tables);
}

static struct matrix *matrix(const struct findings *f, const char *csv, double fdr)
{
    struct survey_problems p = { 0 };
    struct shares *shares = NULL;
    struct matrix *m = NULL;
    struct err e = { 0 };
    if (csv)
        sample_must(shares_load_text("shares.csv", csv, strlen(csv), &shares, &p, &e), &e);
    struct matrix_options o = { .shares = shares, .permutations = 999, .fdr = fdr };
    struct criteria *c = NULL;
    const char *asked = f->survey->criteria_text;
    if (asked)
        sample_must(criteria_load_text("criteria", asked, strlen(asked), &c, &p, &e), &e);
    sample_must(matrix_make(f, c, &o, &m, &p, &e), &e);
    criteria_free(&c);
    survey_problems_free(&p);
    m->shares_path = NULL; /* goes with the shares */
    m->shares.first_untested = NULL;
    shares_free(&shares);
    return m;
}

static void near(double got, double want)
{
    if (!(fabs(got - want) < 1e-9))
        fail_msg("got %.12g, expected %.12g", got, want);
}

/* '+' 20 clean placements (compatible), '-' 13 of 14 dirty (shown above q1), '?' 4 clean ones (open), '.'
 * none. */
static void lay(struct sample *s, const char *const *rows)
{
    for (unsigned pair = 0; pair < s->shape.pairs; pair++)
        for (unsigned reader = 0; reader < s->shape.readers; reader++) {
            char sign = rows[pair][reader];
            if (sign != '.')
                sample_fill(s, reader, pair, 0, 0,
                            sign == '+'   ? 20
                            : sign == '-' ? 14
                                          : 4,
                            sign == '-' ? 13 : 0);
        }
}

/*
 * Handsets with one cell each, played to a verdict by the scheme: how often [shown, not shown above the bound] holds the
 * true share of those with q <= q1. Population Q, and one in which three of ten are grey; a bracket that went by the verdict
 * `incompatible`, against q0, would hold it in .46 and .04 of the plays.
 */
static double covered(const struct scheme_table *t, double grey, bool by_verdict, unsigned plays)
{
    const struct scheme *s = &t->scheme;
    unsigned held = 0;
    for (unsigned play = 0; play < plays; play++) {
        unsigned good = 0, shown = 0, out = 0;
        for (unsigned i = 0; i < 60; i++) {
            uint64_t key = random_key(random_key(7, play), i);
            double u = random_uniform(key, 1001), v = random_uniform(key, 1002);
            double q = grey > 0  ? (u < grey ? 0.05 + 0.05 * v : 0.002)
                       : u < 0.8 ? 0.005
                       : u < 0.9 ? 0.5 + 0.5 * v
                                 : 0.03 + 0.27 * v;
            struct findings_cell c = { .judged = { .sessions = 3 }, .verdict = VERDICT_UNDECIDED };
            while (c.verdict == VERDICT_UNDECIDED && c.n < s->n_max) {
                c.d += random_uniform(key, c.n++) < q;
                c.verdict = t->reject[c.n] && c.d >= t->reject[c.n]   ? VERDICT_INCOMPATIBLE
                            : t->accept[c.d] && c.n >= t->accept[c.d] ? VERDICT_COMPATIBLE
                                                                      : VERDICT_UNDECIDED;
            }
            verdict_bounds(s, c.n, c.d, 0, &c.lower, &c.upper);
            c.judged.n = c.n;
            c.judged.d = c.d;
            enum matrix_state state = matrix_serves(s, &c, s->q1, false);
            good += q <= s->q1;
            shown += state == MATRIX_WORKS;
            out += by_verdict ? c.verdict == VERDICT_INCOMPATIBLE : state == MATRIX_FAILS;
        }
        held += good <= 60 - out && good + 3 >= shown; /* a few of those at the bound are shown by chance */
    }
    return (double)held / plays;
}

static void what_is_not_ruled_out_holds_the_true_share(void **state)
{
    (void)state;
    struct scheme s;
    struct scheme_table t;
    struct err e = { 0 };
    assert_true(scheme_preset("standard", &s));
    sample_must(scheme_table_make(&s, &t, &e), &e);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(covered(&t, i ? 0.3 : 0, false, 300) >= 0.95);
        assert_true(covered(&t, i ? 0.3 : 0, true, 300) < 0.8);
    }
    scheme_table_free(&t);
}

/* L(6, 5) is .112 and L(14, 13) .336 (scipy): both incompatible, and only the second is above the 20 % that is asked for. */
static void a_cell_above_q0_is_not_ruled_out(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4, .criteria = ONE_CELL };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 0, 1, 0, 0, 6, 5);
    sample_fill(&s, 0, 2, 0, 0, 14, 13);
    sample_fill(&s, 0, 3, 0, 0, 4, 0);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_group *g = &m->groups[0];
    near(g->bound, 0.2);
    assert_int_equal(g->readers[0].fails, 2);
    near(g->readers[0].market.lower, 0.25);
    near(g->readers[0].market.upper, 0.75);
    near(g->subset_upper[1], 0.75);
    near(g->all_readers.upper, 0.75);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* The criteria decide, not the verdicts of cells: a rule of taps passes what the scheme calls incompatible, and what is not
 * in the survey serves nobody. */
static void coverage_is_of_the_criteria_in_force(void **state)
{
    static const struct {
        const char *criteria;
        unsigned works;
        double lower, upper;
    } rows[] = {
        { ONE_CELL, 1, 0.5, 0.5 },
        { "scripts: [read-token]\npower_modes: [on-unlocked]\nsuccess: {taps: 20, ok_at_least: 1}\n"
          "readers_at_least: all\n",
          2, 1, 1 },
        { "scripts: [read-token, elsewhere]\npower_modes: [on-unlocked]\nreaders_at_least: all\n", 0, 0,
          0.5 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sample s;
        struct sample_shape shape = { .readers = 2, .pairs = 2, .criteria = rows[i].criteria };
        sample_open(&s, &shape);
        for (unsigned reader = 0; reader < 2; reader++) {
            sample_fill(&s, reader, 0, 0, 0, 20, 0);
            sample_fill(&s, reader, 1, 0, 0, 20, 19);
        }
        struct findings *f = make(&s);
        struct matrix *m = matrix(f, NULL, 0);
        const struct matrix_group *g = &m->groups[0];
        assert_int_equal(g->readers[0].works, rows[i].works);
        near(g->readers[0].market.lower, rows[i].lower);
        near(g->readers[0].market.upper, rows[i].upper);
        near(g->all_readers.lower, rows[i].lower);
        near(g->all_readers.upper, rows[i].upper);
        near(g->subset_lower[3], rows[i].lower);
        matrix_free(&m);
        findings_free(&f);
        sample_close(&s);
    }
}

static const char *const four[] = { "+++", "+-?", "---", "?+-" };
static const struct sample_shape hand_made = { .readers = 3, .pairs = 4, .criteria = ONE_CELL };

static void brackets_are_what_a_count_by_hand_gives(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &hand_made);
    lay(&s, four);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    assert_int_equal(m->group_count, 1);
    const struct matrix_group *g = &m->groups[0];
    assert_true(g->required);
    assert_int_equal(m->shares.source, SHARES_UNKNOWN);
    assert_int_equal(g->readers[0].works, 2);
    assert_int_equal(g->readers[0].fails, 1);
    assert_int_equal(g->readers[0].open, 1);
    near(g->readers[0].market.lower, 0.5);
    near(g->readers[0].market.upper, 0.75);
    near(g->readers[1].market.lower, 0.5);
    near(g->readers[1].market.upper, 0.5);
    near(g->readers[2].market.lower, 0.25);
    near(g->readers[2].market.upper, 0.5);
    near(g->all_readers.lower, 0.25);
    near(g->all_readers.upper, 0.25);
    near(g->subset_lower[3], 0.75); /* the first two readers: all but the third handset */
    near(g->subset_upper[3], 0.75);
    near(g->subset_lower[7], 0.75);
    near(g->subset_lower[6], 0.5);
    near(g->subset_upper[6], 0.75); /* the last two: handset 2 fails on one and is open on the other */
    assert_int_equal(g->targets[0].size, 1);
    assert_int_equal(g->targets[0].alike, 2);
    assert_true(matrix_meets(g, &g->targets[0], 1) && matrix_meets(g, &g->targets[0], 2));
    assert_false(matrix_meets(g, &g->targets[0], 4));
    assert_int_equal(g->targets[1].size, 0); /* 80 % by none */
    assert_false(matrix_apart(&g->readers[0].market, &g->readers[1].market));
    assert_int_equal(g->tested, 12);
    assert_int_equal(g->compatible, 5);
    assert_int_equal(g->incompatible, 5);
    matrix_free(&m);
    assert_null(m);
    findings_free(&f);
    sample_close(&s);
}

static void the_untested_share_goes_wholly_into_the_width(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &hand_made);
    lay(&s, four);
    struct findings *f = make(&s);
    struct matrix *m =
        matrix(f, "handset,share\nsim-phone-01,0.4\nA-02,0.1\nA-03,0.2\nA-04,0.1\nother,0.15\n", 0);
    const struct matrix_group *g = &m->groups[0];
    assert_int_equal(m->shares.source, SHARES_FILE);
    near(m->shares.tested, 0.8);
    near(g->readers[0].market.lower, 0.5);
    near(g->readers[0].market.upper, 0.8);
    near(g->readers[2].market.lower, 0.4);
    near(g->readers[2].market.upper, 0.7);
    near(g->all_readers.lower, 0.4);
    near(g->all_readers.upper, 0.6);
    near(g->subset_lower[7], 0.6);
    near(g->subset_upper[7], 0.8); /* only the third handset fails on all; 0.2 untested are not ruled out */
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void only_brackets_apart_rank_two_readers(void **state)
{
    (void)state;
    static const struct matrix_bracket good = { 0.8, 0.9 }, bad = { 0.5, 0.7 }, touching = { 0.6, 0.8 };
    assert_true(matrix_apart(&good, &bad));
    assert_false(matrix_apart(&bad, &good));
    assert_false(matrix_apart(&good, &touching));
    struct matrix_bracket summed = { 0.1 + 0.2, 0.9 }, plain = { 0.0, 0.3 }; /* 0.30000000000000004 > 0.3 */
    assert_false(matrix_apart(&summed, &plain));
}

static void a_declared_absence_fails_and_an_exclusion_stays_open(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2,
                                  .pairs = 3,
                                  .absent_off = true,
                                  .exclude = true,
                                  .criteria = "scripts: [read-token]\npower_modes: [battery-low]\n"
                                              "readers_at_least: all\n" };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 2, 0, 20, 0);
    sample_fill(&s, 1, 0, 2, 0, 20, 0);
    sample_fill(&s, 0, 2, 2, 0, 20, 0);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_group *g = &m->groups[0];
    assert_int_equal(g->readers[0].works, 2);
    assert_int_equal(g->readers[0].fails, 1); /* handset 2 declares battery-low absent */
    assert_int_equal(g->readers[1].fails, 1);
    assert_int_equal(g->readers[1].open, 1); /* handset 3 is excluded there */
    assert_int_equal(g->readers[1].claim_absent, 2);
    assert_int_equal(g->pattern_count, 3);
    assert_string_equal(g->patterns[g->pattern_of_pair[0]].text, "++");
    assert_string_equal(g->patterns[g->pattern_of_pair[1]].text, "--");
    assert_string_equal(g->patterns[g->pattern_of_pair[2]].text, "+?");
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void without_criteria_each_condition_is_a_group(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1, .no_criteria = true };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 1, 0, 20, 0);
    sample_fill(&s, 0, 0, 1, 1, 20, 0);
    sample_fill(&s, 0, 0, 2, 0, 20, 0); /* the other script of this condition has no placement: open */
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    assert_int_equal(m->group_count, 3);
    assert_string_equal(m->groups[1].name, "on-locked");
    assert_int_equal(m->groups[0].readers[0].open, 1);
    assert_int_equal(m->groups[1].readers[0].works, 1);
    assert_int_equal(m->groups[2].readers[0].open, 1);
    assert_int_equal(m->groups[1].prior.kind, POOL_NOT_POOLED); /* all clean */
    assert_int_equal(m->groups[0].prior.kind, POOL_NONE);
    assert_true(isnan(m->groups[0].readers[0].pooled) && isnan(m->groups[0].readers[0].raw));
    assert_int_equal(m->groups[0].point_count, 0);
    assert_int_equal(m->groups[1].point_count, 1); /* both scripts' cells are 0 of 20 */
    assert_int_equal(m->groups[1].points[0].cells, 2);
    assert_int_equal(m->groups[1].points[0].n, 20);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* Four equal handsets: 75 clean placements each; 20 + 20 + 0 + 4 are there on the first reader. */
static void the_reader_claim_says_how_many_placements_are_missing(void **state)
{
    (void)state;
    struct sample s;
    static const char *const rows[] = { "+.", "+.", "..", "?-" };
    struct sample_shape shape = { .readers = 2, .pairs = 4, .criteria = ONE_CELL };
    sample_open(&s, &shape);
    lay(&s, rows);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_reader *r = m->groups[0].readers;
    assert_int_equal(r[0].claim_missing, 55 + 55 + 75 + 71);
    assert_int_equal(r[0].claim_dirty, 0);
    assert_int_equal(r[0].claim_absent, 0);
    assert_int_equal(r[1].claim_missing, 75 + 75 + 75 + 61);
    assert_int_equal(r[1].claim_dirty, 13);
    matrix_free(&m);
    m = matrix(f, "handset,share\nA-01,0.3\nA-02,0.1\n",
               0); /* of the tested market 3/4 and 1/4: 225 and 75 */
    assert_int_equal(m->groups[0].readers[0].claim_missing, 205 + 55);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void break_once(struct sample *s, unsigned reader, unsigned pair, const char *stage, uint32_t causes,
                       bool slow)
{
    uint64_t cell = survey_cell(s->survey, pair, 0, reader, 0), line = sample_lay(s, reader, pair, 0, 1);
    struct sample_try t = { slow ? "ok" : "fail", 2000000, slow, causes, stage };
    sample_run(s, line, cell, 1, 1, &t);
    sample_placed(s, line, &cell, (const char *const[]) { "dirty" }, 1, "dirty");
}

/*
 * Ways of failing: detect and exchange on reader 0, exchange and slow on reader 1. Handset 0 shows two of
 * them, as the next two do, so greedy starts with it and needs three; handsets 1 and 2 show all four.
 */
static void regression_keeps_the_fewest_handsets(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2, .pairs = 4, .criteria = ONE_CELL };
    sample_open(&s, &shape);
    break_once(&s, 0, 0, "detect", CAUSE(2) | CAUSE(3), false);
    break_once(&s, 1, 0, "exchange", CAUSE(10), false);
    break_once(&s, 0, 1, "detect", CAUSE(2) | CAUSE(3), false);
    break_once(&s, 0, 1, "exchange", CAUSE(10), false);
    break_once(&s, 1, 2, "exchange", CAUSE(10), false);
    break_once(&s, 1, 2, "exchange", CAUSE(27), true);
    sample_fill(&s, 0, 3, 0, 0, 3, 0);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    assert_int_equal(m->modes, 4);
    assert_int_equal(m->modes_once, 2);
    assert_int_equal(m->regression_greedy, 3);
    assert_int_equal(m->regression_count, 2);
    assert_true(m->regression_proven);
    assert_int_equal(m->regression[0], 1);
    assert_int_equal(m->regression[1], 2);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* k = 2: three placements with both bad, three with none, one cut short after one: correlation 1. */
static void intraclass_correlation_comes_from_whole_placements(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    for (unsigned i = 0; i < 7; i++) {
        struct journal_record r;
        struct journal_result item = { .cell = 0, .result = i < 4 ? PLACEMENT_DIRTY : PLACEMENT_CLEAN };
        item.ok = i < 3 ? 0 : i == 3 ? 1 : 2;
        item.fail = i == 0 ? 1 : i < 3 ? 2 : 0; /* the first: nothing detected, nothing more tried */
        uint64_t line = sample_lay(&s, 0, 0, 0, 1);
        journal_record_init(&r, JOURNAL_KIND_PLACED);
        r.as.placed.placement = line;
        r.as.placed.at_us = s.at_us;
        r.as.placed.result = item.result;
        r.as.placed.results.items = &item;
        r.as.placed.results.count = 1;
        sample_append(&s, &r);
    }
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    assert_int_equal(f->cells[0].whole_placements, 6);
    assert_int_equal(f->cells[0].bad, 6);
    assert_int_equal(f->cells[0].bad_squared, 12);
    assert_true(m->has_icc);
    near(m->icc, 1.0);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* Thirty handsets of three makers in turn; those of the first maker fail on both readers. */
static void fill_makers(struct sample *s, bool by_maker)
{
    for (unsigned pair = 0; pair < 30; pair++)
        for (unsigned reader = 0; reader < 2; reader++) {
            bool bad = by_maker ? pair % 3 == 0 : pair == 0 || pair == 3 || pair == 4;
            sample_fill(s, reader, pair, 0, 0, bad ? 6 : 20, bad ? 5 : 0);
        }
}

static void a_rule_is_said_only_when_it_survives(void **state)
{
    (void)state;
    for (unsigned by_maker = 0; by_maker < 2; by_maker++) {
        struct sample s;
        struct sample_shape shape = { .readers = 2, .pairs = 30, .criteria = ONE_CELL };
        char words[256];
        struct buf b;
        sample_open(&s, &shape);
        fill_makers(&s, by_maker);
        struct findings *f = make(&s);
        struct matrix *m = matrix(f, NULL, 0);
        const struct matrix_group *g = &m->groups[0];
        write_yaml(f, m, false, &b);
        assert_int_equal(g->models_fail, by_maker ? 10 : 3);
        assert_true(g->stump.rule.found);
        matrix_rule_text(m, &g->stump.rule, words, sizeof words);
        assert_true(matrix_says_rule(m, g) == (by_maker == 1));
        assert_true((strstr(b.data, "failure_rule: null") == NULL) == (by_maker == 1));
        assert_true((strstr(b.data, "- {attribute: maker") != NULL) == (by_maker == 1));
        buf_free(&b);
        write_yaml(f, m, true, &b);
        assert_non_null(strstr(b.data, "- {attribute: maker"));
        if (by_maker) {
            assert_string_equal(words, "maker is Aoba");
            assert_int_equal(g->stump.sensitivity.hits, 10);
            assert_int_equal(g->stump.left_out_right, 30);
            assert_non_null(strstr(b.data, "fails_when: \"maker is Aoba\""));
            assert_true(matrix_says_association(&g->associations[0]));
        } else {
            assert_null(strstr(b.data, words)); /* what does not survive is not named */
        }
        buf_free(&b);
        matrix_free(&m);
        findings_free(&f);
        sample_close(&s);
    }
}

static const struct matrix_effect *effect(const struct matrix *m, enum matrix_what what)
{
    for (size_t i = 0; i < m->effect_count; i++)
        if (m->effects[i].what == what)
            return &m->effects[i];
    return NULL;
}

static void effects_show_what_differs(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 4, .pairs = 12, .criteria = ONE_CELL };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 12; pair++)
        for (unsigned reader = 0; reader < 4; reader++) {
            bool bad = reader == 2 && pair < 8;
            sample_fill(&s, reader, pair, 0, 0, bad ? 6 : 20, bad ? 5 : 0);
        }
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_effect *reader = effect(m, MATRIX_EFFECT_READER);
    const struct matrix_effect *handset = effect(m, MATRIX_EFFECT_HANDSET);
    assert_true(matrix_says_effect(reader));
    assert_true(reader->holm >= reader->result.p);
    assert_false(matrix_says_effect(handset));
    assert_null(effect(m, MATRIX_EFFECT_CONDITION)); /* one condition has placements: nothing to permute */
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* Exchanges two pairs and two readers of findings, with all that is numbered by them. */
static void exchange(struct findings *f, size_t a, size_t b, size_t x, size_t y)
{
    struct survey *s = f->survey;
    struct findings_cell *cells = calloc(f->cell_count, sizeof *cells);
    assert_non_null(cells);
    for (size_t i = 0; i < f->cell_count; i++) {
        struct findings_cell c = f->cells[i];
        c.pair = (unsigned)(c.pair == a ? b : c.pair == b ? a : c.pair);
        c.reader = (unsigned)(c.reader == x ? y : c.reader == y ? x : c.reader);
        cells[survey_cell(s, c.pair, c.condition, c.reader, c.script)] = c;
    }
    free(f->cells);
    f->cells = cells;
    struct survey_pair pair = s->pairs[a];
    s->pairs[a] = s->pairs[b];
    s->pairs[b] = pair;
    struct survey_reader reader = s->readers[x];
    s->readers[x] = s->readers[y];
    s->readers[y] = reader;
    for (size_t i = 0; i < f->failure_count; i++) {
        uint16_t *of = f->failures[i].readers_of_pair, kept = of[a];
        of[a] = of[b];
        of[b] = kept;
        for (size_t p = 0; p < s->pair_count; p++) {
            unsigned all = of[p], one = all >> x & 1u, other = all >> y & 1u;
            of[p] = (uint16_t)((all & ~(1u << x | 1u << y)) | one << y | other << x);
        }
    }
}

/* Six handsets without a share are a sixth each, and six sixths add up to a bit less than 1. */
static void what_fails_everywhere_serves_nobody_and_what_works_everywhere_everybody(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2, .pairs = 6, .no_criteria = true };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 6; pair++)
        for (unsigned script = 0; script < 2; script++) {
            sample_fill(&s, 0, pair, 0, script, 20, 0);
            sample_fill(&s, 1, pair, 0, script, 7, 7); /* L(7, 7) is above 20 % */
        }
    struct findings *f = make(&s);
    for (size_t i = 0; i < f->survey->handset_profile_count; i++)
        f->survey->handset_profiles[i].share = 0;
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_group *g = &m->groups[0];
    assert_int_equal(g->readers[0].works, 6);
    assert_int_equal(g->readers[1].fails, 6);
    assert_true(g->readers[0].market.upper >= 1.0 && g->readers[0].market.upper <= 1.0);
    assert_true(g->readers[1].market.upper <= 0.0 && g->readers[1].market.upper >= 0.0);
    assert_true(g->all_readers.upper <= 0.0 && g->subset_upper[2] <= 0.0 && g->subset_upper[3] <= 1.0);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

/* Counted anew from the cells of the group's one condition. */
static void points_and_raw_shares_are_those_of_the_cells(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 4, .pairs = 12, .no_criteria = true };
    sample_open(&s, &shape);
    sample_random(&s);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_group *g = &m->groups[2];
    double shares = 0;
    size_t cells = 0, placed = 0;
    for (size_t i = 0; i < f->cell_count; i++)
        if (f->cells[i].condition == 2 && f->cells[i].reader == 1 && f->cells[i].n > 0) {
            shares += (double)f->cells[i].d / f->cells[i].n; /* a cell each, as the pooled ones */
            placed++;
        }
    assert_true(shares > 0);
    near(g->readers[1].raw, shares / (double)placed);
    for (size_t i = 0; i < g->point_count; i++) {
        const struct matrix_point *p = &g->points[i];
        size_t same = 0;
        for (size_t j = 0; j < f->cell_count; j++)
            same += f->cells[j].condition == 2 && f->cells[j].n == p->n && f->cells[j].d == p->d;
        assert_int_equal(p->cells, same);
        near(p->raw, (double)p->d / p->n);
        assert_true(i == 0 || p[-1].n < p->n || (p[-1].n == p->n && p[-1].d < p->d));
        cells += p->cells;
    }
    assert_int_equal(cells, g->cell_count);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void the_order_of_handsets_and_readers_changes_only_the_order(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 4, .pairs = 12, .no_criteria = true };
    sample_open(&s, &shape);
    sample_random(&s);
    struct findings *f = make(&s);
    struct matrix *a = matrix(f, NULL, 0.05);
    exchange(f, 1, 10, 0, 3);
    struct matrix *b = matrix(f, NULL, 0.05);
    assert_int_equal(a->effect_count, b->effect_count);
    for (size_t i = 0; i < a->effect_count; i++) {
        near(a->effects[i].result.p, b->effects[i].result.p);
        near(a->effects[i].holm, b->effects[i].holm);
    }
    for (size_t i = 0; i < a->group_count; i++) {
        const struct matrix_group *g = &a->groups[i], *h = &b->groups[i];
        near(g->readers[0].market.lower, h->readers[3].market.lower);
        near(g->readers[3].market.upper, h->readers[0].market.upper);
        near(g->readers[1].pooled, h->readers[1].pooled);
        near(g->all_readers.lower, h->all_readers.lower);
        near(g->subset_lower[1 | 2], h->subset_lower[8 | 2]);
        near(g->prior.a / h->prior.a, 1.0);
        near(g->stump.p, h->stump.p);
        assert_int_equal(g->listed, h->listed);
        assert_int_equal(g->association_count, h->association_count);
        assert_int_equal(g->fdr_compatible.listed, h->fdr_compatible.listed);
        assert_int_equal(g->pattern_count, h->pattern_count);
        for (unsigned t = 0; t < MATRIX_TARGETS; t++) {
            assert_int_equal(g->targets[t].size, h->targets[t].size);
            assert_int_equal(g->targets[t].alike, h->targets[t].alike);
        }
    }
    assert_int_equal(a->modes, b->modes);
    assert_int_equal(a->regression_count, b->regression_count);
    near(a->icc, b->icc);
    matrix_free(&a);
    matrix_free(&b);
    findings_free(&f);
    sample_close(&s);
}

/* E-values that stop just above 1/beta reject nothing; planned ones do. */
static void e_bh_needs_planning(void **state)
{
    (void)state;
    struct sample s;
    static const char *const rows[] = { "++", "++", "++", "--", "..", ".." };
    struct sample_shape shape = { .readers = 2, .pairs = 6, .criteria = ONE_CELL };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 6; pair++)
        for (unsigned reader = 0; reader < 2; reader++)
            sample_fill(&s, reader, pair, 0, 0,
                        rows[pair][0] == '+'   ? 15
                        : rows[pair][0] == '-' ? 3
                                               : 4,
                        rows[pair][0] == '-' ? 3 : 0);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0.05);
    const struct matrix_group *g = &m->groups[0];
    assert_int_equal(g->cell_count, 12);
    assert_int_equal(g->fdr_compatible.verdicts, 6);
    assert_int_equal(g->fdr_compatible.listed, 0);
    near(g->fdr_compatible.needed, 12.0 / (0.05 * 6));
    assert_int_equal(g->fdr_compatible.stop_n, 15); /* the scheme's acceptance number */
    assert_true(g->fdr_compatible.needed_n > 15);
    /* so many clean placements reach 40, and one fewer does not: from the e-value's definition */
    unsigned n = g->fdr_compatible.needed_n;
    double b = 5.0 / 0.2, at[2];
    for (unsigned i = 0; i < 2; i++)
        at[i] =
            lgamma(b + n - i) - lgamma(0.5 + b + n - i) - lgamma(b) + lgamma(0.5 + b) - (n - i) * log(0.8);
    assert_true(at[0] >= log(40.0) && at[1] < log(40.0));
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void implied_bounds_follow_from_the_scheme_and_the_shares(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &hand_made);
    lay(&s, four);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    const struct matrix_group *g = &m->groups[0];
    double bad = 0.0;
    for (size_t i = 0; i < g->cell_count; i++)
        bad += g->cells[i].tail;
    near(g->bad_share, bad / 12);
    near(g->wrong_compatible, 0.05 * (bad / 12) / (5.0 / 12));
    assert_true(g->bad_share > 0.3 && g->bad_share < 0.6); /* five of twelve cells are broken */
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void parses_as_yaml(const char *text)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool end = false;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    while (!end) {
        if (!yaml_parser_parse(&parser, &event))
            fail_msg("line %zu: %s", parser.problem_mark.line + 1, parser.problem);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static void the_section_is_yaml_whatever_the_names(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 3,
                                  .pairs = 4,
                                  .handset = "x\": [}\\ - # 'y' &a *b",
                                  .reader = "{r}: \"q\"",
                                  .no_criteria = true };
    sample_open(&s, &shape);
    lay(&s, four);
    struct findings *f = make(&s);
    struct buf b;
    struct matrix *m = matrix(f, NULL, 0.05);
    write_yaml(f, m, true, &b);
    parses_as_yaml(b.data);
    assert_null(strstr(b.data, "nan"));
    assert_null(strstr(b.data, "inf"));
    matrix_free(&m);
    buf_free(&b);
    findings_free(&f);
    sample_close(&s);
}

static void a_summary_leaves_out_the_sets_of_many_readers(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 7, .pairs = 4, .no_criteria = true };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 0, 1, 0, 0, 20, 20);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0);
    struct buf summary, whole;
    write_yaml(f, m, false, &summary);
    write_yaml(f, m, true, &whole);
    assert_null(strstr(summary.data, "\n      subsets:"));
    assert_non_null(strstr(whole.data, "\n      subsets:\n        - {readers: ["));
    buf_free(&summary);
    buf_free(&whole);
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

static void an_empty_run_has_a_matrix_that_claims_nothing(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &hand_made);
    struct findings *f = make(&s);
    struct matrix *m = matrix(f, NULL, 0.05);
    const struct matrix_group *g = &m->groups[0];
    near(g->readers[0].market.lower, 0.0);
    near(g->readers[0].market.upper, 1.0);
    assert_int_equal(g->cell_count, 0);
    assert_int_equal(m->effect_count, 0);
    assert_false(m->has_icc);
    assert_int_equal(m->regression_count, 0);
    assert_true(isnan(g->wrong_compatible));
    matrix_free(&m);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_ruled_out_holds_the_true_share),
        cmocka_unit_test(a_cell_above_q0_is_not_ruled_out),
        cmocka_unit_test(coverage_is_of_the_criteria_in_force),
        cmocka_unit_test(brackets_are_what_a_count_by_hand_gives),
        cmocka_unit_test(the_untested_share_goes_wholly_into_the_width),
        cmocka_unit_test(only_brackets_apart_rank_two_readers),
        cmocka_unit_test(a_declared_absence_fails_and_an_exclusion_stays_open),
        cmocka_unit_test(without_criteria_each_condition_is_a_group),
        cmocka_unit_test(the_reader_claim_says_how_many_placements_are_missing),
        cmocka_unit_test(regression_keeps_the_fewest_handsets),
        cmocka_unit_test(intraclass_correlation_comes_from_whole_placements),
        cmocka_unit_test(a_rule_is_said_only_when_it_survives),
        cmocka_unit_test(effects_show_what_differs),
        cmocka_unit_test(what_fails_everywhere_serves_nobody_and_what_works_everywhere_everybody),
        cmocka_unit_test(points_and_raw_shares_are_those_of_the_cells),
        cmocka_unit_test(the_order_of_handsets_and_readers_changes_only_the_order),
        cmocka_unit_test(e_bh_needs_planning),
        cmocka_unit_test(implied_bounds_follow_from_the_scheme_and_the_shares),
        cmocka_unit_test(the_section_is_yaml_whatever_the_names),
        cmocka_unit_test(a_summary_leaves_out_the_sets_of_many_readers),
        cmocka_unit_test(an_empty_run_has_a_matrix_that_claims_nothing),
    };
    return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
