/* RATS, ATS and PPS of type A; ATTRIB of type B: from a selected target to the block protocol. */
#include "drivers/isodep/isodep.h"

#include "drivers/isodep/frame.h"
#include "harness/card/atr.h"

#include <string.h>

#define ACTIVATION_WAIT_US 4833 /* activation frame waiting time, 65536 carriers */
#define TRIES              3    /* EMV and the NFC Forum repeat RATS and ATTRIB so often */

/* The code of the longest frame that the reader takes. */
static uint8_t fsd_code(unsigned fsd)
{
    uint8_t code = 0;
    while (code < 8 && frame_size_of_code(code + 1u) <= fsd)
        code++;
    return code;
}

/* The highest rate in a rates byte (TA(1) or ATQB: bits 0-2 to the target, 4-6 from it) that is the same both
 * ways. */
static unsigned common_rate(uint8_t rates, unsigned max_kbit_s)
{
    unsigned both = rates & (rates >> 4) & 0x03u;
    if ((both & 2) && max_kbit_s >= 424)
        return 424;
    return (both & 1) && max_kbit_s >= 212 ? 212 : 106;
}

static unsigned rate_code(unsigned kbit_s)
{
    return kbit_s >= 424 ? 2 : kbit_s >= 212 ? 1 : 0;
}

/* Sends it up to three times: a frame that is lost here is not yet a target that fails. */
static enum isodep_air insist(struct isodep *d, struct isodep_frame *f)
{
    enum isodep_air air = ISODEP_AIR_SILENT;
    for (unsigned i = 0; i < TRIES && (air == ISODEP_AIR_SILENT || air == ISODEP_AIR_CORRUPT); i++)
        air = isodep_send(d, f);
    return air;
}

static enum isodep_end select_rate(struct isodep *d, unsigned kbit_s, struct err *e)
{
    uint8_t answer[ISODEP_FRAME_MAX];
    unsigned code = rate_code(kbit_s);
    const uint8_t pps[] = { 0xd0, 0x11, (uint8_t)(code << 2 | code) };
    struct isodep_frame f = { .bytes = pps,
                              .length = sizeof pps,
                              .crc = true,
                              .wait_us = ACTIVATION_WAIT_US,
                              .answer = answer,
                              .e = e };
    enum isodep_air air = insist(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air != ISODEP_AIR_OK || f.answer_length != 1 || answer[0] != pps[0])
        return ISODEP_RATE;
    d->target.kbit_s = kbit_s;
    return ISODEP_OK;
}

static enum isodep_end activate_a(struct isodep *d, unsigned max_kbit_s, struct err *e)
{
    struct isodep_target *t = &d->target;
    struct ats_info ats;
    uint8_t answer[ISODEP_FRAME_MAX];
    const uint8_t rats[] = { 0xe0, (uint8_t)(fsd_code(d->fsd) << 4) };
    struct isodep_frame f = { .bytes = rats,
                              .length = sizeof rats,
                              .crc = true,
                              .wait_us = ACTIVATION_WAIT_US,
                              .answer = answer,
                              .e = e };
    enum isodep_air air = insist(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air != ISODEP_AIR_OK || f.answer_length == 0 || f.answer_length > sizeof t->ats)
        return ISODEP_ACTIVATION;
    ats_decode(answer, f.answer_length, &ats);
    if (!ats.valid)
        return ISODEP_ACTIVATION;
    memcpy(t->ats, answer, f.answer_length);
    t->ats_length = f.answer_length;
    t->fsc = frame_size_of_code(ats.fsci);
    t->fwt_us = frame_waiting_time_us(ats.fwi);
    t->sfgt_us = ats.sfgi ? frame_waiting_time_us(ats.sfgi) : 0;
    unsigned kbit_s = ats.has_ta ? common_rate(ats.ta, max_kbit_s) : 106;
    return kbit_s > 106 ? select_rate(d, kbit_s, e) : ISODEP_OK;
}

static enum isodep_end activate_b(struct isodep *d, unsigned max_kbit_s, struct err *e)
{
    struct isodep_target *t = &d->target;
    unsigned kbit_s = common_rate(t->atqb[9], max_kbit_s), code = rate_code(kbit_s);
    uint8_t answer[ISODEP_FRAME_MAX];
    uint8_t attrib[] = { 0x1d, 0,   0, 0, 0, 0x00, (uint8_t)(code << 6 | code << 4 | fsd_code(d->fsd)),
                         0x01, 0x00 };
    struct isodep_frame f = { .bytes = attrib,
                              .length = sizeof attrib,
                              .crc = true,
                              .wait_us = ACTIVATION_WAIT_US,
                              .answer = answer,
                              .e = e };
    memcpy(attrib + 1, t->uid, 4);
    enum isodep_air air = insist(d, &f);
    if (air == ISODEP_AIR_BROKEN)
        return ISODEP_BROKEN;
    if (air != ISODEP_AIR_OK || f.answer_length == 0 ||
        (answer[0] & 0x0f) != 0) /* the identifier is 0: no CID */
        return ISODEP_ACTIVATION;
    t->kbit_s = kbit_s;
    return ISODEP_OK;
}

enum isodep_end isodep_activate(struct isodep *d, unsigned max_kbit_s, struct err *e)
{
    enum isodep_end end = d->target.technology == 'A'   ? activate_a(d, max_kbit_s, e)
                          : d->target.technology == 'B' ? activate_b(d, max_kbit_s, e)
                                                        : ISODEP_NO_PROTOCOL;
    d->block = 0;
    d->active = end == ISODEP_OK;
    return end;
}
