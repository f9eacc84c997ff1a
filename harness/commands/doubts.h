/* What is doubtful of a survey that is valid: nobody wants to hear it after the sweep. */
#ifndef NFC_SURVEY_COMMANDS_DOUBTS_H
#define NFC_SURVEY_COMMANDS_DOUBTS_H

#include "harness/commands/speech.h"
#include "harness/survey/survey.h"

/* A line each, which the survey's path begins: labels not filled in, readers that nothing tells apart, criteria that
 * nobody can meet by what is measured. */
void doubts_say(const struct speech *to, const struct survey *s);

#endif
