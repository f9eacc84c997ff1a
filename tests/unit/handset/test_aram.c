/* ARA-M on the virtual sim: what its profile says is what a reader gets; what a counter stores is there, once, and the tag moves. */
#include "tests/unit/handset/card_bench.h"

#define ARAM "00A4040C09A00000015141434C00"

/* The application's rule for one app's certificate, and "nobody else". */
#define ONE           "E215E10E4F0AD392F000260100000001C100E303D00101"
#define ALL_REFERENCE "E1044F00C100"
#define ALL           "E20EE1044F00C100E306D00100D10100"

static int set_up(void **state)
{
    if (bench_set_up(state) != 0)
        return 1;
    struct bench *b = *state;
    struct virtual_sim *sim = &b->sample.sim;
    size_t n = bench_bytes(ALL, sim->access_rules);
    sim->access_rules_length = n;
    return 0;
}

static void expect_data(struct bench *b, const char *hex)
{
    uint8_t bytes[COMMAND_ROOM];
    size_t length = bench_bytes(hex, bytes);
    assert_int_equal(b->length, length);
    assert_memory_equal(b->bytes, bytes, length);
}

static void a_reader_gets_the_rules_of_the_profile(void **state)
{
    struct bench *b = *state;
    expect(b, ARAM, 0x9000);
    expect(b, "80CAFF4000", 0x9000);
    expect_data(b, "FF4010" ALL);
    expect(b, "80CAFF5006" ALL_REFERENCE "00", 0x9000);
    expect_data(b, "FF5008"
                   "E306D00100D10100");
    expect(b,
           "80CAFF5006"
           "E1054F00C100"
           "00",
           0x6a80);
    expect(b,
           "80CAFF5007"
           "E1054F01D3C100"
           "00",
           0x6a88);
    expect(b, "80CADF2000", 0x9000);
    expect_data(b, "DF20080000000000000000");
    expect(b, "80CAFF4100", 0x6a88);
    expect(b, "80CAFF40", 0x6700);
    expect(b, "00B0000000", 0x6e00);
    expect(b, "80B0000000", 0x6d00);
}

static void a_sim_without_a_rule_has_no_such_application(void **state)
{
    struct bench *b = *state;
    b->sample.sim.access_rules_length = 0;
    expect(b, ARAM, 0x6a82);
    b->sample.sim.access_rules_length = 16;
    b->sample.handset.targets[0].target = TARGET_ESE;
    expect(b, ARAM, 0x6a82);
}

static void a_counter_stores_and_deletes_rules_and_the_tag_moves(void **state)
{
    struct bench *b = *state;
    expect(b, ARAM, 0x9000);
    expect(b, "80E2900019F017" ONE, 0x6982);
    assert_int_equal(bench_open_in(b, ARAM, 8, LEVEL_ALL), 0x9000);
    expect_secure(b, "80E2900019F017" ONE, 0x9000);
    expect_secure(b, "80E2900019F017" ONE, 0x6381);
    expect_secure(b, "80CAFF4000", 0x9000);
    expect_data(b, "FF4027" ALL ONE);
    expect_secure(b, "80CADF2000", 0x9000);
    expect_data(b, "DF20080000000000000001");
    expect_secure(b, "80E2900008F106" ALL_REFERENCE, 0x9000);
    expect_secure(b, "80E2900008F106" ALL_REFERENCE, 0x6a88);
    expect_secure(b, "80CAFF4000", 0x9000);
    expect_data(b, "FF4017" ONE);
    expect_secure(b, "80E2900002F200", 0x9000);
    expect_secure(b, "80CADF2000", 0x9000);
    expect_data(b, "DF20080000000000000003");
    expect_secure(b, "80E2900002F100", 0x9000);
    expect_secure(b, "80CAFF4000", 0x6a88);
    card_field_off(&b->card);
    expect(b, ARAM, 0x9000); /* it is still there, without rules */
    expect(b, "80CAFF4000", 0x6a88);
}

static void what_is_no_rule_is_not_stored(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {
        "80E2900002F0E2",   "80E2900004F002E200", "80E2900008F006" ALL_REFERENCE,     "80E2900003F10100",
        "80E2900003F20100", "80E2900002F300",     "80E290000AF008E206" ALL_REFERENCE,
    };
    assert_int_equal(bench_open_in(b, ARAM, 8, LEVEL_ALL), 0x9000);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_secure(b, bad[i], 0x6a80);
    expect_secure(b, "80E2100002F200", 0x6a86);
    expect_secure(b, "80CADF2000", 0x9000);
    expect_data(b, "DF20080000000000000000");
}

static void a_long_list_comes_in_parts(void **state)
{
    struct bench *b = *state;
    uint8_t got[1100];
    size_t n = 0;
    char rule[64];
    assert_int_equal(bench_open_in(b, ARAM, 8, 0x01), 0x9000);
    for (unsigned i = 0; i < 30; i++) {
        snprintf(rule, sizeof rule, "80E2900019F017E215E10E4F0AD392F0002601000000%02XC100E303D00101", i);
        expect_secure(b, rule, 0x9000);
    }
    card_field_off(&b->card);
    expect(b, ARAM, 0x9000);
    expect(b, "80CAFF6000", 0x6a88); /* the rest of nothing */
    unsigned sw = bench_ask(b, "80CAFF4000");
    for (; sw == 0x9000; sw = bench_ask(b, "80CAFF6000")) {
        assert_true(n + b->length <= sizeof got);
        memcpy(got + n, b->bytes, b->length);
        n += b->length;
    }
    assert_int_equal(sw, 0x6a88);
    assert_int_equal(n, 5 + 16 + 30 * 23);
    assert_int_equal(got[2], 0x82);
    assert_int_equal((size_t)got[3] << 8 | got[4], n - 5);
    for (unsigned i = 30; i < 44; i++) {
        assert_int_equal(bench_open_in(b, ARAM, 8, 0x01), 0x9000);
        snprintf(rule, sizeof rule, "80E2900019F017E215E10E4F0AD392F0002601000000%02XC100E303D00101", i);
        expect_secure(b, rule, i < 43 ? 0x9000 : 0x6a84); /* full */
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_reader_gets_the_rules_of_the_profile),
        T(a_sim_without_a_rule_has_no_such_application),
        T(a_counter_stores_and_deletes_rules_and_the_tag_moves),
        T(what_is_no_rule_is_not_stored),
        T(a_long_list_comes_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
