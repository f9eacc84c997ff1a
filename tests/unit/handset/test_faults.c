/* Every fault of the phone's side, by its number, shows the behaviour of its row; and its draws keep their
 * rhythm. */
#include "drivers/emulator/handset/handset.h"
#include "tests/unit/handset/sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct bench {
    struct sample sample;
    struct handset *handset;
    struct handset_activation activation;
    struct handset_answer answer;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    sample_fill(&b->sample, 'A');
    b->handset = handset_new();
    *state = b;
    return b->handset ? 0 : 1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    handset_free(&b->handset);
    free(b);
    return 0;
}

static unsigned send(struct bench *b, const uint8_t *command, size_t length)
{
    handset_exchange(b->handset, command, length, &b->answer);
    assert_true(b->answer.us >= b->answer.floor_us);
    return apdu_status_word(b->answer.bytes, b->answer.length);
}

#define SEND(b, command) send(b, command, sizeof command)

/* Lays the phone with this fault certain, and activates it. */
static void begin(struct bench *b, unsigned cause)
{
    sample_fault(&b->sample, cause, VIRTUAL_PER_TRANSACTION, 1.0);
    handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
    handset_begin(b->handset, 1);
    handset_activate(b->handset, &b->activation);
}

static void expect_activation(struct bench *b, unsigned cause, bool detected)
{
    assert_int_equal(b->activation.fault, cause);
    assert_int_equal(b->activation.detected, detected);
    assert_false(b->activation.activated);
    assert_int_equal(b->activation.atr_length, 0);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
}

/* Nothing came to this command, nor does anything to the next, until the phone is activated anew. */
static void expect_silence(struct bench *b, unsigned cause)
{
    assert_int_equal(b->answer.length, 0);
    assert_int_equal(b->answer.fault, cause);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    b->sample.handset.fault_count = 0;
    handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
    handset_begin(b->handset, 2);
    handset_activate(b->handset, &b->activation);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
}

static void f02_no_answer_to_a_poll(void **state)
{
    begin(*state, 2);
    expect_activation(*state, 2, false);
}

static void f03_seen_and_lost(void **state)
{
    begin(*state, 3);
    expect_activation(*state, 3, false);
    assert_true(handset_present(((struct bench *)*state)->handset));
}

static void f04_another_technology(void **state)
{
    begin(*state, 4);
    expect_activation(*state, 4, false);
}

static void f04_comes_of_itself_where_the_technology_is_not_polled(void **state)
{
    struct bench *b = *state;
    memcpy(b->sample.reader.polling, "B", 2);
    begin(b, 27);
    expect_activation(b, 4, false);
    assert_false(handset_present(b->handset));
}

static void f05_collision(void **state)
{
    begin(*state, 5);
    expect_activation(*state, 5, true);
}

static void f06_activation_stays_unanswered(void **state)
{
    begin(*state, 6);
    expect_activation(*state, 6, true);
}

static void f07_rate_change_is_lost(void **state)
{
    begin(*state, 7);
    expect_activation(*state, 7, true);
}

static void f08_not_14443_4(void **state)
{
    struct bench *b = *state;
    begin(b, 8);
    expect_activation(b, 8, true);
    b->sample.handset.fault_count = 0;
    b->sample.handset.sak = 0x08; /* without bit 20 it is none by itself */
    begin(b, 27);
    expect_activation(b, 8, true);
}

static void f09_frame_errors_are_given_up(void **state)
{
    struct bench *b = *state;
    begin(b, 9);
    SEND(b, sample_select_jpki);
    assert_true(b->answer.us < b->activation.fwt_us); /* errors are seen at once, no timeout */
    expect_silence(b, 9);
}

static void f10_waits_without_end_or_as_long_as_the_profile_says(void **state)
{
    struct bench *b = *state;
    begin(b, 10);
    SEND(b, sample_select_jpki);
    assert_true(b->answer.us == UINT64_MAX);
    b->sample.handset.faults[0].slow_us = 123456;
    handset_begin(b->handset, 2);
    handset_activate(b->handset, &b->activation);
    SEND(b, sample_select_jpki);
    assert_int_equal(b->answer.us, 123456);
    expect_silence(b, 10);
}

static void f11_an_unserved_extension_ends_in_the_drivers_timeout(void **state)
{
    struct bench *b = *state;
    begin(b, 11);
    SEND(b, sample_select_jpki);
    assert_in_range(b->answer.us, 3000000, 3100000);
    expect_silence(b, 11);
}

static void f12_wrong_block_number(void **state)
{
    struct bench *b = *state;
    begin(b, 12);
    SEND(b, sample_select_jpki);
    expect_silence(b, 12);
}

