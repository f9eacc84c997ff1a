/* Escaping: properties over random bytes, and gnuplot itself asked what it makes of hostile text. */
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "reports/plots/gnuplot.h"
#include "reports/render/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOSTILE                                                                                              \
    "`touch /tmp/nfc-survey-pwned` <script>alert(1)</script> '\"\\ @m $(id) \x01\x1b[31m\xff \xc2\x9b"

/* Random text in which the characters that matter are common. */
static void random_text(uint64_t key, char out[64])
{
    static const char common[] = "<>&'\"`\\@$!#{}\n\r\t\x7f\x01\xc2\x85\xe2\x80\xae\xff\xe3\x81\x82"
                                 "ab";
    size_t length = random_u64(key, 0) % 63;
    for (size_t i = 0; i < length; i++) {
        uint64_t what = random_u64(key, i + 1);
        char c = what & 1 ? common[(what >> 8) % (sizeof common - 1)] : (char)(what >> 16);
        out[i] = c ? c : 'z';
    }
    out[length] = '\0';
}

static void html_never_holds_a_live_character(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        char text[64];
        struct buf b;
        random_text(key, text);
        buf_init(&b, 4096);
        escape_html(&b, text);
        const char *at = b.data ? b.data : "";
        assert_true(text_is_utf8(at, strlen(at)));
        assert_null(strpbrk(at, "<>\"'"));
        for (const char *c = at; *c; c++) {
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
            if (*c == '&')
                assert_true(!strncmp(c, "&amp;", 5) || !strncmp(c, "&lt;", 4) || !strncmp(c, "&gt;", 4) ||
                            !strncmp(c, "&quot;", 6) || !strncmp(c, "&#39;", 5));
        }
        assert_null(strstr(at, "\xc2\x85"));
        assert_null(strstr(at, "\xe2\x80\xae"));
        buf_free(&b);
    }
}

/* Read back by RFC 8259's rules, as a browser does. */
static void json_text_ends_neither_its_string_nor_its_block(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        char text[64];
        struct buf b;
        random_text(key, text);
        buf_init(&b, 4096);
        escape_json(&b, text);
        const char *at = b.data ? b.data : "";
        assert_true(text_is_utf8(at, strlen(at)));
        assert_null(strpbrk(at, "<>&"));
        for (const char *c = at; *c; c++) {
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f && *c != '"');
            if (*c != '\\')
                continue;
            assert_true(strncmp(c, "\\u003c", 6) == 0 || strncmp(c, "\\u003e", 6) == 0 ||
                        strncmp(c, "\\u0026", 6) == 0 || c[1] == '"' || c[1] == '\\');
            c++;
        }
        assert_null(strstr(at, "\xc2\x85"));
        assert_null(strstr(at, "\xe2\x80\xae"));
        buf_free(&b);
    }
    struct buf b;
    buf_init(&b, 4096);
    escape_json(&b, "端末 a/b 'c' \"d\" \\ </script>");
    assert_string_equal(b.data, "端末 a/b 'c' \\\"d\\\" \\\\ \\u003c/script\\u003e");
    buf_free(&b);
}

static void html_keeps_what_is_harmless(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    escape_html(&b, "端末 A&B <1>");
    assert_string_equal(b.data, "端末 A&amp;B &lt;1&gt;");
    buf_free(&b);
}

static const char *const hidden[] = {
    "\x01",         "\x1b",         "\x7f",         "\xc2\x85",        "\xd8\x9c",
    "\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",    "\xe2\x80\xaa",
    "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9", "\xef\xbb\xbf",    "\xef\xbf\xbe",
    "\xef\xbf\xbf", "\xc2\xad",     "\xe3\x85\xa4", "\xf3\xa0\x81\x81"
};
static const char *const hidden_shown[] = { "\\u0001", "\\u001b", "\\u007f", "\\u0085",    "\\u061c",
                                            "\\u200b", "\\u200e", "\\u200f", "\\u2028",    "\\u202a",
                                            "\\u202e", "\\u2066", "\\u2069", "\\ufeff",    "\\ufffe",
                                            "\\uffff", "\\u00ad", "\\u3164", "\\U000e0041" };
#define HIDDEN (sizeof hidden / sizeof *hidden)

static char *escaped(void (*escape)(struct buf *, const char *), const char *text)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    escape(&b, text);
    return buf_take(&b);
}

static void assert_escaped(void (*escape)(struct buf *, const char *), const char *text, const char *wanted)
{
    char *got = escaped(escape, text);
    assert_string_equal(got, wanted);
    free(got);
}

