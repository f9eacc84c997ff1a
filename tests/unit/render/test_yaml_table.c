/* A table as YAML: rows in blocks, in lines, and all of them in one line. */
#include "reports/render/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct phone {
    const char *unit;
    uint64_t ok, fail;
    const char *sim;
};

struct phones {
    struct phone *items;
    size_t count;
};

static const struct column unit_alone[] = {
    YAML(NULL, TEXT, MEMBER(struct phone, unit)),
    { 0 },
};

static const struct column columns[] = {
    YAML("unit", TEXT, MEMBER(struct phone, unit)),
    YAML("taps.ok", COUNT, MEMBER(struct phone, ok)),
    YAML("taps.fail", COUNT, MEMBER(struct phone, fail)),
    { 0 },
};

/* Maps of a row: in blocks, and in a line with its comment behind it. */
static const struct column maps[] = {
    YAML("unit", TEXT, MEMBER(struct phone, unit)),
    YAML("all.taps:ok", COUNT, MEMBER(struct phone, ok)),
    YAML("all.taps:fail", COUNT, MEMBER(struct phone, fail), .note = "of today"),
    YAML("all.sum", COUNT, MEMBER(struct phone, ok), .note = "right"),
    { 0 },
};

static const struct column in_lines[] = {
    YAML("unit", TEXT, MEMBER(struct phone, unit)),
    YAML("taps:ok", COUNT, MEMBER(struct phone, ok)),
    YAML("taps:fail", COUNT, MEMBER(struct phone, fail)),
    YAML("sim", TEXT, MEMBER(struct phone, sim), .note = ""),
    YAML("case", TEXT, MEMBER(struct phone, sim)),
    { 0 },
};

static char *drawn(const struct table *t, struct phone *phones, size_t count)
{
    static const struct view v = { NULL, LANGUAGE_ENGLISH, FORM_YAML };
    const struct phones all = { phones, count };
    struct row about = table_first(NULL);
    struct yaml y;
    struct buf b;
    about.of = &all;
    buf_init(&b, 1u << 20);
    yaml_begin(&y, &b, 0);
    yaml_table(&y, &v, t, &about);
    yaml_end(&y);
    return buf_take(&b);
}

static void assert_drawn(struct table t, size_t count, const char *wanted)
{
    struct phone phones[] = { { "HS-01", 3, 0, NULL }, { "HS-02", 1, 2, "s" } };
    t.id = "phones";
    t.array = (struct array)ARRAY(struct phones, items, count);
    char *text = drawn(&t, phones, count);
    assert_string_equal(text, wanted);
    free(text);
}

static void rows_are_blocks_lines_or_in_one_line(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = columns, .note = "all" }, 1,
                 "phones:  # all\n  - unit: \"HS-01\"\n    taps:\n      ok: 3\n      fail: 0\n");
    assert_drawn((struct table) { .columns = columns, .flow = true }, 2,
                 "phones:\n  - {unit: \"HS-01\", taps: {ok: 3, fail: 0}}\n"
                 "  - {unit: \"HS-02\", taps: {ok: 1, fail: 2}}\n");
    assert_drawn(
        (struct table) { .columns = columns, .in_line = true, .note = "all" }, 2,
        "phones: [{unit: \"HS-01\", taps: {ok: 3, fail: 0}}, {unit: \"HS-02\", taps: {ok: 1, fail: 2}}]"
        "  # all\n");
    assert_drawn((struct table) { .columns = unit_alone, .in_line = true }, 2,
                 "phones: [\"HS-01\", \"HS-02\"]\n");
}

static void maps_of_a_row_are_blocks_or_in_a_line(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = maps }, 1,
                 "phones:\n  - unit: \"HS-01\"\n    all:\n      taps: {ok: 3, fail: 0}  # of today\n"
                 "      sum: 3  # right\n");
}

static void what_is_absent_is_null_where_the_column_says_so(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = in_lines }, 2,
                 "phones:\n  - unit: \"HS-01\"\n    taps: {ok: 3, fail: 0}\n    sim: null\n"
                 "  - unit: \"HS-02\"\n    taps: {ok: 1, fail: 2}\n    sim: \"s\"\n    case: \"s\"\n");
}

static void rows_may_be_bare_values(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = unit_alone, .of_values = true }, 2,
                 "phones:\n  - \"HS-01\"\n  - \"HS-02\"\n");
}

static void amount_by_its_own_key(struct entry *x)
{
    const struct phone *phone = x->row->of;
    x->value.key = phone->unit;
    entry_text(x, "three taps");
    entry_real(x, (double)phone->ok);
}

static void a_row_may_have_a_key_of_its_own_and_an_amount_is_its_number(void **state)
{
    (void)state;
    static const struct column amounts[] = {
        YAML("", AMOUNT, .get = amount_by_its_own_key, .digits = 2),
        { 0 },
    };
    assert_drawn((struct table) { .columns = amounts, .flow = true }, 2,
                 "phones:\n  - {HS-01: 3.00}\n  - {HS-02: 1.00}\n");
}

static void an_empty_line_of_a_remark_is_empty(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = unit_alone, .of_values = true, .remark = "\nAll of\nthem." }, 1,
                 "\n# All of\n# them.\nphones:\n  - \"HS-01\"\n");
}

static void a_table_without_rows_is_an_empty_list(void **state)
{
    (void)state;
    assert_drawn((struct table) { .columns = columns, .flow = true }, 0, "phones: []\n");
    assert_drawn((struct table) { .columns = columns, .in_line = true, .note = "all" }, 0,
                 "phones: []  # all\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_blocks_lines_or_in_one_line),
        cmocka_unit_test(maps_of_a_row_are_blocks_or_in_a_line),
        cmocka_unit_test(what_is_absent_is_null_where_the_column_says_so),
        cmocka_unit_test(rows_may_be_bare_values),
        cmocka_unit_test(a_row_may_have_a_key_of_its_own_and_an_amount_is_its_number),
        cmocka_unit_test(an_empty_line_of_a_remark_is_empty),
        cmocka_unit_test(a_table_without_rows_is_an_empty_list),
    };
    return cmocka_run_group_tests_name("yaml_table", tests, NULL, NULL);
}
