/* Whether anybody can meet criteria by what a survey measures: asked before a week is spent on it. */
#ifndef NFC_SURVEY_CLAUSES_REACH_H
#define NFC_SURVEY_CLAUSES_REACH_H

#include "harness/clauses/criteria_file.h"

struct reach {
    const char *
        lacks; /* the first script, power mode or reader that is asked for and not in the survey; NULL: none */
    size_t barred; /* pairs that cannot be recommended, however their cells end ... */
    size_t pair, condition, reader,
        script; /* ... as this required cell of the first of them is not measured */
};

/* Borrows from both. Of positions only the centre is looked at, of times and counts nothing. */
void reach_of(const struct criteria *c, const struct survey *s, struct reach *out);

#endif
