/* What `run` says of clocks and host. */
#ifndef NFC_SURVEY_COMMANDS_PREMISES_TEXT_H
#define NFC_SURVEY_COMMANDS_PREMISES_TEXT_H

#include "harness/commands/speech.h"
#include "harness/station/station.h"

/* "12 h 05 min"; "?" where it is not known (less than 0). */
struct phrase span_text(double seconds, enum language language);

/* A notice of NOTICE_HOST. */
void say_host(const struct speech *s, const struct station_notice *notice);

/* That a session is over, and when the next may begin, by local time and from now on. reason is the stop record's. */
struct phrase session_end_text(const struct said *reason, enum language language);

#endif
