/*
 * A journal folded into findings: counts, times, causes and verdicts a cell, once; every report is a writer of it.
 */
#ifndef NFC_SURVEY_FINDINGS_FINDINGS_H
#define NFC_SURVEY_FINDINGS_FINDINGS_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/card/outcome.h"
#include "harness/journal/journal.h"
#include "harness/survey/criteria.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A quantile with its interval; has_interval only where the bound exists at this n. Microseconds. */
struct findings_quantile {
    bool has_value, has_interval;
    uint64_t value_us, low_us, high_us;
};

struct findings_times {
    uint64_t n;
    struct findings_quantile median, p90;
    uint64_t max_us;
};

struct findings_cell {
    unsigned reader, pair, condition, script; /* survey indexes */
    enum survey_cell state;
    unsigned n, d, invalid, aborted;          /* placements; n counts clean and dirty */
    unsigned sessions_seen;                   /* bit a session */
    double lower, upper;                      /* anytime-valid bounds on P(dirty) */
    enum verdict verdict;
    enum verdict verdict_invalid_as_dirty;    /* the same with every invalid placement counted as dirty */
    unsigned missing;                         /* more clean placements that would make it compatible; 0 = none would */
    uint64_t ok, fail, invalid_transactions, not_applicable, slow; /* transactions: shown, never given an interval */
    uint64_t failures_by_stage[STAGE_COUNT];  /* fail and invalid transactions */
    uint64_t failures_by_cause[CAUSE_COUNT + 1]; /* a transaction counts for each of its candidates */
    struct findings_times first_transaction;  /* total_us of each placement's first ok transaction of this script */
    struct findings_times first_exchange;     /* first exchange after activation, of the same */
};

struct findings_reader {
    unsigned compatible, incompatible, undecided;
    uint64_t transactions, failures;
    uint64_t *first_us;   /* sorted total_us of the first ok transactions of all its placements */
    size_t first_count;
    struct findings_times times;
};

enum recommendation { RECOMMENDATION_NONE = 0, RECOMMENDED, CONDITIONAL, NOT_RECOMMENDED, NOT_ENOUGH_DATA };

struct findings_pair {
    enum recommendation recommendation; /* RECOMMENDATION_NONE without criteria */
    char *reason;                       /* in words, naming the cell that decides */
    unsigned compatible, incompatible, undecided;
};

struct findings {
    struct survey *survey;     /* owned: loaded from the start record */
    struct criteria *criteria; /* owned; NULL when the survey names none */
    struct scheme scheme;
    bool simulated;
    char *simulated_sign;
    char *run, *started, *last_wall, *program, *host, *clock;
    uint64_t records, damaged;
    bool finished;             /* a stop record with status done */
    char *stop_reason;
    char sha256[65];           /* of the journal file */
    struct findings_cell *cells; /* survey_cell_count(), in cell order */
    size_t cell_count;
    struct findings_reader *readers;
    struct findings_pair *pairs;
    uint64_t placements, placements_dirty, placements_invalid, placements_aborted;
    uint64_t transactions, failed, invalid;
    struct journal_reader_found *found; /* reader units of the start record (owned copies) */
    size_t found_count;
};

/* Folds DIR/journal.yaml. Damaged lines are counted and passed over; ERR_INPUT without a usable start record. */
int findings_make(const char *directory, struct findings **out, struct err *e) __attribute__((warn_unused_result));
void findings_free(struct findings **f);

/* summary.yaml: the derived table a cell in block style, for people; rebuilt at any time. */
void findings_summary(const struct findings *f, struct buf *out);

const char *recommendation_name(enum recommendation r);

#endif
