/*
 * What a phone is asked at a change of handset, in an activation of its own before the first transaction: the token
 * label of JPKI, whether Android's host card emulation answers, the serial number of the chip behind the issuer
 * security domain. All are forms that the guard lets through without question.
 */
#ifndef NFC_SURVEY_STATION_PROBE_H
#define NFC_SURVEY_STATION_PROBE_H

#include "harness/station/transaction.h"
#include "harness/station/wire.h"

/* What could not be read stays out of *out. The field is off afterwards. */
void probe_run(struct driver_reader *r, const struct trial_watch *watch, struct wire_probed *out);

#endif
