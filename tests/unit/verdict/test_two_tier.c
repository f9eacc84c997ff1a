/*
 * Rows of the two-tier scheme: tables, worst cases and chances against scipy and brute force (two_tier_oracle.py), the
 * published figures, and the state of a row against a plain reading of its rules.
 */
#include "harness/verdict/two_tier.h"

#include "harness/verdict/two_tier_chances.h"
#include "tests/unit/verdict/two_tier_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct two_tier tier(double mean, double each, unsigned n_max, unsigned weight_max, unsigned total)
{
    struct scheme s;
    struct two_tier t;
    assert_true(scheme_preset("counter", &s));
    s.q1 = each;
    s.n_max = n_max;
    assert_int_equal(scheme_set_mean(&s, mean, NULL), 0);
    assert_int_equal(two_tier_make(&s, weight_max, total, &t, NULL), 0);
    return t;
}

static struct two_tier counter(unsigned readers)
{
    return tier(0.10, 0.30, 90, 1, readers);
}

/* ---- tables ---- */

static void assert_steps(const int *limits, unsigned step, unsigned most, const unsigned (*edges)[2],
                         size_t count)
{
    size_t at = 0;
    for (unsigned t = 1; t <= most; t++) {
        if (limits[t] == limits[t - 1])
            continue;
        assert_true(at < count);
        assert_int_equal(step * t, edges[at][0]);
        assert_int_equal(limits[t], edges[at][1]);
        at++;
    }
    assert_int_equal(at, count);
}

static void the_tables_are_those_of_the_truncated_mixture(void **state)
{
    (void)state;
    struct two_tier t = counter(8);
    assert_steps(t.mean[1], 1, 90, mean_1, LENGTH(mean_1));
    assert_steps(t.mean[2], 2, 90, mean_2, LENGTH(mean_2));
    assert_steps(t.mean[6], 6, 90, mean_6, LENGTH(mean_6));
    assert_steps(t.mean[8], 8, 90, mean_8, LENGTH(mean_8));
    assert_steps(t.each, 1, 90, each_30, LENGTH(each_30));
    two_tier_free(&t);
    t = tier(0.10, 0.20, 90, 1, 6);
    assert_steps(t.each, 1, 90, each_20, LENGTH(each_20));
    two_tier_free(&t);
}

static void the_counter_has_the_published_tables(void **state)
{
    (void)state;
    static const unsigned mean[][2] = { { 36, 0 }, { 66, 1 }, { 90, 2 }, { 114, 3 } };
    static const unsigned each[][2] = { { 10, 0 }, { 19, 1 }, { 27, 2 }, { 34, 3 } };
    struct two_tier t = counter(6);
    assert_steps(t.mean[6], 6, 114 / 6, mean, LENGTH(mean));
    assert_steps(t.each, 1, 34, each, LENGTH(each));
    two_tier_free(&t);
}

/* ---- chances ---- */

static void the_mean_test_errs_as_often_as_the_convolution_says(void **state)
{
    (void)state;
    static const unsigned ones[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    struct two_tier t = counter(8);
    for (size_t i = 0; i < LENGTH(accepted_10); i++) {
        const struct oracle_mean *o = &accepted_10[i];
        double chance = mean_accepted(&t, o->q, ones, o->readers);
        assert_true(fabs(chance - o->accepted) < 1e-12);
        assert_true(chance <= 0.05);
    }
    two_tier_free(&t);
    t = tier(0.05, 0.30, 120, 1, 6);
    double q[6] = { 0.05, 0.05, 0.05, 0.05, 0.05, 0.05 };
    assert_true(fabs(mean_accepted(&t, q, ones, 6) - accepted_5_percent) < 1e-12);
    two_tier_free(&t);
}

static void the_worst_cases_are_the_published_ones(void **state)
{
    (void)state;
    static const double published[] = { 0.0314, 0.0047, 0.0179, 0.0215 };
    struct two_tier t = counter(6);
    struct worst_case c[WORST_CASES];
    assert_int_equal(worst_cases(&t, 6, c), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(c[i].accepted - published[i]) <= 0.00005);
        assert_true(fabs(c[i].first * c[i].q_first + (6 - c[i].first) * c[i].q_rest - 0.6) < 1e-12);
    }
    assert_int_equal(worst_cases(&t, 1, c), 1);
    assert_int_equal(worst_cases(&t, 2, c), 2);
    two_tier_free(&t);
}

