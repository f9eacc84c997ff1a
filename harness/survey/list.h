/*
 * Lists of handsets and shares as people keep them: a CSV (csv.h) whose first line names the columns, in English or
 * Japanese, in any order, among others that nobody asks for. Cells come without width and edge blanks: "ＳＯ－０１Ｈ " is
 * "SO-01H"; one of "-", "n/a" or 不明 is not given. Only a tag keeps its width: it is what the label shows.
 */
#ifndef NFC_SURVEY_SURVEY_LIST_H
#define NFC_SURVEY_SURVEY_LIST_H

#include "harness/base/buf.h"
#include "harness/survey/csv.h"

enum list_column {
    LIST_TAG,     /* asset tag of a unit */
    LIST_HANDSET, /* id of a handset profile, or an asset tag */
    LIST_SIM,
    LIST_MAKER,
    LIST_NAME,
    LIST_CODE,
    LIST_CARRIER,
    LIST_RELEASED,
    LIST_ANDROID,
    LIST_TECHNOLOGIES,
    LIST_FELICA,
    LIST_SHARE,
    LIST_SOURCE,
    LIST_NOTE,
    LIST_COLUMNS
};

#define LIST_BIT(column) (UINT32_C(1) << (column))

/* "maker", "marketing_name" ...: what the column is called in files and messages. */
const char *list_column_name(enum list_column column);
/* By that name; LIST_COLUMNS for none. */
enum list_column list_column_named(const char *name, size_t length);

/* What a list calls its columns; NULL where it is to be guessed. */
struct list_headers {
    const char *of[LIST_COLUMNS];
};

struct list {
    struct csv csv;
    size_t place[LIST_COLUMNS]; /* in a row; SIZE_MAX: the list lacks it, or nobody wants it */
    size_t width;
    char *cells[LIST_COLUMNS];
};

/*
 * Opens a list and reads its first line. wanted and needed: LIST_BIT each. False with a problem when it is no CSV, when a
 * needed column or one of `headers` is not there, or is there twice. list_close() all the same.
 */
bool list_open(struct list *l, struct problems *p, const char *path, const char *text, size_t length,
               const struct list_headers *headers, uint32_t wanted, uint32_t needed);
void list_close(struct list *l);

/* The next row; false at the end. One with more or fewer fields is a problem and passed over. */
bool list_next(struct list *l);

/* "" where the list does not give it; valid until the next row. */
const char *list_cell(const struct list *l, enum list_column column);

/* A problem of a cell of this row, at its place. */
void list_problem(const struct list *l, enum list_column column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A cell from 0 to 1 with a decimal point, or a decimal comma where commas part no fields; NAN where it is not given or,
 * with a problem, none. */
double list_share(const struct list *l);

/* The JSON Schema of a row as an object, by its columns' own names; others may stand beside them. */
void list_schema(struct buf *b);

#endif
