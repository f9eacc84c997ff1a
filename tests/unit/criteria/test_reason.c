/* What the criteria that a survey names make of its handsets, and why. */
#include "reports/report.h"
#include "reports/tables/reasons.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct report open_report(const struct sample *s)
{
    const struct report_how how = { .parts = REPORT_VERDICTS };
    struct survey_problems problems = { 0 };
    struct report r;
    struct err e = { 0 };
    sample_must(report_open(s->directory, &how, &r, &problems, &e), &e);
    return r;
}

static const char *reason(const struct report *r, size_t pair, char out[512])
{
    struct buf b;
    buf_init(&b, 4096);
    const struct assess_evidence of = assess_decides(r->assessment, pair);
    reason_add(&b, r->assessment, pair, LANGUAGE_ENGLISH);
    buf_add_text(&b, "; ");
    evidence_add_with_cell(&b, r->assessment, &of, LANGUAGE_ENGLISH);
    snprintf(out, 512, "%s", b.data);
    buf_free(&b);
    return out;
}

static void the_criteria_give_each_pair_a_recommendation_with_its_cell(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 4 };
    sample_open(&s, &shape);
    for (unsigned pair = 0; pair < 4; pair++)
        for (unsigned condition = 0; condition < 3; condition++)
            for (unsigned script = 0; script < 2; script++) {
                bool bad = (pair == 1 && condition == 2 && script == 1) || (pair == 2 && condition == 1);
                unsigned n = pair == 3 && condition == 0 ? 4 : bad ? 6 : 20;
                sample_fill(&s, 0, pair, condition, script, n, bad ? 6 : 0);
            }
    char text[512];
    struct report r = open_report(&s);
    assert_non_null(r.assessment);
    assert_int_equal(r.assessment->pairs[0].recommendation, RECOMMENDATION_RECOMMENDED);
    assert_int_equal(r.assessment->pairs[1].recommendation, RECOMMENDATION_CONDITIONAL);
    assert_int_equal(r.assessment->pairs[1].conditional_clause, CLAUSE_SUCCESS);
    assert_int_equal(r.assessment->pairs[1].decides, survey_cell(r.findings->survey, 1, 2, 0, 1));
    assert_int_equal(r.assessment->pairs[2].recommendation, RECOMMENDATION_NOT_RECOMMENDED);
    assert_non_null(strstr(reason(&r, 2, text), "on-locked"));
    assert_non_null(strstr(reason(&r, 2, text), "6/6 dirty"));
    assert_int_equal(r.assessment->pairs[3].recommendation, RECOMMENDATION_NOT_ENOUGH_DATA);
    assert_non_null(strstr(reason(&r, 3, text), "Success: not decided yet; "));
    assert_true(assess_fails_on(r.assessment, 2, 0, NEED_REQUIRED));
    assert_false(assess_fails_on(r.assessment, 2, 0, NEED_CONDITIONAL));
    assert_true(assess_fails_on(r.assessment, 1, 0, NEED_CONDITIONAL));
    assert_false(assess_fails_on(r.assessment, 1, 0, NEED_REQUIRED));
    assert_false(assess_fails_on(r.assessment, 0, 0, NEED_REQUIRED));
    report_close(&r);
    sample_close(&s);
}

static void a_pair_may_fail_on_readers_that_the_criteria_spare(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2,
                                  .pairs = 1,
                                  .criteria = "scripts: [read-token]\npower_modes: [on-unlocked]\n"
                                              "readers_at_least: 1\n" };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 1, 0, 0, 0, 6, 6);
    struct report r = open_report(&s);
    assert_int_equal(r.assessment->pairs[0].recommendation, RECOMMENDATION_RECOMMENDED);
    report_close(&r);
    sample_close(&s);
}

