/*
 * The behaviours that every driver has. A failure says its stage, causes, depth and the library's code by
 * name (expect_failure()); what is the caller's own mistake, an exchange without an activation, has no cause
 * among those of the survey and says only what is wrong (expect_mistake()).
 */
#include "harness/base/clock.h"
#include "tests/contract/bench.h"
#include "tests/contract/identity.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS              1000000ull
#define EXCHANGES       1000
#define SLOW_MS         1500 /* subject->slow */
#define SLACK_MS        1500 /* a busy machine may be so late */
#define STOP_WAITING_MS 20000

/* What can't be provoked on this subject leaves nothing to try: the test is skipped, for all to see. */
#define NEEDS(fault)                                                                                         \
    if (!(fault))                                                                                            \
    skip()

/* ---- what the driver says of itself ---- */

static void name_summary_version_and_capabilities_agree(void **state)
{
    struct bench *b = *state;
    const struct driver_ops *ops = b->subject->ops;
    assert_ptr_equal(driver_by_name(ops->name), ops);
    assert_true(driver_is_listed(ops));
    assert_true(strlen(ops->name) > 0 &&
                strspn(ops->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(ops->name));
    assert_true(strlen(ops->summary) > 10 && !strchr(ops->summary, '\n'));
    assert_int_equal(ops->version, DRIVER_VERSION);
    assert_true(ops->list && ops->open && ops->close && ops->wait_present && ops->wait_absent &&
                ops->activate && ops->field_off && ops->exchange);
    bool virtual_clock = ops->capabilities & DRIVER_VIRTUAL_CLOCK;
    assert_int_equal(virtual_clock, ops->now_ns && ops->advance);
    assert_int_equal(!!(ops->capabilities & DRIVER_LAYS), ops->lay != NULL);
    if (virtual_clock) /* time that nobody lives through is no real reader's */
        assert_true(ops->capabilities & DRIVER_SIMULATED);
    open_reader(b, 0); /* and it can be opened: nothing of this is only said */
}

static void a_missing_operation_is_unsupported_and_never_a_success(void **state)
{
    struct bench *b = *state;
    struct driver_found found;
    size_t count = 77;
    struct driver_ops bare = { .name = "bare", .summary = "nothing", .version = DRIVER_VERSION };
    struct driver_open how = { .address = "x" };
    struct driver_reader *out = NULL;
    assert_int_equal(driver_open(&bare, &how, &out, &b->fault, &b->e), ERR_UNSUPPORTED);
    assert_null(out);
    assert_int_equal(driver_list(&bare, NULL, 0, &found, 1, &count, &b->e), ERR_UNSUPPORTED);
    assert_int_equal(count, 0);
    bare = *b->subject->ops;
    bare.lay = NULL;
    bare.probe = NULL;
    bare.floor = NULL;
    bare.describe = NULL;
    bare.wait_present = NULL;
    bare.wait_absent = NULL;
    open_reader(b, 0);
    b->reader->ops = &bare;
    uint64_t ns = 77;
    int statuses[] = { driver_lay(b->reader, NULL, &b->e), driver_probe(b->reader, &b->e),
                       driver_floor(b->reader, &ns, &b->e),
                       driver_wait_present(b->reader, 0, &b->target, &b->fault, &b->e),
                       driver_wait_absent(b->reader, 0, &b->fault, &b->e) };
    b->reader->ops = b->subject->ops;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        assert_int_equal(statuses[i], ERR_UNSUPPORTED);
    if (!b->subject->ops->describe)
        assert_int_equal(driver_describe(b->subject->ops, "x", &found, &b->e), ERR_UNSUPPORTED);
    if (!b->subject->ops->lay)
        assert_int_equal(driver_lay(b->reader, NULL, &b->e), ERR_UNSUPPORTED);
}

static void another_version_of_the_interface_is_refused(void **state)
{
    struct bench *b = *state;
    struct driver_ops other = *b->subject->ops;
    struct driver_open how = { .address = address_of(b, 0) };
    struct driver_reader *out = NULL;
    other.version++;
    assert_int_equal(driver_open(&other, &how, &out, &b->fault, &b->e), ERR_UNSUPPORTED);
    assert_null(out);
    open_reader(b, 0);
}

/* ---- listing and opening ---- */

static void listing_names_each_reader_once_and_says_that_it_is_not_real(void **state)
{
    struct bench *b = *state;
    char address[160];
    if (!b->subject->lists) { /* its readers are a survey's, and it says by its capability what they are */
        list_readers(b);
        assert_int_equal(b->count, 0);
        assert_true(b->subject->ops->capabilities & DRIVER_SIMULATED);
        return;
    }
    for (unsigned i = 0; i < CONTRACT_READERS; i++) {
        size_t times = 0;
        snprintf(address, sizeof address, "%s", address_of(b, i));
        for (size_t j = 0; j < b->count; j++) {
            const struct driver_found *found = &b->found[j];
            if (strcmp(found->name, address) != 0)
                continue;
            times++;
            assert_true(found->simulated);
            assert_false(said_nothing(&found->sign));
            assert_false(found->present);
            if (b->subject->is_simulated_by_serial)
                assert_int_equal(strncmp(found->serial, "SIM-", 4), 0);
        }
        assert_int_equal(times, 1);
    }
}

static void a_full_list_is_cut_off_and_not_overrun(void **state)
{
    struct bench *b = *state;
    struct reader_model models[CONTRACT_READERS];
    struct driver_found found[2];
    size_t count, n = b->subject->models ? b->subject->models(models) : 0;
    if (b->subject->lists)
        address_of(b, 0);
    memset(found, CANARY, sizeof found);
    assert_int_equal(driver_list(b->subject->ops, models, n, found, 1, &count, &b->e), 0);
    assert_int_equal(count, b->subject->lists ? 1 : 0);
    for (size_t i = 0; i < sizeof found[1]; i++)
        assert_int_equal(((const uint8_t *)&found[1])[i], CANARY);
}

static void an_unknown_address_is_no_reader(void **state)
{
    struct bench *b = *state;
    struct driver_open how = { .address = b->subject->stranger, .unit = "contract" };
    struct driver_reader *out = NULL;
    assert_non_null(how.address);
    int status = driver_open(b->subject->ops, &how, &out, &b->fault, &b->e);
    assert_null(out);
    assert_int_equal(status, b->subject->stranger_status);
    assert_int_equal(b->e.code, status);
    assert_true(b->e.text[0] != '\0');
    assert_true(b->fault.causes & CAUSE(1));
    assert_int_equal(b->fault.stage, STAGE_SETUP);
    if (status == ERR_ENVIRONMENT)
        expect_lost(b, status);
    open_reader(b, 0);
}

static void a_second_opening_is_busy_or_its_own_and_spoils_nothing(void **state)
{
    struct bench *b = *state;
    char address[160];
    struct driver_reader *second = NULL;
    lay_and_activate(b, 0, CONTRACT_B);
    struct driver_reader *first = b->reader;
    select_ladder(b);
    snprintf(address, sizeof address, "%s", address_of(b, 0));
    int status = try_open(b, address, &second);
    if (b->subject->second == CONTRACT_SECOND_BUSY) {
        assert_null(second);
    } else {
        assert_int_equal(status, 0);
        b->reader = second;
        status = try_activate(b);
        b->reader = first;
    }
    if (second && b->subject->hands->closing)
        b->subject->hands->closing(0, second);
    driver_close(&second);
    if (b->subject->second == CONTRACT_SECOND_OWN) {
        assert_int_equal(status, 0);
    } else {
        assert_true(b->fault.busy);
        assert_false(b->fault.reader_lost);
        assert_true(b->fault.causes & CAUSE(30));
        expect_failure(b, status, STAGE_SETUP);
    }
    expect_read(b, 100); /* the first never noticed */
}

static void closing_twice_is_closing_once(void **state)
{
    struct bench *b = *state;
    struct driver_reader *never = NULL;
    driver_close(&never);
    for (unsigned i = 0; i < 3; i++) {
        open_reader(b, 0);
        close_reader(b);
        assert_null(b->readers[0]);
        driver_close(&b->readers[0]);
    }
    lay_and_activate(b, 0, CONTRACT_B); /* closed while a handset is activated, and free again */
    select_ladder(b);
    close_reader(b);
    driver_close(&b->readers[0]);
    open_reader(b, 0);
    arrive(b);
    activate(b);
    select_ladder(b);
    expect_read(b, 3);
}

static void a_reader_is_closed_and_opened_again_after_its_handset_left(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    lift(b);
    close_reader(b);
    driver_close(&b->readers[0]);
    open_reader(b, 0);
    assert_int_equal(driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e), 0);
    lay_and_activate(b, 0, CONTRACT_A);
    select_ladder(b);
    expect_read(b, 3);
}

