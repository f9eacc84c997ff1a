#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

bool text_to_u64(const char *text, size_t length, uint64_t *out)
{
    uint64_t value = 0;
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}

bool text_to_double(const char *text, size_t length, double *out)
{
    char copy[64];
    bool digit = false, point = false;
    if (length == 0 || length >= sizeof copy)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            digit = true;
        else if (c == '.' && !point)
            point = true;
        else if (!(c == '-' && i == 0))
            return false;
    }
    if (!digit)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *out = strtod(copy, NULL); /* the program runs in the C numeric locale: never setlocale(LC_NUMERIC) */
    return true;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool text_to_bytes(const char *text, size_t length, uint8_t *out, size_t capacity, size_t *out_length)
{
    size_t n = 0;
    for (size_t i = 0; i < length;) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') {
            i++;
            continue;
        }
        int high = nibble(text[i]);
        int low = i + 1 < length ? nibble(text[i + 1]) : -1;
        if (high < 0 || low < 0 || n == capacity)
            return false;
        out[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *out_length = n;
    return true;
}

size_t text_hex_mistake(const char *text, size_t length, const char **what)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n')
            continue;
        *what = "is no hexadecimal digit";
        if (nibble(text[i]) < 0)
            return i + 1;
        *what = "is half of a byte, whose other digit is not behind it";
        if (i + 1 == length || text[i + 1] == ' ' || text[i + 1] == '\t' || text[i + 1] == '\n')
            return i + 1;
        *what = "is no hexadecimal digit";
        if (nibble(text[++i]) < 0)
            return i + 1;
    }
    return 0;
}

void text_add_hex(struct buf *b, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    if (length > SIZE_MAX / 2 || !buf_reserve(b, 2 * length))
        return;
    for (size_t i = 0; i < length; i++) {
        b->data[b->length++] = digits[bytes[i] >> 4];
        b->data[b->length++] = digits[bytes[i] & 15];
    }
    if (b->data)
        b->data[b->length] = '\0';
}

size_t text_character(const char *bytes, size_t length, uint32_t *code)
{
    const unsigned char *text = (const unsigned char *)bytes;
    unsigned char c = length > 0 ? text[0] : 0x80;
    size_t n = c < 0x80                 ? 1
               : c >= 0xc2 && c <= 0xdf ? 2
               : c >= 0xe0 && c <= 0xef ? 3
               : c >= 0xf0 && c <= 0xf4 ? 4
                                        : 0;
    if (n == 0 || n > length)
        return 0;
    uint32_t value = n == 1 ? c : c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3fu);
    }
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return n;
}

bool text_is_utf8(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t code;
        size_t n = text_character(text + i, length - i, &code);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

bool text_is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },       { 0xad, 0xad },       { 0x34f, 0x34f },
        { 0x61c, 0x61c },   { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
        { 0x200b, 0x200b }, { 0x200e, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
        { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
        { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
    };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return (code & 0xfffe) == 0xfffe;
}

static bool is_ideograph(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

static bool is_ideographic_selector(uint32_t c)
{
    return c >= 0xe0100 && c <= 0xe01ef;
}

bool text_is_hidden_here(uint32_t code, uint32_t *before)
{
    bool belongs = is_ideographic_selector(code) && is_ideograph(*before);
    *before = code;
    return !belongs && text_is_hidden(code);
}

void text_add_escape(struct buf *b, uint32_t code)
{
    if (code == '\t' || code == '\n' || code == '\r')
        buf_add_text(b, code == '\t' ? "\\t" : code == '\n' ? "\\n" : "\\r");
    else
        buf_add_format(b, code > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)code);
}

static bool json_needs_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x2028 || code == 0x2029 ||
           code == 0xfeff || code == 0xfffe || code == 0xffff;
}

void text_add_json(struct buf *b, const char *text, size_t length)
{
    buf_add_char(b, '"');
    size_t plain = 0; /* start of the run not yet added */
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            i++;
            continue;
        }
        uint32_t code;
        size_t n = text_character(text + i, length - i, &code);
        if (n > 1 && !json_needs_escape(code)) {
            i += n;
            continue;
        }
        buf_add(b, text + plain, i - plain);
        if (n == 0)
            buf_add_text(b, "\xef\xbf\xbd");
        else if (code == '"' || code == '\\')
            buf_add_format(b, "\\%c", (char)code);
        else if (code == '\n')
            buf_add_text(b, "\\n");
        else if (code == '\t')
            buf_add_text(b, "\\t");
        else
            buf_add_format(b, "\\u%04x", code);
        i += n ? n : 1;
        plain = i;
    }
    buf_add(b, text + plain, length - plain);
    buf_add_char(b, '"');
}

char *text_copy(const char *text)
{
    return text_copy_n(text, strlen(text));
}

