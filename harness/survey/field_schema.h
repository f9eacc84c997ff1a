/* The JSON Schema (2020-12) of a kind of file, from its table of keys. */
#ifndef NFC_SURVEY_SURVEY_FIELD_SCHEMA_H
#define NFC_SURVEY_SURVEY_FIELD_SCHEMA_H

#include "harness/base/buf.h"
#include "harness/survey/fields.h"

/* What a schema takes, the parser takes too, as far as one key at a time is concerned, and of several what the map's rules say.
 * Scalars that are text may be written as numbers, as YAML has them before they are read. */
void field_schema(struct buf *b, const char *title, const struct field_map *map);
/* The same as a Markdown table: a key a line with its place in the file, form, unit and meaning. */
void field_table(struct buf *b, const struct field_map *map);

#endif
