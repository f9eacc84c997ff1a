/*
 * Clustered values against scipy and brute force (oracle.py), against closed forms, and the coverage of the
 * intervals by simulation with keyed draws, where the interval that ignores the groups is seen to fail.
 */
#include "harness/base/keyed_random.h"
#include "harness/stats/cluster.h"
#include "harness/stats/stats.h"
#include "tests/unit/stats/oracle_cluster.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool near(double got, double want)
{
    return fabs(got - want) <= 1e-9 * (1.0 + fabs(want));
}

static void quantiles_agree_with_scipy(void **state)
{
    (void)state;
    static const struct cluster_sample samples[] = {
        { values_0, sizes_0, COUNT(sizes_0), COUNT(values_0) },
        { values_1, sizes_1, COUNT(sizes_1), COUNT(values_1) },
        { values_2, sizes_2, COUNT(sizes_2), COUNT(values_2) },
    };
    for (size_t i = 0; i < COUNT(quantiles); i++) {
        const struct cluster_sample *s = &samples[quantiles[i].sample];
        uint64_t sorted[512];
        struct cluster_quantile q;
        assert_in_range(s->n, 1, COUNT(sorted));
        memcpy(sorted, s->values, s->n * sizeof *sorted);
        stats_sort_u64(sorted, s->n);
        cluster_quantile(s, sorted, quantiles[i].p, 0.95, &q);
        assert_int_equal(q.value, quantiles[i].value);
        assert_true(near(q.icc, quantiles[i].icc));
        /* scipy's quantiles of Student's t are good to eight digits */
        assert_true(fabs(q.n_effective / quantiles[i].n_effective - 1.0) < 1e-7);
        assert_true(q.has_interval);
        assert_int_equal(q.low, quantiles[i].low);
        assert_int_equal(q.high, quantiles[i].high);
    }
}

/* Two groups of two: 1 1 | 2 2 is all between (1), 1 2 | 1 2 all within (-1), by hand. */
static void icc_is_one_when_groups_are_alike_inside_and_negative_when_they_alternate(void **state)
{
    (void)state;
    static const uint64_t apart[] = { 1, 1, 2, 2 }, mixed[] = { 1, 2, 1, 2 }, same[] = { 5, 5, 5, 5 };
    static const uint32_t sizes[] = { 2, 2 }, singles[] = { 1, 1, 1, 1 }, one[] = { 4 };
    assert_true(near(cluster_icc(&(struct cluster_sample) { apart, sizes, 2, 4 }, 1), 1.0));
    assert_true(near(cluster_icc(&(struct cluster_sample) { mixed, sizes, 2, 4 }, 1), -1.0));
    assert_true(near(cluster_icc(&(struct cluster_sample) { same, sizes, 2, 4 }, 5), 1.0));
    assert_true(isnan(cluster_icc(&(struct cluster_sample) { apart, singles, 4, 4 }, 1)));
    assert_true(isnan(cluster_icc(&(struct cluster_sample) { apart, one, 1, 4 }, 1)));
}

static void the_design_effect_is_that_of_the_group_a_value_is_in(void **state)
{
    (void)state;
    static const uint64_t values[8] = { 0 };
    static const uint32_t equal[] = { 4, 4 }, unequal[] = { 6, 2 };
    assert_true(near(cluster_design_effect(&(struct cluster_sample) { values, equal, 2, 8 }, 0.5), 2.5));
    /* k = (36 + 4) / 8 = 5 */
    assert_true(near(cluster_design_effect(&(struct cluster_sample) { values, unequal, 2, 8 }, 0.5), 3.0));
    assert_true(near(cluster_design_effect(&(struct cluster_sample) { values, equal, 2, 8 }, -0.2), 1.0));
    assert_true(near(cluster_design_effect(&(struct cluster_sample) { values, equal, 2, 8 }, NAN), 1.0));
}

