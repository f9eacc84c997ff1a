/* What status words say, and which causes share them. */
#include "harness/domain/status_word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_status_word_has_words(void **state)
{
    (void)state;
    assert_string_equal(status_word_text(0x6A82), "file or application not found");
    assert_string_equal(status_word_text(0x63C0), "no tries left");
    assert_string_equal(status_word_text(0x63C2), status_word_text(0x63C1));
    assert_string_equal(status_word_text(0x6C10), status_word_text(0x6CFF));
    assert_string_equal(status_word_text(0x6110), status_word_text(0x61FF));
    assert_string_not_equal(status_word_text(0x6282), status_word_text(0x6290));
    assert_string_equal(status_word_text(0x1234), "not known to ISO/IEC 7816-4");
    assert_string_equal(status_word_text(0x9001), status_word_text(0x1234));
    for (uint32_t sw = 0; sw <= 0xFFFF; sw++)
        assert_true(strlen(status_word_text((uint16_t)sw)) > 0);
}

/* A row behind one that matches all of it would never be found. */
static void every_row_is_reached(void **state)
{
    (void)state;
    const struct status_word *row;
    for (size_t i = 0; (row = status_word_row(i)); i++) {
        bool reached = false;
        for (uint32_t sw = 0; sw <= 0xFFFF && !reached; sw++)
            reached = (sw & row->mask) == row->value && status_word_text((uint16_t)sw) == row->text;
        if (!reached)
            fail_msg("%04X/%04X is never reached", row->value, row->mask);
    }
}

#define SELECTS  .place = AT_SELECT_APPLICATION
#define FILE_OF  .place = AT_SELECT_FILE
#define READS    .place = AT_READ
#define READS_ON .place = AT_READ_ON
#define OTHERS   .place = AT_OTHER

static void shared_status_words_give_sets_of_causes(void **state)
{
    (void)state;
    static const struct {
        uint16_t sw;
        struct status_word_asked asked;
        cause_set causes;
    } cases[] = {
        { 0x9000, { SELECTS }, 0 },
        { 0x6A82, { SELECTS }, CAUSE(18) | CAUSE(21) },
        { 0x6A82, { FILE_OF }, CAUSE(18) | CAUSE(23) | CAUSE(25) },
        { 0x6D00, { SELECTS }, CAUSE(18) | CAUSE(23) },
        { 0x6986, { READS_ON }, CAUSE(16) | CAUSE(17) | CAUSE(19) | CAUSE(26) },
        { 0x6986, { READS }, CAUSE(16) | CAUSE(17) | CAUSE(19) | CAUSE(23) | CAUSE(26) },
        { 0x6985, { SELECTS }, CAUSE(20) | CAUSE(21) },
        { 0x6985, { READS }, CAUSE(16) | CAUSE(17) | CAUSE(21) },
        { 0x6982, { READS_ON }, CAUSE(16) | CAUSE(17) | CAUSE(22) },
        { 0x6F00, { SELECTS, .first = true }, CAUSE(19) | CAUSE(23) | CAUSE(24) },
        { 0x6F00, { SELECTS }, CAUSE(19) | CAUSE(23) },
        { 0x6F00, { READS_ON, .first = true }, CAUSE(19) | CAUSE(23) | CAUSE(26) },
        { 0x6110, { SELECTS }, CAUSE(13) | CAUSE(23) },
        { 0x6100, { READS, .long_le = true }, CAUSE(13) | CAUSE(14) | CAUSE(23) },
        { 0x6100,
          { READS, .long_le = true, .extended = true },
          CAUSE(13) | CAUSE(14) | CAUSE(15) | CAUSE(23) },
        { 0x6700, { READS }, CAUSE(23) | CAUSE(25) },
        { 0x6700,
          { READS, .long_le = true, .extended = true },
          CAUSE(14) | CAUSE(15) | CAUSE(23) | CAUSE(25) },
        { 0x6400, { OTHERS, .empty = true }, CAUSE(19) | CAUSE(23) | CAUSE(29) },
        { 0x6400, { OTHERS }, CAUSE(19) | CAUSE(23) },
        { 0x63C2, { OTHERS }, CAUSE(22) | CAUSE(25) },
        { 0x6988, { OTHERS }, CAUSE(16) | CAUSE(17) | CAUSE(23) },
        { 0x1234, { SELECTS }, CAUSE(18) | CAUSE(23) },
        { 0x0000, { OTHERS }, CAUSE(12) | CAUSE(13) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cause_set causes = status_word_causes(cases[i].sw, &cases[i].asked);
        if (causes != cases[i].causes)
            fail_msg("row %zu, SW %04X: %08x, not %08x", i, cases[i].sw, causes, cases[i].causes);
    }
}

static struct status_word_asked asked_by(unsigned flags)
{
    return (struct status_word_asked) { .place = (enum status_word_place)(flags >> 4),
                                        .first = flags & 1,
                                        .empty = flags & 2,
                                        .long_le = flags & 4,
                                        .extended = flags & 8 };
}

static void a_bad_status_word_counts_as_failure_and_is_never_one_guess(void **state)
{
    (void)state;
    for (uint32_t sw = 0; sw <= 0xFFFF; sw++)
        for (unsigned flags = 0; flags < STATUS_WORD_PLACES << 4; flags++) {
            struct status_word_asked asked = asked_by(flags);
            cause_set causes = status_word_causes((uint16_t)sw, &asked);
            assert_int_equal(cause_outcome(causes), sw == 0x9000 ? OUTCOME_NONE : OUTCOME_FAIL);
            if (sw != 0x9000 && (causes & (causes - 1)) == 0)
                fail_msg("SW %04X at %u has one cause", sw, flags >> 4);
        }
}

static void what_another_command_would_add_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(status_word_conditional(0x6700), CAUSE(14) | CAUSE(15));
    assert_int_equal(status_word_conditional(0x6F00), CAUSE(24));
    assert_int_equal(status_word_conditional(0x6400), CAUSE(29));
    assert_int_equal(status_word_conditional(0x6A82), 0);
}

static void four_upper_case_digits_are_a_status_word(void **state)
{
    (void)state;
    uint16_t sw = 0;
    assert_true(status_word_of_text("6A82", &sw));
    assert_int_equal(sw, 0x6A82);
    static const char *const others[] = { "", "6A8", "6A821", "6a82", "6A8G", "SCARD_E_TIMEOUT" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(status_word_of_text(others[i], &sw));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_word_has_words),
        cmocka_unit_test(every_row_is_reached),
        cmocka_unit_test(shared_status_words_give_sets_of_causes),
        cmocka_unit_test(a_bad_status_word_counts_as_failure_and_is_never_one_guess),
        cmocka_unit_test(what_another_command_would_add_is_told_apart),
        cmocka_unit_test(four_upper_case_digits_are_a_status_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
