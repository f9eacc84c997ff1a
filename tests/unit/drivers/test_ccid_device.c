/* The testbed's emulated CCID reader at APDU level, message by message. */
#include "tests/unit/drivers/ccid_bench.h"

static void an_empty_slot_says_absent(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    tell(b, GET_SLOT_STATUS, 0, 5, 0, NULL, 0);
    expect(b, SLOT_STATUS, 5, 0x02, 0);
    tell(b, ICC_POWER_ON, 0, 6, 0, NULL, 0);
    expect(b, DATA_BLOCK, 6, 0x42, 0xfe);
    tell(b, XFR_BLOCK, 0, 7, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 7, 0x42, 0xfe);
}

static void laying_and_lifting_are_notified(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    assert_true(lay(b));
    assert_int_equal(last(b)->pipe, FUNCTION_PIPE_INTERRUPT);
    assert_memory_equal(last(b)->bytes, "\x50\x03", 2);
    tell(b, GET_SLOT_STATUS, 0, 1, 0, NULL, 0);
    expect(b, SLOT_STATUS, 1, 0x01, 0);
    lift(b, false);
    assert_memory_equal(last(b)->bytes, "\x50\x02", 2);
    assert_false(field_present(b->field));
}

static void power_on_gives_the_atr_after_the_time_that_activation_takes(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x3b\x88\x80\x01", 4);
    assert_true(last(b)->after_us > 0);
    tell(b, ICC_POWER_OFF, 0, 2, 0, NULL, 0);
    expect(b, SLOT_STATUS, 2, 0x01, 0);
    tell(b, XFR_BLOCK, 0, 3, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 3, 0x41, 0xfe);
}

static void the_uid_comes_from_the_reader_and_counts_for_no_exchange(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "mute", 0, 0);
    tell(b, XFR_BLOCK, 0, 2, 0, "\xff\xca\x00\x00\x00", 5);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x00\x11\x22\x33\x90\x00", 6);
    tell(b, XFR_BLOCK, 0, 3, 0, "\xff\xca\x01\x00\x00", 5);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x6a\x81", 2);
    tell(b, XFR_BLOCK, 0, 4, 0, "\xff\xca\x00\x00\x02", 5);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x6c\x04", 2);
    assert_int_equal(handset_exchanges(b->field->handset), 0);
}

static void a_long_response_is_given_in_parts_and_joined_is_whole(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_EXTENDED, 522);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    tell(b, XFR_BLOCK, 0, 3, 0, select_ca, sizeof select_ca);
    tell(b, XFR_BLOCK, 0, 4, 0, read_1024, sizeof read_1024);
    expect(b, DATA_BLOCK, 4, 0, 0);
    assert_int_equal(last(b)->length, 522);
    assert_int_equal(last(b)->bytes[9], CHAIN_FIRST);
    tell(b, XFR_BLOCK, 0, 5, CHAIN_GO_ON, NULL, 0);
    assert_int_equal(last(b)->bytes[9], CHAIN_MIDDLE);
    assert_int_equal(last(b)->length, 522);
    tell(b, XFR_BLOCK, 0, 6, CHAIN_GO_ON, NULL, 0);
    assert_int_equal(last(b)->bytes[9], CHAIN_LAST);
    assert_int_equal(last(b)->length, CCID_HEADER + 2);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x90\x00", 2);
    tell(b, XFR_BLOCK, 0, 7, CHAIN_GO_ON, NULL, 0);
    expect(b, DATA_BLOCK, 7, 0x40, ERROR_LEVEL);
}

static void a_command_in_parts_is_one_command(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_EXTENDED, 522);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, CHAIN_FIRST, select_jpki, 6);
    expect(b, DATA_BLOCK, 2, 0, 0);
    assert_int_equal(last(b)->bytes[9], CHAIN_GO_ON);
    assert_int_equal(last(b)->length, CCID_HEADER);
    tell(b, XFR_BLOCK, 0, 3, CHAIN_MIDDLE, select_jpki + 6, 4);
    tell(b, XFR_BLOCK, 0, 4, CHAIN_LAST, select_jpki + 10, sizeof select_jpki - 10);
    expect(b, DATA_BLOCK, 4, 0, 0);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x90\x00", 2);
}

static void a_short_reader_refuses_an_extended_apdu(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, 0, read_1024, sizeof read_1024);
    expect(b, DATA_BLOCK, 2, 0x40, ERROR_APDU_LENGTH);
}

static void a_response_longer_than_a_short_readers_message_is_an_overrun(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 262);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    tell(b, XFR_BLOCK, 0, 3, 0, select_ca, sizeof select_ca);
    tell(b, XFR_BLOCK, 0, 4, 0, "\x00\xb0\x00\x00\x00", 5);
    expect(b, DATA_BLOCK, 4, 0x40, ERROR_OVERRUN);
}

static void a_slow_answer_comes_with_time_extensions_once_a_second(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "slow", 2500, 1);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    assert_int_equal(b->count, 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(b->sent[i].bytes[7], 0x80);
        assert_int_equal(b->sent[i].after_us, (i + 1) * 1000000);
    }
    expect(b, DATA_BLOCK, 2, 0, 0);
    assert_true(last(b)->after_us >= 2500000);
}

