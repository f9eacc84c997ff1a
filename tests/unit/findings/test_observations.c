/* The rows that a journal's transactions become, from journals in which each is planted. */
#include "harness/findings/findings.h"
#include "harness/findings/time_budget.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct sample_shape one_cell = { .readers = 1, .pairs = 1 };
static const struct sample_try good = { "ok", 40000, false, 0, NULL },
                               slow = { "ok", 1600000, true, 0, NULL },
                               bad = { "fail", 5, false, CAUSE(10), "exchange" },
                               invalid = { "invalid", 0, false, CAUSE(31), "exchange" };

static struct findings *make(struct sample *s, uint64_t damaged)
{
    struct findings *f = NULL;
    struct err e = { 0 };
    if (findings_make(s->directory, NULL, &f, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    assert_int_equal(f->damaged, damaged);
    return f;
}

static void close_as(struct sample *s, uint64_t line, uint64_t cell, const char *result)
{
    sample_placed(s, line, &cell, (const char *const[]) { result }, 1, result);
}

static void a_placement_knows_its_first_bad_line_and_how_far_it_came(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0);
    uint64_t first = sample_lay(&s, 0, 0, 0, 1);
    sample_run(&s, first, cell, 1, 1, &good);
    sample_run(&s, first, cell, 2, 2, &slow);
    sample_run(&s, first, cell, 3, 3, &bad);
    close_as(&s, first, cell, "dirty");
    uint64_t second = sample_lay(&s, 0, 0, 0, 2);
    sample_run(&s, second, cell, 1, 1, &good);
    sample_run(&s, second, cell, 2, 2, &invalid);
    close_as(&s, second, cell, "invalid");
    struct findings *f = make(&s, 0);
    const struct observations *seen = &f->cells[cell].seen;
    assert_int_equal(seen->placement_count, 2);
    assert_int_equal(seen->row_count, 4); /* an invalid transaction says nothing of the phone */
    assert_true(seen->placements[0].counted && !seen->placements[1].counted);
    assert_int_equal(observations_bad_line(seen, &seen->placements[0]), first + 2);
    assert_int_equal(observations_ended(seen, &seen->placements[0]),
                     0); /* no exchange: before the first step */
    assert_int_equal(observations_bad_line(seen, &seen->placements[1]), 0);
    assert_int_equal(observations_ended(seen, &seen->placements[1]), UINT8_MAX);
    assert_int_equal(seen->rows[2].total_us, OBSERVATION_NONE); /* it failed, whatever it took */
    assert_int_equal(seen->placements[1].session, 2);
    assert_int_equal(seen->placements[1].execution, 1);
    assert_true(seen->placements[0].at_us < seen->placements[1].at_us);
    findings_free(&f);
    sample_close(&s);
}

/* The program never writes so, but another writer may. */
static void a_row_behind_another_placement_counts_in_times_alone(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), lines[2];
    for (unsigned i = 0; i < 2; i++)
        lines[i] = sample_lay(&s, 0, 0, 0, 1);
    for (unsigned i = 0; i < 4; i++) /* first, second, first, second */
        sample_run(&s, lines[i % 2], cell, i / 2 + 1, i / 2 + 1, &good);
    for (unsigned i = 0; i < 2; i++)
        close_as(&s, lines[i], cell, "clean");
    struct findings *f = make(&s, 0);
    const struct findings_cell *c = &f->cells[cell];
    assert_int_equal(c->times.n, 4);
    assert_int_equal(c->times.placements, 2);
    assert_int_equal(f->budget->readers[0].scripts[0].parts[BUDGET_TOTAL].placements, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        assert_int_equal(p->count, i + 1);
        for (unsigned j = 0; j < p->count; j++)
            assert_int_equal(c->seen.rows[p->begin + j].placement, lines[i]);
    }
    findings_free(&f);
    sample_close(&s);
}

static void a_time_beyond_what_can_be_kept_is_damage_and_none_of_the_times(void **state)
{
    (void)state;
    const struct sample_try endless = { "ok", UINT32_MAX, false, 0, NULL };
    struct sample s;
    sample_open(&s, &one_cell);
    uint64_t cell = survey_cell(s.survey, 0, 0, 0, 0), line = sample_lay(&s, 0, 0, 0, 1);
    sample_run(&s, line, cell, 1, 1, &endless);
    sample_run(&s, line, cell, 2, 2, &good);
    close_as(&s, line, cell, "clean");
    struct findings *f = make(&s, 1);
    assert_int_equal(f->cells[cell].times.n, 1);
    assert_int_equal(f->cells[cell].times.max_us, 40000);
    assert_int_equal(f->budget->readers[0].scripts[0].parts[BUDGET_TOTAL].n, 1);
    assert_int_equal(f->cells[cell].seen.placements[0].count, 2);
    findings_free(&f);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_placement_knows_its_first_bad_line_and_how_far_it_came),
        cmocka_unit_test(a_row_behind_another_placement_counts_in_times_alone),
        cmocka_unit_test(a_time_beyond_what_can_be_kept_is_damage_and_none_of_the_times),
    };
    return cmocka_run_group_tests_name("observations", tests, NULL, NULL);
}
