/* What the reader makes of lines that the writer did not write: named, never fatal, never taken for something
 * else. */
#include "records.h"

#include "harness/base/crc32c.h"

#define NOTE(number) "- {\"note\": " #number ", \"at_us\": 1, \"text\": \"t\""

struct scene {
    struct buf bytes;
    struct journal_reader *reader;
    struct journal_record record;
    struct journal_line_info info;
    struct err e;
};

static void begin(struct scene *s)
{
    memset(s, 0, sizeof *s);
    buf_init(&s->bytes, 64u << 20);
}

/* The body from its dash up to the checksum, which is added. */
static void add_signed(struct scene *s, const char *body)
{
    buf_add_text(&s->bytes, body);
    buf_add_format(&s->bytes, ", \"crc\": \"%08x\"}\n", crc32c(0, body + 2, strlen(body) - 2));
}

static enum journal_read next(struct scene *s)
{
    if (!s->reader)
        assert_int_equal(journal_reader_memory(s->bytes.data, s->bytes.length, "j", &s->reader, &s->e), 0);
    return journal_reader_next(s->reader, &s->record, &s->info, &s->e);
}

static void end(struct scene *s)
{
    assert_int_equal(next(s), JOURNAL_READ_END);
    assert_int_equal(s->e.code, 0);
    journal_reader_close(&s->reader);
    buf_free(&s->bytes);
}

/* The line between two good ones is damaged for this reason, and reading goes on. */
static void assert_damaged(const char *line, size_t length, const char *reason)
{
    struct scene s;
    begin(&s);
    add_signed(&s, NOTE(1));
    buf_add(&s.bytes, line, length);
    buf_add_char(&s.bytes, '\n');
    add_signed(&s, NOTE(3));
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(next(&s), JOURNAL_READ_DAMAGED);
    assert_string_equal(s.e.where, "j:2");
    if (!strstr(s.e.text, reason))
        print_message("# %.*s: %s, not %s\n", (int)length, line, s.e.text, reason);
    assert_non_null(strstr(s.e.text, reason));
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(s.info.missing, 0);
    end(&s);
}
#define DAMAGED(line, reason) assert_damaged(line, sizeof(line) - 1, reason)

static void bytes_that_no_journal_holds_are_named(void **state)
{
    (void)state;
    DAMAGED("", "empty");
    DAMAGED("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "NUL");
    DAMAGED(NOTE(2) "\0}", "NUL");
    DAMAGED("\xef\xbb\xbf" NOTE(2) "}", "byte order mark");
    DAMAGED(NOTE(2) "}\r", "CR LF");
    DAMAGED("- {\"note\": 2, \r\"at_us\": 1, \"text\": \"t\"}", "carriage return");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"\xff\"}", "UTF-8");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"\xe2\x80\xa8\"}", "U+2028");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"\x07\"}", "control characters");
}

static void what_libyaml_would_pass_is_refused(void **state)
{
    (void)state;
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": &a \"t\"}", "anchor");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": !!str \"t\"}", "tag");
    DAMAGED("- &x {\"note\": 2, \"at_us\": 1, \"text\": \"t\"}", "anchor");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": *a}", "alias");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, <<: {\"text\": \"t\"}}", "merge");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"at_us\": 1, \"text\": \"t\"}", "twice");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"t\", \"crc\": \"\", \"crc\": \"\"}", "twice");
    DAMAGED("--- [1]", "document");
    DAMAGED("...", "did not find");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": [[[[[[[[[[[[1]]]]]]]]]]]]}", "8 deep");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"\\0\"}", "NUL");
    DAMAGED("...", "did not find");
}

