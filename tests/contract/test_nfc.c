/*
 * The libnfc driver over the real libnfc, with the testbed's emulated chips behind it. Runs inside
 * `nfc-survey-testbed pn532` (a serial port, NFC_SURVEY_PN532_0) and `nfc-survey-testbed pn533` (USB, under
 * umockdev's preload library): tests/testbed/nfc.bats. Alone it skips itself.
 */
#include "drivers/nfc/nfc.h"
#include "harness/base/clock.h"
#include "tests/contract/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAY_A "lay 0 sim-testbed-a - on-unlocked 0 0 0 7 1 0"
#define LAY_B "lay 0 sim-testbed-b - on-unlocked 0 0 0 7 1 0"

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t select_token[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x06 };
static const uint8_t select_ca[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b };
static const uint8_t read_32[] = { 0x00, 0xb0, 0x00, 0x00, 0x20 };
static const uint8_t read_256[] = { 0x00, 0xb0, 0x00, 0x00, 0x00 };
static const uint8_t read_1024[] = { 0x00, 0xb0, 0x00, 0x00, 0x00, 0x04, 0x00 };

/* ---- the hands: requests to the testbed ---- */

__attribute__((format(printf, 1, 2))) static void ask(const char *format, ...)
{
    char line[256], answer[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    assert_in_range(length, 1, sizeof line - 2);
    memcpy(line + length, "\n", 2);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", getenv("NFC_SURVEY_TESTBED"));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, line, strlen(line), 0), (ssize_t)strlen(line));
    ssize_t n = recv(fd, answer, sizeof answer - 1, 0);
    close(fd);
    assert_true(n > 0);
    answer[n] = '\0';
    if (strncmp(answer, "ok", 2) != 0)
        fail_msg("%s: %s", line, answer);
}

/* A request after a while, from a process of its own; its pid, for wait_for_child(). */
static pid_t ask_later(unsigned ms, const char *request)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        clock_sleep_ms(ms);
        ask("%s", request);
        _exit(0);
    }
    return pid;
}

static void wait_for_child(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- the reader ---- */

struct bench {
    struct driver_found found[16];
    size_t count;
    char address[160];
    bool usb;
    struct driver_reader *reader;
    struct driver_target target;
    struct driver_fault fault;
    struct err e;
    uint8_t response[APDU_RESPONSE_MAX];
    struct driver_exchange x;
};

static const struct driver_found *find(struct bench *b)
{
    struct reader_model model = { .id = "port", .connstring = b->usb ? NULL : b->address };
    for (unsigned tries = 0; tries < 100; tries++) {
        assert_int_equal(driver_list(&driver_nfc, &model, 1, b->found, 16, &b->count, &b->e), 0);
        if (b->count > 0)
            return &b->found[0];
        clock_sleep_ms(20);
    }
    fail_msg("the reader is not listed");
    return NULL;
}

static int try_open(struct bench *b, const char *address, const char *polling, struct driver_reader **out)
{
    struct driver_open how = {
        .address = address, .unit = "test", .polling = polling, .key = published_key()
    };
    return driver_open(&driver_nfc, &how, out, &b->fault, &b->e);
}

static void open_polling(struct bench *b, const char *polling)
{
    if (try_open(b, b->address, polling, &b->reader) != 0)
        fail_msg("open: %s", b->e.text);
}

static int exchange_within(struct bench *b, const uint8_t *command, size_t length, uint32_t deadline_ms)
{
    b->x = (struct driver_exchange) {
        .command = command,
        .command_length = length,
        .response = b->response,
        .response_capacity = sizeof b->response,
        .deadline_ms = deadline_ms,
    };
    return driver_exchange(b->reader, &b->x, &b->fault, &b->e);
}

static void expect_sw(struct bench *b, const uint8_t *command, size_t length, uint16_t sw)
{
    int status = exchange_within(b, command, length, 20000);
    if (status != 0)
        fail_msg("exchange: %s", b->e.text);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), sw);
    assert_true(b->x.started_ns > 0 && b->x.ended_ns > b->x.started_ns);
}

