/*
 * The causes F01 .. of cause.def, the one table that maps a cause to its stage and outcome. What is recorded is always a
 * *set* of candidates, a bit each.
 */
#ifndef NFC_SURVEY_DOMAIN_CAUSE_H
#define NFC_SURVEY_DOMAIN_CAUSE_H

#include "harness/domain/domain.h"

#include <stdint.h>

typedef uint32_t cause_set; /* bit n-1 is F<n> */
#define CAUSE(n)   ((cause_set)1 << ((n)-1))
#define CAUSES_ALL ((cause_set)((UINT64_C(1) << CAUSE_COUNT) - 1))
enum {
#define CAUSE_ROW(code, stage, outcome, english) +1
    CAUSE_COUNT = 0
#include "harness/domain/cause.def"
#undef CAUSE_ROW
};
_Static_assert(CAUSE_COUNT <= 32, "a bit each in a cause_set");

struct cause_row {
    const char *code; /* "F01" */
    enum stage stage;
    enum outcome outcome;
    const char *name; /* English, a few words; in a language: word_cause() */
};

/* The native code of a transaction that the supervisor ended: no library gave one. */
#define NATIVE_DEADLINE_MISSED "deadline missed"

const struct cause_row *cause_row(unsigned number); /* NULL outside 1..CAUSE_COUNT */

/*
 * The outcome of a set: invalid only if every candidate is the instrument's, ok for F27 alone (slow: the
 * placement gets dirty, the transaction doesn't fail), else fail. 0 -> OUTCOME_NONE.
 */
enum outcome cause_outcome(cause_set causes);

#endif
