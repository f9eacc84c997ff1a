/* CCID messages, the class descriptor, readers' names and error codes: bytes in, meaning out. */
#include "drivers/ccid/card.h"
#include "drivers/ccid/failure.h"
#include "drivers/ccid/place.h"
#include "drivers/pcsc/pcsc_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <PCSC/winscard.h>
#include <libusb.h>
#include <stdio.h>
#include <string.h>

static void a_command_is_written_as_the_class_says(void **state)
{
    static const uint8_t data[] = { 0x00, 0xa4 };
    static const uint8_t wanted[] = { 0x6f, 2, 0, 0, 0, 1, 0x42, 7, 3, 0, 0x00, 0xa4 };
    uint8_t out[16];
    struct ccid_command c = ccid_xfr_block(7, CCID_CHAIN_MIDDLE, data, sizeof data);
    (void)state;
    c.slot = 1;
    c.seq = 0x42;
    assert_int_equal(ccid_encode(&c, out, sizeof out), sizeof wanted);
    assert_memory_equal(out, wanted, sizeof wanted);
    assert_int_equal(ccid_encode(&c, out, sizeof wanted - 1), 0);
    c = ccid_power_on(CCID_POWER_3V);
    assert_int_equal(ccid_encode(&c, out, sizeof out), CCID_HEADER_BYTES);
    assert_int_equal(out[0], 0x62);
    assert_int_equal(out[7], 2);
    c = ccid_set_parameters(1, data, sizeof data);
    assert_int_equal(ccid_encode(&c, out, sizeof out), CCID_HEADER_BYTES + 2);
    assert_int_equal(out[0], 0x61);
    assert_int_equal(out[7], 1);
}

static void an_answer_is_read_field_by_field(void **state)
{
    static const uint8_t bytes[] = { 0x80, 2, 0, 0, 0, 1, 0x42, 0x41, 0xfe, 0x03, 0x90, 0x00 };
    struct ccid_answer a;
    (void)state;
    assert_int_equal(ccid_decode(bytes, sizeof bytes, &a), CCID_READING_OK);
    assert_int_equal(a.type, CCID_DATA_BLOCK);
    assert_int_equal(a.slot, 1);
    assert_int_equal(a.seq, 0x42);
    assert_int_equal(a.icc, CCID_ICC_INACTIVE);
    assert_int_equal(a.processing, CCID_FAILED);
    assert_int_equal(a.error, 0xfe);
    assert_int_equal(a.third, 3);
    assert_int_equal(a.length, 2);
    assert_int_equal(a.data[0], 0x90);
}

static void a_length_that_lies_is_found_out(void **state)
{
    uint8_t bytes[12] = { 0x80, 2 };
    struct ccid_answer a;
    (void)state;
    for (size_t n = 0; n < CCID_HEADER_BYTES; n++)
        assert_int_equal(ccid_decode(bytes, n, &a), CCID_READING_TRUNCATED);
    assert_int_equal(ccid_decode(bytes, 10, &a), CCID_READING_LENGTH);
    assert_int_equal(ccid_decode(bytes, 11, &a), CCID_READING_LENGTH);
    assert_int_equal(ccid_decode(bytes, 12, &a), CCID_READING_OK);
    bytes[4] = 0xff;
    assert_int_equal(ccid_decode(bytes, 12, &a), CCID_READING_LENGTH);
}

static void an_answer_to_something_else_is_not_taken(void **state)
{
    struct ccid_command c = ccid_plain(CCID_POWER_ON);
    struct ccid_answer a = { .type = CCID_DATA_BLOCK, .slot = 0, .seq = 5 };
    (void)state;
    c.seq = 5;
    assert_int_equal(ccid_check(&a, &c), CCID_READING_OK);
    a.seq = 6;
    assert_int_equal(ccid_check(&a, &c), CCID_READING_SEQ);
    a.seq = 5;
    a.slot = 1;
    assert_int_equal(ccid_check(&a, &c), CCID_READING_SLOT);
    a.slot = 0;
    a.type = CCID_SLOT_STATUS;
    assert_int_equal(ccid_check(&a, &c), CCID_READING_TYPE);
    a.processing = CCID_FAILED; /* a refusal may come as a mere status */
    assert_int_equal(ccid_check(&a, &c), CCID_READING_OK);
    a.type = CCID_DATA_BLOCK;
    a.processing = CCID_PROCESSING_RFU;
    assert_int_equal(ccid_check(&a, &c), CCID_READING_STATUS);
}

