/* The Gauss-Legendre rule against what it is defined by: the integrals of powers, and published nodes. */
#include "harness/stats/quadrature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

static void powers_are_integrated_exactly_up_to_degree_two_m_minus_one(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 2, 3, 5, 23, 46, 91, 1001 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t m = sizes[i];
        double *nodes = calloc(m, sizeof *nodes), *weights = calloc(m, sizeof *weights);
        assert_non_null(nodes);
        assert_non_null(weights);
        quadrature_legendre(m, nodes, weights);
        for (size_t degree = 0; degree < 2 * m; degree++) {
            double sum = 0.0, want = degree % 2 ? 0.0 : 2.0 / ((double)degree + 1.0);
            for (size_t k = 0; k < m; k++)
                sum += weights[k] * pow(nodes[k], (double)degree);
            assert_true(fabs(sum - want) < 1e-13);
        }
        for (size_t k = 1; k < m; k++)
            assert_true(nodes[k] < nodes[k - 1] && weights[k] > 0.0);
        free(nodes);
        free(weights);
    }
}

/* Abramowitz & Stegun, table 25.4. */
static void five_points_are_the_published_ones(void **state)
{
    (void)state;
    static const double node[] = { 0.906179845938664, 0.538469310105683, 0.0 };
    static const double weight[] = { 0.236926885056189, 0.478628670499366, 0.568888888888889 };
    double nodes[5], weights[5];
    quadrature_legendre(5, nodes, weights);
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(nodes[i] - node[i]) < 1e-14 && fabs(nodes[4 - i] + node[i]) < 1e-14);
        assert_true(fabs(weights[i] - weight[i]) < 1e-14 && fabs(weights[4 - i] - weight[i]) < 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_are_integrated_exactly_up_to_degree_two_m_minus_one),
        cmocka_unit_test(five_points_are_the_published_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
