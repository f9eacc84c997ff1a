/*
 * Answers to reset by ISO/IEC 7816-3 8.2, what PC/SC part 3 puts into them for contactless targets, and the
 * type A answer to select (ISO/IEC 14443-4 5.2). What the bytes don't say stays unsaid.
 */
#include "harness/card/atr.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>

#define FWI_DEFAULT  4
#define FSCI_DEFAULT 2
#define TC_DEFAULT   0x02 /* CID supported, NAD not */

unsigned frame_size_of_code(unsigned code)
{
    static const unsigned sizes[] = { 16, 24, 32, 40, 48, 64, 96, 128, 256 };
    return code < sizeof(sizes) / sizeof(sizes[0]) ? sizes[code] : 256;
}

uint64_t frame_waiting_time_us(unsigned fwi)
{
    if (fwi > 14)
        fwi = FWI_DEFAULT;
    /* 4096 periods of the 13.56 MHz carrier, doubled FWI times, to the nearest microsecond */
    return ((UINT64_C(4096) * 100 << fwi) + 678) / 1356;
}

/* Index of the first historical byte, or 0 when the interface bytes run out; tck: a protocol other than
 * T=0. */
static size_t skip_interface_bytes(const uint8_t *atr, size_t length, bool *tck)
{
    size_t at = 2;
    unsigned present = atr[1] >> 4;
    *tck = false;
    for (;;) {
        at += (present & 1U) + (present >> 1 & 1U) + (present >> 2 & 1U);
        if (!(present & 8U))
            return at <= length ? at : 0;
        if (at >= length)
            return 0;
        *tck = *tck || (atr[at] & 0x0F) != 0;
        present = atr[at] >> 4;
        at++;
    }
}

/* Eight historical bytes as PC/SC part 3 makes them of an ATQB: application data, protocol info, MBLI
 * nibble. */
static void decode_atqb(struct atr_info *out)
{
    if (out->historical_length != 8)
        return;
    const uint8_t *protocol = out->historical + 4;
    bool rates_fit = !(protocol[0] & 0x08);            /* bit 4 is always 0 in bit rate capability */
    bool type_fits = (protocol[1] & 0x09) == 0x01;     /* ISO/IEC 14443-4 supported, bit 4 is 0 */
    bool mbli_fits = (out->historical[7] & 0x0F) == 0; /* MBLI stands in the high nibble */
    if (!rates_fit || !type_fits || !mbli_fits)
        return;
    out->consistent_with_b = true;
    out->fsci_b = protocol[1] >> 4;
    out->fwi_b = protocol[2] >> 4 == 15 ? FWI_DEFAULT : protocol[2] >> 4;
}

void atr_decode(const uint8_t *atr, size_t length, struct atr_info *out)
{
    *out = (struct atr_info) { 0 };
    if (length < 2 || length > ATR_MAX || (atr[0] != 0x3B && atr[0] != 0x3F))
        return;
    bool tck = false;
    size_t first = skip_interface_bytes(atr, length, &tck);
    size_t count = atr[1] & 0x0F;
    if (first == 0 || length != first + count + (tck ? 1 : 0))
        return;
    uint8_t check = 0;
    for (size_t i = 1; i < length; i++)
        check ^= atr[i];
    if (tck && check != 0)
        return;
    out->valid = true;
    memcpy(out->historical, atr + first, count);
    out->historical_length = count;
    out->contactless = atr[0] == 0x3B && atr[1] >> 4 == 8 && first == 4 && atr[2] == 0x80 && atr[3] == 0x01;
    if (out->contactless)
        decode_atqb(out);
}

/* 80 4F 0C, the RID of the PC/SC workgroup, a standard's byte, a card name's two bytes, four that are reserved. */
static const uint8_t storage_prefix[] = { 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06 };

static const struct {
    uint8_t code;
    const char *name;
} storage_standards[] = {
    { 0x01, "ISO/IEC 14443 A part 1" },
    { 0x02, "ISO/IEC 14443 A part 2" },
    { 0x03, "ISO/IEC 14443 A part 3" },
    { 0x05, "ISO/IEC 14443 B part 1" },
    { 0x06, "ISO/IEC 14443 B part 2" },
    { 0x07, "ISO/IEC 14443 B part 3" },
    { 0x09, "ISO/IEC 15693 part 1" },
    { 0x0A, "ISO/IEC 15693 part 2" },
    { 0x0B, "ISO/IEC 15693 part 3" },
    { 0x0C, "ISO/IEC 15693 part 4" },
    { 0x11, "FeliCa" },
};