static void f13_the_second_block_is_lost(void **state)
{
    struct bench *b = *state;
    b->sample.handset.fsci = 5; /* 64 bytes */
    begin(b, 13);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_ca), 0x9000);
    assert_int_equal(SEND(b, sample_read_16), 0x9000); /* one block */
    assert_int_equal(SEND(b, sample_read_256), 0);
    assert_true(b->answer.us > b->activation.fwt_us);
    expect_silence(b, 13);
}

static void f14_exactly_256_bytes_are_lost(void **state)
{
    struct bench *b = *state;
    static const uint8_t read_255[] = { 0x00, 0xb0, 0x00, 0x00, 0xff };
    static const uint8_t read_257[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x01, 0x01 };
    begin(b, 14);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_ca), 0x9000);
    assert_int_equal(SEND(b, read_255), 0x9000);
    assert_int_equal(SEND(b, read_257), 0x9000);
    assert_int_equal(SEND(b, sample_read_256), 0);
    expect_silence(b, 14);
}

static void f16_the_field_is_lost(void **state)
{
    struct bench *b = *state;
    begin(b, 16);
    SEND(b, sample_select_jpki);
    expect_silence(b, 16);
}

static void f17_the_card_is_reset(void **state)
{
    struct bench *b = *state;
    begin(b, 17);
    SEND(b, sample_select_jpki);
    expect_silence(b, 17);
}

static void f18_the_application_is_not_found(void **state)
{
    struct bench *b = *state;
    begin(b, 18);
    assert_int_equal(SEND(b, sample_select_jpki), 0x6a82);
    assert_int_equal(SEND(b, sample_select_token), 0x6d00); /* nothing was selected */
}

static void f19_the_service_has_crashed(void **state)
{
    struct bench *b = *state;
    begin(b, 19);
    assert_int_equal(SEND(b, sample_select_jpki), 0x6f00);
}

static void f20_a_chooser_answers_once_and_then_nothing_does(void **state)
{
    struct bench *b = *state;
    begin(b, 20);
    assert_int_equal(SEND(b, sample_select_jpki), 0x6985);
    SEND(b, sample_select_token);
    expect_silence(b, 20);
}

static void expect_read_status(struct bench *b, unsigned cause, unsigned sw)
{
    begin(b, cause);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_ca), 0x9000);
    assert_int_equal(SEND(b, sample_read_16), sw);
    assert_int_equal(b->answer.length, 2);
    assert_int_equal(b->answer.fault, cause);
}

static void f21_conditions_are_not_met(void **state)
{
    expect_read_status(*state, 21, 0x6985);
}

static void f22_a_pin_is_asked_for(void **state)
{
    expect_read_status(*state, 22, 0x6982);
}

static void f23_length_or_parameters_are_refused(void **state)
{
    expect_read_status(*state, 23, 0x6b00);
    assert_int_equal(SEND((struct bench *)*state, sample_read_256), 0x6700);
}

static void f24_only_the_first_command_fails(void **state)
{
    struct bench *b = *state;
    begin(b, 24);
    assert_int_equal(SEND(b, sample_select_jpki), 0x6f00);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    handset_activate(b->handset, &b->activation);
    assert_int_equal(SEND(b, sample_select_jpki), 0x6f00);
}

static void f25_another_cards_label_answers(void **state)
{
    struct bench *b = *state;
    begin(b, 25);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_token), 0x9000);
    assert_int_equal(SEND(b, sample_read_label), 0x9000);
    assert_int_equal(b->answer.length, 34);
    assert_memory_not_equal(b->answer.bytes, SAMPLE_LABEL, 32);
}

static void f26_one_byte_differs(void **state)
{
    struct bench *b = *state;
    unsigned differ = 0;
    begin(b, 26);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_token), 0x9000);
    assert_int_equal(SEND(b, sample_read_label), 0x9000);
    for (size_t i = 0; i < 32; i++)
        differ += b->answer.bytes[i] != (uint8_t)SAMPLE_LABEL[i];
    assert_int_equal(differ, 1);
    assert_int_equal(SEND(b, sample_read_label), 0x9000);
    assert_memory_equal(b->answer.bytes, SAMPLE_LABEL, 32);
}

static void f27_all_is_right_but_late(void **state)
{
    struct bench *b = *state;
    begin(b, 27);
    b->sample.handset.faults[0].slow_us = 700000;
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_in_range(b->answer.us, 700000, 760000);
    assert_true(b->answer.wtx > 0);
    assert_int_equal(SEND(b, sample_select_token), 0x9000);
    assert_true(b->answer.us < 100000);
}

