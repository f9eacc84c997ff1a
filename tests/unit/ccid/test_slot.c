/*
 * A slot and the APDUs through it, over a bus that is written here in place of usb.c: what a reader may do
 * that no emulated one does.
 */
#include "drivers/ccid/transfer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libusb.h>
#include <string.h>

/* ---- the bus ---- */

struct ccid_usb {
    struct ccid_place place;
    void (*reader)(const uint8_t *message, size_t length); /* acts on what is sent */
};

static struct ccid_usb bus;
static struct transfer {
    int code;
    uint8_t bytes[80];
    size_t length;
} queue[16];
static size_t queued, taken;
static unsigned cleared, aborted;
static uint8_t sent[600]; /* data of all XfrBlocks */
static size_t sent_length;
static uint8_t levels[16];
static size_t level_count;

const struct ccid_place *ccid_usb_place(const struct ccid_usb *u)
{
    return &u->place;
}

int ccid_usb_send(struct ccid_usb *u, const uint8_t *bytes, size_t length, unsigned limit_ms)
{
    (void)limit_ms;
    assert_true(length <= u->place.descriptor.max_message);
    u->reader(bytes, length);
    return 0;
}

int ccid_usb_receive(struct ccid_usb *u, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms)
{
    (void)u;
    (void)limit_ms;
    *length = 0;
    if (taken == queued)
        return LIBUSB_ERROR_TIMEOUT;
    struct transfer *t = &queue[taken++];
    assert_true(t->length <= capacity);
    memcpy(bytes, t->bytes, t->length);
    *length = t->length;
    return t->code;
}

int ccid_usb_abort(struct ccid_usb *u, uint8_t slot, uint8_t seq)
{
    (void)u;
    (void)slot;
    (void)seq;
    aborted++;
    return 0;
}

int ccid_usb_clear(struct ccid_usb *u)
{
    (void)u;
    cleared++;
    return 0;
}

/* An answer to the message, as it would be. */
static struct transfer *answer(const uint8_t *m, uint8_t type, uint8_t third, const uint8_t *data, size_t n)
{
    if (queued == taken)
        queued = taken = 0;
    struct transfer *t = &queue[queued++];
    *t = (struct transfer) { .length = CCID_HEADER_BYTES + n };
    t->bytes[0] = type;
    t->bytes[1] = (uint8_t)n;
    t->bytes[5] = m[5];
    t->bytes[6] = m[6];
    t->bytes[9] = third;
    if (n)
        memcpy(t->bytes + CCID_HEADER_BYTES, data, n);
    return t;
}

static void begin(struct ccid_slot *s, uint32_t features, unsigned message,
                  void (*reader)(const uint8_t *, size_t))
{
    bus = (struct ccid_usb) {
        .place = { .packet = 64,
                   .descriptor = { .slots = 2, .max_message = message, .ifsd = 254, .features = features } },
        .reader = reader,
    };
    queued = taken = sent_length = level_count = 0;
    cleared = aborted = 0;
    assert_int_equal(ccid_slot_begin(s, &bus, 0), 0);
}

/* ---- readers ---- */

static uint8_t response[150];
static size_t response_left;

static void chaining_reader(const uint8_t *m, size_t length)
{
    assert_int_equal(m[0], CCID_XFR_BLOCK);
    levels[level_count++] = m[8];
    memcpy(sent + sent_length, m + 10, length - 10);
    sent_length += length - 10;
    if (m[8] == CCID_CHAIN_FIRST || m[8] == CCID_CHAIN_MIDDLE) {
        answer(m, CCID_DATA_BLOCK, CCID_CHAIN_GO_ON, NULL, 0);
        return;
    }
    bool first = response_left == sizeof response;
    size_t n = response_left < 54 ? response_left : 54;
    const uint8_t *from = response + sizeof response - response_left;
    response_left -= n;
    uint8_t third = first ? CCID_CHAIN_FIRST : response_left ? CCID_CHAIN_MIDDLE : CCID_CHAIN_LAST;
    answer(m, CCID_DATA_BLOCK, third, from, n);
}

