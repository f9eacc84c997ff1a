/*
 * Operating characteristics against the published figures, and against another way to the same numbers: the
 * paths that end at each (n, d) are counted without q, and then weighted by q^d (1-q)^(n-d), or by its
 * integral, an incomplete beta function.
 */
#include "harness/verdict/characteristics.h"

#include "tests/unit/verdict/bracket_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define N_MAX     200 /* of the schemes here */

static struct scheme_table table_of(const char *name, double alpha)
{
    struct scheme s;
    struct scheme_table t;
    assert_int_equal(scheme_resolve(name, 0, 0, alpha, 0, 0, 0, &s, NULL), 0);
    assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
    return t;
}

static struct characteristics at(const struct scheme_table *t, double q)
{
    struct characteristics c;
    assert_int_equal(characteristics_at(t, q, &c, NULL), 0);
    return c;
}

static struct characteristics usual(const struct scheme_table *t)
{
    struct characteristics c;
    assert_int_equal(
        characteristics_of(t, population_usual, population_usual_count, &(struct instrument) { 0 }, &c, NULL),
        0);
    return c;
}

/* What ends with n placements and d dirty, by the tables alone; reads them otherwise than verdict_of(). */
static char ending(const struct scheme_table *t, unsigned n, unsigned d)
{
    if (t->reject[n] && d >= t->reject[n])
        return 'i';
    if (t->accept[d] && n >= t->accept[d])
        return 'c';
    return n == t->scheme.n_max ? 'u' : 0;
}

/* q^d (1-q)^(n-d) on average over [low, high]. */
static long double weight(unsigned n, unsigned d, double low, double high)
{
    if (low == high)
        return powl(low, d) * powl(1.0L - low, n - d);
    double a = d + 1.0, b = n - d + 1.0;
    return (long double)(pbeta(high, a, b, 1, 0) - pbeta(low, a, b, 1, 0)) * expl(lbeta(a, b)) / (high - low);
}

static struct characteristics by_paths(const struct scheme_table *t, double low, double high)
{
    static long double going[N_MAX + 2];
    long double compatible = 0, incompatible = 0, undecided = 0, placements = 0;
    memset(going, 0, sizeof going);
    going[0] = 1;
    for (unsigned n = 1; n <= t->scheme.n_max; n++) {
        for (unsigned d = n; d > 0; d--)
            going[d] += going[d - 1];
        for (unsigned d = 0; d <= n; d++) {
            char end = going[d] > 0 ? ending(t, n, d) : 0;
            if (!end)
                continue;
            long double chance = going[d] * weight(n, d, low, high);
            *(end == 'c' ? &compatible : end == 'i' ? &incompatible : &undecided) += chance;
            placements += n * chance;
            going[d] = 0;
        }
    }
    return (struct characteristics) { (double)compatible, (double)incompatible, (double)undecided,
                                      (double)placements };
}

static void assert_same(const struct characteristics *a, const struct characteristics *b, double grain)
{
    assert_true(fabs(a->compatible - b->compatible) < grain);
    assert_true(fabs(a->incompatible - b->incompatible) < grain);
    assert_true(fabs(a->undecided - b->undecided) < grain);
    assert_true(fabs(a->placements - b->placements) < 200 * grain);
}

/* To every printed digit. */
static void presets_have_the_published_figures(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double good_compatible, good_placements, q0_compatible, q0_incompatible, q1_compatible,
            q1_incompatible, bad_placements, dead_placements;
    } rows[] = {
        { "screen", 0.9992, 16.2, 0.964, 0.0011, 0.042, 0.900, 8.3, 3 },
        { "standard", 0.9933, 36.4, 0.814, 0.0014, 0.044, 0.634, 22.7, 3 },
        { "strict", 0.9929, 75.2, 0.807, 0.0017, 0.044, 0.600, 47.1, 3 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct scheme_table t = table_of(rows[i].name, 0);
        const struct scheme *s = &t.scheme;
        struct characteristics good = at(&t, s->q0 / 4), q0 = at(&t, s->q0), q1 = at(&t, s->q1);
        struct characteristics bad = at(&t, 2 * s->q1), dead = at(&t, 1.0);
        assert_true(fabs(good.compatible - rows[i].good_compatible) <= 0.00005);
        assert_true(fabs(good.placements - rows[i].good_placements) <= 0.05);
        assert_true(fabs(q0.compatible - rows[i].q0_compatible) <= 0.0005);
        assert_true(fabs(q0.incompatible - rows[i].q0_incompatible) <= 0.00005);
        assert_true(fabs(q1.compatible - rows[i].q1_compatible) <= 0.0005);
        assert_true(fabs(q1.incompatible - rows[i].q1_incompatible) <= 0.0005);
        assert_true(fabs(bad.placements - rows[i].bad_placements) <= 0.05);
        assert_true(dead.incompatible == 1.0 && dead.placements == rows[i].dead_placements);
        scheme_table_free(&t);
    }
}

