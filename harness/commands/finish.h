/* What run, note and report leave behind: the derived summary of a run. */
#ifndef NFC_SURVEY_COMMANDS_FINISH_H
#define NFC_SURVEY_COMMANDS_FINISH_H

#include "reports/report.h"

#define THIS_PROGRAM "nfc-survey " NFC_SURVEY_VERSION

/* A file was made of a run: into the manifest of its directory, where it lies in that. made: by which command line
 * (remake.h), "" of one that is not made again so. */
int finish_file(const char *directory, const char *path, const char *made, const struct findings *f,
                struct err *e) __attribute__((warn_unused_result));

/* Writes DIR/summary.yaml of a report with REPORT_SUMMARY and prints its path. */
int finish_summary(const struct report *r, const char *directory, struct err *e)
    __attribute__((warn_unused_result));

/* The same from the journal of a run that has just got more records; returns the exit status. */
int finish_run(const char *directory);

#endif
