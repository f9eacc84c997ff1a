/* What the station asked whoever laid the phones, and what they said: by operator and handset. */
#ifndef NFC_SURVEY_FINDINGS_QUESTIONS_H
#define NFC_SURVEY_FINDINGS_QUESTIONS_H

#include "harness/journal/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct findings_question {
    char *operator, * handset;     /* owned; "" where it is not known */
    uint64_t was_there, was_not;   /* "nothing seen: was it lying there?" */
    uint64_t lifted, not_lifted;   /* "it was lost while it was measured: did you lift it?" */
    uint64_t same, other;          /* "is this the phone?" */
    uint64_t slips, left, put_off; /* a slip told, a question left by stopping, a handset put off */
};
struct findings_questions {
    struct findings_question *items; /* in the order of their first answers; owned */
    size_t count;
};

/* False when out of memory. Answers that only name a tag or begin a placement count for nothing here. */
bool questions_fold(struct findings_questions *q, const struct journal_answer *a);
void questions_free(struct findings_questions *q);

#endif
