/* The list of problems of a load, cut at a hundred. */
#include "harness/survey/problem.h"

#include "harness/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 16 /* items are allocated by so many */

void problem_add(struct problems *p, const char *path, unsigned line, unsigned column, const char *format,
                 ...)
{
    struct survey_problems *list = p->list;
    p->found++;
    if (list->count >= PROBLEMS_MAX) {
        list->more = true;
        return;
    }
    char where[600], text[800];
    snprintf(where, sizeof where, "%s:%u:%u", path, line, column);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (list->count % STEP == 0) {
        struct survey_problem *items = realloc(list->items, (list->count + STEP) * sizeof *items);
        if (!items) {
            p->memory = true;
            return;
        }
        list->items = items;
    }
    struct survey_problem *item = &list->items[list->count];
    item->where = text_copy(where);
    item->text = text_copy(text);
    if (!item->where || !item->text) {
        free(item->where);
        free(item->text);
        p->memory = true;
        return;
    }
    list->count++;
}

const char *problem_quote(const char *text, char out[PROBLEM_QUOTE_SIZE])
{
    const size_t shown = PROBLEM_QUOTE_SIZE - 16;
    size_t length = strlen(text), n = 0;
    bool cut = length > shown;
    if (cut) {
        length = shown;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--; /* never inside a UTF-8 sequence */
    }
    out[n++] = '"';
    for (size_t i = 0; i < length; i++)
        out[n++] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    snprintf(out + n, PROBLEM_QUOTE_SIZE - n, "%s\"", cut ? "..." : "");
    return out;
}

int problem_result(const struct problems *p, const char *path, struct err *e)
{
    if (p->memory)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    if (p->found == 0)
        return 0;
    size_t kept = p->list->count;
    size_t first = p->found < kept ? kept - p->found : 0;
    if (kept == 0)
        return err_set(e, ERR_INPUT, path, "is not valid");
    const struct survey_problem *item = &p->list->items[first];
    if (p->found == 1)
        return err_set(e, ERR_INPUT, item->where, "%s", item->text);
    return err_set(e, ERR_INPUT, item->where, "%s (and %zu more problem%s)", item->text, p->found - 1,
                   p->found > 2 ? "s" : "");
}

void survey_problems_free(struct survey_problems *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        free(p->items[i].where);
        free(p->items[i].text);
    }
    free(p->items);
    memset(p, 0, sizeof *p);
}
