/* A cell's evidence as explain prints it. */
#ifndef NFC_SURVEY_COMMANDS_EXPLAIN_TEXT_H
#define NFC_SURVEY_COMMANDS_EXPLAIN_TEXT_H

#include "harness/causes/diagnosis.h"
#include "harness/commands/speech.h"

/* What was recorded left, what was repeated right (NULL: nothing was), then what is left of the causes. */
void explain_text(const struct speech *s, const struct diagnosis_side *recorded,
                  const struct diagnosis_side *repeated);

#endif
