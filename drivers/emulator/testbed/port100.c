/*
 * An emulated Sony NFC Port-100: the frames of drivers/port100/frame.h over bulk transfers, the RF and
 * protocol settings obeyed, and each InCommRF turned into a frame for the virtual handset. A setting that
 * does not fit the handset is answered by silence, as on the air. The command type mask is big-endian, as the
 * kernel's driver insists.
 */
#include "drivers/emulator/testbed/function.h"

#include "drivers/emulator/handset/link.h"
#include "drivers/port100/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS       0x14
#define STATUS_TIMEOUT 0x00000080u
#define STATUS_CRC     0x00000004u
#define STATUS_COLLIDE 0x00000008u
#define STATUS_RF_OFF  0x00000400u

enum setting { ADD_CRC = 0x01, CHECK_CRC = 0x02, ADD_PARITY = 0x04, LAST_BITS = 0x07, ADD_SOF = 0x09 };

enum fault {
    FAULT_NONE = 0,
    FAULT_MUTE,         /* acknowledged, and never answered */
    FAULT_SILENT,       /* nothing is answered, not even by an ACK: the reader hangs */
    FAULT_GARBAGE,      /* no frame comes */
    FAULT_BAD_CHECKSUM, /* of the data */
    FAULT_ERROR_FRAME,  /* the chip did not understand */
    FAULT_WRONG_CODE,   /* the answer to another command */
    FAULT_STALL,        /* the bulk-in endpoint stalls */
    FAULT_CRC,          /* the air frame came damaged */
    FAULT_SLOW,         /* argument: milliseconds more */
    FAULT_REMOVE_AT,    /* argument: the card leaves in the middle of the n-th block from now */
};

static const struct {
    const char *name;
    bool argument;
} fault_names[] = {
    [FAULT_NONE] = { "none", false },
    [FAULT_MUTE] = { "mute", false },
    [FAULT_SILENT] = { "silent", false },
    [FAULT_GARBAGE] = { "garbage", false },
    [FAULT_BAD_CHECKSUM] = { "bad-checksum", false },
    [FAULT_ERROR_FRAME] = { "error-frame", false },
    [FAULT_WRONG_CODE] = { "wrong-code", false },
    [FAULT_STALL] = { "stall", false },
    [FAULT_CRC] = { "crc", false },
    [FAULT_SLOW] = { "slow", true },
    [FAULT_REMOVE_AT] = { "remove-at", true },
};

struct port100 {
    struct field *field;
    function_emit emit;
    void *context;
    uint8_t buffer[PORT100_FRAME_MAX];
    size_t length;
    char technology; /* 0 until it is set */
    unsigned kbit_s;
    uint8_t settings[SETTINGS];
    enum fault fault;
    unsigned fault_argument, fault_left;
};

static void send_raw(struct port100 *d, const uint8_t *bytes, size_t length, uint64_t after_us)
{
    d->emit(d->context, FUNCTION_PIPE_BULK, after_us, bytes, length);
}

static void send_answer(struct port100 *d, uint8_t code, const uint8_t *data, size_t length,
                        uint64_t after_us)
{
    uint8_t frame[PORT100_FRAME_MAX];
    size_t n = port100_encode(PORT100_ANSWER, (uint8_t)(code + 1), data, length, frame);
    send_raw(d, frame, n, after_us);
}

static void send_status(struct port100 *d, uint8_t code, uint8_t status)
{
    send_answer(d, code, &status, 1, 0);
}

/* ---- settings ---- */

static void set_rf(struct port100 *d, const uint8_t *data, size_t length)
{
    static const struct {
        uint8_t bytes[4];
        char technology;
        unsigned kbit_s;
    } modes[] = { { { 2, 3, 15, 3 }, 'A', 106 }, { { 4, 4, 15, 4 }, 'A', 212 }, { { 5, 5, 15, 5 }, 'A', 424 },
                  { { 3, 7, 15, 7 }, 'B', 106 }, { { 3, 8, 15, 8 }, 'B', 212 }, { { 3, 9, 15, 9 }, 'B', 424 },
                  { { 1, 1, 15, 1 }, 'F', 212 }, { { 1, 2, 15, 2 }, 'F', 424 } };
    for (size_t i = 0; i < sizeof modes / sizeof *modes && length == 4; i++) {
        if (memcmp(modes[i].bytes, data, 4) != 0)
            continue;
        d->technology = modes[i].technology;
        d->kbit_s = modes[i].kbit_s;
        send_status(d, PORT100_IN_SET_RF, 0);
        return;
    }
    send_status(d, PORT100_IN_SET_RF, 1); /* parameter error */
}

static void set_protocol(struct port100 *d, const uint8_t *data, size_t length)
{
    uint8_t status = length % 2 != 0;
    for (size_t i = 0; i + 1 < length && status == 0; i += 2) {
        if (data[i] < SETTINGS)
            d->settings[data[i]] = data[i + 1];
        else
            status = 1;
    }
    send_status(d, PORT100_IN_SET_PROTOCOL, status);
}

