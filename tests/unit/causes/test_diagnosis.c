/* What two kinds of evidence of one failure leave of its causes. */
#include "harness/causes/diagnosis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/causes/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void failures_that_ended_alike_are_one_kind_with_its_times(void **state)
{
    (void)state;
    struct diagnosis_side side = { 0 };
    diagnosis_ok(&side);
    add(&side, CAUSE(9) | CAUSE(10), "X", 300, 4);
    add(&side, CAUSE(9) | CAUSE(10), "X", DIAGNOSIS_NO_TIME, 7);
    add(&side, CAUSE(9) | CAUSE(10), "X", 100, 9);
    add(&side, CAUSE(9), "X", 100, 10);
    add(&side, CAUSE(9), "Y", 100, 11);
    assert_int_equal(side.transactions, 6);
    assert_int_equal(side.bad, 5);
    assert_int_equal(side.kind_count, 3);
    assert_int_equal(side.kinds[0].count, 3);
    assert_int_equal(side.kinds[0].of.number, 4);
    assert_int_equal(side.kinds[0].last, 9);
    assert_int_equal(side.kinds[0].least_us, 100);
    assert_int_equal(side.kinds[0].most_us, 300);
    assert_int_equal(diagnosis_causes(&side), CAUSE(9) | CAUSE(10));
}

static void kinds_beyond_the_cap_are_counted(void **state)
{
    (void)state;
    struct diagnosis_side side = { 0 };
    char native[32];
    for (unsigned i = 0; i < DIAGNOSIS_KINDS_MAX + 3; i++) {
        snprintf(native, sizeof native, "code %u", i);
        add(&side, CAUSE(9), native, 1, i);
    }
    add(&side, CAUSE(9), "code 0", 1, 99);
    assert_int_equal(side.kind_count, DIAGNOSIS_KINDS_MAX);
    assert_int_equal(side.untold, 3);
    assert_int_equal(side.kinds[0].count, 2);
    assert_int_equal(side.bad, DIAGNOSIS_KINDS_MAX + 4);
}

static enum diagnosis_finding narrow(cause_set recorded, cause_set repeated, cause_set *left,
                                     cause_set *only_deeper)
{
    struct diagnosis_side before = { 0 }, now = { 0 };
    add(&before, recorded, "SCARD_E_NOT_TRANSACTED", 1, 1);
    add(&now, repeated, "ICC_MUTE(FE) ICC_ACTIVE", 1, 1);
    return diagnosis_narrow(&before, &now.kinds[0], left, only_deeper);
}

static void deeper_evidence_leaves_what_both_hold_possible(void **state)
{
    (void)state;
    cause_set left, deeper;
    assert_int_equal(narrow(CAUSE(9) | CAUSE(10) | CAUSE(12), CAUSE(9), &left, &deeper), DIAGNOSIS_NARROWED);
    assert_int_equal(left, CAUSE(9));
    assert_int_equal(deeper, 0);
    assert_int_equal(narrow(CAUSE(9) | CAUSE(12), CAUSE(1) | CAUSE(12), &left, &deeper), DIAGNOSIS_NARROWED);
    assert_int_equal(left, CAUSE(12));
    assert_int_equal(deeper, CAUSE(1)); /* PC/SC can't see it: it is not struck out, but named */
    assert_int_equal(narrow(CAUSE(9), CAUSE(9) | CAUSE(10), &left, &deeper), DIAGNOSIS_AS_BEFORE);
    assert_int_equal(left, CAUSE(9));
}

static void evidence_without_a_cause_in_common_contradicts(void **state)
{
    (void)state;
    cause_set left, deeper;
    assert_int_equal(narrow(CAUSE(9) | CAUSE(10), CAUSE(16), &left, &deeper), DIAGNOSIS_CONTRADICTED);
    assert_int_equal(left, 0);
    assert_int_equal(deeper, CAUSE(16));
    assert_int_equal(narrow(CAUSE(9), 0, &left, &deeper), DIAGNOSIS_NOTHING);
    assert_int_equal(narrow(0, CAUSE(9), &left, &deeper), DIAGNOSIS_NOTHING);
}

static void expect_code(const char *native, const char *words)
{
    struct buf b;
    buf_init(&b, 200);
    diagnosis_add_code(&b, native);
    assert_string_equal(b.data, words);
    buf_free(&b);
}

static void the_readers_code_is_told_field_by_field(void **state)
{
    (void)state;
    expect_code("ICC_MUTE(FE) ICC_ACTIVE", "bStatus failed, bmICCStatus ICC_ACTIVE, bError ICC_MUTE (FE)");
    expect_code("0xC3 ICC_ABSENT", "bStatus failed, bmICCStatus ICC_ABSENT, bError 0xC3");
    expect_code("LIBUSB_ERROR_PIPE", "LIBUSB_ERROR_PIPE");
    expect_code("some text", "some text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_that_ended_alike_are_one_kind_with_its_times),
        cmocka_unit_test(kinds_beyond_the_cap_are_counted),
        cmocka_unit_test(deeper_evidence_leaves_what_both_hold_possible),
        cmocka_unit_test(evidence_without_a_cause_in_common_contradicts),
        cmocka_unit_test(the_readers_code_is_told_field_by_field),
    };
    return cmocka_run_group_tests_name("diagnosis", tests, NULL, NULL);
}
