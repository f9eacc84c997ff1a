/*
 * Sharing out days anew. The counts of ways were made by this Python, which shares nothing with the code:
 *
 *   T = lambda v, s, z: abs(sum(v[i] for i in s) - sum(v[i] for i in range(8) if i not in s)) / 4 / (var(v) + z * z) ** .5
 *   splits = [[T(v, s, z) for v, z in zip(V, noise)] for s in itertools.combinations(range(8), 4)]
 *   alone = [sum(t[i] >= seen[i] - 1e-9 for t in splits) for i in range(3)]          # of 70
 *   stepped: the same with max(t[j] for j in order[k:]), the greatest so far
 */
#include "harness/stats/max_t.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

static const double three[] = {
    1.0, 2.5, 1.5, 2.0, 3.0, 2.2, 4.0, 3.5, /* */
    0.1, 0.4, 0.2, 0.3, 0.2, 0.5, 0.1, 0.6, /* */
    5.0, 4.0, 6.0, 5.5, 1.0, 2.0, 1.5, 0.5,
};
static const double noise[] = { 0.5, 0.1, 0.2 };

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-12))
        fail_msg("got %.12g, expected %.12g", got, want);
}

static void p_values_are_those_of_all_ways_written_out(void **state)
{
    (void)state;
    struct max_t_result r[3];
    assert_true(max_t(&(struct max_t_table) { three, noise, 3, 4, 4 }, r));
    near(r[0].p, 4.0 / 70.0);
    near(r[1].p, 42.0 / 70.0);
    near(r[2].p, 2.0 / 70.0);
    near(r[0].adjusted, 6.0 / 70.0);
    near(r[1].adjusted, 42.0 / 70.0);
    near(r[2].adjusted, 2.0 / 70.0);
    near(r[2].difference, -3.875);
}

/* Binomial coefficients of a table: 70, 126, 252. Three on a side could at best reach 2 of 20. */
static void the_least_p_is_what_days_set_apart_altogether_have(void **state)
{
    (void)state;
    static const struct {
        size_t a, b;
        double least;
    } sizes[] = { { 4, 4, 2.0 / 70 }, { 4, 5, 1.0 / 126 }, { 5, 5, 2.0 / 252 }, { 3, 3, 2.0 / 20 } };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double values[10], own = 0.0;
        struct max_t_result r;
        for (size_t day = 0; day < sizes[i].a + sizes[i].b; day++)
            values[day] = (double)day + (day >= sizes[i].a ? 100.0 : 0.0);
        near(max_t_least(sizes[i].a, sizes[i].b), sizes[i].least);
        assert_true(max_t(&(struct max_t_table) { values, &own, 1, sizes[i].a, sizes[i].b }, &r));
        if (sizes[i].a < MAX_T_DAYS_LEAST)
            assert_true(isnan(r.p) && isnan(r.adjusted));
        else
            near(r.p, sizes[i].least);
    }
    near(max_t_least(20, 20), 1e-4); /* too many to write out: 9,999 are drawn */
}

static void an_item_without_four_days_on_a_side_is_not_tested_and_disturbs_nothing(void **state)
{
    (void)state;
    double values[16], own[] = { 0.2, 0.1 };
    struct max_t_result r[2];
    for (size_t day = 0; day < 8; day++) {
        values[day] = three[16 + day];
        values[8 + day] = day == 5 ? NAN : 100.0 * (double)day;
    }
    assert_true(max_t(&(struct max_t_table) { values, own, 2, 4, 4 }, r));
    near(r[0].adjusted, 2.0 / 70.0);
    assert_true(isnan(r[1].p));
}

static void values_that_are_all_alike_show_nothing(void **state)
{
    (void)state;
    const double values[8] = { 0 }, own = 0.0;
    struct max_t_result r;
    assert_true(max_t(&(struct max_t_table) { values, &own, 1, 4, 4 }, &r));
    near(r.adjusted, 1.0);
}

enum { HANDSETS = 24, READERS = 6, UNITS = HANDSETS + READERS };

/* Surveys whose days do something to every reader and handset; from_b: what B's days do to reader 0 besides. */
static double share_with_an_entry(unsigned surveys, size_t a, size_t b, double from_b, size_t unit)
{
    double values[UNITS * 12], own[UNITS];
    unsigned found = 0;
    for (unsigned survey = 0; survey < surveys; survey++) {
        for (size_t u = 0; u < UNITS; u++) {
            own[u] = 0.1;
            for (size_t day = 0; day < a + b; day++) {
                uint64_t key = random_key(random_key(survey, day), 7);
                double of_all = random_normal(key, 1); /* weather: units are not independent */
                double z = of_all + random_normal(random_key(key, u), 2) +
                           0.2 * random_normal(random_key(key, u), 3);
                /* good days are alike, bad ones far out: nothing here is normal */
                values[u * (a + b) + day] = exp(1.5 * z) + (u == 0 && day >= a ? from_b : 0.0);
            }
        }
        struct max_t_result r[UNITS];
        assert_true(max_t(&(struct max_t_table) { values, own, UNITS, a, b }, r));
        bool any = false;
        for (size_t u = 0; u < UNITS; u++)
            any = any || ((unit == SIZE_MAX || u == unit) && r[u].adjusted <= 0.05);
        found += any;
    }
    return (double)found / surveys;
}

static void without_a_change_there_is_seldom_any_entry_however_alike_the_units_days_are(void **state)
{
    (void)state;
    const double surveys = 1500, limit = 0.05 + 4 * sqrt(0.05 * 0.95 / surveys);
    assert_true(share_with_an_entry(1500, 4, 4, 0.0, SIZE_MAX) <= limit);
    assert_true(share_with_an_entry(1500, 4, 6, 0.0, SIZE_MAX) <= limit);
}

static void a_change_beyond_what_days_do_is_found(void **state)
{
    (void)state;
    assert_true(share_with_an_entry(200, 4, 4, 1000.0, 0) > 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_values_are_those_of_all_ways_written_out),
        cmocka_unit_test(the_least_p_is_what_days_set_apart_altogether_have),
        cmocka_unit_test(an_item_without_four_days_on_a_side_is_not_tested_and_disturbs_nothing),
        cmocka_unit_test(values_that_are_all_alike_show_nothing),
        cmocka_unit_test(without_a_change_there_is_seldom_any_entry_however_alike_the_units_days_are),
        cmocka_unit_test(a_change_beyond_what_days_do_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
