/* The one table of what a block protocol's end means: stage and candidate causes, with the evidence of the
 * air. */
#include "drivers/port100/port100.h"

#include <stdio.h>

static cause_set causes_of_silence(const struct port100_evidence *x)
{
    if (x->received > 0) /* a chain that broke off: a block too long for somebody, or the field went */
        return CAUSE(13) | CAUSE(16) | (x->expected >= 256 ? CAUSE(14) : 0);
    cause_set causes = CAUSE(10) | CAUSE(16);
    if (x->first && x->kbit_s > 106)
        causes |= CAUSE(7); /* a rate that was agreed on and does not carry shows at the first block */
    if (x->expected >= 256)
        causes |= CAUSE(14);
    return causes;
}

void port100_set_fault(enum isodep_end end, const struct port100_evidence *x, struct driver_fault *fault)
{
    fault->depth = DEPTH_RF;
    fault->stage = STAGE_EXCHANGE;
    switch (end) {
    case ISODEP_NOTHING:
        fault->stage = STAGE_DETECT;
        fault->causes = CAUSE(2) | CAUSE(3);
        break;
    case ISODEP_COLLISION:
        fault->stage = STAGE_ACTIVATE;
        fault->causes = CAUSE(5);
        break;
    case ISODEP_ANTICOLLISION:
        fault->stage = STAGE_ACTIVATE;
        fault->causes = CAUSE(5) | CAUSE(6);
        break;
    case ISODEP_NO_PROTOCOL:
        fault->stage = x->technology == 'F' ? STAGE_DETECT : STAGE_ACTIVATE;
        fault->causes = x->technology == 'F' ? CAUSE(4) : CAUSE(8);
        break;
    case ISODEP_ACTIVATION:
        fault->stage = STAGE_ACTIVATE;
        fault->causes = CAUSE(6);
        break;
    case ISODEP_RATE:
        fault->stage = STAGE_ACTIVATE;
        fault->causes = CAUSE(7);
        break;
    case ISODEP_LOST:
        fault->causes = causes_of_silence(x);
        break;
    case ISODEP_GARBLED:
        fault->causes = CAUSE(9);
        break;
    case ISODEP_PROTOCOL:
        fault->causes = CAUSE(12);
        break;
    case ISODEP_ENDLESS:
        fault->causes = CAUSE(10) | CAUSE(11);
        break;
    case ISODEP_OVERFLOW:
        fault->causes = CAUSE(13) | CAUSE(14);
        break;
    default:
        fault->stage = STAGE_SETUP;
        fault->causes = CAUSE(1);
        break;
    }
    snprintf(fault->native, sizeof fault->native, "%s", isodep_end_name(end));
}
