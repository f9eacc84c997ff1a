/* What the checks read from /proc and from a device's descriptors. */
#include "harness/doctor/host.h"
#include "harness/doctor/usb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void stolen_time_is_a_share_of_what_passed_between_two_looks(void **state)
{
    (void)state;
    struct host_ticks before, after;
    assert_true(host_ticks("cpu  100 0 50 800 10 0 0 40 7 7\n", &before));
    assert_int_equal(before.all, 1000); /* guests' time is part of user time already */
    assert_true(host_ticks("cpu  150 0 70 880 10 0 0 90 9 9\n", &after));
    assert_int_equal(host_stolen_percent(&before, &after), 25);
    assert_int_equal(host_stolen_percent(&after, &before), 0);
    assert_int_equal(host_stolen_percent(&after, &after), 0);
    assert_false(host_ticks("cpu0 100 0 50 800 10 0 0\n", &after));
    assert_false(host_ticks("", &after));
}

static void pressure_is_read_from_its_first_line(void **state)
{
    (void)state;
    double percent = 0;
    assert_true(host_stalled_percent("some avg10=72.31 avg60=10.00 avg300=1.00 total=1\n", &percent));
    assert_true(percent > 72.3 && percent < 72.32);
    assert_false(host_stalled_percent("full avg10=72.31 avg60=10.00\n", &percent));
}

/* A device of two interfaces: 0 of class 3 with an endpoint, 1 a smart card's with three bytes of its class behind it. */
static const uint8_t two[] = {
    18, 1, 0, 2, 0,  0,    0, 64, 0x2f, 7, 0,    0x22, 0, 1, 1, 2,  3, 1, /* device */
    9,  2, 0, 0, 2,  1,    0, 0,  0,                                      /* configuration */
    9,  4, 0, 0, 1,  3,    0, 0,  0,    7, 5,    0x81, 3, 8, 0, 10,       /* interface 0, endpoint */
    9,  4, 1, 0, 3,  0x0b, 0, 0,  0,    3, 0x21, 0xee,                    /* interface 1, class */
    7,  5, 2, 2, 64, 0,    0,                                             /* endpoint */
};

static void an_interface_is_found_by_number_with_all_that_is_behind_it(void **state)
{
    (void)state;
    struct usb_interface i;
    assert_true(usb_interface_of(two, sizeof two, 1, &i));
    assert_int_equal(i.usb_class, 0x0b);
    assert_int_equal(i.endpoints, 3);
    assert_int_equal(i.extra_length, 10);
    assert_int_equal(i.extra[1], 0x21);
    assert_true(usb_interface_of(two, sizeof two, 0, &i));
    assert_int_equal(i.usb_class, 3);
    assert_int_equal(i.extra_length, 7);
    assert_false(usb_interface_of(two, sizeof two, 2, &i));
}

static void descriptors_that_are_cut_or_lie_about_their_length_lead_nowhere_else(void **state)
{
    (void)state;
    struct usb_interface i;
    for (size_t length = 0; length < sizeof two; length++) {
        if (usb_interface_of(two, length, 1, &i))
            assert_true(i.extra >= two && i.extra + i.extra_length <= two + length);
    }
    static const uint8_t endless[] = { 9, 4, 0, 0, 3, 0x0b, 0, 0, 0, 0, 0x21, 1, 1 };
    assert_true(usb_interface_of(endless, sizeof endless, 0, &i));
    assert_int_equal(i.extra_length, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stolen_time_is_a_share_of_what_passed_between_two_looks),
        cmocka_unit_test(pressure_is_read_from_its_first_line),
        cmocka_unit_test(an_interface_is_found_by_number_with_all_that_is_behind_it),
        cmocka_unit_test(descriptors_that_are_cut_or_lie_about_their_length_lead_nowhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
