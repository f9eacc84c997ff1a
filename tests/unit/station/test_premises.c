/* Premises: how long ago something was by clocks that may be wrong, and what befell the host in a span of time. */
#include "harness/station/premises.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#define NOW_S 1790000000

static struct premises_time at(const char *boot, uint64_t boot_s, int64_t wall_s)
{
    struct premises_time t = { .wall_s = wall_s, .boot_us = boot_s * 1000000 };
    snprintf(t.boot_id, sizeof t.boot_id, "%s", boot);
    return t;
}

static int64_t since(struct premises_time then, struct premises_time now, bool *proven)
{
    return premises_seconds_since(&then, &now, proven);
}

static void within_one_boot_its_clock_counts_whatever_the_wall_clock_says(void **state)
{
    (void)state;
    bool proven = false;
    assert_int_equal(since(at("a", 100, 0), at("a", 160, NOW_S), &proven), 60);
    assert_true(proven);
    assert_int_equal(since(at("a", 100, NOW_S + 31536000), at("a", 43300, NOW_S), &proven), 43200);
    assert_true(proven);
}

static void over_boots_the_wall_clock_counts_where_it_can_be_believed(void **state)
{
    (void)state;
    bool proven = false;
    assert_int_equal(since(at("a", 100, NOW_S), at("b", 50, NOW_S + 7200), &proven), 7200);
    assert_true(proven);
    /* Without a boot clock, as in journals before it was recorded. */
    assert_int_equal(since(at("a", 0, NOW_S), at("a", 5000, NOW_S + 7200), &proven), 7200);
    assert_true(proven);
}

static void where_no_clock_can_be_believed_the_least_is_the_time_since_the_boot(void **state)
{
    (void)state;
    bool proven = true;
    assert_int_equal(since(at("a", 100, 5000), at("b", 50, NOW_S), &proven), 50); /* a clock at 1970 */
    assert_false(proven);
    proven = true;
    assert_int_equal(since(at("a", 100, NOW_S), at("b", 50, NOW_S - 10), &proven), 50); /* set back */
    assert_false(proven);
}

static void a_span_touches_its_readers_and_the_worst_of_two_is_told(void **state)
{
    (void)state;
    const struct premises p = { .spans = { { HOST_STARVED, 100, 300, 1u << 1 },
                                           { HOST_STOPPED, 250, 400, ~0u },
                                           { HOST_STARVED, 600, 700, ~0u } },
                                .span_count = 3 };
    assert_int_equal(premises_of(&p, 1, 0, 99), HOST_NONE);
    assert_int_equal(premises_of(&p, 1, 0, 100), HOST_STARVED);
    assert_int_equal(premises_of(&p, 0, 0, 200), HOST_NONE);
    assert_int_equal(premises_of(&p, 1, 200, 260), HOST_STOPPED);
    assert_int_equal(premises_of(&p, 0, 390, 900), HOST_STOPPED);
    assert_int_equal(premises_of(&p, 0, 401, 599), HOST_NONE);
    /* A call that was under way is given the time that nobody watched it. */
    assert_int_equal(premises_missed_ns(&p, 0), 250);
    assert_int_equal(premises_missed_ns(&p, 300), 200);
    assert_int_equal(premises_missed_ns(&p, 700), 0);
}

static void loaded_workers_do_not_push_a_sleep_out_of_sight(void **state)
{
    (void)state;
    struct premises p = { .span_count = 0 };
    premises_add(&p, HOST_SLEPT, 50, 60, ~0u);
    for (uint64_t at = 100; at < 5000; at += 100)
        for (unsigned worker = 0; worker < 6; worker++)
            premises_add(&p, HOST_STARVED, at, at + 100, 1u << worker);
    assert_int_equal(premises_of(&p, 2, 0, 5000), HOST_SLEPT);
    assert_int_equal(premises_of(&p, 5, 4900, 5000), HOST_STARVED);
}

static void only_what_came_after_activation_and_was_not_the_hosts_fault_is_suspect(void **state)
{
    (void)state;
    assert_true(transaction_hides_failure(OUTCOME_INVALID, STAGE_EXCHANGE, HOST_NONE));
    assert_true(transaction_hides_failure(OUTCOME_INVALID, STAGE_ROUTE, HOST_STARVED));
    assert_false(transaction_hides_failure(OUTCOME_INVALID, STAGE_EXCHANGE, HOST_STOPPED));
    assert_false(transaction_hides_failure(OUTCOME_INVALID, STAGE_EXCHANGE, HOST_SLEPT));
    assert_false(transaction_hides_failure(OUTCOME_INVALID, STAGE_ACTIVATE, HOST_NONE));
    assert_false(transaction_hides_failure(OUTCOME_FAIL, STAGE_EXCHANGE, HOST_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_one_boot_its_clock_counts_whatever_the_wall_clock_says),
        cmocka_unit_test(over_boots_the_wall_clock_counts_where_it_can_be_believed),
        cmocka_unit_test(where_no_clock_can_be_believed_the_least_is_the_time_since_the_boot),
        cmocka_unit_test(a_span_touches_its_readers_and_the_worst_of_two_is_told),
        cmocka_unit_test(loaded_workers_do_not_push_a_sleep_out_of_sight),
        cmocka_unit_test(only_what_came_after_activation_and_was_not_the_hosts_fault_is_suspect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
