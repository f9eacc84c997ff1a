/*
 * The CCID driver over the real libusb, with the testbed's emulated readers behind it. Runs inside
 * `nfc-survey-testbed ccid` (tests/testbed/ccid.bats), under umockdev's preload library; reader 0 passes
 * extended APDUs in messages of 522 bytes, reader 1 short ones only. Alone it skips itself.
 */
#include "drivers/ccid/ccid.h"
#include "harness/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAY_B "lay %u sim-testbed-b - on-unlocked 0 0 0 7 1 0"

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

/* A request after a while, from a process of its own; its pid, for waitpid(). */
__attribute__((format(printf, 2, 3))) static pid_t ask_later(unsigned ms, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        clock_sleep_ms(ms);
        ask("%s", line);
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

/* ---- readers ---- */

struct bench {
    struct driver_found found[16];
    size_t count;
    struct driver_reader *reader;
    struct driver_target target;
    struct driver_fault fault;
    struct err e;
    uint8_t response[APDU_RESPONSE_MAX];
    struct driver_exchange x;
};

static const struct driver_found *find(struct bench *b, unsigned number)
{
    char serial[16];
    snprintf(serial, sizeof serial, "SIM-%04u", number + 1);
    for (unsigned tries = 0; tries < 100; tries++) { /* a reader that was plugged in comes up by and by */
        if (driver_list(&driver_ccid, NULL, 0, b->found, 16, &b->count, &b->e) != 0)
            fail_msg("list: %s", b->e.text);
        for (size_t i = 0; i < b->count; i++) {
            if (strcmp(b->found[i].serial, serial) == 0)
                return &b->found[i];
        }
        clock_sleep_ms(20);
    }
    fail_msg("reader %u is not listed", number);
    return NULL;
}

static int try_open(struct bench *b, const char *address, struct driver_reader **out)
{
    struct driver_open how = { .address = address, .unit = "test", .uid_apdu = true };
    return driver_open(&driver_ccid, &how, out, &b->fault, &b->e);
}

static void open_reader(struct bench *b, unsigned number)
{
    if (try_open(b, find(b, number)->name, &b->reader) != 0)
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
    assert_int_equal(b->fault.depth, DEPTH_CCID);
}

static void arrive(struct bench *b)
{
    if (driver_wait_present(b->reader, 5000, &b->target, &b->fault, &b->e) != 0)
        fail_msg("wait_present: %s", b->e.text);
}

static void activate(struct bench *b)
{
    if (driver_activate(b->reader, &b->target, &b->fault, &b->e) != 0)
        fail_msg("activate: %s", b->e.text);
}

static void lay_and_activate(struct bench *b, unsigned number)
{
    ask(LAY_B, number);
    open_reader(b, number);
    arrive(b);
    activate(b);
}

static int begin(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    *state = b;
    return b ? 0 : -1;
}

static int end(void **state)
{
    struct bench *b = *state;
    driver_close(&b->reader);
    if (getenv("NFC_SURVEY_TESTBED")) {
        for (unsigned i = 0; i < 2; i++) {
            ask("fault %u none", i);
            ask("lift %u", i);
        }
    }
    free(b);
    return 0;
}

#define NEEDS_TESTBED()                                                                                      \
    if (!getenv("NFC_SURVEY_TESTBED"))                                                                       \
    skip()

/* ---- the tests ---- */

static void readers_are_listed_with_serial_sign_and_presence(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    const struct driver_found *found = find(b, 0);
    assert_int_equal(b->count, 2);
    assert_true(found->simulated && !said_nothing(&found->sign));
    assert_int_equal(found->usb_vendor, 0x072f);
    assert_int_equal(found->usb_product, 0x223e);
    assert_false(found->present);
    assert_string_equal(found->note, "");
    ask(LAY_B, 0);
    assert_true(find(b, 0)->present);
    assert_false(find(b, 1)->present);
}

static void what_differs_from_the_profile_is_noted(void **state)
{
    struct bench *b = *state;
    struct reader_model model = { .id = "x",
                                  .usb_vendor = 0x072f,
                                  .usb_product = 0x223e,
                                  .usb_class = 0x0b,
                                  .ccid = true,
                                  .features = 0x00040040,
                                  .max_message = 522 };
    NEEDS_TESTBED();
    assert_int_equal(driver_list(&driver_ccid, &model, 1, b->found, 16, &b->count, &b->e), 0);
    assert_string_equal(b->found[0].note, "differs from its profile: dwFeatures 000404BA, not 00040040");
}

static void an_arrival_and_a_departure_are_noticed(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    open_reader(b, 0);
    assert_int_equal(driver_wait_present(b->reader, 50, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    pid_t hands = ask_later(150, LAY_B, 0);
    arrive(b);
    wait_for_child(hands);
    assert_true(said_is(&b->target.detect_source, SAID_SEEN_INTERRUPT));
    assert_true(b->target.detect_us >= 100000);
    assert_int_equal(b->target.uid_length, 4);
    assert_int_equal(driver_wait_absent(b->reader, 50, &b->fault, &b->e), ERR_TIMEOUT);
    hands = ask_later(150, "lift %u", 0);
    assert_int_equal(driver_wait_absent(b->reader, 5000, &b->fault, &b->e), 0);
    wait_for_child(hands);
}

static void bytes_of_every_length_pass_in_parts(void **state)
{
    struct bench *b = *state;
    uint8_t first[256];
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    assert_true(b->target.atr_length >= 4 && b->target.activate_us > 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    expect_sw(b, read_32, sizeof read_32, 0x9000);
    assert_int_equal(b->x.response_length, 34);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    expect_sw(b, read_256, sizeof read_256, 0x9000);
    assert_int_equal(b->x.response_length, 258);
    memcpy(first, b->response, sizeof first);
    expect_sw(b, read_1024, sizeof read_1024, 0x9000); /* two messages of 512 bytes and one of 2 */
    assert_int_equal(b->x.response_length, 1026);
    assert_memory_equal(b->response, first, sizeof first);
}

static void the_field_off_forgets_what_was_selected(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 1000), ERR_NO_TARGET);
    activate(b);
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 20000), 0);
    assert_int_not_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
}

