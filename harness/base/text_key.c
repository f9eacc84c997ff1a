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

enum text_key_result text_key(const char *text, char out[TEXT_KEY_CAPACITY])
{
    out[0] = '\0';
    size_t length = strnlen(text, TEXT_KEY_BYTES_MAX + 1), folded_length = 0;
    if (length > TEXT_KEY_BYTES_MAX)
        return TEXT_KEY_LONG;
    if (length == 0)
        return TEXT_KEY_EMPTY;
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

bool text_key_same(const char *a, const char *b)
{
    char x[TEXT_KEY_CAPACITY], y[TEXT_KEY_CAPACITY];
    return text_key(a, x) == TEXT_KEY_MADE && text_key(b, y) == TEXT_KEY_MADE && strcmp(x, y) == 0;
}
