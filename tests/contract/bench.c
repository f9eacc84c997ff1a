/* The bench of the contract; see bench.h. */
#include "tests/contract/bench.h"
#include "tests/contract/identity.h"

#include "harness/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define APPEAR_TRIES 250
#define APPEAR_MS    20

const uint8_t select_jpki[15] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                  0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
const uint8_t select_token[7] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x06 };
const uint8_t read_label[5] = { 0x00, 0xb0, 0x00, 0x00, 0x20 };
const uint8_t uid_of_a[7] = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
const uint8_t pupi_of_b[4] = { 0x00, 0x11, 0x22, 0x33 };

static const struct contract_subject *subject_under_test;

/* ---- the testbed's hands ---- */

static bool is_child; /* hands that act later: no assertion may jump out of there into the parent's tests */

/* One request to the control socket; what came back in `answer`. */
static bool request(const char *line, char *answer, size_t capacity)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = getenv("NFC_SURVEY_TESTBED");
    ssize_t n = -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path ? path : "");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line))
        n = recv(fd, answer, capacity - 1, 0);
    if (fd >= 0)
        close(fd);
    answer[n > 0 ? n : 0] = '\0';
    return strncmp(answer, "ok", 2) == 0;
}

__attribute__((format(printf, 1, 2))) static void ask(const char *format, ...)
{
    char line[256], answer[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    bool done = request(line, answer, sizeof answer);
    if (!done && is_child)
        _exit(1);
    if (!done)
        fail_msg("%s: the testbed says `%s`", line, answer);
}

static void testbed_lay(unsigned reader, enum contract_handset which)
{
    static const char *const profiles[] = {
        [CONTRACT_B] = "sim-testbed-b", [CONTRACT_A] = "sim-testbed-a", [CONTRACT_MUTE] = "sim-testbed-mute"
    };
    ask("lay %u %s - on-unlocked 0 0 0 7 1 0\n", reader, profiles[which]);
}

static void testbed_lift(unsigned reader)
{
    ask("lift %u\n", reader);
}

static void testbed_fault(unsigned reader, const char *fault)
{
    bool ends = strcmp(fault, "none") == 0 || strncmp(fault, "remove-at:", 10) == 0;
    ask(ends ? "fault %u %s\n" : "fault %u %s 1\n", reader, fault);
}

static void testbed_unplug(unsigned reader)
{
    ask("unplug %u\n", reader);
}

static void testbed_plug(unsigned reader)
{
    ask("plug %u\n", reader);
}

const struct contract_hands contract_testbed_hands = {
    .lay = testbed_lay,
    .lift = testbed_lift,
    .fault = testbed_fault,
    .unplug = testbed_unplug,
    .plug = testbed_plug,
    .in_real_time = true,
};

/* ---- hands ---- */

static const struct contract_hands *hands_of(const struct bench *b)
{
    if (!b->subject->hands)
        fail_msg("nobody can lay a handset on a reader of %s yet: give its subject hands",
                 b->subject->ops->name);
    return b->subject->hands;
}

void lay(struct bench *b, enum contract_handset which)
{
    hands_of(b)->lay(b->number, which);
    b->laid[b->number] = true;
}

void lift(struct bench *b)
{
    hands_of(b)->lift(b->number);
}

void fault_is(struct bench *b, const char *fault)
{
    hands_of(b)->fault(b->number, fault);
    b->faulty[b->number] = strcmp(fault, "none") != 0;
}

void unplug(struct bench *b)
{
    hands_of(b)->unplug(b->number);
    b->unplugged[b->number] = true;
}

void plug(struct bench *b)
{
    hands_of(b)->plug(b->number);
    b->unplugged[b->number] = false;
}

static void act(const struct contract_hands *hands, unsigned number, enum deed deed)
{
    if (deed == DEED_LAY)
        hands->lay(number, CONTRACT_B);
    else if (deed == DEED_LIFT)
        hands->lift(number);
    else
        hands->unplug(number);
}

static void end_later(struct bench *b)
{
    if (b->later > 0)
        waitpid(b->later, NULL, 0);
    b->later = 0;
}

void later(struct bench *b, unsigned ms, enum deed deed)
{
    const struct contract_hands *hands = hands_of(b);
    end_later(b);
    b->laid[b->number] |= deed == DEED_LAY;
    b->unplugged[b->number] |= deed == DEED_UNPLUG;
    b->later = hands->in_real_time ? fork() : 0;
    assert_true(b->later >= 0);
    if (b->later == 0 && hands->in_real_time) {
        is_child = true;
        clock_sleep_ms(ms);
        act(hands, b->number, deed);
        _exit(0);
    }
    if (!hands->in_real_time)
        act(hands, b->number, deed);
}

/* ---- readers ---- */

const char *contract_address_by_serial(unsigned number, const struct driver_found *found, size_t count)
{
    char serial[24];
    snprintf(serial, sizeof serial, "SIM-%04u", number + 1);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(found[i].serial, serial) == 0)
            return found[i].name;
    }
    return NULL;
}

