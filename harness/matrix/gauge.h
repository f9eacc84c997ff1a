/*
 * A run as a gauge study: where the variance of times and of dirty placements comes from. Readers, handsets (with their
 * SIM), what is of both together, days, placements, and transactions inside of a placement are random; each condition is
 * compared inside of itself. Shown, never fed into a verdict. A session's share is estimated from GAUGE_SESSIONS_LEAST
 * on: below, nobody can tell good days from good readers, and what days do is in the other shares.
 */
#ifndef NFC_SURVEY_MATRIX_GAUGE_H
#define NFC_SURVEY_MATRIX_GAUGE_H

#include "harness/base/err.h"
#include "harness/findings/findings.h"

#define GAUGE_SESSIONS_LEAST 4

enum gauge_part {
    GAUGE_READER = 0,
    GAUGE_HANDSET,
    GAUGE_BOTH,      /* this handset on this reader, beyond what each of them does everywhere */
    GAUGE_SESSION,   /* the same handset on the same reader on another day */
    GAUGE_PLACEMENT, /* laid anew on the same day */
    GAUGE_REPEAT, /* another transaction of the same placement; not of dirty placements, which are one value each */
    GAUGE_PARTS
};

enum gauge_what { GAUGE_TIME = 0, GAUGE_DIRTY };

struct gauge {
    enum gauge_what what;
    size_t script;
    size_t readers, handsets, sessions, conditions; /* with values */
    uint64_t values, placements;
    double variance
        [GAUGE_PARTS]; /* of ln of the time, or of 0 and 1; as estimated, which may be below 0; NaN: not estimable */
    double share[GAUGE_PARTS]; /* of their sum, those below 0 being 0; NaN: not estimable */
    double sd[GAUGE_PARTS];    /* times: relative, exp(sd of ln) - 1; dirty: of a share */
    enum gauge_part largest;   /* GAUGE_PARTS: nothing varies, or nothing is estimable */
    /* The readers' share as it is without the one that makes most of it; SIZE_MAX: fewer than three readers. */
    size_t without_reader;
    double share_without;
};

struct matrix;

/* Times, then dirty placements, a script each; m->gauges. */
int matrix_gauge(const struct findings *f, struct matrix *m, struct err *e)
    __attribute__((warn_unused_result));

const char *gauge_part_name(enum gauge_part part); /* "reader" */
const char *gauge_what_name(enum gauge_what what); /* "time" */

/* Whether most of the readers' share is one reader's: without it, it is less than half. */
bool gauge_hangs_on_one_reader(const struct gauge *g);

#endif