static void expect_fault(struct bench *b, const char *native, enum stage stage, cause_set causes)
{
    assert_string_equal(b->fault.native, native);
    assert_string_equal(b->e.native, native);
    assert_int_equal(b->fault.stage, stage);
    assert_int_equal(b->fault.causes, causes);
    assert_int_equal(b->fault.depth, DEPTH_RF);
}

static void arrive(struct bench *b)
{
    if (driver_wait_present(b->reader, 5000, &b->target, &b->fault, &b->e) != 0)
        fail_msg("wait_present: %s", b->e.text);
}

static void activate(struct bench *b)
{
    memset(&b->target, 0, sizeof b->target);
    if (driver_activate(b->reader, &b->target, &b->fault, &b->e) != 0)
        fail_msg("activate: %s", b->e.text);
}

static void lay_and_activate(struct bench *b, const char *lay)
{
    ask("%s", lay);
    open_polling(b, "BAF");
    activate(b);
}

static void read_token(struct bench *b)
{
    static const uint8_t label[] = "JPKIAPGPSETOKEN";
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    expect_sw(b, read_32, sizeof read_32, 0x9000);
    assert_int_equal(b->x.response_length, 34);
    assert_memory_equal(b->response, label, sizeof label - 1);
}

static int begin(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    const char *port = getenv("NFC_SURVEY_PN532_0");
    *state = b;
    if (!b || !getenv("NFC_SURVEY_TESTBED"))
        return b ? 0 : -1;
    b->usb = port == NULL;
    if (port)
        snprintf(b->address, sizeof b->address, "pn532_uart:%s", port);
    else
        snprintf(b->address, sizeof b->address, "%s", find(b)->name);
    return 0;
}

static int end(void **state)
{
    struct bench *b = *state;
    if (getenv("NFC_SURVEY_TESTBED")) {
        ask("fault 0 none");
        ask("lift 0");
    }
    driver_close(&b->reader);
    free(b);
    return 0;
}

#define NEEDS_TESTBED()                                                                                      \
    if (!getenv("NFC_SURVEY_TESTBED"))                                                                       \
    skip()

/* ---- listing and opening ---- */

static void the_reader_is_listed_with_the_sign_that_it_is_not_real(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    const struct driver_found *found = find(b);
    assert_int_equal(b->count, 1);
    assert_string_equal(found->name, b->address);
    assert_true(found->simulated);
    assert_string_equal(said_text(&found->sign).text, b->usb ? "serial SIM-0001" : "a pseudo-terminal");
    assert_int_equal(found->usb_vendor, b->usb ? 0x04e6 : -1);
    assert_int_equal(found->usb_product, b->usb ? 0x5591 : -1);
    assert_string_equal(found->serial, b->usb ? "SIM-0001" : "");
    struct driver_found described;
    assert_int_equal(driver_describe(&driver_nfc, b->address, &described, &b->e), 0);
    assert_true(described.simulated);
}

static void a_port_is_listed_only_where_it_is_named_and_there(void **state)
{
    struct bench *b = *state;
    struct reader_model models[2] = { { .id = "none", .connstring = "pn532_uart:/dev/no-such-port" },
                                      { .id = "pcsc", .connstring = "acr122_pcsc:0" } };
    NEEDS_TESTBED();
    assert_int_equal(driver_list(&driver_nfc, models, 2, b->found, 16, &b->count, &b->e), 0);
    assert_int_equal(b->count, b->usb ? 1 : 0);
    setenv("LIBNFC_DEVICE", b->usb ? "acr122_usb:001:002" : b->address, 1);
    assert_int_equal(driver_list(&driver_nfc, models, 2, b->found, 16, &b->count, &b->e), 0);
    assert_int_equal(b->count, 1);
    assert_string_equal(b->found[0].name, b->address);
}

