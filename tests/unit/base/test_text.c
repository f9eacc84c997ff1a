/* Characters: what is one, what must not be shown as it is, and where a text may be cut. */
#include "harness/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void a_character_is_one_of_rfc_3629(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        uint32_t code;
    } cases[] = {
        { "a", 1, 'a' },
        { "\xc2\x80", 2, 0x80 },
        { "\xe7\xab\xaf", 3, 0x7aef },
        { "\xf0\x9f\x98\x80", 4, 0x1f600 },
        { "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
        { "\xc0\x80", 0, 0 },         /* too long a form of U+0000 */
        { "\xe0\x9f\xbf", 0, 0 },     /* and of U+07FF */
        { "\xed\xa0\x80", 0, 0 },     /* half of a surrogate pair */
        { "\xf4\x90\x80\x80", 0, 0 }, /* past the last one */
        { "\xe7\xab", 0, 0 },         /* cut off */
        { "\x80", 0, 0 },
        { "\xff", 0, 0 },
        { "", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t code = 0;
        assert_int_equal(text_character(cases[i].text, strlen(cases[i].text), &code), cases[i].length);
        assert_int_equal(code, cases[i].code);
    }
}

static void what_cannot_be_seen_is_hidden_and_nothing_else(void **state)
{
    (void)state;
    static const uint32_t hidden[] = { 0,       0x1b,    0x7f,    0x9b,    0xad,   0x61c,  0x115f,
                                       0x180e,  0x200b,  0x200e,  0x2028,  0x202e, 0x2060, 0x2066,
                                       0x3164,  0xfdd0,  0xfeff,  0xffa0,  0xfffb, 0xfffe, 0xffff,
                                       0x1fffe, 0xe0001, 0xe0041, 0x10ffff };
    static const uint32_t seen[] = { ' ',    '~',    0xa0,   0x301,  0x200c,  0x200d, 0x3000,
                                     0x7aef, 0xff1d, 0xfe0f, 0xfffd, 0x1f600, 0x20000 };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (!text_is_hidden(hidden[i]))
            fail_msg("U+%04X", (unsigned)hidden[i]);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        if (text_is_hidden(seen[i]))
            fail_msg("U+%04X", (unsigned)seen[i]);
}

static void a_variation_selector_belongs_to_the_ideograph_before_it_and_is_hidden_elsewhere(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1 << 10);
    text_add_safe(&b, "葛\U000e0100城 a\U000e0100\U000e0100");
    assert_string_equal(buf_text(&b), "葛\U000e0100城 a\\xf3\\xa0\\x84\\x80\\xf3\\xa0\\x84\\x80");
    buf_free(&b);
    buf_init(&b, 1 << 10);
    text_add_safe(&b, "葛\U000e0100\U000e0101"); /* one a character */
    text_add_safe(&b, "葛\xff\U000e0100");       /* and none across what is no character */
    assert_string_equal(buf_text(&b), "葛\U000e0100\\xf3\\xa0\\x84\\x81"
                                      "葛\\xff\\xf3\\xa0\\x84\\x80");
    buf_free(&b);
}

static void lines_stay_lines_where_they_may_and_nothing_else_passes(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1 << 10);
    text_add_safe_lines(&b, "reader \033[2J\a\n\r>> \xc2\x9b");
    assert_string_equal(buf_text(&b), "reader \\x1b[2J\\x07\n\\x0d>> \\xc2\\x9b");
    buf_clear(&b);
    text_add_safe(&b, "one\ntwo");
    assert_string_equal(buf_text(&b), "one\\x0atwo");
    buf_free(&b);
}

static void a_text_is_cut_at_a_whole_character_and_says_so(void **state)
{
    (void)state;
    char out[10];
    text_shorten(out, sizeof out, "123456789");
    assert_string_equal(out, "123456789");
    text_shorten(out, sizeof out, "1234567890");
    assert_string_equal(out, "123456…");
    text_shorten(out, sizeof out, "端末機種");
    assert_string_equal(out, "端末…");
    text_shorten(out, sizeof out, "a端末機");
    assert_string_equal(out, "a端…");
    text_shorten(out, 3, "1234");
    assert_string_equal(out, "12");
}

/* Widths by Unicode's EastAsianWidth.txt: W and F take two columns. */
static void a_label_is_cut_to_columns_of_which_a_japanese_character_takes_two(void **state)
{
    (void)state;
    char out[32];
    assert_int_equal(text_columns("abc"), 3);
    assert_int_equal(text_columns("端末ab"), 6);
    assert_int_equal(text_columns("ｱé…"), 3);              /* half-width kana */
    assert_int_equal(text_columns("は\u3099か\u309a"), 4); /* marks of voice are drawn on their kana */
    assert_int_equal(text_columns("e\u0301\ufe0f"), 1);
    assert_int_equal(text_columns("葛\U000e0100城"), 4);
    assert_int_equal(text_columns("a\x01"), 5);
    assert_int_equal(text_columns("\xe2\x80\xae\xff"), 16); /* turns the text, and no character */
    text_abridge(out, sizeof out, 10, "0123456789");
    assert_string_equal(out, "0123456789");
    text_abridge(out, sizeof out, 10, "0123456789a");
    assert_string_equal(out, "012345678…");
    text_abridge(out, sizeof out, 10, "窓口用端末");
    assert_string_equal(out, "窓口用端末");
    text_abridge(out, sizeof out, 10, "窓口用端末機");
    assert_string_equal(out, "窓口用端…");
    text_abridge_middle(out, sizeof out, 10, "0123456789");
    assert_string_equal(out, "0123456789");
    text_abridge_middle(out, sizeof out, 9, "0123456789");
    assert_string_equal(out, "0123…6789");
    text_abridge_middle(out, sizeof out, 9, "端末一二三四五六");
    assert_string_equal(out, "端末…五六");
    text_abridge(out, 10, 10, "窓口用端末機"); /* no room for that many bytes */
    assert_string_equal(out, "窓口…");
}

static void a_text_without_an_end_is_seen(void **state)
{
    char text[4] = { 'a', 'b', 'c', 'd' };
    (void)state;
    assert_false(text_ends(text, sizeof text));
    text[3] = '\0';
    assert_true(text_ends(text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_is_one_of_rfc_3629),
        cmocka_unit_test(what_cannot_be_seen_is_hidden_and_nothing_else),
        cmocka_unit_test(a_variation_selector_belongs_to_the_ideograph_before_it_and_is_hidden_elsewhere),
        cmocka_unit_test(lines_stay_lines_where_they_may_and_nothing_else_passes),
        cmocka_unit_test(a_text_is_cut_at_a_whole_character_and_says_so),
        cmocka_unit_test(a_label_is_cut_to_columns_of_which_a_japanese_character_takes_two),
        cmocka_unit_test(a_text_without_an_end_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