static size_t entries(const char *directory)
{
    size_t n = 0;
    DIR *d = opendir(directory);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static void one_round(struct bench *b)
{
    open_reader(b, 0);
    arrive(b);
    activate(b);
    select_ladder(b);
    expect_read(b, 10);
    close_reader(b);
}

static void nothing_stays_open_and_no_thread_runs_after_closing(void **state)
{
    struct bench *b = *state;
    b->number = 0;
    lay(b, CONTRACT_B);
    one_round(b); /* what a library opens once for the process is no leak */
    size_t files = entries("/proc/self/fd"), threads = entries("/proc/self/task");
    for (unsigned i = 0; i < 3; i++)
        one_round(b);
    assert_int_equal(entries("/proc/self/fd"), files);
    assert_int_equal(entries("/proc/self/task"), threads);
}

static void the_reader_itself_answers_with_and_without_a_handset(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    lay_and_activate(b, 0, CONTRACT_B);
    assert_int_equal(driver_probe(b->reader, &b->e), 0);
    activate(b);
    select_ladder(b);
    expect_read(b, 5);
}

/* A virtual clock has nothing to be told by it. */
static void a_real_clock_times_a_question_that_no_handset_answers(void **state)
{
    struct bench *b = *state;
    uint64_t ns = 0;
    open_reader(b, 0);
    if (b->subject->ops->capabilities & DRIVER_VIRTUAL_CLOCK) {
        assert_int_equal(driver_floor(b->reader, &ns, &b->e), ERR_UNSUPPORTED);
        return;
    }
    assert_true(b->subject->ops->floor_what && b->subject->ops->floor_what[0]);
    uint64_t started = now_ns(b);
    assert_int_equal(driver_floor(b->reader, &ns, &b->e), 0);
    assert_true(ns > 0 && ns <= now_ns(b) - started);
    lay_and_activate(b, 0, CONTRACT_B);
    assert_int_equal(driver_floor(b->reader, &ns, &b->e), 0);
    assert_true(ns > 0);
    select_ladder(b);
    expect_read(b, 5);
}

/* ---- presence ---- */

static void an_empty_field_is_a_timeout_at_detect_when_the_limit_is_over(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    uint64_t started = now_ns(b);
    int status = driver_wait_present(b->reader, 300, &b->target, &b->fault, &b->e);
    uint64_t took_ms = (now_ns(b) - started) / MS;
    assert_int_equal(status, ERR_TIMEOUT);
    expect_failure(b, status, STAGE_DETECT);
    assert_true(b->fault.causes & CAUSE(2));
    assert_in_range(took_ms, 295, 300 + SLACK_MS);
    assert_int_equal(driver_wait_absent(b->reader, 2000, &b->fault, &b->e), 0);
}

static void a_limit_of_nothing_is_one_look(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    uint64_t started = now_ns(b);
    assert_int_equal(driver_wait_present(b->reader, 0, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    assert_in_range((now_ns(b) - started) / MS, 0, SLACK_MS);
}

static void what_lies_there_is_found_with_its_time_and_source(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    lay(b, CONTRACT_B);
    uint64_t started = now_ns(b);
    arrive(b);
    uint64_t took_us = (now_ns(b) - started) / 1000;
    assert_true(fault_is_empty(b));
    assert_true(b->target.detect_us <= took_us + 1000);
    assert_false(said_nothing(&b->target.detect_source));
}

static void an_arrival_and_a_departure_are_seen(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    later(b, 400, DEED_LAY);
    arrive(b);
    if (b->subject->hands->in_real_time)
        assert_true(b->target.detect_us >= 200000); /* it waited for it, and no ghost was there before */
    later(b, 300, DEED_LIFT);
    assert_int_equal(driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e), 0);
    assert_int_equal(driver_wait_present(b->reader, 200, &b->target, &b->fault, &b->e), ERR_TIMEOUT);
    lay(b, CONTRACT_A);
    arrive(b);
}

static void what_stays_is_not_taken_for_gone(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    uint64_t started = now_ns(b);
    int status = driver_wait_absent(b->reader, 200, &b->fault, &b->e);
    assert_int_equal(status, ERR_TIMEOUT);
    assert_int_equal(b->fault.stage, STAGE_DETECT);
    assert_int_equal(b->fault.depth, b->subject->depth);
    assert_int_equal(b->e.code, status);
    assert_in_range((now_ns(b) - started) / MS, 195, 200 + SLACK_MS);
    activate(b); /* it is as it was */
    select_ladder(b);
    expect_read(b, 9);
}

static void an_activation_in_an_empty_field_finds_nothing(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    int status = try_activate(b);
    assert_int_equal(status, ERR_NO_TARGET);
    expect_failure(b, status, STAGE_DETECT);
    assert_true(b->fault.causes & CAUSE(2));
    expect_mistake(b, try_read(b, 1, 0), ERR_NO_TARGET);
}

static void what_does_not_come_up_ends_at_activate(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    lay(b, CONTRACT_MUTE);
    int status = driver_wait_present(b->reader, ARRIVAL_MS, &b->target, &b->fault, &b->e);
    if (status == 0)
        status = try_activate(b);
    assert_int_equal(status, ERR_CARD);
    expect_failure(b, status, STAGE_ACTIVATE);
    assert_true(b->fault.causes & CAUSE(6));
    assert_int_not_equal(try_read(b, 1, 0), 0);
    lift(b);
    assert_int_equal(driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e), 0);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
}

static void one_handset_after_another_is_told_apart(void **state)
{
    struct bench *b = *state;
    struct driver_target first;
    lay_and_activate(b, 0, CONTRACT_A);
    first = b->target;
    lift(b);
    assert_int_equal(driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e), 0);
    lay_and_activate(b, 0, CONTRACT_B);
    bool same_uid = strcmp(identifiers_find(&first.identifiers, IDENTIFIER_UID),
                           identifiers_find(&b->target.identifiers, IDENTIFIER_UID)) == 0;
    bool same_atr =
        first.atr_length == b->target.atr_length && memcmp(first.atr, b->target.atr, first.atr_length) == 0;
    assert_false(same_uid && same_atr);
    assert_false(same_uid && first.uid_length > 0);
}

