/*
 * Least-significant-digit radix sort of integers: no comparisons, and only as many passes as the span of the values
 * needs (times of a cell: two or three of 8 bits). Few values go by insertion.
 */
#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define INSERTED_MOST 24   /* values: below, insertion is quicker */
#define ON_STACK      1024 /* values: times of a usual cell need no memory */
#define DIGIT_BITS    11   /* of a pass at most; its counters stay in the first cache */
#define FEW_VALUES    2048 /* as many as there are counters: fewer take smaller digits */
#define FEW_BITS      8
#define VALUES_MOST   UINT32_MAX /* that a counter counts */

static void insert(uint64_t *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t own = v[i];
        size_t at = i;
        for (; at > 0 && v[at - 1] > own; at--)
            v[at] = v[at - 1];
        v[at] = own;
    }
}

static int compare_u64(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static unsigned bits_of_span(const uint64_t *v, size_t n, uint64_t *least)
{
    uint64_t most = v[0];
    *least = v[0];
    for (size_t i = 1; i < n; i++) {
        *least = v[i] < *least ? v[i] : *least;
        most = v[i] > most ? v[i] : most;
    }
    return most > *least ? 64 - (unsigned)__builtin_clzll(most - *least) : 0;
}

/* Digits of about the same width, for a span of so many bits. */
static unsigned digit_bits(unsigned bits, size_t n)
{
    unsigned most = n < FEW_VALUES ? FEW_BITS : DIGIT_BITS;
    unsigned passes = (bits + most - 1) / most;
    return (bits + passes - 1) / passes;
}

/* One digit of all values from `from` to `to`, in their order. */
static void pass(const uint64_t *from, uint64_t *to, size_t n, uint64_t least, unsigned shift, unsigned bits)
{
    uint32_t at[1u << DIGIT_BITS], sum = 0;
    uint64_t mask = (1u << bits) - 1;
    memset(at, 0, (mask + 1) * sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[(from[i] - least) >> shift & mask]++;
    for (size_t digit = 0; digit <= mask; digit++) {
        uint32_t count = at[digit];
        at[digit] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[(from[i] - least) >> shift & mask]++] = from[i];
}

static void sort_by_digits(uint64_t *values, uint64_t *scratch, size_t n)
{
    uint64_t *from = values, *to = scratch, least;
    unsigned bits = bits_of_span(values, n, &least), width = bits ? digit_bits(bits, n) : 1;
    for (unsigned shift = 0; shift < bits; shift += width) {
        pass(from, to, n, least, shift, width);
        uint64_t *other = from;
        from = to;
        to = other;
    }
    if (from != values)
        memcpy(values, from, n * sizeof *values);
}

void stats_sort_u64(uint64_t *values, size_t n)
{
    uint64_t some[ON_STACK];
    if (n <= INSERTED_MOST) {
        insert(values, n);
        return;
    }
    uint64_t *more = n > ON_STACK && n <= VALUES_MOST ? malloc(n * sizeof *more) : NULL;
    if (n <= ON_STACK || more)
        sort_by_digits(values, more ? more : some, n);
    else
        qsort(values, n, sizeof *values, compare_u64);
    free(more);
}

/* The sign bit turned over, they stand in the order of the unsigned. */
void stats_sort_i64(int64_t *values, size_t n)
{
    uint64_t *bits = (uint64_t *)(void *)values;
    for (size_t i = 0; i < n; i++)
        bits[i] ^= (uint64_t)1 << 63;
    stats_sort_u64(bits, n);
    for (size_t i = 0; i < n; i++)
        bits[i] ^= (uint64_t)1 << 63;
}

static int compare_u32(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

void stats_sort_u32(uint32_t *values, size_t n)
{
    uint64_t *wide = n > 1 ? malloc(n * sizeof *wide) : NULL;
    if (!wide) {
        qsort(values, n, sizeof *values, compare_u32);
        return;
    }
    for (size_t i = 0; i < n; i++)
        wide[i] = values[i];
    stats_sort_u64(wide, n);
    for (size_t i = 0; i < n; i++)
        values[i] = (uint32_t)wide[i];
    free(wide);
}

/* One digit; false, and nothing moved, where it is the same everywhere. */
static bool keyed_pass(const struct stats_keyed *from, struct stats_keyed *to, size_t n, unsigned shift)
{
    size_t at[1u << DIGIT_BITS] = { 0 }, sum = 0;
    uint64_t mask = (1u << DIGIT_BITS) - 1;
    for (size_t i = 0; i < n; i++)
        at[from[i].key >> shift & mask]++;
    if (at[from[0].key >> shift & mask] == n)
        return false;
    for (size_t digit = 0; digit <= mask; digit++) {
        size_t count = at[digit];
        at[digit] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[from[i].key >> shift & mask]++] = from[i];
    return true;
}

bool stats_sort_keyed(struct stats_keyed *values, size_t n)
{
    struct stats_keyed *scratch = n > 1 ? malloc(n * sizeof *scratch) : NULL, *from = values, *to = scratch;
    for (unsigned shift = 0; shift < 64 && scratch; shift += DIGIT_BITS) {
        if (!keyed_pass(from, to, n, shift))
            continue;
        struct stats_keyed *other = from;
        from = to;
        to = other;
    }
    if (from != values)
        memcpy(values, from, n * sizeof *values);
    bool good = n <= 1 || scratch;
    free(scratch);
    return good;
}
