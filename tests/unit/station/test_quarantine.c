/* How long a reader that hangs is waited for, against how long its stack holds it. */
#include "harness/station/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CLOCK_LEAST_KHZ 3500 /* where a profile does not say; of the shipped ones the slowest has 3580 */
#define TRIES_MS        (10 * STATION_RETRY_MS)

/*
 * libccid 1.5.2's wait for an answer in T=1: 260 guard times, 260 character waiting times and a block waiting
 * time, as an ATR means them that names none (CWI 13, BWI 4), in elementary time units of 372 clocks.
 */
static uint64_t libccid_waits_ms(unsigned clock_khz)
{
    const uint64_t units = 260 * (12 + 11 + (UINT64_C(1) << 13)) + 11 + (UINT64_C(960) << 4);
    return units * 372 / clock_khz;
}

static void no_reader_is_given_up_before_its_stack_lets_it_go(void **state)
{
    (void)state;
    struct profiles *profiles;
    const struct reader_profile *readers;
    struct survey_problems problems = { 0 };
    struct err e;
    assert_int_equal(profiles_load(".", &profiles, &problems, &e), 0);
    size_t count = profiles_readers(profiles, &readers);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        unsigned clock_khz = readers[i].clock_khz ? readers[i].clock_khz : CLOCK_LEAST_KHZ;
        if (libccid_waits_ms(clock_khz) + TRIES_MS >= STATION_GIVE_UP_MS)
            fail_msg("%s is held for %u s", readers[i].id, (unsigned)(libccid_waits_ms(clock_khz) / 1000));
    }
    profiles_free(&profiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_reader_is_given_up_before_its_stack_lets_it_go) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
