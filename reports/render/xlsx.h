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

/* The columns are copied. note: a line under the title; frozen: columns that stay in sight, 0 for a sheet
 * that is read, not filtered. */
struct book_sheet *book_sheet(struct book *b, enum word name, enum word note,
                              const struct book_column *columns, size_t count, unsigned frozen);
void book_done(struct book_sheet *s); /* filters, colours; frees it */

/* The cells of a row from left to right, then book_next(). */
void book_text(struct book_sheet *s, const char *text); /* NULL or "": the cell stays empty */
void book_count(struct book_sheet *s, uint64_t value);
void book_share(struct book_sheet *s, double share);
void book_time(struct book_sheet *s, uint64_t us);
void book_real(struct book_sheet *s, double value); /* NaN: the cell stays empty */
void book_skip(struct book_sheet *s, unsigned cells);
void book_blank(struct book_sheet *s); /* to be filled in, in a row as high as a signature */
void book_next(struct book_sheet *s);

/* Tables (tables/table.h) below each other in a sheet of this name, with a line under its title; NULL-terminated. The
 * first one's columns are the sheet's. */
struct table;
void book_tables(struct book *b, const struct table *const *tables, enum word name, enum word note);
/* One table, of the report under each of the other criteria. */
void book_table_beside(struct book *b, const struct table *t, enum word name, enum word note);

#endif