/* Two placements of one reader a tour are two readers of the same q: M = W t. */
static void a_weight_counts_as_so_many_readers_for_the_mean(void **state)
{
    (void)state;
    struct two_tier t = tier(0.10, 0.30, 90, 3, 6);
    const double weighted[] = { 0.3, 0.0 }, apart[] = { 0.3, 0.3, 0.0, 0.0, 0.0, 0.0 };
    const unsigned weights[] = { 2, 4 }, ones[] = { 1, 1, 1, 1, 1, 1 };
    double chance = mean_accepted(&t, weighted, weights, 2);
    assert_true(fabs(chance - mean_accepted(&t, apart, ones, 6)) < 1e-15);
    assert_true(chance <= 0.05);
    two_tier_free(&t);
}

static void chances_are_those_of_brute_force(void **state)
{
    (void)state;
    static const double one = 1.0;
    struct two_tier t = counter(6);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct oracle_row *o = &rows[i];
        double shares[] = { o->share, 1.0 - o->share };
        struct reader_group groups[] = {
            { o->readers - o->own, 1, o->share < 1.0 ? 2 : 1, o->q, shares },
            { o->own, 1, 1, &o->own_q, &one },
        };
        struct row_chances c;
        assert_int_equal(row_chances(&t, groups, o->own > 0 ? 2 : 1, &c, NULL), 0);
        assert_true(fabs(c.passes - o->passes) < 1e-10);
        assert_true(fabs(c.rejected - o->rejected) < 1e-10);
        assert_true(fabs(c.unreached - o->unreached) < 1e-10);
        assert_true(fabs(c.placements - o->tours) < 1e-8);
        assert_false(c.simulated);
    }
    two_tier_free(&t);
}

static void the_counter_takes_the_published_placements(void **state)
{
    (void)state;
    static const struct {
        double mean, each, placements, within;
    } published[] = { { 0.10, 0.30, 11.3, 0.1 }, { 0.05, 0.30, 14.0, 0.1 }, { 0.10, 0.20, 17.7, 0.3 } };
    for (size_t i = 0; i < LENGTH(published); i++) {
        struct two_tier t = tier(published[i].mean, published[i].each, 90, 1, 6);
        struct population_chances c;
        assert_int_equal(row_chances_of_population(&t, 6, &c, NULL), 0);
        assert_true(fabs(c.all.placements - published[i].placements) <= published[i].within);
        assert_true(fabs(c.all.passes + c.all.rejected + c.all.unreached - 1.0) < 1e-9);
        assert_true(c.good.passes > 0.99);
        if (i == 0)
            assert_true(fabs(c.above - 0.023) < 0.002);
        two_tier_free(&t);
    }
}

static void what_has_too_many_states_is_simulated_and_says_so(void **state)
{
    (void)state;
    static const double q[] = { 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.010, 0.011,
                                0.012, 0.013, 0.014, 0.015, 0.016, 0.017, 0.018, 0.019 },
                        one = 1.0;
    struct two_tier t = tier(0.10, 0.30, 90, 1, 16);
    struct reader_group groups[16];
    struct row_chances c;
    for (size_t i = 0; i < 16; i++)
        groups[i] = (struct reader_group) { 1, 1, 1, &q[i], &one };
    assert_int_equal(row_chances(&t, groups, 16, &c, NULL), 0);
    assert_true(c.simulated && c.error > 0.0 && c.error < 0.005);
    assert_true(fabs(c.passes + c.rejected + c.unreached - 1.0) < 1e-9);
    assert_true(c.passes > 0.95);
    two_tier_free(&t);
}