/* ---- who it is ---- */

static void absent_says_why(const char *what, size_t length, const struct said *reason)
{
    if ((length == 0) == said_nothing(reason))
        fail_msg("%s: %zu bytes, and the reason for none is `%s`", what, length, said_text(reason).text);
}

static void expect_identity(struct bench *b, const uint8_t *uid, size_t length)
{
    const struct driver_target *t = &b->target;
    struct atr_info atr;
    absent_says_why("the UID", t->uid_length, &t->uid_absent);
    absent_says_why("the ATS", t->ats_length, &t->ats_absent);
    atr_decode(t->atr, t->atr_length, &atr);
    assert_true(atr.valid && atr.contactless);
    assert_true(t->activate_us > 0 && t->activate_us < 10000000);
    if (t->uid_length > 0)
        expect_uid(t, uid, length);
    assert_true(t->fwt_us == 0 || t->fwt_us == frame_waiting_time_us(10));
    assert_true(t->kbit_s == 0 || t->kbit_s == 106 || t->kbit_s == 212 || t->kbit_s == 424);
}

static void a_type_a_handset_is_told_as_it_is(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_A);
    expect_identity(b, uid_of_a, sizeof uid_of_a);
    assert_true(b->target.technology == 'A' || b->target.technology == 0);
    assert_int_equal(b->target.atqb_length, 0);
    if (b->target.ats_length > 0) {
        struct ats_info ats;
        ats_decode(b->target.ats, b->target.ats_length, &ats);
        assert_true(ats.valid);
        assert_int_equal(ats.fwi, 10);
        assert_int_equal(b->target.fwt_us, frame_waiting_time_us(10));
    }
    assert_int_equal(b->target.has_atqa, b->subject->sees_frames);
    if (b->target.has_atqa)
        assert_true(b->target.sak & 0x20);
}

