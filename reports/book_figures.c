/* The sheets of figures: times by reader and by handset, and failures by stage and candidate causes. */
#include "reports/render/xlsx.h"
#include "reports/tables/tables.h"

void book_times(struct book *b)
{
    book_table(b, &table_times_all, WORD_SH_TIMES, WORD_SH_TIMES_TEXT);
}

void book_causes(struct book *b)
{
    book_table(b, &table_failures, WORD_SH_CAUSES, WORD_SH_CAUSES_TEXT);
}
