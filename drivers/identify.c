/* UID and ATS by the reader's pseudo-APDUs; see identify.h. */
#include "drivers/identify.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 258

void identify_forget(struct identified *id, struct said reason)
{
    memset(id, 0, sizeof *id);
    id->uid_absent = id->ats_absent = reason;
}

/* Length 0 and the reason when it has no answer. */
static void ask(struct driver_reader *r, uint32_t deadline_ms, uint8_t p1, uint8_t *out, size_t capacity,
                size_t *length, struct said *absent)
{
    const uint8_t command[] = { 0xff, 0xca, p1, 0x00, 0x00 };
    uint8_t response[ANSWER_MAX];
    struct driver_exchange x = {
        .command = command,
        .command_length = sizeof command,
        .response = response,
        .response_capacity = sizeof response,
        .deadline_ms = deadline_ms,
    };
    struct driver_fault fault;
    struct err e = { 0 };
    *length = 0;
    if (driver_exchange(r, &x, &fault, &e) != 0) {
        *absent = SAY(SAID_READER_NO_ANSWER, fault.native[0] ? fault.native : "refused");
        return;
    }
    uint16_t sw = apdu_status_word(response, x.response_length);
    if (sw != 0x9000 || x.response_length <= 2) {
        char answer[8], question[16];
        snprintf(answer, sizeof answer, "%04X", sw);
        snprintf(question, sizeof question, "FF CA %02X", p1);
        *absent = SAY(SAID_READER_ANSWERS, answer, question);
        return;
    }
    if (x.response_length - 2 > capacity) {
        *absent = SAY(SAID_TOO_MANY_BYTES, said_number(x.response_length - 2).text);
        return;
    }
    *length = x.response_length - 2;
    memcpy(out, response, *length);
    *absent = said_words(NULL);
}

void identify_ask(struct identified *id, struct driver_reader *r, uint32_t deadline_ms)
{
    ask(r, deadline_ms, 0x00, id->uid, sizeof id->uid, &id->uid_length, &id->uid_absent);
    ask(r, deadline_ms, 0x01, id->ats, sizeof id->ats, &id->ats_length, &id->ats_absent);
}

void identify_fill(struct identified *id, struct driver_target *target)
{
    memcpy(target->uid, id->uid, id->uid_length);
    target->uid_length = id->uid_length;
    target->uid_absent = id->uid_absent;
    memcpy(target->ats, id->ats, id->ats_length);
    target->ats_length = id->ats_length;
    target->ats_absent = id->ats_absent;

    /* Only type A has an ATS, and UIDs of 7 or 10 bytes; from an ATR alone type B is never asserted. */
    struct ats_info ats;
    ats_decode(id->ats, id->ats_length, &ats);
    bool has_ats = id->ats_length && ats.valid;
    if (has_ats || id->uid_length == 7 || id->uid_length == 10)
        target->technology = 'A';
    id->fwt_us = has_ats ? frame_waiting_time_us(ats.fwi) : 0;
    target->fwt_us = id->fwt_us;
}
