/* What the operator took out of the count: before the result it is invalid, after it stays, and both are
 * told. */
#include "harness/findings/findings.h"
#include "tests/unit/tables/summarise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct sample_shape small = { .readers = 2, .pairs = 2 };

static struct findings *make(struct sample *s)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return f;
}

static void note(struct sample *s, const char *text, uint64_t placement, enum exclusion effect)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note = (struct journal_note) { .at_us = s->at_us,
                                        .text = text,
                                        .placement = placement ? placement : UINT64_MAX,
                                        .effect = effect,
                                        .by = "tester",
                                        .wall = "2017-12-01T09:30:00Z" };
    sample_append(s, &r);
}

/* One placement of the first cell; `told` before its result. Returns its line. */
static uint64_t lay(struct sample *s, unsigned session, const char *result, const char *told)
{
    uint64_t cell = survey_cell(s->survey, 0, 0, 0, 0), line = sample_lay(s, 0, 0, 0, session);
    bool bad = strcmp(result, "dirty") == 0;
    struct sample_try t = { bad ? "fail" : "ok", 40000, false, bad ? CAUSE(10) : 0, NULL };
    sample_run(s, line, cell, 1, 1, &t);
    if (told)
        note(s, told, line, EXCLUSION_EXCLUDE);
    sample_placed(s, line, &cell, (const char *const[]) { told ? "invalid" : result }, 1,
                  told ? "invalid" : result);
    return line;
}

static struct findings_cell *first(struct findings *f)
{
    return &f->cells[survey_cell(f->survey, 0, 0, 0, 0)];
}

/* The sample's scheme takes 15 clean placements at d = 0, 30 at d = 1 (screen's table, statistics 2.3). */
static void an_exclusion_is_invalid_and_the_verdict_is_told_with_it_as_dirty(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    for (unsigned i = 0; i < 15; i++)
        lay(&s, i % 2 + 1, "clean", NULL);
    lay(&s, 2, "dirty", "wrong phone");
    struct findings *f = make(&s);
    assert_int_equal(first(f)->n, 15);
    assert_int_equal(first(f)->d, 0);
    assert_int_equal(first(f)->invalid, 1);
    assert_int_equal(first(f)->excluded, 1);
    assert_int_equal(first(f)->verdict, VERDICT_COMPATIBLE);
    assert_int_equal(first(f)->verdict_invalid_as_dirty, VERDICT_UNDECIDED); /* 16 with 1 dirty */
    assert_int_equal(first(f)->verdict_without_withdrawn, VERDICT_COMPATIBLE);
    assert_int_equal(f->placements_excluded, 1);
    assert_int_equal(f->damaged, 0);
    findings_free(&f);
    sample_close(&s);
}

static void a_withdrawal_stays_counted_and_the_verdict_is_told_without_it(void **state)
{
    (void)state;
    struct sample s;
    uint64_t bad = 0;
    sample_open(&s, &small);
    for (unsigned i = 0; i < 16; i++) {
        uint64_t line = lay(&s, i % 2 + 1, i == 7 ? "dirty" : "clean", NULL);
        bad = i == 7 ? line : bad;
    }
    struct findings *f = make(&s);
    assert_int_equal(first(f)->verdict_without_withdrawn, VERDICT_UNDECIDED);
    findings_free(&f);
    note(&s, "it lay in its case", bad, EXCLUSION_WITHDRAW);
    note(&s, "told twice", bad, EXCLUSION_WITHDRAW);
    f = make(&s);
    assert_int_equal(first(f)->n, 16);
    assert_int_equal(first(f)->d, 1);
    assert_int_equal(first(f)->withdrawn, 1);
    assert_int_equal(first(f)->withdrawn_dirty, 1);
    assert_int_equal(first(f)->verdict, VERDICT_UNDECIDED);
    assert_int_equal(first(f)->verdict_without_withdrawn, VERDICT_COMPATIBLE);
    assert_int_equal(f->placements_withdrawn, 1);
    assert_int_equal(f->damaged, 0);
    findings_free(&f);
    sample_close(&s);
}

