/* What the next shift must know of a run. */
#ifndef NFC_SURVEY_COMMANDS_HANDOVER_H
#define NFC_SURVEY_COMMANDS_HANDOVER_H

#include "harness/commands/speech.h"

#include <stdint.h>

/*
 * Done and left, what is set aside or put off, and which placements of the last execution are doubtful: at most `limit`
 * of them by name. Reads the journal; the error's code, or 0.
 */
int handover_print(const struct speech *to, const char *directory, uint64_t limit, struct err *e)
    __attribute__((warn_unused_result));

#endif
