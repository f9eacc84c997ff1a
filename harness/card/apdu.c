/*
 * Command APDUs of all cases (1, 2S, 3S, 4S, 2E, 3E, 4E) by ISO/IEC 7816-3 12.1.3, and what status words say.
 * A status word that several causes share gives the set of them, never one guess.
 */
#include "harness/card/apdu.h"

#include "harness/domain/cause.h"
#include "harness/domain/domain.h"

#define HEADER_LENGTH 4

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

struct status_word {
    uint16_t value, mask;
    const char *text;
};

/* The first row that matches counts, so whole words stand before families. */
static const struct status_word status_words[] = {
    { 0x9000, 0xFFFF, "done" },
    { 0x6281, 0xFFFF, "part of the data may be damaged" },
    { 0x6282, 0xFFFF, "end of the file before Le bytes" },
    { 0x6283, 0xFFFF, "selected file is deactivated" },
    { 0x6300, 0xFFFF, "verification failed" },
    { 0x63C0, 0xFFFF, "no tries left" },
    { 0x63C0, 0xFFF0, "verification failed or asked for; the last digit is the tries left" },
    { 0x6400, 0xFFFF, "execution error, nothing changed (may be made by the reader's driver)" },
    { 0x6401, 0xFFFF, "immediate answer needed (may be made by the reader's driver)" },
    { 0x6581, 0xFFFF, "memory failure" },
    { 0x6700, 0xFFFF, "wrong length" },
    { 0x6881, 0xFFFF, "logical channel not supported" },
    { 0x6882, 0xFFFF, "secure messaging not supported" },
    { 0x6981, 0xFFFF, "command incompatible with the file's structure" },
    { 0x6982, 0xFFFF, "security status not satisfied" },
    { 0x6983, 0xFFFF, "authentication method blocked" },
    { 0x6984, 0xFFFF, "reference data not usable (blocked)" },
    { 0x6985, 0xFFFF, "conditions of use not satisfied" },
    { 0x6986, 0xFFFF, "command not allowed, no current file" },
    { 0x6987, 0xFFFF, "secure messaging data objects missing" },
    { 0x6988, 0xFFFF, "secure messaging data objects incorrect" },
    { 0x6A80, 0xFFFF, "incorrect parameters in the data" },
    { 0x6A81, 0xFFFF, "function not supported" },
    { 0x6A82, 0xFFFF, "file or application not found" },
    { 0x6A83, 0xFFFF, "record not found" },
    { 0x6A84, 0xFFFF, "not enough memory" },
    { 0x6A86, 0xFFFF, "incorrect P1 or P2" },
    { 0x6A87, 0xFFFF, "Lc inconsistent with P1 and P2" },
    { 0x6A88, 0xFFFF, "referenced data not found" },
    { 0x6B00, 0xFFFF, "wrong P1 or P2 (offset outside the file)" },
    { 0x6D00, 0xFFFF, "instruction not supported" },
    { 0x6E00, 0xFFFF, "class not supported" },
    { 0x6F00, 0xFFFF, "no precise diagnosis" },
    { 0x6100, 0xFF00, "done, more bytes to fetch with GET RESPONSE" },
    { 0x6200, 0xFF00, "warning, nothing changed" },
    { 0x6300, 0xFF00, "warning, the card's memory changed" },
    { 0x6C00, 0xFF00, "wrong Le; the second byte is the right one" },
};

const char *status_word_text(uint16_t sw)
{
    for (size_t i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
        if ((sw & status_words[i].mask) == status_words[i].value)
            return status_words[i].text;
    return "";
}

uint32_t status_word_causes(uint16_t sw, bool routing, bool first_exchange, bool empty)
{
    switch (sw) {
    case 0x9000:
        return 0;
    case 0: /* no status word at all: a truncated response or a protocol error */
        return CAUSE(12) | CAUSE(13);
    case 0x6400:
    case 0x6401:
        return empty ? CAUSE(29) | CAUSE(23) : CAUSE(23);
    case 0x6982:
    case 0x6983:
    case 0x6984:
        return CAUSE(22);
    case 0x6985:
        return routing ? CAUSE(20) | CAUSE(21) : CAUSE(21);
    case 0x6986:
        return CAUSE(19);
    case 0x6988: /* after a foreign reset the secure channel's keys are gone */
        return CAUSE(17) | CAUSE(23);
    case 0x6A82:
        return routing ? CAUSE(18) | CAUSE(21) : CAUSE(21);
    case 0x6F00:
        if (first_exchange)
            return CAUSE(24) | CAUSE(19);
        return routing ? CAUSE(19) : CAUSE(19) | CAUSE(23);
    default:
        return (sw & 0xFF00) == 0x6300 ? CAUSE(22) : CAUSE(23);
    }
}