static void a_cell_that_never_fails_takes_the_acceptance_number(void **state)
{
    (void)state;
    struct scheme_table t = table_of("strict", 0);
    struct characteristics c = at(&t, 0.0);
    assert_true(c.compatible == 1.0 && c.incompatible == 0.0 && c.undecided == 0.0 && c.placements == 64.0);
    scheme_table_free(&t);
}

static double uniform(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

static struct scheme_table random_table(uint64_t *seed)
{
    struct scheme s = { .name = "own", .k = 10 };
    struct scheme_table t;
    s.q0 = 0.005 + 0.1 * uniform(seed);
    s.q1 = s.q0 * (1.5 + 6.0 * uniform(seed));
    s.alpha = 0.001 + 0.2 * uniform(seed);
    s.beta = 0.001 + 0.2 * uniform(seed);
    s.n_max = 10 + (unsigned)((N_MAX - 10) * uniform(seed));
    assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
    return t;
}

static void any_scheme_sums_to_one_is_monotone_and_keeps_its_errors(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (unsigned i = 0; i < 200; i++) {
        struct scheme_table t = random_table(&seed);
        double compatible = 1.0, incompatible = 0.0;
        for (unsigned step = 0; step <= 40; step++) {
            struct characteristics c = at(&t, step / 40.0);
            assert_true(fabs(c.compatible + c.incompatible + c.undecided - 1.0) < 1e-12);
            assert_true(c.placements >= 3.0 && c.placements <= t.scheme.n_max + 1e-9);
            assert_true(c.compatible <= compatible + 1e-12 && c.incompatible >= incompatible - 1e-12);
            compatible = c.compatible;
            incompatible = c.incompatible;
        }
        assert_true(at(&t, t.scheme.q1).compatible <= t.scheme.beta);
        assert_true(at(&t, t.scheme.q0).incompatible <= t.scheme.alpha);
        for (unsigned d = 1; d <= t.scheme.n_max; d++)
            assert_true(t.accept[d] == 0 || (t.accept[d - 1] != 0 && t.accept[d] >= t.accept[d - 1]));
        scheme_table_free(&t);
    }
}

static void the_longest_scheme_still_sums_to_one(void **state)
{
    (void)state;
    struct scheme s = {
        .name = "own", .q0 = 0.2, .q1 = 0.25, .alpha = 1e-6, .beta = 1e-6, .k = 1, .n_max = SCHEME_N_MAX
    };
    struct scheme_table t;
    assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
    for (unsigned step = 1; step < 50; step++) {
        struct characteristics c = at(&t, step / 50.0);
        assert_true(fabs(c.compatible + c.incompatible + c.undecided - 1.0) < 1e-12);
    }
    scheme_table_free(&t);
}

static void chances_are_those_of_the_counted_paths(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (unsigned i = 0; i < 60; i++) {
        struct scheme_table t = random_table(&seed);
        for (unsigned step = 0; step <= 10; step++) {
            struct characteristics got = at(&t, step / 10.0), want = by_paths(&t, step / 10.0, step / 10.0);
            assert_same(&got, &want, 1e-12);
        }
        scheme_table_free(&t);
    }
}

static void a_part_of_a_population_is_the_integral_over_it(void **state)
{
    (void)state;
    uint64_t seed = 12;
    for (unsigned i = 0; i < 40; i++) {
        struct scheme_table t = random_table(&seed);
        double low = 0.5 * uniform(&seed), high = low + 0.5 * uniform(&seed);
        const struct population_part parts[] = { { 0.25, low, high }, { 0.75, 0.03, 0.03 } };
        struct characteristics got, wide = by_paths(&t, low, high), point = by_paths(&t, 0.03, 0.03);
        struct characteristics want = {
            0.25 * wide.compatible + 0.75 * point.compatible,
            0.25 * wide.incompatible + 0.75 * point.incompatible,
            0.25 * wide.undecided + 0.75 * point.undecided,
            0.25 * wide.placements + 0.75 * point.placements,
        };
        assert_int_equal(characteristics_of(&t, parts, 2, &(struct instrument) { 0 }, &got, NULL), 0);
        assert_same(&got, &want, 1e-11); /* what lbeta and the differences of pbeta leave */
        assert_true(fabs(got.compatible + got.incompatible + got.undecided - 1.0) < 1e-12);
        scheme_table_free(&t);
    }
}

/* Expected placements within what the two roundings of its population leave, and the fixed sample of alpha =
 * beta = 5 % against them. */
static void the_usual_population_costs_what_was_published(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double alpha, expected, saving;
        unsigned fixed;
    } rows[] = {
        { "standard", 0.05, 32.9, 2.71, 89 },
        { "standard", 0.005, 34.1, 2.61, 89 },
        { "screen", 0.005, 15.9, 1.89, 30 },
        { "strict", 0.005, 75.8, 2.39, 181 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct scheme_table t = table_of(rows[i].name, rows[i].alpha);
        struct characteristics c = usual(&t);
        unsigned n = 0, d = 0;
        assert_true(fabs(c.placements - rows[i].expected) <= 0.06);
        assert_int_equal(fixed_plan(t.scheme.q0, t.scheme.q1, 0.05, 0.05, &n, &d, NULL), 0);
        assert_int_equal(n, rows[i].fixed);
        assert_true(fabs(n / c.placements - rows[i].saving) <= 0.0051);
        if (i == 1)
            assert_true(fabs(c.undecided - 0.034) <= 0.0005);
        scheme_table_free(&t);
    }
}

static void a_senseless_q_or_population_is_refused(void **state)
{
    (void)state;
    static const struct population_part bad[][2] = {
        { { 0.5, 0.1, 0.2 }, { 0.4, 0.1, 0.2 } },  { { 0.5, 0.2, 0.1 }, { 0.5, 0.1, 0.2 } },
        { { 1.5, 0.1, 0.2 }, { -0.5, 0.1, 0.2 } }, { { 0.5, 0.1, 1.2 }, { 0.5, 0.1, 0.2 } },
        { { NAN, 0.1, 0.2 }, { 0.5, 0.1, 0.2 } },  { { 0.5, -0.1, 0.2 }, { 0.5, 0.1, 0.2 } },
    };
    static const double qs[] = { -0.001, 1.001, NAN };
    struct scheme_table t = table_of("screen", 0);
    struct characteristics c;
    struct err e = { 0 };
    unsigned n, d;
    for (size_t i = 0; i < LENGTH(qs); i++)
        assert_int_equal(characteristics_at(&t, qs[i], &c, &e), ERR_INPUT);
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_int_equal(characteristics_of(&t, bad[i], 2, &(struct instrument) { 0 }, &c, &e), ERR_INPUT);
    assert_int_equal(fixed_plan(0.1, 0.1, 0.05, 0.05, &n, &d, &e), ERR_INPUT);
    assert_int_equal(fixed_plan(0.4, 0.4001, 0.05, 0.05, &n, &d, &e), ERR_LIMIT);
    scheme_table_free(&t);
}

static void two_point_plans_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        double q0, q1;
        unsigned n, c, corrected_n, corrected_c; /* alpha = beta = 5 %, and that by 300 cells */
    } plans[] = {
        { 0.01, 0.05, 181, 4, 820, 20 }, { 0.005, 0.02, 523, 5, 2540, 27 }, { 0.001, 0.01, 628, 2, 2690, 10 },
        { 0.02, 0.10, 89, 4, 391, 19 },  { 0.02, 0.20, 30, 2, 119, 9 },     { 0.01, 0.10, 61, 2, 262, 10 },
    };
    for (size_t i = 0; i < LENGTH(plans); i++) {
        unsigned n = 0, c = 0;
        assert_int_equal(fixed_plan(plans[i].q0, plans[i].q1, 0.05, 0.05, &n, &c, NULL), 0);
        assert_int_equal(n, plans[i].n);
        assert_int_equal(c, plans[i].c);
        assert_int_equal(fixed_plan(plans[i].q0, plans[i].q1, 0.05 / 300, 0.05 / 300, &n, &c, NULL), 0);
        assert_int_equal(n, plans[i].corrected_n);
        assert_int_equal(c, plans[i].corrected_c);
    }
}

