/*
 * A script while it runs: what its variables hold, and where it is. Shared by the runner (transaction.c) and the steps
 * that the host does by itself (play_host.c); nobody else's.
 */
#ifndef NFC_SURVEY_STATION_PLAY_H
#define NFC_SURVEY_STATION_PLAY_H

#include "drivers/prove_target.h"
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
    const struct application *proving;   /* the target proves in it, behind each activation; NULL: no need */
    struct guard_tries least[APPLICATION_PINS_MAX]; /* that its PINs may have left at the end */
    bool counted, tried;                            /* least is known; a try was spent */
};

/* How the transaction ends; returns -1. */
int play_end(struct play *p, enum outcome outcome, enum stage stage, cause_set causes, struct said detail);

/*
 * The template's bytes into p->command; p->clear says how many of them hold nothing secret. False when they do not fit or a
 * variable has no value.
 */
bool play_build(struct play *p, const struct script_template *t);

int64_t play_quantity(const struct play *p, const struct script_quantity *q);

/* The same of a driver's failure. */
int play_end_fault(struct play *p, enum stage stage, const struct driver_fault *fault, int status,
                   const struct err *e);

/* Whether the script needs a target that has proven itself, and in which application: p->proving. */
void play_find_proof(struct play *p);
int play_prove(struct play *p); /* 0, or -1 when the transaction ended: nothing of the script is sent */
void play_note_tries(struct play *p, const struct guard *before, bool expected); /* an exchange was made */
void play_count_tries(struct play *p);                                           /* at its end */

/* compute, certify, verify, compare: 0, or -1 when the transaction ended. */
int play_compute(struct play *p, const struct script_step *step);
int play_certify(struct play *p, const struct script_step *step);
int play_verify(struct play *p, const struct script_step *step);
int play_compare(struct play *p, const struct script_step *step);

#endif
