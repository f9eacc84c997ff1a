/*
 * The testbed's emulated CCID reader at TPDU level: blocks of T=1, built here by hand, and then sent by the
 * driver's own host side over a link that harms them.
 */
#include "drivers/ccid/t1.h"
#include "tests/unit/drivers/ccid_bench.h"

#define MAX_MESSAGE 271
#define BWT_US      421381 /* BWI 4 at 13.56 MHz, default rate */

static uint8_t seq;

static void set_up_reader(struct bench *b)
{
    make(b, READER_LEVEL_TPDU, MAX_MESSAGE);
    lay_and_power(b);
    seq = 1;
}

/* Sends a block and expects one back, in a message that is otherwise an ordinary success. */
static const uint8_t *block(struct bench *b, uint8_t pcb, const void *information, size_t length)
{
    uint8_t bytes[T1_BLOCK_MAX];
    size_t n = t1_block(false, pcb, information, length, bytes);
    tell(b, XFR_BLOCK, 0, ++seq, 0, bytes, n);
    assert_int_equal(b->count, 1);
    expect(b, DATA_BLOCK, seq, 0, 0);
    assert_int_equal(last(b)->bytes[9], 0);
    assert_true(t1_block_is_whole(false, last(b)->bytes + CCID_HEADER, last(b)->length - CCID_HEADER));
    return last(b)->bytes + CCID_HEADER;
}

/* ... or a failure of the message. */
static void block_fails(struct bench *b, uint8_t pcb, const void *information, size_t length, uint8_t error)
{
    uint8_t bytes[T1_BLOCK_MAX];
    size_t n = t1_block(false, pcb, information, length, bytes);
    tell(b, XFR_BLOCK, 0, ++seq, 0, bytes, n);
    expect(b, DATA_BLOCK, seq, 0x40, error);
}

static unsigned exchanges(const struct bench *b)
{
    return handset_exchanges(b->field->handset);
}

static void a_command_in_one_block_is_answered_in_one_block(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    const uint8_t *answer = block(b, 0x00, select_jpki, sizeof select_jpki);
    assert_memory_equal(answer, "\x00\x00\x02\x90\x00\x92", 6);
    answer = block(b, 0x40, select_ca, sizeof select_ca);
    assert_memory_equal(answer, "\x00\x40\x02\x90\x00\xd2", 6);
    assert_int_equal(exchanges(b), 2);
}

static void the_sender_of_a_block_is_the_receiver_of_its_answer(void **state)
{
    static const uint8_t bytes[] = { 0x21, 0xc1, 0x01, 0xfe, 0x1f };
    struct bench *b = *state;
    set_up_reader(b);
    tell(b, XFR_BLOCK, 0, 2, 0, bytes, sizeof bytes);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x12\xe1\x01\xfe\x0c", 5);
}

static void a_command_in_parts_runs_when_it_is_whole(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    const uint8_t *answer = block(b, 0x20, select_jpki, 5);
    assert_memory_equal(answer, "\x00\x90\x00\x90", 4);
    answer = block(b, 0x60, select_jpki + 5, 5);
    assert_memory_equal(answer, "\x00\x80\x00\x80", 4);
    assert_int_equal(exchanges(b), 0);
    answer = block(b, 0x00, select_jpki + 10, sizeof select_jpki - 10);
    assert_memory_equal(answer, "\x00\x00\x02\x90\x00", 5);
    assert_int_equal(exchanges(b), 1);
}

static void a_long_response_comes_in_parts_of_the_size_that_the_host_named(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    block(b, 0x40, select_ca, sizeof select_ca);
    const uint8_t *answer = block(b, 0x00, read_1024, sizeof read_1024);
    assert_memory_equal(answer, "\x00\x20\x20\x30\x82", 5); /* 32 bytes until it says more */
    answer = block(b, 0xc1, "\xfe", 1);
    assert_memory_equal(answer, "\x00\xe1\x01\xfe", 4);
    size_t length = 32;
    unsigned number = 1;
    for (;;) {
        answer = block(b, number ? 0x90 : 0x80, NULL, 0);
        assert_int_equal(answer[1] & 0x40, number ? 0x40 : 0);
        length += answer[2];
        number ^= 1;
        if (!(answer[1] & 0x20))
            break;
        assert_int_equal(answer[2], 254);
    }
    assert_int_equal(length, 1026);
    assert_memory_equal(answer + 3 + answer[2] - 2, "\x90\x00", 2);
    assert_int_equal(exchanges(b), 3);
}

