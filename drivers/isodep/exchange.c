/*
 * The block protocol of ISO/IEC 14443-4, the reader's rules 1 to 8 and block numbering A and B. A step sends
 * a block and asks for the rescue of its answer until a valid block comes or the attempts are used up.
 */
#include "drivers/isodep/isodep.h"

#include "drivers/isodep/frame.h"

#include <string.h>

#define OVERHEAD   3       /* PCB and CRC */
#define RESCUES    3       /* R-blocks in a row that may be in vain */
#define RESENDS    3       /* of one I-block */
#define FWT_MAX_US 4949000 /* FWI 14 */
#define MARGIN_US  2000    /* over the frame waiting time: its tolerance, and the chip's own */

enum pcb {
    PCB_I = 0x02,
    PCB_CHAINING = 0x10,
    PCB_R_ACK = 0xa2,
    PCB_R_NAK = 0xb2,
    PCB_S_WTX = 0xf2,
};

struct step {
    struct isodep *d;
    uint64_t deadline_ns; /* 0: none */
    struct err *e;
    uint64_t wait_us;
    bool chained; /* the target is sending a chain: rule 5 instead of rule 4 */
    uint8_t block[ISODEP_FRAME_MAX], answer[ISODEP_FRAME_MAX];
    size_t length, answer_length;
    enum isodep_end reason; /* of the newest failed attempt */
};

const char *isodep_end_name(enum isodep_end end)
{
    static const char *const names[] = {
        "ISODEP_OK",          "ISODEP_NOTHING",    "ISODEP_COLLISION", "ISODEP_ANTICOLLISION",
        "ISODEP_NO_PROTOCOL", "ISODEP_ACTIVATION", "ISODEP_RATE",      "ISODEP_LOST",
        "ISODEP_GARBLED",     "ISODEP_PROTOCOL",   "ISODEP_ENDLESS",   "ISODEP_OVERFLOW",
        "ISODEP_BROKEN"
    };
    return names[end <= ISODEP_BROKEN ? end : ISODEP_BROKEN];
}

/* The waiting time of the next frame, cut to what the deadline leaves; 0 when it has passed. */
static uint64_t patience_us(const struct step *s)
{
    uint64_t wait_us = s->wait_us + MARGIN_US;
    if (s->deadline_ns == 0)
        return wait_us;
    uint64_t now_ns = s->d->link.now_ns(s->d->link.context);
    uint64_t left_us = now_ns < s->deadline_ns ? (s->deadline_ns - now_ns) / 1000 : 0;
    return left_us < wait_us ? left_us : wait_us;
}

/* One frame and what came: 0 or why it counts as none. */
static enum isodep_end attempt(struct step *s, const uint8_t *bytes, size_t length)
{
    struct isodep_frame f = { .bytes = bytes,
                              .length = length,
                              .crc = true,
                              .wait_us = patience_us(s),
                              .answer = s->answer,
                              .e = s->e };
    if (f.wait_us == 0)
        return ISODEP_ENDLESS;
    s->d->blocks++;
    enum isodep_air air = isodep_send(s->d, &f);
    s->answer_length = f.answer_length;
    s->wait_us = s->d->target.fwt_us;
    switch (air) {
    case ISODEP_AIR_OK:
        return f.answer_length > 0 ? ISODEP_OK : ISODEP_GARBLED;
    case ISODEP_AIR_SILENT:
        return ISODEP_LOST;
    case ISODEP_AIR_BROKEN:
        return ISODEP_BROKEN;
    default:
        return ISODEP_GARBLED;
    }
}

enum kind { KIND_NONE = 0, KIND_I, KIND_ACK, KIND_WTX };

/* A valid block, or none: rules are broken, or the number is another than ours. */
static enum kind kind_of(const struct step *s)
{
    uint8_t pcb = s->answer[0];
    bool ours = (pcb & 1u) == s->d->block;
    if ((pcb & 0xee) == PCB_I)
        return ours ? KIND_I : KIND_NONE;
    if ((pcb & 0xfe) == PCB_R_ACK && s->answer_length == 1)
        return KIND_ACK;
    if (pcb == PCB_S_WTX && s->answer_length == 2 && (s->answer[1] & 0x3f) >= 1 &&
        (s->answer[1] & 0x3f) <= 59)
        return KIND_WTX;
    return KIND_NONE;
}

/* Rule 3: the target is given WTXM times its frame waiting time. */
static void extend(struct step *s)
{
    unsigned factor = s->answer[1] & 0x3fu;
    s->d->extensions++;
    s->block[0] = PCB_S_WTX;
    s->block[1] = (uint8_t)factor;
    s->length = 2;
    s->wait_us = s->d->target.fwt_us * factor;
    if (s->wait_us > FWT_MAX_US)
        s->wait_us = FWT_MAX_US;
}

