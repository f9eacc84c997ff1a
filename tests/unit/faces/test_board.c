/* What the screen and the page show of a view. */
#include "harness/faces/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* A survey of one reader and one handset, by hand: only what is shown of them. */
struct bench {
    struct survey survey;
    struct survey_reader reader;
    struct reader_profile reader_profile;
    struct handset_profile handset_profile;
    struct survey_pair pair;
    struct sim_card sim;
    struct survey_condition condition;
    struct station_view view;
    struct board board;
    struct board_memory memory;
};

static void bench_open(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->reader =
        (struct survey_reader) { .unit = (char *)"RW-A", .place = (char *)"left", .driver = (char *)"sim" };
    b->reader_profile.simulated = true;
    b->reader_profile.id = (char *)"sim-reader-a";
    b->handset_profile.id = (char *)"sim-akane";
    b->pair = (struct survey_pair) { .unit = (char *)"HS-007", .name = (char *)"HS-007+sim" };
    b->sim.id = (char *)"sim";
    b->condition = (struct survey_condition) {
        .power_mode = POWER_SCREEN_OFF, .position = (char *)"edge", .x_mm = -20, .y_mm = 10, .z_mm = 5
    };
    b->survey = (struct survey) { .id = (char *)"small",
                                  .reader_profiles = &b->reader_profile,
                                  .reader_profile_count = 1,
                                  .handset_profiles = &b->handset_profile,
                                  .handset_profile_count = 1,
                                  .readers = &b->reader,
                                  .reader_count = 1,
                                  .pairs = &b->pair,
                                  .pair_count = 1,
                                  .sims = &b->sim,
                                  .sim_count = 1,
                                  .conditions = &b->condition,
                                  .condition_count = 1 };
    b->view.survey = &b->survey;
    b->view.placing = true;
    b->view.changed = CHANGED_HANDSET | CHANGED_READER;
    b->view.question = (struct station_question) {
        .id = 3, .what = QUESTION_LAY, .choices = CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_LATER)
    };
    b->view.progress.session = 1;
    b->view.progress.sessions = 2;
}

static void show(struct bench *b)
{
    board_make(&b->board, &b->view, LANGUAGE_ENGLISH, &b->memory);
}

static void an_order_names_phone_reader_and_place(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b);
    show(&b);
    assert_string_equal(b.board.order.text, "Lay HS-007 on RW-A (left).");
    assert_int_equal(b.board.change_count, 3);
    assert_non_null(strstr(b.board.changes[0].text, "HS-007"));
    assert_non_null(strstr(b.board.changes[1].text, "turn its screen off"));
    assert_true(b.board.waits_for_person);
    b.view.question = (struct station_question) { .id = 4, .what = QUESTION_MEASURING };
    b.view.measured = 7;
    b.view.to_measure = 20;
    show(&b);
    assert_non_null(strstr(b.board.order.text, "RW-A (left)"));
    assert_string_equal(b.board.measuring.text, "7 of 20 measured");
    assert_false(b.board.waits_for_person);
}

static void only_what_is_offered_can_be_chosen(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b);
    show(&b);
    assert_int_equal(b.board.choice_count, 3);
    assert_string_equal(b.board.choices[0].key.text, "Enter");
    assert_string_equal(b.board.choices[0].name.text, "it lies there");
    assert_string_equal(b.board.choices[2].key.text, "l next");
    assert_string_equal(b.board.choices[2].text, "next");
    b.view.progress.session = 2; /* there is no next one */
    show(&b);
    assert_int_equal(b.board.choice_count, 2);
}

static void why_it_failed_is_one_line(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b);
    b.view.last.placement = 12;
    b.view.last.result = PLACEMENT_DIRTY;
    b.view.last.failure = (struct station_failure) { .stage = STAGE_DETECT, .causes = CAUSE(1) };
    show(&b);
    assert_string_equal(b.board.last.text.text, "placement 12: dirty");
    assert_int_equal(b.board.last.tone, TONE_BAD);
    assert_non_null(strstr(b.board.last.why.text, word_cause(1, LANGUAGE_ENGLISH)));
    b.view.last.failure = (struct station_failure) { .stage = STAGE_EXCHANGE,
                                                     .causes = CAUSE(1) | CAUSE(2),
                                                     .native = "SCARD_E_NO_SMARTCARD" };
    show(&b);
    assert_non_null(strstr(b.board.last.why.text, ": SCARD_E_NO_SMARTCARD"));
    b.view.last.result = PLACEMENT_INVALID;
    b.view.last.reason = said_words("wrong phone"); /* what a person said goes before */
    show(&b);
    assert_string_equal(b.board.last.why.text, "wrong phone");
    assert_int_equal(b.board.last.tone, TONE_DOUBTFUL);
}

static void a_notice_is_fresh_until_the_question_after_the_next(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b);
    show(&b);
    assert_int_equal(b.board.sound, SOUND_TURN);
    b.view.notice_count = 1;
    b.view.notices[0] = (struct station_notice) { .what = NOTICE_NOT_TAKEN };
    show(&b);
    assert_int_equal(b.board.notices_fresh, 1);
    assert_int_equal(b.board.sound, SOUND_NONE);
    b.view.question.id++;
    show(&b);
    assert_int_equal(b.board.notices_fresh, 1);
    b.view.question.id++;
    b.view.last.placement = 2;
    b.view.last.result = PLACEMENT_DIRTY;
    show(&b);
    assert_int_equal(b.board.notices_fresh, 0);
    assert_int_equal(b.board.notices_held, 1);
    assert_int_equal(b.board.sound, SOUND_FAILURE);
}

/* No name moves the cursor, turns the line or ends the page's JSON. */
static void hostile_names_are_harmless(void **state)
{
    struct bench b;
    struct buf json;
    (void)state;
    bench_open(&b);
    b.pair.unit = (char *)"\x1b[2J\"}</script>\n";
    b.reader.place = (char *)"\xe2\x80\xaegnorw";
    b.survey.title = (char *)"a\\\x7f";
    b.view.notice_count = 1;
    b.view.notices[0] = (struct station_notice) { .what = NOTICE_WRONG_TAG, .detail = said_words("\xff\r") };
    show(&b);
    buf_init(&json, 1u << 16);
    board_write(&json, &b.board);
    assert_false(json.failed);
    for (size_t i = 0; i < json.length; i++)
        assert_true((unsigned char)json.data[i] >= ' ' && json.data[i] != 0x7f);
    assert_null(strstr(json.data, "\xe2\x80\xae"));
    assert_non_null(strstr(json.data, "Lay \\\\x1b[2J\\\"}</script>\\\\x0a on RW-A"));
    assert_non_null(strstr(json.data, "\\\\xff\\\\x0d"));
    buf_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_names_phone_reader_and_place),
        cmocka_unit_test(only_what_is_offered_can_be_chosen),
        cmocka_unit_test(why_it_failed_is_one_line),
        cmocka_unit_test(a_notice_is_fresh_until_the_question_after_the_next),
        cmocka_unit_test(hostile_names_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
