#include "harness/card/identifier.h"

#include <stdio.h>
#include <string.h>

bool uid_is_random(const uint8_t *uid, size_t length)
{
    return length == 4 && uid[0] == 0x08;
}

static bool is_swapped(enum identifier_kind kind)
{
    return kind == IDENTIFIER_ICCID || kind == IDENTIFIER_IMSI;
}

void identifiers_add(struct identifiers *to, const struct identifier_key *key, enum identifier_kind kind,
                     const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * IDENTIFIER_BYTES_MAX + 1];
    size_t n = 0;
    if (!key || length == 0 || length > IDENTIFIER_BYTES_MAX || to->count == IDENTIFIERS_MAX ||
        (kind == IDENTIFIER_UID && uid_is_random(bytes, length)))
        return;
    for (size_t i = 0; i < length; i++) {
        unsigned high = bytes[i] >> 4, low = bytes[i] & 15;
        text[n++] = digits[is_swapped(kind) ? low : high];
        text[n++] = digits[is_swapped(kind) ? high : low];
    }
    text[n] = '\0';
    struct identifier_hidden *one = &to->items[to->count++];
    one->kind = kind;
    identifier_value(key, identifier_kind_name(kind), text, one->value);
    explicit_bzero(text, sizeof text);
}

void identifiers_add_hidden(struct identifiers *to, const struct identifier_key *key, const uint8_t *bytes,
                            size_t length, uint64_t hidden)
{
    uint8_t own[IDENTIFIER_BYTES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < length && i < 64; i++)
        if (hidden >> i & 1)
            own[n++] = bytes[i];
    identifiers_add(to, key, IDENTIFIER_HISTORICAL, own, n);
    explicit_bzero(own, sizeof own);
}

const char *identifiers_find(const struct identifiers *of, enum identifier_kind kind)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->items[i].kind == kind)
            return of->items[i].value;
    return "";
}

/* ---- as text ---- */

/* The first of that kind, at its value; NULL: none. */
static const char *find(const char *text, enum identifier_kind kind)
{
    const char *name = identifier_kind_name(kind);
    size_t length = strlen(name);
    for (const char *at = text; *at; at += strcspn(at, " "), at += *at == ' ')
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at + length + 1;
    return NULL;
}

void identifiers_add_text(char *text, size_t capacity, const struct identifiers *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct identifier_hidden *one = &from->items[i];
        size_t length = strlen(text), room = capacity - length;
        if (find(text, one->kind))
            continue;
        int n = snprintf(text + length, room, "%s%s=%s", length ? " " : "", identifier_kind_name(one->kind),
                         one->value);
        if (n < 0 || (size_t)n >= room)
            text[length] = '\0';
    }
}

bool identifiers_text_is_valid(const char *text)
{
    while (*text) {
        size_t name = strcspn(text, "="), value = strcspn(text, " ");
        if (value != name + 1 + IDENTIFIER_VALUE_BYTES - 1 || !identifier_kind_of_name(text, name) ||
            strspn(text + name + 1, "0123456789abcdef:") < IDENTIFIER_VALUE_BYTES - 1)
            return false;
        text += value;
        if (*text == ' ' && !*++text)
            return false;
    }
    return true;
}

void identifiers_text_find(const char *text, enum identifier_kind kind, char out[IDENTIFIER_VALUE_BYTES])
{
    const char *at = find(text, kind);
    snprintf(out, IDENTIFIER_VALUE_BYTES, "%.*s", at ? (int)strcspn(at, " ") : 0, at ? at : "");
}
