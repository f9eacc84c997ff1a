/* Answers to reset and their contactless origins (PC/SC part 3): ATR, ATS, ATQB. Nothing is made up. */
#ifndef NFC_SURVEY_CARD_ATR_H
#define NFC_SURVEY_CARD_ATR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATR_MAX 33

/* A type B answer to REQB/WUPB: 12 or 13 bytes, 50 PUPI(4) application data(4) protocol info(3..4). */
struct atqb {
    uint8_t pupi[4];
    uint8_t application[4];
    uint8_t protocol[4];
    size_t protocol_length; /* 3 or 4 */
};

/* FSC in bytes for a code 0..8 (16,24,32,40,48,64,96,128,256); reserved codes count as 256. */
unsigned frame_size_of_code(unsigned code);
/* FWT in microseconds: 302.06 us * 2^FWI (256*16/13.56 MHz); fwi 0..14, 15 counts as 4 (standard). */
uint64_t frame_waiting_time_us(unsigned fwi);

struct atr_info {
    bool valid;       /* TS, T0, historical bytes and TCK are consistent */
    bool contactless; /* 3B 8n 80 01 ... as PC/SC part 3 builds it */
    uint8_t historical[15];
    size_t historical_length;
    bool consistent_with_b; /* eight bytes that decode as ATQB; a type A ATS may look the same */
    unsigned fwi_b, fsci_b; /* decoded, valid when consistent_with_b */
};

void atr_decode(const uint8_t *atr, size_t length, struct atr_info *out);

/*
 * A target without ISO/IEC 14443-4, for which the reader made an ATR by PC/SC part 3, 3.1.3.2.3.2: it speaks
 * no APDUs, and what answers them is the reader.
 */
struct storage_card {
    char name
        [64]; /* standard and card: "FeliCa", "ISO/IEC 14443 A part 3, MIFARE Classic 1K", "..., card 0042" */
};
/* False for every other ATR; *out is "" then. */
bool storage_card_of_atr(const uint8_t *atr, size_t length, struct storage_card *out);

/* The ATR that a PC/SC reader makes of a type A ATS's historical bytes, or of an ATQB (mbli: 0..15). */
size_t atr_of_historical(const uint8_t *historical, size_t length, uint8_t out[ATR_MAX]);
size_t atr_of_atqb(const uint8_t atqb[12], uint8_t mbli, uint8_t out[ATR_MAX]);

/* ATS (type A): TL T0 [TA TB TC] historical. Where a byte is absent: the default of ISO/IEC 14443-4. */
struct ats_info {
    bool valid;
    unsigned fsci, fwi, sfgi;
    bool has_ta, has_tb, has_tc;
    uint8_t ta, tb, tc;
    const uint8_t *historical; /* borrowed */
    size_t historical_length;
};
void ats_decode(const uint8_t *ats, size_t length, struct ats_info *out);

/*
 * Which bytes of an answer may be one card's own and are never told, a bit each: historical bytes that hold the UID
 * (length 0: not known, or random), that are the issuer's or pre-issuing data of ISO/IEC 7816-4 8.1.1.2, from four bytes
 * on, or a run of four that are neither of its objects nor text, or of six digits; and a checksum over them.
 */
uint64_t ats_hidden(const uint8_t *ats, size_t length, const uint8_t *uid, size_t uid_length);
uint64_t atr_hidden(const uint8_t *atr, size_t length, const uint8_t *uid, size_t uid_length);

#define ATQB_HIDDEN 0x1e /* likewise: the PUPI, behind 50 (ISO/IEC 14443-3 7.9.2) */

/* Of an answer in hexadecimal digits where `xx` is a hidden byte, which is read as 00. */
bool answer_of_hex(const char *hex, uint8_t *out, size_t capacity, size_t *length);

#endif
