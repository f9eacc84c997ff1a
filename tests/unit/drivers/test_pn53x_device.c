/*
 * The testbed's emulated PN532 and PN533, frame by frame, with the real virtual handset behind them. The
 * testbed is a program of its own, so its files are included here.
 */
#include "drivers/emulator/testbed/field.c" /* NOLINT(bugprone-suspicious-include) */
#include "drivers/emulator/testbed/pn53x.c" /* NOLINT(bugprone-suspicious-include) */

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SENT_MAX 16

struct sent {
    enum function_pipe pipe;
    uint64_t after_us;
    size_t length;
    uint8_t bytes[300];
};

struct bench {
    struct pn53x *chip;
    struct field *field;
    struct sent sent[SENT_MAX]; /* since the last command; nothing that was cancelled */
    size_t count;
    struct virtual_handset handset;
    struct virtual_sim sim;
    struct virtual_reader reader;
    struct laying laying;
};

static const uint8_t select_jpki[] = { 0x40, 0x01, 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92,
                                       0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t select_ca[] = { 0x40, 0x01, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b };
static const uint8_t list_one_a[] = { 0x4a, 0x01, 0x00 };
static const uint8_t list_one_f[] = { 0x4a, 0x01, 0x01, 0x00, 0xff, 0xff, 0x01, 0x00 };
static const uint8_t list_one_b[] = { 0x4a, 0x01, 0x03, 0x00 };
static const uint8_t few_retries[] = { 0x32, 0x05, 0x00, 0x01, 0x02 };
static const uint8_t field_off[] = { 0x32, 0x01, 0x00 };
static const uint8_t host_ack[] = { 0x00, 0x00, 0xff, 0x00, 0xff, 0x00 };
static const uint8_t host_nack[] = { 0x00, 0x00, 0xff, 0xff, 0x00, 0x00 };

static void record(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                   size_t length)
{
    struct bench *b = context;
    if (pipe == FUNCTION_PIPE_CANCEL) {
        b->count = 0;
        return;
    }
    assert_in_range(b->count, 0, SENT_MAX - 1);
    struct sent *s = &b->sent[b->count++];
    assert_in_range(length, 1, sizeof s->bytes);
    *s = (struct sent) { .pipe = pipe, .after_us = after_us, .length = length };
    memcpy(s->bytes, bytes, length);
}

static int begin_test(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    *state = b;
    return b ? 0 : -1;
}

static int end_test(void **state)
{
    struct bench *b = *state;
    pn53x_free(&b->chip);
    field_free(&b->field);
    free(b);
    return 0;
}

static void make(struct bench *b, enum pn53x_flavour flavour, char technology)
{
    b->field = field_new();
    b->chip = pn53x_new(flavour, b->field, record, b);
    assert_non_null(b->chip);
    b->handset = (struct virtual_handset) {
        .technology = technology,
        .uid = { 0x00, 0x11, 0x22, 0x33 },
        .uid_length = 4,
        .atqa = { 0x44, 0x00 },
        .sak = 0x20,
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
        .level = READER_LEVEL_EXTENDED, .polling = "BAF", .max_kbit_s = 106, .fsd = 256, .radius_mm = 30
    };
    b->laying = (struct laying) {
        .handset = &b->handset, .sim = &b->sim, .power_mode = POWER_ON_UNLOCKED, .unit_key = 7, .session = 1
    };
}

static void lay(struct bench *b)
{
    assert_true(field_lay(b->field, &b->laying, &b->reader));
    pn53x_presence(b->chip, false);
}

/* A command in a normal or extended frame. */
static void tell(struct bench *b, const uint8_t *command, size_t length)
{
    uint8_t frame[300] = { 0x00, 0x00, 0xff };
    size_t n = 3, payload = length + 1;
    if (payload > 255) {
        frame[n++] = 0xff;
        frame[n++] = 0xff;
        frame[n++] = (uint8_t)(payload >> 8);
    }
    frame[n++] = (uint8_t)payload;
    frame[n] = payload > 255 ? checksum(frame + n - 2, 2) : checksum(frame + n - 1, 1);
    n++;
    frame[n] = 0xd4;
    memcpy(frame + n + 1, command, length);
    frame[n + payload] = checksum(frame + n, payload);
    n += payload + 2;
    b->count = 0;
    pn53x_bytes(b->chip, frame, n);
}
#define TELL(...) tell(b, (const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ }))

/* An ACK, then one answer: its data after D5 and the code. */
static const uint8_t *answer(const struct bench *b, uint8_t code, size_t *length)
{
    assert_int_equal(b->count, 2);
    assert_int_equal(b->sent[0].length, sizeof ack);
    assert_memory_equal(b->sent[0].bytes, ack, sizeof ack);
    const struct sent *s = &b->sent[1];
    bool extended = s->bytes[3] == 0xff;
    size_t at = extended ? 8 : 5;
    size_t payload = extended ? (size_t)(s->bytes[5] << 8 | s->bytes[6]) : s->bytes[3];
    assert_int_equal(s->length, at + payload + 2);
    assert_int_equal(checksum(s->bytes + at, payload), s->bytes[at + payload]);
    assert_int_equal(s->bytes[at], 0xd5);
    assert_int_equal(s->bytes[at + 1], code);
    *length = payload - 2;
    return s->bytes + at + 2;
}

static void expect(const struct bench *b, uint8_t code, const void *data, size_t length)
{
    size_t n;
    const uint8_t *came = answer(b, code, &n);
    assert_int_equal(n, length);
    if (length)
        assert_memory_equal(came, data, length);
}

static void set(struct bench *b, const char *name, bool has_argument, unsigned argument, unsigned count)
{
    struct err e;
    assert_int_equal(pn53x_fault(b->chip, name, has_argument, argument, count, &e), 0);
}

static void lay_and_list(struct bench *b)
{
    size_t n;
    lay(b);
    tell(b, few_retries, sizeof few_retries);
    if (b->handset.technology == 'A')
        tell(b, list_one_a, sizeof list_one_a);
    else
        tell(b, list_one_b, sizeof list_one_b);
    assert_int_equal(answer(b, 0x4b, &n)[0], 1);
}

/* ---- the tests ---- */

/* What nfcpy sends: rate, memory tests, RATS or DESELECT, WUPB and ATTRIB of its own, and blocks. */
static void the_rate_of_the_line_is_a_command_of_the_pn532(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    TELL(0x10, 0x07);
    expect(b, 0x11, NULL, 0);
    TELL(0x10, 0x09); /* there is no such rate */
    assert_memory_equal(b->sent[1].bytes, "\x00\x00\xff\x01\xff\x7f\x81", 7);
    pn53x_free(&b->chip);
    field_free(&b->field);
    make(b, PN53X_PN533, 'B');
    TELL(0x10, 0x07);
    assert_memory_equal(b->sent[1].bytes, "\x00\x00\xff\x01\xff\x7f\x81", 7);
}

static void memory_is_diagnosed_as_sound(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    TELL(0x00, 0x01);
    expect(b, 0x01, "\x00", 1);
    TELL(0x00, 0x02);
    expect(b, 0x01, "\x00", 1);
    TELL(0x00, 0x03); /* there is no such test */
    assert_memory_equal(b->sent[1].bytes, "\x00\x00\xff\x01\xff\x7f\x81", 7);
}

static void registers_hold_what_was_written(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'A');
    TELL(0x08, 0x63, 0x3d, 0x07, 0x63, 0x02, 0x80);
    expect(b, 0x09, NULL, 0);
    TELL(0x06, 0x63, 0x02, 0x63, 0x3d);
    expect(b, 0x07, "\x80\x07", 2);
}

