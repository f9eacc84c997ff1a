/*
 * Counts and lists over the cells of a run, as reports show them: made here once, so that a writer counts
 * nothing.
 */
#ifndef NFC_SURVEY_FINDINGS_TALLY_H
#define NFC_SURVEY_FINDINGS_TALLY_H

#include "harness/findings/findings.h"

/* Transactions of a cell that failed, the invalid ones among them; and all of them. */
uint64_t tally_failed(const struct findings_cell *c);
uint64_t tally_transactions(const struct findings_cell *c);

/* Whether transactions failed at a stage. */
bool tally_has_stage(const struct findings *f, enum stage stage);

/* Cells of a pair on a reader by verdict, over conditions and scripts. */
struct tally_verdicts {
    unsigned of[VERDICT_COUNT];
};
struct tally_verdicts tally_verdicts(const struct findings *f, size_t pair, size_t reader);

/* Cells with a verdict that would be another one if they were counted otherwise. */
struct tally_others {
    uint64_t invalid_as_dirty, without_withdrawn;
};
struct tally_others tally_others(const struct findings *f);

/*
 * Why cells of a state have no placement: each reason once, as it is met first; NULL where none is given.
 */
struct tally_reason {
    const char *reason; /* borrowed */
    size_t cell;        /* the first with it */
    uint64_t cells;
};
/* The caller frees *out. False when out of memory. */
bool tally_left_out(const struct findings *f, enum survey_cell state, struct tally_reason **out,
                    size_t *count) __attribute__((warn_unused_result));

#endif
