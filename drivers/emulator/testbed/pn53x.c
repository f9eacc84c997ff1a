#include "drivers/emulator/testbed/pn53x.h"

#include "harness/card/apdu.h"

#include <stdlib.h>
#include <string.h>

#define DATA_MAX       264 /* of an extended frame, after TFI (PN532 user manual, 6.2.1.2) */
#define EXCHANGE_MAX   262 /* of one InDataExchange */
#define BUFFER_MAX     1024
#define FWT_DEFAULT_US 77328
#define TRIES          3 /* waiting times until the chip gives a silent target up */
#define AUTOMATIC_RATS 0x10
#define MORE           0x40
#define FOR_EVER       0xff             /* of retries and rounds of polling */
#define PERIOD_US      UINT64_C(150000) /* of InAutoPoll */
#define CHIP_FSD       64               /* bytes of a frame that the chip takes in its own block protocol */
#define CHIP_DID       0x01             /* that it gives to a target of type B */
#define THRU_DEFAULT   0x0a             /* code of InCommunicateThru's timeout: 51.2 ms */
#define RATE_CODES     9                /* of SetSerialBaudRate: 9600 to 1288000 baud */

/* Contactless interface registers, 63xx. */
#define REGISTER_PAGE 0x63
#define TX_MODE       0x02
#define RX_MODE       0x03
#define FIFO_DATA     0x39
#define BIT_FRAMING   0x3d
#define MODE_CRC      0x80 /* of TX_MODE */
#define MODE_FRAMING  0x03 /* 0 type A, 2 FeliCa, 3 type B */
#define SENS_REQ      0x26

/* Of Diagnose. */
enum test { TEST_LINE = 0x00, TEST_ROM = 0x01, TEST_RAM = 0x02, TEST_PRESENCE = 0x06, TEST_ANTENNA = 0x07 };

enum command {
    DIAGNOSE = 0x00,
    GET_FIRMWARE_VERSION = 0x02,
    GET_GENERAL_STATUS = 0x04,
    READ_REGISTER = 0x06,
    WRITE_REGISTER = 0x08,
    SET_SERIAL_BAUD_RATE = 0x10, /* of a PN532 */
    SET_PARAMETERS = 0x12,
    SAM_CONFIGURATION = 0x14,
    POWER_DOWN = 0x16,
    ALPAR_COMMAND = 0x18, /* of a PN533 */
    RF_CONFIGURATION = 0x32,
    IN_DATA_EXCHANGE = 0x40,
    IN_COMMUNICATE_THRU = 0x42,
    IN_DESELECT = 0x44,
    IN_LIST_PASSIVE_TARGET = 0x4a,
    IN_RELEASE = 0x52,
    IN_SELECT = 0x54,
    IN_AUTO_POLL = 0x60,
};

enum status {
    STATUS_TIMEOUT = 0x01,
    STATUS_CRC = 0x02,
    STATUS_COLLISION = 0x06,
    STATUS_PROTOCOL = 0x0b,
    STATUS_CONTEXT = 0x27,
    STATUS_RELEASED = 0x29,
};

enum fault {
    FAULT_NONE = 0,
    FAULT_STATUS, /* argument: the chip's status byte */
    FAULT_REST,   /* argument: the status byte of a response's second part */
    FAULT_NAD,    /* bit 7 of the status */
    FAULT_NO_ACK, /* the command is not acknowledged */
    FAULT_MUTE,   /* acknowledged, and never answered */
    FAULT_SILENT, /* nothing at all is answered, whatever the command */
    FAULT_LATE, /* argument: milliseconds; the line holds the answer back, and gives it whatever comes next */
    FAULT_SLOW, /* argument: milliseconds; the chip takes so long, and gives up at the next command */
    FAULT_BAD_CHECKSUM,
    FAULT_ERROR_FRAME, /* the application-level error frame */
    FAULT_GARBAGE,
    FAULT_NACK,      /* in place of the ACK */
    FAULT_REMOVE_AT, /* argument: the card leaves in the middle of the n-th exchange from now */
};