void list_readers(struct bench *b)
{
    struct reader_model models[CONTRACT_READERS];
    size_t count = b->subject->models ? b->subject->models(models) : 0;
    int status = driver_list(b->subject->ops, models, count, b->found, FOUND_MAX, &b->count, &b->e);
    if (status != 0)
        fail_msg("list: %s", b->e.text);
}

const char *address_of(struct bench *b, unsigned number)
{
    if (b->readers[number]) /* libnfc lists no USB device that is in use */
        return b->addresses[number];
    for (unsigned tries = 0; tries < APPEAR_TRIES; tries++) { /* what was plugged in comes up within 2 s */
        if (b->subject->lists)
            list_readers(b);
        const char *address = b->subject->address ? b->subject->address(number, b->found, b->count) : NULL;
        if (address)
            return address;
        if (!b->subject->lists)
            break;
        clock_sleep_ms(APPEAR_MS);
    }
    fail_msg("reader %u does not appear", number);
    return "";
}

void wait_until_gone(struct bench *b, unsigned number)
{
    for (unsigned tries = 0; tries < APPEAR_TRIES; tries++) {
        bool there = false;
        list_readers(b);
        for (size_t i = 0; i < b->count; i++)
            there |= strcmp(b->found[i].name, b->addresses[number]) == 0;
        if (!there)
            return;
        clock_sleep_ms(APPEAR_MS);
    }
    fail_msg("%s is unplugged, and still listed", b->addresses[number]);
}

int try_open(struct bench *b, const char *address, struct driver_reader **out)
{
    struct driver_open how = {
        .address = address, .uid_apdu = b->subject->uid_apdu, .unit = "contract", .key = published_key()
    };
    if (b->subject->fill)
        b->subject->fill(b->number, &how);
    memset(&b->e, 0, sizeof b->e);
    int status = driver_open(b->subject->ops, &how, out, &b->fault, &b->e);
    if (status == 0 && b->subject->hands && b->subject->hands->opened)
        b->subject->hands->opened(b->number, *out);
    return status;
}

void open_reader(struct bench *b, unsigned number)
{
    b->number = number;
    snprintf(b->addresses[number], sizeof b->addresses[number], "%s", address_of(b, number));
    if (try_open(b, b->addresses[number], &b->readers[number]) != 0)
        fail_msg("open: %s", b->e.text);
    b->reader = b->readers[number];
}

void speak_to(struct bench *b, unsigned number)
{
    b->number = number;
    b->reader = b->readers[number];
}

/* Hands that act later are a copy of this process: until they are through they hold what the reader holds. */
void close_reader(struct bench *b)
{
    end_later(b);
    if (b->reader && b->subject->hands && b->subject->hands->closing)
        b->subject->hands->closing(b->number, b->reader);
    driver_close(&b->readers[b->number]);
    b->reader = NULL;
}

/* ---- a transaction ---- */

uint64_t now_ns(struct bench *b)
{
    return driver_now_ns(b->reader);
}

void arrive(struct bench *b)
{
    if (driver_wait_present(b->reader, ARRIVAL_MS, &b->target, &b->fault, &b->e) != 0)
        fail_msg("wait_present: %s", b->e.text);
}

int try_activate(struct bench *b)
{
    memset(&b->e, 0, sizeof b->e);
    driver_begin(b->reader, ++b->transactions);
    return driver_activate(b->reader, &b->target, &b->fault, &b->e);
}

void activate(struct bench *b)
{
    if (try_activate(b) != 0)
        fail_msg("activate: %s", b->e.text);
}

