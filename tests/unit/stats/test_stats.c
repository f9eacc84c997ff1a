/*
 * The mathematics against values got another way: sums of lgammal in long double, exact binomial sums,
 * published tables, and the miss rates of the anytime bounds by exact dynamic programming (no Monte-Carlo
 * error).
 */
#include "harness/stats/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#define LOOKS 300

static long double log_beta(long double a, long double b)
{
    return lgammal(a) + lgammal(b) - lgammal(a + b);
}

static long double log_choose(unsigned n, unsigned k)
{
    return lgammal(n + 1.0L) - lgammal(k + 1.0L) - lgammal(n - k + 1.0L);
}

/* P(X <= d), X binomial, by summing its terms. */
static long double binomial_cdf(unsigned n, unsigned d, long double p)
{
    long double sum = 0.0L;
    for (unsigned i = 0; i <= d; i++)
        sum += expl(log_choose(n, i) + i * logl(p) + (n - i) * log1pl(-p));
    return sum;
}

static void evalue_agrees_with_long_double_sums(void **state)
{
    (void)state;
    static const double qs[] = { 0.0005, 0.01, 0.02, 0.1, 0.2, 0.5, 0.9 };
    static const unsigned ns[] = { 0, 1, 3, 31, 90, 300, 2000 };
    for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
        for (size_t j = 0; j < sizeof(ns) / sizeof(ns[0]); j++) {
            for (unsigned d = 0; d <= ns[j]; d += 1 + ns[j] / 7) {
                long double q = qs[i], n = ns[j], b = 5.0L / q;
                long double want =
                    log_beta(0.5L + d, b + n - d) - log_beta(0.5L, b) - d * logl(q) - (n - d) * log1pl(-q);
                double got = stats_log_evalue(qs[i], ns[j], d, 0.5, 5.0 / qs[i]);
                assert_true(fabsl(want - got) <= 1e-9L * (1.0L + fabsl(want)));
            }
        }
    }
}

static void evalue_before_any_placement_is_one(void **state)
{
    (void)state;
    assert_true(fabs(stats_log_evalue(0.1, 0, 0, 0.5, 50.0)) < 1e-12);
}

static void bounds_are_the_roots_of_the_evalue(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 200; n += 7) {
        for (unsigned d = 0; d <= n; d += 3) {
            double u = stats_upper(n, d, 0.1, 0.05), l = stats_lower(n, d, 0.005);
            assert_true(l <= (double)d / n && (double)d / n <= u && l >= 0.0 && u <= 1.0);
            double grain = (n - d) * 4e-16 / (1.0 - u); /* what one step of a double near 1 moves ln E */
            if (u < 1.0)
                assert_true(fabs(stats_log_evalue(u, n, d, 0.5, 50.0) - log(20.0)) < 1e-9 + grain);
            if (l > 0.0)
                assert_true(fabs(stats_log_evalue(l, n, d, 1.0, 4.0) - log(200.0)) < 1e-9);
        }
    }
}

static void bounds_are_exact_at_the_edges(void **state)
{
    (void)state;
    assert_true(stats_upper(0, 0, 0.1, 0.05) == 1.0);
    assert_true(stats_lower(0, 0, 0.005) == 0.0);
    assert_true(stats_upper(7, 7, 0.1, 0.05) == 1.0);
    assert_true(stats_lower(50, 0, 0.005) == 0.0);
    assert_true(stats_upper(10000000, 10000000, 0.1, 0.05) == 1.0);
    assert_true(stats_lower(10000000, 10000000, 0.005) > 0.999);
    double u = stats_upper(10000000, 0, 0.1, 0.05), l = stats_lower(10000000, 1, 0.005);
    assert_true(u > 0.0 && u < 1e-5);
    assert_true(l > 0.0 && l < 1e-7);
    assert_true(stats_upper(10000000, 10000000 - 1, 0.1, 0.05) > 0.999);
}

static void documented_bound_of_thirty_with_six_dirty(void **state)
{
    (void)state;
    assert_true(fabs(stats_upper(30, 6, 0.1, 0.05) - 0.58) < 0.01);
}

/* Greatest chance, over all looks to n = LOOKS, that a bound leaves q out: paths are dropped at their first
 * miss. */
