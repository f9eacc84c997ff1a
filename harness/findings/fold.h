/*
 * The fold: journal records, one after the other, into counts a cell. Inside findings/ only. Nothing is kept
 * of a record but counts, the first times of each placement and what a later record must be checked against.
 */
#ifndef NFC_SURVEY_FINDINGS_FOLD_H
#define NFC_SURVEY_FINDINGS_FOLD_H

#include "harness/domain/limits.h"
#include "harness/findings/findings.h"
#include "harness/stats/cluster.h"

#define FOLD_PLACEMENTS_MAX 16000000u /* cap on placement records */

/* What is remembered of a placement until the end: its line is the key, ascending. */
struct fold_placement {
    uint64_t line;
    uint32_t pair;
    uint16_t condition, reader;
    uint16_t touched, bad, invalid; /* bit a script: has transactions; a fail or slow one; an invalid one */
    uint16_t counted, dirty;        /* bit a script: in n; in d */
    uint8_t session;                /* 1..32, 0 when out of range */
    bool closed, excluded, withdrawn;
    uint64_t at_us;     /* when it was laid, in its execution */
    uint32_t fwt_us;    /* frame waiting time offered, 0 when not told */
    uint16_t kbit_s;    /* highest rate that its first transaction allows, 0 when not told */
    uint16_t execution; /* 1: from the start record, 2..: from a resume record */
    char technology;    /* that its first transaction tells, or 0 */
};

/* What is remembered of an ok transaction: 28 bytes, so that five million fit. */
enum fold_time_flag {
    FOLD_TIME_FIRST = 1,      /* repeat 1: the first of its script in the placement */
    FOLD_TIME_LAID = 2,       /* order 1: the first after the phone was laid */
    FOLD_TIME_SLOW = 4,       /* past the script's time limit */
    FOLD_TIME_BEYOND_FWT = 8, /* an exchange took longer than the frame waiting time */
};
struct fold_time {
    uint32_t placement, line; /* record numbers */
    uint32_t total_us, activate_us, exchanges_us;
    uint32_t first_exchange_us; /* UINT32_MAX without an exchange */
    uint8_t flags;              /* enum fold_time_flag */
};

struct fold_cell {
    struct buf laid, us;                    /* findings_trace while it grows */
    struct buf times;                       /* array of struct fold_time: every ok transaction */
    unsigned invalid_run, sessions_invalid; /* sessions with invalid placements, a bit each */
    bool instrument;
    enum verdict decided; /* by the last decision record */
    uint64_t decided_line;
};

struct fold {
    struct findings *f;
    struct buf placements; /* array of struct fold_placement */
    struct fold_cell *cells;
    const struct findings_listener *listener; /* or NULL */
    struct budget_fold *budget;
    uint64_t unnumbered; /* placed records whose placement record was not readable */
    int failed;          /* ERR_MEMORY or ERR_LIMIT once; the caller looks at the end */
};

int fold_init(struct fold *o, struct findings *f, const struct findings_listener *l, struct err *e)
    __attribute__((warn_unused_result));
void fold_free(struct fold *o);

/* One record behind the start record. A record that contradicts the survey or the lines before it is damage.
 */
void fold_record(struct fold *o, const struct journal_record *r);

/* Closes placements without a `placed` record: dirty for a script with a bad transaction, else aborted. */
void fold_close_broken_off(struct fold *o);

/* NULL when its record was not readable. */
struct fold_placement *fold_find_placement(struct fold *o, uint64_t line);

/* exclusions.c: notes, exclusions and withdrawals */
void fold_note(struct fold *o, const struct journal_record *r);
int findings_withdraw(struct fold *o, const struct scheme_table *table, struct err *e)
    __attribute__((warn_unused_result));
void findings_notes_free(struct findings *f);

/* Owned copies of its texts; false when out of memory. */
bool fold_copy_found(const struct journal_reader_found *from, struct journal_reader_found *to);

/* A record that can't be true beside those before it: damage. */
void fold_contradiction(struct fold *o, uint64_t line, const char *text);

/* Counts a damaged line and keeps the words of the first ones. */
void fold_damage(struct findings *f, const char *text);

/* What criteria need of each placement of a cell: kept while the fold runs, handed to the cells at its end.
 */
void trace_transaction(struct fold *o, const struct journal_record *r, enum outcome outcome);
void trace_result(struct fold *o, size_t cell, uint64_t placement, bool counted);
int trace_finish(struct fold *o, struct err *e) __attribute__((warn_unused_result));
/* Of a transaction record: its time when it was ok, and every exchange against the over-air floor. */
void fold_times(struct fold *o, struct fold_placement *p, const struct journal_record *r, bool ok);

/* A second look at the same counts, by the other files of the room. */
void findings_decide(struct fold *o, const struct scheme_table *table);
int findings_time(struct fold *o, struct err *e) __attribute__((warn_unused_result));
struct findings_times_first findings_times_of(struct buf *values); /* sorts an array of uint64_t */
/* A quantile with its interval at 95 %, two-sided; sorted: the same values in order. */
struct findings_clustered findings_clustered_at(const struct cluster_sample *s, const uint64_t *sorted,
                                                double p);
int findings_time_all(struct fold *o, struct err *e) __attribute__((warn_unused_result));
int findings_flag_outliers(struct fold *o, struct err *e) __attribute__((warn_unused_result));
int findings_find_drift(struct fold *o, struct err *e) __attribute__((warn_unused_result));

#endif
