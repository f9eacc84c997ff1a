/*
 * The host's side of the block protocol T=1 (ISO/IEC 7816-3, clause 11), for readers at TPDU level, where the
 * reader passes blocks and no APDUs. Pure: blocks go through a function of the caller's.
 *
 * A command is never repeated behind the caller's back: where repetition of blocks does not help, the two
 * sides are resynchronised and the exchange fails, because a card that had carried the command out would do
 * so again.
 */
#ifndef NFC_SURVEY_CCID_T1_H
#define NFC_SURVEY_CCID_T1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define T1_BLOCK_MAX (3 + 254 + 2)

enum t1_link {
    T1_LINK_OK = 0,
    T1_LINK_SILENT, /* nothing came in the block waiting time */
    T1_LINK_BROKEN, /* something damaged came */
    T1_LINK_ENDED,  /* no use to go on: the deadline, the reader or the card is gone */
};

/* Sends a block and receives the next. waiting: the factor of a granted time extension, 0 = none. */
typedef enum t1_link (*t1_transfer)(void *context, const uint8_t *block, size_t length, uint8_t waiting,
                                    uint8_t reply[T1_BLOCK_MAX], size_t *reply_length);

enum t1_result {
    T1_OK = 0,
    T1_ENDED,    /* by the link */
    T1_MUTE,     /* no block came, and none after repetitions */
    T1_FRAME,    /* damaged blocks, repetitions too */
    T1_PROTOCOL, /* blocks out of turn */
    T1_RESYNCH,  /* resynchronised; the command's fate is unknown */
    T1_ABORT,    /* the card gave the chain up */
    T1_OVERFLOW, /* the response did not fit */
};

struct t1 {
    t1_transfer transfer;
    void *context;
    bool crc;     /* epilogue of two bytes; else LRC, one byte */
    uint8_t ifsc; /* what the card takes in one block, 1..254 */
    uint8_t ifsd; /* what we take */
    uint8_t ns;   /* our next send number */
    uint8_t nr;   /* the card's next */
};

void t1_begin(struct t1 *t, t1_transfer transfer, void *context, bool crc, unsigned ifsc);

/* Tells the card how much fits in one block to us (S(IFS)). ifsd: 1..254. */
enum t1_result t1_announce(struct t1 *t, unsigned ifsd);

enum t1_result t1_exchange(struct t1 *t, const uint8_t *command, size_t command_length, uint8_t *response,
                           size_t capacity, size_t *response_length);

/* Block of a prologue and information field, with its epilogue; its length. For tests and the other side. */
size_t t1_block(bool crc, uint8_t pcb, const uint8_t *information, size_t length, uint8_t out[T1_BLOCK_MAX]);
/* Is it whole: length byte, epilogue, and no more? */
bool t1_block_is_whole(bool crc, const uint8_t *block, size_t length);

#endif
