#include "harness/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max_bytes)
{
    memset(b, 0, sizeof *b);
    b->max = max_bytes;
}

void buf_clear(struct buf *b)
{
    b->length = 0;
    b->failed = false;
    if (b->data)
        b->data[0] = '\0';
}

void buf_cut(struct buf *b, size_t length)
{
    if (length >= b->length)
        return;
    b->length = length;
    b->data[length] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->data);
    b->data = NULL;
    b->length = b->capacity = 0;
    b->failed = false;
}

char *buf_take(struct buf *b)
{
    if (b->failed || !buf_reserve(b, 0))
        return NULL;
    char *data = b->data;
    b->data = NULL;
    b->length = b->capacity = 0;
    return data;
}

const char *buf_text(const struct buf *b)
{
    return b->data && !b->failed ? b->data : "";
}

bool buf_reserve(struct buf *b, size_t more)
{
    if (b->failed)
        return false;
    if (more > b->max || b->length > b->max - more) {
        b->failed = true;
        return false;
    }
    size_t need = b->length + more + 1;
    if (need <= b->capacity)
        return true;
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < need)
        capacity += capacity / 2 + 64;
    char *data = realloc(b->data, capacity);
    if (!data) {
        b->failed = true;
        return false;
    }
    if (!b->data)
        data[0] = '\0';
    b->data = data;
    b->capacity = capacity;
    return true;
}

void buf_insert(struct buf *b, size_t at, const void *bytes, size_t length)
{
    if (!buf_reserve(b, length) || length == 0)
        return;
    memmove(b->data + at + length, b->data + at, b->length - at + 1);
    memcpy(b->data + at, bytes, length);
    b->length += length;
}

void buf_add(struct buf *b, const void *bytes, size_t length)
{
    if (!buf_reserve(b, length) || length == 0)
        return;
    memcpy(b->data + b->length, bytes, length);
    b->length += length;
    b->data[b->length] = '\0';
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_u64(struct buf *b, uint64_t value)
{
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_add(b, digits + n, sizeof digits - n);
}

void buf_add_u16(struct buf *b, unsigned value)
{
    buf_add_char(b, (char)value);
    buf_add_char(b, (char)(value >> 8));
}

void buf_add_u32(struct buf *b, uint32_t value)
{
    buf_add_u16(b, value & 0xffff);
    buf_add_u16(b, value >> 16);
}

void buf_add_format(struct buf *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        b->failed = true;
        return;
    }
    if (!buf_reserve(b, (size_t)length))
        return;
    va_start(arguments, format);
    vsnprintf(b->data + b->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    b->length += (size_t)length;
}