static const struct {
    const char *name;
    bool argument;
} fault_names[] = {
    [FAULT_NONE] = { "none", false },
    [FAULT_STATUS] = { "status", true },
    [FAULT_REST] = { "rest-status", true },
    [FAULT_NAD] = { "nad", false },
    [FAULT_NO_ACK] = { "no-ack", false },
    [FAULT_MUTE] = { "mute", false },
    [FAULT_SILENT] = { "silent", false },
    [FAULT_LATE] = { "late", true },
    [FAULT_SLOW] = { "slow", true },
    [FAULT_BAD_CHECKSUM] = { "bad-checksum", false },
    [FAULT_ERROR_FRAME] = { "error-frame", false },
    [FAULT_GARBAGE] = { "garbage", false },
    [FAULT_NACK] = { "nack", false },
    [FAULT_REMOVE_AT] = { "remove-at", true },
};

static const uint8_t ack[6] = { 0x00, 0x00, 0xff, 0x00, 0xff, 0x00 };

struct pn53x {
    enum pn53x_flavour flavour;
    struct field *field;
    function_emit emit;
    void *context;
    uint8_t buffer[BUFFER_MAX];
    size_t length;
    uint8_t parameters; /* SetParameters */
    bool carrier, looked;
    struct handset_activation target; /* of the present field, once looked */
    bool selected, here;              /* the selected target has not left yet */
    bool blocks;                      /* the host itself sends it blocks */
    bool did;                         /* its blocks carry CHIP_DID */
    uint8_t registers[256];           /* of REGISTER_PAGE, as written last */
    uint8_t thru_timeout;             /* code of RFConfiguration, item 2 */
    uint8_t passive_retries;
    bool waiting; /* a poll that has found nothing yet: its command */
    uint8_t wanted_code, wanted[32];
    size_t wanted_length;
    uint8_t command[APDU_COMMAND_MAX], response[APDU_RESPONSE_MAX];
    size_t command_length, response_length, response_sent;
    enum fault fault;
    unsigned fault_argument, fault_left;
    uint64_t delay_us; /* of the present answer, by a fault */
    bool holds_back;   /* an answer of FAULT_LATE is on its way */
    uint8_t running;   /* the newest command */
    uint8_t last[DATA_MAX + 16];
    size_t last_length; /* the last frame, for a host that asks for it again */
    bool spoil;         /* its checksum */
};

/* ---- frames to the host ---- */

static uint8_t checksum(const uint8_t *bytes, size_t length)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return (uint8_t)(0x100u - sum);
}

static void send_raw(struct pn53x *p, const uint8_t *bytes, size_t length, uint64_t after_us)
{
    p->emit(p->context, FUNCTION_PIPE_BULK, after_us, bytes, length);
}

/* D5, the answer's code and data, in a normal or an extended frame. */
static void send_frame(struct pn53x *p, uint8_t code, const uint8_t *data, size_t length, uint64_t after_us)
{
    uint8_t frame[DATA_MAX + 16] = { 0x00, 0x00, 0xff };
    size_t at = 3, payload = length + 2;
    if (payload > 255) {
        frame[at++] = 0xff;
        frame[at++] = 0xff;
        frame[at++] = (uint8_t)(payload >> 8);
        frame[at++] = (uint8_t)payload;
        frame[at] = checksum(frame + at - 2, 2);
        at++;
    } else {
        frame[at++] = (uint8_t)payload;
        frame[at] = checksum(frame + at - 1, 1);
        at++;
    }
    size_t begin = at;
    frame[at++] = 0xd5;
    frame[at++] = (uint8_t)(code + 1);
    if (length)
        memcpy(frame + at, data, length);
    at += length;
    frame[at] = (uint8_t)(checksum(frame + begin, at - begin) ^ (p->spoil ? 0x01 : 0x00));
    at++;
    frame[at++] = 0x00;
    p->spoil = false;
    memcpy(p->last, frame, at);
    p->last_length = at;
    send_raw(p, frame, at, after_us + p->delay_us);
    p->delay_us = 0;
}

static void send_status(struct pn53x *p, uint8_t code, uint8_t status, uint64_t after_us)
{
    send_frame(p, code, &status, 1, after_us);
}

/* ---- the field ---- */

/* The target is no longer known, here and for frames of the host's own. */
static void forget_target(struct pn53x *p)
{
    air_field(field_air(p->field), false);
    p->looked = p->here = p->blocks = p->did = false;
}

