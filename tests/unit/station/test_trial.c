/* A trial on a driver of the test's own: which reader is taken, who hung, and what may leave the process. */
#include "harness/station/trial.h"

#include "harness/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct stub {
    struct driver_reader base;
    struct driver_found list[4];
    size_t list_count;
    int probe, present, exchange; /* what these give */
    char opened[160];
    unsigned calls, open_calls; /* that may hang: begun, and not ended */
    unsigned located;
    struct driver_target seen, target;
} stub;

static int stub_list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                     size_t capacity, size_t *count, struct err *e)
{
    (void)models, (void)model_count, (void)e;
    assert_true(stub.list_count <= capacity);
    memcpy(out, stub.list, stub.list_count * sizeof *out);
    *count = stub.list_count;
    return 0;
}

static int stub_open(const struct driver_open *how, struct driver_reader **out, struct driver_fault *f,
                     struct err *e)
{
    (void)f, (void)e;
    text_fit(stub.opened, sizeof stub.opened, how->address);
    *out = &stub.base;
    return 0;
}

static void stub_close(struct driver_reader *r)
{
    (void)r;
    assert_int_equal(stub.open_calls, 1);
    stub.opened[0] = '\0';
}

static bool stub_locate(struct driver_reader *r, struct driver_location *at)
{
    (void)r, (void)at;
    assert_int_equal(stub.open_calls, 1);
    stub.located++;
    return false;
}

static int stub_wait(struct driver_reader *r, uint32_t limit_ms, struct driver_target *t,
                     struct driver_fault *f, struct err *e)
{
    (void)r, (void)limit_ms, (void)f;
    *t = stub.seen;
    return stub.present ? err_set(e, stub.present, "stub", "nothing came") : 0;
}

static int stub_activate(struct driver_reader *r, struct driver_target *t, struct driver_fault *f,
                         struct err *e)
{
    (void)r, (void)f, (void)e;
    *t = stub.target;
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
    (void)r;
    assert_int_equal(stub.open_calls, 1); /* the supervisor knows of it, and until when to wait */
    if (stub.exchange != 0) {
        f->causes = CAUSE(9);
        return err_set(e, stub.exchange, "stub", "no answer");
    }
    memcpy(x->response, "\x90\x00", 2);
    x->response_length = 2;
    return 0;
}

static int stub_probe(struct driver_reader *r, struct err *e)
{
    (void)r;
    assert_int_equal(stub.open_calls, 1);
    return stub.probe ? err_set(e, stub.probe, "stub", "it is mute") : 0;
}

static const struct driver_ops ops = { .name = "stub",
                                       .version = DRIVER_VERSION,
                                       .list = stub_list,
                                       .open = stub_open,
                                       .close = stub_close,
                                       .wait_present = stub_wait,
                                       .activate = stub_activate,
                                       .field_off = stub_field_off,
                                       .exchange = stub_exchange,
                                       .locate = stub_locate,
                                       .probe = stub_probe };

static void call_begins(void *context, enum stage stage, uint32_t deadline_ms)
{
    (void)context, (void)stage;
    assert_true(deadline_ms > 0);
    stub.calls++;
    stub.open_calls++;
}

static void call_ends(void *context)
{
    (void)context;
    stub.open_calls--;
}

static const struct trial_watch watch = { .before = call_begins, .after = call_ends };

static int fresh(void **state)
{
    static const char *const names[] = { "ACME Reader 00", "ACME Reader 01", "Other 00" };
    (void)state;
    memset(&stub, 0, sizeof stub);
    stub.base.ops = &ops;
    for (size_t i = 0; i < 3; i++) {
        text_fit(stub.list[i].name, sizeof stub.list[i].name, names[i]);
        stub.list[i].serial[0] = (char)('1' + i);
    }
    stub.list_count = 3;
    return 0;
}

/* The name of the reader that is opened, or "" with the error's code in *status. */
static const char *opened_with(const struct trial_reader *which, int *status)
{
    static char name[160];
    struct trial *t = NULL;
    struct trial_opened opened;
    struct err e = { 0 };
    *status = trial_open(&t, which, &watch, &opened, &e);
    assert_int_equal(*status, opened.status);
    assert_int_equal(stub.open_calls, 0);
    text_fit(name, sizeof name, stub.opened);
    if (*status == 0)
        assert_string_equal(opened.name, name);
    assert_true(trial_opened_is_valid(&opened));
    trial_close(&t);
    assert_string_equal(stub.opened, ""); /* closed again, also when it failed after it was opened */
    return name;
}

