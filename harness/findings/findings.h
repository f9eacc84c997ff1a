/*
 * A run as data: a journal folded into counts, times and verdicts a cell. What criteria make of it, why
 * cells failed and what a report says are asked of it elsewhere.
 */
#ifndef NFC_SURVEY_FINDINGS_FINDINGS_H
#define NFC_SURVEY_FINDINGS_FINDINGS_H

#include "harness/findings/cell.h"
#include "harness/findings/flagged.h"
#include "harness/findings/run.h"
#include "harness/findings/times.h"

#define NEEDS_DECIDE_MATRIX "needs decide: matrix"

/* Whether only the list of its own criteria was asked for: cells stopped by an outcome, and bias what else is made of
 * them. */
static inline bool findings_is_of_list(const struct findings *f)
{
    return f->survey && f->survey->decide == DECIDE_LIST;
}

#endif