/* What the chip selected, and how it talks to it from then on. */
static void select_target(struct pn53x *p, uint8_t framing, bool protocol)
{
    p->selected = p->here = true;
    p->blocks = false;
    p->did = framing == MODE_FRAMING;
    p->registers[TX_MODE] = p->registers[RX_MODE] = (uint8_t)(MODE_CRC | framing);
    p->registers[BIT_FRAMING] = 0;
    air_adopt(field_air(p->field), &p->target, protocol, CHIP_FSD);
}

static void set_carrier(struct pn53x *p, bool on)
{
    if (!on) {
        field_power_off(p->field);
        p->selected = false;
        forget_target(p);
    }
    p->carrier = on;
}

static void find_target(struct pn53x *p)
{
    p->carrier = true;
    if (!p->looked)
        field_power_on(p->field, &p->target);
    p->looked = true;
}

/* ---- InListPassiveTarget ---- */

static size_t list_a(const struct pn53x *p, uint8_t *out)
{
    const struct handset_activation *t = &p->target;
    bool rats = (p->parameters & AUTOMATIC_RATS) && (t->sak & 0x20);
    if (!t->detected || t->technology != 'A' || t->fault == 5 || (rats && !t->activated))
        return 0;
    size_t n = 0;
    out[n++] = t->atqa[1]; /* the chip gives SENS_RES with its upper byte first */
    out[n++] = t->atqa[0];
    out[n++] = t->sak;
    out[n++] = (uint8_t)t->uid_length;
    memcpy(out + n, t->uid, t->uid_length);
    n += t->uid_length;
    if (rats) {
        memcpy(out + n, t->ats, t->ats_length);
        n += t->ats_length;
    }
    return n;
}

/* The chip sends ATTRIB by itself: a target that does not answer it is no target. */
static size_t list_b(const struct pn53x *p, uint8_t *out)
{
    const struct handset_activation *t = &p->target;
    if (!t->activated || t->technology != 'B')
        return 0;
    memcpy(out, t->atqb, 12);
    out[12] = 1;
    out[13] = 0x00; /* ATTRIB_RES */
    return 14;
}

