/* The proposal in sentences: every number is the assessment's, and what the evidence does not say is a part of it. */
#ifndef NFC_SURVEY_TABLES_PROPOSAL_SENTENCES_H
#define NFC_SURVEY_TABLES_PROPOSAL_SENTENCES_H

#include "harness/criteria/assessment.h"
#include "reports/words/words.h"

/* Its sentences in this order: first what the evidence supports, then how sensitive the list is, which is no advice. */
enum proposal_part { PROPOSAL_SUPPORTED = 0, PROPOSAL_SENSITIVITY };

size_t proposal_count(const struct assessment *a);
enum proposal_part proposal_part(size_t i);
enum word proposal_part_word(enum proposal_part part); /* its heading */
void proposal_add(struct buf *out, const struct assessment *a, size_t i, enum language language);

/* A value of a clause's range as people write it: "20.0 % of placements dirty", "6 readers". */
void proposal_add_value(struct buf *out, const struct assess_range *r, double value, enum language language);

#endif
