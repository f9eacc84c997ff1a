/*
 * Reports. The model is made once: the findings of a run, what criteria make of them, and the matrix. A
 * writer turns it into one format, with no arithmetic of its own. A new format is one file and its word in
 * REPORT_WRITERS.
 */
#ifndef NFC_SURVEY_REPORTS_REPORT_H
#define NFC_SURVEY_REPORTS_REPORT_H

#include "harness/base/err.h"
#include "harness/findings/assess.h"
#include "harness/findings/findings.h"
#include "harness/findings/matrix.h"

struct report {
    const struct findings *findings;
    const struct assessment *assessment; /* NULL without criteria */
    const char *criteria_sha256;         /* of the criteria's text; NULL without criteria */
    const struct matrix *matrix;         /* NULL when it could not be made */
    bool shares_misfit;                  /* why, then: its shares do not fit the survey */

    const char *language;            /* "en" or "ja" */
    const char *other_language_file; /* name of the same report in the other language beside it; NULL: none */
    const char *data_directory;      /* where reports/ style sheets and scripts are */
    const char *locale_directory;    /* where the catalogues are */
    const char *gnuplot; /* program, "gnuplot"; a missing one gives tables and a warning in the page */
    const char *python;  /* program in which weasyprint is; NULL: Debian's, else the first one on the PATH */
    const char *plots_directory; /* plots' scripts and data are left there, a folder; NULL: nowhere */
    char warning[256];           /* out: what could not be made and why; "" when all was */
};

struct report_writer {
    const char *name;          /* of --format: "html" */
    const char *stem;          /* of the file's name; NULL: "report" */
    const char *extension;     /* without the dot */
    const char *summary;       /* for --help */
    bool is_in_every_language; /* a file a language; else one file for all */
    int (*write)(struct report *r, const char *path, struct err *e);
};

/* In the order in which --help names them: report_html is in html.c, and so on. */
#define REPORT_WRITERS(W)      W(html) W(pdf) W(xlsx) W(csv) W(markdown) W(criteria)
#define REPORT_WRITER_IS(name) extern const struct report_writer report_##name;
REPORT_WRITERS(REPORT_WRITER_IS)

/* All of them, NULL-terminated. */
extern const struct report_writer *const report_writers[];
const struct report_writer *report_writer_of(const char *name, size_t length); /* NULL for a stranger */

#endif
