/*
 * The field of an emulated reader: which powering is which transaction, seen at the random identifier that a
 * virtual handset draws at each activation. The testbed is a program of its own, so its file is included
 * here.
 */
#include "drivers/emulator/testbed/field.c" /* NOLINT(bugprone-suspicious-include) */

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct bench {
    struct field *field;
    struct handset *bare; /* the same handset without a field, for comparison */
    struct virtual_handset handset;
    struct virtual_sim sim;
    struct virtual_reader reader;
    struct laying laying;
};

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return -1;
    *state = b;
    b->field = field_new();
    b->bare = handset_new();
    b->handset = (struct virtual_handset) {
        .technology = 'A',
        .random_uid = true,
        .uid_length = 4,
        .sak = 0x20,
        .fsci = 8,
        .fwi = 10,
        .max_kbit_s = 106,
        .targets = { { .target = TARGET_UICC,
                       .power_modes = 1u << POWER_ON_UNLOCKED,
                       .applets = VIRTUAL_APPLET_JPKI,
                       .select_us = 1000,
                       .command_us = 1000 } },
        .target_count = 1,
        .margin_db = 40,
    };
    memcpy(b->sim.token_label, "JPKIAPGPSETOKEN                 ", 33);
    b->sim.certificate_bytes = 1248;
    b->reader = (struct virtual_reader) { .level = READER_LEVEL_EXTENDED,
                                          .max_message = 522,
                                          .polling = "BA",
                                          .max_kbit_s = 106,
                                          .fsd = 256,
                                          .radius_mm = 30 };
    b->laying = (struct laying) {
        .handset = &b->handset, .sim = &b->sim, .power_mode = POWER_ON_UNLOCKED, .unit_key = 7, .session = 1
    };
    return b->field && b->bare ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    field_free(&b->field);
    handset_free(&b->bare);
    free(b);
    return 0;
}

static bool lay(struct bench *b)
{
    return field_lay(b->field, &b->laying, &b->reader);
}

/* The identifier that the n-th activation of a transaction draws. */
static void drawn(struct bench *b, unsigned transaction, unsigned nth, uint8_t uid[4])
{
    struct handset_activation up;
    handset_lay(b->bare, &b->laying, &b->reader);
    handset_begin(b->bare, transaction);
    for (unsigned i = 0; i <= nth; i++)
        handset_activate(b->bare, &up);
    assert_int_equal(up.uid_length, 4);
    memcpy(uid, up.uid, 4);
}

static void expect_powering(struct bench *b, unsigned transaction, unsigned nth)
{
    struct handset_activation up;
    uint8_t uid[4];
    drawn(b, transaction, nth, uid);
    field_power_on(b->field, &up);
    assert_true(up.activated);
    assert_true(field_powered(b->field));
    assert_int_equal(up.uid_length, 4);
    assert_memory_equal(up.uid, uid, 4);
}

static void exchange(struct bench *b)
{
    struct handset_answer answer;
    field_exchange(b->field, select_jpki, sizeof select_jpki, &answer);
    assert_int_equal(answer.length, 2);
}

static void untold_the_first_powering_with_an_apdu_is_transaction_1(void **state)
{
    struct bench *b = *state;
    assert_true(lay(b));
    expect_powering(b, 1, 0); /* a daemon looks */
    field_power_off(b->field);
    expect_powering(b, 1, 1);
    exchange(b);
    field_power_off(b->field);
    expect_powering(b, 2, 0);
    exchange(b);
    expect_powering(b, 3, 0); /* a second powering is a reset */
}

static void untold_a_powering_that_failed_was_a_transaction(void **state)
{
    struct bench *b = *state;
    struct handset_activation up;
    b->handset.faults[0] = (struct virtual_fault) { .cause = 5, .rate = 1, .per = VIRTUAL_PER_TRANSACTION };
    b->handset.fault_count = 1;
    assert_true(lay(b));
    field_power_on(b->field, &up);
    assert_false(up.activated);
    assert_false(field_powered(b->field));
    b->handset.fault_count = 0;
    expect_powering(b, 2, 0);
}

static void an_empty_field_counts_nothing(void **state)
{
    struct bench *b = *state;
    struct handset_activation up;
    field_power_on(b->field, &up);
    assert_false(up.detected);
    assert_true(lay(b));
    expect_powering(b, 1, 0);
}

static void told_every_powering_belongs_to_the_transaction_until_the_next_is_told(void **state)
{
    struct bench *b = *state;
    field_begin(b->field, 0);
    assert_true(lay(b));
    expect_powering(b, 0, 0);
    field_begin(b->field, 1); /* while it is powered: the next powering begins it */
    exchange(b);
    expect_powering(b, 1, 0);
    exchange(b);
    expect_powering(b, 1, 1);
    exchange(b);
    field_begin(b->field, 5);
    expect_powering(b, 5, 0);
}

static void told_once_the_next_laying_is_only_looked_at(void **state)
{
    struct bench *b = *state;
    field_begin(b->field, 0);
    assert_true(lay(b));
    field_begin(b->field, 3);
    expect_powering(b, 3, 0);
    exchange(b);
    field_lift(b->field);
    b->laying.ordinal = 1;
    assert_true(lay(b));
    expect_powering(b, 0, 0);
    exchange(b);
    expect_powering(b, 0, 1);
}

static void what_is_told_after_a_look_overrides_the_count(void **state)
{
    struct bench *b = *state;
    assert_true(lay(b));
    expect_powering(b, 1, 0);
    exchange(b);
    field_begin(b->field, 1);
    expect_powering(b, 1, 0);
}

