#include "harness/base/place.h"

#include <string.h>

bool place_find(const char *template, struct place *out)
{
    const char *brace = strchr(template, '{');
    if (!brace)
        return false;
    *out = (struct place) { .index = (unsigned)(brace[1] - '0'), .at = brace };
    const char *end = brace + strlen("{0");
    if (*end == ':') {
        out->one = end + 1;
        out->one_bytes = strcspn(out->one, ":");
        out->many = out->one + out->one_bytes + 1;
        out->many_bytes = strcspn(out->many, "}");
        end = out->many + out->many_bytes;
    }
    out->behind = end + 1;
    return true;
}

const char *place_form(const struct place *p, const char *argument, size_t *bytes)
{
    bool one = strcmp(argument, "1") == 0;
    *bytes = one ? p->one_bytes : p->many_bytes;
    return one ? p->one : p->many;
}
