/* Readers are told apart: no two of a survey share colour and marker, in whatever plot they stand. */
#include "harness/survey/survey.h"
#include "reports/plots/palette.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void no_two_readers_look_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        for (size_t j = 0; j < i; j++) {
            struct palette_reader a = palette_reader(i), b = palette_reader(j);
            bool same = strcmp(a.colour, b.colour) == 0;
            assert_false(same && (a.marker == b.marker || a.dash == b.dash));
            assert_true(!same || strcmp(a.symbol, b.symbol) != 0);
        }
}

static void a_reader_looks_the_same_whenever_it_is_asked_for(void **state)
{
    (void)state;
    assert_string_equal(palette_reader(0).colour, "#0072b2"); /* Okabe and Ito's blue */
    assert_string_equal(palette_reader(1).colour, "#d55e00"); /* their vermillion */
    assert_string_equal(palette_reader(2).colour, "#009e73"); /* their bluish green */
}

/* A colour that stands for a reader in one plot stands for nothing else in another. */
static void no_stage_has_the_colour_of_a_reader(void **state)
{
    (void)state;
    for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++)
        for (size_t reader = 0; reader < PALETTE_COLOURS; reader++)
            assert_string_not_equal(palette_stage((enum stage)stage), palette_reader(reader).colour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_readers_look_alike),
        cmocka_unit_test(a_reader_looks_the_same_whenever_it_is_asked_for),
        cmocka_unit_test(no_stage_has_the_colour_of_a_reader),
    };
    return cmocka_run_group_tests_name("palette", tests, NULL, NULL);
}