static void values_that_do_not_show_how_alike_they_are_count_as_groups(void **state)
{
    (void)state;
    static const uint64_t same[20] = { 0 }, apart[4] = { 1, 2, 3, 4 };
    static const uint32_t fives[] = { 5, 5, 5, 5 }, singles[] = { 1, 1, 1, 1 }, whole[] = { 4 };
    struct cluster_quantile q;
    cluster_quantile(&(struct cluster_sample) { same, fives, 4, 20 }, same, 0.5, 0.95, &q);
    assert_true(q.icc == 1.0);
    /* four groups; tables of Student's t at 97.5 %: 2.09302405 of 19 degrees of freedom, 3.18244631 of 3 */
    assert_true(fabs(q.n_effective - 4 * pow(2.09302405 / 3.18244631, 2)) < 1e-7);
    cluster_quantile(&(struct cluster_sample) { apart, singles, 4, 4 }, apart, 0.5, 0.95, &q);
    assert_true(isnan(q.icc) && near(q.n_effective, 4.0));
    cluster_quantile(&(struct cluster_sample) { apart, whole, 1, 4 }, apart, 0.5, 0.95, &q);
    assert_true(isnan(q.icc) && q.n_effective == 1.0 && !q.has_interval);
}

static void independent_values_have_the_exact_binomial_ranks(void **state)
{
    (void)state;
    static const double levels[] = { 0.1, 0.5, 0.9, 0.95, 0.99 };
    for (size_t i = 0; i < COUNT(levels); i++)
        for (uint64_t n = 1; n <= 800; n += 1 + n / 9) {
            uint64_t low = 0, high = 0, want_low = 0, want_high = 0;
            bool has = cluster_ranks(n, (double)n, levels[i], 0.95, &low, &high);
            assert_int_equal(has, stats_quantile_ranks(n, levels[i], 0.95, &want_low, &want_high));
            assert_int_equal(has, n >= cluster_least(levels[i], 0.95));
            if (has) {
                assert_int_equal(low, want_low);
                assert_int_equal(high, want_high);
            }
        }
    /* The published two-sided minima. */
    assert_int_equal(cluster_least(0.95, 0.95), 72);
    assert_int_equal(cluster_least(0.99, 0.95), 368);
}

static void fewer_effective_values_widen_the_interval_until_there_is_none(void **state)
{
    (void)state;
    uint64_t low = 0, high = 0, last_low = 500, last_high = 500;
    for (double effective = 1000.0; effective >= 7.0; effective /= 1.5) {
        assert_true(cluster_ranks(1000, effective, 0.5, 0.95, &low, &high));
        assert_true(low < last_low && high > last_high && low + high == 1001);
        last_low = low;
        last_high = high;
    }
    assert_false(cluster_ranks(1000, 5.0, 0.5, 0.95, &low, &high));
    /* 0.9^n is 0.025 at n = 35.012 */
    assert_true(cluster_ranks(1000, 35.02, 0.9, 0.95, &low, &high));
    assert_int_equal(high, 1000);
    assert_false(cluster_ranks(1000, 35.0, 0.9, 0.95, &low, &high));
    assert_false(cluster_ranks(0, 0.0, 0.5, 0.95, &low, &high));
}

/* Nine groups of a hundred: any nine are too few to show one slow group in ten, however many the values. */
static void few_groups_give_no_interval_of_a_tail(void **state)
{
    (void)state;
    uint64_t values[1000], sorted[1000];
    uint32_t sizes[10];
    for (unsigned i = 0; i < 1000; i++)
        sorted[i] = values[i] = random_u64(1, i) % 1000000;
    stats_sort_u64(sorted, 1000);
    for (unsigned i = 0; i < 10; i++)
        sizes[i] = 100;
    struct cluster_sample s = { values, sizes, 10, 1000 };
    struct cluster_quantile q;
    cluster_quantile(&s, sorted, 0.9, 0.95, &q);
    assert_true(q.has_interval);
    memcpy(sorted, values, 900 * sizeof *sorted);
    stats_sort_u64(sorted, 900);
    s = (struct cluster_sample) { values, sizes, 9, 900 };
    cluster_quantile(&s, sorted, 0.9, 0.95, &q);
    assert_false(q.has_interval);
    assert_true(q.value > 0);
    cluster_quantile(&s, sorted, 0.5, 0.95, &q);
    assert_true(q.has_interval);
    s = (struct cluster_sample) { values, (const uint32_t[]) { 900 }, 1, 900 };
    cluster_quantile(&s, sorted, 0.5, 0.95, &q);
    assert_false(q.has_interval);
    assert_true(near(q.n_effective, 1.0));
}