static double miss_rate(double q, const double *bound, bool upper)
{
    static double alive[LOOKS + 2];
    double missed = 0.0;
    for (unsigned d = 0; d < LOOKS + 2; d++)
        alive[d] = 0.0;
    alive[0] = 1.0;
    for (unsigned n = 1; n <= LOOKS; n++) {
        for (unsigned d = n; d > 0; d--)
            alive[d] = alive[d] * (1.0 - q) + alive[d - 1] * q;
        alive[0] *= 1.0 - q;
        for (unsigned d = 0; d <= n; d++) {
            double at = bound[n * (LOOKS + 1) + d];
            if (upper ? q > at : q < at) {
                missed += alive[d];
                alive[d] = 0.0;
            }
        }
    }
    return missed;
}

struct looks { /* a bound for each (n, d) */
    double *upper, *lower, *naive_upper, *naive_lower;
};

static void fill_looks(struct looks *l, double q1, double beta, double alpha)
{
    for (unsigned n = 1; n <= LOOKS; n++) {
        for (unsigned d = 0; d <= n; d++) {
            size_t at = n * (LOOKS + 1) + d;
            l->upper[at] = stats_upper(n, d, q1, beta);
            l->lower[at] = stats_lower(n, d, alpha);
            l->naive_upper[at] = stats_cp_upper(n, d, 1.0 - beta);
            l->naive_lower[at] = stats_cp_lower(n, d, 1.0 - alpha);
        }
    }
}

static void peeking_after_every_placement_keeps_the_error_rates(void **state)
{
    (void)state;
    static const double qs[] = { 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8 };
    static const struct {
        double q1, beta, alpha;
    } schemes[] = { { 0.1, 0.05, 0.005 }, { 0.2, 0.05, 0.05 }, { 0.05, 0.01, 0.001 } };
    struct looks l;
    double **all[] = { &l.upper, &l.lower, &l.naive_upper, &l.naive_lower };
    for (size_t i = 0; i < 4; i++) {
        *all[i] = calloc((LOOKS + 1) * (LOOKS + 1), sizeof(double));
        assert_non_null(*all[i]);
    }
    for (size_t k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++) {
        double worst_upper = 0.0, worst_lower = 0.0;
        fill_looks(&l, schemes[k].q1, schemes[k].beta, schemes[k].alpha);
        for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
            double up = miss_rate(qs[i], l.upper, true), low = miss_rate(qs[i], l.lower, false);
            assert_true(up <= schemes[k].beta);
            assert_true(low <= schemes[k].alpha);
            worst_upper = up > worst_upper ? up : worst_upper;
            worst_lower = low > worst_lower ? low : worst_lower;
        }
        /* Not vacuous: near their nominal rates; and the same count catches the limits made for a fixed n. */
        assert_true(worst_upper > 0.6 * schemes[k].beta);
        assert_true(worst_lower > 0.1 * schemes[k].alpha);
        assert_true(miss_rate(schemes[k].q1, l.naive_upper, true) > 2.0 * schemes[k].beta);
        assert_true(miss_rate(0.02, l.naive_lower, false) > 2.0 * schemes[k].alpha);
        /* Published for the first of them: .049 and .0019. */
        assert_true(k > 0 || (worst_upper <= 0.0495 && worst_lower <= 0.00195));
    }
    for (size_t i = 0; i < 4; i++)
        free(*all[i]);
}

static void clopper_pearson_gives_the_classical_sample_sizes(void **state)
{
    (void)state;
    static const double claims[] = { 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.001 };
    static const unsigned sizes[][6] = {
        { 14, 22, 30, 37, 44, 50 },
        { 29, 46, 61, 76, 89, 103 },
        { 59, 93, 124, 153, 181, 208 },
        { 149, 236, 313, 386, 456, 523 },
        { 299, 473, 628, 773, 913, 1049 },
        { 598, 947, 1258, 1549, 1829, 2100 },
        { 2995, 4742, 6294, 7752, 9151, 10511 },
    };
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        for (unsigned d = 0; d < 6; d++) {
            assert_true(stats_cp_upper(sizes[i][d], d, 0.95) <= claims[i]);
            assert_true(stats_cp_upper(sizes[i][d] - 1, d, 0.95) > claims[i]);
        }
    }
    assert_true(stats_cp_upper(11, 0, 0.9) <= 0.2 && stats_cp_upper(10, 0, 0.9) > 0.2);
    assert_true(stats_cp_upper(459, 0, 0.99) <= 0.01 && stats_cp_upper(458, 0, 0.99) > 0.01);
}

