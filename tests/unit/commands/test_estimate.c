/* What the plan's truth expects of the shipped scripts, and the nearest word of a slip. Run from the
 * project's root. */
#include "harness/commands/estimate.h"
#include "harness/commands/options.h"
#include "harness/survey/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct handset_sizes sizes[SCRIPT_EXPANDED_MAX];
static struct handset_transaction transaction;

static size_t estimate(const char *id, bool extended, size_t file_bytes)
{
    struct script *s = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    assert_int_equal(script_load(id, ".", &s, &problems, &e), 0);
    estimate_transaction(s, extended, file_bytes, sizes, SCRIPT_EXPANDED_MAX, &transaction);
    script_free(&s);
    survey_problems_free(&problems);
    return transaction.count;
}

static void the_token_script_reads_32_bytes(void **state)
{
    (void)state;
    assert_int_equal(estimate("token", false, 0), 3);
    assert_int_equal(sizes[0].response, 0);
    assert_int_equal(sizes[1].response, 0);
    assert_int_equal(sizes[2].response, 32);
    assert_int_equal(sizes[0].command, 15); /* SELECT by an AID of ten bytes */
    assert_int_equal(sizes[1].command, 7);
    assert_int_equal(sizes[2].command, 5);
    assert_int_equal(transaction.activations, 1);
    assert_int_equal(transaction.pause_us, 0);
}

static void the_certificate_is_read_in_chunks_to_its_end(void **state)
{
    (void)state;
    size_t total = 0, n = estimate("cert", false, 1400);
    for (size_t i = 3; i < n; i++) /* after two SELECTs and its header */
        total += sizes[i].response;
    assert_int_equal(total, 1400);
    assert_int_equal(n, 3 + 6);
}

static void steps_that_need_extended_commands_are_left_out_where_they_cannot_pass(void **state)
{
    (void)state;
    size_t all = estimate("ladder", true, 0), some = estimate("ladder", false, 0);
    assert_true(some > 0);
    assert_true(some < all);
}

static void a_slip_has_a_nearest_word_and_another_word_has_none(void **state)
{
    (void)state;
    static const char *const names[] = { "plan", "run", "report", "readers", NULL };
    assert_string_equal(options_nearest("plna", names), "plan");
    assert_string_equal(options_nearest("rep", names), "report");
    assert_string_equal(options_nearest("reader", names), "readers");
    assert_null(options_nearest("frobnicate", names));
    assert_null(options_nearest("", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_script_reads_32_bytes),
        cmocka_unit_test(the_certificate_is_read_in_chunks_to_its_end),
        cmocka_unit_test(steps_that_need_extended_commands_are_left_out_where_they_cannot_pass),
        cmocka_unit_test(a_slip_has_a_nearest_word_and_another_word_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
