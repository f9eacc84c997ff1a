/*
 * How a phone presents itself to a reader: UID or PUPI, ATS or ATQB, the ATR that a PC/SC reader makes of it,
 * and how long polling, anticollision and activation take.
 */
#ifndef NFC_SURVEY_HANDSET_IDENTITY_H
#define NFC_SURVEY_HANDSET_IDENTITY_H

#include "drivers/emulator/handset/handset.h"

/* Fills uid, ats or atqb, atr, fwt_us and kbit_s of an activation; random bytes by this key. */
void identity_fill(const struct virtual_handset *handset, const struct virtual_reader *reader, uint64_t key,
                   struct handset_activation *out);

/* Is the handset's technology polled, and after how many others? */
bool identity_polled(const struct virtual_handset *handset, const struct virtual_reader *reader,
                     unsigned *polled_before);

/* Time until a poll of this handset is answered, or until a round of polling is over without an answer. */
uint64_t identity_detect_ns(const struct virtual_handset *handset, const struct virtual_reader *reader,
                            bool found);

/* The phone's contactless front end comes up: log-normal, the simulator's own figure. */
#define IDENTITY_WAKE_NS     20000000.0
#define IDENTITY_WAKE_SPREAD 0.15

/* Time from there to ISO 14443-4, without and with the phone's own part, by this key. */
uint64_t identity_link_up_ns(const struct virtual_handset *handset,
                             const struct handset_activation *activation);
uint64_t identity_activate_ns(const struct virtual_handset *handset,
                              const struct handset_activation *activation, uint64_t key);

/* Time until a reader gives up on RATS or ATTRIB. */
uint64_t identity_give_up_ns(void);

#endif
