/* The shipped profiles of CCID readers against the strings that real devices show
 * (tests/data/readers/usb-strings.csv). */
#include "drivers/ccid/place.h"
#include "drivers/emulator/testbed/descriptor.c" /* NOLINT(bugprone-suspicious-include) */
#include "harness/survey/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHIPPED_MAX 64

/* A device as the list has it. Of a dual reader it has the contact side's interface string. */
struct device {
    char profile[64], maker[64], name[64], interface_name[64];
    unsigned vendor, product, class;
};

static struct device devices[SHIPPED_MAX];
static size_t device_count;
static struct profiles *profiles;
static const struct reader_profile *readers;
static size_t reader_count;

/* One field of a line; *at is moved behind it. */
static void take(char **at, char *out, size_t capacity)
{
    size_t n = 0;
    bool quoted = **at == '"';
    *at += quoted;
    while (**at && **at != '\n' && **at != (quoted ? '"' : ',')) {
        if (n + 1 < capacity)
            out[n++] = **at;
        (*at)++;
    }
    out[n] = '\0';
    *at += quoted;
    *at += **at == ',';
}

static unsigned take_hex(char **at)
{
    char text[16];
    take(at, text, sizeof text);
    return (unsigned)strtoul(text, NULL, 16);
}

static int load(void **state)
{
    (void)state;
    struct survey_problems problems = { 0 };
    struct err e;
    char line[400];
    assert_int_equal(profiles_load(".", &profiles, &problems, &e), 0);
    reader_count = profiles_readers(profiles, &readers);
    FILE *f = fopen("tests/data/readers/usb-strings.csv", "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f)); /* the header */
    while (fgets(line, sizeof line, f) && device_count < SHIPPED_MAX) {
        struct device *d = &devices[device_count++];
        char *at = line;
        take(&at, d->profile, sizeof d->profile);
        d->vendor = take_hex(&at);
        d->product = take_hex(&at);
        take(&at, d->maker, sizeof d->maker);
        take(&at, d->name, sizeof d->name);
        take(&at, d->interface_name, sizeof d->interface_name);
        d->class = take_hex(&at);
    }
    fclose(f);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    profiles_free(&profiles);
    return 0;
}

static const struct reader_profile *profile_named(const char *id)
{
    for (size_t i = 0; i < reader_count; i++)
        if (strcmp(readers[i].id, id) == 0)
            return &readers[i];
    fail_msg("no profile %s", id);
    return NULL;
}

static const struct reader_profile *match(const struct device *d, unsigned interface)
{
    struct ccid_place place = { .bus = 1,
                                .address = 2,
                                .interface = (uint8_t)interface,
                                .usb_class = d->class,
                                .vendor = (int)d->vendor,
                                .product = (int)d->product,
                                .descriptor = { .slots = 1 } };
    struct driver_found found;
    memcpy(place.maker, d->maker, sizeof place.maker);
    memcpy(place.name, d->name, sizeof place.name);
    ccid_place_describe(&place, 0, NULL, &found);
    return reader_profile_of(readers, reader_count, found.name, found.usb_vendor, found.usb_product,
                             found.usb_interface);
}

static void every_shipped_ccid_profile_is_matched_on_its_real_device(void **state)
{
    size_t ccid = 0;
    (void)state;
    for (size_t i = 0; i < reader_count; i++)
        ccid += !readers[i].simulated && readers[i].features != 0;
    assert_int_equal(device_count, 20);
    assert_int_equal(ccid, device_count);
    for (size_t i = 0; i < device_count; i++) {
        const struct reader_profile *p = match(&devices[i], profile_named(devices[i].profile)->interface);
        assert_non_null(p);
        assert_string_equal(p->id, devices[i].profile);
    }
}

static void another_interface_of_the_device_has_no_profile(void **state)
{
    (void)state;
    for (size_t i = 0; i < device_count; i++)
        assert_null(match(&devices[i], profile_named(devices[i].profile)->interface == 0));
}

static const char *text(const char *given)
{
    return given ? given : "";
}

static void profiles_hold_the_real_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < device_count; i++) {
        const struct reader_profile *p = profile_named(devices[i].profile);
        assert_true(p->strings_known);
        assert_int_equal(p->usb_class, devices[i].class);
        assert_string_equal(text(p->usb_manufacturer), devices[i].maker);
        assert_string_equal(text(p->usb_product_name), devices[i].name);
        if (p->interface == 0)
            assert_string_equal(text(p->usb_interface_name), devices[i].interface_name);
        else /* the list has the other side's */
            assert_null(strstr(text(p->usb_interface_name), "Contact Reader"));
        assert_true(p->clock_khz > 0 && p->protocols > 0);
    }
}

/* ---- what the testbed wears ---- */

static void assert_worn(const struct reader_profile *p, unsigned index, const char *expected)
{
    uint8_t bytes[256];
    size_t length = descriptor_string(p, "SIM-0001", index, bytes);
    assert_int_equal(length, expected ? 2 + 2 * strlen(expected) : 0);
    for (size_t i = 0; expected && expected[i]; i++)
        assert_int_equal(bytes[2 + 2 * i], expected[i]);
}

static const struct function_ops plain = {
    .name = "plain", .interface_class = 0x0b, .bulk_out = 1, .bulk_in = 0x82
};

static void the_testbed_wears_a_models_own_strings(void **state)
{
    const struct reader_profile *p = profile_named("acs-acr1252"), *nameless = profile_named("acs-acr122u");
    struct buf device, configuration;
    (void)state;
    assert_worn(p, STRING_MAKER, "ACS");
    assert_worn(p, STRING_PRODUCT, "ACR1252 Reader");
    assert_worn(p, STRING_SERIAL, "SIM-0001");
    assert_worn(p, STRING_INTERFACE, "ACR1252 Reader PICC");
    assert_worn(nameless, STRING_INTERFACE, NULL);
    for (unsigned named = 0; named < 2; named++) {
        buf_init(&device, 1024);
        buf_init(&configuration, 1024);
        descriptor_bytes(&plain, named ? p : nameless, &device, &configuration);
        assert_int_equal(configuration.data[9 + 8], named ? STRING_INTERFACE : STRING_NONE);
        buf_free(&device);
        buf_free(&configuration);
    }
}

static void a_device_without_strings_wears_none(void **state)
{
    struct reader_profile bare = { .maker = (char *)"Maker",
                                   .model = (char *)"Model",
                                   .strings_known = true };
    struct buf device, configuration;
    (void)state;
    assert_worn(&bare, STRING_MAKER, NULL);
    assert_worn(&bare, STRING_PRODUCT, NULL);
    buf_init(&device, 1024);
    buf_init(&configuration, 1024);
    descriptor_bytes(&plain, &bare, &device, &configuration);
    assert_int_equal(device.data[14], STRING_NONE);
    assert_int_equal(device.data[15], STRING_NONE);
    bare.strings_known = false;
    assert_worn(&bare, STRING_PRODUCT, "Model");
    buf_free(&device);
    buf_free(&configuration);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_ccid_profile_is_matched_on_its_real_device),
        cmocka_unit_test(another_interface_of_the_device_has_no_profile),
        cmocka_unit_test(profiles_hold_the_real_strings),
        cmocka_unit_test(the_testbed_wears_a_models_own_strings),
        cmocka_unit_test(a_device_without_strings_wears_none),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
