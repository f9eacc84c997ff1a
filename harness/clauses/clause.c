#include "harness/clauses/clause.h"

#include <stddef.h>
#include <string.h>

#define C(ID, key) extern const struct clause_row clause_##key;
#include "harness/clauses/clauses.def"

const struct clause_row *const clause_rows[CLAUSE_COUNT] = {
#define C(ID, key) [CLAUSE_##ID] = &clause_##key,
#include "harness/clauses/clauses.def"
};

static const struct clause_row *row(enum clause clause)
{
    return (unsigned)clause < CLAUSE_COUNT ? clause_rows[clause] : NULL;
}

const char *clause_key(enum clause clause)
{
    return row(clause) ? row(clause)->key : "";
}

enum clause clause_of_key(const char *key)
{
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (strcmp(key, clause_rows[c]->key) == 0)
            return c;
    return CLAUSE_NONE;
}

bool clause_is_used(const struct criteria *c, enum clause clause)
{
    return row(clause) && row(clause)->uses(c);
}
