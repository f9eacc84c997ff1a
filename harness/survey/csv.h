/*
 * Tables as spreadsheets, R and people save them: UTF-8 with or without a byte order mark; fields apart by commas,
 * semicolons or tabs, whichever the first line has most of (or `sep=;` says); lines ended by LF, CRLF or CR. A field in
 * double quotes may hold separators, line ends and doubled quotes. Rows without any text are passed over, and NA outside
 * of quotes is a field that is not given, as R writes it.
 */
#ifndef NFC_SURVEY_SURVEY_CSV_H
#define NFC_SURVEY_SURVEY_CSV_H

#include "harness/base/buf.h"
#include "harness/survey/problem.h"

#define CSV_FILE_MAX    (4u << 20) /* bytes */
#define CSV_FIELD_MAX   4000       /* bytes */
#define CSV_COLUMNS_MAX 64

struct csv_field {
    size_t at; /* in csv.text, ended by NUL */
    unsigned line, column;
};

struct csv {
    struct problems *problems;
    const char *path;
    char separator;
    unsigned line; /* where the row begins, from 1 */
    size_t count;  /* fields of the row; those past CSV_COLUMNS_MAX are counted and not kept */
    struct csv_field fields[CSV_COLUMNS_MAX];
    struct buf text; /* of the row's fields */

    const char *at, *end;
    unsigned at_line, at_column; /* columns count characters */
};

/* Borrows path and text. False, with a problem, when this is no such file; csv_close() all the same. */
bool csv_open(struct csv *t, struct problems *p, const char *path, const char *text, size_t length);
void csv_close(struct csv *t);

/*
 * The next row that could be read; false at the end. Each row that could not be is a problem at its place, and is passed
 * over.
 */
bool csv_next(struct csv *t);

/* Without blanks at its edges; "" past the row's fields. Valid until the next row. */
const char *csv_text(const struct csv *t, size_t field);

#endif
