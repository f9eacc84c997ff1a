/*
 * What is stated of a list's errors, against values of another program: scipy, a dynamic programme over (n, d) with
 * e-values from scipy.special.betaln, and scipy.stats.binom. The worst cases of k of R are also played.
 */
#include "harness/base/keyed_random.h"
#include "harness/criteria/stated_errors.h"
#include "tests/unit/findings/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* P(compatible) of `standard` at q1 = 10 %: no cell that is as bad as that passes more often. */
#define PASSES_AT_Q1 0.044356004

#define assert_near(a, b, most) assert_true(fabs((a) - (b)) <= (most))

struct stating {
    struct sample s;
    struct criteria *c;
    struct stated_errors e;
};

static void begin(struct stating *t, const struct sample_shape *shape, const char *scheme, const char *lines)
{
    struct survey_problems problems = { 0 };
    struct scheme k;
    struct err e = { 0 };
    char text[2000];
    snprintf(text, sizeof text,
             "format: nfc-survey/criteria\nversion: 1\nid: own\ntitle: T\nsource: S\npower_modes: "
             "[on-unlocked]\n%s",
             lines);
    sample_open(&t->s, shape);
    if (criteria_load_text("own.yaml", text, strlen(text), &t->c, &problems, &e) != 0)
        fail_msg("%s", problems.count ? problems.items[0].text : e.text);
    assert_true(scheme_preset(scheme, &k));
    assert_int_equal(stated_errors_make(t->c, t->s.survey, &k, &t->e, &e), 0);
}

static void end(struct stating *t)
{
    criteria_free(&t->c);
    sample_close(&t->s);
}

/* The first row that says this; NULL: none. */
static const struct stated_error *find(const struct stated_errors *e, enum stated_what what,
                                       enum clause clause)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].what == what && (clause == CLAUSE_NONE || e->rows[i].clause == clause))
            return &e->rows[i];
    return NULL;
}

static const struct stated_error *power(const struct stated_errors *e, double q, unsigned n_max)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->rows[i].what == STATED_POWER && fabs(e->rows[i].q - q) < 1e-12 && e->rows[i].n_max == n_max)
            return &e->rows[i];
    fail_msg("no power at q %g with N_max %u", q, n_max);
    return NULL;
}

static double high(const struct stated_errors *e, enum stated_what what, enum clause clause)
{
    const struct stated_error *row = find(e, what, clause);
    assert_non_null(row);
    return row->high;
}

/* A row fails, too, once it can no longer pass: .1852763 of one reader at q0, 90 tours, by dynamic programming. */
static void a_row_out_of_reach_refuses_who_is_clean_enough(void **state)
{
    (void)state;
    static const struct sample_shape one = { .readers = 1, .pairs = 1 };
    struct stating t;
    begin(&t, &one, "counter", "readers_at_least: all\n");
    assert_near(high(&t.e, STATED_REFUSED, CLAUSE_SUCCESS), 2 * (0.005 + 0.1852763), 1e-6);
    end(&t);
    begin(&t, &one, "counter", "readers_at_least: all\nrefuse: above-bound\n");
    assert_near(high(&t.e, STATED_REFUSED, CLAUSE_SUCCESS), 2 * 0.005, 1e-12);
    end(&t);
}

static const struct sample_shape six = { .readers = 6, .pairs = 3 };

