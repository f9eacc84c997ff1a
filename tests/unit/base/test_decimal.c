/* Numbers as they are printed: the expected texts are written by hand. */
#include "harness/base/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

static void shortest_is_what_a_person_would_write(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        { 0.0, "0" },
        { 1.0, "1" },
        { 0.1, "0.1" },
        { 0.02 + 0.1, "0.12" },
        { 100 * 0.07, "7" },
        { 100 * 0.145, "14.5" },
        { 1.0 - 0.05, "0.95" },
        { 0.000001, "0.000001" },
        { -0.0048, "-0.0048" },
        { 299.0, "299" },
        { 1e15, "1000000000000000" },
        { 0.123456789012345, "0.123456789012345" },
    };
    char out[DECIMAL_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(decimal_shortest(out, cases[i].value), cases[i].text);
        assert_string_equal(decimal_plain(cases[i].value).text, cases[i].text);
    }
}

static void a_bound_is_rounded_outwards(void **state)
{
    (void)state;
    char out[DECIMAL_SIZE];
    assert_string_equal(decimal_digits(out, 0.0581551, 4, DECIMAL_UP), "0.05816");
    assert_string_equal(decimal_digits(out, 0.0581501, 4, DECIMAL_UP), "0.05816");
    assert_string_equal(decimal_digits(out, 0.0581501, 4, DECIMAL_NEAREST), "0.05815");
    assert_string_equal(decimal_digits(out, 0.0581599, 4, DECIMAL_DOWN), "0.05815");
    assert_string_equal(decimal_digits(out, 0.99999, 4, DECIMAL_UP), "1");
    assert_string_equal(decimal_digits(out, 0.00009, 4, DECIMAL_DOWN), "0.00009");
    assert_string_equal(decimal_digits(out, 0.0, 4, DECIMAL_DOWN), "0");
    assert_string_equal(decimal_digits(out, 1e-40, 4, DECIMAL_DOWN), "0");
    assert_true(strtod(decimal_digits(out, 1e-40, 4, DECIMAL_UP), NULL) >= 1e-40);
    assert_null(strchr(decimal_digits(out, 2.5e-10, 4, DECIMAL_UP), 'e'));
}

static void the_rounding_of_a_bound_is_not_taken_for_the_bound(void **state)
{
    (void)state;
    char out[DECIMAL_SIZE];
    assert_string_equal(decimal_digits(out, 0.95 * (1 + 4 * DBL_EPSILON), 8, DECIMAL_UP), "0.95");
    assert_string_equal(decimal_digits(out, 0.05 * (1 - 4 * DBL_EPSILON), 8, DECIMAL_DOWN), "0.05");
    assert_string_equal(decimal_digits(out, 0.95 * (1 + 1e-10), 8, DECIMAL_UP), "0.95000001");
}

static void outwards_holds_for_many_values(void **state)
{
    (void)state;
    char out[DECIMAL_SIZE];
    uint64_t seed = 7;
    for (unsigned i = 0; i < 100000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double value = (double)(seed >> 11) * 0x1p-53;
        for (unsigned shrink = (unsigned)(seed >> 3) % 20; shrink > 0; shrink--)
            value *= 0.3;
        double up = strtod(decimal_digits(out, value, 5, DECIMAL_UP), NULL);
        double down = strtod(decimal_digits(out, value, 5, DECIMAL_DOWN), NULL);
        assert_true(up >= value * (1 - 1e-12) && up <= value * (1 + 1.0001e-4));
        assert_true(down <= value * (1 + 1e-12) && down >= value * (1 - 1.0001e-4));
    }
}

static void an_interval_of_so_many_places_holds_the_exact_one(void **state)
{
    (void)state;
    /* n 5, d 3 under the scheme `screen`: the exact bounds are 0.034926870 and 0.998019198 (scipy) */
    assert_string_equal(decimal_interval(0.03492687, 0.998019198, 6).text, "[0.034926, 0.998020]");
    assert_string_equal(decimal_interval(0.03492687, 0.998019198, 3).text, "[0.034, 0.999]");
    assert_string_equal(decimal_interval(0.029999862, 0.2, 6).text, "[0.029999, 0.200000]");
    assert_string_equal(decimal_interval(0.0, 1.0, 3).text, "[0.000, 1.000]");
    assert_string_equal(decimal_interval(1e-9, 1.0 - 1e-9, 3).text, "[0.000, 1.000]");
    /* a sum of shares is no bound to be widened by its rounding */
    assert_string_equal(decimal_interval(0.1 + 0.2, 0.7 + 0.1, 3).text, "[0.300, 0.800]");
}

static void places_drop_needless_zeros(void **state)
{
    (void)state;
    char out[DECIMAL_SIZE];
    assert_string_equal(decimal_places(out, 0.5, 13), "0.5");
    assert_string_equal(decimal_places(out, 1.0, 13), "1");
    assert_string_equal(decimal_places(out, 1e-20, 13), "0");
    assert_string_equal(decimal_places(out, 36.37598582609, 4), "36.376");
    assert_string_equal(decimal_places(out, 100.0, 0), "100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortest_is_what_a_person_would_write),
        cmocka_unit_test(a_bound_is_rounded_outwards),
        cmocka_unit_test(the_rounding_of_a_bound_is_not_taken_for_the_bound),
        cmocka_unit_test(outwards_holds_for_many_values),
        cmocka_unit_test(an_interval_of_so_many_places_holds_the_exact_one),
        cmocka_unit_test(places_drop_needless_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
