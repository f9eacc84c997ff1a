/*
 * What of a valid survey cannot end as anybody wants, asked before a week is spent on it: criteria that nobody can meet
 * by what is measured, a question that scheme and criteria do not share, what was never filled in. `check`, `plan`,
 * `run` and `doctor` say it all, in the same words.
 */
#ifndef NFC_SURVEY_CLAUSES_REACH_H
#define NFC_SURVEY_CLAUSES_REACH_H

#include "harness/domain/said.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

enum reach_gravity {
    REACH_NONE = 0,
    REACH_DIFFERS, /* somebody can still be recommended, by an answer to another question than it looks like */
    REACH_BARS,    /* somebody, or everybody, cannot be recommended however the cells end */
    REACH_REFUSED  /* `run` does not begin */
};

struct reach_finding {
    enum reach_gravity gravity;
    struct survey_place place; /* in the survey's file; line 0: no line is to blame */
    struct said said;
};

struct reach {
    struct reach_finding *items; /* owned */
    size_t count;
    bool taps_only; /* the criteria ask for nothing that takes a second session */
};

/* All findings, in the order in which they are said; scheme: the survey's. 0 or ERR_MEMORY. */
int reach_of(const struct survey *s, const struct scheme *scheme, struct reach *out, struct err *e)
    __attribute__((warn_unused_result));
void reach_free(struct reach *r);

/* Does `run` refuse to begin? */
bool reach_is_refused(const struct reach *r);

/* "survey.yaml:21:3", or the path alone. */
#define REACH_WHERE_SIZE 600
const char *reach_where(const struct reach_finding *f, const struct survey *s, char out[REACH_WHERE_SIZE]);

#endif
