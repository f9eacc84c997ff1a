/* A run as commands open it: its model, and on stderr what is wrong with it. */
#ifndef NFC_SURVEY_COMMANDS_MODEL_H
#define NFC_SURVEY_COMMANDS_MODEL_H

#include "reports/report.h"

/* report_open(), with its problems and the damaged lines of the journal as messages: refused for these, unless
 * accepts_damaged. */
int model_open(const char *directory, const struct report_how *how, bool accepts_damaged, struct report *out,
               struct err *e) __attribute__((warn_unused_result));

/* The same of nothing but the journal, before anything is touched; returns the exit status. */
int model_check(const char *directory, bool accepts_damaged);

/* Market shares of a file, NULL without one; its problems as messages. */
int model_shares(const char *file, struct shares **out, struct err *e) __attribute__((warn_unused_result));

/* The exit status of a failure, after its message where the problems were not messages already. */
int model_error(int status, const struct err *e);

#endif
