/* The bytes of a line are what design and manual promise, to the byte. */
#include "records.h"

#include "harness/base/crc32c.h"

static void assert_line(struct journal_record *r, const char *expected)
{
    struct buf b;
    buf_init(&b, JOURNAL_LINE_MAX);
    journal_format(&b, r);
    assert_false(b.failed);
    size_t body = b.length - strlen(", \"crc\": \"00000000\"}\n");
    char tail[32];
    snprintf(tail, sizeof tail, ", \"crc\": \"%08x\"}\n", crc32c(0, b.data + 2, body - 2));
    assert_string_equal(b.data + body, tail);
    b.data[body] = '\0';
    assert_string_equal(b.data, expected);
    buf_free(&b);
}

static void a_transaction_is_written_in_the_order_of_its_table(void **state)
{
    (void)state;
    struct journal_exchange exchanges[] = { { 1, 10233, "9000" }, { 2, 0, "" } };
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    r.line = 1041;
    r.as.transaction.placement = 88;
    r.as.transaction.cell = 17;
    r.as.transaction.repeat = 7;
    r.as.transaction.order = 9;
    r.as.transaction.at_us = 1234567891;
    r.as.transaction.technology = TECHNOLOGY_B;
    r.as.transaction.outcome = OUTCOME_FAIL;
    r.as.transaction.causes = 1u << 9 | 1u << 10 | 1u << 30;
    r.as.transaction.slow = 0;
    r.as.transaction.stages.us[3] = 30211;
    r.as.transaction.stages.us[4] = 0;
    r.as.transaction.exchanges = (struct journal_exchanges) { exchanges, 2 };
    assert_line(
        &r,
        "- {\"transaction\": 1041, \"placement\": 88, \"cell\": 17, \"repeat\": 7, \"order\": 9, \"at_us\": "
        "1234567891, \"technology\": \"B\", \"outcome\": \"fail\", \"causes\": [\"F10\", \"F11\", \"F31\"], "
        "\"slow\": false, \"stages\": {\"activate\": 30211, \"route\": 0}, \"exchanges\": [[1, 10233, "
        "\"9000\"], [2, 0, \"\"]]");
}

static void fields_that_are_left_out_leave_no_trace_and_empty_lists_are_written(void **state)
{
    (void)state;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACED);
    r.line = 2;
    r.as.placed.placement = 1;
    r.as.placed.at_us = 0;
    r.as.placed.result = PLACEMENT_ABORTED;
    assert_line(&r,
                "- {\"placed\": 2, \"placement\": 1, \"at_us\": 0, \"result\": \"aborted\", \"results\": []");
}

/* What the program says is a code with its arguments, what somebody else says a text. */
static void what_is_said_is_a_text_a_code_or_absent(void **state)
{
    (void)state;
    struct journal_record r;
    struct said detail = SAY(SAID_WORKER_ENDED, "SIG\"SEGV\"");
    journal_record_init(&r, JOURNAL_KIND_HEALTH);
    r.line = 3;
    r.as.health = (struct journal_health) { 1, "r", HEALTH_LOST, &detail };
    assert_line(&r, "- {\"health\": 3, \"at_us\": 1, \"reader\": \"r\", \"event\": \"lost\", \"detail\": "
                    "[\"worker_ended\", \"SIG\\\"SEGV\\\"\"]");
    detail = said_absent(said_alone(SAID_NO_ATS_B));
    assert_line(&r, "- {\"health\": 3, \"at_us\": 1, \"reader\": \"r\", \"event\": \"lost\", \"detail\": "
                    "{\"absent\": [\"no_ats_b\"]}");
    detail = said_absent(said_words("no \"reason\""));
    assert_line(&r, "- {\"health\": 3, \"at_us\": 1, \"reader\": \"r\", \"event\": \"lost\", \"detail\": "
                    "{\"absent\": \"no \\\"reason\\\"\"}");
    r.as.health.detail = NULL;
    assert_line(&r, "- {\"health\": 3, \"at_us\": 1, \"reader\": \"r\", \"event\": \"lost\"");
}

static void a_text_that_is_not_known_is_empty(void **state)
{
    (void)state;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.line = 3;
    r.as.note.at_us = UINT64_MAX - 1;
    assert_line(&r, "- {\"note\": 3, \"at_us\": 18446744073709551614, \"text\": \"\"");
}

