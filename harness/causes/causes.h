/*
 * Why a cell failed, as far as its records go: where its failures ended, the candidate causes that their code
 * leaves, what the evidence excludes of them, and whether the handset or the reader is to be looked at. A
 * candidate is removed only where the evidence excludes it, never because another one is likelier; what
 * merely points somewhere `supports`. A set is never emptied: evidence that would do so contradicts itself,
 * is said to, and the set stays as recorded.
 */
#ifndef NFC_SURVEY_CAUSES_CAUSES_H
#define NFC_SURVEY_CAUSES_CAUSES_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/causes/attribution.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"
#include "harness/findings/findings.h"
#include "harness/journal/records.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAUSES_KINDS_MAX   16 /* kinds of failure of one cell that are kept apart; the rest is counted */
#define CAUSES_RECORDS_MAX 5  /* journal lines kept of each kind */
#define CAUSES_NO_TIME     UINT64_MAX

/* libccid gives a silent reader 3.0 s (CCID src/defs.h): a call that ended 0.1 s earlier did not wait so
 * long. */
#define CAUSES_DRIVER_TIMEOUT_US 2900000u
#define CAUSES_DRIVER_LATE_US    3600000u /* past this it was another clock than the driver's */
#define CAUSES_IMMEDIATE_US      50000u /* faster is an error of the reader's own (bError), not a waiting time */
#define CAUSES_FRAME_LEAST       13u    /* APDU bytes in the smallest frame of ISO/IEC 14443-4, 16 bytes */
#define CAUSES_FRAME_GREATEST    253u /* in the largest, 256 bytes */
#define CAUSES_SAME_NEEDED       3u   /* equal wrong answers: two may be equal by chance */

enum causes_effect { CAUSES_NOTED = 0, CAUSES_REMOVED, CAUSES_SUPPORTED };

/* What a rule looked at, and what followed from it. */
struct evidence {
    const char *rule; /* static */
    enum causes_effect effect;
    cause_set causes;
    struct said seen;
};

/* Failures that ended alike: same stage, outcome, step, code and recorded candidates. */
struct causes_kind {
    enum stage stage;
    enum outcome outcome;
    enum depth depth; /* the greatest seen */
    unsigned step;    /* 1.. of the script, 0 outside */
    char code[48];    /* the library's code or the status word; "" */
    cause_set recorded;
    uint64_t count;
    uint64_t records[CAUSES_RECORDS_MAX]; /* lines of the first ones */

    bool answered;              /* they ended by an answer, so its time is no sign */
    uint64_t timed;             /* how many have the time of what failed: an exchange or the activation */
    uint64_t least_us, most_us; /* of these; CAUSES_NO_TIME without one */
    uint64_t sized;             /* how many have the command that failed */
    uint32_t le_least, le_most; /* response data asked for, of these */
    uint32_t command_most;      /* bytes */
    uint64_t extended;          /* of the sized ones */
    uint32_t passed_most;       /* longest response data that came before, in the same transactions */
    uint64_t first, later;      /* at the first exchange since power-up, or at a later one */
    uint64_t reader_answered;   /* the reader answered when it was asked who hung */
    uint64_t hashed;            /* how many have the answer that was found wrong */
    uint32_t answer_crc;        /* of the first of them */
    bool answers_differ;

    /* made of it all at the end of the journal */
    cause_set sharing;  /* all candidates that the code can mean, the recorded ones among them */
    cause_set narrowed; /* what is left of the recorded ones; never 0 unless they are */
    cause_set supported;
    bool contradiction;        /* the evidence would have left nothing: narrowed is as recorded */
    struct evidence *evidence; /* in the order of the rules */
    size_t evidence_count;
};

struct causes_cell {
    struct causes_kind *kinds; /* most frequent first */
    size_t kind_count;
    uint64_t untold;               /* failures beyond CAUSES_KINDS_MAX kinds */
    cause_set narrowed, supported; /* of all kinds */
    enum depth depth;
    bool deeper; /* a PC/SC reader that is a CCID device too: `explain RUN CELL` asks the reader itself */
    struct attribution attribution;
};

/* Of a run. */
struct causes {
    const struct findings *f;   /* borrowed */
    struct causes_cell **cells; /* NULL where nothing failed */
    size_t cell_count;
    struct causes_fold
        *fold; /* while the journal is read: counts and extremes of failing cells, nothing of a record */
};

/* Makes *out by listening to findings_make(): *listener goes there, and *out is whole when that is done. The findings
 * must live as long. */
int causes_listen(struct causes **out, struct findings_listener *listener, struct err *e)
    __attribute__((warn_unused_result));
void causes_free(struct causes **c);

/* The rules, for the documentation's test: names in the order in which they are asked. NULL past the end. */
const char *causes_rule_name(size_t index);

/* Cells that failed and are not compatible, those with most failures first, else in cell order. The caller
 * frees *out. False when out of memory. */
bool causes_failing(const struct causes *c, size_t **out, size_t *count) __attribute__((warn_unused_result));

/* Cells in which a kind of failure was seen, by what the crossed design says of them. */
struct causes_answers {
    uint64_t of[ATTRIBUTION_COUNT];
};
struct causes_answers causes_answers(const struct causes *c, const struct findings_failure *failure);

void causes_add_set(struct buf *b, cause_set causes); /* "F09, F12" */

#endif
