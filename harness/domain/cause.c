#include "harness/domain/cause.h"

#include <stdbool.h>

static const struct cause_row causes_table[CAUSE_COUNT] = {
#define CAUSE_ROW(code, stage, outcome, english) { #code, STAGE_##stage, OUTCOME_##outcome, english },
#include "harness/domain/cause.def"
#undef CAUSE_ROW
};

const struct cause_row *cause_row(unsigned number)
{
    return number >= 1 && number <= CAUSE_COUNT ? &causes_table[number - 1] : NULL;
}

enum outcome cause_outcome(cause_set causes)
{
    bool any = false, all_invalid = true, all_ok = true;
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(causes & CAUSE(n)))
            continue;
        any = true;
        all_invalid = all_invalid && causes_table[n - 1].outcome == OUTCOME_INVALID;
        all_ok = all_ok && causes_table[n - 1].outcome == OUTCOME_OK;
    }
    if (!any)
        return OUTCOME_NONE;
    if (all_ok)
        return OUTCOME_OK;
    return all_invalid ? OUTCOME_INVALID : OUTCOME_FAIL;
}
