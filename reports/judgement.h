/* criteria.yaml: an assessment in block style, for people and for tools. */
#ifndef NFC_SURVEY_REPORTS_JUDGEMENT_H
#define NFC_SURVEY_REPORTS_JUDGEMENT_H

#include "reports/report.h"

/* Of a report with what-ifs, to a file; words of the Japanese catalogue must be open. */
int judgement_write(const struct report *r, const char *path, struct buf *out, struct err *e);

#endif