static void a_host_runs_type_a_block_by_block(void **state)
{
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN532, 'A');
    TELL(0x12, 0x00); /* no RATS of the chip's own */
    lay_and_list(b);
    TELL(0x42, 0xe0, 0x80);
    const uint8_t *ats = answer(b, 0x43, &n);
    assert_int_equal(ats[0], 0);
    assert_int_equal(ats[1], n - 1); /* TL */
    TELL(0x42, 0x02, 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00,
         0x01);
    expect(b, 0x43, "\x00\x02\x90\x00", 4);
    TELL(0x42, 0x03, 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x06);
    expect(b, 0x43, "\x00\x03\x90\x00", 4);
    TELL(0x42, 0xb2); /* the block before it again */
    expect(b, 0x43, "\x00\xa3", 2);
    TELL(0x42, 0xc2);
    expect(b, 0x43, "\x00\xc2", 2);
    TELL(0x42, 0x02, 0x00, 0xa4); /* it is halted */
    expect(b, 0x43, "\x01", 1);
}

static void a_host_takes_type_b_over_from_the_chip(void **state)
{
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    TELL(0x42, 0xca, 0x01); /* the chip gave it a DID */
    expect(b, 0x43, "\x00\xca\x01", 3);
    TELL(0x42, 0x05, 0x00, 0x08);
    const uint8_t *atqb = answer(b, 0x43, &n);
    assert_int_equal(n, 13);
    assert_memory_equal(atqb, "\x00\x50\x00\x11\x22\x33", 6);
    TELL(0x42, 0x1d, 0x00, 0x11, 0x22, 0x33, 0x00, 0x08, 0x01, 0x00);
    expect(b, 0x43, "\x00\x00", 2);
    TELL(0x42, 0x02, 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00,
         0x01);
    expect(b, 0x43, "\x00\x02\x90\x00", 4);
}

