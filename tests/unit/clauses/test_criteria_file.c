/* Criteria files: every problem is refused at its place, all of a file at once. */
#include "harness/clauses/refusal.h"
#include "tests/unit/survey/sample.h"

#define CRITERIA                                                                                             \
    "format: nfc-survey/criteria\nversion: 1\nid: own\nedition: \"3\"\ntitle: T\nsource: S\n"                \
    "analogy: {en: A, ja: B}\n"                                                                              \
    "proves: P\n"                                                                                            \
    "success: {taps: 50, ok_at_least: 48, within_ms: 900}\n"                                                 \
    "time: {within_ms: 500, share: 0.9, level: handset}\n"                                                   \
    "positions: {five_points: {radius_mm: 10, failing_at_most: 2}, height: {from_mm: 0, to_mm: 15, "         \
    "dead_zone_mm: 3}}\n"                                                                                    \
    "technologies: [A, B]\n"                                                                                 \
    "payload: {script: ladder, step: extended responses}\n"                                                  \
    "readers_of: [RW-01, acs-acr1252]\n"                                                                     \
    "readers_share: {at_least: 0.9, weights: {RW-01: 0.6, acs-acr1252: 0.3}}\n"                              \
    "refuse: above-bound\n"

static const struct {
    const char *from, *to, *where, *fragment;
} bad[] = {
    { "taps: 50,", "taps: 50, dirty_at_most: 0.1,", "f.yaml:9:10", "either {dirty_at_most" },
    { "{taps: 50, ok_at_least: 48, within_ms: 900}", "{within_ms: 900}", "f.yaml:9:10",
      "either {dirty_at_most" },
    { "{taps: 50, ok_at_least: 48, within_ms: 900}", "{dirty_at_most: 0.1, within_ms: 900}", "f.yaml:9:42",
      "belongs to a rule of taps" },
    { "ok_at_least: 48, ", "", "f.yaml:9:10", "needs the key \"ok_at_least\"" },
    { "ok_at_least: 48", "ok_at_least: 51", "f.yaml:9:34", "from 1 to 50" },
    { "{taps: 50, ok_at_least: 48, within_ms: 900}", "{dirty_at_most: 10}", "f.yaml:9:26",
      "from 0.0001 to 0.9999" },
    { "share: 0.9,", "share: 95,", "f.yaml:10:31", "from 0.5 to 0.999" },
    { "level: handset", "level: reader", "f.yaml:10:43", "expected one of cell, handset" },
    { "time: {within_ms: 500, ", "time: {", "f.yaml:10:7", "needs the key \"within_ms\"" },
    { "failing_at_most: 2", "failing_at_most: 5", "f.yaml:11:59", "from 0 to 4" },
    { "to_mm: 15", "to_mm: 0", "f.yaml:11:91", "expected more than from_mm" },
    { "dead_zone_mm: 3", "dead_zone: 3", "f.yaml:11:95", "did you mean \"dead_zone_mm\"" },
    { "technologies: [A, B]", "technologies: [A, V]", "f.yaml:12:19", "expected one of A, B, F" },
    { "technologies: [A, B]", "technologies: []", "f.yaml:12:15", "technologies: expected at least 1" },
    { ", step: extended responses", "", "f.yaml:13:10", "needs the key \"step\"" },
    { "[RW-01, acs-acr1252]", "[RW-01, RW-01]", "f.yaml:14:21", "given twice" },
    { "[RW-01, acs-acr1252]", "[]", "f.yaml:14:13", "expected 1 to 16" },
    { "acs-acr1252: 0.3", "acs-acr1252: 0.5", "f.yaml:15:41", "add up to 1.1" },
    { "acs-acr1252: 0.3", "acs-acr1252: much", "f.yaml:15:67", "above 0 and up to 1" },
    { "weights: {RW-01: 0.6, acs-acr1252: 0.3}", "weights: [RW-01]", "f.yaml:15:41", "expected a mapping" },
    { "readers_share:", "readers_at_least: all\nreaders_share:", "f.yaml:16:16",
      "either readers_at_least or readers_share" },
    { "readers_share: {at_least: 0.9, weights: {RW-01: 0.6, acs-acr1252: 0.3}}", "readers_at_least: 3",
      "f.yaml:15:19", "readers_of names 2" },
    { "positions: {five_points: {radius_mm: 10, failing_at_most: 2}, height: {from_mm: 0, "
      "to_mm: 15, dead_zone_mm: 3}}",
      "positions: {}", "f.yaml:11:12", "expected five_points, height or both" },
    { "refuse: above-bound", "refuse: above-q1", "f.yaml:16:9", "expected one of above-q0, above-bound" },
    { "analogy: {en: A, ja: B}", "analogy: {ja: B}", "f.yaml:7:10", "needs the key \"en\"" },
};

