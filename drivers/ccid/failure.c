/* The tables of CCID error codes and of what they mean; see failure.h. Pure: no call into libusb. */
#include "drivers/ccid/failure.h"

#include <libusb.h>
#include <stdio.h>
#include <string.h>

/* What a failure means, apart from the phase it came in. */
enum kind {
    KIND_NONE = 0,
    KIND_HOST,     /* said of the host, or of our own call */
    KIND_LOST,     /* the reader is gone */
    KIND_BUSY,     /* another process holds it */
    KIND_DENIED,   /* this user may not touch it */
    KIND_HUNG,     /* the reader itself does not answer */
    KIND_DEADLINE, /* the card does not answer, the reader does */
    KIND_READER,   /* the reader broke the class's rules or says that it is broken */
    KIND_ABSENT,   /* nothing is in the field (any more) */
    KIND_MUTE,     /* no answer over the air */
    KIND_PARITY,   /* damaged answers over the air */
    KIND_BLOCK,    /* the transmission protocol went wrong between reader and card */
    KIND_OVERRUN,  /* more came than fits */
    KIND_SIZE,     /* the reader refuses the command's length or parts */
    KIND_REJECTED, /* the card speaks no protocol that the reader passes */
    KIND_VENDOR,   /* a maker's own code */
};

static const struct error_row {
    uint8_t error;
    enum kind kind;
    const char *name;
} errors[] = {
    /* The specification's (table 6.2-2). */
    { 0xff, KIND_BLOCK, "CMD_ABORTED" },
    { 0xfe, KIND_MUTE, "ICC_MUTE" },
    { 0xfd, KIND_PARITY, "XFR_PARITY_ERROR" },
    { 0xfc, KIND_OVERRUN, "XFR_OVERRUN" },
    { 0xfb, KIND_READER, "HW_ERROR" },
    { 0xf8, KIND_REJECTED, "BAD_ATR_TS" },
    { 0xf7, KIND_REJECTED, "BAD_ATR_TCK" },
    { 0xf6, KIND_REJECTED, "ICC_PROTOCOL_NOT_SUPPORTED" },
    { 0xf5, KIND_REJECTED, "ICC_CLASS_NOT_SUPPORTED" },
    { 0xf4, KIND_BLOCK, "PROCEDURE_BYTE_CONFLICT" },
    { 0xf3, KIND_REJECTED, "DEACTIVATED_PROTOCOL" },
    { 0xf2, KIND_READER, "BUSY_WITH_AUTO_SEQUENCE" },
    { 0xf0, KIND_READER, "PIN_TIMEOUT" },
    { 0xef, KIND_READER, "PIN_CANCELLED" },
    { 0xe0, KIND_READER, "CMD_SLOT_BUSY" },
    /* Makers' codes that more than one driver knows by meaning. */
    { 0xbe, KIND_SIZE, "WRONG_APDU_LENGTH" },
    { 0xbd, KIND_BLOCK, "T1_CARD_ERROR" },
    { 0xa2, KIND_READER, "ICC_SHORT_CIRCUIT" },
    { 0xa3, KIND_REJECTED, "ATR_TOO_LONG" },
    { 0xb0, KIND_SIZE, "EMV_T1_TOO_LONG" },
    { 0xbb, KIND_BLOCK, "EMV_PROTOCOL" },
    { 0x00, KIND_HOST, "CMD_NOT_SUPPORTED" },
    { 0x01, KIND_SIZE, "BAD_DWLENGTH" },
    { 0x05, KIND_HOST, "BAD_BSLOT" },
    { 0x08, KIND_SIZE, "BAD_LEVEL" }, /* the index of wLevelParameter: the reader knows no chaining */
};

