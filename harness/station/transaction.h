/*
 * One transaction: a script run once on a reader, from a field reset to the field off. Every exchange goes
 * through driver_exchange() and so through the guard. harness/station/trial.h is who calls it.
 */
#ifndef NFC_SURVEY_STATION_TRANSACTION_H
#define NFC_SURVEY_STATION_TRANSACTION_H

#include "drivers/driver.h"
#include "harness/station/target_access.h"
#include "harness/station/trial_report.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often a target may ask for another frame waiting time before its exchange counts as hung. */
#define TRANSACTION_WTX_ALLOWANCE 4

struct transaction_exchange {
    unsigned step; /* 1.. number of the script's step */
    uint64_t us;
    uint16_t sw;                           /* 0: no status word came */
    const struct identifiers *identifiers; /* that stand in the response; NULL: not looked for */
    const uint8_t *command, *response;     /* raw: redact before they leave the process */
    size_t command_length, response_length;
    struct guard before; /* the guard's state before it, for redaction */
    size_t clear;        /* so many bytes of the command hold nothing of a secret answer */
};

/* What the caller wants to hear while a reader is in hand; any member may be NULL. */
struct trial_watch {
    void *context;
    void (*before)(void *context, enum stage stage, uint32_t deadline_ms); /* a call that may hang begins */
    void (*after)(void *context);                                          /* it returned */
    int (*found)(void *context, const struct driver_found *found, struct err *e); /* it is opened next */
    void (*exchange)(void *context, const struct transaction_exchange *x);
};

/* What script_check SAME remembers over the transactions of one placement: a digest a step. */
struct transaction_memory {
    struct {
        bool set;
        uint32_t crc;
        uint64_t length;
    } step[SCRIPT_STEPS_MAX];
};

struct transaction_setup {
    const struct script *script;
    uint32_t time_limit_ms, deadline_ms;
    bool extended;                      /* the reader's class passes extended APDUs */
    const char *token_label;            /* of the sim under test; "" when unknown */
    struct transaction_memory *memory;  /* NULL: nothing to compare with */
    const char *handset;                /* the unit under test, for {handset}; NULL: not known */
    const struct test_ca *ca;           /* issues and verifies; NULL: none */
    int64_t wall_s;                     /* seconds since 1970, for certificates */
    const char *unit;                   /* the reader's, for proofs; NULL: "" */
    const struct target_access *access; /* what is permitted of test targets, and by what; NULL: nothing */
};

/*
 * Never fails itself: whatever happens is in *out, but for script, repeat, order and what the target
 * showed, which is in *target, identifiers and all. The field is off afterwards (as far as the reader lets
 * us).
 */
void transaction_run(struct driver_reader *r, const struct transaction_setup *setup,
                     const struct trial_watch *watch, struct trial_report *out, struct driver_target *target);

/* Lets time pass: a virtual clock is set forward, any other is waited for. */
void transaction_pause(struct driver_reader *r, uint32_t ms);

/* The token label with which every virtual handset says that it is one. */
#define VIRTUAL_TOKEN_LABEL "NFC-SURVEY VIRTUAL TOKEN"
/* That of My Number and Juki cards begins so: no phone. */
#define CARD_TOKEN_LABEL "JPKIAPICCTOKEN"

#endif
