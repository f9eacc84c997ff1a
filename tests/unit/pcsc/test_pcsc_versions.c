/* Versions of the PC/SC stack, as the daemon prints them and a property list holds them. */
#include "drivers/pcsc/pcsc_versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void the_daemons_version_is_read_from_what_it_prints(void **state)
{
    (void)state;
    char version[32];
    pcsc_version_printed("pcsc-lite version 1.9.9.\nCopyright (C) 1999-2002 by ...\n", version,
                         sizeof version);
    assert_string_equal(version, "1.9.9");
    pcsc_version_printed("pcscd: version 2.3.0\n", version, sizeof version);
    assert_string_equal(version, "2.3.0");
    pcsc_version_printed("no such option\n", version, sizeof version);
    assert_string_equal(version, "");
}

static void a_drivers_version_is_read_from_its_property_list(void **state)
{
    (void)state;
    static const char list[] = "<key>A</key>\n\t<string>b</string>\n<key>CFBundleShortVersionString</key>\n"
                               "\t<string>1.5.2</string>\n";
    char version[32];
    pcsc_version_listed(list, "CFBundleShortVersionString", version, sizeof version);
    assert_string_equal(version, "1.5.2");
    pcsc_version_listed(list, "CFBundleVersion", version, sizeof version);
    assert_string_equal(version, "");
}

static void the_library_is_always_named(void **state)
{
    (void)state;
    char versions[128];
    pcsc_versions(versions, sizeof versions);
    assert_int_equal(strncmp(versions, "libpcsclite ", strlen("libpcsclite ")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_daemons_version_is_read_from_what_it_prints),
        cmocka_unit_test(a_drivers_version_is_read_from_its_property_list),
        cmocka_unit_test(the_library_is_always_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
