#include "harness/commands/table.h"

#include "harness/base/text.h"
#include "harness/commands/message.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct table {
    size_t columns, count, capacity;
    char **cells;
    bool failed; /* out of memory: what is kept is printed */
};

struct table *table_new(size_t columns)
{
    struct table *t = calloc(1, sizeof *t);
    if (t)
        t->columns = columns;
    return t;
}

void table_free(struct table **t)
{
    if (!*t)
        return;
    for (size_t i = 0; i < (*t)->count; i++)
        free((*t)->cells[i]);
    free((*t)->cells);
    free(*t);
    *t = NULL;
}

void table_cell(struct table *t, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (t->count == t->capacity && !t->failed) {
        size_t capacity = t->capacity ? 2 * t->capacity : 64;
        char **cells = realloc(t->cells, capacity * sizeof *cells);
        t->failed = cells == NULL;
        if (cells) {
            t->cells = cells;
            t->capacity = capacity;
        }
    }
    char *copy = t->failed ? NULL : text_copy(text);
    if (copy)
        t->cells[t->count++] = copy;
    else
        t->failed = true;
}

/* East Asian wide and fullwidth ranges, coarsely: CJK, kana, Hangul, fullwidth forms and the planes 2 and 3.
 */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x20000 && c <= 0x3ffff);
}

/* Cells on a terminal that message_safe() takes for the text. */
static size_t width(const char *text)
{
    size_t n = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
        if ((*s & 0xc0) == 0x80)
            continue;
        uint32_t c = *s;
        if (*s >= 0xf0)
            c = *s & 7u;
        else if (*s >= 0xe0)
            c = *s & 15u;
        else if (*s >= 0xc0)
            c = *s & 31u;
        for (const unsigned char *more = s + 1; *s >= 0xc0 && (*more & 0xc0) == 0x80; more++)
            c = c << 6 | (*more & 63u);
        n += c < 0x20 || c == 0x7f ? 4 : is_wide(c) ? 2 : 1;
    }
    return n;
}

void table_print(const struct table *t, FILE *to)
{
    size_t widest[TABLE_COLUMNS_MAX] = { 0 };
    for (size_t i = 0; i < t->count; i++) {
        size_t w = width(t->cells[i]);
        if (w > widest[i % t->columns])
            widest[i % t->columns] = w;
    }
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->columns;
        bool last = column + 1 == t->columns || i + 1 == t->count;
        message_safe(to, t->cells[i]);
        if (last)
            putc('\n', to);
        else
            fprintf(to, "%*s", (int)(widest[column] - width(t->cells[i]) + 2), "");
    }
}
