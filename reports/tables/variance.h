/* The run as a gauge study in a sentence a measure, for who chooses readers. */
#ifndef NFC_SURVEY_TABLES_VARIANCE_H
#define NFC_SURVEY_TABLES_VARIANCE_H

#include "harness/matrix/gauge.h"
#include "reports/report.h"
#include "reports/words/words.h"

/* Where most of it comes from, and what the choice among these readers can change. */
void variance_add_sentence(struct buf *out, const struct report *r, const struct gauge *g,
                           enum language language);

/* How many sessions there were, and what that leaves of the days' share. */
void variance_add_note(struct buf *out, const struct report *r, enum language language);

#endif
