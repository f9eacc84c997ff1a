/*
 * Frames in, frames out. Type A: REQA/WUPA, anticollision by whole bytes (a reader that splits bytes is not
 * answered), SELECT, HLTA, RATS, PPS. Type B: REQB/WUPB, HLTB, ATTRIB. Then blocks by the target's rules 9 to
 * 13 of ISO/IEC 14443-4, without CID and NAD. The phone's time to wake up is not spent here: it answers the
 * first poll.
 */
#include "drivers/emulator/handset/air.h"

#include "drivers/emulator/handset/link.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_OVERHEAD 3 /* PCB and two bytes of CRC */
#define ATQB_LENGTH    12
#define EXTENSION      1 /* WTXM: one more frame waiting time */

enum state { STATE_OFF = 0, STATE_IDLE, STATE_READY, STATE_ACTIVE, STATE_PROTOCOL, STATE_HALTED };

enum pcb {
    PCB_I = 0x02,
    PCB_CHAINING = 0x10,
    PCB_R_ACK = 0xa2,
    PCB_R_NAK = 0xb2,
    PCB_S_DESELECT = 0xc2,
    PCB_S_WTX = 0xf2,
    PCB_BROKEN = 0xe2, /* no block has this one: what a target sends that breaks the protocol */
};

struct air {
    struct handset *handset;
    enum state state;
    bool looked; /* the handset was asked what a poll finds, since the field came on */
    struct handset_activation target;
    unsigned level; /* cascade level of type A, 0.. */
    unsigned kbit_s;
    unsigned fsd;    /* longest frame that the reader takes */
    unsigned number; /* the target's block number */

    uint8_t command[APDU_COMMAND_MAX];
    size_t command_length;
    struct handset_answer answer; /* bytes are the handset's */
    size_t sent;                  /* of the response */
    unsigned extensions;          /* still to be asked for */
    bool responding;
    unsigned broken;        /* the cause that ended the exchange */
    bool extends;           /* ...by asking for time for ever */
    struct air_answer last; /* for a retransmission */
};

struct air *air_new(struct handset *handset)
{
    struct air *a = calloc(1, sizeof *a);
    if (a)
        a->handset = handset;
    return a;
}

void air_free(struct air **a)
{
    free(*a);
    *a = NULL;
}

void air_field(struct air *a, bool on)
{
    struct handset *handset = a->handset;
    memset(a, 0, sizeof *a);
    a->handset = handset;
    a->state = on ? STATE_IDLE : STATE_OFF;
    a->kbit_s = 106;
    handset_field_off(handset);
}

void air_adopt(struct air *a, const struct handset_activation *target, bool protocol, unsigned fsd)
{
    struct handset *handset = a->handset;
    memset(a, 0, sizeof *a);
    a->handset = handset;
    a->looked = true;
    a->target = *target;
    a->state = protocol ? STATE_PROTOCOL : STATE_ACTIVE;
    a->number = 1;
    a->kbit_s = 106;
    a->fsd = fsd;
}

bool air_in_protocol(const struct air *a)
{
    return a->state == STATE_PROTOCOL;
}

/* ---- answers ---- */

static void reply(struct air_answer *out, const uint8_t *bytes, size_t length, bool crc)
{
    out->silent = false;
    memcpy(out->bytes, bytes, length);
    out->length = length;
    out->crc = crc;
}

static uint64_t frame_us(const struct air *a, size_t length, bool crc)
{
    struct link l = { a->target.technology ? a->target.technology : 'A', a->kbit_s, AIR_FRAME_MAX };
    return (link_delay_ns(&l) + link_frame_ns(&l, length + (crc ? 2 : 0))) / 1000;
}

/* What a poll finds; asked for once, at the first poll after the field came on. */
static void find_target(struct air *a)
{
    if (!a->looked)
        handset_activate(a->handset, &a->target);
    a->looked = true;
}

/* ---- type F: only seen ---- */