static void an_extended_apdu_is_refused_by_a_short_reader_before_anything_is_sent(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    assert_int_equal(exchange_within(b, read_1024, sizeof read_1024, 1000), ERR_UNSUPPORTED);
    assert_non_null(strstr(b->e.text, "nothing was sent"));
    assert_int_equal(b->fault.causes, CAUSE(15));
    expect_sw(b, read_256, sizeof read_256, 0x9000);
    assert_int_equal(b->x.response_length, 258);
}

/* Each is one fault of the reader: named, and gone with the next exchange. */
static void faults_are_named_and_the_next_exchange_works(void **state)
{
    static const struct {
        const char *fault, *native;
        int status;
        cause_set causes;
    } rows[] = {
        { "parity", "XFR_PARITY_ERROR(FD) ICC_ACTIVE", ERR_CARD, CAUSE(9) },
        { "stall", "LIBUSB_ERROR_PIPE", ERR_CARD, CAUSE(1) | CAUSE(12) },
        { "truncate", "TRUNCATED", ERR_CARD, CAUSE(1) | CAUSE(12) },
        { "wrong-seq", "WRONG_SEQ", ERR_CARD, CAUSE(1) | CAUSE(12) },
        { "mute", "DEADLINE", ERR_TIMEOUT, CAUSE(10) | CAUSE(11) },
    };
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask("fault 0 %s 1", rows[i].fault);
        int status = exchange_within(b, read_32, sizeof read_32, 400);
        if (status != rows[i].status)
            fail_msg("%s: %d %s", rows[i].fault, status, b->e.text);
        expect_fault(b, rows[i].native, STAGE_EXCHANGE, rows[i].causes);
        assert_int_equal(b->x.response_length, 0);
        expect_sw(b, read_32, sizeof read_32, 0x9000);
        assert_int_equal(b->x.response_length, 34);
    }
}

static void an_answer_after_the_deadline_is_never_the_next_ones(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    ask("fault 0 slow:700 1");
    uint64_t started_ns = clock_now_ns();
    assert_int_equal(exchange_within(b, read_32, sizeof read_32, 200), ERR_TIMEOUT);
    assert_true(clock_now_ns() - started_ns >= UINT64_C(200000000));
    expect_fault(b, "DEADLINE", STAGE_EXCHANGE, CAUSE(10) | CAUSE(11));
    ask("fault 0 slow:900 1"); /* the late answer comes while this one is awaited */
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    assert_int_equal(b->x.response_length, 2);
}

static void time_is_granted_as_long_as_the_reader_asks_for_it(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    ask("fault 0 slow:2300 1");
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    assert_true(b->x.ended_ns - b->x.started_ns >= UINT64_C(2300000000));
    ask("fault 0 slow:1500 1");
    assert_int_equal(exchange_within(b, select_token, sizeof select_token, 0), 0); /* no deadline */
}