static void a_frame_without_an_answer_costs_the_timeout_that_was_set(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'A');
    TELL(0x32, 0x02, 0x00, 0x0b, 0x08);
    TELL(0x12, 0x00);
    lay_and_list(b);
    TELL(0x42, 0x02, 0x00, 0xa4); /* no RATS: no blocks */
    assert_int_equal(b->sent[1].after_us, 100u << 7);
    pn53x_presence(b->chip, false);
    TELL(0x42, 0xe0, 0x80); /* nothing is selected any more */
    expect(b, 0x43, "\x01", 1);
}

static void the_chip_says_which_it_is_and_echoes_the_line_test(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    TELL(0x02);
    expect(b, 0x03, "\x32\x01\x06\x07", 4);
    TELL(0x00, 0x00, 'l', 'i', 'b');
    expect(b, 0x01, "\x00lib", 4);
    TELL(0x06, 0x63, 0x02, 0x63, 0x03);
    expect(b, 0x07, "\x00\x00", 2); /* a byte each */
    TELL(0x60, 0x01, 0x01, 0x20, 0x23);
    assert_int_equal(b->sent[1].after_us, 2 * PERIOD_US);
    pn53x_free(&b->chip);
    field_free(&b->field);
    make(b, PN53X_PN533, 'B');
    TELL(0x02);
    expect(b, 0x03, "\x33\x02\x07\x07", 4);
    TELL(0x06, 0x63, 0x02, 0x63, 0x03);
    expect(b, 0x07, "\x00\x00\x00", 3); /* its status before them */
    TELL(0x60, 0x01, 0x01, 0x20);       /* no command of this one: the error frame */
    assert_memory_equal(b->sent[1].bytes, "\x00\x00\xff\x01\xff\x7f\x81", 7);
}

static void frames_come_in_any_pieces_and_noise_between_them_is_skipped(void **state)
{
    static const uint8_t bytes[] = { 0x55, 0x55, 0x00, 0x00, 0x00, 0x00, 0xff,
                                     0x02, 0xfe, 0xd4, 0x02, 0x2a, 0x00 };
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    for (size_t i = 0; i < sizeof bytes; i++)
        pn53x_bytes(b->chip, bytes + i, 1);
    expect(b, 0x03, "\x32\x01\x06\x07", 4);
    b->count = 0;
    uint8_t wrong[sizeof bytes];
    memcpy(wrong, bytes, sizeof wrong);
    wrong[11] ^= 1; /* the checksum */
    pn53x_bytes(b->chip, wrong, sizeof wrong);
    assert_int_equal(b->count, 0);
    pn53x_bytes(b->chip, bytes, sizeof bytes);
    expect(b, 0x03, "\x32\x01\x06\x07", 4);
}

