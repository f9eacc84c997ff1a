/* Escaping: properties over random bytes, and gnuplot itself asked what it makes of hostile text. */
#include "harness/base/draw.h"
#include "harness/base/text.h"
#include "reports/escape.h"
#include "reports/gnuplot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
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
    size_t length = draw_u64(key, 0) % 63;
    for (size_t i = 0; i < length; i++) {
        uint64_t what = draw_u64(key, i + 1);
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
            if (b.data[i] == '\'') /* quotes inside come in pairs */
                assert_int_equal(b.data[++i], '\'');
            assert_true(i + 1 < b.length);
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
    buf_add_text(&script, " noenhanced at 1,1\nplot x title ");
    escape_gnuplot(&script, HOSTILE);
    buf_add_text(&script, " noenhanced\n");
    assert_int_equal(gnuplot_draw("gnuplot", &script, NULL, 0, &svg, &e), 0);
    assert_true(escape_svg(&page, svg.data, svg.length, "p1-", "label \"x\""));
    assert_int_equal(access("/tmp/nfc-survey-pwned", F_OK), -1);
    assert_null(strstr(page.data, "<script"));
    assert_non_null(strstr(page.data, "&lt;script"));
    assert_non_null(strstr(page.data, "`touch"));
    assert_non_null(strstr(page.data, "aria-label=\"label &quot;x&quot;\""));
    buf_free(&script);
    buf_free(&svg);
    buf_free(&page);
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
        cmocka_unit_test(a_gnuplot_string_ends_only_at_its_end),
        cmocka_unit_test(gnuplot_draws_hostile_text_as_text),
        cmocka_unit_test(a_picture_that_could_run_or_load_is_refused),
        cmocka_unit_test(ids_of_a_picture_bear_its_prefix),
        cmocka_unit_test(a_missing_or_failing_gnuplot_is_an_error_that_names_it),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
