/* sample-size for a number of placements that is fixed beforehand: what is computed is printed at once, to
 * people or (to: NULL) as YAML. */
#ifndef NFC_SURVEY_COMMANDS_SAMPLE_FIXED_H
#define NFC_SURVEY_COMMANDS_SAMPLE_FIXED_H

#include "harness/base/err.h"
#include "harness/commands/sample_print.h"
#include "harness/commands/speech.h"

#include <stdbool.h>
#include <stdint.h>

struct sample_question {
    double p; /* the failure probability to show, or the percentile as a fraction */
    double confidence;
    uint64_t trials, failures;
    bool has_trials;
};

/* How many trials show a failure probability of at most p; ERR_LIMIT when more than TRIALS_MAX. */
int sample_claim(const struct sample_question *q, const struct speech *to, struct err *e)
    __attribute__((warn_unused_result));

/* What `failures` of `trials` prove. */
void sample_limits(const struct sample_question *q, const struct speech *to);

/* Which of `trials` sorted values bound the percentile, and how many values a bound needs; ERR_LIMIT as
 * above. */
int sample_ranks(const struct sample_question *q, const struct speech *to, struct err *e)
    __attribute__((warn_unused_result));

#endif
