/* What was seen of a cell, a reader and a handset: counts, verdicts and times. */
#ifndef NFC_SURVEY_FINDINGS_CELL_H
#define NFC_SURVEY_FINDINGS_CELL_H

#include "harness/cells/suspect_price.h"
#include "harness/clauses/list.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/findings/observations.h"
#include "harness/findings/times.h"
#include "harness/survey/survey.h"
#include "harness/verdict/two_tier.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDINGS_TECHNOLOGIES 3 /* A, B, F in this order */

struct findings_cell {
    unsigned reader, pair, condition, script; /* survey indexes */
    enum survey_cell state;
    unsigned n, d, invalid, aborted; /* placements; n counts clean and dirty */
    unsigned s;        /* suspect ones: of invalid and aborted, they may hide a failure of the phone */
    bool attributed;   /* they are the handset's own, and are judged as dirty ones */
    unsigned excluded; /* of invalid: by the operator, before the result was shown */
    unsigned withdrawn, withdrawn_dirty; /* of n and d: by the operator, after it */
    struct cell_counts judged;           /* as they are judged, with their sessions */
    double lower, upper;                 /* anytime-valid bounds on P(dirty), of what is judged */
    enum verdict verdict;
    enum verdict
        verdict_invalid_as_dirty; /* the same with every invalid or suspect placement counted as dirty */
    enum verdict verdict_without_withdrawn; /* the same without the withdrawn placements */
    unsigned missing; /* more clean placements that would make it compatible; 0 = none would */
    bool is_full;     /* undecided, and N_max is reached: none is left */
    uint64_t ok, fail, invalid_transactions, not_applicable, slow; /* transactions: never given an interval */
    uint64_t failures_by_stage[STAGE_COUNT];                       /* fail and invalid transactions */
    uint64_t failures_by_cause[CAUSE_COUNT + 1]; /* a transaction counts for each of its candidates */
    /*
     * Counted placements with all their k transactions, the sum of their bad ones (failed or slow), and of
     * its square: what an intraclass correlation needs. Nothing detected at all counts as k bad ones.
     */
    uint64_t whole_placements, bad, bad_squared;
    struct findings_times_first first_transaction; /* of each placement, the first ok one of this script */
    struct findings_times_first first_exchange;    /* first exchange after activation, of the same */
    struct observations seen;
    uint64_t technology_count[FINDINGS_TECHNOLOGIES]; /* transactions in which it is recorded */
    uint64_t technology_line[FINDINGS_TECHNOLOGIES];  /* of the first such one */
    struct findings_times_all times;                  /* every ok transaction */
};

/* The cells of a handset + sim, a condition and a script on all readers, as a scheme of two tiers judges them. */
struct findings_row {
    unsigned pair, condition, script;
    struct row_state state;             /* NONE: none of its cells is measured */
    struct row_state without_withdrawn; /* the same without the withdrawn placements */
};

/* One script on one reader, over all handsets and conditions as they were placed. */
struct findings_reader_script {
    uint64_t *first_us; /* sorted total_us of each placement's first ok transaction of this script */
    size_t first_count;
    struct findings_times_first times;
    struct findings_times_all all; /* every ok transaction */
};

struct findings_reader {
    unsigned compatible, incompatible, undecided, not_pursued;
    uint64_t transactions, failures;
    uint64_t placements, invalid;            /* on it; of them ended by instrument, host or operator */
    struct suspect_price price;              /* of its suspect ones */
    struct suspicion all;                    /* of all handsets on it */
    uint64_t failures_by_stage[STAGE_COUNT]; /* fail transactions */
    uint64_t invalid_by_stage[STAGE_COUNT];  /* invalid transactions */
    struct findings_reader_script scripts[SURVEY_SCRIPTS_MAX];
    uint64_t outliers, impossible; /* flagged transactions; exchanges below the over-air floor */
};

struct findings_pair {
    unsigned compatible, incompatible, undecided, not_pursued;
    bool attributed;                                     /* its suspect placements are its own */
    struct suspicion on[SURVEY_READERS_MAX];             /* on each reader, by which that is judged */
    enum list_state list;                                /* OPEN but for `decide: list` */
    struct findings_times_all times[SURVEY_SCRIPTS_MAX]; /* a script, over its cells as they were placed */
};

/* Lines of the first failed or slow transactions of a cell, one a counted placement; returns how many. */
size_t findings_failing_lines(const struct findings_cell *c, uint64_t *out, size_t max);

#endif
