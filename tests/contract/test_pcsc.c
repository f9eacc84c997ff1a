/*
 * The PC/SC driver over the real libpcsclite, pcscd and libccid, with the testbed's emulated readers behind
 * them. Runs inside `nfc-survey-testbed ccid --pcscd` (tests/testbed/driver.bats); reader 1 passes extended
 * APDUs in messages of 522 bytes, reader 1 short ones only. Alone it skips itself.
 */
#include "drivers/pcsc/pcsc.h"
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAY_B "lay %u sim-testbed-b - on-unlocked 0 0 0 7 1 0"
#define LAY_A "lay %u sim-testbed-a - on-unlocked 0 0 0 7 1 0"

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

static void list_readers(struct bench *b)
{
    int status = driver_list(&driver_pcsc, NULL, 0, b->found, 16, &b->count, &b->e);
    if (status != 0)
        fail_msg("list: %s", b->e.text);
}

static const char *name_of(struct bench *b, unsigned number)
{
    char serial[16];
    snprintf(serial, sizeof serial, "SIM-%04u", number + 1);
    for (unsigned tries = 0; tries < 200; tries++) { /* a reader that was plugged in comes up within 2 s */
        list_readers(b);
        for (size_t i = 0; i < b->count; i++) {
            if (strcmp(b->found[i].serial, serial) == 0)
                return b->found[i].name;
        }
        clock_sleep_ms(20);
    }
    fail_msg("reader %u is not listed", number);
    return "";
}

static void open_reader(struct bench *b, unsigned number)
{
    struct driver_open how = {
        .address = name_of(b, number), .unit = "test", .uid_apdu = true, .key = published_key()
    };
    int status = driver_open(&driver_pcsc, &how, &b->reader, &b->fault, &b->e);
    if (status != 0)
        fail_msg("open: %s", b->e.text);
}

static void arrive(struct bench *b)
{
    int status = driver_wait_present(b->reader, 3000, &b->target, &b->fault, &b->e);
    if (status != 0)
        fail_msg("wait_present: %s", b->e.text);
}

static void activate(struct bench *b)
{
    int status = driver_activate(b->reader, &b->target, &b->fault, &b->e);
    if (status != 0)
        fail_msg("activate: %s", b->e.text);
}

static int exchange(struct bench *b, const uint8_t *command, size_t length)
{
    b->x = (struct driver_exchange) {
        .command = command,
        .command_length = length,
        .response = b->response,
        .response_capacity = sizeof b->response,
    };
    return driver_exchange(b->reader, &b->x, &b->fault, &b->e);
}

static void expect_sw(struct bench *b, const uint8_t *command, size_t length, uint16_t sw)
{
    int status = exchange(b, command, length);
    if (status != 0)
        fail_msg("exchange: %s", b->e.text);
    assert_int_equal(apdu_status_word(b->response, b->x.response_length), sw);
}

static void expect_fault(struct bench *b, const char *native, enum stage stage, cause_set causes)
{
    assert_string_equal(b->fault.native, native);
    assert_string_equal(b->e.native, native);
    assert_int_equal(b->fault.stage, stage);
    assert_int_equal(b->fault.causes, causes);
    assert_int_equal(b->fault.depth, DEPTH_PCSC);
}

static void lay_and_activate(struct bench *b, unsigned number)
{
    ask(LAY_B, number);
    open_reader(b, number);
    arrive(b);
    activate(b);
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    driver_close(&b->reader);
    for (unsigned i = 0; i < 2; i++) {
        ask("fault %u none", i);
        ask("lift %u", i);
    }
    for (unsigned tries = 0; tries < 250; tries++) { /* the daemon takes a few ms to see it */
        list_readers(b);
        if (b->count == 2 && !b->found[0].present && !b->found[1].present)
            break;
        clock_sleep_ms(10);
    }
    free(b);
    return 0;
}

/* ---- behaviours ---- */

static void listing_names_every_reader_and_says_that_they_are_not_real(void **state)
{
    struct bench *b = *state;
    list_readers(b);
    assert_int_equal(b->count, 2);
    for (size_t i = 0; i < b->count; i++) {
        assert_int_equal(strncmp(b->found[i].serial, "SIM-000", 7), 0);
        assert_non_null(strstr(b->found[i].name, b->found[i].serial));
        assert_true(b->found[i].simulated);
        assert_non_null(strstr(said_text(&b->found[i].sign).text, "SIM-000"));
        assert_false(b->found[i].present);
        assert_int_equal(b->found[i].usb_vendor, -1);
    }
    ask(LAY_B, 1);
    for (unsigned tries = 0; tries < 100 && !b->found[1].present; tries++) {
        clock_sleep_ms(20);
        list_readers(b);
    }
    assert_true(b->found[1].present);
    assert_false(b->found[0].present);
}

