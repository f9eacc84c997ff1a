/* A comparison of two runs as a page and as YAML; no arithmetic here, as in every writer. */
#ifndef NFC_SURVEY_REPORTS_COMPARE_H
#define NFC_SURVEY_REPORTS_COMPARE_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/compare/compare.h"

/* language, data_directory and locale_directory as in struct report. */
int compare_html(const struct comparison *c, const char *language, const char *data_directory,
                 const char *locale_directory, const char *path, struct err *e)
    __attribute__((warn_unused_result));

/* The whole of it as YAML, in block style. */
void compare_yaml(const struct comparison *c, struct buf *out);

#endif
