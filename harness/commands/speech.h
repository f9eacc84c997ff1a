/* What a command says to people, on one stream and in one language. */
#ifndef NFC_SURVEY_COMMANDS_SPEECH_H
#define NFC_SURVEY_COMMANDS_SPEECH_H

#include "reports/tables/table.h"

#include <stdio.h>

struct speech {
    FILE *to;
    enum language language;
};

struct speech speech_english(void); /* on stdout */

/* A table about a run; report is NULL of one about something else, which the parent row then is about. */
void speech_table(const struct speech *s, const struct report *report, const struct table *t,
                  const struct row *parent);

#endif
