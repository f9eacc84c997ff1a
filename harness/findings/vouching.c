#include "harness/findings/vouching.h"

#include "harness/base/text.h"
#include "harness/journal/journal.h"

#include <stdlib.h>
#include <string.h>

static size_t reader_of(const struct survey *s, const char *unit)
{
    size_t reader = 0;
    while (reader < s->reader_count && strcmp(s->readers[reader].unit, unit) != 0)
        reader++;
    return reader;
}

/* pending: lines of each reader's placements since its reference last answered. */
static void read_one(const struct survey *s, const struct journal_record *r, struct buf *pending,
                     struct buf *spoilt)
{
    size_t reader = SURVEY_READERS_MAX;
    if (r->kind == JOURNAL_KIND_PLACEMENT)
        reader = reader_of(s, r->as.placement.reader);
    else if (r->kind == JOURNAL_KIND_REFERENCE)
        reader = reader_of(s, r->as.reference.reader);
    else if (r->kind == JOURNAL_KIND_RESUME && r->as.resume.replaced)
        for (size_t i = 0; i < s->reader_count; i++)
            if (text_lists(r->as.resume.replaced, s->readers[i].unit))
                buf_cut(&pending[i], 0); /* nothing can vouch for the reader before */
    if (reader >= s->reader_count)
        return;
    if (r->kind == JOURNAL_KIND_PLACEMENT) {
        buf_add(&pending[reader], &r->line, sizeof r->line);
        return;
    }
    if (r->as.reference.ok != 1)
        buf_add(spoilt, buf_text(&pending[reader]), pending[reader].length);
    buf_cut(&pending[reader], 0);
}

static int compare_lines(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int vouching_read(const char *path, const struct survey *s, struct buf *spoilt, struct err *e)
{
    struct buf pending[SURVEY_READERS_MAX];
    struct journal_reader *reader = NULL;
    struct journal_record r;
    struct journal_line_info info;
    struct err damage = { 0 };
    enum journal_read got;
    bool failed = false;
    if (!s->reference.given)
        return 0;
    int status = journal_reader_open(path, &reader, e);
    if (status != 0)
        return status;
    journal_reader_ahead(reader, true);
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        buf_init(&pending[i], SIZE_MAX / 2);
    while ((got = journal_reader_next(reader, &r, &info, &damage)) != JOURNAL_READ_END) {
        if (got == JOURNAL_READ_RECORD)
            read_one(s, &r, pending, spoilt);
    }
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++) {
        failed = failed || pending[i].failed;
        buf_free(&pending[i]);
    }
    journal_reader_close(&reader);
    if (failed || spoilt->failed)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    if (spoilt->length > 0)
        qsort(spoilt->data, spoilt->length / sizeof(uint64_t), sizeof(uint64_t), compare_lines);
    return 0;
}

bool vouching_is_spoilt(const struct buf *spoilt, uint64_t placement)
{
    return spoilt->length > 0 && bsearch(&placement, spoilt->data, spoilt->length / sizeof placement,
                                         sizeof placement, compare_lines) != NULL;
}
