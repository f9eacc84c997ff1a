#include "reports/words/enums.h"

#include "reports/words/signs.h"

enum word word_verdict(enum verdict v)
{
    return sign_of_verdict(v)->name;
}

enum word word_stage(enum stage stage)
{
    static const enum word names[STAGE_COUNT] = {
        [STAGE_NONE] = WORD_STAGE_UNKNOWN,  [STAGE_SETUP] = WORD_STAGE_SETUP,
        [STAGE_DETECT] = WORD_STAGE_DETECT, [STAGE_ACTIVATE] = WORD_STAGE_ACTIVATE,
        [STAGE_ROUTE] = WORD_STAGE_ROUTE,   [STAGE_EXCHANGE] = WORD_STAGE_EXCHANGE,
        [STAGE_CHECK] = WORD_STAGE_CHECK,
    };
    return names[stage];
}

enum word word_power(enum power_mode mode)
{
    static const enum word names[POWER_COUNT] = {
        [POWER_NONE] = WORD_STAGE_UNKNOWN,
        [POWER_ON_UNLOCKED] = WORD_POWER_ON_UNLOCKED,
        [POWER_ON_LOCKED] = WORD_POWER_ON_LOCKED,
        [POWER_SCREEN_OFF] = WORD_POWER_SCREEN_OFF,
        [POWER_BATTERY_LOW] = WORD_POWER_BATTERY_LOW,
        [POWER_OFF] = WORD_POWER_OFF,
    };
    return names[mode];
}

enum word word_power_id(enum power_mode mode)
{
    static const enum word names[POWER_COUNT] = {
        [POWER_NONE] = WORD_STAGE_UNKNOWN,           [POWER_ON_UNLOCKED] = WORD_MODE_ON_UNLOCKED,
        [POWER_ON_LOCKED] = WORD_MODE_ON_LOCKED,     [POWER_SCREEN_OFF] = WORD_MODE_SCREEN_OFF,
        [POWER_BATTERY_LOW] = WORD_MODE_BATTERY_LOW, [POWER_OFF] = WORD_MODE_OFF,
    };
    return names[mode];
}

enum word word_outcome(enum outcome outcome)
{
    return outcome == OUTCOME_INVALID ? WORD_OUTCOME_INVALID : WORD_OUTCOME_FAIL;
}

enum word word_recommendation(enum recommendation r)
{
    return sign_of_recommendation(r)->name;
}

enum word word_hands(enum hands_kind hands)
{
    static const enum word names[HANDS_COUNT] = {
        [HANDS_NONE] = WORD_STAGE_UNKNOWN,    [HANDS_PERSON] = WORD_HANDS_PERSON,
        [HANDS_COMMAND] = WORD_HANDS_COMMAND, [HANDS_SIM] = WORD_HANDS_SIM,
        [HANDS_TESTBED] = WORD_HANDS_TESTBED,
    };
    return names[hands];
}

enum word word_health(enum health_event event)
{
    static const enum word names[HEALTH_COUNT] = {
        [HEALTH_NONE] = WORD_STAGE_UNKNOWN,
        [HEALTH_LOST] = WORD_HEALTH_LOST,
        [HEALTH_BACK] = WORD_HEALTH_BACK,
        [HEALTH_KILLED] = WORD_HEALTH_KILLED,
        [HEALTH_QUARANTINED] = WORD_HEALTH_QUARANTINED,
        [HEALTH_RELEASED] = WORD_HEALTH_RELEASED,
        [HEALTH_ASKED] = WORD_HEALTH_ASKED,
        [HEALTH_DROPPED] = WORD_HEALTH_DROPPED,
        [HEALTH_SIMULATED] = WORD_HEALTH_SIMULATED,
        [HEALTH_ASIDE] = WORD_HEALTH_ASIDE,
        [HEALTH_HELD] = WORD_HEALTH_HELD,
    };
    return names[event];
}

const char *name_depth(enum depth depth)
{
    static const char *const names[DEPTH_COUNT] = { "", "PC/SC", "CCID", "RF" };
    return (unsigned)depth < DEPTH_COUNT ? names[depth] : "";
}
