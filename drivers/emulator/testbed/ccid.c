/*
 * An emulated CCID reader (USB device class 0Bh, revision 1.1): messages in, messages out. At APDU level
 * XfrBlocks carry APDUs, whole or in parts; at TPDU level blocks of T=1 (t1.h), and a reader that waits for
 * the handset asks for time by S(WTX). Pseudo-APDUs (FF CA) are the reader's own answers; faults set by hand
 * touch XfrBlocks to the card and no pseudo-APDU, `silent` touches all.
 */
#include "drivers/emulator/testbed/function.h"
#include "drivers/emulator/testbed/t1.h"

#include "harness/card/apdu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CCID_HEADER 10
#define MESSAGE_MAX (CCID_HEADER + APDU_COMMAND_MAX)

/* Message types (CCID 1.1, 6.1 and 6.2). */
enum message {
    SET_PARAMETERS = 0x61,
    ICC_POWER_ON = 0x62,
    ICC_POWER_OFF = 0x63,
    GET_SLOT_STATUS = 0x65,
    ESCAPE = 0x6b,
    GET_PARAMETERS = 0x6c,
    RESET_PARAMETERS = 0x6d,
    ICC_CLOCK = 0x6e,
    XFR_BLOCK = 0x6f,
    ABORT = 0x72,
    SET_RATE = 0x73,
    DATA_BLOCK = 0x80,
    SLOT_STATUS = 0x81,
    PARAMETERS = 0x82,
    ESCAPED = 0x83,
    NOTIFY_SLOT_CHANGE = 0x50,
};

/* bError (table 6.2-2). */
enum error {
    ERROR_NOT_SUPPORTED = 0x00,
    ERROR_LENGTH = 0x01,   /* index of dwLength */
    ERROR_SLOT = 0x05,     /* index of bSlot */
    ERROR_PROTOCOL = 0x07, /* index of bProtocolNum */
    ERROR_LEVEL = 0x08,    /* index of wLevelParameter */
    ERROR_APDU_LENGTH = 0xbe,
    ERROR_VENDOR = 0xc3, /* of the range that is left to vendors */
    ERROR_OVERRUN = 0xfc,
    ERROR_PARITY = 0xfd,
    ERROR_MUTE = 0xfe,
    ERROR_ABORTED = 0xff,
};

enum icc { ICC_ACTIVE = 0, ICC_INACTIVE = 1, ICC_ABSENT = 2 };
enum command { COMMAND_OK = 0x00, COMMAND_FAILED = 0x40, COMMAND_TIME_EXTENSION = 0x80 };

/* wLevelParameter and bChainParameter of a long APDU in parts. */
enum chain { CHAIN_WHOLE = 0, CHAIN_FIRST = 1, CHAIN_LAST = 2, CHAIN_MIDDLE = 3, CHAIN_GO_ON = 0x10 };

#define TIME_EXTENSION_US 1000000    /* a reader that waits for the card says so once a second */
#define EXTEND_US         3600000000 /* an hour of time extensions: for ever */
#define FOUND_AGAIN_US    450000
#define LOST_LOOKS        2
#define REMOVAL_US        2000 /* how long after a block's arrival its card leaves, for the fault remove-at */
#define READER_TRIES      3 /* waiting times before a reader gives a silent card up: one block, two R(NAK) */
#define FWT_DEFAULT_US    77328 /* FWI 8, when nothing is known */
#define CLOCK_KHZ         13560 /* where the profile does not say */
#define BWI_MAX           9
#define EXTENSION_MAX     5 /* block waiting times asked for at once */

enum abort_stage {
    ABORT_NONE = 0,
    ABORT_REQUESTED, /* by the control pipe: the message that belongs to it is awaited */
    ABORT_MESSAGE,   /* the message came first */
};

enum fault {
    FAULT_NONE = 0,
    FAULT_MUTE,      /* the block is never answered */
    FAULT_SILENT,    /* no message of any kind is answered: the reader hangs */
    FAULT_STALL,     /* the bulk-in endpoint stalls */
    FAULT_WRONG_SEQ, /* the answer carries the next sequence number */
    FAULT_TRUNCATE,  /* half a header comes back */
    FAULT_PARITY,    /* bError FDh */
    FAULT_LENGTH,    /* dwLength says more than comes */
    FAULT_VENDOR,    /* bError C3h, a code that only the vendor knows */
    FAULT_EXTEND,    /* asks for more time for ever */
    FAULT_SLOW,      /* argument: milliseconds more */
    FAULT_REMOVE_AT, /* argument: the card leaves in the middle of the n-th exchange from now */
};

