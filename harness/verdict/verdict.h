/*
 * Schemes and verdicts: pure functions of counts, n placements of which d were dirty and s suspect ones beside them. A
 * verdict comes from anytime-valid bounds, so stopping for any reason keeps its guarantee.
 */
#ifndef NFC_SURVEY_VERDICT_VERDICT_H
#define NFC_SURVEY_VERDICT_VERDICT_H

#include "harness/base/err.h"
#include "harness/domain/domain.h"
#include "harness/domain/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEME_N_MAX     2000 /* cap on an own scheme's N_max */
#define SCHEME_N_MIN     3    /* no verdict before the third placement */
#define SCHEME_TOURS_MAX 300  /* cap on N_max of a scheme of two tiers */

/* As a journal writes them: the mixtures that both bounds are made of. */
#define SCHEME_PRIOR_UPPER "Beta(1/2, 5/q1)"
#define SCHEME_PRIOR_LOWER "Beta(1, 4)"

struct scheme {
    char name[16];
    double q0, q1;      /* clean enough, and too dirty */
    double alpha, beta; /* P(false incompatible), P(false compatible) */
    unsigned k;         /* transactions of each script a placement */
    unsigned n_max;     /* placements after which an undecided cell is left undecided */
    unsigned rules;     /* RULES_OF_0_4, else RULES_NOW */
    double mean; /* 0: one tier. Else two (two_tier.h): bound on the mean over the readers, q1 on each */
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

/*
 * Without suspect placements, n_max + 1 entries each: accept[d], the smallest n at which d dirty are still `compatible`,
 * 0 = never; reject[n], the smallest d at which n placements are `incompatible`, 0 = none. The long ones go on as far as
 * suspect placements can move N_max: `size` + 1 entries.
 */
struct scheme_table {
    struct scheme scheme;
    unsigned *accept, *reject;
    unsigned size;
    unsigned *long_accept, *long_reject;
};
int scheme_table_make(const struct scheme *s, struct scheme_table *out, struct err *e)
    __attribute__((warn_unused_result));
void scheme_table_free(struct scheme_table *t);

/* Sessions that both verdicts need: a phone or a reader may be good or bad for a day. */
#define VERDICT_SESSIONS_NEEDED 2

/*
 * What a cell's placements came to. A suspect one is in neither n nor d: it ended invalid or was broken off, and may
 * hide a failure of the phone. It counts against both verdicts: as dirty before `compatible`, as clean before
 * `incompatible` (statistics: the bracket), so that nobody gets a better one by hanging or by slips.
 */
#define COUNTS_MARKS 512 /* placements that are told apart, for the rows of a scheme of two tiers */

struct cell_counts {
    unsigned n, d; /* counted placements, and the dirty ones of them */
    unsigned s;    /* suspect placements */
    uint32_t sessions, dirty_sessions,
        suspect_sessions; /* bit i: session i + 1 has a counted, a dirty, a suspect one */
    uint64_t marks[COUNTS_MARKS /
                   64]; /* bit i % 64 of [i / 64]: the placement i of n + s is a dirty or suspect one */
};

/* One placement more, in session 1..32 (0: not known, no bit). Any other result than clean and dirty counts only where
 * it is suspect. */
void counts_add(struct cell_counts *c, enum placement_result result, bool suspect, unsigned session);

/* The same where the suspect placements are shown to be the phone's own (attribution.h): dirty ones. */
struct cell_counts counts_attributed(const struct cell_counts *c);

/* By the bounds and the sessions: `compatible`, `incompatible`, `rejected so far` where all dirty placements are of one
 * session, else `undecided`. */
enum verdict verdict_of(const struct scheme_table *t, const struct cell_counts *c);

/* By the bounds alone, as if every session had its share. */
enum verdict verdict_by_bounds(const struct scheme_table *t, unsigned n, unsigned d, unsigned s);

/* The bounds shown beside it: the lower of n + s placements with d dirty, the upper with d + s. */
void verdict_bounds(const struct scheme *scheme, unsigned n, unsigned d, unsigned s, double *lower,
                    double *upper);

/* Placements, suspect ones too, after which a cell with s suspect ones is left undecided: each gives it as many more as
 * a clean cell takes, up to 5/3 of the scheme's N_max. */
unsigned verdict_n_max(const struct scheme_table *t, unsigned s);

/* How many more clean placements would make it compatible; 0 when none within N_max would, or when there are enough
 * already (only a second session is then missing). */
unsigned verdict_missing(const struct scheme_table *t, unsigned n, unsigned d, unsigned s);

/* Whether no further clean placement can make it compatible: what would be needed lies past N_max, as its suspect ones so
 * far have moved it. */
bool verdict_is_out_of_reach(const struct scheme_table *t, const struct cell_counts *c);

/* How many placements, suspect ones too, a cell with d dirty and s suspect ones so far is given up to and including
 * this session: the share session/sessions, rounded up, of what it needs (of N_max when it can no longer be accepted). */
unsigned verdict_session_target(const struct scheme_table *t, unsigned d, unsigned s, unsigned session,
                                unsigned sessions);

#endif