/* Clean placements may be withdrawn too, and with all of a session's gone one session alone is left. */
static void without_what_was_withdrawn_a_session_may_be_missing(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    for (unsigned i = 0; i < 16; i++)
        lay(&s, 1, "clean", NULL);
    uint64_t second = lay(&s, 2, "clean", NULL);
    note(&s, "the phone was not rebooted", second, EXCLUSION_WITHDRAW);
    struct findings *f = make(&s);
    assert_int_equal(first(f)->verdict, VERDICT_COMPATIBLE);
    assert_int_equal(first(f)->verdict_without_withdrawn, VERDICT_UNDECIDED); /* 16 clean, in one session */
    assert_int_equal(first(f)->withdrawn_dirty, 0);
    findings_free(&f);
    sample_close(&s);
}

static void an_exclusion_after_the_result_is_damage_and_counts_as_it_was(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t line = lay(&s, 1, "dirty", NULL);
    note(&s, "I did not like it", line, EXCLUSION_EXCLUDE);
    note(&s, "no such thing", 1, EXCLUSION_WITHDRAW);
    uint64_t open = sample_lay(&s, 0, 0, 0, 1);
    note(&s, "too early", open, EXCLUSION_WITHDRAW);
    struct findings *f = make(&s);
    assert_int_equal(first(f)->n, 1);
    assert_int_equal(first(f)->d, 1);
    assert_int_equal(first(f)->excluded, 0);
    assert_int_equal(f->placements_withdrawn, 0);
    assert_int_equal(f->damaged, 3);
    assert_non_null(strstr(said_text(&f->faults.items[1].said).text, "which is not open there"));
    findings_free(&f);
    sample_close(&s);
}

static void a_broken_off_placement_stays_excluded(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    struct sample_try bad = { "fail", 0, false, CAUSE(10), NULL };
    sample_run(&s, line, cell, 1, 1, &bad);
    note(&s, "wrong phone", line, EXCLUSION_EXCLUDE);
    struct findings *f = make(&s);
    assert_int_equal(first(f)->n, 0);
    assert_int_equal(first(f)->invalid, 1);
    assert_int_equal(first(f)->excluded, 1);
    assert_int_equal(f->placements_excluded, 1);
    findings_free(&f);
    sample_close(&s);
}

static void the_summary_lists_what_was_told_by_whom_and_when(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &small);
    uint64_t line = lay(&s, 1, "clean", NULL);
    lay(&s, 1, "clean", "端末 \"違い\"");
    note(&s, "counter moved", 0, EXCLUSION_NONE);
    note(&s, "in its case", line, EXCLUSION_WITHDRAW);
    struct findings *f = make(&s);
    char *text = summarise(&s);
    assert_non_null(strstr(text, "\n  excluded: 1\n  withdrawn: 1\n"));
    assert_non_null(strstr(text, "effect: \"exclude\", placement: 5, by: \"tester\", wall: "
                                 "\"2017-12-01T09:30:00Z\", text: \"端末 \\\"違い\\\"\"}"));
    assert_non_null(strstr(text, "by: \"tester\", wall: \"2017-12-01T09:30:00Z\", text: \"counter moved\"}"));
    assert_non_null(strstr(text, "effect: \"withdraw\", placement: 2, "));
    assert_non_null(strstr(text, "    withdrawn: 1\n    withdrawn_dirty: 0\n"));
    free(text);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exclusion_is_invalid_and_the_verdict_is_told_with_it_as_dirty),
        cmocka_unit_test(a_withdrawal_stays_counted_and_the_verdict_is_told_without_it),
        cmocka_unit_test(without_what_was_withdrawn_a_session_may_be_missing),
        cmocka_unit_test(an_exclusion_after_the_result_is_damage_and_counts_as_it_was),
        cmocka_unit_test(a_broken_off_placement_stays_excluded),
        cmocka_unit_test(the_summary_lists_what_was_told_by_whom_and_when),
    };
    return cmocka_run_group_tests_name("exclusions", tests, NULL, NULL);
}