static const struct {
    const char *name;
    bool argument;
} fault_names[] = {
    [FAULT_NONE] = { "none", false },
    [FAULT_MUTE] = { "mute", false },
    [FAULT_SILENT] = { "silent", false },
    [FAULT_STALL] = { "stall", false },
    [FAULT_WRONG_SEQ] = { "wrong-seq", false },
    [FAULT_TRUNCATE] = { "truncate", false },
    [FAULT_PARITY] = { "parity", false },
    [FAULT_LENGTH] = { "wrong-length", false },
    [FAULT_VENDOR] = { "vendor-error", false },
    [FAULT_EXTEND] = { "extend", false },
    [FAULT_SLOW] = { "slow", true },
    [FAULT_REMOVE_AT] = { "remove-at", true },
};

struct ccid {
    const struct reader_profile *profile;
    struct field *field;
    function_emit emit;
    void *context;
    uint64_t fwt_us;
    uint8_t uid[10], ats[32];
    size_t uid_length, ats_length;
    uint8_t parameters[7]; /* T=1 structure as last set */

    uint8_t command[APDU_COMMAND_MAX]; /* gathered from its parts */
    size_t command_length;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t response_length, response_sent;

    /* TPDU level: the present command's end */
    struct t1_target t1;
    uint64_t rest_us, granted_us;
    unsigned lost; /* looks; see lose_target() */
    bool broken;   /* it has no answer but this error */
    uint8_t broken_error;
    enum icc broken_icc;
    enum fault delivery; /* what happens to its answer on the way to the host */

    enum abort_stage abort;
    uint8_t abort_slot, abort_seq;

    enum fault fault;
    unsigned fault_argument, fault_left;
    uint8_t last_type, last_seq, last_slot; /* of the newest message, for an answer that is replaced */
    uint8_t message[MESSAGE_MAX];
    size_t message_length;
    unsigned looks;
};

/* As libccid's own default for T=1: FI/DI 11, LRC, guard time 0, BWI 4 CWI 13, IFSC 254. */
static const uint8_t default_parameters[7] = { 0x11, 0x10, 0x00, 0x4d, 0x00, 0xfe, 0x00 };

struct answer {
    uint8_t type, error, third;
    enum command command;
    enum icc icc;
    const uint8_t *data;
    size_t length;
    uint64_t after_us;
};

static uint32_t clock_khz(const struct reader_profile *p)
{
    return p->clock_khz ? p->clock_khz : CLOCK_KHZ;
}

static enum icc icc_of(const struct ccid *d)
{
    if (!field_present(d->field) || d->lost > 0)
        return ICC_ABSENT;
    return field_powered(d->field) ? ICC_ACTIVE : ICC_INACTIVE;
}

static size_t longest_message(const struct ccid *d)
{
    return d->profile->max_message < MESSAGE_MAX ? d->profile->max_message : MESSAGE_MAX;
}

static size_t room(const struct ccid *d)
{
    return longest_message(d) - CCID_HEADER;
}

static void put_header(const struct ccid *d, const struct answer *a, uint8_t header[CCID_HEADER])
{
    header[0] = a->type;
    for (unsigned i = 0; i < 4; i++)
        header[1 + i] = (uint8_t)(a->length >> (8 * i));
    header[5] = d->last_slot;
    header[6] = d->last_seq;
    header[7] = (uint8_t)((unsigned)a->icc | (unsigned)a->command);
    header[8] = a->error;
    header[9] = a->third;
}

static void send_answer(struct ccid *d, const struct answer *a)
{
    uint8_t message[CCID_HEADER + APDU_RESPONSE_MAX];
    put_header(d, a, message);
    if (a->length)
        memcpy(message + CCID_HEADER, a->data, a->length);
    d->emit(d->context, FUNCTION_PIPE_BULK, a->after_us, message, CCID_HEADER + a->length);
}

static void send_failure(struct ccid *d, uint8_t type, uint8_t error, enum icc icc, uint64_t after_us)
{
    struct answer a = {
        .type = type, .error = error, .command = COMMAND_FAILED, .icc = icc, .after_us = after_us
    };
    send_answer(d, &a);
}