static void a_reader_that_hangs_is_told_from_a_card_that_does(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    ask("fault 0 silent");
    assert_int_equal(exchange_within(b, select_jpki, sizeof select_jpki, 200), ERR_TIMEOUT);
    expect_fault(b, "HUNG", STAGE_EXCHANGE, CAUSE(31));
    assert_int_not_equal(driver_probe(b->reader, &b->e), 0);
    ask("fault 0 none");
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    activate(b);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void a_card_that_leaves_in_mid_exchange_is_gone(void **state)
{
    struct bench *b = *state;
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    ask("fault 0 remove-at:1");
    assert_int_equal(exchange_within(b, select_token, sizeof select_token, 5000), ERR_NO_TARGET);
    expect_fault(b, "ICC_MUTE(FE) ICC_ABSENT", STAGE_EXCHANGE, CAUSE(3) | CAUSE(16));
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
}

static void a_reader_unplugged_in_mid_transfer_is_lost_and_found_again(void **state)
{
    struct bench *b = *state;
    char name[160];
    NEEDS_TESTBED();
    lay_and_activate(b, 0);
    snprintf(name, sizeof name, "%s", find(b, 0)->name);
    ask("fault 0 mute 1");
    pid_t hands = ask_later(150, "unplug %u", 0);
    int status = exchange_within(b, select_jpki, sizeof select_jpki, 20000);
    wait_for_child(hands);
    assert_int_equal(status, ERR_ENVIRONMENT);
    expect_fault(b, "LIBUSB_ERROR_NO_DEVICE", STAGE_SETUP, CAUSE(1));
    assert_true(b->fault.reader_lost);
    assert_int_not_equal(driver_probe(b->reader, &b->e), 0);
    driver_close(&b->reader);
    struct driver_reader *gone = NULL;
    assert_int_equal(try_open(b, name, &gone), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    ask("plug 0");
    find(b, 0);
    if (try_open(b, name, &b->reader) != 0)
        fail_msg("open: %s", b->e.text);
    ask(LAY_B, 0);
    arrive(b);
    activate(b);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void a_reader_opened_twice_is_busy(void **state)
{
    struct bench *b = *state;
    struct driver_reader *second = NULL;
    NEEDS_TESTBED();
    open_reader(b, 0);
    char name[160];
    snprintf(name, sizeof name, "%s", find(b, 0)->name);
    assert_int_equal(try_open(b, name, &second), ERR_ENVIRONMENT);
    assert_null(second);
    assert_true(b->fault.busy);
    assert_int_equal(b->fault.causes, CAUSE(30));
    assert_non_null(strstr(b->e.text, "pcscd"));
    driver_close(&b->reader);
    assert_int_equal(try_open(b, name, &b->reader), 0);
}

static void a_reader_held_by_another_process_is_busy(void **state)
{
    struct bench *b = *state;
    int held[2];
    NEEDS_TESTBED();
    char name[160], byte;
    snprintf(name, sizeof name, "%s", find(b, 0)->name);
    assert_int_equal(pipe(held), 0);
    pid_t holder = fork();
    assert_true(holder >= 0);
    if (holder == 0) {
        close(held[0]);
        if (try_open(b, name, &b->reader) == 0 && write(held[1], "x", 1) == 1)
            clock_sleep_ms(30000);
        _exit(1);
    }
    close(held[1]);
    assert_int_equal(read(held[0], &byte, 1), 1);
    int status = try_open(b, name, &b->reader);
    struct driver_fault fault = b->fault;
    struct err e = b->e;
    const struct driver_found *found = find(b, 0);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    close(held[0]);
    assert_int_equal(status, ERR_ENVIRONMENT);
    assert_true(fault.busy);
    assert_non_null(strstr(e.text, "systemctl stop pcscd.socket pcscd"));
    assert_non_null(strstr(found->note, "held by pcscd or another program"));
    for (unsigned tries = 0; tries < 100 && !b->reader; tries++) { /* its claim dies with it, by and by */
        if (try_open(b, name, &b->reader) != 0)
            clock_sleep_ms(20);
    }
    assert_non_null(b->reader);
}

static void two_readers_work_at_once(void **state)
{
    struct bench *b = *state;
    struct driver_reader *other;
    NEEDS_TESTBED();
    lay_and_activate(b, 1);
    other = b->reader;
    b->reader = NULL;
    lay_and_activate(b, 0);
    for (unsigned i = 0; i < 5; i++) {
        struct driver_reader *swap = b->reader;
        b->reader = other;
        other = swap;
        expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    }
    driver_close(&other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(readers_are_listed_with_serial_sign_and_presence),
        TEST(what_differs_from_the_profile_is_noted),
        TEST(an_arrival_and_a_departure_are_noticed),
        TEST(bytes_of_every_length_pass_in_parts),
        TEST(the_field_off_forgets_what_was_selected),
        TEST(an_extended_apdu_is_refused_by_a_short_reader_before_anything_is_sent),
        TEST(faults_are_named_and_the_next_exchange_works),
        TEST(an_answer_after_the_deadline_is_never_the_next_ones),
        TEST(time_is_granted_as_long_as_the_reader_asks_for_it),
        TEST(a_reader_that_hangs_is_told_from_a_card_that_does),
        TEST(a_card_that_leaves_in_mid_exchange_is_gone),
        TEST(a_reader_unplugged_in_mid_transfer_is_lost_and_found_again),
        TEST(a_reader_opened_twice_is_busy),
        TEST(a_reader_held_by_another_process_is_busy),
        TEST(two_readers_work_at_once),
    };
    if (!getenv("NFC_SURVEY_TESTBED")) {
        puts("1..0 # SKIP runs inside the testbed: see tests/testbed/ccid.bats");
        return 0;
    }
    return cmocka_run_group_tests_name("ccid", tests, NULL, NULL);
}
