/*
 * Whether a run's command was begun by this user on this host. A journal holds its survey, and with `hands: {command:
 * ...}` a command line, which whoever sends the journal may have written. The start record therefore has a value of the
 * command and its folder that takes the user's own key (identifier_key.h) to make.
 */
#ifndef NFC_SURVEY_STATION_ROBOT_SEAL_H
#define NFC_SURVEY_STATION_ROBOT_SEAL_H

#include "harness/survey/survey.h"

/* "" where nothing is run, or the user has no key and can have none. */
void robot_seal(const struct survey *s, char out[IDENTIFIER_VALUE_BYTES]);

/* A survey from a run: it runs nothing, or has the seal. False also after the key was changed. */
bool robot_is_ours(const struct survey *s);

#endif