static void what_cannot_be_seen_is_shown_in_every_format(void **state)
{
    (void)state;
    static void (*const all[])(struct buf *, const char *) = { escape_html, escape_sheet, escape_gnuplot,
                                                               escape_csv, escape_markdown };
    for (size_t i = 0; i < HIDDEN; i++)
        for (size_t j = 0; j < sizeof all / sizeof *all; j++) {
            char text[32];
            snprintf(text, sizeof text, "a%sz", hidden[i]);
            char *got = escaped(all[j], text);
            assert_null(strstr(got, hidden[i]));
            assert_non_null(strstr(got, hidden_shown[i]));
            free(got);
        }
    /* the joiners that words and pictures are written with stay */
    assert_escaped(escape_sheet, "\xe0\xa4\x95\xe2\x80\x8d", "\xe0\xa4\x95\xe2\x80\x8d");
    assert_escaped(escape_sheet, "a\tb\nc\rd", "a\\tb\\nc\\rd");
    assert_escaped(escape_html, "a\tb\nc\rd", "a b c d");
    assert_escaped(escape_sheet, "\xff\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_escaped(escape_json, "\xe2\x80\xae<", "\\\\u202e\\u003c");
}

static void no_csv_field_is_a_formula(void **state)
{
    (void)state;
    assert_escaped(escape_csv, "=1+1", "\"'=1+1\"");
    assert_escaped(escape_csv, "+1", "\"'+1\"");
    assert_escaped(escape_csv, "-1", "\"'-1\"");
    assert_escaped(escape_csv, "@A1", "\"'@A1\"");
    assert_escaped(escape_csv, "\t=1", "\"'\\t=1\"");
    assert_escaped(escape_csv, "\r=1", "\"'\\r=1\"");
    assert_escaped(escape_csv,
                   "\xef\xbc\x9d"
                   "1",
                   "\"'\xef\xbc\x9d"
                   "1\"");
    assert_escaped(escape_csv, "plain-1", "plain-1");
    assert_escaped(escape_csv, "a,\"b\"", "\"a,\"\"b\"\"\"");
    assert_escaped(escape_csv, "", "");
}

/* Read by the grammar of RFC 4180: a field in quotes with "" inside, or one without a quote, comma or line
 * end. */
static void a_csv_field_stays_one_field(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        char text[64];
        random_text(key, text);
        char *got = escaped(escape_csv, text);
        if (got && got[0] == '"') {
            size_t i = 1;
            while (got[i] && !(got[i] == '"' && got[i + 1] != '"'))
                i += got[i] == '"' ? 2 : 1;
            assert_true(got[i] == '"' && got[i + 1] == '\0');
        } else if (got) {
            assert_null(strpbrk(got, "\",\r\n"));
            assert_null(strchr("=+-@", got[0] ? got[0] : 'x'));
        }
        free(got);
    }
}

/* The last one stands for a code that was meant as one: reading it once gives the text back. */
static void a_cell_of_a_sheet_holds_no_code_of_a_character(void **state)
{
    (void)state;
    assert_escaped(escape_sheet, "RW_x001B_1", "RW_x005F_x001B_1");
    assert_escaped(escape_sheet, "_x000d__xABCD_", "_x005F_x000d__x005F_xABCD_");
    assert_escaped(escape_sheet, "_x12_ _x001_ _X0041_ _x00g1_ _x0041",
                   "_x12_ _x001_ _X0041_ _x00g1_ _x0041");
    assert_escaped(escape_sheet, "_x005F_", "_x005F_x005F_");
}

static void markdown_has_no_markup_of_a_value(void **state)
{
    (void)state;
    assert_escaped(escape_markdown, "a|b`c`<d>&e", "a&#124;b&#96;c&#96;&#60;d&#62;&#38;e");
    assert_escaped(escape_markdown, "[x](http://y) ![z]", "\\[x\\](http&#58;//y) !\\[z\\]");
    assert_escaped(escape_markdown, "at 09:30, n: 3", "at 09:30, n: 3"); /* stays readable as it is written */
    assert_escaped(escape_markdown, "WWW.x.example", "WWW&#46;x.example");
    assert_escaped(escape_markdown, "*a* _b_ ~c~ #1 $d$ \\", "\\*a\\* \\_b\\_ \\~c\\~ \\#1 \\$d\\$ \\\\");
    assert_escaped(escape_markdown, "x@y", "x@<!-- -->y");
    assert_escaped(escape_markdown, "a\nb\r\n- c", "a b  - c");
}

