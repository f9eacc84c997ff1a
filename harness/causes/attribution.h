/*
 * Card or reader? answered by the crossed design: the same handset on the other readers and the other
 * handsets on the same reader, in the same condition and script. Only verdicts count, never ratios: a verdict
 * is bounded in error, so nothing is ranked whose intervals overlap. Pure, and symmetric: transposing the
 * matrix swaps `handset` and `reader`.
 */
#ifndef NFC_SURVEY_CAUSES_ATTRIBUTION_H
#define NFC_SURVEY_CAUSES_ATTRIBUTION_H

#include "harness/base/err.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * So many others must fail before a side is blamed: with one alone, that one may be a bad combination of its
 * own; two with the same thing in common and nothing else are the least that points at it.
 */
#define ATTRIBUTION_FAILS_NEEDED 2

/*
 * So many others must pass before a side is cleared. One is enough: `compatible` says with all its bounds
 * that the thing works there, and what works somewhere is not broken as such.
 */
#define ATTRIBUTION_PASSES_NEEDED 1

enum attribution_answer {
    ATTRIBUTION_NONE = 0,    /* not asked: the cell is compatible */
    ATTRIBUTION_HANDSET,     /* it fails on most other readers, and this reader passes with another handset */
    ATTRIBUTION_READER,      /* most other handsets fail on it, and this handset passes on another reader */
    ATTRIBUTION_COMBINATION, /* both pass with most others: only these two don't go together */
    ATTRIBUTION_OPEN,        /* the verdicts don't say */
    ATTRIBUTION_NOT_PURSUED, /* not asked: the cell has no verdict, and gets none */
    ATTRIBUTION_COUNT
};

/*
 * One side of the comparison. A comparator that passes nowhere else is `unproven` and does not count: a
 * handset that works on no reader says nothing about this one, and a reader that passes with no handset
 * nothing about this handset.
 */
struct attribution_side {
    unsigned fails, passes;
    unsigned undecided;
    unsigned unproven; /* with a verdict here, but shown to work nowhere else */
};

struct attribution {
    enum attribution_answer answer;
    struct attribution_side readers;  /* the same handset on the other readers */
    struct attribution_side handsets; /* the other handsets on the same reader */
    enum said_code why;               /* one without arguments */
};

/* The verdicts of one condition and script, handsets x readers row by row, with sums made once. */
struct attribution_slice {
    size_t handsets, readers;
    enum verdict *verdicts;                   /* owned */
    unsigned *handset_passes, *reader_passes; /* compatible cells of each row and column; owned */
};

int attribution_slice_init(struct attribution_slice *s, size_t handsets, size_t readers, struct err *e)
    __attribute__((warn_unused_result));
void attribution_slice_free(struct attribution_slice *s);
void attribution_slice_sum(struct attribution_slice *s); /* after the verdicts were filled in */

void attribution_of(const struct attribution_slice *s, size_t handset, size_t reader,
                    struct attribution *out);

const char *attribution_name(
    enum attribution_answer answer); /* "handset", "reader", "combination", "open"; "": not asked */

#endif