char *text_copy_n(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* East Asian wide and fullwidth ranges, coarsely: CJK, kana, Hangul, fullwidth forms and the planes 2 and
 * 3. */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x20000 && c <= 0x3ffff);
}

/* Combining marks, voiced sound marks of kana and variation selectors are drawn on the character before them. */
static bool is_drawn_on_another(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || c == 0x3099 || c == 0x309a || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xfe20 && c <= 0xfe2f) || is_ideographic_selector(c);
}

/* Of the character at s, whose bytes it counts too; what text_put_safe() shows as \xNN takes four a byte. */
static size_t columns_at(const char *s, size_t *bytes, uint32_t *before)
{
    uint32_t code = 0;
    size_t length = text_character(s, strnlen(s, 4), &code);
    *bytes = length ? length : 1;
    if (text_is_hidden_here(code, before)) /* what is no character is 0, and hidden */
        return 4 * *bytes;
    return is_drawn_on_another(code) ? 0 : is_wide(code) ? 2 : 1;
}

size_t text_columns(const char *text)
{
    size_t n = 0, bytes = 0;
    uint32_t before = 0;
    for (const char *s = text; *s; s += bytes)
        n += columns_at(s, &bytes, &before);
    return n;
}

bool text_lists(const char *list, const char *item)
{
    size_t length = strlen(item);
    for (const char *at = list; at && *at; at += strspn(at, ", ")) {
        size_t name = strcspn(at, ",");
        if (name == length && strncmp(at, item, length) == 0)
            return true;
        at += name;
    }
    return false;
}

bool text_ends(const char *text, size_t capacity)
{
    return memchr(text, '\0', capacity) != NULL;
}

void text_fit(char *out, size_t capacity, const char *text)
{
    size_t length = strnlen(text, capacity);
    if (capacity == 0)
        return;
    if (length == capacity) {
        length--;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memmove(out, text, length);
    out[length] = '\0';
}

void text_shorten(char *out, size_t capacity, const char *text)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    if (strnlen(text, capacity) < capacity || capacity < sizeof ellipsis) {
        text_fit(out, capacity, text);
        return;
    }
    text_fit(out, capacity - (sizeof ellipsis - 1), text);
    memcpy(out + strlen(out), ellipsis, sizeof ellipsis);
}

void text_abridge(char *out, size_t capacity, size_t columns, const char *text)
{
    static const char ellipsis[] = "\xe2\x80\xa6"; /* takes a column */
    size_t used = 0, cut = 0, bytes = 0;
    uint32_t before = 0;
    for (size_t length = 0; text[length] && used <= columns; length += bytes) {
        used += columns_at(text + length, &bytes, &before);
        if (used < columns)
            cut = length + bytes;
    }
    if (used <= columns || cut + sizeof ellipsis > capacity) {
        text_shorten(out, capacity, text);
        return;
    }
    memcpy(out, text, cut);
    memcpy(out + cut, ellipsis, sizeof ellipsis);
}

void text_abridge_middle(char *out, size_t capacity, size_t columns, const char *text)
{
    size_t tail = columns / 2, head = columns - tail, length = strlen(text);
    if (columns == 0 || text_columns(text) <= columns) {
        text_shorten(out, capacity, text);
        return;
    }
    text_abridge(out, capacity, head, text); /* its ellipsis is the middle's */
    size_t used = strlen(out), from = 0, bytes = 0;
    uint32_t code;
    while (from < length && (text_columns(text + from) > tail || used + length - from >= capacity)) {
        bytes = text_character(text + from, length - from, &code);
        from += bytes > 0 ? bytes : 1;
    }
    text_fit(out + used, capacity - used, text + from);
}

static void add_safe(struct buf *b, const char *text, bool in_lines)
{
    uint32_t before = 0;
    for (size_t left = strlen(text); left > 0;) {
        uint32_t code = 0;
        size_t n = text_character(text, left, &code), length = n ? n : 1;
        bool unsafe = text_is_hidden_here(code, &before); /* what is no character is 0, and hidden */
        unsafe = unsafe && !(in_lines && *text == '\n');
        if (!unsafe)
            buf_add(b, text, length);
        for (size_t i = 0; unsafe && i < length; i++)
            buf_add_format(b, "\\x%02x", (unsigned)(unsigned char)text[i]);
        text += length;
        left -= length;
    }
}

void text_add_safe(struct buf *b, const char *text)
{
    add_safe(b, text, false);
}

void text_add_safe_lines(struct buf *b, const char *text)
{
    add_safe(b, text, true);
}

void text_put_safe(FILE *to, const char *text)
{
    struct buf b;
    buf_init(&b, SIZE_MAX / 2);
    text_add_safe(&b, text);
    if (b.length > 0)
        fwrite(b.data, 1, b.length, to);
    buf_free(&b);
}
