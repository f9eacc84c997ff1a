/* YAML in the making: libyaml is asked what it reads. */
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "harness/base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Random text in which the characters that matter are common. */
static void random_text(uint64_t key, char out[64])
{
    static const char common[] =
        "\"\\#:{}[],&*!|>'%@`-? "
        "\n\r\t\x7f\x01\xc2\x85\xe2\x80\xa8\xe2\x80\xae\xff\xe3\x81\x82\xf3\xa0\x81\x81";
    size_t length = random_u64(key, 0) % 63;
    for (size_t i = 0; i < length; i++) {
        uint64_t what = random_u64(key, i + 1);
        char c = what & 1 ? common[(what >> 8) % (sizeof common - 1)] : (char)(what >> 16);
        out[i] = c ? c : 'z';
    }
    out[length] = '\0';
}

/* The n-th scalar of a document, as libyaml reads it; NULL where it refuses the document. */
static char *scalar_of(const char *document, unsigned n)
{
    yaml_parser_t parser;
    yaml_event_t event;
    char *out = NULL;
    bool more = true;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)document, strlen(document));
    while (more && yaml_parser_parse(&parser, &event)) {
        if (event.type == YAML_SCALAR_EVENT && n-- == 0)
            out = text_copy((const char *)event.data.scalar.value);
        more = event.type != YAML_STREAM_END_EVENT && !out;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return out;
}

static void a_text_is_read_back_as_it_was_and_shows_all_of_itself(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 5000; key++) {
        char text[64];
        struct yaml y;
        struct buf b;
        random_text(key, text);
        if (!text_is_utf8(text, strlen(text)))
            continue;
        buf_init(&b, 4096);
        yaml_begin(&y, &b, 0);
        yaml_text(&y, "text", text);
        yaml_end(&y);
        for (const char *c = b.data; c[1]; c++) /* but the end of its line */
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        assert_null(strstr(b.data, "\xe2\x80\xae"));
        assert_null(strstr(b.data, "\xf3\xa0\x81\x81"));
        char *read = scalar_of(b.data, 1);
        assert_non_null(read);
        assert_string_equal(read, text);
        free(read);
        buf_free(&b);
    }
}

static void blocks_and_lists_are_indented_and_closed(void **state)
{
    (void)state;
    struct yaml y;
    struct buf b;
    buf_init(&b, 4096);
    yaml_begin(&y, &b, 0);
    yaml_remark(&y, "two lines\nof comment");
    yaml_list(&y, "cells");
    yaml_note_if_any(&y, "both of them");
    yaml_item(&y);
    yaml_text(&y, "name", "a \"b\" \\ 端末\n\xf0\x9f\x98\x80");
    yaml_text(&y, "none", NULL);
    yaml_map(&y, "counts");
    yaml_u64(&y, "n", UINT64_MAX);
    yaml_close(&y);
    yaml_item(&y);
    yaml_flow_list(&y, "interval");
    yaml_u64(&y, NULL, 1);
    yaml_plain(&y, NULL, "%.1f", 2.5);
    yaml_close(&y);
    yaml_note(&y, "at %d %%", 95);
    yaml_close(&y);
    yaml_list(&y, "rows");
    yaml_flow_map(&y, NULL);
    yaml_bool(&y, "yes", true);
    yaml_text(&y, "text", "x");
    yaml_close(&y);
    yaml_close(&y);
    yaml_list(&y, "nothing");
    yaml_note_if_any(&y, "never seen");
    yaml_close(&y);
    yaml_map(&y, "empty");
    yaml_end(&y);
    assert_string_equal(b.data, "# two lines\n# of comment\n"
                                "cells:  # both of them\n"
                                "  - name: \"a \\\"b\\\" \\\\ 端末\\n\xf0\x9f\x98\x80\"\n"
                                "    none: null\n"
                                "    counts:\n"
                                "      n: 18446744073709551615\n"
                                "  - interval: [1, 2.5]  # at 95 %\n"
                                "rows:\n"
                                "  - {yes: true, text: \"x\"}\n"
                                "nothing: []\n"
                                "empty: {}\n");
    buf_free(&b);
}

static void a_document_nested_too_deep_fails(void **state)
{
    (void)state;
    struct yaml y;
    struct buf b;
    buf_init(&b, 1u << 16);
    yaml_begin(&y, &b, 0);
    for (unsigned i = 0; i <= YAML_DEPTH_MAX; i++)
        yaml_map(&y, "deeper");
    yaml_end(&y);
    assert_true(b.failed);
    buf_free(&b);
}

/* YAML 1.1 ends a line, and with it a comment, at U+0085, U+2028 and U+2029 too. */
static void a_comment_does_not_end_before_its_line_does(void **state)
{
    (void)state;
    static const char *const ends[] = { "\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct yaml y;
        struct buf b;
        char text[64];
        buf_init(&b, 4096);
        yaml_begin(&y, &b, 0);
        yaml_text(&y, "a", NULL);
        snprintf(text, sizeof text, "why%sb: injected%s", ends[i], ends[i]);
        yaml_note(&y, "absent: %s", text);
        yaml_u64(&y, "c", 1);
        yaml_end(&y);
        char *third = scalar_of(b.data, 2);
        assert_string_equal(third, "c");
        free(third);
        buf_free(&b);
    }
}

static void a_long_row_goes_on_below_its_first_key(void **state)
{
    (void)state;
    struct yaml y;
    struct buf b;
    buf_init(&b, 4096);
    yaml_begin(&y, &b, 0);
    yaml_map(&y, "all");
    yaml_deeper(&y);
    yaml_list(&y, "rows");
    yaml_flow_map(&y, NULL);
    yaml_u64(&y, "a", 1);
    yaml_break(&y);
    yaml_flow_map(&y, "b");
    yaml_u64(&y, "c", 2);
    yaml_u64(&y, "d", 3);
    yaml_end(&y);
    assert_string_equal(b.data, "all:\n    rows:\n      - {a: 1,\n         b: {c: 2, d: 3}}\n");
    char *last = scalar_of(b.data, 8);
    assert_string_equal(last, "3");
    free(last);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read_back_as_it_was_and_shows_all_of_itself),
        cmocka_unit_test(blocks_and_lists_are_indented_and_closed),
        cmocka_unit_test(a_document_nested_too_deep_fails),
        cmocka_unit_test(a_comment_does_not_end_before_its_line_does),
        cmocka_unit_test(a_long_row_goes_on_below_its_first_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
