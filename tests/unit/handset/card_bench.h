/* A virtual sim's card, and the terminal's side of a secure channel to it. */
#ifndef NFC_SURVEY_TESTS_UNIT_HANDSET_CARD_BENCH_H
#define NFC_SURVEY_TESTS_UNIT_HANDSET_CARD_BENCH_H

#include "drivers/emulator/handset/applets.h"
#include "harness/base/text.h"
#include "harness/card/channel_keys.h"
#include "tests/unit/handset/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define JPKI         "00A4040C0AD392F000260100000001"
#define LEVEL_ALL    0x33
#define NO_ANSWER    0 /* the power went */
#define COMMAND_ROOM 600

struct bench {
    struct sample sample;
    struct sim_state state;
    struct card card;
    struct scp03 host;
    uint8_t bytes[APDU_RESPONSE_MAX];
    size_t length; /* of the data */
    bool cut;
};

static inline int bench_set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    sample_fill(&b->sample, 'B');
    sim_state_init(&b->state, &b->sample.sim);
    b->card = (struct card) { .handset = &b->sample.handset,
                              .sim = &b->sample.sim,
                              .power_mode = POWER_ON_UNLOCKED,
                              .store = &b->state,
                              .key = 1 };
    *state = b;
    return 0;
}

static inline int bench_tear_down(void **state)
{
    struct bench *b = *state;
    card_free(&b->card);
    free(b);
    return 0;
}

static inline unsigned bench_run(struct bench *b, const uint8_t *command, size_t length)
{
    struct card_answer answer = { .bytes = b->bytes };
    card_run(&b->card, command, length, &answer);
    b->cut = answer.cut;
    b->length = answer.cut ? 0 : answer.length - 2;
    return answer.cut ? NO_ANSWER : apdu_status_word(answer.bytes, answer.length);
}

static inline size_t bench_bytes(const char *hex, uint8_t out[COMMAND_ROOM])
{
    size_t length = 0;
    assert_true(text_to_bytes(hex, strlen(hex), out, COMMAND_ROOM, &length));
    return length;
}

/* Sends a command written in hex, as it is; the status word. */
static inline unsigned bench_ask(struct bench *b, const char *hex)
{
    uint8_t command[COMMAND_ROOM];
    return bench_run(b, command, bench_bytes(hex, command));
}

/* The same through the channel; its protection must hold. */
static inline unsigned bench_secure_run(struct bench *b, const uint8_t *command, size_t length)
{
    uint8_t wire[SCP03_WIRE_MAX];
    size_t n = scp03_wrap(&b->host, command, length, wire);
    assert_true(n > 0);
    unsigned sw = bench_run(b, wire, n);
    if (sw != NO_ANSWER)
        assert_true(scp03_unwrap(&b->host, b->bytes, &b->length, (uint16_t)sw));
    return sw;
}

static inline unsigned bench_secure(struct bench *b, const char *hex)
{
    uint8_t command[COMMAND_ROOM];
    return bench_secure_run(b, command, bench_bytes(hex, command));
}

/* Selects an application and opens a channel, s 8 or 16; the status word of EXTERNAL AUTHENTICATE. */
static inline unsigned bench_open_in(struct bench *b, const char *select, unsigned s, unsigned level)
{
    static const uint8_t challenge[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
    uint8_t command[SCP03_AUTHENTICATE];
    struct scp03_keys keys;
    unsigned sw = bench_ask(b, select);
    if (sw != 0x9000 && sw != 0x6283)
        return sw;
    sw = bench_run(b, command, scp03_initialize(&b->host, s, CHANNEL_KEYS_VERSION, challenge, command));
    if (sw != 0x9000)
        return sw;
    assert_true(channel_keys_virtual(b->bytes, &keys));
    assert_true(scp03_card_is_true(&b->host, &keys, b->bytes, b->length));
    sw = bench_run(b, command, scp03_authenticate(&b->host, level, command));
    if (sw == 0x9000)
        scp03_opened(&b->host);
    return sw;
}

static inline unsigned bench_open(struct bench *b, unsigned s, unsigned level)
{
    return bench_open_in(b, JPKI, s, level);
}

#define expect(b, hex, sw)        bench_expect(b, hex, bench_ask(b, hex), sw)
#define expect_secure(b, hex, sw) bench_expect(b, hex, bench_secure(b, hex), sw)

static inline void bench_expect(struct bench *b, const char *hex, unsigned got, unsigned sw)
{
    (void)b;
    if (got != sw)
        fail_msg("%s: %04X, expected %04X", hex, got, sw);
}

/* Writes and activates a file in blocks; the first status word that is not 9000. */
static inline unsigned bench_write(struct bench *b, unsigned file, const uint8_t *bytes, size_t length)
{
    uint8_t command[5 + 255];
    char select[16];
    snprintf(select, sizeof select, "00A4020C02%04X", file);
    unsigned sw = bench_secure(b, select);
    size_t room = scp03_command_room(&b->host);
    for (size_t at = 0; sw == 0x9000 && at < length; at += room) {
        size_t n = length - at < room ? length - at : room;
        const uint8_t header[] = { 0x00, 0xd6, (uint8_t)(at >> 8), (uint8_t)at, (uint8_t)n };
        memcpy(command, header, sizeof header);
        memcpy(command + sizeof header, bytes + at, n);
        sw = bench_secure_run(b, command, sizeof header + n);
    }
    return sw == 0x9000 ? bench_secure(b, "00440000") : sw;
}

/* The state file, read anew without a channel. */
static inline void bench_state(struct bench *b, uint8_t out[16])
{
    card_field_off(&b->card);
    unsigned sw = bench_ask(b, JPKI);
    assert_true(sw == 0x9000 || sw == 0x6283);
    expect(b, "00A4020C0200E4", 0x9000);
    expect(b, "00B0000010", 0x9000);
    memcpy(out, b->bytes, 16);
}

#endif