/* P(X <= c) by its terms. */
static long double at_most(unsigned n, unsigned c, long double p)
{
    long double term = expl(n * log1pl(-p)), sum = term;
    for (unsigned i = 1; i <= c && i <= n; i++) {
        term *= (long double)(n - i + 1) / i * (p / (1.0L - p));
        sum += term;
    }
    return sum;
}

static bool is_plan(unsigned n, unsigned c, double q0, double q1, double alpha, double beta)
{
    return at_most(n, c, q1) <= beta && 1.0L - at_most(n, c, q0) <= alpha;
}

static void no_smaller_fixed_plan_keeps_the_errors(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (unsigned i = 0; i < 25; i++) {
        double q0 = 0.005 + 0.1 * uniform(&seed), q1 = q0 * (2.0 + 6.0 * uniform(&seed));
        double alpha = 0.002 + 0.1 * uniform(&seed), beta = 0.002 + 0.1 * uniform(&seed);
        unsigned n = 0, c = 0;
        assert_int_equal(fixed_plan(q0, q1, alpha, beta, &n, &c, NULL), 0);
        assert_true(is_plan(n, c, q0, q1, alpha, beta));
        for (unsigned size = 1; size < n; size++)
            for (unsigned limit = 0; limit <= c + 1 && limit < size; limit++)
                assert_false(is_plan(size, limit, q0, q1, alpha, beta));
    }
}

