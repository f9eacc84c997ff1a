/* What the screen and the page share: lines broken at words, the drawing, and the texts of a view. */
#include "harness/faces/board.h"
#include "harness/faces/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void wraps(const char *text, size_t columns, const char *wanted)
{
    struct layout_line lines[16];
    char got[512] = "";
    size_t n = layout_wrap(text, columns, lines, 16);
    for (size_t i = 0; i < n && i < 16; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", i ? "|" : "", (int)lines[i].bytes,
                 lines[i].text);
    assert_string_equal(got, wanted);
}

static void lines_break_at_words(void **state)
{
    (void)state;
    wraps("", 10, "");
    wraps("lay the phone", 20, "lay the phone");
    wraps("lay the phone", 13, "lay the phone");
    wraps("lay the phone", 12, "lay the|phone");
    wraps("lay the phone", 8, "lay the|phone");
    wraps("lay the phone", 7, "lay the|phone");
    wraps("lay  the   phone", 8, "lay  the|phone");
    wraps("unbreakable words", 6, "unbrea|kable|words");
    wraps("one\ntwo three", 20, "one|two three");
    wraps("ends here   ", 9, "ends here");
}

static void japanese_breaks_between_characters_but_not_before_a_closing_mark(void **state)
{
    (void)state;
    wraps("端末を置いてください。", 8, "端末を置|いてくだ|さい。");
    wraps("端末を置く。", 10, "端末を置|く。");
    wraps("番号（左）です", 10, "番号（左）|です");
    wraps("番号（左）です", 6, "番号|（左）|です");
    wraps("RW-Aに置く", 7, "RW-Aに|置く");
    wraps("か\xE3\x82\x99き", 2, "か\xE3\x82\x99|き");
    wraps("語", 1, "語");
}

static void no_line_is_wider_than_asked(void **state)
{
    static const char *const texts[] = {
        "RW-Aは端末A-001を検出できません。指定どおり（左、x +10 mm）に置いてありましたか。",
        "RW-A (left, blue label) sees nothing. Was HS-007 lying there?"
    };
    struct layout_line lines[256];
    (void)state;
    for (size_t t = 0; t < 2; t++) {
        for (size_t columns = 2; columns < 60; columns++) {
            size_t n = layout_wrap(texts[t], columns, lines, 256), bytes = 0;
            assert_true(n > 0 && n <= 256);
            for (size_t i = 0; i < n; i++) {
                char line[256];
                snprintf(line, sizeof line, "%.*s", (int)lines[i].bytes, lines[i].text);
                assert_true(text_columns(line) <= columns);
                for (size_t k = 0; line[k]; k++)
                    bytes += line[k] != ' ';
            }
            for (size_t k = 0; texts[t][k]; k++)
                bytes -= texts[t][k] != ' ';
            assert_int_equal(bytes, 0); /* nothing is lost */
        }
    }
}

/* ---- the drawing ---- */

static void drawn(double x, double y, unsigned columns, unsigned rows, const char *wanted)
{
    const struct survey_condition c = { .x_mm = x, .y_mm = y };
    char out[DRAWING_ROWS_MAX][DRAWING_COLUMNS_MAX + 1], got[2048] = "";
    const struct drawing d = drawing_of(&c);
    unsigned n = drawing_characters(&d, columns, rows, out);
    for (unsigned i = 0; i < n; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s\n", out[i]);
    assert_string_equal(got, wanted);
}

static void the_phone_lies_where_the_millimetres_say(void **state)
{
    (void)state;
    drawn(0, 0, 24, 9,
          "   +-------+\n"
          "   |       |\n"
          "...|.......|...\n"
          "...|.......|...\n"
          "...|...*...|...\n"
          "...|.......|...\n"
          "...|.......|...\n"
          "   |       |\n"
          "   +-------+\n");
    drawn(40, 0, 24, 9,
          "       +-------+\n"
          "       |       |\n"
          ".......|.......|\n"
          ".......|.......|\n"
          ".......+...o...|\n"
          ".......|.......|\n"
          ".......|.......|\n"
          "       |       |\n"
          "       +-------+\n");
    drawn(0, -30, 24, 9,
          "...+-------+...\n"
          "...|.......|...\n"
          "...|...+...|...\n"
          "...|.......|...\n"
          "...|...o...|...\n"
          "...|.......|...\n"
          "   |       |\n"
          "   |       |\n"
          "   +-------+\n");
}

static void a_drawing_fits_whatever_the_room(void **state)
{
    char out[DRAWING_ROWS_MAX][DRAWING_COLUMNS_MAX + 1];
    (void)state;
    for (int x = -400; x <= 400; x += 100) {
        const struct survey_condition c = { .x_mm = x, .y_mm = -x };
        const struct drawing d = drawing_of(&c);
        for (unsigned columns = 0; columns < 60; columns += 7) {
            for (unsigned rows = 0; rows < 30; rows += 3) {
                unsigned n = drawing_characters(&d, columns, rows, out);
                assert_true(n <= rows && n <= DRAWING_ROWS_MAX);
                for (unsigned i = 0; i < n; i++)
                    assert_true(strlen(out[i]) <= columns);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_at_words),
        cmocka_unit_test(japanese_breaks_between_characters_but_not_before_a_closing_mark),
        cmocka_unit_test(no_line_is_wider_than_asked),
        cmocka_unit_test(the_phone_lies_where_the_millimetres_say),
        cmocka_unit_test(a_drawing_fits_whatever_the_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
