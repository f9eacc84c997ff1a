/* The presets stand twice, for a survey is read without the room of verdicts: here both are held together. */
#include "harness/plan/plan.h"
#include "tests/unit/survey/sample.h"

static void a_surveys_preset_is_the_scheme_of_that_name(void **state)
{
    (void)state;
    static const char *const names[] = { "screen", "standard", "strict", "counter" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct survey_problems p = { 0 };
        struct survey *s = NULL;
        struct scheme preset, planned;
        char *text = sample_replace(SAMPLE_SURVEY, "{preset: screen, k: 5}", names[i]);
        assert_int_equal(sample_load(text, &s, &p), 0);
        assert_true(scheme_preset(names[i], &preset));
        assert_int_equal(cells_scheme(s, &planned, NULL), 0);
        assert_string_equal(s->scheme.name, preset.name);
        assert_true(s->scheme.q0 == preset.q0 && s->scheme.q1 == preset.q1);
        assert_true(s->scheme.alpha == preset.alpha && s->scheme.beta == preset.beta);
        assert_true(s->scheme.mean == preset.mean && planned.mean == preset.mean);
        assert_int_equal(s->scheme.n_max, preset.n_max);
        assert_int_equal(s->scheme.k, preset.k);
        assert_string_equal(planned.name, preset.name);
        survey_free(&s);
        free(text);
    }
}

static void no_preset_is_known_to_the_survey_alone(void **state)
{
    (void)state;
    struct survey_problems p = { 0 };
    struct survey *s = NULL;
    struct scheme preset;
    char *text = sample_replace(SAMPLE_SURVEY, "{preset: screen, k: 5}", "loose");
    assert_int_equal(sample_load(text, &s, &p), ERR_INPUT);
    assert_false(scheme_preset("loose", &preset));
    assert_int_equal(p.count, 1);
    assert_non_null(strstr(p.items[0].text, "expected one of screen, standard, strict, counter"));
    survey_problems_free(&p);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_surveys_preset_is_the_scheme_of_that_name),
        cmocka_unit_test(no_preset_is_known_to_the_survey_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
