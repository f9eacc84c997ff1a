/*
 * Whether a journal is as it was written: one check of every line while it is read, which each command asks that opens
 * a run. It holds the line's checksum and number, where its kind may stand, what `placed` says of its transactions, and
 * what a stop record says of all before it. What takes the survey to be seen, the caller adds. Nothing is repaired.
 *
 * What no check of a file by itself shows: lines written anew with all checksums, numbers and the stop record's digest,
 * and whole lines cut from the end, which leave a run that looks open. A signed manifest shows both (manifest.h).
 */
#ifndef NFC_SURVEY_JOURNAL_INTEGRITY_H
#define NFC_SURVEY_JOURNAL_INTEGRITY_H

#include "harness/journal/journal.h"

#define FAULTS_KEPT 1000 /* with their words; all are counted */

struct journal_fault {
    uint64_t line;    /* in the file, 1.. */
    struct said said; /* what is wrong with it */
};

/* Their lines, each once, of runs the ends: "5, 14, 20-36"; "..." where there are more. */
#define FAULTS_LINES 120
struct faults_lines {
    char text[FAULTS_LINES];
};

/* That the run went on in spite of them, by the last resume record that says so. */
struct faults_accepted {
    char lines[FAULTS_LINES]; /* "": nobody did */
    char wall[32];            /* UTC wall time */
    char by[128];             /* who; "" where it isn't known */
};

/* By line once integrity_end() was called. */
struct journal_faults {
    struct journal_fault *items; /* owned */
    size_t kept, capacity;
    uint64_t count,
        lines; /* lines: each once, however much is wrong with it; once integrity_end() was called */
    struct faults_accepted accepted;
};

/* What was read, once integrity_end() was called. */
struct journal_verdict {
    uint64_t lines, records, damaged; /* lines: whole ones */
    uint64_t edited;                  /* readable by YAML, not canonical, CRC missing or no longer fits */
    uint64_t foreign;                 /* readable by YAML, not canonical, CRC fits: another program's line */
    uint64_t missing, problems;
    uint64_t bytes, torn_bytes; /* bytes: of the whole lines */
    uint64_t kinds[JOURNAL_KIND_COUNT];
    bool torn, closed; /* closed: the last record is a stop, but for notes */
    char last[32];     /* UTC wall time of the last record that has one, by its execution's start */
    char sha256[65];   /* of the whole lines; "" where it was not asked for */
};

struct integrity;

/* Before the first line of this reader. hashes: the stop records' SHA-256 is checked too. */
int integrity_begin(struct journal_reader *reader, bool hashes, struct integrity **out, struct err *e)
    __attribute__((warn_unused_result));
void integrity_free(struct integrity **i);

/* A line as the reader gave it, but for END: info and e are the reader's. False where it is nothing to be counted: it
 * cannot be read, or another journal has begun. */
bool integrity_line(struct integrity *i, enum journal_read got, const struct journal_record *r,
                    const struct journal_line_info *info, const struct err *e);

/* Transactions of each script that a clean placement has: what the start record says of it holds until then. */
void integrity_expect(struct integrity *i, unsigned k);

/* What the caller sees of a line: a fault, or what is told and no fault. */
void integrity_fault(struct integrity *i, uint64_t line, const struct said *said);
void integrity_tell(struct integrity *i, uint64_t line, const struct said *said);

bool integrity_names(const struct integrity *i, uint64_t line); /* a fault of it, the last line read */

/* Whether a line of this placement, the number of its record, is lost or damaged, as far as has been read: one that is
 * open, or that the last line has closed. Also of one that was never opened. */
bool integrity_is_doubtful(const struct integrity *i, uint64_t placement);

/* Behind the last line. */
void integrity_end(struct integrity *i, struct journal_verdict *out);
struct journal_faults *integrity_faults(struct integrity *i);
struct journal_faults *integrity_told(struct integrity *i);
struct journal_faults faults_take(struct journal_faults *f); /* it is the caller's now, to be freed */
void faults_free(struct journal_faults *f);

struct faults_lines faults_lines(const struct journal_faults *f);

/*
 * The check of a whole file. problem: called for each fault that is kept, in the order of lines. 0 when the file could
 * be read to its end, whatever was found: look at out->problems. A torn tail of an open run is no problem (resume cuts
 * it); it is only said in out.
 */
int journal_verify(const char *path, void (*problem)(void *context, uint64_t line, const char *text),
                   void *context, struct journal_verdict *out, struct err *e)
    __attribute__((warn_unused_result));

#endif
