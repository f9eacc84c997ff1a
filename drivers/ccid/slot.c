/*
 * Commands and answers of one slot; see slot.h. libccid takes the answer to an XfrBlock whatever its bSeq is;
 * here an answer with another number than the command's is never the answer.
 */
#include "drivers/ccid/slot.h"

#include "harness/base/clock.h"

#include <libusb.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_MS   1000 /* of one wait for bulk-in: a longer wait is several */
#define SEND_MS    5000
#define ABORT_MS   1000 /* what a reader gets to confirm an abort */
#define DRAIN_MS   20
#define DRAINS_MAX 64
#define GONE_TRIES 3
#define SEQ_STEP   61 /* over numbers that a confused reader may still use */

int ccid_slot_begin(struct ccid_slot *s, struct ccid_usb *usb, unsigned number)
{
    const struct ccid_place *p = ccid_usb_place(usb);
    size_t packet = p->packet, message = ccid_descriptor_longest(&p->descriptor);
    *s = (struct ccid_slot) {
        .usb = usb,
        .number = (uint8_t)number,
        .capacity = (message + packet - 1) / packet * packet,
        .out_capacity = message,
    };
    s->message = malloc(s->capacity);
    s->out = malloc(s->out_capacity);
    if (s->message && s->out)
        return 0;
    ccid_slot_end(s);
    return LIBUSB_ERROR_NO_MEM;
}

void ccid_slot_end(struct ccid_slot *s)
{
    free(s->message);
    free(s->out);
    s->message = s->out = NULL;
}

void ccid_slot_drain(struct ccid_slot *s)
{
    size_t length = 0;
    for (unsigned i = 0; i < DRAINS_MAX; i++) {
        int code = ccid_usb_receive(s->usb, s->message, s->capacity, &length, DRAIN_MS);
        if (code == LIBUSB_ERROR_PIPE)
            ccid_usb_clear(s->usb);
        else if (code != 0 && code != LIBUSB_ERROR_OVERFLOW)
            return;
    }
}

struct ccid_limit ccid_limit_of(uint32_t limit_ms)
{
    return (struct ccid_limit) { clock_now_ns() + (uint64_t)limit_ms * 1000000, limit_ms };
}

/* ---- numbers of commands that were given up ---- */

static bool is_late(const struct ccid_slot *s, uint8_t seq)
{
    return s->late[seq / 32] >> (seq % 32) & 1;
}

static void set_late(struct ccid_slot *s, uint8_t seq, bool late)
{
    uint32_t bit = UINT32_C(1) << (seq % 32);
    if (late)
        s->late[seq / 32] |= bit;
    else
        s->late[seq / 32] &= ~bit;
}

static uint8_t next_seq(struct ccid_slot *s)
{
    for (unsigned i = 0; i < 256 && is_late(s, s->seq); i++)
        s->seq++;
    set_late(s, s->seq, false); /* after 256 of them the oldest is no longer to be feared */
    return s->seq++;
}

/* ---- trouble ---- */

/* A reader that is pulled out may first fail as if the bus were disturbed. */
static int tell_gone(struct ccid_slot *s, int code)
{
    for (unsigned i = 0; code == LIBUSB_ERROR_IO && i < GONE_TRIES; i++) {
        if (ccid_usb_clear(s->usb) == LIBUSB_ERROR_NO_DEVICE)
            return LIBUSB_ERROR_NO_DEVICE;
        clock_sleep_ms(30);
    }
    return code;
}

static bool fail_usb(struct ccid_slot *s, const struct ccid_command *c, int code, struct ccid_failure *f)
{
    s->ended_ns = clock_now_ns();
    *f = (struct ccid_failure) { .trouble = CCID_TROUBLE_USB, .usb = tell_gone(s, code) };
    if (f->usb == LIBUSB_ERROR_NO_DEVICE)
        return false;
    if (f->usb == LIBUSB_ERROR_PIPE)
        ccid_usb_clear(s->usb);
    set_late(s, c->seq, true);
    ccid_slot_drain(s);
    return false;
}

