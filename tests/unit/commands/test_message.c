/* Text on its way to a terminal. */
#include "harness/base/text.h"
#include "harness/commands/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void shows_as(const char *text, const char *expected)
{
    char *out = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&out, &length);
    assert_non_null(to);
    text_put_safe(to, text);
    assert_int_equal(fclose(to), 0);
    assert_string_equal(out, expected);
    free(out);
}

static void no_control_reaches_the_terminal(void **state)
{
    (void)state;
    shows_as("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07");
    shows_as("a\tb\nc\rd\x7f", "a\\x09b\\x0ac\\x0dd\\x7f");
    shows_as("\xc2\x9b"
             "31m",
             "\\xc2\\x9b31m"); /* U+009B is CSI */
    shows_as("\xff\xc3(", "\\xff\\xc3(");
}

/* "evil<U+202E>gnp.exe" would be shown as "evilexe.png" */
static void nothing_turns_the_direction_of_the_line(void **state)
{
    (void)state;
    shows_as("evil\xe2\x80\xaegnp.exe\xe2\x80\xac", "evil\\xe2\\x80\\xaegnp.exe\\xe2\\x80\\xac");
    shows_as("\xe2\x81\xa6x\xe2\x81\xa9", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9");
    shows_as("\xe2\x80\x8f\xe2\x80\x8e\xd8\x9c", "\\xe2\\x80\\x8f\\xe2\\x80\\x8e\\xd8\\x9c");
}

static void other_text_is_shown_as_it_is(void **state)
{
    (void)state;
    shows_as("端末 \xf0\xa0\x80\x80 e\xcc\x81 \xf0\x9f\x98\x80 שלום",
             "端末 \xf0\xa0\x80\x80 e\xcc\x81 \xf0\x9f\x98\x80 שלום");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_control_reaches_the_terminal),
        cmocka_unit_test(nothing_turns_the_direction_of_the_line),
        cmocka_unit_test(other_text_is_shown_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
