/* criteria.yaml: an assessment in block style, for people and for tools. */
#ifndef NFC_SURVEY_REPORTS_JUDGEMENT_H
#define NFC_SURVEY_REPORTS_JUDGEMENT_H

#include "reports/report.h"

/* Of a report with what-ifs, or of some handsets or readers; words of the Japanese catalogue must be open. */
int judgement_write(const struct report *r, const char *path, struct buf *out, struct err *e);

/* The recommendations as JUnit XML: a test case a handset, a failure where it is not recommended, an error where
 * there is not enough data. */
int judgement_junit(const struct report *r, const char *path, struct err *e);

#endif
