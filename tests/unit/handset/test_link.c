/* Frame times against the published over-air floors, and the cutting into blocks. */
#include "drivers/emulator/handset/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near_ms(uint64_t ns, double ms, double half_a_digit)
{
    double got = (double)ns / 1e6;
    if (got < ms - half_a_digit || got > ms + half_a_digit)
        fail_msg("%f ms, expected %f", got, ms);
}

static void type_a_frames_take_the_published_minimum(void **state)
{
    (void)state;
    struct link l = { 'A', 106, 259 };
    near_ms(link_payload_ns(&l, 5), 0.70, 0.005);
    near_ms(link_payload_ns(&l, 16), 1.63, 0.005);
    near_ms(link_payload_ns(&l, 34), 3.16, 0.005);
    near_ms(link_payload_ns(&l, 256), 22.0, 0.05);
    l.kbit_s = 212;
    near_ms(link_payload_ns(&l, 256), 11.0, 0.05);
    l.kbit_s = 424;
    near_ms(link_payload_ns(&l, 256), 5.5, 0.05);
}

static void type_b_frames_take_the_published_minimum(void **state)
{
    (void)state;
    struct link l = { 'B', 106, 259 };
    near_ms(link_payload_ns(&l, 256), 24.7, 0.05);
}

static void chained_blocks_take_the_published_minimum(void **state)
{
    (void)state;
    struct link l = { 'A', 106, 64 };
    near_ms(link_payload_ns(&l, 258), 23.3, 0.05);
    l.frame = 128;
    near_ms(link_payload_ns(&l, 258), 22.7, 0.05);
    l.frame = 256;
    near_ms(link_payload_ns(&l, 258), 22.5, 0.05);
}

static void payload_is_cut_at_the_frame_less_three(void **state)
{
    (void)state;
    struct link l = { 'A', 106, 64 };
    assert_int_equal(link_blocks(&l, 0), 1);
    assert_int_equal(link_blocks(&l, 61), 1);
    assert_int_equal(link_blocks(&l, 62), 2);
    assert_int_equal(link_blocks(&l, 258), 5);
}

static void a_transfer_is_never_faster_than_its_payload(void **state)
{
    (void)state;
    static const unsigned rates[] = { 106, 212, 424 };
    for (size_t t = 0; t < 2; t++) {
        for (size_t r = 0; r < 3; r++) {
            struct link l = { "AB"[t], rates[r], 64 };
            assert_int_equal(link_transfer_ns(&l, 61), link_payload_ns(&l, 61));
            for (size_t n = 62; n < 2000; n++)
                assert_true(link_transfer_ns(&l, n) > link_payload_ns(&l, n));
        }
    }
}

static void the_rate_is_the_best_of_both(void **state)
{
    (void)state;
    assert_int_equal(link_rate(424, 424), 424);
    assert_int_equal(link_rate(424, 212), 212);
    assert_int_equal(link_rate(106, 848), 106);
    assert_int_equal(link_rate(0, 424), 106);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_a_frames_take_the_published_minimum),
        cmocka_unit_test(type_b_frames_take_the_published_minimum),
        cmocka_unit_test(chained_blocks_take_the_published_minimum),
        cmocka_unit_test(payload_is_cut_at_the_frame_less_three),
        cmocka_unit_test(a_transfer_is_never_faster_than_its_payload),
        cmocka_unit_test(the_rate_is_the_best_of_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
