/* What a command says to people: reports/words/speech.h in the language that was asked for. */
#ifndef NFC_SURVEY_COMMANDS_SPEECH_H
#define NFC_SURVEY_COMMANDS_SPEECH_H

#include "harness/commands/options.h"
#include "reports/tables/table.h"
#include "reports/words/speech.h"

/* Of a command whose text is in more than one language. */
#define SPEECH_OPTION                                                                                        \
    {                                                                                                        \
        .name = "lang", .argument = "en|ja",                                                                 \
        .help = "language of what is printed for people (default: the locale's); errors are in English"      \
    }

/*
 * The language is that of --lang, else of the locale: Japanese where the first of LC_ALL, LC_MESSAGES and LANG that is
 * set begins with ja. Without its catalogue it is English, with a message when --lang asked for it. False after a
 * message that --lang is neither.
 */
bool speech_open(const struct options *o, FILE *to, struct speech *out);

/* A table about a run; report is NULL of one about something else, which the parent row then is about. */
void speech_table(const struct speech *s, const struct report *report, const struct table *t,
                  const struct row *parent);

#endif
