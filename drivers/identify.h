/*
 * The reader's own pseudo-APDUs that name a target (PC/SC part 3: FF CA 00 00 the UID, FF CA 01 00 the ATS),
 * for drivers of readers that answer them. They are asked once a placement, before its first transaction, in
 * a powering that belongs to no transaction.
 */
#ifndef NFC_SURVEY_DRIVERS_IDENTIFY_H
#define NFC_SURVEY_DRIVERS_IDENTIFY_H

#include "drivers/driver.h"

struct identified {
    uint8_t uid[16];
    size_t uid_length;
    struct said uid_absent;
    uint8_t ats[64];
    size_t ats_length;
    struct said ats_absent;
    uint64_t fwt_us; /* of an ATS, 0 = not given; set by identify_fill() */
};

void identify_forget(struct identified *id, struct said reason); /* nothing is known, and why */
/* Through driver_exchange(), with the guard; the card must be powered. deadline_ms as there. */
void identify_ask(struct identified *id, struct driver_reader *r, uint32_t deadline_ms);
void identify_fill(struct identified *id, struct driver_target *target);

#endif