static void send_status(struct ccid *d, uint64_t after_us)
{
    struct answer a = { .type = SLOT_STATUS, .icc = icc_of(d), .after_us = after_us };
    send_answer(d, &a);
}

static void notify(struct ccid *d, bool present, uint64_t after_us)
{
    const uint8_t message[2] = { NOTIFY_SLOT_CHANGE, (uint8_t)(0x02 | present) };
    d->emit(d->context, FUNCTION_PIPE_INTERRUPT, after_us, message, sizeof message);
}

/*
 * A target that the reader lost while it lies there is reported as gone, and found again by the reader's own
 * polling. Two looks of the host see it gone: pcscd looks once for its client and once, up to 400 ms later,
 * for itself, and only the latter makes it power what comes back.
 */
static void lose_target(struct ccid *d, uint64_t after_us)
{
    field_power_off(d->field);
    d->lost = LOST_LOOKS;
    notify(d, false, after_us);
}

static void send_slot_status(struct ccid *d)
{
    send_status(d, 0);
    if (d->lost == 0)
        return;
    d->lost--;
    notify(d, true, FOUND_AGAIN_US);
}

/* A reader that waits for the card asks the host for time, so that the host's own timeout never strikes
 * first. */
static void send_time_extensions(struct ccid *d, uint64_t until_us)
{
    struct answer a = { .type = DATA_BLOCK, .command = COMMAND_TIME_EXTENSION, .icc = icc_of(d), .error = 1 };
    for (a.after_us = TIME_EXTENSION_US; a.after_us < until_us; a.after_us += TIME_EXTENSION_US)
        send_answer(d, &a);
}

/* ---- power ---- */

static void forget_chains(struct ccid *d)
{
    d->command_length = d->response_length = d->response_sent = 0;
    t1_target_begin(&d->t1, room(d) - 4);
    d->broken = false;
    d->delivery = FAULT_NONE;
}

static void power_off(struct ccid *d)
{
    forget_chains(d);
    field_power_off(d->field);
}

static void power_on(struct ccid *d)
{
    struct handset_activation up;
    forget_chains(d);
    if (!field_present(d->field)) {
        send_failure(d, DATA_BLOCK, ERROR_MUTE, ICC_ABSENT, 0);
        return;
    }
    d->lost = 0;
    field_power_on(d->field, &up);
    if (!up.activated) {
        send_failure(d, DATA_BLOCK, ERROR_MUTE, up.detected ? ICC_INACTIVE : ICC_ABSENT, up.us);
        if (!up.detected)
            lose_target(d, up.us);
        return;
    }
    d->fwt_us = up.fwt_us ? up.fwt_us : FWT_DEFAULT_US;
    memcpy(d->uid, up.uid, up.uid_length);
    d->uid_length = up.uid_length;
    memcpy(d->ats, up.ats, up.ats_length);
    d->ats_length = up.ats_length;
    memcpy(d->parameters, default_parameters, sizeof d->parameters);
    struct answer a = { .type = DATA_BLOCK, .data = up.atr, .length = up.atr_length, .after_us = up.us };
    send_answer(d, &a);
}

/* ---- APDUs ---- */

static void send_response(struct ccid *d, uint64_t after_us)
{
    size_t left = d->response_length - d->response_sent;
    bool first = d->response_sent == 0;
    if (d->profile->level == READER_LEVEL_SHORT && left > room(d)) {
        send_failure(d, DATA_BLOCK, ERROR_OVERRUN, icc_of(d), after_us);
        return;
    }
    size_t part = left < room(d) ? left : room(d);
    bool last = part == left;
    struct answer a = {
        .type = DATA_BLOCK,
        .icc = icc_of(d),
        .data = d->response + d->response_sent,
        .length = part,
        .after_us = after_us,
        .third = first ? (last ? CHAIN_WHOLE : CHAIN_FIRST) : (last ? CHAIN_LAST : CHAIN_MIDDLE),
    };
    d->response_sent += part;
    send_answer(d, &a);
}

static void set_response(struct ccid *d, const uint8_t *data, size_t length, uint16_t sw)
{
    if (length)
        memcpy(d->response, data, length);
    d->response[length] = (uint8_t)(sw >> 8);
    d->response[length + 1] = (uint8_t)sw;
    d->response_length = length + 2;
    d->response_sent = 0;
}

