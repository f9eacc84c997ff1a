/* The JSON Schema (2020-12) of a file that tables make (render/yaml.h), and what their columns mean, from their rows. */
#ifndef NFC_SURVEY_RENDER_TABLE_SCHEMA_H
#define NFC_SURVEY_RENDER_TABLE_SCHEMA_H

#include "reports/tables/table.h"

/* Every key may be missing, or null: there is no such value then. */
void table_schema(struct buf *b, const char *title, const struct table *const *tables);

/* Every column of the file, one after the other, with its place in it: handsets[].times.p95. */
typedef void table_visit(void *data, const char *path, const struct table *t, const struct column *c);
void table_columns(const struct table *const *tables, table_visit *visit, void *data);

#endif
