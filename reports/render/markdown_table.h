/* A table as one of GitHub's Markdown; headings and sentences around it are its section's. */
#ifndef NFC_SURVEY_RENDER_MARKDOWN_TABLE_H
#define NFC_SURVEY_RENDER_MARKDOWN_TABLE_H

#include "reports/tables/table.h"

void markdown_table(struct buf *b, const struct view *v, const struct table *t, const struct row *parent);

#endif
