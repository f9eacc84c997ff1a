/* By which names the station may be asked for. */
#include "harness/faces/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_station_of_one_name_is_not_asked_for_by_none(void **state)
{
    const struct listening l = { .hosts = { "station.lab:8642", "" } };
    (void)state;
    assert_true(listen_is_ours(&l, "station.lab:8642", false));
    assert_true(listen_is_ours(&l, "http://Station.lab:8642", true));
    assert_false(listen_is_ours(&l, "", false));
    assert_false(listen_is_ours(&l, "http://", true));
    assert_false(listen_is_ours(&l, "https://station.lab:8642", true));
    assert_false(listen_is_ours(&l, "station.lab:8642.", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_station_of_one_name_is_not_asked_for_by_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
