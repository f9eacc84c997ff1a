/*
 * T=1; see t1.h. Every step sends one block and looks at what comes back; the steps are counted, so that no
 * card keeps us for ever but by asking for time, which the caller's deadline ends.
 */
#include "drivers/ccid/t1.h"

#include <string.h>

#define PROLOGUE        3
#define RETRIES_MAX     3 /* repetitions of one block (rule 6.4) */
#define RESYNCHES_MAX   3
#define SUPERVISORY_MAX 4096 /* S-blocks in one exchange */

enum {
    I_MORE = 0x20,
    I_SEQUENCE = 0x40,
    R_BLOCK = 0x80,
    R_SEQUENCE = 0x10,
    R_DAMAGED = 0x01, /* error in the epilogue or parity */
    R_OTHER = 0x02,
    S_RESYNCH = 0xc0,
    S_IFS = 0xc1,
    S_ABORT = 0xc2,
    S_WTX = 0xc3,
    S_RESPONSE = 0x20,
};

static uint16_t crc_of(const uint8_t *bytes, size_t length)
{
    uint16_t crc = 0xffff; /* ISO/IEC 13239: reflected 8408, complemented nowhere in T=1 */
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
    }
    return crc;
}

static void put_epilogue(bool crc, const uint8_t *block, size_t length, uint8_t out[2])
{
    uint8_t lrc = 0;
    uint16_t sum = crc ? crc_of(block, length) : 0;
    for (size_t i = 0; i < length; i++)
        lrc ^= block[i];
    out[0] = crc ? (uint8_t)(sum >> 8) : lrc;
    out[1] = crc ? (uint8_t)sum : 0;
}

size_t t1_block(bool crc, uint8_t pcb, const uint8_t *information, size_t length, uint8_t out[T1_BLOCK_MAX])
{
    uint8_t epilogue[2];
    size_t end = PROLOGUE + length;
    out[0] = 0; /* NAD: no addressing */
    out[1] = pcb;
    out[2] = (uint8_t)length;
    if (length)
        memcpy(out + PROLOGUE, information, length);
    put_epilogue(crc, out, end, epilogue);
    out[end] = epilogue[0];
    if (crc)
        out[end + 1] = epilogue[1];
    return end + (crc ? 2 : 1);
}

bool t1_block_is_whole(bool crc, const uint8_t *block, size_t length)
{
    size_t tail = crc ? 2 : 1;
    uint8_t epilogue[2];
    if (length < PROLOGUE + tail || block[2] == 255 || length != PROLOGUE + block[2] + tail)
        return false;
    put_epilogue(crc, block, length - tail, epilogue);
    return block[0] == 0 && memcmp(block + length - tail, epilogue, tail) == 0;
}

void t1_begin(struct t1 *t, t1_transfer transfer, void *context, bool crc, unsigned ifsc)
{
    *t = (struct t1) {
        .transfer = transfer,
        .context = context,
        .crc = crc,
        .ifsc = ifsc >= 1 && ifsc <= 254 ? (uint8_t)ifsc : 32,
        .ifsd = 32,
    };
}

/* What came back, sorted. */
enum came { CAME_NOTHING = 0, CAME_DAMAGED, CAME_STRANGE, CAME_I, CAME_R, CAME_S, CAME_END };

/* An exchange on its way. */
struct run {
    struct t1 *t;
    const uint8_t *command; /* what is not yet acknowledged */
    size_t left, part;      /* part: bytes of it in the block sent last */
    uint8_t *response;
    size_t capacity, length;
    bool sending; /* our chain is not yet whole at the card */
    uint8_t sent[T1_BLOCK_MAX];
    size_t sent_length;
    uint8_t reply[T1_BLOCK_MAX];
    size_t reply_length;
    uint8_t waiting;
    unsigned retries, supervisory;
    enum came last_bad;
};

static uint8_t pcb_of(const struct run *r)
{
    return r->reply[1];
}

