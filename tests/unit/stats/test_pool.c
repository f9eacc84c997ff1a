/*
 * Pooling against scipy (Nelder-Mead from many starts, scipy's beta distribution), the edges where the
 * likelihood has no maximum, lists whose share of wrong entries is counted on simulated truth, and the
 * intraclass correlation against a count of pairs one by one.
 */
#include "harness/stats/pool.h"

#include "harness/base/keyed_random.h"
#include "harness/stats/icc.h"
#include "tests/unit/stats/matrix_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static size_t fill(struct pool_count *counts, const struct oracle_pool *o)
{
    for (unsigned i = 0; i < o->count; i++)
        counts[i] = (struct pool_count) { o->cells[i][0], o->cells[i][1], 1 };
    return pool_merge(counts, o->count);
}

static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-12))
        fail_msg("got %.12g, expected %.12g", got, want);
}

static void the_likelihood_has_its_maximum_where_scipy_finds_it(void **state)
{
    (void)state;
    struct pool_count counts[300];
    for (size_t i = 0; i < sizeof oracle_pools / sizeof *oracle_pools; i++) {
        const struct oracle_pool *o = &oracle_pools[i];
        size_t count = fill(counts, o);
        struct pool_prior p = pool_fit(counts, count);
        assert_int_equal(p.kind, POOL_FITTED);
        near(p.log_likelihood, o->log_likelihood, 1e-10);
        near(p.a, o->a, 1e-4);
        near(p.b, o->b, 1e-4);
        for (unsigned j = 0; j < 3; j++) {
            struct pool_estimate e = pool_estimate(&p, o->cells[j][0], o->cells[j][1], 0.95);
            near(e.mean, o->mean[j], 1e-4);
            near(e.lower, o->lower[j], 2e-3);
            near(e.upper, o->upper[j], 1e-4);
            near(pool_tail(&p, o->cells[j][0], o->cells[j][1], 0.1), o->tail[j], 1e-3);
        }
    }
}

static void merging_cells_changes_no_fit(void **state)
{
    (void)state;
    struct pool_count merged[300], plain[300];
    const struct oracle_pool *o = &oracle_pools[1];
    size_t count = fill(merged, o);
    assert_true(count < o->count);
    for (unsigned i = 0; i < o->count; i++) /* in reverse, unmerged */
        plain[o->count - 1 - i] = (struct pool_count) { o->cells[i][0], o->cells[i][1], 1 };
    struct pool_prior a = pool_fit(merged, count), b = pool_fit(plain, o->count);
    near(a.a, b.a, 1e-6);
    near(a.b, b.b, 1e-6);
}

static void without_spread_the_prior_is_worth_all_placements_at_most(void **state)
{
    (void)state;
    struct pool_count counts[] = { { 30, 3,
                                     40 } }; /* 40 cells, all alike: less than chance would spread them */
    struct pool_prior p = pool_fit(counts, 1);
    assert_int_equal(p.kind, POOL_NO_SPREAD);
    near(p.a / (p.a + p.b), 0.1, 1e-2);
    assert_true(p.a + p.b <= 2 * 1200.0);
    struct pool_estimate e = pool_estimate(&p, 30, 3, 0.95);
    assert_true(e.lower > 0.07 && e.upper < 0.13 && e.lower < 0.1 && e.upper > 0.1);
}

static void where_nothing_can_be_learnt_a_cell_stands_alone(void **state)
{
    (void)state;
    static const struct pool_count all_clean[] = { { 15, 0, 9 }, { 31, 0, 3 } };
    static const struct pool_count all_dirty[] = { { 3, 3, 2 } };
    static const struct pool_count one[] = { { 20, 3, 1 } };
    static const struct pool_count empty[] = { { 0, 0, 7 } };
    struct pool_prior p = pool_fit(all_clean, 2);
    assert_int_equal(p.kind, POOL_NOT_POOLED);
    assert_int_equal(pool_fit(all_dirty, 1).kind, POOL_NOT_POOLED);
    assert_int_equal(pool_fit(one, 1).kind, POOL_NOT_POOLED);
    assert_int_equal(pool_fit(empty, 1).kind, POOL_NONE);
    assert_int_equal(pool_fit(NULL, 0).kind, POOL_NONE);
    near(pool_estimate(&p, 15, 0, 0.95).mean, 0.5 / 16.0, 1e-12); /* Beta(1/2, 15.5), by hand */
}

/*
 * Cells that are either all clean or all dirty drive a and b to 0, where the likelihood is greatest and the
 * prior is sure of too much. Held at 0.05, a clean cell keeps an interval: scipy's beta.ppf(.975, .05, b +
 * 15).
 */
