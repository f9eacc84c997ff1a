/*
 * The one table of PC/SC return codes, and the rules that make stage, causes and error of a code. Pure: no
 * call into the library, so that it is tested without one.
 */
#include "drivers/pcsc/pcsc_code.h"

#include <PCSC/winscard.h>

#include <stdio.h>
#include <string.h>

/* Codes that mean the same to a survey. */
enum kind {
    KIND_HOST = 0, /* said of the host or of our own call, not of a card */
    KIND_LOST,     /* reader, daemon or handle is gone: open it again */
    KIND_BUSY,     /* another process holds the reader */
    KIND_DENIED,   /* the daemon's policy refuses us */
    KIND_ABSENT,   /* nothing is in the field (any more) */
    KIND_MUTE,     /* something is there, and did not come up */
    KIND_PROTOCOL, /* it came up with a protocol that nobody asked for */
    KIND_RESET,    /* somebody else reset it */
    KIND_FRAME,    /* the exchange broke between reader and card */
    KIND_SIZE,     /* the response did not fit somewhere below */
};

#define ROW(code, kind)                                                                                      \
    {                                                                                                        \
        (uint32_t)(code), #code, kind                                                                        \
    }

static const struct row {
    uint32_t code;
    const char *name;
    enum kind kind;
} rows[] = {
    ROW(SCARD_S_SUCCESS, KIND_HOST),
    ROW(SCARD_F_INTERNAL_ERROR, KIND_HOST),
    ROW(SCARD_E_CANCELLED, KIND_HOST),
    ROW(SCARD_E_INVALID_HANDLE, KIND_LOST), /* also after the daemon died: handles never recover */
    ROW(SCARD_E_INVALID_PARAMETER, KIND_HOST),
    ROW(SCARD_E_INVALID_TARGET, KIND_HOST),
    ROW(SCARD_E_NO_MEMORY, KIND_HOST),
    ROW(SCARD_F_WAITED_TOO_LONG, KIND_HOST),
    ROW(SCARD_E_INSUFFICIENT_BUFFER, KIND_SIZE),
    ROW(SCARD_E_UNKNOWN_READER, KIND_LOST),
    ROW(SCARD_E_TIMEOUT, KIND_HOST),
    ROW(SCARD_E_SHARING_VIOLATION, KIND_BUSY),
    ROW(SCARD_E_NO_SMARTCARD, KIND_ABSENT),
    ROW(SCARD_E_UNKNOWN_CARD, KIND_HOST),
    ROW(SCARD_E_CANT_DISPOSE, KIND_HOST),
    ROW(SCARD_E_PROTO_MISMATCH, KIND_PROTOCOL),
    ROW(SCARD_E_NOT_READY, KIND_HOST),
    ROW(SCARD_E_INVALID_VALUE, KIND_LOST), /* what transmit says of a handle whose reader was unplugged */
    ROW(SCARD_E_SYSTEM_CANCELLED, KIND_HOST),
    ROW(SCARD_F_COMM_ERROR, KIND_LOST), /* the daemon died during the call */
    ROW(SCARD_F_UNKNOWN_ERROR, KIND_HOST),
    ROW(SCARD_E_INVALID_ATR, KIND_MUTE),
    ROW(SCARD_E_NOT_TRANSACTED, KIND_FRAME),
    ROW(SCARD_E_READER_UNAVAILABLE, KIND_LOST),
    ROW(SCARD_P_SHUTDOWN, KIND_LOST),
    ROW(SCARD_E_PCI_TOO_SMALL, KIND_HOST),
    ROW(SCARD_E_READER_UNSUPPORTED, KIND_HOST),
    ROW(SCARD_E_DUPLICATE_READER, KIND_HOST),
    ROW(SCARD_E_CARD_UNSUPPORTED, KIND_PROTOCOL),
    ROW(SCARD_E_NO_SERVICE, KIND_LOST),
    ROW(SCARD_E_SERVICE_STOPPED, KIND_LOST),
    ROW(SCARD_E_UNSUPPORTED_FEATURE, KIND_HOST), /* pcsc-lite gives SCARD_E_UNEXPECTED the same number */
    ROW(SCARD_E_ICC_INSTALLATION, KIND_HOST),
    ROW(SCARD_E_ICC_CREATEORDER, KIND_HOST),
    ROW(SCARD_E_DIR_NOT_FOUND, KIND_HOST),
    ROW(SCARD_E_FILE_NOT_FOUND, KIND_HOST),
    ROW(SCARD_E_NO_DIR, KIND_HOST),
    ROW(SCARD_E_NO_FILE, KIND_HOST),
    ROW(SCARD_E_NO_ACCESS, KIND_DENIED),
    ROW(SCARD_E_WRITE_TOO_MANY, KIND_HOST),
    ROW(SCARD_E_BAD_SEEK, KIND_HOST),
    ROW(SCARD_E_INVALID_CHV, KIND_HOST),
    ROW(SCARD_E_UNKNOWN_RES_MNG, KIND_HOST),
    ROW(SCARD_E_NO_SUCH_CERTIFICATE, KIND_HOST),
    ROW(SCARD_E_CERTIFICATE_UNAVAILABLE, KIND_HOST),
    ROW(SCARD_E_NO_READERS_AVAILABLE, KIND_LOST),
    ROW(SCARD_E_COMM_DATA_LOST, KIND_FRAME),
    ROW(SCARD_E_NO_KEY_CONTAINER, KIND_HOST),
    ROW(SCARD_E_SERVER_TOO_BUSY, KIND_HOST),
    ROW(SCARD_W_UNSUPPORTED_CARD, KIND_MUTE),
    ROW(SCARD_W_UNRESPONSIVE_CARD, KIND_MUTE),
    ROW(SCARD_W_UNPOWERED_CARD, KIND_MUTE),
    ROW(SCARD_W_RESET_CARD, KIND_RESET),
    ROW(SCARD_W_REMOVED_CARD, KIND_ABSENT),
    ROW(SCARD_W_SECURITY_VIOLATION, KIND_DENIED),
    ROW(SCARD_W_WRONG_CHV, KIND_HOST),
    ROW(SCARD_W_CHV_BLOCKED, KIND_HOST),
    ROW(SCARD_W_EOF, KIND_HOST),
    ROW(SCARD_W_CANCELLED_BY_USER, KIND_HOST),
    ROW(SCARD_W_CARD_NOT_AUTHENTICATED, KIND_HOST),
};

