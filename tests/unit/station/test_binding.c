/* Binding: which reader a unit is, told by serial or name, until it is replaced; one run at a time. */
#include "harness/base/text.h"
#include "harness/station/binding.h"
#include "harness/station/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct survey_reader readers[] = { { .unit = "RW-A", .driver = "pcsc" },
                                          { .unit = "RW-B", .driver = "pcsc" } };
static struct survey survey = { .readers = readers, .reader_count = 2, .hands = HANDS_COMMAND };
static struct station_options options = { .directory = "r", .resume = true };
static struct station st;

/* The run was begun with these two; now this one is found as RW-A. */
static void found(const char *name, const char *serial)
{
    struct journal_reader_found items[] = { { .unit = "RW-A", .name = "Acme Wave 00 00", .serial = "17" },
                                            { .unit = "RW-B", .name = "Acme Wave 01 00", .serial = "" } };
    struct journal_readers begun = { items, 2 };
    memset(&st, 0, sizeof st);
    options.replace = NULL;
    st.survey = &survey;
    st.options = &options;
    binding_fold(st.state.bound, &survey, &begun, NULL);
    for (unsigned i = 0; i < 2; i++) {
        snprintf(st.units[i].found.name, sizeof st.units[i].found.name, "%s", name);
        snprintf(st.units[i].found.serial, sizeof st.units[i].found.serial, "%s", serial);
    }
}

static void a_reader_of_another_serial_is_not_the_units(void **state)
{
    (void)state;
    struct err e = { 0 };
    found("Acme Wave 05 00", "17");
    assert_int_equal(binding_check(&st, 0, &e), 0);
    assert_string_equal(binding_serial(&st, 0), "17");
    found("Acme Wave 00 00", "18");
    assert_int_equal(binding_check(&st, 0, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "serial 18"));
    assert_non_null(strstr(e.text, "serial 17"));
    assert_non_null(strstr(e.text, "--resume r --replace RW-A"));
}

static void without_a_serial_the_name_tells_but_for_its_place(void **state)
{
    (void)state;
    struct err e = { 0 };
    found("Acme Wave 05 00", "");
    assert_int_equal(binding_check(&st, 1, &e), 0);
    found("Acme Wave II 01 00", "");
    assert_int_equal(binding_check(&st, 1, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "named Acme Wave II"));
}

static void a_replaced_unit_is_bound_to_what_the_resume_found(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct journal_reader_found items[] = { { .unit = "RW-A", .name = "Acme Wave 00 00", .serial = "18" },
                                            { .unit = "RW-B", .name = "Other 00 00", .serial = "9" } };
    struct journal_readers now = { items, 2 };
    found("Acme Wave 00 00", "18");
    options.replace = "RW-B, RW-A";
    assert_int_equal(binding_check_options(&st, &e), 0);
    assert_int_equal(binding_check(&st, 0, &e), 0);
    assert_string_equal(binding_serial(&st, 0), "");
    options.replace = NULL;
    binding_fold(st.state.bound, &survey, &now, "RW-A");
    assert_int_equal(binding_check(&st, 0, &e), 0);
    assert_string_equal(st.state.bound[1].name, "Acme Wave 01 00");
    options.replace = "RW-C";
    assert_int_equal(binding_check_options(&st, &e), ERR_USAGE);
    assert_false(text_lists("RW-AB, RW-B", "RW-A"));
}

static void a_reader_is_one_runs_at_a_time(void **state)
{
    (void)state;
    struct err e = { 0 };
    int lock = -1, second = -1, other = -1;
    char serial[32];
    snprintf(serial, sizeof serial, "test-%d", (int)getpid());
    assert_int_equal(binding_lock(&survey, 0, "Acme Wave 00 00", serial, &lock, &e), 0);
    assert_int_equal(binding_lock(&survey, 1, "Acme Wave 00 00", serial, &second, &e), ERR_ENVIRONMENT);
    assert_non_null(strstr(e.text, "another run"));
    assert_int_equal(binding_lock(&survey, 1, "Acme Wave 01 00", serial, &other, &e), 0);
    close(lock);
    assert_int_equal(binding_lock(&survey, 1, "Acme Wave 00 00", serial, &second, &e), 0);
    close(second);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_of_another_serial_is_not_the_units),
        cmocka_unit_test(without_a_serial_the_name_tells_but_for_its_place),
        cmocka_unit_test(a_replaced_unit_is_bound_to_what_the_resume_found),
        cmocka_unit_test(a_reader_is_one_runs_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
