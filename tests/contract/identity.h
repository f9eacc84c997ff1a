/* The identifier that a target was known by, which a driver's caller sees as its value alone. */
#ifndef NFC_SURVEY_TESTS_CONTRACT_IDENTITY_H
#define NFC_SURVEY_TESTS_CONTRACT_IDENTITY_H

#include "drivers/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static inline const struct identifier_key *published_key(void)
{
    static struct identifier_key key;
    identifier_key_published(&key);
    return &key;
}

/* Of a reader that was opened with that key. */
static inline void expect_uid(const struct driver_target *t, const uint8_t *uid, size_t length)
{
    static const uint8_t nothing[sizeof t->uid];
    struct identifiers own = { 0 };
    identifiers_add(&own, published_key(), IDENTIFIER_UID, uid, length);
    assert_int_equal(t->uid_length, length);
    assert_string_equal(identifiers_find(&t->identifiers, IDENTIFIER_UID), own.items[0].value);
    assert_memory_equal(t->uid, nothing, sizeof nothing);
}

#endif
