/*
 * What of the handsets' attributes goes with failure, in sentences that every output says alike: the rule, each
 * attribute that is shown, and the requirement that would follow. Drafts from one run, not advice.
 */
#ifndef NFC_SURVEY_TABLES_WHY_SENTENCES_H
#define NFC_SURVEY_TABLES_WHY_SENTENCES_H

#include "reports/report.h"
#include "reports/tables/table.h"
#include "reports/words/words.h"

/* The sentences on the rule, i from 0: how many models fail, then the rule, or that none is shown. False: no more. */
bool why_add_rule(struct buf *out, const struct report *r, const struct matrix_group *g, size_t i,
                  enum language language);

/* "technologies is A, sim-reader-c: 8 of 8 fail, of the others 7 of 27 (adjusted p 0.0096)" */
void why_add_association(struct buf *out, const struct report *r, const struct matrix_association *a,
                         enum language language);

/* That none of so many is shown; nothing where one is, or none was tested. */
void why_add_none(struct buf *out, const struct matrix_group *g, enum language language);

/* "Draft for the readers: ..." or for the handsets. */
void why_add_requirement(struct buf *out, const struct report *r, const struct matrix_group *g,
                         const struct matrix_association *a, enum language language);

/* What is shown to go with a refusal, if only in a conditional mode: on the reader that decides, else on another one
 * that refuses it. NULL: nothing is. */
const struct matrix_association *why_of_pair(const struct report *r, size_t pair);

/* Getters of a row's pair where it is refused: candidates that the evidence of the cell that decides leaves, what goes
 * with it, the requirement that would follow. */
void row_refusal_causes(struct entry *x);
void row_goes_with(struct entry *x);
void row_requirement(struct entry *x);

#endif