static size_t list_f(const struct pn53x *p, uint8_t *out)
{
    static const uint8_t response[] = { 0x12, 0x01, 0x02, 0xfe, 0x53, 0x49, 0x4d, 0x00, 0x00,
                                        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    if (p->target.fault != 4)
        return 0;
    memcpy(out, response, sizeof response);
    return sizeof response;
}

/* By RATS a target of type A comes into the block protocol only when the host leaves that to the chip. */
static void select_as(struct pn53x *p, bool type_b, bool type_a)
{
    bool rats = (p->parameters & AUTOMATIC_RATS) && (p->target.sak & 0x20);
    select_target(p, type_b ? MODE_FRAMING : type_a ? 0x00 : 0x02, type_b || (type_a && rats));
}

/* Answers when something is found; else false. `data` is from MaxTg on. */
static bool list_targets(struct pn53x *p, const uint8_t *data)
{
    uint8_t out[64];
    find_target(p);
    size_t n = data[1] == 0                   ? list_a(p, out + 2)
               : data[1] == 1 || data[1] == 2 ? list_f(p, out + 2)
               : data[1] == 3                 ? list_b(p, out + 2)
                                              : 0;
    if (data[1] == 0) /* what was sent stays there when nothing came back */
        p->registers[FIFO_DATA] = p->target.detected && p->target.technology == 'A' ? 0 : SENS_REQ;
    if (n == 0)
        return false;
    select_as(p, data[1] == 3, data[1] == 0);
    out[0] = 1;
    out[1] = 1; /* the target's number */
    send_frame(p, IN_LIST_PASSIVE_TARGET, out, n + 2, p->target.us);
    return true;
}

/* InAutoPoll of a PN532: a target as InListPassiveTarget describes it, before it its type and length. */
static bool auto_poll(struct pn53x *p, const uint8_t *data, size_t length)
{
    uint8_t out[80] = { 0 };
    find_target(p);
    for (size_t i = 2; i < length; i++) {
        size_t n = data[i] == 0x10 || data[i] == 0x20   ? list_a(p, out + 4)
                   : data[i] == 0x03 || data[i] == 0x23 ? list_b(p, out + 4)
                   : data[i] == 0x11 || data[i] == 0x12 ? list_f(p, out + 4)
                                                        : 0;
        if (n == 0)
            continue;
        out[0] = 1;
        out[1] = data[i];
        out[2] = (uint8_t)(n + 1);
        out[3] = 1;
        select_as(p, data[i] == 0x03 || data[i] == 0x23, data[i] == 0x10 || data[i] == 0x20);
        send_frame(p, IN_AUTO_POLL, out, n + 4, p->target.us);
        return true;
    }
    return false;
}

static bool poll_once(struct pn53x *p, uint8_t code, const uint8_t *data, size_t length)
{
    return code == IN_AUTO_POLL ? auto_poll(p, data, length) : list_targets(p, data);
}

/* Polls on when nothing is found: InListPassiveTarget for ever where RFConfiguration says so, InAutoPoll its
 * number of rounds. A target that comes, a command or an ACK ends it. */
static void poll_targets(struct pn53x *p, uint8_t code, const uint8_t *data, size_t length)
{
    if (length < 2 || length > sizeof p->wanted) {
        send_status(p, code, 0, 0);
        return;
    }
    p->selected = false;
    if (poll_once(p, code, data, length))
        return;
    p->waiting = true;
    p->wanted_code = code;
    p->wanted_length = length;
    memmove(p->wanted, data, length);
    if (code == IN_AUTO_POLL && data[0] != FOR_EVER)
        send_frame(p, code, (const uint8_t[]) { 0 }, 1, data[0] * data[1] * (length - 2) * PERIOD_US);
    else if (code == IN_LIST_PASSIVE_TARGET && p->passive_retries != FOR_EVER)
        send_status(p, code, 0, p->target.us);
}

/* ---- InDataExchange ---- */

/* What became of an answer, as the chip tells it: a damaged frame, a broken protocol, a target that let go; a
 * waiting time that ran out, whether the target was slow or the field lost. */
static uint8_t status_of(unsigned fault)
{
    switch (fault) {
    case 9:
        return STATUS_CRC;
    case 12:
        return STATUS_PROTOCOL;
    case 17:
        return STATUS_RELEASED;
    default:
        return STATUS_TIMEOUT;
    }
}

static void send_response(struct pn53x *p, uint64_t after_us)
{
    uint8_t out[1 + EXCHANGE_MAX];
    size_t left = p->response_length - p->response_sent;
    size_t part = left < EXCHANGE_MAX ? left : EXCHANGE_MAX;
    out[0] = part < left ? MORE : 0;
    memcpy(out + 1, p->response + p->response_sent, part);
    p->response_sent += part;
    send_frame(p, IN_DATA_EXCHANGE, out, part + 1, after_us);
}

static void run_apdu(struct pn53x *p)
{
    struct handset_answer answer;
    field_exchange(p->field, p->command, p->command_length, &answer);
    p->command_length = 0;
    if (answer.length == 0 || answer.length > sizeof p->response) {
        uint64_t fwt_us = p->target.fwt_us ? p->target.fwt_us : FWT_DEFAULT_US;
        send_status(p, IN_DATA_EXCHANGE, status_of(answer.fault),
                    answer.us == UINT64_MAX ? fwt_us * TRIES : answer.us);
        return;
    }
    memcpy(p->response, answer.bytes, answer.length);
    p->response_length = answer.length;
    p->response_sent = 0;
    send_response(p, answer.us);
}

static enum fault take_fault(struct pn53x *p)
{
    enum fault fault = p->fault;
    if (fault == FAULT_REST) /* strikes later, see fetch_rest() */
        return FAULT_NONE;
    if (fault == FAULT_REMOVE_AT) {
        if (--p->fault_argument > 0)
            return FAULT_NONE;
        p->fault = FAULT_NONE;
    } else if (fault != FAULT_NONE && p->fault_left > 0 && --p->fault_left == 0) {
        p->fault = FAULT_NONE;
    }
    return fault;
}

/* What a fault does in place of the exchange: true when nothing is left to do. */
static bool act_fault(struct pn53x *p, enum fault fault, unsigned argument)
{
    static const uint8_t error[] = { 0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00 };
    static const uint8_t garbage[] = { 0x55, 0xaa, 0x31, 0x41, 0x59, 0x26, 0x53, 0x58, 0x97 };
    switch (fault) {
    case FAULT_STATUS:
        send_status(p, IN_DATA_EXCHANGE, (uint8_t)argument, 0);
        return true;
    case FAULT_NAD:
        send_status(p, IN_DATA_EXCHANGE, 0x80, 0);
        return true;
    case FAULT_MUTE:
        return true;
    case FAULT_ERROR_FRAME:
        send_raw(p, error, sizeof error, 0);
        return true;
    case FAULT_GARBAGE:
        send_raw(p, garbage, sizeof garbage, 0);
        return true;
    case FAULT_LATE:
        p->holds_back = true;
        p->delay_us = argument * UINT64_C(1000);
        return false;
    case FAULT_SLOW:
        p->delay_us = argument * UINT64_C(1000);
        return false;
    case FAULT_BAD_CHECKSUM:
        p->spoil = true;
        return false;
    case FAULT_REMOVE_AT:
        field_lift(p->field);
        forget_target(p);
        return false;
    default:
        return false;
    }
}

static void fetch_rest(struct pn53x *p)
{
    if (p->fault != FAULT_REST) {
        send_response(p, 0);
        return;
    }
    if (p->fault_left > 0 && --p->fault_left == 0)
        p->fault = FAULT_NONE;
    p->response_sent = p->response_length;
    send_status(p, IN_DATA_EXCHANGE, (uint8_t)p->fault_argument, 0);
}

static void data_exchange(struct pn53x *p, const uint8_t *data, size_t length)
{
    bool more = length > 0 && (data[0] & MORE);
    if (length < 1 || !p->selected) {
        send_status(p, IN_DATA_EXCHANGE, STATUS_CONTEXT, 0);
        return;
    }
    if (length == 1 && p->response_sent < p->response_length) { /* the host asks for the rest */
        fetch_rest(p);
        return;
    }
    p->response_length = p->response_sent = 0;
    if (length - 1 > sizeof p->command - p->command_length) {
        p->command_length = 0;
        send_status(p, IN_DATA_EXCHANGE, 0x0e, 0); /* internal buffer overflow */
        return;
    }
    memcpy(p->command + p->command_length, data + 1, length - 1);
    p->command_length += length - 1;
    if (more)
        send_status(p, IN_DATA_EXCHANGE, 0, 0);
    else
        run_apdu(p);
}

/* ---- the other commands ---- */

static void configure_rf(struct pn53x *p, const uint8_t *data, size_t length)
{
    if (length >= 2 && data[0] == 0x01)
        set_carrier(p, data[1] & 1);
    if (length >= 4 && data[0] == 0x05)
        p->passive_retries = data[3];
    if (length >= 4 && data[0] == 0x02)
        p->thru_timeout = data[3];
    send_frame(p, RF_CONFIGURATION, NULL, 0, 0);
}

static void send_error(struct pn53x *p)
{
    static const uint8_t error[] = { 0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00 };
    send_raw(p, error, sizeof error, 0);
}

/* The line test sends everything back, the presence test asks the target; memory and antenna are sound. */
static void diagnose(struct pn53x *p, const uint8_t *data, size_t length)
{
    if (length == 0) {
        send_error(p);
        return;
    }
    switch (data[0]) {
    case TEST_LINE:
        send_frame(p, DIAGNOSE, data, length, 0);
        break;
    case TEST_ROM:
    case TEST_RAM:
    case TEST_ANTENNA:
        send_status(p, DIAGNOSE, 0, 0);
        break;
    case TEST_PRESENCE:
        send_status(p, DIAGNOSE, !p->selected ? STATUS_CONTEXT : p->here ? 0 : STATUS_TIMEOUT, 0);
        break;
    default:
        send_error(p);
    }
}

/* ---- InCommunicateThru ---- */

/* 100 us, doubled with each code from 2 on (PN532 user manual, 7.3.1); 0 waits for ever. */
static uint64_t thru_timeout_us(const struct pn53x *p)
{
    unsigned code = p->thru_timeout > 16 ? 16 : p->thru_timeout;
    return code ? UINT64_C(100) << (code - 1) : UINT64_MAX;
}

static void send_thru(struct pn53x *p, const struct air_answer *a, bool did)
{
    uint8_t out[2 + AIR_FRAME_MAX] = { 0 };
    uint8_t status = a->silent      ? STATUS_TIMEOUT
                     : a->collision ? STATUS_COLLISION
                     : a->corrupt   ? STATUS_CRC
                                    : 0;
    uint64_t limit_us = thru_timeout_us(p);
    if (status == 0 && a->us <= limit_us) {
        size_t at = 1;
        memcpy(out + at, a->bytes, a->length);
        if (did && a->length > 0) { /* its number goes behind the first byte */
            out[1] |= 0x08;
            memmove(out + 3, out + 2, a->length - 1);
            out[2] = CHIP_DID;
        }
        send_frame(p, IN_COMMUNICATE_THRU, out, at + a->length + did, a->us);
    } else if (status && !a->silent) {
        send_status(p, IN_COMMUNICATE_THRU, status, a->us);
    } else if (limit_us != UINT64_MAX) {
        send_status(p, IN_COMMUNICATE_THRU, STATUS_TIMEOUT, limit_us);
    }
}

/* R(NAK) to a target that the chip itself talks to: hosts ask so whether it is still there. */
static bool asks_presence(const struct pn53x *p, const uint8_t *data, size_t length)
{
    return p->here && !p->blocks && length >= 1 && length <= 2 && (data[0] & 0xf6) == 0xb2;
}

/* A frame as it is, with a CRC where the registers say so, to whatever is in the field. */
static void communicate(struct pn53x *p, const uint8_t *data, size_t length)
{
    static const char technologies[4] = { 'A', 'A', 'F', 'B' };
    uint8_t bytes[AIR_FRAME_MAX] = { 0 };
    struct air_answer answer;
    if (asks_presence(p, data, length)) {
        bytes[0] = 0;
        memcpy(bytes + 1, data, length);
        bytes[1] &= (uint8_t)~0x10; /* R(ACK) */
        send_frame(p, IN_COMMUNICATE_THRU, bytes, length + 1, 0);
        return;
    }
    bool did = p->did && length >= 2 && (data[0] & 0x08) && data[1] == CHIP_DID;
    size_t taken = length < sizeof bytes ? length : 0;
    memcpy(bytes, data, taken);
    if (did) {
        bytes[0] &= (uint8_t)~0x08;
        memmove(bytes + 1, bytes + 2, --taken - 1);
    }
    struct air *air = field_air(p->field);
    const struct air_frame frame = { .technology = technologies[p->registers[TX_MODE] & MODE_FRAMING],
                                     .kbit_s = 106u << (p->registers[TX_MODE] >> 4 & 7),
                                     .bytes = bytes,
                                     .length = taken,
                                     .last_bits = p->registers[BIT_FRAMING] & 7,
                                     .crc = p->registers[TX_MODE] & MODE_CRC };
    air_frame(air, &frame, &answer);
    p->blocks = p->blocks || !answer.silent;
    send_thru(p, &answer, did);
    p->did = p->did && air_in_protocol(air);
}

/* ---- registers ---- */

static void read_registers(struct pn53x *p, const uint8_t *data, size_t length)
{
    uint8_t out[DATA_MAX] = { 0 };
    size_t n = length / 2;
    bool status = p->flavour == PN53X_PN533; /* which puts one before the values */
    for (size_t i = 0; i < n; i++)
        out[status + i] = data[2 * i] == REGISTER_PAGE ? p->registers[data[2 * i + 1]] : 0;
    send_frame(p, READ_REGISTER, out, n + status, 0);
}

static void write_registers(struct pn53x *p, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i + 2 < length; i += 3)
        if (data[i] == REGISTER_PAGE)
            p->registers[data[i + 1]] = data[i + 2];
    if (p->flavour == PN53X_PN533)
        send_status(p, WRITE_REGISTER, 0, 0);
    else
        send_frame(p, WRITE_REGISTER, NULL, 0, 0);
}

