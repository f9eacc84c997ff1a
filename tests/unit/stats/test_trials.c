/*
 * Fixed-sample answers against published tables (3GPP TS 36.521-1, the classical sample sizes), closed forms,
 * and binomial sums of long double terms.
 */
#include "harness/stats/trials.h"

#include "harness/stats/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* P(X <= d) by its terms, each from the one before. */
static long double at_most(uint64_t n, uint64_t d, long double p)
{
    long double term = expl((long double)n * log1pl(-p)), sum = term;
    for (uint64_t i = 1; i <= d && i <= n; i++) {
        term *= (long double)(n - i + 1) / (long double)i * (p / (1.0L - p));
        sum += term;
    }
    return sum;
}

/* The table of the design notes: a failure probability, by 0 to 5 failures, at 95 %. */
static void classical_sample_sizes_come_out(void **state)
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
    static const unsigned clean_90[] = { 11, 22, 45, 114, 230, 460, 2302 };
    static const unsigned clean_99[] = { 21, 44, 90, 228, 459, 919, 4603 };
    for (size_t i = 0; i < LENGTH(claims); i++) {
        uint64_t n;
        for (unsigned d = 0; d < 6; d++) {
            assert_true(trials_needed(claims[i], 0.95, d, &n));
            assert_int_equal(n, sizes[i][d]);
        }
        assert_true(trials_needed(claims[i], 0.90, 0, &n));
        assert_int_equal(n, clean_90[i]);
        assert_true(trials_needed(claims[i], 0.99, 0, &n));
        assert_int_equal(n, clean_99[i]);
    }
}

static void a_size_shows_the_claim_and_one_less_does_not(void **state)
{
    (void)state;
    static const double ps[] = { 0.003, 0.017, 0.08, 0.35, 0.8 }, confidences[] = { 0.5, 0.8, 0.95, 0.999 };
    for (size_t i = 0; i < LENGTH(ps); i++) {
        for (size_t j = 0; j < LENGTH(confidences); j++) {
            for (uint64_t d = 0; d < 40; d += 3) {
                uint64_t n = 0;
                assert_true(trials_needed(ps[i], confidences[j], d, &n));
                assert_true(n > d && at_most(n, d, ps[i]) <= 1.0L - confidences[j]);
                assert_true(n - 1 == d || at_most(n - 1, d, ps[i]) > 1.0L - confidences[j]);
            }
        }
    }
}

/* 0.5^2 = 1 - 0.75, 0.1^2 = 1 - 0.99: what is shown exactly counts as shown. */
static void an_equality_counts(void **state)
{
    (void)state;
    uint64_t n;
    assert_true(trials_needed(0.5, 0.75, 0, &n));
    assert_int_equal(n, 2);
    assert_true(trials_needed(0.9, 0.99, 0, &n));
    assert_int_equal(n, 2);
    assert_true(trials_needed(0.9, 0.999, 0, &n));
    assert_int_equal(n, 3);
}

/* With 0 failures n is ln(1 - confidence) / ln(1 - p), rounded up: also where n is ten million and more. */
static void great_sizes_are_found_and_greater_ones_refused(void **state)
{
    (void)state;
    uint64_t n = 0;
    assert_true(trials_needed(3e-7, 0.95, 0, &n));
    assert_int_equal(n, (uint64_t)ceill(logl(0.05L) / log1pl(-3e-7L)));
    assert_true(trials_needed(1e-8, 0.95, 0, &n));
    assert_int_equal(n, (uint64_t)ceill(logl(0.05L) / log1pl(-1e-8L)));
    assert_false(trials_needed(1e-9, 0.95, 0, &n));
    assert_false(trials_needed(0.5, 0.95, TRIALS_MAX, &n));
    assert_true(trials_needed(0.5, 0.95, 10000000, &n));
    assert_true(n > 20000000 && n < 20020000);
}

