/* What a script's transaction is expected to carry, from the script alone: for `plan --truth`. */
#ifndef NFC_SURVEY_COMMANDS_ESTIMATE_H
#define NFC_SURVEY_COMMANDS_ESTIMATE_H

#include "harness/survey/script.h"

#include <stddef.h>

/*
 * Response data bytes of each exchange of one transaction, loops unrolled, at most `capacity`; `extended`:
 * the reader passes extended APDUs, otherwise the steps that need them are skipped; file_bytes: length of a
 * file whose length the script finds out by itself, 0 = as long as the script expects. Returns how many
 * exchanges there are.
 */
size_t estimate_responses(const struct script *s, bool extended, size_t file_bytes, size_t *out,
                          size_t capacity);

#endif
