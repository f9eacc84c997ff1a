#include "drivers/port100/chip.h"

#include <libusb.h>

#include <stdio.h>
#include <string.h>

#define ACK_MS    500 /* the chip takes a command within a few ms */
#define ANSWER_MS 1000
#define DRAIN_MS  10
#define DRAIN_MAX 8

/* The settings of InSetProtocol, by number. */
enum setting {
    SETTING_GUARD = 0x00,
    SETTING_ADD_CRC = 0x01,
    SETTING_CHECK_CRC = 0x02,
    SETTING_ADD_PARITY = 0x04,
    SETTING_CHECK_PARITY = 0x05,
    SETTING_LAST_BITS = 0x07,
    SETTING_ADD_SOF = 0x09,
    SETTING_CHECK_SOF = 0x0a,
    SETTING_ADD_EOF = 0x0b,
    SETTING_CHECK_EOF = 0x0c,
};

static const uint8_t defaults[] = { 0x00, 0x18, 0x01, 0x01, 0x02, 0x01, 0x03, 0x00, 0x04, 0x00,
                                    0x05, 0x00, 0x06, 0x00, 0x07, 0x08, 0x08, 0x00, 0x09, 0x00,
                                    0x0a, 0x00, 0x0b, 0x00, 0x0c, 0x00, 0x0e, 0x04, 0x0f, 0x00,
                                    0x10, 0x00, 0x11, 0x00, 0x12, 0x00, 0x13, 0x06 };

static const struct {
    uint32_t bit;
    const char *name;
    enum isodep_air air;
} air_errors[] = {
    { 0x00000080, "RECEIVE_TIMEOUT", ISODEP_AIR_SILENT },
    { 0x00000008, "COLLISION", ISODEP_AIR_COLLISION },
    { 0x00000001, "PROTOCOL", ISODEP_AIR_CORRUPT },
    { 0x00000002, "PARITY", ISODEP_AIR_CORRUPT },
    { 0x00000004, "CRC", ISODEP_AIR_CORRUPT },
    { 0x00000010, "OVERFLOW", ISODEP_AIR_CORRUPT },
    { 0x00000040, "TEMPERATURE", ISODEP_AIR_BROKEN },
    { 0x00000100, "CRYPTO1", ISODEP_AIR_CORRUPT },
    { 0x00000200, "RFCA", ISODEP_AIR_BROKEN },
    { 0x00000400, "RF_OFF", ISODEP_AIR_BROKEN },
    { 0x00000800, "TRANSMIT_TIMEOUT", ISODEP_AIR_BROKEN },
    { 0x80000000, "RECEIVE_LENGTH", ISODEP_AIR_CORRUPT },
};

#define AIR_ERRORS (sizeof air_errors / sizeof *air_errors)

const char *port100_trouble_name(enum port100_trouble trouble)
{
    static const char *const names[] = { "",
                                         "PORT100_GONE",
                                         "PORT100_TRANSPORT",
                                         "PORT100_NO_ACK",
                                         "PORT100_NO_ANSWER",
                                         "PORT100_FRAME",
                                         "PORT100_REFUSED",
                                         "PORT100_SEQUENCE" };
    return names[trouble <= PORT100_TROUBLE_SEQUENCE ? trouble : 0];
}

const char *port100_air_name(uint32_t status, char out[48])
{
    for (size_t i = 0; i < AIR_ERRORS; i++) {
        if (status & air_errors[i].bit) {
            snprintf(out, 48, "PORT100_%s(%08x)", air_errors[i].name, (unsigned)status);
            return out;
        }
    }
    snprintf(out, 48, "PORT100_UNKNOWN(%08x)", (unsigned)status);
    return out;
}

enum isodep_air port100_air_of(uint32_t status)
{
    for (size_t i = 0; i < AIR_ERRORS && status != 0; i++) {
        if (status & air_errors[i].bit)
            return air_errors[i].air;
    }
    return status == 0 ? ISODEP_AIR_OK : ISODEP_AIR_BROKEN;
}

/* ---- commands ---- */

static bool fail(struct port100_chip *c, enum port100_trouble trouble)
{
    c->trouble = trouble;
    return false;
}