/*
 * Sends the step's block and gets the next I-block, or the acknowledgement of a chained block, rescuing what
 * is lost. ENDLESS when the deadline passed.
 */
static enum isodep_end run_step(struct step *s, enum kind *kind)
{
    uint8_t again[ISODEP_FRAME_MAX]; /* the I-block, for rule 6 */
    size_t again_length = s->length;
    unsigned rescues = 0, resends = 0;
    bool is_i = (s->block[0] & 0xee) == PCB_I;
    memcpy(again, s->block, s->length);
    for (;;) {
        enum isodep_end end = attempt(s, s->block, s->length);
        if (end == ISODEP_BROKEN || end == ISODEP_ENDLESS)
            return end == ISODEP_ENDLESS && s->reason != ISODEP_OK && s->d->extensions == 0 ? s->reason : end;
        *kind = end == ISODEP_OK ? kind_of(s) : KIND_NONE;
        if (*kind == KIND_I || (*kind == KIND_ACK && (s->answer[0] & 1u) == s->d->block))
            return ISODEP_OK;
        if (*kind == KIND_WTX) {
            rescues = 0;
            extend(s);
            continue;
        }
        if (*kind == KIND_ACK && is_i && resends++ < RESENDS) { /* rule 6: the block was not received */
            s->d->retransmissions++;
            memcpy(s->block, again, again_length);
            s->length = again_length;
            continue;
        }
        s->reason = end == ISODEP_OK ? ISODEP_PROTOCOL : end;
        if (rescues++ == RESCUES)
            return s->reason;
        s->d->retransmissions++;
        s->block[0] = (uint8_t)((s->chained ? PCB_R_ACK : PCB_R_NAK) | s->d->block); /* rules 4 and 5 */
        s->length = 1;
    }
}

static size_t room(const struct isodep *d)
{
    unsigned fsc = d->target.fsc < ISODEP_FRAME_MAX ? d->target.fsc : ISODEP_FRAME_MAX;
    return fsc > OVERHEAD ? fsc - OVERHEAD : 1;
}

/* All blocks of a command; the answer to the last one is in the step. */
static enum isodep_end send_command(struct step *s, const uint8_t *command, size_t length)
{
    struct isodep *d = s->d;
    for (size_t sent = 0;;) {
        size_t part = length - sent < room(d) ? length - sent : room(d);
        bool more = sent + part < length;
        enum kind kind;
        s->block[0] = (uint8_t)(PCB_I | (more ? PCB_CHAINING : 0) | d->block);
        if (part)
            memcpy(s->block + 1, command + sent, part);
        s->length = part + 1;
        enum isodep_end end = run_step(s, &kind);
        if (end != ISODEP_OK)
            return end;
        d->block ^= 1; /* rule B */
        sent += part;
        if (kind == KIND_I)
            return more ? ISODEP_PROTOCOL : ISODEP_OK;
        if (!more)
            return ISODEP_PROTOCOL; /* an acknowledgement where the answer should be */
    }
}

static enum isodep_end receive_response(struct step *s, uint8_t *response, size_t capacity)
{
    struct isodep *d = s->d;
    for (;;) {
        size_t part = s->answer_length - 1;
        if (part > capacity - d->received)
            return ISODEP_OVERFLOW;
        memcpy(response + d->received, s->answer + 1, part);
        d->received += part;
        if (!(s->answer[0] & PCB_CHAINING))
            return ISODEP_OK;
        enum kind kind;
        s->chained = true;
        s->block[0] = (uint8_t)(PCB_R_ACK | d->block);
        s->length = 1;
        enum isodep_end end = run_step(s, &kind);
        if (end != ISODEP_OK)
            return end;
        if (kind != KIND_I)
            return ISODEP_PROTOCOL;
        d->block ^= 1;
    }
}

enum isodep_end isodep_exchange(struct isodep *d, const uint8_t *command, size_t command_length,
                                uint8_t *response, size_t response_capacity, size_t *response_length,
                                uint64_t deadline_ns, struct err *e)
{
    struct step s = { .d = d, .deadline_ns = deadline_ns, .e = e };
    *response_length = 0;
    d->retransmissions = d->extensions = d->blocks = 0;
    d->received = 0;
    d->native[0] = '\0';
    if (!d->active)
        return ISODEP_LOST;
    s.wait_us = d->target.fwt_us;
    enum isodep_end end = send_command(&s, command, command_length);
    if (end == ISODEP_OK)
        end = receive_response(&s, response, response_capacity);
    if (end == ISODEP_OK)
        *response_length = d->received;
    else
        d->active = false; /* numbers may be out of step: only an activation puts that right */
    return end;
}
