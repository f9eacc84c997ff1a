/* A table as YAML (base/yaml.h): a list of maps under its id, or its columns alone where it is a record. */
#ifndef NFC_SURVEY_RENDER_YAML_H
#define NFC_SURVEY_RENDER_YAML_H

#include "harness/base/yaml.h"
#include "reports/tables/table.h"

void yaml_table(struct yaml *y, const struct view *v, const struct table *t, const struct row *parent);

/* Several, one after the other; tables ends with NULL. */
void yaml_tables(struct buf *b, const struct view *v, const struct table *const *tables);

#endif
