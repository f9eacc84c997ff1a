/* A journal's integrity as messages, for check and verify. */
#ifndef NFC_SURVEY_COMMANDS_JOURNAL_REPORT_H
#define NFC_SURVEY_COMMANDS_JOURNAL_REPORT_H

#include "harness/journal/integrity.h"

/* Names every damaged or hand-edited line on stderr; returns the exit status: 0, or 3 when the journal is
 * damaged. */
int journal_report(const char *path, struct journal_verdict *out);

#endif