static void texts_keep_utf8_and_escape_what_yaml_and_json_read_differently(void **state)
{
    (void)state;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.line = 3;
    r.as.note.at_us = 1;
    r.as.note.text = "統合端末 / \\ \t\n\x1b\x7f\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xf0\x9f\x93\xb1\xff";
    assert_line(
        &r,
        "- {\"note\": 3, \"at_us\": 1, \"text\": \"統合端末 / \\\\ \\t\\n\\u001b\\u007f\\u0085\\u2028\\ufeff"
        "\xf0\x9f\x93\xb1\xef\xbf\xbd\"");
}

static void every_ascii_byte_alone_is_written_as_it_should(void **state)
{
    (void)state;
    for (int c = 2; c < 0x80; c++) {
        struct journal_record r;
        char text[] = { 'x', (char)c, '\0' }, written[16], expected[128];
        if (c == '"' || c == '\\')
            snprintf(written, sizeof written, "\\%c", c);
        else if (c == '\n' || c == '\t')
            snprintf(written, sizeof written, "\\%c", c == '\n' ? 'n' : 't');
        else if (c < 0x20 || c == 0x7f)
            snprintf(written, sizeof written, "\\u%04x", (unsigned)c);
        else
            snprintf(written, sizeof written, "%c", c);
        journal_record_init(&r, JOURNAL_KIND_NOTE);
        r.line = 1;
        r.as.note.at_us = 1;
        r.as.note.text = text;
        snprintf(expected, sizeof expected, "- {\"note\": 1, \"at_us\": 1, \"text\": \"x%s\"", written);
        assert_line(&r, expected);
    }
}

static void reals_are_plain_decimal_without_trailing_zeros(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { -0.0, "0" },
        { -1e-10, "0" },
        { 1e-9, "0.000000001" },
        { 0.05, "0.05" },
        { 0.1 + 0.2, "0.3" },
        { -2.5, "-2.5" },
        { 0.9999999996, "1" },
        { 1e15, "1000000000000000" },
        { 100, "100" },
        { 123456.789, "123456.789" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct journal_record r;
        char expected[256];
        journal_record_init(&r, JOURNAL_KIND_DECISION);
        r.line = 4;
        r.as.decision = (struct journal_decision) {
            1, 2,        VERDICT_UNDECIDED, 3,          4,         UINT64_MAX, -1, rows[i].value,
            1, ROW_NONE, ROW_TEST_NONE,     UINT64_MAX, UINT64_MAX
        };
        snprintf(
            expected, sizeof expected,
            "- {\"decision\": 4, \"at_us\": 1, \"cell\": 2, \"verdict\": \"undecided\", \"n\": 3, \"d\": 4, "
            "\"lower\": %s, \"upper\": 1",
            rows[i].text);
        assert_line(&r, expected);
    }
}

static void whole_numbers_are_right_at_every_length(void **state)
{
    (void)state;
    uint64_t value = 1;
    for (int digits = 1; digits <= 19; digits++, value *= 10) {
        for (uint64_t near = value - 1; near <= value + 1; near++) {
            struct journal_record r;
            char expected[128];
            journal_record_init(&r, JOURNAL_KIND_NOTE);
            r.line = near;
            r.as.note.at_us = near;
            r.as.note.text = "";
            snprintf(expected, sizeof expected, "- {\"note\": %llu, \"at_us\": %llu, \"text\": \"\"",
                     (unsigned long long)near, (unsigned long long)near);
            assert_line(&r, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_is_written_in_the_order_of_its_table),
        cmocka_unit_test(fields_that_are_left_out_leave_no_trace_and_empty_lists_are_written),
        cmocka_unit_test(what_is_said_is_a_text_a_code_or_absent),
        cmocka_unit_test(a_text_that_is_not_known_is_empty),
        cmocka_unit_test(texts_keep_utf8_and_escape_what_yaml_and_json_read_differently),
        cmocka_unit_test(every_ascii_byte_alone_is_written_as_it_should),
        cmocka_unit_test(reals_are_plain_decimal_without_trailing_zeros),
        cmocka_unit_test(whole_numbers_are_right_at_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
