/*
 * Words of the catalogue on one stream and in one language, for people. Numbers are passed as text (SPEECH_NUMBER);
 * what comes from a journal, a card or a file is made safe for a terminal here.
 */
#ifndef NFC_SURVEY_WORDS_SPEECH_H
#define NFC_SURVEY_WORDS_SPEECH_H

#include "harness/domain/domain.h"
#include "reports/words/numbers.h"
#include "reports/words/words.h"

#include <stddef.h>
#include <stdio.h>

struct speech {
    FILE *to;
    enum language language;
};

/* {0} .. {9} of the word are the texts behind it, which end with NULL: they are made safe, the word may have lines. */
void speech_fill(const struct speech *s, enum word word, const char *const *arguments);
#define speech_say(s, word, ...)  speech_fill((s), (word), (const char *const[]) { __VA_ARGS__ })
#define speech_line(s, word, ...) (speech_say(s, word, __VA_ARGS__), (void)putc('\n', (s)->to))
/* A line that the program's name begins. */
#define speech_note(s, word, ...) (fputs("nfc-survey: ", (s)->to), speech_line(s, word, __VA_ARGS__))
#define SPEECH_NUMBER(number)     (number_name(number).text)

/* A word and blanks behind it, to so many columns and one at least. */
void speech_label(const struct speech *s, enum word word, size_t columns);
size_t speech_width(const struct speech *s, const enum word *labels,
                    size_t count); /* that the widest needs */

/* In English by the name that the files have. */
const char *speech_verdict(const struct speech *s, enum verdict v);
const char *speech_power(const struct speech *s, enum power_mode mode);

#endif
