/* ISO/IEC 14443-3: what answers, and which one of it is selected. */
#include "drivers/isodep/isodep.h"

#include "drivers/isodep/frame.h"
#include "harness/card/atr.h"

#include <string.h>

#define POLL_WAIT_US                                                                                         \
    5000 /* an answer to a poll begins within 91 us (A) or 256 etu (B); F: 2.4 ms and slots */
#define LEVELS          3
#define CASCADE_TAG     0x88
#define SAK_INCOMPLETE  0x04
#define SAK_ISO_14443_4 0x20

void isodep_init(struct isodep *d, const struct isodep_link *link, unsigned fsd)
{
    memset(d, 0, sizeof *d);
    d->link = *link;
    d->fsd = fsd < 16 ? 16 : fsd > ISODEP_FRAME_MAX ? ISODEP_FRAME_MAX : fsd;
}

enum isodep_air isodep_send(struct isodep *d, struct isodep_frame *f)
{
    f->technology = d->target.technology;
    f->kbit_s = d->target.kbit_s;
    f->answer_length = 0;
    f->answer_bits = 0;
    f->native[0] = '\0';
    enum isodep_air air = d->link.transceive(d->link.context, f);
    if (air != ISODEP_AIR_OK)
        memcpy(d->native, f->native, sizeof d->native);
    return air;
}

/* ---- type A ---- */

/* One cascade level: its five bytes, then the SAK. */
static enum isodep_end select_level(struct isodep *d, unsigned level, uint8_t bytes[5], uint8_t *sak,
                                    struct err *e)
{
    uint8_t answer[ISODEP_FRAME_MAX], command[7] = { (uint8_t)(0x93 + 2 * level), 0x20 };
    struct isodep_frame f = {
        .bytes = command, .length = 2, .wait_us = POLL_WAIT_US, .answer = answer, .e = e
    };
    enum isodep_air air = isodep_send(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air == ISODEP_AIR_COLLISION)
        return ISODEP_COLLISION;
    if (air != ISODEP_AIR_OK || f.answer_length != 5 ||
        (answer[0] ^ answer[1] ^ answer[2] ^ answer[3] ^ answer[4]) != 0)
        return ISODEP_ANTICOLLISION;
    memcpy(bytes, answer, 5);
    command[1] = 0x70;
    memcpy(command + 2, bytes, 5);
    f.length = sizeof command;
    f.crc = true;
    air = isodep_send(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air != ISODEP_AIR_OK || f.answer_length != 1)
        return ISODEP_ANTICOLLISION;
    *sak = answer[0];
    return ISODEP_OK;
}

static enum isodep_end select_a(struct isodep *d, struct err *e)
{
    struct isodep_target *t = &d->target;
    uint8_t bytes[5];
    for (unsigned level = 0; level < LEVELS; level++) {
        enum isodep_end end = select_level(d, level, bytes, &t->sak, e);
        if (end != ISODEP_OK)
            return end;
        if (!(t->sak & SAK_INCOMPLETE)) {
            memcpy(t->uid + t->uid_length, bytes, 4);
            t->uid_length += 4;
            return t->sak & SAK_ISO_14443_4 ? ISODEP_OK : ISODEP_NO_PROTOCOL;
        }
        if (bytes[0] != CASCADE_TAG || level + 1 == LEVELS)
            return ISODEP_ANTICOLLISION;
        memcpy(t->uid + t->uid_length, bytes + 1, 3);
        t->uid_length += 3;
    }
    return ISODEP_ANTICOLLISION;
}

static enum isodep_end poll_a(struct isodep *d, struct err *e)
{
    uint8_t answer[ISODEP_FRAME_MAX];
    const uint8_t wake = 0x52; /* WUPA: a target that was halted answers too */
    struct isodep_frame f = {
        .bytes = &wake, .length = 1, .last_bits = 7, .wait_us = POLL_WAIT_US, .answer = answer, .e = e
    };
    switch (isodep_send(d, &f)) {
    case ISODEP_AIR_SILENT:
        return ISODEP_NOTHING;
    case ISODEP_AIR_BROKEN:
        return ISODEP_BROKEN;
    case ISODEP_AIR_OK:
        if (f.answer_length == 2)
            memcpy(d->target.atqa, answer, 2);
        break;
    default:
        break; /* two kinds of targets answer at once: the anticollision will tell */
    }
    return select_a(d, e);
}

/* ---- type B ---- */

static enum isodep_end poll_b(struct isodep *d, struct err *e)
{
    uint8_t answer[ISODEP_FRAME_MAX];
    static const uint8_t wake[] = { 0x05, 0x00, 0x08 }; /* WUPB: every application family, one slot */
    struct isodep_frame f = {
        .bytes = wake, .length = sizeof wake, .crc = true, .wait_us = POLL_WAIT_US, .answer = answer, .e = e
    };
    struct isodep_target *t = &d->target;
    switch (isodep_send(d, &f)) {
    case ISODEP_AIR_SILENT:
        return ISODEP_NOTHING;
    case ISODEP_AIR_BROKEN:
        return ISODEP_BROKEN;
    case ISODEP_AIR_OK:
        break;
    default:
        return ISODEP_COLLISION; /* with one slot, a damaged ATQB is what two of them look like */
    }
    if (f.answer_length < 12 || f.answer_length > sizeof t->atqb || answer[0] != 0x50)
        return ISODEP_ANTICOLLISION;
    memcpy(t->atqb, answer, f.answer_length);
    t->atqb_length = f.answer_length;
    memcpy(t->uid, answer + 1, 4);
    t->uid_length = 4;
    t->fsc = frame_size_of_code(t->atqb[10] >> 4);
    t->fwt_us = frame_waiting_time_us(t->atqb[11] >> 4);
    return t->atqb[10] & 0x01 ? ISODEP_OK : ISODEP_NO_PROTOCOL;
}

/* ---- type F ---- */

static enum isodep_end poll_f(struct isodep *d, struct err *e)
{
    uint8_t answer[ISODEP_FRAME_MAX];
    static const uint8_t poll[] = { 0x06, 0x00, 0xff, 0xff, 0x00, 0x00 }; /* every system, one slot */
    struct isodep_frame f = {
        .bytes = poll, .length = sizeof poll, .crc = true, .wait_us = POLL_WAIT_US, .answer = answer, .e = e
    };
    d->target.kbit_s = 212;
    enum isodep_air air = isodep_send(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air == ISODEP_AIR_SILENT)
        return ISODEP_NOTHING;
    if (air == ISODEP_AIR_OK && f.answer_length >= 10 && answer[1] == 0x01) {
        memcpy(d->target.uid, answer + 2, 8);
        d->target.uid_length = 8;
    }
    return ISODEP_NO_PROTOCOL;
}

enum isodep_end isodep_poll(struct isodep *d, const char *order, struct err *e)
{
    d->active = false;
    for (const char *at = order; *at; at++) {
        memset(&d->target, 0, sizeof d->target);
        d->target.technology = *at;
        d->target.kbit_s = 106;
        enum isodep_end end = *at == 'A'   ? poll_a(d, e)
                              : *at == 'B' ? poll_b(d, e)
                              : *at == 'F' ? poll_f(d, e)
                                           : ISODEP_NOTHING;
        if (end != ISODEP_NOTHING)
            return end;
    }
    memset(&d->target, 0, sizeof d->target);
    return ISODEP_NOTHING;
}
