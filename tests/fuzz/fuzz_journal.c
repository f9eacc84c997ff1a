/*
 * Hostile bytes as a journal, for libFuzzer (make fuzz). Beyond not crashing: a line called canonical is, to the byte,
 * what the writer writes for its record; what is read, old sentences as codes, can be written and is read as the same;
 * read ahead by all cores it is the same journal.
 */
#include "harness/journal/journal.h"
#include "harness/journal/line.h"
#include "tests/unit/journal/ahead_compare.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Of the line as it stands, before old sentences are taken. */
static void check_canonical(const char *line, size_t length, struct arena *arena, struct buf *again)
{
    struct journal_record record;
    buf_clear(again);
    if (!journal_parse_canonical(line, length, arena, &record))
        abort();
    journal_format(again, &record);
    if (again->failed || again->length != length + 1 || memcmp(again->data, line, length) != 0)
        abort();
    if (!ahead_head_agrees(line, length, arena))
        abort();
}

/* Once written anew, it stays as it is. */
static void check_written(const struct journal_record *record, struct arena *arena, struct buf *again)
{
    struct journal_record back;
    struct buf third;
    buf_clear(again);
    journal_format(again, record);
    if (again->failed || !journal_parse_canonical(again->data, again->length - 1, arena, &back))
        abort();
    buf_init(&third, JOURNAL_LINE_MAX);
    journal_format(&third, &back);
    if (third.failed || third.length != again->length || memcmp(third.data, again->data, third.length) != 0)
        abort();
    buf_free(&third);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct journal_reader *r = NULL;
    struct journal_record record;
    struct journal_line_info info;
    struct arena arena = { 0 };
    struct err e;
    enum journal_read got;
    struct buf again;
    buf_init(&again, JOURNAL_LINE_MAX);
    if (journal_reader_memory((const char *)bytes, length, "fuzz", &r, &e) != 0)
        return 0;
    while ((got = journal_reader_next(r, &record, &info, &e)) != JOURNAL_READ_END) {
        if (info.offset + info.length > length)
            abort();
        if (got != JOURNAL_READ_RECORD)
            continue;
        check_written(&record, &arena, &again);
        if (info.canonical)
            check_canonical((const char *)bytes + info.offset, info.length, &arena, &again);
    }
    journal_reader_close(&r);
    if (length > 0 && ahead_compare((const char *)bytes, length, bytes[0] % 2, 1 + bytes[length - 1] % 200u))
        abort();
    arena_free(&arena);
    buf_free(&again);
    return 0;
}