static bool is_pseudo(const struct ccid *d)
{
    return d->command_length >= 4 && d->command[0] == 0xff;
}

/* FF CA 00 00: the UID; FF CA 01 00: the ATS (PC/SC part 3, 3.2.2.1.3). */
static void run_pseudo(struct ccid *d)
{
    const uint8_t *c = d->command;
    const uint8_t *data = c[2] == 0 ? d->uid : d->ats;
    size_t length = c[2] == 0 ? d->uid_length : d->ats_length;
    size_t le = d->command_length == 5 && c[4] ? c[4] : 256;
    if (c[1] != 0xca || !d->profile->uid_apdu)
        set_response(d, NULL, 0, 0x6d00);
    else if (c[2] > 1 || c[3] != 0 || length == 0)
        set_response(d, NULL, 0, 0x6a81);
    else if (le < length)
        set_response(d, NULL, 0, (uint16_t)(0x6c00 | length));
    else
        set_response(d, data, length, 0x9000);
}

/* How a reader reports that no answer came over the air. */
static uint8_t air_error(const struct handset_answer *answer)
{
    switch (answer->fault) {
    case 9:
        return ERROR_PARITY;
    case 13:
    case 14:
        return ERROR_OVERRUN;
    case 15:
        return ERROR_APDU_LENGTH;
    default:
        return ERROR_MUTE;
    }
}

/* The APDU goes to the handset. True: the response is there; false: broken_error and broken_icc are. */
static bool run_exchange(struct ccid *d, uint64_t *us)
{
    struct handset_answer answer;
    field_exchange(d->field, d->command, d->command_length, &answer);
    *us = answer.us == UINT64_MAX ? d->fwt_us * READER_TRIES : answer.us;
    d->response_sent = 0;
    d->response_length = answer.length;
    d->broken = answer.length == 0 || answer.length > sizeof d->response;
    if (!d->broken) {
        memcpy(d->response, answer.bytes, answer.length);
        return true;
    }
    if (answer.fault == 16)
        lose_target(d, *us);
    d->broken_error = air_error(&answer);
    d->broken_icc = answer.fault == 16 ? ICC_ABSENT : icc_of(d);
    return false;
}

/* Counts one exchange of a fault; the fault that strikes it, or none. */
static enum fault take_fault(struct ccid *d)
{
    enum fault fault = d->fault;
    if (fault == FAULT_REMOVE_AT) {
        if (--d->fault_argument > 0)
            return FAULT_NONE;
        d->fault = FAULT_NONE;
    } else if (fault != FAULT_NONE && d->fault_left > 0 && --d->fault_left == 0) {
        d->fault = FAULT_NONE;
    }
    return fault;
}

/* True when the fault itself is the answer. */
static bool act_fault(struct ccid *d, enum fault fault)
{
    static const uint8_t half_header[5] = { DATA_BLOCK, 0x02 };
    const uint8_t lying_length[CCID_HEADER + 2] = { DATA_BLOCK, 200, 0, 0, 0, d->last_slot, d->last_seq };
    switch (fault) {
    case FAULT_MUTE:
        return true;
    case FAULT_STALL:
        d->emit(d->context, FUNCTION_PIPE_STALL, 0, NULL, 0);
        return true;
    case FAULT_TRUNCATE:
        d->emit(d->context, FUNCTION_PIPE_BULK, 0, half_header, sizeof half_header);
        return true;
    case FAULT_PARITY:
        send_failure(d, DATA_BLOCK, ERROR_PARITY, icc_of(d), 0);
        return true;
    case FAULT_VENDOR:
        send_failure(d, DATA_BLOCK, ERROR_VENDOR, icc_of(d), 0);
        return true;
    case FAULT_LENGTH:
        d->emit(d->context, FUNCTION_PIPE_BULK, 0, lying_length, sizeof lying_length);
        return true;
    case FAULT_EXTEND:
        send_time_extensions(d, EXTEND_US);
        return true;
    case FAULT_REMOVE_AT:
        power_off(d);
        field_lift(d->field);
        notify(d, false, REMOVAL_US);
        send_failure(d, DATA_BLOCK, ERROR_MUTE, ICC_ABSENT, REMOVAL_US);
        return true;
    default:
        return false;
    }
}

