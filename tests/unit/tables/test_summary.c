/* summary.yaml: read back with libyaml, event by event, whatever the names in the survey are. */
#include "tests/unit/tables/summarise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <yaml.h>

#include <cmocka.h>

static char *summary_of(const struct sample_shape *shape, bool finish)
{
    struct sample s;
    sample_open(&s, shape);
    sample_fill(&s, 0, 0, 0, 0, 20, 0);
    sample_fill(&s, 0, 0, 1, 0, 6, 5);
    if (finish)
        sample_stop(&s, "done");
    char *text = summarise(&s);
    sample_close(&s);
    return text;
}

/* Counts the mappings inside the sequence under `cells`, and looks for a scalar with this value. */
static bool walk(const char *text, const char *wanted)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool found = false, end = false;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
    while (!end) {
        if (!yaml_parser_parse(&parser, &event))
            fail_msg("line %zu: %s", parser.problem_mark.line + 1, parser.problem);
        if (event.type == YAML_SCALAR_EVENT && strcmp((const char *)event.data.scalar.value, wanted) == 0)
            found = true;
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return found;
}

static void is_yaml_with_every_cell(void **state)
{
    (void)state;
    char *text = summary_of(&(struct sample_shape) { .readers = 2, .pairs = 2 }, true);
    unsigned cells = 0;
    for (const char *at = text; (at = strstr(at, "  - cell: ")); at++)
        cells++;
    assert_int_equal(cells, 24);
    assert_true(walk(text, "compatible"));
    assert_true(walk(text, "1 of 6"));
    assert_non_null(strstr(text, "simulated: true\n"));
    assert_non_null(strstr(text, "n: 20\n    d: 0\n"));
    assert_non_null(strstr(text, "F10: 5\n"));
    assert_non_null(strstr(text, "finished: true\n"));
    free(text);
}

static void hostile_names_stay_values(void **state)
{
    (void)state;
    const char *name = "x\": [}\\ - # 'y' `id` &a *b !!c";
    char *text = summary_of(&(struct sample_shape) { .readers = 1, .pairs = 1, .handset = name }, false);
    assert_true(walk(text, name));
    assert_non_null(strstr(text, "finished: false\n"));
    free(text);
}

static void a_real_run_is_not_called_simulated(void **state)
{
    (void)state;
    char *text = summary_of(&(struct sample_shape) { .readers = 1, .pairs = 1, .real = true }, true);
    assert_non_null(strstr(text, "simulated: false\n"));
    assert_null(strstr(text, "simulated: true"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_yaml_with_every_cell),
        cmocka_unit_test(hostile_names_stay_values),
        cmocka_unit_test(a_real_run_is_not_called_simulated),
    };
    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