static void what_is_no_pn53x_is_refused_with_the_reason(void **state)
{
    static const char *const others[] = {
        "acr122_pcsc:0", "pcsc:Feitian R502",  "acr122_usb:001:002", "arygon:/dev/ttyUSB0",
        "pn53x_usb",     "pn53x_usb:001",      "pn53x_usb::",        "pn532_uart",
        "pn532_uart:",   "pn532_uart:ttyUSB0", "pn532_spi:/dev",     "",
    };
    struct bench *b = *state;
    struct driver_found found;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct driver_reader *reader = NULL;
        if (try_open(b, others[i], NULL, &reader) != ERR_USAGE)
            fail_msg("`%s` was not refused as it should be: %s", others[i], b->e.text);
        assert_null(reader);
        assert_non_null(strstr(b->e.text, "pn53x_usb:BUS:DEVICE"));
        assert_int_equal(driver_describe(&driver_nfc, others[i], &found, &b->e), ERR_USAGE);
    }
}

static void a_reader_that_is_not_there_is_lost_not_busy(void **state)
{
    struct bench *b = *state;
    struct driver_reader *reader = NULL;
    assert_int_equal(try_open(b, "pn532_uart:/dev/no-such-port", NULL, &reader), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost && !b->fault.busy);
    assert_string_equal(b->fault.native, "ENOENT");
    assert_int_equal(try_open(b, "pn53x_usb:099:099", NULL, &reader), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost && !b->fault.busy);
    assert_null(reader);
}

static void a_port_that_is_held_is_busy(void **state)
{
    struct bench *b = *state;
    struct driver_reader *second = NULL;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    assert_int_equal(try_open(b, b->address, NULL, &second), ERR_ENVIRONMENT);
    assert_null(second);
    assert_true(b->fault.busy && !b->fault.reader_lost);
    assert_int_equal(b->fault.causes, CAUSE(30));
    read_token(b); /* the first is not disturbed */
    driver_close(&b->reader);
    open_polling(b, "BAF");
}

/* ---- what lies there ---- */

static void what_type_a_shows_is_what_was_received(void **state)
{
    static const uint8_t uid[] = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
    static const uint8_t ats[] = { 0x09, 0x78, 0x80, 0xa0, 0x02, 0x80, 0x31, 0x80, 0x66 };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_A);
    assert_int_equal(b->target.technology, 'A');
    expect_uid(&b->target, uid, sizeof uid);
    assert_true(b->target.has_atqa);
    assert_memory_equal(b->target.atqa, "\x44\x00", 2);
    assert_int_equal(b->target.sak, 0x20);
    assert_int_equal(b->target.ats_length, sizeof ats);
    assert_memory_equal(b->target.ats, ats, sizeof ats);
    assert_int_equal(b->target.kbit_s, 106);
    assert_int_equal(b->target.fwt_us, frame_waiting_time_us(10));
    assert_memory_equal(b->target.atr, "\x3b\x84\x80\x01\x80\x31\x80\x66", 8);
    assert_true(b->target.activate_us >= 5000); /* the field was off for that long */
}

static void what_type_b_shows_is_what_was_received(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    assert_int_equal(b->target.technology, 'B');
    expect_uid(&b->target, (const uint8_t[]) { 0x00, 0x11, 0x22, 0x33 }, 4);
    assert_int_equal(b->target.atqb_length, 12);
    assert_memory_equal(b->target.atqb, "\x50\0\0\0\0\0\0\0\0\x80\x81\xa1", 12);
    assert_false(b->target.has_atqa);
    assert_int_equal(b->target.ats_length, 0);
    assert_true(said_is(&b->target.ats_absent, SAID_NO_ATS_B));
    assert_memory_equal(b->target.atr, "\x3b\x88\x80\x01", 4);
}

