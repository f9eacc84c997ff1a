/* What all cores read ahead is what one reads line by line, whatever the file holds and wherever chunks are cut. */
#include "records.h"

#include "ahead_compare.h"

#include "harness/base/crc32c.h"

#define LINES  120
#define SEEDS  24
#define SECRET "a line of no journal\n"

/* Records of all kinds, some of their lines flipped, edited, lost, doubled, empty, not text, or no journal's at all. */
static void write_journal(struct buf *out, uint64_t seed)
{
    static struct filled f;
    for (uint64_t line = 1; line <= LINES; line++) {
        uint64_t damage = seed ? random_u64(seed, line) % 40 : 39;
        size_t from = out->length;
        fill_record(&f,
                    line == 1 ? JOURNAL_KIND_START : (enum journal_kind)(2 + line % (JOURNAL_KIND_COUNT - 2)),
                    seed * 1000 + line);
        f.record.line = line;
        journal_format(out, &f.record);
        assert_false(out->failed);
        size_t length = out->length - from;
        if (damage == 0)
            out->data[from + random_u64(seed, 1000 + line) % length] ^= 4;
        else if (damage == 1)
            buf_cut(out, from);
        else if (damage == 2)
            journal_format(out, &f.record);
        else if (damage == 3)
            buf_add_text(out, "\n\r\n" SECRET "\0\n");
        else if (damage == 4) { /* readable by YAML, without a checksum */
            buf_cut(out, out->length - JOURNAL_CRC_TAIL - 1);
            buf_add_text(out, "}\n");
        }
    }
    if (seed % 3 == 1)
        buf_add_text(out, "- {\"stop\": 12");
}

static void it_gives_what_one_core_reads(void **state)
{
    static const size_t chunks[] = { 1, 61, 1000, 4096, 1 << 20 };
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct buf b;
        buf_init(&b, 64u << 20);
        write_journal(&b, seed);
        for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++)
            for (unsigned threads = 0; threads < 4; threads += 3) {
                const char *difference = ahead_compare(b.data, b.length, threads, chunks[c]);
                if (difference)
                    fail_msg("seed %d, chunks of %zu, %u threads: %s differs", (int)seed, chunks[c], threads,
                             difference);
            }
        buf_free(&b);
    }
}

static void it_leaves_what_is_no_journal_to_the_reader(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 64u << 20);
    for (int i = 0; i < 30000; i++) /* more lines than a chunk may have */
        buf_add_char(&b, '\n');
    assert_null(ahead_compare(b.data, b.length, 1, 1 << 15));
    buf_clear(&b);
    write_journal(&b, 0);
    char *line = calloc(1, JOURNAL_LINE_MAX + 2u); /* longer than a line may be, in the middle */
    assert_non_null(line);
    memset(line, 'x', JOURNAL_LINE_MAX + 1u);
    buf_insert(&b, (size_t)((char *)memchr(b.data + b.length / 2, '\n', b.length / 2) + 1 - b.data), line,
               JOURNAL_LINE_MAX + 1u);
    free(line);
    assert_null(ahead_compare(b.data, b.length, 1, 4096));
    buf_free(&b);
}

static void heads_of_transactions_are_those_of_the_whole(void **state)
{
    struct arena arena = { 0 };
    struct buf b;
    (void)state;
    buf_init(&b, 64u << 20);
    for (uint64_t key = 1; key < 400; key++) {
        static struct filled f;
        buf_clear(&b);
        fill_record(&f, JOURNAL_KIND_TRANSACTION, key);
        journal_format(&b, &f.record);
        assert_true(ahead_head_agrees(b.data, b.length - 1, &arena));
    }
    arena_free(&arena);
    buf_free(&b);
}