static void a_block_size_that_can_not_be_is_refused(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    assert_int_equal(block(b, 0xc1, "\x00", 1)[1], 0x82);
    assert_int_equal(block(b, 0xc1, "\xff", 1)[1], 0x82);
    assert_int_equal(block(b, 0xc1, "\x20\x20", 2)[1], 0x82);
}

static void a_damaged_block_is_asked_for_again_and_its_command_runs_once(void **state)
{
    uint8_t bytes[T1_BLOCK_MAX];
    struct bench *b = *state;
    set_up_reader(b);
    size_t n = t1_block(false, 0x00, select_jpki, sizeof select_jpki, bytes);
    bytes[4] ^= 0x10;
    tell(b, XFR_BLOCK, 0, ++seq, 0, bytes, n);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x00\x81\x00\x81", 4);
    bytes[4] ^= 0x10;
    tell(b, XFR_BLOCK, 0, ++seq, 0, bytes, n - 1);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x00\x81\x00\x81", 4);
    assert_int_equal(exchanges(b), 0);
    assert_memory_equal(block(b, 0x00, select_jpki, sizeof select_jpki), "\x00\x00\x02\x90\x00", 5);
    assert_int_equal(exchanges(b), 1);
}

static void a_block_asked_for_again_is_given_again_and_nothing_runs(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(block(b, 0x81, NULL, 0), "\x00\x00\x02\x90\x00", 5);
    assert_int_equal(exchanges(b), 1);
}

static void an_acknowledgement_lost_is_given_again_and_with_nothing_to_give_the_host_is_told_so(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    assert_memory_equal(block(b, 0x80, NULL, 0), "\x00\x82\x00\x82", 4);
    block(b, 0xc1, "\xfe", 1);
    assert_memory_equal(block(b, 0x80, NULL, 0), "\x00\x82\x00\x82", 4);
    assert_memory_equal(block(b, 0x20, select_jpki, 5), "\x00\x90\x00\x90", 4);
    assert_memory_equal(block(b, 0x81, NULL, 0), "\x00\x90\x00\x90", 4);
}

static void a_block_with_the_wrong_number_is_refused(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    assert_memory_equal(block(b, 0x40, select_jpki, sizeof select_jpki), "\x00\x82\x00\x82", 4);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    assert_memory_equal(block(b, 0x00, select_jpki, sizeof select_jpki), "\x00\x92\x00\x92", 4);
    assert_int_equal(exchanges(b), 1);
}

static void resynchronisation_begins_anew_at_zero(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    assert_memory_equal(block(b, 0xc0, NULL, 0), "\x00\xe0\x00\xe0", 4);
    assert_memory_equal(block(b, 0x00, select_jpki, sizeof select_jpki), "\x00\x00\x02\x90\x00", 5);
}

static void a_chain_given_up_by_the_host_is_forgotten(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    block(b, 0x20, select_jpki, 5);
    assert_memory_equal(block(b, 0xc2, NULL, 0), "\x00\xe2\x00\xe2", 4);
    assert_memory_equal(block(b, 0x40, select_jpki, sizeof select_jpki), "\x00\x00\x02\x90\x00", 5);
    assert_int_equal(exchanges(b), 1);
}

