/* A comparison of two runs as text, for a terminal. */
#ifndef NFC_SURVEY_COMMANDS_COMPARE_TEXT_H
#define NFC_SURVEY_COMMANDS_COMPARE_TEXT_H

#include "harness/compare/compare.h"

#include <stdio.h>

void compare_text(const struct comparison *c, FILE *to);

#endif