/* The new rate begins after the host's ACK; a pseudo-terminal has none. */
static void set_baud_rate(struct pn53x *p, const uint8_t *data, size_t length)
{
    if (p->flavour == PN53X_PN532 && length == 1 && data[0] < RATE_CODES)
        send_frame(p, SET_SERIAL_BAUD_RATE, NULL, 0, 0);
    else
        send_error(p);
}

static void run_command(struct pn53x *p, uint8_t code, const uint8_t *data, size_t length)
{
    static const uint8_t firmware_532[] = { 0x32, 0x01, 0x06, 0x07 },
                         firmware_533[] = { 0x33, 0x02, 0x07, 0x07 };
    static const uint8_t general[] = { 0x00, 0x01, 0x00, 0x80 };
    switch (code) {
    case DIAGNOSE:
        diagnose(p, data, length);
        break;
    case GET_FIRMWARE_VERSION:
        send_frame(p, code, p->flavour == PN53X_PN532 ? firmware_532 : firmware_533, 4, 0);
        break;
    case GET_GENERAL_STATUS:
        send_frame(p, code, general, sizeof general, 0);
        break;
    case READ_REGISTER:
        read_registers(p, data, length);
        break;
    case WRITE_REGISTER:
        write_registers(p, data, length);
        break;
    case SET_SERIAL_BAUD_RATE:
        set_baud_rate(p, data, length);
        break;
    case SET_PARAMETERS:
        p->parameters = length > 0 ? data[0] : 0;
        send_frame(p, code, NULL, 0, 0);
        break;
    case SAM_CONFIGURATION:
    case ALPAR_COMMAND:
        send_frame(p, code, NULL, 0, 0);
        break;
    case RF_CONFIGURATION:
        configure_rf(p, data, length);
        break;
    case IN_LIST_PASSIVE_TARGET:
        poll_targets(p, code, data, length);
        break;
    case IN_DATA_EXCHANGE:
        data_exchange(p, data, length);
        break;
    case IN_COMMUNICATE_THRU:
        communicate(p, data, length);
        break;
    case IN_DESELECT:
    case IN_RELEASE:
        p->selected = false;
        p->command_length = p->response_length = p->response_sent = 0;
        send_status(p, code, 0, 0);
        break;
    case IN_SELECT:
    case POWER_DOWN:
        send_status(p, code, 0, 0);
        break;
    default:
        send_error(p);
        break;
    }
}

