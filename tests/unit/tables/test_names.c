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
    struct survey_condition offered = { .id = condition, .position = (char[]) { "centre" } };
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

static void what_has_a_title_is_named_by_it_in_the_language_and_an_id_of_a_power_mode_is_a_word(void **state)
{
    (void)state;
    char unlocked[] = "on-unlocked.up", off[] = "off", own[] = "locked", up[] = "up", centre[] = "centre";
    char up_ja[] = "上", title[] = "locked, in a case", title_ja[] = "ロック中・ケース付き";
    char sim_id[] = "s", sim_title[] = "test SIM", step_id[] = "select", step_ja[] = "選択";
    struct survey_condition conditions[] = {
        { .id = unlocked, .power_mode = POWER_ON_UNLOCKED, .position = up, .point_title_ja = up_ja },
        { .id = off, .power_mode = POWER_OFF, .position = centre },
        { .id = own,
          .power_mode = POWER_ON_LOCKED,
          .position = centre,
          .title = title,
          .title_ja = title_ja },
    };
    struct script_step step = { .name = step_id, .title_ja = step_ja };
    struct script loaded = { .id = step_id, .steps = &step, .step_count = 1 };
    struct survey_script wanted = { 0 };
    struct sim_card sim = { .id = sim_id, .title = sim_title };
    struct survey_pair pair = { 0 };
    struct survey s = { .conditions = conditions,
                        .condition_count = 3,
                        .scripts = &wanted,
                        .scripts_loaded = &loaded,
                        .script_count = 1,
                        .sims = &sim,
                        .sim_count = 1,
                        .pairs = &pair,
                        .pair_count = 1 };
    struct findings f = { .survey = &s };
    assert_string_equal(name_condition(&f, 0, LANGUAGE_ENGLISH).text, "on-unlocked.up");
    assert_string_equal(name_condition(&f, 1, LANGUAGE_ENGLISH).text, "off");
    assert_string_equal(name_condition(&f, 2, LANGUAGE_ENGLISH).text, title);
    assert_string_equal(name_sim(&f, 0, LANGUAGE_ENGLISH), sim_title);
    assert_string_equal(name_step(&f, 0, 0, LANGUAGE_ENGLISH), step_id);
    assert_string_equal(name_condition(&f, 2, LANGUAGE_JAPANESE).text, title_ja);
    assert_string_equal(name_step(&f, 0, 0, LANGUAGE_JAPANESE), step_ja);
    assert_non_null(strstr(name_condition(&f, 0, LANGUAGE_JAPANESE).text, up_ja));
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

static void facts_of_every_profile_have_words(void **state)
{
    (void)state;
    assert_string_equal(name_fact("released", LANGUAGE_ENGLISH), "date of release");
    assert_string_equal(name_fact("released", LANGUAGE_JAPANESE), "発売時期");
    assert_string_equal(name_fact("chipset", LANGUAGE_JAPANESE), "chipset");
}

/* A declared absence is said in the language, a survey's own words stay. */
static void why_a_cell_is_left_out_is_the_survey_s_or_the_profile_s(void **state)
{
    (void)state;
    static char own[] = "power mode off declared absent: said so", source[] = "manual p. 3";
    struct handset_profile handset = { .absent_source = source };
    struct survey_pair pair = { .handset = 0 };
    struct survey_condition condition = { .power_mode = POWER_OFF };
    uint8_t states[] = { SURVEY_CELL_IN, SURVEY_CELL_EXCLUDED, SURVEY_CELL_NOT_APPLICABLE };
    char *reasons[] = { NULL, own, own };
    struct survey s = { .handset_profiles = &handset,
                        .pairs = &pair,
                        .pair_count = 1,
                        .conditions = &condition,
                        .condition_count = 1,
                        .reader_count = 1,
                        .script_count = 3,
                        .excluded = states,
                        .excluded_reason = reasons };
    struct phrase hold;
    assert_null(name_left_out(&s, 0, LANGUAGE_JAPANESE, &hold));
    assert_ptr_equal(name_left_out(&s, 1, LANGUAGE_JAPANESE, &hold), own);
    assert_string_equal(name_left_out(&s, 2, LANGUAGE_ENGLISH, &hold),
                        "power mode switched off declared absent: manual p. 3");
    assert_string_equal(name_left_out(&s, 2, LANGUAGE_JAPANESE, &hold),
                        "電源状態「電源オフ」は「なし」と申告（出典：manual p. 3）");
    handset.absent_source = NULL;
    assert_string_equal(name_left_out(&s, 2, LANGUAGE_ENGLISH, &hold),
                        "power mode switched off declared absent: ");
}

static int open_catalogue(void **state)
{
    struct err e = { 0 };
    (void)state;
    return words_open(LANGUAGE_JAPANESE, TEST_LOCALE, &e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_every_profile_have_words),
        cmocka_unit_test(why_a_cell_is_left_out_is_the_survey_s_or_the_profile_s),
        cmocka_unit_test(a_cell_is_named_whole_where_it_fits_and_cut_between_characters_where_not),
        cmocka_unit_test(what_has_a_title_is_named_by_it_in_the_language_and_an_id_of_a_power_mode_is_a_word),
        cmocka_unit_test(the_label_of_a_reader_is_whole_characters_in_any_room),
    };
    return cmocka_run_group_tests(tests, open_catalogue, NULL);
}
