/* A comparison of two runs, written: as a page and as YAML. */
#ifndef NFC_SURVEY_SECTIONS_COMPARE_H
#define NFC_SURVEY_SECTIONS_COMPARE_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/compare/compare.h"
#include "reports/report.h"

/* r: the report of run A, for its language and its directories. */
int compare_html(const struct comparison *c, struct report *r, const char *path, struct err *e)
    __attribute__((warn_unused_result));

/* All of it, for programs. */
void compare_yaml(const struct comparison *c, struct buf *out);

/* For a build server: what is on a list is a failure, what was not tested is skipped. */
int compare_junit(const struct comparison *c, const char *path, struct err *e)
    __attribute__((warn_unused_result));

#endif
