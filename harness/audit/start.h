/*
 * What a start record says of the plan, held against the survey that it embeds, whose text has a digest. The run is
 * judged by the survey: a number of the start record that was changed changes no verdict, and is named by each command.
 */
#ifndef NFC_SURVEY_AUDIT_START_H
#define NFC_SURVEY_AUDIT_START_H

#include "harness/base/err.h"
#include "harness/journal/integrity.h"
#include "harness/survey/survey.h"

/* Takes over what the survey's text does not fix: the seed, which --seed may have overruled, the rules of judgement, and
 * for a run of before 0.5.0 the transactions a placement, whose usual number was another. s: just loaded. */
void start_keep(struct survey *s, const struct journal_start *start);

/* A fault of line 1 for each thing that the record says otherwise than the survey. s: behind start_keep(). */
int start_audit(const struct survey *s, const struct journal_start *start, struct integrity *i, struct err *e)
    __attribute__((warn_unused_result));

#endif
