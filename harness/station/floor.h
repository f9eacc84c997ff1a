/* The host floor of each reader: how long a question takes that no card answers, timed as an execution begins. */
#ifndef NFC_SURVEY_STATION_FLOOR_H
#define NFC_SURVEY_STATION_FLOOR_H

#include "harness/station/supervisor.h"

/* Asks every reader with a real clock, and writes what they tell as `calibration` records. */
void floor_measure(struct station *st);

/* What a worker told; false: none of ours would. */
bool floor_told(struct station *st, unsigned reader, const struct trial_floor *m);

#endif