/* ---- a row ---- */

struct desk { /* a row as it is made, a placement at a time */
    struct two_tier_reader readers[TWO_TIER_READERS];
    unsigned count;
};

static void desk_open(struct desk *d, unsigned count)
{
    *d = (struct desk) { .count = count };
    for (unsigned r = 0; r < count; r++)
        d->readers[r].weight = 1;
}

static void lay(struct desk *d, unsigned reader, char what, unsigned session)
{
    counts_add(&d->readers[reader].counts,
               what == '.'   ? PLACEMENT_CLEAN
               : what == 'x' ? PLACEMENT_DIRTY
                             : PLACEMENT_INVALID,
               what == '?', session);
}

/* A text a reader: '.' clean, 'x' dirty, '?' suspect; session 1 up to '|'. */
static struct row_state row_of(const struct two_tier *t, unsigned count, const char *const *texts)
{
    struct desk d;
    desk_open(&d, count);
    for (unsigned r = 0; r < count; r++) {
        unsigned session = 1;
        for (const char *p = texts[r]; *p; p++) {
            if (*p == '|')
                session++;
            else
                lay(&d, r, *p, session);
        }
    }
    return two_tier_row(t, d.readers, count);
}

#define CLEAN10 ".....|....."
#define CLEAN9  ".....|...."
#define ROW(t, ...)                                                                                          \
    row_of(t, sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(char *),                                \
           (const char *const[]) { __VA_ARGS__ })

static void assert_row(struct row_state s, enum row_verdict verdict, enum row_test by, unsigned reader,
                       unsigned tours, unsigned dirty, unsigned missing)
{
    assert_int_equal(s.verdict, verdict);
    assert_int_equal(s.by, by);
    assert_int_equal(s.reader, reader);
    assert_int_equal(s.tours, tours);
    assert_int_equal(s.dirty, dirty);
    assert_int_equal(s.missing, missing);
}

static void a_row_passes_when_mean_each_and_sessions_hold(void **state)
{
    (void)state;
    struct two_tier t = counter(6);
    assert_row(ROW(&t, CLEAN10, CLEAN10, CLEAN10, CLEAN10, CLEAN10, CLEAN10), ROW_PASSES, ROW_TEST_MEAN, 0,
               10, 0, 0);
    assert_row(ROW(&t, CLEAN10, CLEAN10, CLEAN10, CLEAN10, CLEAN10, CLEAN9), ROW_OPEN, ROW_TEST_EACH, 5, 9, 0,
               1);
    assert_row(ROW(&t, CLEAN10, CLEAN10, CLEAN10, "..........", CLEAN10, CLEAN10), ROW_OPEN,
               ROW_TEST_SESSIONS, 0, 10, 0, 0);
    assert_row(ROW(&t, CLEAN10, CLEAN10, "x....|.....", CLEAN10, CLEAN10, CLEAN10), ROW_OPEN, ROW_TEST_EACH,
               2, 10, 1, 9);
    assert_row(ROW(&t, "", "", "", "", "", ""), ROW_OPEN, ROW_TEST_EACH, 0, 0, 0, 10);
    two_tier_free(&t);
}

static void a_row_of_one_reader_is_held_to_the_mean(void **state)
{
    (void)state;
    struct two_tier t = counter(6);
    assert_row(ROW(&t, CLEAN10), ROW_OPEN, ROW_TEST_MEAN, 0, 10, 0, 21);
    two_tier_free(&t);
}

static void an_incompatible_cell_fails_its_row_once_two_sessions_show_it(void **state)
{
    (void)state;
    struct two_tier t = counter(6);
    struct row_state s = ROW(&t, "...", "xxx", "...");
    assert_int_equal(s.verdict, ROW_OPEN);
    assert_true(s.rests);
    assert_row(ROW(&t, "...|", "xxx|x", "...|"), ROW_FAILS, ROW_TEST_CELL, 1, 3, 3, 0);
    two_tier_free(&t);
}