static void a_notification_is_read_for_its_slot_only(void **state)
{
    static const uint8_t bytes[] = { 0x50, 0x03, 0x02 }; /* slot 0 came, slot 4 left */
    bool present, changed;
    (void)state;
    assert_true(ccid_slot_change(bytes, sizeof bytes, 0, &present, &changed));
    assert_true(present && changed);
    assert_true(ccid_slot_change(bytes, sizeof bytes, 1, &present, &changed));
    assert_true(!present && !changed);
    assert_true(ccid_slot_change(bytes, sizeof bytes, 4, &present, &changed));
    assert_true(!present && changed);
    assert_false(ccid_slot_change(bytes, 2, 4, &present, &changed));
    assert_false(ccid_slot_change(bytes, 0, 0, &present, &changed));
    assert_false(ccid_slot_change((const uint8_t[]) { 0x51, 3 }, 2, 0, &present, &changed));
}

/* ---- descriptor ---- */

static void fill_descriptor(uint8_t out[54], uint32_t features, uint32_t message)
{
    memset(out, 0, 54);
    out[0] = 54;
    out[1] = 0x21;
    out[2] = 0x10;
    out[3] = 0x01;
    out[4] = 1; /* two slots */
    out[5] = 1;
    out[28] = 254;
    for (unsigned i = 0; i < 4; i++) {
        out[40 + i] = (uint8_t)(features >> (8 * i));
        out[44 + i] = (uint8_t)(message >> (8 * i));
    }
    out[53] = 1;
}

static void a_class_descriptor_is_found_behind_others_and_in_odd_shapes(void **state)
{
    uint8_t extra[70] = { 5, 0x24, 1, 2, 3 };
    struct ccid_descriptor d;
    (void)state;
    fill_descriptor(extra + 5, 0x000404ba, 522);
    assert_true(ccid_descriptor_find(extra, 59, false, &d));
    assert_int_equal(d.features, 0x000404ba);
    assert_int_equal(d.max_message, 522);
    assert_int_equal(d.slots, 2);
    assert_int_equal(d.ifsd, 254);
    assert_int_equal(ccid_descriptor_level(&d), READER_LEVEL_EXTENDED);
    assert_false(ccid_descriptor_find(extra, 58, false, &d));
    extra[5] = 0; /* a bLength that makes no sense */
    assert_true(ccid_descriptor_find(extra, 59, false, &d));
    extra[6] = 0xff; /* a maker's own type */
    assert_false(ccid_descriptor_find(extra, 59, false, &d));
    assert_true(ccid_descriptor_find(extra + 5, 54, true, &d));
    fill_descriptor(extra + 5, 0x00010030, 9); /* no room for any message */
    assert_false(ccid_descriptor_find(extra, 59, false, &d));
}

static void numbers_of_a_descriptor_are_taken_as_they_are(void **state)
{
    uint8_t extra[CCID_DESCRIPTOR_BYTES];
    struct ccid_descriptor d;
    (void)state;
    fill_descriptor(extra, 0x00040040, 524288);
    memset(extra + 28, 0, 4); /* dwMaxIFSD */
    assert_true(ccid_descriptor_find(extra, sizeof extra, false, &d));
    assert_int_equal(d.max_message, 524288);
    assert_int_equal(d.ifsd, 0);
    assert_int_equal(ccid_descriptor_longest(&d), CCID_HEADER_BYTES + 65544);
}

