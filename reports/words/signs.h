/* How a verdict or a recommendation looks wherever it is drawn: once, for pages, plots' legends and spreadsheets. */
#ifndef NFC_SURVEY_WORDS_SIGNS_H
#define NFC_SURVEY_WORDS_SIGNS_H

#include "harness/domain/domain.h"
#include "reports/words/words.h"

/* What colours say; the style sheets have a class for each. */
enum tone { TONE_NONE = 0, TONE_GOOD, TONE_BAD, TONE_OPEN, TONE_WARN, TONE_COUNT };

struct sign {
    enum word name;
    enum word symbol;  /* of a verdict */
    enum word meaning; /* of a recommendation: a sentence */
    enum tone tone;
    const char *class; /* of html, a letter */
};

const struct sign *sign_of_verdict(enum verdict v);
const struct sign *sign_of_recommendation(enum recommendation r);

/* Verdicts in the order in which they are listed; cells have no others. */
#define SIGNS 8
extern const enum verdict signs_listed[SIGNS];

#endif
