/* What PC/SC return codes mean: names, stages, causes, and how evidence narrows a set. */
#include "drivers/pcsc/pcsc_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <PCSC/winscard.h>
#include <string.h>

static struct driver_fault fault;
static struct err e;

static int fail_with(LONG code, enum pcsc_phase phase, const struct exchange_evidence *x)
{
    memset(&fault, 0xff, sizeof fault);
    memset(&e, 0, sizeof e);
    return pcsc_fail((uint32_t)code, phase, x, "reader", &fault, &e);
}

static void a_stranger_is_named_by_its_number(void **state)
{
    char name[48];
    (void)state;
    assert_string_equal(pcsc_code_name(0x80101234, name), "0x80101234");
    assert_string_equal(pcsc_code_name(0x80100069, name), "SCARD_W_REMOVED_CARD");
    assert_string_equal(pcsc_code_name(0, name), "SCARD_S_SUCCESS");
}

static void every_row_of_the_taxonomy_has_its_stage_and_causes(void **state)
{
    static const struct {
        LONG code;
        enum pcsc_phase phase;
        int status;
        enum stage stage;
        cause_set causes;
        bool lost, busy;
    } rows[] = {
        { SCARD_E_NO_SERVICE, PCSC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true, false },
        { SCARD_E_READER_UNAVAILABLE, PCSC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true,
          false },
        { SCARD_E_UNKNOWN_READER, PCSC_PHASE_WAIT, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true, false },
        { SCARD_F_COMM_ERROR, PCSC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true, false },
        { SCARD_E_INVALID_VALUE, PCSC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true, false },
        { SCARD_E_SHARING_VIOLATION, PCSC_PHASE_ACTIVATE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(30), false,
          true },
        { SCARD_W_SECURITY_VIOLATION, PCSC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false,
          false },
        { SCARD_E_NO_SMARTCARD, PCSC_PHASE_ACTIVATE, ERR_NO_TARGET, STAGE_DETECT, CAUSE(2) | CAUSE(3), false,
          false },
        { SCARD_E_NO_SMARTCARD, PCSC_PHASE_EXCHANGE, ERR_NO_TARGET, STAGE_EXCHANGE, CAUSE(3) | CAUSE(16),
          false, false },
        { SCARD_W_REMOVED_CARD, PCSC_PHASE_EXCHANGE, ERR_NO_TARGET, STAGE_EXCHANGE, CAUSE(3) | CAUSE(16),
          false, false },
        { SCARD_W_UNRESPONSIVE_CARD, PCSC_PHASE_ACTIVATE, ERR_CARD, STAGE_ACTIVATE, CAUSE(6) | CAUSE(7),
          false, false },
        { SCARD_W_UNPOWERED_CARD, PCSC_PHASE_ACTIVATE, ERR_CARD, STAGE_ACTIVATE, CAUSE(6) | CAUSE(7), false,
          false },
        { SCARD_E_PROTO_MISMATCH, PCSC_PHASE_ACTIVATE, ERR_CARD, STAGE_ACTIVATE, CAUSE(8), false, false },
        { SCARD_W_RESET_CARD, PCSC_PHASE_EXCHANGE, ERR_CARD, STAGE_EXCHANGE, CAUSE(17), false, false },
        { SCARD_E_INSUFFICIENT_BUFFER, PCSC_PHASE_EXCHANGE, ERR_CARD, STAGE_EXCHANGE, CAUSE(13) | CAUSE(14),
          false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(fail_with(rows[i].code, rows[i].phase, NULL), rows[i].status);
        assert_int_equal(fault.stage, rows[i].stage);
        assert_int_equal(fault.causes, rows[i].causes);
        assert_int_equal(fault.reader_lost, rows[i].lost);
        assert_int_equal(fault.busy, rows[i].busy);
        assert_int_equal(fault.depth, DEPTH_PCSC);
        assert_string_equal(fault.native, e.native);
        assert_non_null(strstr(e.text, fault.native));
    }
}

static cause_set causes_of(struct exchange_evidence x)
{
    assert_int_equal(fail_with(SCARD_E_NOT_TRANSACTED, PCSC_PHASE_EXCHANGE, &x), ERR_CARD);
    assert_int_equal(fault.stage, STAGE_EXCHANGE);
    return fault.causes;
}

static void not_transacted_is_a_set_that_evidence_narrows(void **state)
{
    const cause_set base = CAUSE(9) | CAUSE(10) | CAUSE(12);
    (void)state;
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 32 }), base);
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 251 }), base);
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 252 }), base | CAUSE(13));
    /* frames of 64 bytes carry 61 */
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 59, .frame_size = 64 }), base);
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 60, .frame_size = 64 }),
                     base | CAUSE(13));
    assert_int_equal(causes_of((struct exchange_evidence) { .expected_length = 256 }),
                     base | CAUSE(13) | CAUSE(14));
    assert_int_equal(causes_of((struct exchange_evidence) { .command_length = 300, .extended = true }),
                     base | CAUSE(13) | CAUSE(15));
    assert_int_equal(causes_of((struct exchange_evidence) { .first = true }), base | CAUSE(7));
    assert_int_equal(causes_of((struct exchange_evidence) { .took_us = 3000000 }), base | CAUSE(11));
    /* A waiting time that the target told and that did not pass can't have run out. */
    assert_int_equal(causes_of((struct exchange_evidence) { .took_us = 40000, .fwt_us = 77000 }),
                     base & ~CAUSE(10));
    assert_int_equal(causes_of((struct exchange_evidence) { .took_us = 90000, .fwt_us = 77000 }), base);
}

static void an_unknown_code_is_not_blamed_on_the_host_alone(void **state)
{
    (void)state;
    fail_with((LONG)0x80101234, PCSC_PHASE_EXCHANGE, NULL);
    assert_int_equal(fault.causes, CAUSE(1) | CAUSE(9));
    assert_string_equal(fault.native, "0x80101234");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_named_by_its_number),
        cmocka_unit_test(every_row_of_the_taxonomy_has_its_stage_and_causes),
        cmocka_unit_test(not_transacted_is_a_set_that_evidence_narrows),
        cmocka_unit_test(an_unknown_code_is_not_blamed_on_the_host_alone),
    };
    return cmocka_run_group_tests_name("pcsc_code", tests, NULL, NULL);
}
