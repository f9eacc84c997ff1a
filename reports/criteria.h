/* criteria.yaml as text, for the writer of that name and for the command that asks under other criteria. */
#ifndef NFC_SURVEY_REPORTS_CRITERIA_H
#define NFC_SURVEY_REPORTS_CRITERIA_H

#include "harness/criteria/assessment.h"

/* criteria_text_sha256: of the text that the criteria were read from. */
void criteria_yaml(const struct assessment *a, const char *criteria_text_sha256, struct buf *out);

#endif