static void limits_have_their_closed_forms_at_the_edges(void **state)
{
    (void)state;
    static const uint64_t ns[] = { 1, 2, 31, 299, 10000, 10000000 };
    struct trials_limits l;
    trials_limits(0, 0, 0.95, &l);
    assert_true(l.lower == 0.0 && l.upper == 1.0 && l.two_sided_lower == 0.0 && l.two_sided_upper == 1.0);
    for (size_t i = 0; i < LENGTH(ns); i++) {
        long double root = expl(logl(0.05L) / ns[i]), half = expl(logl(0.025L) / ns[i]);
        trials_limits(ns[i], 0, 0.95, &l);
        assert_true(l.lower == 0.0 && l.two_sided_lower == 0.0);
        assert_true(fabsl(l.upper - (1.0L - root)) < 1e-13L);
        assert_true(fabsl(l.two_sided_upper - (1.0L - half)) < 1e-13L);
        trials_limits(ns[i], ns[i], 0.95, &l);
        assert_true(l.upper == 1.0 && l.two_sided_upper == 1.0);
        assert_true(fabsl(l.lower - root) < 1e-13L && fabsl(l.two_sided_lower - half) < 1e-13L);
    }
}

/* A limit is where the binomial sum has what the confidence leaves. */
static void limits_solve_the_binomial_sums(void **state)
{
    (void)state;
    static const uint64_t ns[] = { 2, 7, 50, 299, 1000, 20000 };
    for (size_t i = 0; i < LENGTH(ns); i++) {
        for (uint64_t d = 1; d < ns[i] && d < 60; d += 4) {
            struct trials_limits l;
            trials_limits(ns[i], d, 0.9, &l);
            assert_true(fabsl(at_most(ns[i], d, l.upper) - 0.1L) < 1e-10L);
            assert_true(fabsl(1.0L - at_most(ns[i], d - 1, l.lower) - 0.1L) < 1e-10L);
            assert_true(fabsl(at_most(ns[i], d, l.two_sided_upper) - 0.05L) < 1e-10L);
            assert_true(fabsl(1.0L - at_most(ns[i], d - 1, l.two_sided_lower) - 0.05L) < 1e-10L);
        }
    }
}

/* Coverage is an exact sum over the results, for every rate of a grid: never below the nominal, and not far
 * above it everywhere. */
static void limits_cover_every_rate_of_a_grid(void **state)
{
    (void)state;
    static const unsigned ns[] = { 5, 31, 90, 300 };
    for (size_t i = 0; i < LENGTH(ns); i++) {
        long double least = 1.0L;
        for (unsigned step = 1; step < 400; step++) {
            long double q = step / 400.0L, one_upper = 0, one_lower = 0, two = 0, before = 0;
            for (unsigned d = 0; d <= ns[i]; d++) {
                struct trials_limits l;
                long double sum = at_most(ns[i], d, q), mass = sum - before;
                trials_limits(ns[i], d, 0.95, &l);
                one_upper += q <= l.upper ? mass : 0;
                one_lower += q >= l.lower ? mass : 0;
                two += q >= l.two_sided_lower && q <= l.two_sided_upper ? mass : 0;
                before = sum;
            }
            assert_true(one_upper >= 0.95L - 1e-12L && one_lower >= 0.95L - 1e-12L && two >= 0.95L - 1e-12L);
            least = two < least ? two : least;
        }
        assert_true(least < 0.98L);
    }
}

static void one_sided_ranks_are_the_smallest_and_greatest_that_cover(void **state)
{
    (void)state;
    static const double ps[] = { 0.5, 0.9, 0.95, 0.99 };
    for (size_t i = 0; i < LENGTH(ps); i++) {
        for (uint64_t n = 1; n < 420; n++) {
            uint64_t upper = 0, lower = 0, u = 1, l = n;
            bool has_upper = trials_rank_upper(n, ps[i], 0.95, &upper);
            bool has_lower = trials_rank_lower(n, ps[i], 0.95, &lower);
            while (u <= n && at_most(n, u - 1, ps[i]) < 0.95L - 1e-15L)
                u++;
            while (l >= 1 && 1.0L - at_most(n, l - 1, ps[i]) < 0.95L - 1e-15L) /* 0.95 at n = 1 is met */
                l--;
            assert_int_equal(has_upper, u <= n);
            assert_int_equal(has_lower, l >= 1);
            assert_true(!has_upper || upper == u);
            assert_true(!has_lower || lower == l);
        }
    }
}

static void the_smallest_n_with_a_bound_is_the_documented_one(void **state)
{
    (void)state;
    static const struct {
        double p;
        uint64_t one_sided, two_sided; /* 0: not documented */
    } cases[] = { { 0.90, 29, 0 }, { 0.95, 59, 72 }, { 0.99, 299, 368 } };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        uint64_t n;
        assert_true(trials_for_rank_upper(cases[i].p, 0.95, &n));
        assert_int_equal(n, cases[i].one_sided);
        assert_true(trials_for_ranks(cases[i].p, 0.95, &n));
        assert_true(cases[i].two_sided == 0 || n == cases[i].two_sided);
    }
}

