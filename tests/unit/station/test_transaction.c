/* One transaction on a driver of the test's own: what is sent, what is judged, where it ends. */
#include "harness/station/transaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A card file of 300 bytes behind SELECT and READ BINARY, and faults that a test sets. */
struct stub {
    struct driver_reader base;
    uint8_t file[300];
    unsigned sent, activations;
    char log[4096];      /* every command in hex, a blank between */
    unsigned short_at;   /* the nth exchange gives a byte too few */
    uint16_t sw_at, sw;  /* the nth exchange answers sw */
    int fail_at, status; /* the nth exchange fails with this status */
    struct driver_fault fault;
    uint64_t now_ns, step_ns;
    uint8_t atr[ATR_MAX]; /* of the target */
    size_t atr_length;
    struct test_ca *ca;
};

static struct stub stub;

static int stub_activate(struct driver_reader *r, struct driver_target *t, struct driver_fault *f,
                         struct err *e)
{
    (void)r, (void)f, (void)e;
    memcpy(t->atr, stub.atr, stub.atr_length);
    t->atr_length = stub.atr_length;
    stub.activations++;
    stub.now_ns += 30000000;
    return 0;
}

static int stub_field_off(struct driver_reader *r, struct driver_fault *f, struct err *e)
{
    (void)r, (void)f, (void)e;
    return 0;
}

static int stub_exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *f,
                         struct err *e)
{
    size_t n = 0;
    (void)r;
    stub.sent++;
    for (size_t i = 0; i < x->command_length; i++)
        snprintf(stub.log + strlen(stub.log), sizeof stub.log - strlen(stub.log), "%02x", x->command[i]);
    snprintf(stub.log + strlen(stub.log), sizeof stub.log - strlen(stub.log), " ");
    x->started_ns = stub.now_ns;
    x->ended_ns = stub.now_ns += stub.step_ns;
    if (stub.fail_at == (int)stub.sent) {
        *f = stub.fault;
        return err_set(e, stub.status, "stub", "a fault of the test");
    }
    if (x->command[1] == 0xb0) {
        size_t at = (size_t)(x->command[2] << 8 | x->command[3]);
        n = x->command[4] ? x->command[4] : 256;
        if (stub.short_at == stub.sent)
            n--;
        assert_true(at + n <= sizeof stub.file);
        memcpy(x->response, stub.file + at, n);
    }
    uint16_t sw = stub.sw_at == stub.sent ? stub.sw : 0x9000;
    x->response[n] = (uint8_t)(sw >> 8);
    x->response[n + 1] = (uint8_t)sw;
    x->response_length = n + 2;
    return 0;
}

static void stub_close(struct driver_reader *r)
{
    (void)r;
}

static uint64_t stub_now(struct driver_reader *r)
{
    (void)r;
    return stub.now_ns;
}

static const struct driver_ops ops = { .name = "stub",
                                       .version = DRIVER_VERSION,
                                       .close = stub_close,
                                       .activate = stub_activate,
                                       .field_off = stub_field_off,
                                       .exchange = stub_exchange,
                                       .now_ns = stub_now };

static struct script *load(const char *steps)
{
    static const char path[] = "/tmp/nfc-survey-test-transaction.yaml";
    char text[8192];
    struct script *s = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    char name[128];
    snprintf(name, sizeof name, "%s.%ld", path, (long)getpid());
    snprintf(
        text, sizeof text,
        "format: nfc-survey/script\nversion: 1\nid: test\ntitle: {en: Test, ja: 試験}\nsource: this test\n"
        "time_limit_ms: 1000\ndeadline_ms: 500\ntypical_length_bytes: 300\nsteps:\n%s",
        steps);
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    int status = script_load(name, ".", &s, &problems, &e);
    for (size_t i = 0; i < problems.count; i++)
        print_message("%s: %s\n", problems.items[i].where, problems.items[i].text);
    survey_problems_free(&problems);
    unlink(name);
    assert_int_equal(status, 0);
    return s;
}

#define SELECT_STEP                                                                                          \
    "  - {name: select, stage: route, send: \"00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01\", expect: "      \
    "\"9000\"}\n"