static void long_apdus_pass_a_reader_of_64_bytes_in_parts(void **state)
{
    static const uint8_t wanted[] = { 1, 3, 2, 0x10, 0x10 };
    uint8_t command[150], got[256];
    struct ccid_slot s;
    struct ccid_transfer t;
    struct ccid_failure f;
    (void)state;
    for (size_t i = 0; i < sizeof command; i++) {
        command[i] = (uint8_t)i;
        response[i] = (uint8_t)(200 - i);
    }
    response_left = sizeof response;
    begin(&s, 0x000404b2, 64, chaining_reader);
    assert_true(ccid_transfer_begin(&t, &s, (const uint8_t[]) { 0x3b, 0 }, 2, ccid_limit_of(1000), &f));
    struct ccid_apdu x = { command, sizeof command, got, sizeof got, 0 };
    assert_true(ccid_transfer_run(&t, &x, ccid_limit_of(1000), &f));
    assert_int_equal(level_count, sizeof wanted);
    assert_memory_equal(levels, wanted, sizeof wanted);
    assert_int_equal(sent_length, sizeof command);
    assert_memory_equal(sent, command, sizeof command);
    assert_int_equal(x.response_length, sizeof response);
    assert_memory_equal(got, response, sizeof response);
    response_left = sizeof response;
    x = (struct ccid_apdu) { command, 5, got, 100, 0 }; /* the caller's buffer is too small */
    assert_false(ccid_transfer_run(&t, &x, ccid_limit_of(1000), &f));
    assert_int_equal(f.trouble, CCID_TROUBLE_OVERFLOW);
    ccid_slot_end(&s);
}

static enum mode { LIES, BABBLES, OTHER_SLOT, EXTENDS, STALLS, RIGHT } mode;

static void odd_reader(const uint8_t *m, size_t length)
{
    static const uint8_t ok[] = { 0x90, 0x00 };
    uint8_t type = m[0] == CCID_XFR_BLOCK ? CCID_DATA_BLOCK : CCID_SLOT_STATUS;
    size_t n = type == CCID_DATA_BLOCK ? 2 : 0;
    (void)length;
    struct transfer *t = answer(m, type, 0, ok, n);
    if (mode == LIES)
        t->bytes[2] = 1;
    else if (mode == BABBLES)
        t->code = LIBUSB_ERROR_OVERFLOW;
    else if (mode == STALLS)
        t->code = LIBUSB_ERROR_PIPE;
    else if (mode == OTHER_SLOT)
        t->bytes[5] = 1;
    else if (mode == EXTENDS)
        t->bytes[7] = 0x80;
    if (mode == OTHER_SLOT || mode == EXTENDS)
        answer(m, type, 0, ok, n);
    mode = RIGHT;
}

static void odd_answers_are_named_and_the_next_command_works(void **state)
{
    static const struct {
        enum mode mode;
        enum ccid_trouble trouble;
        int usb;
    } rows[] = {
        { LIES, CCID_TROUBLE_LENGTH, 0 },
        { BABBLES, CCID_TROUBLE_USB, LIBUSB_ERROR_OVERFLOW },
        { STALLS, CCID_TROUBLE_USB, LIBUSB_ERROR_PIPE },
        { OTHER_SLOT, CCID_TROUBLE_NONE, 0 },
        { EXTENDS, CCID_TROUBLE_NONE, 0 },
    };
    struct ccid_slot s;
    struct ccid_answer a;
    struct ccid_failure f;
    (void)state;
    begin(&s, 0x00040040, 271, odd_reader);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mode = rows[i].mode;
        struct ccid_command c = ccid_xfr_block(0, CCID_CHAIN_WHOLE, (const uint8_t *)"\0\xa4\0", 4);
        bool done = ccid_slot_run(&s, c, ccid_limit_of(1000), &a, &f);
        assert_int_equal(done, rows[i].trouble == CCID_TROUBLE_NONE);
        assert_int_equal(f.trouble, rows[i].trouble);
        assert_int_equal(f.usb, rows[i].usb);
        assert_true(ccid_slot_run(&s, c, ccid_limit_of(1000), &a, &f));
        assert_int_equal(a.length, 2);
    }
    assert_int_equal(cleared, 1);
    ccid_slot_end(&s);
}

/* Answers nothing but ABORT, and the first command late, after the third was sent. */
static uint8_t first_message[10];
static unsigned messages;

static void late_reader(const uint8_t *m, size_t length)
{
    (void)length;
    if (m[0] == CCID_ABORT) {
        answer(m, CCID_SLOT_STATUS, 0, NULL, 0);
    } else if (messages++ == 0) {
        memcpy(first_message, m, sizeof first_message);
    } else {
        answer(first_message, CCID_DATA_BLOCK, 0, (const uint8_t *)"\x6f", 2);
        answer(m, CCID_DATA_BLOCK, 0, (const uint8_t *)"\x90", 2);
    }
}

static void a_late_answer_is_thrown_away(void **state)
{
    struct ccid_slot s;
    struct ccid_answer a;
    struct ccid_failure f;
    struct ccid_command c = ccid_xfr_block(0, CCID_CHAIN_WHOLE, NULL, 0);
    (void)state;
    messages = 0;
    begin(&s, 0x00040040, 271, late_reader);
    assert_false(ccid_slot_run(&s, c, ccid_limit_of(1), &a, &f));
    assert_int_equal(f.trouble, CCID_TROUBLE_DEADLINE);
    assert_int_equal(aborted, 1);
    assert_true(ccid_slot_run(&s, c, ccid_limit_of(1000), &a, &f));
    assert_int_equal(a.data[0], 0x90);
    ccid_slot_end(&s);
}

