/*
 * `decide: list`: what settles a handset, what rests it, and that the list comes out as with `decide: matrix` for less
 * work. Whom the criteria recommend is judged here by themselves, from the counts.
 */
#include "harness/base/keyed_random.h"
#include "harness/plan/plan.h"
#include "tests/unit/findings/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct plan *plan_of(const struct survey *s)
{
    struct plan *p;
    struct err e = { 0 };
    if (plan_make(s, &p, &e) != 0)
        fail_msg("%s: %s", e.where, e.text);
    return p;
}

/* Results of one cell: d dirty of n, those first, over two sessions in turn, without more than that. */
static void give(struct plan *p, const struct survey *s, size_t cell, unsigned n, unsigned d)
{
    struct plan_placement at = {
        .pair = (unsigned)(cell / s->script_count / s->reader_count / s->condition_count),
        .condition = (unsigned)(cell / s->script_count / s->reader_count % s->condition_count),
        .reader = (unsigned)(cell / s->script_count % s->reader_count)
    };
    unsigned script = (unsigned)(cell % s->script_count);
    at.scripts = 1u << script;
    for (unsigned i = 0; i < n; i++) {
        at.session = i % 2 + 1;
        plan_result(p, &at, script, i < d ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
        plan_placed(p, &at, false);
    }
}

/* The second is off the centre. */
#define POINTS                                                                                               \
    "conditions: [on-unlocked]\npositions: condition\npoints: [{id: centre, x_mm: 0, y_mm: 0}, {id: north, " \
    "x_mm: 0, y_mm: 10}]"
#define TWO_MODES "conditions: [on-unlocked, battery-low]"

/* What is given to which cells of the first handset: reader, condition, script, n, d. */
struct given {
    unsigned reader, condition, script, n, d;
};

struct settling {
    const char *what;
    struct sample_shape shape;
    struct given given[4];
    enum list_state state;
};

#define SHAPE(readers_, conditions_, criteria_)                                                              \
    {                                                                                                        \
        .readers = readers_, .pairs = 2, .conditions = conditions_, .criteria = criteria_,                   \
        .settings = "decide: list\nsessions: 2\n"                                                            \
    }
#define ALL "power_modes: [on-unlocked]\nreaders_at_least: all\n"

/* The sample's scheme is `screen`: incompatible from (3, 3), compatible never with three dirty ones. */
static const struct settling settlings[] = {
    { "nothing yet", SHAPE(3, TWO_MODES, ALL), { { 0 } }, LIST_OPEN },
    { "one of all readers", SHAPE(3, TWO_MODES, ALL), { { 1, 0, 0, 3, 3 } }, LIST_SETTLED },
    { "it can no longer pass, and is not incompatible",
      SHAPE(3, TWO_MODES, ALL),
      { { 1, 0, 0, 12, 3 } },
      LIST_SETTLED },
    { "two dirty ones can still pass", SHAPE(3, TWO_MODES, ALL), { { 1, 0, 0, 12, 2 } }, LIST_OPEN },
    { "a mode that is not required", SHAPE(3, TWO_MODES, ALL), { { 1, 1, 0, 3, 3 } }, LIST_OPEN },
    { "a conditional mode only makes it conditional",
      SHAPE(3, TWO_MODES,
            "power_modes: [on-unlocked]\nconditional_modes: [battery-low]\nreaders_at_least: all\n"),
      { { 1, 1, 0, 3, 3 } },
      LIST_OPEN },
    { "a script that is not required",
      SHAPE(3, TWO_MODES, ALL "scripts: [read-cert]\n"),
      { { 1, 0, 0, 3, 3 } },
      LIST_OPEN },
    { "a script that is",
      SHAPE(3, TWO_MODES, ALL "scripts: [read-cert]\n"),
      { { 1, 0, 1, 3, 3 } },
      LIST_SETTLED },
    { "one reader of three, two asked",
      SHAPE(3, TWO_MODES, "readers_at_least: 2\n"),
      { { 0, 0, 0, 3, 3 } },
      LIST_OPEN },
    { "two of three, two asked",
      SHAPE(3, TWO_MODES, "readers_at_least: 2\n"),
      { { 0, 0, 0, 3, 3 }, { 2, 1, 1, 3, 3 } },
      LIST_SETTLED },
    { "the same reader twice, two asked",
      SHAPE(3, TWO_MODES, "readers_at_least: 2\n"),
      { { 2, 0, 0, 3, 3 }, { 2, 1, 1, 3, 3 } },
      LIST_OPEN },
    { "a reader that is not asked",
      SHAPE(3, TWO_MODES, "readers_at_least: all\nreaders_of: [counter-2]\n"),
      { { 0, 0, 0, 3, 3 } },
      LIST_OPEN },
    { "the reader that is",
      SHAPE(3, TWO_MODES, "readers_at_least: all\nreaders_of: [counter-2]\n"),
      { { 1, 0, 0, 3, 3 } },
      LIST_SETTLED },
    { "a small share",
      SHAPE(3, TWO_MODES,
            "readers_share: {at_least: 0.7, weights: {counter-1: 0.6, counter-2: 0.2, counter-3: 0.2}}\n"),
      { { 1, 0, 0, 3, 3 } },
      LIST_OPEN },
    { "a great share",
      SHAPE(3, TWO_MODES,
            "readers_share: {at_least: 0.7, weights: {counter-1: 0.6, counter-2: 0.2, counter-3: 0.2}}\n"),
      { { 0, 0, 0, 3, 3 } },
      LIST_SETTLED },
    { "two small shares",
      SHAPE(3, TWO_MODES,
            "readers_share: {at_least: 0.7, weights: {counter-1: 0.6, counter-2: 0.2, counter-3: 0.2}}\n"),
      { { 1, 0, 0, 3, 3 }, { 2, 0, 0, 3, 3 } },
      LIST_SETTLED },
    { "refused above the bound only, and not shown above it",
      SHAPE(3, TWO_MODES, ALL "refuse: above-bound\nsuccess: {dirty_at_most: 0.5}\n"),
      { { 1, 0, 0, 5, 3 } },
      LIST_OPEN },
    { "shown above the bound",
      SHAPE(3, TWO_MODES, ALL "refuse: above-bound\nsuccess: {dirty_at_most: 0.5}\n"),
      { { 1, 0, 0, 24, 24 } },
      LIST_SETTLED },
    { "incompatible, yet within a loose bound of its own",
      SHAPE(3, TWO_MODES, ALL "success: {dirty_at_most: 0.6}\n"),
      { { 1, 0, 0, 32, 6 } },
      LIST_OPEN },
    { "incompatible, and not yet within it",
      SHAPE(3, TWO_MODES, ALL "success: {dirty_at_most: 0.6}\n"),
      { { 1, 0, 0, 4, 3 } },
      LIST_SETTLED },
    { "a bound of its own that is out of reach",
      SHAPE(3, TWO_MODES, ALL "success: {dirty_at_most: 0.1}\n"),
      { { 1, 0, 0, 12, 2 } },
      LIST_SETTLED },
    { "off the centre, where positions are judged by themselves",
      SHAPE(3, POINTS, "positions: {five_points: {radius_mm: 10, failing_at_most: 1}}\n" ALL),
      { { 1, 1, 0, 3, 3 } },
      LIST_OPEN },
    { "at the centre",
      SHAPE(3, POINTS, "positions: {five_points: {radius_mm: 10, failing_at_most: 1}}\n" ALL),
      { { 1, 0, 0, 3, 3 } },
      LIST_SETTLED },
    { "off the centre, where all points are alike",
      SHAPE(3, POINTS, ALL),
      { { 1, 1, 0, 3, 3 } },
      LIST_SETTLED },
    { "taps look at times, too",
      SHAPE(3, TWO_MODES, ALL "success: {taps: 20, ok_at_least: 19}\n"),
      { { 1, 0, 0, 3, 3 } },
      LIST_OPEN },
    { "taps settle nothing",
      SHAPE(3, TWO_MODES, ALL "success: {taps: 20, ok_at_least: 19}\n"),
      { { 1, 0, 0, 10, 10 } },
      LIST_OPEN },
};

static void each_kind_of_criteria_settles_a_handset_when_it_cannot_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(settlings); i++) {
        const struct settling *row = &settlings[i];
        struct sample s;
        sample_open(&s, &row->shape);
        struct plan *p = plan_of(s.survey);
        for (size_t g = 0; g < LENGTH(row->given) && row->given[g].n > 0; g++)
            give(
                p, s.survey,
                survey_cell(s.survey, 0, row->given[g].condition, row->given[g].reader, row->given[g].script),
                row->given[g].n, row->given[g].d);
        if (plan_list_state(p, 0) != row->state)
            fail_msg("%s: %d", row->what, plan_list_state(p, 0));
        assert_int_equal(plan_list_state(p, 1), LIST_OPEN);
        for (size_t cell = 0; cell < survey_cell_count(s.survey) / 2; cell++) {
            enum verdict v = plan_cell(p, cell)->verdict;
            assert_true(v != VERDICT_NOT_PURSUED || row->state == LIST_SETTLED);
            if (row->state == LIST_SETTLED)
                assert_true(plan_is_over(p, cell) && v != VERDICT_UNDECIDED);
        }
        plan_free(&p);
        sample_close(&s);
    }
}

