/* How often a list under a survey's criteria will err, for `plan`. */
#ifndef NFC_SURVEY_COMMANDS_PLAN_ERRORS_H
#define NFC_SURVEY_COMMANDS_PLAN_ERRORS_H

#include "harness/commands/speech.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

/* Nothing without criteria. */
int plan_errors_say(const struct speech *to, const struct survey *s, const struct scheme *scheme,
                    struct err *e) __attribute__((warn_unused_result));

#endif
