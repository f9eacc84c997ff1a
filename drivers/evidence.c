/* The candidate causes of a broken exchange; see evidence.h. */
#include "drivers/evidence.h"

/* A frame of the largest size, 256 bytes, carries at most 253 bytes of an APDU (PCB and CRC take three). */
#define FRAME_PAYLOAD_MAX 253

/* libccid gives up after 3 s by default (CCID src/defs.h:76): sooner, no unserved time extension was waited
 * for. */
#define DRIVER_TIMEOUT_US 2900000

struct exchange_evidence evidence_of(const struct driver_exchange *x, bool first, uint64_t fwt_us)
{
    struct exchange_evidence evidence = {
        .command_length = x->command_length,
        .first = first,
        .took_us = (x->ended_ns - x->started_ns) / 1000,
        .fwt_us = fwt_us,
    };
    struct apdu apdu;
    if (apdu_parse(x->command, x->command_length, &apdu)) {
        evidence.expected_length = apdu.has_le ? apdu.le : 0;
        evidence.extended = apdu.extended;
    }
    return evidence;
}

static size_t frame_payload(const struct exchange_evidence *x)
{
    size_t overhead = 3;
    return x->frame_size > overhead && x->frame_size - overhead < FRAME_PAYLOAD_MAX ? x->frame_size - overhead
                                                                                    : FRAME_PAYLOAD_MAX;
}

cause_set evidence_frame_causes(const struct exchange_evidence *x)
{
    size_t payload = frame_payload(x);
    cause_set causes = CAUSE(9) | CAUSE(12);
    if (x->fwt_us == 0 || x->took_us == 0 || x->took_us >= x->fwt_us)
        causes |= CAUSE(10); /* a waiting time that is known and did not pass can't have run out */
    if (x->took_us >= DRIVER_TIMEOUT_US)
        causes |= CAUSE(11);
    if (x->first)
        causes |= CAUSE(7); /* a rate that was agreed on and does not carry shows at the first APDU */
    if (x->command_length > payload || x->expected_length + 2 > payload)
        causes |= CAUSE(13);
    if (x->expected_length >= 256)
        causes |= CAUSE(14);
    if (x->extended)
        causes |= CAUSE(15);
    return causes;
}
