/*
 * What goes wrong with a CCID reader, by name, and what it means to a survey: stage, candidate causes,
 * outcome. The reader reports bStatus, bmICCStatus and bError here, all of which PC/SC folds into one code: for
 * what happens between reader and card a set is never wider than the one of drivers/pcsc/pcsc_code.c. A
 * breach of the class's own rules, which PC/SC can't see, adds F01: the reader itself.
 */
#ifndef NFC_SURVEY_CCID_FAILURE_H
#define NFC_SURVEY_CCID_FAILURE_H

#include "drivers/ccid/message.h"
#include "drivers/driver.h"
#include "drivers/evidence.h"

enum ccid_trouble {
    CCID_TROUBLE_NONE = 0,
    CCID_TROUBLE_FAILED,      /* bStatus says failed: error and icc hold */
    CCID_TROUBLE_USB,         /* usb holds the library's code */
    CCID_TROUBLE_ABSENT,      /* GetSlotStatus: nothing is in the field */
    CCID_TROUBLE_DEADLINE,    /* no answer in time; the reader itself answers */
    CCID_TROUBLE_HUNG,        /* no answer in time, and none to ABORT either */
    CCID_TROUBLE_TRUNCATED,   /* a message shorter than its header */
    CCID_TROUBLE_LENGTH,      /* dwLength is not what came */
    CCID_TROUBLE_TYPE,        /* a message of another type */
    CCID_TROUBLE_SLOT,        /* the wrong bSlot */
    CCID_TROUBLE_SEQ,         /* the wrong bSeq */
    CCID_TROUBLE_STATUS,      /* a reserved bStatus */
    CCID_TROUBLE_CHAIN,       /* bChainParameter out of turn */
    CCID_TROUBLE_SHORT,       /* a response without a status word */
    CCID_TROUBLE_OVERFLOW,    /* a response longer than any can be, or than the caller's buffer */
    CCID_TROUBLE_ATR,         /* an answer to reset that is none */
    CCID_TROUBLE_PROTOCOL,    /* it offers neither T=0 nor T=1 */
    CCID_TROUBLE_PPS,         /* protocol selection was not confirmed */
    CCID_TROUBLE_T1_MUTE,     /* T=1 gave up: no block came */
    CCID_TROUBLE_T1_FRAME,    /* ... damaged blocks came */
    CCID_TROUBLE_T1_PROTOCOL, /* ... blocks out of turn came */
    CCID_TROUBLE_T1_RESYNCH,  /* ... but resynchronised: the command was not repeated */
    CCID_TROUBLE_T1_ABORT,    /* the card gave a chain up */
    CCID_TROUBLE_COUNT,
};

struct ccid_failure {
    enum ccid_trouble trouble;
    uint8_t error;     /* bError */
    enum ccid_icc icc; /* bmICCStatus */
    int usb;           /* LIBUSB_ERROR_* */
};

enum ccid_phase {
    CCID_PHASE_NONE = 0,
    CCID_PHASE_SETUP,
    CCID_PHASE_WAIT,
    CCID_PHASE_ACTIVATE,
    CCID_PHASE_EXCHANGE
};

/* "ICC_MUTE(FE)", "BAD_FIELD(08)", "VENDOR(C3)" for a maker's own. Returns out. */
const char *ccid_error_name(uint8_t error, char out[32]);
const char *ccid_icc_name(enum ccid_icc icc); /* "ICC_ABSENT" */

/* "ICC_MUTE(FE) ICC_ACTIVE", "LIBUSB_ERROR_PIPE", "WRONG_SEQ". Returns out. */
const char *ccid_failure_name(const struct ccid_failure *f, char out[48]);

/* Fills fault and e; returns the ERR_* code. evidence may be NULL. */
int ccid_fail(const struct ccid_failure *f, enum ccid_phase phase, const struct exchange_evidence *evidence,
              const char *where, struct driver_fault *fault, struct err *e);

#endif
