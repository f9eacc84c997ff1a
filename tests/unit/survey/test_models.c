/* Lists of models: the shipped table against the shipped profiles, and every mistake with its line and
 * column. */
#include "harness/survey/models.h"

#include "harness/base/buf.h"
#include "harness/base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEAD "maker,marketing_name,model_code,carrier,released,nfc_technologies,share\n"

static int load(const char *text, struct models **out, struct survey_problems *problems)
{
    struct err e = { 0 };
    *problems = (struct survey_problems) { 0 };
    return models_load_text("m.csv", text, strlen(text), NULL, out, problems, &e);
}

static void assert_problem(const char *text, const char *where, const char *fragment)
{
    struct models *m;
    struct survey_problems problems;
    assert_int_equal(load(text, &m, &problems), ERR_INPUT);
    assert_null(m);
    assert_true(problems.count >= 1);
    if (strcmp(problems.items[0].where, where) != 0 || !strstr(problems.items[0].text, fragment))
        fail_msg("%s: %s", problems.items[0].where, problems.items[0].text);
    survey_problems_free(&problems);
}

static void the_shipped_table_makes_the_ids_of_the_shipped_profiles(void **state)
{
    (void)state;
    struct profiles *profiles = NULL;
    struct models *table = NULL, *shipped = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    assert_int_equal(profiles_load(".", &profiles, &problems, &e), 0);
    assert_int_equal(models_load("profiles/handsets/handsets.csv", profiles, &table, &problems, &e), 0);
    assert_int_equal(models_of_profiles(profiles, false, &shipped, &e), 0);
    assert_int_equal(table->count, shipped->count);
    for (size_t i = 0; i < table->count; i++) {
        const struct model *a = &table->items[i], *b = NULL;
        assert_true(a->profiled);
        for (size_t k = 0; k < shipped->count; k++)
            b = strcmp(shipped->items[k].id, a->id) == 0 ? &shipped->items[k] : b;
        assert_non_null(b);
        assert_string_equal(a->name, b->name);
        assert_string_equal(a->carrier ? a->carrier : "absent", b->carrier ? b->carrier : "absent");
        assert_string_equal(a->released ? a->released : "absent", b->released ? b->released : "absent");
        assert_string_equal(a->technologies ? a->technologies : "absent",
                            b->technologies ? b->technologies : "absent");
        assert_true(isnan(a->share) && isnan(b->share)); /* no source read gives any */
    }
    models_free(&table);
    models_free(&shipped);
    profiles_free(&profiles);
}

static void fields_may_be_quoted_and_lines_end_as_windows_does(void **state)
{
    (void)state;
    struct models *m;
    struct survey_problems problems;
    assert_int_equal(load("\xef\xbb\xbf" HEAD
                          "\"Maker, Ltd.\",\"The \"\"Phone\"\"\",P-1+,au,2017-06,A/B/F,0.25\r\n"
                          "Maker,\"two\nlines\",P-2,,,,\r\nMaker,端末,P-3,au,2016,,0",
                          &m, &problems),
                     0);
    assert_int_equal(m->count, 3);
    assert_string_equal(m->items[0].id, "maker-ltd-p-1-plus-au");
    assert_string_equal(m->items[0].name, "Maker, Ltd. The \"Phone\"");
    assert_string_equal(m->items[0].technologies, "A/B/F");
    assert_true(fabs(m->items[0].share - 0.25) < 1e-12);
    assert_int_equal(m->items[0].line, 2);
    assert_string_equal(m->items[1].id, "maker-p-2");
    assert_null(m->items[1].carrier);
    assert_null(m->items[1].released);
    assert_true(isnan(m->items[1].share));
    assert_int_equal(m->items[2].line, 5); /* behind the line end inside the quotes */
    assert_true(m->items[2].share >= 0.0 && m->items[2].share <= 0.0);
    models_free(&m);
}

