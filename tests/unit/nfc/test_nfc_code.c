/* What libnfc's codes and the PN53x's status byte mean: names, stages, causes. */
#include "drivers/nfc/nfc_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <nfc/nfc.h>
#include <string.h>

static struct driver_fault fault;
static struct err e;

static int fail_with(struct nfc_failure f, enum nfc_phase phase)
{
    memset(&fault, 0xff, sizeof fault);
    memset(&e, 0, sizeof e);
    return nfc_fail(&f, phase, "reader", &fault, &e);
}

static void every_code_of_the_library_has_its_name(void **state)
{
    static const struct {
        int code;
        const char *name;
    } rows[] = {
        { NFC_SUCCESS, "NFC_SUCCESS" },
        { NFC_EIO, "NFC_EIO" },
        { NFC_EINVARG, "NFC_EINVARG" },
        { NFC_EDEVNOTSUPP, "NFC_EDEVNOTSUPP" },
        { NFC_ENOTSUCHDEV, "NFC_ENOTSUCHDEV" },
        { NFC_EOVFLOW, "NFC_EOVFLOW" },
        { NFC_ETIMEOUT, "NFC_ETIMEOUT" },
        { NFC_EOPABORTED, "NFC_EOPABORTED" },
        { NFC_ENOTIMPL, "NFC_ENOTIMPL" },
        { NFC_ETGRELEASED, "NFC_ETGRELEASED" },
        { NFC_ERFTRANS, "NFC_ERFTRANS" },
        { NFC_EMFCAUTHFAIL, "NFC_EMFCAUTHFAIL" },
        { NFC_ESOFT, "NFC_ESOFT" },
        { NFC_ECHIP, "NFC_ECHIP" },
        { -ETIMEDOUT, "ETIMEDOUT" }, /* libusb-0.1's codes pass through */
        { -ENODEV, "ENODEV" },
        { -100000, "NFC_UNKNOWN" },
    };
    char name[48];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(nfc_code_name(rows[i].code, name), rows[i].name);
}

