/* What a result says of models and units: counted from the survey's pairs that have placements. */
#include "tests/unit/tables/summarise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no '%s' in:\n%.1500s", wanted, strstr(text, "scope:"));
}

static void models_and_units_with_counted_placements_are_tested(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &(struct sample_shape) { .readers = 2, .pairs = 3 });
    sample_fill(&s, 0, 0, 0, 0, 5, 0);
    sample_fill(&s, 1, 2, 1, 0, 5, 1);
    uint64_t cell = survey_cell(s.survey, 1, 0, 0, 0), line = sample_lay(&s, 0, 1, 0, 1);
    sample_placed(&s, line, &cell, (const char *const[]) { "invalid" }, 1, "invalid");
    char *text = summarise(&s);
    assert_has(text,
               "\nscope:\n  models_tested: 2\n  units_tested: 2\n  sessions_run: 2\n  sessions_planned: 2\n");
    assert_has(text, "    - {model: \"sim-phone-01\", units: 1, share: null, holds_for: \"this unit\"}\n");
    assert_has(text, "{model: \"sim-phone-03\", units: 1");
    assert_null(strstr(text, "{model: \"sim-phone-02\"")); /* nothing of it counts */
    assert_has(text, "untested_share: null  # no share is known of any model tested\n");
    assert_has(text, "does_not_say: \"how other units of the same models");
    free(text);
    sample_close(&s);
}

static void a_run_without_placements_says_that_nothing_is_tested(void **state)
{
    (void)state;
    struct sample s;
    sample_open(&s, &(struct sample_shape) { .readers = 1, .pairs = 1 });
    char *text = summarise(&s);
    assert_has(text, "  models_tested: 0\n  units_tested: 0\n  sessions_run: 0\n");
    assert_has(text, "  models: []\n");
    free(text);
    sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_and_units_with_counted_placements_are_tested),
        cmocka_unit_test(a_run_without_placements_says_that_nothing_is_tested),
    };
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
