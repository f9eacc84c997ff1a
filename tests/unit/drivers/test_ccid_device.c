/*
 * The testbed's emulated CCID reader, message by message. The testbed is a program of its own, so its file is
 * included here; the virtual handset behind it is the real one.
 */
#include "drivers/testbed/ccid.c"  /* NOLINT(bugprone-suspicious-include) */
#include "drivers/testbed/field.c" /* NOLINT(bugprone-suspicious-include) */

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SENT_MAX 64

struct sent {
    enum function_pipe pipe;
    uint64_t after_us;
    size_t length;
    uint8_t bytes[2048];
};

struct bench {
    struct ccid *device;
    struct field *field;
    struct reader_profile profile;
    struct sent sent[SENT_MAX];
    size_t count;
    struct virtual_handset handset;
    struct virtual_sim sim;
    struct virtual_reader reader;
    struct laying laying;
};

static void record(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                   size_t length)
{
    struct bench *b = context;
    assert_in_range(b->count, 0, SENT_MAX - 1);
    struct sent *s = &b->sent[b->count++];
    assert_in_range(length, 0, sizeof s->bytes);
    s->pipe = pipe;
    s->after_us = after_us;
    s->length = length;
    if (length)
        memcpy(s->bytes, bytes, length);
}

static void make(struct bench *b, enum reader_level level, unsigned max_message)
{
    static char uid_apdu[] = "FF CA 00 00 00";
    b->profile = (struct reader_profile) {
        .level = level, .max_message = max_message, .ifsd = 254, .uid_apdu = uid_apdu
    };
    b->field = field_new();
    const struct function_setup setup = {
        .profile = &b->profile, .field = b->field, .emit = record, .context = b
    };
    b->device = create(&setup);
    assert_non_null(b->device);
    b->handset = (struct virtual_handset) {
        .technology = 'B',
        .uid = { 0x00, 0x11, 0x22, 0x33 },
        .uid_length = 4,
        .fsci = 8,
        .fwi = 10,
        .max_kbit_s = 106,
        .targets = { { .target = TARGET_UICC,
                       .power_modes = 1u << POWER_ON_UNLOCKED,
                       .applets = VIRTUAL_APPLET_JPKI,
                       .select_us = 1000,
                       .command_us = 1000 } },
        .target_count = 1,
        .margin_db = 40,
    };
    memcpy(b->sim.token_label, "JPKIAPGPSETOKEN                 ", 33);
    b->sim.certificate_bytes = 1248;
    b->reader = (struct virtual_reader) {
        .level = level,
        .max_message = max_message,
        .interrupt_endpoint = true,
        .polling = "BA",
        .max_kbit_s = 106,
        .fsd = 256,
        .radius_mm = 30,
    };
    b->laying = (struct laying) {
        .handset = &b->handset,
        .sim = &b->sim,
        .power_mode = POWER_ON_UNLOCKED,
        .unit_key = 7,
        .session = 1,
    };
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    free(b->device);
    field_free(&b->field);
    free(b);
    return 0;
}

static bool lay(struct bench *b)
{
    bool found = field_lay(b->field, &b->laying, &b->reader);
    presence(b->device, false);
    return found;
}

static void lift(struct bench *b, bool pending)
{
    field_lift(b->field);
    presence(b->device, pending);
}

static void set(struct bench *b, const char *fault, unsigned argument, unsigned times)
{
    struct err e;
    bool has_argument = strcmp(fault, "slow") == 0 || strcmp(fault, "remove-at") == 0;
    assert_int_equal(set_fault(b->device, fault, has_argument, argument, times, &e), 0);
}

static void tell(struct bench *b, uint8_t type, uint8_t slot, uint8_t seq, unsigned level, const void *data,
                 size_t length)
{
    uint8_t m[2048] = { type, (uint8_t)length, (uint8_t)(length >> 8), 0, 0, slot, seq, 0, (uint8_t)level };
    if (length)
        memcpy(m + CCID_HEADER, data, length);
    b->count = 0;
    bulk(b->device, m, CCID_HEADER + length);
}

static const struct sent *last(const struct bench *b)
{
    assert_true(b->count > 0);
    return &b->sent[b->count - 1];
}

static void expect(const struct bench *b, uint8_t type, uint8_t seq, uint8_t status, uint8_t error)
{
    const struct sent *s = last(b);
    assert_int_equal(s->pipe, FUNCTION_PIPE_BULK);
    assert_int_equal(s->bytes[0], type);
    assert_int_equal(s->bytes[6], seq);
    assert_int_equal(s->bytes[7], status);
    assert_int_equal(s->bytes[8], error);
    assert_int_equal(s->length, (size_t)CCID_HEADER + s->bytes[1] + ((size_t)s->bytes[2] << 8));
}

static void lay_and_power(struct bench *b)
{
    assert_true(lay(b));
    tell(b, ICC_POWER_ON, 0, 1, 0, NULL, 0);
    expect(b, DATA_BLOCK, 1, 0, 0);
}

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t select_ca[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b };
static const uint8_t read_1024[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x04, 0x00 };

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
        BEHAVIOUR(hostile_messages_are_refused_or_ignored),
    };
    return cmocka_run_group_tests_name("ccid_device", tests, NULL, NULL);
}