static void a_type_b_handset_is_told_as_it_is(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    expect_identity(b, pupi_of_b, sizeof pupi_of_b);
    assert_true(b->target.technology == 'B' || b->target.technology == 0);
    assert_false(b->target.has_atqa);
    assert_int_equal(b->target.ats_length, 0);
    if (b->subject->sees_frames) {
        assert_in_range(b->target.atqb_length, 12, 13);
        assert_int_equal(b->target.atqb[0], 0x50);
        assert_memory_equal(b->target.atqb + 1, "\0\0\0", sizeof pupi_of_b);
        assert_int_equal(b->target.fwt_us, frame_waiting_time_us(10));
    } else {
        assert_int_equal(b->target.atqb_length, 0);
    }
}

/* ---- the state of a transaction ---- */

static void an_exchange_before_an_activation_is_refused(void **state)
{
    struct bench *b = *state;
    open_reader(b, 0);
    expect_mistake(b, exchange(b, select_jpki, sizeof select_jpki, 0), ERR_NO_TARGET);
    lay(b, CONTRACT_B);
    arrive(b);
    expect_mistake(b, exchange(b, select_jpki, sizeof select_jpki, 0), ERR_NO_TARGET);
    activate(b);
    SEND(b, select_jpki, 0x9000);
}

static void an_exchange_with_the_field_off_is_refused(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    SEND(b, select_jpki, 0x9000);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0); /* off is off */
    expect_mistake(b, exchange(b, select_jpki, sizeof select_jpki, 0), ERR_NO_TARGET);
}

static void the_field_off_forgets_the_application(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    expect_read(b, 4);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    activate(b);
    assert_int_equal(try_read(b, 4, 0), 0);
    assert_int_equal(b->x.response_length, 2);
    assert_int_not_equal(apdu_status_word(b->response, 2), 0x9000);
    select_ladder(b);
    expect_read(b, 4);
}

static void the_field_off_forgets_the_file(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    SEND(b, select_jpki, 0x9000);
    SEND(b, select_token, 0x9000);
    SEND(b, read_label, 0x9000);
    assert_int_equal(b->x.response_length, 34);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    activate(b);
    SEND(b, select_jpki, 0x9000);
    assert_int_equal(exchange(b, read_label, sizeof read_label, 0), 0);
    assert_int_equal(b->x.response_length, 2); /* no file, no bytes */
    assert_int_not_equal(apdu_status_word(b->response, 2), 0x9000);
}

