/* What version 1 wrote in clear is read as a record of today has it; what a run of today wrote stays as it is. */
#include "records.h"

#include "harness/base/crc32c.h"

#define BYTES(pairs)                                                                                         \
    "- {\"transaction\": 2, \"placement\": 1, \"cell\": 0, \"repeat\": 1, \"order\": 1, \"at_us\": 0, "      \
    "\"outcome\": \"ok\", \"atr\": \"3b878001806512345678907b\", \"ats\": \"0c788080028065cafebabe01\", "    \
    "\"stages\": {}, \"exchanges\": [[1, 5, \"9000\"], [2, 5, \"9000\"], [3, 5, \"9000\"], [5, 5, "          \
    "\"9000\"]], \"bytes\": [" pairs "]"
#define RAW                                                                                                  \
    "[\"ffca000000\", \"04cafebabe11229000\"], [\"00b0000004\", \"cafebabe9000\"], "                         \
    "[\"00a4040008a000000151000000\", \"9000\"], [\"80ca9f7f00\", \"9f7f2acafebabe9000\"]"

static struct buf journal;

static void add_line(const char *text)
{
    size_t from = journal.length;
    buf_add_text(&journal, text);
    buf_add_format(&journal, ", \"crc\": \"%08x\"}\n",
                   crc32c(0, journal.data + from + 2, journal.length - from - 2));
}

static struct journal_reader *read_second(unsigned version, struct journal_record *r)
{
    static struct filled start;
    struct journal_reader *reader = NULL;
    struct err e;
    fill_record(&start, JOURNAL_KIND_START, 7);
    start.record.line = 1;
    start.record.as.start.version = version;
    buf_clear(&journal);
    journal_format(&journal, &start.record);
    add_line(BYTES(RAW));
    assert_int_equal(journal_reader_memory(journal.data, journal.length, "old", &reader, &e), 0);
    assert_int_equal(journal_reader_next(reader, r, NULL, &e), JOURNAL_READ_RECORD);
    assert_int_equal(journal_reader_next(reader, r, NULL, &e), JOURNAL_READ_RECORD);
    return reader;
}

static void assert_answers(const struct journal_transaction *t, const char *const *responses)
{
    assert_int_equal(t->bytes.count, 4);
    for (size_t i = 0; i < t->bytes.count; i++)
        assert_string_equal(t->bytes.items[i].response, responses[i]);
}

static void what_version_1_told_in_clear_is_hidden_as_it_is_read(void **state)
{
    static const char *const hidden[] = { "xx9000", "xx9000", "9000", "xx9000" };
    struct journal_record r;
    (void)state;
    struct journal_reader *reader = read_second(1, &r);
    const struct journal_transaction *t = &r.as.transaction;
    assert_string_equal(journal_shown(t->ats), "0c788080028065xxxxxxxxxx");
    assert_string_equal(journal_shown(t->atr), "3b8780018065xxxxxxxxxxxx");
    assert_answers(t, hidden);
    journal_reader_close(&reader);
}

static void what_today_wrote_is_read_to_the_letter(void **state)
{
    static const char *const told[] = { "04cafebabe11229000", "cafebabe9000", "9000", "9f7f2acafebabe9000" };
    struct journal_record r;
    (void)state;
    struct journal_reader *reader = read_second(2, &r);
    assert_string_equal(journal_shown(r.as.transaction.ats), "0c788080028065cafebabe01");
    assert_answers(&r.as.transaction, told);
    journal_reader_close(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_version_1_told_in_clear_is_hidden_as_it_is_read),
        cmocka_unit_test(what_today_wrote_is_read_to_the_letter),
    };
    buf_init(&journal, 1u << 16);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&journal);
    return failed;
}
