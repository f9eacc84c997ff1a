/* What `run` says of clocks. */
#ifndef NFC_SURVEY_COMMANDS_PREMISES_TEXT_H
#define NFC_SURVEY_COMMANDS_PREMISES_TEXT_H

#include "harness/commands/speech.h"

/* That a session is over, and when the next may begin, by local time and from now on. reason is the stop record's. */
struct phrase session_end_text(const struct said *reason, enum language language);

#endif
