/*
 * The order of work. A step is one placement on each lane (distinct readers, distinct handsets). What comes
 * next is a function of the counts alone - which placements of which session are done - so a resumed run goes
 * on where the journal ends, and nothing is done twice.
 *
 * Order: sessions; in a session, groups of `lanes` handsets in random order; per group the conditions, those
 * of one power mode together, power modes in random order; per condition tours over the readers in Williams
 * order (relabelled and started at random per group, session and condition). A tour is one placement on each
 * reader that still has an undecided script. With the reader outermost, each reader in random order goes
 * through all handsets, on one lane.
 *
 * Lanes: a group holds at most min(lanes, readers) pairs, never two of one handset unit; where a person or a
 * robot lays real phones, never two of one sim either, as one sim moves through many phones.
 */
#ifndef NFC_SURVEY_PLAN_PLAN_H
#define NFC_SURVEY_PLAN_PLAN_H

#include "harness/base/err.h"
#include "harness/cells/rows.h"
#include "harness/domain/domain.h"
#include "harness/domain/limits.h"
#include "harness/survey/survey.h"
#include "harness/verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan; /* borrows the survey for its life */

/* One placement to make: laying pair on reader in condition. */
struct plan_placement {
    unsigned reader, pair, condition;
    unsigned session; /* 1.. */
    unsigned ordinal; /* attempts of reader, pair and condition in this session before it: keys the draws */
    unsigned tour;    /* 0.. within session, group and condition */
    uint32_t scripts; /* bit a script still undecided, by survey script index */
};

int plan_make(const struct survey *s, struct plan **out, struct err *e) __attribute__((warn_unused_result));
void plan_free(struct plan **p);

const struct scheme_table *plan_table(const struct plan *p);
const struct cell_state *plan_cell(const struct plan *p, size_t cell);

/* The row that a cell is in; NULL under a scheme of one tier. */
const struct row_state *plan_row(const struct plan *p, size_t cell);

/* The counts of a cell as they are judged: suspect placements that are the handset's own are dirty ones. */
struct cell_counts plan_counts(const struct plan *p, size_t cell);
bool plan_is_attributed(const struct plan *p, size_t pair);

/* What follows from the counts; borrowed. */
const struct cells *plan_cells(const struct plan *p);

/* What has come of a handset + sim where only the list is wanted; OPEN with `decide: matrix`. */
enum list_state plan_list_state(const struct plan *p, size_t pair);

/* Whether a cell has all the placements that it is given, decided or not; and whether it gets one in this session or a
 * later one, as its counts are. */
bool plan_is_over(const struct plan *p, size_t cell);
bool plan_has_work(const struct plan *p, size_t cell);

/* The scripts that a placement would run now, a bit each. */
uint32_t plan_scripts(const struct plan *p, const struct plan_placement *placement);

/* The next cell of which there is a decision to tell: cells_changed(). */
size_t plan_changed(struct plan *p);

enum plan_next { PLAN_STEP = 1, PLAN_SESSION_END, PLAN_DONE };

/*
 * The next step: up to `lanes` placements with distinct readers and handsets into out[] (capacity >= lanes).
 * Readers with their bit in `unavailable` (quarantined) are passed over: the others finish the whole session
 * first, from the last place that has been worked on to the end, and what was left behind is caught up after,
 * in extra tours. *waiting says that only unavailable readers have work left in this session: PLAN_STEP with
 * *count 0. PLAN_SESSION_END: the present session has no work left and a later one has: call
 * plan_begin_session(). Asking again without a result gives the same step again.
 */
enum plan_next plan_step(struct plan *p, uint32_t unavailable, struct plan_placement *out, size_t *count,
                         bool *waiting);
unsigned plan_session(const struct plan *p); /* 1 after plan_make() */
void plan_begin_session(struct plan *p, unsigned session);

/* Cells that instruments have closed (`undecided (instrument)`) are open again, with the counts that they have. */
void plan_reopen(struct plan *p);

/*
 * The handset of this pair comes after all others in this session, or (where there is one) in the next. Asked of one
 * that was put off before it moves behind those. A new session begins with none put off. True when it is put off to the
 * next: not where too few sessions would be left to decide its cells.
 */
bool plan_put_off(struct plan *p, unsigned pair, bool to_next_session);

/*
 * The result of one script of a finished placement. Aborted ones are made again whole, and count for nothing unless
 * they are suspect. Call it for every script of the placement, then plan_placed() once, with `aborted` only when no
 * script of it counted. What was ordered counts, also where another result has just settled its cell: it stands in the
 * journal, and findings count it. What it decides - of this cell, and of
 * others of the handset - is asked of plan_changed().
 */
