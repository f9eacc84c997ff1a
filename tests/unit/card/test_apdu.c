/* Command APDUs of every case at their boundaries, and what status words mean. */
#include "harness/card/apdu.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"

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

static void status_words_have_words(void **state)
{
    (void)state;
    assert_string_equal(status_word_text(0x6A82), "file or application not found");
    assert_string_equal(status_word_text(0x63C0), "no tries left");
    assert_string_equal(status_word_text(0x63C2), status_word_text(0x63C1));
    assert_string_equal(status_word_text(0x6C10), status_word_text(0x6CFF));
    assert_string_equal(status_word_text(0x6110), status_word_text(0x61FF));
    assert_string_not_equal(status_word_text(0x6282), status_word_text(0x6290));
    assert_string_equal(status_word_text(0x1234), "");
    assert_string_equal(status_word_text(0), "");
    assert_string_equal(status_word_text(0x9001), "");
}

struct cause_case {
    uint16_t sw;
    bool routing, first, empty;
    uint32_t causes;
};

static void shared_status_words_give_sets_of_causes(void **state)
{
    (void)state;
    static const struct cause_case cases[] = {
        { 0x9000, true, true, true, 0 },
        { 0x6A82, true, false, true, CAUSE(18) | CAUSE(21) },
        { 0x6A82, false, false, true, CAUSE(21) },
        { 0x6F00, false, true, true, CAUSE(24) | CAUSE(19) },
        { 0x6F00, true, true, true, CAUSE(24) | CAUSE(19) },
        { 0x6F00, true, false, true, CAUSE(19) },
        { 0x6F00, false, false, true, CAUSE(19) | CAUSE(23) },
        { 0x6986, true, false, true, CAUSE(19) },
        { 0x6986, false, false, true, CAUSE(19) },
        { 0x6985, true, false, true, CAUSE(20) | CAUSE(21) },
        { 0x6985, false, false, true, CAUSE(21) },
        { 0x6982, false, false, true, CAUSE(22) },
        { 0x6300, false, false, true, CAUSE(22) },
        { 0x63C2, false, false, true, CAUSE(22) },
        { 0x6983, false, false, true, CAUSE(22) },
        { 0x6984, false, false, true, CAUSE(22) },
        { 0x6700, false, false, true, CAUSE(23) },
        { 0x6A86, false, false, true, CAUSE(23) },
        { 0x6B00, false, false, true, CAUSE(23) },
        { 0x6C10, false, false, true, CAUSE(23) },
        { 0x6110, false, false, true, CAUSE(23) },
        { 0x6400, false, false, true, CAUSE(29) | CAUSE(23) },
        { 0x6401, true, true, true, CAUSE(29) | CAUSE(23) },
        { 0x6400, false, false, false, CAUSE(23) },
        { 0x6988, false, false, true, CAUSE(17) | CAUSE(23) },
        { 0x6D00, false, false, true, CAUSE(23) },
        { 0x1234, false, false, true, CAUSE(23) },
        { 0x0000, false, false, true, CAUSE(12) | CAUSE(13) },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct cause_case *c = &cases[i];
        uint32_t causes = status_word_causes(c->sw, c->routing, c->first, c->empty);
        if (causes != c->causes)
            fail_msg("row %zu, SW %04x: %08x, not %08x", i, c->sw, causes, c->causes);
    }
}

static void every_bad_status_word_has_a_cause_that_counts_as_failure(void **state)
{
    (void)state;
    for (uint32_t sw = 0; sw <= 0xFFFF; sw++)
        for (unsigned flags = 0; flags < 8; flags++) {
            uint32_t causes = status_word_causes((uint16_t)sw, flags & 1, flags & 2, flags & 4);
            assert_int_equal(cause_outcome(causes), sw == 0x9000 ? OUTCOME_NONE : OUTCOME_FAIL);
        }
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
        cmocka_unit_test(status_words_have_words),
        cmocka_unit_test(shared_status_words_give_sets_of_causes),
        cmocka_unit_test(every_bad_status_word_has_a_cause_that_counts_as_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
