/* The sheets of verdicts: the list of handsets, the matrix of words, and every cell. */
#include "reports/render/xlsx.h"
#include "reports/tables/tables.h"

void book_list(struct book *b)
{
    book_table(b, &table_list, WORD_SH_LIST, book_report(b)->criteria ? WORD_SH_LIST_TEXT : WORD_NO_CRITERIA);
}

void book_matrix(struct book *b)
{
    book_table(b, &table_verdicts, WORD_SH_MATRIX, WORD_SH_MATRIX_TEXT);
}

void book_cells(struct book *b)
{
    book_table(b, &table_cells, WORD_SH_CELLS, WORD_SH_CELLS_TEXT);
}
