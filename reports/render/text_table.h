/* A table as text: columns below each other, numbers as programs read them, safe for a terminal. */
#ifndef NFC_SURVEY_RENDER_TEXT_TABLE_H
#define NFC_SURVEY_RENDER_TEXT_TABLE_H

#include "reports/tables/table.h"

#include <stdio.h>

/* Its headers, unless no column has one, and its rows; nothing when out of memory. Its caption is not printed. */
void text_table(FILE *to, const struct view *v, const struct table *t, const struct row *parent);

#endif
