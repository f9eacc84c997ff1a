/* The simulated reader through the driver interface: its clock, its class, its faults, and what it tells of
 * the phone's. */
#include "drivers/sim/sim.h"
#include "tests/unit/handset/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct bench {
    struct sample sample;
    struct driver_reader *reader;
    struct driver_target target;
    struct driver_fault fault;
    struct driver_exchange x;
    struct err e;
    uint8_t response[APDU_RESPONSE_MAX];
};

static void open_reader(struct bench *b)
{
    struct driver_open how = {
        .address = "sim-reader", .simulated = &b->sample.reader, .seed = 1, .unit = "sim-1", .uid_apdu = true
    };
    driver_close(&b->reader);
    assert_int_equal(driver_open(&driver_sim, &how, &b->reader, &b->fault, &b->e), 0);
}

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return 1;
    sample_fill(&b->sample, 'A');
    *state = b;
    open_reader(b);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    driver_close(&b->reader);
    free(b);
    return 0;
}

static void lay(struct bench *b)
{
    assert_int_equal(driver_lay(b->reader, &b->sample.laying, &b->e), 0);
}

static int begin(struct bench *b, unsigned transaction)
{
    driver_begin(b->reader, transaction);
    return driver_activate(b->reader, &b->target, &b->fault, &b->e);
}

static int send(struct bench *b, const uint8_t *command, size_t length, uint32_t deadline_ms)
{
    b->x = (struct driver_exchange) { .command = command,
                                      .command_length = length,
                                      .response = b->response,
                                      .response_capacity = sizeof b->response,
                                      .deadline_ms = deadline_ms };
    return driver_exchange(b->reader, &b->x, &b->fault, &b->e);
}

#define SEND(b, command) send(b, command, sizeof command, 5000)

static unsigned sw_of(struct bench *b)
{
    return apdu_status_word(b->response, b->x.response_length);
}

static uint64_t took_us(const struct bench *b)
{
    return (b->x.ended_ns - b->x.started_ns) / 1000;
}

static void reader_fault(struct bench *b, unsigned cause, enum virtual_per per)
{
    b->sample.reader.faults[b->sample.reader.fault_count++] =
        (struct virtual_fault) { .cause = cause, .rate = 1.0, .per = per };
}

static void the_token_reads_end_to_end(void **state)
{
    struct bench *b = *state;
    lay(b);
    assert_int_equal(driver_wait_present(b->reader, 10000, &b->target, &b->fault, &b->e), 0);
    assert_true(said_is(&b->target.detect_source, SAID_SEEN_SIMULATED));
    assert_int_equal(b->target.detect_quantum_us, 400000);
    assert_in_range(b->target.detect_us, 1000, 403000);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(b->target.technology, 'A');
    assert_int_equal(b->target.uid_length, 4);
    assert_true(b->target.ats_length >= 5 && b->target.atr_length >= 5);
    assert_true(b->target.activate_us > 10000);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    assert_int_equal(SEND(b, sample_select_token), 0);
    assert_int_equal(SEND(b, sample_read_label), 0);
    assert_int_equal(sw_of(b), 0x9000);
    assert_int_equal(b->x.response_length, 34);
    assert_memory_equal(b->response, SAMPLE_LABEL, 32);
    assert_true(took_us(b) > 1000);
    assert_int_equal(b->x.ended_ns, driver_now_ns(b->reader));
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(SEND(b, sample_select_jpki), ERR_NO_TARGET);
}

static void the_ca_certificate_reads_end_to_end(void **state)
{
    struct bench *b = *state;
    uint8_t read[] = { 0x00, 0xb0, 0x00, 0x00, 0x04 };
    size_t got = 0, total;
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    assert_int_equal(SEND(b, sample_select_ca), 0);
    assert_int_equal(SEND(b, read), 0);
    total = ((size_t)b->response[2] << 8 | b->response[3]) + 4;
    while (got < total) {
        read[2] = (uint8_t)(got >> 8);
        read[3] = (uint8_t)got;
        read[4] = total - got >= 256 ? 0 : (uint8_t)(total - got);
        assert_int_equal(SEND(b, read), 0);
        assert_int_equal(sw_of(b), 0x9000);
        got += b->x.response_length - 2;
    }
    assert_int_equal(got, total);
}