/* The chip's table (PN532 user manual, 7.1): the code the library folds it into does not matter. */
static void every_status_of_the_chip_has_name_stage_and_causes(void **state)
{
    static const struct {
        uint8_t status;
        const char *name;
        enum stage stage;
        cause_set causes;
    } rows[] = {
        { 0x01, "PN53X_TIMEOUT(01)", STAGE_EXCHANGE, CAUSE(10) | CAUSE(16) },
        { 0x02, "PN53X_CRC(02)", STAGE_EXCHANGE, CAUSE(9) },
        { 0x03, "PN53X_PARITY(03)", STAGE_EXCHANGE, CAUSE(9) },
        { 0x04, "PN53X_BIT_COUNT(04)", STAGE_EXCHANGE, CAUSE(9) },
        { 0x05, "PN53X_FRAMING(05)", STAGE_EXCHANGE, CAUSE(9) | CAUSE(12) },
        { 0x06, "PN53X_BIT_COLLISION(06)", STAGE_EXCHANGE, CAUSE(9) },
        { 0x07, "PN53X_BUFFER_TOO_SMALL(07)", STAGE_EXCHANGE, CAUSE(13) },
        { 0x09, "PN53X_RF_BUFFER_OVERFLOW(09)", STAGE_EXCHANGE, CAUSE(13) },
        { 0x0a, "PN53X_NO_FIELD(0A)", STAGE_EXCHANGE, CAUSE(16) },
        { 0x0b, "PN53X_RF_PROTOCOL(0B)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x0d, "PN53X_OVERHEATING(0D)", STAGE_SETUP, CAUSE(1) },
        { 0x0e, "PN53X_INTERNAL_BUFFER_OVERFLOW(0E)", STAGE_EXCHANGE, CAUSE(13) },
        { 0x10, "PN53X_INVALID_PARAMETER(10)", STAGE_SETUP, CAUSE(1) },
        { 0x12, "PN53X_DEP_UNKNOWN_COMMAND(12)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x13, "PN53X_DATA_FORMAT(13)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x14, "PN53X_AUTHENTICATION(14)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x23, "PN53X_UID_CHECK_BYTE(23)", STAGE_EXCHANGE, CAUSE(9) },
        { 0x25, "PN53X_DEP_STATE(25)", STAGE_EXCHANGE, CAUSE(1) | CAUSE(12) },
        { 0x26, "PN53X_NOT_ALLOWED(26)", STAGE_SETUP, CAUSE(1) },
        { 0x27, "PN53X_WRONG_CONTEXT(27)", STAGE_EXCHANGE, CAUSE(1) | CAUSE(16) },
        { 0x29, "PN53X_RELEASED(29)", STAGE_EXCHANGE, CAUSE(16) | CAUSE(17) },
        { 0x2a, "PN53X_OTHER_CARD(2A)", STAGE_EXCHANGE, CAUSE(16) },
        { 0x2b, "PN53X_CARD_DISAPPEARED(2B)", STAGE_EXCHANGE, CAUSE(16) },
        { 0x2c, "PN53X_NFCID3_MISMATCH(2C)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x2d, "PN53X_OVERCURRENT(2D)", STAGE_SETUP, CAUSE(1) },
        { 0x2e, "PN53X_NAD_MISSING(2E)", STAGE_EXCHANGE, CAUSE(12) },
        { 0x2f, "PN53X_UNKNOWN(2F)", STAGE_EXCHANGE, CAUSE(9) | CAUSE(12) },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct nfc_failure f = { .code = NFC_ERFTRANS, .status = rows[i].status };
        assert_int_equal(fail_with(f, NFC_PHASE_EXCHANGE), ERR_CARD);
        assert_string_equal(fault.native, rows[i].name);
        assert_string_equal(e.native, rows[i].name);
        assert_non_null(strstr(e.text, rows[i].name));
        assert_int_equal(fault.stage, rows[i].stage);
        assert_int_equal(fault.causes, rows[i].causes);
        assert_int_equal(fault.depth, DEPTH_RF);
        assert_false(fault.reader_lost || fault.busy);
    }
}

static void a_timeout_of_a_long_response_may_be_its_length(void **state)
{
    (void)state;
    fail_with((struct nfc_failure) { .code = NFC_ERFTRANS, .status = 0x01, .expected = 255 },
              NFC_PHASE_EXCHANGE);
    assert_int_equal(fault.causes, CAUSE(10) | CAUSE(16));
    fail_with((struct nfc_failure) { .code = NFC_ERFTRANS, .status = 0x01, .expected = 256 },
              NFC_PHASE_EXCHANGE);
    assert_int_equal(fault.causes, CAUSE(10) | CAUSE(16) | CAUSE(14));
    fail_with((struct nfc_failure) { .code = NFC_ERFTRANS, .status = 0x02, .expected = 256 },
              NFC_PHASE_EXCHANGE);
    assert_int_equal(fault.causes, CAUSE(9));
}

static void a_status_in_an_activation_is_one_that_failed(void **state)
{
    (void)state;
    assert_int_equal(
        fail_with((struct nfc_failure) { .code = NFC_ERFTRANS, .status = 0x02 }, NFC_PHASE_ACTIVATE),
        ERR_CARD);
    assert_int_equal(fault.stage, STAGE_ACTIVATE);
    assert_int_equal(fault.causes, CAUSE(6) | CAUSE(7));
    assert_string_equal(fault.native, "PN53X_CRC(02)");
}

static void what_the_chip_did_not_tell_is_the_lines_or_the_clocks(void **state)
{
    static const struct {
        int code;
        bool usb;
        enum nfc_phase phase;
        int status;
        enum stage stage;
        cause_set causes;
        bool lost;
    } rows[] = {
        { NFC_ETIMEOUT, false, NFC_PHASE_EXCHANGE, ERR_TIMEOUT, STAGE_EXCHANGE, CAUSE(10) | CAUSE(11),
          false },
        { NFC_ETIMEOUT, true, NFC_PHASE_EXCHANGE, ERR_TIMEOUT, STAGE_EXCHANGE, CAUSE(10) | CAUSE(11), false },
        { NFC_ETIMEOUT, false, NFC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
        { -ETIMEDOUT, true, NFC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
        { NFC_EOVFLOW, false, NFC_PHASE_EXCHANGE, ERR_CARD, STAGE_EXCHANGE, CAUSE(13) | CAUSE(14), false },
        { -EIO, true, NFC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
        { NFC_EIO, false, NFC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
        { NFC_ENOTIMPL, false, NFC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
        { NFC_ENOTSUCHDEV, false, NFC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true },
        { -ENODEV, true, NFC_PHASE_EXCHANGE, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true },
        { -ESHUTDOWN, true, NFC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), true },
        { -ENODEV, false, NFC_PHASE_SETUP, ERR_ENVIRONMENT, STAGE_SETUP, CAUSE(1), false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct nfc_failure f = { .code = rows[i].code, .usb = rows[i].usb };
        assert_int_equal(fail_with(f, rows[i].phase), rows[i].status);
        assert_int_equal(fault.stage, rows[i].stage);
        assert_int_equal(fault.causes, rows[i].causes);
        assert_int_equal(fault.reader_lost, rows[i].lost);
        assert_int_equal(fault.depth, DEPTH_RF);
        assert_non_null(strstr(e.text, fault.native));
    }
    fail_with((struct nfc_failure) { .code = -EIO, .usb = true }, NFC_PHASE_EXCHANGE);
    assert_string_equal(fault.native, "EIO"); /* the same number as NFC_EOVFLOW */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_the_library_has_its_name),
        cmocka_unit_test(every_status_of_the_chip_has_name_stage_and_causes),
        cmocka_unit_test(a_timeout_of_a_long_response_may_be_its_length),
        cmocka_unit_test(a_status_in_an_activation_is_one_that_failed),
        cmocka_unit_test(what_the_chip_did_not_tell_is_the_lines_or_the_clocks),
    };
    return cmocka_run_group_tests_name("nfc_code", tests, NULL, NULL);
}
