/* summary.yaml: the derived table a cell in block style, for people and for tools; rebuilt at any time. */
#ifndef NFC_SURVEY_REPORTS_TABLES_SUMMARY_H
#define NFC_SURVEY_REPORTS_TABLES_SUMMARY_H

#include "harness/base/buf.h"
#include "reports/report.h"

/* Of a report with REPORT_SUMMARY. */
void summary_write(const struct report *r, struct buf *out);

/* ---- its parts, a file each ---- */
void summary_scope(const struct findings *f, struct buf *b);

/* The `matrix:` section; all: with every subset, pooled cell and association. */
void summary_matrix_write(const struct findings *f, const struct matrix *m, bool all, struct buf *out);
/* The same as summary.yaml holds it: by the profiles' shares, whatever the report's are, or why there is none. */
void summary_matrix(const struct report *r, struct buf *out);

#endif
