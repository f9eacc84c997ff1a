/* The readers of a run: opened, watched, asked, given up. */
#ifndef NFC_SURVEY_STATION_HEALTH_H
#define NFC_SURVEY_STATION_HEALTH_H

#include "harness/station/supervisor.h"

void unit_open(struct station *st, unsigned reader);  /* starts worker if needed, asks it to open */
void unit_drain(struct station *st, unsigned reader); /* takes all that its worker has sent */
void unit_died(struct station *st, unsigned reader);  /* its socket closed */
/* An order to its worker, without waiting: one that is gone or takes no more is ended here. False: not taken. */
bool unit_order(struct station *st, unsigned reader, enum wire_kind kind, const void *body, size_t length);
void unit_check(struct station *st, unsigned reader, uint64_t now_ns); /* deadlines, retries, giving up */
void unit_set_aside(struct station *st, unsigned reader);              /* one that is missing at the start */
uint32_t unit_unavailable(const struct station *st); /* bit a reader that takes no placement now */
/* detail NULL: nothing more. */
void unit_health(struct station *st, unsigned reader, enum health_event event, const struct said *detail);
/* Its worker told that the reader is gone, or held by another program: it is opened again when it is back. */
void unit_lost(struct station *st, unsigned reader, bool held);

#endif
