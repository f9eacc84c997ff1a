#include "reports/tables/dictionary.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *key, *meaning;
} rows[] = {
#define M(key, meaning) { key, meaning },
#include "reports/tables/dictionary.def"
#undef M
};

#define ROWS (sizeof rows / sizeof *rows)

static const char *find_row(const char *table, const char *key)
{
    char whole[128];
    snprintf(whole, sizeof whole, "%s%s%s", table ? table : "", table ? "." : "", key);
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].key, whole) == 0)
            return rows[i].meaning;
    return NULL;
}

/* Whether the key is the column's id, and not of its axis or a part of its value. */
static bool is_own(const struct column *c, const char *key)
{
    if (c->axis || !c->id)
        return false;
    size_t id = strlen(c->id), length = strlen(key);
    return id >= length && strcmp(c->id + id - length, key) == 0;
}

const char *dictionary_meaning(const struct table *t, const struct column *c, const char *key)
{
    const char *id = is_own(c, key) ? c->id : key;
    const char *found = t->id ? find_row(t->id, id) : NULL;
    if (!found && c->axis)
        found = t->id ? find_row(t->id, "*") : c->id ? find_row(NULL, c->id) : NULL;
    if (!found)
        found = find_row(NULL, id);
    if (!found && t->id)
        found = find_row(t->id, key);
    if (!found)
        found = find_row(NULL, key);
    return found ? found : "";
}