static void what_differs_from_the_profile_is_said(void **state)
{
    struct ccid_descriptor d = { .features = 0x00040040, .max_message = 271, .ifsd = 254, .busy_slots = 1 };
    struct ccid_shape shape = { &d, 0x0b, 2 };
    struct reader_model m = { .usb_class = 0x0b,
                              .ccid = true,
                              .features = 0x000404ba,
                              .max_message = 522,
                              .ifsd = 254,
                              .endpoints = 3,
                              .busy_slots = 1 };
    char text[160];
    (void)state;
    ccid_descriptor_compare(&shape, &m, text, sizeof text);
    assert_string_equal(text,
                        "differs from its profile: dwFeatures 00040040, not 000404BA; message 271 bytes, "
                        "not 522; endpoints 2, not 3");
    m.features = d.features;
    m.max_message = d.max_message;
    m.endpoints = 2;
    ccid_descriptor_compare(&shape, &m, text, sizeof text);
    assert_string_equal(text, "");
}

/* ---- names ---- */

static void a_reader_is_found_again_by_its_serial_number_only(void **state)
{
    struct ccid_place p[2] = {
        { .bus = 1,
          .address = 2,
          .maker = "ACS",
          .name = "ACR1252 Reader",
          .serial = "A-1",
          .descriptor = { .slots = 2 } },
        { .bus = 1, .address = 3, .maker = "ACS", .name = "ACS Other", .descriptor = { .slots = 1 } }
    };
    char name[160];
    unsigned slot = 9;
    (void)state;
    ccid_place_name(&p[0], 1, name, sizeof name);
    assert_string_equal(name, "ACS ACR1252 Reader (A-1) 001:002.00 01");
    assert_ptr_equal(ccid_place_find(p, 2, name, &slot), &p[0]);
    assert_int_equal(slot, 1);
    p[0].address = 77;
    assert_ptr_equal(ccid_place_find(p, 2, name, &slot), &p[0]);
    p[0].serial[0] = 'B';
    assert_null(ccid_place_find(p, 2, name, &slot));
    ccid_place_name(&p[1], 0, name, sizeof name);
    assert_string_equal(name, "ACS Other 001:003.00 00");
    p[1].address = 4;
    assert_null(ccid_place_find(p, 2, name, &slot));
    assert_null(ccid_place_find(p, 2, "", &slot));
}

/* ---- interface bytes ---- */

static void interface_bytes_choose_the_protocol(void **state)
{
    static const uint8_t contactless[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 };
    static const uint8_t t1[] = { 0x3b, 0xf0, 0x96, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x45, 0x5f };
    static const uint8_t t0[] = { 0x3b, 0x00 }, t14[] = { 0x3b, 0x80, 0x0e, 0x8e };
    uint8_t parameters[7];
    struct ccid_card card;
    bool known;
    (void)state;
    assert_true(ccid_card_read(contactless, sizeof contactless, &card, &known) && known);
    assert_int_equal(card.protocol, 1);
    assert_false(card.first_offered);
    assert_true(ccid_card_read(t1, sizeof t1, &card, &known) && known);
    assert_int_equal(card.protocol, 1);
    assert_true(card.first_offered);
    assert_int_equal(card.ifsc, 0xfe);
    assert_int_equal(card.waiting_t1, 0x45);
    assert_int_equal(ccid_card_parameters(&card, parameters), 7);
    assert_memory_equal(parameters, ((uint8_t[]) { 0x11, 0x10, 0, 0x45, 0, 0xfe, 0 }), 7);
    assert_true(ccid_card_read(t0, sizeof t0, &card, &known) && known);
    assert_int_equal(card.protocol, 0);
    assert_int_equal(ccid_card_parameters(&card, parameters), 5);
    assert_memory_equal(parameters, ((uint8_t[]) { 0x11, 0, 0, 10, 0 }), 5);
    assert_true(ccid_card_read(t14, sizeof t14, &card, &known) && !known);
    for (size_t n = 2; n < 8; n++)
        assert_false(ccid_card_read(t1, n, &card, &known));
    assert_false(ccid_card_read((const uint8_t[]) { 0x00, 0x00 }, 2, &card, &known));
}

/* ---- failures ---- */

static struct driver_fault fault;
static struct err e;

static int fail_with(uint8_t error, enum ccid_icc icc, enum ccid_phase phase,
                     const struct exchange_evidence *x)
{
    struct ccid_failure f = { CCID_TROUBLE_FAILED, error, icc, 0 };
    memset(&fault, 0xff, sizeof fault);
    memset(&e, 0, sizeof e);
    return ccid_fail(&f, phase, x, "reader", &fault, &e);
}