static struct trial_reader reader_wanted(void)
{
    return (struct trial_reader) { .ops = &ops, .unit = "unit-1" };
}

static void the_reader_is_taken_by_name_address_or_serial(void **state)
{
    struct trial_reader r = reader_wanted();
    int status;
    (void)state;
    assert_string_equal(opened_with(&r, &status), "ACME Reader 00"); /* any: the first */
    r.named = "Other";
    assert_string_equal(opened_with(&r, &status), "Other 00");
    r.named = NULL;
    r.serial = "2";
    assert_string_equal(opened_with(&r, &status), "ACME Reader 01");
    r.address = "ACME Reader 00"; /* the address of one and the serial of another: neither */
    assert_string_equal(opened_with(&r, &status), "");
    assert_int_equal(status, ERR_ENVIRONMENT);
    r.serial = "1";
    assert_string_equal(opened_with(&r, &status), "ACME Reader 00");
    r.address = "ACME"; /* an address is a whole name */
    assert_string_equal(opened_with(&r, &status), "");
}

static void of_more_than_one_that_fits_none_is_taken_where_that_matters(void **state)
{
    struct trial_reader r = reader_wanted();
    int status;
    (void)state;
    r.named = "ACME";
    r.ambiguous = ERR_USAGE;
    assert_string_equal(opened_with(&r, &status), "");
    assert_int_equal(status, ERR_USAGE);
}

static void a_serial_that_cannot_be_read_fits_only_where_that_is_asked_for(void **state)
{
    struct trial_reader r = reader_wanted();
    int status;
    (void)state;
    stub.list[1].serial[0] = '\0';
    r.serial = "2";
    assert_string_equal(opened_with(&r, &status), "");
    r.unread_serial_fits = true;
    assert_string_equal(opened_with(&r, &status), "ACME Reader 01");
}

static void a_reader_that_does_not_answer_is_not_open_where_that_is_asked_for(void **state)
{
    struct trial_reader r = reader_wanted();
    int status;
    (void)state;
    stub.probe = ERR_ENVIRONMENT;
    assert_string_equal(opened_with(&r, &status), "ACME Reader 00");
    r.answers = true;
    assert_string_equal(opened_with(&r, &status), "");
    assert_int_equal(status, ERR_ENVIRONMENT);
    stub.probe = ERR_UNSUPPORTED; /* a driver that can't ask */
    assert_string_equal(opened_with(&r, &status), "ACME Reader 00");
}

/* It is tried again and again while it is held: no try may take longer than its one question. */
static void a_reader_is_asked_where_it_is_only_when_it_answers(void **state)
{
    struct trial_reader r = reader_wanted();
    int status;
    (void)state;
    r.answers = true;
    stub.probe = ERR_ENVIRONMENT;
    opened_with(&r, &status);
    assert_int_equal(stub.located, 0);
    stub.probe = 0;
    opened_with(&r, &status);
    assert_int_equal(stub.located, 1);
    stub.probe = ERR_UNSUPPORTED;
    opened_with(&r, &status);
    assert_int_equal(stub.located, 2);
}

/* A script of one SELECT, run as the `order`th transaction after the wait. */
static const struct identifier_key *key_of_reader;

static struct trial_report report_of(unsigned order)
{
    static uint8_t select_jpki[] = "\x00\xa4\x04\x0c\x0a\xd3\x92\xf0\x00\x26\x01\x00\x00\x00\x01";
    static struct script_piece piece = { .bytes = select_jpki, .length = sizeof select_jpki - 1 };
    static struct script_step step = { .name = (char *)"select",
                                       .stage = STAGE_ROUTE,
                                       .send = { .pieces = &piece, .count = 1 } };
    static struct script_variable variables[SCRIPT_BUILTIN_COUNT];
    static struct script script = {
        .variables = variables, .variable_count = SCRIPT_BUILTIN_COUNT, .steps = &step, .step_count = 1
    };
    struct transaction_setup setup = {
        .script = &script, .time_limit_ms = 1000, .deadline_ms = 500, .token_label = ""
    };
    struct trial_reader which = reader_wanted();
    which.key = key_of_reader;
    struct trial_opened opened;
    struct trial_report report;
    struct trial *t = NULL;
    struct err e = { 0 };
    assert_int_equal(trial_open(&t, &which, &watch, &opened, &e), 0);
    int status = trial_wait(t, 100, &report, &e);
    assert_int_equal(status, stub.present);
    if (status == 0)
        trial_run(t, &setup, order, &report);
    trial_close(&t);
    assert_int_equal(stub.open_calls, 0);
    assert_true(trial_report_is_valid(&report));
    return report;
}