static void a_slow_answer_is_announced_by_requests_for_time_that_come_in_time(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    set(b, "slow", 2500, 1);
    uint64_t us = 0, allowed_us = BWT_US;
    unsigned requests = 0;
    const uint8_t *answer = block(b, 0x00, select_jpki, sizeof select_jpki);
    while (answer[1] == 0xc3) {
        uint8_t multiplier = answer[3];
        assert_in_range(last(b)->after_us, 1, allowed_us - 1);
        us += last(b)->after_us;
        allowed_us = multiplier * (uint64_t)BWT_US;
        assert_in_range(++requests, 1, 10);
        answer = block(b, 0xe3, &multiplier, 1);
    }
    assert_in_range(last(b)->after_us, 0, allowed_us - 1);
    us += last(b)->after_us;
    assert_memory_equal(answer, "\x00\x00\x02\x90\x00", 5);
    assert_in_range(us, 2500000, 2600000);
    assert_true(requests >= 2);
    assert_int_equal(exchanges(b), 1);
}

static void time_is_granted_only_as_it_was_asked_for(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    set(b, "slow", 2500, 1);
    uint8_t asked = block(b, 0x00, select_jpki, sizeof select_jpki)[3], other = (uint8_t)(asked + 1);
    assert_int_equal(block(b, 0xe3, &other, 1)[1], 0x92);
    assert_memory_equal(block(b, 0x91, NULL, 0), "\x00\xc3\x01", 3); /* asked again */
    assert_int_equal(last(b)->bytes[CCID_HEADER + 3], asked);
    assert_int_equal(block(b, 0xe3, &asked, 1)[1], 0xc3);
}

static void time_is_asked_for_without_end(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    set(b, "extend", 0, 1);
    const uint8_t *answer = block(b, 0x00, select_jpki, sizeof select_jpki);
    for (int i = 0; i < 1000; i++) {
        uint8_t multiplier = answer[3];
        assert_int_equal(answer[1], 0xc3);
        answer = block(b, 0xe3, &multiplier, 1);
    }
}

static void a_block_damaged_on_its_way_is_had_by_asking_again(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    set(b, "parity", 0, 2);
    block_fails(b, 0x00, select_jpki, sizeof select_jpki, ERROR_PARITY);
    block_fails(b, 0x81, NULL, 0, ERROR_PARITY);
    assert_memory_equal(block(b, 0x81, NULL, 0), "\x00\x00\x02\x90\x00", 5);
    assert_int_equal(exchanges(b), 1);
}

static void a_handset_that_falls_silent_stays_so_until_it_is_resynchronised(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    b->handset.faults[0] = (struct virtual_fault) { .cause = 9, .rate = 1, .per = VIRTUAL_PER_EXCHANGE };
    b->handset.fault_count = 1;
    lay_and_power(b);
    block_fails(b, 0x00, select_jpki, sizeof select_jpki, ERROR_PARITY);
    block_fails(b, 0x80, NULL, 0, ERROR_PARITY);
    block_fails(b, 0x00, select_jpki, sizeof select_jpki, ERROR_PARITY);
    assert_int_equal(exchanges(b), 1);
    assert_memory_equal(block(b, 0xc0, NULL, 0), "\x00\xe0\x00\xe0", 4);
    block_fails(b, 0x00, select_jpki, sizeof select_jpki, ERROR_PARITY);
    assert_int_equal(exchanges(b), 2);
}

static void the_card_leaves_in_the_nth_command_not_block(void **state)
{
    struct bench *b = *state;
    uint8_t bytes[T1_BLOCK_MAX];
    set_up_reader(b);
    set(b, "remove-at", 2, 0);
    block(b, 0xc1, "\xfe", 1);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    block(b, 0x81, NULL, 0);
    block(b, 0x60, select_ca, 3);
    size_t n = t1_block(false, 0x00, select_ca + 3, sizeof select_ca - 3, bytes);
    tell(b, XFR_BLOCK, 0, 9, 0, bytes, n);
    assert_int_equal(b->sent[0].pipe, FUNCTION_PIPE_INTERRUPT);
    expect(b, DATA_BLOCK, 9, 0x42, ERROR_MUTE);
    tell(b, XFR_BLOCK, 0, 10, 0, bytes, n);
    expect(b, DATA_BLOCK, 10, 0x42, ERROR_MUTE);
}

