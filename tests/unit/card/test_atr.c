/* Answers to reset seen in the field, with what can and what can't be read from them; and the answer to
 * select. */
#include "harness/base/text.h"
#include "harness/card/atr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t from_hex(const char *hex, uint8_t *out, size_t capacity)
{
    size_t length = 0;
    assert_true(text_to_bytes(hex, strlen(hex), out, capacity, &length));
    return length;
}

/* Decodes a copy of exactly that length, so that the sanitizer sees a read past the end. */
static struct atr_info decode(const uint8_t *atr, size_t length)
{
    struct atr_info info;
    uint8_t *exact = malloc(length ? length : 1);
    assert_non_null(exact);
    memcpy(exact, atr, length);
    atr_decode(exact, length, &info);
    free(exact);
    return info;
}

static struct atr_info decode_hex(const char *hex)
{
    uint8_t atr[64];
    return decode(atr, from_hex(hex, atr, sizeof(atr)));
}

static const struct {
    const char *atr;
    unsigned fwi;
    unsigned fwt_ms;
} type_b[] = {
    { "3B 88 80 01 00 00 05 E0 B3 81 A1 00 7F", 10, 309 },
    { "3B 88 80 01 00 00 41 E0 B3 81 A1 00 3B", 10, 309 },
    { "3B 88 80 01 00 4B 51 FF B3 81 D1 00 0F", 13, 2475 },
    { "3B 88 80 01 00 00 14 E0 B3 81 91 00 5E", 9, 155 },
    { "3B 88 80 01 00 00 00 00 91 81 C1 00 D8", 12, 1237 },
    { "3B 88 80 01 00 00 00 00 80 81 71 00 79", 7, 39 },
};

static void type_b_cards_give_waiting_time_and_frame_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(type_b) / sizeof(type_b[0]); i++) {
        struct atr_info info = decode_hex(type_b[i].atr);
        assert_true(info.valid);
        assert_true(info.contactless);
        assert_true(info.consistent_with_b);
        assert_int_equal(info.historical_length, 8);
        assert_int_equal(info.fwi_b, type_b[i].fwi);
        assert_int_equal(frame_size_of_code(info.fsci_b), 256);
        assert_int_equal((frame_waiting_time_us(info.fwi_b) + 500) / 1000, type_b[i].fwt_ms);
    }
}

static void contact_cards_are_valid_but_not_contactless(void **state)
{
    (void)state;
    static const char *const atrs[] = {
        "3B E0 00 FF 81 31 FE 45 14",
        "3B DA 13 FF 81 31 FB 46 80 12 39 2F 31 C1 73 C6 01 C0 3B",
        "3B C5 FF 81 31 FB 45 80 73 C6 01 00 00",
        "3B 00",       /* T=0 only: no TCK */
        "3F 02 14 50", /* inverse convention, two historical bytes */
    };
    static const size_t counts[] = { 0, 10, 5, 0, 2 };
    for (size_t i = 0; i < sizeof(atrs) / sizeof(atrs[0]); i++) {
        struct atr_info info = decode_hex(atrs[i]);
        if (!info.valid)
            fail_msg("%s isn't valid", atrs[i]);
        assert_false(info.contactless);
        assert_false(info.consistent_with_b);
        assert_int_equal(info.historical_length, counts[i]);
    }
}

