/* The Port-100's frames, the names of its errors, and what a block exchange's end means. */
#include "drivers/port100/chip.h"
#include "drivers/port100/frame.h"
#include "drivers/port100/port100.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* ---- frames ---- */

/* GetFirmwareVersion: the bytes that nfcpy and the kernel send, worked out by hand. */
static void a_command_has_the_right_bytes(void **state)
{
    static const uint8_t right[] = { 0x00, 0x00, 0xff, 0xff, 0xff, 0x02, 0x00, 0xfe, 0xd6, 0x20, 0x0a, 0x00 };
    uint8_t frame[PORT100_FRAME_MAX];
    (void)state;
    assert_int_equal(port100_encode(PORT100_COMMAND, PORT100_GET_FIRMWARE_VERSION, NULL, 0, frame),
                     sizeof right);
    assert_memory_equal(frame, right, sizeof right);
}

static void data_of_every_length_comes_back(void **state)
{
    uint8_t data[PORT100_DATA_MAX + 1], frame[PORT100_FRAME_MAX];
    struct port100_frame f;
    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n <= PORT100_DATA_MAX; n++) {
        size_t length = port100_encode(PORT100_ANSWER, 0x05, data, n, frame);
        port100_decode(frame, length, &f);
        assert_int_equal(f.kind, PORT100_KIND_DATA);
        assert_int_equal(f.direction, PORT100_ANSWER);
        assert_int_equal(f.code, 0x05);
        assert_int_equal(f.length, n);
        assert_memory_equal(f.data, data, n);
    }
    assert_int_equal(port100_encode(PORT100_ANSWER, 0x05, data, PORT100_DATA_MAX + 1, frame), 0);
}

static void an_ack_and_an_error_frame_are_known(void **state)
{
    static const uint8_t error[] = { 0x00, 0x00, 0xff, 0xff, 0xff };
    struct port100_frame f;
    (void)state;
    port100_decode(port100_ack, sizeof port100_ack, &f);
    assert_int_equal(f.kind, PORT100_KIND_ACK);
    port100_decode(error, sizeof error, &f);
    assert_int_equal(f.kind, PORT100_KIND_ERROR);
}

