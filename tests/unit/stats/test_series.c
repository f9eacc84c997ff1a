/* Pairs and series against scipy (oracle.py) and closed forms. */
#include "harness/stats/series.h"
#include "tests/unit/stats/oracle_series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool near(double got, double want)
{
    return fabs(got - want) <= 1e-9 * fabs(want) + 1e-12;
}

static void sign_tests_agree_with_scipy_and_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sign_tests); i++) {
        assert_true(near(series_sign_test(sign_tests[i].up, sign_tests[i].down), sign_tests[i].p));
        assert_true(near(series_sign_test(sign_tests[i].down, sign_tests[i].up), sign_tests[i].p));
    }
    assert_true(near(series_sign_test(0, 6), 2.0 / 64.0)); /* two of 2^6 sequences */
    assert_true(near(series_sign_test(0, 0), 1.0));
}

static void spearman_agrees_with_scipy_with_ties(void **state)
{
    (void)state;
    double rho = 0.0;
    size_t n = COUNT(series_x);
    assert_true(series_spearman(series_x, series_y, n, &rho));
    assert_true(near(rho, SPEARMAN_RHO));
    assert_true(near(series_correlation_p(rho, (double)n - 2.0), SPEARMAN_P));
    assert_true(series_correlation_p(rho, 20.0) > SPEARMAN_P);
}

static void spearman_is_one_for_any_rising_curve_and_absent_without_variation(void **state)
{
    (void)state;
    double x[20], y[20], flat[20] = { 0 }, rho = 0.0;
    for (unsigned i = 0; i < 20; i++) {
        x[i] = i;
        y[i] = exp(i);
    }
    assert_true(series_spearman(x, y, 20, &rho) && near(rho, 1.0));
    assert_true(near(series_correlation_p(1.0, 18.0), 0.0));
    assert_true(series_spearman(x, flat, 20, &rho) && isnan(rho));
    assert_true(isnan(series_correlation_p(rho, 18.0)));
    assert_true(series_spearman(x, y, 1, &rho) && isnan(rho));
}

static void slopes_agree_with_scipy(void **state)
{
    (void)state;
    struct series_slope s;
    size_t n = COUNT(series_x);
    series_slope(series_x, series_y, n, (double)n - 2.0, 0.95, &s);
    assert_true(near(s.slope, SLOPE));
    assert_true(near(s.high - s.slope, SLOPE_REACH) && near(s.slope - s.low, SLOPE_REACH));
    series_slope(series_x, series_x, n, (double)n - 2.0, 0.95, &s);
    assert_true(near(s.slope, 1.0) && s.high - s.low < 1e-6);
    series_slope((const double[]) { 3, 3, 3 }, series_y, 3, 1.0, 0.95, &s);
    assert_true(isnan(s.slope) && isnan(s.low) && isnan(s.high));
}

static void lag_one_is_the_sum_over_neighbours(void **state)
{
    (void)state;
    double e[COUNT(series_y)], mean = 0.0;
    for (size_t i = 0; i < COUNT(e); i++)
        mean += series_y[i] / (double)COUNT(e);
    for (size_t i = 0; i < COUNT(e); i++)
        e[i] = series_y[i] - mean;
    assert_true(near(series_lag1(e, COUNT(e)), LAG1));
    assert_true(near(series_lag1((const double[]) { 1, -1, 1, -1 }, 4), -0.75));
    assert_true(near(series_lag1((const double[]) { 1, 1, -1, -1 }, 4), 0.25));
    assert_true(isnan(series_lag1((const double[]) { 0, 0, 0 }, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign_tests_agree_with_scipy_and_are_exact),
        cmocka_unit_test(spearman_agrees_with_scipy_with_ties),
        cmocka_unit_test(spearman_is_one_for_any_rising_curve_and_absent_without_variation),
        cmocka_unit_test(slopes_agree_with_scipy),
        cmocka_unit_test(lag_one_is_the_sum_over_neighbours),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
