/* Doctor's findings in words, and as JSON. */
#ifndef NFC_SURVEY_COMMANDS_DOCTOR_TEXT_H
#define NFC_SURVEY_COMMANDS_DOCTOR_TEXT_H

#include "harness/commands/speech.h"
#include "harness/doctor/doctor.h"

/* The worst first; all: what is in order, too. Ends with a line that counts them. */
void doctor_text(const struct doctor_findings *f, bool all, const struct speech *to);

/* Only what would stop or spoil the sweep, without a count; nothing when nothing would. */
void doctor_warn(const struct doctor_findings *f, const struct speech *to);

void doctor_json(const struct doctor_findings *f, const struct speech *to); /* an object a line */

#endif