static void opening_a_stranger_is_a_lost_reader(void **state)
{
    struct bench *b = *state;
    struct driver_open how = { .address = "No Such Reader 00 00" };
    assert_int_equal(driver_open(&driver_pcsc, &how, &b->reader, &b->fault, &b->e), ERR_ENVIRONMENT);
    expect_fault(b, "SCARD_E_UNKNOWN_READER", STAGE_SETUP, CAUSE(1));
    assert_true(b->fault.reader_lost);
}

static void the_second_to_open_a_reader_finds_it_busy_only_while_the_first_is_connected(void **state)
{
    struct bench *b = *state;
    struct bench *other = calloc(1, sizeof *other);
    assert_non_null(other);
    lay_and_activate(b, 0);
    open_reader(other, 0);
    assert_int_equal(driver_activate(other->reader, &other->target, &other->fault, &other->e),
                     ERR_ENVIRONMENT);
    expect_fault(other, "SCARD_E_SHARING_VIOLATION", STAGE_SETUP, CAUSE(30));
    assert_true(other->fault.busy);
    assert_false(other->fault.reader_lost);
    assert_string_equal(getenv("PCSCLITE_NO_BLOCKING"), "1"); /* no hidden retries after 100 ms */
    assert_int_equal(driver_wait_present(other->reader, 1000, &other->target, &other->fault, &other->e),
                     ERR_ENVIRONMENT);
    assert_true(other->fault.busy);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    activate(other);
    expect_sw(other, select_jpki, sizeof select_jpki, 0x9000);
    driver_close(&other->reader);
    free(other);
}

static void nothing_in_the_field_is_a_timeout_at_detect(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    uint64_t started_ns = clock_now_ns();
    assert_int_equal(driver_wait_present(b->reader, 300, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    uint64_t took_ms = (clock_now_ns() - started_ns) / 1000000;
    assert_in_range(took_ms, 295, 900);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_true(b->fault.causes & CAUSE(2));
    assert_int_equal(driver_wait_absent(b->reader, 300, &b->fault, &b->e), 0);
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    expect_fault(b, "SCARD_E_NO_SMARTCARD", STAGE_DETECT, CAUSE(2) | CAUSE(3));
}

static void arriving_and_leaving_are_seen(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    ask(LAY_B, 0);
    arrive(b);
    assert_true(said_is(&b->target.detect_source, SAID_SEEN_UNKNOWN));
    assert_int_equal(driver_wait_absent(b->reader, 100, &b->fault, &b->e), ERR_TIMEOUT);
    ask("lift 0");
    assert_int_equal(driver_wait_absent(b->reader, 3000, &b->fault, &b->e), 0);
}

static void activation_gives_atr_uid_and_says_why_a_type_b_phone_has_no_ats(void **state)
{
    static const uint8_t pupi[] = { 0x00, 0x11, 0x22, 0x33 };
    struct bench *b = *state;
    lay_and_activate(b, 0);
    struct atr_info info;
    atr_decode(b->target.atr, b->target.atr_length, &info);
    assert_true(info.valid && info.contactless && info.consistent_with_b);
    expect_uid(&b->target, pupi, sizeof pupi);
    assert_int_equal(b->target.ats_length, 0);
    assert_non_null(strstr(said_text(&b->target.ats_absent).text, "6A81"));
    assert_int_equal(b->target.technology, 0); /* an ATR never proves type B */
    assert_true(b->target.activate_us > 0);
}

static void a_type_a_phone_is_known_by_its_ats(void **state)
{
    static const uint8_t uid[] = { 0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };
    struct bench *b = *state;
    ask(LAY_A, 0);
    open_reader(b, 0);
    arrive(b);
    activate(b);
    assert_int_equal(b->target.technology, 'A');
    expect_uid(&b->target, uid, sizeof uid);
    struct ats_info ats;
    ats_decode(b->target.ats, b->target.ats_length, &ats);
    assert_true(ats.valid);
    assert_int_equal(ats.fwi, 10);
    assert_int_equal(b->target.fwt_us, frame_waiting_time_us(10));
}

static void the_token_label_is_read_byte_for_byte(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    expect_sw(b, read_32, sizeof read_32, 0x9000);
    assert_int_equal(b->x.response_length, 34);
    assert_memory_equal(b->response, "JPKIAPGPSETOKEN ", 16);
    assert_true(b->x.started_ns && b->x.ended_ns > b->x.started_ns);
}

static void a_field_reset_forgets_the_selection(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    expect_sw(b, read_32, sizeof read_32, 0x9000);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    activate(b);
    assert_int_equal(exchange(b, read_32, sizeof read_32), 0);
    assert_int_not_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
}

static void an_exchange_without_activation_is_refused(void **state)
{
    struct bench *b = *state;
    ask(LAY_B, 0);
    open_reader(b, 0);
    arrive(b);
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_NO_TARGET);
}

static void extended_responses_come_whole_through_chained_messages(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    expect_sw(b, read_1024, sizeof read_1024, 0x9000);
    assert_int_equal(b->x.response_length, 1026);
    uint8_t first[256];
    memcpy(first, b->response, sizeof first);
    expect_sw(b, read_256, sizeof read_256, 0x9000);
    assert_int_equal(b->x.response_length, 258);
    assert_memory_equal(b->response, first, sizeof first);
}

static void a_short_reader_breaks_an_extended_exchange_and_works_on(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_ca, sizeof select_ca, 0x9000);
    assert_int_equal(exchange(b, read_1024, sizeof read_1024), ERR_CARD);
    expect_fault(b, "SCARD_E_NOT_TRANSACTED", STAGE_EXCHANGE,
                 CAUSE(9) | CAUSE(10) | CAUSE(12) | CAUSE(13) | CAUSE(14) | CAUSE(15));
    assert_int_equal(b->x.response_length, 0);
    expect_sw(b, read_256, sizeof read_256, 0x9000);
    assert_int_equal(b->x.response_length, 258);
}