static const struct trouble_row {
    const char *name;
    enum kind kind;
    const char *text;
} troubles[CCID_TROUBLE_COUNT] = {
    [CCID_TROUBLE_ABSENT] = { "ICC_ABSENT", KIND_ABSENT, "nothing is in the field" },
    [CCID_TROUBLE_DEADLINE] = { "DEADLINE", KIND_DEADLINE,
                                "no answer in time; the reader itself took the abort" },
    [CCID_TROUBLE_HUNG] = { "HUNG", KIND_HUNG, "no answer in time, and the reader did not take the abort" },
    [CCID_TROUBLE_TRUNCATED] = { "TRUNCATED", KIND_READER, "a message shorter than its header came back" },
    [CCID_TROUBLE_LENGTH] = { "WRONG_LENGTH", KIND_READER,
                              "a message came whose dwLength is not its length" },
    [CCID_TROUBLE_TYPE] = { "WRONG_TYPE", KIND_READER, "a message of another type came back" },
    [CCID_TROUBLE_SLOT] = { "WRONG_SLOT", KIND_READER, "an answer with another slot's number came back" },
    [CCID_TROUBLE_SEQ] = { "WRONG_SEQ", KIND_READER, "an answer with a wrong sequence number came back" },
    [CCID_TROUBLE_STATUS] = { "RESERVED_STATUS", KIND_READER, "a bStatus that is reserved came back" },
    [CCID_TROUBLE_CHAIN] = { "WRONG_CHAIN", KIND_READER, "a part of a long APDU came out of turn" },
    [CCID_TROUBLE_SHORT] = { "NO_STATUS_WORD", KIND_BLOCK, "a response has at least two bytes" },
    [CCID_TROUBLE_OVERFLOW] = { "RESPONSE_TOO_LONG", KIND_OVERRUN, "the response did not fit" },
    [CCID_TROUBLE_ATR] = { "BAD_ATR", KIND_REJECTED, "the answer to reset is none" },
    [CCID_TROUBLE_PROTOCOL] = { "NO_PROTOCOL", KIND_REJECTED, "what answered speaks neither T=0 nor T=1" },
    [CCID_TROUBLE_PPS] = { "PPS_FAILED", KIND_REJECTED, "the protocol selection was not confirmed" },
    [CCID_TROUBLE_T1_MUTE] = { "T1_MUTE", KIND_MUTE, "no block came, and none after repetitions" },
    [CCID_TROUBLE_T1_FRAME] = { "T1_FRAME", KIND_PARITY, "damaged blocks came, repetitions too" },
    [CCID_TROUBLE_T1_PROTOCOL] = { "T1_PROTOCOL", KIND_BLOCK, "blocks came out of turn" },
    [CCID_TROUBLE_T1_RESYNCH] = { "T1_RESYNCH", KIND_BLOCK,
                                  "T=1 had to be resynchronised; the command was not repeated" },
    [CCID_TROUBLE_T1_ABORT] = { "T1_ABORT", KIND_BLOCK, "the card gave the chain of blocks up" },
};

static const struct error_row *find_error(uint8_t error)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (errors[i].error == error)
            return &errors[i];
    }
    return NULL;
}

const char *ccid_error_name(uint8_t error, char out[32])
{
    const struct error_row *row = find_error(error);
    if (row)
        snprintf(out, 32, "%s(%02X)", row->name, error);
    else if (error < 0x80)
        snprintf(out, 32, "BAD_FIELD(%02X)", error); /* the index of the field that is wrong */
    else
        snprintf(out, 32, "VENDOR(%02X)", error);
    return out;
}

const char *ccid_icc_name(enum ccid_icc icc)
{
    static const char *const names[] = { "ICC_ACTIVE", "ICC_INACTIVE", "ICC_ABSENT", "ICC_RFU" };
    return names[icc <= CCID_ICC_RFU ? icc : CCID_ICC_RFU];
}

const char *ccid_failure_name(const struct ccid_failure *f, char out[48])
{
    char error[32];
    if (f->trouble == CCID_TROUBLE_FAILED)
        snprintf(out, 48, "%s %s", ccid_error_name(f->error, error), ccid_icc_name(f->icc));
    else if (f->trouble == CCID_TROUBLE_USB)
        snprintf(out, 48, "%s", libusb_error_name(f->usb));
    else
        snprintf(out, 48, "%s",
                 f->trouble < CCID_TROUBLE_COUNT && troubles[f->trouble].name ? troubles[f->trouble].name
                                                                              : "");
    return out;
}

static enum kind kind_of_usb(int code)
{
    switch (code) {
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND:
        return KIND_LOST;
    case LIBUSB_ERROR_BUSY:
        return KIND_BUSY;
    case LIBUSB_ERROR_ACCESS:
        return KIND_DENIED;
    case LIBUSB_ERROR_TIMEOUT: /* of a bulk-out: the reader takes nothing */
        return KIND_HUNG;
    case LIBUSB_ERROR_PIPE:
    case LIBUSB_ERROR_OVERFLOW:
    case LIBUSB_ERROR_IO:
        return KIND_READER;
    default:
        return KIND_HOST;
    }
}

static enum kind kind_of(const struct ccid_failure *f)
{
    if (f->trouble == CCID_TROUBLE_USB)
        return kind_of_usb(f->usb);
    if (f->trouble != CCID_TROUBLE_FAILED)
        return f->trouble < CCID_TROUBLE_COUNT ? troubles[f->trouble].kind : KIND_HOST;
    const struct error_row *row = find_error(f->error);
    enum kind kind = row ? row->kind : f->error < 0x80 ? KIND_HOST : KIND_VENDOR;
    /* Whatever the code: with nothing in the field, that is what happened. */
    if (f->icc == CCID_ICC_ABSENT && kind != KIND_HOST)
        return KIND_ABSENT;
    return kind;
}

static cause_set causes_of_activation(enum kind kind, const struct ccid_failure *f)
{
    switch (kind) {
    case KIND_ABSENT:
        return CAUSE(2) | CAUSE(3);
    case KIND_READER:
        return CAUSE(1) | CAUSE(6);
    case KIND_REJECTED:
        return f->trouble == CCID_TROUBLE_PPS ? CAUSE(7) | CAUSE(8) : CAUSE(8);
    default:
        return CAUSE(6) | CAUSE(7);
    }
}

