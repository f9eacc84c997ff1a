/* A comparison of two runs, as compare prints it to people. */
#ifndef NFC_SURVEY_COMMANDS_COMPARE_TEXT_H
#define NFC_SURVEY_COMMANDS_COMPARE_TEXT_H

#include "harness/commands/speech.h"
#include "harness/compare/compare.h"

void compare_text(const struct comparison *c, const struct speech *to);

#endif