static void one_incompatible_reader_is_enough_when_all_must_pass(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 2,
                                  .pairs = 2,
                                  .criteria = "scripts: [read-token]\npower_modes: [on-unlocked]\n"
                                              "readers_at_least: all\n" };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 1, 0, 0, 0, 6, 6);
    sample_fill(&s, 0, 1, 0, 0, 20, 0);
    sample_fill(&s, 1, 1, 0, 0, 6, 0);
    struct report r = open_report(&s);
    assert_int_equal(r.assessment->pairs[0].recommendation, RECOMMENDATION_NOT_RECOMMENDED);
    assert_int_equal(r.assessment->pairs[0].decides, survey_cell(r.findings->survey, 0, 0, 1, 0));
    assert_int_equal(r.assessment->pairs[1].recommendation, RECOMMENDATION_NOT_ENOUGH_DATA);
    assert_int_equal(r.assessment->pairs[1].decides, survey_cell(r.findings->survey, 1, 0, 1, 0));
    report_close(&r);
    sample_close(&s);
}

static void without_criteria_nothing_is_recommended(void **state)
{
    (void)state;
    struct sample s;
    struct sample_shape shape = { .readers = 1, .pairs = 1, .no_criteria = true };
    sample_open(&s, &shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    struct report r = open_report(&s);
    assert_null(r.assessment);
    assert_int_equal(assess_pair_of(r.assessment, 0)->recommendation, RECOMMENDATION_NONE);
    assert_int_equal(assess_pair_of(r.assessment, 0)->decides, SIZE_MAX);
    assert_false(assess_fails_on(r.assessment, 0, 0, NEED_REQUIRED));
    report_close(&r);
    sample_close(&s);
}

/* What decides speaks for itself: no clause shows the dirty placements of a cell that it did not look at. */
static void each_clause_has_its_own_evidence(void **state)
{
    static const struct {
        const char *criteria, *says;
    } rows[] = {
        { "readers_at_least: all\n",
          "Success: above 2 %; counter-2, on-unlocked, Read the token: 6/20 dirty, [" },
        { "success: {taps: 5, ok_at_least: 5}\nreaders_at_least: all\n",
          "Success: shown not to be met; counter-2, on-unlocked, Read the token: 0 of 5 taps ok, [0.0, 45.1] "
          "%" },
        { "success: {taps: 1000, ok_at_least: 1}\ntime: {within_ms: 1, share: 0.95}\nreaders_at_least: all\n",
          "Transaction time: shown not to be met; counter-2, on-unlocked, Read the token: 100 % failed or "
          "later "
          "than 1 ms, "
          "on average over 20 placements" },
        { "success: {taps: 1000, ok_at_least: 1}\ntime: {within_ms: 1, share: 0.95, level: handset}\n"
          "readers_at_least: all\n",
          "over all readers 100 % failed or later than 1 ms, on average over 40 placements; 100 % failed" },
        { "readers_share: {at_least: 0.9, weights: {counter-1: 0.5, counter-2: 0.3}}\n",
          "of 2 readers 1 passes and 1 fails; share by weight, from shown to possible: [50.0, 70.0] %; 6/20 "
          "dirty" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sample s;
        char text[512], lines[512];
        snprintf(lines, sizeof lines, "scripts: [read-token]\npower_modes: [on-unlocked]\n%s",
                 rows[i].criteria);
        struct sample_shape shape = { .readers = 2, .pairs = 1, .criteria = lines };
        sample_open(&s, &shape);
        sample_fill(&s, 0, 0, 0, 0, 20, 0);
        sample_fill(&s, 1, 0, 0, 0, 20, 6);
        struct report r = open_report(&s);
        if (!strstr(reason(&r, 0, text), rows[i].says))
            fail_msg("%s\n  where this was expected: %s", text, rows[i].says);
        report_close(&r);
        sample_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_criteria_give_each_pair_a_recommendation_with_its_cell),
        cmocka_unit_test(a_pair_may_fail_on_readers_that_the_criteria_spare),
        cmocka_unit_test(one_incompatible_reader_is_enough_when_all_must_pass),
        cmocka_unit_test(without_criteria_nothing_is_recommended),
        cmocka_unit_test(each_clause_has_its_own_evidence),
    };
    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