#define HEALTH "- {\"health\": 2, \"at_us\": 1, \"reader\": \"r\", \"event\": \"lost\", \"detail\": "
#define LONG   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void wrong_kinds_fields_and_types_are_named(void **state)
{
    (void)state;
    DAMAGED("# a comment", "not a record");
    DAMAGED("garbage", "not a record");
    DAMAGED("- {", "");
    DAMAGED("- {}", "empty record");
    DAMAGED("- {\"memo\": 2}", "kind");
    DAMAGED("- {\"at_us\": 1, \"note\": 2, \"text\": \"t\"}", "kind");
    DAMAGED("- {\"note\": 2, \"at_us\": 1}", "lacks the field text");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"t\", \"more\": 1}", "does not have");
    DAMAGED("- {\"note\": 2, \"at_us\": \"1\", \"text\": \"t\"}", "at_us");
    DAMAGED("- {\"note\": 2, \"at_us\": 01, \"text\": \"t\"}", "at_us");
    DAMAGED("- {\"note\": 2, \"at_us\": 1e5, \"text\": \"t\"}", "at_us");
    DAMAGED("- {\"note\": 2, \"at_us\": -1, \"text\": \"t\"}", "at_us");
    DAMAGED("- {\"note\": 2, \"at_us\": 18446744073709551616, \"text\": \"t\"}", "at_us");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": yes}", "double quotes");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": 12}", "double quotes");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": null}", "double quotes");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": 2017-12-01}", "double quotes");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": {\"absent\": 1}}", "double quotes");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"t\", \"effect\": \"erase\"}",
            "field effect must be one of exclude, withdraw (column 50)");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"t\", \"effect\": \"\"}",
            "field effect must be one of");
    DAMAGED("- {\"note\": 2, \"at_us\": 1, \"text\": \"t\", \"effect\": [\"exclude\"]}",
            "field effect must be one of");
    DAMAGED("- {\"placed\": 2, \"placement\": 1, \"at_us\": 1, \"result\": \"dirty\", \"results\": [[0, "
            "\"\", 1, 0, 0, "
            "0]]}",
            "field results must be one of clean, dirty, invalid, aborted");
    DAMAGED(HEALTH "[]}", "field detail must begin with a code");
    DAMAGED(HEALTH "[1]}", "field detail must begin with a code");
    DAMAGED(HEALTH "[\"hopped\", \"off\"]}",
            "field detail must begin with a code of docs/journal.md (column 72)");
    DAMAGED(HEALTH "[\"later\", \"a\", \"b\"]}", "field detail must begin with a code of docs/journal.md");
    DAMAGED(HEALTH "[\"worker_ended\"]}", "field detail holds other arguments than its code has");
    DAMAGED(HEALTH "[\"answers\", \"once\"]}", "field detail holds other arguments than its code has");
    DAMAGED(HEALTH "[\"worker_ended\", 11]}", "field detail must hold arguments in double quotes");
    DAMAGED(HEALTH "[\"uid_random\", \"four\"]}", "field detail holds other arguments than its code has");
    DAMAGED(HEALTH "[\"worker_ended\", \"" LONG LONG LONG LONG "\"]}", "field detail holds longer arguments");
    DAMAGED(HEALTH "{\"absent\": {\"absent\": \"twice\"}}}", "field detail must be a text");
    DAMAGED(HEALTH "{\"code\": \"answers\"}}", "field detail must be a text");
    DAMAGED("- {\"note\": 7, \"at_us\": 1, \"text\": \"t\"}", "should be 2");
    DAMAGED("- {\"note\": 1, \"at_us\": 1, \"text\": \"t\"}", "copied or moved");
}

static void a_canonical_line_whose_checksum_does_not_fit_is_damaged(void **state)
{
    (void)state;
    DAMAGED(NOTE(2) ", \"crc\": \"00000000\"}", "checksum");
}

static void an_edited_line_is_read_and_marked(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    add_signed(&s, NOTE(1));
    buf_add_text(&s.bytes, "- {note: 2, text: 'it''s edited', at_us: 5} # by hand\n");
    buf_add_text(&s.bytes, "- {\"note\":3,\"at_us\":5,\"text\":\"compact\", \"crc\": \"00000000\"}\n");
    add_signed(&s, "- {\"note\":4,\"text\":\"another program\",\"at_us\":5");
    add_signed(&s, NOTE(5));
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_true(s.info.canonical);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_false(s.info.canonical || s.info.crc_present || s.info.crc_ok);
    assert_string_equal(s.record.as.note.text, "it's edited");
    assert_int_equal(s.record.as.note.at_us, 5);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_false(s.info.canonical || s.info.crc_ok);
    assert_true(s.info.crc_present);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_false(s.info.canonical);
    assert_true(s.info.crc_ok);
    assert_string_equal(s.record.as.note.text, "another program");
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_true(s.info.canonical);
    end(&s);
}

