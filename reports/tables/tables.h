/* Every table of a report, by its name. */
#ifndef NFC_SURVEY_TABLES_TABLES_H
#define NFC_SURVEY_TABLES_TABLES_H

#include "reports/tables/table.h"

extern const struct table table_cells;
extern const struct table table_times_first, table_times_all, table_levels, table_steps, table_step_levels;

/* Inside of a row about a cell, a pair or a reader, in summary.yaml. */
extern const struct table table_times_of_cell, table_times_of_pair, table_times_of_reader;
extern const struct table table_causes;
extern const struct table table_budget, table_budget_means, table_hosts;
extern const struct table table_failures, table_stages;
extern const struct table table_claims;
extern const struct table table_positions, table_position_handsets, table_heights, table_position_rules;
extern const struct table table_run, table_cover, table_units, table_conditions, table_files;
extern const struct table table_not_run, table_undecided, table_health;
extern const struct table table_flagged, table_outliers, table_impossible;
extern const struct table table_outliers_summary, table_impossible_summary, table_drift; /* in summary.yaml */

#endif