static void pseudo_apdus_come_in_blocks_too(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    assert_memory_equal(block(b, 0x00, "\xff\xca\x00\x00\x00", 5), "\x00\x00\x06\x00\x11\x22\x33\x90\x00", 9);
    assert_int_equal(exchanges(b), 0);
}

static void a_powering_begins_the_numbers_anew(void **state)
{
    struct bench *b = *state;
    set_up_reader(b);
    block(b, 0x00, select_jpki, sizeof select_jpki);
    tell(b, ICC_POWER_ON, 0, 9, 0, NULL, 0);
    assert_memory_equal(block(b, 0x00, select_jpki, sizeof select_jpki), "\x00\x00\x02\x90\x00", 5);
}

static void the_protocol_is_confirmed_and_no_other_is_taken(void **state)
{
    static const uint8_t t0[CCID_HEADER + 5] = { SET_PARAMETERS, 5, 0, 0, 0, 0, 9, 0 };
    static const uint8_t t1[CCID_HEADER + 7] = { SET_PARAMETERS, 7,    0,    0,    0, 0,    10, 1, 0, 0,
                                                 0x11,           0x10, 0x00, 0x4d, 0, 0xfe, 0 };
    struct bench *b = *state;
    set_up_reader(b);
    tell(b, XFR_BLOCK, 0, 2, 0, "\xff\x01\xfe", 3);
    assert_int_equal(last(b)->length, CCID_HEADER + 3);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\xff\x01\xfe", 3);
    b->count = 0;
    bulk(b->device, t0, sizeof t0);
    expect(b, PARAMETERS, 9, 0x40, 7);
    bulk(b->device, t1, sizeof t1);
    expect(b, PARAMETERS, 10, 0x00, 0);
}

static void the_class_descriptor_says_tpdu_and_one_protocol(void **state)
{
    struct bench *b = *state;
    struct buf out;
    set_up_reader(b);
    b->profile.features = 0x000103b0;
    buf_init(&out, 256);
    class_descriptor(&b->profile, &out);
    assert_int_equal(out.length, 54);
    assert_memory_equal(out.data + 6, "\x02\x00\x00\x00", 4);
    assert_memory_equal(out.data + 40, "\xb0\x03\x01\x00", 4);
    buf_free(&out);
}

static void any_block_gets_an_answer(void **state)
{
    struct bench *b = *state;
    uint32_t random = 1;
    set_up_reader(b);
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t information[20], bytes[T1_BLOCK_MAX];
        for (size_t j = 0; j < sizeof information; j++)
            information[j] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        size_t n = t1_block(false, information[0], information + 2, information[1] % 4, bytes);
        tell(b, XFR_BLOCK, 0, (uint8_t)i, 0, bytes, i % 5 ? n : information[1] % 5);
        assert_true(b->count > 0);
        if (!field_powered(b->field))
            lay_and_power(b);
    }
}

/* ---- with the driver's own host side ---- */

struct harm {
    struct bench *b;
    unsigned at, blocks; /* the block that is harmed, counted in both directions; how many there were */
    bool lose;           /* else damaged */
};

static bool strikes(struct harm *h)
{
    return h->blocks++ == h->at;
}

static enum t1_link carry(void *context, const uint8_t *bytes, size_t length, uint8_t waiting,
                          uint8_t reply[T1_BLOCK_MAX], size_t *reply_length)
{
    struct harm *h = context;
    uint8_t copy[T1_BLOCK_MAX];
    (void)waiting;
    memcpy(copy, bytes, length);
    if (strikes(h)) {
        if (h->lose)
            return T1_LINK_SILENT;
        copy[length - 1] ^= 0x55;
    }
    tell(h->b, XFR_BLOCK, 0, ++seq, 0, copy, length);
    assert_int_equal(h->b->count, 1);
    const struct sent *s = last(h->b);
    if (s->bytes[7] != 0)
        return T1_LINK_ENDED;
    *reply_length = s->length - CCID_HEADER;
    memcpy(reply, s->bytes + CCID_HEADER, *reply_length);
    if (!strikes(h))
        return T1_LINK_OK;
    reply[1] ^= 0x40;
    return h->lose ? T1_LINK_SILENT : T1_LINK_OK;
}

