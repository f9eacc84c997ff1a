/* Values of identifiers: equal for equal ones, and in the forms that records have. */
#include "harness/card/identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct identifier_key key;

static const char *value(enum identifier_kind kind, const void *bytes, size_t length)
{
    static struct identifiers of;
    of.count = 0;
    identifiers_add(&of, &key, kind, bytes, length);
    return identifiers_find(&of, kind);
}

static void a_value_is_that_of_its_digits(void **state)
{
    char expected[IDENTIFIER_VALUE_BYTES];
    (void)state;
    identifier_value(&key, "uid", "04cafebabe1122", expected);
    assert_string_equal(value(IDENTIFIER_UID, "\x04\xca\xfe\xba\xbe\x11\x22", 7), expected);
    /* a card holds digits the lower half first, and fills up with F */
    identifier_value(&key, "iccid", "8981100012345678901", expected);
    assert_string_equal(value(IDENTIFIER_ICCID, "\x98\x18\x01\x00\x21\x43\x65\x87\x09\xf1", 10), expected);
    assert_string_not_equal(value(IDENTIFIER_SERIAL, "\x98\x18\x01\x00\x21\x43\x65\x87\x09\xf1", 10),
                            expected);
}

static void nothing_has_a_value_without_a_key_or_an_identity(void **state)
{
    struct identifiers of = { 0 };
    (void)state;
    identifiers_add(&of, NULL, IDENTIFIER_UID, (const uint8_t *)"\x04\x05\x06\x07", 4);
    identifiers_add(&of, &key, IDENTIFIER_UID, (const uint8_t *)"\x08\x05\x06\x07", 4); /* a random one */
    identifiers_add(&of, &key, IDENTIFIER_UID, (const uint8_t *)"", 0);
    assert_int_equal(of.count, 0);
    assert_string_equal(identifiers_find(&of, IDENTIFIER_UID), "");
}

static void a_record_has_the_first_of_each_kind(void **state)
{
    char text[IDENTIFIERS_TEXT_BYTES] = "", small[60] = "", found[IDENTIFIER_VALUE_BYTES];
    struct identifiers of = { 0 };
    (void)state;
    identifiers_add(&of, &key, IDENTIFIER_UID, (const uint8_t *)"abcd", 4);
    identifiers_add(&of, &key, IDENTIFIER_CPLC, (const uint8_t *)"abcd", 4);
    identifiers_add(&of, &key, IDENTIFIER_UID, (const uint8_t *)"efgh", 4);
    identifiers_add_text(text, sizeof text, &of);
    assert_int_equal(strlen(text), sizeof "uid=" + sizeof "cplc=" + 2 * (IDENTIFIER_VALUE_BYTES - 1) - 1);
    assert_true(identifiers_text_is_valid(text));
    identifiers_text_find(text, IDENTIFIER_UID, found);
    assert_string_equal(found, of.items[0].value);
    identifiers_text_find(text, IDENTIFIER_CPLC, found);
    assert_string_equal(found, of.items[1].value);
    identifiers_text_find(text, IDENTIFIER_EID, found);
    assert_string_equal(found, "");
    identifiers_add_text(small, sizeof small, &of); /* what does not fit is left out whole */
    assert_true(identifiers_text_is_valid(small));
    identifiers_text_find(small, IDENTIFIER_CPLC, found);
    assert_string_equal(found, "");
}

static void what_is_no_list_of_values_is_seen(void **state)
{
    static const char *const bad[] = { "uid",
                                       "uid=04cafebabe1122",
                                       "uid=f67fd997:044b6a81b3b300f2713957efccd631f3 ",
                                       "pin=f67fd997:044b6a81b3b300f2713957efccd631f3",
                                       "uid=f67fd997:044b6a81b3b300f2713957efccd631fX",
                                       "uid=f67fd997:044b6a81b3b300f2713957efccd631f3cplc=",
                                       "=",
                                       " " };
    (void)state;
    assert_true(identifiers_text_is_valid(""));
    assert_true(identifiers_text_is_valid("uid=f67fd997:044b6a81b3b300f2713957efccd631f3"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(identifiers_text_is_valid(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_that_of_its_digits),
        cmocka_unit_test(nothing_has_a_value_without_a_key_or_an_identity),
        cmocka_unit_test(a_record_has_the_first_of_each_kind),
        cmocka_unit_test(what_is_no_list_of_values_is_seen),
    };
    identifier_key_published(&key);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
