/*
 * The capital processes against values got another way: likelihood ratios in long double, error rates by
 * exact dynamic programming where Y is 0 or 1, and by keyed simulation where the transactions of a placement
 * depend on each other.
 */
#include "harness/stats/overrun.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#define LOOKS 200

/* The mixture of likelihood ratios of d in n, written out: what the products must be where Y is 0 or 1. */
static long double slow_ratio(unsigned n, unsigned d, long double p)
{
    static const long double part[] = { 0.0L, 0.1L, 0.3L, 0.6L }, weight[] = { 0.5L, 0.25L, 0.15L, 0.1L };
    long double sum = 0.0L;
    for (int i = 0; i < 4; i++)
        sum += weight[i] * powl(part[i], d) * powl((1 - part[i] * p) / (1 - p), n - d);
    return sum;
}

static long double quick_ratio(unsigned n, unsigned d, long double p)
{
    static const long double part[] = { 0.05L, 0.2L, 0.5L, 0.9L };
    long double sum = 0.0L;
    for (int i = 0; i < 4; i++)
        sum += powl((p + (1 - p) * part[i]) / p, d) * powl(1 - part[i], n - d) / 4;
    return sum;
}

static void the_first_are_over(double *y, unsigned n, unsigned d)
{
    for (unsigned i = 0; i < n; i++)
        y[i] = i < d ? 1.0 : 0.0;
}

static void whole_overruns_give_the_likelihood_ratios(void **state)
{
    (void)state;
    double y[LOOKS];
    for (unsigned n = 0; n <= 120; n += 8)
        for (unsigned d = 0; d <= n && d <= 6; d++) {
            the_first_are_over(y, n, d);
            long double slow = logl(slow_ratio(n, d, 0.05L)), quick = logl(quick_ratio(n, d, 0.01L));
            assert_true(fabsl(slow - overrun_log_against_slow(y, n, 0.05)) < 1e-9L);
            assert_true(fabsl(quick - overrun_log_against_quick(y, n, 0.01)) < 1e-9L);
        }
}

/* A fraction of 0.3 is three tenths of the factor of a whole one and seven tenths of that of none. */
static void a_fraction_is_the_mixture_of_both(void **state)
{
    (void)state;
    double y = 0.3;
    long double slow = 0.7L * slow_ratio(1, 0, 0.05L) + 0.3L * slow_ratio(1, 1, 0.05L);
    long double quick = 0.7L * quick_ratio(1, 0, 0.01L) + 0.3L * quick_ratio(1, 1, 0.01L);
    assert_true(fabsl(logl(slow) - overrun_log_against_slow(&y, 1, 0.05)) < 1e-12L);
    assert_true(fabsl(logl(quick) - overrun_log_against_quick(&y, 1, 0.01)) < 1e-12L);
}

/* 64, 137 and 181 placements for 0, 1 and 2 overruns at p = 5 %: the first n at which the ratio is 20. */
static void the_least_numbers_are_those_of_the_ratio(void **state)
{
    (void)state;
    static const unsigned want[] = { 64, 137, 181 };
    for (unsigned d = 0; d < 3; d++) {
        double y[2] = { 1.0, 1.0 };
        unsigned n = d;
        while (slow_ratio(n, d, 0.05L) < 20)
            n++;
        assert_int_equal(n, want[d]);
        assert_int_equal(overrun_missing(y, d, 0.05, 0.05, 100000), n - d);
    }
    double bad[3] = { 1.0, 1.0, 1.0 };
    assert_true(overrun_missing(bad, 3, 0.05, 0.05, 100) == UINT64_MAX);
    double good[64] = { 0 };
    assert_int_equal(overrun_missing(good, 64, 0.05, 0.05, 100000), 0);
}

static void the_evidence_moves_one_way(void **state)
{
    (void)state;
    double y[100];
    for (unsigned i = 0; i < 100; i++)
        y[i] = random_uniform(5, i) < 0.2 ? random_uniform(6, i) : 0.0;
    for (double p = 0.01; p < 0.9; p += 0.01) {
        assert_true(overrun_log_against_slow(y, 100, p) < overrun_log_against_slow(y, 100, p + 0.01));
        assert_true(overrun_log_against_quick(y, 100, p) > overrun_log_against_quick(y, 100, p + 0.01));
    }
    assert_true(fabs(overrun_log_against_slow(y, 0, 0.05)) < 1e-12);
}

