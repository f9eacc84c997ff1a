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

const char *dictionary_meaning(const struct table *t, const struct column *c, const char *key)
{
    const char *id = c->axis || !c->id ? key : c->id;
    const char *found = t->id ? find_row(t->id, id) : NULL;
    if (!found && t->id && c->axis)
        found = find_row(t->id, "*");
    if (!found)
        found = find_row(NULL, id);
    if (!found && t->id)
        found = find_row(t->id, key);
    if (!found)
        found = find_row(NULL, key);
    return found ? found : "";
}

const char *dictionary_key(size_t i)
{
    return i < ROWS ? rows[i].key : NULL;
}