static const struct row *find_row(uint32_t code)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].code == code)
            return &rows[i];
    }
    return NULL;
}

const char *pcsc_code_name(uint32_t code, char out[48])
{
    const struct row *row = find_row(code);
    if (row)
        snprintf(out, 48, "%s", row->name);
    else
        snprintf(out, 48, "0x%08x", (unsigned)code);
    return out;
}

static void judge_card(enum kind kind, enum pcsc_phase phase, const struct exchange_evidence *x,
                       struct driver_fault *fault)
{
    bool exchange = phase == PCSC_PHASE_EXCHANGE;
    fault->stage = exchange ? STAGE_EXCHANGE : STAGE_ACTIVATE;
    switch (kind) {
    case KIND_ABSENT:
        fault->causes = exchange ? CAUSE(16) | CAUSE(3) : CAUSE(2) | CAUSE(3);
        if (!exchange)
            fault->stage = STAGE_DETECT;
        break;
    case KIND_MUTE:
        fault->causes = CAUSE(6) | CAUSE(7);
        break;
    case KIND_PROTOCOL:
        fault->causes = CAUSE(8);
        break;
    case KIND_RESET:
        fault->causes = CAUSE(17);
        break;
    case KIND_SIZE:
        fault->causes = CAUSE(13) | CAUSE(14);
        break;
    default:
        fault->causes = exchange ? evidence_frame_causes(x) : CAUSE(6) | CAUSE(7);
        break;
    }
}

static int error_of(enum kind kind, enum pcsc_phase phase)
{
    switch (kind) {
    case KIND_ABSENT:
        return ERR_NO_TARGET;
    case KIND_MUTE:
    case KIND_PROTOCOL:
    case KIND_RESET:
    case KIND_FRAME:
    case KIND_SIZE:
        return phase >= PCSC_PHASE_ACTIVATE ? ERR_CARD : ERR_ENVIRONMENT;
    default:
        return ERR_ENVIRONMENT;
    }
}

static const char *advice(uint32_t code, enum kind kind)
{
    if (code == (uint32_t)SCARD_E_NO_SERVICE || code == (uint32_t)SCARD_E_SERVICE_STOPPED)
        return "the PC/SC daemon does not answer: start pcscd (systemctl start pcscd.socket)";
    switch (kind) {
    case KIND_LOST:
        return "the reader or its daemon is gone: plug the reader in again";
    case KIND_BUSY:
        return "another program holds the reader: end it, or wait until pcscd lets go";
    case KIND_DENIED:
        return "pcscd's policy refuses this user: allow the polkit actions "
               "org.debian.pcsc-lite.access_pcsc and access_card";
    case KIND_ABSENT:
        return "nothing is in the field";
    case KIND_MUTE:
        return "something is in the field, and did not come up";
    case KIND_PROTOCOL:
        return "what answered speaks neither T=0 nor T=1";
    case KIND_RESET:
        return "somebody else reset the card";
    case KIND_SIZE:
        return "the response did not fit in the reader's or driver's buffer";
    case KIND_FRAME:
        return "the exchange broke between reader and card";
    default:
        return "the PC/SC library refused the call";
    }
}

int pcsc_fail(uint32_t code, enum pcsc_phase phase, const struct exchange_evidence *evidence,
              const char *where, struct driver_fault *fault, struct err *e)
{
    static const struct exchange_evidence nothing;
    const struct row *row = find_row(code);
    enum kind kind = row ? row->kind : KIND_HOST;

    memset(fault, 0, sizeof *fault);
    fault->depth = DEPTH_PCSC;
    pcsc_code_name(code, fault->native);
    switch (kind) {
    case KIND_LOST:
        fault->reader_lost = true;
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(1);
        break;
    case KIND_BUSY:
        fault->busy = true;
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(30);
        break;
    case KIND_HOST:
    case KIND_DENIED:
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(1);
        if (!row &&
            phase == PCSC_PHASE_EXCHANGE) { /* a stranger's code proves nothing against the host alone */
            fault->stage = STAGE_EXCHANGE;
            fault->causes |= CAUSE(9);
        }
        break;
    default:
        judge_card(kind, phase, evidence ? evidence : &nothing, fault);
        break;
    }
    int status = err_set(e, error_of(kind, phase), where, "%s (%s)", advice(code, kind), fault->native);
    if (e)
        snprintf(e->native, sizeof e->native, "%s", fault->native);
    return status;
}
