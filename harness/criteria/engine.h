/*
 * Inside criteria/ only: the criteria as thresholds that can be moved, and the outcome of a pair under them.
 * What-ifs, ranges and the proposal are the same engine under other rules.
 */
#ifndef NFC_SURVEY_CRITERIA_ENGINE_H
#define NFC_SURVEY_CRITERIA_ENGINE_H

#include "harness/criteria/assessment.h"

#define ASSESS_LEAST 3 /* placements before anything is decided, as in every scheme */

/* Everything that a what-if may change. */
struct assess_rules {
    bool on[ASSESS_CLAUSE_COUNT];
    double dirty_at_most; /* 0: the scheme's own verdict */
    unsigned ok_at_least;
    uint64_t within_us;
    unsigned failing_at_most;
    double dead_zone_mm;
    unsigned seats[SURVEY_READERS_MAX]; /* 0: out of scope; 2: it stands for another one too */
    double weights[SURVEY_READERS_MAX];
    unsigned at_least;              /* seats; 0: all */
    double share;                   /* > 0: weights decide, not seats */
    uint32_t required, conditional; /* power modes */
    uint64_t left_out;              /* conditions, a bit each */
};

struct assess_engine {
    const struct findings *f;
    const struct criteria *criteria;
    struct assessment *a;
    struct scheme_table table;
    bool wants[SURVEY_SCRIPTS_MAX];
    unsigned payload_script;   /* survey index; script_count: not in the survey */
    unsigned payload_step;     /* from 1; 0: the script has no such step */
    bool payload_extended;     /* that step needs extended APDUs */
    struct assess_rules rules; /* as the criteria have them */
    double *y;                 /* scratch: one value a placement of a pair */
    uint32_t *us;              /* scratch: one value a transaction of a pair */
};

int assess_engine_make(const struct findings *f, const struct criteria *c, struct assessment *a,
                       struct assess_engine *out, struct err *e) __attribute__((warn_unused_result));
void assess_engine_free(struct assess_engine *g);

/* The measures of every cell, once. */
int assess_measure(struct assess_engine *g, struct err *e) __attribute__((warn_unused_result));

/* The fraction of overrun of each counted placement into y; returns how many. */
size_t assess_overruns(const struct findings_cell *c, uint64_t within_us, double *y);

/* Least T that passes and greatest that fails, of these cells together. */
void assess_time(const struct assess_engine *g, const size_t *cells, size_t count, uint32_t *passes_from_us,
                 uint32_t *fails_to_us);

/* Outcome of `time` for these cells together; missing: placements without an overrun that would pass. */
enum assess_outcome assess_time_at(const struct assess_engine *g, const size_t *cells, size_t count,
                                   uint64_t within_us, unsigned *missing);

/* Clean placements that would bring the bound of (n, d) to x or under; 0: none within a sane number. */
unsigned assess_clean_needed(const struct scheme *s, double x, unsigned n, unsigned d);

/* One clause on one cell: success, time, technologies or payload; UNUSED where it is not asked. */
struct assess_result assess_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                    enum assess_clause clause);

/* Whether clauses other than positions look at this condition: all do without positions, else the centre. */
bool assess_looks_at(const struct assess_engine *g, size_t condition);

/* The same under rules that may leave a condition out, of these power modes. */
bool assess_asks_condition(const struct assess_engine *g, const struct assess_rules *r, size_t condition,
                           uint32_t modes);

/* The positions on a reader in these power modes: outcome, and what would just pass: points failing, and the
 * widest range of heights shown silent or unknown. */
struct assess_points {
    struct assess_result five, height;
    unsigned failing;    /* UINT_MAX: not testable */
    double dead_zone_mm; /* NAN: not testable */
};
void assess_positions(const struct assess_engine *g, const struct assess_rules *r, size_t pair, size_t reader,
                      uint32_t modes, struct assess_points *out);

/* The worse of two as evidence: by outcome, then by the cell. */
void assess_keep_worse(const struct findings *f, struct assess_result *into, struct assess_result with);

/* The required cells of a pair's script over the readers in scope; returns how many. */
size_t assess_handset_cells(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                            size_t script, size_t *out);
#define ASSESS_HANDSET_CELLS_MAX (SURVEY_READERS_MAX * SURVEY_CONDITIONS_MAX)

/* One pair under rules; spots may be NULL, else [reader][clause] of the required conditions. */
void assess_judge_pair(const struct assess_engine *g, const struct assess_rules *r, size_t pair,
                       struct assess_pair *out, struct assess_result *spots);

/* Fills in why a judged pair has its recommendation. */
void assess_find_reason(const struct assessment *a, struct assess_pair *p);

/* How a pair ends under rules. */
enum recommendation assess_ends(const struct assess_engine *g, const struct assess_rules *r, size_t pair);

/* Outcome over readers from the outcome on each, as the rules count them. */
enum assess_outcome assess_over_readers(const struct assess_rules *r, size_t readers,
                                        const enum assess_outcome *on);

bool assess_skips_payload(const struct assess_engine *g, size_t reader);

/* What follows once the pairs are judged; each fills its part of the assessment. */
int assess_explore(struct assess_engine *g, struct err *e) __attribute__((warn_unused_result));
int assess_scenario_add(struct assess_engine *g, const struct assess_scenario *ask, struct err *e)
    __attribute__((warn_unused_result));
void assess_sensitivity(const struct assess_engine *g, size_t pair);
void assess_reader_sets(const struct assess_engine *g);
/* set: readers of the smallest set. */
void assess_cost(const struct assess_engine *g, const struct assess_rules *r, unsigned set,
                 struct assess_cost *out);
int assess_propose(struct assess_engine *g, struct err *e) __attribute__((warn_unused_result));
int assess_word(struct assessment *a, struct err *e) __attribute__((warn_unused_result));

#endif