/* Says which slot was asked. */
static void reader_of_two_slots(const uint8_t *m, size_t length)
{
    const uint8_t data[3] = { m[5], 0x90, 0x00 };
    (void)length;
    answer(m, CCID_DATA_BLOCK, 0, data, sizeof data);
}

static void two_slots_of_a_reader_are_spoken_to_by_turns(void **state)
{
    struct ccid_slot slots[2];
    struct ccid_answer a;
    struct ccid_failure f;
    (void)state;
    begin(&slots[0], 0x00040040, 271, reader_of_two_slots);
    assert_int_equal(ccid_slot_begin(&slots[1], &bus, 1), 0);
    for (unsigned i = 0; i < 600; i++) { /* more than the sequence number counts */
        unsigned number = i % 3 == 0;
        struct ccid_command c = ccid_xfr_block(0, CCID_CHAIN_WHOLE, (const uint8_t *)"\x00\x84", 2);
        assert_true(ccid_slot_run(&slots[number], c, ccid_limit_of(1000), &a, &f));
        assert_int_equal(a.slot, number);
        assert_int_equal(a.length, 3);
        assert_int_equal(a.data[0], number);
    }
    ccid_slot_end(&slots[0]);
    ccid_slot_end(&slots[1]);
}

/* A card behind a reader at TPDU level: T=1 blocks, or a T=0 header. */
static unsigned parameters_set;

static void tpdu_reader(const uint8_t *m, size_t length)
{
    uint8_t block[T1_BLOCK_MAX];
    const uint8_t *b = m + 10;
    size_t n = 0;
    if (m[0] == CCID_GET_PARAMETERS || m[0] == CCID_SET_PARAMETERS) {
        parameters_set += m[0] == CCID_SET_PARAMETERS;
        answer(m, CCID_PARAMETERS, m[7], m + 10, length - 10);
        return;
    }
    memcpy(sent, b, sent_length = length - 10);
    if (b[0] == 0xff && length == 13) /* PPS */
        n = sent_length;
    memcpy(block, b, n);
    if (n == 0 && t1_block_is_whole(false, b, sent_length))
        n = t1_block(false, b[1] == 0xc1 ? 0xe1 : b[1], b[1] == 0xc1 ? b + 3 : (const uint8_t *)"\x90",
                     b[1] == 0xc1 ? 1 : 2, block);
    if (n == 0) {
        memcpy(block, "\x61\x10", 2);
        n = 2;
    }
    answer(m, CCID_DATA_BLOCK, 0, block, n);
}

static void a_reader_at_tpdu_level_is_spoken_to_in_blocks(void **state)
{
    static const uint8_t contactless[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 }, contact[] = { 0x3b, 0x00 };
    static const uint8_t case4[] = { 0x00, 0xa4, 0x04, 0x00, 0x02, 0x3f, 0x00, 0x00 };
    uint8_t got[256];
    struct ccid_slot s;
    struct ccid_transfer t;
    struct ccid_failure f;
    (void)state;
    parameters_set = 0;
    begin(&s, 0x00010030, 271, tpdu_reader);
    struct ccid_apdu x = { case4, sizeof case4, got, sizeof got, 0 };
    assert_true(ccid_transfer_begin(&t, &s, contactless, sizeof contactless, ccid_limit_of(1000), &f));
    assert_int_equal(parameters_set, 1);
    assert_int_equal(t.t1.ifsd, 254);
    assert_null(ccid_transfer_refusal(&t, case4, sizeof case4));
    assert_true(ccid_transfer_run(&t, &x, ccid_limit_of(1000), &f));
    assert_int_equal(x.response_length, 2);
    assert_int_equal(got[0], 0x90);
    assert_true(ccid_transfer_begin(&t, &s, contact, sizeof contact, ccid_limit_of(1000), &f));
    assert_true(ccid_transfer_run(&t, &x, ccid_limit_of(1000), &f));
    assert_int_equal(sent_length, sizeof case4 - 1); /* T=0: Le can't be sent, and 61xx is the caller's */
    assert_int_equal(got[0], 0x61);
    ccid_slot_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_apdus_pass_a_reader_of_64_bytes_in_parts),
        cmocka_unit_test(odd_answers_are_named_and_the_next_command_works),
        cmocka_unit_test(a_late_answer_is_thrown_away),
        cmocka_unit_test(two_slots_of_a_reader_are_spoken_to_by_turns),
        cmocka_unit_test(a_reader_at_tpdu_level_is_spoken_to_in_blocks),
    };
    return cmocka_run_group_tests_name("ccid slot", tests, NULL, NULL);
}
