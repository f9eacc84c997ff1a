/* What a script's transaction is expected to carry, from the script alone: for `plan --truth`. */
#ifndef NFC_SURVEY_COMMANDS_ESTIMATE_H
#define NFC_SURVEY_COMMANDS_ESTIMATE_H

#include "drivers/emulator/handset/handset.h"
#include "harness/survey/script.h"

#include <stddef.h>

/*
 * The exchanges of one transaction, loops unrolled, at most `capacity` of them in `sizes`, with its activations and
 * pauses; out->limit_us is left to the caller. `extended`:
 * the reader passes extended APDUs, otherwise the steps that need them are skipped; file_bytes: length of a
 * file whose length the script finds out by itself, 0 = as long as the script expects.
 */
void estimate_transaction(const struct script *s, bool extended, size_t file_bytes,
                          struct handset_sizes *sizes, size_t capacity, struct handset_transaction *out);

#endif