static void nothing_in_the_field_ends_at_detect(void **state)
{
    (void)state;
    stub.present = ERR_TIMEOUT;
    struct trial_report r = report_of(1);
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.stage, STAGE_DETECT);
    assert_int_equal(r.causes, CAUSE(2) | CAUSE(3));
    assert_true(r.stage_us[STAGE_DETECT] < UINT32_MAX);
    assert_true(r.stage_us[STAGE_ACTIVATE] == UINT32_MAX);
    assert_string_equal(said_text(&r.detail).text, "nothing came");
}

static void after_a_missed_deadline_the_reader_says_who_hung(void **state)
{
    (void)state;
    stub.exchange = ERR_TIMEOUT;
    struct trial_report r = report_of(1);
    assert_int_equal(r.outcome, OUTCOME_FAIL);
    assert_int_equal(r.causes, CAUSE(10) | CAUSE(11));
    stub.probe = ERR_ENVIRONMENT;
    r = report_of(1);
    assert_int_equal(r.outcome, OUTCOME_INVALID);
    assert_int_equal(r.causes, CAUSE(31));
    assert_int_equal(r.stage, STAGE_EXCHANGE);
    stub.exchange = ERR_CARD; /* an answer, if a bad one: nobody hung, and nobody is asked */
    r = report_of(1);
    assert_int_equal(r.causes, CAUSE(9));
    assert_int_equal(r.outcome, OUTCOME_FAIL);
}

static bool holds(const struct trial_report *r, const uint8_t *bytes, size_t length)
{
    char hex[33] = "";
    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    for (size_t i = 0; i < sizeof *r; i++) {
        const char *at = (const char *)r + i;
        if ((sizeof *r - i >= length && memcmp(at, bytes, length) == 0) ||
            (sizeof *r - i >= 2 * length && memcmp(at, hex, 2 * length) == 0))
            return true;
    }
    return false;
}

static void no_identifier_leaves_the_process(void **state)
{
    static const uint8_t id[] = { 0xca, 0xfe, 0xba, 0xbe };
    (void)state;
    stub.target.technology = 'B';
    stub.target.uid_length = 4;
    memcpy(stub.target.uid, id, 4);
    stub.target.atqb_length = 12;
    memcpy(stub.target.atqb, "\x50____\x01\x02\x03\x04\x80\x81\x71", 12);
    memcpy(stub.target.atqb + 1, id, 4);
    stub.target.atr_length = 2;
    memcpy(stub.target.atr, "\x3b\x80", 2);
    stub.target.ats_length = 11;
    memcpy(stub.target.ats, "\x0b\x78\x80\x80\x02\x80\x54____", 11);
    memcpy(stub.target.ats + 7, id, 4);
    static struct identifier_key key = { .bytes = "a key of the test's own", .id = "0badcafe" };
    key_of_reader = &key;
    struct trial_report r = report_of(1);
    char uid[IDENTIFIER_VALUE_BYTES], historical[IDENTIFIER_VALUE_BYTES], expected[IDENTIFIER_VALUE_BYTES];
    identifiers_text_find(r.identifiers, IDENTIFIER_UID, uid);
    identifiers_text_find(r.identifiers, IDENTIFIER_HISTORICAL, historical);
    identifier_value(&key, "uid", "cafebabe", expected);
    assert_string_equal(uid, expected);
    identifier_value(&key, "historical", "cafebabe", expected);
    assert_string_equal(historical, expected);
    assert_string_equal(said_text(&r.ats).text, "0b788080028054xxxxxxxx");
    assert_int_equal(r.outcome, OUTCOME_OK);
    assert_int_equal(r.technology, TECHNOLOGY_B);
    assert_string_equal(said_text(&r.atr).text, "3b80");
    assert_string_equal(said_text(&r.uid).text, "fixed, 4 bytes");
    assert_string_equal(said_text(&r.atqb).text, "50xxxxxxxx01020304808171");
    assert_false(holds(&r, id, sizeof id));
    stub.target.uid[0] = 0x08;
    r = report_of(1);
    assert_string_equal(said_text(&r.uid).text, "random, 4 bytes");
    stub.target.uid[0] = 0xca;
    identifier_key_published(&key); /* everybody has it, and the reader is not simulated */
    r = report_of(1);
    assert_string_equal(r.identifiers, "");
    r = report_of(2); /* of the first transaction only */
    assert_string_equal(said_text(&r.atr).text, "");
    assert_int_equal(r.technology, TECHNOLOGY_B);
}