static void broken_exchanges_are_not_transacted_and_the_next_one_works(void **state)
{
    static const char *const faults[] = { "parity", "stall", "truncate", "wrong-length", "vendor-error" };
    struct bench *b = *state;
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        ask("fault 0 %s 1", faults[i]);
        assert_int_equal(exchange(b, select_token, sizeof select_token), ERR_CARD);
        expect_fault(b, "SCARD_E_NOT_TRANSACTED", STAGE_EXCHANGE, CAUSE(9) | CAUSE(10) | CAUSE(12));
        expect_sw(b, select_token, sizeof select_token, 0x9000);
    }
}

static void the_first_exchange_may_also_have_failed_for_its_rate(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("fault 0 parity 1");
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_CARD);
    expect_fault(b, "SCARD_E_NOT_TRANSACTED", STAGE_EXCHANGE, CAUSE(7) | CAUSE(9) | CAUSE(10) | CAUSE(12));
}

/* ICC_MUTE: the reader found out by itself that nothing answers. */
static void a_handset_that_turns_mute_is_not_transacted_at_once(void **state)
{
    struct bench *b = *state;
    ask("lay 0 sim-testbed-turns-mute - on-unlocked 0 0 0 7 1 0");
    open_reader(b, 0);
    arrive(b);
    activate(b);
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_CARD);
    expect_fault(b, "SCARD_E_NOT_TRANSACTED", STAGE_EXCHANGE, CAUSE(7) | CAUSE(9) | CAUSE(10) | CAUSE(12));
    assert_in_range((b->x.ended_ns - b->x.started_ns) / 1000000, 150, 5000);
    assert_false(b->fault.reader_lost);
}

/* libccid does not check the sequence number of an XfrBlock's answer: it is taken, and nothing shows. */
static void a_wrong_sequence_number_goes_unnoticed(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("fault 0 wrong-seq 1");
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    expect_sw(b, select_token, sizeof select_token, 0x9000);
}

static void a_slow_answer_is_waited_for_and_timed(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("fault 0 slow:1500 1"); /* the reader asks for time meanwhile */
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    assert_in_range((b->x.ended_ns - b->x.started_ns) / 1000000, 1500, 3000);
    ask("fault 0 slow:3500 1"); /* longer than libccid's 3 s for a reader that is not waiting for a card */
    expect_sw(b, select_token, sizeof select_token, 0x9000);
    assert_in_range((b->x.ended_ns - b->x.started_ns) / 1000000, 3500, 6000);
}

