/*
 * APDUs through a slot, at the level that the reader works at:
 *   extended APDU  in parts where they are longer than the reader's message (wLevelParameter,
 * bChainParameter) short APDU     one message each way TPDU           T=1 run here (t1.h); T=0 with the
 * header and data in one TPDU
 *
 * T=0 (ISO/IEC 7816-3, 12.2): case 1 gets P3 = 00; of case 4 the Le can't be sent. The card's 61xx is given
 * to the caller as it is, as PC/SC does: bytes that a script did not name are not sent to a card, so the GET
 * RESPONSE is the script's own step. 6Cxx likewise.
 */
#ifndef NFC_SURVEY_CCID_TRANSFER_H
#define NFC_SURVEY_CCID_TRANSFER_H

#include "drivers/ccid/card.h"
#include "drivers/ccid/slot.h"
#include "drivers/ccid/t1.h"

struct ccid_transfer {
    struct ccid_slot *slot;
    enum reader_level level;
    struct ccid_card card;
    struct t1 t1;
    struct ccid_limit limit;      /* of the exchange on its way */
    struct ccid_failure *failure; /* of the block on its way */
};

/* After power-on: parameters, protocol selection, block sizes, as far as the reader leaves them to us. */
bool ccid_transfer_begin(struct ccid_transfer *t, struct ccid_slot *slot, const uint8_t *atr, size_t length,
                         struct ccid_limit limit, struct ccid_failure *f);

/* NULL, or why this command can't be sent through this reader; nothing was sent then. */
const char *ccid_transfer_refusal(const struct ccid_transfer *t, const uint8_t *command, size_t length);

struct ccid_apdu {
    const uint8_t *command;
    size_t command_length;
    uint8_t *response;
    size_t capacity, response_length;
};

bool ccid_transfer_run(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_limit limit,
                       struct ccid_failure *f);

#endif
