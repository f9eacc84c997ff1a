/*
 * The engine of criteria on journals whose counts are known: every clause passes, fails, stays open and
 * cannot be tested; every threshold and every part of the proposal is tried by running the engine again on
 * both sides of it.
 */
#include "harness/criteria/assessment.h"
#include "harness/stats/overrun.h"
#include "harness/stats/stats.h"
#include "tests/unit/findings/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HEAD "format: nfc-survey/criteria\nversion: 1\nid: own\ntitle: Own\nsource: made up\n"
#define ONE  "scripts: [read-token]\npower_modes: [on-unlocked]\n"

/* One transaction; step and technology as the journal has them, NULL where it has none. */
struct tap {
    unsigned us; /* 0: failed */
    const char *technology, *step;
};

static uint64_t lay(struct sample *s, unsigned reader, unsigned pair, unsigned condition, unsigned script,
                    unsigned session, const struct tap *taps, unsigned count)
{
    uint64_t cell = survey_cell(s->survey, pair, condition, reader, script), bad = 0;
    uint64_t line = sample_lay(s, reader, pair, condition, session);
    for (unsigned i = 0; i < count; i++) {
        struct journal_exchange exchange = { 1, taps[i].us / 3, "9000" };
        struct journal_record r;
        journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
        struct journal_transaction *x = &r.as.transaction;
        x->placement = line;
        x->cell = cell;
        x->repeat = x->order = i + 1;
        x->at_us = s->at_us += 700000;
        x->outcome = taps[i].us ? OUTCOME_OK : OUTCOME_FAIL;
        x->technology = taps[i].technology ? SAMPLE_WORD(technology, taps[i].technology) : TECHNOLOGY_NONE;
        if (taps[i].us) {
            x->total_us = taps[i].us;
            x->exchanges = (struct journal_exchanges) { &exchange, 1 };
        } else {
            x->stage = taps[i].step ? STAGE_EXCHANGE : STAGE_ACTIVATE;
            x->step = taps[i].step;
            x->causes = CAUSE(10);
        }
        sample_append(s, &r);
        bad = !taps[i].us && !bad ? r.line : bad;
    }
    sample_placed(s, line, &cell, (const char *const[]) { bad ? "dirty" : "clean" }, 1,
                  bad ? "dirty" : "clean");
    return bad ? bad : line;
}

/* n placements of one transaction each, of this duration, in two sessions. */
static void fill(struct sample *s, unsigned reader, unsigned pair, unsigned condition, unsigned script,
                 unsigned n, unsigned us)
{
    for (unsigned i = 0; i < n; i++)
        lay(s, reader, pair, condition, script, i % 2 + 1, &(struct tap) { us, "B", NULL }, 1);
}

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return f;
}

static struct criteria *criteria_of(const char *lines)
{
    struct survey_problems problems = { 0 };
    struct criteria *c = NULL;
    struct err e = { 0 };
    char text[2000];
    snprintf(text, sizeof text, "%s%s", HEAD, lines);
    if (criteria_load_text("own.yaml", text, strlen(text), &c, &problems, &e) != 0)
        fail_msg("%s", problems.count ? problems.items[0].text : e.text);
    return c;
}

/* The assessment of criteria given as lines; end() releases both. */
struct judged {
    struct criteria *c;
    struct assessment *a;
};

static struct judged judge(const struct findings *f, const char *lines)
{
    struct judged j = { criteria_of(lines), NULL };
    struct err e = { 0 };
    if (assess_make(f, j.c, &j.a, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return j;
}

static void end(struct judged *j)
{
    assess_free(&j->a);
    criteria_free(&j->c);
    assert_null(j->a);
}

/* How a pair ends when the criteria are these, changed as they stand in memory. */
static enum recommendation ends(const struct findings *f, const struct criteria *c, size_t pair)
{
    struct assessment *a = NULL;
    struct err e = { 0 };
    if (assess_judge(f, c, &a, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    enum recommendation r = a->pairs[pair].recommendation;
    assess_free(&a);
    return r;
}

static void expect(const struct findings *f, const char *lines, size_t pair, enum recommendation r,
                   enum clause clause, enum assess_outcome outcome)
{
    struct judged j = judge(f, lines);
    const struct assess_pair *p = &j.a->pairs[pair];
    assert_int_equal(p->clauses[clause].outcome, outcome);
    assert_int_equal(p->recommendation, r);
    if (outcome != ASSESS_PASS && p->required == outcome)
        assert_int_equal(p->clause, clause);
    end(&j);
}

static void a_bound_is_passed_from_its_upper_limit_on(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 3 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 0, 1, 0, 0, 30, 5);
    sample_fill(&s, 0, 2, 0, 0, 6, 0);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    assert_int_equal(j.a->pairs[0].recommendation, RECOMMENDATION_RECOMMENDED);
    assert_int_equal(j.a->pairs[1].recommendation, RECOMMENDATION_NOT_RECOMMENDED);
    assert_int_equal(j.a->pairs[2].recommendation, RECOMMENDATION_NOT_ENOUGH_DATA);
    assert_int_equal(j.a->pairs[2].clauses[CLAUSE_SUCCESS].missing,
                     9); /* 15 clean ones are compatible under q1 = 20 % */
    for (size_t pair = 0; pair < 3; pair++) {
        double from = j.a->pairs[pair].passes_from[CLAUSE_SUCCESS];
        assert_true(fabs(from - stats_upper(f->cells[survey_cell(f->survey, pair, 0, 0, 0)].n,
                                            f->cells[survey_cell(f->survey, pair, 0, 0, 0)].d, 0.2, 0.05)) <
                    1e-12);
        j.c->dirty_at_most = from + 1e-9;
        assert_int_equal(ends(f, j.c, pair), RECOMMENDATION_RECOMMENDED);
        j.c->dirty_at_most = from - 1e-9;
        assert_int_not_equal(ends(f, j.c, pair), RECOMMENDATION_RECOMMENDED);
    }
    /* the scheme's own q1, written out, is the scheme's own verdict */
    for (size_t pair = 0; pair < 3; pair++) {
        j.c->dirty_at_most = 0.2;
        assert_int_equal(ends(f, j.c, pair), j.a->pairs[pair].recommendation);
    }
    end(&j);
    j = judge(f, ONE "success: {dirty_at_most: 0.1}\nreaders_at_least: all\n");
    unsigned more = j.a->pairs[0].clauses[CLAUSE_SUCCESS].missing,
             n = 20 + more; /* so many, and not one fewer */
    assert_true(stats_upper(n, 0, 0.2, 0.05) <= 0.1 && stats_upper(n - 1, 0, 0.2, 0.05) > 0.1);
    assert_int_equal(j.a->pairs[1].recommendation, RECOMMENDATION_NOT_RECOMMENDED);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/*
 * L(30, 5) is .0211, L(30, 18) .254, L(6, 6) .170 and L(7, 7) .205 (scipy: the root of ln B(1+d, 4+n-d)/B(1, 4) - d ln q
 * - (n-d) ln(1-q) = ln 200): q0 is 2 %, the clause's bound 20 %.
 */
static void a_refusal_shows_more_than_q0_or_more_than_the_bound(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4 };
    static const struct {
        unsigned n, d;
        bool shown;
    } rows[] = { { 30, 5, false }, { 30, 18, true }, { 6, 6, false }, { 7, 7, true } };
    static const char *const lines[] = { "", "success: {dirty_at_most: 0.2}\n" };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 4; pair++)
        sample_fill(&s, 0, pair, 0, 0, rows[pair].n, rows[pair].d);
    struct findings *f = make(&s);
    for (unsigned i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, "%s%sreaders_at_least: all\n", ONE, lines[i]);
        struct judged j = judge(f, text);
        assert_int_equal(j.a->counts[RECOMMENDATION_NOT_RECOMMENDED], 4);
        assert_int_equal(j.a->shown_not_to_meet, 2);
        assert_float_equal(assess_grey_of(j.a, CLAUSE_SUCCESS).refuses, 0.02, 1e-12);
        assert_float_equal(assess_grey_of(j.a, CLAUSE_SUCCESS).passes, 0.2, 1e-12);
        for (unsigned pair = 0; pair < 4; pair++)
            assert_int_equal(j.a->pairs[pair].shown_not_to_meet, rows[pair].shown);
        end(&j);
        snprintf(text, sizeof text, "%s%srefuse: above-bound\nreaders_at_least: all\n", ONE, lines[i]);
        j = judge(f, text);
        for (unsigned pair = 0; pair < 4; pair++) {
            assert_int_equal(j.a->pairs[pair].recommendation, rows[pair].shown
                                                                  ? RECOMMENDATION_NOT_RECOMMENDED
                                                                  : RECOMMENDATION_NOT_ENOUGH_DATA);
            assert_int_equal(f->cells[survey_cell(f->survey, pair, 0, 0, 0)].verdict, VERDICT_INCOMPATIBLE);
        }
        end(&j);
    }
    findings_free(&f);
    sample_close(&s);
}

/* 19 of 20 late placements show more than 5 % and more than 1 %; two of 30 more than 1 % alone. */
static void a_time_is_refused_above_a_fifth_or_above_all_of_what_it_allows(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned i = 0; i < 30; i++)
        lay(&s, 0, 0, 0, 0, i % 2 + 1, &(struct tap) { i % 8 == 0 ? 700000 : 100000, "B", NULL }, 1);
    fill(&s, 0, 1, 0, 0, 20, 700000);
    struct findings *f = make(&s);
    static const char *const levels[] = { "cell", "handset" };
    for (unsigned i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, "%stime: {within_ms: 500, level: %s}\nreaders_at_least: all\n", ONE,
                 levels[i]);
        struct judged j = judge(f, text);
        assert_int_equal(j.a->pairs[0].clauses[CLAUSE_TIME].outcome, ASSESS_FAIL);
        assert_int_equal(j.a->pairs[1].clauses[CLAUSE_TIME].outcome, ASSESS_FAIL);
        assert_false(j.a->pairs[0].shown_not_to_meet);
        assert_true(j.a->pairs[1].shown_not_to_meet);
        assert_float_equal(assess_grey_of(j.a, CLAUSE_TIME).refuses, 0.01, 1e-12);
        assert_float_equal(assess_grey_of(j.a, CLAUSE_TIME).passes, 0.05, 1e-12);
        j.c->refuse = CRITERIA_REFUSE_ABOVE_BOUND;
        assert_int_equal(ends(f, j.c, 0), RECOMMENDATION_NOT_ENOUGH_DATA);
        assert_int_equal(ends(f, j.c, 1), RECOMMENDATION_NOT_RECOMMENDED);
        end(&j);
    }
    findings_free(&f);
    sample_close(&s);
}

