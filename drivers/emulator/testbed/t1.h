/*
 * The card's side of the block protocol T=1 (ISO/IEC 7816-3, clause 11), as a contactless reader at TPDU
 * level plays it to its host. A block in, a block out; who runs the commands keeps the time and asks for more
 * of it by S(WTX). Checks are by LRC, as an answer to reset without TC3 has it. Pure.
 */
#ifndef NFC_SURVEY_TESTBED_T1_H
#define NFC_SURVEY_TESTBED_T1_H

#include "harness/card/apdu.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define T1_TARGET_INFORMATION_MAX 254
#define T1_TARGET_BLOCK_MAX       (3 + T1_TARGET_INFORMATION_MAX + 1)

enum t1_target_event {
    T1_TARGET_ANSWER = 0, /* `block` is the answer */
    T1_TARGET_AGAIN,      /* so it is, and the host asked for it once more */
    T1_TARGET_COMMAND,    /* a command is whole: respond, ask for time, or fail and stay silent */
    T1_TARGET_GRANTED,    /* the time asked for: the same choice again */
    T1_TARGET_SILENT,     /* the host asks for the answer to a command that has none */
};

enum t1_target_state {
    T1_TARGET_IDLE = 0,
    T1_TARGET_GATHERING, /* a command comes in parts */
    T1_TARGET_BUSY,      /* the caller has it */
    T1_TARGET_EXTENDING, /* S(WTX) is out */
    T1_TARGET_RESPONDING,
};

struct t1_target {
    enum t1_target_state state;
    uint8_t command[APDU_COMMAND_MAX];
    size_t command_length;
    const uint8_t *response; /* what the host has not acknowledged; borrowed */
    size_t left, part;       /* part: of it in the block sent last */
    size_t ifsd, most;       /* what the host takes in a block, and what we ever send */
    unsigned ns, nr;         /* the number of our next or unacknowledged I-block; the host's next */
    uint8_t address, extension;
    uint8_t block[T1_TARGET_BLOCK_MAX];
    size_t block_length;
};

/* After power-on. most: information bytes that fit in one block of ours, 1..254. */
void t1_target_begin(struct t1_target *t, size_t most);
enum t1_target_event t1_target_take(struct t1_target *t, const uint8_t *block, size_t length);

/* To COMMAND or GRANTED; fill `block`. The response is borrowed until the next command. */
void t1_target_respond(struct t1_target *t, const uint8_t *response, size_t length);
void t1_target_extend(struct t1_target *t, uint8_t multiplier);

#endif
