/*
 * A YAML file as a tree of nodes with their places, made from libyaml's events. Only the plain part of YAML
 * is taken: one document, mappings, lists and scalars. Anchors, aliases, tags, merge keys, duplicate keys,
 * second documents, too deep or too large files are problems. Every scalar stays text; the readers in
 * fields.h judge it.
 */
#ifndef NFC_SURVEY_SURVEY_TREE_H
#define NFC_SURVEY_SURVEY_TREE_H

#include "harness/survey/problem.h"

#include <stdbool.h>
#include <stddef.h>

#define TREE_NODES_MAX (1u << 17) /* of one file */
#define TREE_KEYS_MAX  256        /* of one mapping */

enum tree_kind {
    TREE_NONE = 0,
    TREE_SCALAR,
    TREE_LIST,
    TREE_MAP,
    TREE_REFUSED /* its problem is already listed */
};

struct tree_node {
    enum tree_kind kind;
    unsigned line, column;         /* from 1; columns count characters */
    char *key;                     /* in a mapping */
    unsigned key_line, key_column; /* where the key is */
    char *text;                    /* scalar: NUL-terminated */
    size_t length;
    bool quoted; /* scalar written in quotes or as a block */
    struct tree_node *first, *last, *next;
    size_t count; /* children */
};

/* NULL when nothing could be read; problems say why. What could be read is returned with its problems
 * listed. */
struct tree_node *tree_parse(struct problems *p, const char *path, const char *text, size_t length);
void tree_free(struct tree_node **n);

const struct tree_node *tree_child(const struct tree_node *map,
                                   const char *key); /* NULL when there is none */

#endif
