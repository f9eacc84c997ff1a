/* The growable buffer: what is put into it, in front of it and past its maximum. */
#include "harness/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_inserted_moves_the_rest(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 64);
    buf_insert(&b, 0, "middle", 6);
    buf_insert(&b, 0, "first ", 6);
    buf_insert(&b, b.length, " last", 5);
    buf_insert(&b, 6, "the ", 4);
    buf_insert(&b, 3, "", 0);
    assert_string_equal(b.data, "first the middle last");
    assert_int_equal(b.length, 21);
    buf_free(&b);
}

static void past_its_maximum_it_fails_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 8);
    buf_add_text(&b, "12345");
    buf_insert(&b, 0, "6789", 4);
    assert_true(b.failed);
    assert_string_equal(b.data, "12345");
    buf_insert(&b, 0, "6", 1);
    assert_string_equal(b.data, "12345");
    assert_null(buf_take(&b));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_inserted_moves_the_rest),
        cmocka_unit_test(past_its_maximum_it_fails_and_keeps_what_it_has),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