static void only_the_technologies_asked_for_are_polled(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    ask(LAY_B);
    open_polling(b, "AF");
    assert_int_equal(driver_wait_present(b->reader, 100, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_int_equal(b->fault.causes, CAUSE(2) | CAUSE(3));
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_int_equal(b->fault.causes, CAUSE(2) | CAUSE(3));
}

static void an_arrival_and_a_departure_are_noticed(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    open_polling(b, "BAF");
    assert_int_equal(driver_wait_present(b->reader, 50, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    assert_int_equal(driver_wait_absent(b->reader, 50, &b->fault, &b->e), 0);
    pid_t hands = ask_later(150, LAY_B);
    arrive(b);
    wait_for_child(hands);
    assert_true(said_is(&b->target.detect_source, SAID_SEEN_POLL));
    assert_true(b->target.detect_us >= 100000 && b->target.detect_quantum_us > 0);
    assert_int_equal(driver_wait_absent(b->reader, 50, &b->fault, &b->e), ERR_TIMEOUT);
    hands = ask_later(150, "lift 0");
    assert_int_equal(driver_wait_absent(b->reader, 5000, &b->fault, &b->e), 0);
    wait_for_child(hands);
}

static void nothing_there_is_told_from_a_target_that_does_not_come_up(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    open_polling(b, "A");
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    expect_fault(b, "NFC_NO_TARGET", STAGE_DETECT, CAUSE(2) | CAUSE(3));
    ask("lay 0 sim-testbed-no-rats - on-unlocked 0 0 0 7 1 0");
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_CARD);
    expect_fault(b, "NFC_NO_ATS", STAGE_ACTIVATE, CAUSE(5) | CAUSE(6) | CAUSE(7));
    arrive(b); /* it is there all the same */
    assert_int_equal(b->target.technology, 'A');
}

static void a_type_f_target_alone_is_the_wrong_technology(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    ask("lay 0 sim-testbed-only-f - on-unlocked 0 0 0 7 1 0");
    open_polling(b, "BAF");
    assert_int_equal(driver_wait_present(b->reader, 50, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    expect_fault(b, "NFC_ONLY_FELICA", STAGE_DETECT, CAUSE(4));
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    expect_fault(b, "NFC_ONLY_FELICA", STAGE_DETECT, CAUSE(4));
    assert_int_equal(b->target.technology, 'F');
}

static void a_target_without_part_4_is_a_protocol_mismatch(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    ask("lay 0 sim-testbed-no-part-4 - on-unlocked 0 0 0 7 1 0");
    open_polling(b, "BAF");
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_CARD);
    expect_fault(b, "NFC_NO_ISO14443_4", STAGE_ACTIVATE, CAUSE(8));
}

/* ---- exchanges ---- */

static void bytes_of_every_length_pass_unchanged(void **state)
{
    struct bench *b = *state;
    uint8_t first[256];
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    read_token(b);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    expect_sw(b, read_256, sizeof read_256, 0x9000);
    assert_int_equal(b->x.response_length, 258);
    memcpy(first, b->response, sizeof first);
    expect_sw(b, read_1024, sizeof read_1024, 0x9000); /* more than the chip gives at once */
    assert_int_equal(b->x.response_length, 1026);
    assert_memory_equal(b->response, first, sizeof first);
}

/* The virtual ladder of the survey's scripts gives a length back; 262 bytes is what the chip takes at
 * once. */
static void long_commands_go_out_in_parts(void **state)
{
    static const size_t lengths[] = { 200, 255, 256, 257, 500, 1000 };
    struct bench *b = *state;
    uint8_t command[1100] = { 0x00, 0xa4, 0x04, 0x0c };
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = 4;
        if (lengths[i] > 255) {
            command[n++] = 0;
            command[n++] = (uint8_t)(lengths[i] >> 8);
        }
        command[n++] = (uint8_t)lengths[i];
        memset(command + n, 0xa5, lengths[i]);
        b->x = (struct driver_exchange) { .command = command,
                                          .command_length = n + lengths[i],
                                          .response = b->response,
                                          .response_capacity = sizeof b->response,
                                          .deadline_ms = 5000 };
        if (driver_nfc.exchange(b->reader, &b->x, &b->fault, &b->e) != 0)
            fail_msg("%zu bytes: %s", lengths[i], b->e.text);
        assert_int_equal(b->x.response_length, 2); /* no such application, said by the handset itself */
        assert_int_not_equal(apdu_status_word(b->response, 2), 0x9000);
    }
    read_token(b);
}

static void the_field_off_forgets_what_was_selected(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 1000), ERR_NO_TARGET);
    activate(b);
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 20000), 0);
    assert_int_not_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
}

static void a_pseudo_apdu_is_refused_before_anything_is_sent(void **state)
{
    static const uint8_t get_uid[] = { 0xff, 0xca, 0x00, 0x00, 0x00 };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    ask("fault 0 remove-at:1"); /* any exchange would take the handset away */
    assert_int_equal(exchange_within(b, get_uid, sizeof get_uid, 1000), ERR_UNSUPPORTED);
    ask("fault 0 none");
    read_token(b);
}

