/* The application as a test target: its proof, its channel, its PINs, its life cycle. */
#include "harness/card/target_proof.h"
#include "tests/unit/handset/card_bench.h"

/* ---- proof ---- */

static size_t factory_certificate(struct bench *b, uint8_t out[2048])
{
    expect(b, "00A4020C0200E0", 0x9000);
    expect(b, "00B00000000800", 0x6282);
    memcpy(out, b->bytes, b->length);
    return b->length;
}

static void the_factory_key_signs_a_statement_that_verifies(void **state)
{
    struct bench *b = *state;
    uint8_t certificate[2048], command[TARGET_PROOF_COMMAND];
    struct target_statement asked;
    struct test_ca *ca = test_ca_virtual();
    assert_non_null(ca);
    expect(b, JPKI, 0x9000);
    size_t n = factory_certificate(b, certificate);
    assert_true(target_statement_make(&asked, "pin write", "RW-A"));
    for (int i = 0; i < 20; i++) { /* always as long: equal seeds have equal times */
        asked.nonce[0]++;
        assert_int_equal(bench_run(b, command, target_proof_command(&asked, command)), 0x9000);
        assert_int_equal(b->length, 71);
        struct said why = target_proof_verify(ca, &asked, certificate, n, b->bytes, b->length, 1800000000);
        assert_true(said_nothing(&why));
    }
    asked.nonce[0]++; /* a signature is for its nonce alone */
    struct said why = target_proof_verify(ca, &asked, certificate, n, b->bytes, b->length, 1800000000);
    assert_false(said_nothing(&why));
    test_ca_free(&ca);
}

static void a_proof_costs_no_pin_and_takes_nothing_but_a_statement(void **state)
{
    struct bench *b = *state;
    char nonce[65], bare[100];
    memset(nonce, 'A', 64);
    nonce[64] = '\0';
    snprintf(bare, sizeof bare, "00880000 20%s00", nonce);
    expect(b, JPKI, 0x9000);
    expect(b, bare, 0x6a80); /* a nonce alone could be anybody's hash */
    expect(b, "0088010021000000", 0x6700);
    expect(b, "008801000101", 0x6a86);
    expect(b, "00880000", 0x6700);
    assert_int_equal(sim_now(&b->state)->writes, 0);
}

static void two_sims_have_two_factory_keys(void **state)
{
    struct bench *b = *state;
    uint8_t one[2048], other[2048];
    expect(b, JPKI, 0x9000);
    size_t n = factory_certificate(b, one);
    snprintf(b->sample.sim.id, sizeof b->sample.sim.id, "SIM-2");
    sim_state_init(&b->state, &b->sample.sim);
    size_t m = factory_certificate(b, other);
    assert_false(n == m && memcmp(one, other, n) == 0);
}

/* ---- channel ---- */

static void a_channel_opens_in_both_sizes_at_every_level(void **state)
{
    struct bench *b = *state;
    static const unsigned levels[] = { 0x01, 0x03, 0x11, 0x13, 0x33 };
    for (unsigned s = 8; s <= 16; s += 8) {
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
            assert_int_equal(bench_open(b, s, levels[i]), 0x9000);
            expect_secure(b, "00A4020C02000A", 0x9000);
            expect_secure(b, "00B0000004", 0x9000); /* without a PIN */
            assert_int_equal(b->bytes[0], 0x30);
            assert_int_equal(b->length, scp03_answer_room(&b->host)); /* Le is lost on the wire: what fits */
        }
    }
    assert_int_equal(sim_now(&b->state)->sequence, 10);
}

static void nothing_is_done_without_a_channel(void **state)
{
    struct bench *b = *state;
    static const char *const commands[] = {
        "0047800008B60684011780010200",
        "0022 41B6 03 840117",
        "002A9E9A0100",
        "00D60000 01 30",
        "00440000",
        "00240180 04 31313131",
        "002C0280 04 31313131",
        "00E40000",
        "00E40000 04 83020017",
        "80F04083 0A D392F000260100000001",
    };
    for (int level = 0; level < 2; level++) { /* none; one that protects no command */
        if (level == 1)
            assert_int_equal(bench_open(b, 8, 0x00), 0x9000);
        else
            expect(b, JPKI, 0x9000);
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
            expect(b, "00A4020C020018", 0x9000);
            expect(b, commands[i], 0x6982);
        }
        expect(b, "00A4020C0200E1", 0x9000);
        expect(b, "00B0000010", 0x6982);
    }
    assert_int_equal(sim_now(&b->state)->writes, 1); /* that of INITIALIZE UPDATE */
}

