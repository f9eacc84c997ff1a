/* Command APDUs of every case at their boundaries, and what status words answer. */
#include "harness/card/apdu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t bytes[APDU_COMMAND_MAX + 1];

/* Writes a command with data_length bytes of data and, unless it is negative, an Le field; returns its
 * length. */
static size_t build(bool extended, size_t data_length, long le)
{
    size_t at = 0;
    memcpy(bytes, (const uint8_t[]) { 0x00, 0xD6, 0x12, 0x34 }, 4);
    at = 4;
    if (extended)
        bytes[at++] = 0;
    if (data_length > 0) {
        if (extended)
            bytes[at++] = (uint8_t)(data_length >> 8);
        bytes[at++] = (uint8_t)data_length;
        memset(bytes + at, 0xA5, data_length);
        at += data_length;
    }
    if (le >= 0) {
        if (extended)
            bytes[at++] = (uint8_t)(le >> 8);
        bytes[at++] = (uint8_t)le;
    }
    return at;
}

static void expect_form(bool extended, size_t data_length, long le)
{
    struct apdu a;
    size_t length = build(extended, data_length, le);
    assert_true(apdu_parse(bytes, length, &a));
    assert_int_equal(a.cla, 0x00);
    assert_int_equal(a.ins, 0xD6);
    assert_int_equal(a.p1, 0x12);
    assert_int_equal(a.p2, 0x34);
    assert_int_equal(a.extended, extended);
    assert_int_equal(a.data_length, data_length);
    if (data_length > 0)
        assert_ptr_equal(a.data, bytes + (extended ? 7 : 5));
    else
        assert_null(a.data);
    assert_int_equal(a.has_le, le >= 0);
    uint32_t expected = le < 0 ? 0 : le > 0 ? (uint32_t)le : extended ? 65536 : 256;
    assert_int_equal(a.le, expected);
}

static void all_short_forms_are_read(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 2, 254, 255 };
    static const long les[] = { -1, 0, 1, 128, 255 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        for (size_t j = 0; j < sizeof(les) / sizeof(les[0]); j++)
            expect_form(false, lengths[i], les[j]);
}

static void all_extended_forms_are_read(void **state)
{
    (void)state;
    static const size_t lengths[] = { 1, 2, 255, 256, 257, 65534, 65535 };
    static const long les[] = { -1, 0, 1, 255, 256, 257, 65535 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        for (size_t j = 0; j < sizeof(les) / sizeof(les[0]); j++)
            expect_form(true, lengths[i], les[j]);
    for (size_t j = 1; j < sizeof(les) / sizeof(les[0]); j++)
        expect_form(true, 0, les[j]);
}

static void expect_refused(size_t length)
{
    struct apdu a = { .cla = 0xEE, .has_le = true };
    uint8_t *exact = malloc(length ? length : 1); /* so that the sanitizer sees a read past the end */
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    bool read = apdu_parse(exact, length, &a);
    free(exact);
    if (read)
        fail_msg("%zu bytes were read as a command", length);
    assert_int_equal(a.cla, 0);
    assert_false(a.has_le);
}

static void truncated_commands_are_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < 4; length++) {
        build(false, 0, -1);
        expect_refused(length);
    }
    /* 3S cut at every byte of its data but the header (case 1) and header with Lc (which reads as Le) */
    size_t whole = build(false, 20, -1);
    for (size_t length = 6; length < whole; length++)
        expect_refused(length);
    /* 4E cut anywhere: without its Le it is 3E, and 7 bytes are 2E */
    whole = build(true, 300, 256);
    for (size_t length = 6; length < whole; length++)
        if (length != 7 && length != whole - 2)
            expect_refused(length);
}

static void trailing_bytes_are_refused(void **state)
{
    (void)state;
    static const size_t lengths[] = { 1, 2, 254, 255 };
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t whole = build(false, lengths[i], 16);
        bytes[whole] = 0;
        expect_refused(whole + 1);
        whole = build(true, lengths[i], 16);
        bytes[whole] = 0;
        expect_refused(whole + 1);
        whole = build(true, lengths[i], -1);
        bytes[whole] = 0;
        expect_refused(whole + 1); /* half an Le */
    }
    build(true, 65535, 0);
    expect_refused(APDU_COMMAND_MAX + 1);
}

static void extended_lengths_of_zero_are_refused(void **state)
{
    (void)state;
    memcpy(bytes, (const uint8_t[]) { 0x00, 0xD6, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00 }, 10);
    expect_refused(8);
    expect_refused(9); /* Lc 0000 with an Le */
    expect_refused(10);
    expect_refused(6);
}

static void status_word_is_the_last_two_bytes(void **state)
{
    (void)state;
    assert_int_equal(apdu_status_word((const uint8_t[]) { 0x90, 0x00 }, 2), 0x9000);
    assert_int_equal(apdu_status_word((const uint8_t[]) { 0x90, 0x00, 0x6A, 0x82 }, 4), 0x6A82);
    assert_int_equal(apdu_status_word((const uint8_t[]) { 0x90 }, 1), 0);
    assert_int_equal(apdu_status_word(NULL, 0), 0);
}

static void a_status_word_answers_the_command_before_it(void **state)
{
    (void)state;
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xA4, 0x04, 0x0C }, 4, true),
                     AT_SELECT_APPLICATION);
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xA4, 0x02, 0x0C }, 4, true), AT_SELECT_FILE);
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xB0, 0x01, 0x00, 0x00 }, 5, false), AT_READ);
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xB0, 0x01, 0x00, 0x00 }, 5, true), AT_READ_ON);
    /* which file it is, a short identifier says anew */
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xB0, 0x82, 0x00, 0x00 }, 5, true), AT_READ);
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0x84, 0x00, 0x00, 0x08 }, 5, true), AT_OTHER);
    assert_int_equal(apdu_place((const uint8_t[]) { 0x00, 0xA4 }, 2, true), AT_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_short_forms_are_read),
        cmocka_unit_test(all_extended_forms_are_read),
        cmocka_unit_test(truncated_commands_are_refused),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(extended_lengths_of_zero_are_refused),
        cmocka_unit_test(status_word_is_the_last_two_bytes),
        cmocka_unit_test(a_status_word_answers_the_command_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