/* ---- faults ---- */

struct status_row {
    unsigned status;
    const char *native;
    cause_set causes;
    enum stage stage;
};

/* The chip's own words are kept, which libnfc folds into a few codes. */
static const struct status_row status_rows[] = {
    { 0x01, "PN53X_TIMEOUT(01)", CAUSE(10) | CAUSE(16), STAGE_EXCHANGE },
    { 0x02, "PN53X_CRC(02)", CAUSE(9), STAGE_EXCHANGE },
    { 0x03, "PN53X_PARITY(03)", CAUSE(9), STAGE_EXCHANGE },
    { 0x05, "PN53X_FRAMING(05)", CAUSE(9) | CAUSE(12), STAGE_EXCHANGE },
    { 0x07, "PN53X_BUFFER_TOO_SMALL(07)", CAUSE(13), STAGE_EXCHANGE },
    { 0x0a, "PN53X_NO_FIELD(0A)", CAUSE(16), STAGE_EXCHANGE },
    { 0x0b, "PN53X_RF_PROTOCOL(0B)", CAUSE(12), STAGE_EXCHANGE },
    { 0x0e, "PN53X_INTERNAL_BUFFER_OVERFLOW(0E)", CAUSE(13), STAGE_EXCHANGE },
    { 0x13, "PN53X_DATA_FORMAT(13)", CAUSE(12), STAGE_EXCHANGE },
    { 0x14, "PN53X_AUTHENTICATION(14)", CAUSE(12), STAGE_EXCHANGE },
    { 0x25, "PN53X_DEP_STATE(25)", CAUSE(1) | CAUSE(12), STAGE_EXCHANGE },
    { 0x27, "PN53X_WRONG_CONTEXT(27)", CAUSE(1) | CAUSE(16), STAGE_EXCHANGE },
    { 0x29, "PN53X_RELEASED(29)", CAUSE(16) | CAUSE(17), STAGE_EXCHANGE },
    { 0x2a, "PN53X_OTHER_CARD(2A)", CAUSE(16), STAGE_EXCHANGE },
    { 0x2c, "PN53X_NFCID3_MISMATCH(2C)", CAUSE(12), STAGE_EXCHANGE },
    { 0x2d, "PN53X_OVERCURRENT(2D)", CAUSE(1), STAGE_SETUP },
    { 0x2f, "PN53X_UNKNOWN(2F)", CAUSE(9) | CAUSE(12), STAGE_EXCHANGE },
};

static void every_status_of_the_chip_is_kept_by_name(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    for (size_t i = 0; i < sizeof status_rows / sizeof *status_rows; i++) {
        ask("fault 0 status:%u 1", status_rows[i].status);
        int status = exchange_within(b, select_jpki, sizeof select_jpki, 2000);
        if (status != ERR_CARD)
            fail_msg("status %02X: %d %s", status_rows[i].status, status, b->e.text);
        expect_fault(b, status_rows[i].native, status_rows[i].stage, status_rows[i].causes);
        assert_false(b->fault.reader_lost);
        assert_int_equal(b->x.response_length, 0);
        activate(b);
        expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    }
}

/* libnfc looks at the first part's status alone, and would give the half response as a whole one. */
static void a_response_that_breaks_off_after_its_first_part_is_no_response(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    ask("fault 0 rest-status:2 1");
    assert_int_equal(exchange_within(b, read_1024, sizeof read_1024, 5000), ERR_CARD);
    expect_fault(b, "PN53X_CRC(02)", STAGE_EXCHANGE, CAUSE(9));
    assert_int_equal(b->x.response_length, 0);
    activate(b);
    read_token(b);
}

