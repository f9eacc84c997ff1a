/* Which share of dirty placements criteria pass, and which one they refuse a handset for. */
#ifndef NFC_SURVEY_CLAUSES_REFUSAL_H
#define NFC_SURVEY_CLAUSES_REFUSAL_H

#include "harness/clauses/criteria_file.h"
#include "harness/verdict/verdict.h"

/* The greatest P(dirty) that passes: the criteria's own bound, or the scheme's q1; q1 without criteria, c NULL. */
double criteria_dirty_at_most(const struct criteria *c, const struct scheme *s);

/*
 * A required cell refuses its handset once its lower bound is this or more (and it is not shown to pass): the scheme's
 * q0, where it becomes `incompatible`; under `refuse: above-bound` what the criteria pass at most. Then a cell that is
 * incompatible and below this leaves its handset open, and is worth measuring on. q0 without criteria.
 */
double criteria_refuses_above(const struct criteria *c, const struct scheme *s);

/*
 * How many placements a handset that never works takes until it is refused: those that bring the lower bound to this, all
 * of them dirty, and no fewer than its first session's, after which a cell rests, and one of a second.
 */
unsigned criteria_refusal_placements(double above, const struct scheme *s);

#endif
