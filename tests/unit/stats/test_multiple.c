/*
 * Multiplicity against R's p.adjust on a published example (Benjamini & Hochberg 1995, the 15 p-values of the
 * thrombolysis study), Fisher's test against scipy and the tea taster, e-BH by hand, and its error on
 * simulated e-values.
 */
#include "harness/stats/multiple.h"

#include "harness/base/keyed_random.h"
#include "tests/unit/stats/matrix_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

enum { COUNT = 15 };
static const double published[COUNT] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                         0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };

static void near(double got, double want, double absolute)
{
    if (!(fabs(got - want) <= absolute))
        fail_msg("got %.12g, expected %.12g", got, want);
}

/* The paper: at 5 % Benjamini & Hochberg reject the first four, Bonferroni's kind the first three. */
static void the_published_example_comes_out(void **state)
{
    (void)state;
    double holm[COUNT], bh[COUNT];
    size_t order[COUNT], rejected_holm = 0, rejected_bh = 0;
    multiple_holm(published, holm, order, COUNT);
    multiple_bh(published, bh, order, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        rejected_holm += holm[i] <= 0.05;
        rejected_bh += bh[i] <= 0.05;
    }
    assert_int_equal(rejected_holm, 3);
    assert_int_equal(rejected_bh, 4);
    /* by hand, as R's p.adjust has them: 15 p1, 14 p2, 13 p3, 12 p4; 15/4 p4 */
    near(holm[0], 0.0015, 1e-12);
    near(holm[1], 0.0056, 1e-12);
    near(holm[2], 0.0247, 1e-12);
    near(holm[3], 0.1140, 1e-12);
    near(bh[3], 0.035625, 1e-12);
    near(bh[5], 15.0 / 7.0 * 0.0298, 1e-12); /* the smaller one behind it counts */
    near(holm[14], 1.0, 1e-12);
}

static void the_order_of_the_tests_changes_nothing(void **state)
{
    (void)state;
    double holm[COUNT], bh[COUNT], p[COUNT], other_holm[COUNT], other_bh[COUNT];
    size_t order[COUNT];
    multiple_holm(published, holm, order, COUNT);
    multiple_bh(published, bh, order, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        p[i] = published[i * 7 % COUNT];
    multiple_holm(p, other_holm, order, COUNT);
    multiple_bh(p, other_bh, order, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        near(other_holm[i], holm[i * 7 % COUNT], 0.0);
        near(other_bh[i], bh[i * 7 % COUNT], 0.0);
    }
}

static void fisher_agrees_with_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof oracle_fishers / sizeof *oracle_fishers; i++) {
        const struct oracle_fisher *o = &oracle_fishers[i];
        double p = multiple_fisher(o->a, o->b, o->c, o->d);
        if (fabs(p - o->p) > 1e-9 * o->p)
            fail_msg("[[%u, %u], [%u, %u]]: %.12g, scipy has %.12g", o->a, o->b, o->c, o->d, p, o->p);
    }
    near(multiple_fisher(3, 1, 1, 3), 34.0 / 70.0, 1e-12); /* the tea taster, three cups of four */
    near(multiple_fisher(4, 0, 0, 4), 2.0 / 70.0, 1e-12);
    near(multiple_fisher(0, 0, 0, 0), 1.0, 0.0);
}

/* Five tests at 10 %: k entries need e >= 5 / (0.1 k): 50, 25, 16.7, 12.5, 10. */
static void e_bh_lists_what_reaches_its_share(void **state)
{
    (void)state;
    double log_e[] = { log(20.0), log(60.0), log(11.0), -INFINITY, log(26.0) };
    size_t order[5];
    assert_int_equal(multiple_ebh(log_e, order, 5, 0.1), 3);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 4);
    assert_int_equal(order[2], 0);
    log_e[0] = log(16.0);
    assert_int_equal(multiple_ebh(log_e, order, 5, 0.1), 2);
    log_e[1] = log_e[4] = log(24.0);
    assert_int_equal(multiple_ebh(log_e, order, 5, 0.1), 0);
    assert_int_equal(multiple_ebh(log_e, order, 0, 0.1), 0);
    near(multiple_ebh_needed(300, 150, 0.05), log(40.0), 1e-12);
    near(multiple_ebh_needed(300, 30, 0.05), log(200.0), 1e-12);
}

/*
 * Half of 40 tests are null with e = 1/u^(1/2)/2 (mean 1: the integral of u^(-1/2)/2), all null ones sharing
 * one draw: the worst dependence. The mean share of false entries is at most 10 %.
 */
static void e_bh_holds_under_dependence(void **state)
{
    (void)state;
    enum { TESTS = 40, RUNS = 20000 };
    double share = 0.0, log_e[TESTS];
    size_t order[TESTS];
    for (unsigned run = 0; run < RUNS; run++) {
        double u = 1.0 - random_uniform(9, run);
        for (size_t i = 0; i < TESTS; i++)
            log_e[i] = i % 2 ? log(100.0) : -0.5 * log(u) - log(2.0);
        size_t listed = multiple_ebh(log_e, order, TESTS, 0.1), wrong = 0;
        for (size_t i = 0; i < listed; i++)
            wrong += order[i] % 2 == 0;
        share += listed ? (double)wrong / (double)listed : 0.0;
    }
    assert_true(share / RUNS <= 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_comes_out),
        cmocka_unit_test(the_order_of_the_tests_changes_nothing),
        cmocka_unit_test(fisher_agrees_with_scipy),
        cmocka_unit_test(e_bh_lists_what_reaches_its_share),
        cmocka_unit_test(e_bh_holds_under_dependence),
    };
    return cmocka_run_group_tests_name("multiple", tests, NULL, NULL);
}