/* What says "so many would do" and what finds the ranks agree: there are none at one less. */
static void the_smallest_n_has_ranks_and_one_less_has_none(void **state)
{
    (void)state;
    static const double ps[] = { 0.01, 0.3, 0.5, 0.9, 0.95, 0.99, 0.999 }, cs[] = { 0.5, 0.8, 0.95, 0.99 };
    for (size_t i = 0; i < LENGTH(ps); i++) {
        for (size_t j = 0; j < LENGTH(cs); j++) {
            uint64_t n, low, high;
            assert_true(trials_for_rank_upper(ps[i], cs[j], &n));
            assert_true(trials_rank_upper(n, ps[i], cs[j], &high));
            assert_false(trials_rank_upper(n - 1, ps[i], cs[j], &high));
            assert_true(trials_for_rank_lower(ps[i], cs[j], &n));
            assert_true(trials_rank_lower(n, ps[i], cs[j], &low));
            assert_false(trials_rank_lower(n - 1, ps[i], cs[j], &low));
            assert_true(trials_for_ranks(ps[i], cs[j], &n));
            assert_true(stats_quantile_ranks(n, ps[i], cs[j], &low, &high));
            assert_false(stats_quantile_ranks(n - 1, ps[i], cs[j], &low, &high));
        }
    }
}

/* The normal approximation is good to a few ranks here: 1.6449 sd of 948.7 either side of 9 million. */
static void ranks_of_ten_million_values_are_near_the_normal_ones(void **state)
{
    (void)state;
    uint64_t upper = 0, lower = 0;
    assert_true(trials_rank_upper(10000000, 0.9, 0.95, &upper));
    assert_true(trials_rank_lower(10000000, 0.9, 0.95, &lower));
    assert_true(llabs((long long)upper - 9001561) < 4);
    assert_true(llabs((long long)lower - 8998440) < 4);
}

/*
 * 3GPP TS 36.521-1, table G.4.4-1 (error ratio 1 %): passed with `errors` at the smallest ns with
 * P(X <= errors; ns, 1.5 %) <= 0.00553, failed at the greatest ns with P(X >= errors; ns, 1 %) <= 0.00463.
 */
static void the_early_decisions_of_3gpp_come_out(void **state)
{
    (void)state;
    static const unsigned pass[] = { 344, 485, 607, 719 };
    static const struct {
        unsigned errors, ns;
    } fail[] = { { 2, 10 }, { 3, 33 }, { 4, 66 } };
    for (unsigned errors = 0; errors < LENGTH(pass); errors++) {
        assert_true(trials_at_most(pass[errors], errors, 0.015) <= 0.00553);
        assert_true(trials_at_most(pass[errors] - 1, errors, 0.015) > 0.00553);
        uint64_t n;
        assert_true(trials_needed(0.015, 1.0 - 0.00553, errors, &n));
        assert_int_equal(n, pass[errors]);
    }
    for (size_t i = 0; i < LENGTH(fail); i++) {
        assert_true(trials_at_least(fail[i].ns, fail[i].errors, 0.01) <= 0.00463);
        assert_true(trials_at_least(fail[i].ns + 1, fail[i].errors, 0.01) > 0.00463);
    }
    assert_true(trials_at_least(10, 0, 0.01) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classical_sample_sizes_come_out),
        cmocka_unit_test(a_size_shows_the_claim_and_one_less_does_not),
        cmocka_unit_test(an_equality_counts),
        cmocka_unit_test(great_sizes_are_found_and_greater_ones_refused),
        cmocka_unit_test(limits_have_their_closed_forms_at_the_edges),
        cmocka_unit_test(limits_solve_the_binomial_sums),
        cmocka_unit_test(limits_cover_every_rate_of_a_grid),
        cmocka_unit_test(one_sided_ranks_are_the_smallest_and_greatest_that_cover),
        cmocka_unit_test(the_smallest_n_with_a_bound_is_the_documented_one),
        cmocka_unit_test(the_smallest_n_has_ranks_and_one_less_has_none),
        cmocka_unit_test(ranks_of_ten_million_values_are_near_the_normal_ones),
        cmocka_unit_test(the_early_decisions_of_3gpp_come_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
