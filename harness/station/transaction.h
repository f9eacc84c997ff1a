/*
 * One transaction: a script run once on a reader, from a field reset to the field off. Runs in a worker (and
 * in the apdu command's child); every exchange goes through driver_exchange() and so through the guard.
 */
#ifndef NFC_SURVEY_STATION_TRANSACTION_H
#define NFC_SURVEY_STATION_TRANSACTION_H

#include "drivers/driver.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often a target may ask for another frame waiting time before its exchange counts as hung. */
#define TRANSACTION_WTX_ALLOWANCE 4

struct transaction_exchange {
    unsigned step; /* 1.. number of the script's step */
    uint64_t us;
    uint16_t sw;                       /* 0: no status word came */
    const uint8_t *command, *response; /* raw: redact before they leave the process */
    size_t command_length, response_length;
    struct guard before; /* the guard's state before it, for redaction */
    bool keep;           /* the script asks for its bytes */
};

/* What the caller wants to hear while it runs; any member may be NULL. */
struct transaction_observer {
    void *context;
    void (*before)(void *context, enum stage stage, uint32_t deadline_ms); /* a call that may hang begins */
    void (*after)(void *context);                                          /* it returned */
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
    bool extended;                     /* the reader's class passes extended APDUs */
    const char *token_label;           /* of the sim under test; "" when unknown */
    struct transaction_memory *memory; /* NULL: nothing to compare with */
};

struct transaction_result {
    enum outcome outcome;
    enum stage stage; /* where it ended, when not ok */
    unsigned step;    /* 1.., 0 outside the script */
    cause_set causes;
    enum depth depth;
    char native[48];
    struct said detail;
    bool slow;
    bool reader_lost;
    bool busy;
    bool timed_out;                /* an exchange missed its deadline: ask who hung */
    bool virtual_token;            /* the token label of a virtual handset was read */
    uint64_t started_ns, ended_ns; /* activation begins; last response, or the failure */
    uint64_t stage_us[STAGE_COUNT];
    bool stage_reached[STAGE_COUNT];
    unsigned exchanges, skipped_steps;
    struct driver_target target;
};

/* Never fails itself: whatever happens is in *out. The field is off afterwards (as far as the reader lets
 * us). */
void transaction_run(struct driver_reader *r, const struct transaction_setup *setup,
                     const struct transaction_observer *observer, struct transaction_result *out);

/* The token label with which every virtual handset says that it is one. */
#define VIRTUAL_TOKEN_LABEL "NFC-SURVEY VIRTUAL TOKEN"

#endif