static void one_session_is_not_enough_and_says_so(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    for (unsigned i = 0; i < 20; i++)
        lay(&s, 0, 0, 0, 0, 1, &(struct tap) { 40000, "B", NULL }, 1);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    assert_int_equal(j.a->pairs[0].recommendation, RECOMMENDATION_NOT_ENOUGH_DATA);
    assert_int_equal(j.a->pairs[0].clauses[CLAUSE_SUCCESS].missing, 1);
    assert_true(isnan(j.a->pairs[0].passes_from[CLAUSE_SUCCESS]));
    end(&j);
    expect(f, ONE "success: {dirty_at_most: 0.2}\nreaders_at_least: all\n", 0, RECOMMENDATION_NOT_ENOUGH_DATA,
           CLAUSE_SUCCESS, ASSESS_OPEN);
    findings_free(&f);
    sample_close(&s);
}

/* P(X >= d), X binomial, by adding its terms: for limits of taps. */
static double binomial_tail(unsigned n, unsigned d, double p)
{
    long double sum = 0;
    for (unsigned i = d; i <= n; i++)
        sum += expl(lgammal(n + 1.0L) - lgammal(i + 1.0L) - lgammal(n - i + 1.0L) + i * logl(p) +
                    (n - i) * log1pl(-p));
    return (double)sum;
}

