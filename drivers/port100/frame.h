/*
 * Frames of the Sony NFC Port-100 (facts: nfcpy src/nfc/clf/rcs380.py, Linux drivers/nfc/port100.c): 00 00 FF
 * FF FF, length (two bytes, little-endian) and its checksum, D6 or D7, command code, data, checksum, 00.
 * Pure.
 */
#ifndef NFC_SURVEY_PORT100_FRAME_H
#define NFC_SURVEY_PORT100_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT100_DATA_MAX  300 /* of a command or an answer, after its code */
#define PORT100_OVERHEAD  12  /* 8 before the payload, D6 and code, checksum and 00 */
#define PORT100_FRAME_MAX (PORT100_DATA_MAX + PORT100_OVERHEAD)

enum port100_direction { PORT100_COMMAND = 0xd6, PORT100_ANSWER = 0xd7 };

enum port100_code {
    PORT100_IN_SET_RF = 0x00,
    PORT100_IN_SET_PROTOCOL = 0x02,
    PORT100_IN_COMM_RF = 0x04,
    PORT100_SWITCH_RF = 0x06,
    PORT100_RESET_DEVICE = 0x12,
    PORT100_GET_FIRMWARE_VERSION = 0x20,
    PORT100_GET_PD_DATA_VERSION = 0x22,
    PORT100_GET_COMMAND_TYPE = 0x28,
    PORT100_SET_COMMAND_TYPE = 0x2a,
};

extern const uint8_t port100_ack[6];

/* The frame's length; 0 when the data is too long. */
size_t port100_encode(enum port100_direction direction, uint8_t code, const uint8_t *data, size_t length,
                      uint8_t out[PORT100_FRAME_MAX]);

enum port100_kind {
    PORT100_KIND_NONE = 0, /* no frame: garbage */
    PORT100_KIND_ACK,
    PORT100_KIND_ERROR,        /* 00 00 FF FF FF and nothing more: the chip did not understand */
    PORT100_KIND_BAD_CHECKSUM, /* of the length or of the data */
    PORT100_KIND_DATA,
};

struct port100_frame {
    enum port100_kind kind;
    uint8_t direction, code;
    const uint8_t *data; /* borrowed from the bytes */
    size_t length;
};
void port100_decode(const uint8_t *bytes, size_t length, struct port100_frame *out);

#endif