static void suspect_placements_have_the_chances_of_a_recursion_by_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(bracket_rows); i++) {
        const struct bracket_row *row = &bracket_rows[i];
        const struct instrument instrument = { row->invalid, row->hidden, row->run_max };
        struct characteristics want = { row->compatible, row->incompatible, row->undecided, row->placements };
        struct scheme_table t = table_of(row->scheme, 0);
        struct characteristics got;
        assert_int_equal(characteristics_with(&t, row->q, &instrument, &got, NULL), 0);
        assert_same(&got, &want, 1e-10);
        scheme_table_free(&t);
    }
}

/* The table of the study that asked for the bracket, to its printed digits; it has 64 for 63.5. */
static void the_bracket_has_its_published_figures(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        double share_of_q0, share_of_q1; /* q = the one or the other */
        struct instrument instrument;
        double compatible, digit, placements, within;
    } rows[] = {
        { "standard", 0.25, 0, { 0.005, 0, 3 }, 0.991, 0.0005, 43.2, 0.05 },
        { "standard", 0.25, 0, { 0.02, 0, 3 }, 0.889, 0.0005, 70.9, 0.05 },
        { "standard", 0, 1, { 0, 0.5, 3 }, 0.046, 0.0005, 133, 0.5 },
        { "standard", 0, 1, { 0, 0.8, 3 }, 0.046, 0.0005, 140, 0.5 },
        { "standard", 0, 1, { 0, 1, 3 }, 0.046, 0.0005, 136, 0.5 },
        { "screen", 0.25, 0, { 0.005, 0, 3 }, 0.999, 0.0005, 17.5, 0.05 },
        { "screen", 0.25, 0, { 0.02, 0, 3 }, 0.994, 0.0005, 22.4, 0.05 },
        { "screen", 0, 1, { 0, 0.5, 3 }, 0.043, 0.0005, 52, 0.5 },
        { "screen", 0, 1, { 0, 0.8, 3 }, 0.043, 0.0005, 64, 0.55 },
        { "screen", 0, 1, { 0, 1, 3 }, 0.043, 0.0005, 58, 0.5 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct scheme_table t = table_of(rows[i].scheme, 0);
        double q = rows[i].share_of_q0 * t.scheme.q0 + rows[i].share_of_q1 * t.scheme.q1;
        struct characteristics c, refused;
        assert_int_equal(characteristics_with(&t, q, &rows[i].instrument, &c, NULL), 0);
        assert_int_equal(characteristics_with(&t, t.scheme.q0, &rows[i].instrument, &refused, NULL), 0);
        assert_true(fabs(c.compatible - rows[i].compatible) <= rows[i].digit);
        assert_true(fabs(c.placements - rows[i].placements) <= rows[i].within);
        assert_true(refused.incompatible <= 0.0016);
        scheme_table_free(&t);
    }
}