/* .8143 and .9933 are P(compatible) at 2 % and .5 %, .9681 and .99998 with N_max 180; 12 cells or 6 of them differ. */
static void all_readers_take_beta_alpha_and_the_power_of_every_cell(void **state)
{
    (void)state;
    struct stating t;
    begin(&t, &six, "standard", "readers_at_least: all\n");
    assert_near(high(&t.e, STATED_LISTED, CLAUSE_SUCCESS), 0.05, 1e-12);
    assert_near(find(&t.e, STATED_LISTED, CLAUSE_SUCCESS)->q, 0.1, 1e-12);
    assert_near(high(&t.e, STATED_REFUSED, CLAUSE_SUCCESS), 12 * 0.005, 1e-12);
    assert_int_equal(find(&t.e, STATED_REFUSED, CLAUSE_SUCCESS)->cells, 12);
    assert_near(find(&t.e, STATED_REFUSED, CLAUSE_SUCCESS)->q, 0.02, 1e-12);
    static const struct {
        double q;
        unsigned n_max;
        double low, high, placements;
    } rows[] = { { 0.02, 90, 0.085009265, 0.291563483, 53.380765 },
                 { 0.005, 90, 0.923026331, 0.960742594, 36.375986 },
                 { 0.02, 180, 0.678030655, 0.823426168, 62.185026 },
                 { 0.005, 180, 0.999730991, 0.999865486, 36.545186 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct stated_error *p = power(&t.e, rows[i].q, rows[i].n_max);
        assert_near(p->low, rows[i].low, 2e-9);
        assert_near(p->high, rows[i].high, 2e-9);
        assert_near(p->placements, rows[i].placements, 1e-5);
    }
    assert_int_equal(t.e.dead_above_q0, 4);
    assert_int_equal(t.e.dead_above_bound, 5);
    assert_null(find(&t.e, STATED_UNCONDITIONAL, CLAUSE_NONE));
    end(&t);
}

/* How often k or more of six readers pass, when k - 1 always do and the others are at q1: played with the scheme's table. */
static double play(const struct scheme_table *t, unsigned k, unsigned runs)
{
    unsigned listed = 0;
    for (unsigned run = 0; run < runs; run++) {
        unsigned passing = k - 1;
        for (unsigned reader = k - 1; reader < 6; reader++) {
            unsigned d = 0;
            enum verdict v = VERDICT_UNDECIDED;
            for (unsigned n = 1; n <= t->scheme.n_max && v == VERDICT_UNDECIDED; n++) {
                uint64_t key = random_key((uint64_t)run * 6 + reader, k);
                d += random_uniform(key, n) < t->scheme.q1;
                v = t->accept[d] && n >= t->accept[d]   ? VERDICT_COMPATIBLE
                    : t->reject[n] && d >= t->reject[n] ? VERDICT_INCOMPATIBLE
                                                        : VERDICT_UNDECIDED;
            }
            passing += v == VERDICT_COMPATIBLE;
        }
        listed += passing >= k;
    }
    return (double)listed / runs;
}

/*
 * R - k + 1 must err: exactly, with k - 1 perfect readers and the others at q1, 1 - (1 - .044356)^(R - k + 1) are listed.
 * An independent trial found .24, .087 and .033 for k = 1, 5, 6.
 */
static void k_of_six_readers_err_seven_less_k_times_as_often(void **state)
{
    (void)state;
    static const double exact[] = { 0.238312527, 0.202958972, 0.165964489,
                                    0.127252916, 0.086744553, 0.044356004 },
                        tried[] = { 0.24, 0, 0, 0, 0.087, 0.033 };
    struct scheme k;
    struct scheme_table table;
    struct err e = { 0 };
    assert_true(scheme_preset("standard", &k));
    assert_int_equal(scheme_table_make(&k, &table, &e), 0);
    for (unsigned least = 1; least <= 6; least++) {
        struct stating t;
        char lines[40];
        snprintf(lines, sizeof lines, "readers_at_least: %u\n", least);
        begin(&t, &six, "standard", lines);
        double stated = high(&t.e, STATED_LISTED, CLAUSE_SUCCESS);
        assert_near(stated, (7 - least) * 0.05, 1e-12);
        assert_true(stated >= exact[least - 1] && stated >= tried[least - 1]);
        double seen = play(&table, least, 2000), x = exact[least - 1];
        assert_true(fabs(seen - x) <= 4 * sqrt(x * (1 - x) / 2000));
        assert_near(high(&t.e, STATED_REFUSED, CLAUSE_SUCCESS), 12 * 0.005 / (7 - least), 1e-12);
        end(&t);
    }
    scheme_table_free(&table);
}

/* binom.sf(3, 6, .814308^2 or .814308) */
static void four_of_six_readers_pass_more_often_than_all(void **state)
{
    (void)state;
    struct stating t;
    begin(&t, &six, "standard", "readers_at_least: 4\n");
    assert_near(power(&t.e, 0.02, 90)->low, 0.673316315, 2e-9);
    assert_near(power(&t.e, 0.02, 90)->high, 0.917907142, 2e-9);
    assert_int_equal(t.e.needed, 4);
    end(&t);
}

/* With .9 of .5 + .3 + .2 all three must pass, so one errs; with .2 any of three bad ones will do. */
static void readers_by_share_err_as_often_as_the_worst_choice_of_them(void **state)
{
    (void)state;
    static const struct {
        const char *share;
        double err;
    } rows[] = { { "0.9", 1 }, { "0.5", 2 }, { "0.6", 2 }, { "0.2", 3 } };
    struct sample_shape three = { .readers = 3, .pairs = 1 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stating t;
        char lines[200];
        snprintf(lines, sizeof lines,
                 "readers_share: {at_least: %s, weights: {counter-1: 0.5, counter-2: 0.3, counter-3: 0.2}}\n",
                 rows[i].share);
        begin(&t, &three, "standard", lines);
        double worst = 0; /* of every set that truly passes and is too little, exactly */
        static const double w[] = { 0.5, 0.3, 0.2 };
        double asked = strtod(rows[i].share, NULL) - 1e-9;
        for (unsigned good = 0; good < 8; good++) {
            double listed = 0, have = 0;
            for (unsigned r = 0; r < 3; r++)
                have += good >> r & 1 ? w[r] : 0;
            for (unsigned pass = 0; have < asked && pass < 8; pass++) {
                double chance = 1, sum = 0;
                for (unsigned r = 0; r < 3; r++) {
                    chance *= good >> r & 1 ? (pass >> r & 1) : pass >> r & 1 ? 0.05 : 0.95;
                    sum += pass >> r & 1 ? w[r] : 0;
                }
                listed += sum >= asked ? chance : 0;
            }
            worst = listed > worst ? listed : worst;
        }
        double stated = high(&t.e, STATED_LISTED, CLAUSE_SUCCESS);
        assert_true(stated >= worst - 1e-12);
        assert_near(stated, 0.05 * rows[i].err, 1e-9);
        end(&t);
    }
}

#define POINTS                                                                                               \
    "positions: condition\npoints:\n  - {id: c}\n  - {id: xp, x_mm: 10}\n  - {id: xm, x_mm: -10}\n"          \
    "  - {id: yp, y_mm: 10}\n  - {id: ym, y_mm: -10}\n  - {id: z3, z_mm: 3}\n  - {id: z6, z_mm: 6}\n"        \
    "conditions: [on-unlocked]"

/* One with f + 1 bad points of five passes only if one of these errs; exactly 1 - (1 - .044356)^(f + 1). */
static void f_of_five_points_err_f_and_one_times_as_often(void **state)
{
    (void)state;
    struct sample_shape shape = { .readers = 2, .pairs = 1, .conditions = POINTS };
    for (unsigned f = 0; f < 5; f++) {
        struct stating t;
        char lines[200];
        snprintf(lines, sizeof lines,
                 "positions: {five_points: {radius_mm: 10, failing_at_most: %u}}\nreaders_at_least: all\n",
                 f);
        begin(&t, &shape, "standard", lines);
        double stated = high(&t.e, STATED_LISTED, CLAUSE_FIVE_POINTS);
        assert_near(stated, (f + 1) * 0.05, 1e-12);
        assert_true(stated >= 1 - pow(1 - PASSES_AT_Q1, f + 1));
        assert_null(find(&t.e, STATED_LISTED, CLAUSE_SUCCESS));
        if (f == 2) { /* binom.sf(2, 5, .814308) of a script on a reader: two of each */
            assert_near(power(&t.e, 0.02, 90)->low, pow(0.952480704, 4), 1e-8);
            assert_near(power(&t.e, 0.02, 90)->high, pow(0.952480704, 2), 1e-8);
            assert_false(t.e.is_least);
            /* three of five must be found bad: at most 5 alpha / 3 of a script on a reader */
            assert_near(high(&t.e, STATED_REFUSED, CLAUSE_FIVE_POINTS), 4 * 5 * 0.005 / 3, 1e-12);
        }
        end(&t);
    }
    struct stating t; /* of heights 0, 3 and 6 two lie within a dead zone of 3 mm */
    begin(&t, &shape, "standard",
          "positions: {height: {from_mm: 0, to_mm: 6, dead_zone_mm: 3}}\nreaders_at_least: all\n");
    assert_near(high(&t.e, STATED_LISTED, CLAUSE_HEIGHT), 2 * 0.05, 1e-12);
    end(&t);
}

/* A mode that is conditional never refuses; recommended without that condition is as safe as listed. */
static void a_conditional_mode_has_errors_of_its_own(void **state)
{
    (void)state;
    struct stating t;
    begin(&t, &six, "screen", "conditional_modes: [on-locked, battery-low]\nreaders_at_least: all\n");
    assert_near(high(&t.e, STATED_UNCONDITIONAL, CLAUSE_NONE), 0.05, 1e-12);
    assert_near(high(&t.e, STATED_MARKED, CLAUSE_NONE), 24 * 0.005, 1e-12);
    assert_near(high(&t.e, STATED_REFUSED, CLAUSE_SUCCESS), 12 * 0.005, 1e-12);
    assert_int_equal(t.e.dead_above_bound, 7);
    end(&t);
}

/* Bounds of the criteria's own: .996936 at 2 % with 20 %; with 8 % no cell that `standard` stops at 31 clean ones passes. */
static void a_bound_of_its_own_has_the_power_of_cells_that_the_scheme_stops(void **state)
{
    (void)state;
    struct stating t;
    begin(
        &t, &six, "standard",
        "refuse: above-bound\nsuccess: {dirty_at_most: 0.2}\nscripts: [read-token]\nreaders_at_least: all\n");
    assert_near(power(&t.e, 0.02, 90)->low, pow(0.996936205, 6), 1e-8);
    assert_near(power(&t.e, 0.02, 90)->high, pow(0.996936205, 6), 1e-8);
    assert_near(find(&t.e, STATED_LISTED, CLAUSE_SUCCESS)->q, 0.2, 1e-12);
    assert_near(find(&t.e, STATED_REFUSED, CLAUSE_SUCCESS)->q, 0.2, 1e-12);
    assert_int_equal(t.e.dead_above_bound, 7);
    end(&t);
    begin(&t, &six, "standard", "success: {dirty_at_most: 0.08}\nreaders_at_least: all\n");
    assert_near(power(&t.e, 0.005, 90)->high, 0, 1e-12);
    end(&t);
}

/* beta.ppf(.05, 48, 3) is .879386; binom.sf(47, 50, .98) .921572: no alpha and no longer N_max. */
static void a_rule_of_taps_has_a_confidence_of_its_own(void **state)
{
    (void)state;
    struct stating t;
    begin(&t, &six, "standard",
          "success: {taps: 50, ok_at_least: 48}\nscripts: [read-token]\nreaders_at_least: all\n");
    assert_near(high(&t.e, STATED_LISTED, CLAUSE_SUCCESS), 0.05, 1e-12);
    assert_near(find(&t.e, STATED_LISTED, CLAUSE_SUCCESS)->q, 1 - 0.879385845, 1e-8);
    assert_null(find(&t.e, STATED_REFUSED, CLAUSE_NONE));
    assert_null(find(&t.e, STATED_DEAD, CLAUSE_NONE));
    assert_near(power(&t.e, 0.02, 90)->low, pow(0.921572252, 6), 1e-8);
    assert_int_equal(t.e.count, 3);
    end(&t);
}

static void a_time_is_judged_by_its_own_mean(void **state)
{
    (void)state;
    struct stating t;
    begin(&t, &six, "standard", "time: {within_ms: 500, level: handset}\nreaders_at_least: 5\n");
    assert_near(high(&t.e, STATED_LISTED, CLAUSE_TIME), 0.05, 1e-12); /* of all readers together */
    assert_near(find(&t.e, STATED_LISTED, CLAUSE_TIME)->q, 0.05, 1e-12);
    assert_near(high(&t.e, STATED_REFUSED, CLAUSE_TIME), 2 * 0.005, 1e-12);
    assert_near(find(&t.e, STATED_REFUSED, CLAUSE_TIME)->q, 0.01, 1e-12);
    assert_true(t.e.is_most);
    end(&t);
    begin(&t, &six, "standard", "time: {within_ms: 500, level: cell}\nreaders_at_least: 5\n");
    assert_near(high(&t.e, STATED_LISTED, CLAUSE_TIME), 0.10, 1e-12);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_readers_take_beta_alpha_and_the_power_of_every_cell),
        cmocka_unit_test(k_of_six_readers_err_seven_less_k_times_as_often),
        cmocka_unit_test(four_of_six_readers_pass_more_often_than_all),
        cmocka_unit_test(readers_by_share_err_as_often_as_the_worst_choice_of_them),
        cmocka_unit_test(f_of_five_points_err_f_and_one_times_as_often),
        cmocka_unit_test(a_conditional_mode_has_errors_of_its_own),
        cmocka_unit_test(a_bound_of_its_own_has_the_power_of_cells_that_the_scheme_stops),
        cmocka_unit_test(a_rule_of_taps_has_a_confidence_of_its_own),
        cmocka_unit_test(a_row_out_of_reach_refuses_who_is_clean_enough),
        cmocka_unit_test(a_time_is_judged_by_its_own_mean),
    };
    return cmocka_run_group_tests_name("stated_errors", tests, NULL, NULL);
}