/* A command, or an ACK, ends what the chip still does (PN532 user manual, 6.2.1). */
static void give_up_running(struct pn53x *p)
{
    p->waiting = false;
    if (!p->holds_back)
        p->emit(p->context, FUNCTION_PIPE_CANCEL, 0, NULL, 0);
}

/* Is the APDU lost on this side of the field? */
static bool keeps_apdu(enum fault fault)
{
    return fault == FAULT_NO_ACK || fault == FAULT_NACK || fault == FAULT_STATUS || fault == FAULT_NAD ||
           fault == FAULT_MUTE || fault == FAULT_ERROR_FRAME || fault == FAULT_GARBAGE;
}

static void take_command(struct pn53x *p, const uint8_t *data, size_t length)
{
    static const uint8_t nack[6] = { 0x00, 0x00, 0xff, 0xff, 0x00, 0x00 };
    give_up_running(p);
    p->running = data[0];
    p->last_length = 0;
    if (p->fault == FAULT_SILENT) {
        take_fault(p);
        return;
    }
    /* Faults strike exchanges with the handset, and no fetching of a response's rest. */
    bool exchange = data[0] == IN_DATA_EXCHANGE && length > 2;
    unsigned argument = p->fault_argument;
    enum fault fault = exchange ? take_fault(p) : FAULT_NONE;
    if (keeps_apdu(fault))
        field_waste(p->field);
    if (fault == FAULT_NO_ACK)
        return;
    if (fault == FAULT_NACK) {
        send_raw(p, nack, sizeof nack, 0);
        return;
    }
    send_raw(p, ack, sizeof ack, 0);
    if (act_fault(p, fault, argument))
        return;
    if (data[0] == IN_AUTO_POLL && p->flavour == PN53X_PN532)
        poll_targets(p, data[0], data + 1, length - 1);
    else
        run_command(p, data[0], data + 1, length - 1);
}

