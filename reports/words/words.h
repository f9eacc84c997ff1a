/*
 * The words of the reports: English in words.def, that of codes and causes in harness/domain, other languages in
 * gettext's catalogues, which are made of reports/words/locale/<language>.po. Numbers are never formatted by locale.
 */
#ifndef NFC_SURVEY_WORDS_WORDS_H
#define NFC_SURVEY_WORDS_WORDS_H

#include "harness/base/err.h"
#include "harness/domain/cause.h"
#include "harness/domain/said.h"

enum word {
    WORD_NONE = 0,
#define S(id, english)          WORD_##id,
#define C(id, context, english) WORD_##id,
#include "reports/words/words.def"
#undef C
#undef S
    WORD_COUNT
};

enum language { LANGUAGE_ENGLISH = 0, LANGUAGE_JAPANESE };

/* English for any language but "ja". */
enum language language_of(const char *language);

/*
 * Before the first word of a language: its catalogue is <locale_directory>/ja/LC_MESSAGES/nfc-survey.mo.
 * ERR_ENVIRONMENT when it is not there. English needs none, and goes on beside it.
 */
int words_open(enum language language, const char *locale_directory, struct err *e)
    __attribute__((warn_unused_result));

const char *word_text(enum word id, enum language language);
const char *word_said(enum said_code code, enum language language); /* of said.def, with its places */
/* A text of status_word.def; as it is where it is none of them, as in the journals of another version. */
const char *word_status(const char *english, enum language language);
const char *word_cause(unsigned number, enum language language); /* of cause.def; "" outside of it */

#endif
