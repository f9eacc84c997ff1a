/*
 * The stump: against a search written out by hand, its size on pure noise and its power on simulated
 * attributes (50 handsets, 10 of them incompatible, 20 attributes).
 */
#include "harness/stats/decision_stump.h"

#include "harness/base/keyed_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

enum { ROWS = 50, ATTRIBUTES = 20, BAD = 10, PERMUTATIONS = 199 };

struct bench {
    double values[ATTRIBUTES][ROWS];
    uint8_t bad[ROWS];
    unsigned order[ATTRIBUTES * ROWS];
    struct decision_stump_attribute attributes[ATTRIBUTES];
    struct decision_stump_data data;
};

/* 20 attributes of noise, ordered and unordered in turn; the last is right in `agreement` of the rows. */
static void fill(struct bench *b, uint64_t seed, double agreement)
{
    for (unsigned row = 0; row < ROWS; row++)
        b->bad[row] = row < BAD;
    for (unsigned i = 0; i < ATTRIBUTES; i++) {
        for (unsigned row = 0; row < ROWS; row++) {
            uint64_t key = random_key(random_key(random_key(77, seed), i), row);
            double u = random_uniform(key, 1);
            b->values[i][row] = i % 2 ? floor(u * 4.0) : u;
            if (i + 1 == ATTRIBUTES && agreement > 0.0)
                b->values[i][row] = (random_uniform(key, 2) < agreement) == (b->bad[row] != 0);
        }
        b->attributes[i] = (struct decision_stump_attribute) { i % 2 == 0, b->values[i] };
    }
    b->data = (struct decision_stump_data) { b->attributes, ATTRIBUTES, ROWS, b->bad, b->order };
}

static double share_said(unsigned runs, double agreement)
{
    struct bench b;
    struct decision_stump_result r;
    unsigned said = 0;
    for (unsigned i = 0; i < runs; i++) {
        fill(&b, i, agreement);
        decision_stump_find(&b.data, PERMUTATIONS, random_key(5, i), &r);
        said += r.p <= 0.05;
    }
    return (double)said / runs;
}

static void noise_is_seldom_taken_for_a_rule(void **state)
{
    (void)state;
    double size = share_said(1000, 0.0);
    if (size > 0.07 || size < 0.03)
        fail_msg("size %.3f", size);
}

static void only_near_deterministic_rules_are_found(void **state)
{
    (void)state;
    double sure = share_said(200, 1.0), good = share_said(200, 0.9), weak = share_said(200, 0.7);
    if (!(sure == 1.0 && good >= 0.85 && weak < 0.35))
        fail_msg("power %.2f, %.2f, %.2f", sure, good, weak);
}

/* Eight rows: year of release and a maker (0, 1, 2); bad ones are those up to 2014, but for one. */
static const double years[] = { 2013, 2014, 2014, 2015, 2016, 2016, 2017, NAN };
static const double makers[] = { 0, 1, 2, 0, 1, 2, 0, 1 };
static const uint8_t outcome[] = { 1, 1, 0, 0, 0, 0, 0, 1 };

static void the_rule_and_its_rates_are_those_counted_by_hand(void **state)
{
    (void)state;
    unsigned order[16];
    struct decision_stump_attribute attributes[] = { { true, years }, { false, makers } };
    struct decision_stump_data d = { attributes, 2, 8, outcome, order };
    struct decision_stump_result r;
    decision_stump_find(&d, 4999, 1, &r);
    /* year <= 2014 of seven known: [[2, 1], [0, 4]], phi = (2*4 - 0) / sqrt(3*4*2*5) = 0.7303, times
       sqrt(7/8) = 0.6831; year <= 2013: 5/sqrt(1*6*2*5) = 0.6455; maker 1: (2*4 - 1*1)/sqrt(3*5*3*5) = 0.4667
     */
    assert_true(r.rule.found);
    assert_int_equal(r.rule.attribute, 0);
    assert_true(r.rule.cut == 2014.0 && !r.rule.above);
    assert_true(fabs(r.rule.phi - 8.0 / sqrt(120.0)) < 1e-12);
    assert_int_equal(r.rule.known, 7);
    assert_int_equal(r.sensitivity.hits, 2);
    assert_int_equal(r.sensitivity.of, 2);
    assert_int_equal(r.specificity.hits, 4);
    assert_int_equal(r.specificity.of, 5);
    /* Clopper-Pearson: 2 of 2 has the lower end sqrt(0.025); 4 of 5: [0.2836, 0.9949] (published tables) */
    assert_true(fabs(r.sensitivity.lower - sqrt(0.025)) < 1e-9 && r.sensitivity.upper == 1.0);
    assert_true(fabs(r.specificity.lower - 0.2836) < 1e-4 && fabs(r.specificity.upper - 0.9949) < 1e-4);
    assert_int_equal(r.majority_right, 5);
    assert_true(r.left_out_right <= 8);
    assert_true(r.p > 0.05); /* eight rows can't carry it */
}

