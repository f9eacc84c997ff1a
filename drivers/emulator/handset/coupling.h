/*
 * How well a phone couples to a reader: the link margin of a placement, and what becomes of a transaction at
 * that margin. The same functions serve the handset (by draws) and handset_truth() (by integration).
 */
#ifndef NFC_SURVEY_HANDSET_COUPLING_H
#define NFC_SURVEY_HANDSET_COUPLING_H

#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stdint.h>

/* Below this margin nothing ever gets through: the handset is not even seen. */
#define COUPLING_DEAD_DB (-6.0)

/* A weak link that fails during the exchanges does so at one of the first so many. */
#define COUPLING_EXCHANGES 4

enum coupling_end { COUPLING_HOLDS = 0, COUPLING_NOT_DETECTED, COUPLING_NOT_ACTIVATED, COUPLING_LOST };

struct coupling_fate {
    enum coupling_end end;
    unsigned exchange; /* COUPLING_LOST: at which, 1..COUPLING_EXCHANGES */
    bool removed;      /* COUPLING_LOST: the field is lost (F16); else frame errors (F09) */
};

/* Margin in dB without the random effects: profiles and position alone. */
double coupling_mean_db(const struct laying *laying, const struct virtual_reader *reader);

/* With the effects of this session and this placement, drawn by the laying's keys. */
double coupling_margin_db(const struct laying *laying, const struct virtual_reader *reader);

/* The factor of a handset's or reader's times in this session: log-normal about 1, by the unit's own key. */
double coupling_session_slowness(double spread, uint64_t key, unsigned session);

/* The probability that a transaction fails at this margin, and how it is shared out: */
/* of a failing one, the share that is not detected, and the share that is detected but not activated. */
double coupling_failure(double margin_db);
void coupling_shares(double margin_db, double *not_detected, double *not_activated);

/* What happens to the transaction with this key. */
struct coupling_fate coupling_fate(double margin_db, uint64_t key);

#endif