#define FILE_STEP "  - {name: file, send: \"00 A4 02 0C 02 00 0B\", expect: \"9000\"}\n"
#define READ_STEPS                                                                                           \
    "  - {name: head, send: \"00 B0 00 00 04\", expect: \"9000\", capture: {length: {offset: 2, length: 2, " \
    "as: number, add: 4}}}\n"                                                                                \
    "  - {name: body, send: \"00 B0 {offset:2} {le:1}\", expect: \"9000\", read: {length: length, chunk: "   \
    "256}, check: {same: true}}\n"

static struct trial_report play(const char *steps, struct transaction_memory *memory, const char *label)
{
    struct trial_report out;
    struct driver_target target;
    struct script *s = load(steps);
    struct transaction_setup setup = { .script = s,
                                       .time_limit_ms = s->time_limit_ms,
                                       .deadline_ms = s->deadline_ms,
                                       .token_label = label,
                                       .memory = memory,
                                       .handset = "unit-1",
                                       .ca = stub.ca,
                                       .wall_s = 1767225600 };
    stub.sent = 0;
    stub.log[0] = '\0';
    guard_reset(&stub.base.guard);
    stub.base.uid_apdu = true;
    transaction_run(&stub.base, &setup, NULL, &out, &target);
    script_free(&s);
    return out;
}

static int fresh(void **state)
{
    (void)state;
    memset(&stub, 0, sizeof stub);
    stub.base.ops = &ops;
    stub.step_ns = 1000000;
    for (size_t i = 0; i < sizeof stub.file; i++)
        stub.file[i] = (uint8_t)i;
    memcpy(stub.file, "\x30\x82\x01\x28", 4); /* 296 bytes follow: 300 in all */
    return 0;
}

static void a_length_read_in_one_step_is_used_in_the_next(void **state)
{
    (void)state;
    struct trial_report r = play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_string_equal(stub.log,
                        "00a404"
                        "0c0ad392f000260100000001 00a4020c02000b 00b0000004 00b0000000 00b001002c ");
    assert_int_equal(r.exchanges, 5);
    assert_int_equal(r.ended_ns - r.started_ns, 30000000 + 5 * 1000000);
    assert_int_equal(r.stage_us[STAGE_ACTIVATE], 30000);
    assert_int_equal(r.stage_us[STAGE_ROUTE], 1000);
    assert_int_equal(r.stage_us[STAGE_EXCHANGE], 4000);
    assert_false(r.slow);
}

static void an_unexpected_status_word_ends_it_at_its_step(void **state)
{
    (void)state;
    stub.sw_at = 1;
    stub.sw = 0x6a82;
    struct trial_report r = play(SELECT_STEP FILE_STEP, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_ROUTE);
    assert_int_equal(r.step, 1);
    assert_true(r.causes & CAUSE(18));
    assert_int_equal(stub.sent, 1);
}

static void data_that_differ_within_a_placement_are_seen(void **state)
{
    struct transaction_memory memory = { 0 };
    (void)state;
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, &memory, "").outcome, OUTCOME_OK);
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, &memory, "").outcome, OUTCOME_OK);
    stub.file[299] ^= 1;
    struct trial_report r = play(SELECT_STEP FILE_STEP READ_STEPS, &memory, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_CHECK);
    assert_int_equal(r.causes, CAUSE(26));
}

static void a_chunk_a_byte_short_is_a_failure(void **state)
{
    (void)state;
    stub.short_at = 4;
    struct trial_report r = play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_CHECK);
    assert_true(r.causes & CAUSE(14));
}

static void a_card_outside_the_phone_is_invalid_and_another_token_a_failure(void **state)
{
    static const char steps[] = SELECT_STEP FILE_STEP
        "  - {name: label, send: \"00 B0 00 00 20\", expect: \"9000\", check: {token: true}}\n";
    (void)state;
    memcpy(stub.file, "JPKIAPICCTOKEN2                 ", 32);
    struct trial_report r = play(steps, NULL, "JPKIAPGPSETOKEN");
    assert_int_equal(r.outcome, OUTCOME_INVALID);
    assert_int_equal(r.causes, CAUSE(25));
    assert_non_null(strstr(said_text(&r.detail).text, "WRONG_TARGET"));
    memcpy(stub.file, "SOMETHINGELSE", 13);
    r = play(steps, NULL, "JPKIAPGPSETOKEN");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.causes, CAUSE(25) | CAUSE(26)); /* a stranger's label, or ours with wrong bytes */
    memcpy(stub.file, "JPKIAPIOSTOKEN  ", 16);
    assert_int_equal(play(steps, NULL, "JPKIAPGPSETOKEN").causes, CAUSE(25));
    memcpy(stub.file, VIRTUAL_TOKEN_LABEL, sizeof VIRTUAL_TOKEN_LABEL - 1);
    r = play(steps, NULL, VIRTUAL_TOKEN_LABEL);
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.virtual_token);
}

