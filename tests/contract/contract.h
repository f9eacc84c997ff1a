/*
 * What every driver must do, whatever lies under it: one suite of behaviours (behaviours.c), and what it
 * needs to know of a driver to run on it. tests/contract/driver_<name>.c fills a subject and calls
 * contract_main(). That file is also what makes the driver known: without one it is not listed (see
 * registry.c).
 *
 * A subject has two readers, numbers 0 and 1, and hands that do to them what people do: lay a handset, lift
 * it, pull the plug. For a driver with real libraries the readers are the testbed's and the hands are
 * requests to its control socket (contract_testbed_hands); the simulated driver has its own.
 */
#ifndef NFC_SURVEY_TESTS_CONTRACT_CONTRACT_H
#define NFC_SURVEY_TESTS_CONTRACT_CONTRACT_H

#include "drivers/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTRACT_READERS 2

/* B: type B, PUPI 00112233. A: type A, UID 04112233445566. Both with the JPKI and the ladder applet, frame
 * waiting time integer 10, and no fault. MUTE: type A, answers its poll and never comes up. */
enum contract_handset { CONTRACT_B, CONTRACT_A, CONTRACT_MUTE };

struct contract_hands {
    void (*lay)(unsigned reader, enum contract_handset which);
    void (*lift)(unsigned reader);
    /* A fault of the reader in its next exchange with the handset, by the subject's name of it; "none" ends
     * it. */
    void (*fault)(unsigned reader, const char *fault);
    void (*unplug)(unsigned reader);
    void (*plug)(unsigned reader);
    /* Told of every reader that was opened, and before it is closed. NULL: of no interest. */
    void (*opened)(unsigned reader, struct driver_reader *r);
    void (*closing)(unsigned reader, struct driver_reader *r);
    bool in_real_time; /* they can act while the driver is in a call */
};

extern const struct contract_hands contract_testbed_hands;

/* What the second of two that open the same reader finds. */
enum contract_second {
    CONTRACT_SECOND_BUSY,  /* it can't be opened */
    CONTRACT_SECOND_TURNS, /* it can be opened, and is busy while the first has a handset activated */
    CONTRACT_SECOND_OWN,   /* each opening is a reader of its own */
};

struct contract_subject {
    const struct driver_ops *ops;
    const struct contract_hands *hands; /* NULL: nobody can lay a handset yet */
    const char *needs; /* an environment variable without which the suite skips itself; NULL: none */
    enum depth depth;

    bool lists;                  /* its readers are listed */
    bool is_simulated_by_serial; /* USB: the serial SIM-000N is the sign; else another sign */
    const char *stranger;        /* an address of the right form where no reader is */
    int stranger_status;         /* what opening it ends with */
    /* The address of reader `number`, from what was listed; NULL while it is not there. */
    const char *(*address)(unsigned number, const struct driver_found *found, size_t count);
    size_t (*models)(struct reader_model models[CONTRACT_READERS]); /* for list(); NULL: none */
    void (*fill)(unsigned number, struct driver_open *how); /* what else open() takes; NULL: nothing */
    enum contract_second second;

    bool extended[CONTRACT_READERS]; /* the reader passes extended APDUs */
    int refusal;                     /* what an APDU beyond the reader's class ends with */
    bool uid_apdu;                   /* the readers answer FF CA themselves */
    bool sees_frames;                /* ATQA, SAK and ATQB are told */

    const char *slow;          /* fault: the next answer comes after 1500 ms; NULL: can't be provoked */
    const char *leave;         /* fault: the handset leaves in the next exchange */
    const char *const *broken; /* faults that break the next exchange or go unnoticed, NULL-terminated */
};

/* The address of a USB reader of the testbed: serials SIM-0001, SIM-0002. */
const char *contract_address_by_serial(unsigned number, const struct driver_found *found, size_t count);

/* Runs the suite as TAP; the program's exit status. */
int contract_main(const struct contract_subject *subject);

#endif
