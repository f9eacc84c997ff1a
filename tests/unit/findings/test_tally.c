/* Counts and lists over cells, from verdicts and failures put there by hand. */
#include "harness/findings/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

enum { PAIRS = 2, CONDITIONS = 2, READERS = 2, SCRIPTS = 1, CELLS = PAIRS * CONDITIONS * READERS * SCRIPTS };

struct bench {
    struct survey survey;
    char *reasons[CELLS];
    struct findings_cell cells[CELLS];
    struct findings f;
};

static void set_up(struct bench *b)
{
    *b = (struct bench) { .survey = { .pair_count = PAIRS,
                                      .reader_count = READERS,
                                      .script_count = SCRIPTS,
                                      .condition_count = CONDITIONS } };
    b->survey.excluded_reason = b->reasons;
    b->f.survey = &b->survey;
    b->f.cells = b->cells;
    b->f.cell_count = CELLS;
    for (size_t i = 0; i < CELLS; i++)
        b->cells[i] = (struct findings_cell) { .verdict = VERDICT_COMPATIBLE,
                                               .verdict_invalid_as_dirty = VERDICT_COMPATIBLE,
                                               .verdict_without_withdrawn = VERDICT_COMPATIBLE };
}

static void transactions_are_counted_whatever_became_of_them(void **state)
{
    (void)state;
    struct findings_cell c = {
        .ok = 7, .fail = 5, .invalid_transactions = 3, .not_applicable = 2, .slow = 1
    };
    assert_int_equal(tally_failed(&c), 8);
    assert_int_equal(tally_transactions(&c), 17); /* a slow one is among the ok */
}

static void a_pair_on_a_reader_has_its_own_cells_only(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    b.cells[survey_cell(&b.survey, 1, 0, 1, 0)].verdict = VERDICT_INCOMPATIBLE;
    b.cells[survey_cell(&b.survey, 1, 1, 1, 0)].verdict = VERDICT_EXCLUDED;
    b.cells[survey_cell(&b.survey, 0, 1, 1, 0)].verdict = VERDICT_UNDECIDED;
    struct tally_verdicts n = tally_verdicts(&b.f, 1, 1);
    assert_int_equal(n.of[VERDICT_INCOMPATIBLE], 1);
    assert_int_equal(n.of[VERDICT_EXCLUDED], 1);
    assert_int_equal(n.of[VERDICT_COMPATIBLE] + n.of[VERDICT_UNDECIDED], 0);
    assert_int_equal(tally_verdicts(&b.f, 1, 0).of[VERDICT_COMPATIBLE], 2);
}

static void verdicts_that_hang_on_the_way_of_counting_are_counted(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    b.cells[0].verdict_invalid_as_dirty = VERDICT_INCOMPATIBLE;
    b.cells[1].verdict_invalid_as_dirty = b.cells[1].verdict_without_withdrawn = VERDICT_UNDECIDED;
    struct tally_others n = tally_others(&b.f);
    assert_int_equal(n.invalid_as_dirty, 2);
    assert_int_equal(n.without_withdrawn, 1);
}

static void each_reason_stands_once_with_all_its_cells(void **state)
{
    (void)state;
    struct bench b;
    static char broken[] = "the SIM tray broke", same[] = "the SIM tray broke",
                absent[] = "off: no UICC power";
    struct tally_reason *out = NULL;
    size_t count = 9;
    set_up(&b);
    assert_true(tally_left_out(&b.f, SURVEY_CELL_EXCLUDED, &out, &count));
    assert_int_equal(count, 0);
    free(out);
    for (size_t i = 1; i < 6; i++)
        b.cells[i].state = i == 4 ? SURVEY_CELL_NOT_APPLICABLE : SURVEY_CELL_EXCLUDED;
    b.reasons[1] = broken;
    b.reasons[3] = same;
    b.reasons[4] = absent;
    assert_true(tally_left_out(&b.f, SURVEY_CELL_EXCLUDED, &out, &count));
    assert_int_equal(count, 2);
    assert_string_equal(out[0].reason, broken);
    assert_int_equal(out[0].cells, 2);
    assert_null(out[1].reason); /* none was given for cells 2 and 5 */
    assert_int_equal(out[1].cells, 2);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_counted_whatever_became_of_them),
        cmocka_unit_test(a_pair_on_a_reader_has_its_own_cells_only),
        cmocka_unit_test(verdicts_that_hang_on_the_way_of_counting_are_counted),
        cmocka_unit_test(each_reason_stands_once_with_all_its_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
