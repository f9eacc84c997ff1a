/* The margin model, and handset_truth() against the acting handset by brute force. */
#include "drivers/emulator/handset/coupling.h"
#include "drivers/emulator/handset/handset.h"
#include "tests/unit/handset/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void near_db(double got, double expected)
{
    if (fabs(got - expected) > 1e-9)
        fail_msg("%f, expected %f", got, expected);
}

static void three_db_are_lost_at_the_readers_radius(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.handset.margin_db = 10;
    s.reader.field_db = 2;
    near_db(coupling_mean_db(&s.laying, &s.reader), 12);
    s.laying.x_mm = 25;
    near_db(coupling_mean_db(&s.laying, &s.reader), 9);
    s.laying.y_mm = -25;
    near_db(coupling_mean_db(&s.laying, &s.reader), 6);
    s.laying.x_mm = s.laying.y_mm = 0;
    s.laying.z_mm = 25; /* (1 + 1)^(3/2) is 9.03 dB */
    near_db(coupling_mean_db(&s.laying, &s.reader), 12 - 30 * log10(2));
}

static void the_antennas_place_on_the_phone_counts(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.handset.antenna_x_mm = 10;
    s.laying.x_mm = -10;
    near_db(coupling_mean_db(&s.laying, &s.reader), 30);
    s.laying.x_mm = 0;
    near_db(coupling_mean_db(&s.laying, &s.reader), 30 - 3.0 * 0.16);
}

static void at_zero_margin_half_of_the_transactions_fail(void **state)
{
    (void)state;
    near_db(coupling_failure(0), 0.5);
    assert_true(coupling_failure(12) < 1e-5);
    near_db(coupling_failure(-7), 1);
}

static void session_and_placement_effects_have_their_spread(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.handset.session_sd_db = 1.5;
    s.handset.placement_sd_db = 2;
    double sum = 0, squares = 0, within = 0;
    const unsigned sessions = 4000;
    for (unsigned i = 0; i < sessions; i++) {
        s.laying.session = i + 1;
        s.laying.ordinal = 0;
        double a = coupling_margin_db(&s.laying, &s.reader) - 30;
        s.laying.ordinal = 1;
        double b = coupling_margin_db(&s.laying, &s.reader) - 30;
        sum += a;
        squares += a * a;
        within += (a - b) * (a - b) / 2;
    }
    assert_true(fabs(sum / sessions) < 4 * 2.5 / sqrt(sessions));
    assert_true(fabs(squares / sessions - 6.25) < 0.6);
    assert_true(fabs(within / sessions - 4.0) < 0.4);
}

/* The same session at another reader (unit_key), and another handset at the same one. */
static void
a_sessions_effect_on_a_handset_is_the_same_at_every_reader_and_a_readers_for_every_handset(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.handset.handset_session_sd_db = 1.5;
    s.laying.handset_key = 11;
    s.laying.reader_key = 12;
    double squares = 0;
    const unsigned sessions = 4000;
    for (unsigned i = 0; i < sessions; i++) {
        s.laying.session = i + 1;
        s.laying.unit_key = 7;
        double a = coupling_margin_db(&s.laying, &s.reader) - 30;
        s.laying.unit_key = 8;
        s.laying.reader_key = 13;
        near_db(coupling_margin_db(&s.laying, &s.reader) - 30, a);
        squares += a * a;
    }
    assert_true(fabs(squares / sessions - 2.25) < 0.25);
    s.reader.reader_session_sd_db = 2;
    s.handset.handset_session_sd_db = 0;
    double one = coupling_margin_db(&s.laying, &s.reader);
    s.laying.handset_key = 14;
    near_db(coupling_margin_db(&s.laying, &s.reader), one);
    s.laying.reader_key = 15;
    assert_true(fabs(coupling_margin_db(&s.laying, &s.reader) - one) > 1e-6);
}

static void a_sessions_times_have_their_spread_and_are_one_without(void **state)
{
    (void)state;
    double squares = 0;
    for (unsigned i = 1; i <= 4000; i++) {
        double ln = log(coupling_session_slowness(0.02, 7, i));
        near_db(log(coupling_session_slowness(0.04, 7, i)), 2 * ln);
        squares += ln * ln;
    }
    assert_true(fabs(sqrt(squares / 4000) - 0.02) < 0.001);
    near_db(coupling_session_slowness(0, 7, 3), 1);
}