/* The length came from the card itself: where it was wrong, so is every command that is made of it. */
static void a_refused_read_of_a_told_length_may_come_of_wrong_data(void **state)
{
    (void)state;
    stub.sw_at = 5;
    stub.sw = 0x6b00;
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "").causes,
                     CAUSE(23) | CAUSE(25) | CAUSE(26));
    stub.sw_at = 3; /* not made of an answer */
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "").causes, CAUSE(23) | CAUSE(25));
}

static void a_wrong_length_of_256_bytes_may_be_the_readers(void **state)
{
    static const char read[] =
        SELECT_STEP FILE_STEP "  - {name: read, send: \"00 B0 00 00 00\", expect: \"9000\"}\n";
    (void)state;
    stub.sw_at = 3;
    stub.sw = 0x6700;
    assert_int_equal(play(read, NULL, "").causes, CAUSE(14) | CAUSE(23) | CAUSE(25));
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "").causes,
                     CAUSE(23) | CAUSE(25)); /* four bytes */
}

/* The fifth exchange reads on where the fourth gave data: the file was there, and was lost since. */
static void a_file_that_is_lost_between_two_reads_is_no_crash_alone(void **state)
{
    (void)state;
    stub.sw = 0x6986;
    stub.sw_at = 5;
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "").causes,
                     CAUSE(16) | CAUSE(17) | CAUSE(19) | CAUSE(26));
    stub.sw = 0x6a82;
    stub.sw_at = 2;
    assert_int_equal(play(SELECT_STEP FILE_STEP READ_STEPS, NULL, "").causes,
                     CAUSE(18) | CAUSE(23) | CAUSE(25));
}

/* The reader answers what it is sent for a card without APDUs, each reader with a status word of its own. */
static void a_storage_cards_refusal_may_be_a_technology_mismatch(void **state)
{
    static const uint16_t words[] = { 0x6a81, 0x6d00, 0x6300 };
    (void)state;
    memcpy(stub.atr, "\x3b\x8f\x80\x01\x80\x4f\x0c\xa0\0\0\x03\x06\x11\0\x3b\0\0\0\0\x42", 20);
    stub.atr_length = 20;
    stub.sw_at = 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        stub.sw = words[i];
        assert_true(play(SELECT_STEP, NULL, "").causes & CAUSE(4));
    }
    stub.atr_length = 0;
    assert_false(play(SELECT_STEP, NULL, "").causes & CAUSE(4));
}

static void what_the_reader_answers_itself_is_not_the_first_command(void **state)
{
    static const char uid[] = "  - {name: uid, send: \"FF CA 00 00 00\", expect: XXXX}\n";
    char steps[512];
    (void)state;
    snprintf(steps, sizeof steps, "%s%s%s", uid, SELECT_STEP, FILE_STEP);
    stub.sw_at = 2;
    stub.sw = 0x6f00;
    assert_int_equal(play(steps, NULL, "").causes, CAUSE(19) | CAUSE(23) | CAUSE(24));
    stub.sw_at = 3;
    assert_int_equal(play(steps, NULL, "").causes, CAUSE(19) | CAUSE(23));
}

static void a_phone_that_asked_its_user_may_be_why_it_falls_silent(void **state)
{
    static const char any[] =
        "  - {name: any, stage: route, send: \"00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 "
        "01\", expect: XXXX}\n"
        "  - {name: other, send: \"00 A4 04 00 08 A0 00 00 01 51 00 00 00 00\"}\n";
    (void)state;
    stub.sw_at = 1;
    stub.sw = 0x6985;
    stub.fail_at = 2;
    stub.status = ERR_CARD;
    stub.fault = (struct driver_fault) { .causes = CAUSE(9) | CAUSE(12) };
    assert_int_equal(play(any, NULL, "").causes, CAUSE(9) | CAUSE(12) | CAUSE(20));
    stub.sw = 0x6a82;
    assert_int_equal(play(any, NULL, "").causes, CAUSE(9) | CAUSE(12));
}