static void a_wrong_file_is_refused_at_the_exact_place(void **state)
{
    (void)state;
    struct survey_problems sound = { 0 };
    sample_read("criteria", CRITERIA, strlen(CRITERIA), &sound);
    assert_int_equal(sound.count, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct survey_problems list = { 0 };
        char *text = sample_replace(CRITERIA, bad[i].from, bad[i].to);
        sample_read("criteria", text, strlen(text), &list);
        sample_expect(&list, bad[i].where, bad[i].fragment);
        free(text);
        survey_problems_free(&list);
    }
}

static void a_file_says_all_its_problems_at_once(void **state)
{
    (void)state;
    struct survey_problems list = { 0 };
    static const char text[] =
        "format: nfc-survey/criteria\nversion: 1\nid: \"A B\"\nsource: s\npower_mode: [on]\n"
        "conditional_modes: [dark]\nreaders_at_least: some\n";
    sample_read("criteria", text, sizeof text - 1, &list);
    sample_expect(&list, "f.yaml:3:5", "is not an id");
    sample_expect(&list, "f.yaml:1:1", "needs the key \"title\"");
    sample_expect(&list, "f.yaml:5:1", "did you mean \"power_modes\"");
    sample_expect(&list, "f.yaml:6:21", "expected one of on-unlocked");
    sample_expect(&list, "f.yaml:7:19", "not a whole number");
    assert_int_equal(list.count, 5);
    survey_problems_free(&list);
}

/* With those of the survey, and of no other place than the criteria's own text. */
static void a_survey_is_refused_for_its_criteria_by_who_can_read_them(void **state)
{
    (void)state;
    static const char bad_one[] = "format: nfc-survey/criteria\nversion: 1\nid: own\ntitle: T\nsource: S\n";
    struct survey_file files[8], own = { .kind = (char *)"criteria",
                                         .path = (char *)"own",
                                         .text = (char *)bad_one,
                                         .length = sizeof bad_one - 1 };
    struct survey_problems list = { 0 };
    struct survey *s = NULL;
    struct err e;
    sample_files(files, SAMPLE_SURVEY "criteria: own\nlanes: none\n");
    files[6] = own;
    assert_int_equal(survey_load_embedded(files, 7, criteria_check, &s, &list, &e), ERR_INPUT);
    sample_expect(&list, "own:1:1", "needs the key \"readers_at_least\"");
    sample_expect(&list, "s.yaml:14:8", "lanes");
    survey_problems_free(&list);
    sample_files(files, SAMPLE_SURVEY "criteria: own\n");
    files[6] = own;
    assert_int_equal(survey_load_embedded(files, 7, NULL, &s, &list, &e), 0);
    assert_string_equal(s->criteria_text, bad_one);
    survey_free(&s);
}

