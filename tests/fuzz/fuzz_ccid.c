/*
 * Hostile readers and cards: messages, class descriptors, answers to reset and T=1 blocks. The first byte of
 * an input chooses, the rest is what comes. Whatever comes: no byte outside of it is read, no response is
 * longer than its buffer, a damaged block is never taken, and every exchange ends.
 */
#include "drivers/ccid/card.h"
#include "drivers/ccid/descriptor.h"
#include "drivers/ccid/failure.h"
#include "drivers/ccid/message.h"
#include "drivers/ccid/t1.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_message(const uint8_t *data, size_t size)
{
    struct ccid_answer a;
    struct ccid_command c = ccid_xfr_block(0, CCID_CHAIN_WHOLE, NULL, 0);
    if (ccid_decode(data, size, &a) == CCID_READING_OK) {
        must(a.length == size - CCID_HEADER_BYTES && a.data == data + CCID_HEADER_BYTES);
        enum ccid_reading reading = ccid_check(&a, &c);
        must(reading != CCID_READING_OK || (a.slot == 0 && a.seq == 0 && a.icc != CCID_ICC_RFU));
        struct ccid_failure f = { CCID_TROUBLE_FAILED, a.error, a.icc, 0 };
        struct driver_fault fault;
        struct err e = { 0 };
        must(ccid_fail(&f, CCID_PHASE_EXCHANGE, NULL, "reader", &fault, &e) < 0 && fault.causes);
    }
    bool present, changed;
    for (unsigned slot = 0; slot < 16; slot++)
        ccid_slot_change(data, size, slot, &present, &changed);
}

static void check_descriptor(const uint8_t *data, size_t size)
{
    struct ccid_descriptor d;
    for (int vendor = 0; vendor < 2; vendor++) {
        if (!ccid_descriptor_find(data, size, vendor, &d))
            continue;
        must(d.slots >= 1 && d.slots <= 16 && d.max_message > CCID_HEADER_BYTES && d.max_message <= 65554);
        struct ccid_shape shape = { &d, 0x0b, 3 };
        struct reader_model m = { .ccid = true, .features = 1, .max_message = 271, .usb_class = 0xff };
        char text[160];
        ccid_descriptor_compare(&shape, &m, text, sizeof text);
        must(strlen(text) < sizeof text);
        (void)ccid_descriptor_level(&d);
    }
}

static void check_atr(const uint8_t *data, size_t size)
{
    struct ccid_card card;
    uint8_t parameters[7];
    bool known;
    if (ccid_card_read(data, size, &card, &known)) {
        must(card.protocol <= 1 && card.ifsc >= 1 && card.ifsc <= 254);
        must(ccid_card_parameters(&card, parameters) == (card.protocol ? 7 : 5));
    }
}

/* What the card says, piece by piece: a length, then that many bytes; bit 7 of the length makes them a block
 * with a right epilogue, so that more than the epilogue is tried. */
struct script {
    const uint8_t *at;
    size_t left;
    unsigned blocks;
};

static enum t1_link say(void *context, const uint8_t *block, size_t length, uint8_t waiting,
                        uint8_t reply[T1_BLOCK_MAX], size_t *reply_length)
{
    struct script *s = context;
    (void)waiting;
    must(t1_block_is_whole(false, block, length) && ++s->blocks < 100000);
    if (s->left == 0)
        return T1_LINK_ENDED;
    bool whole = s->at[0] & 0x80;
    size_t n = s->at[0] & 0x7f;
    s->at++;
    s->left--;
    n = n < s->left ? n : s->left;
    if (n == 0)
        return T1_LINK_SILENT;
    if (whole)
        *reply_length = t1_block(false, s->at[0], s->at + 1, n - 1, reply);
    else
        memcpy(reply, s->at, *reply_length = n);
    s->at += n;
    s->left -= n;
    return T1_LINK_OK;
}

static void check_t1(const uint8_t *data, size_t size)
{
    struct script s = { data, size, 0 };
    uint8_t command[300] = { 0x00, 0xa4 }, response[200];
    struct t1 t;
    size_t length;
    t1_begin(&t, say, &s, false, 32);
    (void)t1_announce(&t, 254);
    for (unsigned i = 0; i < 4 && s.left; i++) {
        enum t1_result result = t1_exchange(&t, command, sizeof command, response, sizeof response, &length);
        must(length <= sizeof response && (result == T1_OK || length == 0));
        must(t.ifsc >= 1 && t.ifsc <= 254 && t.ns <= 1 && t.nr <= 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t *bytes = malloc(size > 1 ? size - 1 : 1); /* of its exact size: reading past it shows */
    must(bytes != NULL);
    memcpy(bytes, data + 1, size - 1);
    switch (data[0] & 3) {
    case 0:
        check_message(bytes, size - 1);
        break;
    case 1:
        check_descriptor(bytes, size - 1);
        break;
    case 2:
        check_atr(bytes, size - 1);
        break;
    default:
        check_t1(bytes, size - 1);
        break;
    }
    free(bytes);
    return 0;
}