static void a_slow_transaction_is_ok_and_said_to_be_slow(void **state)
{
    (void)state;
    stub.step_ns = 600000000;
    struct trial_report r = play(SELECT_STEP FILE_STEP, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_true(r.slow);
}

static void a_missed_deadline_asks_who_hung(void **state)
{
    (void)state;
    stub.fail_at = 2;
    stub.status = ERR_TIMEOUT;
    stub.fault = (struct driver_fault) { .stage = STAGE_EXCHANGE,
                                         .causes = CAUSE(10) | CAUSE(11),
                                         .depth = DEPTH_PCSC };
    struct trial_report r = play(SELECT_STEP FILE_STEP, NULL, "");
    assert_true(r.timed_out);
    assert_int_equal(r.stage, STAGE_EXCHANGE);
    assert_int_equal(r.step, 2);
}

static void a_lost_reader_is_the_instruments_fault(void **state)
{
    (void)state;
    stub.fail_at = 1;
    stub.status = ERR_ENVIRONMENT;
    stub.fault = (struct driver_fault) {
        .stage = STAGE_SETUP, .causes = CAUSE(1), .depth = DEPTH_PCSC, .reader_lost = true
    };
    struct trial_report r = play(SELECT_STEP FILE_STEP, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_INVALID);
    assert_int_equal(r.stage, STAGE_SETUP);
    assert_true(r.reader_lost);
}

static void what_the_guard_refuses_is_never_sent(void **state)
{
    (void)state;
    struct trial_report r =
        play("  - {name: pin, send: \"00 20 00 80 04 31 32 33 34\", expect: \"9000\"}\n", NULL, "");
    assert_int_equal(r.outcome, OUTCOME_INVALID);
    assert_int_equal(stub.sent, 0);
    assert_null(strstr(said_text(&r.detail).text, "31323334"));
}

static void extended_steps_are_skipped_and_counted_where_the_reader_passes_none(void **state)
{
    (void)state;
    struct trial_report r =
        play(SELECT_STEP
             "  - {name: long, send: \"00 B0 00 00 00 01 01\", expect: \"9000\", needs_extended: true}\n",
             NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.skipped_steps, 1);
    assert_int_equal(stub.sent, 1);
}

static void a_step_with_a_condition_runs_only_behind_that_answer(void **state)
{
    static const char steps[] =
        "  - {name: domain, stage: route, send: \"00 A4 04 00 08 A0 00 00 01 51 00 00 00 00\", expect: "
        "XXXX}\n"
        "  - {name: cplc, when: {step: domain, sw: [\"9000\", \"61XX\"]}, send: \"80 CA 9F 7F 00\", expect: "
        "XXXX}\n"
        "  - {name: not there, when: {step: domain, sw: 6A82}, field: reset}\n"
        "  - {name: behind it, when: {step: cplc, sw: \"9000\"}, send: \"80 CA 9F 7F 2D\"}\n" SELECT_STEP;
    (void)state;
    assert_int_equal(play(steps, NULL, "").outcome, OUTCOME_OK);
    assert_int_equal(stub.sent, 4);
    assert_int_equal(stub.activations, 1);
    stub.sw_at = 1;
    stub.sw = 0x6a82;
    assert_int_equal(play(steps, NULL, "").outcome, OUTCOME_OK);
    assert_int_equal(stub.sent, 2); /* nor the one that waits for a step that was skipped */
    assert_int_equal(stub.activations, 3);
}

/* What a watch was told of each command, as it would be written. */
static void write_down(void *context, const struct transaction_exchange *x)
{
    struct buf *b = context;
    guard_add_command_hex(b, x->command, x->command_length, x->clear);
    buf_add_char(b, ' ');
    guard_add_response_hex(b, &x->before, x->command, x->command_length, x->response, x->response_length);
    buf_add_char(b, '\n');
}

/* EF 000A is a person's certificate: its bytes, a length read from it, and a name made of them. */
static void what_is_captured_of_a_secret_answer_is_written_nowhere(void **state)
{
    static const char steps[] = SELECT_STEP
        "  - {name: file, send: \"00 A4 02 0C 02 00 0A\"}\n"
        "  - {name: head, send: \"00 B0 00 00 04\", capture: {length: {offset: 2, length: 2, as: number, "
        "add: 4},"
        " two: {offset: 2, length: 2, as: bytes}}}\n"
        "  - {name: body, send: \"00 B0 {offset:2} {le:1}\", read: {length: length, chunk: 200}}\n"
        "  - {name: name, send: \"00 A4 02 0C 02 {two}\", expect: XXXX}\n";
    static const char expected[] = "00a4040c0ad392f000260100000001 9000\n"
                                   "00a4020c02000a 9000\n"
                                   "00b0000004 xx9000\n"
                                   "00b00000xx xx9000\n"
                                   "00b000c8xx xx9000\n";
    struct buf written;
    struct trial_report out;
    struct driver_target target;
    struct script *s = load(steps);
    struct transaction_setup setup = {
        .script = s, .time_limit_ms = 1000, .deadline_ms = 500, .token_label = ""
    };
    struct trial_watch watch = { .context = &written, .exchange = write_down };
    (void)state;
    buf_init(&written, 1 << 16);
    transaction_run(&stub.base, &setup, &watch, &out, &target);
    assert_string_equal(written.data, expected);
    assert_int_equal(out.outcome, OUTCOME_INVALID); /* the guard knows no file 0128 */
    assert_null(strstr(said_text(&out.detail).text, "0128"));
    buf_free(&written);
    script_free(&s);
}

static void a_check_of_a_secret_answer_quotes_nothing_of_it(void **state)
{
    (void)state;
    memcpy(stub.file, "SECRETSECRETSECRETSECRETSECRETSE", 32);
    struct trial_report r =
        play(SELECT_STEP "  - {name: file, send: \"00 A4 02 0C 02 00 0A\"}\n"
                         "  - {name: read, send: \"00 B0 00 00 20\", check: {token: true}}\n",
             NULL, "EXPECTED");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_null(strstr(said_text(&r.detail).text, "SECRET"));
}

/* ---- what the host does by itself ---- */

static void the_host_computes_what_a_later_command_sends(void **state)
{
    (void)state;
    struct trial_report r =
        play(SELECT_STEP FILE_STEP "  - name: compute\n    compute:\n"
                                   "      joined: {bytes: \"01 02\"}\n"
                                   "      tail: {take: {from: \"{joined} 00 0B\", offset: 2}}\n"
                                   "      n: {length: \"{tail}\"}\n"
                                   "      digest: {sha256: \"616263\"}\n"
                                   "      beginning: {take: {from: \"{digest}\", length: 2}}\n"
                                   "      padded: {pad: {from: \"{tail}\", length: 4}}\n"
                                   "      signed: {digest_info: \"616263\"}\n"
                                   "      chance: {random: 16}\n"
                                   "  - {name: file, send: \"00 A4 02 0C {n:1} {tail}\"}\n"
                                   "  - {name: check, send: \"00 B0 00 00 02\", check: {equals: \"3082\"}}\n",
             NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_non_null(strstr(stub.log, "00a4020c02000b 00a4020c02000b 00b0000002 "));
}

/* The digest of FIPS 180-4's "abc", the structure around it of RFC 8017, and what is padded. */
static void digests_and_padding_are_as_the_standards_have_them(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "sha256: \"616263\"",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "digest_info: \"616263\"",
        "3031300d060960864801650304020105000420ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
        "ad",
        "pad: {from: \"31323334\", length: 16}",
        "31323334ffffffffffffffffffffffff",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i += 2) {
        char steps[1024], hex[128];
        size_t bytes = strlen(expected[i + 1]) / 2;
        for (size_t at = 0; at < bytes; at++) {
            unsigned byte;
            assert_int_equal(sscanf(expected[i + 1] + 2 * at, "%2x", &byte), 1);
            stub.file[at] = (uint8_t)byte;
        }
        snprintf(hex, sizeof hex, "%02zx", bytes);
        snprintf(steps, sizeof steps,
                 SELECT_STEP FILE_STEP
                 "  - compute: {made: {%s}}\n"
                 "  - {name: read, send: \"00 B0 00 00 %s\", check: {equals: \"{made}\"}}\n",
                 expected[i], hex);
        assert_int_equal(play(steps, NULL, "").outcome, OUTCOME_OK);
        stub.file[bytes - 1] ^= 1;
        assert_int_equal(play(steps, NULL, "").stage, STAGE_CHECK);
    }
}

static void what_is_compared_must_be_the_same_and_a_handset_has_bytes_of_its_own(void **state)
{
    (void)state;
    static const char steps[] = SELECT_STEP "  - compute: {bound: {sha256: \"%s\"}}\n"
                                            "  - compare: {value: \"{handset}\", with: \"{bound}\"}\n";
    char text[512];
    snprintf(text, sizeof text, steps, "756E69742D31"); /* unit-1 */
    assert_int_equal(play(text, NULL, "").outcome, OUTCOME_OK);
    snprintf(text, sizeof text, steps, "756E69742D32");
    struct trial_report r = play(text, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_CHECK);
}

static void more_than_an_answer_holds_cannot_be_taken_of_it(void **state)
{
    (void)state;
    struct trial_report r = play(SELECT_STEP FILE_STEP
                                 "  - {name: read, send: \"00 B0 00 00 04\", capture: {head: {as: bytes}}}\n"
                                 "  - compute: {tail: {take: {from: \"{head}\", offset: 5}}}\n",
                                 NULL, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_CHECK);
    assert_int_equal(r.step, 4);
}

/* Made by OpenSSL's command line. */
#define SIGNED "5349474E45442042592054484520544152474554" /* SIGNED BY THE TARGET */
#define POINT                                                                                                \
    "045b49d8ab57e4dfabc17df70a628ad2030c26ae7e363c3bd2876779cd63e5d9c1aa331943b2ff8765c4aa3560d5b34e"       \
    "3177075ca1dbeb0ffda9274fdd0c774e95"
#define POINT_SIGNATURE                                                                                      \
    "3046022100c5b4d3c583b4714fc712ebe64e3a345cae7c2f2db196a416cf645de134814a9e022100e57dbb47d0001c84"       \
    "576942a5b22dad6e2af4c908a9a82dce58454ff7a3852d3c"
#define CERTIFICATE                                                                                          \
    "308201753082011ba00302010202143edf277214294ab6ca7979b7bd6e1597e6eaecc0300a06082a8648ce3d04030230"       \
    "0f310d300b06035504030c04544553543020170d3236313133303230323730315a180f32303534303431363230323730"       \
    "315a300f310d300b06035504030c04544553543059301306072a8648ce3d020106082a8648ce3d030107034200045b49"       \
    "d8ab57e4dfabc17df70a628ad2030c26ae7e363c3bd2876779cd63e5d9c1aa331943b2ff8765c4aa3560d5b34e317707"       \
    "5ca1dbeb0ffda9274fdd0c774e95a3533051301d0603551d0e04160414f1a72539b7fd81407f5ae783787293e811de45"       \
    "4f301f0603551d23041830168014f1a72539b7fd81407f5ae783787293e811de454f300f0603551d130101ff04053003"       \
    "0101ff300a06082a8648ce3d0403020348003045022100bb79fef3aa140abf5ab04646adae044fa2ee0f0521b75c263d"       \
    "be2e7f844fd71c02204b4ae3702387917086764fe92bb7673909433a9f9c4cfc5465f0d9e5aed9331d"
#define MODULUS                                                                                              \
    "b10a624246cbab22ec09845f7416aff27aa0564e68224f736ac8ca24ed7adca5636e7c38fb5e3b0ed2a734653f19914b"       \
    "cf96b0dddfc93b04114b598f4f3fa1629c88fa7ab8410d2858052dea05137c05712912da58867cef8bb69eb800d2da68"       \
    "469c4e8c0b549cbe56c8458f311d9d2977d27300de139fb064d533101a07bcc502d093ef1da69d2cb1bda1367685f5c7"       \
    "f38048f68339ee60893e25d3aed19ba5f63aab94a0de71c06a7991fcdb46612d6aebae658f76691a5ef185cba4f4bdfc"       \
    "4aa9308085f7e3555c2f20febc6065ca67c980286f8b4171e043525b221b1b84af9d7678e2a86b55fd58623dde0ac2b0"       \
    "a4a4ef889d9bafd29a97f728483eee9b"
#define MODULUS_SIGNATURE                                                                                    \
    "541945650737c13541dfd4cb4051f9a95c42bbbc3638be582b508e68dc026abe493cfb2b0f50e7235ad36d1efee09d20"       \
    "61e9b3a831ba048fe0e9b0dabc52bfc1be56bd49701e7eaeeccaabb4366987169703f7394ea855b2e931c1f241b69568"       \
    "cb30c870083448ea8efe670143e99f612747fa2e485f3f38810e555ae93ee20b6c825ecfa2e32811150416e3f7eb0252"       \
    "a27ba0bc6bcf674c675db73cfeaaa67a4bd80b459549946e2682a6362517a1d3e1a9366145e7c5a6af9df37f5d4ef893"       \
    "9eb4f9ea18f25b2d5358ce2194bf2feb99ebc86990b66df8a7fe0c8bf2564753e72d9f9057ea222c9ef808e0361cf8fe"       \
    "1ba147f099dad1f93d2385e29224c005"

static void a_signature_is_verified_by_a_public_key_or_a_certificate(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "public_key: \"7F494386 41" POINT "\", signature: \"" POINT_SIGNATURE "\"",
        "certificate: \"" CERTIFICATE "\", signature: \"" POINT_SIGNATURE "\"",
        "public_key: \"7F49820109 81820100" MODULUS "8203010001\", signature: \"" MODULUS_SIGNATURE "\"",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char steps[4096];
        snprintf(steps, sizeof steps, SELECT_STEP "  - verify: {data: \"" SIGNED "\", %s}\n", keys[i]);
        assert_int_equal(play(steps, NULL, "").outcome, OUTCOME_OK);
        snprintf(steps, sizeof steps, SELECT_STEP "  - verify: {data: \"" SIGNED "00\", %s}\n", keys[i]);
        struct trial_report r = play(steps, NULL, "");
        assert_int_equal(r.outcome, OUTCOME_FAIL);
        assert_int_equal(r.stage, STAGE_CHECK);
        assert_string_equal(said_text(&r.detail).text, "the signature is not of these bytes by that key");
    }
    struct trial_report r = play(SELECT_STEP "  - verify: {data: \"" SIGNED
                                             "\", public_key: \"7F49028100\", signature: \"00\"}\n",
                                 NULL, "");
    assert_string_equal(said_text(&r.detail).text, "the key that should have signed cannot be read");
}

