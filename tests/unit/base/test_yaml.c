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
        struct buf b;
        random_text(key, text);
        if (!text_is_utf8(text, strlen(text)))
            continue;
        buf_init(&b, 4096);
        yaml_string(&b, text);
        for (const char *c = b.data; *c; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
        assert_null(strstr(b.data, "\xe2\x80\xae"));
        assert_null(strstr(b.data, "\xf3\xa0\x81\x81"));
        char *read = scalar_of(b.data, 0);
        assert_non_null(read);
        assert_string_equal(read, text);
        free(read);
        buf_free(&b);
    }
}

static void lines_are_a_key_and_its_value(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    yaml_text(&b, "  - ", "name", "a \"b\" \\ 端末\n\xf0\x9f\x98\x80");
    yaml_text(&b, "    ", "none", NULL);
    yaml_number(&b, "    ", "n", UINT64_MAX);
    assert_string_equal(b.data, "  - name: \"a \\\"b\\\" \\\\ 端末\\n\xf0\x9f\x98\x80\"\n"
                                "    none: null\n    n: 18446744073709551615\n");
    buf_free(&b);
}

/* YAML 1.1 ends a line, and with it a comment, at U+0085, U+2028 and U+2029 too. */
static void a_comment_does_not_end_before_its_line_does(void **state)
{
    (void)state;
    static const char *const ends[] = { "\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct buf b;
        buf_init(&b, 4096);
        buf_add_text(&b, "a: null");
        char text[64];
        snprintf(text, sizeof text, "why%sb: injected%s", ends[i], ends[i]);
        yaml_comment(&b, "absent: ", text);
        buf_add_text(&b, "\nc: 1\n");
        char *third = scalar_of(b.data, 2);
        assert_string_equal(third, "c");
        free(third);
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_read_back_as_it_was_and_shows_all_of_itself),
        cmocka_unit_test(lines_are_a_key_and_its_value),
        cmocka_unit_test(a_comment_does_not_end_before_its_line_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