static void every_cut_and_every_flipped_historical_bit_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(type_b) / sizeof(type_b[0]); i++) {
        uint8_t atr[ATR_MAX + 1] = { 0 };
        size_t length = from_hex(type_b[i].atr, atr, sizeof(atr));
        for (size_t cut = 0; cut < length; cut++)
            assert_false(decode(atr, cut).valid);
        assert_false(decode(atr, length + 1).valid);
        /* not the interface bytes: one flip there can give another valid ATR, of T=0 and so without a TCK */
        for (size_t bit = 32; bit < 8 * length; bit++) {
            atr[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_false(decode(atr, length).valid);
            atr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

static void endless_interface_bytes_are_refused(void **state)
{
    (void)state;
    uint8_t atr[64];
    memset(atr, 0x80, sizeof(atr)); /* every TD announces another */
    atr[0] = 0x3B;
    for (size_t length = 0; length <= sizeof(atr); length++)
        assert_false(decode(atr, length).valid);
}

static void type_a_historical_bytes_are_not_taken_for_type_b(void **state)
{
    (void)state;
    static const char *const historicals[] = {
        "",
        "80",
        "80 31 80 65 B0 85",                /* six bytes */
        "00 00 05 E0 BB 81 A1 00",          /* a reserved rate bit */
        "00 00 05 E0 B3 80 A1 00",          /* not ISO/IEC 14443-4 */
        "00 00 05 E0 B3 81 A1 01",          /* low nibble after the MBLI */
        "80 31 80 65 B0 85 02 11 C0 12 0F", /* eleven bytes */
    };
    for (size_t i = 0; i < sizeof(historicals) / sizeof(historicals[0]); i++) {
        uint8_t historical[15], atr[ATR_MAX];
        size_t length = from_hex(historicals[i], historical, sizeof(historical));
        struct atr_info info = decode(atr, atr_of_historical(historical, length, atr));
        assert_true(info.valid && info.contactless);
        assert_false(info.consistent_with_b);
    }
}

static void atr_of_historical_bytes_comes_back(void **state)
{
    (void)state;
    uint8_t historical[20], atr[ATR_MAX];
    for (size_t i = 0; i < sizeof(historical); i++)
        historical[i] = (uint8_t)(0x5A + 7 * i);
    for (size_t length = 0; length <= 15; length++) {
        size_t made = atr_of_historical(length ? historical : NULL, length, atr);
        assert_int_equal(made, 5 + length);
        struct atr_info info = decode(atr, made);
        assert_true(info.valid && info.contactless);
        assert_int_equal(info.historical_length, length);
        assert_memory_equal(info.historical, historical, length);
    }
    assert_int_equal(atr_of_historical(historical, sizeof(historical), atr), 20); /* never more than 15 */
}

static void atr_of_atqb_is_the_one_that_readers_make(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(type_b) / sizeof(type_b[0]); i++) {
        uint8_t expected[ATR_MAX], made[ATR_MAX], atqb[12] = { 0x50, 1, 2, 3, 4 };
        size_t length = from_hex(type_b[i].atr, expected, sizeof(expected));
        memcpy(atqb + 5, expected + 4, 7);
        assert_int_equal(atr_of_atqb(atqb, 0, made), length);
        assert_memory_equal(made, expected, length);
    }
    uint8_t made[ATR_MAX], atqb[12] = { 0x50, 1, 2, 3, 4, 0, 0, 0, 0, 0xB3, 0x81, 0xA1 };
    atr_of_atqb(atqb, 5, made);
    assert_int_equal(made[11], 0x50);
    assert_true(decode(made, 13).consistent_with_b);
}

static void waiting_times_and_frame_sizes_follow_the_standard(void **state)
{
    (void)state;
    static const unsigned sizes[] = { 16, 24, 32, 40, 48, 64, 96, 128, 256, 256, 256 };
    for (unsigned code = 0; code < 11; code++)
        assert_int_equal(frame_size_of_code(code), sizes[code]);
    assert_int_equal(frame_size_of_code(UINT32_MAX), 256);
    assert_int_equal(frame_waiting_time_us(0), 302);
    assert_int_equal(frame_waiting_time_us(4), 4833);
    assert_int_equal(frame_waiting_time_us(7), 38664);
    assert_int_equal(frame_waiting_time_us(10), 309314);
    assert_int_equal(frame_waiting_time_us(13), 2474516);
    assert_int_equal(frame_waiting_time_us(14), 4949031);
    assert_int_equal(frame_waiting_time_us(15), frame_waiting_time_us(4));
    assert_int_equal(frame_waiting_time_us(UINT32_MAX), frame_waiting_time_us(4));
}

static void ats_is_read_with_its_bytes(void **state)
{
    (void)state;
    struct ats_info info;
    static const uint8_t sample[] = { 0x05, 0x78, 0x80, 0x70, 0x02 };
    ats_decode(sample, sizeof(sample), &info);
    assert_true(info.valid && info.has_ta && info.has_tb && info.has_tc);
    assert_int_equal(info.fsci, 8);
    assert_int_equal(info.ta, 0x80);
    assert_int_equal(info.fwi, 7);
    assert_int_equal(info.sfgi, 0);
    assert_int_equal(info.tc, 0x02);
    assert_null(info.historical);

    static const uint8_t with_historical[] = { 0x06, 0x25, 0x91, 0xAA, 0xBB, 0xCC };
    ats_decode(with_historical, sizeof(with_historical), &info);
    assert_true(info.valid && info.has_tb && !info.has_ta && !info.has_tc);
    assert_int_equal(info.fsci, 5);
    assert_int_equal(info.fwi, 9);
    assert_int_equal(info.sfgi, 1);
    assert_int_equal(info.historical_length, 3);
    assert_ptr_equal(info.historical, with_historical + 3);
}

static void absent_bytes_of_an_ats_have_the_defaults_of_the_standard(void **state)
{
    (void)state;
    struct ats_info info;
    ats_decode((const uint8_t[]) { 0x01 }, 1, &info);
    assert_true(info.valid);
    assert_false(info.has_ta || info.has_tb || info.has_tc);
    assert_int_equal(info.fsci, 2);
    assert_int_equal(info.fwi, 4);
    assert_int_equal(info.sfgi, 0);
    assert_int_equal(info.tc, 0x02);
    ats_decode((const uint8_t[]) { 0x03, 0x20, 0xFF }, 3, &info); /* both nibbles reserved */
    assert_true(info.valid);
    assert_int_equal(info.tb, 0xFF);
    assert_int_equal(info.fwi, 4);
    assert_int_equal(info.sfgi, 0);
}

static void malformed_ats_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[6];
        size_t length;
    } cases[] = {
        { { 0 }, 0 },
        { { 0x00 }, 1 },
        { { 0x02 }, 1 },
        { { 0x05, 0x78, 0x80, 0x70 }, 4 },             /* cut */
        { { 0x05, 0x78, 0x80, 0x70, 0x02, 0x00 }, 6 }, /* trailing byte */
        { { 0x04, 0x78, 0x80, 0x70 }, 4 },             /* TC announced, absent */
        { { 0x02, 0x10 }, 2 },                         /* TA announced, absent */
        { { 0x02, 0x82 }, 2 },                         /* reserved bit of T0 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ats_info info;
        uint8_t *exact = malloc(cases[i].length ? cases[i].length : 1);
        assert_non_null(exact);
        memcpy(exact, cases[i].bytes, cases[i].length);
        ats_decode(exact, cases[i].length, &info);
        free(exact);
        if (info.valid)
            fail_msg("row %zu was taken as an ATS", i);
        assert_null(info.historical);
        assert_int_equal(info.fsci, 2);
    }
}

static void storage_cards_are_named_by_standard_and_card(void **state)
{
    (void)state;
    static const struct {
        const char *atr, *name; /* "": none */
    } cases[] = {
        { "3B8F8001804F0CA00000030611003B0000000042", "FeliCa" },
        { "3B8F8001804F0CA000000306030001000000006A", "ISO/IEC 14443 A part 3, MIFARE Classic 1K" },
        { "3B8F8001804F0CA0000003060300030000000068", "ISO/IEC 14443 A part 3, MIFARE Ultralight" },
        { "3B8F8001804F0CA00000030603FF00000000 0094", "ISO/IEC 14443 A part 3, card FF00" },
        { "3B8F8001804F0CA0000003064000000000000028", "standard 40, card 0000" },
        { "3B8F8001804F0CA000000306030001000000006B", "" }, /* TCK */
        { "3B8F8001804F0CA000000307030001000000006B", "" }, /* not the workgroup's RID */
        { "3B8F8001805A0A2E0B34FE00000000000000F7", "" },
        { "3B888001000005E0B381A1007F", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t atr[64];
        struct storage_card card;
        size_t length = from_hex(cases[i].atr, atr, sizeof atr);
        assert_int_equal(storage_card_of_atr(atr, length, &card), cases[i].name[0] != '\0');
        assert_string_equal(card.name, cases[i].name);
    }
}

/* `xx` where a byte is hidden. */
static void expect_shown(const uint8_t *bytes, size_t length, uint64_t hidden, const char *expected)
{
    char shown[2 * 64 + 1] = "";
    for (size_t i = 0; i < length; i++)
        snprintf(shown + 2 * i, 3, hidden >> i & 1 ? "xx" : "%02X", bytes[i]);
    assert_string_equal(shown, expected);
}

static void historical_bytes_that_may_be_one_cards_own_are_hidden(void **state)
{
    (void)state;
    static const uint8_t uid[] = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
    static const struct {
        const char *historical, *shown;
    } cases[] = {
        { "", "" },
        { "80318065", "80318065" },
        { "807002", "807002" },
        { "805A0A0706200420DEADBEEF829000",
          "805Axxxxxxxxxxxxxxxxxxxx829000" }, /* a transport card's serial number */
        { "80318066B0840C016E01830090", "80318066xxxxxxxxxxxx830090" },
        { "8053414243", "8053414243" }, /* three bytes tell nobody apart */
        { "8073C8211F", "8073C8211F" },
        { "0054DEADBEEF0590 00", "0054xxxxxxxx059000" },
        { "4A434F5034315632343120", "4A434F5034315632343120" }, /* JCOP41V241 */
        { "534E30303132333435", "534Exxxxxxxxxxxxxx" },         /* SN0012345 */
        { "C1052F2F01BCD6A9", "C1052F2Fxxxxxxxx" },
        { "7577810280", "7577810280" },
        { "5A04112233445566", "5Axxxxxxxxxxxxxx" },
        { "10A1B2C3D4", "10A1B2C3D4" },
        { "804F0CA000000306030001", "804F0CA000000306030001" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t h[32], ats[64] = { 0, 0x78, 0x80, 0x80, 0x02 }, atr[ATR_MAX];
        char expected[80];
        size_t n = from_hex(cases[i].historical, h, sizeof h), length;
        memcpy(ats + 5, h, n);
        ats[0] = (uint8_t)(5 + n);
        snprintf(expected, sizeof expected, "%02X78808002%s", ats[0], cases[i].shown);
        expect_shown(ats, ats[0], ats_hidden(ats, ats[0], uid, sizeof uid), expected);
        length = atr_of_historical(h, n, atr);
        if (strstr(cases[i].shown, "xx"))
            snprintf(expected, sizeof expected, "3B8%zX8001%sxx", n, cases[i].shown);
        else
            snprintf(expected, sizeof expected, "3B8%zX8001%s%02X", n, cases[i].shown, atr[length - 1]);
        expect_shown(atr, length, atr_hidden(atr, length, uid, sizeof uid), expected);
    }
}

static void the_application_data_of_type_b_are_no_historical_bytes(void **state)
{
    (void)state;
    static const uint8_t atqb[12] = { 0x50, 1, 2, 3, 4, 0xDE, 0xAD, 0xBE, 0xEF, 0xB3, 0x81, 0xA1 };
    uint8_t atr[ATR_MAX];
    size_t length = atr_of_atqb(atqb, 0, atr);
    struct atr_info info;
    atr_decode(atr, length, &info);
    assert_true(info.consistent_with_b);
    assert_int_equal(atr_hidden(atr, length, NULL, 0), 0);
}

static void hidden_bytes_of_an_answer_are_read_as_00(void **state)
{
    (void)state;
    uint8_t bytes[4];
    size_t length;
    assert_true(answer_of_hex("05xx78", bytes, sizeof bytes, &length));
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "\x05\x00\x78", 3);
    assert_false(answer_of_hex("05x", bytes, sizeof bytes, &length));
    assert_false(answer_of_hex("05x0", bytes, sizeof bytes, &length));
    assert_false(answer_of_hex("0102030405", bytes, sizeof bytes, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_b_cards_give_waiting_time_and_frame_size),
        cmocka_unit_test(contact_cards_are_valid_but_not_contactless),
        cmocka_unit_test(every_cut_and_every_flipped_historical_bit_is_seen),
        cmocka_unit_test(endless_interface_bytes_are_refused),
        cmocka_unit_test(type_a_historical_bytes_are_not_taken_for_type_b),
        cmocka_unit_test(atr_of_historical_bytes_comes_back),
        cmocka_unit_test(atr_of_atqb_is_the_one_that_readers_make),
        cmocka_unit_test(waiting_times_and_frame_sizes_follow_the_standard),
        cmocka_unit_test(ats_is_read_with_its_bytes),
        cmocka_unit_test(absent_bytes_of_an_ats_have_the_defaults_of_the_standard),
        cmocka_unit_test(malformed_ats_are_refused),
        cmocka_unit_test(storage_cards_are_named_by_standard_and_card),
        cmocka_unit_test(historical_bytes_that_may_be_one_cards_own_are_hidden),
        cmocka_unit_test(the_application_data_of_type_b_are_no_historical_bytes),
        cmocka_unit_test(hidden_bytes_of_an_answer_are_read_as_00),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