static void type_a_is_listed_with_its_ats_only_when_rats_is_automatic(void **state)
{
    static const uint8_t bare[] = { 0x01, 0x01, 0x00, 0x44, 0x20, 0x04, 0x00, 0x11, 0x22, 0x33 };
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN532, 'A');
    lay_and_list(b);
    const uint8_t *listed = answer(b, 0x4b, &n);
    assert_memory_equal(listed, bare, sizeof bare);
    assert_int_equal(n, sizeof bare + listed[sizeof bare]); /* the ATS begins with its length */
    assert_true(listed[sizeof bare] >= 5);
    TELL(0x12, 0x00);
    expect(b, 0x13, NULL, 0);
    tell(b, field_off, sizeof field_off);
    tell(b, list_one_a, sizeof list_one_a);
    expect(b, 0x4b, bare, sizeof bare);
    tell(b, list_one_b, sizeof list_one_b);
    expect(b, 0x4b, "\x00", 1);
}

static void type_b_is_listed_with_its_atqb_and_attrib(void **state)
{
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN533, 'B');
    lay_and_list(b);
    const uint8_t *listed = answer(b, 0x4b, &n);
    assert_int_equal(n, 16);
    assert_memory_equal(listed, "\x01\x01\x50\x00\x11\x22\x33", 7);
    assert_int_equal(listed[14], 1);
    assert_true(b->sent[1].after_us > 0);
    tell(b, list_one_a, sizeof list_one_a);
    expect(b, 0x4b, "\x00", 1);
    tell(b, list_one_f, sizeof list_one_f);
    expect(b, 0x4b, "\x00", 1);
}

static void a_poll_without_end_waits_for_who_comes(void **state)
{
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN533, 'B');
    tell(b, list_one_b, sizeof list_one_b);
    assert_int_equal(b->count, 1); /* an ACK and no more */
    b->count = 0;
    lay(b);
    assert_int_equal(b->count, 1);
    assert_memory_equal(b->sent[0].bytes + 5, "\xd5\x4b\x01", 3);
    tell(b, field_off, sizeof field_off);
    tell(b, list_one_a, sizeof list_one_a);
    assert_int_equal(b->count, 1);
    TELL(0x02); /* a command ends it */
    answer(b, 0x03, &n);
    b->count = 0;
    lay(b);
    assert_int_equal(b->count, 0);
}

static void a_poll_whose_target_left_before_its_answer_found_nothing(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    b->count = 0;
    field_lift(b->field);
    pn53x_presence(b->chip, true); /* the answer was taken off its way */
    assert_int_equal(b->count, 1);
    assert_memory_equal(b->sent[0].bytes + 5, "\xd5\x4b\x00", 3);
}

static void auto_poll_finds_who_comes_before_its_rounds_are_over(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'A');
    TELL(0x60, 0x14, 0x02, 0x20, 0x23);
    assert_int_equal(b->count, 2);
    assert_int_equal(b->sent[1].after_us, 20 * 2 * 2 * PERIOD_US); /* nothing found, then */
    lay(b);
    assert_int_equal(b->count, 1); /* that was cancelled */
    assert_memory_equal(b->sent[0].bytes + 5, "\xd5\x61\x01\x20", 4);
}

static void an_apdu_goes_in_and_out_in_parts(void **state)
{
    static const uint8_t read_1024[] = { 0x40, 0x01, 0x00, 0xb0, 0x00, 0x00, 0x00, 0x04, 0x00 };
    struct bench *b = *state;
    size_t n, got = 0;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    TELL(0x40, 0x41, 0x00, 0xa4, 0x04);
    expect(b, 0x41, "\x00", 1);
    TELL(0x40, 0x01, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01);
    expect(b, 0x41, "\x00\x90\x00", 3);
    tell(b, select_ca, sizeof select_ca);
    expect(b, 0x41, "\x00\x90\x00", 3);
    tell(b, read_1024, sizeof read_1024);
    for (;;) {
        const uint8_t *part = answer(b, 0x41, &n);
        got += n - 1;
        if (!(part[0] & MORE)) {
            assert_memory_equal(part + n - 2, "\x90\x00", 2);
            break;
        }
        assert_int_equal(n - 1, EXCHANGE_MAX);
        TELL(0x40, 0x01);
    }
    assert_int_equal(got, 1026);
}