static void the_clock_goes_forward_only(void **state)
{
    struct bench *b = *state;
    uint64_t start_ns = driver_now_ns(b->reader);
    driver_advance(b->reader, start_ns + 43200000000000u);
    assert_int_equal(driver_now_ns(b->reader), start_ns + 43200000000000u);
    driver_advance(b->reader, start_ns);
    assert_int_equal(driver_now_ns(b->reader), start_ns + 43200000000000u);
}

static void nothing_in_the_field_costs_the_whole_wait(void **state)
{
    struct bench *b = *state;
    uint64_t start_ns = driver_now_ns(b->reader);
    assert_int_equal(driver_wait_present(b->reader, 10000, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_int_equal(b->fault.causes, CAUSE(2) | CAUSE(3) | CAUSE(4));
    assert_int_equal(driver_now_ns(b->reader) - start_ns, 10000000000u);
    b->sample.laying.power_mode = POWER_SCREEN_OFF;
    lay(b);
    assert_int_equal(driver_wait_present(b->reader, 10000, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    assert_int_equal(driver_wait_absent(b->reader, 1000, &b->fault, &b->e), 0);
}

static void a_lifted_handset_is_absent(void **state)
{
    struct bench *b = *state;
    lay(b);
    assert_int_equal(driver_wait_absent(b->reader, 1000, &b->fault, &b->e), ERR_TIMEOUT);
    assert_int_equal(driver_lay(b->reader, NULL, &b->e), 0);
    assert_int_equal(driver_wait_absent(b->reader, 1000, &b->fault, &b->e), 0);
    assert_int_equal(begin(b, 1), ERR_NO_TARGET);
}

static void causes_at_activation_hold_the_true_one(void **state)
{
    struct bench *b = *state;
    for (unsigned cause = 2; cause <= 8; cause++) {
        b->sample.handset.fault_count = 0;
        sample_fault(&b->sample, cause, VIRTUAL_PER_TRANSACTION, 1.0);
        lay(b);
        assert_int_equal(begin(b, 1), cause <= 4 ? ERR_NO_TARGET : ERR_CARD);
        assert_int_equal(b->fault.stage, cause <= 4 ? STAGE_DETECT : STAGE_ACTIVATE);
        assert_true(b->fault.causes & CAUSE(cause));
        assert_int_equal(b->fault.depth, DEPTH_PCSC);
        assert_string_equal(b->fault.native, cause <= 4   ? "SCARD_E_NO_SMARTCARD"
                                             : cause == 8 ? "SCARD_E_PROTO_MISMATCH"
                                                          : "SCARD_W_UNRESPONSIVE_CARD");
        assert_int_equal(SEND(b, sample_select_jpki), ERR_NO_TARGET);
    }
}

/* Reads 256 bytes under this fault; the status of the read. */
static int read_under(struct bench *b, unsigned cause, uint32_t slow_us, uint32_t deadline_ms)
{
    b->sample.handset.fault_count = 0;
    struct virtual_fault *f = sample_fault(&b->sample, cause, VIRTUAL_PER_TRANSACTION, 1.0);
    f->response_at_least = 256;
    f->slow_us = slow_us;
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    assert_int_equal(SEND(b, sample_select_ca), 0);
    return send(b, sample_read_256, sizeof sample_read_256, deadline_ms);
}

static void causes_at_an_exchange_hold_the_true_one(void **state)
{
    struct bench *b = *state;
    static const unsigned causes[] = { 9, 10, 11, 12, 13, 14, 16, 17 };
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        int status = read_under(b, causes[i], 0, 0);
        assert_int_equal(status, causes[i] == 16 ? ERR_NO_TARGET : ERR_CARD);
        assert_int_equal(b->fault.stage, STAGE_EXCHANGE);
        assert_true(b->fault.causes & CAUSE(causes[i]));
        assert_string_equal(b->fault.native, causes[i] == 16   ? "SCARD_W_REMOVED_CARD"
                                             : causes[i] == 17 ? "SCARD_W_RESET_CARD"
                                                               : "SCARD_E_NOT_TRANSACTED");
        assert_int_equal(b->x.response_length, 0);
    }
}

static void a_deadline_is_kept_in_virtual_time(void **state)
{
    struct bench *b = *state;
    assert_int_equal(read_under(b, 10, 0, 1500), ERR_TIMEOUT);
    assert_int_equal(took_us(b), 1500000);
    assert_int_equal(b->fault.stage, STAGE_EXCHANGE);
    assert_int_equal(b->fault.causes, CAUSE(10) | CAUSE(11));
    assert_int_equal(driver_probe(b->reader, &b->e), 0); /* the phone's side: the reader answers */
    assert_int_equal(read_under(b, 27, 2000000, 1500), ERR_TIMEOUT);
    assert_int_equal(took_us(b), 1500000);
    assert_int_equal(read_under(b, 27, 1000000, 1500), 0);
    assert_in_range(took_us(b), 1000000, 1500000);
}

static void f31_is_told_from_f10_by_asking_the_reader(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 31, VIRTUAL_PER_TRANSACTION);
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(send(b, sample_select_jpki, sizeof sample_select_jpki, 800), ERR_TIMEOUT);
    assert_int_equal(took_us(b), 800000);
    assert_int_equal(b->fault.causes, CAUSE(10) | CAUSE(11));
    assert_int_equal(driver_probe(b->reader, &b->e), ERR_ENVIRONMENT);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
}

/* What the reader makes of a transaction with a phone that fails it, or does not. */
static int one_transaction(struct bench *b, unsigned number, bool fails)
{
    b->sample.handset.faults[0] =
        (struct virtual_fault) { .cause = 16, .rate = 1.0, .per = VIRTUAL_PER_TRANSACTION };
    b->sample.handset.fault_count = fails;
    assert_int_equal(begin(b, number), 0);
    return SEND(b, sample_select_jpki);
}

static void a_reader_can_hang_where_the_phone_fails_and_nowhere_else(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 31, VIRTUAL_PER_TRANSACTION);
    b->sample.reader.faults[0].when = VIRTUAL_WHEN_FAILING;
    lay(b);
    assert_int_equal(one_transaction(b, 1, false), 0);
    assert_int_equal(one_transaction(b, 2, true), ERR_TIMEOUT);
    assert_int_equal(driver_probe(b->reader, &b->e), ERR_ENVIRONMENT);
    assert_int_equal(one_transaction(b, 3, false), 0);
}

static void a_reader_can_hang_after_a_failure_until_the_phone_is_laid_anew(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 31, VIRTUAL_PER_TRANSACTION);
    b->sample.reader.faults[0].when = VIRTUAL_WHEN_AFTER_FAILURE;
    lay(b);
    assert_int_equal(one_transaction(b, 1, false), 0);
    assert_int_equal(one_transaction(b, 2, true), ERR_NO_TARGET);
    assert_int_equal(one_transaction(b, 3, false), ERR_TIMEOUT);
    assert_int_equal(one_transaction(b, 4, false), ERR_TIMEOUT);
    lay(b);
    assert_int_equal(one_transaction(b, 1, false), 0);
}