/* Of the list that the PC/SC workgroup keeps: what lies on counters and what phones show. */
static const struct {
    uint16_t code;
    const char *name;
} storage_cards[] = {
    { 0x0001, "MIFARE Classic 1K" },
    { 0x0002, "MIFARE Classic 4K" },
    { 0x0003, "MIFARE Ultralight" },
    { 0x0006, "SR176" },
    { 0x0007, "SRIX4K" },
    { 0x0014, "ICODE SLI" },
    { 0x0026, "MIFARE Mini" },
    { 0x002F, "Jewel" },
    { 0x0030, "Topaz" },
    { 0x0036, "MIFARE Plus 2K, SL1" },
    { 0x0037, "MIFARE Plus 4K, SL1" },
    { 0x0038, "MIFARE Plus 2K, SL2" },
    { 0x0039, "MIFARE Plus 4K, SL2" },
    { 0x003A, "MIFARE Ultralight C" },
    { 0x003B, "FeliCa" },
    { 0x003D, "MIFARE Ultralight EV1" },
};

bool storage_card_of_atr(const uint8_t *atr, size_t length, struct storage_card *out)
{
    struct atr_info info;
    char standard[32], card[30];
    out->name[0] = '\0';
    atr_decode(atr, length, &info);
    if (!info.contactless || info.historical_length != 15 ||
        memcmp(info.historical, storage_prefix, sizeof storage_prefix) != 0)
        return false;
    const uint8_t *at = info.historical + sizeof storage_prefix;
    uint16_t number = (uint16_t)(at[1] << 8 | at[2]);
    snprintf(standard, sizeof standard, "standard %02X", at[0]);
    for (size_t i = 0; i < sizeof storage_standards / sizeof *storage_standards; i++)
        if (storage_standards[i].code == at[0])
            snprintf(standard, sizeof standard, "%s", storage_standards[i].name);
    snprintf(card, sizeof card, "card %04X", number);
    for (size_t i = 0; i < sizeof storage_cards / sizeof *storage_cards; i++)
        if (storage_cards[i].code == number)
            snprintf(card, sizeof card, "%s", storage_cards[i].name);
    if (strcmp(standard, card) == 0)
        snprintf(out->name, sizeof out->name, "%s", card);
    else
        snprintf(out->name, sizeof out->name, "%s, %s", standard, card);
    return true;
}

size_t atr_of_historical(const uint8_t *historical, size_t length, uint8_t out[ATR_MAX])
{
    if (length > 15)
        length = 15; /* T0 has four bits for the count */
    out[0] = 0x3B;
    out[1] = (uint8_t)(0x80 | length);
    out[2] = 0x80;
    out[3] = 0x01;
    if (length > 0)
        memcpy(out + 4, historical, length);
    uint8_t check = 0;
    for (size_t i = 1; i < 4 + length; i++)
        check ^= out[i];
    out[4 + length] = check;
    return 5 + length;
}

size_t atr_of_atqb(const uint8_t atqb[12], uint8_t mbli, uint8_t out[ATR_MAX])
{
    uint8_t historical[8];
    memcpy(historical, atqb + 5, 7); /* after 50 and the PUPI */
    historical[7] = (uint8_t)((mbli & 0x0F) << 4);
    return atr_of_historical(historical, sizeof(historical), out);
}

static void decode_tb(uint8_t tb, struct ats_info *out)
{
    out->has_tb = true;
    out->tb = tb;
    out->fwi = tb >> 4 == 15 ? FWI_DEFAULT : tb >> 4; /* 15 is reserved: read as the default */
    out->sfgi = (tb & 0x0F) == 15 ? 0 : tb & 0x0F;
}

