/*
 * Command APDUs of all cases (1, 2S, 3S, 4S, 2E, 3E, 4E) by ISO/IEC 7816-3 12.1.3.
 */
#include "harness/card/apdu.h"

#define HEADER_LENGTH  4
#define INS_SELECT     0xA4
#define SELECT_BY_NAME 0x04
#define INS_READ_FIRST 0xB0 /* READ BINARY; READ RECORD, and the odd forms, follow */
#define INS_READ_LAST  0xB3

/* After the header: 00 and a two-byte Le (2E), or 00, a two-byte Lc, data and at most a two-byte Le (3E,
 * 4E). */
static bool parse_extended(const uint8_t *bytes, size_t length, struct apdu *out)
{
    if (length < 7)
        return false;
    size_t value = (size_t)bytes[5] << 8 | bytes[6];
    out->extended = true;
    if (length == 7) {
        out->has_le = true;
        out->le = value == 0 ? 65536 : (uint32_t)value;
        return true;
    }
    if (value == 0 || (length != 7 + value && length != 9 + value))
        return false;
    out->data = bytes + 7;
    out->data_length = value;
    if (length == 9 + value) {
        uint32_t le = (uint32_t)bytes[length - 2] << 8 | bytes[length - 1];
        out->has_le = true;
        out->le = le == 0 ? 65536 : le;
    }
    return true;
}

static bool parse_body(const uint8_t *bytes, size_t length, struct apdu *out)
{
    if (length == HEADER_LENGTH)
        return true;
    size_t first = bytes[4];
    if (length == 5) {
        out->has_le = true;
        out->le = first == 0 ? 256 : (uint32_t)first;
        return true;
    }
    if (first == 0)
        return parse_extended(bytes, length, out);
    if (length != 5 + first && length != 6 + first)
        return false;
    out->data = bytes + 5;
    out->data_length = first;
    if (length == 6 + first) {
        out->has_le = true;
        out->le = bytes[length - 1] == 0 ? 256 : bytes[length - 1];
    }
    return true;
}

bool apdu_parse(const uint8_t *bytes, size_t length, struct apdu *out)
{
    *out = (struct apdu) { 0 };
    if (length < HEADER_LENGTH || length > APDU_COMMAND_MAX)
        return false;
    struct apdu parsed = { .cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3] };
    if (!parse_body(bytes, length, &parsed))
        return false;
    *out = parsed;
    return true;
}

uint16_t apdu_status_word(const uint8_t *response, size_t length)
{
    if (length < 2)
        return 0;
    return (uint16_t)(response[length - 2] << 8 | response[length - 1]);
}

enum status_word_place apdu_place(const uint8_t *command, size_t length, bool read_before)
{
    if (length < HEADER_LENGTH)
        return AT_OTHER;
    if (command[1] == INS_SELECT)
        return command[2] == SELECT_BY_NAME ? AT_SELECT_APPLICATION : AT_SELECT_FILE;
    if (command[1] < INS_READ_FIRST || command[1] > INS_READ_LAST)
        return AT_OTHER;
    bool selects = command[1] != INS_READ_FIRST || command[2] & 0x80; /* or may: by a short identifier */
    return read_before && !selects ? AT_READ_ON : AT_READ;
}
