#include "reports/render/text.h"

#include "harness/base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct text_rows {
    size_t columns, count, capacity;
    size_t *widest; /* of each column */
    char **cells;
    bool failed; /* out of memory: what is kept is printed */
};

struct text_rows *table_new(size_t columns)
{
    struct text_rows *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->columns = columns;
    t->widest = calloc(columns, sizeof *t->widest);
    if (!t->widest)
        table_free(&t);
    return t;
}

void table_free(struct text_rows **t)
{
    if (!*t)
        return;
    for (size_t i = 0; i < (*t)->count; i++)
        free((*t)->cells[i]);
    free((*t)->cells);
    free((*t)->widest);
    free(*t);
    *t = NULL;
}

static bool has_room(struct text_rows *t)
{
    if (t->count < t->capacity)
        return true;
    size_t capacity = t->capacity ? 2 * t->capacity : 64;
    char **cells = realloc(t->cells, capacity * sizeof *cells);
    if (!cells)
        return false;
    t->cells = cells;
    t->capacity = capacity;
    return true;
}

void table_cell(struct text_rows *t, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    t->failed = t->failed || !text || !has_room(t);
    if (t->failed) {
        free(text);
        return;
    }
    size_t width = text_columns(text), *widest = &t->widest[t->count % t->columns];
    *widest = width > *widest ? width : *widest;
    t->cells[t->count++] = text;
}

void table_print(const struct text_rows *t, FILE *to)
{
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->columns;
        bool last = column + 1 == t->columns || i + 1 == t->count;
        text_put_safe(to, t->cells[i]);
        if (last)
            putc('\n', to);
        else
            fprintf(to, "%*s", (int)(t->widest[column] - text_columns(t->cells[i]) + 2), "");
    }
}
