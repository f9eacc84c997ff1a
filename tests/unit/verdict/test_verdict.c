/*
 * The documented tables, and their operating characteristics by an exact dynamic programme that knows only
 * the tables: error rates at q0 and q1, and the documented chances and sample numbers.
 */
#include "harness/verdict/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct entry {
    unsigned n, d;
};

static struct scheme_table table_of(const char *name)
{
    struct scheme s;
    struct scheme_table t;
    assert_true(scheme_preset(name, &s));
    assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
    return t;
}

static void check_accept(const struct scheme_table *t, const struct entry *want, size_t count)
{
    for (unsigned d = 0; d <= t->scheme.n_max; d++)
        assert_int_equal(t->accept[d], d < count ? want[d].n : 0);
}

/* The entries name where the number of dirty that rejects changes. */
static void check_reject(const struct scheme_table *t, const struct entry *want, size_t count)
{
    size_t at = 0;
    for (unsigned n = 0; n <= t->scheme.n_max; n++) {
        if (at < count && n == want[at].n)
            at++;
        assert_int_equal(t->reject[n], at ? want[at - 1].d : 0);
    }
    assert_int_equal(at, count);
}

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void screen_tables_are_the_documented_ones(void **state)
{
    (void)state;
    static const struct entry accept[] = { { 15, 0 }, { 30, 1 }, { 42, 2 } };
    static const struct entry reject[] = { { 3, 3 }, { 9, 4 }, { 20, 5 }, { 32, 6 } };
    struct scheme_table t = table_of("screen");
    check_accept(&t, accept, LENGTH(accept));
    check_reject(&t, reject, LENGTH(reject));
    scheme_table_free(&t);
}

static void standard_tables_are_the_documented_ones(void **state)
{
    (void)state;
    static const struct entry accept[] = { { 31, 0 }, { 63, 1 }, { 88, 2 } };
    static const struct entry reject[] = { { 3, 3 },  { 9, 4 },  { 20, 5 }, { 32, 6 },
                                           { 47, 7 }, { 63, 8 }, { 81, 9 } };
    struct scheme_table t = table_of("standard");
    check_accept(&t, accept, LENGTH(accept));
    check_reject(&t, reject, LENGTH(reject));
    scheme_table_free(&t);
}

static void strict_tables_are_the_documented_ones(void **state)
{
    (void)state;
    static const struct entry accept[] = { { 64, 0 }, { 129, 1 }, { 179, 2 } };
    static const struct entry reject[] = { { 3, 2 },  { 5, 3 },  { 17, 4 },  { 35, 5 },
                                           { 58, 6 }, { 84, 7 }, { 115, 8 }, { 148, 9 } };
    struct scheme_table t = table_of("strict");
    check_accept(&t, accept, LENGTH(accept));
    check_reject(&t, reject, LENGTH(reject));
    scheme_table_free(&t);
}

struct characteristics {
    double compatible, incompatible, undecided, placements;
};

/* Exact chances of a cell with dirty rate q, stopped at its verdict or at n_max. */
static struct characteristics operate(const struct scheme_table *t, double q)
{
    struct characteristics c = { 0 };
    double *alive = calloc(t->scheme.n_max + 2u, sizeof(*alive));
    assert_non_null(alive);
    alive[0] = 1.0;
    for (unsigned n = 1; n <= t->scheme.n_max; n++) {
        for (unsigned d = n; d > 0; d--)
            alive[d] = alive[d] * (1.0 - q) + alive[d - 1] * q;
        alive[0] *= 1.0 - q;
        for (unsigned d = 0; d <= n; d++) {
            enum verdict v = verdict_by_bounds(t, n, d, 0);
            if (v == VERDICT_UNDECIDED && n < t->scheme.n_max)
                continue;
            double *sum = v == VERDICT_COMPATIBLE     ? &c.compatible
                          : v == VERDICT_INCOMPATIBLE ? &c.incompatible
                                                      : &c.undecided;
            *sum += alive[d];
            c.placements += alive[d] * n;
            alive[d] = 0.0;
        }
    }
    free(alive);
    return c;
}

