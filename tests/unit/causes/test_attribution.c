/*
 * Card or reader on matrices made by hand: a row a handset, a column a reader; + compatible, - incompatible,
 * ? undecided, x excluded. What is expected was read off them by eye.
 */
#include "harness/causes/attribution.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum verdict verdict_of_sign(char sign)
{
    return sign == '+'   ? VERDICT_COMPATIBLE
           : sign == '-' ? VERDICT_INCOMPATIBLE
           : sign == '?' ? VERDICT_UNDECIDED
                         : VERDICT_EXCLUDED;
}

/* rows are separated by blanks; transposed: read columns as rows. */
static struct attribution ask(const char *rows, size_t handset, size_t reader, bool transposed)
{
    size_t readers = strcspn(rows, " "), handsets = (strlen(rows) + 1) / (readers + 1);
    struct attribution_slice s;
    struct attribution out;
    struct err e;
    assert_int_equal(
        attribution_slice_init(&s, transposed ? readers : handsets, transposed ? handsets : readers, &e), 0);
    for (size_t h = 0; h < handsets; h++)
        for (size_t r = 0; r < readers; r++)
            s.verdicts[transposed ? r * handsets + h : h * readers + r] =
                verdict_of_sign(rows[h * (readers + 1) + r]);
    attribution_slice_sum(&s);
    attribution_of(&s, transposed ? reader : handset, transposed ? handset : reader, &out);
    attribution_slice_free(&s);
    return out;
}

static const struct {
    const char *rows;
    size_t handset, reader;
    enum attribution_answer answer;
} matrices[] = {
    { "--- +++ +++", 0, 0, ATTRIBUTION_HANDSET },     /* it fails everywhere, the others nowhere */
    { "-++ -++ -++", 0, 0, ATTRIBUTION_READER },      /* every handset fails there and nowhere else */
    { "-++ +++ +++", 0, 0, ATTRIBUTION_COMBINATION }, /* the one bad cell */
    { "-+ ++", 0, 0, ATTRIBUTION_COMBINATION },       /* one that passes clears each side */
    { "--- --- ---", 0, 0, ATTRIBUTION_OPEN },        /* nothing passes: nothing to compare with */
    { "-? ??", 0, 0, ATTRIBUTION_OPEN },              /* no verdict around it */
    { "-xx xxx xxx", 0, 0, ATTRIBUTION_OPEN },        /* nothing was run around it */
    { "x-- +++ +++", 0, 0, ATTRIBUTION_NOT_PURSUED }, /* it has no verdict, and gets none */
    { "+-- +++ +++", 0, 0, ATTRIBUTION_NONE },        /* it is compatible: there is nothing to explain */
    { "-- ++", 0, 0, ATTRIBUTION_OPEN },              /* one other reader alone blames nobody */
    { "-+ -+", 0, 0, ATTRIBUTION_OPEN },              /* one other handset alone neither */
    { "--- ++- ++-", 0, 2, ATTRIBUTION_OPEN },        /* bad handset on a bad reader: either explains it */
    { "--- --- +++", 0, 0, ATTRIBUTION_HANDSET }, /* the second bad handset says nothing about the reader */
    { "---- -+++ ++++", 0, 0,
      ATTRIBUTION_HANDSET }, /* half of the able handsets fail here: not the reader yet */
    { "-++ -++ -++ +++", 0, 0, ATTRIBUTION_READER },     /* most, not all */
    { "--+? +++? ++++", 0, 0, ATTRIBUTION_OPEN },        /* one fails, one passes: a tie */
    { "--++ ++++ ++++", 0, 0, ATTRIBUTION_COMBINATION }, /* passes on most */
    { "?++ +++ +++", 0, 0, ATTRIBUTION_OPEN },           /* the cell itself is undecided */
    { "+++ +++ +++", 0, 0, ATTRIBUTION_NONE },
    { "x++ +++ +++", 0, 0, ATTRIBUTION_NOT_PURSUED },
};

static void answers_as_one_reads_the_matrix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        struct attribution x = ask(matrices[i].rows, matrices[i].handset, matrices[i].reader, false);
        if (x.answer != matrices[i].answer)
            fail_msg("%s: '%s', not '%s'", matrices[i].rows, attribution_name(x.answer),
                     attribution_name(matrices[i].answer));
        assert_true(x.why != SAID_WORDS);
    }
}

static enum attribution_answer swapped(enum attribution_answer answer)
{
    return answer == ATTRIBUTION_HANDSET  ? ATTRIBUTION_READER
           : answer == ATTRIBUTION_READER ? ATTRIBUTION_HANDSET
                                          : answer;
}

static void transposing_swaps_handset_and_reader(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        struct attribution x = ask(matrices[i].rows, matrices[i].handset, matrices[i].reader, false);
        struct attribution y = ask(matrices[i].rows, matrices[i].handset, matrices[i].reader, true);
        assert_int_equal(y.answer, swapped(x.answer));
        assert_memory_equal(&y.readers, &x.handsets, sizeof x.readers);
        assert_memory_equal(&y.handsets, &x.readers, sizeof x.readers);
    }
    /* every 3 x 3 matrix of verdicts about a failing cell */
    for (unsigned code = 0; code < 6561; code++) {
        char rows[12] = "-++ +++ +++";
        static const unsigned at[] = { 1, 2, 4, 5, 6, 8, 9, 10 };
        for (unsigned i = 0, rest = code; i < 8; i++, rest /= 3)
            rows[at[i]] = "+-?"[rest % 3];
        assert_int_equal(ask(rows, 0, 0, true).answer, swapped(ask(rows, 0, 0, false).answer));
    }
}

static void counts_are_those_it_rests_on(void **state)
{
    (void)state;
    /* handset 0 on the others: -, -, ?, +; reader 0 with the others: +, -, ? and one that works nowhere */
    struct attribution x = ask("---?+ +++++ -++++ ?++++ -----", 0, 0, false);
    assert_int_equal(x.readers.fails, 2);
    assert_int_equal(x.readers.passes, 1);
    assert_int_equal(x.readers.undecided, 1);
    assert_int_equal(x.readers.unproven, 0);
    assert_int_equal(x.handsets.fails, 1);
    assert_int_equal(x.handsets.passes, 1);
    assert_int_equal(x.handsets.undecided, 1);
    assert_int_equal(x.handsets.unproven, 1);
    assert_int_equal(x.answer, ATTRIBUTION_HANDSET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_as_one_reads_the_matrix),
        cmocka_unit_test(transposing_swaps_handset_and_reader),
        cmocka_unit_test(counts_are_those_it_rests_on),
    };
    return cmocka_run_group_tests_name("crossed", tests, NULL, NULL);
}