static void f01_loses_the_reader_until_it_is_opened_anew(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 1, VIRTUAL_PER_EXCHANGE);
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, sample_select_jpki), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->fault.causes, CAUSE(1));
    assert_int_equal(b->fault.stage, STAGE_SETUP);
    assert_int_equal(begin(b, 2), ERR_ENVIRONMENT);
    assert_int_equal(driver_probe(b->reader, &b->e), ERR_ENVIRONMENT);
    b->sample.reader.fault_count = 0;
    open_reader(b);
    lay(b);
    assert_int_equal(begin(b, 1), 0);
}

static void f29_is_a_driver_made_status_word(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 29, VIRTUAL_PER_EXCHANGE);
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    assert_int_equal(b->x.response_length, 2);
    assert_int_equal(sw_of(b), 0x6400);
}

static void f30_says_that_the_reader_is_busy(void **state)
{
    struct bench *b = *state;
    reader_fault(b, 30, VIRTUAL_PER_TRANSACTION);
    lay(b);
    assert_int_equal(begin(b, 1), ERR_ENVIRONMENT);
    assert_true(b->fault.busy);
    assert_int_equal(b->fault.causes, CAUSE(30));
    assert_string_equal(b->fault.native, "SCARD_E_SHARING_VIOLATION");
}