static bool fail_reading(struct ccid_slot *s, const struct ccid_command *c, enum ccid_reading reading,
                         struct ccid_failure *f)
{
    static const enum ccid_trouble troubles[] = {
        [CCID_READING_TRUNCATED] = CCID_TROUBLE_TRUNCATED,
        [CCID_READING_LENGTH] = CCID_TROUBLE_LENGTH,
        [CCID_READING_TYPE] = CCID_TROUBLE_TYPE,
        [CCID_READING_SLOT] = CCID_TROUBLE_SLOT,
        [CCID_READING_SEQ] = CCID_TROUBLE_SEQ,
        [CCID_READING_STATUS] = CCID_TROUBLE_STATUS,
    };
    s->ended_ns = clock_now_ns();
    *f = (struct ccid_failure) { .trouble = troubles[reading] };
    set_late(s, c->seq, true);
    ccid_slot_drain(s);
    s->seq = (uint8_t)(s->seq + SEQ_STEP);
    return false;
}

/* True when the reader confirms it; answers that come before are thrown away, whatever they are. */
static bool abort_command(struct ccid_slot *s, const struct ccid_command *c)
{
    struct ccid_command abort = ccid_plain(CCID_ABORT);
    abort.slot = c->slot;
    abort.seq = c->seq;
    uint64_t until_ns = clock_now_ns() + ABORT_MS * UINT64_C(1000000);
    ccid_usb_abort(s->usb, c->slot, c->seq); /* readers that stall it take the message all the same */
    size_t length = ccid_encode(&abort, s->out, s->out_capacity);
    if (ccid_usb_send(s->usb, s->out, length, ABORT_MS) != 0)
        return false;
    for (uint64_t now_ns = clock_now_ns(); now_ns < until_ns; now_ns = clock_now_ns()) {
        struct ccid_answer answer;
        unsigned left_ms = (unsigned)((until_ns - now_ns) / 1000000) + 1;
        int code = ccid_usb_receive(s->usb, s->message, s->capacity, &length, left_ms);
        if (code == LIBUSB_ERROR_PIPE)
            ccid_usb_clear(s->usb);
        else if (code != 0)
            return false;
        else if (ccid_decode(s->message, length, &answer) == CCID_READING_OK &&
                 answer.type == CCID_SLOT_STATUS && answer.slot == c->slot && answer.seq == c->seq)
            return true;
    }
    return false;
}

static bool miss_deadline(struct ccid_slot *s, const struct ccid_command *c, struct ccid_failure *f)
{
    s->ended_ns = clock_now_ns();
    set_late(s, c->seq, true);
    f->trouble = abort_command(s, c) ? CCID_TROUBLE_DEADLINE : CCID_TROUBLE_HUNG;
    return false;
}

/* ---- a command ---- */

enum got { GOT_ANSWER = 0, GOT_NOTHING, GOT_TROUBLE };

static enum got take(struct ccid_slot *s, const struct ccid_command *c, size_t length,
                     struct ccid_answer *answer, struct ccid_failure *f)
{
    enum ccid_reading reading = ccid_decode(s->message, length, answer);
    if (reading == CCID_READING_OK && answer->slot == c->slot && answer->seq != c->seq &&
        is_late(s, answer->seq)) {
        /* An interim answer is not yet the last with that number. */
        if (answer->processing != CCID_TIME_EXTENSION)
            set_late(s, answer->seq, false);
        return GOT_NOTHING;
    }
    if (reading == CCID_READING_OK && answer->slot != c->slot &&
        answer->slot < ccid_usb_place(s->usb)->descriptor.slots)
        return GOT_NOTHING; /* the other slot's, given up there */
    if (reading == CCID_READING_OK)
        reading = ccid_check(answer, c);
    if (reading == CCID_READING_OK)
        return GOT_ANSWER;
    fail_reading(s, c, reading, f);
    return GOT_TROUBLE;
}