static cause_set causes_of_exchange(enum kind kind, const struct exchange_evidence *x)
{
    cause_set possible = evidence_frame_causes(x);
    switch (kind) {
    case KIND_ABSENT:
        return CAUSE(3) | CAUSE(16);
    case KIND_PARITY:
        return CAUSE(9);
    case KIND_BLOCK:
        return CAUSE(12);
    case KIND_OVERRUN: /* "it was too long" needs no long response: a frame can be too long by itself */
        return CAUSE(13) | (possible & CAUSE(14));
    case KIND_SIZE:
        return CAUSE(13) | (possible & CAUSE(15));
    case KIND_REJECTED:
        return CAUSE(12);
    case KIND_READER:
        return CAUSE(1) | CAUSE(12);
    case KIND_DEADLINE: /* as the simulator: the card, or a reader that does not pass its request for time */
        return CAUSE(10) | CAUSE(11);
    default: /* mute, or a maker's code: all that makes a reader hear nothing */
        return possible;
    }
}

static void set_fault(enum kind kind, enum ccid_phase phase, const struct ccid_failure *f,
                      const struct exchange_evidence *x, struct driver_fault *fault)
{
    fault->stage = STAGE_SETUP;
    fault->causes = CAUSE(1);
    if (kind == KIND_LOST) {
        fault->reader_lost = true;
    } else if (kind == KIND_BUSY) {
        fault->busy = true;
        fault->causes = CAUSE(30);
    } else if (kind == KIND_HUNG) {
        fault->stage = phase == CCID_PHASE_EXCHANGE ? STAGE_EXCHANGE : STAGE_SETUP;
        fault->causes = CAUSE(31);
    } else if (kind > KIND_HUNG && phase == CCID_PHASE_ACTIVATE) {
        fault->stage = kind == KIND_ABSENT ? STAGE_DETECT : STAGE_ACTIVATE;
        fault->causes = causes_of_activation(kind, f);
    } else if (kind > KIND_HUNG && phase == CCID_PHASE_EXCHANGE) {
        fault->stage = STAGE_EXCHANGE;
        fault->causes = causes_of_exchange(kind, x);
    }
}

static int code_of(enum kind kind, enum ccid_phase phase)
{
    if (kind == KIND_ABSENT)
        return ERR_NO_TARGET;
    if (kind == KIND_DEADLINE || kind == KIND_HUNG)
        return ERR_TIMEOUT;
    return kind > KIND_HUNG && phase >= CCID_PHASE_ACTIVATE ? ERR_CARD : ERR_ENVIRONMENT;
}

static const char *text_of(const struct ccid_failure *f, enum kind kind)
{
    if (f->trouble != CCID_TROUBLE_FAILED && f->trouble != CCID_TROUBLE_USB)
        return f->trouble < CCID_TROUBLE_COUNT && troubles[f->trouble].text ? troubles[f->trouble].text : "";
    if (f->trouble == CCID_TROUBLE_USB && f->usb == LIBUSB_ERROR_PIPE)
        return "the reader stalled its endpoint";
    if (f->trouble == CCID_TROUBLE_USB && f->usb == LIBUSB_ERROR_OVERFLOW)
        return "the reader sent more than it said that it ever would";
    switch (kind) {
    case KIND_LOST:
        return "the reader is gone: plug it in again";
    case KIND_BUSY:
        return "pcscd or another program holds the reader: stop it (systemctl stop pcscd.socket pcscd), or "
               "use "
               "--driver pcsc";
    case KIND_DENIED:
        return "no permission for the USB device: add a udev rule that gives it to this user "
               "(SUBSYSTEM==\"usb\", ATTR{idVendor}==..., TAG+=\"uaccess\"), or use --driver pcsc";
    case KIND_HUNG:
        return "the reader takes no message";
    case KIND_ABSENT:
        return "nothing is in the field";
    case KIND_MUTE:
        return "what is in the field does not answer";
    case KIND_PARITY:
        return "damaged answers came over the air";
    case KIND_BLOCK:
        return "the protocol between reader and card went wrong";
    case KIND_OVERRUN:
        return "more came over the air than the reader could take";
    case KIND_SIZE:
        return "the reader refuses the command's length";
    case KIND_REJECTED:
        return "the reader refuses what answered";
    case KIND_VENDOR:
        return "the reader gives a code of its maker's";
    case KIND_READER:
        return "the reader itself is in trouble";
    default:
        return "the reader or the USB library refused the call";
    }
}

int ccid_fail(const struct ccid_failure *f, enum ccid_phase phase, const struct exchange_evidence *evidence,
              const char *where, struct driver_fault *fault, struct err *e)
{
    static const struct exchange_evidence nothing;
    enum kind kind = kind_of(f);
    memset(fault, 0, sizeof *fault);
    fault->depth = DEPTH_CCID;
    ccid_failure_name(f, fault->native);
    set_fault(kind, phase, f, evidence ? evidence : &nothing, fault);
    int status = err_set(e, code_of(kind, phase), where, "%s (%s)", text_of(f, kind), fault->native);
    if (e)
        snprintf(e->native, sizeof e->native, "%s", fault->native);
    return status;
}
