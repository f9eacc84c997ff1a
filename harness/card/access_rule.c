#include "harness/card/access_rule.h"

#include <string.h>

static size_t add(uint8_t *out, size_t at, uint8_t tag, const uint8_t *value, size_t length)
{
    out[at++] = tag;
    out[at++] = (uint8_t)length;
    if (length > 0)
        memcpy(out + at, value, length);
    return at + length;
}

size_t access_rule_encode(const struct access_rule *r, uint8_t out[ACCESS_RULE_MOST])
{
    uint8_t reference[64], access[8 + 8 * ACCESS_RULE_FILTERS], filters[8 * ACCESS_RULE_FILTERS];
    size_t n = add(reference, 0, 0x4f, r->aid, r->aid_length), m = 0;
    n = add(reference, n, 0xc1, r->app, r->app_length);
    for (size_t i = 0; i < r->filter_count; i++) {
        memcpy(filters + 8 * i, r->filters[i].header, 4);
        memcpy(filters + 8 * i + 4, r->filters[i].mask, 4);
    }
    const uint8_t always = 0x01, never = 0x00;
    if (r->filter_count > 0)
        m = add(access, m, 0xd0, filters, 8 * r->filter_count);
    else if (r->apdu != ACCESS_UNSAID)
        m = add(access, m, 0xd0, r->apdu == ACCESS_ALWAYS ? &always : &never, 1);
    if (r->event != ACCESS_UNSAID)
        m = add(access, m, 0xd1, r->event == ACCESS_ALWAYS ? &always : &never, 1);
    size_t length = 2 + n + 2 + m, at = 0;
    out[at++] = 0xe2;
    if (length > 0x7f)
        out[at++] = 0x81;
    out[at++] = (uint8_t)length;
    at = add(out, at, 0xe1, reference, n);
    return add(out, at, 0xe3, access, m);
}