static void f15_a_short_level_reader_refuses_extended_commands(void **state)
{
    struct bench *b = *state;
    static const uint8_t extended[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x01, 0x80 };
    static const enum reader_level levels[] = { READER_LEVEL_SHORT, READER_LEVEL_TPDU,
                                                READER_LEVEL_EXTENDED };
    for (size_t i = 0; i < 3; i++) {
        b->sample.reader.level = levels[i];
        lay(b);
        assert_int_equal(begin(b, 1), 0);
        assert_int_equal(SEND(b, sample_select_jpki), 0);
        assert_int_equal(SEND(b, sample_select_ca), 0);
        assert_int_equal(SEND(b, extended), levels[i] == READER_LEVEL_SHORT ? ERR_CARD : 0);
        if (levels[i] != READER_LEVEL_SHORT) {
            assert_int_equal(b->x.response_length, 384 + 2);
            continue;
        }
        assert_true(b->fault.causes & CAUSE(15));
        assert_string_equal(b->fault.native, "SCARD_E_NOT_TRANSACTED");
        assert_true(took_us(b) < 50000); /* at once: the card was never asked; but nobody knows that */
        assert_int_equal(SEND(b, sample_select_jpki), 0);
        assert_int_equal(SEND(b, sample_select_ca), 0);
        assert_int_equal(SEND(b, sample_read_256), 0);
    }
}

static void chained_messages_cost_time(void **state)
{
    struct bench *b = *state;
    static const uint8_t extended[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x03, 0xf8 }; /* 1016 bytes */
    uint64_t us[2];
    b->sample.handset.targets[0].spread = b->sample.reader.host_spread = 0;
    for (size_t i = 0; i < 2; i++) {
        b->sample.reader.level = i == 0 ? READER_LEVEL_EXTENDED : READER_LEVEL_TPDU;
        lay(b);
        assert_int_equal(begin(b, 1), 0);
        assert_int_equal(SEND(b, sample_select_jpki), 0);
        assert_int_equal(SEND(b, sample_select_ca), 0);
        assert_int_equal(SEND(b, extended), 0);
        us[i] = took_us(b);
    }
    assert_in_range(us[1] - us[0], 4 * 1500 - 2,
                    4 * 1500 + 2); /* five messages of 254 bytes instead of one */
}

static void the_reader_itself_answers_ff_ca(void **state)
{
    struct bench *b = *state;
    static const uint8_t get_uid[] = { 0xff, 0xca, 0x00, 0x00, 0x00 };
    static const uint8_t get_ats[] = { 0xff, 0xca, 0x01, 0x00, 0x00 };
    static const uint8_t uid[] = { 0x04, 1, 2, 3, 4, 5, 6 };
    b->sample.handset.random_uid = false;
    memcpy(b->sample.handset.uid, uid, sizeof uid);
    b->sample.handset.uid_length = sizeof uid;
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, get_uid), 0);
    assert_int_equal(sw_of(b), 0x9000);
    assert_int_equal(b->target.uid_length, sizeof uid);
    assert_memory_equal(b->response, uid, sizeof uid);
    assert_int_equal(SEND(b, get_ats), 0);
    assert_int_equal(sw_of(b), 0x9000);
    assert_memory_equal(b->response, b->target.ats, b->target.ats_length);
    b->sample.reader.lacks_uid = b->sample.reader.lacks_ats = true;
    assert_int_equal(begin(b, 2), 0);
    assert_int_equal(SEND(b, get_uid), 0);
    assert_int_equal(sw_of(b), 0x6a81);
    assert_int_equal(b->target.uid_length, 0);
    assert_true(said_is(&b->target.uid_absent, SAID_READER_ANSWERS));
    assert_true(said_is(&b->target.ats_absent, SAID_READER_ANSWERS));
    assert_int_equal(SEND(b, get_ats), 0);
    assert_int_equal(sw_of(b), 0x6a81);
}