/* 15 clean ones are compatible under q1 = 20 %; 15 of 16 are not. */
static void a_pass_that_leans_on_invalid_placements_is_said(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 2; pair++) {
        sample_fill(&s, 0, pair, 0, 0, pair ? 30 : 15, 0);
        uint64_t cell = survey_cell(s.survey, pair, 0, 0, 0);
        uint64_t line = sample_lay(&s, 0, pair, 0, 2);
        struct sample_try hung = { "invalid", 0, false, CAUSE(31), NULL };
        sample_run(&s, line, cell, 1, 1, &hung);
        sample_placed(&s, line, &cell, (const char *const[]) { "invalid" }, 1, "invalid");
    }
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    assert_int_equal(j.a->pairs[0].recommendation, RECOMMENDATION_RECOMMENDED);
    assert_int_equal(j.a->pairs[0].leans_on_invalid, 1);
    assert_int_equal(j.a->pairs[1].leans_on_invalid, 0); /* 30 of 31 are compatible all the same */
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void taps_are_first_transactions_in_order(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4 };
    static const struct tap good = { 40000, "B", NULL }, slow = { 900000, "B", NULL },
                            bad = { 0, "B", "select" };
    sample_open(&s, &shape);
    uint64_t failing[2] = { 0 };
    for (unsigned i = 0; i < 10; i++) {
        lay(&s, 0, 0, 0, 0, 1, (const struct tap[]) { good, bad }, 2); /* the second is no tap */
        uint64_t line = lay(&s, 0, 1, 0, 0, 1, i == 2 || i == 4 ? &bad : &good, 1);
        if (i == 2 || i == 4)
            failing[i == 4] = line;
        if (i < 7)
            lay(&s, 0, 2, 0, 0, 1, &good, 1);
        lay(&s, 0, 3, 0, 0, 1, i == 9 ? &slow : &good, 1);
    }
    struct findings *f = make(&s);
    const char *ten = ONE "success: {taps: 10, ok_at_least: 9}\nreaders_at_least: all\n";
    expect(f, ten, 0, RECOMMENDATION_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_PASS);
    expect(f, ten, 1, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_FAIL);
    expect(f, ten, 2, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_SUCCESS, ASSESS_OPEN);
    expect(f, ten, 3, RECOMMENDATION_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_PASS);
    expect(f, ONE "success: {taps: 10, ok_at_least: 10, within_ms: 899}\nreaders_at_least: all\n", 3,
           RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_FAIL);
    expect(f, ONE "success: {taps: 10, ok_at_least: 10, within_ms: 900}\nreaders_at_least: all\n", 3,
           RECOMMENDATION_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_PASS);
    expect(f, ONE "success: {taps: 2, ok_at_least: 2}\nreaders_at_least: all\n", 1,
           RECOMMENDATION_RECOMMENDED, CLAUSE_SUCCESS,
           ASSESS_PASS); /* the failures came after the second tap */
    expect(f, ONE "success: {taps: 12, ok_at_least: 10}\nreaders_at_least: all\n", 1,
           RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_SUCCESS, ASSESS_OPEN); /* two failed, as many as may */
    struct judged j = judge(f, ten);
    assert_int_equal(j.a->pairs[2].clauses[CLAUSE_SUCCESS].missing, 2);
    struct assess_evidence e = assess_evidence(j.a, 1, CLAUSE_SUCCESS);
    assert_int_equal(e.cell_says, EVIDENCE_TAPS);
    assert_int_equal(e.line_count, 2);
    assert_int_equal(e.lines[0], failing[0]);
    assert_int_equal(e.lines[1], failing[1]);
    const struct assess_cell *m = &j.a->cells[survey_cell(f->survey, 1, 0, 0, 0)];
    assert_int_equal(m->taps, 10);
    assert_int_equal(m->taps_ok, 8); /* limits where the tail of the binomial is 5 % */
    assert_true(fabs(binomial_tail(10, 8, m->taps_lower) - 0.05) < 1e-9);
    assert_true(fabs(1 - binomial_tail(10, 9, m->taps_upper) - 0.05) < 1e-9);
    m = &j.a->cells[survey_cell(f->survey, 2, 0, 0, 0)]; /* what is not tapped yet is counted both ways */
    assert_true(fabs(binomial_tail(10, 7, m->taps_lower) - 0.05) < 1e-9 && m->taps_upper >= 1.0);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void time_passes_from_one_time_on_and_fails_up_to_another(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = {
        .readers = 1,
        .pairs = 3,
        .scheme = "{name: quick, q0: 0.02, q1: 0.2, alpha: 0.005, beta: 0.05, k: 1, n_max: 90}"
    };
    sample_open(&s, &shape);
    for (unsigned i = 0; i < 70; i++) /* the seven slowest of 70 take 480 ms, the others up to 300 ms */
        lay(&s, 0, 0, 0, 0, i % 2 + 1, &(struct tap) { i % 10 == 0 ? 480000 : 230000 + 1000 * i, "B", NULL },
            1);
    fill(&s, 0, 1, 0, 0, 20, 700001);
    fill(&s, 0, 2, 0, 0, 20, 100000);
    struct findings *f = make(&s);
    const char *half = ONE "time: {within_ms: 500}\nreaders_at_least: all\n";
    expect(f, half, 0, RECOMMENDATION_RECOMMENDED, CLAUSE_TIME, ASSESS_PASS);
    expect(f, half, 1, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_TIME, ASSESS_FAIL);
    expect(f, half, 2, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_TIME, ASSESS_OPEN);
    struct judged j = judge(f, half);
    assert_true(j.a->pairs[0].passes_from[CLAUSE_TIME] == 480000); /* "would flip at 480 ms" */
    j.c->within_ms = 480;
    assert_int_equal(ends(f, j.c, 0), RECOMMENDATION_RECOMMENDED);
    j.c->within_ms = 479;
    assert_int_equal(
        ends(f, j.c, 0),
        RECOMMENDATION_NOT_RECOMMENDED); /* seven of 70 over it: more than one in a hundred is shown */
    j.c->within_ms = 701;
    assert_int_not_equal(ends(f, j.c, 1), RECOMMENDATION_NOT_RECOMMENDED);
    j.c->within_ms = 700; /* a microsecond too little for any of them */
    assert_int_equal(ends(f, j.c, 1), RECOMMENDATION_NOT_RECOMMENDED);
    assert_int_equal(
        j.a->cells[survey_cell(f->survey, 1, 0, 0, 0)].time_fails_to_us[CRITERIA_REFUSE_ABOVE_Q0], 700000);
    /* 64 without an overrun pass at a share of 95 % (test_overrun) */
    assert_int_equal(j.a->pairs[2].clauses[CLAUSE_TIME].missing, 44);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void time_of_a_handset_adds_up_over_its_readers(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 4, .pairs = 1 };
    sample_open(&s, &shape);
    for (unsigned reader = 0; reader < 4; reader++)
        fill(&s, reader, 0, 0, 0, 16, 300000 + 10000 * reader);
    struct findings *f = make(&s);
    expect(f, ONE "time: {within_ms: 400}\nreaders_at_least: all\n", 0, RECOMMENDATION_NOT_ENOUGH_DATA,
           CLAUSE_TIME, ASSESS_OPEN);
    expect(f, ONE "time: {within_ms: 400, level: handset}\nreaders_at_least: all\n", 0,
           RECOMMENDATION_RECOMMENDED, CLAUSE_TIME, ASSESS_PASS); /* 4 x 16 = 64 */
    expect(
        f,
        ONE
        "time: {within_ms: 400, level: handset}\nreaders_at_least: all\nreaders_of: [counter-1, counter-2]\n",
        0, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_TIME, ASSESS_OPEN);
    expect(f, ONE "time: {within_ms: 299, level: handset}\nreaders_at_least: all\n", 0,
           RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_TIME, ASSESS_FAIL);
    struct judged j = judge(f, ONE "time: {within_ms: 400, level: handset}\nreaders_at_least: all\n");
    assert_true(j.a->pairs[0].passes_from[CLAUSE_TIME] == 330000);
    end(&j);
    /* open on two of the readers: the slower one's cell, and 64 - 2 x 16 more placements without an
     * overrun */
    j = judge(f, ONE "time: {within_ms: 400, level: handset}\nreaders_at_least: all\nreaders_of: [counter-1, "
                     "counter-2]\n");
    assert_int_equal(j.a->open_count, 1);
    assert_int_equal(j.a->open_pairs, 1);
    assert_int_equal(j.a->pairs[0].open_count, 1);
    assert_int_equal(j.a->open[0].clause, CLAUSE_TIME);
    assert_int_equal(j.a->open[0].missing, 32);
    assert_int_equal(j.a->missing_most, 32);
    assert_int_equal(f->cells[j.a->open[0].cell].pair, 0);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void another_technology_is_evidence_by_its_line(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4 };
    sample_open(&s, &shape);
    fill(&s, 0, 0, 0, 0, 20, 40000);
    fill(&s, 0, 1, 0, 0, 10, 40000);
    lay(&s, 0, 1, 0, 0, 1, &(struct tap) { 40000, "A", NULL }, 1);
    uint64_t strange = journal_lines(s.journal) - 1; /* the transaction before its `placed` */
    fill(&s, 0, 1, 0, 0, 10, 40000);
    sample_fill(&s, 0, 2, 0, 0, 20, 0); /* a driver that does not tell it */
    struct findings *f = make(&s);
    const char *b = ONE "technologies: [B]\nreaders_at_least: all\n";
    expect(f, b, 0, RECOMMENDATION_RECOMMENDED, CLAUSE_TECHNOLOGIES, ASSESS_PASS);
    expect(f, b, 1, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_TECHNOLOGIES, ASSESS_FAIL);
    expect(f, ONE "technologies: [A, B]\nreaders_at_least: all\n", 1, RECOMMENDATION_RECOMMENDED,
           CLAUSE_TECHNOLOGIES, ASSESS_PASS);
    expect(f, b, 2, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_TECHNOLOGIES, ASSESS_NOT_TESTABLE);
    struct judged j = judge(f, b);
    assert_int_equal(j.a->pairs[3].clauses[CLAUSE_TECHNOLOGIES].outcome, ASSESS_OPEN);
    struct assess_evidence e = assess_evidence(j.a, 1, CLAUSE_TECHNOLOGIES);
    assert_int_equal(e.cell_says, EVIDENCE_TECHNOLOGIES);
    assert_int_equal(e.line_count, 1);
    assert_int_equal(e.lines[0], strange);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

#define STEPS                                                                                                \
    "  - {name: short, send: 00B0000010, expect: \"9000\"}\n"                                                \
    "  - {name: long, send: 00B0000000, expect: \"9000\"}\n"                                                 \
    "  - {name: extended, send: 00B000000001FF, expect: \"9000\", needs_extended: true}\n"

static void a_payload_step_counts_what_ended_before_it(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4, .steps = STEPS };
    static const struct tap good = { 40000, "B", NULL };
    sample_open(&s, &shape);
    for (unsigned i = 0; i < 20; i++) {
        lay(&s, 0, 0, 0, 1, i % 2 + 1, &good, 1);
        lay(&s, 0, 1, 0, 1, i % 2 + 1, (const struct tap[]) { { 0, "B", "long" }, good }, 2);
        lay(&s, 0, 2, 0, 1, i % 2 + 1, &(struct tap) { 0, NULL, NULL }, 1); /* never activated */
    }
    struct findings *f = make(&s);
    const char *by_taps =
        "scripts: [read-token]\npower_modes: [on-unlocked]\nsuccess: {taps: 1, ok_at_least: 1}\n";
    char lines[500];
    static const struct {
        const char *step;
        size_t pair;
        enum assess_outcome outcome;
        unsigned d;
    } rows[] = {
        { "long", 0, ASSESS_PASS, 0 },
        { "short", 1, ASSESS_PASS, 0 },
        { "long", 1, ASSESS_FAIL, 20 },
        { "short", 2, ASSESS_FAIL, 20 },
        { "long", 3, ASSESS_OPEN, 0 },
        { "lost", 0, ASSESS_NOT_TESTABLE, 0 },
        { "extended", 0, ASSESS_NOT_TESTABLE, 0 }, /* the sample's readers pass short APDUs only */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(lines, sizeof lines, "%spayload: {script: read-cert, step: %s}\nreaders_at_least: all\n",
                 by_taps, rows[i].step);
        struct judged j = judge(f, lines);
        assert_int_equal(j.a->pairs[rows[i].pair].clauses[CLAUSE_PAYLOAD].outcome, rows[i].outcome);
        assert_int_equal(j.a->cells[survey_cell(f->survey, rows[i].pair, 0, 0, 1)].payload.d, rows[i].d);
        assert_int_equal(j.a->readers[0].skips >> CLAUSE_PAYLOAD & 1, strcmp(rows[i].step, "extended") == 0);
        /* one tap would do for success; the step needs as many as a bound does, where it is asked at all */
        assert_int_equal(j.a->proposal.as_is.placements, 15);
        if (rows[i].d) {
            struct assess_evidence e = assess_evidence(j.a, rows[i].pair, CLAUSE_PAYLOAD);
            assert_int_equal(e.cell_says, EVIDENCE_PAYLOAD);
            assert_int_equal(e.line_count, 5);
        }
        end(&j);
    }
    snprintf(lines, sizeof lines, "%spayload: {script: other, step: long}\nreaders_at_least: all\n", by_taps);
    struct judged j = judge(f, lines);
    assert_int_equal(j.a->pairs[0].clauses[CLAUSE_PAYLOAD].outcome, ASSESS_NOT_TESTABLE);
    assert_string_equal(j.a->not_in_survey, "other");
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

#define POINTS                                                                                               \
    "positions: condition\npoints:\n  - {id: c}\n  - {id: xp, x_mm: 10}\n  - {id: xm, x_mm: -10}\n"          \
    "  - {id: yp, y_mm: 10}\n  - {id: ym, y_mm: -10}\nconditions: [on-unlocked]"
#define FIVE ONE "positions: {five_points: {radius_mm: 10, failing_at_most: 2}}\nreaders_at_least: all\n"

static void of_five_points_so_many_may_be_silent(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4, .conditions = POINTS };
    sample_open(&s, &shape);
    for (unsigned point = 0; point < 5; point++) {
        sample_fill(&s, 0, 0, point, 0, point < 2 ? 6 : 20,
                    point < 2 ? 6 : 0); /* two silent, the centre too */
        sample_fill(&s, 0, 1, point, 0, point < 3 ? 6 : 20, point < 3 ? 6 : 0);
        sample_fill(&s, 0, 2, point, 0,
                    point < 2   ? 6
                    : point < 3 ? 4
                                : 20,
                    point < 2 ? 6 : 0);                                         /* the third open */
        sample_fill(&s, 0, 3, point, 0, point < 4 ? 20 : 6, point < 4 ? 0 : 6); /* one side silent */
    }
    struct findings *f = make(&s);
    expect(f, FIVE, 0, RECOMMENDATION_RECOMMENDED, CLAUSE_FIVE_POINTS, ASSESS_PASS);
    expect(f, FIVE, 1, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_FIVE_POINTS, ASSESS_FAIL);
    expect(f, FIVE, 2, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_FIVE_POINTS, ASSESS_OPEN);
    expect(f, ONE "positions: {five_points: {radius_mm: 15, failing_at_most: 2}}\nreaders_at_least: all\n", 3,
           RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_FIVE_POINTS, ASSESS_NOT_TESTABLE);
    /* asked for aloud, success stands at the centre besides */
    expect(f,
           ONE
           "success: {dirty_at_most: 0.2}\npositions: {five_points: {radius_mm: 10, failing_at_most: 2}}\n"
           "readers_at_least: all\n",
           0, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_FAIL);
    expect(f,
           ONE
           "success: {dirty_at_most: 0.2}\npositions: {five_points: {radius_mm: 10, failing_at_most: 2}}\n"
           "readers_at_least: all\n",
           3, RECOMMENDATION_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_PASS);
    struct judged j = judge(f, FIVE);
    assert_int_equal(j.a->pairs[2].clauses[CLAUSE_FIVE_POINTS].missing, 11);
    for (size_t pair = 0; pair < 4; pair++) {
        unsigned most = (unsigned)j.a->pairs[pair].passes_from[CLAUSE_FIVE_POINTS];
        assert_int_equal(most, pair == 0 ? 2 : pair == 3 ? 1 : 3);
        j.c->failing_at_most = most;
        assert_int_equal(ends(f, j.c, pair), RECOMMENDATION_RECOMMENDED);
        if (most > 0) {
            j.c->failing_at_most = most - 1;
            assert_int_not_equal(ends(f, j.c, pair), RECOMMENDATION_RECOMMENDED);
        }
    }
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void positions_that_are_no_condition_cannot_be_tested(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    struct findings *f = make(&s);
    expect(f, FIVE, 0, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_FIVE_POINTS, ASSESS_NOT_TESTABLE);
    expect(f, ONE "positions: {height: {from_mm: 0, to_mm: 15, dead_zone_mm: 3}}\nreaders_at_least: all\n", 0,
           RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_HEIGHT, ASSESS_NOT_TESTABLE);
    findings_free(&f);
    sample_close(&s);
}

#define HEIGHTS                                                                                              \
    "positions: condition\npoints:\n  - {id: z0}\n  - {id: z2, z_mm: 2}\n  - {id: z4, z_mm: 4}\n"            \
    "  - {id: z6, z_mm: 6}\n  - {id: z8, z_mm: 8}\nconditions: [on-unlocked]"
#define LINE(width)                                                                                          \
    ONE "positions: {height: {from_mm: 0, to_mm: 8, dead_zone_mm: " width "}}\nreaders_at_least: all\n"

static void a_silent_range_has_a_shown_and_a_possible_width(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4, .conditions = HEIGHTS };
    sample_open(&s, &shape);
    for (unsigned height = 0; height < 5; height++) {
        bool silent = height == 2 || height == 3; /* 4 and 6 mm: 2 mm shown, 6 mm possible */
        sample_fill(&s, 0, 0, height, 0, 20, 0);
        sample_fill(&s, 0, 1, height, 0, silent ? 6 : 20, silent ? 6 : 0);
        sample_fill(&s, 0, 2, height, 0, height == 2 ? 4 : 20, 0); /* 4 mm open */
        sample_fill(&s, 0, 3, height, 0, height > 2 ? 6 : 20,
                    height > 2 ? 6 : 0); /* silent from 6 mm to the end */
    }
    struct findings *f = make(&s);
    expect(f, LINE("2"), 0, RECOMMENDATION_RECOMMENDED, CLAUSE_HEIGHT, ASSESS_PASS);
    expect(f, LINE("1"), 0, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_HEIGHT,
           ASSESS_NOT_TESTABLE); /* heights too far apart to tell */
    expect(f, LINE("2"), 1, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_HEIGHT, ASSESS_FAIL);
    expect(f, LINE("3"), 1, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_HEIGHT, ASSESS_NOT_TESTABLE);
    expect(f, LINE("6"), 1, RECOMMENDATION_RECOMMENDED, CLAUSE_HEIGHT, ASSESS_PASS);
    expect(f, LINE("3"), 2, RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_HEIGHT, ASSESS_OPEN);
    expect(f, LINE("4"), 2, RECOMMENDATION_RECOMMENDED, CLAUSE_HEIGHT,
           ASSESS_PASS); /* even if it were silent */
    expect(f, LINE("2"), 3, RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_HEIGHT, ASSESS_FAIL);
    expect(f, LINE("4"), 3, RECOMMENDATION_RECOMMENDED, CLAUSE_HEIGHT,
           ASSESS_PASS); /* nothing is asked beyond 8 mm */
    struct judged j = judge(f, LINE("3"));
    static const double widths[] = { 2, 6, 4, 4 };
    for (size_t pair = 0; pair < 4; pair++)
        assert_true(fabs(j.a->pairs[pair].passes_from[CLAUSE_HEIGHT] - widths[pair]) < 1e-9);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* Three readers: pair 0 passes on all, 1 fails on the last, 2 is open on the last, 3 fails on the first
 * two. */
static void fill_three(struct sample *s)
{
    for (unsigned pair = 0; pair < 4; pair++)
        for (unsigned reader = 0; reader < s->survey->reader_count; reader++) {
            bool bad = (pair == 1 && reader == 2) || (pair == 3 && reader < 2),
                 open = pair == 2 && reader == 2;
            sample_fill(s, reader, pair, 0, 0, bad ? 6 : open ? 5 : 20, bad ? 6 : 0);
        }
}

static void readers_are_counted_as_the_criteria_say(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 3, .pairs = 4 };
    static const struct {
        const char *readers;
        enum recommendation want[4];
    } rows[] = {
        { "readers_at_least: all\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_NOT_RECOMMENDED, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_NOT_RECOMMENDED } },
        { "readers_at_least: 2\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED,
            RECOMMENDATION_NOT_RECOMMENDED } },
        { "readers_at_least: 1\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED,
            RECOMMENDATION_RECOMMENDED } },
        { "readers_at_least: 4\n",
          { RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_NOT_ENOUGH_DATA } },
        { "readers_at_least: all\nreaders_of: [counter-3]\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_NOT_RECOMMENDED, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_RECOMMENDED } },
        { "readers_at_least: all\nreaders_of: [sim-willow-3]\n", /* the same reader by its profile */
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_NOT_RECOMMENDED, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_RECOMMENDED } },
        { "readers_at_least: 1\nreaders_of: [counter-1, elsewhere]\n",
          { RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_NOT_RECOMMENDED } },
        { "readers_share: {at_least: 0.8, weights: {counter-1: 0.5, counter-2: 0.3, counter-3: 0.2}}\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED, RECOMMENDATION_RECOMMENDED,
            RECOMMENDATION_NOT_RECOMMENDED } },
        { "readers_share: {at_least: 0.9, weights: {counter-1: 0.5, counter-2: 0.3, counter-3: 0.2}}\n",
          { RECOMMENDATION_RECOMMENDED, RECOMMENDATION_NOT_RECOMMENDED, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_NOT_RECOMMENDED } },
        /* 15 % of the counters have readers that nobody tested: at most 85 % can be shown, and pair 1 fails
           10 % */
        { "readers_share: {at_least: 0.88, weights: {counter-1: 0.45, counter-2: 0.3, counter-3: 0.1}}\n",
          { RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA, RECOMMENDATION_NOT_ENOUGH_DATA,
            RECOMMENDATION_NOT_RECOMMENDED } },
    };
    sample_open(&s, &shape);
    fill_three(&s);
    struct findings *f = make(&s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char lines[400];
        snprintf(lines, sizeof lines, "%s%s", ONE, rows[i].readers);
        struct judged j = judge(f, lines);
        for (size_t pair = 0; pair < 4; pair++)
            assert_int_equal(j.a->pairs[pair].recommendation, rows[i].want[pair]);
        end(&j);
    }
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    assert_int_equal(j.a->pairs[1].passes, 3);
    assert_int_equal(j.a->pairs[1].fails, 4);
    assert_int_equal(j.a->pairs[1].readers_passed, 2);
    assert_int_equal(j.a->pairs[2].open, 4);
    assert_int_equal(j.a->pairs[2].open_count, 1);
    assert_int_equal(j.a->open[j.a->pairs[2].open_begin].cell, survey_cell(f->survey, 2, 0, 2, 0));
    assert_int_equal(j.a->open[j.a->pairs[2].open_begin].missing, 10);
    assert_int_equal(j.a->readers[2].passes, 2);
    assert_int_equal(j.a->readers[2].fails, 1);
    assert_int_equal(j.a->readers[2].open, 1);
    assert_int_equal(j.a->readers[0].fails_by_clause[CLAUSE_SUCCESS], 1);
    /* pair 1 fails on reader 2 alone, pair 3 on two readers; pair 2 is open */
    assert_int_equal(j.a->failing_alone, 1);
    assert_int_equal(j.a->readers[2].alone, 1);
    assert_int_equal(j.a->readers[0].alone + j.a->readers[1].alone, 0);
    assert_int_equal(j.a->open_pairs, 1);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* Who fails on one reader and is open on another may fail there, too. */
