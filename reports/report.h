/*
 * Reports. The model is made once: the findings of a run, the causes of its failures, what criteria make of them, and
 * the matrix. A writer turns it into one format, with no arithmetic of its own. A new format is one file and its word
 * in REPORT_WRITERS.
 */
#ifndef NFC_SURVEY_REPORTS_REPORT_H
#define NFC_SURVEY_REPORTS_REPORT_H

#include "harness/base/err.h"
#include "harness/causes/causes.h"
#include "harness/criteria/assessment.h"
#include "harness/findings/findings.h"
#include "harness/matrix/matrix.h"
#include "harness/survey/filter.h"

#define ROWS_ON_PAPER 250 /* of a long list */

/* A run held against criteria. */
struct report_judged {
    struct criteria *criteria;
    struct assessment *assessment;
    struct matrix *matrix; /* of what these require; NULL as the report's own */
};

struct report {
    struct findings *findings;
    struct causes *causes;         /* NULL when not asked for */
    struct criteria *criteria;     /* NULL: the survey names none */
    struct assessment *assessment; /* NULL without criteria, or when not asked for */
    const char *criteria_sha256;   /* of the criteria's text; NULL without criteria */
    bool is_own_criteria;          /* they are those of the start record */
    struct report_judged *beside;  /* the same run under other criteria, in the order asked for */
    size_t beside_count;
    bool *asked_pairs;        /* of an assessment of some handsets; else NULL */
    struct matrix *matrix;    /* NULL when it could not be made, or was not asked for */
    bool shares_misfit;       /* it could not: its shares do not fit the survey */
    const char *matrix_error; /* in a summary: the message with which it could not */

    const char *directory;           /* of the run, as report_open() was given it */
    const char *language;            /* "en" or "ja" */
    const char *other_language_file; /* name of the same report in the other language beside it; NULL: none */
    const char *capture_file;   /* name of the run's capture beside it, that is written with it; NULL: none */
    const char *data_directory; /* where reports/ style sheets and scripts are */
    const char *locale_directory; /* where the catalogues are */
    const char *gnuplot; /* program, "gnuplot"; a missing one gives tables and a warning in the page */
    const char *python;  /* program in which weasyprint is; NULL: Debian's, else the first one on the PATH */
    const char *plots_directory; /* plots' scripts and data are left there, a folder; NULL: nowhere */
    char warning[256];           /* out: what could not be made and why; "" when all was */
};

/* What of a run is made beside its findings; a bit each. */
enum report_part {
    REPORT_CAUSES = 1,
    REPORT_VERDICTS = 2, /* the assessment of every pair ... */
    REPORT_WHAT_IFS = 4, /* ... and with it what-ifs, ranges and the proposal */
    REPORT_MATRIX = 8,
    REPORT_SUMMARY = REPORT_CAUSES | REPORT_VERDICTS | REPORT_MATRIX, /* what summary.yaml says */
    REPORT_ALL = REPORT_SUMMARY | REPORT_WHAT_IFS,
};

/* What becomes of a run whose journal is not as it was written (harness/journal/integrity.h). */
enum report_damage {
    DAMAGE_PASSED_OVER = 0, /* what can be read is reported, and the report bears the mark */
    DAMAGE_ACCEPTED,        /* the same, and placements with a lost or damaged line are suspect */
    DAMAGE_REFUSED,         /* ERR_INPUT, with nothing but the findings, which name the lines */
};

struct report_how {
    unsigned parts;
    enum report_damage damage;
    const char *criteria; /* a file, or the id of one shipped, in place of the survey's own; else NULL */
    /* The same, judged beside it; the first in its place where the survey names none. */
    const char *const *beside;
    size_t beside_count;
    const struct survey_filter
        *only;                  /* judged is what is meant by it, with nothing but VERDICTS; NULL: all */
    const char *data_directory; /* where those shipped are */
    struct matrix_options matrix;
};

/*
 * Reads DIR/journal.yaml once and makes of it what is asked for; report_close() releases it, whole or not. Criteria and
 * market shares that can't be used are listed in p: criteria give ERR_INPUT, without shares there is no matrix and all
 * else is whole. ERR_USAGE: a name of `only` that nothing has.
 */
int report_open(const char *directory, const struct report_how *how, struct report *out,
                struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
void report_close(struct report *r);

/* The same report with the criteria, assessment and matrix of beside[i] in place of its own; it owns nothing. */
struct report report_beside(const struct report *r, size_t i);

struct report_writer {
    const char *name;          /* of --format: "html" */
    const char *stem;          /* of the file's name; NULL: "report" */
    const char *extension;     /* without the dot */
    const char *summary;       /* for --help */
    bool is_in_every_language; /* a file a language; else one file for all */
    bool is_drawn; /* other programs and libraries draw in it: it is another file with others of these */
    int (*write)(struct report *r, const char *path, struct err *e);
    const struct report_writer
        *also; /* another file of the format, beside this one, where no one file is asked for */
};

/* In the order in which --help names them: report_html is in html.c, and so on. */
#define REPORT_WRITERS(W)      W(html) W(pdf) W(xlsx) W(csv) W(markdown) W(pcapng) W(criteria)
#define REPORT_WRITER_IS(name) extern const struct report_writer report_##name;
REPORT_WRITERS(REPORT_WRITER_IS)

/* All of them, NULL-terminated. */
extern const struct report_writer *const report_writers[];
const struct report_writer *report_writer_of(const char *name, size_t length); /* NULL for a stranger */

#endif
