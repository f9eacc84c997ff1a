/* A record of every kind, filled with hostile values, comes back the same from the canonical parser and from
 * libyaml. */
#include "records.h"

#include "harness/journal/line.h"

#define ROUNDS 400

static void format(struct buf *b, const struct journal_record *r)
{
    buf_clear(b);
    journal_format(b, r);
    assert_false(b->failed);
}

static void every_kind_comes_back_from_the_canonical_parser(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, JOURNAL_LINE_MAX);
    for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
        for (uint64_t round = 0; round < ROUNDS; round++) {
            struct filled f;
            struct journal_record back;
            struct journal_line_info info;
            struct journal_reader *r;
            struct err e;
            fill_record(&f, (enum journal_kind)kind, random_key(kind, round));
            assert_null(journal_record_fault(&f.record));
            format(&b, &f.record);
            assert_int_equal(journal_reader_memory(b.data, b.length, "memory", &r, &e), 0);
            assert_int_equal(journal_reader_next(r, &back, &info, &e), JOURNAL_READ_RECORD);
            assert_true(info.canonical && info.crc_present && info.crc_ok);
            assert_same_record(&f.record, &back);
            assert_int_equal(journal_reader_next(r, &back, &info, &e), JOURNAL_READ_END);
            assert_int_equal(e.code, 0);
            journal_reader_close(&r);
        }
    }
    buf_free(&b);
}

static void every_kind_comes_back_from_libyaml(void **state)
{
    (void)state;
    struct buf b;
    struct arena arena = { 0 };
    buf_init(&b, JOURNAL_LINE_MAX);
    for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
        for (uint64_t round = 0; round < ROUNDS; round++) {
            struct filled f;
            struct journal_record back;
            struct err e = { 0 };
            bool crc_present;
            fill_record(&f, (enum journal_kind)kind, random_key(kind, round));
            format(&b, &f.record);
            int status =
                journal_parse_yaml(b.data, b.length - 1, "memory:1", &arena, &back, &crc_present, &e);
            if (status != 0)
                print_message("# %s\n# %s", e.text, b.data);
            assert_int_equal(status, 0);
            assert_true(crc_present);
            assert_same_record(&f.record, &back);
        }
    }
    arena_free(&arena);
    buf_free(&b);
}

/* Whatever single byte is changed, what is still called canonical is what the writer would write for that
 * record. */
static void a_line_is_called_canonical_only_when_the_writer_would_write_it_so(void **state)
{
    (void)state;
    struct buf b, again;
    struct arena arena = { 0 };
    buf_init(&b, JOURNAL_LINE_MAX);
    buf_init(&again, JOURNAL_LINE_MAX);
    for (unsigned kind = 1; kind < JOURNAL_KIND_COUNT; kind++) {
        struct filled f;
        fill_record(&f, (enum journal_kind)kind, kind);
        format(&b, &f.record);
        for (size_t i = 0; i + JOURNAL_CRC_TAIL + 1 < b.length; i++) {
            static const char bytes[] = "0159-.,: \"\\{}[]aFnu\xe2\x80\x01";
            char kept = b.data[i];
            for (size_t k = 0; k + 1 < sizeof bytes; k++) {
                struct journal_record back;
                b.data[i] = bytes[k];
                if (!journal_parse_canonical(b.data, b.length - 1, &arena, &back))
                    continue;
                format(&again, &back);
                assert_int_equal(again.length, b.length);
                assert_memory_equal(again.data, b.data, b.length - JOURNAL_CRC_TAIL - 1);
            }
            b.data[i] = kept;
        }
    }
    arena_free(&arena);
    buf_free(&again);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_comes_back_from_the_canonical_parser),
        cmocka_unit_test(every_kind_comes_back_from_libyaml),
        cmocka_unit_test(a_line_is_called_canonical_only_when_the_writer_would_write_it_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