static void one_reader_alone_is_blamed_only_where_all_others_pass(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 3, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 2; pair++)
        for (unsigned reader = 0; reader < 3; reader++)
            sample_fill(&s, reader, pair, 0, 0,
                        reader == 0                ? 6
                        : pair == 1 && reader == 2 ? 5
                                                   : 20,
                        reader == 0 ? 6 : 0);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    assert_int_equal(j.a->counts[RECOMMENDATION_NOT_RECOMMENDED], 2);
    assert_int_equal(j.a->pairs[1].open, 4);
    assert_int_equal(j.a->readers[0].alone, 1);
    assert_int_equal(j.a->failing_alone, 1);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void a_conditional_mode_that_nobody_tested_is_not_shown(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "conditional_modes: [screen-off]\nreaders_at_least: all\n");
    assert_int_equal(j.a->pairs[0].recommendation, RECOMMENDATION_CONDITIONAL);
    assert_int_equal(j.a->pairs[0].modes_open, 1u << POWER_SCREEN_OFF);
    assert_int_equal(j.a->pairs[0].modes_failing, 0);
    end(&j);
    expect(f, "scripts: [read-token]\npower_modes: [on-unlocked, screen-off]\nreaders_at_least: all\n", 0,
           RECOMMENDATION_NOT_ENOUGH_DATA, CLAUSE_SCOPE, ASSESS_NOT_TESTABLE);
    findings_free(&f);
    sample_close(&s);
}