static void an_exchange_without_a_target_is_out_of_context(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x27", 1);
    lay_and_list(b);
    TELL(0x52, 0x00);
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x27", 1);
}

static void whether_the_target_is_there_can_be_asked(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN533, 'A');
    TELL(0x00, 0x06);
    expect(b, 0x01, "\x27", 1);
    lay_and_list(b);
    TELL(0x00, 0x06);
    expect(b, 0x01, "\x00", 1);
    TELL(0x42, 0xb2);
    expect(b, 0x43, "\x00\xa2", 2);
    TELL(0x42, 0xba, 0x01);
    expect(b, 0x43, "\x00\xaa\x01", 3);
    TELL(0x42, 0x05, 0x00, 0x00);
    expect(b, 0x43, "\x01", 1);
    field_lift(b->field);
    pn53x_presence(b->chip, false);
    TELL(0x00, 0x06);
    expect(b, 0x01, "\x01", 1);
    TELL(0x42, 0xb2);
    expect(b, 0x43, "\x01", 1);
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x01", 1); /* the chip does not notice a departure by itself */
}

static void faults_do_what_they_say_as_often_as_they_say(void **state)
{
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    set(b, "status", true, 0x13, 2);
    for (unsigned i = 0; i < 2; i++) {
        tell(b, select_jpki, sizeof select_jpki);
        expect(b, 0x41, "\x13", 1);
    }
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x00\x90\x00", 3);
    set(b, "nad", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_true(answer(b, 0x41, &n)[0] & 0x80);
    set(b, "no-ack", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_int_equal(b->count, 0);
    set(b, "mute", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_int_equal(b->count, 1);
    set(b, "nack", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_int_equal(b->count, 1);
    assert_memory_equal(b->sent[0].bytes, host_nack, sizeof host_nack);
    set(b, "error-frame", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_memory_equal(b->sent[1].bytes, "\x00\x00\xff\x01\xff\x7f\x81", 7);
    set(b, "bad-checksum", false, 0, 1);
    tell(b, select_jpki, sizeof select_jpki);
    const struct sent *s = &b->sent[1];
    assert_int_not_equal(checksum(s->bytes + 5, s->bytes[3]), s->bytes[5 + s->bytes[3]]);
    set(b, "silent", false, 0, 0);
    TELL(0x02);
    assert_int_equal(b->count, 0);
    set(b, "none", false, 0, 0);
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x00\x90\x00", 3);
}

static void a_slow_chip_gives_up_at_the_next_command_and_a_late_line_does_not(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    set(b, "slow", true, 700, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_true(b->sent[1].after_us >= 700000);
    pn53x_bytes(b->chip, host_ack, sizeof host_ack);
    assert_int_equal(b->count, 0); /* cancelled */
    set(b, "late", true, 700, 1);
    tell(b, select_jpki, sizeof select_jpki);
    assert_true(b->sent[1].after_us >= 700000);
    pn53x_bytes(b->chip, host_ack, sizeof host_ack);
    assert_int_equal(b->count, 2);
}

static void the_last_answer_is_given_again_when_it_is_asked_for(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN533, 'B');
    TELL(0x02);
    b->count = 0;
    pn53x_bytes(b->chip, host_nack, sizeof host_nack);
    assert_int_equal(b->count, 1);
    assert_memory_equal(b->sent[0].bytes + 5, "\xd5\x03\x33", 3);
}

static void a_response_can_break_off_after_its_first_part(void **state)
{
    static const uint8_t read_1024[] = { 0x40, 0x01, 0x00, 0xb0, 0x00, 0x00, 0x00, 0x04, 0x00 };
    struct bench *b = *state;
    size_t n;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    tell(b, select_jpki, sizeof select_jpki);
    tell(b, select_ca, sizeof select_ca);
    set(b, "rest-status", true, 0x02, 1);
    tell(b, read_1024, sizeof read_1024);
    assert_int_equal(answer(b, 0x41, &n)[0], MORE);
    TELL(0x40, 0x01);
    expect(b, 0x41, "\x02", 1);
}

static void the_card_leaves_in_the_nth_exchange(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    set(b, "remove-at", true, 2, 0);
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x00\x90\x00", 3);
    tell(b, select_ca, sizeof select_ca);
    expect(b, 0x41, "\x01", 1);
    assert_false(field_present(b->field));
    tell(b, list_one_b, sizeof list_one_b);
    expect(b, 0x4b, "\x00", 1);
}

static void the_carrier_off_forgets_selection_and_target(void **state)
{
    struct bench *b = *state;
    make(b, PN53X_PN532, 'B');
    lay_and_list(b);
    tell(b, select_jpki, sizeof select_jpki);
    expect(b, 0x41, "\x00\x90\x00", 3);
    tell(b, field_off, sizeof field_off);
    tell(b, select_ca, sizeof select_ca);
    expect(b, 0x41, "\x27", 1);
    tell(b, list_one_b, sizeof list_one_b);
    size_t n;
    tell(b, select_ca, sizeof select_ca);
    assert_int_not_equal(answer(b, 0x41, &n)[1], 0x90); /* no application is selected any more */
}

static void a_wrong_fault_is_refused(void **state)
{
    struct bench *b = *state;
    struct err e;
    make(b, PN53X_PN532, 'B');
    assert_int_equal(pn53x_fault(b->chip, "tremble", false, 0, 0, &e), ERR_INPUT);
    assert_int_equal(pn53x_fault(b->chip, "status", false, 0, 0, &e), ERR_INPUT);
    assert_int_equal(pn53x_fault(b->chip, "nad", true, 1, 0, &e), ERR_INPUT);
    assert_int_equal(pn53x_fault(b->chip, "remove-at", true, 0, 0, &e), ERR_INPUT);
}

static void any_bytes_after_a_frames_start_are_survived(void **state)
{
    struct bench *b = *state;
    uint8_t noise[4096];
    uint32_t draw = 1;
    make(b, PN53X_PN532, 'A');
    for (unsigned round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            draw = draw * 1664525 + 1013904223;
            noise[i] = i % 16 < 2 ? 0x00 : i % 16 == 2 ? 0xff : (uint8_t)(draw >> 24);
        }
        b->count = 0;
        pn53x_bytes(b->chip, noise, sizeof noise);
    }
    static const uint8_t quiet[BUFFER_MAX + 300] = { 0 };
    pn53x_bytes(b->chip, quiet, sizeof quiet);
    TELL(0x02);
    expect(b, 0x03, "\x32\x01\x06\x07", 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)
    const struct CMUnitTest tests[] = {
        TEST(the_rate_of_the_line_is_a_command_of_the_pn532),
        TEST(memory_is_diagnosed_as_sound),
        TEST(registers_hold_what_was_written),
        TEST(a_host_runs_type_a_block_by_block),
        TEST(a_host_takes_type_b_over_from_the_chip),
        TEST(a_frame_without_an_answer_costs_the_timeout_that_was_set),
        TEST(the_chip_says_which_it_is_and_echoes_the_line_test),
        TEST(frames_come_in_any_pieces_and_noise_between_them_is_skipped),
        TEST(type_a_is_listed_with_its_ats_only_when_rats_is_automatic),
        TEST(type_b_is_listed_with_its_atqb_and_attrib),
        TEST(a_poll_without_end_waits_for_who_comes),
        TEST(a_poll_whose_target_left_before_its_answer_found_nothing),
        TEST(auto_poll_finds_who_comes_before_its_rounds_are_over),
        TEST(an_apdu_goes_in_and_out_in_parts),
        TEST(an_exchange_without_a_target_is_out_of_context),
        TEST(whether_the_target_is_there_can_be_asked),
        TEST(faults_do_what_they_say_as_often_as_they_say),
        TEST(a_slow_chip_gives_up_at_the_next_command_and_a_late_line_does_not),
        TEST(the_last_answer_is_given_again_when_it_is_asked_for),
        TEST(a_response_can_break_off_after_its_first_part),
        TEST(the_card_leaves_in_the_nth_exchange),
        TEST(the_carrier_off_forgets_selection_and_target),
        TEST(a_wrong_fault_is_refused),
        TEST(any_bytes_after_a_frames_start_are_survived),
    };
    return cmocka_run_group_tests_name("pn53x_device", tests, NULL, NULL);
}