static void lines_taken_out_are_counted_and_the_rest_is_read(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    add_signed(&s, NOTE(1));
    add_signed(&s, NOTE(4));
    add_signed(&s, NOTE(5));
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(s.info.missing, 2);
    assert_int_equal(s.info.number, 2);
    assert_int_equal(s.record.line, 4);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(s.info.missing, 0);
    end(&s);
}

static void a_line_that_stands_twice_is_read_once(void **state)
{
    (void)state;
    struct scene s;
    begin(&s);
    add_signed(&s, NOTE(1));
    add_signed(&s, NOTE(1));
    add_signed(&s, NOTE(2));
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(next(&s), JOURNAL_READ_DAMAGED);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(s.record.line, 2);
    assert_int_equal(s.info.missing, 0);
    end(&s);
}

static void a_line_longer_than_the_cap_is_skipped(void **state)
{
    (void)state;
    char folder[256], file[320];
    struct scene s;
    begin(&s);
    add_signed(&s, NOTE(1));
    size_t long_at = s.bytes.length;
    for (size_t i = 0; i <= JOURNAL_LINE_MAX / 1024; i++)
        buf_add_format(&s.bytes, "%1024d", 7);
    buf_add_char(&s.bytes, '\n');
    add_signed(&s, NOTE(3));
    make_folder(folder);
    snprintf(file, sizeof file, "%s/journal.yaml", folder);
    write_file(file, s.bytes.data, s.bytes.length);
    for (int from_file = 0; from_file < 2; from_file++) {
        if (from_file)
            assert_int_equal(journal_reader_open(file, &s.reader, &s.e), 0);
        assert_int_equal(next(&s), JOURNAL_READ_RECORD);
        assert_int_equal(next(&s), JOURNAL_READ_DAMAGED);
        assert_int_equal(s.info.offset, long_at);
        assert_int_equal(s.info.length, JOURNAL_LINE_MAX + 1024);
        assert_non_null(strstr(s.e.text, "at most"));
        assert_int_equal(next(&s), JOURNAL_READ_RECORD);
        assert_int_equal(s.record.line, 3);
        assert_int_equal(next(&s), JOURNAL_READ_END);
        journal_reader_close(&s.reader);
    }
    buf_free(&s.bytes);
    remove_folder(folder);
}

static void a_file_that_shrinks_while_it_is_read_ends(void **state)
{
    (void)state;
    char folder[256], file[320];
    struct scene s;
    begin(&s);
    for (int i = 1; i <= 20000; i++) {
        char body[128];
        snprintf(body, sizeof body, "- {\"note\": %d, \"at_us\": 1, \"text\": \"t\"", i);
        add_signed(&s, body);
    }
    make_folder(folder);
    snprintf(file, sizeof file, "%s/journal.yaml", folder);
    write_file(file, s.bytes.data, s.bytes.length);
    assert_int_equal(journal_reader_open(file, &s.reader, &s.e), 0);
    assert_int_equal(next(&s), JOURNAL_READ_RECORD);
    assert_int_equal(truncate(file, 100), 0);
    enum journal_read got;
    uint64_t records = 1;
    while ((got = next(&s)) == JOURNAL_READ_RECORD)
        records++;
    assert_true(got == JOURNAL_READ_TORN || got == JOURNAL_READ_END);
    assert_in_range(records, 2, 19999);
    journal_reader_close(&s.reader);
    buf_free(&s.bytes);
    remove_folder(folder);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct journal_reader *r = NULL;
    struct err e;
    assert_int_equal(journal_reader_open("/dev/zero", &r, &e), ERR_INPUT);
    assert_null(r);
    assert_int_equal(journal_reader_open("/nonexistent/journal.yaml", &r, &e), ERR_INPUT);
    assert_null(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_no_journal_holds_are_named),
        cmocka_unit_test(what_libyaml_would_pass_is_refused),
        cmocka_unit_test(wrong_kinds_fields_and_types_are_named),
        cmocka_unit_test(a_canonical_line_whose_checksum_does_not_fit_is_damaged),
        cmocka_unit_test(an_edited_line_is_read_and_marked),
        cmocka_unit_test(lines_taken_out_are_counted_and_the_rest_is_read),
        cmocka_unit_test(a_line_that_stands_twice_is_read_once),
        cmocka_unit_test(a_line_longer_than_the_cap_is_skipped),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_ends),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