/* Without its third reader, a survey gives what the what-if of dropping it says. */
static void dropping_a_reader_is_the_survey_without_it(void **state)
{
    (void)state;
    static const char *const rules[] = {
        ONE "readers_at_least: all\n", ONE "readers_at_least: 2\n",
        ONE "readers_share: {at_least: 0.75, weights: {counter-1: 0.5, counter-2: "
            "0.3, counter-3: 0.2}}\n"
    };
    for (size_t i = 0; i < 3; i++) {
        struct sample three, two;
        struct sample_shape shape = { .readers = 3, .pairs = 4 };
        sample_open(&three, &shape);
        fill_three(&three);
        shape.readers = 2;
        sample_open(&two, &shape);
        fill_three(&two);
        struct findings *f = make(&three), *g = make(&two);
        struct judged whole = judge(f, rules[i]), without = judge(g, rules[i]);
        const struct assess_scenario *drop = NULL;
        unsigned changed = 0, counts[RECOMMENDATION_NOT_ENOUGH_DATA + 1] = { 0 };
        for (size_t k = 0; k < whole.a->scenario_count; k++)
            if (whole.a->scenarios[k].what == WHAT_IF_DROP && whole.a->scenarios[k].which == 2)
                drop = &whole.a->scenarios[k];
        assert_non_null(drop);
        for (size_t pair = 0; pair < 4; pair++) {
            assert_int_equal(drop->recommendation[pair], without.a->pairs[pair].recommendation);
            changed += drop->recommendation[pair] != whole.a->pairs[pair].recommendation;
            counts[without.a->pairs[pair].recommendation]++;
        }
        assert_int_equal(drop->changed, changed);
        for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
            assert_int_equal(drop->counts[r], counts[r]);
        end(&whole);
        end(&without);
        findings_free(&f);
        findings_free(&g);
        sample_close(&three);
        sample_close(&two);
    }
}

#define BARE "  - {id: bare, power_mode: on-unlocked}\n"
#define CASE "  - {id: leather, power_mode: on-unlocked, case: leather}\n"
#define DARK "  - {id: dark, power_mode: screen-off}\n"

static const struct assess_scenario *without_condition(const struct assessment *a, unsigned condition)
{
    const struct assess_scenario *found = NULL;
    for (size_t k = 0; k < a->scenario_count; k++)
        if (a->scenarios[k].what == WHAT_IF_CONDITION && a->scenarios[k].which == condition) {
            assert_null(found);
            found = &a->scenarios[k];
        }
    return found;
}

/* Pair 1 fails in its case only, pair 2 without it only, pair 3 is open in it. */
static struct findings *offered_in_a_case(struct sample *s, bool with_case)
{
    struct sample_shape shape = { .readers = 2, .pairs = 4 };
    shape.conditions = with_case ? "conditions:\n" BARE CASE DARK : "conditions:\n" BARE DARK;
    sample_open(s, &shape);
    for (unsigned reader = 0; reader < 2; reader++)
        for (unsigned pair = 0; pair < 4; pair++) {
            fill(s, reader, pair, 0, 0, 35, pair == 2 ? 0 : 300000);
            if (with_case)
                fill(s, reader, pair, 1, 0, pair == 3 ? 5 : 35, pair == 1 ? 0 : 300000);
            fill(s, reader, pair, with_case ? 2 : 1, 0, 35, 300000);
        }
    return make(s);
}

/* Without its second condition, a survey gives what the what-if of leaving it out says. A power mode's only
 * condition is no what-if of its own. */
