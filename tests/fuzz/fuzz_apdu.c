/*
 * Hostile bytes for the card room: commands, answers to reset and to select, and sequences through the guard.
 * An input is a series of records: length, two bytes of status word, then that many bytes of command.
 * Whatever comes, no VERIFY may pass but the empty one on EF 0018 of JPKI, no personal application may be
 * selected, and no byte of a VERIFY's data may be written.
 */
#include "harness/base/buf.h"
#include "harness/card/apdu.h"
#include "harness/card/atr.h"
#include "harness/card/guard.h"
#include "harness/domain/domain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_parsers(const uint8_t *data, size_t size)
{
    struct apdu a;
    if (apdu_parse(data, size, &a)) {
        must(a.data_length <= size && a.le <= 65536);
        must(a.data_length == 0 || (a.data > data && a.data + a.data_length <= data + size));
    }
    struct atr_info atr;
    atr_decode(data, size, &atr);
    if (atr.valid && atr.contactless) {
        uint8_t again[ATR_MAX];
        size_t length = atr_of_historical(atr.historical, atr.historical_length, again);
        must(length == size && memcmp(again, data, size) == 0);
    }
    struct ats_info ats;
    ats_decode(data, size, &ats);
    must(ats.historical_length == 0 || ats.historical + ats.historical_length == data + size);
    must(frame_waiting_time_us(ats.fwi) < 5000000 && frame_size_of_code(ats.fsci) <= 256);
}

static void check_passed(const struct guard *g, const uint8_t *command, size_t length)
{
    static const uint8_t personal[] = { 0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04 };
    must(command[0] == 0x00 || command[0] == 0x80 || command[0] == 0xFF);
    if (command[1] == 0x20) {
        must(length == 4 && memcmp(command, "\x00\x20\x00\x80", 4) == 0);
        must(g->file && g->file->uses & FILE_TRIES);
    }
    if (command[1] == 0xA4 && command[2] == 0x04)
        must(length >= 10 && memcmp(command + 5, personal, command[4] < 9 ? command[4] : 9) != 0);
    if (command[0] == 0x00 &&
        (command[1] == 0xB0 || command[1] == 0xB2 || command[1] == 0xCA || command[1] == 0xC0))
        must(g->application != NULL);
}

static void check_records(const struct guard *before, const uint8_t *command, size_t length,
                          const uint8_t *rest, size_t rest_length)
{
    struct buf b;
    buf_init(&b, 4 * (length + rest_length) + 64);
    guard_add_command_hex(&b, command, length, SIZE_MAX);
    if (length > 4 && (command[1] & 0xFE) == 0x20)
        must(b.length == 10 && memcmp(b.data + 8, "xx", 2) == 0);
    size_t at = b.length;
    guard_add_response_hex(&b, before, command, length, rest, rest_length);
    must(!b.failed && b.length - at <= 2 * rest_length + 4);
    buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_parsers(data, size);
    struct guard g = { 0 };
    while (size >= 3) {
        size_t length = data[0] < size - 3 ? data[0] : size - 3;
        uint16_t sw = (uint16_t)(data[1] << 8 | data[2]);
        uint8_t *command = malloc(length ? length : 1);
        must(command != NULL);
        memcpy(command, data + 3, length);
        data += 3 + length;
        size -= 3 + length;
        struct err e = { 0 };
        check_parsers(command, length);
        check_records(&g, command, length, data, size);
        if (guard_check(&g, command, length, &e) == 0) {
            check_passed(&g, command, length);
            guard_note(&g, command, length, sw);
            must(g.get_responses <= 64 && (!g.file || g.application));
        } else {
            must(e.code == ERR_REFUSED && e.text[0] != '\0');
        }
        const struct status_word_asked asked = { .place = length % STATUS_WORD_PLACES, .empty = length == 0 };
        must((sw == 0x9000) == (status_word_causes(sw, &asked) == 0));
        must(status_word_text(sw) != NULL);
        free(command);
    }
    return 0;
}