/* A placement by its number in its cell, whenever and in whatever order it is made. */
static enum placement_result nature(const struct survey *s, uint64_t seed, size_t cell,
                                    const struct cell_state *at)
{
    size_t pair = cell / (s->condition_count * s->reader_count * s->script_count);
    uint64_t own = random_key(random_key(seed, pair), 1), of_cell = random_key(random_key(seed, 77), cell);
    uint64_t now = random_key(of_cell, at->counts.n + at->counts.s + 1000u * at->invalid);
    double kind = random_uniform(random_uniform(of_cell, 1) < 0.8 ? own : of_cell, 2);
    double dirty = kind < 0.7 ? 0.003 : kind < 0.85 ? 0.1 : 0.8;
    double u = random_uniform(now, 3);
    return u < 0.003 ? PLACEMENT_INVALID : random_uniform(now, 4) < dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN;
}

static uint64_t play(struct plan *p, const struct survey *s, uint64_t seed)
{
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting;
    uint64_t placements = 0;
    for (;;) {
        enum plan_next next = plan_step(p, 0, step, &count, &waiting);
        if (next == PLAN_DONE)
            return placements;
        if (next == PLAN_SESSION_END)
            plan_begin_session(p, plan_session(p) + 1);
        for (size_t i = 0; next == PLAN_STEP && i < count; i++, placements++) {
            for (unsigned script = 0; script < s->script_count; script++) {
                size_t cell = survey_cell(s, step[i].pair, step[i].condition, step[i].reader, script);
                enum placement_result r = nature(s, seed, cell, plan_cell(p, cell));
                if (step[i].scripts >> script & 1u)
                    plan_result(p, &step[i], script, r, r == PLACEMENT_INVALID);
            }
            plan_placed(p, &step[i], false);
        }
    }
}