void ats_decode(const uint8_t *ats, size_t length, struct ats_info *out)
{
    *out = (struct ats_info) { .fsci = FSCI_DEFAULT, .fwi = FWI_DEFAULT, .tc = TC_DEFAULT };
    if (length < 1 || length > UINT8_MAX || ats[0] != length)
        return;
    if (length == 1) {
        out->valid = true;
        return;
    }
    uint8_t t0 = ats[1];
    size_t at = 2;
    size_t needed = at + (t0 >> 4 & 1U) + (t0 >> 5 & 1U) + (t0 >> 6 & 1U);
    if (t0 & 0x80 || needed > length)
        return;
    out->valid = true;
    out->fsci = t0 & 0x0F;
    if (t0 & 0x10) {
        out->has_ta = true;
        out->ta = ats[at++];
    }
    if (t0 & 0x20)
        decode_tb(ats[at++], out);
    if (t0 & 0x40) {
        out->has_tc = true;
        out->tc = ats[at++];
    }
    if (at < length) {
        out->historical = ats + at;
        out->historical_length = length - at;
    }
}

/* ---- what is one card's own ---- */

#define DATA_LEAST  4 /* bytes that can tell one card from all others of its kind */
#define DIGIT_LEAST 6

static uint64_t bits(size_t at, size_t count)
{
    uint64_t all = count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
    return at < 64 ? all << at : 0;
}

static bool is_text(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Runs of digits, or of bytes that are no text, that are long enough. */
static uint64_t odd_runs(const uint8_t *h, size_t from, size_t to)
{
    uint64_t hidden = 0;
    size_t end;
    for (size_t at = from; at < to; at = end) {
        bool digits = is_digit(h[at]), text = is_text(h[at]);
        for (end = at + 1; end < to && is_digit(h[end]) == digits && is_text(h[end]) == text;)
            end++;
        if ((digits && end - at >= DIGIT_LEAST) || (!text && end - at >= DATA_LEAST))
            hidden |= bits(at, end - at);
    }
    return hidden;
}

/* COMPACT-TLV objects; one that says to be longer than all is cut. */
static uint64_t own_objects(const uint8_t *h, size_t from, size_t to)
{
    uint64_t hidden = 0;
    size_t end;
    for (size_t at = from; at < to; at = end) {
        unsigned tag = h[at] >> 4;
        end = at + 1 + (h[at] & 0x0F) < to ? at + 1 + (h[at] & 0x0F) : to;
        if ((tag == 5 || tag == 6) && end - at - 1 >= DATA_LEAST)
            hidden |= bits(at + 1, end - at - 1);
        else if (tag == 0 || tag > 8)
            hidden |= odd_runs(h, at + 1, end);
    }
    return hidden;
}

static uint64_t historical_hidden(const uint8_t *h, size_t n, const uint8_t *uid, size_t uid_length)
{
    uint64_t hidden = 0;
    for (size_t i = 0; uid_length >= DATA_LEAST && i + uid_length <= n; i++)
        if (memcmp(h + i, uid, uid_length) == 0)
            hidden |= bits(i, uid_length);
    if (n == 0 || h[0] == 0x10) /* a reference to a file */
        return hidden;
    if (h[0] == 0x80)
        return hidden | own_objects(h, 1, n);
    if (h[0] == 0x00) /* and three bytes of status behind them */
        return hidden | own_objects(h, 1, n > 3 ? n - 3 : n);
    return hidden | odd_runs(h, 0, n);
}

uint64_t ats_hidden(const uint8_t *ats, size_t length, const uint8_t *uid, size_t uid_length)
{
    struct ats_info info;
    ats_decode(ats, length, &info);
    if (!info.valid || info.historical_length == 0)
        return 0;
    return historical_hidden(info.historical, info.historical_length, uid, uid_length)
           << (info.historical - ats);
}

uint64_t atr_hidden(const uint8_t *atr, size_t length, const uint8_t *uid, size_t uid_length)
{
    struct atr_info info;
    bool tck = false;
    atr_decode(atr, length, &info);
    if (!info.valid || info.consistent_with_b)
        return 0;
    uint64_t hidden = historical_hidden(info.historical, info.historical_length, uid, uid_length);
    size_t first = skip_interface_bytes(atr, length, &tck);
    return hidden << first | (hidden && tck ? bits(length - 1, 1) : 0);
}

bool answer_of_hex(const char *hex, uint8_t *out, size_t capacity, size_t *length)
{
    *length = 0;
    for (; hex[0] && hex[1]; hex += 2, ++*length) {
        size_t one = 0;
        if (*length == capacity)
            return false;
        out[*length] = 0;
        if (!(hex[0] == 'x' && hex[1] == 'x') && !text_to_bytes(hex, 2, out + *length, 1, &one))
            return false;
    }
    return !hex[0];
}
