/* sample-size for a scheme of two tiers: its tables, handsets that must not pass, and what it does. */
#ifndef NFC_SURVEY_COMMANDS_SAMPLE_TWO_TIER_H
#define NFC_SURVEY_COMMANDS_SAMPLE_TWO_TIER_H

#include "harness/base/err.h"
#include "harness/commands/sample_scheme.h"

#define SAMPLE_READERS_USUAL 6

/* Prints it to people or (to: NULL) as YAML; what can't be computed is an error before anything is printed. */
int sample_two_tier(const struct sample_scheme *s, unsigned readers, const struct speech *to, struct err *e)
    __attribute__((warn_unused_result));

#endif