static void leaving_a_condition_out_is_the_survey_without_it(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "scripts: [read-token]\npower_modes: [on-unlocked]\nconditional_modes: "
        "[screen-off]\nreaders_at_least: all\n",
        "scripts: [read-token]\npower_modes: [on-unlocked]\ntime: {within_ms: 400, level: handset}\n"
        "readers_at_least: all\n",
    };
    for (size_t i = 0; i < 2; i++) {
        struct sample s, t;
        struct findings *f = offered_in_a_case(&s, true), *g = offered_in_a_case(&t, false);
        struct judged whole = judge(f, rules[i]), without = judge(g, rules[i]);
        const struct assess_scenario *left = without_condition(whole.a, 1);
        unsigned changed = 0;
        assert_non_null(left);
        assert_non_null(without_condition(whole.a, 0));
        assert_null(without_condition(whole.a, 2));
        assert_null(without_condition(without.a, 0));
        for (size_t pair = 0; pair < 4; pair++) {
            assert_int_equal(left->recommendation[pair], without.a->pairs[pair].recommendation);
            changed += left->recommendation[pair] != whole.a->pairs[pair].recommendation;
        }
        assert_int_equal(left->changed, changed);
        assert_int_equal(whole.a->pairs[1].recommendation, RECOMMENDATION_NOT_RECOMMENDED);
        assert_int_equal(left->recommendation[1], RECOMMENDATION_RECOMMENDED);
        assert_int_equal(left->recommendation[2], RECOMMENDATION_NOT_RECOMMENDED);
        end(&whole);
        end(&without);
        findings_free(&f);
        findings_free(&g);
        sample_close(&s);
        sample_close(&t);
    }
}

static void a_replaced_reader_passes_its_place_on(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 3, .pairs = 4 };
    struct err e = { 0 };
    sample_open(&s, &shape);
    fill_three(&s);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: 2\n");
    assess_forget(j.a);
    /* the third reader's place taken by the first: pair 3 then fails on all, pair 1 passes on all */
    assert_int_equal(assess_add(j.a, "replace:counter-3=counter-1", &e), 0);
    assert_int_equal(assess_add(j.a, "replace:counter-1=counter-3", &e), 0);
    assert_int_equal(j.a->scenario_count, 2);
    assert_int_equal(j.a->scenarios[0].changed, 0);
    assert_int_equal(j.a->scenarios[1].recommendation[1],
                     RECOMMENDATION_NOT_RECOMMENDED); /* two seats of three fail */
    assert_int_equal(j.a->scenarios[1].recommendation[2], RECOMMENDATION_NOT_ENOUGH_DATA);
    assert_int_equal(j.a->scenarios[1].recommendation[3], RECOMMENDATION_RECOMMENDED);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void relaxing_a_clause_is_the_file_without_it(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned reader = 0; reader < 2; reader++) {
        fill(&s, reader, 0, 0, 0, 70, 300000);
        fill(&s, reader, 1, 0, 0, 70, reader ? 900000 : 300000);
    }
    struct findings *f = make(&s);
    struct judged with = judge(f, ONE "time: {within_ms: 500}\nreaders_at_least: all\n"),
                  without = judge(f, ONE "readers_at_least: all\n");
    unsigned seen = 0;
    for (size_t i = 0; i < with.a->scenario_count; i++) {
        const struct assess_scenario *one = &with.a->scenarios[i];
        if (one->what != WHAT_IF_RELAX || one->which != CLAUSE_TIME)
            continue;
        seen++;
        for (size_t pair = 0; pair < 2; pair++)
            assert_int_equal(one->recommendation[pair], without.a->pairs[pair].recommendation);
        assert_int_equal(one->changed, 1);
    }
    assert_int_equal(seen, 1);
    end(&with);
    end(&without);
    findings_free(&f);
    sample_close(&s);
}

static const struct assess_range *range_of(const struct assessment *a, enum clause clause)
{
    for (size_t i = 0; i < a->proposal.range_count; i++)
        if (a->proposal.ranges[i].clause == clause)
            return &a->proposal.ranges[i];
    fail_msg("no range of %s", clause_key(clause));
    return NULL;
}

static bool same_list(const struct findings *f, const struct criteria *c, const struct assessment *as)
{
    for (size_t pair = 0; pair < f->survey->pair_count; pair++)
        if (ends(f, c, pair) != as->pairs[pair].recommendation)
            return false;
    return true;
}

/* Every loosest threshold is tried on both sides, by the engine on the criteria with that value written
 * in. */
static void the_proposal_is_as_loose_as_the_list_allows(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = {
        .readers = 3,
        .pairs = 5,
        .scheme = "{name: quick, q0: 0.02, q1: 0.2, alpha: 0.005, beta: 0.05, k: 1, n_max: 90}"
    };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 5; pair++)
        for (unsigned reader = 0; reader < 3; reader++)
            for (unsigned i = 0; i < 70; i++) {
                bool bad = (pair == 1 && reader == 2 && i < 20) || (pair == 2 && reader == 1 && i < 30);
                unsigned us = pair == 3 && reader == 0 && i % 8 == 0 ? 620500 : 300000 + 1000 * pair;
                lay(&s, reader, pair, 0, 0, i % 2 + 1,
                    &(struct tap) { bad ? 0 : us, "B", bad ? "select" : NULL }, 1);
            }
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "time: {within_ms: 500}\ntechnologies: [B]\nreaders_at_least: all\n");
    const struct assess_proposal *p = &j.a->proposal;
    assert_int_equal(j.a->counts[RECOMMENDATION_RECOMMENDED], 2);
    assert_int_equal(j.a->counts[RECOMMENDATION_NOT_RECOMMENDED], 3);

    const struct assess_range *time = range_of(j.a, CLAUSE_TIME);
    assert_true(time->numeric && !time->dropped && time->holds_back == 1);
    assert_true(fabs(time->changes_at - 620500) < 0.5); /* pair 3 passes from there on */
    assert_int_equal(time->changes_pair, 3);
    assert_true(fabs(time->loosest - 620000) < 0.5);
    j.c->within_ms = 620;
    assert_true(same_list(f, j.c, j.a));
    j.c->within_ms = 621;
    assert_false(same_list(f, j.c, j.a));
    j.c->within_ms = 304; /* the slowest passing pair takes 304 ms */
    assert_true(fabs(time->tightest - 304000) < 0.5 && same_list(f, j.c, j.a));
    j.c->within_ms = 303;
    assert_false(same_list(f, j.c, j.a));
    j.c->within_ms = 500;

    const struct assess_range *success = range_of(j.a, CLAUSE_SUCCESS);
    j.c->dirty_at_most = success->loosest;
    assert_true(same_list(f, j.c, j.a));
    j.c->dirty_at_most = success->tightest;
    assert_true(same_list(f, j.c, j.a));
    j.c->dirty_at_most = success->tightest - 1e-9;
    assert_false(same_list(f, j.c, j.a));
    j.c->dirty_at_most = 0;

    const struct assess_range *technologies = range_of(j.a, CLAUSE_TECHNOLOGIES);
    assert_true(technologies->dropped && technologies->holds_back == 0);
    j.c->technologies = 0;
    assert_true(same_list(f, j.c, j.a));

    const struct assess_range *readers = range_of(j.a, CLAUSE_READERS);
    j.c->readers_at_least = 2;
    assert_true(fabs(readers->changes_at - 2) < 0.5 && !same_list(f, j.c, j.a));
    j.c->readers_at_least = 0;

    /* and all of the proposal together */
    j.c->within_ms = time->dropped ? 0 : (uint32_t)(time->proposed / 1000);
    j.c->dirty_at_most = success->proposed;
    assert_true(p->same_list && same_list(f, j.c, j.a));
    /* each of pairs 1, 2, 3 fails on a reader of its own: all three are needed, each for one pair only */
    assert_int_equal(p->set_size, 3);
    assert_int_equal(p->set_count, 1);
    assert_int_equal(p->failing, 3);
    assert_int_equal(p->patterns, 3);
    assert_int_equal(p->patterns_once, 3);
    assert_int_equal(p->models, 5);
    assert_int_equal(p->units, 5);
    assert_int_equal(p->as_is.placements, 64); /* time asks for more than success */
    assert_int_equal(p->as_is.conditions, 1);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* Dirty placements of 45 in each cell of six pairs on three readers; 1 of 45 is compatible, 3 undecided, 8 and 20 are not. */
static const unsigned world[6][3] = { { 0, 0, 0 },  { 0, 0, 20 }, { 20, 20, 0 },
                                      { 0, 20, 8 }, { 1, 0, 0 },  { 20, 20, 20 } };

static struct findings *make_world(struct sample *s, size_t out)
{
    struct sample_shape shape = { .readers = 3, .pairs = 6 };
    sample_open(s, &shape);
    for (unsigned pair = 0; pair < 6; pair++)
        for (unsigned reader = 0; reader < 3 && pair != out; reader++)
            sample_fill(s, reader, pair, 0, 0, 45, world[pair][reader]);
    return make(s);
}