static void a_second_activation_is_a_reset(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    expect_read(b, 4);
    activate(b);
    assert_int_equal(try_read(b, 4, 0), 0);
    assert_int_not_equal(apdu_status_word(b->response, b->x.response_length), 0x9000);
    activate(b);
    activate(b);
    select_ladder(b);
    expect_read(b, 4);
}

static void an_exchange_after_the_handset_left_fails(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    lift(b);
    clock_sleep_ms(b->subject->hands->in_real_time ? 500 : 0);
    int status = try_read(b, 4, 3000);
    assert_int_not_equal(status, 0);
    if (b->subject->hands
            ->in_real_time) { /* the simulator lifts between transactions: nothing is activated then */
        expect_failure(b, status, STAGE_EXCHANGE);
        assert_true(b->fault.causes & (CAUSE(3) | CAUSE(10) | CAUSE(16)));
    }
    assert_int_not_equal(try_activate(b), 0);
    assert_int_not_equal(try_read(b, 4, 3000), 0);
}

static void a_handset_that_was_lifted_and_laid_again_is_activated_anew(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    expect_read(b, 4);
    lift(b);
    clock_sleep_ms(b->subject->hands->in_real_time ? 500 : 0);
    lay(b, CONTRACT_B);
    clock_sleep_ms(b->subject->hands->in_real_time ? 500 : 0);
    int status = try_read(b, 4, 3000); /* at best it answers that nothing is selected */
    assert_true(status != 0 || apdu_status_word(b->response, b->x.response_length) != 0x9000);
    arrive(b);
    activate(b);
    select_ladder(b);
    expect_read(b, 4);
}

static void what_the_guard_refuses_is_not_sent(void **state)
{
    static const uint8_t verify[] = { 0x00, 0x20, 0x00, 0x80, 0x04, '1', '2', '3', '4' };
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    assert_int_equal(exchange(b, verify, sizeof verify, 0), ERR_REFUSED);
    assert_true(b->x.started_ns == 0 && b->x.ended_ns == 0);
    assert_true(fault_is_empty(b));
    expect_read(b, 4);
}

/* ---- bytes ---- */

static const size_t lengths[] = { 0, 1, 255, 256, 257, 261, 262, 65535 };
#define LENGTHS (sizeof lengths / sizeof *lengths)

static void responses_of_every_length_come_unchanged(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    expect_write(b, 0); /* a response without data */
    for (size_t i = 1; i < LENGTHS; i++) {
        if (lengths[i] <= 256 || b->subject->extended[0])
            expect_read(b, lengths[i]);
    }
    expect_read(b, 1);
}

static void commands_of_every_length_arrive_unchanged(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    for (size_t i = 0; i < LENGTHS; i++) {
        if (lengths[i] <= 255 || b->subject->extended[0])
            expect_write(b, lengths[i]);
    }
    expect_write(b, 1);
}

static void every_length_about_a_block_s_end_passes(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_A);
    select_ladder(b);
    for (size_t n = 248; n <= 256; n++) {
        expect_read(b, n);
        expect_write(b, n < 256 ? n : 255);
    }
}

/* The class is a reader's: of the two, what passes no extended APDU. */
static void an_apdu_beyond_the_readers_class_is_refused_and_the_next_one_works(void **state)
{
    struct bench *b = *state;
    static const size_t beyond[] = { 257, 65535 };
    NEEDS(!b->subject->extended[1]);
    lay_and_activate(b, 1, CONTRACT_B);
    select_ladder(b);
    for (size_t i = 0; i < 4; i++) {
        size_t n = beyond[i / 2];
        int status = i % 2 ? try_read(b, n, 0) : try_write(b, n);
        assert_int_equal(status, b->subject->refusal);
        assert_true(b->fault.causes & CAUSE(15));
        assert_int_equal(b->fault.stage, STAGE_EXCHANGE);
        assert_int_equal(b->fault.depth, b->subject->depth);
        assert_true(b->e.text[0] != '\0');
        expect_read(b, 256);
        expect_write(b, 255);
    }
}

static void a_response_that_does_not_fit_is_an_error_and_overruns_nothing(void **state)
{
    struct bench *b = *state;
    static const uint8_t read_200[] = { 0x00, 0xb0, 0x00, 0x00, 200 };
    static const size_t capacities[] = { 201, 50, 2, 1, 0 };
    lay_and_activate(b, 0, CONTRACT_B);
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        select_ladder(b);
        int status = exchange_into(b, read_200, sizeof read_200, capacities[i]);
        assert_int_not_equal(status, 0);
        expect_any_failure(b, status);
        activate(b);
    }
    select_ladder(b);
    assert_int_equal(exchange_into(b, read_200, sizeof read_200, 202), 0);
    expect_read(b, 200);
}