static enum came exchange_block(struct run *r)
{
    r->reply_length = 0;
    enum t1_link link =
        r->t->transfer(r->t->context, r->sent, r->sent_length, r->waiting, r->reply, &r->reply_length);
    r->waiting = 0;
    if (link == T1_LINK_ENDED)
        return CAME_END;
    if (link == T1_LINK_SILENT)
        return CAME_NOTHING;
    if (link == T1_LINK_BROKEN || r->reply_length > sizeof r->reply ||
        !t1_block_is_whole(r->t->crc, r->reply, r->reply_length))
        return CAME_DAMAGED;
    uint8_t pcb = pcb_of(r), length = r->reply[2];
    if (!(pcb & 0x80))
        return pcb & 0x1f || length > r->t->ifsd ? CAME_STRANGE : CAME_I;
    if ((pcb & 0xc0) == R_BLOCK)
        return pcb & 0x20 || length ? CAME_STRANGE : CAME_R;
    return CAME_S;
}

static void prepare(struct run *r, uint8_t pcb, const uint8_t *information, size_t length)
{
    r->sent_length = t1_block(r->t->crc, pcb, information, length, r->sent);
}

static void prepare_r(struct run *r, uint8_t why)
{
    prepare(r, (uint8_t)(R_BLOCK | (r->t->nr ? R_SEQUENCE : 0) | why), NULL, 0);
}

static void prepare_i(struct run *r)
{
    r->part = r->left < r->t->ifsc ? r->left : r->t->ifsc;
    bool more = r->part < r->left;
    prepare(r, (uint8_t)((r->t->ns ? I_SEQUENCE : 0) | (more ? I_MORE : 0)), r->command, r->part);
}

/* ---- what to do when it went wrong ---- */

static enum t1_result give_up(const struct run *r)
{
    return r->last_bad == CAME_NOTHING ? T1_MUTE : r->last_bad == CAME_DAMAGED ? T1_FRAME : T1_PROTOCOL;
}

/* Both sides begin anew at 0; the reason of the failure where even that gets no answer. */
static enum t1_result resynchronise(struct run *r)
{
    for (unsigned i = 0; i < RESYNCHES_MAX; i++) {
        prepare(r, S_RESYNCH, NULL, 0);
        enum came came = exchange_block(r);
        if (came == CAME_END)
            return T1_ENDED;
        if (came == CAME_S && pcb_of(r) == (S_RESYNCH | S_RESPONSE) && r->reply[2] == 0) {
            r->t->ns = r->t->nr = 0;
            return T1_RESYNCH;
        }
    }
    return give_up(r);
}

/* Asks for the block again; false when that was asked for often enough. */
static bool ask_again(struct run *r, enum came bad)
{
    r->last_bad = bad;
    if (r->retries++ == RETRIES_MAX)
        return false;
    prepare_r(r, bad == CAME_DAMAGED ? R_DAMAGED : R_OTHER);
    return true;
}

/* ---- what the card says ---- */

/* False when the exchange ends with *result. */
static bool take_s(struct run *r, enum t1_result *result)
{
    uint8_t pcb = pcb_of(r), length = r->reply[2], value = length ? r->reply[PROLOGUE] : 0;
    *result = T1_PROTOCOL;
    if (r->supervisory++ == SUPERVISORY_MAX)
        return false;
    if (pcb == S_WTX && length == 1) {
        prepare(r, S_WTX | S_RESPONSE, &value, 1);
        r->waiting = value;
        return true;
    }
    if (pcb == S_IFS && length == 1 && value >= 1 && value <= 254) {
        prepare(r, S_IFS | S_RESPONSE, &value, 1);
        r->t->ifsc = value;
        return true;
    }
    if (pcb == S_ABORT && length == 0) {
        prepare(r, S_ABORT | S_RESPONSE, NULL, 0);
        *result = exchange_block(r) == CAME_END ? T1_ENDED : T1_ABORT;
        return false;
    }
    if (ask_again(r, CAME_STRANGE))
        return true;
    *result = resynchronise(r);
    return false;
}

