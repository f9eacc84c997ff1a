/* Names in reports: long ones are cut at a whole character, and say that they are. */
#include "harness/base/text.h"
#include "reports/tables/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define TEN   "端末端末端末端末端末" /* 30 bytes */
#define FORTY TEN TEN TEN TEN

static void a_cell_is_named_whole_where_it_fits_and_cut_between_characters_where_not(void **state)
{
    (void)state;
    static char id[] = FORTY "xxxx", condition[] = "a" FORTY, script[] = "ab" FORTY;
    struct survey_reader unit = { .unit = id }; /* its model would not tell two units apart */
    struct survey_condition offered = { .id = condition };
    struct script loaded = { .id = script };
    struct survey_script wanted = { 0 };
    struct survey s = { .readers = &unit,
                        .reader_count = 1,
                        .conditions = &offered,
                        .condition_count = 1,
                        .scripts = &wanted,
                        .scripts_loaded = &loaded,
                        .script_count = 1 };
    struct findings_cell cell = { 0 };
    struct findings f = { .survey = &s, .cells = &cell, .cell_count = 1 };
    struct phrase l = name_cell(&f, 0, LANGUAGE_ENGLISH);
    assert_true(text_is_utf8(l.text, strlen(l.text)));
    assert_non_null(strstr(l.text, "端末…, a端末")); /* 120 bytes of the reader, and 58 of the others */
    assert_non_null(strstr(l.text, "端…, ab端末"));
    assert_string_equal(l.text + strlen(l.text) - strlen("…"), "…");
    condition[4] = script[5] = id[3] = '\0';
    assert_string_equal(name_cell(&f, 0, LANGUAGE_ENGLISH).text, "端, a端, ab端");
}

/* The room may end anywhere in a character. */
static void the_label_of_a_reader_is_whole_characters_in_any_room(void **state)
{
    (void)state;
    static char maker[] = FORTY, model[] = TEN, id[] = "r";
    struct reader_profile profile = { .id = id, .maker = maker, .model = model };
    struct survey_reader unit = { .unit = id };
    struct survey s = { .reader_profiles = &profile, .readers = &unit, .reader_count = 1 };
    for (size_t room = 1; room <= 160; room++) {
        char out[160];
        survey_reader_label(&s, 0, out, room);
        assert_true(strlen(out) < room && text_is_utf8(out, strlen(out)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_named_whole_where_it_fits_and_cut_between_characters_where_not),
        cmocka_unit_test(the_label_of_a_reader_is_whole_characters_in_any_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