static void a_thousand_exchanges_stay_right(void **state)
{
    struct bench *b = *state;
    uint64_t ended = 0;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    for (size_t i = 0; i < EXCHANGES; i++) {
        if (i % 10 == 9)
            expect_write(b, i % 64);
        else
            expect_read(b, 1 + i % 61);
        assert_true(b->x.started_ns >= ended);
        ended = b->x.ended_ns;
    }
}

/* ---- time ---- */

static void stamps_are_around_the_call_and_never_run_back(void **state)
{
    struct bench *b = *state;
    uint64_t last = 0;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    for (size_t i = 1; i < 20; i++) {
        uint64_t before = now_ns(b);
        expect_read(b, i);
        uint64_t after = now_ns(b);
        assert_true(before >= last);
        assert_true(before <= b->x.started_ns);
        assert_true(b->x.started_ns < b->x.ended_ns);
        assert_true(b->x.ended_ns <= after);
        last = after;
    }
}

static void a_deadline_of_zero_is_none(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->slow);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    fault_is(b, b->subject->slow);
    if (try_read(b, 6, 0) != 0)
        fail_msg("exchange: %s", b->e.text);
    assert_true(is_right(b, 6));
    assert_in_range((b->x.ended_ns - b->x.started_ns) / MS, SLOW_MS - 5, SLOW_MS + SLACK_MS);
    fault_is(b, "none");
    expect_read(b, 7);
}

static void a_deadline_far_off_changes_nothing(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    for (size_t n = 1; n <= 64; n *= 2) {
        assert_int_equal(try_read(b, n, 60000), 0);
        assert_true(is_right(b, n));
    }
}

/* A driver that says it ends at the deadline does; another gives the answer whenever it comes, and whoever
 * watches over it ends its process. */
static void a_missed_deadline_ends_in_time_or_is_not_promised(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->slow);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    fault_is(b, b->subject->slow);
    uint64_t started = now_ns(b);
    int status = try_read(b, 6, 300);
    uint64_t took_ms = (now_ns(b) - started) / MS;
    fault_is(b, "none");
    if (!(b->subject->ops->capabilities & DRIVER_DEADLINE)) {
        assert_int_equal(status, 0);
        assert_true(is_right(b, 6));
        return;
    }
    assert_int_equal(status, ERR_TIMEOUT);
    expect_failure(b, status, STAGE_EXCHANGE);
    assert_true(b->fault.causes & (CAUSE(10) | CAUSE(11)));
    assert_in_range(took_ms, 295, SLOW_MS - 100);
    activate(b);
    select_ladder(b);
    expect_read(b, 7);
}

static void an_answer_after_its_deadline_is_never_the_next_ones(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->slow && b->subject->ops->capabilities & DRIVER_DEADLINE);
    lay_and_activate(b, 0, CONTRACT_B);
    for (unsigned rest_ms = 0; rest_ms <= 1800; rest_ms += 900) { /* long before, before, and after it came */
        activate(b);
        select_ladder(b);
        fault_is(b, b->subject->slow);
        assert_int_equal(try_read(b, 6, 200), ERR_TIMEOUT);
        fault_is(b, "none");
        clock_sleep_ms(b->subject->hands->in_real_time ? rest_ms : 0);
        int status = try_read(b, 9, 3000); /* without an activation: the right bytes, or none */
        assert_true(status != 0 || is_right(b, 9) ||
                    apdu_status_word(b->response, b->x.response_length) != 0x9000);
        activate(b);
        select_ladder(b);
        for (size_t n = 10; n < 14; n++)
            expect_read(b, n);
    }
}

/* ---- what goes wrong in an exchange ---- */

static void a_broken_exchange_says_all_of_it_and_the_next_one_works(void **state)
{
    struct bench *b = *state;
    unsigned seen = 0;
    NEEDS(b->subject->broken);
    lay_and_activate(b, 0, CONTRACT_B);
    for (const char *const *broken = b->subject->broken; *broken; broken++) {
        print_message("# %s\n", *broken);
        select_ladder(b);
        expect_read(b, 2);
        fault_is(b, *broken);
        int status = try_read(b, 5, 1500);
        fault_is(b, "none");
        if (status == 0) {
            assert_true(is_right(b, 5)); /* unnoticed, then: but never other bytes */
        } else {
            expect_any_failure(b, status);
            assert_true(b->fault.stage == STAGE_EXCHANGE || b->fault.stage == STAGE_SETUP);
            assert_false(b->fault.reader_lost);
            seen++;
        }
        activate(b);
    }
    assert_true(seen > 0);
    select_ladder(b);
    expect_read(b, 5);
}

