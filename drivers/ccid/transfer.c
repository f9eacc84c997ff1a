/* APDUs through a slot; see transfer.h. */
#include "drivers/ccid/transfer.h"

#include "harness/card/apdu.h"

#include <libusb.h>
#include <string.h>

#define SHORT_MAX 261 /* header, Lc, 255 bytes, Le */

static const struct ccid_descriptor *descriptor_of(const struct ccid_slot *s)
{
    return &ccid_usb_place(s->usb)->descriptor;
}

static size_t room_of(const struct ccid_slot *s)
{
    return ccid_descriptor_longest(descriptor_of(s)) - CCID_HEADER_BYTES;
}

static bool fail_with(struct ccid_failure *f, enum ccid_trouble trouble)
{
    *f = (struct ccid_failure) { .trouble = trouble };
    return false;
}

/* ---- extended APDU level ---- */

static bool add_part(struct ccid_apdu *x, const struct ccid_answer *answer, struct ccid_failure *f)
{
    if (answer->length > x->capacity - x->response_length)
        return fail_with(f, CCID_TROUBLE_OVERFLOW);
    if (answer->length)
        memcpy(x->response + x->response_length, answer->data, answer->length);
    x->response_length += answer->length;
    return true;
}

static bool send_parts(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_answer *answer,
                       struct ccid_failure *f)
{
    size_t room = room_of(t->slot), at = 0;
    for (;;) {
        size_t left = x->command_length - at, part = left < room ? left : room;
        bool first = at == 0, last = part == left;
        enum ccid_chain level = first ? (last ? CCID_CHAIN_WHOLE : CCID_CHAIN_FIRST)
                                      : (last ? CCID_CHAIN_LAST : CCID_CHAIN_MIDDLE);
        struct ccid_command c = ccid_xfr_block(0, level, x->command + at, part);
        if (!ccid_slot_run(t->slot, c, t->limit, answer, f))
            return false;
        if (last)
            return true;
        if (answer->third != CCID_CHAIN_GO_ON || answer->length)
            return fail_with(f, CCID_TROUBLE_CHAIN);
        at += part;
    }
}

static bool run_extended(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_failure *f)
{
    struct ccid_answer answer;
    if (!send_parts(t, x, &answer, f))
        return false;
    if (answer.third != CCID_CHAIN_WHOLE && answer.third != CCID_CHAIN_FIRST)
        return fail_with(f, CCID_TROUBLE_CHAIN);
    bool more = answer.third == CCID_CHAIN_FIRST;
    while (add_part(x, &answer, f)) {
        if (!more)
            return true;
        if (!answer.length) /* a chain of nothing would never end */
            return fail_with(f, CCID_TROUBLE_CHAIN);
        if (!ccid_slot_run(t->slot, ccid_xfr_block(0, CCID_CHAIN_GO_ON, NULL, 0), t->limit, &answer, f))
            return false;
        if (answer.third != CCID_CHAIN_MIDDLE && answer.third != CCID_CHAIN_LAST)
            return fail_with(f, CCID_TROUBLE_CHAIN);
        more = answer.third == CCID_CHAIN_MIDDLE;
    }
    return false;
}

/* ---- one message each way ---- */

static bool run_single(struct ccid_transfer *t, const uint8_t *bytes, size_t length, struct ccid_apdu *x,
                       struct ccid_failure *f)
{
    struct ccid_answer answer;
    return ccid_slot_run(t->slot, ccid_xfr_block(0, CCID_CHAIN_WHOLE, bytes, length), t->limit, &answer, f) &&
           add_part(x, &answer, f);
}

static bool run_t0(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_failure *f)
{
    uint8_t header[5] = { 0 };
    struct apdu apdu;
    size_t length = x->command_length;
    if (length == 4) {
        memcpy(header, x->command, 4);
        return run_single(t, header, sizeof header, x, f);
    }
    if (apdu_parse(x->command, length, &apdu) && apdu.data_length && apdu.has_le)
        length--;
    return run_single(t, x->command, length, x, f);
}

/* ---- T=1 ---- */

static enum t1_link transfer_block(void *context, const uint8_t *block, size_t length, uint8_t waiting,
                                   uint8_t reply[T1_BLOCK_MAX], size_t *reply_length)
{
    struct ccid_transfer *t = context;
    struct ccid_failure *f = t->failure;
    struct ccid_answer answer;
    struct ccid_command c = ccid_xfr_block(waiting, CCID_CHAIN_WHOLE, block, length);
    if (!ccid_slot_run(t->slot, c, t->limit, &answer, f)) {
        if (f->trouble != CCID_TROUBLE_FAILED || f->icc == CCID_ICC_ABSENT)
            return T1_LINK_ENDED;
        if (f->error == 0xfe)
            return T1_LINK_SILENT;
        return f->error == 0xfd || f->error == 0xfc ? T1_LINK_BROKEN : T1_LINK_ENDED;
    }
    if (answer.length > T1_BLOCK_MAX)
        return T1_LINK_BROKEN;
    memcpy(reply, answer.data, answer.length);
    *reply_length = answer.length;
    return T1_LINK_OK;
}

static bool judge_t1(enum t1_result result, struct ccid_failure *f)
{
    static const enum ccid_trouble troubles[] = {
        [T1_MUTE] = CCID_TROUBLE_T1_MUTE,         [T1_FRAME] = CCID_TROUBLE_T1_FRAME,
        [T1_PROTOCOL] = CCID_TROUBLE_T1_PROTOCOL, [T1_RESYNCH] = CCID_TROUBLE_T1_RESYNCH,
        [T1_ABORT] = CCID_TROUBLE_T1_ABORT,       [T1_OVERFLOW] = CCID_TROUBLE_OVERFLOW,
    };
    if (result == T1_OK)
        return true;
    return result == T1_ENDED ? false : fail_with(f, troubles[result]);
}

