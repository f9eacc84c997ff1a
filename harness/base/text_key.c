#include "harness/base/text_key.h"

#include "harness/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/* Also what has no category of its own: fillers of Hangul, variation selectors without their character. */
static bool is_invisible(uint32_t c, uint32_t *before)
{
    return text_is_hidden_here(c, before) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_C);
}

static bool is_dash(uint32_t c, bool after_ascii)
{
    return uc_is_general_category(c, UC_DASH_PUNCTUATION) || c == 0x2212 || (c == 0x30fc && after_ascii);
}

static enum text_key_result add_characters(const char *folded, size_t length, char *out)
{
    size_t used = 0;
    uint32_t before = 0;
    for (size_t i = 0, n; i < length; i += n) {
        uint32_t c = 0;
        n = text_character(folded + i, length - i, &c);
        if (uc_is_property_white_space(c))
            continue;
        if (is_invisible(c, &before))
            return TEXT_KEY_INVISIBLE;
        bool dash = is_dash(c, used > 0 && (unsigned char)out[used - 1] < 0x80);
        size_t more = dash ? 1 : n;
        if (used + more >= TEXT_KEY_CAPACITY)
            return TEXT_KEY_LONG;
        memcpy(out + used, dash ? "-" : folded + i, more);
        used += more;
    }
    out[used] = '\0';
    return used > 0 ? TEXT_KEY_MADE : TEXT_KEY_EMPTY;
}

/* Most texts are plain: a hundredth of what Unicode takes. False for others, and where nothing is left. */
static bool add_plain(const char *text, char *out)
{
    size_t used = 0;
    for (const char *c = text; *c; c++) {
        if (*c < 0x20 || *c > 0x7e)
            return false;
        if (*c != ' ')
            out[used++] = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    }
    out[used] = '\0';
    return used > 0;
}

enum text_key_result text_key(const char *text, char out[TEXT_KEY_CAPACITY])
{
    out[0] = '\0';
    size_t length = strnlen(text, TEXT_KEY_BYTES_MAX + 1), folded_length = 0;
    if (length > TEXT_KEY_BYTES_MAX)
        return TEXT_KEY_LONG;
    if (length == 0)
        return TEXT_KEY_EMPTY;
    if (add_plain(text, out))
        return TEXT_KEY_MADE;
    out[0] = '\0';
    if (!text_is_utf8(text, length))
        return TEXT_KEY_NO_UTF8;
    /* No language: a Turkish bench must not make other keys. */
    uint8_t *folded = u8_casefold((const uint8_t *)text, length, NULL, UNINORM_NFKC, NULL, &folded_length);
    if (!folded)
        return TEXT_KEY_NO_MEMORY;
    enum text_key_result result = add_characters((const char *)folded, folded_length, out);
    free(folded);
    if (result != TEXT_KEY_MADE)
        out[0] = '\0';
    return result;
}

char *text_key_copy(const char *text)
{
    char key[TEXT_KEY_CAPACITY];
    return text_key(text, key) == TEXT_KEY_NO_MEMORY ? NULL : text_copy(key);
}

bool text_key_same(const char *a, const char *b)
{
    char x[TEXT_KEY_CAPACITY], y[TEXT_KEY_CAPACITY];
    return text_key(a, x) == TEXT_KEY_MADE && text_key(b, y) == TEXT_KEY_MADE && strcmp(x, y) == 0;
}

size_t text_trim(const char *text, size_t *length)
{
    size_t first = SIZE_MAX, behind = 0;
    for (size_t i = 0, n; i < *length; i += n) {
        uint32_t c = 0;
        n = text_character(text + i, *length - i, &c);
        n = n > 0 ? n : 1;
        if (uc_is_property_white_space(c))
            continue;
        first = first < i ? first : i;
        behind = i + n;
    }
    first = behind > 0 ? first : 0;
    *length = behind - first;
    return first;
}

char *text_narrow(const char *text)
{
    struct buf b;
    size_t length = 0;
    if (!*text)
        return text_copy("");
    uint8_t *wide = u8_normalize(UNINORM_NFKC, (const uint8_t *)text, strlen(text), NULL, &length);
    if (!wide)
        return NULL;
    size_t start = text_trim((const char *)wide, &length);
    const char *from = (const char *)wide + start;
    buf_init(&b, SIZE_MAX / 2);
    buf_reserve(&b, length);
    for (size_t i = 0, n; i < length; i += n) {
        uint32_t c = 0;
        n = text_character(from + i, length - i, &c);
        if (!uc_is_property_white_space(c))
            buf_add(&b, from + i, n);
        else if (b.length > 0 && b.data[b.length - 1] != ' ')
            buf_add_char(&b, ' ');
    }
    free(wide);
    return buf_take(&b);
}

bool text_is_letter(uint32_t code)
{
    return uc_is_general_category_withtable(code,
                                            UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M);
}

uint32_t text_find_invisible(const char *text, unsigned *column)
{
    size_t length = strlen(text);
    uint32_t before = 0, c = 0;
    *column = 1;
    for (size_t i = 0, n; i < length; i += n, ++*column) {
        n = text_character(text + i, length - i, &c);
        if (n == 0)
            return 0; /* not UTF-8 is said elsewhere */
        if (is_invisible(c, &before))
            return c;
    }
    return 0;
}