static void a_success_clears_what_failed_before(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->broken);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    fault_is(b, b->subject->broken[0]);
    assert_int_not_equal(try_read(b, 5, 1500), 0);
    fault_is(b, "none");
    assert_false(fault_is_empty(b));
    activate(b);
    assert_true(fault_is_empty(b));
    select_ladder(b);
    assert_true(fault_is_empty(b));
    expect_read(b, 5);
    assert_true(fault_is_empty(b));
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    assert_true(fault_is_empty(b));
}

static void leaving_in_mid_exchange_is_a_lost_field(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->leave);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    fault_is(b, b->subject->leave);
    int status = try_read(b, 5, 5000);
    fault_is(b, "none");
    assert_int_not_equal(status, 0);
    expect_failure(b, status, STAGE_EXCHANGE);
    assert_true(b->fault.causes & (CAUSE(10) | CAUSE(16)));
    assert_false(b->fault.reader_lost);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    lift(b);
    assert_int_equal(driver_wait_absent(b->reader, ARRIVAL_MS, &b->fault, &b->e), 0);
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    expect_read(b, 5);
}

/* ---- readers that go ---- */

static void everything_is_lost(struct bench *b)
{
    expect_lost(b, driver_wait_present(b->reader, 300, &b->target, &b->fault, &b->e));
    expect_lost(b, try_activate(b));
    assert_int_equal(driver_probe(b->reader, &b->e), ERR_ENVIRONMENT);
}

/* Not while it is gone; and when it is back, by the same name or by the one that it is listed with then. */
static void opens_again(struct bench *b)
{
    struct driver_reader *gone = NULL;
    unsigned number = b->number;
    close_reader(b);
    if (b->subject->lists) {
        wait_until_gone(b, number);
        int status = try_open(b, b->addresses[number], &gone);
        assert_null(gone);
        expect_lost(b, status);
    }
    plug(b);
    lay_and_activate(b, number, CONTRACT_B);
    select_ladder(b);
    expect_read(b, 5);
}

static void an_unplugged_reader_is_lost_and_works_when_it_is_plugged_in_again(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    unplug(b);
    expect_lost(b, try_read(b, 5, 3000));
    everything_is_lost(b);
    opens_again(b);
}

/* A subject without hands is asked, and fails: only hands in virtual time can't act while the driver
 * waits. */
static bool can_act_later(const struct bench *b)
{
    return !b->subject->hands || b->subject->hands->in_real_time;
}

static void a_reader_unplugged_while_it_waits_is_lost(void **state)
{
    struct bench *b = *state;
    NEEDS(can_act_later(b));
    open_reader(b, 0);
    later(b, 300, DEED_UNPLUG);
    expect_lost(b, driver_wait_present(b->reader, ARRIVAL_MS, &b->target, &b->fault, &b->e));
}

static void a_reader_unplugged_in_mid_exchange_is_lost(void **state)
{
    struct bench *b = *state;
    NEEDS(b->subject->slow && can_act_later(b));
    lay_and_activate(b, 0, CONTRACT_B);
    select_ladder(b);
    fault_is(b, b->subject->slow);
    later(b, 300, DEED_UNPLUG);
    int status = try_read(b, 5, STOP_WAITING_MS);
    assert_int_not_equal(status, 0);
    if (!b->fault.reader_lost) { /* told as a broken exchange: then the next call knows */
        expect_any_failure(b, status);
        status = try_read(b, 5, 3000);
    }
    if (!b->fault.reader_lost)
        status = try_activate(b);
    expect_lost(b, status);
    int probed = 0; /* a daemon looks for its readers once a second */
    for (unsigned tries = 0; tries < 60 && probed != ERR_ENVIRONMENT; tries++) {
        probed = driver_probe(b->reader, &b->e);
        if (probed == 0)
            clock_sleep_ms(50);
    }
    assert_int_equal(probed, ERR_ENVIRONMENT);
    b->faulty[0] = false; /* it went with the reader */
    opens_again(b);
}

static void two_readers_at_once_know_nothing_of_each_other(void **state)
{
    struct bench *b = *state;
    lay_and_activate(b, 0, CONTRACT_A);
    lay_and_activate(b, 1, CONTRACT_B);
    select_ladder(b);
    speak_to(b, 0);
    SEND(b, select_jpki, 0x9000);
    SEND(b, select_token, 0x9000);
    for (size_t i = 1; i < 10; i++) {
        speak_to(b, 0);
        SEND(b, read_label, 0x9000);
        assert_int_equal(b->x.response_length, 34);
        speak_to(b, 1);
        expect_read(b, 20 * i);
    }
    speak_to(b, 0);
    assert_int_equal(driver_field_off(b->reader, &b->fault, &b->e), 0);
    speak_to(b, 1);
    expect_read(b, 21);
    speak_to(b, 0);
    close_reader(b);
    speak_to(b, 1);
    expect_read(b, 22);
}

