/* Every table of a report, by its name. */
#ifndef NFC_SURVEY_TABLES_TABLES_H
#define NFC_SURVEY_TABLES_TABLES_H

#include "reports/tables/table.h"

extern const struct table table_cells;
extern const struct table table_times_first, table_times_all, table_levels, table_steps, table_step_levels;

/* Inside of a row about a cell, a pair or a reader, in summary.yaml. */
extern const struct table table_times_of_cell, table_times_of_pair, table_times_of_reader;
extern const struct table table_causes;
extern const struct table table_outliers, table_impossible, table_drift;

#endif
