/* The sheets of verdicts: the list of handsets, the matrix of words, and every cell. */
#include "reports/render/xlsx.h"
#include "reports/tables/tables.h"

#include <stdlib.h>

static void bound(struct book_sheet *s, double share, enum decimal_rounding round)
{
    struct value v = { .real = share, .round = round };
    char digits[DECIMAL_SIZE];
    book_share(s, strtod(value_share_digits(&v, 4, digits), NULL));
}

/* What names a cell, and what its placements say; nothing of it where the run has no such cell. */
static void evidence(struct book_sheet *s, const struct findings *f, size_t cell)
{
    if (cell == SIZE_MAX) {
        book_skip(s, 8);
        return;
    }
    const struct findings_cell *c = &f->cells[cell];
    book_text(s, f->survey->readers[c->reader].unit);
    book_text(s, name_condition(f, c->condition));
    book_text(s, name_script(f, c->script));
    if (c->n == 0) {
        book_skip(s, 5);
        return;
    }
    book_count(s, c->n);
    book_count(s, c->d);
    bound(s, c->lower, DECIMAL_DOWN);
    bound(s, c->upper, DECIMAL_UP);
    if (c->verdict == VERDICT_UNDECIDED)
        book_count(s, c->missing);
    else
        book_skip(s, 1);
}

static void readers(struct book_sheet *s, const struct book *b, uint32_t set)
{
    struct buf names;
    buf_init(&names, 1u << 20);
    name_add_readers(&names, book_report(b)->findings, set, book_language(b));
    book_text(s, names.data);
    buf_free(&names);
}

static void pair_row(struct book_sheet *s, const struct book *b, size_t i)
{
    const struct report *r = book_report(b);
    const struct findings *f = r->findings;
    const struct findings_pair *pair = &f->pairs[i];
    const struct assess_pair *judged = r->assessment ? &r->assessment->pairs[i] : NULL;
    book_text(s, f->survey->pairs[i].unit);
    book_text(s, name_handset(f, i).text);
    book_text(s, name_sim(f, i));
    if (judged) {
        book_say(s, word_recommendation(judged->recommendation));
        book_say(s, word_reason(judged->reason));
        book_text(s, name_missing(judged, book_language(b)));
        evidence(s, f, judged->reason_cell);
        readers(s, b, judged->passes);
        readers(s, b, judged->fails);
        book_count(s, judged->leans_on_invalid);
    } else {
        book_skip(s, 14);
    }
    book_count(s, pair->compatible);
    book_count(s, pair->incompatible);
    book_count(s, pair->undecided);
    book_next(s);
}

void book_list(struct book *b)
{
    const struct findings *f = book_report(b)->findings;
    const struct book_column columns[] = {
        { book_header(b, WORD_C_HANDSET), BOOK_TEXT, 18 },
        { book_header(b, WORD_SH_HANDSET_MODEL), BOOK_TEXT, 32 },
        { book_header(b, WORD_C_SIM), BOOK_TEXT, 16 },
        { book_header(b, WORD_SH_RECOMMENDATION), BOOK_RECOMMENDATION, 17 },
        { book_header(b, WORD_C_REASON), BOOK_LONG, 34 },
        { book_header(b, WORD_SH_MISSING), BOOK_TEXT, 14 },
        { book_header(b, WORD_SH_DECIDING_READER), BOOK_TEXT, 15 },
        { book_header(b, WORD_C_CONDITION), BOOK_TEXT, 15 },
        { book_header(b, WORD_C_SCRIPT), BOOK_TEXT, 12 },
        { book_header(b, WORD_SH_N), BOOK_COUNT, 11 },
        { book_header(b, WORD_SH_D), BOOK_COUNT, 11 },
        { book_header(b, WORD_SH_LOWER), BOOK_SHARE, 12 },
        { book_header(b, WORD_SH_UPPER), BOOK_SHARE, 12 },
        { book_header(b, WORD_SH_MORE), BOOK_COUNT, 14 },
        { book_header(b, WORD_SH_PASSES_ON), BOOK_LONG, 40 },
        { book_header(b, WORD_SH_FAILS_ON), BOOK_LONG, 40 },
        { book_header(b, WORD_SH_LEANS), BOOK_COUNT, 16 },
        { book_header(b, WORD_SH_CELLS_COMPATIBLE), BOOK_COUNT, 12 },
        { book_header(b, WORD_SH_CELLS_INCOMPATIBLE), BOOK_COUNT, 12 },
        { book_header(b, WORD_SH_CELLS_UNDECIDED), BOOK_COUNT, 12 },
    };
    struct book_sheet *s =
        book_sheet(b, WORD_SH_LIST, book_report(b)->criteria ? WORD_SH_LIST_TEXT : WORD_NO_CRITERIA, columns,
                   sizeof columns / sizeof *columns, 1);
    for (size_t i = 0; i < f->survey->pair_count; i++)
        pair_row(s, b, i);
    book_done(s);
}

#define MATRIX_NAMES 5

/* One row a handset + SIM, condition and script; one column a reader, so that filters pick a slice. */
void book_matrix(struct book *b)
{
    const struct findings *f = book_report(b)->findings;
    const struct survey *v = f->survey;
    struct book_column columns[MATRIX_NAMES + SURVEY_READERS_MAX] = {
        { book_header(b, WORD_C_HANDSET), BOOK_TEXT, 18 },
        { book_header(b, WORD_SH_HANDSET_MODEL), BOOK_TEXT, 32 },
        { book_header(b, WORD_C_SIM), BOOK_TEXT, 16 },
        { book_header(b, WORD_C_CONDITION), BOOK_TEXT, 16 },
        { book_header(b, WORD_C_SCRIPT), BOOK_TEXT, 14 },
    };
    for (size_t i = 0; i < v->reader_count; i++)
        columns[MATRIX_NAMES + i] = (struct book_column) { phrase_cut(v->readers[i].unit), BOOK_VERDICT, 18 };
    struct book_sheet *s =
        book_sheet(b, WORD_SH_MATRIX, WORD_SH_MATRIX_TEXT, columns, MATRIX_NAMES + v->reader_count, 1);
    for (size_t pair = 0; pair < v->pair_count; pair++)
        for (size_t condition = 0; condition < v->condition_count; condition++)
            for (size_t script = 0; script < v->script_count; script++) {
                book_text(s, v->pairs[pair].unit);
                book_text(s, name_handset(f, pair).text);
                book_text(s, name_sim(f, pair));
                book_text(s, name_condition(f, condition));
                book_text(s, name_script(f, script));
                for (size_t reader = 0; reader < v->reader_count; reader++)
                    book_say(s,
                             word_verdict(f->cells[survey_cell(v, pair, condition, reader, script)].verdict));
                book_next(s);
            }
    book_done(s);
}

void book_cells(struct book *b)
{
    book_table(b, &table_cells, WORD_SH_CELLS, WORD_SH_CELLS_TEXT);
}
