/* A table as CSV by RFC 4180: lines end with CR LF, the names of the columns are the same in every language. */
#ifndef NFC_SURVEY_RENDER_CSV_H
#define NFC_SURVEY_RENDER_CSV_H

#include "reports/tables/table.h"

void csv_table(struct buf *b, const struct view *v, const struct table *t, const struct row *parent);

#endif
