/* Type B at 106 kbit/s and one block each way: the least that an exchange can cost over this chip's
 * protocol. */
#include "tests/bench/bare.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SONY        0x054c
#define RC_S380_S   0x06c1
#define BULK_OUT    0x02
#define BULK_IN     0x81
#define TIMEOUT_MS  3000
#define FRAME_MAX   300
#define ANSWER_DATA 10 /* of a frame: 00 00 FF FF FF, length, its checksum, D7, code */

struct port100 {
    libusb_context *context;
    libusb_device_handle *device;
    uint8_t block;
};

/* Sends a command and gives back the data of its answer, or -1. */
static int command(struct port100 *p, uint8_t code, const uint8_t *data, size_t length,
                   uint8_t answer[FRAME_MAX])
{
    uint8_t frame[FRAME_MAX] = { 0, 0, 0xff, 0xff, 0xff };
    size_t n = length + 2, at = 8;
    int done = 0;
    frame[5] = (uint8_t)n;
    frame[6] = (uint8_t)(n >> 8);
    frame[7] = (uint8_t)(0u - frame[5] - frame[6]);
    frame[at++] = 0xd6;
    frame[at++] = code;
    memcpy(frame + at, data, length);
    at += length;
    uint8_t sum = 0;
    for (size_t i = 8; i < at; i++)
        sum = (uint8_t)(sum + frame[i]);
    frame[at++] = (uint8_t)(0u - sum);
    frame[at++] = 0;
    if (libusb_bulk_transfer(p->device, BULK_OUT, frame, (int)at, &done, TIMEOUT_MS) != 0 ||
        libusb_bulk_transfer(p->device, BULK_IN, answer, FRAME_MAX, &done, TIMEOUT_MS) != 0 || done != 6 ||
        libusb_bulk_transfer(p->device, BULK_IN, answer, FRAME_MAX, &done, TIMEOUT_MS) != 0 ||
        done < ANSWER_DATA + 2)
        return -1;
    int got = (answer[5] | answer[6] << 8) - 2;
    if (got < 0 || got > done - ANSWER_DATA - 2)
        return -1;
    memmove(answer, answer + ANSWER_DATA, (size_t)got);
    return got;
}

/* One frame over the air; its answer's length, or -1. */
static int air(struct port100 *p, const uint8_t *bytes, size_t length, uint8_t answer[FRAME_MAX])
{
    uint8_t data[FRAME_MAX] = { 0x88, 0x13 }; /* 500 ms in units of 0.1 ms */
    memcpy(data + 2, bytes, length);
    int got = command(p, 0x04, data, length + 2, answer);
    if (got < 5 || answer[0] | answer[1] | answer[2] | answer[3])
        return -1;
    memmove(answer, answer + 5, (size_t)(got - 5));
    return got - 5;
}

static int activate(struct port100 *p)
{
    static const uint8_t rf[] = { 0x03, 0x07, 0x0f, 0x07 };
    static const uint8_t defaults[] = { 0x00, 0x18, 0x01, 0x01, 0x02, 0x01, 0x03, 0x00, 0x04, 0x00,
                                        0x05, 0x00, 0x06, 0x00, 0x07, 0x08, 0x08, 0x00, 0x09, 0x00,
                                        0x0a, 0x00, 0x0b, 0x00, 0x0c, 0x00, 0x0e, 0x04, 0x0f, 0x00,
                                        0x10, 0x00, 0x11, 0x00, 0x12, 0x00, 0x13, 0x06 };
    static const uint8_t type_b[] = { 0x00, 0x14, 0x09, 0x01, 0x0a, 0x01, 0x0b, 0x01, 0x0c, 0x01 };
    static const uint8_t off[] = { 0 }, one[] = { 1 }, request[] = { 0x05, 0x00, 0x00 };
    uint8_t answer[FRAME_MAX], attrib[9] = { 0x1d, 0, 0, 0, 0, 0x00, 0x08, 0x01, 0x00 };
    if (command(p, 0x2a, one, sizeof one, answer) < 1 || command(p, 0x06, off, sizeof off, answer) < 1 ||
        command(p, 0x00, rf, sizeof rf, answer) < 1 ||
        command(p, 0x02, defaults, sizeof defaults, answer) < 1 ||
        command(p, 0x02, type_b, sizeof type_b, answer) < 1 || air(p, request, sizeof request, answer) < 12)
        return -1;
    memcpy(attrib + 1, answer + 1, 4);
    p->block = 2;
    return air(p, attrib, sizeof attrib, answer);
}

static void close_reader(void *self)
{
    static const uint8_t off[] = { 0 };
    uint8_t answer[FRAME_MAX];
    struct port100 *p = self;
    if (p->device) {
        command(p, 0x06, off, sizeof off, answer);
        libusb_release_interface(p->device, 0);
        libusb_close(p->device);
    }
    if (p->context)
        libusb_exit(p->context);
    free(p);
}

static void *open_reader(const char *address)
{
    struct port100 *p = calloc(1, sizeof *p);
    (void)address;
    if (!p)
        return NULL;
    if (libusb_init(&p->context) == 0)
        p->device = libusb_open_device_with_vid_pid(p->context, SONY, RC_S380_S);
    if (p->device && libusb_claim_interface(p->device, 0) == 0 && activate(p) >= 1)
        return p;
    fprintf(stderr, "bare port100: no type B target behind the first RC-S380/S\n");
    close_reader(p);
    return NULL;
}

static int exchange(void *self, const uint8_t *bytes, size_t length, uint8_t response[BARE_RESPONSE_MAX])
{
    struct port100 *p = self;
    uint8_t block[FRAME_MAX], answer[FRAME_MAX];
    block[0] = p->block;
    memcpy(block + 1, bytes, length);
    int got = air(p, block, length + 1, answer);
    if (got < 1 || answer[0] != p->block)
        return -1;
    p->block ^= 1;
    memcpy(response, answer + 1, (size_t)(got - 1));
    return got - 1;
}

const struct bare bare_port100 = { "port100", open_reader, exchange, close_reader };