/* Success is asked for unless rules of positions take its place; readers and scope always are. */
static void a_file_uses_the_clauses_that_it_states(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        enum clause uses[3];
    } rows[] = {
        { "", { CLAUSE_SUCCESS } },
        { "success: {taps: 3, ok_at_least: 2}\n", { CLAUSE_SUCCESS } },
        { "time: {within_ms: 500}\n", { CLAUSE_SUCCESS, CLAUSE_TIME } },
        { "positions: {five_points: {radius_mm: 10, failing_at_most: 2}}\n", { CLAUSE_FIVE_POINTS } },
        { "positions: {height: {from_mm: 0, to_mm: 15, dead_zone_mm: 3}}\nsuccess: {dirty_at_most: 0.1}\n",
          { CLAUSE_HEIGHT, CLAUSE_SUCCESS } },
        { "technologies: [B]\n", { CLAUSE_SUCCESS, CLAUSE_TECHNOLOGIES } },
        { "payload: {script: ladder, step: long}\n", { CLAUSE_SUCCESS, CLAUSE_PAYLOAD } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct survey_problems problems = { 0 };
        struct criteria *c = NULL;
        struct err e;
        char text[500];
        snprintf(text, sizeof text,
                 "format: nfc-survey/criteria\nversion: 1\nid: own\ntitle: T\nsource: S\n%sreaders_at_least: "
                 "all\n",
                 rows[i].lines);
        assert_int_equal(criteria_load_text("own.yaml", text, strlen(text), &c, &problems, &e), 0);
        for (enum clause clause = CLAUSE_NONE; clause < CLAUSE_COUNT; clause++) {
            bool used = clause == CLAUSE_READERS || clause == CLAUSE_SCOPE;
            for (size_t k = 0; k < 3; k++)
                used = used || (clause && rows[i].uses[k] == clause);
            assert_int_equal(clause_is_used(c, clause), used);
        }
        criteria_free(&c);
    }
}

/*
 * The placements are where L(n, n) of the beta(1, 4) mixture reaches the bound at alpha .5 % (scipy, as in test_assess):
 * q0 takes 3, after which the cell rests until a second session, whose one placement is the fourth.
 */
static void a_refusal_has_its_bound_and_its_price(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        double dirty_at_most, above;
        unsigned placements; /* of a handset that never works, under above-bound */
    } rows[] = {
        { "screen", 0, 0.2, 7 },     { "standard", 0, 0.1, 5 },    { "strict", 0, 0.05, 4 },
        { "standard", 0.2, 0.2, 7 }, { "standard", 0.3, 0.3, 11 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct criteria c = { .dirty_at_most = rows[i].dirty_at_most };
        struct scheme s;
        assert_true(scheme_preset(rows[i].scheme, &s));
        assert_float_equal(criteria_dirty_at_most(&c, &s), rows[i].above, 0);
        assert_float_equal(criteria_refuses_above(&c, &s), s.q0, 0);
        assert_float_equal(criteria_refuses_above(NULL, &s), s.q0, 0);
        assert_int_equal(criteria_refusal_placements(s.q0, &s), 4);
        c.refuse = CRITERIA_REFUSE_ABOVE_BOUND;
        assert_float_equal(criteria_refuses_above(&c, &s), rows[i].above, 0);
        assert_int_equal(criteria_refusal_placements(criteria_refuses_above(&c, &s), &s), rows[i].placements);
    }
}

static void a_clause_is_found_by_its_key(void **state)
{
    (void)state;
    for (enum clause clause = CLAUSE_NONE + 1; clause < CLAUSE_COUNT; clause++)
        assert_int_equal(clause_of_key(clause_key(clause)), clause);
    assert_int_equal(clause_of_key("taps"), CLAUSE_NONE);
    assert_string_equal(clause_key(CLAUSE_NONE), "");
    assert_string_equal(clause_key(CLAUSE_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_file_is_refused_at_the_exact_place),
        cmocka_unit_test(a_file_says_all_its_problems_at_once),
        cmocka_unit_test(a_file_uses_the_clauses_that_it_states),
        cmocka_unit_test(a_refusal_has_its_bound_and_its_price),
        cmocka_unit_test(a_clause_is_found_by_its_key),
        cmocka_unit_test(a_survey_is_refused_for_its_criteria_by_who_can_read_them),
    };
    return cmocka_run_group_tests_name("criteria_file", tests, NULL, NULL);
}
