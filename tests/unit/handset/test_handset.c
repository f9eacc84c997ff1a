/* Laying, activation and exchanges of a good phone: identity, times, keys. */
#include "drivers/emulator/handset/handset.h"
#include "tests/unit/handset/sample.h"

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

static void lay(struct bench *b)
{
    handset_lay(b->handset, &b->sample.laying, &b->sample.reader);
}

static void activate(struct bench *b, unsigned transaction)
{
    handset_begin(b->handset, transaction);
    handset_activate(b->handset, &b->activation);
}

static unsigned ask(struct bench *b, const uint8_t *command, size_t length)
{
    handset_exchange(b->handset, command, length, &b->answer);
    return apdu_status_word(b->answer.bytes, b->answer.length);
}

static void a_type_a_phone_shows_uid_ats_and_atr(void **state)
{
    struct bench *b = *state;
    static const uint8_t historical[] = { 0x80, 0x01, 0x02 };
    struct ats_info ats;
    memcpy(b->sample.handset.historical, historical, 3);
    b->sample.handset.historical_length = 3;
    lay(b);
    activate(b, 1);
    assert_true(b->activation.activated);
    assert_int_equal(b->activation.technology, 'A');
    assert_int_equal(b->activation.uid_length, 4);
    assert_int_equal(b->activation.uid[0], 0x08);
    ats_decode(b->activation.ats, b->activation.ats_length, &ats);
    assert_true(ats.valid);
    assert_int_equal(ats.fsci, 8);
    assert_int_equal(ats.fwi, 8);
    assert_int_equal(ats.historical_length, 3);
    assert_int_equal(b->activation.kbit_s, 424);
    assert_in_range(b->activation.fwt_us, 77200, 77400);
    struct atr_info atr;
    atr_decode(b->activation.atr, b->activation.atr_length, &atr);
    assert_true(atr.valid && atr.contactless);
    assert_int_equal(atr.historical_length, 3);
    assert_memory_equal(atr.historical, historical, 3);
}

static void a_type_b_phone_shows_an_atqb_that_the_atr_carries(void **state)
{
    struct bench *b = *state;
    sample_fill(&b->sample, 'B');
    b->sample.handset.fwi = 10;
    lay(b);
    activate(b, 1);
    assert_true(b->activation.activated);
    assert_int_equal(b->activation.ats_length, 0);
    assert_int_equal(b->activation.atqb_length, 12);
    assert_memory_equal(b->activation.atqb + 1, b->activation.uid, 4);
    struct atr_info atr;
    atr_decode(b->activation.atr, b->activation.atr_length, &atr);
    assert_true(atr.valid && atr.consistent_with_b);
    assert_int_equal(atr.fwi_b, 10);
    assert_int_equal(atr.fsci_b, 8);
}

static void a_fixed_uid_stays_and_a_random_one_changes_with_each_activation(void **state)
{
    struct bench *b = *state;
    static const uint8_t fixed[] = { 0x04, 1, 2, 3, 4, 5, 6 };
    uint8_t first[4];
    lay(b);
    activate(b, 1);
    memcpy(first, b->activation.uid, 4);
    handset_activate(b->handset, &b->activation); /* again in the same transaction */
    assert_memory_not_equal(b->activation.uid, first, 4);
    activate(b, 2);
    assert_memory_not_equal(b->activation.uid, first, 4);
    activate(b, 1);
    assert_memory_equal(b->activation.uid, first, 4);
    b->sample.handset.random_uid = false;
    b->sample.handset.uid_length = 7;
    memcpy(b->sample.handset.uid, fixed, 7);
    activate(b, 3);
    assert_int_equal(b->activation.uid_length, 7);
    assert_memory_equal(b->activation.uid, fixed, 7);
}

static void nothing_answers_where_no_target_lives(void **state)
{
    struct bench *b = *state;
    b->sample.laying.power_mode = POWER_SCREEN_OFF;
    lay(b);
    assert_false(handset_present(b->handset));
    activate(b, 1);
    assert_false(b->activation.detected);
    assert_int_equal(b->activation.fault, 2);
}

static void nothing_answers_before_laying_and_after_lifting(void **state)
{
    struct bench *b = *state;
    activate(b, 1);
    assert_false(b->activation.detected);
    lay(b);
    assert_true(handset_present(b->handset));
    activate(b, 1);
    assert_true(b->activation.activated);
    handset_lift(b->handset);
    assert_false(handset_present(b->handset));
    assert_int_equal(ask(b, sample_select_jpki, sizeof sample_select_jpki), 0);
}

static void field_off_forgets_the_selection_but_not_the_tries(void **state)
{
    struct bench *b = *state;
    static const uint8_t select_pin[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x18 };
    static const uint8_t wrong[] = { 0x00, 0x20, 0x00, 0x80, 0x04, '0', '0', '0', '0' };
    lay(b);
    activate(b, 1);
    assert_int_equal(ask(b, sample_select_jpki, sizeof sample_select_jpki), 0x9000);
    assert_int_equal(ask(b, select_pin, sizeof select_pin), 0x9000);
    assert_int_equal(ask(b, wrong, sizeof wrong), 0x63c2);
    activate(b, 2);
    assert_int_equal(ask(b, select_pin, sizeof select_pin), 0x6d00);
    lay(b);
    activate(b, 1);
    assert_int_equal(ask(b, sample_select_jpki, sizeof sample_select_jpki), 0x9000);
    assert_int_equal(ask(b, select_pin, sizeof select_pin), 0x9000);
    assert_int_equal(ask(b, wrong, 4), 0x63c2);
}

