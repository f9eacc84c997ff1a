/*
 * What a reference card vouches for and what it takes back. Each journal is folded by findings and by the station, which
 * share no code for it, and both must come to the counts that are told here.
 */
#include "harness/findings/findings.h"
#include "harness/station/station.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct sample_shape with_reference = {
    .readers = 2, .pairs = 2, .settings = "reference: {handset: sim-phone-01, sim: card-1, unit: CARD-1}\n"
};

/* One placement of the first pair's first cell on a reader. */
static uint64_t lay(struct sample *s, unsigned reader, unsigned session, const char *result)
{
    uint64_t cell = survey_cell(s->survey, 0, 0, reader, 0), line = sample_lay(s, reader, 0, 0, session);
    const char *outcome = strcmp(result, "dirty") == 0     ? "fail"
                          : strcmp(result, "invalid") == 0 ? "invalid"
                                                           : "ok";
    bool bad = strcmp(outcome, "ok") != 0;
    struct sample_try t = { outcome, 40000, false, bad ? CAUSE(31) : 0, bad ? "exchange" : NULL };
    sample_run(s, line, cell, 1, 1, &t);
    sample_placed(s, line, &cell, (const char *const[]) { result }, 1, result);
    return line;
}

static void check(struct sample *s, unsigned reader, bool ok)
{
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_REFERENCE);
    r.as.reference.at_us = s->at_us;
    r.as.reference.reader = s->survey->readers[reader].unit;
    r.as.reference.why = CHECK_EVERY;
    r.as.reference.ok = ok;
    r.as.reference.placements = 0; /* a fold counts for itself */
    r.as.reference.tries = 1;
    sample_append(s, &r);
}

static void resume(struct sample *s, const char *replaced)
{
    struct journal_record r = sample_resume();
    r.as.resume.replaced = replaced;
    sample_append(s, &r);
}

struct counts {
    unsigned n, d, invalid, sessions; /* sessions: a bit each */
    enum verdict verdict;
};