/* A read of the token label: route, select, read; then 256 bytes of the ladder's sort. */
static const struct {
    const uint8_t *bytes;
    size_t length, data;
} script[] = {
    { sample_select_jpki, sizeof sample_select_jpki, 0 },
    { sample_select_token, sizeof sample_select_token, 0 },
    { sample_read_label, sizeof sample_read_label, 32 },
    { sample_select_ca, sizeof sample_select_ca, 0 },
    { sample_read_256, sizeof sample_read_256, 256 },
};

static bool transaction_fails(struct handset *h, size_t exchanges, uint64_t limit_us)
{
    struct handset_activation a;
    handset_activate(h, &a);
    uint64_t us = a.us;
    if (!a.activated)
        return true;
    for (size_t i = 0; i < exchanges; i++) {
        struct handset_answer answer;
        handset_exchange(h, script[i].bytes, script[i].length, &answer);
        if (answer.length != script[i].data + 2 || answer.bytes[answer.length - 2] != 0x90 ||
            (answer.fault != 0 && answer.fault != 27))
            return true;
        us += answer.us;
    }
    return limit_us > 0 && us > limit_us;
}

static double truth_of(const struct sample *s, size_t exchanges, unsigned k, uint64_t limit_us)
{
    struct handset_sizes sizes[5];
    for (size_t i = 0; i < exchanges; i++)
        sizes[i] = (struct handset_sizes) { script[i].length, script[i].data };
    return handset_truth(&s->laying, &s->reader,
                         &(struct handset_transaction) {
                             .exchanges = sizes, .count = exchanges, .activations = 1, .limit_us = limit_us },
                         k);
}

/* off: by which the truth may be wrong itself. */
static void compare_within(struct sample *s, size_t exchanges, unsigned k, uint64_t limit_us, double off)
{
    struct handset *h = handset_new();
    const unsigned placements = 20000;
    unsigned dirty = 0;
    assert_non_null(h);
    for (unsigned p = 0; p < placements; p++) {
        s->laying.session = p + 1; /* a fresh session each, as the truth takes it */
        handset_lay(h, &s->laying, &s->reader);
        bool bad = !handset_present(h);
        for (unsigned t = 1; t <= k && !bad; t++) {
            handset_begin(h, t);
            bad = transaction_fails(h, exchanges, limit_us);
        }
        dirty += bad;
        handset_lift(h);
    }
    handset_free(&h);
    double truth = truth_of(s, exchanges, k, limit_us);
    double rate = (double)dirty / placements;
    if (fabs(rate - truth) > 4 * sqrt(truth * (1 - truth) / placements) + 1e-12 + off)
        fail_msg("simulated %f, true %f", rate, truth);
}

static void compare(struct sample *s, size_t exchanges, unsigned k)
{
    compare_within(s, exchanges, k, 0, 0);
}

static void truth_agrees_for_marginal_phones(void **state)
{
    (void)state;
    static const double margins[] = { -8, -2, 0, 3, 6, 9, 30 };
    for (size_t i = 0; i < sizeof margins / sizeof *margins; i++) {
        struct sample s;
        sample_fill(&s, i % 2 ? 'A' : 'B');
        s.handset.margin_db = margins[i];
        s.handset.session_sd_db = 1;
        s.handset.placement_sd_db = i % 2 ? 2.5 : 0.5;
        compare(&s, 5, 5);
        compare(&s, 1, 3);
    }
}

static void truth_agrees_off_the_centre(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'B');
    s.handset.margin_db = 9;
    s.handset.placement_sd_db = 1.5;
    s.handset.antenna_y_mm = 20;
    s.laying.x_mm = 20;
    s.laying.z_mm = 10;
    compare(&s, 4, 10);
}

static void truth_agrees_without_random_effects(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.handset.margin_db = 4;
    compare(&s, 5, 10);
}

