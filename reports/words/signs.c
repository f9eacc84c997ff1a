#include "reports/words/signs.h"

#define VERDICT(v, name, tone, class)                                                                        \
    [VERDICT_##v] = { WORD_V_##name, WORD_Y_##name, WORD_NONE, TONE_##tone, class }

static const struct sign verdicts[VERDICT_COUNT] = {
    VERDICT(NONE, UNDECIDED, OPEN, "u"),
    VERDICT(UNDECIDED, UNDECIDED, OPEN, "u"),
    VERDICT(COMPATIBLE, COMPATIBLE, GOOD, "c"),
    VERDICT(INCOMPATIBLE, INCOMPATIBLE, BAD, "i"),
    VERDICT(UNDECIDED_INSTRUMENT, INSTRUMENT, WARN, "t"),
    VERDICT(NOT_APPLICABLE, NOT_APPLICABLE, NONE, "a"),
    VERDICT(EXCLUDED, EXCLUDED, NONE, "x"),
    VERDICT(REJECTED_SO_FAR, REJECTED_SO_FAR, WARN, "r"),
    VERDICT(NOT_PURSUED, NOT_PURSUED, NONE, "p"),
};

const enum verdict signs_listed[SIGNS] = { VERDICT_COMPATIBLE,      VERDICT_INCOMPATIBLE,
                                           VERDICT_UNDECIDED,       VERDICT_UNDECIDED_INSTRUMENT,
                                           VERDICT_REJECTED_SO_FAR, VERDICT_NOT_PURSUED,
                                           VERDICT_NOT_APPLICABLE,  VERDICT_EXCLUDED };

#define RECOMMENDATION(r, name, tone, class)                                                                 \
    [RECOMMENDATION_##r] = { WORD_R_##name, WORD_NONE, WORD_RS_##name, TONE_##tone, class }

static const struct sign recommendations[RECOMMENDATION_COUNT] = {
    RECOMMENDATION(NONE, NOT_ENOUGH_DATA, OPEN, "u"),
    RECOMMENDATION(RECOMMENDED, RECOMMENDED, GOOD, "c"),
    RECOMMENDATION(CONDITIONAL, CONDITIONAL, WARN, "t"),
    RECOMMENDATION(NOT_RECOMMENDED, NOT_RECOMMENDED, BAD, "i"),
    RECOMMENDATION(NOT_ENOUGH_DATA, NOT_ENOUGH_DATA, OPEN, "u"),
};

const struct sign *sign_of_verdict(enum verdict v)
{
    return &verdicts[v];
}

const struct sign *sign_of_recommendation(enum recommendation r)
{
    return &recommendations[r];
}
