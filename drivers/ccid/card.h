/*
 * What the interface bytes of an answer to reset (ISO/IEC 7816-3, clause 8) mean to a host that runs the
 * transmission protocol itself, and the protocol data structures of PC_to_RDR_SetParameters. Pure.
 */
#ifndef NFC_SURVEY_CCID_CARD_H
#define NFC_SURVEY_CCID_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ccid_card {
    unsigned protocol;  /* the one to speak: 1 where it is offered, else 0 */
    bool first_offered; /* it is the one that the card begins with */
    bool specific;      /* TA2: nothing is negotiated */
    bool inverse;       /* convention */
    uint8_t fi_di;      /* TA1 in specific mode, else the default that nobody changed */
    uint8_t guard;      /* TC1 */
    uint8_t waiting_t0; /* TC2 */
    uint8_t waiting_t1; /* TB3: BWI, CWI */
    uint8_t ifsc;       /* TA3 */
    bool crc;           /* TC3 */
};

/* False when it is no answer to reset. *known false: it offers neither T=0 nor T=1. */
bool ccid_card_read(const uint8_t *atr, size_t length, struct ccid_card *out, bool *known);

/* abProtocolDataStructure: 5 bytes for T=0, 7 for T=1. Returns the length. */
size_t ccid_card_parameters(const struct ccid_card *card, uint8_t out[7]);

#endif
