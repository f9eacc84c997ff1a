/* summary.yaml: the derived table a cell in block style, for people and for tools; rebuilt at any time. */
#ifndef NFC_SURVEY_REPORTS_SUMMARY_H
#define NFC_SURVEY_REPORTS_SUMMARY_H

#include "harness/base/buf.h"
#include "reports/report.h"

/* Of a report with REPORT_SUMMARY. */
void summary_write(const struct report *r, struct buf *out);

#endif
