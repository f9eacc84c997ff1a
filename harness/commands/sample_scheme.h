/* sample-size for a scheme, which looks after every placement: its tables, what it proves and what it does.
 */
#ifndef NFC_SURVEY_COMMANDS_SAMPLE_SCHEME_H
#define NFC_SURVEY_COMMANDS_SAMPLE_SCHEME_H

#include "harness/base/err.h"
#include "harness/commands/sample_print.h"
#include "harness/commands/speech.h"
#include "harness/verdict/characteristics.h"

#include <stdbool.h>
#include <stddef.h>

#define SAMPLE_OWN_MAX 64 /* values of q of one's own */

struct sample_scheme {
    struct scheme scheme;
    bool characteristics;
    struct instrument instrument; /* of the characteristics */
    double own[SAMPLE_OWN_MAX];   /* values of q beside the usual ones */
    size_t own_count;
};

/* Prints it to people or (to: NULL) as YAML; what can't be computed is an error before anything is printed. */
int sample_scheme(const struct sample_scheme *s, const struct speech *to, struct err *e)
    __attribute__((warn_unused_result));

#endif
