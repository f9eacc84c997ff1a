/*
 * Reads the values of a tree into C, one key a call, and lists a problem for each that is not what was
 * expected: nothing stops at the first. A key that no call asked for is unknown; fields_close() names it with
 * the nearest known one. Outputs keep their value when the key is absent or wrong.
 */
#ifndef NFC_SURVEY_SURVEY_FIELDS_H
#define NFC_SURVEY_SURVEY_FIELDS_H

#include "harness/survey/problem.h"
#include "harness/survey/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELDS_TEXT_MAX 200  /* bytes of a name, title or unit */
#define FIELDS_LONG_MAX 4000 /* bytes of a source or note */
#define FIELDS_ID_MAX   64

enum fields_need { FIELD_OPTIONAL = 0, FIELD_REQUIRED };

struct fields {
    struct problems *problems;
    const char *path;
    const struct tree_node *map;
    const char *what;      /* "a reader", for messages */
    const char *known[48]; /* keys asked for */
    size_t known_count;
};

/* A name and what it means; a table ends with a NULL name. */
struct fields_choice {
    const char *name;
    unsigned value;
};

/* False, with a problem, when the node is not a mapping. */
bool fields_open(struct fields *f, struct problems *p, const char *path, const struct tree_node *node,
                 const char *what);
void fields_close(struct fields *f); /* lists the unknown keys */

/* The node of a key; NULL when absent (a problem when required) or already refused. */
const struct tree_node *fields_find(struct fields *f, const char *key, enum fields_need need);
const struct tree_node *fields_list(struct fields *f, const char *key, enum fields_need need);
bool fields_text(struct fields *f, const char *key, enum fields_need need, char **out);
bool fields_long_text(struct fields *f, const char *key, enum fields_need need, char **out);
bool fields_id(struct fields *f, const char *key, enum fields_need need, char **out);
bool fields_unsigned(struct fields *f, const char *key, enum fields_need need, unsigned min, unsigned max,
                     unsigned *out);
bool fields_u64(struct fields *f, const char *key, enum fields_need need, uint64_t *out);
bool fields_real(struct fields *f, const char *key, enum fields_need need, double min, double max,
                 double *out);
bool fields_bool(struct fields *f, const char *key, enum fields_need need, bool *out);
bool fields_hex(struct fields *f, const char *key, enum fields_need need, size_t least, size_t most,
                uint8_t *out, size_t *out_length);
bool fields_choice(struct fields *f, const char *key, enum fields_need need,
                   const struct fields_choice *table, unsigned *out);
bool fields_power_modes(struct fields *f, const char *key, enum fields_need need, uint32_t *out); /* bits */
bool fields_id_list(struct fields *f, const char *key, enum fields_need need, char ***out, size_t *count);
/* {en: .., ja: ..} or one text for en. */
bool fields_title(struct fields *f, const char *key, enum fields_need need, char **en, char **ja);

/* The same for one node, as lists hold them. */
void node_problem(struct fields *f, const struct tree_node *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool node_text(struct fields *f, const struct tree_node *n, size_t max, char **out);
bool node_id(struct fields *f, const struct tree_node *n, char **out);
bool node_unsigned(struct fields *f, const struct tree_node *n, unsigned min, unsigned max, unsigned *out);
bool node_power_mode(struct fields *f, const struct tree_node *n, unsigned *out);
bool node_choice(struct fields *f, const struct tree_node *n, const struct fields_choice *table,
                 unsigned *out);
bool fields_is_id(const char *text);
const char *node_label(const struct tree_node *n); /* its key, or "the value" */

/* Checks `format: nfc-survey/<kind>` and `version: 1`. */
void fields_head(struct fields *f, const char *kind);

/* calloc for count items, at least one; on NULL the load is marked as out of memory. */
void *fields_array(struct fields *f, size_t count, size_t size);

#endif