/* ---- frames from the host ---- */

/* The next frame at the buffer's beginning: bytes to drop, 0 when more must come. */
static size_t take_frame(struct pn53x *p)
{
    const uint8_t *b = p->buffer;
    size_t header = 5, payload = b[3];
    if (b[0] != 0x00 || b[1] != 0x00 || b[2] != 0xff)
        return 1;
    if (p->length < 6)
        return 0;
    if (b[3] == 0x00 && b[4] == 0xff) { /* ACK */
        give_up_running(p);
        return 6;
    }
    if (b[3] == 0xff && b[4] == 0x00) { /* NACK */
        if (p->last_length && p->fault != FAULT_SILENT)
            send_raw(p, p->last, p->last_length, 0);
        return 6;
    }
    if (b[3] == 0xff && b[4] == 0xff) {
        header = 8;
        if (p->length < header)
            return 0;
        payload = (size_t)(b[5] << 8 | b[6]);
    }
    if (payload < 2 || payload > DATA_MAX + 1)
        return 1;
    if (p->length < header + payload + 2)
        return 0;
    if (b[header] == 0xd4 && checksum(b + header, payload) == b[header + payload])
        take_command(p, b + header + 1, payload - 1);
    return header + payload + 2;
}

void pn53x_bytes(struct pn53x *p, const uint8_t *bytes, size_t length)
{
    for (size_t taken = 0; taken < length;) {
        size_t part =
            length - taken < sizeof p->buffer - p->length ? length - taken : sizeof p->buffer - p->length;
        memcpy(p->buffer + p->length, bytes + taken, part);
        p->length += part;
        taken += part;
        size_t drop;
        while (p->length >= 5 && (drop = take_frame(p)) > 0) {
            drop = drop < p->length ? drop : p->length;
            memmove(p->buffer, p->buffer + drop, p->length - drop);
            p->length -= drop;
        }
        if (p->length == sizeof p->buffer)
            p->length = 0;
    }
}

