/*
 * A bounded table of numbers, a row a transaction, that lets whole placements go when it is full: every
 * second one, then every second one of the rest. Which ones stay hangs on their order alone, never on what
 * was measured. Inside findings/ only.
 */
#ifndef NFC_SURVEY_FINDINGS_THINNED_SAMPLES_H
#define NFC_SURVEY_FINDINGS_THINNED_SAMPLES_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROWS_PLACEMENT 0u         /* the first number of a row: line of its placement */
#define ROWS_NONE      UINT32_MAX /* a number that is not recorded; no placement has it */

struct thinned_samples {
    struct buf cells;
    size_t width, most; /* numbers a row, rows at most; at least one placement is always kept whole */
    uint32_t placement; /* of the last row */
    uint64_t seen;      /* placements so far, those let go included */
    unsigned stride;    /* placements kept: every so-manieth, the first among them */
};

void thinned_samples_init(struct thinned_samples *r, size_t width, size_t most);
void thinned_samples_free(struct thinned_samples *r);
/* cells.failed when out of memory */
void thinned_samples_add(struct thinned_samples *r, const uint32_t *row);
size_t thinned_samples_count(const struct thinned_samples *r);
uint32_t *thinned_samples_at(struct thinned_samples *r, size_t i);

/* By placement. A journal has them in order; one whose lines were moved by hand may not. */
void thinned_samples_sort(struct thinned_samples *r);

#endif
