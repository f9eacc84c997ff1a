/* How sample-size writes numbers in YAML. Results are rounded once, here. */
#ifndef NFC_SURVEY_COMMANDS_SAMPLE_PRINT_H
#define NFC_SURVEY_COMMANDS_SAMPLE_PRINT_H

#include "harness/base/decimal.h"

struct sample_text {
    char text[DECIMAL_SIZE + 8];
};

/* For YAML: a real number keeps its point (1.0), so that a parser gives every value of a key the same type.
 */
struct sample_text sample_given(double value); /* as the command line has it */
struct sample_text sample_bound(double value, enum decimal_rounding outwards); /* 8 digits */
struct sample_text sample_computed(double value); /* 13 places: what the dynamic programme is right to */

#endif