static void a_frame_with_any_bit_flipped_is_never_data_of_the_same_meaning(void **state)
{
    static const uint8_t data[] = { 0x00, 0x00, 0x00, 0x00, 0x02, 0x90, 0x00 };
    uint8_t frame[PORT100_FRAME_MAX];
    struct port100_frame f;
    size_t length = port100_encode(PORT100_ANSWER, 0x05, data, sizeof data, frame);
    (void)state;
    for (size_t bit = 0; bit < 8 * (length - 1); bit++) { /* the 00 at the end carries nothing */
        frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
        port100_decode(frame, length, &f);
        assert_int_not_equal(f.kind, PORT100_KIND_DATA);
        frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void a_frame_cut_short_anywhere_is_no_data(void **state)
{
    static const uint8_t data[] = { 1, 2, 3, 4, 5, 6 };
    uint8_t frame[PORT100_FRAME_MAX];
    struct port100_frame f;
    size_t length = port100_encode(PORT100_ANSWER, 0x05, data, sizeof data, frame);
    (void)state;
    for (size_t n = 0; n < length; n++) {
        port100_decode(frame, n, &f);
        assert_int_not_equal(f.kind, PORT100_KIND_DATA);
    }
}

/* ---- names ---- */

static void every_trouble_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(port100_trouble_name(PORT100_TROUBLE_NONE), "");
    for (int i = PORT100_TROUBLE_NONE + 1; i <= PORT100_TROUBLE_SEQUENCE; i++) {
        assert_memory_equal(port100_trouble_name((enum port100_trouble)i), "PORT100_", 8);
        for (int j = PORT100_TROUBLE_NONE + 1; j < i; j++)
            assert_string_not_equal(port100_trouble_name((enum port100_trouble)i),
                                    port100_trouble_name((enum port100_trouble)j));
    }
}

static void the_air_s_errors_are_told_apart(void **state)
{
    static const struct {
        uint32_t status;
        const char *name;
        enum isodep_air air;
    } rows[] = {
        { 0x00000080, "PORT100_RECEIVE_TIMEOUT(00000080)", ISODEP_AIR_SILENT },
        { 0x00000004, "PORT100_CRC(00000004)", ISODEP_AIR_CORRUPT },
        { 0x00000002, "PORT100_PARITY(00000002)", ISODEP_AIR_CORRUPT },
        { 0x00000008, "PORT100_COLLISION(00000008)", ISODEP_AIR_COLLISION },
        { 0x00000400, "PORT100_RF_OFF(00000400)", ISODEP_AIR_BROKEN },
        { 0x00000084, "PORT100_RECEIVE_TIMEOUT(00000084)",
          ISODEP_AIR_SILENT }, /* several: the first that tells */
        { 0x40000000, "PORT100_UNKNOWN(40000000)", ISODEP_AIR_BROKEN },
    };
    char name[48];
    (void)state;
    assert_int_equal(port100_air_of(0), ISODEP_AIR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(port100_air_name(rows[i].status, name), rows[i].name);
        assert_int_equal(port100_air_of(rows[i].status), rows[i].air);
    }
}

/* ---- judgements ---- */

static struct driver_fault judge(enum isodep_end end, struct port100_evidence x)
{
    struct driver_fault fault = { 0 };
    port100_set_fault(end, &x, &fault);
    assert_int_equal(fault.depth, DEPTH_RF);
    assert_true(fault.causes);
    assert_string_equal(fault.native, isodep_end_name(end));
    return fault;
}

static void every_end_has_a_stage_and_causes(void **state)
{
    (void)state;
    for (int end = ISODEP_NOTHING; end <= ISODEP_BROKEN; end++)
        (void)judge((enum isodep_end)end, (struct port100_evidence) { .technology = 'A', .kbit_s = 106 });
}

static void silence_names_more_causes_the_more_could_have_been(void **state)
{
    (void)state;
    assert_int_equal(judge(ISODEP_LOST, (struct port100_evidence) { .kbit_s = 106 }).causes,
                     CAUSE(10) | CAUSE(16));
    assert_int_equal(judge(ISODEP_LOST, (struct port100_evidence) { .kbit_s = 424, .first = true }).causes,
                     CAUSE(7) | CAUSE(10) | CAUSE(16));
    assert_int_equal(judge(ISODEP_LOST, (struct port100_evidence) { .kbit_s = 424 }).causes,
                     CAUSE(10) | CAUSE(16));
    assert_int_equal(judge(ISODEP_LOST, (struct port100_evidence) { .kbit_s = 106, .expected = 256 }).causes,
                     CAUSE(10) | CAUSE(14) | CAUSE(16));
    assert_int_equal(judge(ISODEP_LOST, (struct port100_evidence) { .kbit_s = 106, .received = 16 }).causes,
                     CAUSE(13) | CAUSE(16));
}

static void a_type_f_target_is_detected_and_a_type_a_one_without_blocks_is_activated(void **state)
{
    (void)state;
    struct driver_fault f = judge(ISODEP_NO_PROTOCOL, (struct port100_evidence) { .technology = 'F' });
    assert_int_equal(f.stage, STAGE_DETECT);
    assert_int_equal(f.causes, CAUSE(4));
    f = judge(ISODEP_NO_PROTOCOL, (struct port100_evidence) { .technology = 'A' });
    assert_int_equal(f.stage, STAGE_ACTIVATE);
    assert_int_equal(f.causes, CAUSE(8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_has_the_right_bytes),
        cmocka_unit_test(data_of_every_length_comes_back),
        cmocka_unit_test(an_ack_and_an_error_frame_are_known),
        cmocka_unit_test(a_frame_with_any_bit_flipped_is_never_data_of_the_same_meaning),
        cmocka_unit_test(a_frame_cut_short_anywhere_is_no_data),
        cmocka_unit_test(every_trouble_has_a_name_of_its_own),
        cmocka_unit_test(the_air_s_errors_are_told_apart),
        cmocka_unit_test(every_end_has_a_stage_and_causes),
        cmocka_unit_test(silence_names_more_causes_the_more_could_have_been),
        cmocka_unit_test(a_type_f_target_is_detected_and_a_type_a_one_without_blocks_is_activated),
    };
    return cmocka_run_group_tests_name("port100", tests, NULL, NULL);
}