static void faults_do_what_they_say_as_often_as_they_say(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "parity", 0, 2);
    for (int i = 0; i < 2; i++) {
        tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
        expect(b, DATA_BLOCK, 2, 0x40, 0xfd);
    }
    tell(b, XFR_BLOCK, 0, 3, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 3, 0, 0);
    set(b, "wrong-seq", 0, 1);
    tell(b, XFR_BLOCK, 0, 4, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 5, 0, 0);
    set(b, "truncate", 0, 1);
    tell(b, XFR_BLOCK, 0, 5, 0, select_jpki, sizeof select_jpki);
    assert_int_equal(last(b)->length, 5);
    set(b, "stall", 0, 1);
    tell(b, XFR_BLOCK, 0, 6, 0, select_jpki, sizeof select_jpki);
    assert_int_equal(last(b)->pipe, FUNCTION_PIPE_STALL);
    set(b, "mute", 0, 1);
    tell(b, XFR_BLOCK, 0, 7, 0, select_jpki, sizeof select_jpki);
    assert_int_equal(b->count, 0);
    tell(b, XFR_BLOCK, 0, 8, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 8, 0, 0);
    set(b, "silent", 0, 1);
    tell(b, GET_SLOT_STATUS, 0, 9, 0, NULL, 0);
    assert_int_equal(b->count, 0);
    tell(b, GET_SLOT_STATUS, 0, 10, 0, NULL, 0);
    expect(b, SLOT_STATUS, 10, 0, 0);
}

static void the_card_leaves_in_the_nth_exchange(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "remove-at", 2, 0);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 2, 0, 0);
    tell(b, XFR_BLOCK, 0, 3, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 3, 0x42, 0xfe);
    assert_int_equal(b->sent[0].pipe, FUNCTION_PIPE_INTERRUPT);
    assert_false(field_present(b->field));
}

static void a_lift_ends_a_pending_answer_as_card_removed(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 9, 0, select_jpki, sizeof select_jpki);
    b->count = 0;
    lift(b, true);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->sent[0].bytes[0], DATA_BLOCK);
    assert_int_equal(b->sent[0].bytes[6], 9);
    assert_int_equal(b->sent[0].bytes[7], 0x42);
}

static void transactions_count_powerings_that_saw_an_apdu(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b); /* pcscd's own powering */
    assert_int_equal(b->field->transaction, 1);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, 0, "\xff\xca\x00\x00\x00", 5);
    tell(b, ICC_POWER_OFF, 0, 3, 0, NULL, 0);
    assert_int_equal(b->field->transaction, 1);
    tell(b, ICC_POWER_ON, 0, 4, 0, NULL, 0);
    tell(b, XFR_BLOCK, 0, 5, 0, select_jpki, sizeof select_jpki);
    tell(b, ICC_POWER_OFF, 0, 6, 0, NULL, 0);
    assert_int_equal(b->field->transaction, 2);
}

/* A survey says which transaction comes; what the daemon powers in between changes nothing. */
static void transactions_that_are_told_are_not_counted(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    field_begin(b->field, 0);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    tell(b, ICC_POWER_OFF, 0, 3, 0, NULL, 0);
    assert_int_equal(b->field->transaction, 0);
    field_begin(b->field, 7);
    tell(b, ICC_POWER_ON, 0, 4, 0, NULL, 0);
    tell(b, XFR_BLOCK, 0, 5, 0, select_jpki, sizeof select_jpki);
    tell(b, ICC_POWER_OFF, 0, 6, 0, NULL, 0);
    assert_int_equal(b->field->transaction, 7);
}

static void ask_to_abort(struct bench *b, uint8_t slot, uint8_t seq)
{
    const uint8_t setup[8] = { 0x21, 0x01, slot, seq };
    size_t length = 0;
    assert_true(control(b->device, setup, NULL, &length));
    assert_int_equal(length, 0);
}

static void an_abort_by_request_and_message_ends_the_command_and_is_answered_once(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "mute", 0, 1);
    tell(b, XFR_BLOCK, 0, 7, 0, select_jpki, sizeof select_jpki);
    ask_to_abort(b, 0, 7);
    assert_int_equal(b->count, 0);
    tell(b, ABORT, 0, 7, 0, NULL, 0);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->sent[0].pipe, FUNCTION_PIPE_CANCEL);
    expect(b, SLOT_STATUS, 7, 0x00, 0);
    tell(b, XFR_BLOCK, 0, 8, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 8, 0, 0);
}

static void an_abort_whose_message_comes_first_waits_for_its_request(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    tell(b, ABORT, 0, 7, 0, NULL, 0);
    assert_int_equal(b->count, 0);
    ask_to_abort(b, 0, 7);
    expect(b, SLOT_STATUS, 7, 0x00, 0);
}