static uint64_t slowness_us(const struct ccid *d, enum fault fault)
{
    return fault == FAULT_SLOW ? d->fault_argument * UINT64_C(1000) : 0;
}

static void run_apdu(struct ccid *d)
{
    struct apdu apdu;
    uint64_t us;
    if (is_pseudo(d)) {
        run_pseudo(d);
        send_response(d, 0);
        return;
    }
    enum fault fault = take_fault(d);
    if (act_fault(d, fault)) {
        field_waste(d->field);
        return;
    }
    if (d->profile->level == READER_LEVEL_SHORT && apdu_parse(d->command, d->command_length, &apdu) &&
        apdu.extended) {
        send_failure(d, DATA_BLOCK, ERROR_APDU_LENGTH, icc_of(d), 0);
        return;
    }
    if (!run_exchange(d, &us)) {
        send_time_extensions(d, us);
        send_failure(d, DATA_BLOCK, d->broken_error, d->broken_icc, us);
        return;
    }
    us += slowness_us(d, fault);
    send_time_extensions(d, us);
    d->last_seq = (uint8_t)(d->last_seq + (fault == FAULT_WRONG_SEQ));
    send_response(d, us);
}

/* ---- blocks ---- */

static void send_data(struct ccid *d, const uint8_t *data, size_t length, uint64_t after_us)
{
    struct answer a = {
        .type = DATA_BLOCK, .icc = icc_of(d), .data = data, .length = length, .after_us = after_us
    };
    send_answer(d, &a);
}

/* How long the host waits for a block (ISO/IEC 7816-3, 11.4.3), without the eleven bit times. */
static uint64_t block_waiting_us(const struct ccid *d)
{
    unsigned bwi = d->parameters[3] >> 4;
    return (UINT64_C(960) << (bwi < BWI_MAX ? bwi : BWI_MAX)) * 372 * 1000 / clock_khz(d->profile);
}

static void deliver_block(struct ccid *d, uint64_t after_us)
{
    enum fault fault = d->delivery;
    d->delivery = FAULT_NONE;
    d->last_seq = (uint8_t)(d->last_seq + (fault == FAULT_WRONG_SEQ));
    if (!act_fault(d, fault))
        send_data(d, d->t1.block, d->t1.block_length, after_us);
}

/* The command's end if it comes in time, else a request for more. */
static void wait_on(struct ccid *d, uint64_t granted_us)
{
    uint64_t safe_us = granted_us / 2;
    bool gone = d->broken && d->broken_icc == ICC_ABSENT; /* nobody to wait for */
    if (d->rest_us > safe_us && !gone) {
        uint64_t wanted = (d->rest_us - safe_us) * 2 / block_waiting_us(d) + 1;
        uint8_t multiplier = (uint8_t)(wanted < EXTENSION_MAX ? wanted : EXTENSION_MAX);
        d->rest_us -= safe_us;
        d->granted_us = multiplier * block_waiting_us(d);
        t1_target_extend(&d->t1, multiplier);
        send_data(d, d->t1.block, d->t1.block_length, safe_us);
    } else if (d->broken) {
        send_failure(d, DATA_BLOCK, d->broken_error, d->broken_icc, d->rest_us);
    } else {
        t1_target_respond(&d->t1, d->response, d->response_length);
        deliver_block(d, d->rest_us);
    }
}

/* Does it strike a block on its way to the host, and its repetition too? */
static bool is_transport(enum fault fault)
{
    return fault != FAULT_NONE && fault != FAULT_EXTEND && fault != FAULT_SLOW && fault != FAULT_REMOVE_AT;
}

/* The command runs whatever befalls its answer: a host that asks for the block again gets it. */
static void run_command(struct ccid *d)
{
    d->command_length = d->t1.command_length;
    memcpy(d->command, d->t1.command, d->command_length);
    d->rest_us = 0;
    d->broken = false;
    if (is_pseudo(d)) {
        run_pseudo(d);
    } else {
        enum fault fault = take_fault(d);
        if (fault == FAULT_REMOVE_AT) {
            act_fault(d, fault);
            return;
        }
        run_exchange(d, &d->rest_us);
        d->rest_us = fault == FAULT_EXTEND ? EXTEND_US : d->rest_us + slowness_us(d, fault);
        d->delivery = is_transport(fault) ? fault : FAULT_NONE;
    }
    wait_on(d, block_waiting_us(d));
}

