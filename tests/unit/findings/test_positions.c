/* Positions, from surveys of conditions and verdicts put there by hand. */
#include "harness/findings/positions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PLACES 7

static char none[] = "none", leather[] = "leather";

/* Five points, two heights more over the centre, in a mixed order. */
static struct survey_condition places[PLACES] = {
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .z_mm = 20 },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .x_mm = 10 },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .x_mm = -10 },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .y_mm = 10 },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .y_mm = -10 },
    { .power_mode = POWER_ON_UNLOCKED, .handset_case = none, .z_mm = 10 },
};

struct bench {
    struct survey survey;
    struct findings_cell cells[2 * PLACES];
    struct findings f;
};

/* Two handsets on one reader with one script. */
static void set_up(struct bench *b)
{
    *b = (struct bench) { .survey = { .pair_count = 2,
                                      .reader_count = 1,
                                      .script_count = 1,
                                      .condition_count = PLACES,
                                      .conditions = places } };
    b->f.survey = &b->survey;
    b->f.cells = b->cells;
    for (size_t i = 0; i < sizeof b->cells / sizeof *b->cells; i++)
        b->cells[i] = (struct findings_cell) { .verdict = VERDICT_COMPATIBLE, .n = 10, .d = 1 };
}

static void put(struct bench *b, size_t pair, size_t condition, enum verdict v)
{
    b->cells[survey_cell(&b->survey, pair, condition, 0, 0)].verdict = v;
}

static void places_stand_by_height_then_x_then_y(void **state)
{
    (void)state;
    struct bench b;
    struct position_offer o[SURVEY_CONDITIONS_MAX / 2];
    static const size_t order[PLACES] = { 3, 5, 1, 4, 2, 6, 0 };
    set_up(&b);
    assert_int_equal(positions_offers(&b.survey, o), 1);
    assert_int_equal(o[0].count, PLACES);
    for (size_t i = 0; i < PLACES; i++)
        assert_int_equal(o[0].conditions[i], order[i]);
    assert_true(o[0].has_points && o[0].has_heights);
}

static void one_place_an_offer_is_no_map(void **state)
{
    (void)state;
    struct bench b;
    struct position_offer o[SURVEY_CONDITIONS_MAX / 2];
    set_up(&b);
    b.survey.condition_count = 2;
    places[1].handset_case = leather;
    assert_int_equal(positions_offers(&b.survey, o), 0);
    places[1].handset_case = none;
    assert_int_equal(positions_offers(&b.survey, o), 1);
    assert_true(o[0].has_heights && !o[0].has_points);
}

static void a_place_counts_handsets_by_their_worst_script(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    put(&b, 0, 2, VERDICT_INCOMPATIBLE);
    put(&b, 1, 2, VERDICT_UNDECIDED_INSTRUMENT);
    put(&b, 0, 3, VERDICT_EXCLUDED);
    struct position_count n = positions_count(&b.f, 0, 2);
    assert_int_equal(n.works, 0);
    assert_int_equal(n.fails, 1);
    assert_int_equal(n.open, 1);
    assert_int_equal(n.n, 20);
    assert_int_equal(n.d, 2);
    n = positions_count(&b.f, 0, 3);
    assert_int_equal(n.works, 1);
    assert_int_equal(n.not_tested, 1);
    assert_int_equal(n.tested, 1);
}

static void a_handset_on_a_reader_counts_its_places(void **state)
{
    (void)state;
    struct bench b;
    struct position_offer o[SURVEY_CONDITIONS_MAX / 2];
    set_up(&b);
    put(&b, 0, 2, VERDICT_INCOMPATIBLE);
    put(&b, 0, 4, VERDICT_UNDECIDED);
    put(&b, 0, 0, VERDICT_EXCLUDED);
    put(&b, 1, 5, VERDICT_INCOMPATIBLE); /* the other handset's */
    assert_int_equal(positions_offers(&b.survey, o), 1);
    struct position_count n = positions_of_pair(&b.f, &o[0], 0, 0);
    assert_int_equal(n.works, 4);
    assert_int_equal(n.fails, 1);
    assert_int_equal(n.open, 1);
    assert_int_equal(n.not_tested, 1);
    assert_int_equal(n.tested, 6);
    assert_int_equal(n.n, 10 * PLACES);
}

static void the_silent_range_is_of_neighbouring_heights(void **state)
{
    (void)state;
    struct bench b;
    struct position_offer o[SURVEY_CONDITIONS_MAX / 2];
    double from = -1, to = -1;
    set_up(&b);
    assert_int_equal(positions_offers(&b.survey, o), 1);
    assert_false(positions_silent(&b.f, &o[0], 0, 0, &from, &to));
    put(&b, 0, 2, VERDICT_INCOMPATIBLE); /* beside the centre: not on the line */
    assert_false(positions_silent(&b.f, &o[0], 0, 0, &from, &to));
    put(&b, 0, 0, VERDICT_INCOMPATIBLE); /* 20 mm alone, with 10 mm answering */
    put(&b, 0, 1, VERDICT_INCOMPATIBLE); /* 0 mm */
    assert_true(positions_silent(&b.f, &o[0], 0, 0, &from, &to));
    assert_true(from == to);
    put(&b, 0, 6, VERDICT_INCOMPATIBLE); /* 10 mm joins them */
    assert_true(positions_silent(&b.f, &o[0], 0, 0, &from, &to));
    assert_true(from == 0 && to == 20);
    assert_false(positions_silent(&b.f, &o[0], 1, 0, &from, &to)); /* the other handset answers */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_stand_by_height_then_x_then_y),
        cmocka_unit_test(one_place_an_offer_is_no_map),
        cmocka_unit_test(a_place_counts_handsets_by_their_worst_script),
        cmocka_unit_test(a_handset_on_a_reader_counts_its_places),
        cmocka_unit_test(the_silent_range_is_of_neighbouring_heights),
    };
    return cmocka_run_group_tests_name("positions", tests, NULL, NULL);
}