static bool run_t1(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_failure *f)
{
    t->failure = f;
    return judge_t1(
        t1_exchange(&t->t1, x->command, x->command_length, x->response, x->capacity, &x->response_length), f);
}

/* ---- an exchange ---- */

const char *ccid_transfer_refusal(const struct ccid_transfer *t, const uint8_t *command, size_t length)
{
    struct apdu apdu;
    bool extended = length > SHORT_MAX || (apdu_parse(command, length, &apdu) && apdu.extended);
    if (t->level == READER_LEVEL_SHORT && extended)
        return "the reader works at short APDU level: an extended APDU can't pass";
    if (t->level == READER_LEVEL_SHORT && length > room_of(t->slot))
        return "the reader's messages are too short for this APDU, and at short APDU level it takes no parts";
    if (t->level != READER_LEVEL_TPDU || t->card.protocol == 1)
        return NULL;
    if (extended)
        return "an extended APDU does not pass over T=0 at TPDU level";
    return length < 4 ? "T=0 needs at least the four bytes of a header" : NULL;
}

bool ccid_transfer_run(struct ccid_transfer *t, struct ccid_apdu *x, struct ccid_limit limit,
                       struct ccid_failure *f)
{
    memset(f, 0, sizeof *f);
    x->response_length = 0;
    t->limit = limit;
    bool done = t->level == READER_LEVEL_EXTENDED ? run_extended(t, x, f)
                : t->level == READER_LEVEL_SHORT  ? run_single(t, x->command, x->command_length, x, f)
                : t->card.protocol == 1           ? run_t1(t, x, f)
                                                  : run_t0(t, x, f);
    if (done && x->response_length < 2)
        return fail_with(f, CCID_TROUBLE_SHORT);
    return done;
}

/* ---- after power-on ---- */

/* PPS without a rate: only the protocol is chosen. */
static bool select_protocol(struct ccid_transfer *t, struct ccid_failure *f)
{
    uint8_t request[3] = { 0xff, (uint8_t)t->card.protocol, 0 }, reply[8];
    request[2] = request[0] ^ request[1];
    struct ccid_apdu x = { .response = reply, .capacity = sizeof reply };
    if (!run_single(t, request, sizeof request, &x, f))
        return false;
    return (x.response_length == sizeof request && memcmp(reply, request, sizeof request) == 0) ||
           fail_with(f, CCID_TROUBLE_PPS);
}

static bool set_parameters(struct ccid_transfer *t, struct ccid_failure *f)
{
    struct ccid_answer answer;
    uint8_t wanted[7];
    size_t length = ccid_card_parameters(&t->card, wanted);
    bool known = ccid_slot_run(t->slot, ccid_plain(CCID_GET_PARAMETERS), t->limit, &answer, f);
    if (known && answer.third == t->card.protocol && answer.length == length &&
        memcmp(answer.data, wanted, length) == 0)
        return true;
    if (!known && f->trouble != CCID_TROUBLE_FAILED)
        return false;
    return ccid_slot_run(t->slot, ccid_set_parameters(t->card.protocol, wanted, length), t->limit, &answer,
                         f);
}

static bool begin_tpdu(struct ccid_transfer *t, uint32_t features, struct ccid_failure *f)
{
    bool negotiates = features & (CCID_FEATURE_NEGOTIATES | CCID_FEATURE_PPS);
    if (!negotiates && !t->card.specific && !t->card.first_offered && !select_protocol(t, f))
        return false;
    if (!(features & CCID_FEATURE_ATR_PARAMETERS) && !set_parameters(t, f))
        return false;
    if (t->card.protocol != 1)
        return true;
    uint32_t largest = descriptor_of(t->slot)->ifsd;
    size_t room = room_of(t->slot) - 5; /* prologue and the longer epilogue */
    unsigned ifsd = largest && largest < 254 ? largest : 254;
    ifsd = room < ifsd ? (unsigned)room : ifsd;
    t1_begin(&t->t1, transfer_block, t, t->card.crc, room < t->card.ifsc ? (unsigned)room : t->card.ifsc);
    t->failure = f;
    if (features & CCID_FEATURE_IFSD) {
        t->t1.ifsd = (uint8_t)ifsd;
        return true;
    }
    return judge_t1(t1_announce(&t->t1, ifsd), f);
}

bool ccid_transfer_begin(struct ccid_transfer *t, struct ccid_slot *slot, const uint8_t *atr, size_t length,
                         struct ccid_limit limit, struct ccid_failure *f)
{
    const struct ccid_descriptor *d = descriptor_of(slot);
    bool known;
    *t = (struct ccid_transfer) { .slot = slot, .level = ccid_descriptor_level(d), .limit = limit };
    memset(f, 0, sizeof *f);
    bool read = ccid_card_read(atr, length, &t->card, &known);
    if (t->level == READER_LEVEL_TPDU)
        return !read    ? fail_with(f, CCID_TROUBLE_ATR)
               : !known ? fail_with(f, CCID_TROUBLE_PROTOCOL)
                        : begin_tpdu(t, d->features, f);
    /* At APDU level parameters are the reader's affair, unless it says that it sets none by itself. Even then
     * a reader that has no contacts may know nothing of them, and its refusal means nothing. */
    if (read && known && !(d->features & (CCID_FEATURE_ATR_PARAMETERS | CCID_FEATURE_NEGOTIATES)) &&
        !set_parameters(t, f) && (f->trouble != CCID_TROUBLE_FAILED || f->icc == CCID_ICC_ABSENT))
        return false;
    return true;
}