static bool fail_usb(struct port100_chip *c, int code, enum port100_trouble on_timeout)
{
    c->usb = code;
    if (code == LIBUSB_ERROR_TIMEOUT)
        return fail(c, on_timeout);
    return fail(c, code == LIBUSB_ERROR_NO_DEVICE ? PORT100_TROUBLE_GONE : PORT100_TROUBLE_TRANSPORT);
}

static bool receive(struct port100_chip *c, unsigned limit_ms, enum port100_trouble on_timeout)
{
    size_t length;
    int code = c->transport.receive(c->transport.context, c->answer, sizeof c->answer, &length, limit_ms);
    if (code != 0)
        return fail_usb(c, code, on_timeout);
    port100_decode(c->answer, length, &c->frame);
    return true;
}

/* One command and its answer, which stays in c->frame. */
static bool command(struct port100_chip *c, uint8_t code, const uint8_t *data, size_t length,
                    unsigned limit_ms)
{
    uint8_t frame[PORT100_FRAME_MAX];
    size_t n = port100_encode(PORT100_COMMAND, code, data, length, frame);
    c->trouble = PORT100_TROUBLE_NONE;
    c->usb = 0;
    c->status = 0;
    int sent = c->transport.send(c->transport.context, frame, n);
    if (sent != 0)
        return fail_usb(c, sent, PORT100_TROUBLE_NO_ACK);
    if (!receive(c, ACK_MS, PORT100_TROUBLE_NO_ACK))
        return false;
    if (c->frame.kind == PORT100_KIND_ERROR)
        return fail(c, PORT100_TROUBLE_REFUSED);
    if (c->frame.kind != PORT100_KIND_ACK)
        return fail(c, PORT100_TROUBLE_FRAME);
    if (!receive(c, limit_ms, PORT100_TROUBLE_NO_ANSWER))
        return false;
    if (c->frame.kind == PORT100_KIND_ERROR)
        return fail(c, PORT100_TROUBLE_REFUSED);
    if (c->frame.kind != PORT100_KIND_DATA)
        return fail(c, PORT100_TROUBLE_FRAME);
    if (c->frame.direction != PORT100_ANSWER || c->frame.code != code + 1)
        return fail(c, PORT100_TROUBLE_SEQUENCE);
    return true;
}

/* A command whose answer is one status byte. */
static bool order(struct port100_chip *c, uint8_t code, const uint8_t *data, size_t length)
{
    if (!command(c, code, data, length, ANSWER_MS))
        return false;
    c->status = c->frame.length > 0 ? c->frame.data[0] : 0xff;
    return c->status == 0 || fail(c, PORT100_TROUBLE_REFUSED);
}

void port100_resync(struct port100_chip *c)
{
    uint8_t bytes[PORT100_FRAME_MAX];
    size_t length;
    c->set = false;
    if (c->transport.send(c->transport.context, port100_ack, sizeof port100_ack) != 0)
        return;
    for (unsigned i = 0; i < DRAIN_MAX; i++) {
        if (c->transport.receive(c->transport.context, bytes, sizeof bytes, &length, DRAIN_MS) != 0)
            return;
    }
}

bool port100_ask(struct port100_chip *c)
{
    if (!command(c, PORT100_GET_FIRMWARE_VERSION, NULL, 0, ANSWER_MS))
        return false;
    if (c->frame.length < 2)
        return fail(c, PORT100_TROUBLE_FRAME);
    snprintf(c->firmware, sizeof c->firmware, "%x.%02x", c->frame.data[1], c->frame.data[0]);
    return true;
}

bool port100_field(struct port100_chip *c, bool on)
{
    const uint8_t data = on;
    return order(c, PORT100_SWITCH_RF, &data, 1);
}

bool port100_start(struct port100_chip *c, const struct port100_transport *transport)
{
    const uint8_t type = 1; /* the only one in which it is a reader */
    memset(c, 0, sizeof *c);
    c->transport = *transport;
    c->patience_ms = ANSWER_MS;
    port100_resync(c);
    return order(c, PORT100_SET_COMMAND_TYPE, &type, 1) && port100_ask(c) && port100_field(c, false);
}

/* ---- the air ---- */