static void presets_have_the_documented_characteristics(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double good_compatible, good_placements; /* q0 / 4 */
        double q0_compatible, q0_incompatible;   /* q0 */
        double q1_compatible, q1_incompatible;   /* q1 */
        double bad_placements;                   /* 2 q1 */
    } rows[] = {
        { "screen", 0.9992, 16.2, 0.964, 0.0011, 0.042, 0.900, 8.3 },
        { "standard", 0.9933, 36.4, 0.814, 0.0014, 0.044, 0.634, 22.7 },
        { "strict", 0.9929, 75.2, 0.807, 0.0017, 0.044, 0.600, 47.1 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct scheme_table t = table_of(rows[i].name);
        struct characteristics good = operate(&t, t.scheme.q0 / 4), at_q0 = operate(&t, t.scheme.q0);
        struct characteristics at_q1 = operate(&t, t.scheme.q1), bad = operate(&t, 2 * t.scheme.q1);
        assert_true(fabs(good.compatible - rows[i].good_compatible) < 0.0001);
        assert_true(fabs(good.placements - rows[i].good_placements) < 0.06);
        assert_true(fabs(at_q0.compatible - rows[i].q0_compatible) < 0.001);
        assert_true(fabs(at_q0.incompatible - rows[i].q0_incompatible) < 0.0001);
        assert_true(fabs(at_q1.compatible - rows[i].q1_compatible) < 0.001);
        assert_true(fabs(at_q1.incompatible - rows[i].q1_incompatible) < 0.001);
        assert_true(fabs(bad.placements - rows[i].bad_placements) < 0.06);
        scheme_table_free(&t);
    }
}