/* Lines that come, or go, behind what was there when reading began. */
static void a_file_may_grow_and_be_cut_meanwhile(void **state)
{
    char folder[] = "/tmp/nfc-survey-ahead-XXXXXX", path[64];
    struct journal_reader *r = NULL;
    struct journal_record record;
    struct err e;
    struct buf b;
    (void)state;
    buf_init(&b, 64u << 20);
    write_journal(&b, 0);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/journal.yaml", folder);
    for (int grows = 0; grows < 2; grows++) {
        size_t half = (size_t)((char *)memchr(b.data + b.length / 2, '\n', b.length / 2) + 1 - b.data),
               lines = 0;
        assert_int_equal(file_replace(path, b.data, grows ? half + 10 : b.length, &e), 0);
        assert_int_equal(journal_reader_open(path, &r, &e), 0);
        journal_reader_ahead_by(r, false, 2, 512);
        assert_int_equal(journal_reader_next(r, &record, NULL, &e), JOURNAL_READ_RECORD);
        FILE *f = fopen(path, "r+");
        assert_non_null(f);
        if (grows) {
            assert_int_equal(fseek(f, (long)half + 10, SEEK_SET), 0);
            assert_int_equal(fwrite(b.data + half + 10, 1, b.length - half - 10, f), b.length - half - 10);
        }
        assert_int_equal(fclose(f), 0);
        if (!grows)
            assert_int_equal(truncate(path, (off_t)half), 0);
        for (lines = 1; journal_reader_next(r, &record, NULL, &e) == JOURNAL_READ_RECORD; lines++)
            assert_int_equal(record.line, lines + 1);
        assert_int_equal(e.code, 0);
        assert_true(grows ? lines == LINES : lines < LINES && lines > LINES / 4);
        journal_reader_close(&r);
    }
    unlink(path);
    rmdir(folder);
    buf_free(&b);
}

/* Read whenever some more of it is there, also in the middle of a line, it is the same journal. */
static void reading_goes_on_where_it_ended(void **state)
{
    char folder[] = "/tmp/nfc-survey-more-XXXXXX", path[64];
    struct ahead_side whole = { 0 }, parts = { 0 };
    struct buf b;
    (void)state;
    buf_init(&b, 64u << 20);
    buf_init(&whole.text, JOURNAL_LINE_MAX);
    buf_init(&parts.text, JOURNAL_LINE_MAX);
    write_journal(&b, 3);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/journal.yaml", folder);
    assert_int_equal(file_replace(path, b.data, 1, &whole.e), 0);
    assert_int_equal(journal_reader_memory(b.data, b.length, path, &whole.reader, &whole.e), 0);
    assert_int_equal(journal_reader_open(path, &parts.reader, &parts.e), 0);
    journal_reader_hash(whole.reader);
    journal_reader_hash(parts.reader);
    journal_reader_ahead(parts.reader, false);
    for (size_t at = 1, step = 1; at < b.length; at += step) {
        step = b.length - at < 997 ? b.length - at : 997;
        while (ahead_side_next(&parts)) {
            if (parts.got == JOURNAL_READ_TORN)
                continue;
            ahead_side_next(&whole);
            const char *difference = ahead_difference(&whole, &parts);
            if (difference)
                fail_msg("line %d: %s differs", (int)parts.info.number, difference);
        }
        FILE *f = fopen(path, "a");
        assert_true(f && fwrite(b.data + at, 1, step, f) == step && fclose(f) == 0);
        journal_reader_more(parts.reader);
    }
    while (ahead_side_next(&parts))
        ahead_side_next(&whole);
    assert_false(ahead_side_next(&whole));
    assert_string_equal(whole.sha256, parts.sha256);
    assert_int_equal(journal_reader_next_number(whole.reader), journal_reader_next_number(parts.reader));
    journal_reader_close(&whole.reader);
    journal_reader_close(&parts.reader);
    unlink(path);
    rmdir(folder);
    buf_free(&whole.text);
    buf_free(&parts.text);
    buf_free(&b);
}

static void three_checksums_are_those_of_one_and_of_the_table(void **state)
{
    uint8_t bytes[211];
    (void)state;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)random_u64(7, i);
    assert_int_equal(crc32c_by_table(0, "123456789", 9), 0xe3069283);
    for (size_t a = 0; a < 70; a += 3)
        for (size_t b = 0; b < 70; b++) {
            const void *const at[3] = { bytes + 1, bytes + 70, bytes + 140 };
            const size_t n[3] = { a, b, 69 - b };
            uint32_t crc[3];
            crc32c_three(at, n, crc);
            for (int i = 0; i < 3; i++) {
                assert_int_equal(crc[i], crc32c(0, at[i], n[i]));
                assert_int_equal(crc[i], crc32c_by_table(0, at[i], n[i]));
                assert_int_equal(crc[i], crc32c(crc32c(0, at[i], n[i] / 2), (const uint8_t *)at[i] + n[i] / 2,
                                                n[i] - n[i] / 2));
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gives_what_one_core_reads),
        cmocka_unit_test(it_leaves_what_is_no_journal_to_the_reader),
        cmocka_unit_test(heads_of_transactions_are_those_of_the_whole),
        cmocka_unit_test(a_file_may_grow_and_be_cut_meanwhile),
        cmocka_unit_test(reading_goes_on_where_it_ended),
        cmocka_unit_test(three_checksums_are_those_of_one_and_of_the_table),
    };
    return cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
}
