/*
 * The virtual handset: the target side of an ISO 14443-4 phone lying on a reader. Serves drivers/sim (in
 * virtual time) and the testbed (in real time): both ask the same questions, and every draw is keyed by the
 * laying and the transaction's number, so both get the same answers. Pure computation: no clock, no I/O.
 */
#ifndef NFC_SURVEY_HANDSET_HANDSET_H
#define NFC_SURVEY_HANDSET_HANDSET_H

#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct handset;

struct handset *handset_new(void); /* NULL when out of memory; nothing in the field */
void handset_free(struct handset **h);

/* Lays a phone in the field of a reader with these parameters (both borrowed until lifted). Field off. */
void handset_lay(struct handset *h, const struct laying *laying, const struct virtual_reader *reader);
void handset_lift(struct handset *h);

/* Would a reader that polls for a while see something? A placement's property: no transaction's draws in
 * it. */
bool handset_present(const struct handset *h);

/*
 * The number of the transaction in the placement (1..): keys its draws. 0, as after laying: nobody runs a
 * transaction yet, a reader only looks whether something is there, and it sees what handset_present() says:
 * only the faults of the whole placement strike.
 */
void handset_begin(struct handset *h, unsigned transaction);

/* What a field with the reader's polling finds. */
struct handset_activation {
    bool detected;   /* something answered a poll */
    bool activated;  /* ...and came up to ISO 14443-4 */
    unsigned fault;  /* ground truth, 0 or the number of the cause (F02..F08); never shown to a journal */
    char technology; /* 'A' or 'B' once detected */
    uint8_t uid[10]; /* type A: UID of this activation; type B: PUPI */
    size_t uid_length;
    uint8_t ats[32]; /* type A */
    size_t ats_length;
    uint8_t atqa[2], sak; /* type A */
    uint8_t atqb[13];     /* type B: 50, PUPI, application data, protocol info */
    size_t atqb_length;
    uint8_t atr[ATR_MAX]; /* what a PC/SC reader would make of it */
    size_t atr_length;
    uint64_t fwt_us;
    unsigned kbit_s; /* rate agreed on */
    uint64_t us;     /* polling, anticollision, activation, rate change: time of it all */
};
void handset_activate(struct handset *h, struct handset_activation *out);
void handset_field_off(struct handset *h);

/* One APDU over the air and through the target. */
struct handset_answer {
    uint8_t *bytes; /* the handset's; valid until the next call */
    size_t length;  /* 0 when nothing came */
    unsigned fault; /* ground truth: 0, or F09, F10, F12..F14, F16, F20 ... of an answer that did not come */
    uint64_t
        us; /* air, link and applet; when a fault swallowed the answer: until the reader gives up or the */
            /* field is lost (F10: UINT64_MAX means never) */
    size_t came;       /* of an answer that broke off: so many of `bytes` arrived */
    bool extends;      /* of an answer that never comes: the target asks for time for ever */
    unsigned wtx;      /* time extensions asked for on the way */
    uint64_t floor_us; /* the over-air minimum for these bytes at this rate: us is never below it */
};
/* How many since the activation. */
unsigned handset_exchanges(const struct handset *h);
void handset_exchange(struct handset *h, const uint8_t *command, size_t length, struct handset_answer *out);

struct handset_sizes {
    size_t command, response; /* bytes of one exchange; of the response the data alone */
};

struct handset_transaction {
    const struct handset_sizes *exchanges;
    size_t count;
    unsigned activations; /* the first, and one for each reset of the field */
    uint64_t pause_us;    /* that its script makes */
    uint64_t limit_us;    /* above it the transaction is slow, and the placement dirty; 0: none */
};

/*
 * The true probability that a placement is dirty for a script of such transactions, from the profiles'
 * parameters alone (numerical integration over session and placement effects): for calibration tests, never
 * for a report. k transactions a placement. Slow ones are counted as pace_in_time() has them.
 */
double handset_truth(const struct laying *laying, const struct virtual_reader *reader,
                     const struct handset_transaction *t, unsigned k);

#endif