static void truth_agrees_for_every_fault_and_rhythm(void **state)
{
    (void)state;
    for (unsigned cause = 2; cause <= 27; cause++) {
        if (cause == 15)
            continue; /* the reader's */
        struct sample s;
        sample_fill(&s, 'A');
        s.handset.margin_db = 8;
        s.handset.placement_sd_db = 1;
        s.handset.fsci = 5; /* 64 bytes: F13 has a second block to lose */
        sample_fault(&s, cause, VIRTUAL_PER_PLACEMENT + cause % 3, 0.02);
        compare(&s, 5, 4);
    }
}

static void truth_agrees_for_faults_together(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'B');
    sample_fault(&s, 2, VIRTUAL_PER_PLACEMENT, 0.03);
    sample_fault(&s, 10, VIRTUAL_PER_TRANSACTION, 0.02);
    sample_fault(&s, 9, VIRTUAL_PER_EXCHANGE, 0.01)->response_at_least = 200;
    sample_fault(&s, 26, VIRTUAL_PER_EXCHANGE, 0.01);
    sample_fault(&s, 18, VIRTUAL_PER_PLACEMENT, 0.5)->power_modes = 1u << POWER_OFF;
    compare(&s, 5, 5);
}

static void truth_is_one_where_nothing_can_answer(void **state)
{
    (void)state;
    struct sample s;
    sample_fill(&s, 'A');
    s.laying.power_mode = POWER_SCREEN_OFF;
    assert_true(truth_of(&s, 1, 1, 0) == 1.0);
    sample_fill(&s, 'A');
    memcpy(s.reader.polling, "B", 2);
    assert_true(truth_of(&s, 1, 1, 0) == 1.0);
}

/* Late answers of every rhythm, alone and together, against a limit that only they pass. */
static void truth_counts_late_answers(void **state)
{
    (void)state;
    const unsigned k = 4;
    for (enum virtual_per per = VIRTUAL_PER_PLACEMENT; per <= VIRTUAL_PER_EXCHANGE; per++) {
        struct sample s;
        sample_fill(&s, 'A');
        s.reader.host_us = 0; /* the handset's own times */
        sample_fault(&s, 27, per, 0.02);
        compare_within(&s, 5, k, 1000000, 0);
        double exchanges = per == VIRTUAL_PER_EXCHANGE ? 5 : 1, times = per == VIRTUAL_PER_PLACEMENT ? 1 : k;
        assert_true(fabs(truth_of(&s, 5, k, 1000000) - (1 - pow(0.98, exchanges * times))) < 1e-5);
        assert_true(truth_of(&s, 5, k, 3000000) < 1e-5); /* two seconds late is in time */
        sample_fault(&s, 27, VIRTUAL_PER_PLACEMENT, 0.3)->slow_us = 1500000;
        compare_within(&s, 5, k, 1000000, 0);
        compare_within(&s, 5, k, 3000000, 0); /* only both are too late */
    }
}

/* The limit among the times themselves: their sum counts as normal. */
static void truth_counts_phones_that_are_slow_by_themselves(void **state)
{
    (void)state;
    for (uint64_t limit_us = 80000; limit_us <= 120000; limit_us += 4000) {
        struct sample s;
        sample_fill(&s, 'B');
        s.reader.host_us = 0;
        compare_within(&s, 5, 1, limit_us, 0.015);
    }
    struct sample s;
    sample_fill(&s, 'B');
    assert_true(truth_of(&s, 5, 3, 20000) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_db_are_lost_at_the_readers_radius),
        cmocka_unit_test(the_antennas_place_on_the_phone_counts),
        cmocka_unit_test(at_zero_margin_half_of_the_transactions_fail),
        cmocka_unit_test(session_and_placement_effects_have_their_spread),
        cmocka_unit_test(
            a_sessions_effect_on_a_handset_is_the_same_at_every_reader_and_a_readers_for_every_handset),
        cmocka_unit_test(a_sessions_times_have_their_spread_and_are_one_without),
        cmocka_unit_test(truth_agrees_for_marginal_phones),
        cmocka_unit_test(truth_agrees_off_the_centre),
        cmocka_unit_test(truth_agrees_without_random_effects),
        cmocka_unit_test(truth_agrees_for_every_fault_and_rhythm),
        cmocka_unit_test(truth_agrees_for_faults_together),
        cmocka_unit_test(truth_counts_late_answers),
        cmocka_unit_test(truth_counts_phones_that_are_slow_by_themselves),
        cmocka_unit_test(truth_is_one_where_nothing_can_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
