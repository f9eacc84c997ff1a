/*
 * Hostile bytes to both sides of a secure channel. Whoever has not the keys is believed by neither; what one side wraps
 * the other takes off again. The first byte says where the rest goes, the second the level.
 */
#include "harness/card/scp03.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const struct scp03_keys keys = { .enc = "enc.............",
                                        .mac = "mac.............",
                                        .dek = "dek.............",
                                        .length = 16,
                                        .version = 0x30 };
static const uint8_t diversification[10] = "target", name[] = { 0xA0, 0, 0, 1, 0x51, 0, 0, 0 };

/* Up to where EXTERNAL AUTHENTICATE is made, or with `level` 0x100 less: to INITIALIZE UPDATE's answer. */
static void begin(struct scp03 *terminal, struct scp03 *target, unsigned s, uint8_t answer[SCP03_INITIALIZED],
                  size_t *length)
{
    uint8_t command[SCP03_INITIALIZE];
    memset(terminal, 0, sizeof *terminal);
    memset(target, 0, sizeof *target);
    size_t n = scp03_initialize(terminal, s, keys.version, (const uint8_t *)"challenge-of-it!", command);
    *length =
        scp03_answer_initialize(target, &keys, diversification, 1, name, sizeof name, command, n, answer);
    must(n > 0 && *length > 0);
}

static void open_both(struct scp03 *terminal, struct scp03 *target, unsigned level)
{
    uint8_t answer[SCP03_INITIALIZED], command[SCP03_AUTHENTICATE];
    size_t length;
    begin(terminal, target, 8, answer, &length);
    must(scp03_card_is_true(terminal, &keys, answer, length));
    size_t n = scp03_authenticate(terminal, level, command);
    must(n > 0 && scp03_host_is_true(target, command, n));
    scp03_opened(terminal);
}

/* No forged card, host, command or answer is believed. */
static void check_forged(unsigned way, unsigned level, const uint8_t *data, size_t size)
{
    struct scp03 terminal, target;
    uint8_t answer[SCP03_INITIALIZED], out[SCP03_WIRE_MAX], copy[512];
    size_t length, n = size < 256 ? size : 256;
    memcpy(copy, data, n);
    if (way == 0) {
        begin(&terminal, &target, level & 1 ? 16 : 8, answer, &length);
        bool own = size == length && memcmp(data, answer, length) == 0;
        must(scp03_card_is_true(&terminal, &keys, data, size) == own);
    } else if (way == 1) {
        begin(&terminal, &target, 8, answer, &length);
        must(!scp03_host_is_true(&target, data, size) && !target.open);
    } else if (way == 2) {
        open_both(&terminal, &target, level);
        must(!scp03_accept(&target, copy, n, out, &length) && !target.open);
    } else {
        open_both(&terminal, &target, level);
        bool taken = scp03_unwrap(&terminal, copy, &n, 0x9000);
        must(!taken || !(level & SCP03_R_MAC));
    }
    scp03_close(&terminal);
    scp03_close(&target);
}

/* What is not too long arrives as it was. */
static void check_wrapped(unsigned level, const uint8_t *data, size_t size)
{
    struct scp03 terminal, target;
    uint8_t wire[SCP03_WIRE_MAX], plain[SCP03_WIRE_MAX], back[300];
    size_t length = 0;
    open_both(&terminal, &target, level);
    size_t n = scp03_wrap(&terminal, data, size, wire);
    must(n <= sizeof wire);
    if (n > 0) {
        must(scp03_accept(&target, wire, n, plain, &length) && length >= 4 && plain[1] == data[1]);
        size_t room = scp03_answer_room(&target), answer = size < room ? size : room;
        memcpy(back, data, answer);
        size_t protected = scp03_protect(&target, back, answer, 0x9000);
        must(protected <= sizeof back && scp03_unwrap(&terminal, back, &protected, 0x9000));
        must(protected == answer && memcmp(back, data, answer) == 0);
    }
    scp03_close(&terminal);
    scp03_close(&target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned levels[] = { 0x01, 0x03, 0x11, 0x13, 0x33 };
    if (size < 2)
        return 0;
    unsigned way = data[0] % 5, level = levels[data[1] % (sizeof levels / sizeof *levels)];
    if (way == 4)
        check_wrapped(level, data + 2, size - 2);
    else
        check_forged(way, level, data + 2, size - 2);
    return 0;
}
