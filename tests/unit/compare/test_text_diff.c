/* Lines that differ, written by hand. */
#include "harness/compare/text_diff.h"

#include "harness/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* The lines, one after the other: "-2:b". */
static void expect(const char *a, const char *b, const char *want)
{
    struct text_line *lines;
    size_t count;
    char got[1024] = "";
    assert_true(text_diff(a, b, &lines, &count));
    for (size_t i = 0; i < count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%c%zu:%s|", lines[i].sign, lines[i].number,
                 lines[i].text);
    assert_string_equal(got, want);
    text_diff_free(lines, count);
}

static void tells_what_was_changed_added_and_removed(void **state)
{
    (void)state;
    expect("a\nb\nc\n", "a\nb\nc\n", "");
    expect("a\nb\nc\n", "a\nB\nc\n", "-2:b|+2:B|");
    expect("a\nc\n", "a\nb\nc\nd\n", "+2:b|+4:d|");
    expect("a\nb\nc\nd\n", "b\nd\n", "-1:a|-3:c|");
    expect("", "a\n", "+1:a|");
    expect("a", "a\nb", "+2:b|"); /* without an end of the last line */
    expect("x\ny\nz\nx\ny\n", "z\nx\ny\nx\n", "-1:x|-2:y|+4:x|");
}

static void names_what_an_indented_line_stands_below(void **state)
{
    (void)state;
    expect("link:\n  a: 1\n  # note\n  b: 2\nrest:\n  c: 1\n",
           "link:\n  a: 2\n  # note\n  b: 3\nrest:\n  c: 2\n",
           "@1:link:|-2:  a: 1|+2:  a: 2|-4:  b: 2|+4:  b: 3|@5:rest:|-6:  c: 1|+6:  c: 2|");
}

/* Of texts too long to be compared line by line, all that lies between is given. */
static void a_long_text_is_cut_at_both_ends(void **state)
{
    (void)state;
    enum { LINES = 2100 };
    struct buf a, b;
    struct text_line *lines;
    size_t count;
    buf_init(&a, 1u << 20);
    buf_init(&b, 1u << 20);
    for (int i = 0; i < LINES; i++) {
        buf_add_format(&a, "a%d\n", i);
        buf_add_format(&b, i == 0 || i == LINES - 1 ? "a%d\n" : "b%d\n", i);
    }
    assert_true(text_diff(buf_text(&a), buf_text(&b), &lines, &count));
    assert_int_equal(count, 2 * (LINES - 2));
    text_diff_free(lines, count);
    buf_free(&a);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_was_changed_added_and_removed),
        cmocka_unit_test(names_what_an_indented_line_stands_below),
        cmocka_unit_test(a_long_text_is_cut_at_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
