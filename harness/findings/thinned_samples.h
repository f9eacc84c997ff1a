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
#define ROWS_NONE      UINT32_MAX /* a number that is not told; no placement has it */

struct rows {
    struct buf cells;
    size_t width, most; /* numbers a row, rows at most; at least one placement is always kept whole */
    uint32_t placement; /* of the last row */
    uint64_t seen;      /* placements so far, those let go included */
    unsigned stride;    /* placements kept: every so-manieth, the first among them */
};

void rows_init(struct rows *r, size_t width, size_t most);
void rows_free(struct rows *r);
void rows_add(struct rows *r, const uint32_t *row); /* cells.failed when out of memory */
size_t rows_count(const struct rows *r);
uint32_t *rows_at(struct rows *r, size_t i);

/* By placement. A journal has them in order; one whose lines were moved by hand may not. */
void rows_sort(struct rows *r);

#endif
