/* Whether criteria and scheme ask the same question: of each cell, or of the readers together (two tiers). */
#ifndef NFC_SURVEY_CLAUSES_TIERS_H
#define NFC_SURVEY_CLAUSES_TIERS_H

#include "harness/clauses/criteria_file.h"
#include "harness/verdict/two_tier.h"

enum tiers {
    TIERS_CELLS = 0, /* one tier, and so are the criteria */
    TIERS_ROWS,      /* two tiers: rows decide success, and show what the criteria ask or more */
    TIERS_ROWS_TOO_WEAK, /* two tiers, but the criteria ask less of the mean or of a reader: a row shows too little */
    TIERS_CELLS_STRICTER, /* the criteria ask two tiers of a scheme of one: a cell that passes shows its reader alone */
    TIERS_CELLS_BY_ROWS, /* the criteria ask each cell, by a bound or taps of their own, and the scheme stops by rows */
};

enum tiers tiers_of(const struct criteria *c, const struct scheme *s);

#endif
