/*
 * Coverage of subsets against a plain loop over handsets and readers, and covers against trying every
 * selection of sets.
 */
#include "harness/stats/cover.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static void every_subset_is_what_a_plain_count_gives(void **state)
{
    (void)state;
    enum { HANDSETS = 40, READERS = 6 };
    struct cover_handset handsets[HANDSETS];
    double lower[1 << READERS], upper[1 << READERS];
    for (unsigned i = 0; i < HANDSETS; i++) {
        uint32_t a = (uint32_t)random_u64(1, i), b = (uint32_t)random_u64(2, i);
        handsets[i] = (struct cover_handset) { random_uniform(3, i) / HANDSETS, a, b & ~a };
    }
    cover_subsets(handsets, HANDSETS, READERS, lower, upper);
    for (uint32_t subset = 0; subset < 1u << READERS; subset++) {
        double works = 0.0, not_out = 0.0;
        for (unsigned i = 0; i < HANDSETS; i++) {
            bool on_one = false, fails_all = true;
            for (unsigned r = 0; r < READERS; r++) {
                if (!(subset >> r & 1))
                    continue;
                on_one = on_one || (handsets[i].works >> r & 1);
                fails_all = fails_all && (handsets[i].fails >> r & 1);
            }
            works += on_one ? handsets[i].weight : 0.0;
            not_out += fails_all ? 0.0 : handsets[i].weight;
        }
        assert_true(fabs(lower[subset] - works) < 1e-12);
        assert_true(fabs(upper[subset] - not_out) < 1e-12);
        assert_true(lower[subset] <= upper[subset] + 1e-12);
    }
}

/* Three readers; shares .5 works on A, .3 on B and C, .2 on none yet known. */
static void smallest_subsets_by_hand(void **state)
{
    (void)state;
    static const struct cover_handset handsets[] = { { 0.5, 1, 6 }, { 0.3, 6, 1 }, { 0.2, 0, 4 } };
    double lower[8], upper[8];
    unsigned alike;
    cover_subsets(handsets, 3, 3, lower, upper);
    assert_true(fabs(lower[1] - 0.5) < 1e-12 && fabs(upper[1] - 0.7) < 1e-12);
    assert_true(fabs(lower[2] - 0.3) < 1e-12 && fabs(upper[2] - 0.5) < 1e-12);
    assert_true(fabs(upper[4] - 0.3) < 1e-12);
    assert_true(fabs(lower[7] - 0.8) < 1e-12 && fabs(upper[7] - 1.0) < 1e-12);
    assert_int_equal(cover_smallest(lower, 3, 0.5, &alike), 1);
    assert_int_equal(alike, 1);
    assert_int_equal(cover_smallest(lower, 3, 0.8, &alike), 2); /* A with B, or with C: two alike */
    assert_int_equal(alike, 2);
    assert_int_equal(cover_smallest(lower, 3, 0.9, &alike), 0);
    assert_int_equal(alike, 0);
}

static void random_problem(uint8_t *member, size_t sets, size_t elements, uint64_t seed, double density)
{
    for (size_t i = 0; i < sets * elements; i++)
        member[i] = random_uniform(random_key(8, seed), i) < density;
}

static bool is_cover(const struct cover_problem *p, const size_t *chosen, size_t count)
{
    for (size_t e = 0; e < p->elements; e++) {
        bool possible = false, has = false;
        for (size_t s = 0; s < p->sets; s++)
            possible = possible || p->member[s * p->elements + e];
        for (size_t i = 0; i < count; i++)
            has = has || p->member[chosen[i] * p->elements + e];
        if (possible && !has)
            return false;
    }
    return true;
}

/* The smallest selection that covers, by trying all of them. */
static size_t by_trying_all(const struct cover_problem *p)
{
    size_t best = p->sets, chosen[20];
    for (uint32_t mask = 0; mask < 1u << p->sets; mask++) {
        size_t count = 0;
        for (size_t s = 0; s < p->sets; s++)
            if (mask >> s & 1)
                chosen[count++] = s;
        if (count < best && is_cover(p, chosen, count))
            best = count;
    }
    return best;
}