/* Ten thousand characters take no longer than their number, and come out whole. */
static void a_very_long_text_comes_out_whole(void **state)
{
    (void)state;
    char text[10001];
    memset(text, 'x', sizeof text - 1);
    text[10000] = '\0';
    assert_escaped(escape_sheet, text, text);
    assert_escaped(escape_markdown, text, text);
    assert_escaped(escape_csv, text, text);
}

static void a_gnuplot_string_ends_only_at_its_end(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        char text[64];
        struct buf b;
        random_text(key, text);
        buf_init(&b, 4096);
        escape_gnuplot(&b, text);
        assert_true(b.length >= 2 && b.data[0] == '\'' && b.data[b.length - 1] == '\'');
        for (size_t i = 1; i + 1 < b.length; i++) {
            assert_true((unsigned char)b.data[i] >= 0x20);
            assert_true(b.data[i] != '\'');
        }
        buf_free(&b);
    }
}

static void gnuplot_draws_hostile_text_as_text(void **state)
{
    (void)state;
    struct buf script, svg, page;
    struct err e = { 0 };
    (void)unlink("/tmp/nfc-survey-pwned");
    buf_init(&script, 4096);
    buf_init(&svg, 1 << 24);
    buf_init(&page, 1 << 24);
    buf_add_text(&script,
                 "set encoding utf8\nset terminal svg noenhanced\nset output 'out.svg'\nset label 1 ");
    escape_gnuplot(&script, HOSTILE);
    buf_add_text(&script, " noenhanced at 1,1\nset title ");
    escape_gnuplot(&script, "'; system('touch /tmp/nfc-survey-pwned') '");
    buf_add_text(&script, " noenhanced\nset xlabel ");
    escape_gnuplot(&script, "a''b'");
    buf_add_text(&script, "\nplot x title ");
    escape_gnuplot(&script, HOSTILE);
    buf_add_text(&script, " noenhanced\n");
    assert_int_equal(gnuplot_draw("gnuplot", &script, NULL, 0, &svg, &e), 0);
    assert_true(escape_svg(&page, svg.data, svg.length, "p1-", "label \"x\""));
    assert_int_equal(access("/tmp/nfc-survey-pwned", F_OK), -1);
    assert_null(strstr(page.data, "<script"));
    assert_non_null(strstr(page.data, "&lt;script"));
    assert_non_null(strstr(page.data, "`touch"));
    assert_non_null(strstr(page.data, "’; system(’touch"));
    assert_non_null(strstr(page.data, "a’’b’"));
    assert_non_null(strstr(page.data, "aria-label=\"label &quot;x&quot;\""));
    buf_free(&script);
    buf_free(&svg);
    buf_free(&page);
}

/* Of a data file: # would make its row a comment, a backslash a character, and a quote end the field. */
static void gnuplot_reads_a_field_as_it_is(void **state)
{
    (void)state;
    static const char *const names[] = { "#1 O'Neil", "a\\nb \\101", "=1+1 `id` $(id)" };
    struct buf script, svg, data;
    struct err e = { 0 };
    buf_init(&script, 4096);
    buf_init(&svg, 1 << 24);
    buf_init(&data, 4096);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        escape_gnuplot_field(&data, names[i]);
        buf_add_format(&data, "\t%zu\n", i + 1);
    }
    escape_gnuplot_field(&data, "two \" quotes \"");
    buf_add_text(&data, "\t9\n");
    buf_add_text(
        &script,
        "set encoding utf8\nset terminal svg noenhanced\nset output 'out.svg'\nset datafile separator "
        "'\\t'\nset style data histograms\nplot 'data-0.txt' using 2:xtic(1) notitle\n");
    assert_int_equal(gnuplot_draw("gnuplot", &script, &data, 1, &svg, &e), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char shown[64];
        snprintf(shown, sizeof shown, "<text>%s</text>", names[i]);
        assert_non_null(strstr(svg.data, shown));
    }
    assert_non_null(strstr(svg.data, "<text>two '' quotes ''</text>"));
    buf_free(&script);
    buf_free(&svg);
    buf_free(&data);
}

static bool fits(const char *svg)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    bool good = escape_svg(&b, svg, strlen(svg), "p1-", "x");
    assert_true(good || b.length == 0);
    buf_free(&b);
    return good;
}