void plan_result(struct plan *p, const struct plan_placement *placement, unsigned script,
                 enum placement_result result, bool suspect);
void plan_placed(struct plan *p, const struct plan_placement *placement, bool aborted);

/*
 * Results that prove to be nobody's, all there were in their cells since the first of them, in their order: the cells
 * are as before, with that many more invalid placements, of which the dirty ones are suspect. What was decided by them
 * is open again.
 */
void plan_take_back(struct plan *p, const struct cells_undo *results, size_t count);

/*
 * What the plan costs, before anything runs. expected: every cell clean; usual: cells of the population that
 * schemes are planned for (an assumption, verdict/characteristics.h); worst: every cell goes to N_max; bound:
 * no order needs less, see cost.c for the proofs. The counts of changes are those of the expected and of the
 * worst course alike. cells counts all, excluded and not applicable ones too. Pauses between transactions
 * count; hours leave out the gaps between sessions.
 */
struct plan_cost {
    uint64_t cells, excluded, not_applicable;
    uint64_t placements_expected, placements_worst, placements_bound;
    uint64_t transactions_expected, transactions_worst, transactions_bound;
    uint64_t handset_changes, handset_changes_bound;
    uint64_t mode_changes, mode_changes_bound;
    uint64_t reference_expected, reference_worst,
        reference_bound; /* layings of the reference; 0: there is none */
    double reference_usual;
    double hours_expected, hours_worst, hours_bound;
    double placements_usual, transactions_usual, hours_usual;
};
int plan_cost(const struct survey *s, struct plan_cost *out, struct err *e)
    __attribute__((warn_unused_result));

/*
 * The usual course where only the list is wanted, simulated (usual_list.c), from the seed of the survey. Parts of
 * `usual` above: of each quantity so much as the same cells take with `decide: list` of what they take with
 * `decide: matrix`. is_known: the survey has criteria, and is small enough to be tried.
 */
struct plan_list_cost {
    bool is_known;
    unsigned handsets; /* simulated */
    double placements, transactions, hours, handset_changes, mode_changes, reference;
};
int plan_list_cost(const struct survey *s, const struct plan_cost *usual, struct plan_list_cost *out,
                   struct err *e) __attribute__((warn_unused_result));

/* Seconds that one placement takes: laying and lifting, its transactions and the pauses after them. */
double plan_placement_s(const struct survey *s, unsigned pair, unsigned condition, uint64_t transactions);

/* How often the reference is laid on a reader for so many placements, spread over so many sessions, and for how long. */
uint64_t plan_reference_layings(const struct survey *s, uint64_t placements, unsigned sessions);
double plan_reference_s(const struct survey *s, uint64_t layings);

/* Placements of a step at most: one where the reader is outermost, never more than there are readers. */
unsigned plan_lanes(const struct survey *s);

/* What is still to be made when every further placement is clean, from the present counts on. */
struct plan_rest {
    uint64_t placements, transactions, handset_changes, mode_changes, reference_layings;
    uint64_t by_reader[SURVEY_READERS_MAX]; /* placements */
    uint64_t *by_pair;                      /* placements; owned */
    unsigned sessions;                      /* that have work, the present one too when it has */
    double hours;                           /* without the gaps between sessions */
    size_t *next;                           /* cells in the order in which they would end; owned */
    uint64_t *after;                        /* beside it: placements until then; owned */
    size_t next_count;
};
int plan_rest(const struct plan *p, struct plan_rest *out, struct err *e) __attribute__((warn_unused_result));
/* The same when placement n (from 0) of a cell is dirty where this says so. */
typedef bool plan_outcome(void *context, size_t cell, unsigned n);
int plan_rest_if(const struct plan *p, plan_outcome *outcome, void *context, struct plan_rest *out,
                 struct err *e) __attribute__((warn_unused_result));
void plan_rest_free(struct plan_rest *rest);

/* A plan with the same counts, that goes its own way from here. */
int plan_copy(const struct plan *p, struct plan **out, struct err *e) __attribute__((warn_unused_result));
const struct survey *plan_survey(const struct plan *p);

/* Every placement in order if all are clean (`plan --list`); false from the callback stops. */
int plan_walk(const struct survey *s, bool (*each)(void *context, const struct plan_placement *),
              void *context, struct err *e) __attribute__((warn_unused_result));

/*
 * Williams square of n readers, row and position from 0: every ordered neighbour pair once in n rows when n
 * is even, twice in 2 n rows when n is odd (the second n rows are the first mirrored). Rows i and j of one
 * half differ in every position.
 */
unsigned plan_williams(unsigned n, unsigned row, unsigned position);

#endif
