/* The tables of a comparison of two runs, inside of the row that compare_whole() makes. */
#ifndef NFC_SURVEY_TABLES_COMPARE_H
#define NFC_SURVEY_TABLES_COMPARE_H

#include "harness/compare/compare.h"
#include "reports/tables/table.h"

struct row compare_whole(const struct comparison *c); /* borrows c */

extern const struct table table_shown; /* what is shown, as counts; the boxes are its sums */
extern const struct table table_differences, table_not_compared;
extern const struct table table_changed_lines; /* inside of a row about a struct compare_difference */
extern const struct table table_compared_readers, table_compared_handsets, table_compared_pairs;
extern const struct table table_changed_cells, table_compared_cells, table_changed_times;

/* What a comparison in YAML consists of, in its order; NULL-terminated. */
extern const struct table *const comparison_tables[];

enum word word_compare_what(enum compare_what what);
enum word word_compare_class(enum compare_class c, bool times);
/* Entries of all families, by what is shown of them. The headline's number is worse + better + slower + faster. */
struct compare_boxes {
    size_t worse, better, slower, faster, differs, looks, no_change,
        not_tested; /* looks: unsteady ones, too */
};
struct compare_boxes compare_boxes(const struct comparison *c);
enum word
compare_answer(const struct comparison *c); /* what it comes to, in a sentence; {0}: compare_changes() */
struct phrase compare_basis(const struct comparison *c); /* the last argument of WORD_CMP_BASIS_.. */

#endif
