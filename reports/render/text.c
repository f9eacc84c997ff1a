#include "reports/render/text.h"

#include "harness/base/text.h"

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

void table_print(const struct table *t, FILE *to)
{
    size_t widest[TABLE_COLUMNS_MAX] = { 0 };
    for (size_t i = 0; i < t->count; i++) {
        size_t w = text_columns(t->cells[i]);
        if (w > widest[i % t->columns])
            widest[i % t->columns] = w;
    }
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->columns;
        bool last = column + 1 == t->columns || i + 1 == t->count;
        text_put_safe(to, t->cells[i]);
        if (last)
            putc('\n', to);
        else
            fprintf(to, "%*s", (int)(widest[column] - text_columns(t->cells[i]) + 2), "");
    }
}
