/*
 * The cells as the plan had them while the run was made: what was decided then is held against them (harness/audit).
 * Findings judge by other counts, as they know what a reference card took back later. Inside findings/ only.
 */
#ifndef NFC_SURVEY_FINDINGS_LIVE_H
#define NFC_SURVEY_FINDINGS_LIVE_H

#include "harness/audit/decisions.h"

struct live {
    struct cells cells;
    struct decisions decisions;
    struct buf
        pending[SURVEY_READERS_MAX]; /* struct cells_undo: results that no reference has vouched for yet */
};

int live_make(struct live *l, const struct survey *s, struct integrity *i, struct err *e)
    __attribute__((warn_unused_result));
void live_free(struct live *l);

/* A record in this line of the file, before it is folded. */
void live_record(struct live *l, const struct journal_record *r, uint64_t line);

/* A result of a cell, as `placed` tells it; doubtful: its placement has a lost or damaged line. False when out
 * of memory. */
bool live_result(struct live *l, size_t cell, enum placement_result result, bool suspect, unsigned session,
                 bool doubtful);

#endif
