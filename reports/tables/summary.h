/* summary.yaml, as `run` and `report` write it and `verify` compares it. */
#ifndef NFC_SURVEY_TABLES_SUMMARY_H
#define NFC_SURVEY_TABLES_SUMMARY_H

#include "harness/base/buf.h"
#include "harness/findings/findings.h"

void findings_summary(const struct findings *f, struct buf *out);

#endif
