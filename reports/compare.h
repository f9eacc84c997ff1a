/* The page of a comparison of two runs; no arithmetic here, as in every writer. */
#ifndef NFC_SURVEY_REPORTS_COMPARE_H
#define NFC_SURVEY_REPORTS_COMPARE_H

#include "harness/base/err.h"
#include "harness/findings/compare.h"

/* language, data_directory and locale_directory as in struct report. */
int compare_html(const struct comparison *c, const char *language, const char *data_directory,
                 const char *locale_directory, const char *path, struct err *e)
    __attribute__((warn_unused_result));

#endif
