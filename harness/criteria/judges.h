/*
 * Inside criteria/ only: how a clause is judged, a row each, in judge_<key>.c. The engine and what follows it call the
 * rows by this header; rows know the engine's header and no other row's file. NULL or 0: the clause has no such thing.
 */
#ifndef NFC_SURVEY_CRITERIA_JUDGES_H
#define NFC_SURVEY_CRITERIA_JUDGES_H

#include "harness/criteria/engine.h"

/* A threshold that can be moved, and the values at which anything may change. */
struct knob {
    enum clause_unit unit;
    bool falls; /* a smaller value is the looser one */
    double value;
    unsigned of;       /* TAPS: of so many */
    double limit;      /* it is never loosened beyond; 0: no such limit */
    struct buf values; /* array of double; the caller sorts and releases it */
};
/* below: a value that no criteria file can hold, or that means none, is left out. */
void knob_add(struct knob *k, double value, double below);

struct judge {
    /* ---- before anything is judged ---- */

    /* Finds in the survey what the criteria name; what isn't there is assess_lacks(). */
    int (*prepare)(struct assess_engine *g, struct err *e);
    /* What a cell says of the clause, into assessment.cells: nothing that a threshold changes. */
    void (*measure)(const struct assess_engine *g, size_t cell, struct assess_cell *out);
    double (*threshold)(const struct criteria *c); /* of the rules */

    /* ---- judging: under looser rules no outcome gets worse, the searches of loosen.c rest on that ---- */

    bool (*looks_at)(const struct assess_engine *g, size_t script); /* NULL: at the scripts of the criteria */
    bool (*skips)(const struct assess_engine *g, size_t reader);    /* it is not asked there */
    const char *skips_why;                                          /* "its class passes no extended APDU" */
    struct assess_result (*on_cell)(const struct assess_engine *g, const struct assess_rules *r, size_t cell);
    /* In place of on_cell, and through another clause's outcome in the cells of all positions. */
    struct assess_result (*on_reader)(const struct assess_engine *g, const struct assess_rules *r,
                                      size_t pair, size_t reader, uint32_t modes);
    enum clause through;
    /* In place of on_cell where the criteria ask it of all readers together. */
    bool (*is_by_pair)(const struct criteria *c);
    struct assess_result (*on_pair)(const struct assess_engine *g, const struct assess_rules *r, size_t pair);

    /* What shows_of_pair() needs beyond the outcomes, into the assessment. */
    void (*sum_up)(const struct assess_engine *g, size_t pair, struct assess_pair *out);

    /* ---- how far a pair hangs on it: the least demanding threshold that it passes, NAN when none would do ---- */

    double (*cell_passes_from)(const struct assess_engine *g, size_t cell);
    double (*reader_passes_from)(const struct assess_engine *g, size_t pair, size_t reader);
    double (*pair_passes_from)(const struct assess_engine *g, size_t pair); /* is_by_pair */
    struct measure (*flips)(const struct criteria *c); /* its id, kind and, in `text`, why there is none */

    /* ---- the proposal ---- */

    unsigned given_up; /* its turn: what costs most to measure is loosened first, from 1; 0: never */
    bool is_never_dropped;
    void (*knob)(const struct assess_engine *g, struct knob *k); /* NULL: the clause has no number */
    void (*relax)(struct assess_rules *r); /* as if it weren't asked for; NULL: it is off */
    /* Placements, all clean, with which a new handset passes it in each of its `cells`. */
    unsigned (*clean)(const struct assess_engine *g, const struct assess_rules *r, unsigned cells);

    /* ---- words and evidence ---- */

    struct assess_grey (*grey)(const struct assessment *a); /* NULL: of dirty placements */
    enum clause_ask (*asks)(const struct assessment *a, struct measures *out);
    /* What it saw in a cell; NULL: the counts, or those of the clause that it goes through. */
    enum clause_evidence (*shows)(const struct assessment *a, size_t cell, struct measures *out);
    /* What is shown over all cells of a pair, with the cell that decides or SIZE_MAX; NULL: the cell says it all. */
    enum clause_evidence (*shows_of_pair)(const struct assessment *a, size_t pair, size_t cell,
                                          struct measures *out);
    /* Whether a placement speaks against it; NULL: whether it does against success. */
    bool (*speaks_against)(const struct assessment *a, const struct observations *t,
                           const struct placement_seen *p);
    unsigned (*settled_by)(const struct criteria *c); /* by its n-th placement; NULL or 0: the last one */
    /* The records of a failure, in place of those of the placements that speak against it. */
    size_t (*records)(const struct assessment *a, size_t cell, uint64_t *out, size_t max);
};

extern const struct judge *const judges[CLAUSE_COUNT]; /* NULL at CLAUSE_NONE */

/* How many of the readers that count pass and fail, a bit each, and what share they have. */
enum clause_evidence evidence_of_readers(const struct assessment *a, uint32_t passes, uint32_t fails,
                                         struct measures *out);

/* d, n and the bounds of a cell. */
enum clause_evidence evidence_counts(const struct findings_cell *c, struct measures *out);

/* A clause as if it weren't asked for. */
void assess_relax(struct assess_rules *r, enum clause clause);

#endif