static void no_answer_is_faster_than_the_air(void **state)
{
    struct bench *b = *state;
    static const uint8_t select_ladder[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xf0, 0x4e, 0x46,
                                             0x43, 0x53, 0x55, 0x52, 0x56, 0x45, 0x59 };
    static const unsigned rates[] = { 106, 212, 424 };
    for (size_t i = 0; i < 6; i++) {
        sample_fill(&b->sample, "AB"[i % 2]);
        b->sample.handset.max_kbit_s = rates[i / 2];
        b->sample.handset.targets[0].select_us = b->sample.handset.targets[0].command_us = 0;
        lay(b);
        for (unsigned t = 1; t <= 50; t++) {
            activate(b, t);
            assert_int_equal(ask(b, select_ladder, sizeof select_ladder), 0x9000);
            for (unsigned le = 1; le < 600; le += 37) {
                uint8_t read[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, (uint8_t)(le >> 8), (uint8_t)le };
                assert_int_equal(ask(b, read, sizeof read), 0x9000);
                assert_true(b->answer.floor_us > 0 && b->answer.us >= b->answer.floor_us);
            }
        }
    }
}

static void the_floor_of_a_256_byte_answer_is_the_published_one(void **state)
{
    struct bench *b = *state;
    b->sample.handset.max_kbit_s = 106;
    lay(b);
    activate(b, 1);
    ask(b, sample_select_jpki, sizeof sample_select_jpki);
    ask(b, sample_select_ca, sizeof sample_select_ca);
    assert_int_equal(ask(b, sample_read_256, sizeof sample_read_256), 0x9000);
    /* 258 bytes in frames of 256 at 106 kbit/s: 22.5 ms, and the command's 5 bytes 0.70 ms */
    assert_in_range(b->answer.floor_us, 23100, 23250);
}

static void applet_times_are_spread_about_their_median_and_cut_off(void **state)
{
    struct bench *b = *state;
    unsigned below = 0, n = 2000;
    b->sample.handset.targets[0].spread = 0.5;
    b->sample.handset.targets[0].per_byte_ns = 0;
    b->sample.handset.fwi = 14;
    lay(b);
    for (unsigned t = 1; t <= n; t++) {
        activate(b, t);
        ask(b, sample_select_jpki, sizeof sample_select_jpki);
        assert_in_range(b->answer.us, 8000 * 0.223, 8000 * 4.482 + 1500); /* exp(-1.5), exp(1.5) */
        below += b->answer.us < 8000 + 700;                               /* and what the air takes */
    }
    assert_in_range(below, n * 45 / 100, n * 60 / 100);
}

static void a_slow_applet_asks_for_time(void **state)
{
    struct bench *b = *state;
    b->sample.handset.targets[0].select_us = 50000;
    b->sample.handset.targets[0].spread = 0;
    b->sample.handset.targets[0].per_byte_ns = 0;
    b->sample.handset.targets[0].wtx_after_us = 20000;
    lay(b);
    activate(b, 1);
    ask(b, sample_select_jpki, sizeof sample_select_jpki);
    assert_int_equal(b->answer.wtx, 2);
    b->sample.handset.targets[0].wtx_after_us = 0;
    b->sample.handset.targets[0].select_us = 100000; /* past the FWT of 77 ms */
    activate(b, 1);
    ask(b, sample_select_jpki, sizeof sample_select_jpki);
    assert_int_equal(b->answer.wtx, 1);
}

struct trace {
    struct handset_activation activation;
    uint64_t us[2];
    uint8_t challenge[8];
};

static void trace_transaction(struct bench *b, unsigned ordinal, unsigned transaction, struct trace *out)
{
    static const uint8_t challenge[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };
    memset(out, 0, sizeof *out);
    b->sample.laying.ordinal = ordinal;
    lay(b);
    activate(b, transaction);
    out->activation = b->activation;
    ask(b, sample_select_jpki, sizeof sample_select_jpki);
    out->us[0] = b->answer.us;
    assert_int_equal(ask(b, challenge, sizeof challenge), 0x9000);
    out->us[1] = b->answer.us;
    memcpy(out->challenge, b->answer.bytes, 8);
}

static void draws_follow_their_keys_in_any_order(void **state)
{
    struct bench *b = *state;
    struct trace forth[20], back;
    for (unsigned i = 0; i < 20; i++)
        trace_transaction(b, i / 5, i % 5 + 1, &forth[i]);
    for (unsigned i = 20; i-- > 0;) {
        trace_transaction(b, i / 5, i % 5 + 1, &back);
        assert_memory_equal(back.us, forth[i].us, sizeof back.us);
        assert_memory_equal(back.challenge, forth[i].challenge, 8);
        assert_memory_equal(back.activation.uid, forth[i].activation.uid, 4);
        assert_int_equal(back.activation.us, forth[i].activation.us);
        for (unsigned j = 0; j < i; j++)
            assert_memory_not_equal(forth[j].challenge, forth[i].challenge, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_type_a_phone_shows_uid_ats_and_atr, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_type_b_phone_shows_an_atqb_that_the_atr_carries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fixed_uid_stays_and_a_random_one_changes_with_each_activation,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_answers_where_no_target_lives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_answers_before_laying_and_after_lifting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(field_off_forgets_the_selection_but_not_the_tries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_answer_is_faster_than_the_air, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_floor_of_a_256_byte_answer_is_the_published_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(applet_times_are_spread_about_their_median_and_cut_off, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_slow_applet_asks_for_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(draws_follow_their_keys_in_any_order, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
