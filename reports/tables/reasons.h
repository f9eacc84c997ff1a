/* Why a pair has its recommendation, and what shows it, in words: every page, sheet, file and terminal draws from here. */
#ifndef NFC_SURVEY_TABLES_REASONS_H
#define NFC_SURVEY_TABLES_REASONS_H

#include "harness/criteria/assessment.h"
#include "reports/words/words.h"

/* "Success: shown not to be met" */
void reason_add(struct buf *out, const struct assessment *a, size_t pair, enum language language);

/* The same with the evidence of what decides. */
void reason_add_whole(struct buf *out, const struct assessment *a, size_t pair, enum language language);

/* "2 of 3 taps ok, [13.5, 98.3] %": what the clause saw, or why the cell has no figures; nothing where nobody looked. */
void evidence_add(struct buf *out, const struct assessment *a, const struct assess_evidence *of,
                  enum language language);

/* The same behind its cell: "RW-1, on-unlocked, token: 2 of 3 taps ok, ...". */
void evidence_add_with_cell(struct buf *out, const struct assessment *a, const struct assess_evidence *of,
                            enum language language);

/* Whether what the clause saw are the placements of the cell and their bounds. */
bool evidence_is_of_counts(const struct assess_evidence *of);

#endif
