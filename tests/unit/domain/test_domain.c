/* The table of causes and the names that stand in the journal. */
#include "harness/base/text.h"
#include "harness/domain/cause.h"
#include "harness/domain/domain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const enum stage expected_stages[CAUSE_COUNT] = {
    STAGE_SETUP,    STAGE_DETECT,   STAGE_DETECT,   STAGE_DETECT,   STAGE_ACTIVATE, STAGE_ACTIVATE,
    STAGE_ACTIVATE, STAGE_ACTIVATE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE,
    STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_ROUTE,
    STAGE_ROUTE,    STAGE_ROUTE,    STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE, STAGE_EXCHANGE,
    STAGE_CHECK,    STAGE_CHECK,    STAGE_CHECK,    STAGE_SETUP,    STAGE_EXCHANGE, STAGE_SETUP,
    STAGE_EXCHANGE,
};

static const cause_set instruments = CAUSE(1) | CAUSE(17) | CAUSE(28) | CAUSE(29) | CAUSE(30) | CAUSE(31);

static void every_cause_has_its_row(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        const struct cause_row *row = cause_row(n);
        assert_non_null(row);
        char code[8];
        snprintf(code, sizeof code, "F%02u", n);
        assert_string_equal(row->code, code);
        assert_int_equal(row->stage, expected_stages[n - 1]);
        assert_true(strlen(row->name) > 0);
        for (unsigned other = 1; other < n; other++)
            assert_string_not_equal(row->name, cause_row(other)->name);
    }
    assert_null(cause_row(0));
    assert_null(cause_row(CAUSE_COUNT + 1));
    assert_null(cause_row(UINT32_MAX));
}

static void instrument_causes_are_invalid_and_slowness_is_ok(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        enum outcome expected = n == 27                    ? OUTCOME_OK
                                : (instruments & CAUSE(n)) ? OUTCOME_INVALID
                                                           : OUTCOME_FAIL;
        assert_int_equal(cause_row(n)->outcome, expected);
        assert_int_equal(cause_outcome(CAUSE(n)), expected);
    }
}

static void a_set_is_invalid_only_if_every_candidate_is(void **state)
{
    (void)state;
    assert_int_equal(cause_outcome(0), OUTCOME_NONE);
    assert_int_equal(cause_outcome(instruments), OUTCOME_INVALID);
    for (unsigned n = 1; n <= CAUSE_COUNT; n++)
        if (!(instruments & CAUSE(n)))
            assert_int_equal(cause_outcome(instruments | CAUSE(n)), OUTCOME_FAIL);
    assert_int_equal(cause_outcome(CAUSE(10) | CAUSE(11)), OUTCOME_FAIL);
    assert_int_equal(cause_outcome(CAUSE(27) | CAUSE(31)), OUTCOME_FAIL);
    assert_int_equal(cause_outcome((cause_set)1 << 31), OUTCOME_NONE); /* no cause has this bit */
}

typedef const char *(*name_function)(unsigned);
typedef unsigned (*parse_function)(const char *, size_t);

#define WRAP(type, PREFIX)                                                                                   \
    static const char *type##_name_at(unsigned i)                                                            \
    {                                                                                                        \
        return type##_name((enum type)i);                                                                    \
    }                                                                                                        \
    static unsigned type##_index(const char *name, size_t length)                                            \
    {                                                                                                        \
        return (unsigned)type##_of_name(name, length);                                                       \
    }
DOMAIN_ENUMS(WRAP)

static void names_go_both_ways(void **state)
{
    (void)state;
#define ROW(type, PREFIX) { type##_name_at, type##_index, PREFIX##_COUNT },
    static const struct {
        name_function name;
        parse_function parse;
        unsigned count;
    } words[] = { DOMAIN_ENUMS(ROW) };
    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        for (unsigned i = 1; i < words[w].count; i++) {
            const char *name = words[w].name(i);
            assert_true(strlen(name) > 0);
            assert_int_equal(words[w].parse(name, strlen(name)), i);
            assert_int_equal(words[w].parse(name, strlen(name) - 1), 0);
            assert_int_equal(words[w].parse(name, strlen(name) + 1), 0);
        }
        assert_string_equal(words[w].name(0), "");
        assert_string_equal(words[w].name(words[w].count), "");
        assert_string_equal(words[w].name(UINT32_MAX), "");
        assert_int_equal(words[w].parse("", 0), 0);
        assert_int_equal(words[w].parse("Stranger", 8), 0);
    }
}

static void the_worse_of_two_results_is_the_one_that_counts_against_the_phone(void **state)
{
    (void)state;
    static const enum placement_result order[] = { PLACEMENT_CLEAN, PLACEMENT_ABORTED, PLACEMENT_INVALID,
                                                   PLACEMENT_DIRTY };
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            assert_int_equal(placement_worse(order[i], order[j]), order[i > j ? i : j]);
}

static void names_are_those_of_the_journal(void **state)
{
    (void)state;
    assert_string_equal(stage_name(STAGE_ROUTE), "route");
    assert_string_equal(outcome_name(OUTCOME_NOT_APPLICABLE), "not-applicable");
    assert_string_equal(depth_name(DEPTH_CCID), "ccid");
    assert_string_equal(power_mode_name(POWER_ON_UNLOCKED), "on-unlocked");
    assert_string_equal(power_mode_name(POWER_OFF), "off");
    assert_string_equal(target_name(TARGET_ESE), "ese");
    assert_int_equal(stage_of_name("check, and more", 5), STAGE_CHECK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cause_has_its_row),
        cmocka_unit_test(instrument_causes_are_invalid_and_slowness_is_ok),
        cmocka_unit_test(a_set_is_invalid_only_if_every_candidate_is),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(the_worse_of_two_results_is_the_one_that_counts_against_the_phone),
        cmocka_unit_test(names_are_those_of_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
