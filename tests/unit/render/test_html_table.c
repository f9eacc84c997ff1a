/* A table as HTML: long texts, and where a table is cut. */
#include "reports/render/html.h"
#include "reports/tables/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct reader_set {
    const char *readers;
};

struct reader_sets {
    struct reader_set *items;
    size_t count;
};

static const struct column columns[] = {
    { NULL, WORD_C_READER, VALUE_LONG, MEMBER(struct reader_set, readers), .absent = WORD_DASH },
    { 0 },
};

static void assert_drawn(struct table t, struct reader_set *sets, size_t count, const char *wanted)
{
    struct report r = { 0 };
    struct page p = { .r = &r };
    struct row about = table_first(NULL);
    const struct reader_sets all = { sets, count };
    about.of = &all;
    t.columns = columns;
    t.array = (struct array)ARRAY(struct reader_sets, items, count);
    buf_init(&p.b, 1u << 20);
    page_table(&p, &t, &about, NULL);
    assert_false(p.b.failed);
    assert_non_null(strstr(p.b.data, wanted));
    buf_free(&p.b);
}

static void lines_of_a_text_are_below_each_other(void **state)
{
    (void)state;
    struct reader_set sets[] = { { "RW-1, RW-2\nRW-<3>" }, { "RW-4" }, { NULL } };
    assert_drawn((struct table) { 0 }, sets, 3,
                 "<tr><th scope=\"row\"><div>RW-1, RW-2</div><div>RW-&lt;3&gt;</div></th></tr>\n"
                 "<tr><th scope=\"row\">RW-4</th></tr>\n<tr><th scope=\"row\">–</th></tr>\n");
}

static void a_table_says_in_its_own_words_where_it_is_cut(void **state)
{
    (void)state;
    struct reader_set sets[] = { { "RW-1" }, { "RW-2" }, { "RW-3" } };
    struct table t = { .most_on_screen = 2 };
    assert_drawn(t, sets, 3, "<p>The list ends after 2 of 3;");
    t.cut = WORD_POOLED_CUT;
    assert_drawn(t, sets, 3, "<p class=\"note\">The first 2 of 3 cells;");
    assert_drawn(t, sets, 2, "RW-2</th></tr>\n</tbody></table></div>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_a_text_are_below_each_other),
        cmocka_unit_test(a_table_says_in_its_own_words_where_it_is_cut),
    };
    return cmocka_run_group_tests_name("html_table", tests, NULL, NULL);
}