static void leaving_in_the_middle_of_an_exchange_is_a_lost_field(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("fault 0 remove-at:2");
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    assert_int_equal(exchange(b, select_token, sizeof select_token), ERR_NO_TARGET);
    expect_fault(b, "SCARD_E_NO_SMARTCARD", STAGE_EXCHANGE, CAUSE(3) | CAUSE(16));
    assert_int_equal(b->x.response_length, 0);
    for (unsigned tries = 0; tries < 2;
         tries++) { /* and it stays away: as an absent card, or a removed one */
        assert_int_equal(exchange(b, select_token, sizeof select_token), ERR_NO_TARGET);
        assert_true(strcmp(b->fault.native, "SCARD_E_NO_SMARTCARD") == 0 ||
                    strcmp(b->fault.native, "SCARD_W_REMOVED_CARD") == 0);
        assert_int_equal(b->fault.causes, CAUSE(3) | CAUSE(16));
    }
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_NO_TARGET);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(driver_wait_absent(b->reader, 3000, &b->fault, &b->e), 0);
    ask(LAY_B, 0);
    arrive(b);
    activate(b);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void leaving_between_exchanges_is_a_lost_field(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("lift 0");
    clock_sleep_ms(500);
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_NO_TARGET);
    assert_int_equal(b->fault.stage, STAGE_EXCHANGE);
    assert_int_equal(b->fault.causes, CAUSE(3) | CAUSE(16));
}

static void a_reader_answers_the_probe_without_a_card(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    ask(LAY_B, 0);
    arrive(b);
    activate(b);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000); /* the probe left the card alone */
}

/* ---- workers that hang ---- */

enum deed { DEED_EXCHANGE = 1, DEED_PROBE };

/* In the child: no assertion may jump out of here into the parent's tests. */
__attribute__((noreturn)) static void work(const char *name, enum deed deed, volatile unsigned char *progress)
{
    struct bench *b = calloc(1, sizeof *b);
    struct driver_open how = { .address = name };
    if (!b || driver_open(&driver_pcsc, &how, &b->reader, &b->fault, &b->e) != 0)
        _exit(1);
    if (deed == DEED_EXCHANGE && (driver_wait_present(b->reader, 3000, &b->target, &b->fault, &b->e) != 0 ||
                                  driver_activate(b->reader, &b->target, &b->fault, &b->e) != 0))
        _exit(1);
    *progress = 1;
    while (*progress == 1)
        clock_sleep_ms(5);
    int status =
        deed == DEED_EXCHANGE ? exchange(b, select_jpki, sizeof select_jpki) : driver_probe(b->reader, &b->e);
    *progress = 3;
    _exit(status == 0 ? 0 : 1);
}

/* The worker's shared byte tells how far it came: 1 ready, 2 in the call, 3 the call came back. */
static void let_hang(unsigned reader, enum deed deed, const char *fault)
{
    volatile unsigned char *progress =
        mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    const char *name = name_of(b, reader);
    pid_t pid = fork();
    if (pid == 0)
        work(name, deed, progress);
    free(b);
    assert_true(pid > 0);
    for (unsigned tries = 0; tries < 500 && *progress != 1; tries++)
        clock_sleep_ms(10);
    assert_int_equal(*progress, 1);
    ask("fault %u %s", reader, fault);
    *progress = 2;
    clock_sleep_ms(1500);
    unsigned char reached = *progress;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    munmap((void *)(uintptr_t)progress, 1);
    assert_int_equal(reached, 2);
}

/* Killing the client does not free a reader that is in a call: only the daemon's end does, here. */
static void restart_daemon(void)
{
    ask("pcscd kill");
    ask("pcscd start");
}