/* PPS (ISO/IEC 7816-3, clause 9) for T=1 and no other rate: confirmed. */
static bool is_pps(const uint8_t *data, size_t length)
{
    return length == 3 && data[0] == 0xff && data[1] == 0x01 && data[2] == 0xfe;
}

static void transfer_block(struct ccid *d, const uint8_t *data, size_t length)
{
    if (is_pps(data, length)) {
        send_data(d, data, length, 0);
        return;
    }
    switch (t1_target_take(&d->t1, data, length)) {
    case T1_TARGET_COMMAND:
        run_command(d);
        break;
    case T1_TARGET_GRANTED:
        wait_on(d, d->granted_us);
        break;
    case T1_TARGET_SILENT:
        send_failure(d, DATA_BLOCK, d->broken_error, d->broken_icc, 0);
        break;
    case T1_TARGET_AGAIN:
        if (is_transport(d->fault))
            d->delivery = take_fault(d);
        deliver_block(d, 0);
        break;
    default:
        send_data(d, d->t1.block, d->t1.block_length, 0);
        break;
    }
}

/* ---- transfers ---- */

static void transfer(struct ccid *d, unsigned level, const uint8_t *data, size_t length)
{
    if (!field_present(d->field) || !field_powered(d->field)) {
        send_failure(d, DATA_BLOCK, ERROR_MUTE, icc_of(d), 0);
        return;
    }
    if (d->profile->level == READER_LEVEL_TPDU) {
        transfer_block(d, data, length);
        return;
    }
    if (d->profile->level == READER_LEVEL_SHORT)
        level = CHAIN_WHOLE; /* RFU there: always one message */
    if (level == CHAIN_GO_ON) {
        if (length == 0 && d->response_sent < d->response_length)
            send_response(d, 0);
        else
            send_failure(d, DATA_BLOCK, ERROR_LEVEL, icc_of(d), 0);
        return;
    }
    if (level > CHAIN_MIDDLE) {
        send_failure(d, DATA_BLOCK, ERROR_LEVEL, icc_of(d), 0);
        return;
    }
    if (level == CHAIN_WHOLE || level == CHAIN_FIRST)
        d->command_length = 0;
    if (length > sizeof d->command - d->command_length) {
        d->command_length = 0;
        send_failure(d, DATA_BLOCK, ERROR_LENGTH, icc_of(d), 0);
        return;
    }
    if (length)
        memcpy(d->command + d->command_length, data, length);
    d->command_length += length;
    if (level == CHAIN_FIRST || level == CHAIN_MIDDLE) {
        struct answer a = { .type = DATA_BLOCK, .icc = icc_of(d), .third = CHAIN_GO_ON };
        send_answer(d, &a);
        return;
    }
    run_apdu(d);
}

/* ---- messages ---- */

static void send_parameters(struct ccid *d)
{
    struct answer a = {
        .type = PARAMETERS,
        .icc = icc_of(d),
        .third = 1, /* T=1 */
        .data = d->parameters,
        .length = sizeof d->parameters,
    };
    send_answer(d, &a);
}

/* At TPDU level the block protocol is all that a contactless reader has. */
static void set_parameters(struct ccid *d, unsigned protocol, const uint8_t *data, size_t length)
{
    if (d->profile->level == READER_LEVEL_TPDU && protocol != 1) {
        send_failure(d, PARAMETERS, ERROR_PROTOCOL, icc_of(d), 0);
        return;
    }
    if (length == sizeof d->parameters)
        memcpy(d->parameters, data, length);
    send_parameters(d);
}

static uint8_t answer_type(uint8_t message)
{
    switch (message) {
    case ICC_POWER_ON:
    case XFR_BLOCK:
        return DATA_BLOCK;
    case GET_PARAMETERS:
    case SET_PARAMETERS:
    case RESET_PARAMETERS:
        return PARAMETERS;
    case ESCAPE:
        return ESCAPED;
    default:
        return SLOT_STATUS;
    }
}

