/*
 * What a file of ours may say is in tables: a row a key, with what its value may be, in which bounds, and what it means. The
 * schemas (field_schema.h) are made from the same rows. The readers below take one key a call into C, and list a problem for
 * each that is not as its row has it: nothing stops at the first. A key without a row is unknown; fields_close() names it with
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

#define FIELD_ID_PATTERN "^[a-z0-9][a-z0-9.-]*$"

enum fields_need { FIELD_OPTIONAL = 0, FIELD_REQUIRED };

enum field_form {
    FIELD_NONE = 0, /* of a table: its end */
    FIELD_FORMAT,   /* nfc-survey/<pattern>, as the first key of a file */
    FIELD_VERSION,  /* 1 */
    FIELD_TEXT,     /* one line of at most `most` bytes; 0: FIELDS_TEXT_MAX */
    FIELD_PATTERN,  /* text, of which the schema knows the form; whoever reads it checks it */
    FIELD_ID,
    FIELD_UNSIGNED, /* least to most */
    FIELD_U64,
    FIELD_REAL, /* least to most */
    FIELD_BOOL,
    FIELD_HEX, /* least to most bytes, at most 64 */
    FIELD_CHOICE,
    FIELD_POWER_MODE,
    FIELD_LIST,  /* least to most of `of` */
    FIELD_NAMED, /* a mapping of any names to `of`, least to most of them */
    FIELD_MAP,
};

/* A name and what it means; a table ends with a NULL name. */
struct fields_choice {
    const char *name;
    unsigned value;
};

/* A key of a mapping, or an item of a list. A table of keys ends with one without a form. */
struct field {
    const char *key;
    enum fields_need need;
    enum field_form form;
    const char *meaning;
    double least, most; /* most 0: no bound of a list's or mapping's length */
    const struct fields_choice *choices;
    const char *pattern;
    const struct field *of;
    const struct field_map *map;
    const struct field * or ; /* it may be this instead */
};

struct field_map {
    const char *what; /* "a reader", for messages */
    const struct field *keys;
    const struct field *(*part)(size_t i); /* further tables of keys, in order, then NULL; NULL: none */
    const char *rules; /* of JSON Schema: what its keys ask of each other; NULL: nothing */
};

#define FIELD_HEAD(kind)                                                                                     \
    { "format", FIELD_REQUIRED, FIELD_FORMAT, "what this file is", .pattern = kind },                        \
    {                                                                                                        \
        "version", FIELD_REQUIRED, FIELD_VERSION, "of the format"                                            \
    }
/* One text for English, or {en, ja}. */
#define FIELD_TITLE(key, need, meaning)                                                                      \
    {                                                                                                        \
        key, need, FIELD_TEXT, meaning, .or = &field_title                                                   \
    }
#define FIELD_WORDS(key, need, meaning)                                                                      \
    {                                                                                                        \
        key, need, FIELD_TEXT, meaning, .most = FIELDS_LONG_MAX, .or = &field_words                          \
    }
#define FIELD_POWER_MODES(key, need, meaning)                                                                \
    {                                                                                                        \
        key, need, FIELD_LIST, meaning, .of = &field_power_mode, .least = 1                                  \
    }
extern const struct field field_title, field_words, field_power_mode;

struct fields {
    struct problems *problems;
    const char *path;
    const struct tree_node *map;
    const struct field_map *spec;
};

/* False, with a problem, when the node is not a mapping. */
bool fields_open(struct fields *f, struct problems *p, const char *path, const struct tree_node *node,
                 const struct field_map *spec);
/* The same of a key's value, which its row says is a mapping; false, too, when it is absent. */
bool fields_map(struct fields *up, const char *key, struct fields *f);
/* The same of an item of the list, or a value of the mapping of names, that is under this key. */
bool fields_item(struct fields *up, const char *key, const struct tree_node *item, struct fields *f);
void fields_close(struct fields *f); /* lists the unknown keys */

/* A mapping's i-th key, its parts counted; NULL behind the last. */
const struct field *field_at(const struct field_map *map, size_t i);

/* The node of a key; NULL when absent (a problem when required) or already refused. */
const struct tree_node *fields_find(struct fields *f, const char *key);
/* A problem when a key is absent that others ask for. */
void fields_ask_for(struct fields *f, const char *key);
/* Of a list or a mapping of names, with a problem when it has more or fewer items than its row allows. */
const struct tree_node *fields_list(struct fields *f, const char *key);
const struct tree_node *fields_named(struct fields *f, const char *key);
bool fields_text(struct fields *f, const char *key, char **out);
bool fields_id(struct fields *f, const char *key, char **out);
bool fields_unsigned(struct fields *f, const char *key, unsigned *out);
bool fields_u64(struct fields *f, const char *key, uint64_t *out);
bool fields_real(struct fields *f, const char *key, double *out);
bool fields_bool(struct fields *f, const char *key, bool *out);
bool fields_hex(struct fields *f, const char *key, uint8_t *out, size_t *out_length);
bool fields_choice(struct fields *f, const char *key, unsigned *out);
/* An item of the list under this key. */
bool fields_item_choice(struct fields *f, const char *key, const struct tree_node *item, unsigned *out);
bool fields_power_modes(struct fields *f, const char *key, uint32_t *out); /* bits */
bool fields_id_list(struct fields *f, const char *key, char ***out, size_t *count);
bool fields_title(struct fields *f, const char *key, char **en,
                  char **ja); /* of FIELD_TITLE and FIELD_WORDS */

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

/* Checks format and version, which begin the mapping's table. */
void fields_head(struct fields *f);

/* calloc for count items, at least one; on NULL the load is marked as out of memory. */
void *fields_array(struct fields *f, size_t count, size_t size);

#endif
