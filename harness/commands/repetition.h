/*
 * A transaction of a run done again on its reader over another driver, in a child process that may be
 * killed. The hands of the survey lay the phone; a virtual handset draws again what it drew then.
 */
#ifndef NFC_SURVEY_COMMANDS_REPETITION_H
#define NFC_SURVEY_COMMANDS_REPETITION_H

#include "harness/causes/diagnosis.h"
#include "harness/plan/plan.h"
#include "harness/station/trial.h"
#include "reports/words/words.h"

struct child;

struct repetition {
    const struct survey *survey;
    const struct driver_ops *ops;    /* of that driver */
    struct plan_placement placement; /* the one that is repeated, */
    unsigned script, order;          /* and the transaction of it */
    const char *serial;              /* of the reader unit, "" when not known */
    const char *named;               /* part of the reader's name instead; NULL: by profile and serial */
    unsigned times;
    uint32_t wait_ms;            /* for the handset */
    struct diagnosis_side *seen; /* how each time ended is added to it */
    struct trial_opened opened;  /* out: which reader it is */
    enum language language;      /* of the prompts */
    struct child *child;         /* inside */
};

/* ERR_INTERRUPTED when the person who lays the phone stops; what was seen until an error is in r->seen. */
int repetition_run(struct repetition *r, struct err *e) __attribute__((warn_unused_result));

#endif
