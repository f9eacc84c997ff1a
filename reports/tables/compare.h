/* The tables of a comparison of two runs, inside of the row that compare_whole() makes. */
#ifndef NFC_SURVEY_TABLES_COMPARE_H
#define NFC_SURVEY_TABLES_COMPARE_H

#include "harness/compare/compare.h"
#include "reports/tables/table.h"

struct row compare_whole(const struct comparison *c); /* borrows c */

extern const struct table table_differences, table_not_compared;
extern const struct table table_compared_readers, table_compared_handsets;
extern const struct table table_changed_cells, table_compared_cells, table_changed_times;

/* What a comparison in YAML consists of, in its order; NULL-terminated. */
extern const struct table *const comparison_tables[];

enum word word_compare_class(enum compare_class c, bool times);
enum word compare_answer(const struct comparison *c);    /* what it comes to, in a sentence */
struct phrase compare_basis(const struct comparison *c); /* the last argument of WORD_CMP_BASIS_.. */

#endif
