/* The signs of verdicts: whoever sees no colour tells them apart all the same. */
#include "reports/words/signs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_verdict_of_a_cell_has_a_sign_of_its_own(void **state)
{
    (void)state;
    unsigned listed = 0;
    for (size_t i = 0; i < SIGNS; i++) {
        listed |= 1u << signs_listed[i];
        for (size_t j = 0; j < i; j++) {
            const struct sign *a = sign_of_verdict(signs_listed[i]), *b = sign_of_verdict(signs_listed[j]);
            assert_int_not_equal(a->symbol, b->symbol);
            assert_int_not_equal(a->name, b->name);
            assert_string_not_equal(a->class, b->class);
        }
    }
    assert_int_equal(listed, (1u << VERDICT_COUNT) - 1 - (1u << VERDICT_NONE));
}

static void every_recommendation_has_a_word_and_a_meaning(void **state)
{
    (void)state;
    for (int r = RECOMMENDATION_NONE + 1; r < RECOMMENDATION_COUNT; r++) {
        const struct sign *sign = sign_of_recommendation((enum recommendation)r);
        assert_int_not_equal(sign->name, WORD_NONE);
        assert_int_not_equal(sign->meaning, WORD_NONE);
        assert_int_not_equal(sign->tone, TONE_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verdict_of_a_cell_has_a_sign_of_its_own),
        cmocka_unit_test(every_recommendation_has_a_word_and_a_meaning),
    };
    return cmocka_run_group_tests_name("signs", tests, NULL, NULL);
}
