#include "drivers/emulator/testbed/t1.h"

#include <string.h>

#define PROLOGUE     3
#define IFSD_DEFAULT 32

enum pcb {
    PCB_MORE = 0x20,
    PCB_I_NUMBER = 0x40,
    PCB_R = 0x80,
    PCB_R_NUMBER = 0x10,
    PCB_S_RESYNCH = 0xc0,
    PCB_S_IFS = 0xc1,
    PCB_S_ABORT = 0xc2,
    PCB_S_WTX = 0xc3,
    PCB_S_RESPONSE = 0x20,
};

enum reason { REASON_NONE = 0, REASON_DAMAGED = 1, REASON_OTHER = 2 };

static uint8_t check_of(const uint8_t *bytes, size_t length)
{
    uint8_t check = 0;
    for (size_t i = 0; i < length; i++)
        check ^= bytes[i];
    return check;
}

static void put(struct t1_target *t, unsigned pcb, const uint8_t *information, size_t length)
{
    t->block[0] = t->address;
    t->block[1] = (uint8_t)pcb;
    t->block[2] = (uint8_t)length;
    if (length)
        memcpy(t->block + PROLOGUE, information, length);
    t->block[PROLOGUE + length] = check_of(t->block, PROLOGUE + length);
    t->block_length = PROLOGUE + length + 1;
}

static enum t1_target_event put_r(struct t1_target *t, enum reason reason)
{
    put(t, PCB_R | (t->nr ? PCB_R_NUMBER : 0u) | reason, NULL, 0);
    return T1_TARGET_ANSWER;
}

static void put_i(struct t1_target *t)
{
    t->part = t->left < t->ifsd ? t->left : t->ifsd;
    put(t, (t->ns ? PCB_I_NUMBER : 0u) | (t->part < t->left ? PCB_MORE : 0u), t->response, t->part);
}

static void reset(struct t1_target *t)
{
    t->state = T1_TARGET_IDLE;
    t->ns = t->nr = 0;
    t->command_length = t->left = t->part = t->block_length = 0;
    t->ifsd = IFSD_DEFAULT < t->most ? IFSD_DEFAULT : t->most;
}

void t1_target_begin(struct t1_target *t, size_t most)
{
    t->most = most < T1_TARGET_INFORMATION_MAX ? most : T1_TARGET_INFORMATION_MAX;
    t->address = 0;
    reset(t);
}

/* ---- what the host sends ---- */

static enum t1_target_event take_i(struct t1_target *t, uint8_t pcb, const uint8_t *information,
                                   size_t length)
{
    unsigned number = pcb & PCB_I_NUMBER ? 1 : 0;
    bool in_chain = t->state == T1_TARGET_RESPONDING && t->part < t->left;
    if (number != t->nr && t->state == T1_TARGET_BUSY)
        return T1_TARGET_SILENT;
    if (number != t->nr || in_chain || t->state == T1_TARGET_EXTENDING)
        return put_r(t, REASON_OTHER);
    if (t->state == T1_TARGET_RESPONDING) /* the next command says that our last block arrived */
        t->ns ^= 1;
    if (t->state != T1_TARGET_GATHERING)
        t->command_length = 0;
    t->state = T1_TARGET_GATHERING;
    if (length > sizeof t->command - t->command_length) {
        t->state = T1_TARGET_IDLE;
        put(t, PCB_S_ABORT, NULL, 0);
        return T1_TARGET_ANSWER;
    }
    if (length)
        memcpy(t->command + t->command_length, information, length);
    t->command_length += length;
    t->nr ^= 1;
    if (pcb & PCB_MORE)
        return put_r(t, REASON_NONE);
    t->state = T1_TARGET_BUSY;
    return T1_TARGET_COMMAND;
}

/* Its number is that of the block that the host awaits. */
static enum t1_target_event take_r(struct t1_target *t, uint8_t pcb)
{
    unsigned awaited = pcb & PCB_R_NUMBER ? 1 : 0;
    if (t->state == T1_TARGET_BUSY)
        return T1_TARGET_SILENT;
    if (t->state == T1_TARGET_EXTENDING) {
        t1_target_extend(t, t->extension);
        return T1_TARGET_AGAIN;
    }
    if (t->state != T1_TARGET_RESPONDING)
        return put_r(t, t->state == T1_TARGET_GATHERING ? REASON_NONE : REASON_OTHER);
    if (awaited == t->ns) {
        put_i(t);
        return T1_TARGET_AGAIN;
    }
    if (t->part == t->left)
        return put_r(t, REASON_OTHER);
    t->response += t->part;
    t->left -= t->part;
    t->ns ^= 1;
    put_i(t);
    return T1_TARGET_ANSWER;
}

static enum t1_target_event take_s(struct t1_target *t, uint8_t pcb, const uint8_t *information,
                                   size_t length)
{
    uint8_t value = length == 1 ? information[0] : 0;
    switch (pcb) {
    case PCB_S_RESYNCH:
        reset(t);
        break;
    case PCB_S_IFS:
        if (value < 1 || value > T1_TARGET_INFORMATION_MAX)
            return put_r(t, REASON_OTHER);
        t->ifsd = value < t->most ? value : t->most;
        break;
    case PCB_S_ABORT:
        t->state = T1_TARGET_IDLE;
        break;
    case PCB_S_WTX | PCB_S_RESPONSE:
        if (t->state != T1_TARGET_EXTENDING || value != t->extension)
            return put_r(t, REASON_OTHER);
        t->state = T1_TARGET_BUSY;
        return T1_TARGET_GRANTED;
    case PCB_S_ABORT | PCB_S_RESPONSE:
        return put_r(t, REASON_NONE);
    default:
        return put_r(t, REASON_OTHER);
    }
    put(t, pcb | PCB_S_RESPONSE, information, length);
    return T1_TARGET_ANSWER;
}

enum t1_target_event t1_target_take(struct t1_target *t, const uint8_t *block, size_t length)
{
    if (length < PROLOGUE + 1 || block[2] > T1_TARGET_INFORMATION_MAX || length != PROLOGUE + 1u + block[2] ||
        check_of(block, length) != 0)
        return put_r(t, REASON_DAMAGED);
    t->address = (uint8_t)(block[0] << 4 | block[0] >> 4); /* who sent it is who gets the answer */
    uint8_t pcb = block[1];
    if (!(pcb & PCB_R))
        return pcb & 0x1f ? put_r(t, REASON_OTHER) : take_i(t, pcb, block + PROLOGUE, block[2]);
    if (!(pcb & PCB_I_NUMBER))
        return block[2] ? put_r(t, REASON_OTHER) : take_r(t, pcb);
    return take_s(t, pcb, block + PROLOGUE, block[2]);
}

void t1_target_respond(struct t1_target *t, const uint8_t *response, size_t length)
{
    t->state = T1_TARGET_RESPONDING;
    t->response = response;
    t->left = length;
    put_i(t);
}

void t1_target_extend(struct t1_target *t, uint8_t multiplier)
{
    t->state = T1_TARGET_EXTENDING;
    t->extension = multiplier;
    put(t, PCB_S_WTX, &multiplier, 1);
}
