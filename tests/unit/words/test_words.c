/* The catalogue: one word an id, whatever its English has in common with another. */
#include "reports/words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

static int open_japanese(void **state)
{
    struct err e = { 0 };
    (void)state;
    return words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e);
}

static void the_same_english_is_translated_by_its_context(void **state)
{
    (void)state;
    assert_string_equal(word_text(WORD_CMD_OPEN, LANGUAGE_ENGLISH),
                        word_text(WORD_ANSWERED_OPEN, LANGUAGE_ENGLISH));
    assert_string_equal(word_text(WORD_CMD_OPEN, LANGUAGE_JAPANESE), "未判定");
    assert_string_equal(word_text(WORD_ANSWERED_OPEN, LANGUAGE_JAPANESE), "判断できない");
}

/* gettext gives back what it does not find: the context must never be shown. */
static void no_word_shows_its_context(void **state)
{
    (void)state;
    for (unsigned id = WORD_NONE; id < WORD_COUNT; id++) {
        for (const char *at = word_text((enum word)id, LANGUAGE_JAPANESE); *at; at++)
            assert_int_not_equal(*at, '\4');
    }
}

static void the_locale_of_the_program_stays(void **state)
{
    (void)state;
    assert_string_equal(word_text(WORD_CMD_OPEN, LANGUAGE_JAPANESE), "未判定");
    assert_string_equal(setlocale(LC_ALL, NULL), "C");
    assert_ptr_equal(uselocale(NULL), LC_GLOBAL_LOCALE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_english_is_translated_by_its_context),
        cmocka_unit_test(no_word_shows_its_context),
        cmocka_unit_test(the_locale_of_the_program_stays),
    };
    return cmocka_run_group_tests(tests, open_japanese, NULL);
}