static void clopper_pearson_limits_solve_the_binomial_sums(void **state)
{
    (void)state;
    static const unsigned ns[] = { 1, 2, 31, 100, 299, 1000 };
    for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++) {
        unsigned n = ns[i];
        for (unsigned d = 0; d <= n && d <= 12; d++) {
            if (d < n)
                assert_true(fabsl(binomial_cdf(n, d, stats_cp_upper(n, d, 0.995)) - 0.005L) < 1e-9L);
            if (d > 0)
                assert_true(fabsl(1.0L - binomial_cdf(n, d - 1, stats_cp_lower(n, d, 0.95)) - 0.05L) < 1e-9L);
        }
    }
    assert_true(stats_cp_upper(0, 0, 0.95) == 1.0 && stats_cp_lower(0, 0, 0.95) == 0.0);
    assert_true(stats_cp_upper(5, 5, 0.95) == 1.0 && stats_cp_lower(5, 0, 0.95) == 0.0);
    assert_true(fabs(stats_cp_upper(10000000, 0, 0.95) - 2.9957e-7) < 1e-10);
}

static void clopper_pearson_covers_every_rate_of_a_grid(void **state)
{
    (void)state;
    for (unsigned step = 1; step < 100; step++) {
        long double q = step / 100.0L, above = 0.0L, below = 0.0L;
        for (unsigned d = 0; d <= 40; d++) {
            long double mass = expl(log_choose(40, d) + d * logl(q) + (40 - d) * log1pl(-q));
            above += q > stats_cp_upper(40, d, 0.95) ? mass : 0.0L;
            below += q < stats_cp_lower(40, d, 0.95) ? mass : 0.0L;
        }
        assert_true(above <= 0.05L && below <= 0.05L);
    }
}

