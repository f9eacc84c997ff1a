/*
 * One slot of a reader: a command and the answer to it, and no other. Late, strange and damaged answers are
 * sorted out here, the reader's requests for time are granted, and a missed deadline ends with ABORT, so that
 * the next command starts clean.
 */
#ifndef NFC_SURVEY_CCID_SLOT_H
#define NFC_SURVEY_CCID_SLOT_H

#include "drivers/ccid/failure.h"
#include "drivers/ccid/message.h"
#include "drivers/ccid/usb.h"

struct ccid_slot {
    struct ccid_usb *usb;
    uint8_t number;
    uint8_t seq;         /* of the next command */
    uint32_t late[8];    /* bit n: the command of this number was given up, and may yet be answered */
    uint8_t *message;    /* buffer of capacity bytes for what comes */
    uint8_t *out;        /* and for what goes */
    size_t capacity;     /* whole packets of bulk-in */
    size_t out_capacity; /* dwMaxCCIDMessageLength */
    uint64_t ended_ns;   /* when the newest answer came, or the newest command was given up */
};

/* 0 or LIBUSB_ERROR_NO_MEM; usb is borrowed. */
int ccid_slot_begin(struct ccid_slot *s, struct ccid_usb *usb, unsigned number);
void ccid_slot_end(struct ccid_slot *s);

/* Throws away what an earlier host's commands left in the reader. */
void ccid_slot_drain(struct ccid_slot *s);

/* When a command is given up: at until_ns (0: never). extend_ms: a request for time moves it by so much times
 * the reader's factor; 0 leaves it as it is. */
struct ccid_limit {
    uint64_t until_ns;
    uint32_t extend_ms;
};
struct ccid_limit ccid_limit_of(uint32_t limit_ms); /* from now; requests for time extend it */

/* True with the answer, whose data live until the next command; else *f says why. */
bool ccid_slot_run(struct ccid_slot *s, struct ccid_command c, struct ccid_limit limit,
                   struct ccid_answer *answer, struct ccid_failure *f);

/* GetSlotStatus: true with what is in the field. */
bool ccid_slot_look(struct ccid_slot *s, uint32_t limit_ms, enum ccid_icc *icc, struct ccid_failure *f);

/*
 * The reader's own commands (PC_to_RDR_Escape), never a card's. Sent only to models whose maker documents
 * them; see firmware in ccid.c. True with the answer's data in out.
 */
bool ccid_slot_escape(struct ccid_slot *s, const uint8_t *data, size_t length, uint32_t limit_ms,
                      uint8_t *out, size_t capacity, size_t *out_length, struct ccid_failure *f);

#endif
