/*
 * A workbook in the making, over libxlsxwriter: the look of all sheets in one place. A sheet is written row
 * by row from its table of columns (the library keeps only the row in hand, so a large run costs disk, not
 * memory). Text is always stored as text, whatever it begins with; what can't be seen is shown (escape.h).
 */
#ifndef NFC_SURVEY_RENDER_XLSX_H
#define NFC_SURVEY_RENDER_XLSX_H

#include "reports/report.h"
#include "reports/tables/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOK_TEXT_MAX 32767 /* UTF-16 units in a cell, Excel's limit */
#define BOOK_ROWS_MAX 1048576u

/* What a column holds. VERDICT and RECOMMENDATION are words, coloured by what they say. */
enum book_kind {
    BOOK_NONE = 0,
    BOOK_TEXT,
    BOOK_LONG, /* a text that is wrapped */
    BOOK_VERDICT,
    BOOK_RECOMMENDATION,
    BOOK_NAME, /* the number of a record or a cell: no quantity */
    BOOK_COUNT,
    BOOK_SHARE, /* shown in percent */
    BOOK_TIME,  /* milliseconds, to the microsecond */
    BOOK_REAL,
    BOOK_FIELD, /* a text, or a blank with a line under it that somebody fills in */
    BOOK_KIND_COUNT,
};

struct book_column {
    struct phrase header;
    enum book_kind kind;
    double width; /* in characters */
};

struct book;
struct book_sheet;

int book_open(const char *path, const struct report *r, struct book **out, struct err *e)
    __attribute__((warn_unused_result));
/* Writes the file, or leaves none, and frees the book. */
int book_close(struct book **b, struct err *e) __attribute__((warn_unused_result));

const struct report *book_report(const struct book *b);
enum language book_language(const struct book *b);

/* is_one: of one part, whose header stays in sight. */
struct book_sheet *book_sheet(struct book *b, enum word name, bool is_one, const double *widths,
                              size_t count);
/* Begins a part below those before it, which has not more columns than the sheet. note: a line under the title; frozen:
 * columns that stay in sight, 0 for what is read, not filtered. */
void book_part(struct book_sheet *s, enum word name, enum word note, const struct book_column *columns,
               size_t count, unsigned frozen);
void book_done(struct book_sheet *s); /* frees it */

/* The cells of a row from left to right, then book_next(). */
void book_text(struct book_sheet *s, const char *text); /* NULL or "": the cell stays empty */
void book_count(struct book_sheet *s, uint64_t value);
void book_share(struct book_sheet *s, double share);
void book_time(struct book_sheet *s, uint64_t us);
void book_real(struct book_sheet *s, double value); /* NaN: the cell stays empty */
void book_skip(struct book_sheet *s, unsigned cells);
void book_blank(struct book_sheet *s); /* to be filled in, in a row as high as a signature */
void book_next(struct book_sheet *s);

/* Tables (tables/table.h) below each other under one header, the first one's columns; NULL-terminated. */
struct table;
#define BOOK_PART_TABLES 5
struct book_part {
    enum word name, note;
    const struct table *tables[BOOK_PART_TABLES + 1];
};
bool book_part_is_empty(const struct report *r, const struct book_part *part);
/* A sheet by the name of its first part. */
void book_parts(struct book *b, const struct book_part *parts, size_t count);
/* One table, of the report under each of the other criteria. */
void book_table_beside(struct book *b, const struct table *t, enum word name, enum word note);

#endif
