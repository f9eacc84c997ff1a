/*
 * The secure channel (SCP03, card/scp03.h) of a reader's target: opened by the driver itself, so that no script and no journal ever
 * holds a cryptogram; between it and the card everything is protected, and above it guard, masks and callers see plain commands.
 *
 * It ends with the field, an activation, a SELECT by name, 6982, or an answer that isn't the target's. After an error nothing more
 * goes to the target in clear before the next SELECT by name: what was to be protected would be seen. Keys that a target does not
 * have are tried once: the same target is not asked again while the reader is open.
 */
#ifndef NFC_SURVEY_DRIVERS_SECURE_H
#define NFC_SURVEY_DRIVERS_SECURE_H

#include "drivers/driver.h"
#include "harness/card/channel_keys.h"

struct driver_secure {
    /* in */
    const struct channel_keys *keys;
    unsigned level; /* of EXTERNAL AUTHENTICATE: 01 03 11 13 33 */
    unsigned s;     /* 8 or 16; 0: 8 */
    bool
        stranger; /* a terminal without keys: what a target answers to a cryptogram that is none. `--allow block` */
    uint32_t deadline_ms; /* of each of its two exchanges */
    /* out */
    struct said why; /* not opened, and the target is why; nothing: open */
    uint16_t sw;     /* of the last exchange; 0: none came */
    uint64_t started_ns, ended_ns;
    unsigned exchanges;
};

/* 0 also when the target refuses: s->why says so. ERR_REFUSED by the guard, with what is missing; else the exchange failed. */
int driver_secure(struct driver_reader *r, struct driver_secure *s, struct driver_fault *fault, struct err *e)
    __attribute__((warn_unused_result));
void driver_secure_end(
    struct driver_reader *r); /* on this side only: the target forgets it with the next SELECT */
bool driver_is_secure(const struct driver_reader *r);

/* One exchange, protected where a channel is open. For driver_exchange() alone: the guard has let it pass. */
int driver_exchange_secured(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                            struct err *e) __attribute__((warn_unused_result));

#endif
