/*
 * Presence on the readers that are not asked for: a phone on the neighbour is a slip, not a silent phone. Watched only
 * while nothing is measured: a field beside the reader could disturb it.
 */
#ifndef NFC_SURVEY_STATION_WATCH_H
#define NFC_SURVEY_STATION_WATCH_H

#include "harness/station/supervisor.h"

/* Before the order to lay on `reader`: what lies on the others already is no sign of anything. */
void watch_before(struct station *st, unsigned reader);
/* Each turn while a phone is awaited on `reader`: the others are watched once it is late. */
void watch_others(struct station *st, unsigned reader, uint64_t ordered_ns);
/* Each turn while the order to lay is shown, where a phone that arrives begins its placement: true once it has. */
bool watch_arrival(struct station *st, unsigned reader);
/* No more of it. True when every worker is silent. */
bool watch_is_over(struct station *st);
/* A worker's answer. */
void watch_told(struct station *st, unsigned reader, bool seen);

#endif
