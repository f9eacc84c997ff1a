/* A journal read ahead must be the journal as it is read line by line: records, errors, numbers and digest. */
#ifndef NFC_SURVEY_TESTS_UNIT_JOURNAL_AHEAD_COMPARE_H
#define NFC_SURVEY_TESTS_UNIT_JOURNAL_AHEAD_COMPARE_H

#include "harness/journal/journal.h"
#include "harness/journal/line.h"

#include <stdlib.h>
#include <string.h>

struct ahead_side {
    struct journal_reader *reader;
    struct journal_record record;
    struct journal_line_info info;
    struct err e;
    enum journal_read got;
    struct buf text; /* the record as it is written */
    char sha256[65];
};

static inline bool ahead_side_next(struct ahead_side *s)
{
    memset(&s->e, 0, sizeof s->e);
    s->got = journal_reader_next(s->reader, &s->record, &s->info, &s->e);
    buf_clear(&s->text);
    if (s->got == JOURNAL_READ_RECORD)
        journal_format(&s->text, &s->record);
    journal_reader_sha256(s->reader, s->sha256);
    return s->got != JOURNAL_READ_END;
}

/* What differs; NULL: nothing. */
static inline const char *ahead_difference(const struct ahead_side *a, const struct ahead_side *b)
{
    const struct journal_line_info *x = &a->info, *y = &b->info;
    if (a->got != b->got)
        return "what is returned";
    if (x->number != y->number || x->missing != y->missing || x->offset != y->offset ||
        x->length != y->length)
        return "where the line is";
    if (x->canonical != y->canonical || x->crc_present != y->crc_present || x->crc_ok != y->crc_ok ||
        x->misplaced != y->misplaced || x->cut_stop != y->cut_stop || x->flipped != y->flipped ||
        x->is != y->is || x->was != y->was)
        return "what is said of the line";
    if (a->text.length != b->text.length ||
        memcmp(buf_text(&a->text), buf_text(&b->text), a->text.length) != 0)
        return "the record";
    if (a->got == JOURNAL_READ_DAMAGED &&
        (strcmp(a->e.where, b->e.where) != 0 || strcmp(a->e.text, b->e.text) != 0))
        return "the error";
    return strcmp(a->sha256, b->sha256) != 0 ? "the digest" : NULL;
}

static inline const char *ahead_compare(const char *bytes, size_t length, unsigned threads,
                                        size_t chunk_bytes)
{
    struct ahead_side sides[2] = { 0 };
    const char *difference = NULL;
    for (int i = 0; i < 2; i++) {
        buf_init(&sides[i].text, JOURNAL_LINE_MAX);
        if (journal_reader_memory(bytes, length, "j", &sides[i].reader, &sides[i].e) != 0)
            abort();
        journal_reader_hash(sides[i].reader);
    }
    journal_reader_ahead_by(sides[1].reader, false, threads, chunk_bytes);
    for (bool more = true; more && !difference;) {
        more = ahead_side_next(&sides[0]);
        ahead_side_next(&sides[1]);
        difference = ahead_difference(&sides[0], &sides[1]);
    }
    for (int i = 0; i < 2; i++) {
        journal_reader_close(&sides[i].reader);
        buf_free(&sides[i].text);
    }
    return difference;
}

/* Of a canonical line without its newline: the head alone says the same as the whole. */
static inline bool ahead_head_agrees(const char *line, size_t length, struct arena *arena)
{
    struct journal_record whole, head;
    struct arena other = { 0 };
    struct buf a, b;
    bool good = journal_parse_canonical(line, length, arena, &whole) && arena_reset(&other, length) &&
                journal_parse_line(line, length, true, &other, &head) && head.kind == whole.kind;
    if (good && whole.kind == JOURNAL_KIND_TRANSACTION) {
        struct journal_transaction *t = &whole.as.transaction;
        unset_STAGES(&t->stages);
        unset_EXCHANGES(&t->exchanges);
        unset_BYTES(&t->bytes);
        unset_SAID(&t->bytes_cut);
    }
    buf_init(&a, JOURNAL_LINE_MAX);
    buf_init(&b, JOURNAL_LINE_MAX);
    if (good) {
        journal_format(&a, &whole);
        journal_format(&b, &head);
        good = a.length == b.length && memcmp(buf_text(&a), buf_text(&b), a.length) == 0;
    }
    buf_free(&a);
    buf_free(&b);
    arena_free(&other);
    return good;
}

#endif
