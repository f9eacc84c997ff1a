/*
 * What would stop or spoil a sweep on this host, all at once, each finding with the command that mends it. Changes
 * nothing, sends nothing to a card, and waits for nobody longer than it says. Files are read below `root`, so that
 * what few hosts have (suspend, cpufreq, a kernel module on a reader) can be shown on a made tree; the daemon, the
 * clocks and the disk are always the real ones.
 */
#ifndef NFC_SURVEY_DOCTOR_DOCTOR_H
#define NFC_SURVEY_DOCTOR_DOCTOR_H

#include "harness/base/err.h"
#include "harness/domain/said.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>

enum doctor_check {
    DOCTOR_CHECK_NONE = 0,
#define CHECK(ID, name, worst, when, needed_by, function) DOCTOR_CHECK_##ID,
#include "harness/doctor/checks.def"
#undef CHECK
    DOCTOR_CHECK_COUNT
};
const char *doctor_check_name(enum doctor_check check); /* "usb-node"; "" for a stranger */

/* From good to bad. */
enum doctor_severity {
    DOCTOR_NONE = 0,
    DOCTOR_OK,
    DOCTOR_ADVICE, /* a sweep goes well, something beside it could go better */
    DOCTOR_SPOILS, /* a sweep runs, its results suffer or may be doubted */
    DOCTOR_STOPS,  /* a sweep would fail */
    DOCTOR_SEVERITY_COUNT
};
const char *doctor_severity_name(enum doctor_severity severity); /* "ok", "advice", "spoils", "stops" */

struct doctor_finding {
    enum doctor_check check;
    enum doctor_severity severity;
    char subject[160]; /* a reader, a file with line and column, a folder; "": the host */
    struct said said;  /* with its words in itself */
    char fix
        [768]; /* command lines for Debian, one a line; "" where no command mends it: said tells what does */
};

struct doctor_how {
    const char *root;                      /* before every path: "" */
    const struct survey *survey;           /* the sweep that is meant; NULL: any over real readers */
    const char *directory;                 /* where its journal will stand; NULL: none */
    const struct reader_profile *profiles; /* of the readers that can be known */
    size_t profile_count;
    const struct survey_problems *profile_problems; /* sick files; NULL: none */
    const struct survey_problems *survey_problems;  /* why the survey could not be read; NULL: it could */
    bool quick;                                     /* only what takes milliseconds and waits for nobody */
};

struct doctor_findings {
    struct doctor_finding *items; /* owned */
    size_t count;
};

/* Every check that the sweep needs, at least one finding of each, DOCTOR_OK where nothing is in the way; 0 or
 * ERR_MEMORY. */
int doctor_examine(const struct doctor_how *how, struct doctor_findings *out, struct err *e)
    __attribute__((warn_unused_result));
void doctor_findings_free(struct doctor_findings *f);

enum doctor_severity doctor_worst(const struct doctor_findings *f); /* DOCTOR_NONE of none */

#endif