/* Each refused pair left out in turn: the same run without its placements is made, and its proposal written into a file. */
static void a_pair_that_is_left_out_is_judged_by_the_values_of_the_others(void **state)
{
    (void)state;
    const char *lines = ONE "success: {dirty_at_most: 0.15}\nreaders_at_least: all\n";
    struct sample s;
    struct findings *f = make_world(&s, SIZE_MAX);
    struct judged whole = judge(f, lines), as = { criteria_of(lines), NULL };
    unsigned refused = 0, listed = 0, passed = 0;
    for (size_t pair = 0; pair < 6; pair++) {
        struct sample less;
        if (whole.a->pairs[pair].recommendation != RECOMMENDATION_NOT_RECOMMENDED)
            continue;
        struct findings *g = make_world(&less, pair);
        struct judged j = judge(g, lines);
        as.c->dirty_at_most = range_of(j.a, CLAUSE_SUCCESS)->proposed;
        as.c->readers_at_least = (unsigned)range_of(j.a, CLAUSE_READERS)->proposed;
        listed += ends(f, as.c, pair) == RECOMMENDATION_RECOMMENDED;
        bool passes = false;
        for (size_t i = 0; i < j.a->proposal.set_count; i++)
            passes = passes || !(whole.a->pairs[pair].fails & j.a->proposal.sets[i]);
        passed += passes;
        refused++;
        end(&j);
        findings_free(&g);
        sample_close(&less);
    }
    assert_int_equal(refused, 4);
    assert_int_equal(whole.a->proposal.left_out.refused, refused);
    assert_int_equal(listed, 1); /* pair 1 alone keeps two readers from being enough */
    assert_int_equal(whole.a->proposal.left_out.listed, listed);
    assert_true(passed > 0);
    assert_int_equal(whole.a->proposal.left_out.passed, passed);
    end(&whole);
    criteria_free(&as.c);
    findings_free(&f);
    sample_close(&s);
}

/* Of 45 placements 20 are dirty on a cell: its upper bound is above 50 %, so any bound up to there gives the same list; of
 * one beyond q1 nothing is said. */
static void a_bound_is_not_loosened_beyond_what_the_scheme_tests(void **state)
{
    (void)state;
    static const struct {
        const char *bound;
        double proposed;
    } rows[] = { { "0.15", 0.2 }, { "0.2", 0.2 }, { "0.3", 0.3 } };
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 2 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 45, 0);
    sample_fill(&s, 0, 1, 0, 0, 45, 20);
    struct findings *f = make(&s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        snprintf(text, sizeof text, "%ssuccess: {dirty_at_most: %s}\nreaders_at_least: all\n", ONE,
                 rows[i].bound);
        struct judged j = judge(f, text);
        const struct assess_range *r = range_of(j.a, CLAUSE_SUCCESS);
        assert_true(fabs(r->proposed - rows[i].proposed) < 1e-12);
        assert_true(isnan(r->changes_at) && j.a->proposal.same_list);
        assert_true(fabs(r->limit - rows[i].proposed) < 1e-12);
        end(&j);
    }
    findings_free(&f);
    sample_close(&s);
}

/* A list without entries would stay the same however loose a clause is. */
static void nothing_is_proposed_where_nobody_is_listed(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 2 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 3, 0);
    sample_fill(&s, 0, 1, 0, 0, 45, 20);
    struct findings *f = make(&s);
    struct judged j =
        judge(f, ONE "success: {dirty_at_most: 0.1}\ntime: {within_ms: 400}\nreaders_at_least: all\n");
    assert_true(j.a->proposal.nobody_listed);
    assert_int_equal(j.a->proposal.set_size, 0);
    assert_int_equal(j.a->proposal.left_out.refused, 0);
    for (size_t i = 0; i < j.a->proposal.range_count; i++) {
        const struct assess_range *r = &j.a->proposal.ranges[i];
        assert_false(r->dropped);
        assert_true(!r->numeric ||
                    (isnan(r->changes_at) && r->proposed == r->value && r->tightest == r->value));
    }
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* One handset fails one reader by success alone: without that clause, or with one reader being enough, it would pass. */
static void counts_of_clauses_that_hold_back_overlap_and_say_so(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned reader = 0; reader < 2; reader++)
        for (unsigned pair = 0; pair < 2; pair++)
            sample_fill(&s, reader, pair, 0, 0, 20, reader == 1 && pair == 1 ? 10 : 0);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "technologies: [A, B, F]\nreaders_at_least: all\n");
    unsigned sum = 0;
    for (size_t i = 0; i < j.a->proposal.range_count; i++)
        sum += j.a->proposal.ranges[i].holds_back;
    assert_int_equal(j.a->proposal.held_back, 1);
    assert_int_equal(sum, j.a->proposal.held_back + j.a->proposal.held_back_by_several);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static void a_clause_that_holds_nobody_back_is_not_needed(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2, .pairs = 2 };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 2; pair++)
        for (unsigned reader = 0; reader < 2; reader++)
            fill(&s, reader, pair, 0, 0, 70, 300000);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "time: {within_ms: 500}\nreaders_at_least: all\n");
    assert_int_equal(j.a->counts[RECOMMENDATION_RECOMMENDED], 2);
    assert_true(range_of(j.a, CLAUSE_TIME)->dropped);
    assert_int_equal(j.a->proposal.as_is.placements, 64);          /* for the time clause, */
    assert_int_equal(j.a->proposal.proposed.placements, 15);       /* which the proposal does without */
    assert_true(isnan(range_of(j.a, CLAUSE_SUCCESS)->changes_at)); /* nobody fails: no bound is too loose */
    assert_false(range_of(j.a, CLAUSE_SUCCESS)->dropped);
    assert_int_equal(j.a->proposal.failing, 0);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* Against another way to find it: every subset, judged by criteria that name its readers. */
static void expect_sets(const struct findings *f, const struct assessment *whole)
{
    unsigned best = 5;
    size_t count = 0;
    for (unsigned set = 1; set < 16; set++) {
        char lines[300];
        int at = snprintf(lines, sizeof lines, "%sreaders_at_least: all\nreaders_of: [", ONE);
        for (unsigned r = 0; r < 4; r++)
            if (set >> r & 1)
                at += snprintf(lines + at, sizeof lines - (size_t)at, "counter-%u, ", r + 1);
        snprintf(lines + at - 2, sizeof lines - (size_t)at + 2, "]\n");
        struct judged part = judge(f, lines);
        bool same = true;
        for (size_t pair = 0; pair < f->survey->pair_count; pair++)
            same = same && part.a->pairs[pair].recommendation == whole->pairs[pair].recommendation;
        unsigned size = (unsigned)__builtin_popcount(set);
        if (same && size < best) {
            best = size;
            count = 0;
        }
        count += same && size == best;
        end(&part);
    }
    assert_int_equal(whole->proposal.set_count, count);
    assert_int_equal(whole->proposal.set_size, count ? best : 4);
}

static void the_smallest_sets_of_readers_are_all_found(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 4, .pairs = 8 };
    static const unsigned fails[8] = { 0, 1 | 2, 2 | 4, 0, 8, 1 | 2, 4 | 1, 1 };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 8; pair++)
        for (unsigned reader = 0; reader < 4; reader++) {
            bool bad = fails[pair] >> reader & 1;
            sample_fill(&s, reader, pair, 0, 0, bad ? 6 : 20, bad ? 6 : 0);
        }
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    expect_sets(f, j.a);
    assert_int_equal(j.a->proposal.failing, 6);
    assert_int_equal(j.a->proposal.patterns, 5);
    assert_int_equal(j.a->proposal.patterns_once, 4);
    end(&j);
    j = judge(f, ONE "readers_at_least: 3\n"); /* pairs 4 and 7 pass, though each fails on a reader */
    expect_sets(f, j.a);
    assert_int_equal(j.a->proposal.failing, 4);
    assert_int_equal(j.a->proposal.set_count, 1); /* not with the first reader: pair 7 passes without it */
    assert_int_equal(j.a->proposal.sets[0], 2 | 4);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

/* A journal in which a placement goes on behind another one of the same reader can't be told by its
 * writer. */