static void what_activation_does_not_show_the_wait_may_have_shown(void **state)
{
    (void)state;
    stub.seen.technology = 'A';
    stub.seen.atr_length = 1;
    stub.seen.atr[0] = 0x3b;
    stub.seen.detect_source = said_alone(SAID_SEEN_POLL);
    stub.seen.detect_us = 7;
    stub.target.uid_absent = said_alone(SAID_NO_COMMAND);
    stub.seen.uid_absent = said_alone(SAID_PLACEMENT_NOT_ASKED);
    struct trial_report r = report_of(1);
    assert_int_equal(r.technology, TECHNOLOGY_A);
    assert_string_equal(said_text(&r.atr).text, "3b");
    assert_string_equal(said_text(&r.detect_source).text, "poll");
    assert_int_equal(r.detect_us, 7);
    assert_true(r.uid.absent && said_is(&r.uid, SAID_PLACEMENT_NOT_ASKED));
}

#define FILL_UP_TEXT(name)                                                                                   \
    memset(r.name, '7', sizeof r.name);                                                                      \
    assert_false(trial_report_is_valid(&r));                                                                 \
    r.name[sizeof r.name - 1] = '\0';                                                                        \
    assert_true(trial_report_is_valid(&r));
#define FILL_UP_SAID(name)                                                                                   \
    FILL_UP_TEXT(name.text)                                                                                  \
    r.name.code = SAID_COUNT;                                                                                \
    assert_false(trial_report_is_valid(&r));                                                                 \
    r.name.code = SAID_WORDS;                                                                                \
    r.name.words = "elsewhere";                                                                              \
    assert_false(trial_report_is_valid(&r));                                                                 \
    r.name.words = NULL;
#define FILL_UP_HEX(name)             FILL_UP_SAID(name)
#define FILL_UP(kind, name, capacity) FILL_UP_##kind(name)

static void a_report_of_a_process_gone_wrong_is_not_valid(void **state)
{
    struct trial_report r;
    (void)state;
    trial_report_init(&r);
    assert_false(trial_report_is_valid(&r)); /* no outcome */
    r.outcome = OUTCOME_OK;
    assert_true(trial_report_is_valid(&r));
    TRIAL_FAILURE_TEXTS(FILL_UP)
    TRIAL_TARGET_TEXTS(FILL_UP)
    text_fit(r.atr.text, sizeof r.atr.text, "3b80\"");
    assert_false(trial_report_is_valid(&r));
    text_fit(r.atr.text, sizeof r.atr.text, "3b80");
    r.stage = STAGE_COUNT;
    assert_false(trial_report_is_valid(&r));
    r.stage = STAGE_CHECK;
    r.technology = (enum technology)'B';
    assert_false(trial_report_is_valid(&r));
    r.technology = TECHNOLOGY_B;
    r.causes = 1u << CAUSE_COUNT;
    assert_false(trial_report_is_valid(&r));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, fresh)
    const struct CMUnitTest tests[] = {
        T(the_reader_is_taken_by_name_address_or_serial),
        T(of_more_than_one_that_fits_none_is_taken_where_that_matters),
        T(a_serial_that_cannot_be_read_fits_only_where_that_is_asked_for),
        T(a_reader_that_does_not_answer_is_not_open_where_that_is_asked_for),
        T(a_reader_is_asked_where_it_is_only_when_it_answers),
        T(nothing_in_the_field_ends_at_detect),
        T(after_a_missed_deadline_the_reader_says_who_hung),
        T(no_identifier_leaves_the_process),
        T(what_activation_does_not_show_the_wait_may_have_shown),
        T(a_report_of_a_process_gone_wrong_is_not_valid),
    };
    return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