static void faults_keep_to_their_power_modes_and_lengths(void **state)
{
    struct bench *b = *state;
    struct virtual_fault *f = sample_fault(&b->sample, 22, VIRTUAL_PER_EXCHANGE, 1.0);
    f->response_at_least = 17;
    sample_fault(&b->sample, 2, VIRTUAL_PER_PLACEMENT, 1.0)->power_modes = 1u << POWER_OFF;
    handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
    handset_begin(b->handset, 1);
    handset_activate(b->handset, &b->activation);
    assert_int_equal(SEND(b, sample_select_jpki), 0x9000);
    assert_int_equal(SEND(b, sample_select_ca), 0x9000);
    assert_int_equal(SEND(b, sample_read_16), 0x9000);
    assert_int_equal(SEND(b, sample_read_256), 0x6982);
    b->sample.laying.power_mode = POWER_OFF;
    handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
    handset_activate(b->handset, &b->activation);
    assert_int_equal(b->activation.fault, 2);
}

/* Of 2000 placements of 4 transactions: how many of each are struck, and how many placements partly. */
static void count(struct bench *b, enum virtual_per per, unsigned *transactions, unsigned *partly)
{
    b->sample.handset.fault_count = 0;
    sample_fault(&b->sample, 6, per, 0.3);
    *transactions = *partly = 0;
    for (unsigned p = 0; p < 2000; p++) {
        unsigned bad = 0;
        b->sample.laying.ordinal = p;
        handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
        for (unsigned t = 1; t <= 4; t++) {
            handset_begin(b->handset, t);
            handset_activate(b->handset, &b->activation);
            bad += !b->activation.activated;
        }
        *transactions += bad;
        *partly += bad > 0 && bad < 4;
    }
}

static void a_bad_placement_is_bad_in_all_of_its_transactions(void **state)
{
    unsigned transactions, partly;
    count(*state, VIRTUAL_PER_PLACEMENT, &transactions, &partly);
    assert_int_equal(partly, 0);
    assert_in_range(transactions, 2400 - 4 * 4 * 21, 2400 + 4 * 4 * 21); /* 4 sd of a binomial, times 4 */
    count(*state, VIRTUAL_PER_TRANSACTION, &transactions, &partly);
    assert_in_range(partly, 1400, 1600); /* 1 - 0.7^4 - 0.3^4 of 2000 are 1504 */
    assert_in_range(transactions, 2400 - 4 * 41, 2400 + 4 * 41);
}

static void weak_coupling_clusters_by_placement(void **state)
{
    struct bench *b = *state;
    unsigned bad_after_bad = 0, bad = 0, n = 4000;
    unsigned seen[3] = { 0 };
    b->sample.handset.margin_db = 3;
    b->sample.handset.placement_sd_db = 3;
    for (unsigned p = 0; p < n; p++) {
        bool before = false;
        b->sample.laying.ordinal = p;
        handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
        for (unsigned t = 1; t <= 2; t++) {
            bool failed = false;
            handset_begin(b->handset, t);
            handset_activate(b->handset, &b->activation);
            failed = !b->activation.activated;
            seen[0] += !b->activation.detected;
            seen[1] += b->activation.detected && failed;
            for (int i = 0; i < 4 && !failed; i++) {
                failed = SEND(b, sample_select_jpki) == 0;
                seen[2] += failed;
            }
            bad += failed;
            bad_after_bad += failed && before;
            before = failed;
        }
    }
    double rate = bad / (2.0 * n);
    assert_true(bad_after_bad / (rate * n) > 1.5 * rate); /* far likelier after a failure */
    assert_true(seen[0] > 50 && seen[1] > 50 && seen[2] > 50);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(f02_no_answer_to_a_poll),
        T(f03_seen_and_lost),
        T(f04_another_technology),
        T(f04_comes_of_itself_where_the_technology_is_not_polled),
        T(f05_collision),
        T(f06_activation_stays_unanswered),
        T(f07_rate_change_is_lost),
        T(f08_not_14443_4),
        T(f09_frame_errors_are_given_up),
        T(f10_waits_without_end_or_as_long_as_the_profile_says),
        T(f11_an_unserved_extension_ends_in_the_drivers_timeout),
        T(f12_wrong_block_number),
        T(f13_the_second_block_is_lost),
        T(f14_exactly_256_bytes_are_lost),
        T(f16_the_field_is_lost),
        T(f17_the_card_is_reset),
        T(f18_the_application_is_not_found),
        T(f19_the_service_has_crashed),
        T(f20_a_chooser_answers_once_and_then_nothing_does),
        T(f21_conditions_are_not_met),
        T(f22_a_pin_is_asked_for),
        T(f23_length_or_parameters_are_refused),
        T(f24_only_the_first_command_fails),
        T(f25_another_cards_label_answers),
        T(f26_one_byte_differs),
        T(f27_all_is_right_but_late),
        T(faults_keep_to_their_power_modes_and_lengths),
        T(a_bad_placement_is_bad_in_all_of_its_transactions),
        T(weak_coupling_clusters_by_placement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
