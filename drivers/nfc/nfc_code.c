#include "drivers/nfc/nfc_code.h"

#include "harness/base/text.h"

#include <nfc/nfc.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uint8_t status;
    const char *name;
    cause_set causes;
} statuses[] = {
    { 0x01, "PN53X_TIMEOUT", CAUSE(10) | CAUSE(16) },
    { 0x02, "PN53X_CRC", CAUSE(9) },
    { 0x03, "PN53X_PARITY", CAUSE(9) },
    { 0x04, "PN53X_BIT_COUNT", CAUSE(9) },
    { 0x05, "PN53X_FRAMING", CAUSE(9) | CAUSE(12) },
    { 0x06, "PN53X_BIT_COLLISION", CAUSE(9) },
    { 0x07, "PN53X_BUFFER_TOO_SMALL", CAUSE(13) },
    { 0x09, "PN53X_RF_BUFFER_OVERFLOW", CAUSE(13) },
    { 0x0a, "PN53X_NO_FIELD", CAUSE(16) },
    { 0x0b, "PN53X_RF_PROTOCOL", CAUSE(12) },
    { 0x0d, "PN53X_OVERHEATING", CAUSE(1) },
    { 0x0e, "PN53X_INTERNAL_BUFFER_OVERFLOW", CAUSE(13) },
    { 0x10, "PN53X_INVALID_PARAMETER", CAUSE(1) },
    { 0x12, "PN53X_DEP_UNKNOWN_COMMAND", CAUSE(12) },
    { 0x13, "PN53X_DATA_FORMAT", CAUSE(12) },
    { 0x14, "PN53X_AUTHENTICATION", CAUSE(12) },
    { 0x23, "PN53X_UID_CHECK_BYTE", CAUSE(9) },
    { 0x25, "PN53X_DEP_STATE", CAUSE(1) | CAUSE(12) },
    { 0x26, "PN53X_NOT_ALLOWED", CAUSE(1) },
    { 0x27, "PN53X_WRONG_CONTEXT", CAUSE(1) | CAUSE(16) },
    { 0x29, "PN53X_RELEASED", CAUSE(16) | CAUSE(17) },
    { 0x2a, "PN53X_OTHER_CARD", CAUSE(16) },
    { 0x2b, "PN53X_CARD_DISAPPEARED", CAUSE(16) },
    { 0x2c, "PN53X_NFCID3_MISMATCH", CAUSE(12) },
    { 0x2d, "PN53X_OVERCURRENT", CAUSE(1) },
    { 0x2e, "PN53X_NAD_MISSING", CAUSE(12) },
};

static const struct {
    int code;
    const char *name;
} codes[] = {
    { NFC_SUCCESS, "NFC_SUCCESS" },
    { NFC_EIO, "NFC_EIO" },
    { NFC_EINVARG, "NFC_EINVARG" },
    { NFC_EDEVNOTSUPP, "NFC_EDEVNOTSUPP" },
    { NFC_ENOTSUCHDEV, "NFC_ENOTSUCHDEV" },
    { NFC_EOVFLOW, "NFC_EOVFLOW" },
    { NFC_ETIMEOUT, "NFC_ETIMEOUT" },
    { NFC_EOPABORTED, "NFC_EOPABORTED" },
    { NFC_ENOTIMPL, "NFC_ENOTIMPL" },
    { NFC_ETGRELEASED, "NFC_ETGRELEASED" },
    { NFC_ERFTRANS, "NFC_ERFTRANS" },
    { NFC_EMFCAUTHFAIL, "NFC_EMFCAUTHFAIL" },
    { NFC_ESOFT, "NFC_ESOFT" },
    { NFC_ECHIP, "NFC_ECHIP" },
};

const char *nfc_code_name(int code, char out[48])
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code) {
            snprintf(out, 48, "%s", codes[i].name);
            return out;
        }
    }
    const char *name = strerrorname_np(-code);
    snprintf(out, 48, "%s", name ? name : "NFC_UNKNOWN");
    return out;
}

/* "PN53X_TIMEOUT(01)" */
static const char *status_name(uint8_t status, char out[48])
{
    const char *name = "PN53X_UNKNOWN";
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == status)
            name = statuses[i].name;
    }
    snprintf(out, 48, "%s(%02X)", name, status);
    return out;
}

static cause_set causes_of_status(const struct nfc_failure *f)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i].status == f->status)
            return statuses[i].causes | (f->status == 0x01 && f->expected >= 256 ? CAUSE(14) : 0);
    }
    return CAUSE(9) | CAUSE(12);
}

/* The chip told it: between reader and card. In an activation it is one that failed. */
static int fail_status(const struct nfc_failure *f, enum nfc_phase phase, const char *where,
                       struct driver_fault *fault, struct err *e)
{
    fault->causes = phase == NFC_PHASE_ACTIVATE ? CAUSE(6) | CAUSE(7) : causes_of_status(f);
    fault->stage = phase == NFC_PHASE_ACTIVATE                    ? STAGE_ACTIVATE
                   : cause_outcome(fault->causes) == OUTCOME_FAIL ? STAGE_EXCHANGE
                                                                  : STAGE_SETUP;
    status_name(f->status, fault->native);
    return err_set(e, ERR_CARD, where, "the exchange broke between reader and card (%s)", fault->native);
}

static bool is_gone(const struct nfc_failure *f)
{
    return f->code == NFC_ENOTSUCHDEV || (f->usb && (f->code == -ENODEV || f->code == -ESHUTDOWN));
}

int nfc_fail(const struct nfc_failure *f, enum nfc_phase phase, const char *where, struct driver_fault *fault,
             struct err *e)
{
    int status;
    memset(fault, 0, sizeof *fault);
    fault->depth = DEPTH_RF;
    nfc_code_name(f->code, fault->native);
    if (f->usb && f->code == -EIO) /* which is NFC_EOVFLOW's number */
        text_fit(fault->native, sizeof fault->native, "EIO");
    if (f->status != 0) {
        status = fail_status(f, phase, where, fault, e);
    } else if (f->code == NFC_ETIMEOUT && phase == NFC_PHASE_EXCHANGE) {
        fault->stage = STAGE_EXCHANGE;
        fault->causes = CAUSE(10) | CAUSE(11);
        status = err_set(e, ERR_TIMEOUT, where, "no answer before the deadline (%s)", fault->native);
    } else if (f->code == NFC_EOVFLOW && !f->usb) {
        fault->stage = STAGE_EXCHANGE;
        fault->causes = CAUSE(13) | CAUSE(14);
        status = err_set(e, ERR_CARD, where, "the response does not fit (%s)", fault->native);
    } else {
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(1);
        fault->reader_lost = is_gone(f);
        status = err_set(e, ERR_ENVIRONMENT, where,
                         fault->reader_lost ? "the reader is gone: plug it in again (%s)"
                                            : "the line to the reader's chip is disturbed (%s)",
                         fault->native);
    }
    if (e)
        text_fit(e->native, sizeof e->native, fault->native);
    return status;
}
