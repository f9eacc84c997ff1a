/*
 * Permutation tests: against all permutations written out, and their size and power on simulated surveys of
 * 50 handsets and 6 readers (four of five cells near perfect).
 */
#include "harness/stats/permute.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

enum { HANDSETS = 50, READERS = 6, N = 15, PERMUTATIONS = 199 };

/* A binomial rate of N placements. */
static double rate(uint64_t key, double q)
{
    unsigned d = 0;
    for (unsigned i = 0; i < N; i++)
        d += random_uniform(key, 10 + i) < q;
    return (double)d / N;
}

/* A handset's own q on every reader alike; a tenth of the handsets broken, a tenth marginal. */
static double quality(uint64_t key)
{
    double u = random_uniform(key, 0);
    return u < 0.8   ? 0.002 + 0.018 * random_uniform(key, 1)
           : u < 0.9 ? 0.5 + 0.5 * random_uniform(key, 1)
                     : 0.1;
}

/* extra: so many otherwise good handsets are broken on reader 2. */
static void survey(double values[HANDSETS * READERS], uint64_t seed, unsigned extra)
{
    for (unsigned h = 0; h < HANDSETS; h++) {
        uint64_t key = random_key(random_key(17, seed), h);
        double q = quality(key);
        for (unsigned r = 0; r < READERS; r++) {
            double own = r == 2 && h < extra ? 0.7 : q;
            values[h * READERS + r] = rate(random_key(key, r), own);
        }
    }
}

static struct permute_table whole(const double *values)
{
    return (struct permute_table) { values, HANDSETS, READERS, READERS, 1 };
}

static double share_rejected(unsigned surveys, unsigned extra, bool handsets)
{
    double values[HANDSETS * READERS];
    unsigned rejected = 0;
    for (unsigned i = 0; i < surveys; i++) {
        survey(values, i, extra);
        if (handsets) /* every cell from the same draw: no handset effect */
            for (unsigned j = 0; j < HANDSETS * READERS; j++)
                values[j] = rate(random_key(random_key(31, i), j), 0.1);
        struct permute_table t = whole(values);
        if (handsets)
            t = (struct permute_table) { values, READERS, HANDSETS, 1, READERS };
        rejected += permute_columns(&t, PERMUTATIONS, random_key(99, i)).p <= 0.05;
    }
    return (double)rejected / surveys;
}

static void size_of_the_reader_effect(void **state)
{
    (void)state;
    double size = share_rejected(1000, 0, false);
    if (size < 0.03 || size > 0.07)
        fail_msg("size %.3f", size);
}

static void size_of_the_handset_effect(void **state)
{
    (void)state;
    double size = share_rejected(1000, 0, true);
    if (size < 0.03 || size > 0.07)
        fail_msg("size %.3f", size);
}

/* 0.34, 0.77, 0.98 with 5, 8, 12 extra bad handsets; +- 4 standard errors of 400 surveys.
 */
static void power_of_the_reader_effect(void **state)
{
    (void)state;
    double five = share_rejected(400, 5, false), twelve = share_rejected(400, 12, false);
    double eight = share_rejected(400, 8, false);
    if (!(five < eight && eight >= 0.77 - 0.08 && twelve > 0.94))
        fail_msg("power %.2f, %.2f, %.2f", five, eight, twelve);
}

