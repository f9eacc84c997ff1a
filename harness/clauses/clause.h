/* The clauses of criteria as a file states them: a row each, which reads its keys. clauses.def lists them. */
#ifndef NFC_SURVEY_CLAUSES_CLAUSE_H
#define NFC_SURVEY_CLAUSES_CLAUSE_H

#include <stdbool.h>

struct criteria;
struct field;
struct fields;

enum clause {
    CLAUSE_NONE = 0,
#define C(ID, key) CLAUSE_##ID,
#include "harness/clauses/clauses.def"
    CLAUSE_COUNT
};

struct clause_row {
    const char *key; /* in criteria.yaml and of `--what-if without:KEY` */
    /* What a criteria file may say at its top level, and the function that takes it; NULL: another clause's row does. */
    const struct field *keys;
    void (*read)(struct criteria *out, struct fields *f);
    bool (*uses)(const struct criteria *c);
    void (*clear)(struct criteria *c); /* releases what read() took; NULL: nothing */
};

extern const struct clause_row *const clause_rows[CLAUSE_COUNT]; /* NULL at CLAUSE_NONE */

const char *clause_key(enum clause clause);                        /* "" for CLAUSE_NONE and strangers */
enum clause clause_of_key(const char *key);                        /* CLAUSE_NONE for a stranger */
bool clause_is_used(const struct criteria *c, enum clause clause); /* false for CLAUSE_NONE */

#endif