/* ---- the field, and life ---- */

/* An exchange that ran when the card left comes to nothing: the chip's waiting time runs out. */
void pn53x_presence(struct pn53x *p, bool pending)
{
    forget_target(p); /* the chip does not notice: what it selected stays selected */
    p->command_length = p->response_length = p->response_sent = 0;
    if (pending && !p->waiting) /* or a poll that found it: there is no target any more */
        send_status(p, p->running, p->running == IN_DATA_EXCHANGE ? STATUS_TIMEOUT : 0, 0);
    if (!p->waiting)
        return;
    p->emit(p->context, FUNCTION_PIPE_CANCEL, 0, NULL, 0);
    poll_targets(p, p->wanted_code, p->wanted, p->wanted_length);
}

/* The chip's own. */
static void set_defaults(struct pn53x *p)
{
    p->passive_retries = FOR_EVER;
    p->parameters = AUTOMATIC_RATS;
    p->thru_timeout = THRU_DEFAULT;
    memset(p->registers, 0, sizeof p->registers);
}

void pn53x_restart(struct pn53x *p)
{
    set_carrier(p, false);
    p->length = p->command_length = p->response_length = p->response_sent = p->last_length = 0;
    p->holds_back = p->waiting = false;
    set_defaults(p);
}

int pn53x_fault(struct pn53x *p, const char *name, bool has_argument, unsigned argument, unsigned count,
                struct err *e)
{
    size_t i = 0, known = sizeof fault_names / sizeof *fault_names;
    while (i < known && strcmp(fault_names[i].name, name) != 0)
        i++;
    if (i == known || fault_names[i].argument != has_argument)
        return err_set(e, ERR_INPUT, "fault", "`%.40s` is no fault of a PN53x (see --help)", name);
    if (i == FAULT_REMOVE_AT && argument == 0)
        return err_set(e, ERR_INPUT, "fault", "remove-at counts exchanges from 1");
    p->fault = (enum fault)i;
    p->holds_back = p->holds_back && i != FAULT_NONE;
    p->fault_argument = argument;
    p->fault_left = count;
    return 0;
}

struct pn53x *pn53x_new(enum pn53x_flavour flavour, struct field *field, function_emit emit, void *context)
{
    struct pn53x *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->flavour = flavour;
    p->field = field;
    p->emit = emit;
    p->context = context;
    set_defaults(p);
    return p;
}

void pn53x_free(struct pn53x **p)
{
    free(*p);
    *p = NULL;
}