int contract_main(const struct contract_subject *subject)
{
#define BEHAVIOUR(f) cmocka_unit_test_setup_teardown(f, bench_set_up, bench_tear_down)
    static const struct CMUnitTest behaviours[] = {
        BEHAVIOUR(name_summary_version_and_capabilities_agree),
        BEHAVIOUR(a_missing_operation_is_unsupported_and_never_a_success),
        BEHAVIOUR(another_version_of_the_interface_is_refused),
        BEHAVIOUR(listing_names_each_reader_once_and_says_that_it_is_not_real),
        BEHAVIOUR(a_full_list_is_cut_off_and_not_overrun),
        BEHAVIOUR(an_unknown_address_is_no_reader),
        BEHAVIOUR(a_second_opening_is_busy_or_its_own_and_spoils_nothing),
        BEHAVIOUR(closing_twice_is_closing_once),
        BEHAVIOUR(a_reader_is_closed_and_opened_again_after_its_handset_left),
        BEHAVIOUR(nothing_stays_open_and_no_thread_runs_after_closing),
        BEHAVIOUR(the_reader_itself_answers_with_and_without_a_handset),
        BEHAVIOUR(a_real_clock_times_a_question_that_no_handset_answers),
        BEHAVIOUR(an_empty_field_is_a_timeout_at_detect_when_the_limit_is_over),
        BEHAVIOUR(a_limit_of_nothing_is_one_look),
        BEHAVIOUR(what_lies_there_is_found_with_its_time_and_source),
        BEHAVIOUR(an_arrival_and_a_departure_are_seen),
        BEHAVIOUR(what_stays_is_not_taken_for_gone),
        BEHAVIOUR(an_activation_in_an_empty_field_finds_nothing),
        BEHAVIOUR(what_does_not_come_up_ends_at_activate),
        BEHAVIOUR(one_handset_after_another_is_told_apart),
        BEHAVIOUR(a_type_a_handset_is_told_as_it_is),
        BEHAVIOUR(a_type_b_handset_is_told_as_it_is),
        BEHAVIOUR(an_exchange_before_an_activation_is_refused),
        BEHAVIOUR(an_exchange_with_the_field_off_is_refused),
        BEHAVIOUR(the_field_off_forgets_the_application),
        BEHAVIOUR(the_field_off_forgets_the_file),
        BEHAVIOUR(a_second_activation_is_a_reset),
        BEHAVIOUR(an_exchange_after_the_handset_left_fails),
        BEHAVIOUR(a_handset_that_was_lifted_and_laid_again_is_activated_anew),
        BEHAVIOUR(what_the_guard_refuses_is_not_sent),
        BEHAVIOUR(responses_of_every_length_come_unchanged),
        BEHAVIOUR(commands_of_every_length_arrive_unchanged),
        BEHAVIOUR(every_length_about_a_block_s_end_passes),
        BEHAVIOUR(an_apdu_beyond_the_readers_class_is_refused_and_the_next_one_works),
        BEHAVIOUR(a_response_that_does_not_fit_is_an_error_and_overruns_nothing),
        BEHAVIOUR(a_thousand_exchanges_stay_right),
        BEHAVIOUR(stamps_are_around_the_call_and_never_run_back),
        BEHAVIOUR(a_deadline_of_zero_is_none),
        BEHAVIOUR(a_deadline_far_off_changes_nothing),
        BEHAVIOUR(a_missed_deadline_ends_in_time_or_is_not_promised),
        BEHAVIOUR(an_answer_after_its_deadline_is_never_the_next_ones),
        BEHAVIOUR(a_broken_exchange_says_all_of_it_and_the_next_one_works),
        BEHAVIOUR(a_success_clears_what_failed_before),
        BEHAVIOUR(leaving_in_mid_exchange_is_a_lost_field),
        BEHAVIOUR(an_unplugged_reader_is_lost_and_works_when_it_is_plugged_in_again),
        BEHAVIOUR(a_reader_unplugged_while_it_waits_is_lost),
        BEHAVIOUR(a_reader_unplugged_in_mid_exchange_is_lost),
        BEHAVIOUR(two_readers_at_once_know_nothing_of_each_other),
    };
    if (subject->needs && !getenv(subject->needs)) {
        printf("1..0 # SKIP runs inside the testbed: see tests/testbed/contract.bats\n");
        return 0;
    }
    bench_use(subject);
    cmocka_set_test_filter(getenv("CONTRACT_ONLY")); /* a pattern of one behaviour, while writing a driver */
    return cmocka_run_group_tests_name(subject->ops->name, behaviours, NULL, NULL);
}
