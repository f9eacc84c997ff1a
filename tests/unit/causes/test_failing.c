/* Failing cells in their order, and the answers of the crossed design, of causes put there by hand. */
#include "harness/causes/causes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

enum { CELLS = 8 };

struct bench {
    struct findings_cell cells[CELLS];
    struct causes_cell *failed[CELLS], own[CELLS];
    struct findings f;
    struct causes causes;
};

static void set_up(struct bench *b)
{
    *b = (struct bench) { .f = { .cells = b->cells, .cell_count = CELLS },
                          .causes = { .f = &b->f, .cells = b->failed, .cell_count = CELLS } };
}

static void cells_that_failed_stand_by_their_failures(void **state)
{
    (void)state;
    struct bench b;
    static const uint64_t failures[CELLS] = { 0, 4, 9, 4, 0, 0, 7, 1 };
    static const size_t order[] = { 6, 1, 3, 7 };
    size_t *out = NULL, count = 0;
    set_up(&b);
    for (size_t i = 0; i < CELLS; i++) {
        b.cells[i].fail = failures[i] / 2;
        b.cells[i].invalid_transactions = failures[i] - failures[i] / 2;
        b.failed[i] = failures[i] ? &b.own[i] : NULL;
        b.cells[i].verdict = i == 2 ? VERDICT_COMPATIBLE : VERDICT_UNDECIDED;
    }
    assert_true(causes_failing(&b.causes, &out, &count));
    assert_int_equal(count, sizeof order / sizeof *order);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(out[i], order[i]);
    free(out);
}

static void a_kind_of_failure_counts_a_cell_once(void **state)
{
    (void)state;
    struct bench b;
    struct causes_kind kinds[] = {
        { .stage = STAGE_EXCHANGE, .outcome = OUTCOME_FAIL, .recorded = CAUSE(10) | CAUSE(11), .step = 1 },
        { .stage = STAGE_EXCHANGE, .outcome = OUTCOME_FAIL, .recorded = CAUSE(10) | CAUSE(11), .step = 2 },
        { .stage = STAGE_DETECT, .outcome = OUTCOME_FAIL, .recorded = CAUSE(2) },
    };
    const struct findings_failure failure = { .stage = STAGE_EXCHANGE,
                                              .outcome = OUTCOME_FAIL,
                                              .causes = CAUSE(10) | CAUSE(11) };
    set_up(&b);
    for (size_t i = 0; i < 4; i++) {
        b.failed[i] = &b.own[i];
        b.own[i].kinds = i == 3 ? &kinds[2] : kinds;
        b.own[i].kind_count = i == 3 ? 1 : 3;
        b.own[i].attribution.answer = i == 0 ? ATTRIBUTION_READER : ATTRIBUTION_OPEN;
    }
    struct causes_answers n = causes_answers(&b.causes, &failure);
    assert_int_equal(n.of[ATTRIBUTION_READER], 1);
    assert_int_equal(n.of[ATTRIBUTION_OPEN], 2);
    assert_int_equal(n.of[ATTRIBUTION_NONE] + n.of[ATTRIBUTION_HANDSET] + n.of[ATTRIBUTION_COMBINATION], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_that_failed_stand_by_their_failures),
        cmocka_unit_test(a_kind_of_failure_counts_a_cell_once),
    };
    return cmocka_run_group_tests_name("failing", tests, NULL, NULL);
}
