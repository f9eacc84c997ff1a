/*
 * Two kinds of evidence of the same failure, side by side: what a run recorded through PC/SC, and what the
 * reader itself reports when the same is done again over CCID. Pure.
 */
#ifndef NFC_SURVEY_CAUSES_DIAGNOSIS_H
#define NFC_SURVEY_CAUSES_DIAGNOSIS_H

#include "harness/base/buf.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIAGNOSIS_KINDS_MAX 24 /* kinds of failure of one cell that are kept apart; the rest is counted */
#define DIAGNOSIS_NO_TIME   UINT64_MAX

/* A transaction that did not end ok. */
struct diagnosis_failure {
    enum outcome outcome;
    enum stage stage;
    enum depth depth;
    cause_set causes;
    char step[64];   /* of the script; "" outside */
    char native[64]; /* the library's or the reader's code */
    uint64_t us;     /* how long it took, DIAGNOSIS_NO_TIME when not known */
    uint64_t number; /* of its record, or 1.. of a repetition */
};

/* Transactions that ended alike: same outcome, stage, step, causes, depth and code. */
struct diagnosis_kind {
    struct diagnosis_failure of; /* the first of them */
    uint64_t count, last;        /* last: number of the last one */
    uint64_t least_us, most_us;  /* DIAGNOSIS_NO_TIME when never known */
};

struct diagnosis_side {
    const char *title; /* of its column; borrowed */
    struct diagnosis_kind kinds[DIAGNOSIS_KINDS_MAX];
    size_t kind_count;
    uint64_t transactions, bad; /* bad: of them not ok */
    uint64_t untold;            /* of the bad ones, beyond DIAGNOSIS_KINDS_MAX kinds */
};

void diagnosis_ok(struct diagnosis_side *side); /* a transaction that ended ok */
void diagnosis_add(struct diagnosis_side *side, const struct diagnosis_failure *failure);

/* The candidates of all its failures. */
cause_set diagnosis_causes(const struct diagnosis_side *side);

enum diagnosis_finding {
    DIAGNOSIS_NOTHING = 0,  /* the repetition did not fail: nothing is known beyond the record */
    DIAGNOSIS_NARROWED,     /* fewer candidates than recorded */
    DIAGNOSIS_AS_BEFORE,    /* the same candidates */
    DIAGNOSIS_CONTRADICTED, /* no candidate in common */
};

/*
 * What one repeated kind leaves of the recorded candidates, in *left. `only_deeper`: candidates that PC/SC
 * can't see at all, such as a reader that breaks its own class's rules.
 */
enum diagnosis_finding diagnosis_narrow(const struct diagnosis_side *recorded,
                                        const struct diagnosis_kind *repeated, cause_set *left,
                                        cause_set *only_deeper);

/* "bStatus failed, bmICCStatus ICC_ACTIVE, bError ICC_MUTE (FE)" of the CCID driver's code; other codes stay.
 */
void diagnosis_add_code(struct buf *b, const char *native);

#endif
