/*
 * The table of all cells, a row a cell: which columns it has, in one place for CSV and spreadsheet, so that
 * the two never differ. A value comes as it stands in the findings; the writer only gives it its format.
 */
#ifndef NFC_SURVEY_TABLES_CELLS_H
#define NFC_SURVEY_TABLES_CELLS_H

#include "reports/report.h"
#include "reports/tables/names.h"

#define CELLS_SHARE_DIGITS 4 /* decimals of a bound, rounded outwards */

/* LEFT_OUT is a TEXT that says why the cell was not run, VERDICT one that is a verdict, NAME a number that names
 * something. */
enum cells_kind {
    CELLS_ABSENT = 0,
    CELLS_TEXT,
    CELLS_LEFT_OUT,
    CELLS_VERDICT,
    CELLS_NAME,
    CELLS_COUNT,
    CELLS_SHARE,
    CELLS_TIME
};

struct cells_value {
    enum cells_kind kind;
    const char *text;   /* TEXT: a name of the survey's or of a table's, as machines read it */
    enum word word;     /* TEXT: the same for people; WORD_COUNT: as it is */
    uint64_t number;    /* NAME, COUNT, microseconds of TIME, the cell of LEFT_OUT */
    double share;       /* SHARE, rounded outwards where it is a bound */
    struct phrase hold; /* what text may point to */
};

size_t cells_columns(void);
const char *cells_name(size_t column); /* for machines, the same in every language; static */
bool cells_is_wide(size_t column);     /* one of the counts by cause: only where width does not matter */
enum cells_kind cells_kind(size_t column);
struct phrase cells_header(size_t column, enum language language); /* with the unit */
void cells_value(const struct report *r, size_t cell, size_t column, struct cells_value *out);

/* Bounds of a share, so that a printed one never claims more than it does. */
double cells_lower(double bound);
double cells_upper(double bound);

#endif