static void expect(struct sample *s, unsigned reader, struct counts told)
{
    size_t cell = survey_cell(s->survey, 0, 0, reader, 0);
    struct findings *f = NULL;
    struct station_state state;
    struct err e = { 0 };
    assert_int_equal(journal_sync(s->journal, &e), 0);
    if (findings_make(s->directory, NULL, &f, &e) != 0 ||
        station_fold(s->directory, s->survey, &state, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    const struct findings_cell *found = &f->cells[cell];
    const struct cell_state *planned = plan_cell(state.plan, cell);
    assert_int_equal(f->damaged, 0);
    assert_int_equal(found->n, told.n);
    assert_int_equal(planned->counts.n, told.n);
    assert_int_equal(found->d, told.d);
    assert_int_equal(planned->counts.d, told.d);
    assert_int_equal(found->invalid, told.invalid);
    assert_int_equal(planned->invalid, told.invalid);
    assert_int_equal(found->judged.sessions, told.sessions);
    assert_int_equal(planned->counts.sessions, told.sessions);
    assert_int_equal(found->verdict, told.verdict);
    assert_int_equal(planned->verdict, told.verdict);
    findings_free(&f);
    station_state_free(&state);
}

static void a_card_that_answers_vouches_for_what_was_before_it(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    lay(&s, 0, 1, "clean");
    lay(&s, 0, 1, "dirty");
    check(&s, 0, true);
    lay(&s, 0, 1, "clean");
    check(&s, 0, false);
    expect(&s, 0, (struct counts) { 2, 1, 1, 1, VERDICT_UNDECIDED });
    sample_close(&s);
}

static void a_card_that_fails_takes_back_clean_and_dirty_ones_of_its_reader_only(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    check(&s, 0, true);
    lay(&s, 0, 1, "clean");
    lay(&s, 1, 1, "dirty");
    lay(&s, 0, 1, "dirty");
    lay(&s, 0, 1, "invalid");
    check(&s, 0, false);
    expect(&s, 0, (struct counts) { 0, 0, 3, 0, VERDICT_UNDECIDED });
    expect(&s, 1, (struct counts) { 1, 1, 0, 1, VERDICT_UNDECIDED });
    lay(&s, 0, 2, "clean"); /* what comes afterwards counts, in its own session */
    expect(&s, 0, (struct counts) { 1, 0, 3, 2, VERDICT_UNDECIDED });
    sample_close(&s);
}

/* The sample's scheme takes 15 clean placements. */
static void a_verdict_that_leant_on_them_is_open_again(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    for (unsigned i = 0; i < 14; i++)
        lay(&s, 0, 1, "clean");
    check(&s, 0, true);
    lay(&s, 0, 2, "clean");
    expect(&s, 0, (struct counts) { 15, 0, 0, 3, VERDICT_COMPATIBLE });
    check(&s, 0, false);
    expect(&s, 0, (struct counts) { 14, 0, 1, 1, VERDICT_UNDECIDED });
    lay(&s, 0, 2, "clean");
    expect(&s, 0, (struct counts) { 15, 0, 1, 3, VERDICT_COMPATIBLE });
    sample_close(&s);
}

/* Three close a cell elsewhere; with a reference the reader is asked then, and three more are the cell's end. */
static void a_cell_outlives_three_invalid_placements_where_the_card_answers(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    for (unsigned i = 0; i < 3; i++)
        lay(&s, 0, 1, "invalid");
    expect(&s, 0, (struct counts) { 0, 0, 3, 0, VERDICT_UNDECIDED });
    check(&s, 0, true);
    for (unsigned i = 0; i < 3; i++)
        lay(&s, 0, 1, "invalid");
    expect(&s, 0, (struct counts) { 0, 0, 6, 0, VERDICT_UNDECIDED_INSTRUMENT });
    sample_close(&s);
}

static void what_a_faulty_reader_spoilt_brings_no_cell_nearer_to_its_end(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    for (unsigned i = 0; i < 12; i++) {
        lay(&s, 0, 1, "invalid");
        if (i % 3 == 2)
            check(&s, 0, false);
    }
    expect(&s, 0, (struct counts) { 0, 0, 12, 0, VERDICT_UNDECIDED });
    sample_close(&s);
}

static void a_card_on_another_reader_under_the_same_tag_says_nothing_of_the_one_before(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &with_reference);
    lay(&s, 0, 1, "dirty");
    lay(&s, 1, 1, "dirty");
    resume(&s, "counter-9, counter-1");
    check(&s, 0, false);
    check(&s, 1, false);
    expect(&s, 0, (struct counts) { 1, 1, 0, 1, VERDICT_UNDECIDED });
    expect(&s, 1, (struct counts) { 0, 0, 1, 0, VERDICT_UNDECIDED });
    sample_close(&s);
}

/* A placement that a crash left open is judged by the check behind it, too. */
static void a_broken_off_placement_is_taken_back_in_findings(void **state)
{
    (void)state;
    struct sample s;
    struct err e = { 0 };
    struct findings *f = NULL;
    sample_open(&s, &with_reference);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    struct sample_try bad = { "fail", 40000, false, CAUSE(10), "exchange" };
    sample_run(&s, line, cell, 1, 1, &bad);
    check(&s, 0, false);
    assert_int_equal(journal_sync(s.journal, &e), 0);
    assert_int_equal(findings_make(s.directory, NULL, &f, &e), 0);
    assert_int_equal(f->cells[cell].d, 0);
    assert_int_equal(f->cells[cell].invalid, 1);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_answers_vouches_for_what_was_before_it),
        cmocka_unit_test(a_card_that_fails_takes_back_clean_and_dirty_ones_of_its_reader_only),
        cmocka_unit_test(a_verdict_that_leant_on_them_is_open_again),
        cmocka_unit_test(a_cell_outlives_three_invalid_placements_where_the_card_answers),
        cmocka_unit_test(what_a_faulty_reader_spoilt_brings_no_cell_nearer_to_its_end),
        cmocka_unit_test(a_card_on_another_reader_under_the_same_tag_says_nothing_of_the_one_before),
        cmocka_unit_test(a_broken_off_placement_is_taken_back_in_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