static void the_first_placements_of_each_reader_make_the_mean(void **state)
{
    (void)state;
    struct two_tier t = counter(3);
    struct row_state s = ROW(&t, "..|.xxxxxxxxx", "..|.", "..|.");
    assert_int_equal(s.tours, 3);
    assert_int_equal(s.placements, 9);
    assert_int_equal(s.dirty, 0);
    two_tier_free(&t);
}

static void a_suspect_is_dirty_for_acceptance_and_its_repeat_does_not_replace_it(void **state)
{
    (void)state;
    struct two_tier t = counter(6);
    assert_row(ROW(&t, CLEAN10, "....?|.....", CLEAN10, CLEAN10, CLEAN10, CLEAN10), ROW_OPEN, ROW_TEST_EACH,
               1, 10, 1, 9);
    struct row_state s = ROW(&t, CLEAN10, "....?|......", CLEAN10, CLEAN10, CLEAN10, CLEAN10);
    assert_int_equal(s.dirty, 1);
    assert_int_equal(s.tours_max, 100);
    s = ROW(&t, "...|", "???|?", "...|");
    assert_int_equal(s.verdict, ROW_OPEN);
    assert_false(s.rests);
    two_tier_free(&t);
}

static void a_row_that_can_pass_no_more_fails(void **state)
{
    (void)state;
    struct two_tier t = tier(0.10, 0.30, 12, 1, 6);
    assert_row(ROW(&t, "..|..", "..|..", ".x|..", "..|..", "..|..", "..|.."), ROW_FAILS, ROW_TEST_EACH, 2, 4,
               1, 0);
    two_tier_free(&t);
    t = tier(0.05, 0.30, 20, 1, 6);
    assert_row(ROW(&t, ".x|..", "..|.x", "..|..", "..|..", "..|..", "..|.."), ROW_FAILS, ROW_TEST_MEAN, 0, 4,
               2, 0);
    two_tier_free(&t);
}

/* The rules read plainly, of tables that are checked above. */
static bool passes_plainly(const struct two_tier *t, const struct desk *d)
{
    unsigned total = 0, tours = UINT32_MAX, dirty = 0;
    for (unsigned r = 0; r < d->count; r++) {
        const struct two_tier_reader *reader = &d->readers[r];
        unsigned n = reader->counts.n + reader->counts.s;
        total += reader->weight;
        tours = n / reader->weight < tours ? n / reader->weight : tours;
        if ((int)(reader->counts.d + reader->counts.s) > t->each[n] || (reader->counts.sessions & 3) != 3)
            return false;
    }
    for (unsigned r = 0; r < d->count; r++) {
        for (unsigned i = 0; i < d->readers[r].weight * tours; i++)
            dirty += d->readers[r].counts.marks[i / 64] >> (i % 64) & 1;
    }
    return (int)dirty <= t->mean[total][tours];
}

/* Clean tours until the plain rules pass; 0 when they already do or never will. */
static unsigned missing_plainly(const struct two_tier *t, struct desk d, unsigned tours_max)
{
    for (unsigned more = 0; more <= tours_max; more++) {
        bool within = true;
        unsigned tours = UINT32_MAX;
        for (unsigned r = 0; r < d.count; r++) {
            unsigned n = d.readers[r].counts.n + d.readers[r].counts.s;
            tours = n / d.readers[r].weight < tours ? n / d.readers[r].weight : tours;
        }
        within = tours <= tours_max;
        if (!within)
            return 0;
        if (passes_plainly(t, &d))
            return more;
        /* a tour more: each reader is brought to the end of it */
        for (unsigned r = 0; r < d.count; r++) {
            while (d.readers[r].counts.n + d.readers[r].counts.s < d.readers[r].weight * (tours + 1))
                lay(&d, r, '.', 2);
        }
    }
    return 0;
}