/* Nothing prevents it; a driver runs in a process of its own. The reader can be opened again after it. */
static void a_nad_bit_kills_the_process_and_the_next_one_works(void **state)
{
    struct bench *b = *state;
    int status;
    NEEDS_TESTBED();
    ask("fault 0 nad 1");
    ask(LAY_B);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit no_core = { 0, 0 };
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        if (try_open(b, b->address, "BAF", &b->reader) == 0 &&
            driver_activate(b->reader, &b->target, &b->fault, &b->e) == 0)
            status = exchange_within(b, select_jpki, sizeof select_jpki, 2000);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    for (unsigned tries = 0; tries < 100 && !b->reader; tries++) { /* its claim dies with it, by and by */
        if (try_open(b, b->address, "BAF", &b->reader) != 0)
            clock_sleep_ms(20);
    }
    assert_non_null(b->reader);
    activate(b);
    read_token(b);
}

/* Where the chip's frames are damaged, the line is: the instrument's, never the handset's. */
static void a_disturbed_line_is_named_and_in_step_again(void **state)
{
    static const char *const faults[] = { "bad-checksum", "error-frame", "garbage", "nack" };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        ask("fault 0 %s 1", faults[i]);
        int status = exchange_within(b, select_jpki, sizeof select_jpki, 600);
        bool unanswered = b->usb && strcmp(faults[i], "nack") == 0; /* libnfc asks for an answer there */
        if (status != (unanswered ? ERR_TIMEOUT : ERR_ENVIRONMENT))
            fail_msg("%s: %d %s", faults[i], status, b->e.text);
        if (!unanswered)
            expect_fault(b, "NFC_EIO", STAGE_SETUP, CAUSE(1));
        assert_false(b->fault.reader_lost);
        activate(b);
        read_token(b);
    }
}

static void a_missed_deadline_is_a_timeout_in_its_time(void **state)
{
    static const char *const faults[] = { "mute", "no-ack" };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        ask("fault 0 %s 1", faults[i]);
        int status = exchange_within(b, select_jpki, sizeof select_jpki, 400);
        uint64_t us = (b->x.ended_ns - b->x.started_ns) / 1000;
        assert_in_range(us, 400000, 5000000);
        if (b->usb && i == 1) { /* on USB it is seen that the command was never acknowledged */
            assert_int_equal(status, ERR_ENVIRONMENT);
            expect_fault(b, "ETIMEDOUT", STAGE_SETUP, CAUSE(1));
        } else {
            assert_int_equal(status, ERR_TIMEOUT);
            expect_fault(b, "NFC_ETIMEOUT", STAGE_EXCHANGE, CAUSE(10) | CAUSE(11));
        }
        assert_int_equal(driver_probe(b->reader, &b->e), 0);
        activate(b);
        read_token(b);
    }
}

/* libnfc takes 200 ms off a USB timeout, and what is left of 1 to 200 is nothing. */
static void deadlines_below_200_ms_work(void **state)
{
    static const uint32_t deadlines[] = { 40, 150, 200, 201, 300 };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        ask("fault 0 mute 1");
        assert_int_equal(exchange_within(b, select_jpki, sizeof select_jpki, deadlines[i]), ERR_TIMEOUT);
        uint64_t us = (b->x.ended_ns - b->x.started_ns) / 1000;
        assert_in_range(us, deadlines[i] * 1000, 5000000);
        activate(b);
    }
    for (unsigned tries = 0; tries < 20; tries++) { /* in time, as soon as this machine is not too busy */
        if (exchange_within(b, select_jpki, sizeof select_jpki, 150) == 0)
            break;
        activate(b);
    }
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
    read_token(b);
}

static void a_slow_answer_in_time_is_an_answer(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    ask("fault 0 slow:1500 1");
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    assert_true(b->x.ended_ns - b->x.started_ns >= UINT64_C(1500000000));
    ask("fault 0 slow:700 1");
    assert_int_equal(exchange_within(b, select_token, sizeof select_token, 0), 0); /* no deadline */
}

/* The line gives the answer 100 or 300 ms after the deadline, whatever has been sent by then. */
static void an_answer_after_the_deadline_is_never_the_next_ones(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    ask("fault 0 late:700 1");
    assert_int_equal(exchange_within(b, read_256, sizeof read_256, 400), ERR_TIMEOUT);
    clock_sleep_ms(500);
    activate(b);
    read_token(b);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    ask("fault 0 late:500 1");
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 400), ERR_TIMEOUT);
    uint64_t sent_ns = b->x.started_ns;
    do { /* the answer comes in the middle of these */
        if (driver_activate(b->reader, &b->target, &b->fault, &b->e) != 0)
            assert_int_equal(b->fault.stage, STAGE_SETUP);
    } while (clock_now_ns() - sent_ns < UINT64_C(900000000));
    activate(b);
    read_token(b);
}