static void perfect_or_broken_cells_are_held_at_the_bound(void **state)
{
    (void)state;
    static const struct pool_count counts[] = { { 15, 0, 40 }, { 6, 6, 3 } };
    struct pool_prior p = pool_fit(counts, 2);
    assert_int_equal(p.kind, POOL_FITTED);
    near(p.a, 0.05, 1e-9);
    assert_true(p.b > 0.1 && p.b < 1.0);
    double upper = pool_estimate(&p, 15, 0, 0.95).upper;
    assert_true(upper > 0.02 && upper < 0.05);
    assert_true(pool_estimate(&p, 6, 6, 0.95).mean > 0.9);
}

/* Cells are perfect (q = 1 %) or broken (q = 50 %); a listed broken one is wrong. Expected share: at most 5
 * %. */
static void lists_hold_the_share_of_wrong_entries(void **state)
{
    (void)state;
    enum { CELLS = 300, SURVEYS = 60, N = 10 };
    double share = 0.0;
    unsigned long listed = 0;
    for (unsigned survey = 0; survey < SURVEYS; survey++) {
        struct pool_count counts[CELLS], merged[CELLS];
        double tails[CELLS];
        size_t order[CELLS], wrong = 0;
        for (unsigned i = 0; i < CELLS; i++) {
            uint64_t key = random_key(random_key(5, survey), i);
            double q = random_uniform(key, 0) < 0.1 ? 0.5 : 0.01;
            unsigned d = 0;
            for (unsigned j = 0; j < N; j++)
                d += random_uniform(key, 1 + j) < q;
            counts[i] = merged[i] = (struct pool_count) { N, d, 1 };
            counts[i].cells = q > 0.1; /* the truth */
        }
        struct pool_prior p = pool_fit(merged, pool_merge(merged, CELLS));
        for (unsigned i = 0; i < CELLS; i++)
            tails[i] = pool_tail(&p, counts[i].n, counts[i].d, 0.1);
        size_t count = pool_list(tails, order, CELLS, 0.05);
        for (size_t i = 0; i < count; i++)
            wrong += counts[order[i]].cells == 1;
        share += count ? (double)wrong / (double)count : 0.0;
        listed += count;
    }
    assert_true(listed / SURVEYS > 150); /* clean cells get on it after ten placements */
    assert_true(share / SURVEYS < 0.05);
}

static void a_list_is_the_longest_that_keeps_the_mean(void **state)
{
    (void)state;
    static const double tails[] = { 0.09, 0.01, 0.5,
                                    0.04 }; /* means 0.01, 0.025, 0.0467, 0.16: three of them */
    size_t order[4];
    assert_int_equal(pool_list(tails, order, 4, 0.05), 3);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 3);
    assert_int_equal(order[2], 0);
    assert_int_equal(pool_list(tails, order, 4, 0.005), 0);
    assert_int_equal(pool_list(NULL, NULL, 0, 0.05), 0);
}

static void intraclass_correlation_is_the_agreement_of_pairs(void **state)
{
    (void)state;
    enum { CELLS = sizeof oracle_iccs / sizeof *oracle_iccs };
    struct icc_cell cells[CELLS + 1] = { 0 };
    double rho = -1.0;
    for (unsigned i = 0; i < CELLS; i++) {
        cells[i].placements = oracle_iccs[i].m;
        for (unsigned j = 0; j < oracle_iccs[i].m; j++) {
            cells[i].bad += oracle_iccs[i].x[j];
            cells[i].bad_squared += (uint64_t)oracle_iccs[i].x[j] * oracle_iccs[i].x[j];
        }
    }
    cells[CELLS] = (struct icc_cell) { 1, 5, 25 }; /* one placement has no pair: not in it */
    assert_true(icc_pooled(cells, CELLS + 1, 5, &rho));
    near(rho, oracle_icc_rho, 1e-9);
}

static void intraclass_correlation_of_dead_placements_is_one(void **state)
{
    (void)state;
    static const struct icc_cell dead[] = { { 20, 30,
                                              300 } }; /* three placements of ten bad, the others clean */
    static const struct icc_cell clean[] = { { 20, 0, 0 } };
    double rho;
    assert_true(icc_pooled(dead, 1, 10, &rho));
    near(rho, 1.0, 1e-12);
    assert_false(icc_pooled(clean, 1, 10, &rho));
    assert_false(icc_pooled(dead, 1, 1, &rho));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_likelihood_has_its_maximum_where_scipy_finds_it),
        cmocka_unit_test(merging_cells_changes_no_fit),
        cmocka_unit_test(without_spread_the_prior_is_worth_all_placements_at_most),
        cmocka_unit_test(where_nothing_can_be_learnt_a_cell_stands_alone),
        cmocka_unit_test(perfect_or_broken_cells_are_held_at_the_bound),
        cmocka_unit_test(lists_hold_the_share_of_wrong_entries),
        cmocka_unit_test(a_list_is_the_longest_that_keeps_the_mean),
        cmocka_unit_test(intraclass_correlation_is_the_agreement_of_pairs),
        cmocka_unit_test(intraclass_correlation_of_dead_placements_is_one),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
