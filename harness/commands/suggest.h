/* plan --suggest: which models to test out of a larger list. */
#ifndef NFC_SURVEY_COMMANDS_SUGGEST_H
#define NFC_SURVEY_COMMANDS_SUGGEST_H

#include "harness/commands/speech.h"

/* Reads --suggest, --from, --shares, --seed and --format of plan's options; returns the exit status. */
int suggest_models(const struct options *o, uint64_t seed, const struct speech *to);

#endif