static void a_security_error_shuts_all_but_a_new_beginning(void **state)
{
    struct bench *b = *state;
    uint8_t command[COMMAND_ROOM], wire[SCP03_WIRE_MAX];
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect(b, "00A4020C020006", 0x6982); /* bare, in a session */
    expect(b, "00A4020C020006", 0x6982);
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020006", 0x9000);

    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    size_t n = scp03_wrap(&b->host, command, bench_bytes("00A4020C020006", command), wire);
    wire[n - 2] ^= 1;
    assert_int_equal(bench_run(b, wire, n), 0x6982);
    wire[n - 2] ^= 1;
    assert_int_equal(bench_run(b, wire, n), 0x6982); /* the right one comes too late */
    assert_int_equal(bench_open(b, 16, LEVEL_ALL), 0x9000);

    n = scp03_wrap(&b->host, command, bench_bytes("00A4020C020006", command), wire);
    assert_int_equal(bench_run(b, wire, n), 0x9000);
    assert_int_equal(bench_run(b, wire, n), 0x6982); /* played again */
}

static void a_wrong_host_opens_nothing(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "84820100 10 00000000000000000000000000000000", 0x6985);
    expect(b, "80503000 08 0102030405060708 00", 0x9000);
    expect(b, "84820100 10 00000000000000000000000000000000", 0x6300);
    expect(b, "84820100 10 00000000000000000000000000000000", 0x6985);
    expect(b, "80503100 08 0102030405060708 00", 0x6a88); /* no such key version */
    expect(b, "80503000 07 01020304050607 00", 0x6700);
    expect(b, "80503000 08 0102030405060708 00", 0x9000);
    expect(b, "00A4020C020006", 0x9000); /* something came between */
    expect(b, "84820100 10 00000000000000000000000000000000", 0x6985);
    assert_int_equal(sim_now(&b->state)->sequence, 2);
    sim_change(&b->state)->sequence = 0xffffff;
    sim_commit(&b->state);
    expect(b, "80503000 08 0102030405060708 00", 0x6985);
}

static void a_session_ends_with_the_field_and_with_a_selection(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect(b, "00A4040C0AD392F0002601000000FF", 0x6a82);
    expect(b, "00A4020C020006", 0x9000); /* the application is still selected, the session over */
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    card_field_off(&b->card);
    expect(b, JPKI, 0x9000);
    expect(b, "84A4020C02 0006", 0x6882);
}

/* ---- PINs ---- */

#define OLD_1234 "31323334FFFFFFFFFFFFFFFFFFFFFFFF"
#define NEW_9876 "39383736FFFFFFFFFFFFFFFFFFFFFFFF"

static void the_holder_changes_a_pin_with_the_old_one(void **state)
{
    struct bench *b = *state;
    expect(b, JPKI, 0x9000);
    expect(b, "0024008020" OLD_1234 NEW_9876, 0x6986);
    expect(b, "00A4020C020018", 0x9000);
    expect(b,
           "0024008004"
           "31323334",
           0x6700);
    expect(b, "0024008020" OLD_1234 "3938374100000000000000000000FFFF", 0x6a80); /* not of digits */
    expect(b, "00200080", 0x63c3);
    expect(b, "0024008020" NEW_9876 OLD_1234, 0x63c2);
    expect(b, "0024008020" OLD_1234 NEW_9876, 0x9000);
    expect(b, "00200080", 0x63c3);
    expect(b, "002000800431323334", 0x63c2);
    expect(b, "002000800439383736", 0x9000);
    expect(b, "0024008120" OLD_1234 NEW_9876, 0x6a86);
    card_field_off(&b->card);
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "002000800439383736", 0x9000);
}

