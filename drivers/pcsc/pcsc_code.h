/*
 * What a PC/SC return code means to a survey: its name, and the stage and candidate causes that it can mean
 * in the phase it came in. pcsc-lite folds most of what happens between reader and card
 * into SCARD_E_NOT_TRANSACTED, so a code gives a set of causes, narrowed by what is known of the exchange.
 */
#ifndef NFC_SURVEY_PCSC_PCSC_CODE_H
#define NFC_SURVEY_PCSC_PCSC_CODE_H

#include "drivers/driver.h"
#include "drivers/evidence.h"

enum pcsc_phase {
    PCSC_PHASE_NONE = 0,
    PCSC_PHASE_SETUP,
    PCSC_PHASE_WAIT,
    PCSC_PHASE_ACTIVATE,
    PCSC_PHASE_EXCHANGE
};

/* "SCARD_E_NO_SERVICE"; "0x80101234" for a stranger. Returns out. */
const char *pcsc_code_name(uint32_t code, char out[48]);

/* Fills fault (stage, causes, depth, native, flags) and e (native, where, text); returns the ERR_* code. */
int pcsc_fail(uint32_t code, enum pcsc_phase phase, const struct exchange_evidence *evidence,
              const char *where, struct driver_fault *fault, struct err *e);

#endif
