/* Codes and their arguments: within their bounds, whatever is put in. */
#include "harness/domain/said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_english(struct said s, const char *english)
{
    assert_true(said_is_valid(&s));
    assert_string_equal(said_text(&s).text, english);
}

static void arguments_stand_in_their_places(void **state)
{
    (void)state;
    is_english(said_alone(SAID_ALL_DONE), "every cell is decided or has all its placements");
    is_english(SAY(SAID_WORKER_ENDED, "SIGSEGV"), "the reader's worker ended (SIGSEGV)");
    is_english(SAY(SAID_DATA_LENGTH, said_number(UINT64_MAX).text, "-5"),
               "18446744073709551615 bytes of data came, -5 were expected");
    is_english(SAY(SAID_FAILED_WITHIN, "40400", "3021000"),
               "every failure came within 40 ms, the waiting time offered is 3.02 s");
    is_english(SAY(SAID_FAILED_AT_ONCE, "940"),
               "every failure came within 0.9 ms: the reader reported an error at once");
    is_english(SAY(SAID_CRITERIA_OTHER_BOUND, "own", said_share(0.125).text, said_share(0.1).text),
               "own asks for at most 12.5 % dirty, the scheme for 10 %: not the same question; set q1 of the "
               "scheme to 12.5 %, or leave dirty_at_most out");
    is_english(said_words("somebody's {0}"), "somebody's {0}");
    is_english(said_words(NULL), "");
    is_english(SAY(SAID_SERIAL, "{0}"), "serial {0}");
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (unsigned code = SAID_WORDS + 1; code < SAID_COUNT; code++) {
        const char *name = said_name((enum said_code)code);
        assert_true(strlen(name) > 0);
        assert_int_equal(said_code_of_name(name, strlen(name)), code);
        assert_int_equal(said_code_of_name(name, strlen(name) - 1), SAID_WORDS);
    }
    assert_int_equal(said_code_of_name("", 0), SAID_WORDS);
    assert_string_equal(said_name(SAID_COUNT), "");
}

/* Each place of a template is an argument, and each argument has a place. */
static void templates_have_the_places_of_their_kinds(void **state)
{
    (void)state;
    for (unsigned code = SAID_WORDS + 1; code < SAID_COUNT; code++) {
        const char *template = said_template((enum said_code)code), *kinds = said_kinds((enum said_code)code);
        unsigned places = 0;
        for (const char *c = template; (c = strchr(c, '{')); c++)
            places |= 1u << (c[1] - '0');
        assert_int_equal(places, (1u << strlen(kinds)) - 1);
        assert_int_equal(strspn(kinds, "WNUMCPDQST"), strlen(kinds));
    }
}

static void what_is_too_long_is_cut_and_stays_valid(void **state)
{
    char text[2 * SAID_BYTES];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct said cut = SAY(SAID_LATER, text, text);
    assert_true(said_is_valid(&cut));
    assert_int_equal(cut.count, 2);
    struct said words = said_words(text), flat = said_flat(&words);
    assert_string_equal(said_text(&words).text, text);
    assert_null(flat.words);
    assert_true(said_is_valid(&flat));
    assert_int_equal(strlen(said_own_words(&flat)), SAID_BYTES - 1);
    struct said few = said_alone(SAID_LATER);
    assert_false(said_add(&few, text, sizeof text - 1));
    assert_false(said_add(&few, "a\0b", 3));
    assert_true(said_add(&few, text, SAID_BYTES - 1));
    assert_false(said_add(&few, "", 0));
}

static void what_a_worker_could_send_is_refused(void **state)
{
    (void)state;
    struct said s = said_alone(SAID_COUNT);
    assert_false(said_is_valid(&s));
    s = SAY(SAID_WORKER_ENDED, "x");
    s.count = 2;
    assert_false(said_is_valid(&s)); /* another number of arguments */
    s = SAY(SAID_WORKER_ENDED, "x");
    memset(s.text, 'x', sizeof s.text);
    assert_false(said_is_valid(&s)); /* no end */
    s = SAY(SAID_UID_RANDOM, "four");
    assert_false(said_is_valid(&s));
    s = SAY(SAID_STATUS_WORD, "6a82", "");
    assert_false(said_is_valid(&s));
    s = SAY(SAID_CONDITION, "asleep", "none", "centre", "0, 0, 0");
    assert_false(said_is_valid(&s));
    s = SAY(SAID_SESSION_DONE, "1", "2", "not a date");
    assert_false(said_is_valid(&s));
    s = SAY(SAID_SESSION_DONE, "1", "2", "2017-12-01T09:00:00Z");
    assert_true(said_is_valid(&s));
    s = said_alone(SAID_WORDS);
    memset(s.text, 'x', sizeof s.text);
    assert_false(said_is_valid(&s));
}

static void the_same_is_the_same_wherever_it_lies(void **state)
{
    (void)state;
    char words[] = "interrupted by the operator";
    struct said a = said_words(words), b = said_flat(&a), code = said_alone(SAID_INTERRUPTED);
    struct said *copy = said_copy(&a);
    memset(words, 'x', sizeof words - 1);
    assert_true(said_same(&b, copy));
    assert_false(said_same(&b, &a));
    assert_false(said_same(&b, &code));
    assert_false(said_same(&code, NULL));
    assert_true(said_same(NULL, NULL));
    struct said absent = said_absent(code);
    assert_false(said_same(&code, &absent));
    assert_true(said_is(&absent, SAID_INTERRUPTED));
    assert_false(said_is(NULL, SAID_WORDS));
    assert_true(said_nothing(NULL));
    assert_false(said_nothing(&code));
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_stand_in_their_places),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(templates_have_the_places_of_their_kinds),
        cmocka_unit_test(what_is_too_long_is_cut_and_stays_valid),
        cmocka_unit_test(what_a_worker_could_send_is_refused),
        cmocka_unit_test(the_same_is_the_same_wherever_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