static void a_picture_that_could_run_or_load_is_refused(void **state)
{
    (void)state;
    assert_true(fits("<?xml version='1.0'?><svg viewBox=\"0 0 1 1\"><g id='a'><path d='M0 0'/></g></svg>"));
    assert_false(fits("<svg><script>alert(1)</script></svg>"));
    assert_false(fits("<svg onload=\"x\"></svg>"));
    assert_false(fits("<svg><a xlink:href=\"http://x\"></a></svg>"));
    assert_false(fits("<svg><g fill=\"url(http://x)\"></g></svg>"));
    assert_false(fits("<svg><image href='x'/></svg>"));
    assert_false(fits("<svg><g style=\"x\"></g></svg>"));
    assert_false(fits("<svg><g id='a"));
    assert_false(fits("no picture"));
    assert_false(fits("<svg><defs>"));
}

static void a_marker_becomes_a_shape_of_its_own_colour(void **state)
{
    (void)state;
    struct buf b;
    const char *svg = "<svg><use xlink:href='#gpPt6' transform='translate(1.5,2) scale(4)' color='rgb(  0, "
                      "114, 178)'/></svg>";
    buf_init(&b, 4096);
    assert_true(escape_svg(&b, svg, strlen(svg), "p1-", "x"));
    assert_non_null(strstr(b.data,
                           "<path transform=\"translate(1.5,2) scale(4)\" stroke=\"rgb(  0, 114, 178)\" "
                           "fill=\"rgb(  0, 114, 178)\""));
    assert_null(strstr(b.data, "<use"));
    assert_null(strstr(b.data, "currentColor"));
    buf_free(&b);
    /* nothing but gnuplot's own symbols, placed and coloured plainly */
    assert_false(fits("<svg><use xlink:href='http://x' transform='a' color='b'/></svg>"));
    assert_false(fits("<svg><use xlink:href='#other' transform='a' color='b'/></svg>"));
    assert_false(fits("<svg><use xlink:href='#gpPt6' transform='a' color='url(x:y)'/></svg>"));
    assert_false(fits("<svg><use xlink:href='#gpPt6' transform='a\"b' color='c'/></svg>"));
    assert_false(fits("<svg><use xlink:href='#gpPt6'/></svg>"));
    assert_false(fits("<svg><use xlink:href='#gpPt6' transform='a' color='b'"));
}

static void ids_of_a_picture_bear_its_prefix(void **state)
{
    (void)state;
    struct buf b;
    const char *svg = "<svg><g id=\"gnuplot_canvas\"><text>id=\"x\" > </text></g></svg>";
    buf_init(&b, 4096);
    assert_true(escape_svg(&b, svg, strlen(svg), "p7-", "x"));
    assert_non_null(strstr(b.data, "id=\"p7-gnuplot_canvas\""));
    assert_non_null(strstr(b.data, "id=\"x\" &gt; "));
    buf_free(&b);
}

static void a_missing_or_failing_gnuplot_is_an_error_that_names_it(void **state)
{
    (void)state;
    struct buf script, svg;
    struct err e = { 0 };
    buf_init(&script, 4096);
    buf_init(&svg, 4096);
    buf_add_text(&script, "this is not a plot\n");
    assert_int_equal(gnuplot_draw("/nonexistent/gnuplot", &script, NULL, 0, &svg, &e), ERR_ENVIRONMENT);
    assert_string_equal(e.where, "/nonexistent/gnuplot");
    assert_int_equal(gnuplot_draw("gnuplot", &script, NULL, 0, &svg, &e), ERR_ENVIRONMENT);
    buf_free(&script);
    buf_free(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_never_holds_a_live_character),
        cmocka_unit_test(json_text_ends_neither_its_string_nor_its_block),
        cmocka_unit_test(html_keeps_what_is_harmless),
        cmocka_unit_test(what_cannot_be_seen_is_shown_in_every_format),
        cmocka_unit_test(no_csv_field_is_a_formula),
        cmocka_unit_test(a_csv_field_stays_one_field),
        cmocka_unit_test(a_cell_of_a_sheet_holds_no_code_of_a_character),
        cmocka_unit_test(markdown_has_no_markup_of_a_value),
        cmocka_unit_test(a_very_long_text_comes_out_whole),
        cmocka_unit_test(a_gnuplot_string_ends_only_at_its_end),
        cmocka_unit_test(gnuplot_draws_hostile_text_as_text),
        cmocka_unit_test(gnuplot_reads_a_field_as_it_is),
        cmocka_unit_test(a_picture_that_could_run_or_load_is_refused),
        cmocka_unit_test(a_marker_becomes_a_shape_of_its_own_colour),
        cmocka_unit_test(ids_of_a_picture_bear_its_prefix),
        cmocka_unit_test(a_missing_or_failing_gnuplot_is_an_error_that_names_it),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