static void codes_have_names_and_makers_codes_their_number(void **state)
{
    char out[32];
    (void)state;
    assert_string_equal(ccid_error_name(0xfe, out), "ICC_MUTE(FE)");
    assert_string_equal(ccid_error_name(0xfd, out), "XFR_PARITY_ERROR(FD)");
    assert_string_equal(ccid_error_name(0x00, out), "CMD_NOT_SUPPORTED(00)");
    assert_string_equal(ccid_error_name(0x07, out), "BAD_FIELD(07)");
    assert_string_equal(ccid_error_name(0xc3, out), "VENDOR(C3)");
    assert_int_equal(fail_with(0xfe, CCID_ICC_ACTIVE, CCID_PHASE_EXCHANGE, NULL), ERR_CARD);
    assert_string_equal(fault.native, "ICC_MUTE(FE) ICC_ACTIVE");
    assert_string_equal(e.native, fault.native);
    assert_int_equal(fault.depth, DEPTH_CCID);
    for (int error = 0; error < 256; error++) {
        for (int phase = CCID_PHASE_SETUP; phase <= CCID_PHASE_EXCHANGE; phase++) {
            assert_true(fail_with((uint8_t)error, CCID_ICC_ACTIVE, (enum ccid_phase)phase, NULL) < 0);
            assert_true(fault.native[0] && e.text[0] && fault.causes && fault.stage);
        }
    }
}

static void every_trouble_has_a_name_a_stage_and_causes(void **state)
{
    (void)state;
    for (int trouble = CCID_TROUBLE_ABSENT; trouble < CCID_TROUBLE_COUNT; trouble++) {
        struct ccid_failure f = { .trouble = (enum ccid_trouble)trouble };
        for (int phase = CCID_PHASE_SETUP; phase <= CCID_PHASE_EXCHANGE; phase++) {
            assert_true(ccid_fail(&f, (enum ccid_phase)phase, NULL, "reader", &fault, &e) < 0);
            assert_true(fault.native[0] && fault.causes && fault.stage && strlen(e.text) > 10);
        }
    }
}