void lay_and_activate(struct bench *b, unsigned number, enum contract_handset which)
{
    if (!b->readers[number])
        open_reader(b, number);
    speak_to(b, number);
    lay(b, which);
    arrive(b);
    activate(b);
}

static int send_command(struct bench *b, const uint8_t *command, size_t length, uint8_t *response,
                        size_t capacity, uint32_t deadline_ms)
{
    memset(&b->e, 0, sizeof b->e);
    b->x = (struct driver_exchange) { .command = command,
                                      .command_length = length,
                                      .response = response,
                                      .response_capacity = capacity,
                                      .response_length = 12345,
                                      .deadline_ms = deadline_ms };
    int status = driver_exchange(b->reader, &b->x, &b->fault, &b->e);
    for (size_t i = 0; i < CANARIES; i++)
        assert_int_equal(response[capacity + i], CANARY);
    assert_true(b->x.response_length <= capacity);
    if (status != 0)
        assert_int_equal(b->x.response_length, 0);
    return status;
}

int exchange(struct bench *b, const uint8_t *command, size_t length, uint32_t deadline_ms)
{
    return send_command(b, command, length, b->response, APDU_RESPONSE_MAX, deadline_ms);
}

int exchange_into(struct bench *b, const uint8_t *command, size_t length, size_t capacity)
{
    uint8_t *response = malloc(capacity + CANARIES);
    assert_non_null(response);
    memset(response + capacity, CANARY, CANARIES);
    int status = send_command(b, command, length, response, capacity, 0);
    free(response);
    b->x.response = b->response;
    return status;
}

void expect_sw(struct bench *b, const uint8_t *command, size_t length, unsigned sw)
{
    if (exchange(b, command, length, 0) != 0)
        fail_msg("exchange: %s", b->e.text);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), sw);
}

/* ---- the ladder ---- */

void select_ladder(struct bench *b)
{
    static const uint8_t select[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xf0, 0x4e, 0x46,
                                      0x43, 0x53, 0x55, 0x52, 0x56, 0x45, 0x59 };
    SEND(b, select, 0x9000);
}

int try_read(struct bench *b, size_t n, uint32_t deadline_ms)
{
    uint8_t command[7] = { 0x00, 0xb0, 0x00, 0x00, (uint8_t)n };
    if (n > 256) {
        command[4] = 0;
        command[5] = (uint8_t)(n >> 8);
        command[6] = (uint8_t)n;
    }
    return exchange(b, command, n > 256 ? 7 : 5, deadline_ms);
}

bool is_right(const struct bench *b, size_t n)
{
    if (b->x.response_length != n + 2 || apdu_status_word(b->response, n + 2) != 0x9000)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (b->response[i] != (uint8_t)i)
            return false;
    }
    return true;
}

void expect_read(struct bench *b, size_t n)
{
    if (try_read(b, n, 0) != 0)
        fail_msg("a response of %zu bytes: %s", n, b->e.text);
    if (!is_right(b, n))
        fail_msg("a response of %zu bytes came as %zu with status %04x, or with other bytes", n,
                 b->x.response_length, apdu_status_word(b->response, b->x.response_length));
}

int try_write(struct bench *b, size_t n)
{
    uint8_t *command = b->command;
    size_t header = n == 0 ? 4 : n > 255 ? 7 : 5;
    memcpy(command, "\x00\xd6\x00\x00", 4);
    command[4] = n > 255 ? 0 : (uint8_t)n;
    command[5] = (uint8_t)(n >> 8);
    command[6] = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        command[header + i] = (uint8_t)(i + (i >> 8)); /* what the ladder applet takes */
    return exchange(b, command, header + n, 0);
}

void expect_write(struct bench *b, size_t n)
{
    if (try_write(b, n) != 0)
        fail_msg("a command with %zu bytes: %s", n, b->e.text);
    if (b->x.response_length != 2 || apdu_status_word(b->response, 2) != 0x9000)
        fail_msg("a command with %zu bytes was answered with %04x, as if it had come with others", n,
                 apdu_status_word(b->response, b->x.response_length));
}

/* ---- failures ---- */

bool fault_is_empty(const struct bench *b)
{
    return b->fault.stage == STAGE_NONE && b->fault.causes == 0 && b->fault.depth == DEPTH_NONE &&
           b->fault.native[0] == '\0' && !b->fault.reader_lost && !b->fault.busy;
}

