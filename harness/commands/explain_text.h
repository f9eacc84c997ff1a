/* A cell's evidence as explain prints it. */
#ifndef NFC_SURVEY_COMMANDS_EXPLAIN_TEXT_H
#define NFC_SURVEY_COMMANDS_EXPLAIN_TEXT_H

#include "harness/causes/causes.h"
#include "harness/causes/diagnosis.h"
#include "harness/commands/speech.h"

/* A line: stages, candidates, card or reader. */
void explain_line(const struct speech *to, const struct causes_cell *c);

/* What the record alone leaves of the causes, with the evidence. */
void explain_record(const struct speech *to, const struct causes *of, size_t cell);

/* What was recorded left, what was repeated right (NULL: nothing was), then what is left of the causes. */
void explain_text(const struct speech *s, const struct diagnosis_side *recorded,
                  const struct diagnosis_side *repeated);

#endif
