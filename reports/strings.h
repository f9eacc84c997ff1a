/* The words of the reports in both languages, from one table (strings.def). */
#ifndef NFC_SURVEY_REPORTS_STRINGS_H
#define NFC_SURVEY_REPORTS_STRINGS_H

enum string_id {
#define S(id, en, ja) STR_##id,
#include "reports/strings.def"
#undef S
    STR_COUNT
};

enum string_language { STRING_ENGLISH = 0, STRING_JAPANESE };

/* English for any language but "ja". */
enum string_language string_language_of(const char *language);
const char *string_text(enum string_id id, enum string_language language);

#endif
