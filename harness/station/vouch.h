/*
 * Placements that no reference card has vouched for yet, reader by reader: what a failed check takes back. The same
 * while a run is made and while its journal is folded. Without a reference in the survey nothing is kept.
 */
#ifndef NFC_SURVEY_STATION_VOUCH_H
#define NFC_SURVEY_STATION_VOUCH_H

#include "harness/station/station.h"

/* plan_result(), and it is remembered. False when memory is out. */
bool vouch_result(struct station_state *state, const struct plan_placement *p, unsigned script,
                  enum placement_result result, bool suspect);

/* The placement whose record stands on this line is closed. */
void vouch_placed(struct station_state *state, const struct plan_placement *p, uint64_t line, bool counted);

/* The reference was laid on this reader: what was not vouched for is so now, or is taken back from the plan. */
void vouch_judge(struct station_state *state, unsigned reader, bool ok);

/* Another reader bears this unit's name from here on: nothing can vouch for the one before. */
void vouch_forget(struct station_state *state, unsigned reader);

#endif
