/*
 * Subsets by sums over sub-masks (a pass a reader). The smallest cover is looked for from the elements' side:
 * each element is the mask of the sets that have it, and the cover must hit every mask. Elements whose mask
 * holds another's are hit with it and dropped; masks that share no set need one set each: the bound.
 */
#include "harness/stats/cover.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-12 /* sums of shares in another order differ by less */

/* sum[mask] becomes the sum over all its sub-masks. */
static void sum_below(double *sum, unsigned readers)
{
    for (unsigned reader = 0; reader < readers; reader++)
        for (uint32_t mask = 0; mask < 1u << readers; mask++)
            if (mask >> reader & 1)
                sum[mask] += sum[mask ^ 1u << reader];
}

static void reverse(double *values, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        double kept = values[i];
        values[i] = values[count - 1 - i];
        values[count - 1 - i] = kept;
    }
}

void cover_subsets(const struct cover_handset *handsets, size_t count, unsigned readers, double *lower,
                   double *upper)
{
    size_t subsets = (size_t)1 << readers;
    uint32_t all = (uint32_t)subsets - 1;
    double total = 0.0;
    memset(lower, 0, subsets * sizeof *lower);
    memset(upper, 0, subsets * sizeof *upper);
    for (size_t i = 0; i < count; i++) {
        lower[handsets[i].works & all] += handsets[i].weight;
        upper[~handsets[i].fails & all] += handsets[i].weight;
        total += handsets[i].weight;
    }
    /* works on none of S: works is inside the complement; fails on all of S: what it does not fail on is. */
    sum_below(lower, readers);
    sum_below(upper, readers);
    reverse(lower, subsets);
    reverse(upper, subsets);
    for (size_t subset = 0; subset < subsets; subset++) {
        lower[subset] = total - lower[subset];
        upper[subset] = total - upper[subset];
    }
    lower[0] = upper[0] = 0.0;
}

bool cover_reaches(double lower, double target)
{
    return lower >= target - ROUNDING;
}

unsigned cover_smallest(const double *lower, unsigned readers, double target, unsigned *alike)
{
    unsigned smallest = 0;
    *alike = 0;
    for (uint32_t subset = 1; subset < 1u << readers; subset++) {
        unsigned size = (unsigned)__builtin_popcount(subset);
        if (!cover_reaches(lower[subset], target) || (smallest && size > smallest))
            continue;
        *alike = size == smallest ? *alike + 1 : 1;
        smallest = size;
    }
    return smallest;
}

size_t cover_greedy(const struct cover_problem *p, size_t *chosen, uint8_t *covered)
{
    size_t count = 0;
    memset(covered, 0, p->elements);
    for (;;) {
        size_t most = 0, best = 0;
        for (size_t set = 0; set < p->sets; set++) {
            const uint8_t *member = p->member + set * p->elements;
            size_t fresh = 0;
            for (size_t i = 0; i < p->elements; i++)
                fresh += member[i] && !covered[i];
            if (fresh > most) {
                most = fresh;
                best = set;
            }
        }
        if (most == 0)
            return count;
        for (size_t i = 0; i < p->elements; i++)
            covered[i] |= p->member[best * p->elements + i];
        chosen[count++] = best;
    }
}

struct search {
    const uint64_t *masks;
    size_t count;
    uint64_t best;
    size_t best_size;
    unsigned nodes;
    bool cut; /* the cap on nodes was reached */
};

static int compare_masks(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    int size_a = __builtin_popcountll(a), size_b = __builtin_popcountll(b);
    if (size_a != size_b)
        return size_a - size_b;
    return (a > b) - (a < b);
}

/* The masks that hold no other one, smallest first. */
static size_t reduce(uint64_t *masks, size_t count)
{
    size_t kept = 0;
    if (count > 1)
        qsort(masks, count, sizeof *masks, compare_masks);
    for (size_t i = 0; i < count; i++) {
        bool holds_other = masks[i] == 0; /* an element of no set */
        for (size_t j = 0; j < kept && !holds_other; j++)
            holds_other = (masks[i] & masks[j]) == masks[j];
        if (!holds_other)
            masks[kept++] = masks[i];
    }
    return kept;
}

/* The open mask with the fewest allowed sets, and how many sets at least the open ones need: SIZE_MAX when
 * one can't be hit any more. */
static size_t least_needed(const struct search *s, uint64_t taken, uint64_t allowed, uint64_t *branch)
{
    uint64_t used = 0;
    size_t needed = 0;
    int fewest = 65;
    for (size_t i = 0; i < s->count; i++) {
        if (s->masks[i] & taken)
            continue;
        uint64_t mask = s->masks[i] & allowed;
        if (mask == 0)
            return SIZE_MAX;
        if (__builtin_popcountll(mask) < fewest) {
            fewest = __builtin_popcountll(mask);
            *branch = mask;
        }
        if ((mask & used) == 0) {
            used |= mask;
            needed++;
        }
    }
    return needed;
}

/* At most COVER_SETS_EXACT deep: every level takes one set. */
static void descend(struct search *s, uint64_t taken, uint64_t allowed)
{
    uint64_t branch = 0;
    if (s->nodes >= COVER_NODES_MAX) {
        s->cut = true;
        return;
    }
    s->nodes++;
    size_t size = (size_t)__builtin_popcountll(taken), needed = least_needed(s, taken, allowed, &branch);
    if (needed == 0 && size < s->best_size) {
        s->best = taken;
        s->best_size = size;
    }
    if (needed == 0 || needed == SIZE_MAX || size + needed >= s->best_size)
        return;
    for (; branch; branch &= branch - 1) {
        uint64_t set = branch & (~branch + 1);
        allowed &= ~set; /* later branches do without it: no cover is looked at twice */
        descend(s, taken | set, allowed);
    }
}

size_t cover_exact(const struct cover_problem *p, size_t *chosen, size_t count, uint64_t *masks, bool *proven)
{
    struct search s = { .masks = masks, .best_size = count };
    *proven = false;
    if (p->sets > COVER_SETS_EXACT)
        return count;
    for (size_t element = 0; element < p->elements; element++) {
        masks[element] = 0;
        for (size_t set = 0; set < p->sets; set++)
            masks[element] |= (uint64_t)(p->member[set * p->elements + element] != 0) << set;
    }
    for (size_t i = 0; i < count; i++)
        s.best |= (uint64_t)1 << chosen[i];
    s.count = reduce(masks, p->elements);
    descend(&s, 0, ((uint64_t)1 << p->sets) - 1);
    *proven = !s.cut;
    for (size_t set = 0, i = 0; set < p->sets; set++)
        if (s.best >> set & 1)
            chosen[i++] = set;
    return s.best_size;
}
