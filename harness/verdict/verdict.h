/*
 * Schemes and verdicts: pure functions of (n, d), n placements of which d were dirty. A verdict comes from
 * anytime-valid bounds, so stopping for any reason keeps its guarantee.
 */
#ifndef NFC_SURVEY_VERDICT_VERDICT_H
#define NFC_SURVEY_VERDICT_VERDICT_H

#include "harness/base/err.h"
#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEME_N_MAX     2000 /* cap on an own scheme's N_max */
#define SCHEME_N_MIN     3    /* no verdict before the third placement */
#define SCHEME_TOURS_MAX 300  /* cap on N_max of a scheme of two tiers */

struct scheme {
    char name[16];
    double q0, q1;      /* clean enough, and too dirty */
    double alpha, beta; /* P(false incompatible), P(false compatible) */
    unsigned k;         /* transactions of each script a placement */
    unsigned n_max;     /* placements after which an undecided cell is left undecided */
    double
        mean; /* 0: one tier. Else two (two_tier.h): bound on the mean over readers, q1 that on each, n_max in tours */
};

/* "screen", "standard", "strict", "counter"; false for a stranger. */
bool scheme_preset(const char *name, struct scheme *out);

/*
 * A scheme as a survey writes it: a preset's name, values of its own, or a preset with some values replaced.
 * A value of 0 means the preset's. A preset changed in more than k is named "own". ERR_INPUT for a
 * stranger's name without all six values, and for what scheme_check() refuses.
 */
int scheme_resolve(const char *name, double q0, double q1, double alpha, double beta, unsigned k,
                   unsigned n_max, struct scheme *out, struct err *e) __attribute__((warn_unused_result));

/* ERR_INPUT with the reason when it makes no sense: 0 < q0 < q1 < 1, 0 < alpha, beta < 0.5, 1 <= k <= 100,
 * mean 0 or q0 < mean <= q1, ... */
int scheme_check(const struct scheme *s, struct err *e) __attribute__((warn_unused_result));

/* accept[d]: smallest n at which d dirty are still `compatible`, 0 = never within n_max;        */
/* reject[n]: smallest d at which n placements are `incompatible`, 0 = none; both sized n_max + 1. */
struct scheme_table {
    struct scheme scheme;
    unsigned *accept;
    unsigned *reject;
};
int scheme_table_make(const struct scheme *s, struct scheme_table *out, struct err *e)
    __attribute__((warn_unused_result));
void scheme_table_free(struct scheme_table *t);

/* Sessions that `compatible` needs: one may be good as a whole. */
#define VERDICT_SESSIONS_NEEDED 2

/* n and d (at most n) over all sessions; sessions_done: sessions in which the cell has placements; needed:
 * VERDICT_SESSIONS_NEEDED. */
/* `compatible` needs them all; `incompatible` does not. */
enum verdict verdict_of(const struct scheme_table *t, unsigned n, unsigned d, unsigned sessions_done,
                        unsigned sessions_needed);

/* The bounds shown beside it. */
void verdict_bounds(const struct scheme *s, unsigned n, unsigned d, double *lower, double *upper);

/* How many more clean placements would make it compatible; 0 when none within n_max would, or when n is
 * enough */
/* already (only a second session is then missing). */
unsigned verdict_missing(const struct scheme_table *t, unsigned n, unsigned d);

/* How many placements a cell with d dirty so far is given up to and including session s of `sessions`: */
/* the share s/sessions, rounded up, of the acceptance number in force (of n_max when it can no longer be
 * accepted). */
unsigned verdict_session_target(const struct scheme_table *t, unsigned d, unsigned session,
                                unsigned sessions);

#endif