static bool set_rate(struct port100_chip *c, char technology, unsigned kbit_s)
{
    unsigned step = kbit_s >= 424 ? 2 : kbit_s >= 212 ? 1 : 0;
    uint8_t data[4] = { 2, 3, 15, 3 }; /* type A at 106 kbit/s */
    if (technology == 'A' && step > 0)
        data[0] = data[1] = data[3] = (uint8_t)(3 + step);
    if (technology == 'B') {
        data[0] = 3;
        data[1] = data[3] = (uint8_t)(7 + step);
    }
    if (technology == 'F') { /* from 212 kbit/s on */
        data[0] = 1;
        data[1] = data[3] = (uint8_t)(step == 2 ? 2 : 1);
    }
    return order(c, PORT100_IN_SET_RF, data, sizeof data) &&
           order(c, PORT100_IN_SET_PROTOCOL, defaults, sizeof defaults);
}

static bool set_protocol(struct port100_chip *c, const struct isodep_frame *f)
{
    const uint8_t last = (uint8_t)(f->last_bits ? f->last_bits : 8);
    const uint8_t a[] = { SETTING_GUARD,        6,      SETTING_ADD_CRC,    f->crc,
                          SETTING_CHECK_CRC,    f->crc, SETTING_ADD_PARITY, last == 8,
                          SETTING_CHECK_PARITY, 1,      SETTING_LAST_BITS,  last };
    const uint8_t b[] = { SETTING_GUARD,     20, SETTING_ADD_CRC,   f->crc, SETTING_CHECK_CRC, f->crc,
                          SETTING_ADD_SOF,   1,  SETTING_CHECK_SOF, 1,      SETTING_ADD_EOF,   1,
                          SETTING_CHECK_EOF, 1 };
    if (f->technology == 'A')
        return order(c, PORT100_IN_SET_PROTOCOL, a, sizeof a);
    return f->technology != 'B' || order(c, PORT100_IN_SET_PROTOCOL, b, sizeof b);
}

/* Sends only what differs from what the chip is set to. */
static bool set(struct port100_chip *c, const struct isodep_frame *f)
{
    bool rate = !c->set || c->technology != f->technology || c->kbit_s != f->kbit_s;
    if (!rate && c->crc == f->crc && c->last_bits == f->last_bits)
        return true;
    c->set = false;
    if ((rate && !set_rate(c, f->technology, f->kbit_s)) || !set_protocol(c, f))
        return false;
    c->technology = f->technology;
    c->kbit_s = f->kbit_s;
    c->crc = f->crc;
    c->last_bits = f->last_bits;
    c->set = true;
    return true;
}

static enum isodep_air broken(const struct port100_chip *c, struct isodep_frame *f)
{
    snprintf(f->native, sizeof f->native, "%s", port100_trouble_name(c->trouble));
    return ISODEP_AIR_BROKEN;
}

enum isodep_air port100_air(struct port100_chip *c, struct isodep_frame *f)
{
    uint8_t data[2 + ISODEP_FRAME_MAX];
    if (f->length > ISODEP_FRAME_MAX || !set(c, f))
        return broken(c, f);
    uint64_t units = (f->wait_us + 99) / 100; /* of 0.1 ms; 0 would mean for ever */
    units = units == 0 ? 1 : units > 0xffff ? 0xffff : units;
    data[0] = (uint8_t)units;
    data[1] = (uint8_t)(units >> 8);
    memcpy(data + 2, f->bytes, f->length);
    if (!command(c, PORT100_IN_COMM_RF, data, f->length + 2, (unsigned)(units / 10) + c->patience_ms))
        return broken(c, f);
    if (c->frame.length < 4) {
        c->trouble = PORT100_TROUBLE_FRAME;
        return broken(c, f);
    }
    const uint8_t *d = c->frame.data;
    uint32_t status = (uint32_t)d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 | (uint32_t)d[3] << 24;
    enum isodep_air air = port100_air_of(status);
    if (air != ISODEP_AIR_OK) {
        port100_air_name(status, f->native);
        c->trouble = air == ISODEP_AIR_BROKEN ? PORT100_TROUBLE_REFUSED : PORT100_TROUBLE_NONE;
        return air;
    }
    size_t length = c->frame.length > 5 ? c->frame.length - 5 : 0;
    if (length > ISODEP_FRAME_MAX)
        return ISODEP_AIR_CORRUPT;
    memcpy(f->answer, d + 5, length);
    f->answer_length = length;
    return ISODEP_AIR_OK;
}
