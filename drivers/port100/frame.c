#include "drivers/port100/frame.h"

#include <string.h>

const uint8_t port100_ack[6] = { 0x00, 0x00, 0xff, 0x00, 0xff, 0x00 };

static const uint8_t preamble[5] = { 0x00, 0x00, 0xff, 0xff, 0xff };

static uint8_t checksum(const uint8_t *bytes, size_t length)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + bytes[i]);
    return (uint8_t)(0x100u - sum);
}

size_t port100_encode(enum port100_direction direction, uint8_t code, const uint8_t *data, size_t length,
                      uint8_t out[PORT100_FRAME_MAX])
{
    size_t payload = length + 2;
    if (length > PORT100_DATA_MAX)
        return 0;
    memcpy(out, preamble, sizeof preamble);
    out[5] = (uint8_t)payload;
    out[6] = (uint8_t)(payload >> 8);
    out[7] = checksum(out + 5, 2);
    out[8] = (uint8_t)direction;
    out[9] = code;
    if (length)
        memcpy(out + 10, data, length);
    out[8 + payload] = checksum(out + 8, payload);
    out[9 + payload] = 0x00;
    return payload + 10;
}

void port100_decode(const uint8_t *bytes, size_t length, struct port100_frame *out)
{
    memset(out, 0, sizeof *out);
    if (length == sizeof port100_ack && memcmp(bytes, port100_ack, length) == 0) {
        out->kind = PORT100_KIND_ACK;
        return;
    }
    if (length < sizeof preamble || memcmp(bytes, preamble, sizeof preamble) != 0)
        return;
    if (length == sizeof preamble) {
        out->kind = PORT100_KIND_ERROR;
        return;
    }
    out->kind = PORT100_KIND_BAD_CHECKSUM;
    if (length < 10 || checksum(bytes + 5, 2) != bytes[7])
        return;
    size_t payload = (size_t)(bytes[5] | bytes[6] << 8);
    if (payload < 2 || payload > PORT100_DATA_MAX + 2 || length < payload + 10 ||
        checksum(bytes + 8, payload) != bytes[8 + payload])
        return;
    out->kind = PORT100_KIND_DATA;
    out->direction = bytes[8];
    out->code = bytes[9];
    out->data = bytes + 10;
    out->length = payload - 2;
}