/* Two rows of three values: 36 arrangements, each tried here; the p of many draws is their share. */
static void p_is_the_share_of_all_arrangements(void **state)
{
    (void)state;
    static const double values[] = { 0.0, 0.2, 0.5, 0.1, 0.3, 0.9 };
    static const unsigned orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                           { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    double seen = -1.0;
    unsigned reached = 0;
    for (unsigned i = 0; i < 6; i++)
        for (unsigned j = 0; j < 6; j++) {
            double sum = 0.0;
            for (unsigned c = 0; c < 3; c++) {
                double mean = (values[orders[i][c]] + values[3 + orders[j][c]]) / 2.0;
                sum += 2.0 * (mean - 2.0 / 6.0) * (mean - 2.0 / 6.0);
            }
            if (i == 0 && j == 0)
                seen = sum;
            reached += sum >= seen - 1e-12;
        }
    struct permute_table t = { values, 2, 3, 3, 1 };
    struct permute_result r = permute_columns(&t, 40000, 5);
    assert_true(r.possible);
    assert_true(fabs(r.statistic - seen) < 1e-12);
    assert_true(fabs(r.p - reached / 36.0) < 4.0 * sqrt(0.25 / 40000));
}

static void missing_cells_stay_missing(void **state)
{
    (void)state;
    double values[HANDSETS * READERS];
    survey(values, 3, 12);
    for (unsigned h = 0; h < HANDSETS; h++) /* each handset misses a reader; nine in ten miss the last */
        values[h * READERS + h % 5] = NAN;
    for (unsigned h = 5; h < HANDSETS; h++)
        values[h * READERS + 5] = NAN;
    struct permute_table t = whole(values);
    struct permute_result r = permute_columns(&t, 999, 1);
    assert_true(r.possible);
    assert_true(r.p <= 0.01);
    for (unsigned i = 0; i < HANDSETS * READERS; i++)
        values[i] = NAN;
    r = permute_columns(&t, 999, 1);
    assert_false(r.possible);
    assert_true(r.p == 1.0);
}

static void equal_values_give_no_effect(void **state)
{
    (void)state;
    double values[HANDSETS * READERS] = { 0 };
    struct permute_table t = whole(values);
    assert_false(permute_columns(&t, 99, 1).possible);
    t.columns = 1;
    assert_false(permute_columns(&t, 99, 1).possible);
}

static void relabelling_the_readers_leaves_the_statistic(void **state)
{
    (void)state;
    double values[HANDSETS * READERS], turned[HANDSETS * READERS];
    survey(values, 8, 8);
    for (unsigned h = 0; h < HANDSETS; h++)
        for (unsigned r = 0; r < READERS; r++)
            turned[(HANDSETS - 1 - h) * READERS + (r + 2) % READERS] = values[h * READERS + r];
    struct permute_table a = whole(values), b = whole(turned);
    struct permute_result x = permute_columns(&a, 4000, 6), y = permute_columns(&b, 4000, 7);
    assert_true(fabs(x.statistic - y.statistic) < 1e-12);
    assert_true(fabs(x.p - y.p) <= 4.0 * sqrt(2.0 * x.p * (1.0 - x.p) / 4000) + 1e-3);
}

/* Six units, three with the label: 20 arrangements, the extreme one and its mirror image reach it: p =
 * 0.1. */
static void labels_of_few_units_reach_no_small_p(void **state)
{
    (void)state;
    static const double values[] = { 0.9, 0.8, 0.7, 0.1, 0.0, 0.05 };
    static const unsigned labels[] = { 1, 1, 1, 0, 0, 0 };
    struct permute_result r = permute_labels(values, labels, 6, 20000, 2);
    assert_true(fabs(r.p - 0.1) < 4.0 * sqrt(0.09 / 20000));
    assert_true(fabs(permute_labels_floor(labels, 6) - 0.05) < 1e-12);
    static const unsigned alike[] = { 2, 2, 2, 2, 2, 2 };
    assert_false(permute_labels(values, alike, 6, 99, 2).possible);
}

static void size_of_the_label_effect(void **state)
{
    (void)state;
    double values[HANDSETS];
    unsigned labels[HANDSETS], rejected = 0;
    for (unsigned i = 0; i < 1000; i++) {
        for (unsigned h = 0; h < HANDSETS; h++) {
            uint64_t key = random_key(random_key(41, i), h);
            values[h] = rate(key, quality(key));
            labels[h] = h % 3;
        }
        rejected += permute_labels(values, labels, HANDSETS, PERMUTATIONS, random_key(7, i)).p <= 0.05;
    }
    if (rejected < 30 || rejected > 70)
        fail_msg("size %u of 1000", rejected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_of_the_reader_effect),
        cmocka_unit_test(size_of_the_handset_effect),
        cmocka_unit_test(power_of_the_reader_effect),
        cmocka_unit_test(p_is_the_share_of_all_arrangements),
        cmocka_unit_test(missing_cells_stay_missing),
        cmocka_unit_test(equal_values_give_no_effect),
        cmocka_unit_test(relabelling_the_readers_leaves_the_statistic),
        cmocka_unit_test(labels_of_few_units_reach_no_small_p),
        cmocka_unit_test(size_of_the_label_effect),
    };
    return cmocka_run_group_tests_name("permute", tests, NULL, NULL);
}
