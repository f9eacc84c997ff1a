/* Failures of one stage and outcome, for tests of what is made of them. */
#ifndef NFC_SURVEY_TESTS_CAUSES_FAILURE_H
#define NFC_SURVEY_TESTS_CAUSES_FAILURE_H

#include "harness/causes/diagnosis.h"

#include <stdio.h>

static inline struct diagnosis_failure failure(cause_set causes, const char *native, uint64_t us,
                                               uint64_t number)
{
    struct diagnosis_failure f = { .outcome = OUTCOME_FAIL,
                                   .stage = STAGE_EXCHANGE,
                                   .depth = DEPTH_PCSC,
                                   .causes = causes,
                                   .us = us,
                                   .number = number };
    snprintf(f.native, sizeof f.native, "%s", native);
    return f;
}

static inline void add(struct diagnosis_side *side, cause_set causes, const char *native, uint64_t us,
                       uint64_t number)
{
    struct diagnosis_failure f = failure(causes, native, us, number);
    diagnosis_add(side, &f);
}

#endif