/* Share of 4,000 samples of 31 placements of 10 whose interval holds the truth; sd of placements against
 * 1. */
struct coverage {
    double clustered, naive;
};

static struct coverage cover(double between, double p, double normal_quantile)
{
    enum { PLACEMENTS = 31, EACH = 10, N = PLACEMENTS * EACH, SAMPLES = 4000 };
    static uint32_t sizes[PLACEMENTS];
    struct coverage held = { 0 };
    uint64_t low = 0, high = 0;
    double truth = exp(0.1 * normal_quantile * sqrt(1.0 + between * between));
    assert_true(stats_quantile_ranks(N, p, 0.95, &low, &high));
    for (unsigned sample = 0; sample < SAMPLES; sample++) {
        uint64_t values[N], sorted[N],
            key = random_key(random_key(65, sample), (uint64_t)(between * 4 + p * 100));
        for (unsigned i = 0; i < N; i++) {
            double shift = between * random_normal(key, 1000 + i / EACH);
            sorted[i] = values[i] = (uint64_t)(1e6 * exp(0.1 * (shift + random_normal(key, i))));
            sizes[i / EACH] = EACH;
        }
        stats_sort_u64(sorted, N);
        struct cluster_quantile q;
        cluster_quantile(&(struct cluster_sample) { values, sizes, PLACEMENTS, N }, sorted, p, 0.95, &q);
        assert_true(q.has_interval);
        held.clustered += (double)q.low <= 1e6 * truth && 1e6 * truth <= (double)q.high;
        held.naive += (double)sorted[low - 1] <= 1e6 * truth && 1e6 * truth <= (double)sorted[high - 1];
    }
    held.clustered /= SAMPLES;
    held.naive /= SAMPLES;
    return held;
}

static void the_intervals_cover_however_alike_a_placement_is_and_naive_ones_do_not(void **state)
{
    (void)state;
    static const double betweens[] = { 0.0, 0.5, 1.0 };
    for (size_t i = 0; i < COUNT(betweens); i++) {
        struct coverage median = cover(betweens[i], 0.5, 0.0);
        struct coverage p90 = cover(betweens[i], 0.9, 1.2815515655446004); /* qnorm(0.9) */
        if (median.clustered < 0.93 || median.clustered > 0.99)
            fail_msg("median at sb/sw %.1f: %.3f", betweens[i], median.clustered);
        if (p90.clustered < 0.93 || p90.clustered > 0.99)
            fail_msg("p90 at sb/sw %.1f: %.3f", betweens[i], p90.clustered);
        if (i == 0)
            assert_true(median.naive >= 0.93);
        if (i == 2)
            assert_true(median.naive <= 0.75 && p90.naive <= 0.80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_agree_with_scipy),
        cmocka_unit_test(icc_is_one_when_groups_are_alike_inside_and_negative_when_they_alternate),
        cmocka_unit_test(the_design_effect_is_that_of_the_group_a_value_is_in),
        cmocka_unit_test(values_that_do_not_show_how_alike_they_are_count_as_groups),
        cmocka_unit_test(independent_values_have_the_exact_binomial_ranks),
        cmocka_unit_test(fewer_effective_values_widen_the_interval_until_there_is_none),
        cmocka_unit_test(few_groups_give_no_interval_of_a_tail),
        cmocka_unit_test(the_intervals_cover_however_alike_a_placement_is_and_naive_ones_do_not),
    };
    return cmocka_run_group_tests_name("cluster", tests, NULL, NULL);
}