/* However failures hide, and however often an honest reader hangs. */
static void no_instrument_makes_a_verdict_err_more_than_is_stated(void **state)
{
    (void)state;
    uint64_t seed = 13;
    for (unsigned i = 0; i < 40; i++) {
        struct scheme_table t = random_table(&seed);
        const struct instrument instrument = { 0.1 * uniform(&seed), uniform(&seed), i % 2 ? 3 : 0 };
        struct characteristics q0, q1;
        assert_int_equal(characteristics_with(&t, t.scheme.q0, &instrument, &q0, NULL), 0);
        assert_int_equal(characteristics_with(&t, t.scheme.q1, &instrument, &q1, NULL), 0);
        assert_true(q0.incompatible <= t.scheme.alpha && q1.compatible <= t.scheme.beta);
        assert_true(fabs(q1.compatible + q1.incompatible + q1.undecided - 1.0) < 1e-12);
        scheme_table_free(&t);
    }
}

static void a_population_is_the_sum_of_its_points_with_suspect_placements_too(void **state)
{
    (void)state;
    struct scheme_table t = table_of("screen", 0);
    const struct instrument instrument = { 0.02, 0.5, 3 };
    const struct population_part parts[] = { { 0.5, 0.0, 0.4 }, { 0.5, 0.01, 0.01 } };
    struct characteristics got, point, sum = { 0 };
    assert_int_equal(characteristics_of(&t, parts, 2, &instrument, &got, NULL), 0);
    enum { SLICES = 4000 }; /* the rule of middles: its error falls with the square */
    for (unsigned i = 0; i < SLICES; i++) {
        assert_int_equal(characteristics_with(&t, 0.4 * (i + 0.5) / SLICES, &instrument, &point, NULL), 0);
        sum.compatible += point.compatible / SLICES / 2;
        sum.placements += point.placements / SLICES / 2;
    }
    assert_int_equal(characteristics_with(&t, 0.01, &instrument, &point, NULL), 0);
    assert_true(fabs(got.compatible - sum.compatible - point.compatible / 2) < 1e-6);
    assert_true(fabs(got.placements - sum.placements - point.placements / 2) < 1e-4);
    scheme_table_free(&t);
}

static void a_senseless_instrument_or_too_long_a_scheme_is_refused(void **state)
{
    (void)state;
    static const struct instrument bad[] = {
        { -0.1, 0, 3 }, { 1.1, 0, 3 }, { 0, -0.1, 3 }, { 0, 1.1, 3 }, { NAN, 0, 3 }
    };
    struct scheme s = { .name = "own", .q0 = 0.001, .q1 = 0.01, .alpha = 0.01, .beta = 0.05, .k = 1 };
    struct scheme_table t = table_of("screen", 0), longer;
    struct characteristics c;
    struct err e = { 0 };
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_int_equal(characteristics_with(&t, 0.1, &bad[i], &c, &e), ERR_INPUT);
    scheme_table_free(&t);
    s.n_max = INSTRUMENT_N_MAX + 1;
    assert_int_equal(scheme_table_make(&s, &longer, NULL), 0);
    assert_int_equal(characteristics_with(&longer, 0.1, &(struct instrument) { 0.01, 0, 3 }, &c, &e),
                     ERR_LIMIT);
    assert_non_null(strstr(e.text, "501"));
    assert_int_equal(characteristics_with(&longer, 0.1, &(struct instrument) { 0, 0, 3 }, &c, &e), 0);
    scheme_table_free(&longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_have_the_published_figures),
        cmocka_unit_test(a_cell_that_never_fails_takes_the_acceptance_number),
        cmocka_unit_test(any_scheme_sums_to_one_is_monotone_and_keeps_its_errors),
        cmocka_unit_test(the_longest_scheme_still_sums_to_one),
        cmocka_unit_test(chances_are_those_of_the_counted_paths),
        cmocka_unit_test(a_part_of_a_population_is_the_integral_over_it),
        cmocka_unit_test(the_usual_population_costs_what_was_published),
        cmocka_unit_test(a_senseless_q_or_population_is_refused),
        cmocka_unit_test(two_point_plans_are_the_published_ones),
        cmocka_unit_test(no_smaller_fixed_plan_keeps_the_errors),
        cmocka_unit_test(suspect_placements_have_the_chances_of_a_recursion_by_scipy),
        cmocka_unit_test(the_bracket_has_its_published_figures),
        cmocka_unit_test(no_instrument_makes_a_verdict_err_more_than_is_stated),
        cmocka_unit_test(a_population_is_the_sum_of_its_points_with_suspect_placements_too),
        cmocka_unit_test(a_senseless_instrument_or_too_long_a_scheme_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
