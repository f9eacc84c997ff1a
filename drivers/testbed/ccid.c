#include "drivers/testbed/ccid.h"

#include "drivers/handset/handset.h"

#include <stdlib.h>
#include <string.h>

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
    ERROR_LENGTH = 0x01, /* index of dwLength */
    ERROR_SLOT = 0x05,   /* index of bSlot */
    ERROR_LEVEL = 0x08,  /* index of wLevelParameter */
    ERROR_APDU_LENGTH = 0xbe,
    ERROR_OVERRUN = 0xfc,
    ERROR_PARITY = 0xfd,
    ERROR_MUTE = 0xfe,
};

enum icc { ICC_ACTIVE = 0, ICC_INACTIVE = 1, ICC_ABSENT = 2 };
enum command { COMMAND_OK = 0x00, COMMAND_FAILED = 0x40, COMMAND_TIME_EXTENSION = 0x80 };

/* wLevelParameter and bChainParameter of a long APDU in parts. */
enum chain { CHAIN_WHOLE = 0, CHAIN_FIRST = 1, CHAIN_LAST = 2, CHAIN_MIDDLE = 3, CHAIN_GO_ON = 0x10 };

#define TIME_EXTENSION_US 1000000 /* a reader that waits for the card says so once a second */
#define REMOVAL_US        2000 /* how long after a block's arrival its card leaves, for CCID_FAULT_REMOVE_AT */
#define READER_TRIES      3 /* waiting times before a reader gives a silent card up: one block, two R(NAK) */
#define FWT_DEFAULT_US    77328 /* FWI 8, when nothing is known */

struct ccid_device {
    struct ccid_model model;
    ccid_emit emit;
    void *context;
    struct handset *handset;
    bool present, powered;
    unsigned transaction; /* 1.. of the placement */
    bool exchanged;       /* an APDU went to the card since it was powered */
    uint64_t fwt_us;
    uint8_t uid[10], ats[32];
    size_t uid_length, ats_length;
    uint8_t parameters[7]; /* T=1 structure as last set */

    uint8_t command[APDU_COMMAND_MAX]; /* gathered from its parts */
    size_t command_length;
    uint8_t response[APDU_RESPONSE_MAX];
    size_t response_length, response_sent;

