/*
 * Tables of plain values for other programs: rows of numbers and texts under columns with a name and a type. Who fills
 * them knows no format, and a writer (sqlite.h, csv_folder.h) knows no run.
 */
#ifndef NFC_SURVEY_RENDER_RELATION_H
#define NFC_SURVEY_RENDER_RELATION_H

#include "harness/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum relation_type { RELATION_INTEGER = 1, RELATION_REAL, RELATION_TEXT, RELATION_ANY };

struct relation_column {
    const char *name;
    enum relation_type type;
    bool may_lack;
    const char *refers; /* to this table, by the run and this column; NULL: to none */
};

struct relation {
    const char *name;
    const struct relation_column *columns;
    size_t count, keys; /* the first so many columns are its key */
    bool is_clustered;  /* its rows come in the order of the key, and have few columns */
    const char *index;  /* columns that are looked up beside the key, with commas between; NULL: none */
};

struct relation_value {
    enum { RELATION_NULL = 0, RELATION_NUMBER, RELATION_DECIMAL, RELATION_WORDS } kind;
    int64_t number;
    double decimal;
    const char *words; /* borrowed until the row is written */
};

/* A table that is being written. */
struct relation_table;

struct relation_writer {
    /* The relation is borrowed until the writer is closed. */
    int (*open)(struct relation_writer *w, const struct relation *r, struct relation_table **out,
                struct err *e);
    /* As many values as the relation has columns. */
    int (*row)(struct relation_table *t, const struct relation_value *values, struct err *e);
    /* A name for a question about the tables: an SQL query. Writers without queries pass over it. */
    int (*view)(struct relation_writer *w, const char *name, const char *query, struct err *e);
    /* What every file of a run bears, in the order of the runs, before their rows; "" for nothing. Writers of one file,
     * in which a table has it, pass over it. */
    int (*mark)(struct relation_writer *w, const char *mark, struct err *e);
};

#define RELATION_COLUMNS_MAX 256

#endif
