/* A placement in the making: what its worker reports, until it is closed in the journal. */
#ifndef NFC_SURVEY_STATION_PLACEMENT_H
#define NFC_SURVEY_STATION_PLACEMENT_H

#include "harness/station/supervisor.h"

void job_begin(struct station *st, unsigned reader, const struct plan_placement *p);
/* Writes its `placement` record ahead of its turn: what hands are about to lay must be known to a resume. */
void job_open(struct station *st, unsigned reader);
/* What a worker told; false: none of ours would send it. */
bool job_exchange(struct station *st, unsigned reader, const struct wire_inbox *in);
bool job_transaction_done(struct station *st, unsigned reader, const struct trial_report *m);
/* All that was ordered is made, nothing was seen, or it was told to end. */
bool job_may_end(const struct station *st, const struct job *j);
/* The phone was gone when it was last tried: lifted, or lost from sight? */
void job_left(struct station *st, unsigned reader);
/* Keeps what the worker is doing now: its page is cleared when a new worker starts. */
void job_mark(struct station *st, unsigned reader);
/* A transaction that the worker could not report: hung, crashed, skipped. Takes the exchanges reported so far. */
void job_transaction_lost(struct station *st, unsigned reader, enum outcome outcome, cause_set causes,
                          const char *native, const struct said *detail);
/* A transaction of it failed or was too slow. */
bool job_is_bad(const struct job *j);
/* The doubt that is to be settled next; NONE: there is none. */
enum question job_doubt(const struct job *j);
/* Nobody settles it: no failure of another's is this phone's, but one that was measured is not unmade. */
void job_leave_in_doubt(struct job *j);
/* What is not written of it yet is no part of it: it counts for nothing. */
void job_forget(struct job *j);
/* reason NULL: it is whole. */
void job_end(struct station *st, unsigned reader, const struct said *reason, bool by_operator);
/* Writes what can be written in plan order; closes jobs that have ended, unless they are held. */
void job_flush(struct station *st);
/* What is decided of a cell now. */
void job_write_decision(struct station *st, size_t cell, uint64_t at_ns);
/* Every decision that is due: what a placement, or one that was taken back, decided of its cells and of others. */
void job_write_decisions(struct station *st, uint64_t at_ns);
bool job_decision_is_due(const struct station *st, size_t cell);
/* One that had left its step while its reader was asked. */
void job_close_detached(struct station *st, unsigned reader);
void job_free(struct job *j);

#endif