static void a_chip_that_hangs_is_told_from_a_card_that_does(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    ask("fault 0 silent");
    assert_int_not_equal(exchange_within(b, select_jpki, sizeof select_jpki, 300), 0);
    assert_int_not_equal(driver_probe(b->reader, &b->e), 0);
    assert_int_equal(exchange_within(b, select_jpki, sizeof select_jpki, 300), ERR_NO_TARGET);
    ask("fault 0 none");
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    activate(b);
    read_token(b);
}

static void a_card_that_leaves_in_mid_exchange_is_gone(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    ask("fault 0 remove-at:1");
    assert_int_equal(exchange_within(b, select_token, sizeof select_token, 5000), ERR_CARD);
    expect_fault(b, "PN53X_TIMEOUT(01)", STAGE_EXCHANGE, CAUSE(10) | CAUSE(16));
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
}

static void a_reader_unplugged_in_mid_exchange_is_lost_and_found_again(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, LAY_B);
    ask("fault 0 mute 1");
    pid_t hands = ask_later(150, "unplug 0");
    int status = exchange_within(b, select_jpki, sizeof select_jpki, 5000);
    wait_for_child(hands);
    assert_int_equal(status, ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->fault.stage, STAGE_SETUP);
    assert_int_equal(b->fault.causes, CAUSE(1));
    assert_int_not_equal(driver_probe(b->reader, &b->e), 0);
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    driver_close(&b->reader);
    assert_int_equal(try_open(b, b->address, "BAF", &b->reader), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    ask("plug 0");
    assert_string_equal(find(b)->name, b->address);
    lay_and_activate(b, LAY_B);
    read_token(b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(the_reader_is_listed_with_the_sign_that_it_is_not_real),
        TEST(a_port_is_listed_only_where_it_is_named_and_there),
        TEST(what_is_no_pn53x_is_refused_with_the_reason),
        TEST(a_reader_that_is_not_there_is_lost_not_busy),
        TEST(a_port_that_is_held_is_busy),
        TEST(what_type_a_shows_is_what_was_received),
        TEST(what_type_b_shows_is_what_was_received),
        TEST(only_the_technologies_asked_for_are_polled),
        TEST(an_arrival_and_a_departure_are_noticed),
        TEST(nothing_there_is_told_from_a_target_that_does_not_come_up),
        TEST(a_type_f_target_alone_is_the_wrong_technology),
        TEST(a_target_without_part_4_is_a_protocol_mismatch),
        TEST(bytes_of_every_length_pass_unchanged),
        TEST(long_commands_go_out_in_parts),
        TEST(the_field_off_forgets_what_was_selected),
        TEST(a_pseudo_apdu_is_refused_before_anything_is_sent),
        TEST(every_status_of_the_chip_is_kept_by_name),
        TEST(a_response_that_breaks_off_after_its_first_part_is_no_response),
        TEST(a_nad_bit_kills_the_process_and_the_next_one_works),
        TEST(a_disturbed_line_is_named_and_in_step_again),
        TEST(a_missed_deadline_is_a_timeout_in_its_time),
        TEST(deadlines_below_200_ms_work),
        TEST(a_slow_answer_in_time_is_an_answer),
        TEST(an_answer_after_the_deadline_is_never_the_next_ones),
        TEST(a_chip_that_hangs_is_told_from_a_card_that_does),
        TEST(a_card_that_leaves_in_mid_exchange_is_gone),
        TEST(a_reader_unplugged_in_mid_exchange_is_lost_and_found_again),
    };
    if (!getenv("NFC_SURVEY_TESTBED")) {
        puts("1..0 # SKIP runs inside the testbed: see tests/testbed/nfc.bats");
        return 0;
    }
    return cmocka_run_group_tests_name("nfc", tests, NULL, NULL);
}
