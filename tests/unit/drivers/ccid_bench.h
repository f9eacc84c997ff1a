/*
 * An emulated CCID reader on the bench, with the real virtual handset behind it. The testbed is a program of
 * its own, so its files are included here.
 */
#ifndef NFC_SURVEY_TESTS_UNIT_DRIVERS_CCID_BENCH_H
#define NFC_SURVEY_TESTS_UNIT_DRIVERS_CCID_BENCH_H

#include "drivers/emulator/testbed/ccid.c"  /* NOLINT(bugprone-suspicious-include) */
#include "drivers/emulator/testbed/field.c" /* NOLINT(bugprone-suspicious-include) */
#include "drivers/emulator/testbed/t1.c"    /* NOLINT(bugprone-suspicious-include) */

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

static inline void record(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
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

static inline void make(struct bench *b, enum reader_level level, unsigned max_message)
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

static inline int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static inline int tear_down(void **state)
{
    struct bench *b = *state;
    free(b->device);
    field_free(&b->field);
    free(b);
    return 0;
}

static inline bool lay(struct bench *b)
{
    bool found = field_lay(b->field, &b->laying, &b->reader);
    presence(b->device, false);
    return found;
}

static inline void lift(struct bench *b, bool pending)
{
    field_lift(b->field);
    presence(b->device, pending);
}

static inline void set(struct bench *b, const char *fault, unsigned argument, unsigned times)
{
    struct err e;
    bool has_argument = strcmp(fault, "slow") == 0 || strcmp(fault, "remove-at") == 0;
    assert_int_equal(set_fault(b->device, fault, has_argument, argument, times, &e), 0);
}

static inline void tell(struct bench *b, uint8_t type, uint8_t slot, uint8_t seq, unsigned level,
                        const void *data, size_t length)
{
    uint8_t m[2048] = { type, (uint8_t)length, (uint8_t)(length >> 8), 0, 0, slot, seq, 0, (uint8_t)level };
    if (length)
        memcpy(m + CCID_HEADER, data, length);
    b->count = 0;
    bulk(b->device, m, CCID_HEADER + length);
}

static inline const struct sent *last(const struct bench *b)
{
    assert_true(b->count > 0);
    return &b->sent[b->count - 1];
}

static inline void expect(const struct bench *b, uint8_t type, uint8_t seq, uint8_t status, uint8_t error)
{
    const struct sent *s = last(b);
    assert_int_equal(s->pipe, FUNCTION_PIPE_BULK);
    assert_int_equal(s->bytes[0], type);
    assert_int_equal(s->bytes[6], seq);
    assert_int_equal(s->bytes[7], status);
    assert_int_equal(s->bytes[8], error);
    assert_int_equal(s->length, (size_t)CCID_HEADER + s->bytes[1] + ((size_t)s->bytes[2] << 8));
}

static inline void lay_and_power(struct bench *b)
{
    assert_true(lay(b));
    tell(b, ICC_POWER_ON, 0, 1, 0, NULL, 0);
    expect(b, DATA_BLOCK, 1, 0, 0);
}

__attribute__((unused)) static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                                               0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
__attribute__((unused)) static const uint8_t select_ca[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b };
__attribute__((unused)) static const uint8_t read_1024[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x04, 0x00 };

#endif