/* A word, not a bare number: "LIBUSB_ERROR_BUSY", "PN53X_CRC(02)". */
/* Begins with a word of letters, digits and underscores, and is no stand-in for a name that is not known. */
static bool is_a_name(const char *native)
{
    size_t length = 0;
    while (native[length] == '_' || (native[length] >= '0' && native[length] <= '9') ||
           (native[length] >= 'A' && native[length] <= 'Z') ||
           (native[length] >= 'a' && native[length] <= 'z'))
        length++;
    return length >= 3 && strncmp(native, "0x", 2) != 0 && !strstr(native, "_UNKNOWN(") &&
           strcmp(native, "NFC_UNKNOWN") != 0;
}

static bool cause_has_stage(cause_set causes, enum stage stage)
{
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (causes & CAUSE(n) && cause_row(n)->stage == stage)
            return true;
    }
    return false;
}

static void expect_words(struct bench *b, int status)
{
    assert_int_not_equal(status, 0);
    assert_int_equal(b->e.code, status);
    assert_true(b->e.text[0] != '\0' && b->e.where[0] != '\0');
}

void expect_any_failure(struct bench *b, int status)
{
    expect_words(b, status);
    if (b->fault.causes == 0 || b->fault.causes >= CAUSE(CAUSE_COUNT) << 1)
        fail_msg("the causes are %#x: %s", b->fault.causes, b->e.text);
    if (!cause_has_stage(b->fault.causes, b->fault.stage))
        fail_msg("no cause of %#x belongs to the stage `%s`: %s", b->fault.causes, stage_name(b->fault.stage),
                 b->e.text);
    assert_int_equal(b->fault.depth, b->subject->depth);
    /* A virtual reader that only lets time pass has no library that could name anything. */
    if (b->fault.native[0] == '\0' && b->subject->ops->capabilities & DRIVER_VIRTUAL_CLOCK &&
        status == ERR_TIMEOUT)
        return;
    if (!is_a_name(b->fault.native))
        fail_msg("`%s` is no code by name: %s", b->fault.native, b->e.text);
}

void expect_failure(struct bench *b, int status, enum stage stage)
{
    expect_any_failure(b, status);
    assert_string_equal(stage_name(b->fault.stage), stage_name(stage));
}

void expect_lost(struct bench *b, int status)
{
    if (status == 0)
        fail_msg("a reader that is gone gave a success");
    assert_int_equal(status, ERR_ENVIRONMENT);
    if (!b->fault.reader_lost)
        fail_msg("not called lost: %s (%s)", b->e.text, b->fault.native);
    assert_true(b->fault.causes & CAUSE(1));
    expect_failure(b, status, STAGE_SETUP);
}

void expect_mistake(struct bench *b, int status, int expected)
{
    expect_words(b, status);
    assert_int_equal(status, expected);
    assert_int_equal(b->x.response_length, 0);
}

/* ---- the fixture ---- */

void bench_use(const struct contract_subject *subject)
{
    subject_under_test = subject;
}

int bench_set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return -1;
    b->subject = subject_under_test;
    b->response = malloc(APDU_RESPONSE_MAX + CANARIES);
    b->command = malloc(APDU_COMMAND_MAX);
    *state = b;
    if (!b->response || !b->command)
        return -1;
    memset(b->response + APDU_RESPONSE_MAX, CANARY, CANARIES);
    return 0;
}

/* Everything as it was: the next behaviour finds two readers, plugged in, idle and empty. */
static void tidy(struct bench *b, unsigned number)
{
    speak_to(b, number);
    if (b->faulty[number])
        fault_is(b, "none");
    close_reader(b);
    if (b->unplugged[number])
        plug(b);
    if (!b->laid[number])
        return;
    lift(b);
    open_reader(b, number);
    if (driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e) != 0)
        fail_msg("after the behaviour: %s", b->e.text);
    close_reader(b);
}

int bench_tear_down(void **state)
{
    struct bench *b = *state;
    end_later(b);
    for (unsigned i = 0; i < CONTRACT_READERS; i++)
        tidy(b, i);
    free(b->response);
    free(b->command);
    free(b);
    return 0;
}
