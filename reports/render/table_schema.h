/* The JSON Schema (2020-12) of a file that tables make (render/yaml.h), and what their columns mean, from their rows. */
#ifndef NFC_SURVEY_RENDER_TABLE_SCHEMA_H
#define NFC_SURVEY_RENDER_TABLE_SCHEMA_H

#include "reports/tables/table.h"

/* Every key may be missing, or null: there is no such value then. */
void table_schema(struct buf *b, const char *title, const struct table *const *tables);

/* The same as a Markdown table: a column a line with its place in the file, handsets[].times[].p95, form, unit and meaning. */
void table_fields(struct buf *b, const struct table *const *tables);
/* The same of one table as CSV, by the names in its first line. */
void csv_fields(struct buf *b, const struct table *t);

#endif
