/*
 * A script while it runs: what its variables hold, and where it is. Shared by the runner (transaction.c) and the steps
 * that the host does by itself (play_host.c); nobody else's.
 */
#ifndef NFC_SURVEY_STATION_PLAY_H
#define NFC_SURVEY_STATION_PLAY_H

#include "harness/station/transaction.h"

struct play {
    struct driver_reader *reader;
    const struct transaction_setup *setup;
    const struct trial_watch *watch;
    struct trial_report *out;
    struct driver_target *target; /* of the last activation */
    struct script_variable variables[SCRIPT_VARIABLES_MAX + SCRIPT_BUILTIN_COUNT];
    uint8_t command[APDU_COMMAND_MAX];
    uint8_t response[APDU_RESPONSE_MAX];
    size_t command_length;
    size_t clear;       /* the command's bytes before the first that is made of a secret answer */
    bool secret;        /* the last answer is: what is captured of it is secret wherever it goes */
    size_t data_length; /* response data of the last exchange, without SW */
    uint32_t crc;       /* over the data of the present step */
    uint64_t step_length;
    bool first_exchange;                 /* since power-up */
    bool read_before;                    /* the exchange before was a READ that gave data */
    bool conflict;                       /* a SELECT was answered 6985 since then, and the script went on */
    uint16_t answered[SCRIPT_STEPS_MAX]; /* each step's last status word; 0: it was not sent */
};

/* How the transaction ends; returns -1. */
int play_end(struct play *p, enum outcome outcome, enum stage stage, cause_set causes, struct said detail);

/*
 * The template's bytes into p->command; p->clear says how many of them hold nothing secret. False when they do not fit or a
 * variable has no value.
 */
bool play_build(struct play *p, const struct script_template *t);

int64_t play_quantity(const struct play *p, const struct script_quantity *q);

/* compute, certify, verify, compare: 0, or -1 when the transaction ended. */
int play_compute(struct play *p, const struct script_step *step);
int play_certify(struct play *p, const struct script_step *step);
int play_verify(struct play *p, const struct script_step *step);
int play_compare(struct play *p, const struct script_step *step);

#endif