/* 2026-01-01. */
static void a_certificate_is_issued_by_the_test_ca_and_is_for_that_alone(void **state)
{
    static const char steps[] = SELECT_STEP
        "  - {name: issue, certify: {public_key: \"7F494386 41" POINT "\", issue_for: authentication, "
        "size: 1600, as: certificate}}\n"
        "  - compute: {n: {length: \"{certificate}\"}}\n"
        "  - {name: n, send: \"00 A4 02 0C 02 {n:2}\", expect: XXXX}\n"
        "  - verify: {certificate: \"{certificate}\", issued_for: %s, data: \"" SIGNED
        "\", signature: \"" POINT_SIGNATURE "\"}\n";
    char text[4096];
    (void)state;
    snprintf(text, sizeof text, steps, "authentication");
    struct trial_report r = play(text, NULL, "");
    assert_string_equal(said_text(&r.detail).text,
                        "no test CA is named that could issue or verify certificates");
    stub.ca = test_ca_virtual();
    assert_non_null(stub.ca);
    r = play(text, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_INVALID); /* 0640 is no file: the guard refuses it */
    assert_int_equal(r.step, 4);
    char *length_step = strstr(text, "  - {name: n, ");
    memmove(length_step, strstr(text, "  - verify"), strlen(strstr(text, "  - verify")) + 1);
    assert_int_equal(play(text, NULL, "").outcome, OUTCOME_OK);
    snprintf(text, sizeof text, steps, "signature");
    length_step = strstr(text, "  - {name: n, ");
    memmove(length_step, strstr(text, "  - verify"), strlen(strstr(text, "  - verify")) + 1);
    r = play(text, NULL, "");
    assert_int_equal(r.stage, STAGE_CHECK);
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    test_ca_free(&stub.ca);
}

