/* The signs by which a reader that is not real is known, and what is none. */
#include "drivers/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

static const char *sign_of(const char *name, const char *vendor, const char *serial)
{
    static struct driver_found found;
    found = (struct driver_found) { 0 };
    snprintf(found.name, sizeof found.name, "%s", name);
    snprintf(found.vendor, sizeof found.vendor, "%s", vendor);
    snprintf(found.serial, sizeof found.serial, "%s", serial);
    driver_mark_honesty(&found);
    static struct said_text sign;
    assert_int_equal(found.simulated, !said_nothing(&found.sign));
    sign = said_text(&found.sign);
    return sign.text;
}

static void a_serial_of_the_testbed_is_a_sign(void **state)
{
    (void)state;
    assert_string_equal(sign_of("ACS ACR1252 Reader (SIM-0001) 00 00", "ACS", "SIM-0001"), "serial SIM-0001");
}

static void a_virtual_reader_is_known_by_its_name(void **state)
{
    (void)state;
    assert_string_equal(sign_of("Virtual PCD 00 00", "", ""), "a reader named \"Virtual PCD\"");
    assert_string_equal(sign_of("QEMU USB CCID", "QEMU", ""), "a reader named \"QEMU\"");
    assert_string_equal(sign_of("USB CCID", "QEMU", ""), "a reader named \"QEMU\"");
}

static void qemus_reader_is_known_by_its_serial_under_a_real_ones_name(void **state)
{
    (void)state;
    assert_string_equal(sign_of("Gemalto Gemplus USB SmartCard Reader 433-Swap", "", "1-0000:00:03.0-1"),
                        "serial 1-0000:00:03.0-1, which QEMU makes");
}

static void real_serials_are_no_sign(void **state)
{
    static const char *const serials[] = { "",           "55121925200119", "OKCM0021305140840340",
                                           "SIMPLE",     "0000:00:03.0",   "RR171-029481",
                                           "1-00:03.0-", "A-1-2-3" };
    (void)state;
    for (size_t i = 0; i < sizeof serials / sizeof *serials; i++)
        assert_string_equal(sign_of("ACS ACR122U PICC Interface", "ACS", serials[i]), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_serial_of_the_testbed_is_a_sign),
        cmocka_unit_test(a_virtual_reader_is_known_by_its_name),
        cmocka_unit_test(qemus_reader_is_known_by_its_serial_under_a_real_ones_name),
        cmocka_unit_test(real_serials_are_no_sign),
    };
    return cmocka_run_group_tests_name("honesty", tests, NULL, NULL);
}
