/* What is stated of a list's errors, and what it means to be refused. */
#ifndef NFC_SURVEY_TABLES_STATED_ERRORS_H
#define NFC_SURVEY_TABLES_STATED_ERRORS_H

#include "reports/tables/table.h"

/* Of the report's assessment; a command without one draws it inside of a row about a struct stated_errors. */
extern const struct table table_stated_errors;

/* Sentences below the table, from 0; WORD_NONE: there are no more. */
enum word stated_errors_note(const struct stated_errors *e, size_t i);

/* What not recommended means, and what the other kind of refusal takes: a sentence. False, and nothing: under criteria that
 * don't refuse by dirty placements. */
bool stated_errors_price(struct buf *out, const struct assessment *a, enum language language);

#endif
