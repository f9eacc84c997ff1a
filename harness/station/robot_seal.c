#include "harness/station/robot_seal.h"

#include "harness/base/buf.h"
#include "harness/base/digest.h"

#include <stdio.h>
#include <string.h>

void robot_seal(const struct survey *s, char out[IDENTIFIER_VALUE_BYTES])
{
    struct identifier_key key;
    struct err e;
    struct buf b;
    char digest[65];
    out[0] = '\0';
    if (s->hands != HANDS_COMMAND || identifier_key_load(&key, &e) != 0)
        return;
    buf_init(&b, 1 << 20);
    buf_add(&b, s->hands_argument,
            strlen(s->hands_argument) + 1); /* its end too: it cannot run on into the folder */
    buf_add_text(&b, s->directory ? s->directory : "");
    digest_bytes(b.data, b.failed ? 0 : b.length, digest);
    if (!b.failed && digest[0])
        identifier_value(&key, "hands command", digest, out);
    buf_free(&b);
    explicit_bzero(&key, sizeof key);
}

bool robot_is_ours(const struct survey *s)
{
    char own[IDENTIFIER_VALUE_BYTES];
    if (s->hands != HANDS_COMMAND)
        return true;
    robot_seal(s, own);
    return own[0] && strcmp(own, s->hands_seal) == 0;
}