static void random_rows_are_as_the_rules_read(void **state)
{
    (void)state;
    uint64_t seed = 7;
    unsigned met[ROW_COUNT] = { 0 };
    for (unsigned i = 0; i < 3000; i++) {
        unsigned count = 1 + i % 6, weight_max = 1 + i % 3, total = 0;
        struct desk d;
        desk_open(&d, count);
        for (unsigned r = 0; r < count; r++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            d.readers[r].weight = 1 + (unsigned)(seed >> 40) % weight_max;
            total += d.readers[r].weight;
        }
        struct two_tier t = tier(0.10, 0.30, 40, weight_max, total);
        unsigned tours = 2 + (unsigned)(seed >> 33) % 30;
        for (unsigned r = 0; r < count; r++) {
            for (unsigned n = 0; n < tours * d.readers[r].weight + (i + r) % 2; n++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                unsigned at = (unsigned)(seed >> 33) % 1000;
                lay(&d, r, at < 12 ? 'x' : at < 18 ? '?' : '.', n < tours / 2 ? 1 : 2);
            }
        }
        struct row_state s = two_tier_row(&t, d.readers, count);
        met[s.verdict]++;
        bool held = true;
        for (unsigned r = 0; r < count; r++)
            held &= d.readers[r].counts.sessions == 3;
        if (held && s.by != ROW_TEST_CELL && s.tours < s.tours_max) {
            unsigned missing = missing_plainly(&t, d, s.tours_max);
            assert_int_equal(s.verdict == ROW_PASSES, passes_plainly(&t, &d));
            assert_int_equal(s.missing, missing);
            assert_int_equal(s.verdict == ROW_FAILS, missing == 0 && !passes_plainly(&t, &d));
        }
        two_tier_free(&t);
    }
    assert_true(met[ROW_OPEN] > 100 && met[ROW_PASSES] > 100 && met[ROW_FAILS] > 100);
}

static void schemes_of_two_tiers_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct scheme s;
    struct two_tier t;
    struct err e;
    assert_true(scheme_preset("counter", &s));
    assert_int_equal(scheme_set_mean(&s, 0.31, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "mean"));
    assert_int_equal(scheme_set_mean(&s, 0.02, &e), ERR_INPUT);
    assert_int_equal(scheme_set_mean(&s, 0.12, &e), 0);
    assert_string_equal(s.name, "own");
    s.n_max = SCHEME_TOURS_MAX + 1;
    assert_int_equal(scheme_check(&s, &e), ERR_INPUT);
    s.n_max = SCHEME_TOURS_MAX;
    assert_int_equal(two_tier_make(&s, 2, 6, &t, &e), ERR_INPUT);
    assert_non_null(strstr(e.text, "weight"));
    assert_true(scheme_preset("standard", &s));
    assert_int_equal(two_tier_make(&s, 1, 6, &t, &e), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_those_of_the_truncated_mixture),
        cmocka_unit_test(the_counter_has_the_published_tables),
        cmocka_unit_test(the_mean_test_errs_as_often_as_the_convolution_says),
        cmocka_unit_test(the_worst_cases_are_the_published_ones),
        cmocka_unit_test(a_weight_counts_as_so_many_readers_for_the_mean),
        cmocka_unit_test(chances_are_those_of_brute_force),
        cmocka_unit_test(the_counter_takes_the_published_placements),
        cmocka_unit_test(what_has_too_many_states_is_simulated_and_says_so),
        cmocka_unit_test(a_row_passes_when_mean_each_and_sessions_hold),
        cmocka_unit_test(a_row_of_one_reader_is_held_to_the_mean),
        cmocka_unit_test(an_incompatible_cell_fails_its_row_once_two_sessions_show_it),
        cmocka_unit_test(the_first_placements_of_each_reader_make_the_mean),
        cmocka_unit_test(a_suspect_is_dirty_for_acceptance_and_its_repeat_does_not_replace_it),
        cmocka_unit_test(a_row_that_can_pass_no_more_fails),
        cmocka_unit_test(random_rows_are_as_the_rules_read),
        cmocka_unit_test(schemes_of_two_tiers_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
