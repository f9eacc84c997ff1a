/*
 * The decisions that a journal tells, held against the counts up to their own lines: each one that is told must follow
 * from these, and each that follows must be told before the next record. One that an execution did not come to write
 * is written by the next, and is no fault. What cells make of counts is theirs (harness/cells): the caller keeps them up
 * to date with each record, as the plan did while the run was made.
 */
#ifndef NFC_SURVEY_AUDIT_DECISIONS_H
#define NFC_SURVEY_AUDIT_DECISIONS_H

#include "harness/cells/cells.h"
#include "harness/journal/integrity.h"

struct decisions {
    const struct cells *cells;   /* borrowed */
    struct integrity *integrity; /* borrowed: hears what is wrong */
    enum verdict *told;          /* a cell */
    enum row_verdict *rows;      /* a row, of a scheme of two tiers */
    size_t *due;                 /* cells that may have to be told, each once: is_due */
    uint8_t *is_due;             /* DUE, or LATE: since an execution that was broken off */
    size_t due_count;
    uint8_t *doubtful; /* a pair: what is told of it cannot be checked */
    uint64_t began;    /* line of the present execution */
};

int decisions_make(const struct cells *cells, struct integrity *i, struct decisions *out, struct err *e)
    __attribute__((warn_unused_result));
void decisions_free(struct decisions *d);

/* A record in this line of the file, before the cells know it. */
void decisions_record(struct decisions *d, const struct journal_record *r, uint64_t line);

/* Whether what has changed is told behind a record of this kind. */
static inline bool decisions_follow(enum journal_kind kind)
{
    return kind == JOURNAL_KIND_PLACED || kind == JOURNAL_KIND_REFERENCE || kind == JOURNAL_KIND_RESUME;
}

/* A cell of which cells_changed() says that there is something to tell. */
void decisions_changed(struct decisions *d, size_t cell);

/* A placement of this cell has a lost or damaged line: what was decided of its handset is checked no more. */
void decisions_doubt(struct decisions *d, size_t cell);

#endif
