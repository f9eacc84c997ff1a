/*
 * The journal file: append-only, one record a line, one write(2) a record. The writer keeps the file whole:
 * after a short write it is cut back to its last whole line and the line is kept in memory. The reader takes
 * canonical lines at memory speed and hands any other line to libyaml.
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

/*
 * Creates DIR (0700, with its parents) and DIR/journal.yaml (0600), and takes DIR/lock. ERR_ENVIRONMENT when
 * there is a journal with records already or another process holds the lock (the text names it).
 */
int journal_create(const char *directory, struct journal **out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Opens for appending: takes the lock, reads all through (counts, SHA-256, last number) and cuts a torn last
 * line off (cut_bytes). A damaged whole line stays; journal_verify() names it. Where DIR/journal.yaml is a
 * character device nothing is read. The next record's number is the number of lines + 1, and more when lines
 * were taken out.
 */
int journal_reopen(const char *directory, struct journal **out, uint64_t *cut_bytes, struct err *e)
    __attribute__((warn_unused_result));

/*
 * Numbers the record (r->line) and writes it with one write(2). ERR_ENVIRONMENT when the disk is full: the
 * file is cut back to its last whole line, the number is not used up and the line is kept in memory: append
 * the record again, or call journal_retry(), when there is room. Another record takes the kept one's place.
 * ERR_LIMIT: longer than a line may be; ERR_USAGE: a field's value has no form in a line (NaN, infinite, a
 * MUST that is not set). Neither writes.
 */
int journal_append(struct journal *j, struct journal_record *r, struct err *e)
    __attribute__((warn_unused_result));
int journal_retry(struct journal *j, struct err *e); /* writes the kept line; 0 also when there is none */
bool journal_has_kept(const struct journal *j);

/* Lines in the file, also by earlier executions and damaged ones. */
/* The permissions that others had in the folder until journal_reopen() took them away; 0: none. */
unsigned journal_was_mode(const struct journal *j);
uint64_t journal_lines(const struct journal *j);
uint64_t journal_count(const struct journal *j, enum journal_kind kind); /* readable records of that kind */
void journal_sha256(const struct journal *j, char out[65]);              /* of all bytes so far */
int journal_sync(struct journal *j, struct err *e); /* fdatasync: once a second and at the end */

/* Also for a forked child that must let go of the run: the lock stays with the process that took it. */
void journal_close(struct journal **j);

/* The bytes of one line with CRC and newline, as journal_append writes them. */
void journal_format(struct buf *b, const struct journal_record *r);

/*
 * A reader gives every line of the file once, in order:
 *   canonical line, CRC fits              RECORD, canonical and crc_ok
 *   canonical line, CRC does not fit      DAMAGED: rot, or a hand that left the CRC as it was
 *   not canonical but readable by YAML    RECORD with canonical = false; crc_ok is true for a foreign writer's line
 *                                         and false for an edited one (the CRC is missing or no longer fits)
 *   all else                              DAMAGED, named; reading goes on: NUL, CR, byte order mark, invalid UTF-8,
 *                                         raw U+0085/2028/2029, unknown kind or field, wrong type, too long a line ...
 *   no newline at the end                 TORN: an interrupted write, then END
 *
 * Records number themselves by their line, so numbers must grow. A number that is too high says that lines are
 * missing: the record is good and `missing` says how many; one that is not above the last is DAMAGED (a
 * copied or moved line), and so is a number too high in a line whose CRC does not vouch for it. What refers
 * to a line (transaction.placement, placed.placement) means the record's own number, journal_record.line.
 */
struct journal_reader;
int journal_reader_open(const char *path, struct journal_reader **out, struct err *e)
    __attribute__((warn_unused_result)); /* the file may grow or be cut while it is read */
int journal_reader_memory(const char *bytes, size_t length, const char *name, struct journal_reader **out,
                          struct err *e) __attribute__((warn_unused_result)); /* bytes borrowed */
void journal_reader_close(struct journal_reader **r);

/*
 * Before the first line: all cores read, check and parse ahead, in threads that end with the last line or the reader.
 * It gives the same lines, records and errors. Only where no process is forked while the reader is open.
 * heads: of a transaction the fields in front of `stages`; the others are as left out, and whether they are canonical is
 * not looked at, though the checksum has to fit.
 */
void journal_reader_ahead(struct journal_reader *r, bool heads);

enum journal_read {
    JOURNAL_READ_RECORD = 1,
    JOURNAL_READ_DAMAGED, /* this line can't be used: e says why and where; reading goes on behind it */
    JOURNAL_READ_TORN,    /* the last line has no newline: an interrupted write, not damage */
    JOURNAL_READ_END,     /* e->code is 0, or ERR_ENVIRONMENT when the system could not read on */
};
struct journal_line_info {
    uint64_t number;  /* of the line in the file, 1.. */
    uint64_t missing; /* lines that the numbering says are gone before this one */
    bool canonical;   /* exactly as the writer writes it */
    bool crc_present, crc_ok;
    bool misplaced; /* DAMAGED by its number alone, which is not above the last: the record can be read */
    bool cut_stop;  /* TORN: it was a stop record */
    size_t offset, length; /* in the file; length without the newline */
    size_t flipped; /* byte of the line, 1.., of which one bit more or less makes the checksum fit; 0: none */
    unsigned char is, was; /* that byte, and what it is with the other bit */
};
/* The record's pointers live until the next call. info and e may be NULL. */
enum journal_read journal_reader_next(struct journal_reader *r, struct journal_record *out,
                                      struct journal_line_info *info, struct err *e);
/* Behind END: goes on with what has been appended since, a line that was torn included. */
void journal_reader_more(struct journal_reader *r);
void journal_reader_hash(
    struct journal_reader *r); /* before the first line: keep a SHA-256 of the file as it is read */
void journal_reader_sha256(struct journal_reader *r,
                           char out[65]); /* of all bytes before the last line returned */

/* The JSON schema of a line and the manual's tables of fields and codes, from the record tables and said.def. */
void journal_schema(struct buf *b);
void journal_field_table(struct buf *b);
void journal_code_table(struct buf *b);

/* Which results of a suspect placement may hide a failure of the phone: its invalid ones, and aborted ones where the
 * whole placement is made again. */
bool journal_result_hides(const struct journal_placed *p, size_t result);

#endif
