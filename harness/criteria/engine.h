/*
 * Inside criteria/ only: the criteria as thresholds that can be moved, and the outcome of a pair under them.
 * What-ifs, ranges and the proposal are the same engine under other rules.
 */
#ifndef NFC_SURVEY_CRITERIA_ENGINE_H
#define NFC_SURVEY_CRITERIA_ENGINE_H

#include "harness/cells/rows.h"
#include "harness/clauses/tiers.h"
#include "harness/criteria/assessment.h"

#define ASSESS_LEAST 3 /* placements before anything is decided, as in every scheme */

/* Everything that a what-if may change. */
struct assess_rules {
    bool on[CLAUSE_COUNT];
    double threshold
        [CLAUSE_COUNT]; /* as the clause's row has it; SUCCESS, a bound, 0: the scheme's own verdict */
    unsigned seats[SURVEY_READERS_MAX]; /* 0: out of scope; 2: it replaces another one too */
    double weights[SURVEY_READERS_MAX];
    bool by_share;                  /* READERS: its threshold is of weights; else of seats, 0: all of them */
    uint32_t required, conditional; /* power modes */
    uint64_t left_out;              /* conditions, a bit each */
    enum criteria_refuse refuse;
};

struct assess_engine {
    const struct findings *f;
    const struct criteria *criteria;
    struct assessment *a;
    struct scheme_table table;
    enum tiers tiers;     /* whether success is a question of cells or of rows */
    struct two_tier rows; /* of a scheme of two tiers */
    bool wants[SURVEY_SCRIPTS_MAX];
    bool positions;            /* a clause of positions is asked for: the others look at the centre only */
    struct assess_rules rules; /* as the criteria have them */

    unsigned payload_script; /* PAYLOAD: survey index; script_count: not in the survey */
    unsigned payload_step;   /* from 1; 0: the script has no such step */
    bool payload_extended;   /* that step needs extended APDUs */
    double *y;               /* TIME, scratch: one value a placement of a pair */
    uint32_t *us;            /* TIME, scratch: one value a transaction of a pair */
};

int assess_engine_make(const struct findings *f, const struct criteria *c, struct assessment *a,
                       struct assess_engine *out, struct err *e) __attribute__((warn_unused_result));
void assess_engine_free(struct assess_engine *g);

/* Whether rows decide success. */
static inline bool assess_by_rows(const struct assess_engine *g)
{
    return g->tiers == TIERS_ROWS || g->tiers == TIERS_ROWS_TOO_WEAK;
}

/* The criteria ask for something that the survey lacks; the first such thing is named. of_cells: on every reader. */
void assess_lacks(struct assess_engine *g, const char *name, bool of_cells);

/* Survey index of a script; script_count: not in the survey. */
size_t assess_script_of(const struct survey *s, const char *id);

/* One clause on one cell: of those that judge cells. */
struct assess_result assess_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                    enum clause clause);

/* Whether a clause looks at a script, and whether it asks anything of its cells on a reader, wherever they are. */
bool assess_looks_at_script(const struct assess_engine *g, enum clause clause, size_t script);
bool assess_asks(const struct assess_engine *g, const struct assess_rules *r, enum clause clause,
                 size_t reader, size_t script);

/* Whether a clause of positions is on. */
bool assess_asks_positions(const struct assess_rules *r);

/* Whether clauses other than positions look at this condition: all do without positions, else the centre. */
bool assess_looks_at(const struct assess_engine *g, size_t condition);

/* The same under rules that may leave a condition out, of these power modes. */
bool assess_asks_condition(const struct assess_engine *g, const struct assess_rules *r, size_t condition,
                           uint32_t modes);

/* The worse of two as evidence: by outcome, then by the cell. */
void assess_keep_worse(const struct findings *f, struct assess_result *into, struct assess_result with);

/* One pair under rules; spots may be NULL, else [reader][clause] of the required conditions. */
void assess_judge_pair(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                       struct assess_pair *out, struct assess_result *spots);

/* How a pair ends under rules. */
enum recommendation assess_ends(const struct assess_engine *g, const struct assess_rules *r, size_t pair);

/* Outcome over readers from the outcome on each, as the rules count them. */
enum assess_outcome assess_over_readers(const struct assess_rules *r, size_t readers,
                                        const enum assess_outcome *on);

/* What follows once the pairs are judged; each fills its part of the assessment. */
int assess_explore(struct assess_engine *g, struct err *e) __attribute__((warn_unused_result));
int assess_ask(struct assess_engine *g, const char *what_if, struct err *e)
    __attribute__((warn_unused_result));
void assess_sensitivity(const struct assess_engine *g, size_t pair);
void assess_reader_sets(const struct assess_engine *g);
/* set: readers of the smallest set. */
void assess_cost(const struct assess_engine *g, const struct assess_rules *r, unsigned set,
                 struct assess_cost *out);
int assess_propose(struct assess_engine *g, struct err *e) __attribute__((warn_unused_result));
void assess_limits(const struct assess_engine *g); /* what stands behind it, also of each pair */

static inline bool assess_asks_pair(const struct assess_engine *g, size_t pair)
{
    return !g->a->asked.pairs || g->a->asked.pairs[pair];
}

static inline unsigned assess_sessions(const struct findings_cell *c)
{
    return (unsigned)__builtin_popcount(c->judged.sessions);
}

#endif
