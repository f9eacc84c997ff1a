/*
 * How a transaction ends: stage, outcome, depth of evidence, and the causes F01 to F31 with the one table
 * that maps a cause to its stage and outcome. A cause is always a *set* of candidates (a bit each).
 */
#ifndef NFC_SURVEY_CARD_OUTCOME_H
#define NFC_SURVEY_CARD_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage {
    STAGE_NONE = 0,
    STAGE_SETUP,
    STAGE_DETECT,
    STAGE_ACTIVATE,
    STAGE_ROUTE,
    STAGE_EXCHANGE,
    STAGE_CHECK,
    STAGE_COUNT,
};

enum outcome {
    OUTCOME_NONE = 0,
    OUTCOME_OK,
    OUTCOME_FAIL,
    OUTCOME_INVALID,
    OUTCOME_NOT_APPLICABLE,
    OUTCOME_COUNT,
};

enum depth { DEPTH_NONE = 0, DEPTH_PCSC, DEPTH_CCID, DEPTH_RF, DEPTH_COUNT };

/* The power modes of a handset, a factor of the survey. */
enum power_mode {
    POWER_NONE = 0,
    POWER_ON_UNLOCKED,
    POWER_ON_LOCKED,
    POWER_SCREEN_OFF,
    POWER_BATTERY_LOW,
    POWER_OFF,
    POWER_COUNT,
};

/* What answers inside a phone. */
enum target { TARGET_NONE = 0, TARGET_UICC, TARGET_ESE, TARGET_HCE, TARGET_COUNT };

typedef uint32_t cause_set; /* bit n-1 stands for F<n> */
#define CAUSE(n)    ((cause_set)1 << ((n)-1))
#define CAUSE_COUNT 31

struct cause_row {
    unsigned number;
    enum stage stage;
    enum outcome outcome;
    const char *name; /* English, a few words */
    const char *name_ja;
};

const struct cause_row *cause_row(unsigned number); /* NULL outside 1..31 */

/*
 * The outcome of a set: invalid only if every candidate is the instrument's, ok for F27 alone (slow: the
 * placement gets dirty, the transaction doesn't fail), else fail. 0 -> OUTCOME_NONE.
 */
enum outcome cause_outcome(cause_set causes);

/* Names as the journal and the messages write them; "" for 0 or out of range. The parsers give 0 for others.
 */
const char *stage_name(enum stage stage);
const char *outcome_name(enum outcome outcome);
const char *depth_name(enum depth depth);
const char *power_mode_name(enum power_mode mode);
const char *target_name(enum target target);
enum stage stage_of_name(const char *name, size_t length);
enum outcome outcome_of_name(const char *name, size_t length);
enum depth depth_of_name(const char *name, size_t length);
enum power_mode power_mode_of_name(const char *name, size_t length);
enum target target_of_name(const char *name, size_t length);

#endif
