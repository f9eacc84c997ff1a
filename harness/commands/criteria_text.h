/* A run held against criteria, as criteria prints it to people. */
#ifndef NFC_SURVEY_COMMANDS_CRITERIA_TEXT_H
#define NFC_SURVEY_COMMANDS_CRITERIA_TEXT_H

#include "harness/commands/speech.h"
#include "harness/criteria/assessment.h"

void criteria_text(const struct assessment *a, const struct speech *to);

#endif
