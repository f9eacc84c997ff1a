/* The words of the field in a report's language. */
#ifndef NFC_SURVEY_WORDS_ENUMS_H
#define NFC_SURVEY_WORDS_ENUMS_H

#include "harness/domain/domain.h"
#include "reports/words/words.h"

enum word word_verdict(enum verdict v);
enum word word_stage(enum stage stage);
enum word word_power(enum power_mode mode);
enum word word_power_id(enum power_mode mode); /* the id of a condition that has no other: "on-unlocked" */
enum word word_outcome(enum outcome outcome);
enum word word_hands(enum hands_kind hands);
enum word word_health(enum health_event event);
enum word word_recommendation(enum recommendation r);
const char *name_depth(enum depth depth); /* the field's own terms, in every language; "" of none */

#endif
