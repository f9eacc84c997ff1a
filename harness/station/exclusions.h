/* Exclusions, withdrawals and notes while a run is executed. */
#ifndef NFC_SURVEY_STATION_EXCLUSIONS_H
#define NFC_SURVEY_STATION_EXCLUSIONS_H

#include "harness/station/supervisor.h"

/* A slip of the operator: all scripts of the placement are invalid. The note is written in its turn. */
void job_exclude(struct station *st, unsigned reader, const char *reason);
/* No more of it is needed: its worker ends it after the present transaction. */
void job_finish(struct station *st, unsigned reader);
/* Held, and nothing that closes it has happened: its result is unseen. */
bool job_can_be_excluded(const struct station *st, unsigned reader);
/* The last placement whose result was shown; it stays counted. */
void withdraw_last(struct station *st, const char *reason);
/* The simulator's hands: slips before the result (F28) and withdrawals after it, by the reader's profile. */
bool simulated_slip(const struct station *st, const struct plan_placement *p);
bool simulated_withdrawal(const struct station *st, const struct plan_placement *p, bool dirty);
/* Notes are written by these alone; placement 0: about none. */
void note_write(struct station *st, const char *text, uint64_t placement, enum exclusion effect);

#endif
