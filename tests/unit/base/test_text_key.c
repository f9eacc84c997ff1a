/* Keys of names: what a person takes for the same name has the same key, and nothing else. */
#include "harness/base/text_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void names_are_the_same_or_not_as_a_person_reads_them(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        { "AB-0123", "ａｂ－０１２３", true },
        { "AB-0123", "ab\u20100123", true }, /* hyphen */
        { "AB-0123", "ab\u22120123", true }, /* minus */
        { "AB-0123", "ABー0123", true },     /* what an input method makes of the - key */
        { "AB-0123", " AB-0123\r", true },
        { "端末-7", "端末－７", true },
        { "ガラ", "ｶﾞﾗ", true },
        { "ガラ", "カ\u3099ラ", true },
        { "サーバ1", "サバ1", false },
        { "①", "1", true },
        { "AB-O123", "AB-0123", false },
        { "straße", "STRASSE", true },
        { "İ1", "i1", false },
        { "㈱1", "(株)1", true },
        { "A\u200d"
          "B",
          "AB", false },
        { "\xff", "\xff", false },
        { "", "", false },
        { "ﾊﾝｿｰ1", "ハンソー1", true },
        { "HS 001", "HS\u00a0001", true },
        { "葛\U000e0100城", "葛城", false }, /* another form of the character */
        { "葛\U000e0100城", "葛\U000e0100城", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (text_key_same(pairs[i].a, pairs[i].b) != pairs[i].same)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

static void a_text_without_a_key_says_why(void **state)
{
    char long_text[TEXT_KEY_BYTES_MAX + 2], key[TEXT_KEY_CAPACITY];
    const struct {
        const char *text;
        enum text_key_result result;
    } cases[] = {
        { "HS-1", TEXT_KEY_MADE },
        { "", TEXT_KEY_EMPTY },
        { " \u3000\t\r\n", TEXT_KEY_EMPTY },
        { "HS\xff", TEXT_KEY_NO_UTF8 },
        { "HS\x1b", TEXT_KEY_INVISIBLE },       /* Cc */
        { "HS\u00ad", TEXT_KEY_INVISIBLE },     /* Cf: soft hyphen */
        { "HS\u200b", TEXT_KEY_INVISIBLE },     /* of no width */
        { "HS\ufeff", TEXT_KEY_INVISIBLE },     /* a mark of byte order */
        { "HS\u202e", TEXT_KEY_INVISIBLE },     /* turns the text */
        { "HS\ue000", TEXT_KEY_INVISIBLE },     /* Co */
        { "HS\U000e0fff", TEXT_KEY_INVISIBLE }, /* Cn */
        { "HS\u3164", TEXT_KEY_INVISIBLE },     /* a filler */
        { "HS\U000e0100", TEXT_KEY_INVISIBLE }, /* a selector of nothing */
        { long_text, TEXT_KEY_LONG },
    };
    (void)state;
    memset(long_text, 'a', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(key, 'x', sizeof key);
        if (text_key(cases[i].text, key) != cases[i].result)
            fail_msg("%s", cases[i].text);
        assert_int_equal(key[0] != '\0', cases[i].result == TEXT_KEY_MADE);
    }
    long_text[TEXT_KEY_BYTES_MAX] = '\0';
    assert_int_equal(text_key(long_text, key), TEXT_KEY_MADE);
    assert_int_equal(strlen(key), TEXT_KEY_BYTES_MAX);
}

static void a_key_that_grows_past_its_room_is_none(void **state)
{
    char text[TEXT_KEY_BYTES_MAX + 1] = "", key[TEXT_KEY_CAPACITY];
    (void)state;
    for (size_t i = 0; i < 80; i++) /* one character that is 18 in NFKC */
        memcpy(text + 3 * i, "\ufdfa", sizeof "\ufdfa");
    assert_int_equal(text_key(text, key), TEXT_KEY_LONG);
    assert_string_equal(key, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_same_or_not_as_a_person_reads_them),
        cmocka_unit_test(a_text_without_a_key_says_why),
        cmocka_unit_test(a_key_that_grows_past_its_room_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