static void stages_and_causes_are_those_of_the_taxonomy(void **state)
{
    static const struct {
        enum ccid_trouble trouble;
        uint8_t error;
        enum ccid_icc icc;
        int usb;
        enum ccid_phase phase;
        int status;
        enum stage stage;
        cause_set causes;
        bool lost, busy;
    } rows[] = {
        { CCID_TROUBLE_FAILED, 0xfe, CCID_ICC_ABSENT, 0, CCID_PHASE_EXCHANGE, ERR_NO_TARGET, STAGE_EXCHANGE,
          CAUSE(3) | CAUSE(16), false, false },
        { CCID_TROUBLE_FAILED, 0xfe, CCID_ICC_ABSENT, 0, CCID_PHASE_ACTIVATE, ERR_NO_TARGET, STAGE_DETECT,
          CAUSE(2) | CAUSE(3), false, false },
        { CCID_TROUBLE_FAILED, 0xfe, CCID_ICC_INACTIVE, 0, CCID_PHASE_ACTIVATE, ERR_CARD, STAGE_ACTIVATE,
          CAUSE(6) | CAUSE(7), false, false },
        { CCID_TROUBLE_FAILED, 0xf6, CCID_ICC_INACTIVE, 0, CCID_PHASE_ACTIVATE, ERR_CARD, STAGE_ACTIVATE,
          CAUSE(8), false, false },
        { CCID_TROUBLE_FAILED, 0xfd, CCID_ICC_ACTIVE, 0, CCID_PHASE_EXCHANGE, ERR_CARD, STAGE_EXCHANGE,
          CAUSE(9), false, false },
        { CCID_TROUBLE_FAILED, 0xfc, CCID_ICC_ACTIVE, 0, CCID_PHASE_EXCHANGE, ERR_CARD, STAGE_EXCHANGE,
          CAUSE(13), false, false },
        { CCID_TROUBLE_DEADLINE, 0, CCID_ICC_ACTIVE, 0, CCID_PHASE_EXCHANGE, ERR_TIMEOUT, STAGE_EXCHANGE,
          CAUSE(10) | CAUSE(11), false, false },
        { CCID_TROUBLE_HUNG, 0, CCID_ICC_ACTIVE, 0, CCID_PHASE_EXCHANGE, ERR_TIMEOUT, STAGE_EXCHANGE,
          CAUSE(31), false, false },
        { CCID_TROUBLE_USB, 0, CCID_ICC_ACTIVE, LIBUSB_ERROR_NO_DEVICE, CCID_PHASE_EXCHANGE, ERR_ENVIRONMENT,
          STAGE_SETUP, CAUSE(1), true, false },
        { CCID_TROUBLE_USB, 0, CCID_ICC_ACTIVE, LIBUSB_ERROR_BUSY, CCID_PHASE_SETUP, ERR_ENVIRONMENT,
          STAGE_SETUP, CAUSE(30), false, true },
        { CCID_TROUBLE_USB, 0, CCID_ICC_ACTIVE, LIBUSB_ERROR_ACCESS, CCID_PHASE_SETUP, ERR_ENVIRONMENT,
          STAGE_SETUP, CAUSE(1), false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ccid_failure f = { rows[i].trouble, rows[i].error, rows[i].icc, rows[i].usb };
        assert_int_equal(ccid_fail(&f, rows[i].phase, NULL, "reader", &fault, &e), rows[i].status);
        assert_int_equal(fault.stage, rows[i].stage);
        assert_int_equal(fault.causes, rows[i].causes);
        assert_int_equal(fault.reader_lost, rows[i].lost);
        assert_int_equal(fault.busy, rows[i].busy);
    }
}

static void what_the_reader_says_of_the_air_only_narrows_what_pcsc_says(void **state)
{
    static const uint8_t of_the_air[] = { 0xff, 0xfe, 0xfd, 0xfc, 0xf4, 0xbd, 0xbe, 0xc3 };
    static const struct exchange_evidence evidence[] = {
        { 0 },
        { .command_length = 5, .expected_length = 16, .first = true, .took_us = 10, .fwt_us = 1000 },
        { .command_length = 7, .expected_length = 1024, .extended = true, .took_us = 3000000 },
        { .command_length = 300, .expected_length = 65536, .extended = true, .first = true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof of_the_air; i++) {
        for (size_t j = 0; j < sizeof evidence / sizeof *evidence; j++) {
            if (j < 2 && (of_the_air[i] == 0xfc || of_the_air[i] == 0xbe))
                continue; /* "too long" where nothing was long: only the reader can say so */
            struct driver_fault wide;
            pcsc_fail((uint32_t)SCARD_E_NOT_TRANSACTED, PCSC_PHASE_EXCHANGE, &evidence[j], "r", &wide, NULL);
            fail_with(of_the_air[i], CCID_ICC_ACTIVE, CCID_PHASE_EXCHANGE, &evidence[j]);
            assert_int_equal(fault.causes & ~wide.causes, 0);
            assert_int_not_equal(fault.causes, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_written_as_the_class_says),
        cmocka_unit_test(an_answer_is_read_field_by_field),
        cmocka_unit_test(a_length_that_lies_is_found_out),
        cmocka_unit_test(an_answer_to_something_else_is_not_taken),
        cmocka_unit_test(a_notification_is_read_for_its_slot_only),
        cmocka_unit_test(a_class_descriptor_is_found_behind_others_and_in_odd_shapes),
        cmocka_unit_test(numbers_of_a_descriptor_are_taken_as_they_are),
        cmocka_unit_test(what_differs_from_the_profile_is_said),
        cmocka_unit_test(a_reader_is_found_again_by_its_serial_number_only),
        cmocka_unit_test(interface_bytes_choose_the_protocol),
        cmocka_unit_test(codes_have_names_and_makers_codes_their_number),
        cmocka_unit_test(every_trouble_has_a_name_a_stage_and_causes),
        cmocka_unit_test(stages_and_causes_are_those_of_the_taxonomy),
        cmocka_unit_test(what_the_reader_says_of_the_air_only_narrows_what_pcsc_says),
    };
    return cmocka_run_group_tests_name("ccid messages", tests, NULL, NULL);
}