static void the_drivers_host_side_gets_the_same_bytes_whatever_block_is_lost_or_damaged(void **state)
{
    static uint8_t expected[1026], got[2048];
    struct bench *b = *state;
    unsigned total = 2;
    size_t length;
    set_up_reader(b);
    for (unsigned at = 0; at <= total; at++) {
        for (int lose = 0; lose < 2; lose++) {
            struct harm h = { .b = b, .at = at ? at - 1 : UINT32_MAX, .lose = lose != 0 };
            struct t1 host;
            tell(b, ICC_POWER_ON, 0, 1, 0, NULL, 0);
            t1_begin(&host, carry, &h, false, 8); /* even the SELECT goes in parts */
            assert_int_equal(t1_announce(&host, 100), T1_OK);
            assert_int_equal(t1_exchange(&host, select_jpki, sizeof select_jpki, got, sizeof got, &length),
                             T1_OK);
            assert_int_equal(length, 2);
            assert_int_equal(t1_exchange(&host, select_ca, sizeof select_ca, got, sizeof got, &length),
                             T1_OK);
            assert_int_equal(t1_exchange(&host, read_1024, sizeof read_1024, got, sizeof got, &length),
                             T1_OK);
            assert_int_equal(length, sizeof expected);
            assert_int_equal(exchanges(b), 3);
            if (at == 0)
                memcpy(expected, got, sizeof expected);
            assert_memory_equal(got, expected, sizeof expected);
            total = at == 0 ? h.blocks : total;
        }
    }
    assert_true(total >= 30);
}

int main(void)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BEHAVIOUR(a_command_in_one_block_is_answered_in_one_block),
        BEHAVIOUR(the_sender_of_a_block_is_the_receiver_of_its_answer),
        BEHAVIOUR(a_command_in_parts_runs_when_it_is_whole),
        BEHAVIOUR(a_long_response_comes_in_parts_of_the_size_that_the_host_named),
        BEHAVIOUR(a_block_size_that_can_not_be_is_refused),
        BEHAVIOUR(a_damaged_block_is_asked_for_again_and_its_command_runs_once),
        BEHAVIOUR(a_block_asked_for_again_is_given_again_and_nothing_runs),
        BEHAVIOUR(an_acknowledgement_lost_is_given_again_and_with_nothing_to_give_the_host_is_told_so),
        BEHAVIOUR(a_block_with_the_wrong_number_is_refused),
        BEHAVIOUR(resynchronisation_begins_anew_at_zero),
        BEHAVIOUR(a_chain_given_up_by_the_host_is_forgotten),
        BEHAVIOUR(a_slow_answer_is_announced_by_requests_for_time_that_come_in_time),
        BEHAVIOUR(time_is_granted_only_as_it_was_asked_for),
        BEHAVIOUR(time_is_asked_for_without_end),
        BEHAVIOUR(a_block_damaged_on_its_way_is_had_by_asking_again),
        BEHAVIOUR(a_handset_that_falls_silent_stays_so_until_it_is_resynchronised),
        BEHAVIOUR(the_card_leaves_in_the_nth_command_not_block),
        BEHAVIOUR(pseudo_apdus_come_in_blocks_too),
        BEHAVIOUR(a_powering_begins_the_numbers_anew),
        BEHAVIOUR(the_protocol_is_confirmed_and_no_other_is_taken),
        BEHAVIOUR(the_class_descriptor_says_tpdu_and_one_protocol),
        BEHAVIOUR(any_block_gets_an_answer),
        BEHAVIOUR(the_drivers_host_side_gets_the_same_bytes_whatever_block_is_lost_or_damaged),
    };
    return cmocka_run_group_tests_name("ccid_t1_device", tests, NULL, NULL);
}