/* ---- the air ---- */

static void send_air(struct port100 *d, uint32_t status, const uint8_t *bytes, size_t length,
                     uint64_t after_us)
{
    uint8_t data[5 + AIR_FRAME_MAX] = { (uint8_t)status, (uint8_t)(status >> 8), (uint8_t)(status >> 16),
                                        (uint8_t)(status >> 24) };
    if (status == 0 && length)
        memcpy(data + 5, bytes, length);
    send_answer(d, PORT100_IN_COMM_RF, data, status == 0 ? 5 + length : 4, after_us);
}

/* Type A wants parity but in short frames; type B wants SOF and EOF. */
static bool framed(const struct port100 *d)
{
    if (d->technology == 'A')
        return d->settings[LAST_BITS] != 8 || d->settings[ADD_PARITY] == 1;
    return d->technology == 'F' || d->settings[ADD_SOF] == 1;
}

static enum fault take_fault(struct port100 *d)
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

static uint64_t frame_us(const struct port100 *d, const struct air_answer *a)
{
    const struct link l = { d->technology, d->kbit_s, AIR_FRAME_MAX };
    return link_frame_ns(&l, a->length + (a->crc ? 2 : 0)) / 1000;
}

static void comm_rf(struct port100 *d, const uint8_t *data, size_t length, enum fault fault)
{
    struct air_answer a;
    if (length < 3 || d->technology == 0) {
        send_status(d, PORT100_IN_COMM_RF, 1);
        return;
    }
    field_carrier(d->field, true); /* as the chip does by itself */
    uint64_t limit_us = (uint64_t)(data[0] | data[1] << 8) * 100;
    const struct air_frame f = { .technology = d->technology,
                                 .kbit_s = d->kbit_s,
                                 .bytes = data + 2,
                                 .length = length - 2,
                                 .last_bits = d->settings[LAST_BITS] & 7u,
                                 .crc = d->settings[ADD_CRC] != 0 };
    if (fault == FAULT_REMOVE_AT)
        field_lift(d->field);
    memset(&a, 0, sizeof a);
    a.silent = true;
    if (framed(d))
        air_frame(field_air(d->field), &f, &a);
    uint64_t extra_us = fault == FAULT_SLOW ? d->fault_argument * UINT64_C(1000) : 0;
    uint64_t begins_us = a.us > frame_us(d, &a) ? a.us - frame_us(d, &a) : 0;
    if (a.silent || begins_us > limit_us)
        send_air(d, STATUS_TIMEOUT, NULL, 0, limit_us + extra_us);
    else if (a.collision)
        send_air(d, STATUS_COLLIDE, NULL, 0, a.us + extra_us);
    else if (a.corrupt || fault == FAULT_CRC || a.crc != (d->settings[CHECK_CRC] != 0))
        send_air(d, STATUS_CRC, NULL, 0, a.us + extra_us);
    else
        send_air(d, 0, a.bytes, a.length, a.us + extra_us);
}

/* ---- commands ---- */

/* True when the fault itself is the answer. */
static bool act_fault(struct port100 *d, const struct port100_frame *f, enum fault fault)
{
    static const uint8_t garbage[] = { 0x55, 0xaa, 0x55, 0xaa, 0x55, 0xaa, 0x55 };
    static const uint8_t error[] = { 0x00, 0x00, 0xff, 0xff, 0xff };
    uint8_t frame[PORT100_FRAME_MAX];
    const uint8_t data[6] = { 0 };
    size_t n = port100_encode(PORT100_ANSWER, (uint8_t)(f->code + 1), data, sizeof data, frame);
    switch (fault) {
    case FAULT_MUTE:
        return true;
    case FAULT_STALL:
        d->emit(d->context, FUNCTION_PIPE_STALL, 0, NULL, 0);
        return true;
    case FAULT_GARBAGE:
        send_raw(d, garbage, sizeof garbage, 0);
        return true;
    case FAULT_ERROR_FRAME:
        send_raw(d, error, sizeof error, 0);
        return true;
    case FAULT_BAD_CHECKSUM:
        frame[n - 2] ^= 0x01;
        send_raw(d, frame, n, 0);
        return true;
    case FAULT_WRONG_CODE:
        send_answer(d, PORT100_GET_PD_DATA_VERSION, data, sizeof data, 0);
        return true;
    default:
        return false;
    }
}

