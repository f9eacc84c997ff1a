/* Arrays that grow, and the first item from a value on. */
#include "harness/base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

static uint64_t value_of(const void *item)
{
    return *(const uint32_t *)item;
}

static void room_is_made_by_doubling_and_keeps_the_items(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t *more = array_room(items, count, &capacity, sizeof *items, 3);
        assert_non_null(more);
        assert_true(capacity > count);
        items = more;
        items[count++] = 2 * i;
    }
    assert_int_equal(capacity, 192);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(items[i], 2 * i);
    free(items);
}

static void the_first_item_from_a_value_on_is_found(void **state)
{
    (void)state;
    static const uint32_t items[] = { 2, 4, 4, 9 };
    static const size_t expected[] = { 0, 0, 0, 1, 1, 3, 3, 3, 3, 3, 4, 4 };
    for (uint64_t least = 0; least < sizeof expected / sizeof *expected; least++)
        assert_int_equal(array_first_from(items, 4, sizeof *items, value_of, least), expected[least]);
    assert_int_equal(array_first_from(NULL, 0, sizeof *items, value_of, 5), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(room_is_made_by_doubling_and_keeps_the_items),
        cmocka_unit_test(the_first_item_from_a_value_on_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