struct asked_of {
    const char *criteria;
    double weights[6], asked; /* of the readers, and the sum that must pass */
    bool low_battery, certificate_only;
};

/* All that is required of a cell is the scheme's verdict. */
static bool is_recommended(const struct plan *p, const struct survey *s, size_t pair,
                           const struct asked_of *q)
{
    double passed = 0;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        bool all = true;
        for (size_t condition = 0; condition < (q->low_battery ? 2 : 1); condition++)
            for (size_t script = q->certificate_only ? 1 : 0; script < 2; script++)
                all = all && plan_cell(p, survey_cell(s, pair, condition, reader, script))->verdict ==
                                 VERDICT_COMPATIBLE;
        passed += all ? q->weights[reader] : 0;
    }
    return passed >= q->asked - 1e-9;
}

static void the_list_is_that_of_the_matrix_for_less_work(void **state)
{
    (void)state;
    static const struct asked_of questions[] = {
        { "power_modes: [on-unlocked]\nreaders_at_least: all\n", { 1, 1, 1, 1 }, 4, false, false },
        { "power_modes: [on-unlocked]\nconditional_modes: [battery-low]\nreaders_at_least: 3\nscripts: "
          "[read-cert]\n",
          { 1, 1, 1, 1 },
          3,
          false,
          true },
        { "readers_at_least: all\n", { 1, 1, 1, 1 }, 4, true, false },
        { "power_modes: [on-unlocked]\nreaders_share: {at_least: 0.7, weights: {counter-1: 0.4, counter-2: "
          "0.3, counter-3: 0.2, counter-4: 0.1}}\n",
          { 0.4, 0.3, 0.2, 0.1 },
          0.7,
          false,
          false },
    };
    unsigned handsets = 0, recommended = 0, other = 0;
    uint64_t list_placements = 0, matrix_placements = 0;
    for (size_t i = 0; i < LENGTH(questions); i++) {
        struct sample_shape shape = {
            .readers = 4, .pairs = 40, .conditions = TWO_MODES, .criteria = questions[i].criteria
        };
        struct sample matrix, list;
        sample_open(&matrix, &shape);
        shape.settings = "decide: list\n";
        sample_open(&list, &shape);
        for (uint64_t seed = 1; seed <= 13; seed++) {
            struct plan *a = plan_of(matrix.survey), *b = plan_of(list.survey);
            matrix_placements += play(a, matrix.survey, 100 * i + seed);
            list_placements += play(b, list.survey, 100 * i + seed);
            for (size_t pair = 0; pair < 40; pair++) {
                bool is = is_recommended(a, matrix.survey, pair, &questions[i]);
                handsets++;
                recommended += is;
                other += is != is_recommended(b, list.survey, pair, &questions[i]);
                assert_true(!is || plan_list_state(b, pair) != LIST_SETTLED);
                assert_int_equal(plan_list_state(a, pair), LIST_OPEN);
            }
            plan_free(&a);
            plan_free(&b);
        }
        sample_close(&matrix);
        sample_close(&list);
    }
    print_message("%u of %u handsets on the list, %u otherwise; %llu and %llu placements\n", recommended,
                  handsets, other, (unsigned long long)matrix_placements,
                  (unsigned long long)list_placements);
    assert_true(handsets > 2000 && recommended > 500 && recommended < handsets - 500);
    assert_int_equal(other, 0);
    assert_true((double)list_placements < 0.9 * (double)matrix_placements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_criteria_settles_a_handset_when_it_cannot_pass),
        cmocka_unit_test(the_list_is_that_of_the_matrix_for_less_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