/* One wait for an answer. */
static enum got receive(struct ccid_slot *s, const struct ccid_command *c, uint64_t until_ns,
                        struct ccid_answer *answer, struct ccid_failure *f)
{
    unsigned slice_ms = SLICE_MS;
    size_t length = 0;
    if (until_ns) {
        uint64_t now_ns = clock_now_ns();
        if (now_ns >= until_ns) {
            miss_deadline(s, c, f);
            return GOT_TROUBLE;
        }
        uint64_t left_ms = (until_ns - now_ns) / 1000000 + 1;
        slice_ms = left_ms < SLICE_MS ? (unsigned)left_ms : SLICE_MS;
    }
    int code = ccid_usb_receive(s->usb, s->message, s->capacity, &length, slice_ms);
    if (code == LIBUSB_ERROR_TIMEOUT && length == 0)
        return GOT_NOTHING;
    if (code != 0 && code != LIBUSB_ERROR_TIMEOUT) {
        fail_usb(s, c, code, f);
        return GOT_TROUBLE;
    }
    /* Whole packets without an empty one behind them end by the time limit only: then they are looked at. */
    s->ended_ns = clock_now_ns();
    return take(s, c, length, answer, f);
}

bool ccid_slot_run(struct ccid_slot *s, struct ccid_command c, struct ccid_limit limit,
                   struct ccid_answer *answer, struct ccid_failure *f)
{
    memset(f, 0, sizeof *f);
    c.slot = s->number;
    c.seq = next_seq(s);
    size_t length = ccid_encode(&c, s->out, s->out_capacity);
    if (length == 0) {
        *f = (struct ccid_failure) { .trouble = CCID_TROUBLE_USB, .usb = LIBUSB_ERROR_INVALID_PARAM };
        return false;
    }
    int code = ccid_usb_send(s->usb, s->out, length, SEND_MS);
    if (code != 0)
        return fail_usb(s, &c, code, f);
    for (;;) {
        enum got got = receive(s, &c, limit.until_ns, answer, f);
        if (got == GOT_TROUBLE)
            return false;
        if (got == GOT_NOTHING)
            continue;
        if (answer->processing != CCID_TIME_EXTENSION)
            break;
        if (limit.until_ns && limit.extend_ms)
            limit.until_ns =
                clock_now_ns() + (uint64_t)limit.extend_ms * (answer->error ? answer->error : 1) * 1000000;
    }
    if (answer->processing == CCID_FAILED) {
        *f = (struct ccid_failure) { CCID_TROUBLE_FAILED, answer->error, answer->icc, 0 };
        return false;
    }
    return true;
}

bool ccid_slot_look(struct ccid_slot *s, uint32_t limit_ms, enum ccid_icc *icc, struct ccid_failure *f)
{
    struct ccid_answer answer = { 0 };
    bool done = ccid_slot_run(s, ccid_plain(CCID_GET_SLOT_STATUS), ccid_limit_of(limit_ms), &answer, f);
    /* A reader may call the request failed because the slot is empty, and says so in the same byte. */
    if (!done && f->trouble == CCID_TROUBLE_FAILED && f->icc == CCID_ICC_ABSENT)
        done = true;
    else if (!done)
        return false;
    *icc = answer.icc;
    return done;
}

bool ccid_slot_escape(struct ccid_slot *s, const uint8_t *data, size_t length, uint32_t limit_ms,
                      uint8_t *out, size_t capacity, size_t *out_length, struct ccid_failure *f)
{
    struct ccid_answer answer;
    *out_length = 0;
    if (!ccid_slot_run(s, ccid_escape(data, length), ccid_limit_of(limit_ms), &answer, f))
        return false;
    if (answer.length > capacity) {
        f->trouble = CCID_TROUBLE_OVERFLOW;
        return false;
    }
    memcpy(out, answer.data, answer.length);
    *out_length = answer.length;
    return true;
}
