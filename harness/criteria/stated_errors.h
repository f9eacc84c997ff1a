/*
 * How often a list errs, stated before anything is measured: from criteria, survey and scheme alone. An error is an upper
 * bound that holds whatever the cells' q and however they hang together; what a good handset may hope for is computed
 * exactly, for placements that are independent.
 *
 * With all readers required a handset is listed only if every required cell passes, so the chance of one bad cell to pass,
 * beta, bounds the whole: no correction for cells or handsets (an intersection-union test, Berger 1982). Where k of R must
 * pass, a handset that truly passes on fewer leaves R - k + 1 readers or more of which at least one errs: (R - k + 1) beta.
 * With f of five points allowed to be silent, one with f + 1 bad points is found with f of them at most only if at least one
 * of these f + 1 passes: (f + 1) beta. Both are the union bound over what has to err.
 */
#ifndef NFC_SURVEY_CRITERIA_STATED_ERRORS_H
#define NFC_SURVEY_CRITERIA_STATED_ERRORS_H

#include "harness/clauses/criteria_file.h"
#include "harness/verdict/verdict.h"

enum stated_what {
    STATED_LISTED = 0,  /* one that breaks a clause is recommended or conditional */
    STATED_LISTED_MEAN, /* the same, of the mean over the readers under a scheme of two tiers */
    STATED_UNCONDITIONAL, /* one that breaks a clause in a conditional mode is recommended without that condition */
    STATED_REFUSED,       /* one that is clean enough is not recommended */
    STATED_MARKED,        /* one that is clean enough in the conditional modes is said to fail in one */
    STATED_POWER,         /* one with this q in every required cell is recommended or conditional */
    STATED_DEAD,          /* one that never works is not recommended, after so many placements a cell */
};

/* A statement about a handset. */
struct stated_error {
    enum stated_what what;
    enum clause clause; /* LISTED, REFUSED: the one that it breaks, or is refused by */
    double q;           /* of LISTED, UNCONDITIONAL at least; of REFUSED, MARKED at most; of POWER exactly */
    double low,
        high; /* the chance: of an error at most `high`, `low` 0; of POWER, with the scripts of a placement failing
                           independently and alike */
    unsigned cells;    /* that it is about; of POWER all required ones */
    unsigned n_max;    /* POWER: with this one in place of the scheme's */
    double placements; /* POWER: expected number, a cell; 0: not known */
};

#define STATED_MOST 24

struct stated_errors {
    struct scheme scheme;
    const struct criteria *criteria; /* borrowed */
    double passes, refuses;          /* P(dirty): shown at most, shown above */
    unsigned readers, needed;        /* readers that count, and how many must pass; needed 0: by share */
    double share;                    /* of their weights that must pass */
    bool by_rows;                    /* a scheme of two tiers decides */
    double
        above; /* of it, in the population assumed for planning: those that pass with a reader above the mean; NAN: not computed */
    double readers_err; /* of them, at most so many have to err before a bad handset is listed */
    unsigned scripts;   /* asked for */
    unsigned pairs;     /* handset + SIM pairs of the survey */
    bool is_least;      /* POWER is more than that: positions and success share cells */
    bool is_most;       /* POWER is less than that: clauses that are not of dirty placements must pass, too */
    unsigned dead_above_q0,
        dead_above_bound; /* placements a cell, until one that never works is refused; 0: not by them */
    struct stated_error rows[STATED_MOST];
    size_t count;
};

/* Without criteria there is nothing to state. Memory is its only error. */
int stated_errors_make(const struct criteria *c, const struct survey *s, const struct scheme *scheme,
                       struct stated_errors *out, struct err *e) __attribute__((warn_unused_result));

#endif
