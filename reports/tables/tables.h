/* Every table of a report, by its name. */
#ifndef NFC_SURVEY_TABLES_TABLES_H
#define NFC_SURVEY_TABLES_TABLES_H

#include "reports/tables/table.h"

/*
 * Those that a page or a spreadsheet has: T(cells) is table_cells, and the view report_cells of `export`. A new one is its
 * name here.
 */
/* clang-format off */
#define REPORT_TABLES(T)                                                                                     \
    T(cells)                                                                                                 \
    T(list)     /* inside of a row whose i is an enum recommendation, and k an enum list_part: these handsets */ \
    T(verdicts) /* inside of a row with a condition and script, or a pair: theirs */                         \
    T(beside)   /* a row for each criteria, the report's own first */                                        \
    T(overview) T(readers)                                                                                   \
    T(times_first) T(times_all) T(levels) T(steps) T(step_levels)                                            \
    T(budget) T(budget_means) T(hosts)                                                                       \
    T(rows)                                                                                                  \
    T(failures) T(stages)                                                                                    \
    T(claims)                                                                                                \
    T(positions) T(position_handsets) T(heights) T(position_rules)                                           \
    T(journal) T(facts) T(units) T(conditions) T(files) T(run) T(cover)                                      \
    T(signature) T(traces) T(bears)                                                                                \
    T(not_run) T(undecided) T(health) T(questions) T(identities)                                             \
    T(suspect_price) T(attributed)                                                                           \
    T(flagged) T(outliers) T(impossible)                                                                     \
    T(drift) T(effects) T(why) T(variance) T(all_associations) /* the last one in CSV alone */               \
    T(market) T(served) T(targets) T(patterns)  /* inside of a row about a struct matrix_group */            \
    T(pooled_readers) T(pooled_cells)           /* the same */                                               \
    T(in_force) T(thresholds) T(criteria) T(what_if) T(bounds) T(proposal) T(open) T(stated_errors)
/* clang-format on */
#define REPORT_TABLE_IS(name) extern const struct table table_##name;
REPORT_TABLES(REPORT_TABLE_IS)

/* Of the handsets not recommended, those that are shown not to meet the criteria are kept apart. */
enum list_part { LIST_ALL = 0, LIST_NOT_TO_MEET, LIST_GREY };
/* What is signed: how the handsets end, by name. */
extern const struct table table_conclusion;
/* The next group of the list that has handsets in it, behind this one; false: there is none. Begins at table_first(NULL). */
bool list_group_next(const struct assessment *a, struct row *group);
bool overview_has_signs(const struct view *v); /* else how many of each sign: there are too many cells */
/* Rows of all handsets together: six readers take WeasyPrint about 9 ms and 230 kB a row. Of more, only those are rows
 * that say more than that all is well. */
#define VERDICTS_ON_PAPER 2500
bool verdicts_are_cut(const struct view *v);

/* What summary.yaml, criteria.yaml and matrix.yaml consist of, in their order; NULL-terminated. */
extern const struct table *const summary_tables[], *const criteria_tables[], *const matrix_tables[];

/* In these alone: inside of a row about a cell, a pair or a reader; */
extern const struct table table_times_of_cell, table_times_of_pair, table_times_of_reader;
extern const struct table table_causes;
extern const struct table table_outliers_summary, table_impossible_summary, table_drift_summary;
extern const struct table table_no_what_if, table_no_proposal;
extern const struct table table_failure_rule, table_associations;
/* the run as a whole, in matrix.yaml too, by a view whose report has a matrix, or says why not; and the head of that. */
extern const struct table table_scope, table_matrix, table_matrix_file;

#endif
