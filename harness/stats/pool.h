/*
 * Pooling of cells: a beta-binomial prior fitted to all of them (empirical Bayes), the estimate of each cell
 * that shrinks towards it, and lists with a bounded share of wrong entries. Never the ground of a verdict:
 * everything here leans on the mix of the cells that were examined. Pure; the caller gives the memory.
 */
#ifndef NFC_SURVEY_STATS_POOL_H
#define NFC_SURVEY_STATS_POOL_H

#include <stddef.h>
#include <stdint.h>

/* So many cells had n placements, d of them dirty. */
struct pool_count {
    unsigned n, d;
    uint64_t cells;
};

/* Merges equal (n, d) in place and drops those without a placement; returns how many are left. */
size_t pool_merge(struct pool_count *counts, size_t count);

enum pool_kind {
    POOL_NONE = 0,   /* no cell with a placement: nothing can be estimated */
    POOL_FITTED,     /* the likelihood has its maximum inside the bounds */
    POOL_NO_SPREAD,  /* cells don't differ more than chance: a + b would grow without limit and is held */
    POOL_NOT_POOLED, /* one cell, or all or none dirty: nothing to learn from others; Beta(1/2, 1/2) */
};

struct pool_prior {
    enum pool_kind kind;
    double a, b;
    double log_likelihood; /* sum lnB(a+d, b+n-d) - lnB(a, b) */
};

/* Maximum likelihood over (ln a, ln b), both held to [0.05, number of placements]. */
struct pool_prior pool_fit(const struct pool_count *counts, size_t count);

struct pool_estimate {
    double mean, lower, upper;
};

/* (a+d)/(a+b+n) and the central interval of Beta(a+d, b+n-d). */
struct pool_estimate pool_estimate(const struct pool_prior *p, unsigned n, unsigned d, double confidence);

/* P(q >= edge) of Beta(a+d, b+n-d): the chance that the cell is no better than edge, given the mix. */
double pool_tail(const struct pool_prior *p, unsigned n, unsigned d, double edge);

/*
 * The longest list with a mean tail of at most `level`: order[] (caller's, count long) gets the indexes by
 * rising tail, equal ones by rising index; returns how many of them are on the list.
 */
size_t pool_list(const double *tails, size_t *order, size_t count, double level);

#endif