/* P(the ratio ever reaches `least` within LOOKS) where each Y is 1 with probability p: exact, by (n, d). */
static long double ever(long double p, long double null,
                        long double (*ratio)(unsigned, unsigned, long double), long double least)
{
    long double alive[LOOKS + 1] = { 1.0L }, crossed = 0.0L;
    for (unsigned n = 1; n <= LOOKS; n++) {
        for (unsigned d = n; d > 0; d--)
            alive[d] = alive[d] * (1 - p) + alive[d - 1] * p;
        alive[0] *= 1 - p;
        for (unsigned d = 0; d <= n && n >= 3; d++)
            if (ratio(n, d, null) >= least) {
                crossed += alive[d];
                alive[d] = 0.0L;
            }
    }
    return crossed;
}

static void looking_after_every_placement_keeps_the_errors(void **state)
{
    (void)state;
    long double pass = ever(0.05L, 0.05L, slow_ratio, 20.0L), fail = ever(0.01L, 0.01L, quick_ratio, 200.0L);
    assert_true(pass > 0.02L && pass <= 0.05L); /* near the nominal: the test could fail */
    assert_true(fail > 0.0005L && fail <= 0.005L);
    assert_true(ever(0.005L, 0.05L, slow_ratio, 20.0L) > 0.8L); /* and good ones pass */
    assert_true(ever(0.3L, 0.01L, quick_ratio, 200.0L) > 0.99L);
}

/* How many of ten transactions overrun, with mean p and the dependence asked for. */
enum dependence { INDEPENDENT, HALF_TOGETHER, ALL_TOGETHER };

static double draw_fraction(uint64_t key, enum dependence how, double p)
{
    unsigned over = 0;
    bool together = how == ALL_TOGETHER || (how == HALF_TOGETHER && random_uniform(key, 98) < 0.5);
    if (together)
        return random_uniform(key, 99) < p ? 1.0 : 0.0;
    for (unsigned i = 0; i < 10; i++)
        over += random_uniform(key, i) < p;
    return over / 10.0;
}

/* Share of runs in which the evidence is there at some look; shortcut: every transaction as a placement. */
static double share_that_pass(enum dependence how, double p, bool against_slow, bool shortcut)
{
    enum { RUNS = 1500, PLACEMENTS = 120 };
    unsigned reached = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        double y[PLACEMENTS * 10];
        size_t n = 0;
        bool hit = false;
        for (unsigned j = 0; j < PLACEMENTS && !hit; j++) {
            double fraction = draw_fraction(random_key(random_key(71 + (uint64_t)how, run), j), how, p);
            for (unsigned t = 0; t < 10 && shortcut; t++)
                y[n++] = t < (unsigned)lround(fraction * 10) ? 1.0 : 0.0;
            if (!shortcut)
                y[n++] = fraction;
            if (j % 4 == 3) /* a look at every fourth keeps the test quick */
                hit = against_slow ? overrun_log_against_slow(y, n, 0.05) >= log(20.0)
                                   : overrun_log_against_quick(y, n, 0.01) >= log(200.0);
        }
        reached += hit;
    }
    return (double)reached / RUNS;
}

static void dependence_inside_a_placement_breaks_nothing(void **state)
{
    (void)state;
    const double room_slow = 4 * sqrt(0.05 * 0.95 / 1500), room_quick = 4 * sqrt(0.005 * 0.995 / 1500);
    for (enum dependence how = INDEPENDENT; how <= ALL_TOGETHER; how++) {
        assert_true(share_that_pass(how, 0.05, true, false) <= 0.05 + room_slow);
        assert_true(share_that_pass(how, 0.01, false, false) <= 0.005 + room_quick);
    }
    /* the shortcut that takes transactions for placements must be seen to break it */
    assert_true(share_that_pass(ALL_TOGETHER, 0.05, true, true) > 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_overruns_give_the_likelihood_ratios),
        cmocka_unit_test(a_fraction_is_the_mixture_of_both),
        cmocka_unit_test(the_least_numbers_are_those_of_the_ratio),
        cmocka_unit_test(the_evidence_moves_one_way),
        cmocka_unit_test(looking_after_every_placement_keeps_the_errors),
        cmocka_unit_test(dependence_inside_a_placement_breaks_nothing),
    };
    return cmocka_run_group_tests_name("overrun", tests, NULL, NULL);
}
