/*
 * The order of work. A step is one placement on each lane (distinct readers, distinct handsets). What comes next
 * is a function of the counts alone - which placements of which session are done - so a resumed run goes on where
 * the journal ends, and nothing is done twice.
 *
 * Order: sessions; in a session, groups of `lanes` handsets in random order; per group the conditions; per
 * condition tours over the readers in Williams order (relabelled and started at random per group, session and
 * condition). A tour is one placement on each reader that still has an undecided script.
 */
#ifndef NFC_SURVEY_PLAN_PLAN_H
#define NFC_SURVEY_PLAN_PLAN_H

#include "harness/base/err.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_INVALID_RUN 3 /* so many invalid placements running end a cell: undecided (instrument) */

struct plan; /* borrows the survey for its life */

/* One placement to make: laying pair on reader in condition. */
struct plan_placement {
    unsigned reader, pair, condition;
    unsigned session;  /* 1.. */
    unsigned ordinal;  /* attempts of this reader, pair and condition in this session before it: keys the draws */
    unsigned tour;     /* 0.. within session, group and condition */
    uint32_t scripts;  /* bit a script still undecided, by survey script index */
};

enum plan_result { PLAN_RESULT_NONE = 0, PLAN_CLEAN, PLAN_DIRTY, PLAN_INVALID, PLAN_ABORTED };

struct plan_cell {
    unsigned n, d, invalid;
    unsigned invalid_run;       /* invalid placements running */
    unsigned sessions_seen;     /* bit s-1: has a counted placement in session s */
    enum verdict verdict;       /* VERDICT_UNDECIDED until decided; EXCLUDED and NOT_APPLICABLE from the start */
};

int plan_make(const struct survey *s, struct plan **out, struct err *e) __attribute__((warn_unused_result));
void plan_free(struct plan **p);
const struct scheme_table *plan_table(const struct plan *p);
const struct plan_cell *plan_cell(const struct plan *p, size_t cell);

enum plan_next { PLAN_STEP = 1, PLAN_SESSION_END, PLAN_DONE };

/*
 * The next step: up to `lanes` placements with distinct readers and handsets into out[] (capacity >= lanes).
 * Readers with their bit in `unavailable` (quarantined) are passed over; *waiting says that only they have work left.
 * PLAN_SESSION_END: the present session has no work left and another follows: call plan_begin_session().
 */
enum plan_next plan_step(struct plan *p, uint32_t unavailable, struct plan_placement *out, size_t *count,
                         bool *waiting);
unsigned plan_session(const struct plan *p);
void plan_begin_session(struct plan *p, unsigned session);

/*
 * The result of one script of a finished placement. Aborted ones count for nothing and are made again whole.
 * Call it for every script of the placement, then plan_placed() once. *decided is set when this decides the cell.
 */
void plan_result(struct plan *p, const struct plan_placement *placement, unsigned script, enum plan_result result,
                 bool *decided);
void plan_placed(struct plan *p, const struct plan_placement *placement, bool aborted);

/* A reader out of service for good: its undecided cells become undecided (instrument). */
void plan_drop_reader(struct plan *p, unsigned reader);

/* What the plan costs, before anything runs. expected: every cell clean; worst: every cell goes to N_max. */
struct plan_cost {
    uint64_t cells, excluded, not_applicable;
    uint64_t placements_expected, placements_worst, placements_bound;
    uint64_t transactions_expected, transactions_worst, transactions_bound;
    uint64_t handset_changes, handset_changes_bound;
    uint64_t mode_changes;
    double hours_expected, hours_worst, hours_bound;
};
int plan_cost(const struct survey *s, struct plan_cost *out, struct err *e) __attribute__((warn_unused_result));

/* Every placement in order if all are clean (`plan --list`); false from the callback stops. */
int plan_walk(const struct survey *s, bool (*each)(void *context, const struct plan_placement *), void *context,
              struct err *e) __attribute__((warn_unused_result));

/* Williams square of n readers: row r, position j; every ordered neighbour pair once in n rows when n is even. */
unsigned plan_williams(unsigned n, unsigned row, unsigned position);

#endif
