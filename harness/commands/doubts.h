/* What is doubtful of a survey that is valid: nobody wants to hear it after the sweep. */
#ifndef NFC_SURVEY_COMMANDS_DOUBTS_H
#define NFC_SURVEY_COMMANDS_DOUBTS_H

#include "harness/clauses/reach.h"
#include "harness/commands/speech.h"

/* reach_of() under the survey's own scheme. */
int doubts_of(const struct survey *s, struct reach *out, struct err *e) __attribute__((warn_unused_result));

/* A line each, which its place in the survey's file begins. */
void doubts_say(const struct speech *to, const struct survey *s, const struct reach *r);

#endif
