/*
 * The fold: journal records, one after the other, into counts and observations of each cell; inside
 * findings/ only. Its files: fold.c, executions.c, exclusions.c, observations.c.
 */
#ifndef NFC_SURVEY_FINDINGS_FOLD_H
#define NFC_SURVEY_FINDINGS_FOLD_H

#include "harness/cells/cells.h"
#include "harness/domain/limits.h"
#include "harness/findings/findings.h"
#include "harness/findings/live.h"

#define FOLD_PLACEMENTS_MAX 16000000u /* cap on placement records */

/* What is remembered of a placement until the end: its line is the key, ascending. */
struct fold_placement {
    uint64_t line;
    uint32_t pair;
    uint16_t condition, reader;
    uint16_t touched, bad, invalid; /* bit a script: has transactions; a fail or slow one; an invalid one */
    bool suspect;                   /* an invalid transaction of it may hide a failure of the phone */
    uint16_t counted, dirty;        /* bit a script: in n; in d */
    uint8_t session;                /* 1..32, 0 when out of range */
    bool closed, excluded, withdrawn;
    uint64_t at_us;     /* when the phone was placed, in its execution */
    uint32_t fwt_us;    /* frame waiting time offered, 0 when not recorded */
    uint16_t kbit_s;    /* highest rate that its first transaction allows, 0 when not recorded */
    uint16_t execution; /* 1: from the start record, 2..: from a resume record */
    uint16_t suspected; /* scripts of which it is counted as a suspect one, a bit each */
    char technology;    /* of its first transaction, or 0 */
};

struct fold_cell {
    struct buf placements, rows; /* struct observations while it grows */
    uint32_t latest;             /* the placement that its last rows are of */
    struct cell_counts counts;
    unsigned invalid_run, sessions_invalid; /* sessions with invalid placements, a bit each */
    unsigned invalid_unsuspected;           /* invalid placements that counts know nothing of */
    bool instrument;
};

struct fold {
    struct findings *f;
    struct buf placements; /* array of struct fold_placement */
    struct fold_cell *cells;
    struct buf spoilt;                        /* vouching.h */
    const struct findings_listener *listener; /* or NULL */
    struct budget_fold *budget;
    struct integrity *integrity; /* of the same lines; borrowed */
    bool accepts_damaged;        /* a placement with a lost or damaged line is suspect */
    struct live live;
    uint64_t line; /* of the record in hand, in the file */
    int failed;    /* ERR_MEMORY or ERR_LIMIT once; the caller looks at the end */
};

/* o: zeroes, with its integrity. */
int fold_init(struct fold *o, struct findings *f, const struct findings_listener *l, struct err *e)
    __attribute__((warn_unused_result));
void fold_free(struct fold *o);

/* One record behind the start record, and its line in the file. One that contradicts the survey or the lines before it
 * is damage. */
void fold_record(struct fold *o, const struct journal_record *r, uint64_t line);

/* Closes placements without a `placed` record: dirty for a script with a bad transaction, else aborted. */
void fold_close_broken_off(struct fold *o);

/* NULL when its record was not readable. */
struct fold_placement *fold_find_placement(struct fold *o, uint64_t line);

/* The record in hand can't be true beside the survey or those before it: damage. */
void fold_contradiction(struct fold *o, enum said_code code);

/* executions.c: the start record without its cells; a resume or stop record */
int fold_start(struct findings *f, const struct journal_start *start, struct err *e)
    __attribute__((warn_unused_result));
void fold_execution(struct fold *o, const struct journal_record *r);
/* What a record says of a reader's being real. */
void fold_proof(struct findings *f, const char *unit, enum proof proof);
void fold_free_executions(struct findings *f);

/* exclusions.c: a note; and the verdicts without what was withdrawn */
void fold_note(struct fold *o, const struct journal_record *r);
int fold_withdraw(struct fold *o, struct cells *cells, struct err *e) __attribute__((warn_unused_result));
void fold_free_notes(struct findings *f);

/*
 * observations.c: a row of a transaction; what its placement came to; and the rows handed to the cells at
 * the end. p: NULL when the placement record was not readable. fold_observe() says whether it has a time.
 */
bool fold_observe(struct fold *o, const struct fold_placement *p, const struct journal_record *r,
                  enum outcome outcome);
void fold_observe_result(struct fold *o, const struct fold_placement *p, size_t cell, uint64_t placement,
                         bool counted);
int fold_finish_observations(struct fold *o, struct err *e) __attribute__((warn_unused_result));

#endif