static void the_smallest_cover_is_that_of_trying_all(void **state)
{
    (void)state;
    enum { SETS = 12, ELEMENTS = 24 };
    uint8_t member[SETS * ELEMENTS], covered[ELEMENTS];
    uint64_t masks[ELEMENTS];
    size_t chosen[SETS];
    for (unsigned seed = 0; seed < 25; seed++) {
        struct cover_problem p = { SETS, ELEMENTS, member };
        bool proven;
        random_problem(member, SETS, ELEMENTS, seed, 0.15 + 0.02 * (seed % 10));
        size_t greedy = cover_greedy(&p, chosen, covered);
        assert_true(is_cover(&p, chosen, greedy));
        size_t count = cover_exact(&p, chosen, greedy, masks, &proven);
        assert_true(proven);
        assert_true(is_cover(&p, chosen, count));
        assert_int_equal(count, by_trying_all(&p));
    }
}

/* Six readers' failure modes over fifty handsets; the greedy cover is never the smaller. */
static void greedy_is_never_better(void **state)
{
    (void)state;
    enum { SETS = 50, ELEMENTS = 36 };
    uint8_t member[SETS * ELEMENTS], covered[ELEMENTS];
    uint64_t masks[ELEMENTS];
    size_t chosen[SETS];
    unsigned better = 0;
    for (unsigned seed = 0; seed < 60; seed++) {
        struct cover_problem p = { SETS, ELEMENTS, member };
        bool proven;
        random_problem(member, SETS, ELEMENTS, 1000 + seed, 0.08);
        size_t greedy = cover_greedy(&p, chosen, covered);
        size_t count = cover_exact(&p, chosen, greedy, masks, &proven);
        assert_true(proven);
        assert_true(count <= greedy);
        assert_true(is_cover(&p, chosen, count));
        for (size_t i = 1; i < count; i++)
            assert_true(chosen[i] > chosen[i - 1]);
        better += count < greedy;
    }
    assert_true(better > 0);
}

/* The classic trap: greedy takes the big set first and then needs two more. */
static void the_trap_for_greedy(void **state)
{
    (void)state;
    static const uint8_t member[] = { 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 0 };
    struct cover_problem p = { 3, 6, member };
    size_t chosen[3];
    uint8_t covered[6];
    uint64_t masks[6];
    bool proven;
    size_t greedy = cover_greedy(&p, chosen, covered);
    assert_int_equal(greedy, 3);
    assert_int_equal(chosen[0], 2);
    assert_int_equal(cover_exact(&p, chosen, greedy, masks, &proven), 2);
    assert_true(proven);
    assert_int_equal(chosen[0], 0);
    assert_int_equal(chosen[1], 1);
}

static void past_sixty_sets_the_greedy_cover_stands_unproven(void **state)
{
    (void)state;
    enum { SETS = 61, ELEMENTS = 10 };
    uint8_t member[SETS * ELEMENTS], covered[ELEMENTS];
    uint64_t masks[ELEMENTS];
    size_t chosen[SETS];
    bool proven = true;
    struct cover_problem p = { SETS, ELEMENTS, member };
    random_problem(member, SETS, ELEMENTS, 5, 0.2);
    size_t greedy = cover_greedy(&p, chosen, covered);
    assert_int_equal(cover_exact(&p, chosen, greedy, masks, &proven), greedy);
    assert_false(proven);
}

static void nothing_to_cover_needs_no_set(void **state)
{
    (void)state;
    uint8_t member[4] = { 0 }, covered[2];
    uint64_t masks[2];
    size_t chosen[2];
    bool proven;
    struct cover_problem p = { 2, 2, member };
    assert_int_equal(cover_greedy(&p, chosen, covered), 0);
    assert_int_equal(cover_exact(&p, chosen, 0, masks, &proven), 0);
    assert_true(proven);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_subset_is_what_a_plain_count_gives),
        cmocka_unit_test(smallest_subsets_by_hand),
        cmocka_unit_test(the_smallest_cover_is_that_of_trying_all),
        cmocka_unit_test(greedy_is_never_better),
        cmocka_unit_test(the_trap_for_greedy),
        cmocka_unit_test(past_sixty_sets_the_greedy_cover_stands_unproven),
        cmocka_unit_test(nothing_to_cover_needs_no_set),
    };
    return cmocka_run_group_tests_name("cover", tests, NULL, NULL);
}
