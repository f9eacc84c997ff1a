/*
 * The fold: journal records, one after the other, into counts a cell. Inside findings/ only. Nothing is kept
 * of a record but counts, the first times of each placement and what a later record must be checked against.
 */
#ifndef NFC_SURVEY_FINDINGS_FOLD_H
#define NFC_SURVEY_FINDINGS_FOLD_H

#include "harness/findings/findings.h"

#define FOLD_INVALID_RUN    3 /* so many invalid placements running leave a cell undecided (instrument) */
#define FOLD_PLACEMENTS_MAX 16000000u /* cap on placement records */

/* What is remembered of a placement until the end: its line is the key, ascending. */
struct fold_placement {
    uint64_t line;
    uint32_t pair;
    uint16_t condition, reader;
    uint16_t touched, bad, invalid; /* bit a script: has transactions; a fail or slow one; an invalid one */
    uint8_t session;                /* 1..32, 0 when out of range */
    bool closed;
};

struct fold_cell {
    struct buf transaction_us, exchange_us; /* arrays of uint64_t */
    unsigned invalid_run, sessions_invalid; /* sessions with invalid placements, a bit each */
    bool instrument;
    enum verdict decided; /* by the last decision record */
    uint64_t decided_line;
};

struct fold {
    struct findings *f;
    struct buf placements; /* array of struct fold_placement */
    struct fold_cell *cells;
    struct causes_fold *causes;
    uint64_t unnumbered; /* placed records whose placement record was not readable */
    int failed;          /* ERR_MEMORY or ERR_LIMIT once; the caller looks at the end */
};

int fold_init(struct fold *o, struct findings *f, struct err *e) __attribute__((warn_unused_result));
void fold_free(struct fold *o);

/* One record behind the start record. A record that contradicts the survey or the lines before it is damage.
 */
void fold_record(struct fold *o, const struct journal_record *r);

/* Closes placements without a `placed` record: dirty for a script with a bad transaction, else aborted. */
void fold_close_broken_off(struct fold *o);

/* Counts a damaged line and keeps the words of the first ones. */
void fold_damage(struct findings *f, const char *text);

/* A second look at the same counts, by the other files of the room. */
void findings_decide(struct fold *o, const struct scheme_table *table);
int findings_time(struct fold *o, struct err *e) __attribute__((warn_unused_result));
int findings_judge(struct findings *f, struct err *e) __attribute__((warn_unused_result));

/* What summary.yaml says about why a cell failed; nothing for a cell that never did. */
void summary_causes(const struct findings *f, size_t cell, struct buf *b);

#endif
