/*
 * What libnfc's codes and the PN53x's own status byte mean to a survey. libnfc folds most of the status into
 * NFC_ERFTRANS; the byte itself separates a timeout from a damaged frame (PN532 user manual, 7.1). Pure.
 */
#ifndef NFC_SURVEY_NFC_NFC_CODE_H
#define NFC_SURVEY_NFC_NFC_CODE_H

#include "drivers/driver.h"

enum nfc_phase { NFC_PHASE_NONE = 0, NFC_PHASE_SETUP, NFC_PHASE_ACTIVATE, NFC_PHASE_EXCHANGE };

struct nfc_failure {
    int code;        /* libnfc's, or minus an errno of libusb-0.1 */
    uint8_t status;  /* the chip's; 0 when it gave none */
    bool usb;        /* errors below NFC_ECHIP's range are errno values */
    size_t expected; /* response data asked for (Le), 0 = none */
};

const char *nfc_code_name(int code, char out[48]); /* "NFC_ERFTRANS", "ENODEV" */

/* Fills fault (depth rf) and e; returns the ERR_* code. */
int nfc_fail(const struct nfc_failure *f, enum nfc_phase phase, const char *where, struct driver_fault *fault,
             struct err *e);

#endif