static double uniform(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

static void any_scheme_keeps_its_error_rates(void **state)
{
    (void)state;
    uint64_t seed = 20171117;
    for (unsigned i = 0; i < 60; i++) {
        struct scheme s = { .name = "own", .k = 10 };
        s.q0 = 0.005 + 0.1 * uniform(&seed);
        s.q1 = s.q0 * (1.5 + 6.0 * uniform(&seed));
        s.alpha = 0.001 + 0.2 * uniform(&seed);
        s.beta = 0.001 + 0.2 * uniform(&seed);
        s.n_max = 10 + (unsigned)(190 * uniform(&seed));
        struct scheme_table t;
        assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
        double compatible_before = 1.1, incompatible_before = -0.1;
        for (unsigned step = 1; step < 20; step++) {
            double q = s.q1 * 1.4 * step / 20;
            struct characteristics c = operate(&t, q);
            assert_true(fabs(c.compatible + c.incompatible + c.undecided - 1.0) < 1e-12);
            assert_true(c.compatible <= compatible_before + 1e-12);
            assert_true(c.incompatible >= incompatible_before - 1e-12);
            compatible_before = c.compatible;
            incompatible_before = c.incompatible;
        }
        assert_true(operate(&t, s.q1).compatible <= s.beta);
        assert_true(operate(&t, s.q0).incompatible <= s.alpha);
        for (unsigned d = 1; d <= s.n_max; d++)
            assert_true(t.accept[d] == 0 || t.accept[d] > t.accept[d - 1]);
        scheme_table_free(&t);
    }
}

static void verdict_says_what_the_bounds_say(void **state)
{
    (void)state;
    static const char *const schemes[] = { "screen", "standard", "strict" };
    for (size_t i = 0; i < LENGTH(schemes); i++) {
        struct scheme_table t = table_of(schemes[i]);
        for (unsigned n = 0; n <= t.scheme.n_max + 20; n++) {
            for (unsigned d = 0; d <= n; d++) {
                double lower, upper;
                verdict_bounds(&t.scheme, n, d, 0, &lower, &upper);
                enum verdict want = n < SCHEME_N_MIN       ? VERDICT_UNDECIDED
                                    : lower >= t.scheme.q0 ? VERDICT_INCOMPATIBLE
                                    : upper <= t.scheme.q1 && t.accept[d <= t.scheme.n_max ? d : 0]
                                        ? VERDICT_COMPATIBLE
                                        : VERDICT_UNDECIDED;
                assert_int_equal(verdict_by_bounds(&t, n, d, 0), want);
            }
        }
        scheme_table_free(&t);
    }
}

/* n placements, the first half of them in one session and the rest in the next; d of them dirty, in the sessions given. */
static enum verdict in_sessions(const struct scheme_table *t, unsigned n, unsigned d, uint32_t sessions,
                                uint32_t dirty)
{
    const struct cell_counts c = { .n = n, .d = d, .sessions = sessions, .dirty_sessions = dirty };
    return verdict_of(t, &c);
}

static void both_verdicts_need_two_sessions(void **state)
{
    (void)state;
    struct scheme_table t = table_of("screen");
    assert_int_equal(in_sessions(&t, 15, 0, 1, 0), VERDICT_UNDECIDED);
    assert_int_equal(in_sessions(&t, 15, 0, 3, 0), VERDICT_COMPATIBLE);
    assert_int_equal(in_sessions(&t, 14, 0, 3, 0), VERDICT_UNDECIDED);
    assert_int_equal(in_sessions(&t, 3, 3, 1, 1), VERDICT_REJECTED_SO_FAR);
    assert_int_equal(in_sessions(&t, 4, 3, 3, 1), VERDICT_REJECTED_SO_FAR);
    assert_int_equal(in_sessions(&t, 4, 4, 3, 3), VERDICT_INCOMPATIBLE);
    assert_int_equal(in_sessions(&t, 9, 3, 3, 1), VERDICT_UNDECIDED); /* the table holds no longer */
    assert_int_equal(in_sessions(&t, 2, 2, 1, 1), VERDICT_UNDECIDED);
    assert_int_equal(in_sessions(&t, 45, 3, 3, 3), VERDICT_UNDECIDED);
    assert_int_equal(in_sessions(&t, 0, 0, 0, 0), VERDICT_UNDECIDED);
    scheme_table_free(&t);
}

static void by_the_rules_of_0_4_one_session_refuses_and_nothing_is_suspect(void **state)
{
    (void)state;
    struct scheme s;
    struct scheme_table t;
    assert_true(scheme_preset("screen", &s));
    s.rules = RULES_OF_0_4;
    assert_int_equal(scheme_table_make(&s, &t, NULL), 0);
    assert_int_equal(in_sessions(&t, 3, 3, 1, 1), VERDICT_INCOMPATIBLE);
    assert_int_equal(verdict_by_bounds(&t, 15, 0, 9), VERDICT_COMPATIBLE);
    assert_int_equal(verdict_n_max(&t, 9), 45);
    scheme_table_free(&t);
}

/* Bounds by scipy.optimize.brentq on the e-values with scipy.special.betaln; the table of suspect placements. */
static void suspect_placements_count_against_both_verdicts(void **state)
{
    (void)state;
    struct scheme_table t = table_of("standard");
    assert_int_equal(verdict_by_bounds(&t, 31, 0, 0), VERDICT_COMPATIBLE);
    assert_int_equal(verdict_by_bounds(&t, 31, 0, 1), VERDICT_UNDECIDED);
    assert_int_equal(verdict_by_bounds(&t, 62, 0, 1), VERDICT_COMPATIBLE); /* 63 with one dirty */
    assert_int_equal(verdict_by_bounds(&t, 61, 0, 1), VERDICT_UNDECIDED);
    assert_int_equal(verdict_by_bounds(&t, 3, 3, 0), VERDICT_INCOMPATIBLE);
    assert_int_equal(verdict_by_bounds(&t, 3, 3, 6), VERDICT_UNDECIDED); /* 9 placements take 4 dirty */
    assert_int_equal(verdict_by_bounds(&t, 0, 0, 100), VERDICT_UNDECIDED);
    assert_int_equal(verdict_n_max(&t, 0), 90);
    assert_int_equal(verdict_n_max(&t, 1), 121);
    assert_int_equal(verdict_n_max(&t, 2), 150);
    assert_int_equal(verdict_n_max(&t, 1000), 150);
    assert_int_equal(verdict_missing(&t, 20, 0, 1), 42);
    assert_int_equal(verdict_missing(&t, 20, 0, 3),
                     110 - 23); /* three dirty ones are out of reach within 90 */
    assert_int_equal(verdict_missing(&t, 20, 3, 0), 0);
    scheme_table_free(&t);
    t = table_of("screen");
    assert_int_equal(verdict_n_max(&t, 1), 60);
    assert_int_equal(verdict_n_max(&t, 9), 75);
    scheme_table_free(&t);
}

static void clean_placements_never_turn_compatible_into_incompatible(void **state)
{
    (void)state;
    struct scheme_table t = table_of("standard");
    for (unsigned d = 0; d <= 3; d++)
        for (unsigned n = d; n <= t.scheme.n_max + 50; n++)
            if (verdict_by_bounds(&t, n, d, 0) == VERDICT_COMPATIBLE)
                assert_int_equal(verdict_by_bounds(&t, n + 1, d, 0), VERDICT_COMPATIBLE);
    scheme_table_free(&t);
}

static void no_scheme_decides_before_the_third_placement(void **state)
{
    (void)state;
    static const struct scheme hasty = {
        .q0 = 0.01, .q1 = 0.95, .alpha = 0.2, .beta = 0.2, .k = 1, .n_max = 10
    };
    struct scheme_table t;
    assert_int_equal(scheme_table_make(&hasty, &t, NULL), 0);
    assert_int_equal(t.accept[0], SCHEME_N_MIN);
    assert_int_equal(t.reject[SCHEME_N_MIN], 1);
    for (unsigned n = 0; n < SCHEME_N_MIN; n++) {
        assert_int_equal(verdict_by_bounds(&t, n, 0, 0), VERDICT_UNDECIDED);
        assert_int_equal(verdict_by_bounds(&t, n, n, 0), VERDICT_UNDECIDED);
    }
    scheme_table_free(&t);
}

static void missing_counts_the_clean_placements_still_needed(void **state)
{
    (void)state;
    struct scheme_table t = table_of("standard");
    assert_int_equal(verdict_missing(&t, 0, 0, 0), 31);
    assert_int_equal(verdict_missing(&t, 20, 0, 0), 11);
    assert_int_equal(verdict_missing(&t, 20, 1, 0), 43);
    assert_int_equal(verdict_missing(&t, 31, 0, 0), 0);
    assert_int_equal(verdict_missing(&t, 20, 3, 0), 0);
    assert_int_equal(verdict_missing(&t, 500, 400, 0), 0);
    for (unsigned n = 0; n < 90; n++)
        for (unsigned d = 0; d <= n && d < 3; d++)
            if (verdict_missing(&t, n, d, 0))
                assert_int_equal(verdict_by_bounds(&t, n + verdict_missing(&t, n, d, 0), d, 0),
                                 VERDICT_COMPATIBLE);
    scheme_table_free(&t);
}

static void each_session_gets_its_share_of_the_acceptance_number(void **state)
{
    (void)state;
    struct scheme_table t = table_of("screen");
    assert_int_equal(verdict_session_target(&t, 0, 0, 1, 2), 8);
    assert_int_equal(verdict_session_target(&t, 0, 0, 2, 2), 15);
    assert_int_equal(verdict_session_target(&t, 1, 0, 1, 2), 15);
    assert_int_equal(verdict_session_target(&t, 2, 0, 1, 2), 21);
    assert_int_equal(verdict_session_target(&t, 3, 0, 1, 2), 23);
    assert_int_equal(verdict_session_target(&t, 3, 0, 2, 2), 45);
    assert_int_equal(verdict_session_target(&t, 0, 0, 1, 1), 15);
    assert_int_equal(verdict_session_target(&t, 0, 0, 1, 3), 5);
    assert_int_equal(verdict_session_target(&t, 9999, 0, 2, 2), 45);
    scheme_table_free(&t);
}

static void own_scheme_starts_from_a_preset_or_is_complete(void **state)
{
    (void)state;
    struct scheme s;
    struct err e;
    assert_int_equal(scheme_resolve("screen", 0, 0, 0, 0, 0, 0, &s, &e), 0);
    assert_string_equal(s.name, "screen");
    assert_int_equal(s.n_max, 45);
    assert_int_equal(scheme_resolve("screen", 0, 0, 0, 0, 5, 0, &s, &e), 0);
    assert_string_equal(s.name, "screen");
    assert_int_equal(s.k, 5);
    assert_true(s.q1 == 0.2);
    assert_int_equal(scheme_resolve("screen", 0, 0.3, 0, 0, 0, 0, &s, &e), 0);
    assert_string_equal(s.name, "own");
    assert_int_equal(scheme_resolve("mine", 0.01, 0.3, 0.01, 0.1, 3, 40, &s, &e), 0);
    assert_string_equal(s.name, "mine");
    assert_int_equal(scheme_resolve("scren", 0, 0, 0, 0, 0, 0, &s, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "scren"));
    assert_int_equal(scheme_resolve(NULL, 0.01, 0.3, 0.01, 0.1, 3, 0, &s, &e), ERR_INPUT);
}

static void senseless_schemes_are_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        struct scheme scheme;
        const char *word;
    } bad[] = {
        { { .q0 = 0.1, .q1 = 0.1, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = 45 }, "q0" },
        { { .q0 = 0.0, .q1 = 0.1, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = 45 }, "q0" },
        { { .q0 = 0.1, .q1 = 1.0, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = 45 }, "q1" },
        { { .q0 = NAN, .q1 = 0.2, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = 45 }, "q0" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.5, .beta = 0.05, .k = 10, .n_max = 45 }, "alpha" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.01, .beta = 0.0, .k = 10, .n_max = 45 }, "beta" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.01, .beta = 0.05, .k = 0, .n_max = 45 }, "k =" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.01, .beta = 0.05, .k = 101, .n_max = 45 }, "k =" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = 2 }, "n_max" },
        { { .q0 = 0.1, .q1 = 0.2, .alpha = 0.01, .beta = 0.05, .k = 10, .n_max = SCHEME_N_MAX + 1 },
          "n_max" },
    };
    for (size_t i = 0; i < LENGTH(bad); i++) {
        struct err e = { 0 };
        struct scheme_table t;
        assert_int_equal(scheme_check(&bad[i].scheme, &e), ERR_INPUT);
        assert_non_null(strstr(e.text, bad[i].word));
        assert_int_equal(scheme_table_make(&bad[i].scheme, &t, &e), ERR_INPUT);
        scheme_table_free(&t);
    }
}