static void type_b_has_no_ats_and_says_so(void **state)
{
    struct bench *b = *state;
    static const uint8_t get_ats[] = { 0xff, 0xca, 0x01, 0x00, 0x00 };
    sample_fill(&b->sample, 'B');
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(b->target.technology, 'B');
    assert_int_equal(b->target.ats_length, 0);
    assert_true(said_is(&b->target.ats_absent, SAID_NO_ATS_B));
    assert_int_equal(SEND(b, get_ats), 0);
    assert_int_equal(sw_of(b), 0x6a81);
}

static void a_small_buffer_is_an_error_and_not_overrun(void **state)
{
    struct bench *b = *state;
    lay(b);
    assert_int_equal(begin(b, 1), 0);
    assert_int_equal(SEND(b, sample_select_jpki), 0);
    assert_int_equal(SEND(b, sample_select_ca), 0);
    b->x = (struct driver_exchange) { .command = sample_read_256,
                                      .command_length = sizeof sample_read_256,
                                      .response = b->response,
                                      .response_capacity = 64 };
    b->response[64] = 0xa5;
    assert_int_equal(driver_exchange(b->reader, &b->x, &b->fault, &b->e), ERR_CARD);
    assert_int_equal(b->response[64], 0xa5);
    assert_int_equal(b->x.response_length, 0);
}

static void the_same_keys_give_the_same_times_in_any_order(void **state)
{
    struct bench *b = *state;
    uint64_t us[10][2];
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < 10; i++) {
            unsigned p = pass == 0 ? i : 9 - i;
            b->sample.laying.ordinal = p / 2;
            if (pass == 1)
                open_reader(b);
            lay(b);
            assert_int_equal(begin(b, p % 2 + 1), 0);
            assert_int_equal(SEND(b, sample_select_jpki), 0);
            uint64_t now[2] = { b->target.activate_us, took_us(b) };
            if (pass == 0)
                memcpy(us[p], now, sizeof now);
            assert_memory_equal(us[p], now, sizeof now);
        }
    }
    assert_int_not_equal(us[0][1], us[1][1]);
}

static void nothing_is_attached_by_itself(void **state)
{
    struct bench *b = *state;
    struct driver_found found[1];
    struct driver_reader *r = NULL;
    size_t n = 1;
    struct driver_open how = { .address = "sim" };
    assert_int_equal(driver_list(&driver_sim, NULL, 0, found, 1, &n, &b->e), 0);
    assert_int_equal(n, 0);
    assert_int_equal(driver_open(&driver_sim, &how, &r, &b->fault, &b->e), ERR_USAGE);
    assert_null(r);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_token_reads_end_to_end),
        T(the_ca_certificate_reads_end_to_end),
        T(the_clock_goes_forward_only),
        T(nothing_in_the_field_costs_the_whole_wait),
        T(a_lifted_handset_is_absent),
        T(causes_at_activation_hold_the_true_one),
        T(causes_at_an_exchange_hold_the_true_one),
        T(a_deadline_is_kept_in_virtual_time),
        T(f31_is_told_from_f10_by_asking_the_reader),
        T(a_reader_can_hang_where_the_phone_fails_and_nowhere_else),
        T(a_reader_can_hang_after_a_failure_until_the_phone_is_laid_anew),
        T(f01_loses_the_reader_until_it_is_opened_anew),
        T(f29_is_a_driver_made_status_word),
        T(f30_says_that_the_reader_is_busy),
        T(f15_a_short_level_reader_refuses_extended_commands),
        T(chained_messages_cost_time),
        T(the_reader_itself_answers_ff_ca),
        T(type_b_has_no_ats_and_says_so),
        T(a_small_buffer_is_an_error_and_not_overrun),
        T(the_same_keys_give_the_same_times_in_any_order),
        T(nothing_is_attached_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
