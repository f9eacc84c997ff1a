/* The reader's memory for one line. Nothing is freed alone; the next line takes the place of the last. */
#include "harness/journal/line.h"

#include <stdlib.h>

#define ALIGNMENT 16u

/*
 * A text is never longer than twice its form in the line (YAML's \L is two bytes for three), and the shortest
 * form of a list's element, 15 bytes for 48, needs less than four times its own.
 */
#define TEXT_SHARE  3u
#define ITEMS_SHARE 4u
#define SAID_MOST   24u /* SAID fields of a record, twice: a sentence and its code */

bool arena_reset(struct arena *a, size_t line_length)
{
    size_t texts = (TEXT_SHARE * line_length + 256) / ALIGNMENT * ALIGNMENT;
    size_t need = texts + ITEMS_SHARE * line_length + 256 + SAID_MOST * sizeof(struct said);
    if (need > a->capacity) {
        free(a->memory);
        a->capacity = 0;
        a->memory = malloc(need + need / 2);
        if (!a->memory)
            return false;
        a->capacity = need + need / 2;
    }
    a->text = a->memory;
    a->text_end = a->items = a->memory + texts;
    a->items_end = a->memory + a->capacity;
    a->said_count = 0;
    return true;
}

void arena_free(struct arena *a)
{
    free(a->memory);
    memset(a, 0, sizeof *a);
}

char *arena_text(struct arena *a, size_t length)
{
    if (length >= (size_t)(a->text_end - a->text))
        return NULL;
    char *text = a->text;
    text[length] = '\0';
    a->text += length + 1;
    return text;
}

void *arena_item(struct arena *a, size_t size)
{
    if (size > (size_t)(a->items_end - a->items))
        return NULL;
    char *item = a->items;
    a->items += size;
    return item;
}

void *arena_list(struct arena *a)
{
    size_t used = (size_t)(a->items - a->memory);
    size_t padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
    if (padding > (size_t)(a->items_end - a->items))
        return NULL;
    a->items += padding;
    return a->items;
}

struct said *arena_said(struct arena *a)
{
    a->said_count++;
    return arena_list(a) ? arena_item(a, sizeof(struct said)) : NULL;
}