static void poll_f(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    static const uint8_t response[] = { 0x12, 0x01, 0x02, 0xfe, 0x53, 0x49, 0x4d, 0x00, 0x00,
                                        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    if (f->length != 6 || f->bytes[0] != 6 || f->bytes[1] != 0x00)
        return;
    find_target(a);
    if (a->target.fault == 4) /* it answers, but in another technology than a counter needs */
        reply(out, response, sizeof response, true);
}

/* ---- type A up to selection ---- */

static bool is_a(const struct air *a)
{
    return a->target.detected && a->target.technology == 'A';
}

static size_t levels(const struct air *a)
{
    return a->target.uid_length > 7 ? 3 : a->target.uid_length > 4 ? 2 : 1;
}

/* The four bytes of a cascade level and their check byte. */
static void level_bytes(const struct air *a, uint8_t out[5])
{
    const uint8_t *uid = a->target.uid + 3 * (size_t)a->level;
    if (a->level + 1 < levels(a)) {
        out[0] = 0x88; /* cascade tag */
        memcpy(out + 1, uid, 3);
    } else {
        memcpy(out, uid, 4);
    }
    out[4] = (uint8_t)(out[0] ^ out[1] ^ out[2] ^ out[3]);
}

static void select_a(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    uint8_t expected[5];
    level_bytes(a, expected);
    if (f->bytes[0] != 0x93 + 2 * a->level || f->length < 2)
        return;
    unsigned known = (f->bytes[1] >> 4) - 2u;
    if (f->bytes[1] == 0x70 && f->length == 7 && f->crc && memcmp(f->bytes + 2, expected, 5) == 0) {
        bool complete = a->level + 1 == levels(a);
        uint8_t sak = complete ? a->target.sak : 0x04;
        a->state = complete ? STATE_ACTIVE : STATE_READY;
        a->level += !complete;
        reply(out, &sak, 1, true);
    } else if (!f->crc && known < 5 && (f->bytes[1] & 15) == 0 && f->length == 2 + known &&
               memcmp(f->bytes + 2, expected, known) == 0) {
        reply(out, expected + known, 5 - known, false);
        out->collision = a->target.fault == 5;
    }
}

static void poll_a(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    find_target(a);
    bool wakes = f->bytes[0] == 0x52 || (f->bytes[0] == 0x26 && a->state != STATE_HALTED);
    if (!is_a(a) || !wakes || a->state == STATE_PROTOCOL)
        return;
    a->state = STATE_READY;
    a->level = 0;
    reply(out, a->target.atqa, 2, false);
}

/* RATS: the parameter byte's upper half is FSDI. */
static void rats(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    if (f->length != 2 || !f->crc || !(a->target.sak & 0x20) || a->target.fault == 6)
        return;
    a->fsd = frame_size_of_code(f->bytes[1] >> 4);
    a->state = STATE_PROTOCOL;
    a->number = 1;
    reply(out, a->target.ats, a->target.ats[0], true);
}

static unsigned rate_of(unsigned code)
{
    return code == 2 ? 424 : code == 1 ? 212 : 106;
}

/* PPS is answered at the old rate. The rates must be the same both ways. */
static void pps(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    unsigned rates = f->length == 3 ? f->bytes[2] & 15u : 0;
    if (f->length < 2 || f->length > 3 || rates / 4 != rates % 4 || rates / 4 > 2 || a->target.fault == 7)
        return;
    reply(out, f->bytes, 1, true);
    out->us = frame_us(a, out->length, true);
    a->kbit_s = rate_of(rates % 4);
}

static void frame_a(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    uint8_t first = f->bytes[0];
    if (f->last_bits == 7 && f->length == 1 && !f->crc) {
        poll_a(a, f, out);
    } else if (!is_a(a) || f->last_bits != 0) {
        return;
    } else if (a->state == STATE_READY) {
        select_a(a, f, out);
    } else if (a->state == STATE_ACTIVE && first == 0x50) {
        a->state = STATE_HALTED;
    } else if (a->state == STATE_ACTIVE && first == 0xe0) {
        rats(a, f, out);
    }
}

/* ---- type B up to ATTRIB ---- */

static void poll_b(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    find_target(a);
    bool wakes = (f->bytes[2] & 0x08) != 0 || a->state != STATE_HALTED;
    if (!a->target.detected || a->target.technology != 'B' || a->state == STATE_PROTOCOL || !wakes)
        return;
    a->state = STATE_READY;
    reply(out, a->target.atqb, ATQB_LENGTH, true);
    out->corrupt = a->target.fault == 5; /* two answer the one slot at once */
}

static void attrib(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    unsigned rates = f->bytes[6] >> 4;
    const uint8_t mbli = 0x00;
    if (memcmp(f->bytes + 1, a->target.atqb + 1, 4) != 0 || a->target.fault == 5 || a->target.fault == 6 ||
        a->target.fault == 8 || rates / 4 != rates % 4 || rates / 4 > 2)
        return;
    a->fsd = frame_size_of_code(f->bytes[6] & 15);
    a->state = STATE_PROTOCOL;
    a->number = 1;
    reply(out, &mbli, 1, true);
    out->us = frame_us(a, out->length, true);
    a->kbit_s = rate_of(rates % 4);
}

static void frame_b(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    if (!f->crc || f->last_bits != 0)
        return;
    if (f->length == 3 && f->bytes[0] == 0x05)
        poll_b(a, f, out);
    else if (a->state == STATE_READY && f->length >= 9 && f->bytes[0] == 0x1d)
        attrib(a, f, out);
    else if (a->state == STATE_READY && f->length == 5 && f->bytes[0] == 0x50 &&
             memcmp(f->bytes + 1, a->target.atqb + 1, 4) == 0)
        a->state = STATE_HALTED;
}

/* ---- blocks ---- */

static void send_block(struct air *a, uint8_t pcb, const uint8_t *data, size_t length, uint64_t busy_us,
                       struct air_answer *out)
{
    out->silent = false;
    out->bytes[0] = pcb;
    if (length)
        memcpy(out->bytes + 1, data, length);
    out->length = length + 1;
    out->crc = true;
    out->us = busy_us + frame_us(a, out->length, true);
    a->last = *out;
    a->last.us = frame_us(a, out->length, true); /* sent again, it is there at once */
}

/* How many payload bytes a frame to the reader carries. */
static size_t room(const struct air *a)
{
    unsigned fsd = a->fsd < AIR_FRAME_MAX ? a->fsd : AIR_FRAME_MAX;
    return fsd > BLOCK_OVERHEAD ? fsd - BLOCK_OVERHEAD : 1;
}

/* The applet's own time: what is left of the answer's when the frames are taken off it. */
static uint64_t busy_us(const struct air *a)
{
    struct link l = { a->target.technology, a->kbit_s, a->fsd };
    uint64_t ns = link_transfer_ns(&l, a->command_length) + link_transfer_ns(&l, a->answer.length) +
                  2 * link_delay_ns(&l) + a->answer.wtx * link_extension_ns(&l);
    return a->answer.us > ns / 1000 ? a->answer.us - ns / 1000 : 0;
}

static void send_extension(struct air *a, uint64_t after_us, struct air_answer *out)
{
    const uint8_t wtxm = EXTENSION;
    send_block(a, PCB_S_WTX, &wtxm, 1, after_us, out);
}

static void send_response(struct air *a, uint64_t after_us, struct air_answer *out)
{
    size_t left = a->answer.length - a->sent;
    size_t part = left < room(a) ? left : room(a);
    bool more = part < left;
    if (a->broken != 0 && a->sent + part > a->answer.came) { /* the rest of it never arrives */
        a->responding = false;
        return;
    }
    send_block(a, (uint8_t)(PCB_I | (more ? PCB_CHAINING : 0) | a->number), a->answer.bytes + a->sent, part,
               after_us, out);
    a->sent += part;
    a->responding = more;
}

/* How an exchange that came to nothing looks from outside; again for each attempt of the reader to rescue
 * it. */
static void act_broken(struct air *a, struct air_answer *out)
{
    switch (a->broken) {
    case 9:
        send_block(a, (uint8_t)(PCB_I | a->number), a->answer.bytes, 0, 0, out);
        out->corrupt = true;
        break;
    case 10:
        if (a->extends)
            send_extension(a, a->target.fwt_us / 2, out);
        break;
    case 12:
        send_block(a, PCB_BROKEN, NULL, 0, 0, out);
        break;
    case 17: /* it was reset: it waits to be polled again */
        a->state = STATE_IDLE;
        a->kbit_s = 106;
        break;
    default:
        break;
    }
}

static void run_command(struct air *a, struct air_answer *out)
{
    handset_exchange(a->handset, a->command, a->command_length, &a->answer);
    a->sent = 0;
    a->responding = false;
    if (a->answer.length == 0) {
        a->broken = a->answer.fault ? a->answer.fault : 16;
        a->extends = a->answer.extends;
        if (a->answer.came > 0) { /* the beginning of a chain comes */
            a->answer.length = a->answer.came + room(a);
            send_response(a, 0, out);
        } else {
            act_broken(a, out);
        }
        return;
    }
    a->extensions = a->answer.wtx;
    uint64_t slice_us = busy_us(a) / (a->extensions + 1);
    if (a->extensions > 0)
        send_extension(a, slice_us, out);
    else
        send_response(a, slice_us, out);
}

static void i_block(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    a->number ^= 1; /* rule D */
    if (a->broken != 0) {
        act_broken(a, out);
        return;
    }
    size_t length = f->length - 1;
    if (length > sizeof a->command - a->command_length)
        return;
    memcpy(a->command + a->command_length, f->bytes + 1, length);
    a->command_length += length;
    if (f->bytes[0] & PCB_CHAINING) {
        send_block(a, (uint8_t)(PCB_R_ACK | a->number), NULL, 0, 0, out); /* rule 10 */
        return;
    }
    run_command(a, out);
    a->command_length = 0;
}

static void r_block(struct air *a, uint8_t pcb, struct air_answer *out)
{
    bool same = (pcb & 1u) == a->number, nak = (pcb & 0x10) != 0;
    if (a->broken != 0 && !(a->responding && !same && !nak)) {
        act_broken(a, out);
    } else if (same) { /* rule 11 */
        *out = a->last;
    } else if (nak) { /* rule 12 */
        send_block(a, (uint8_t)(PCB_R_ACK | a->number), NULL, 0, 0, out);
    } else if (a->responding) { /* rules 13 and E */
        a->number ^= 1;
        send_response(a, 0, out);
    }
}

static void extended(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    if (f->length != 2 || (f->bytes[1] & 0x3f) != EXTENSION)
        return;
    if (a->broken != 0) {
        act_broken(a, out);
    } else if (a->extensions > 0) {
        uint64_t slice_us = busy_us(a) / (a->answer.wtx + 1);
        if (--a->extensions > 0)
            send_extension(a, slice_us, out);
        else
            send_response(a, slice_us, out);
    }
}

static void frame_block(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    uint8_t pcb = f->bytes[0];
    if (!f->crc || f->last_bits != 0)
        return;
    if ((pcb & 0xee) == PCB_I) {
        i_block(a, f, out);
    } else if ((pcb & 0xee) == PCB_R_ACK && f->length == 1) {
        r_block(a, pcb, out);
    } else if (pcb == PCB_S_WTX) {
        extended(a, f, out);
    } else if (pcb == PCB_S_DESELECT && f->length == 1) {
        send_block(a, PCB_S_DESELECT, NULL, 0, 0, out);
        a->state = STATE_HALTED;
        a->kbit_s = 106;
    } else if (a->target.technology == 'A' && (pcb & 0xf0) == 0xd0) {
        pps(a, f, out);
    }
}

void air_frame(struct air *a, const struct air_frame *f, struct air_answer *out)
{
    memset(out, 0, sizeof *out);
    out->silent = true;
    if (a->state == STATE_OFF || f->length == 0 || f->length > AIR_FRAME_MAX || f->kbit_s == 0)
        return;
    if (a->state == STATE_PROTOCOL) {
        if (f->technology == a->target.technology && f->kbit_s == a->kbit_s)
            frame_block(a, f, out);
    } else if (f->technology == 'A' && f->kbit_s == 106) {
        frame_a(a, f, out);
    } else if (f->technology == 'B' && f->kbit_s == 106) {
        frame_b(a, f, out);
    } else if (f->technology == 'F') {
        poll_f(a, f, out);
    }
    if (!out->silent && out->us == 0)
        out->us = frame_us(a, out->length, out->crc);
}