static void all_that_a_loop_read_is_kept_and_what_a_loop_writes_goes_in_parts(void **state)
{
    (void)state;
    struct trial_report r = play(
        SELECT_STEP FILE_STEP
        "  - {name: read, send: \"00 B0 {offset:2} {le:1}\", read: {length: 300, chunk: 200, as: whole}}\n"
        "  - compute: {n: {length: \"{whole}\"}, names: {bytes: \"000B 0006 0008\"}}\n"
        "  - {name: files, send: \"00 A4 02 0C {part_length:1} {part}\", write: {from: \"{names}\", chunk: "
        "2}}\n"
        "  - compute: {digest: {sha256: \"{whole}\"}}\n",
        NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_non_null(strstr(stub.log, "00b00000c8 00b000c864 00a4020c02000b 00a4020c020006 00a4020c020008 "));
}

/* The reader's clock of this test goes on only with the card, so the host's work is set here. */
static void what_recovers_runs_after_a_broken_transaction_alone_and_changes_nothing_of_it(void **state)
{
    (void)state;
    static const char steps[] = SELECT_STEP FILE_STEP "recover:\n" SELECT_STEP;
    struct trial_report r = play(steps, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.recovery, RECOVERY_NONE);
    assert_int_equal(stub.activations, 1);
    stub.sw_at = 2;
    stub.sw = 0x6a82;
    r = play(steps, NULL, "");
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.step, 2);
    assert_int_equal(r.recovery, RECOVERY_DONE);
    assert_int_equal(r.recover_us, 31000);
    assert_int_equal(r.exchanges, 3);
    assert_int_equal(r.ended_ns - r.started_ns, 32000000);
    assert_int_equal(stub.activations, 3);
    r = play("  - {name: file, send: \"00 A4 02 0C 02 00 0B\"}\nrecover:\n"
             "  - {name: file, send: \"00 A4 02 0C 02 00 0B\"}\n",
             NULL, "");
    assert_int_equal(r.recovery, RECOVERY_FAILED); /* the guard refuses both: nothing is selected */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_length_read_in_one_step_is_used_in_the_next, fresh),
        cmocka_unit_test_setup(an_unexpected_status_word_ends_it_at_its_step, fresh),
        cmocka_unit_test_setup(data_that_differ_within_a_placement_are_seen, fresh),
        cmocka_unit_test_setup(a_chunk_a_byte_short_is_a_failure, fresh),
        cmocka_unit_test_setup(a_card_outside_the_phone_is_invalid_and_another_token_a_failure, fresh),
        cmocka_unit_test_setup(a_refused_read_of_a_told_length_may_come_of_wrong_data, fresh),

        cmocka_unit_test_setup(a_wrong_length_of_256_bytes_may_be_the_readers, fresh),
        cmocka_unit_test_setup(a_file_that_is_lost_between_two_reads_is_no_crash_alone, fresh),
        cmocka_unit_test_setup(a_storage_cards_refusal_may_be_a_technology_mismatch, fresh),
        cmocka_unit_test_setup(what_the_reader_answers_itself_is_not_the_first_command, fresh),

        cmocka_unit_test_setup(a_phone_that_asked_its_user_may_be_why_it_falls_silent, fresh),

        cmocka_unit_test_setup(a_slow_transaction_is_ok_and_said_to_be_slow, fresh),
        cmocka_unit_test_setup(a_missed_deadline_asks_who_hung, fresh),
        cmocka_unit_test_setup(a_lost_reader_is_the_instruments_fault, fresh),
        cmocka_unit_test_setup(what_the_guard_refuses_is_never_sent, fresh),
        cmocka_unit_test_setup(a_step_with_a_condition_runs_only_behind_that_answer, fresh),
        cmocka_unit_test_setup(what_is_captured_of_a_secret_answer_is_written_nowhere, fresh),
        cmocka_unit_test_setup(a_check_of_a_secret_answer_quotes_nothing_of_it, fresh),
        cmocka_unit_test_setup(the_host_computes_what_a_later_command_sends, fresh),
        cmocka_unit_test_setup(digests_and_padding_are_as_the_standards_have_them, fresh),
        cmocka_unit_test_setup(what_is_compared_must_be_the_same_and_a_handset_has_bytes_of_its_own, fresh),
        cmocka_unit_test_setup(more_than_an_answer_holds_cannot_be_taken_of_it, fresh),
        cmocka_unit_test_setup(a_signature_is_verified_by_a_public_key_or_a_certificate, fresh),
        cmocka_unit_test_setup(a_certificate_is_issued_by_the_test_ca_and_is_for_that_alone, fresh),
        cmocka_unit_test_setup(all_that_a_loop_read_is_kept_and_what_a_loop_writes_goes_in_parts, fresh),
        cmocka_unit_test_setup(what_recovers_runs_after_a_broken_transaction_alone_and_changes_nothing_of_it,
                               fresh),
        cmocka_unit_test_setup(extended_steps_are_skipped_and_counted_where_the_reader_passes_none, fresh),
    };
    return cmocka_run_group_tests_name("transaction", tests, NULL, NULL);
}