static void every_verdict_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = VERDICT_NONE; a < VERDICT_COUNT; a++)
        for (int b = a + 1; b < VERDICT_COUNT; b++)
            assert_string_not_equal(verdict_name((enum verdict)a), verdict_name((enum verdict)b));
    assert_string_equal(verdict_name(VERDICT_COMPATIBLE), "compatible");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screen_tables_are_the_documented_ones),
        cmocka_unit_test(standard_tables_are_the_documented_ones),
        cmocka_unit_test(strict_tables_are_the_documented_ones),
        cmocka_unit_test(presets_have_the_documented_characteristics),
        cmocka_unit_test(any_scheme_keeps_its_error_rates),
        cmocka_unit_test(verdict_says_what_the_bounds_say),
        cmocka_unit_test(both_verdicts_need_two_sessions),
        cmocka_unit_test(by_the_rules_of_0_4_one_session_refuses_and_nothing_is_suspect),
        cmocka_unit_test(suspect_placements_count_against_both_verdicts),
        cmocka_unit_test(clean_placements_never_turn_compatible_into_incompatible),
        cmocka_unit_test(no_scheme_decides_before_the_third_placement),
        cmocka_unit_test(missing_counts_the_clean_placements_still_needed),
        cmocka_unit_test(each_session_gets_its_share_of_the_acceptance_number),
        cmocka_unit_test(own_scheme_starts_from_a_preset_or_is_complete),
        cmocka_unit_test(senseless_schemes_are_refused_with_the_reason),
        cmocka_unit_test(every_verdict_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
