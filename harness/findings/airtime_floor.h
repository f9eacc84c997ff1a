/*
 * The over-air floor: an exchange can't be shorter than its bytes take between the antennas. Every choice
 * errs towards too low a floor, so what falls below it is a fault of a clock or a cache. Inside findings/
 * only.
 */
#ifndef NFC_SURVEY_FINDINGS_AIRTIME_FLOOR_H
#define NFC_SURVEY_FINDINGS_AIRTIME_FLOOR_H

#include "harness/findings/fold.h"
#include "harness/journal/records.h"
#include "harness/survey/script.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The highest rate of ISO/IEC 14443 that counter readers have: where none is recorded. */
#define FLOOR_KBIT_S 848

/*
 * Time of one frame with so many bytes between PCB and CRC; technology 0: any. closed: SOF and EOF of type
 * B count (an answer's may be suppressed).
 */
uint64_t airtime_floor_frame_ns(char technology, unsigned kbit_s, size_t bytes, bool closed);

/*
 * The highest rate that a transaction record allows: its own, else what ATS, ATQB or ATR offer; 0 without
 * any.
 */
unsigned airtime_floor_rate(const struct journal_transaction *t);

/* Walks the exchanges of one transaction. */
struct airtime_floor_walk {
    const struct script *script;
    const char *token_label; /* of the sim under test; "" when not known */
    char technology;         /* 0 when not recorded */
    unsigned kbit_s;
    uint32_t step; /* of the exchange before; 0 before the first */
    uint64_t round;
};

/*
 * The floor of the next exchange; 0 where there is none: the reader's own commands (CLA FF), no status
 * word, a step that the script doesn't have. passed: its checks held; last: no other exchange of its step
 * follows.
 */
uint64_t airtime_floor_next_us(struct airtime_floor_walk *w, const struct journal_exchange *x, bool passed,
                               bool last);

/*
 * Every exchange of a transaction against its floor: flagged below it, else a candidate for the host's
 * share. p: NULL when the placement record was not readable.
 */
void airtime_floor_check(struct fold *o, const struct fold_placement *p, const struct journal_record *r,
                         bool ok);

#endif