static void a_stray_transaction_is_not_mixed_into_another_placement(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    const struct sample_try good = { "ok", 40000, false, 0, NULL },
                            bad = { "fail", 0, false, CAUSE(6), NULL };
    sample_open(&s, &shape);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), lines[2];
    lines[0] = sample_lay(&s, 0, 0, 0, 1);
    lines[1] = sample_lay(&s, 0, 0, 0, 1);
    sample_run(&s, lines[0], cell, 1, 1, &good);
    sample_run(&s, lines[1], cell, 1, 1, &good);
    sample_run(&s, lines[0], cell, 2, 2, &bad);
    for (unsigned i = 0; i < 2; i++)
        sample_placed(&s, lines[i], &cell, (const char *const[]) { i ? "clean" : "dirty" }, 1,
                      i ? "clean" : "dirty");
    struct findings *f = make(&s);
    const struct observations *seen = &f->cells[cell].seen;
    assert_int_equal(seen->placement_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(seen->placements[i].line, lines[i]);
        assert_int_equal(seen->placements[i].count, 1);
        assert_int_equal(seen->rows[seen->placements[i].begin].total_us, 40000);
    }
    findings_free(&f);
    sample_close(&s);
}

static void evidence_is_the_line_of_a_failed_transaction(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 12, 7);
    struct findings *f = make(&s);
    struct judged j = judge(f, ONE "readers_at_least: all\n");
    char path[128], *line = NULL;
    size_t capacity = 0;
    struct assess_evidence e = assess_decides(j.a, 0);
    const size_t count = e.line_count;
    const uint64_t *lines = e.lines;
    assert_int_equal(count, 5);
    sample_path(&s, "journal.yaml", path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t found = 0;
    for (uint64_t number = 1; getline(&line, &capacity, file) > 0; number++)
        for (size_t i = 0; i < count; i++)
            if (lines[i] == number) {
                assert_non_null(strstr(line, "\"transaction\""));
                assert_non_null(strstr(line, "\"outcome\": \"fail\""));
                found++;
            }
    assert_int_equal(found, 5);
    free(line);
    fclose(file);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

static struct criteria *preset(const char *id)
{
    struct survey_problems problems = { 0 };
    struct criteria *c = NULL;
    struct err e = { 0 };
    if (criteria_load(id, ".", &c, &problems, &e) != 0)
        fail_msg("%s: %s", id, problems.count ? problems.items[0].text : e.text);
    return c;
}

static void says(const struct criteria *c, const char *format, double number)
{
    char words[64], japanese[64];
    size_t length = 0;
    snprintf(words, sizeof words, format, number);
    for (const char *w = words; *w; w++) /* 95 % is 95% there */
        if (strncmp(w, " %", 2) != 0)
            japanese[length++] = *w;
    japanese[length] = '\0';
    if (!c->proves || !strstr(c->proves, words) || !c->proves_ja || !strstr(c->proves_ja, japanese))
        fail_msg("%s: `proves` does not say \"%s\" in both languages", c->id, words);
}

/* What M of N proves, by the sum of the binomial's terms and a bisection; two-sided at 95 % with 2.5 %. */
static double proven(unsigned n, unsigned ok, double tail)
{
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (binomial_tail(n, ok, middle) < tail)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void every_preset_says_what_it_proves(void **state)
{
    (void)state;
    static const char *const taps[] = { "cts-50-taps", "crossover-3-reads" };
    for (size_t i = 0; i < 2; i++) {
        struct criteria *c = preset(taps[i]);
        says(c, "%.1f %%", 100 * proven(c->taps, c->ok_at_least, 0.05));
        says(c, "%.1f %%", 100 * proven(c->taps, c->ok_at_least, 0.025));
        assert_non_null(c->analogy);
        criteria_free(&c);
    }
    struct criteria *c = preset("transit-500ms");
    unsigned n = 0; /* the weights and bets of overrun.h, written out for placements without an overrun */
    double p = 1 - c->share;
    while (0.5 * pow(1 / (1 - p), n) + 0.25 * pow((1 - 0.1 * p) / (1 - p), n) +
               0.15 * pow((1 - 0.3 * p) / (1 - p), n) + 0.1 * pow((1 - 0.6 * p) / (1 - p), n) <
           20)
        n++;
    says(c, "%.0f", n);
    says(c, "%.0f %%", 100 * p);
    assert_true(c->by_handset && c->within_ms == 500);
    criteria_free(&c);
    static const char *const bounds[] = { "counter-default", "felica-rf-m", "felica-rf-s" };
    for (size_t i = 0; i < 3; i++) {
        c = preset(bounds[i]);
        for (unsigned k = 0; k < 2;
             k++) { /* ln B(1/2, 5/q1 + n) - ln B(1/2, 5/q1) - n ln(1 - q1) reaches ln 20 */
            double q1 = k ? 0.2 : 0.1, b = 5 / q1;
            for (n = 3; lgamma(b + n) - lgamma(b + n + 0.5) - lgamma(b) + lgamma(b + 0.5) - n * log(1 - q1) <
                        log(20);)
                n++;
            says(c, "%.0f", n);
            says(c, "%.0f %%", 100 * (i ? 1 - q1 : q1));
        }
        assert_true(i == 0 || (c->five_points && c->failing_at_most == 2 && c->analogy));
        assert_true(c->height == (i == 1));
        criteria_free(&c);
    }
}

static void a_placement_without_a_transaction_is_over_every_time(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1 };
    sample_open(&s, &shape);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    for (unsigned i = 0; i < 6; i++) {
        uint64_t line = sample_lay(&s, 0, 0, 0, i % 2 + 1);
        sample_placed(&s, line, &cell, (const char *const[]) { "dirty" }, 1, "dirty");
    }
    struct findings *f = make(&s);
    assert_int_equal(f->cells[cell].seen.placement_count, 6);
    expect(f, ONE "success: {taps: 3, ok_at_least: 2}\nreaders_at_least: all\n", 0,
           RECOMMENDATION_NOT_RECOMMENDED, CLAUSE_SUCCESS, ASSESS_FAIL);
    struct judged j = judge(f, ONE "time: {within_ms: 60000}\nreaders_at_least: all\n");
    assert_int_equal(j.a->pairs[0].clauses[CLAUSE_TIME].outcome, ASSESS_FAIL);
    end(&j);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_is_passed_from_its_upper_limit_on),
        cmocka_unit_test(a_refusal_shows_more_than_q0_or_more_than_the_bound),
        cmocka_unit_test(a_time_is_refused_above_a_fifth_or_above_all_of_what_it_allows),
        cmocka_unit_test(one_session_is_not_enough_and_says_so),
        cmocka_unit_test(a_pass_that_leans_on_invalid_placements_is_said),
        cmocka_unit_test(taps_are_first_transactions_in_order),
        cmocka_unit_test(time_passes_from_one_time_on_and_fails_up_to_another),
        cmocka_unit_test(time_of_a_handset_adds_up_over_its_readers),
        cmocka_unit_test(another_technology_is_evidence_by_its_line),
        cmocka_unit_test(a_payload_step_counts_what_ended_before_it),
        cmocka_unit_test(of_five_points_so_many_may_be_silent),
        cmocka_unit_test(positions_that_are_no_condition_cannot_be_tested),
        cmocka_unit_test(a_silent_range_has_a_shown_and_a_possible_width),
        cmocka_unit_test(readers_are_counted_as_the_criteria_say),
        cmocka_unit_test(one_reader_alone_is_blamed_only_where_all_others_pass),
        cmocka_unit_test(a_conditional_mode_that_nobody_tested_is_not_shown),
        cmocka_unit_test(dropping_a_reader_is_the_survey_without_it),
        cmocka_unit_test(leaving_a_condition_out_is_the_survey_without_it),
        cmocka_unit_test(a_replaced_reader_passes_its_place_on),
        cmocka_unit_test(relaxing_a_clause_is_the_file_without_it),
        cmocka_unit_test(the_proposal_is_as_loose_as_the_list_allows),
        cmocka_unit_test(a_pair_that_is_left_out_is_judged_by_the_values_of_the_others),
        cmocka_unit_test(a_bound_is_not_loosened_beyond_what_the_scheme_tests),
        cmocka_unit_test(nothing_is_proposed_where_nobody_is_listed),
        cmocka_unit_test(counts_of_clauses_that_hold_back_overlap_and_say_so),
        cmocka_unit_test(a_clause_that_holds_nobody_back_is_not_needed),
        cmocka_unit_test(the_smallest_sets_of_readers_are_all_found),
        cmocka_unit_test(a_stray_transaction_is_not_mixed_into_another_placement),
        cmocka_unit_test(evidence_is_the_line_of_a_failed_transaction),
        cmocka_unit_test(every_preset_says_what_it_proves),
        cmocka_unit_test(a_placement_without_a_transaction_is_over_every_time),
    };
    return cmocka_run_group_tests_name("assess", tests, NULL, NULL);
}