static void what_comes_in_the_middle_of_an_abort_fails_as_aborted(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    ask_to_abort(b, 0, 7);
    tell(b, XFR_BLOCK, 0, 8, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 8, 0x40, 0xff);
    tell(b, ABORT, 0, 8, 0, NULL, 0); /* another command's */
    assert_int_equal(b->count, 0);
    ask_to_abort(b, 0, 8);
    expect(b, SLOT_STATUS, 8, 0x00, 0);
    tell(b, GET_SLOT_STATUS, 0, 9, 0, NULL, 0);
    expect(b, SLOT_STATUS, 9, 0x00, 0);
}

static void a_chain_that_was_aborted_is_forgotten(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_EXTENDED, 522);
    lay_and_power(b);
    tell(b, XFR_BLOCK, 0, 2, CHAIN_FIRST, select_jpki, 6);
    ask_to_abort(b, 0, 3);
    tell(b, ABORT, 0, 3, 0, NULL, 0);
    tell(b, XFR_BLOCK, 0, 4, CHAIN_WHOLE, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 4, 0, 0);
    assert_memory_equal(last(b)->bytes + CCID_HEADER, "\x90\x00", 2);
}

static void a_silent_reader_does_not_answer_an_abort_either(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "silent", 0, 0);
    tell(b, XFR_BLOCK, 0, 7, 0, select_jpki, sizeof select_jpki);
    ask_to_abort(b, 0, 7);
    tell(b, ABORT, 0, 7, 0, NULL, 0);
    assert_int_equal(b->count, 0);
    set(b, "none", 0, 0);
    tell(b, GET_SLOT_STATUS, 0, 8, 0, NULL, 0); /* it never heard of any abort */
    expect(b, SLOT_STATUS, 8, 0x00, 0);
}

static void a_powering_counts_when_a_faulty_reader_kept_its_apdu(void **state)
{
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    set(b, "mute", 0, 1);
    tell(b, XFR_BLOCK, 0, 2, 0, select_jpki, sizeof select_jpki);
    tell(b, ICC_POWER_OFF, 0, 3, 0, NULL, 0);
    assert_int_equal(b->field->transaction, 2);
}

static void hostile_messages_are_refused_or_ignored(void **state)
{
    uint8_t lies[512] = { XFR_BLOCK, 0xff, 0xff, 0xff, 0xff, 0, 1 };
    struct bench *b = *state;
    make(b, READER_LEVEL_SHORT, 271);
    lay_and_power(b);
    b->count = 0;
    for (size_t length = 0; length < CCID_HEADER; length++)
        bulk(b->device, lies, length);
    assert_int_equal(b->count, 0);
    bulk(b->device, lies, sizeof lies);
    expect(b, DATA_BLOCK, 1, 0x40, ERROR_LENGTH);
    tell(b, XFR_BLOCK, 3, 2, 0, select_jpki, sizeof select_jpki);
    expect(b, DATA_BLOCK, 2, 0x42, ERROR_SLOT);
    tell(b, XFR_BLOCK, 0, 3, 0, lies, 300);
    expect(b, DATA_BLOCK, 3, 0x40, ERROR_LENGTH);
    for (unsigned type = 0; type < 256; type++) {
        if (type == ABORT)
            continue; /* waits for its control request */
        tell(b, (uint8_t)type, 0, 4, 0, lies, type % 20);
        assert_true(b->count > 0);
    }
}

int main(void)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(transactions_that_are_told_are_not_counted, set_up, tear_down),
        BEHAVIOUR(an_empty_slot_says_absent),
        BEHAVIOUR(laying_and_lifting_are_notified),
        BEHAVIOUR(power_on_gives_the_atr_after_the_time_that_activation_takes),
        BEHAVIOUR(the_uid_comes_from_the_reader_and_counts_for_no_exchange),
        BEHAVIOUR(a_long_response_is_given_in_parts_and_joined_is_whole),
        BEHAVIOUR(a_command_in_parts_is_one_command),
        BEHAVIOUR(a_short_reader_refuses_an_extended_apdu),
        BEHAVIOUR(a_response_longer_than_a_short_readers_message_is_an_overrun),
        BEHAVIOUR(a_slow_answer_comes_with_time_extensions_once_a_second),
        BEHAVIOUR(faults_do_what_they_say_as_often_as_they_say),
        BEHAVIOUR(the_card_leaves_in_the_nth_exchange),
        BEHAVIOUR(a_lift_ends_a_pending_answer_as_card_removed),
        BEHAVIOUR(transactions_count_powerings_that_saw_an_apdu),
        BEHAVIOUR(an_abort_by_request_and_message_ends_the_command_and_is_answered_once),
        BEHAVIOUR(an_abort_whose_message_comes_first_waits_for_its_request),
        BEHAVIOUR(what_comes_in_the_middle_of_an_abort_fails_as_aborted),
        BEHAVIOUR(a_chain_that_was_aborted_is_forgotten),
        BEHAVIOUR(a_silent_reader_does_not_answer_an_abort_either),
        BEHAVIOUR(a_powering_counts_when_a_faulty_reader_kept_its_apdu),
        BEHAVIOUR(hostile_messages_are_refused_or_ignored),
    };
    return cmocka_run_group_tests_name("ccid_device", tests, NULL, NULL);
}
