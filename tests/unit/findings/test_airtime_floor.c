/*
 * The over-air floor: frames against the published minima, and what a script's exchanges are known to carry.
 * Expected etu are counted by hand: 9 bits a byte and 2 for a frame of type A, 3 bytes of block; 10 etu a
 * byte and 22 for SOF and EOF of type B.
 */
#include "harness/findings/airtime_floor.h"
#include "harness/survey/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The carrier is taken 0.15 % fast, so a floor is that much below the published value, and never above. */
static void below_ms(uint64_t ns, double published_ms, double half_a_digit)
{
    double got = (double)ns / 1e6;
    if (got > published_ms + half_a_digit || got < published_ms * 0.998 - half_a_digit)
        fail_msg("%f ms, published %f", got, published_ms);
}

static void frames_take_the_published_minimum(void **state)
{
    (void)state;
    below_ms(airtime_floor_frame_ns('A', 106, 5, true), 0.70, 0.005);
    below_ms(airtime_floor_frame_ns('A', 106, 16, true), 1.63, 0.005);
    below_ms(airtime_floor_frame_ns('A', 106, 34, true), 3.16, 0.005);
    below_ms(airtime_floor_frame_ns('A', 106, 256, true), 22.0, 0.05);
    below_ms(airtime_floor_frame_ns('A', 212, 256, true), 11.0, 0.05);
    below_ms(airtime_floor_frame_ns('A', 424, 256, true), 5.5, 0.05);
    below_ms(airtime_floor_frame_ns('B', 106, 256, true), 24.7, 0.05);
}

static void what_is_not_told_lowers_the_floor(void **state)
{
    (void)state;
    assert_true(airtime_floor_frame_ns('\0', 106, 256, true) < airtime_floor_frame_ns('A', 106, 256, true));
    assert_true(airtime_floor_frame_ns('F', 106, 256, true) < airtime_floor_frame_ns('A', 106, 256, true));
    assert_true(airtime_floor_frame_ns('B', 106, 256, false) < airtime_floor_frame_ns('B', 106, 256, true));
    assert_int_equal(airtime_floor_frame_ns('A', 0, 256, true), airtime_floor_frame_ns('A', 848, 256, true));
}

static void the_rate_is_the_highest_that_the_record_allows(void **state)
{
    (void)state;
    struct journal_record r;
    struct journal_transaction *t = &r.as.transaction;
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    assert_int_equal(airtime_floor_rate(t), 0);
    t->technology = TECHNOLOGY_A;
    t->ats = &(struct said) { .words = "067891028000" }; /* T0 78: TA TB TC; TA 91: 212 both ways */
    assert_int_equal(airtime_floor_rate(t), 212);
    t->ats = &(struct said) { .words = "067880028000" };
    assert_int_equal(airtime_floor_rate(t), 106);
    t->ats = &(struct said) { .words = "0678c4028000" }; /* 848 from the target only */
    assert_int_equal(airtime_floor_rate(t), 848);
    t->ats = &(struct said) { .words = "0678028000" }; /* its length is wrong: nothing is known */
    assert_int_equal(airtime_floor_rate(t), 0);
    t->ats = &(struct said) { .words = "05600280ff" }; /* no TA: 106 only */
    assert_int_equal(airtime_floor_rate(t), 106);
    t->ats = &(struct said) { .absent = true, .words = "the reader answers 6A81" };
    assert_int_equal(airtime_floor_rate(t), 0);
    t->technology = TECHNOLOGY_B;
    t->ats = &(struct said) { .words = "067891028000" }; /* type B has none: it tells nothing */
    assert_int_equal(airtime_floor_rate(t), 0);
    t->atqb = &(struct said) { .words = "50xxxxxxxx00000000b38171" }; /* application data 0, b3: up to 424 */
    assert_int_equal(airtime_floor_rate(t), 424);
    t->atqb = NULL;
    t->atr = &(
        struct said) { .words = "3b888001000000009181710068" }; /* the same as PC/SC part 3 has it, 91: 212 */
    assert_int_equal(airtime_floor_rate(t), 212);
    t->kbit_s = 106; /* what the reader says it runs at counts before what was offered */
    assert_int_equal(airtime_floor_rate(t), 106);
    t->kbit_s = 7;
    assert_int_equal(airtime_floor_rate(t), 0);
}

