/* Every table of a report, by its name. */
#ifndef NFC_SURVEY_TABLES_TABLES_H
#define NFC_SURVEY_TABLES_TABLES_H

#include "reports/tables/table.h"

extern const struct table table_cells;
/* Inside of a row whose i is an enum recommendation: the handsets with this one; and whose k is an enum list_part. */
extern const struct table table_list;
/* Of the handsets not recommended, those that are shown not to meet the criteria are kept apart. */
enum list_part { LIST_ALL = 0, LIST_NOT_TO_MEET, LIST_GREY };
/* The next group of the list that has handsets in it, behind this one; false: there is none. Begins at table_first(NULL). */
bool list_group_next(const struct assessment *a, struct row *group);
/* Inside of nothing: all; inside of a row with a condition and script, or a pair: theirs. */
extern const struct table table_verdicts;
extern const struct table table_beside; /* a row for each criteria, the report's own first */
extern const struct table table_overview, table_readers;
bool overview_has_signs(const struct view *v); /* else how many of each sign: there are too many cells */
/* Rows of all handsets together: six readers take WeasyPrint about 9 ms and 230 kB a row. Of more, only those are rows
 * that say more than that all is well. */
#define VERDICTS_ON_PAPER 2500
bool verdicts_are_cut(const struct view *v);
extern const struct table table_times_first, table_times_all, table_levels, table_steps, table_step_levels;

/* Inside of a row about a cell, a pair or a reader, in summary.yaml. */
extern const struct table table_times_of_cell, table_times_of_pair, table_times_of_reader;
extern const struct table table_causes;
extern const struct table table_budget, table_budget_means, table_hosts;
extern const struct table table_rows;
extern const struct table table_failures, table_stages;
extern const struct table table_claims;
extern const struct table table_positions, table_position_handsets, table_heights, table_position_rules;
extern const struct table table_journal, table_facts; /* with units and files: what a report rests on */
extern const struct table table_signature, table_traces;
extern const struct table table_run, table_cover, table_units, table_conditions, table_files;
extern const struct table table_not_run, table_undecided, table_health, table_questions, table_identities;
extern const struct table table_suspect_price, table_attributed;
extern const struct table table_flagged, table_outliers, table_impossible;
extern const struct table table_outliers_summary, table_impossible_summary; /* in summary.yaml */
extern const struct table table_drift, table_drift_summary; /* series; how many there are, with them */

/* What summary.yaml and criteria.yaml consist of, in their order; NULL-terminated. */
extern const struct table *const summary_tables[],
    *const criteria_tables[]; /* what summary.yaml consists of, in its order; ends with NULL */

/* The run as a whole, in summary.yaml and matrix.yaml: by a view whose report has a matrix, or says why not. */
extern const struct table table_scope, table_matrix;
extern const struct table table_matrix_file; /* the head of matrix.yaml */
extern const struct table table_effects;
extern const struct table table_why; /* what goes with failure, in sentences, of what the criteria require */
extern const struct table table_variance; /* a gauge study */
extern const struct table table_all_associations; /* CSV alone */
/* Inside of a row about a group of cells, a struct matrix_group. */
extern const struct table table_market, table_served, table_targets, table_patterns;
extern const struct table table_pooled_readers, table_pooled_cells;
extern const struct table table_failure_rule, table_associations; /* YAML alone */

/* Of an assessment. */
extern const struct table table_in_force, table_thresholds, table_criteria, table_what_if, table_no_what_if,
    table_bounds, table_proposal, table_no_proposal, table_open;

#endif
