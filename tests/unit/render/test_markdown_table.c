/* A table as Markdown: what it says of a row, and what of it never gets through. */
#include "reports/render/markdown_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct phone {
    const char *unit;
    uint64_t placements;
};

struct phones {
    struct phone *items;
    size_t count;
};

static void placements(struct entry *x)
{
    const struct phone *phone = x->row->of;
    if (phone->placements > 0)
        entry_number(x, phone->placements);
}

static void signature(struct entry *x)
{
    x->value.kind = VALUE_FIELD;
}

static const struct column columns[] = {
    { "unit", WORD_C_HANDSET, VALUE_TEXT, MEMBER(struct phone, unit) },
    { "placements", WORD_C_PLACEMENTS, VALUE_COUNT, placements },
    { NULL, WORD_C_SCRIPT, VALUE_FIELD, signature, FORM_MARKDOWN },
    { NULL, WORD_C_READER, VALUE_TEXT, MEMBER(struct phone, unit), .where = FORM_PAGE },
    { 0 },
};

static const struct table list = {
    .columns = columns,
    .array = ARRAY(struct phones, items, count),
    .most_in_markdown = 2,
};

static const struct table upright = { .columns = columns, .look = LOOK_RECORD };

static char *drawn(const struct table *t, const void *of)
{
    const struct view v = { NULL, LANGUAGE_ENGLISH, FORM_MARKDOWN };
    struct row about = table_first(NULL);
    struct buf b;
    about.of = of;
    buf_init(&b, 1u << 20);
    markdown_table(&b, &v, t, &about);
    return buf_take(&b);
}

static void rows_have_a_cell_a_column(void **state)
{
    (void)state;
    struct phone phones[] = { { "HS-01", 1200 }, { "HS-02", 0 } };
    char *text = drawn(&list, &(struct phones) { phones, 2 });
    assert_string_equal(text, "| Handset | Placements | Script |\n| --- | --- | --- |\n"
                              "| HS-01 | 1,200 | |\n| HS-02 |  | |\n");
    free(text);
}

static void a_list_that_is_cut_says_how_many_follow(void **state)
{
    (void)state;
    struct phone phones[] = { { "HS-01", 1 }, { "HS-02", 2 }, { "HS-03", 3 }, { "HS-04", 4 } };
    char *text = drawn(&list, &(struct phones) { phones, 4 });
    assert_null(strstr(text, "HS-03"));
    assert_non_null(strstr(text, "| HS-02 | 2 | |\n\n2 more pairs: see the spreadsheet.\n"));
    free(text);
}

static void no_name_brings_markup_or_columns_with_it(void **state)
{
    (void)state;
    char name[400];
    struct phone phones[] = { { "a|b [c](d) *e*", 1 }, { name, 2 } };
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char *text = drawn(&list, &(struct phones) { phones, 2 });
    assert_null(strstr(text, "a|b"));
    assert_null(strstr(text, "[c](d)"));
    assert_null(strstr(text, name)); /* cut: the spreadsheet has it whole */
    assert_non_null(strstr(text, "xxx… | 2 | |\n"));
    free(text);
}

static void a_record_is_upright_and_leaves_out_what_is_not_there(void **state)
{
    (void)state;
    char *text = drawn(&upright, &(struct phone) { "HS-01", 0 });
    assert_string_equal(text, "| Item | Content |\n| --- | --- |\n| Handset | HS-01 |\n| Script | |\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_a_cell_a_column),
        cmocka_unit_test(a_list_that_is_cut_says_how_many_follow),
        cmocka_unit_test(no_name_brings_markup_or_columns_with_it),
        cmocka_unit_test(a_record_is_upright_and_leaves_out_what_is_not_there),
    };
    return cmocka_run_group_tests_name("markdown_table", tests, NULL, NULL);
}