    enum ccid_fault fault;
    unsigned fault_argument, fault_left;
    uint8_t last_type, last_seq, last_slot; /* of the newest message, for an answer that is replaced */
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

static enum icc icc_of(const struct ccid_device *d)
{
    if (!d->present)
        return ICC_ABSENT;
    return d->powered ? ICC_ACTIVE : ICC_INACTIVE;
}

static size_t room(const struct ccid_device *d)
{
    return d->model.max_message - CCID_HEADER;
}

static void put_header(const struct ccid_device *d, const struct answer *a, uint8_t header[CCID_HEADER])
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

static void send_answer(struct ccid_device *d, const struct answer *a)
{
    uint8_t message[CCID_HEADER + APDU_RESPONSE_MAX];
    put_header(d, a, message);
    if (a->length)
        memcpy(message + CCID_HEADER, a->data, a->length);
    d->emit(d->context, CCID_PIPE_BULK, a->after_us, message, CCID_HEADER + a->length);
}

static void send_failure(struct ccid_device *d, uint8_t type, uint8_t error, enum icc icc, uint64_t after_us)
{
    struct answer a = {
        .type = type, .error = error, .command = COMMAND_FAILED, .icc = icc, .after_us = after_us
    };
    send_answer(d, &a);
}

static void send_status(struct ccid_device *d, uint64_t after_us)
{
    struct answer a = { .type = SLOT_STATUS, .icc = icc_of(d), .after_us = after_us };
    send_answer(d, &a);
}

static void notify(struct ccid_device *d, uint64_t after_us)
{
    const uint8_t message[2] = { NOTIFY_SLOT_CHANGE, (uint8_t)(0x02 | (d->present ? 1 : 0)) };
    d->emit(d->context, CCID_PIPE_INTERRUPT, after_us, message, sizeof message);
}

/* A reader that waits for the card asks the host for time, so that the host's own timeout never strikes
 * first. */
static void send_time_extensions(struct ccid_device *d, uint64_t until_us)
{
    struct answer a = { .type = DATA_BLOCK, .command = COMMAND_TIME_EXTENSION, .icc = icc_of(d), .error = 1 };
    for (a.after_us = TIME_EXTENSION_US; a.after_us < until_us; a.after_us += TIME_EXTENSION_US)
        send_answer(d, &a);
}

/* ---- power ---- */

static void power_off(struct ccid_device *d)
{
    if (d->powered && d->exchanged)
        d->transaction++;
    d->powered = d->exchanged = false;
    d->command_length = d->response_length = d->response_sent = 0;
    if (d->present)
        handset_field_off(d->handset);
}

static void power_on(struct ccid_device *d)
{
    struct handset_activation up;
    if (!d->present) {
        send_failure(d, DATA_BLOCK, ERROR_MUTE, ICC_ABSENT, 0);
        return;
    }
    power_off(d); /* a second power-on is a reset: contactless, that is the field off and on */
    handset_begin(d->handset, d->transaction);
    handset_activate(d->handset, &up);
    if (!up.activated) {
        d->transaction++;
        handset_field_off(d->handset);
        send_failure(d, DATA_BLOCK, ERROR_MUTE, up.detected ? ICC_INACTIVE : ICC_ABSENT, up.us);
        return;
    }
    d->powered = true;
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

static void send_response(struct ccid_device *d, uint64_t after_us)
{
    size_t left = d->response_length - d->response_sent;
    bool first = d->response_sent == 0;
    if (d->model.level == READER_LEVEL_SHORT && left > room(d)) {
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

static void set_response(struct ccid_device *d, const uint8_t *data, size_t length, uint16_t sw)
{
    if (length)
        memcpy(d->response, data, length);
    d->response[length] = (uint8_t)(sw >> 8);
    d->response[length + 1] = (uint8_t)sw;
    d->response_length = length + 2;
    d->response_sent = 0;
}

/* FF CA 00 00: the UID; FF CA 01 00: the ATS (PC/SC part 3, 3.2.2.1.3). */
static void run_pseudo(struct ccid_device *d)
{
    const uint8_t *c = d->command;
    const uint8_t *data = c[2] == 0 ? d->uid : d->ats;
    size_t length = c[2] == 0 ? d->uid_length : d->ats_length;
    size_t le = d->command_length == 5 && c[4] ? c[4] : 256;
    if (c[1] != 0xca || !d->model.uid_apdu)
        set_response(d, NULL, 0, 0x6d00);
    else if (c[2] > 1 || c[3] != 0 || length == 0)
        set_response(d, NULL, 0, 0x6a81);
    else if (le < length)
        set_response(d, NULL, 0, (uint16_t)(0x6c00 | length));
    else
        set_response(d, data, length, 0x9000);
    send_response(d, 0);
}

/* How a reader reports that no answer came over the air. */
static void send_air_fault(struct ccid_device *d, const struct handset_answer *answer)
{
    uint64_t us = answer->us;
    if (us == UINT64_MAX)
        us = d->fwt_us * READER_TRIES;
    send_time_extensions(d, us);
    switch (answer->fault) {
    case 9:
        send_failure(d, DATA_BLOCK, ERROR_PARITY, icc_of(d), us);
        break;
    case 13:
    case 14:
        send_failure(d, DATA_BLOCK, ERROR_OVERRUN, icc_of(d), us);
        break;
    case 15:
        send_failure(d, DATA_BLOCK, ERROR_APDU_LENGTH, icc_of(d), us);
        break;
    case 16:
        d->powered = false;
        send_failure(d, DATA_BLOCK, ERROR_MUTE, ICC_ABSENT, us);
        break;
    default:
        send_failure(d, DATA_BLOCK, ERROR_MUTE, icc_of(d), us);
        break;
    }
}

/* Counts one exchange of a fault; the fault that strikes it, or none. */
static enum ccid_fault take_fault(struct ccid_device *d)
{
    enum ccid_fault fault = d->fault;
    if (fault == CCID_FAULT_REMOVE_AT) {
        if (--d->fault_argument > 0)
            return CCID_FAULT_NONE;
        d->fault = CCID_FAULT_NONE;
    } else if (fault != CCID_FAULT_NONE && d->fault_left > 0 && --d->fault_left == 0) {
        d->fault = CCID_FAULT_NONE;
    }
    return fault;
}

/* True when the fault itself is the answer. */
static bool act_fault(struct ccid_device *d, enum ccid_fault fault)
{
    static const uint8_t half_header[5] = { DATA_BLOCK, 0x02 };
    switch (fault) {
    case CCID_FAULT_MUTE:
        return true;
    case CCID_FAULT_STALL:
        d->emit(d->context, CCID_PIPE_STALL, 0, NULL, 0);
        return true;
    case CCID_FAULT_TRUNCATE:
        d->emit(d->context, CCID_PIPE_BULK, 0, half_header, sizeof half_header);
        return true;
    case CCID_FAULT_PARITY:
        send_failure(d, DATA_BLOCK, ERROR_PARITY, icc_of(d), 0);
        return true;
    case CCID_FAULT_REMOVE_AT:
        power_off(d);
        d->present = false;
        handset_lift(d->handset);
        notify(d, REMOVAL_US);
        send_failure(d, DATA_BLOCK, ERROR_MUTE, ICC_ABSENT, REMOVAL_US);
        return true;
    default:
        return false;
    }
}

static void run_apdu(struct ccid_device *d)
{
    struct handset_answer answer;
    struct apdu apdu;
    if (d->command_length >= 4 && d->command[0] == 0xff) {
        run_pseudo(d);
        return;
    }
    d->exchanged = true;
    enum ccid_fault fault = take_fault(d);
    if (act_fault(d, fault))
        return;
    if (d->model.level == READER_LEVEL_SHORT && apdu_parse(d->command, d->command_length, &apdu) &&
        apdu.extended) {
        send_failure(d, DATA_BLOCK, ERROR_APDU_LENGTH, icc_of(d), 0);
        return;
    }
    handset_exchange(d->handset, d->command, d->command_length, &answer);
    if (answer.length == 0 || answer.length > sizeof d->response) {
        send_air_fault(d, &answer);
        return;
    }
    memcpy(d->response, answer.bytes, answer.length);
    d->response_length = answer.length;
    d->response_sent = 0;
    uint64_t us = answer.us + (fault == CCID_FAULT_SLOW ? d->fault_argument * UINT64_C(1000) : 0);
    send_time_extensions(d, us);
    d->last_seq = (uint8_t)(d->last_seq + (fault == CCID_FAULT_WRONG_SEQ));
    send_response(d, us);
}

static void transfer(struct ccid_device *d, unsigned level, const uint8_t *data, size_t length)
{
    if (!d->present || !d->powered) {
        send_failure(d, DATA_BLOCK, ERROR_MUTE, icc_of(d), 0);
        return;
    }
    if (d->model.level == READER_LEVEL_SHORT)
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

static void send_parameters(struct ccid_device *d)
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

static void dispatch(struct ccid_device *d, const uint8_t *m, const uint8_t *data, size_t length)
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
    case ABORT:
        send_status(d, 0);
        break;
    case SET_PARAMETERS:
        if (length == sizeof d->parameters)
            memcpy(d->parameters, data, length);
        send_parameters(d);
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

void ccid_message(struct ccid_device *d, const uint8_t *m, size_t length)
{
    if (length < CCID_HEADER)
        return; /* nothing to answer to: the host's timeout ends it, as with a real reader */
    size_t data_length = (size_t)m[1] | (size_t)m[2] << 8 | (size_t)m[3] << 16 | (size_t)m[4] << 24;
    d->last_type = m[0];
    d->last_slot = m[5];
    d->last_seq = m[6];
    if (d->fault == CCID_FAULT_SILENT) {
        take_fault(d);
        return;
    }
    if (m[5] != 0)
        send_failure(d, answer_type(m[0]), ERROR_SLOT, ICC_ABSENT, 0);
    else if (data_length != length - CCID_HEADER || length > d->model.max_message)
        send_failure(d, answer_type(m[0]), ERROR_LENGTH, icc_of(d), 0);
    else
        dispatch(d, m, m + CCID_HEADER, data_length);
}

/* ---- the field, and life ---- */

bool ccid_lay(struct ccid_device *d, const struct laying *laying, const struct virtual_reader *reader)
{
    struct handset_activation up;
    ccid_lift(d, false);
    handset_lay(d->handset, laying, reader);
    d->transaction = 1;
    handset_begin(d->handset, d->transaction);
    handset_activate(d->handset, &up);
    handset_field_off(d->handset);
    if (!up.detected) {
        handset_lift(d->handset);
        return false;
    }
    d->present = true;
    notify(d, 0);
    return true;
}

void ccid_lift(struct ccid_device *d, bool pending)
{
    if (!d->present)
        return;
    power_off(d);
    d->present = false;
    handset_lift(d->handset);
    if (pending)
        send_failure(d, answer_type(d->last_type), ERROR_MUTE, ICC_ABSENT, 0);
    notify(d, 0);
}

void ccid_restart(struct ccid_device *d)
{
    power_off(d);
}

void ccid_set_fault(struct ccid_device *d, enum ccid_fault fault, unsigned argument, unsigned count)
{
    d->fault = fault;
    d->fault_argument = argument;
    d->fault_left = count;
}

bool ccid_present(const struct ccid_device *d)
{
    return d->present;
}

struct ccid_device *ccid_new(const struct ccid_model *model, ccid_emit emit, void *context)
{
    struct ccid_device *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->model = *model;
    d->emit = emit;
    d->context = context;
    d->transaction = 1;
    memcpy(d->parameters, default_parameters, sizeof d->parameters);
    d->handset = handset_new();
    if (!d->handset)
        ccid_free(&d);
    return d;
}

void ccid_free(struct ccid_device **d)
{
    if (!*d)
        return;
    handset_free(&(*d)->handset);
    free(*d);
    *d = NULL;
}