static void a_mute_target_hangs_the_call_until_its_worker_is_killed(void **state)
{
    struct bench *b = *state;
    ask(LAY_B, 0);
    let_hang(0, DEED_EXCHANGE, "mute");
    /* The other reader goes on meanwhile. */
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
    driver_close(&b->reader);
    ask("fault 0 none");
    /* Or the new daemon powers what lies there while another is laid, and may take it for gone. */
    ask("lift 0");
    restart_daemon();
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void a_silent_reader_hangs_the_probe(void **state)
{
    struct bench *b = *state;
    let_hang(0, DEED_PROBE, "silent");
    ask("fault 0 none");
    restart_daemon();
    open_reader(b, 0);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
}

/* ---- readers and daemons that go and come ---- */

static void an_unplugged_reader_is_lost_and_comes_back_by_its_name(void **state)
{
    struct bench *b = *state;
    char name[160];
    lay_and_activate(b, 1);
    snprintf(name, sizeof name, "%s", name_of(b, 1));
    ask("unplug 1");
    int status = exchange(b, select_jpki, sizeof select_jpki);
    assert_int_equal(status, ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->fault.causes, CAUSE(1));
    assert_int_equal(b->fault.stage, STAGE_SETUP);
    for (unsigned tries = 0; tries < 200; tries++) { /* a re-plug counts once the name has left the list */
        list_readers(b);
        if (b->count == 1)
            break;
        clock_sleep_ms(20);
    }
    assert_int_equal(b->count, 1);
    assert_int_equal(driver_wait_present(b->reader, 3000, &b->target, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    driver_close(&b->reader);
    ask("plug 1");
    assert_string_equal(name_of(b, 1), name);
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

/* A request that another process makes while this one is in a call. */
static pid_t ask_later(unsigned ms, const char *request)
{
    pid_t pid = fork();
    if (pid == 0) {
        clock_sleep_ms(ms);
        ask("%s", request);
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

/* A device that fails with ENODEV before its uevent comes can't be had here: the testbed's plug sends
 * both. */
static void a_reader_unplugged_in_an_exchange_is_lost_and_every_later_call_says_so(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 1);
    ask("fault 1 slow:20000 1");
    pid_t hand = ask_later(500, "unplug 1");
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
    assert_int_equal(waitpid(hand, NULL, 0), hand);
    expect_fault(b, "SCARD_E_READER_UNAVAILABLE", STAGE_SETUP, CAUSE(1));
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->x.response_length, 0);
    assert_true((b->x.ended_ns - b->x.started_ns) / 1000000 < 15000);
    for (unsigned tries = 0; tries < 2; tries++) {
        assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
        assert_true(b->fault.reader_lost);
        assert_true(strcmp(b->fault.native, "SCARD_E_INVALID_VALUE") == 0 ||
                    strcmp(b->fault.native, "SCARD_E_READER_UNAVAILABLE") == 0);
    }
    assert_int_equal(driver_activate(b->reader, &b->target, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    driver_close(&b->reader);
    for (unsigned tries = 0; tries < 200 && b->count != 1; tries++) {
        clock_sleep_ms(20);
        list_readers(b);
    }
    ask("fault 1 none");
    ask("plug 1");
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

/* The length that the library leaves behind is the buffer's: it must not be taken for a response. */
/* Without an event the daemon keeps the name, so it is the exchange that has to say it. */
static void a_reader_that_vanishes_without_an_event_is_lost_though_it_stays_listed(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 1);
    ask("fault 1 gone");
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->fault.causes, CAUSE(1));
    assert_string_equal(b->fault.native, "SCARD_E_READER_UNAVAILABLE");
    list_readers(b);
    assert_int_equal(b->count, 2);
    assert_int_not_equal(exchange(b, select_jpki, sizeof select_jpki), 0);
    driver_close(&b->reader);
    ask("fault 1 none");
    ask("unplug 1"); /* what ends it for people, too */
    for (unsigned tries = 0; tries < 200 && b->count == 2; tries++) {
        list_readers(b);
        clock_sleep_ms(20);
    }
    ask("plug 1");
    lay_and_activate(b, 1);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void a_daemon_killed_in_an_exchange_loses_the_reader_and_leaves_no_response(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("fault 0 slow:20000 1");
    pid_t hand = ask_later(500, "pcscd kill");
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
    assert_int_equal(waitpid(hand, NULL, 0), hand);
    expect_fault(b, "SCARD_F_COMM_ERROR", STAGE_SETUP, CAUSE(1));
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->x.response_length, 0);
    assert_true((b->x.ended_ns - b->x.started_ns) / 1000000 < 15000);
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    driver_close(&b->reader);
    ask("fault 0 none");
    ask("pcscd start");
    lay_and_activate(b, 0);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

static void waiting_for_a_handset_ends_with_the_daemon(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    pid_t hand = ask_later(500, "pcscd kill");
    assert_int_equal(driver_wait_present(b->reader, 15000, &b->target, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_int_equal(waitpid(hand, NULL, 0), hand);
    if (!b->fault.reader_lost)
        fail_msg("not called lost: %s (%s)", b->e.text, b->fault.native);
    assert_true(strcmp(b->fault.native, "SCARD_F_COMM_ERROR") == 0 ||
                strcmp(b->fault.native, "SCARD_E_NO_SERVICE") == 0);
    driver_close(&b->reader);
    ask("pcscd start");
}

static void a_dead_daemon_loses_every_reader_and_a_new_one_gives_them_back(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0);
    ask("pcscd kill");
    assert_int_equal(exchange(b, select_jpki, sizeof select_jpki), ERR_ENVIRONMENT);
    expect_fault(b, "SCARD_E_NO_SERVICE", STAGE_SETUP, CAUSE(1));
    assert_true(b->fault.reader_lost);
    assert_int_equal(b->x.response_length, 0);
    assert_int_equal(driver_wait_present(b->reader, 1000, &b->target, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    driver_close(&b->reader);
    struct driver_open how = { .address = b->found[0].name };
    assert_int_equal(driver_list(&driver_pcsc, NULL, 0, b->found, 16, &b->count, &b->e), ERR_ENVIRONMENT);
    assert_string_equal(b->e.native, "SCARD_E_NO_SERVICE");
    assert_non_null(strstr(b->e.text, "pcscd"));
    assert_int_equal(driver_open(&driver_pcsc, &how, &b->reader, &b->fault, &b->e), ERR_ENVIRONMENT);
    assert_true(b->fault.reader_lost);
    ask("pcscd start");
    open_reader(b, 0);
    arrive(b);
    activate(b);
    expect_sw(b, select_jpki, sizeof select_jpki, 0x9000);
}

int main(void)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        BEHAVIOUR(listing_names_every_reader_and_says_that_they_are_not_real),
        BEHAVIOUR(opening_a_stranger_is_a_lost_reader),
        BEHAVIOUR(the_second_to_open_a_reader_finds_it_busy_only_while_the_first_is_connected),
        BEHAVIOUR(nothing_in_the_field_is_a_timeout_at_detect),
        BEHAVIOUR(arriving_and_leaving_are_seen),
        BEHAVIOUR(activation_gives_atr_uid_and_says_why_a_type_b_phone_has_no_ats),
        BEHAVIOUR(a_type_a_phone_is_known_by_its_ats),
        BEHAVIOUR(the_token_label_is_read_byte_for_byte),
        BEHAVIOUR(a_field_reset_forgets_the_selection),
        BEHAVIOUR(an_exchange_without_activation_is_refused),
        BEHAVIOUR(extended_responses_come_whole_through_chained_messages),
        BEHAVIOUR(a_short_reader_breaks_an_extended_exchange_and_works_on),
        BEHAVIOUR(broken_exchanges_are_not_transacted_and_the_next_one_works),
        BEHAVIOUR(the_first_exchange_may_also_have_failed_for_its_rate),
        BEHAVIOUR(a_handset_that_turns_mute_is_not_transacted_at_once),
        BEHAVIOUR(a_wrong_sequence_number_goes_unnoticed),
        BEHAVIOUR(a_slow_answer_is_waited_for_and_timed),
        BEHAVIOUR(leaving_in_the_middle_of_an_exchange_is_a_lost_field),
        BEHAVIOUR(leaving_between_exchanges_is_a_lost_field),
        BEHAVIOUR(a_reader_answers_the_probe_without_a_card),
        BEHAVIOUR(a_mute_target_hangs_the_call_until_its_worker_is_killed),
        BEHAVIOUR(a_silent_reader_hangs_the_probe),
        BEHAVIOUR(an_unplugged_reader_is_lost_and_comes_back_by_its_name),
        BEHAVIOUR(a_reader_unplugged_in_an_exchange_is_lost_and_every_later_call_says_so),
        BEHAVIOUR(a_reader_that_vanishes_without_an_event_is_lost_though_it_stays_listed),
        BEHAVIOUR(a_daemon_killed_in_an_exchange_loses_the_reader_and_leaves_no_response),
        BEHAVIOUR(waiting_for_a_handset_ends_with_the_daemon),
        BEHAVIOUR(a_dead_daemon_loses_every_reader_and_a_new_one_gives_them_back),
    };
    if (!getenv("NFC_SURVEY_TESTBED") || !getenv("PCSCLITE_CSOCK_NAME")) {
        puts("1..0 # SKIP runs inside the testbed: see tests/testbed/driver.bats");
        return 0;
    }
    cmocka_set_test_filter(getenv("CONTRACT_ONLY"));
    return cmocka_run_group_tests_name("pcsc", tests, NULL, NULL);
}
