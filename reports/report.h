/* Report writers: each turns findings into one format, with no arithmetic of its own. */
#ifndef NFC_SURVEY_REPORTS_REPORT_H
#define NFC_SURVEY_REPORTS_REPORT_H

#include "harness/base/err.h"
#include "harness/findings/findings.h"

struct report_options {
    const char *data_directory;   /* where reports/ templates and the style sheet are */
    const char *locale_directory; /* where the catalogues are */
    const char *language;         /* "en" or "ja" */
    const char *gnuplot; /* program, "gnuplot"; a missing one gives tables and a warning in the page */
    char warning[256];   /* out: what could not be drawn and why; "" when all was */
};

/* One self-contained page at path: inline SVG from gnuplot, no network, every value escaped. */
int report_html(const struct findings *f, struct report_options *o, const char *path, struct err *e)
    __attribute__((warn_unused_result));

#endif
