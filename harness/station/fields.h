/*
 * Before a run goes on: a phone of the execution before may still lie on a reader, and a reader's daemon may still hold
 * it. What is laid then is not what answers, so each field is proved empty first.
 */
#ifndef NFC_SURVEY_STATION_FIELDS_H
#define NFC_SURVEY_STATION_FIELDS_H

#include "harness/station/supervisor.h"

/* While readers are opened, once a turn: those that a killed execution left held are tried again. How many there are. */
unsigned fields_open_held(struct station *st);

/* Lifts what was laid last on each reader, and waits until no reader sees anything, the station is stopped or it fails. */
void fields_clear(struct station *st);

#endif
