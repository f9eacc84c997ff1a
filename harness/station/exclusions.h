/* Exclusions, withdrawals and notes while a run is executed. */
#ifndef NFC_SURVEY_STATION_EXCLUSIONS_H
#define NFC_SURVEY_STATION_EXCLUSIONS_H

#include "harness/station/supervisor.h"

/* Acts on what a person said; `reader`: where the phone lies. True when the answer was about something else
 * than the question, which is to be asked again. */
bool person_said(struct station *st, unsigned reader, enum station_answer answer);
/* A slip of the operator: all scripts of the placement are invalid. The note is written in its turn. */
void job_exclude(struct station *st, unsigned reader, const char *reason);
/* What was said since, while the phone lies there; wait: the next that is said. */
enum station_answer person_listen(struct station *st, unsigned reader, bool wait);
void person_shown(struct station *st, uint64_t placement, enum placement_result result,
                  const struct said *reason);
/* The simulator's hands: slips before the result (F28) and withdrawals after it, by the reader's profile. */
bool simulated_slip(const struct station *st, const struct plan_placement *p);
bool simulated_withdrawal(const struct station *st, const struct plan_placement *p, bool dirty);
/* Notes are written by these alone; placement 0: about none. */
void note_write(struct station *st, const char *text, uint64_t placement, enum exclusion effect);

#endif