static void dispatch(struct ccid *d, const uint8_t *m, const uint8_t *data, size_t length)
{
    switch (m[0]) {
    case ICC_POWER_ON:
        power_on(d);
        break;
    case ICC_POWER_OFF:
        power_off(d);
        send_status(d, 0);
        break;
    case GET_SLOT_STATUS:
        send_slot_status(d);
        break;
    case SET_PARAMETERS:
        set_parameters(d, m[7], data, length);
        break;
    case RESET_PARAMETERS:
        memcpy(d->parameters, default_parameters, sizeof d->parameters);
        send_parameters(d);
        break;
    case GET_PARAMETERS:
        send_parameters(d);
        break;
    case XFR_BLOCK:
        transfer(d, (unsigned)(m[8] | m[9] << 8), data, length);
        break;
    default: /* escapes, clock and rate commands: nothing of the kind here */
        send_failure(d, answer_type(m[0]), ERROR_NOT_SUPPORTED, icc_of(d), 0);
        break;
    }
}

/* The message and the control request, in any order, end what the slot does; then the message is answered
 * (CCID 1.1, 5.3.1 and 6.1.13). */
static void end_transfer(struct ccid *d)
{
    d->abort = ABORT_NONE;
    d->emit(d->context, FUNCTION_PIPE_CANCEL, 0, NULL, 0);
    d->command_length = d->response_length = d->response_sent = 0;
    d->last_slot = d->abort_slot;
    d->last_seq = d->abort_seq;
    send_status(d, 0);
}

static void take_abort(struct ccid *d, enum abort_stage stage, uint8_t slot, uint8_t seq)
{
    enum abort_stage other = stage == ABORT_REQUESTED ? ABORT_MESSAGE : ABORT_REQUESTED;
    bool both = d->abort == other && d->abort_slot == slot && d->abort_seq == seq;
    d->abort_slot = slot;
    d->abort_seq = seq;
    if (both)
        end_transfer(d);
    else
        d->abort = stage;
}

static void take_message(struct ccid *d, const uint8_t *m, size_t length)
{
    if (length < CCID_HEADER)
        return; /* nothing to answer to: the host's timeout ends it, as with a real reader */
    size_t data_length = (size_t)m[1] | (size_t)m[2] << 8 | (size_t)m[3] << 16 | (size_t)m[4] << 24;
    d->last_type = m[0];
    d->last_slot = m[5];
    d->last_seq = m[6];
    d->looks += m[0] == GET_SLOT_STATUS;
    if (d->fault == FAULT_SILENT) {
        take_fault(d);
        return;
    }
    if (m[5] != 0)
        send_failure(d, answer_type(m[0]), ERROR_SLOT, ICC_ABSENT, 0);
    else if (data_length != length - CCID_HEADER || length > longest_message(d))
        send_failure(d, answer_type(m[0]), ERROR_LENGTH, icc_of(d), 0);
    else if (m[0] == ABORT)
        take_abort(d, ABORT_MESSAGE, m[5], m[6]);
    else if (d->abort != ABORT_NONE)
        send_failure(d, answer_type(m[0]), ERROR_ABORTED, icc_of(d), 0);
    else
        dispatch(d, m, m + CCID_HEADER, data_length);
}

/* Gathers bulk-out bytes; a message may come in several transfers. */
static void bulk(void *self, const uint8_t *bytes, size_t length)
{
    struct ccid *d = self;
    if (length > sizeof d->message - d->message_length) {
        d->message_length = 0;
        return;
    }
    memcpy(d->message + d->message_length, bytes, length);
    d->message_length += length;
    if (d->message_length >= CCID_HEADER) {
        const uint8_t *m = d->message;
        size_t wanted = (size_t)m[1] | (size_t)m[2] << 8 | (size_t)m[3] << 16 | (size_t)m[4] << 24;
        if (wanted <= sizeof d->message - CCID_HEADER && d->message_length < CCID_HEADER + wanted)
            return;
    }
    size_t whole = d->message_length;
    d->message_length = 0;
    take_message(d, d->message, whole);
}

/* ABORT (CCID 1.1, 5.3.1): wValue holds slot and sequence number of the command. */
static bool control(void *self, const uint8_t setup[8], uint8_t *in, size_t *length)
{
    struct ccid *d = self;
    (void)in;
    *length = 0;
    if (setup[0] != 0x21 || setup[1] != 0x01 || setup[2] != 0)
        return false;
    if (d->fault != FAULT_SILENT)
        take_abort(d, ABORT_REQUESTED, setup[2], setup[3]);
    return true;
}

/* ---- the field, and life ---- */

static void presence(void *self, bool pending)
{
    struct ccid *d = self;
    d->lost = 0;
    forget_chains(d);
    if (pending) /* what was on its way when the card left */
        send_failure(d, answer_type(d->last_type), ERROR_MUTE, ICC_ABSENT, 0);
    notify(d, field_present(d->field), 0);
}

