/* How explain prints the evidence of a cell. */
#include "harness/commands/explain_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/causes/failure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *printed(const struct diagnosis_side *recorded, const struct diagnosis_side *repeated)
{
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    const struct speech speech = { to, LANGUAGE_ENGLISH };
    explain_text(&speech, recorded, repeated);
    fclose(to);
    return text;
}

static void both_sides_stand_beside_each_other(void **state)
{
    (void)state;
    struct diagnosis_side recorded = { .title = "left" }, repeated = { .title = "right" };
    add(&recorded, CAUSE(9) | CAUSE(10), "SCARD_E_NOT_TRANSACTED", 1500, 4);
    add(&repeated, CAUSE(9), "XFR_PARITY_ERROR(FD) ICC_ACTIVE", 900, 1);
    add(&repeated, CAUSE(16), "ICC_ABSENT", 900, 2);
    diagnosis_ok(&repeated);
    char *text = printed(&recorded, &repeated);
    assert_non_null(strstr(text, "1 of 1 not ok"));
    assert_non_null(strstr(text, "2 of 3 not ok"));
    assert_non_null(strstr(text, "narrows the causes to F09"));
    assert_non_null(strstr(text, "contradicts the record"));
    assert_non_null(strstr(text, "PC/SC: candidate  CCID: candidate")); /* F09 */
    assert_non_null(strstr(text, "PC/SC: candidate  CCID: -"));         /* F10 */
    free(text);
    text = printed(&recorded, NULL);
    assert_null(strstr(text, "CCID"));
    assert_non_null(strstr(text, "1.5 ms"));
    free(text);
}

static void the_line_of_a_cell_has_each_stage_once(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    struct causes_kind kinds[] = { { .stage = STAGE_EXCHANGE },
                                   { .stage = STAGE_EXCHANGE },
                                   { .stage = STAGE_CHECK } };
    const struct causes_cell cell = { .kinds = kinds,
                                      .kind_count = 3,
                                      .narrowed = CAUSE(10) | CAUSE(11),
                                      .attribution.answer = ATTRIBUTION_HANDSET };
    assert_non_null(to);
    explain_line(&(const struct speech) { to, LANGUAGE_ENGLISH }, &cell);
    fclose(to);
    assert_string_equal(text, "  exchange, check; candidates F10, F11; card or reader: handset\n");
    free(text);
}

static void text_from_a_journal_moves_no_cursor(void **state)
{
    (void)state;
    struct diagnosis_side recorded = { .title = "left" }, repeated = { .title = "right" };
    add(&recorded, CAUSE(9), "\033[2J", 1, 1);
    add(&repeated, CAUSE(9), "\033[2J", 1, 1);
    char *text = printed(&recorded, &repeated);
    assert_null(strchr(text, '\033'));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_stand_beside_each_other),
        cmocka_unit_test(the_line_of_a_cell_has_each_stage_once),
        cmocka_unit_test(text_from_a_journal_moves_no_cursor),
    };
    return cmocka_run_group_tests_name("explain_text", tests, NULL, NULL);
}