static void the_opposite_direction_is_found_too(void **state)
{
    (void)state;
    uint8_t turned[8];
    unsigned order[8];
    for (unsigned i = 0; i < 8; i++)
        turned[i] = !outcome[i];
    struct decision_stump_attribute attributes[] = { { true, years } };
    struct decision_stump_data d = { attributes, 1, 8, turned, order };
    struct decision_stump_result r;
    decision_stump_find(&d, 99, 1, &r);
    assert_true(r.rule.cut == 2014.0 && r.rule.above);
    assert_true(fabs(r.rule.phi - 8.0 / sqrt(120.0)) < 1e-12);
}

/* One attribute that tells all: with each row left out it still does. */
static void leaving_one_out_keeps_a_sure_rule(void **state)
{
    (void)state;
    struct bench b;
    struct decision_stump_result r;
    fill(&b, 4, 1.0);
    decision_stump_find(&b.data, 99, 1, &r);
    assert_int_equal(r.rule.attribute, ATTRIBUTES - 1);
    assert_int_equal(r.left_out_right, ROWS);
    assert_int_equal(r.majority_right, ROWS - BAD);
    fill(&b, 4, 0.0); /* noise: what fits the rows told nothing about the one left out */
    decision_stump_find(&b.data, 99, 1, &r);
    assert_true(r.left_out_right <= ROWS - BAD + 3);
}

static void the_order_of_the_rows_changes_no_rule(void **state)
{
    (void)state;
    struct bench a, b;
    struct decision_stump_result x, y;
    fill(&a, 6, 0.85);
    fill(&b, 6, 0.85);
    for (unsigned row = 0; row < ROWS; row++) {
        unsigned to = row * 7 % ROWS;
        b.bad[to] = a.bad[row];
        for (unsigned i = 0; i < ATTRIBUTES; i++)
            b.values[i][to] = a.values[i][row];
    }
    decision_stump_find(&a.data, 199, 1, &x);
    decision_stump_find(&b.data, 199, 1, &y);
    assert_int_equal(x.rule.attribute, y.rule.attribute);
    assert_true(x.rule.cut == y.rule.cut && x.rule.above == y.rule.above && x.rule.phi == y.rule.phi);
    assert_int_equal(x.left_out_right, y.left_out_right);
    assert_int_equal(x.sensitivity.hits, y.sensitivity.hits);
}

static void without_both_kinds_there_is_no_rule(void **state)
{
    (void)state;
    struct bench b;
    struct decision_stump_result r;
    fill(&b, 1, 0.9);
    memset(b.bad, 0, sizeof b.bad);
    decision_stump_find(&b.data, 99, 1, &r);
    assert_false(r.rule.found);
    assert_true(r.p == 1.0);
    b.data.rows = 1;
    decision_stump_find(&b.data, 99, 1, &r);
    assert_false(r.rule.found);
    b.data.rows = ROWS;
    b.data.attribute_count = 0;
    decision_stump_find(&b.data, 99, 1, &r);
    assert_false(r.rule.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_seldom_taken_for_a_rule),
        cmocka_unit_test(only_near_deterministic_rules_are_found),
        cmocka_unit_test(the_rule_and_its_rates_are_those_counted_by_hand),
        cmocka_unit_test(the_opposite_direction_is_found_too),
        cmocka_unit_test(leaving_one_out_keeps_a_sure_rule),
        cmocka_unit_test(the_order_of_the_rows_changes_no_rule),
        cmocka_unit_test(without_both_kinds_there_is_no_rule),
    };
    return cmocka_run_group_tests_name("stump", tests, NULL, NULL);
}