static struct script *load(const char *id)
{
    char path[128];
    struct survey_problems p = { 0 };
    struct err e = { 0 };
    struct script *s = NULL;
    snprintf(path, sizeof path, "profiles/scripts/%s.yaml", id);
    assert_int_equal(script_load(path, ".", &s, &p, &e), 0);
    return s;
}

/* The microseconds of so many etu at 106 kbit/s with the carrier at 13.58 MHz. */
static void is_etu(uint64_t us, unsigned etu)
{
    double want = etu * 128 / 13.58;
    if ((double)us > want || (double)us < want - 2.0)
        fail_msg("%lu us for %u etu", (unsigned long)us, etu);
}

static uint64_t next(struct airtime_floor_walk *w, unsigned step, bool passed, bool last)
{
    struct journal_exchange x = { step, 0, "9000" };
    return airtime_floor_next_us(w, &x, passed, last);
}

static void a_loop_over_values_asks_for_each_length(void **state)
{
    (void)state;
    static const unsigned lengths[] = { 1, 16, 64, 128, 253, 254, 255, 256 };
    struct script *s = load("ladder");
    struct airtime_floor_walk w = { .script = s, .token_label = "", .technology = 'A', .kbit_s = 106 };
    is_etu(next(&w, 1, true, true), (15 + 3) * 9 + 2 + (2 + 3) * 9 + 2);
    for (unsigned i = 0; i < 8; i++)
        is_etu(next(&w, 2, true, i == 7), (5 + 3) * 9 + 2 + (lengths[i] + 2 + 3) * 9 + 2);
    is_etu(next(&w, 3, true, false), (7 + 3) * 9 + 2 + (257 + 2 + 3) * 9 + 2);
    script_free(&s);
}

static void a_read_carries_whole_chunks_but_for_its_last(void **state)
{
    (void)state;
    struct script *s = load("cert");
    struct airtime_floor_walk w = { .script = s, .token_label = "", .technology = 'B', .kbit_s = 106 };
    unsigned request = (5 + 3) * 10 + 22; /* the answer's SOF and EOF may be suppressed */
    is_etu(next(&w, 3, true, true), request + (4 + 2 + 3) * 10);
    is_etu(next(&w, 4, true, false), request + (256 + 2 + 3) * 10);
    is_etu(next(&w, 4, true, false), request + (256 + 2 + 3) * 10);
    is_etu(next(&w, 4, true, true), request + (1 + 2 + 3) * 10); /* its length is in the certificate */
    is_etu(next(&w, 4, false, true), request + (2 + 3) * 10);    /* it failed: only the status word is sure */
    script_free(&s);
}

static void a_token_is_as_long_as_the_check_says(void **state)
{
    (void)state;
    struct script *s = load("token");
    struct airtime_floor_walk w = { .script = s, .token_label = "", .technology = 'A', .kbit_s = 106 };
    for (unsigned step = 1; step <= s->step_count; step++)
        if (s->steps[step - 1].check_count > 0)
            is_etu(next(&w, step, true, true), (5 + 3) * 9 + 2 + (32 + 2 + 3) * 9 + 2);
    script_free(&s);
}

static void what_the_reader_answers_itself_has_no_floor(void **state)
{
    (void)state;
    struct script *s = load("presence");
    struct airtime_floor_walk w = { .script = s, .token_label = "", .technology = 'A', .kbit_s = 106 };
    assert_int_equal(next(&w, 1, true, true), 0);
    script_free(&s);
    s = load("token");
    w = (struct airtime_floor_walk) { .script = s, .token_label = "", .technology = 'A', .kbit_s = 106 };
    struct journal_exchange unanswered = { 1, 0, "" };
    assert_int_equal(airtime_floor_next_us(&w, &unanswered, false, true), 0);
    assert_int_equal(next(&w, 60, true, true), 0);
    assert_int_equal(next(&w, 0, true, true), 0);
    script_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_take_the_published_minimum),
        cmocka_unit_test(what_is_not_told_lowers_the_floor),
        cmocka_unit_test(the_rate_is_the_highest_that_the_record_allows),
        cmocka_unit_test(a_loop_over_values_asks_for_each_length),
        cmocka_unit_test(a_read_carries_whole_chunks_but_for_its_last),
        cmocka_unit_test(a_token_is_as_long_as_the_check_says),
        cmocka_unit_test(what_the_reader_answers_itself_has_no_floor),
    };
    return cmocka_run_group_tests_name("floor", tests, NULL, NULL);
}
