/* Tables as text: columns that line up whatever is in them, and nothing that moves a terminal's cursor. */
#include "reports/render/text_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

struct item {
    const char *name, *mark;
    uint64_t count, of, us;
};

static const struct item items[] = {
    { "counter-1", NULL, 12345, 20000, 1234567 },
    { "窓口", "(!)", 7, 20000, 50 },
    { "a\033[31m\u202e", NULL, 0, 20000, 0 },
};

static bool item_row(const struct view *v, struct row *row)
{
    (void)v;
    row->of = &items[row->i];
    return true;
}

static size_t item_count(const struct view *v, const struct row *parent)
{
    (void)v, (void)parent;
    return sizeof items / sizeof *items;
}

static void share(struct entry *x)
{
    const struct item *item = x->row->of;
    entry_number(x, item->count);
    x->value.of = item->of;
}

static void change(struct entry *x)
{
    entry_bounds(x, -0.1234, 0.0001);
}

static void real(struct entry *x)
{
    const struct item *item = x->row->of;
    entry_real(x, (double)item->count);
}

#define ITEM(member) MEMBER(struct item, member)

static const struct column headed[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, ITEM(name) },
    { .kind = VALUE_TEXT, ITEM(mark), .place = PLACE_BESIDE },
    { "page", WORD_C_N, VALUE_COUNT, ITEM(count), .where = FORM_PAGE },
    { NULL, WORD_C_PLACEMENTS, VALUE_COUNT, ITEM(count), .brief = WORD_C_N },
    { NULL, WORD_C_OUTCOME, VALUE_OF, share },
    { NULL, WORD_C_MEDIAN, VALUE_TIME, ITEM(us) },
    { NULL, WORD_CMP_C_CHANGE, VALUE_POINTS, change },
    { NULL, WORD_C_RAW, VALUE_REAL, real, .digits = 1 },
    { 0 },
};

static const struct column no_headers[] = { { .kind = VALUE_TEXT, ITEM(mark) },
                                            { .kind = VALUE_TEXT, ITEM(name) },
                                            { 0 } };

static const struct column headers_of_a_page[] = { { NULL, WORD_C_N, VALUE_TEXT, ITEM(mark) },
                                                   { NULL, WORD_C_READER, VALUE_TEXT, ITEM(name) },
                                                   { 0 } };

static char *text_of(const struct table *t)
{
    static const struct view v = { NULL, LANGUAGE_ENGLISH, FORM_TEXT };
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    text_table(to, &v, t, NULL);
    assert_int_equal(fclose(to), 0);
    return text;
}

static void columns_line_up_and_numbers_are_not_grouped(void **state)
{
    (void)state;
    static const struct table t = { .columns = headed, .count = item_count, .row = item_row };
    char *text = text_of(&t);
    assert_string_equal(text,
                        "Reader                 n      Outcome         Median     Change, points  Raw\n"
                        "counter-1              12345  12345 of 20000  1234.6 ms  [-12.4, +0.1]   12345.0\n"
                        "窓口 (!)               7      7 of 20000      0.1 ms     [-12.4, +0.1]   7.0\n"
                        "a\\x1b[31m\\xe2\\x80\\xae  0      0 of 20000      0.0 ms     [-12.4, +0.1]   0.0\n");
    free(text);
}

static void without_headers_there_is_no_line_for_them_and_rows_stand_behind_the_indent(void **state)
{
    (void)state;
    static const struct table tables[] = {
        { .columns = no_headers, .count = item_count, .row = item_row, .indent = 2 },
        { .columns = headers_of_a_page, .bare = true, .count = item_count, .row = item_row, .indent = 2 },
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char *text = text_of(&tables[i]);
        assert_string_equal(text, "       counter-1\n"
                                  "  (!)  窓口\n"
                                  "       a\\x1b[31m\\xe2\\x80\\xae\n");
        free(text);
    }
}

static bool never(const struct view *v, const struct row *parent)
{
    (void)v, (void)parent;
    return false;
}

static void a_table_that_is_not_there_prints_nothing(void **state)
{
    (void)state;
    static const struct table t = { .columns = headed, .count = item_count, .row = item_row, .there = never };
    char *text = text_of(&t);
    assert_string_equal(text, "");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up_and_numbers_are_not_grouped),
        cmocka_unit_test(without_headers_there_is_no_line_for_them_and_rows_stand_behind_the_indent),
        cmocka_unit_test(a_table_that_is_not_there_prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