static void presence_and_a_look_have_nothing_of_a_transactions_draws(void **state)
{
    struct bench *b = *state;
    struct handset_activation up;
    for (unsigned cause = 2; cause <= 8; cause++) {
        b->handset.faults[0] =
            (struct virtual_fault) { .cause = cause, .rate = 1, .per = VIRTUAL_PER_TRANSACTION };
        b->handset.fault_count = 1;
        field_begin(b->field, 0);
        assert_true(lay(b));
        assert_true(field_present(b->field));
        expect_powering(b, 0, 0);
        field_begin(b->field, 1);
        field_power_on(b->field, &up);
        assert_false(up.activated);
        assert_true(field_present(b->field));
    }
}

static void a_handset_too_far_away_is_not_there(void **state)
{
    struct bench *b = *state;
    b->laying.z_mm = 900;
    assert_false(lay(b));
    assert_false(field_present(b->field));
}

static void a_lift_takes_the_power_and_the_handset_away(void **state)
{
    struct bench *b = *state;
    struct handset_answer answer;
    assert_true(lay(b));
    expect_powering(b, 1, 0);
    field_lift(b->field);
    assert_false(field_present(b->field));
    assert_false(field_powered(b->field));
    field_exchange(b->field, select_jpki, sizeof select_jpki, &answer);
    assert_int_equal(answer.length, 0);
}

static void an_apdu_that_the_reader_kept_counts(void **state)
{
    struct bench *b = *state;
    assert_true(lay(b));
    expect_powering(b, 1, 0);
    field_waste(b->field);
    expect_powering(b, 2, 0);
    field_power_off(b->field);
    expect_powering(b, 2, 1);
}

/* ---- chips that move frames ---- */

/* REQA, anticollision: the identifier as the air shows it. */
static void expect_air(struct bench *b, unsigned transaction, unsigned nth)
{
    static const uint8_t reqa[] = { 0x26 }, anticollision[] = { 0x93, 0x20 };
    const struct air_frame ask = {
        .technology = 'A', .kbit_s = 106, .bytes = reqa, .length = 1, .last_bits = 7
    };
    const struct air_frame collide = {
        .technology = 'A', .kbit_s = 106, .bytes = anticollision, .length = 2
    };
    struct air_answer answer;
    uint8_t uid[4];
    drawn(b, transaction, nth, uid);
    air_frame(field_air(b->field), &ask, &answer);
    assert_false(answer.silent);
    air_frame(field_air(b->field), &collide, &answer);
    assert_false(answer.silent);
    assert_int_equal(answer.length, 5);
    assert_memory_equal(answer.bytes, uid, 4);
}

static void a_carrier_switched_on_begins_what_was_told(void **state)
{
    struct bench *b = *state;
    field_begin(b->field, 0);
    assert_true(lay(b));
    field_carrier(b->field, true);
    assert_true(field_powered(b->field));
    expect_air(b, 0, 0);
    field_begin(b->field, 1);
    field_carrier(b->field, true); /* it is on: nothing begins */
    field_carrier(b->field, false);
    assert_false(field_powered(b->field));
    field_carrier(b->field, true);
    expect_air(b, 1, 0);
    field_carrier(b->field, false);
    field_carrier(b->field, true);
    expect_air(b, 1, 1);
}

static void a_handset_laid_under_a_carrier_is_seen(void **state)
{
    struct bench *b = *state;
    field_begin(b->field, 0);
    field_carrier(b->field, true);
    assert_true(lay(b));
    expect_air(b, 0, 0);
    field_lift(b->field);
    assert_true(field_powered(b->field)); /* the reader's carrier is not the handset's affair */
    assert_true(lay(b));
    expect_air(b, 0, 0);
}

/* ---- parameters ---- */

static void a_simulated_profile_has_its_own_field_and_a_real_one_an_ordinary_one(void **state)
{
    struct virtual_reader field;
    struct reader_profile p = { .simulated = true,
                                .level = READER_LEVEL_SHORT,
                                .max_message = 271,
                                .endpoints = 2,
                                .simulation = { .level = READER_LEVEL_EXTENDED,
                                                .max_message = 522,
                                                .polling = "AB",
                                                .max_kbit_s = 212,
                                                .fsd = 64,
                                                .radius_mm = 5 } };
    (void)state;
    field_parameters(&field, &p);
    assert_memory_equal(&field, &p.simulation, sizeof field);
    p.simulated = false;
    memset(&p.simulation, 0, sizeof p.simulation);
    field_parameters(&field, &p);
    assert_int_equal(field.level, READER_LEVEL_SHORT);
    assert_int_equal(field.max_message, 271);
    assert_false(field.interrupt_endpoint);
    assert_string_equal(field.polling, "BA");
    assert_int_equal(field.fsd, 256);
    assert_true(field.radius_mm > 0);
}

int main(void)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BEHAVIOUR(untold_the_first_powering_with_an_apdu_is_transaction_1),
        BEHAVIOUR(untold_a_powering_that_failed_was_a_transaction),
        BEHAVIOUR(an_empty_field_counts_nothing),
        BEHAVIOUR(told_every_powering_belongs_to_the_transaction_until_the_next_is_told),
        BEHAVIOUR(told_once_the_next_laying_is_only_looked_at),
        BEHAVIOUR(what_is_told_after_a_look_overrides_the_count),
        BEHAVIOUR(presence_and_a_look_have_nothing_of_a_transactions_draws),
        BEHAVIOUR(a_handset_too_far_away_is_not_there),
        BEHAVIOUR(a_lift_takes_the_power_and_the_handset_away),
        BEHAVIOUR(an_apdu_that_the_reader_kept_counts),
        BEHAVIOUR(a_carrier_switched_on_begins_what_was_told),
        BEHAVIOUR(a_handset_laid_under_a_carrier_is_seen),
        BEHAVIOUR(a_simulated_profile_has_its_own_field_and_a_real_one_an_ordinary_one),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
