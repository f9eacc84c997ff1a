/*
 * Coverage of every subset of readers, and the smallest set of handsets that shows everything seen. Pure; the
 * caller gives the memory.
 */
#ifndef NFC_SURVEY_STATS_COVER_H
#define NFC_SURVEY_STATS_COVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COVER_READERS_MAX 16

/* A handset: what it weighs, and the readers that it works and fails on, a bit each; neither: open. */
struct cover_handset {
    double weight;
    uint32_t works, fails;
};

/*
 * For every subset (a bit a reader) the weight of the handsets that work on at least one of its readers
 * (lower) and of those that don't fail on all of them (upper): 1 << readers values each. The empty subset has
 * 0 in both. Weight that no handset has is not in it: the caller adds it to the upper end.
 */
void cover_subsets(const struct cover_handset *handsets, size_t count, unsigned readers, double *lower,
                   double *upper);

/* The size of the smallest subsets whose lower end reaches the target (up to rounding), 0 when none does;
 * alike: how many of that size do. None of them is better: their brackets overlap. */
unsigned cover_smallest(const double *lower, unsigned readers, double target, unsigned *alike);

/* Whether a subset's lower end reaches the target, as cover_smallest() has it. */
bool cover_reaches(double lower, double target);

#define COVER_SETS_EXACT 60     /* up to so many sets the smallest cover is searched for */
#define COVER_NODES_MAX  200000 /* cap on the search; past it the best found so far is given, not proven */

/* member[set * elements + element] is 1 where the set has the element. Elements of no set are passed over. */
struct cover_problem {
    size_t sets, elements;
    const uint8_t *member;
};

/* The greedy cover: the set with the most new elements, the first of equals. chosen: room for all sets;
 * covered: elements bytes. */
size_t cover_greedy(const struct cover_problem *p, size_t *chosen, uint8_t *covered);

/*
 * The smallest cover by branch and bound, for at most COVER_SETS_EXACT sets; chosen holds the greedy cover of
 * count sets and gets the smallest, rising. masks: room for elements numbers. proven: false past the cap.
 */
size_t cover_exact(const struct cover_problem *p, size_t *chosen, size_t count, uint64_t *masks,
                   bool *proven);

#endif