/* Its number is that of the I-block that the card awaits. */
static bool take_r(struct run *r)
{
    uint8_t wanted = pcb_of(r) & R_SEQUENCE ? 1 : 0;
    if (r->sending && wanted != r->t->ns && r->part < r->left) { /* acknowledged: the next part */
        r->command += r->part;
        r->left -= r->part;
        r->t->ns = wanted;
        r->retries = 0;
        prepare_i(r);
        return true;
    }
    r->last_bad = CAME_STRANGE;
    if (r->retries++ == RETRIES_MAX)
        return false;
    if (r->sending && wanted == r->t->ns)
        prepare_i(r); /* it did not get it */
    else if (!r->sending)
        prepare_r(r, 0); /* it did not get our acknowledgement */
    else
        prepare_r(r, R_OTHER);
    return true;
}

/* False when the exchange ends with *result. */
static bool take_i(struct run *r, enum t1_result *result)
{
    uint8_t number = pcb_of(r) & I_SEQUENCE ? 1 : 0, length = r->reply[2];
    bool more = pcb_of(r) & I_MORE;
    if (number != r->t->nr || (r->sending && r->part < r->left)) {
        if (ask_again(r, CAME_STRANGE))
            return true;
        *result = resynchronise(r);
        return false;
    }
    if (r->sending) { /* an I-block acknowledges our last one */
        r->t->ns ^= 1;
        r->sending = false;
    }
    r->t->nr ^= 1;
    r->retries = 0;
    if (length > r->capacity - r->length) {
        *result = resynchronise(r) == T1_ENDED ? T1_ENDED : T1_OVERFLOW;
        return false;
    }
    memcpy(r->response + r->length, r->reply + PROLOGUE, length);
    r->length += length;
    if (!more) {
        *result = T1_OK;
        return false;
    }
    if (length == 0 && r->supervisory++ == SUPERVISORY_MAX) { /* a chain of nothing */
        *result = T1_PROTOCOL;
        return false;
    }
    prepare_r(r, 0);
    return true;
}

enum t1_result t1_exchange(struct t1 *t, const uint8_t *command, size_t command_length, uint8_t *response,
                           size_t capacity, size_t *response_length)
{
    struct run r = { .t = t,
                     .command = command,
                     .left = command_length,
                     .response = response,
                     .capacity = capacity,
                     .sending = true };
    enum t1_result result = T1_OK;
    bool goes_on = true;
    *response_length = 0;
    prepare_i(&r);
    while (goes_on) {
        enum came came = exchange_block(&r);
        switch (came) {
        case CAME_END:
            return T1_ENDED;
        case CAME_I:
            goes_on = take_i(&r, &result);
            break;
        case CAME_S:
            goes_on = take_s(&r, &result);
            break;
        case CAME_R:
            goes_on = take_r(&r);
            result = goes_on ? T1_OK : resynchronise(&r);
            break;
        default:
            goes_on = ask_again(&r, came);
            result = goes_on ? T1_OK : resynchronise(&r);
            break;
        }
    }
    if (result == T1_OK)
        *response_length = r.length;
    return result;
}

enum t1_result t1_announce(struct t1 *t, unsigned ifsd)
{
    struct run r = { .t = t };
    uint8_t value = (uint8_t)(ifsd < 254 ? ifsd : 254);
    for (r.retries = 0; r.retries <= RETRIES_MAX; r.retries++) {
        prepare(&r, S_IFS, &value, 1);
        enum came came = exchange_block(&r);
        if (came == CAME_END)
            return T1_ENDED;
        if (came == CAME_S && pcb_of(&r) == (S_IFS | S_RESPONSE) && r.reply[2] == 1 &&
            r.reply[PROLOGUE] == value) {
            t->ifsd = value;
            return T1_OK;
        }
        r.last_bad = came == CAME_NOTHING || came == CAME_DAMAGED ? came : CAME_STRANGE;
    }
    return give_up(&r);
}
