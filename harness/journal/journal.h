/*
 * The journal file: append-only, one record a line, one write(2) a record. The writer keeps the file whole: after a
 * short write it is cut back to its last whole line and the line is kept in memory. The reader takes canonical
 * lines at memory speed and hands any other line to libyaml.
 */
#ifndef NFC_SURVEY_JOURNAL_JOURNAL_H
#define NFC_SURVEY_JOURNAL_JOURNAL_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/journal/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_LINE_MAX (16u << 20) /* bytes of a line; the start record embeds the survey's files */

struct journal; /* a writer */

/* Creates DIR/journal.yaml (0600 in a 0700 directory) and takes DIR/lock; ERR_ENVIRONMENT when it exists or is locked. */
int journal_create(const char *directory, struct journal **out, struct err *e) __attribute__((warn_unused_result));

/* Opens for appending: takes the lock, cuts a torn last line off (cut_bytes), counts and hashes what is there. */
int journal_reopen(const char *directory, struct journal **out, uint64_t *cut_bytes, struct err *e)
    __attribute__((warn_unused_result));

/* Numbers the record, writes it. r->line is set. ERR_ENVIRONMENT when the disk is full: the file stays whole. */
int journal_append(struct journal *j, struct journal_record *r, struct err *e) __attribute__((warn_unused_result));

uint64_t journal_lines(const struct journal *j); /* records written so far, also by earlier executions */
uint64_t journal_count(const struct journal *j, enum journal_kind kind);
void journal_sha256(const struct journal *j, char out[65]); /* of all bytes so far */
int journal_sync(struct journal *j, struct err *e);          /* fdatasync: call about once a second and at the end */
void journal_close(struct journal **j);

/* The bytes of one line with CRC and newline, as journal_append writes them. */
void journal_format(struct buf *b, const struct journal_record *r);

struct journal_reader;
int journal_reader_open(const char *path, struct journal_reader **out, struct err *e)
    __attribute__((warn_unused_result));
int journal_reader_memory(const char *bytes, size_t length, const char *name, struct journal_reader **out,
                          struct err *e) __attribute__((warn_unused_result)); /* bytes borrowed */
void journal_reader_close(struct journal_reader **r);

enum journal_read {
    JOURNAL_READ_RECORD = 1,
    JOURNAL_READ_DAMAGED, /* this line can't be used: e says why and where; reading goes on behind it */
    JOURNAL_READ_TORN,    /* the last line has no newline: an interrupted write, not damage */
    JOURNAL_READ_END,
};
struct journal_line_info {
    uint64_t number;    /* of the line in the file, 1.. */
    bool canonical;     /* exactly as the writer writes it */
    bool crc_present, crc_ok;
    size_t offset, length; /* in the file */
};
/* The record's pointers live until the next call. Damaged: bad syntax, unknown kind or field, bad CRC, wrong number. */
enum journal_read journal_reader_next(struct journal_reader *r, struct journal_record *out,
                                      struct journal_line_info *info, struct err *e);

/* `verify`: every damaged line by number; counts and SHA-256 of every stop record; gaps in the numbering. */
struct journal_verdict {
    uint64_t lines, records, damaged, edited; /* edited: readable by YAML but not canonical (CRC no longer fits or absent) */
    uint64_t kinds[JOURNAL_KIND_COUNT];
    bool torn, closed; /* last record is a stop */
    char sha256[65];
};
int journal_verify(const char *path, void (*problem)(void *context, uint64_t line, const char *text), void *context,
                   struct journal_verdict *out, struct err *e) __attribute__((warn_unused_result));

/* The JSON schema of a line and the manual's field table, from the record tables. */
void journal_schema(struct buf *b);
void journal_field_table(struct buf *b);

#endif
