/* What a phone is asked at a change of handset, on a driver of the test's own: what is kept of the answers, and of silence. */
#include "harness/station/probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct stub {
    struct driver_reader base;
    bool silent_after_label, lost;
    unsigned asked, waiting; /* exchanges; calls that the supervisor was told of and that have not returned */
    bool field;
    char serial; /* of the chip */
} stub;

static const char *const label = "SOME\x01LABEL";

static int stub_activate(struct driver_reader *r, struct driver_target *t, struct driver_fault *f,
                         struct err *e)
{
    (void)r, (void)t, (void)f, (void)e;
    assert_int_equal(stub.waiting, 1);
    stub.field = true;
    return 0;
}

static int stub_field_off(struct driver_reader *r, struct driver_fault *f, struct err *e)
{
    (void)r, (void)f, (void)e;
    stub.field = false;
    return 0;
}

static void answer(struct driver_exchange *x, const void *data, size_t length, const char *word)
{
    memcpy(x->response, data, length);
    memcpy(x->response + length, word, 2);
    x->response_length = length + 2;
}

static int stub_exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *f,
                         struct err *e)
{
    char cplc[45] = "\x9f\x7f\x2a"
                    "FFTTosossslvddSSSSbb......................";
    (void)r;
    assert_int_equal(stub.waiting, 1);
    assert_true(x->deadline_ms > 0);
    stub.asked++;
    cplc[3 + 13] = stub.serial;
    if (x->command[1] == 0xB0) {
        char read[33];
        snprintf(read, sizeof read, "%-32s", label);
        answer(x, read, 32, "\x90\x00");
    } else if (stub.asked > 3 && stub.silent_after_label) {
        f->reader_lost = stub.lost;
        return err_set(e, ERR_CARD, "stub", "no answer");
    } else if (x->command[1] == 0xCA) {
        answer(x, cplc, sizeof cplc, "\x90\x00");
    } else {
        answer(x, "", 0, x->command[4] == 0x0F ? "\x6a\x82" : "\x90\x00");
    }
    return 0;
}

static const struct driver_ops ops = { .name = "stub",
                                       .version = DRIVER_VERSION,
                                       .activate = stub_activate,
                                       .field_off = stub_field_off,
                                       .exchange = stub_exchange };

static void call_begins(void *context, enum stage stage, uint32_t deadline_ms)
{
    (void)context, (void)stage, (void)deadline_ms;
    stub.waiting++;
}

static void call_ends(void *context)
{
    (void)context;
    stub.waiting--;
}

static struct wire_probed probe(void)
{
    const struct trial_watch watch = { .before = call_begins, .after = call_ends };
    struct identifier_key key;
    struct wire_probed out;
    identifier_key_published(&key);
    stub.base.key = &key;
    stub.base.ops = &ops;
    stub.asked = 0;
    guard_reset(&stub.base.guard);
    probe_run(&stub.base, &watch, &out);
    assert_int_equal(stub.waiting, 0);
    return out;
}

static int fresh(void **state)
{
    (void)state;
    stub = (struct stub) { .serial = '1' };
    return 0;
}

static void label_host_and_chip_are_kept_and_the_chip_by_the_key_alone(void **state)
{
    (void)state;
    struct wire_probed first = probe();
    assert_string_equal(first.token_label, "SOME.LABEL");
    assert_int_equal(first.hce, 0x6A82);
    assert_int_equal(strlen(first.cplc), IDENTIFIER_VALUE_BYTES - 1);
    assert_null(memmem(&first, sizeof first, "SSSS", 4));
    assert_false(stub.field);
    assert_string_equal(probe().cplc, first.cplc);
    stub.serial = '2';
    assert_string_not_equal(probe().cplc, first.cplc);
}

static void a_phone_that_falls_silent_is_asked_no_more_and_what_it_said_stays(void **state)
{
    (void)state;
    stub.silent_after_label = true;
    struct wire_probed out = probe();
    assert_string_equal(out.token_label, "SOME.LABEL");
    assert_int_equal(out.hce, 0);
    assert_string_equal(out.cplc, "");
    assert_int_equal(stub.asked, 4);
    assert_false(out.reader_lost);
    assert_false(stub.field);
}

static void a_reader_that_is_lost_is_told(void **state)
{
    (void)state;
    stub.silent_after_label = stub.lost = true;
    assert_true(probe().reader_lost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(label_host_and_chip_are_kept_and_the_chip_by_the_key_alone, fresh),
        cmocka_unit_test_setup(a_phone_that_falls_silent_is_asked_no_more_and_what_it_said_stays, fresh),
        cmocka_unit_test_setup(a_reader_that_is_lost_is_told, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
