/*
 * Least-significant-digit radix sort of integers: no comparisons, and only as many passes as the span of the values
 * needs (times of a cell: two or three of 8 bits). Few values go by insertion.
 */
#include "harness/stats/stats.h"

#include <stdlib.h>
#include <string.h>

#define INSERTED_MOST 24   /* values: below, insertion is quicker */
#define SCRATCH_BYTES 8192 /* on the stack: times of a usual cell */
#define DIGIT_BITS    11   /* of a pass at most; its counters stay in the first cache */
#define FEW_VALUES    2048 /* as many as there are counters: fewer take smaller digits */
#define FEW_BITS      8

static unsigned bits_of(uint64_t span)
{
    return span ? 64 - (unsigned)__builtin_clzll(span) : 0;
}

/* Digits of about the same width, for a span of so many bits. */
static unsigned digit_bits(unsigned bits, size_t n)
{
    unsigned most = n < FEW_VALUES ? FEW_BITS : DIGIT_BITS;
    unsigned passes = (bits + most - 1) / most;
    return (bits + passes - 1) / passes;
}

#define SORT(type, name)                                                                                     \
    static void name##_insert(type *v, size_t n)                                                             \
    {                                                                                                        \
        for (size_t i = 1; i < n; i++) {                                                                     \
            type own = v[i];                                                                                 \
            size_t at = i;                                                                                   \
            for (; at > 0 && v[at - 1] > own; at--)                                                          \
                v[at] = v[at - 1];                                                                           \
            v[at] = own;                                                                                     \
        }                                                                                                    \
    }                                                                                                        \
                                                                                                             \
    static int name##_compare(const void *left, const void *right)                                           \
    {                                                                                                        \
        type a = *(const type *)left, b = *(const type *)right;                                              \
        return (a > b) - (a < b);                                                                            \
    }                                                                                                        \
                                                                                                             \
    /* One digit of all values from `from` to `to`, in their order. */                                       \
    static void name##_pass(const type *from, type *to, size_t n, type least, unsigned shift, unsigned bits) \
    {                                                                                                        \
        uint32_t at[1u << DIGIT_BITS];                                                                       \
        type mask = (type)((1u << bits) - 1);                                                                \
        uint32_t sum = 0;                                                                                    \
        memset(at, 0, ((size_t)1 << bits) * sizeof *at);                                                     \
        for (size_t i = 0; i < n; i++)                                                                       \
            at[(type)(from[i] - least) >> shift & mask]++;                                                   \
        for (size_t digit = 0; digit <= mask; digit++) {                                                     \
            uint32_t count = at[digit];                                                                      \
            at[digit] = sum;                                                                                 \
            sum += count;                                                                                    \
        }                                                                                                    \
        for (size_t i = 0; i < n; i++)                                                                       \
            to[at[(type)(from[i] - least) >> shift & mask]++] = from[i];                                     \
    }                                                                                                        \
                                                                                                             \
    void name(type *values, size_t n)                                                                        \
    {                                                                                                        \
        type small[SCRATCH_BYTES / sizeof(type)], least = n ? values[0] : 0, most = least;                   \
        if (n <= INSERTED_MOST) {                                                                            \
            name##_insert(values, n);                                                                        \
            return;                                                                                          \
        }                                                                                                    \
        for (size_t i = 1; i < n; i++) {                                                                     \
            least = values[i] < least ? values[i] : least;                                                   \
            most = values[i] > most ? values[i] : most;                                                      \
        }                                                                                                    \
        unsigned bits = bits_of((type)(most - least)), width = bits ? digit_bits(bits, n) : 0;               \
        type *large = n > sizeof small / sizeof *small && n < UINT32_MAX ? malloc(n * sizeof *large) : NULL; \
        type *from = values, *to = large ? large : small;                                                    \
        if (n > sizeof small / sizeof *small && !large) {                                                    \
            qsort(values, n, sizeof *values, name##_compare);                                                \
            return;                                                                                          \
        }                                                                                                    \
        for (unsigned shift = 0; shift < bits; shift += width) {                                             \
            name##_pass(from, to, n, least, shift, width);                                                   \
            type *other = from;                                                                              \
            from = to;                                                                                       \
            to = other;                                                                                      \
        }                                                                                                    \
        if (from != values)                                                                                  \
            memcpy(values, from, n * sizeof *values);                                                        \
        free(large);                                                                                         \
    }
SORT(uint64_t, stats_sort_u64)
SORT(uint32_t, stats_sort_u32)

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

/* One digit; a digit that is the same everywhere is none. */
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
