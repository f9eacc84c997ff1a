/* Is a reader on the bus? Against made trees of sysfs. */
#include "drivers/usb_proof.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/nfc-survey-sysfs.XXXXXX";

static void make_folders(const char *path)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(whole, 0700);
        *at = '/';
    }
    mkdir(whole, 0700);
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", root, folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%s\n", text);
    fclose(f);
}

static void put_link(const char *target, const char *path)
{
    char from[512], to[512];
    snprintf(from, sizeof from, "%s/%s", root, target);
    snprintf(to, sizeof to, "%s/%s", root, path);
    assert_int_equal(symlink(from, to), 0);
}

static void put_device(const char *folder, const char *node, const char *number, const char *vendor,
                       const char *product, const char *serial)
{
    char path[256];
    make_folders(folder);
    put(folder, "busnum", "1");
    put(folder, "devnum", number);
    put(folder, "idVendor", vendor);
    put(folder, "idProduct", product);
    if (serial)
        put(folder, "serial", serial);
    snprintf(path, sizeof path, "bus/usb/devices/%s", node);
    put_link(folder, path);
}

static int make_tree(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    make_folders("bus/usb/devices");
    make_folders("class/tty/ttyUSB0");
    make_folders("class/tty/ttyS0");
    make_folders("devices/pnp0/00:01");
    put_device("devices/pci0/usb1/1-1", "1-1", "2", "072f", "223e", "RR123");
    put_device("devices/pci0/usb1/1-2", "1-2", "3", "054c", "0dc8", NULL);
    put_device("devices/pci0/usb1/1-3", "1-3", "4", "1a86", "7523", NULL);
    put_device("devices/platform/vhci_hcd.0/usb5/5-1", "5-1", "5", "072f", "223e", NULL);
    make_folders("devices/pci0/usb1/1-3/1-3:1.0/ttyUSB0");
    put_link("devices/pci0/usb1/1-3/1-3:1.0/ttyUSB0", "class/tty/ttyUSB0/device");
    put_link("devices/pnp0/00:01", "class/tty/ttyS0/device");
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_tree(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static int clean_environment(void **state)
{
    (void)state;
    unsetenv("LD_PRELOAD");
    unsetenv("UMOCKDEV_DIR");
    unsetenv("PCSCLITE_CSOCK_NAME");
    return 0;
}

static enum proof prove(unsigned device, const char *serial, int vendor, int product)
{
    struct driver_location at = { .bus = 1, .device = device };
    snprintf(at.serial, sizeof at.serial, "%s", serial);
    return usb_proof(root, &at, vendor, product);
}

static void a_device_with_the_models_numbers_and_the_units_serial_is_proven(void **state)
{
    (void)state;
    assert_int_equal(prove(2, "RR123", 0x072f, 0x223e), PROOF_BUS);
    assert_int_equal(prove(2, "", 0x072f, 0x223e), PROOF_BUS);
    assert_int_equal(prove(3, "anything", 0x054c, 0x0dc8), PROOF_BUS); /* the bus tells none */
}

static void what_disagrees_with_the_bus_is_unproven(void **state)
{
    (void)state;
    assert_int_equal(prove(2, "RR124", 0x072f, 0x223e), PROOF_UNPROVEN);
    assert_int_equal(prove(2, "RR123", 0x072f, 0x223b), PROOF_UNPROVEN);
    assert_int_equal(prove(2, "RR123", 0x054c, 0x223e), PROOF_UNPROVEN);
    assert_int_equal(prove(9, "RR123", 0x072f, 0x223e), PROOF_UNPROVEN); /* nothing is there */
    assert_int_equal(prove(2, "RR123", -1, -1), PROOF_UNPROVEN);         /* a profile without numbers */
    assert_int_equal(usb_proof(root, &(struct driver_location) { 0 }, 0x072f, 0x223e), PROOF_UNPROVEN);
    assert_int_equal(
        usb_proof("/nowhere", &(struct driver_location) { .bus = 1, .device = 2 }, 0x072f, 0x223e),
        PROOF_UNPROVEN);
}

static void a_controller_that_is_a_program_proves_nothing(void **state)
{
    (void)state;
    assert_int_equal(prove(5, "", 0x072f, 0x223e), PROOF_UNPROVEN);
}

static void a_process_that_is_shown_something_else_proves_nothing(void **state)
{
    static const char *const names[] = { "LD_PRELOAD", "UMOCKDEV_DIR", "PCSCLITE_CSOCK_NAME" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        setenv(names[i], "/tmp/some", 1);
        assert_int_equal(prove(2, "RR123", 0x072f, 0x223e), PROOF_UNPROVEN);
        setenv(names[i], "", 1);
        assert_int_equal(prove(2, "RR123", 0x072f, 0x223e), PROOF_BUS);
    }
}

static void a_serial_reader_is_proven_by_its_port(void **state)
{
    struct driver_location at;
    (void)state;
    assert_true(usb_sysfs_of_port(root, "/dev/ttyUSB0", &at));
    assert_int_equal(at.bus, 1);
    assert_int_equal(at.device, 4);
    assert_int_equal(usb_proof(root, &at, -1, -1), PROOF_BUS);
    assert_false(usb_sysfs_of_port(root, "/dev/ttyS0", &at));
    assert_false(usb_sysfs_of_port(root, "/dev/pts/3", &at));
    assert_int_equal(usb_proof(root, &at, -1, -1), PROOF_UNPROVEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_device_with_the_models_numbers_and_the_units_serial_is_proven,
                               clean_environment),
        cmocka_unit_test_setup(what_disagrees_with_the_bus_is_unproven, clean_environment),
        cmocka_unit_test_setup(a_controller_that_is_a_program_proves_nothing, clean_environment),
        cmocka_unit_test_setup(a_process_that_is_shown_something_else_proves_nothing, clean_environment),
        cmocka_unit_test_setup(a_serial_reader_is_proven_by_its_port, clean_environment),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