static void a_counter_sets_and_resets_pins(void **state)
{
    struct bench *b = *state;
    assert_int_equal(bench_open(b, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "00240180 04 39383736", 0x6986);
    expect_secure(b, "00A4020C020018", 0x9000);
    expect_secure(b, "00240180 04 39383736", 0x9000);
    expect_secure(b, "00240180 05 3938373635", 0x6a80);
    for (int i = 2; i >= 0; i--)
        expect_secure(b, "00200080 04 31323334", 0x63c0 + (unsigned)i);
    expect_secure(b, "00200080 04 39383736", 0x6984);
    expect_secure(b, "00200080", 0x63c0);
    expect_secure(b, "00240180 04 39383736", 0x6984); /* blocked: reset it is */
    expect_secure(b, "002C0080 04 30303030", 0x6a86);
    expect_secure(b, "002C0280 04 30303030", 0x9000);
    expect_secure(b, "00200080", 0x63c3);
    expect_secure(b, "00200080 04 30303030", 0x9000);
    expect_secure(b, "00A4020C02001B", 0x9000);
    expect_secure(b, "002C0280 06 414243444546", 0x9000);
    expect_secure(b, "002C0280 05 4142434445", 0x6a80);
    expect_secure(b, "002C0280 06 616263646566", 0x6a80); /* no small letters */
    expect_secure(b, "00200080 06 414243444546", 0x9000);
}

static void a_try_is_gone_before_the_value_is_compared(void **state)
{
    struct bench *b = *state;
    for (int kept = 0; kept < 2; kept++) {
        b->card.writes = 0;
        b->card.cut = (struct power_cut) { 1, kept };
        expect(b, JPKI, 0x9000);
        expect(b, "00A4020C020018", 0x9000);
        expect(b, "002000800431323334", NO_ANSWER);
        assert_int_equal(sim_now(&b->state)->pins[SIM_AUTHENTICATION].tries, kept ? 2 : 3);
        expect(b, "00A4020C02000A", 0x6d00); /* nothing is selected any more */
    }
    b->card.cut.write = 0;
    expect(b, JPKI, 0x9000);
    expect(b, "00A4020C020018", 0x9000);
    expect(b, "00200080", 0x63c2);
    expect(b, "002000800431323334", 0x9000);
}

/* ---- life cycle ---- */

static void a_locked_one_proves_itself_and_does_little_else(void **state)
{
    struct bench *b = *state;
    uint8_t file[16], certificate[2048];
    assert_int_equal(bench_open(b, 16, LEVEL_ALL), 0x9000);
    expect_secure(b, "80F04001 0A D392F000260100000001", 0x6a86);
    expect_secure(b, "80F04083 0A D392F000260100000002", 0x6a88);
    expect_secure(b, "80F04083 0A D392F000260100000001", 0x9000);
    expect_secure(b, "00A4020C020018", 0x9000);
    expect_secure(b, "00200080", 0x6985);
    bench_state(b, file);
    assert_int_equal(file[1], 0x83);
    expect(b, JPKI, 0x6283);
    expect(b, "00A4020C020006", 0x9000);
    expect(b, "00B0000010", 0x6985);
    expect(b, "00B0860010", 0x6985);
    expect(b, "0084000008", 0x6985);
    assert_true(factory_certificate(b, certificate) > 0);
    expect(b,
           "00880000 23"
           "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
           "700052 00",
           0x9000);
    assert_int_equal(bench_open(b, 16, LEVEL_ALL), 0x9000);
    expect_secure(b, "80F04007 0A D392F000260100000001", 0x6985); /* only back to what it was */
    expect_secure(b, "80F0400F 0A D392F000260100000001", 0x9000);
    expect_secure(b, "00A4020C020018", 0x9000);
    expect_secure(b, "00200080", 0x63c3);
    expect_secure(b, "80F04007 0A D392F000260100000001", 0x9000);
    bench_state(b, file);
    assert_int_equal(file[1], 0x07);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        T(the_factory_key_signs_a_statement_that_verifies),
        T(a_proof_costs_no_pin_and_takes_nothing_but_a_statement),
        T(two_sims_have_two_factory_keys),
        T(a_channel_opens_in_both_sizes_at_every_level),
        T(nothing_is_done_without_a_channel),
        T(a_security_error_shuts_all_but_a_new_beginning),
        T(a_wrong_host_opens_nothing),
        T(a_session_ends_with_the_field_and_with_a_selection),
        T(the_holder_changes_a_pin_with_the_old_one),
        T(a_counter_sets_and_resets_pins),
        T(a_try_is_gone_before_the_value_is_compared),
        T(a_locked_one_proves_itself_and_does_little_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