static void quantile_ranks_are_the_documented_ones(void **state)
{
    (void)state;
    static const struct {
        uint64_t n, low, high;
        double p;
    } cases[] = {
        { 100, 40, 61, 0.5 },
        { 100, 90, 100, 0.95 },
        { 300, 277, 293, 0.95 },
        { 1000, 983, 997, 0.99 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t low = 0, high = 0;
        assert_true(stats_quantile_ranks(cases[i].n, cases[i].p, 0.95, &low, &high));
        assert_int_equal(low, cases[i].low);
        assert_int_equal(high, cases[i].high);
    }
}

static void quantile_ranks_need_seventy_two_for_p95_and_368_for_p99(void **state)
{
    (void)state;
    uint64_t low, high;
    assert_false(stats_quantile_ranks(0, 0.5, 0.95, &low, &high));
    assert_false(stats_quantile_ranks(71, 0.95, 0.95, &low, &high));
    assert_true(stats_quantile_ranks(72, 0.95, 0.95, &low, &high));
    assert_false(stats_quantile_ranks(367, 0.99, 0.95, &low, &high));
    assert_true(stats_quantile_ranks(368, 0.99, 0.95, &low, &high));
    assert_int_equal(high, 368);
}

static void quantile_ranks_cover_by_their_binomial_sum_and_are_tight(void **state)
{
    (void)state;
    for (unsigned n = 6; n <= 400; n += 13) {
        uint64_t low, high;
        if (!stats_quantile_ranks(n, 0.7, 0.95, &low, &high))
            continue;
        assert_true(binomial_cdf(n, (unsigned)low - 1, 0.7L) <= 0.025L);
        assert_true(1.0L - binomial_cdf(n, (unsigned)high - 1, 0.7L) <= 0.025L);
        assert_true(binomial_cdf(n, (unsigned)low, 0.7L) > 0.025L);
        assert_true(1.0L - binomial_cdf(n, (unsigned)high - 2, 0.7L) > 0.025L);
    }
}

static void quantiles_are_measured_values_at_the_nearest_rank(void **state)
{
    (void)state;
    uint64_t values[100];
    for (unsigned i = 0; i < 100; i++)
        values[i] = (i * 37 + 11) % 100 + 1;
    stats_sort_u64(values, 100);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(values[i], i + 1);
    for (unsigned percent = 1; percent <= 100; percent++)
        assert_int_equal(stats_quantile_u64(values, 100, percent / 100.0), percent);
    assert_int_equal(stats_quantile_u64(values, 100, 0.0), 1);
    assert_int_equal(stats_quantile_u64(values, 3, 0.5), 2);
    assert_int_equal(stats_quantile_u64(values, 1, 0.99), 1);
    assert_int_equal(stats_quantile_u64(values, 0, 0.5), 0);
    uint64_t extremes[] = { UINT64_MAX, 0, UINT64_MAX - 1 };
    stats_sort_u64(extremes, 3);
    assert_true(extremes[0] == 0 && extremes[2] == UINT64_MAX);
}

static int compare_u64(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Every number of values around the seams, spans of 0 to 64 bits, near the least value and near the greatest. */
static void sorts_order_any_span_of_any_number_of_values(void **state)
{
    static const size_t counts[] = { 0, 1, 2, 23, 24, 25, 200, 1024, 1025, 2047, 2048, 5000 };
    static uint64_t expected[5000], u64[5000];
    static int64_t i64[5000];
    static uint32_t u32[5000];
    uint64_t random = 88172645463325252u;
    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (unsigned bits = 0; bits <= 64; bits++) {
            size_t n = counts[c];
            for (size_t i = 0; i < n; i++) {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                uint64_t span = bits ? random >> (64 - bits) : 0;
                expected[i] = u64[i] = c % 2 ? UINT64_MAX - span : span;
                u32[i] = (uint32_t)u64[i];
                i64[i] = (int64_t)u64[i];
            }
            qsort(expected, n, sizeof *expected, compare_u64);
            stats_sort_u64(u64, n);
            assert_memory_equal(u64, expected, n * sizeof *u64);
            stats_sort_u32(u32, n);
            stats_sort_i64(i64, n);
            for (size_t i = 1; i < n; i++)
                assert_true(u32[i - 1] <= u32[i] && i64[i - 1] <= i64[i]);
        }
}

static void keyed_values_of_one_key_stay_in_their_order(void **state)
{
    static struct stats_keyed all[3000];
    (void)state;
    for (uint64_t spread = 0; spread < 64; spread += 9) {
        for (size_t i = 0; i < 3000; i++)
            all[i] = (struct stats_keyed) { (i * 7919 % 100) << spread, &all[i] };
        assert_true(stats_sort_keyed(all, 3000));
        for (size_t i = 1; i < 3000; i++)
            assert_true(all[i - 1].key < all[i].key ||
                        (all[i - 1].key == all[i].key && all[i - 1].of < all[i].of));
    }
    assert_true(stats_sort_keyed(all, 0) && stats_sort_keyed(all, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evalue_agrees_with_long_double_sums),
        cmocka_unit_test(evalue_before_any_placement_is_one),
        cmocka_unit_test(bounds_are_the_roots_of_the_evalue),
        cmocka_unit_test(bounds_are_exact_at_the_edges),
        cmocka_unit_test(documented_bound_of_thirty_with_six_dirty),
        cmocka_unit_test(peeking_after_every_placement_keeps_the_error_rates),
        cmocka_unit_test(clopper_pearson_gives_the_classical_sample_sizes),
        cmocka_unit_test(clopper_pearson_limits_solve_the_binomial_sums),
        cmocka_unit_test(clopper_pearson_covers_every_rate_of_a_grid),
        cmocka_unit_test(quantile_ranks_are_the_documented_ones),
        cmocka_unit_test(quantile_ranks_need_seventy_two_for_p95_and_368_for_p99),
        cmocka_unit_test(quantile_ranks_cover_by_their_binomial_sum_and_are_tight),
        cmocka_unit_test(quantiles_are_measured_values_at_the_nearest_rank),
        cmocka_unit_test(sorts_order_any_span_of_any_number_of_values),
        cmocka_unit_test(keyed_values_of_one_key_stay_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