static void restart(void *self)
{
    struct ccid *d = self;
    d->lost = 0;
    d->looks = 0;
    d->message_length = 0;
    d->abort = ABORT_NONE;
    power_off(d);
}

static int set_fault(void *self, const char *name, bool has_argument, unsigned argument, unsigned times,
                     struct err *e)
{
    struct ccid *d = self;
    size_t i = 0, known = sizeof fault_names / sizeof *fault_names;
    while (i < known && strcmp(fault_names[i].name, name) != 0)
        i++;
    if (i == known || fault_names[i].argument != has_argument)
        return err_set(e, ERR_INPUT, "fault", "`%.40s` is no fault of a CCID reader (see --help)", name);
    if (i == FAULT_REMOVE_AT && argument == 0)
        return err_set(e, ERR_INPUT, "fault", "remove-at counts exchanges from 1");
    d->fault = (enum fault)i;
    d->fault_argument = argument;
    d->fault_left = times;
    return 0;
}

static unsigned looks(const void *self)
{
    return ((const struct ccid *)self)->looks;
}

static int check(const struct reader_profile *p, struct err *e)
{
    if (p->level == READER_LEVEL_NONE)
        return err_set(e, ERR_UNSUPPORTED, p->id,
                       "the profile gives no CCID level (tpdu, short, short+extended): it can't be served");
    if (p->max_message < 64)
        return err_set(e, ERR_UNSUPPORTED, p->id,
                       "a message length of %u bytes can't be served (64 at least)", p->max_message);
    if (p->endpoints < 2)
        return err_set(e, ERR_UNSUPPORTED, p->id,
                       "%u endpoints can't be served: without bulk-in and bulk-out there are no messages",
                       p->endpoints);
    return 0;
}

static void *create(const struct function_setup *setup)
{
    struct ccid *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->profile = setup->profile;
    d->field = setup->field;
    d->emit = setup->emit;
    d->context = setup->context;
    memcpy(d->parameters, default_parameters, sizeof d->parameters);
    return d;
}

/* The smart card class descriptor (CCID 1.1, 5.1): 54 bytes. */
static void class_descriptor(const struct reader_profile *p, struct buf *b)
{
    static const uint8_t head[] = { 54, 0x21, 0x10, 0x01, 0, 0x07 }; /* rev 1.10, one slot, 5 V 3 V 1.8 V */
    static const uint8_t tail[] = { 0xff, 0xff, 0, 0, 0 }; /* class bytes echoed; no LCD, no PIN pad */
    const uint32_t protocols = p->protocols                    ? p->protocols
                               : p->level == READER_LEVEL_TPDU ? 2        /* T=1 */
                                                               : 3;       /* and T=0 */
    const uint32_t numbers[] = { protocols, clock_khz(p), clock_khz(p) }; /* clock: default, most */
    const uint32_t rates[] = { 105938, 847500 };                          /* 106 and 848 kbit/s */
    const uint32_t rest[] = { p->ifsd, 0, 0, p->features, p->max_message };
    buf_add(b, (const char *)head, sizeof head);
    for (size_t i = 0; i < 3; i++)
        buf_add_u32(b, numbers[i]);
    buf_add_char(b, 0); /* only the default clock */
    for (size_t i = 0; i < 2; i++)
        buf_add_u32(b, rates[i]);
    buf_add_char(b, 0); /* any rate between */
    for (size_t i = 0; i < 5; i++)
        buf_add_u32(b, rest[i]);
    buf_add(b, (const char *)tail, sizeof tail);
    buf_add_char(b, (char)p->busy_slots);
}

const struct function_ops function_ccid = {
    .name = "ccid",
    .interface_class = 0x0b,
    .bulk_out = 0x01,
    .bulk_in = 0x82,
    .interrupt_in = 0x83,
    .check = check,
    .create = create,
    .destroy = free,
    .class_descriptor = class_descriptor,
    .bulk = bulk,
    .control = control,
    .presence = presence,
    .restart = restart,
    .fault = set_fault,
    .fault_help = "mute|silent|stall|wrong-seq|truncate|parity|wrong-length|vendor-error|extend|slow:MS|"
                  "remove-at:N|none",
    .looks = looks,
};
