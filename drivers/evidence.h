/*
 * What is known of an exchange that broke between reader and card, and the causes that it leaves possible:
 * shared by the drivers that see no deeper than a reader's code, so that what one knows more only narrows
 * what another says.
 */
#ifndef NFC_SURVEY_DRIVERS_EVIDENCE_H
#define NFC_SURVEY_DRIVERS_EVIDENCE_H

#include "drivers/driver.h"

/* Zeroes say nothing. */
struct exchange_evidence {
    size_t command_length;
    size_t expected_length; /* response data asked for (Le), 0 = none */
    bool extended;
    bool first;        /* the first exchange after activation */
    uint64_t took_us;  /* how long the call lasted */
    uint64_t fwt_us;   /* frame waiting time as the target itself gave it, 0 = unknown */
    size_t frame_size; /* bytes of the frames that both sides take, where it is known; 0 = unknown */
};

struct exchange_evidence evidence_of(const struct driver_exchange *x, bool first, uint64_t fwt_us);

/* Everything that can make an exchange break without a word about why. */
cause_set evidence_frame_causes(const struct exchange_evidence *x);

#endif
