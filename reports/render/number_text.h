/* A decimal number for programs: plain, always with a point, so that none is taken for a whole number. */
#ifndef NFC_SURVEY_RENDER_NUMBER_TEXT_H
#define NFC_SURVEY_RENDER_NUMBER_TEXT_H

#include "harness/base/decimal.h"

struct number_text {
    char text[DECIMAL_SIZE + 4];
};
struct number_text number_text(double value); /* finite; to 15 digits */

#endif
