/* What run and report leave behind: the derived summary of a run. */
#ifndef NFC_SURVEY_COMMANDS_FINISH_H
#define NFC_SURVEY_COMMANDS_FINISH_H

#include "harness/base/err.h"
#include "harness/findings/findings.h"

/* Writes DIR/summary.yaml and prints its path. */
int finish_summary(const struct findings *f, const char *directory, struct err *e)
    __attribute__((warn_unused_result));

#endif
