/*
 * How long a transaction of a simulated cell takes, and how often that is longer than its limit: the times that handset
 * and reader draw, as a distribution. Each is log-normal and cut off, so a transaction has a least and a greatest time.
 */
#ifndef NFC_SURVEY_HANDSET_PACE_H
#define NFC_SURVEY_HANDSET_PACE_H

#include "drivers/emulator/handset/handset.h"

#define PACE_CUT_SD          3.0      /* no time is drawn from further out */
#define PACE_LATE_DEFAULT_US 2000000u /* of F27 */

/* How many messages between host and reader an APDU of this length takes: T=1 blocks, or as long as the reader has
 * them. */
size_t pace_messages(const struct virtual_reader *reader, size_t length);
#define PACE_T1_PAYLOAD 254 /* what one TPDU carries: IFS of T=1 */

/*
 * The probability that none of k transactions of a placement passes the limit, where nothing fails. Exact where the
 * limit lies outside of what a transaction's time can be, with and without each late answer (F27); the sum of the
 * times counts as normal where it lies inside.
 */
double pace_in_time(const struct laying *laying, const struct virtual_reader *reader,
                    const struct handset_transaction *t, unsigned k);

#endif