static void mistakes_are_told_with_line_and_column(void **state)
{
    (void)state;
    assert_problem("", "m.csv:1:1", "names no column maker");
    assert_problem("maker,marketing_name\n", "m.csv:1:1", "names no column model_code");
    assert_problem("maker,marketing_name,model_code,maker\n", "m.csv:1:33", "given twice");
    assert_problem(HEAD, "m.csv:2:1", "at least one model");
    assert_problem(HEAD "Sony,X,S-1,au,2017,A\n", "m.csv:2:1", "6 fields: expected 7");
    assert_problem(HEAD "Sony,X,S-1,au,2017,A,0.1\nSony,X,,au,2017,A,\n", "m.csv:3:8", "the code of a model");
    assert_problem(HEAD "Sony,X,S-1,au,2017-13,A,\n", "m.csv:2:15", "a year, or year and month");
    assert_problem(HEAD "Sony,X,S-1,au,17,A,\n", "m.csv:2:15", "a year, or year and month");
    assert_problem(HEAD "Sony,X,S-1,au,2017,A,12%\n", "m.csv:2:22", "from 0 to 1");
    assert_problem(HEAD "Sony,X,S-1,au,2017,A,1.5\n", "m.csv:2:22", "from 0 to 1");
    assert_problem(HEAD "Sony,X,S-1,au,,,\nSony,Y,s 1,AU,,,\n", "m.csv:3:1", "the same model as line 2");
    assert_problem(HEAD "A,X,S-1,au,,,0.7\nB,Y,S-2,au,,,0.7\n", "m.csv:1:1", "sum to 1.4");
    assert_problem(HEAD "A,\"X,S-1,au,,,0.7\nB,Y,S-2,au,,,\n", "m.csv:2:3", "never closed");
    assert_problem(HEAD "富士通,X,,,,,\n", "m.csv:2:7", "the code of a model"); /* columns are characters */
    assert_problem(HEAD "A,\xff,S-1,au,,,\n", "m.csv:2:3", "UTF-8");
    assert_problem(HEAD "A,X,S\u200b-1,au,,,\n", "m.csv:2:5", "character 2 is one that nobody sees (U+200B)");
}

static void shares_are_laid_beside_a_list_by_id_or_code(void **state)
{
    (void)state;
    static const char list[] = "handset,share\nmaker-p-1-au,0.5\nP-2,0.125\nunheard-of,0.0625\n";
    static const char twice[] = "handset,share\nP-1,0.1\nmaker-p-1-au,0.5\n";
    static const char both[] = "handset,share\nP-2,0.5\n";
    struct models *m;
    struct shares *shares;
    struct survey_problems problems;
    struct err e = { 0 };
    struct models_strangers strangers;
    assert_int_equal(
        load(HEAD "Maker,One,P-1,au,,,0.9\nMaker,Two,P-2,au,,,\nMaker,Three,P-3,au,,,0.1\n", &m, &problems),
        0);
    assert_int_equal(shares_load_text("s.csv", list, strlen(list), &shares, &problems, &e), 0);
    assert_int_equal(models_take_shares(m, shares, &strangers, &problems, &e), 0);
    assert_true(fabs(m->items[0].share - 0.5) < 1e-12 && fabs(m->items[1].share - 0.125) < 1e-12);
    assert_true(isnan(m->items[2].share)); /* the list's own shares are of another count of the market */
    assert_int_equal(strangers.rows, 1);
    assert_string_equal(strangers.first, "unheard-of");
    assert_true(fabs(strangers.share - 0.0625) < 1e-12);
    shares_free(&shares);
    assert_int_equal(shares_load_text("s.csv", twice, strlen(twice), &shares, &problems, &e), 0);
    assert_int_equal(models_take_shares(m, shares, &strangers, &problems, &e), ERR_INPUT);
    assert_string_equal(problems.items[0].where, "s.csv:2:1"); /* rows are taken by name */
    shares_free(&shares);
    survey_problems_free(&problems);
    models_free(&m);
    assert_int_equal(load(HEAD "Maker,Two,P-2,au,,,\nMaker,Two,P-2,docomo,,,\n", &m, &problems), 0);
    assert_int_equal(shares_load_text("s.csv", both, strlen(both), &shares, &problems, &e), 0);
    assert_int_equal(models_take_shares(m, shares, &strangers, &problems, &e), ERR_INPUT);
    assert_non_null(strstr(problems.items[0].text, "more than one model"));
    shares_free(&shares);
    survey_problems_free(&problems);
    models_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_table_makes_the_ids_of_the_shipped_profiles),
        cmocka_unit_test(fields_may_be_quoted_and_lines_end_as_windows_does),
        cmocka_unit_test(mistakes_are_told_with_line_and_column),
        cmocka_unit_test(shares_are_laid_beside_a_list_by_id_or_code),
    };
    return cmocka_run_group_tests_name("models", tests, NULL, NULL);
}
