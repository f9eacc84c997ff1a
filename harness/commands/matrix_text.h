/* The matrix of a run as `matrix` prints it. */
#ifndef NFC_SURVEY_COMMANDS_MATRIX_TEXT_H
#define NFC_SURVEY_COMMANDS_MATRIX_TEXT_H

#include "harness/commands/speech.h"

void matrix_text(const struct speech *s, const struct report *r); /* of a report with a matrix */

#endif
