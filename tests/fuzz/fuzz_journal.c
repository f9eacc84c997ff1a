/*
 * Hostile bytes as a journal, for libFuzzer:
 *   clang -std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/fuzz_journal.c \
 *       harness/journal/[!v]*.c harness/base/[!cd]*.c harness/base/crc32c.c -lyaml -lcrypto -lm -o
 * fuzz_journal Beyond not crashing: a line called canonical is, to the byte, what the writer writes for its
 * record.
 */
#include "harness/journal/journal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct journal_reader *r = NULL;
    struct journal_record record;
    struct journal_line_info info;
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
        buf_clear(&again);
        journal_format(&again, &record); /* what was read can be written */
        if (again.failed)
            abort();
        if (info.canonical &&
            (again.length != info.length + 1 || memcmp(again.data, bytes + info.offset, info.length) != 0))
            abort();
    }
    journal_reader_close(&r);
    buf_free(&again);
    return 0;
}