static void run_command(struct port100 *d, const struct port100_frame *f, enum fault fault)
{
    static const uint8_t firmware[] = { 0x11, 0x01 }, version[] = { 0x00, 0x01 };
    static const uint8_t types[8] = { 0, 0, 0, 0, 0, 0, 0, 0x03 }; /* command types 0 and 1, big-endian */
    switch (f->code) {
    case PORT100_IN_SET_RF:
        set_rf(d, f->data, f->length);
        break;
    case PORT100_IN_SET_PROTOCOL:
        set_protocol(d, f->data, f->length);
        break;
    case PORT100_IN_COMM_RF:
        comm_rf(d, f->data, f->length, fault);
        break;
    case PORT100_SWITCH_RF:
        field_carrier(d->field, f->length > 0 && f->data[0] != 0);
        send_status(d, f->code, 0);
        break;
    case PORT100_GET_FIRMWARE_VERSION:
        send_answer(d, f->code, firmware, sizeof firmware, 0);
        break;
    case PORT100_GET_PD_DATA_VERSION:
        send_answer(d, f->code, version, sizeof version, 0);
        break;
    case PORT100_GET_COMMAND_TYPE:
        send_answer(d, f->code, types, sizeof types, 0);
        break;
    case PORT100_SET_COMMAND_TYPE:
        send_status(d, f->code, f->length == 1 && f->data[0] <= 1 ? 0 : 7);
        break;
    default:
        send_status(d, f->code, 7); /* no such command */
        break;
    }
}

/* The faults strike air frames with a block or an APDU in them, not the polls: a reader that fails in
 * exchanges. */
static bool in_exchange(const struct port100 *d, const struct port100_frame *f)
{
    return f->code == PORT100_IN_COMM_RF && f->length >= 3 && air_in_protocol(field_air(d->field));
}

static void take_frame(struct port100 *d, const uint8_t *bytes, size_t length)
{
    struct port100_frame f;
    port100_decode(bytes, length, &f);
    if (d->fault == FAULT_SILENT) {
        take_fault(d);
        return;
    }
    if (f.kind == PORT100_KIND_ACK) { /* whatever it does is cancelled */
        d->emit(d->context, FUNCTION_PIPE_CANCEL, 0, NULL, 0);
        return;
    }
    if (f.kind != PORT100_KIND_DATA || f.direction != PORT100_COMMAND) {
        static const uint8_t error[] = { 0x00, 0x00, 0xff, 0xff, 0xff };
        send_raw(d, error, sizeof error, 0);
        return;
    }
    send_raw(d, port100_ack, sizeof port100_ack, 0);
    enum fault fault = in_exchange(d, &f) ? take_fault(d) : FAULT_NONE;
    if (!act_fault(d, &f, fault))
        run_command(d, &f, fault);
}

/* Frames come whole or in transfers of a packet's size. */
static void bulk(void *self, const uint8_t *bytes, size_t length)
{
    struct port100 *d = self;
    if (length > sizeof d->buffer - d->length) {
        d->length = 0;
        return;
    }
    memcpy(d->buffer + d->length, bytes, length);
    d->length += length;
    if (d->length >= 8 && d->buffer[3] == 0xff && d->buffer[4] == 0xff) {
        size_t wanted = (size_t)(d->buffer[5] | d->buffer[6] << 8) + 10;
        if (wanted <= sizeof d->buffer && d->length < wanted)
            return;
    }
    size_t whole = d->length;
    d->length = 0;
    take_frame(d, d->buffer, whole);
}

/* ---- the field, and life ---- */

static void presence(void *self, bool pending)
{
    struct port100 *d = self;
    if (pending) /* an answer was on its way when the card left: the chip waits in vain */
        send_air(d, STATUS_TIMEOUT, NULL, 0, 0);
}

static void restart(void *self)
{
    struct port100 *d = self;
    d->length = 0;
    d->technology = 0;
    field_carrier(d->field, false);
}

static int set_fault(void *self, const char *name, bool has_argument, unsigned argument, unsigned times,
                     struct err *e)
{
    struct port100 *d = self;
    size_t i = 0, known = sizeof fault_names / sizeof *fault_names;
    while (i < known && strcmp(fault_names[i].name, name) != 0)
        i++;
    if (i == known || fault_names[i].argument != has_argument)
        return err_set(e, ERR_INPUT, "fault", "`%.40s` is no fault of a Port-100 (see --help)", name);
    if (i == FAULT_REMOVE_AT && argument == 0)
        return err_set(e, ERR_INPUT, "fault", "remove-at counts blocks from 1");
    d->fault = (enum fault)i;
    d->fault_argument = argument;
    d->fault_left = times;
    return 0;
}

static void *create(const struct function_setup *setup)
{
    struct port100 *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->field = setup->field;
    d->emit = setup->emit;
    d->context = setup->context;
    return d;
}

const struct function_ops function_port100 = {
    .name = "port100",
    .interface_class = 0xff,
    .bulk_out = 0x02,
    .bulk_in = 0x81,
    .create = create,
    .destroy = free,
    .bulk = bulk,
    .presence = presence,
    .restart = restart,
    .fault = set_fault,
    .fault_help =
        "mute|silent|garbage|bad-checksum|error-frame|wrong-code|stall|crc|slow:MS|remove-at:N|none",
};
