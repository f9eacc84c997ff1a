/* What would decide what is open: each pair with open cells, how many placements they need, and the first of them. */
#include "reports/tables/tables.h"

#define PAIRS_MAX 30 /* listed; the note below the table counts them all */

static const struct column columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_B_OPEN_CELLS, VALUE_COUNT, MEMBER(struct assess_pair, open_count) },
    { NULL, WORD_B_MORE, VALUE_COUNT, MEMBER(struct assess_pair, placements_missing), .some = true,
      .absent = WORD_B_NO_NUMBER },
    { NULL, WORD_B_FIRST_CELLS, VALUE_CELL, row_cell },
    { 0 },
};

/* Of the first so many that are listed. */
static size_t open_count(const struct view *v, const struct row *parent)
{
    const struct assessment *a = v->report->assessment;
    size_t i = 0, listed = 0;
    (void)parent;
    for (; i < v->report->findings->survey->pair_count && listed < PAIRS_MAX; i++)
        listed += a->pairs[i].open_count > 0;
    return i;
}

static bool open_row(const struct view *v, struct row *row)
{
    const struct assess_pair *p = &v->report->assessment->pairs[row->i];
    row->pair = row->i;
    row->of = p;
    if (p->open_count > 0)
        row->cell = v->report->assessment->open[p->open_begin].cell;
    return p->open_count > 0;
}

const struct table table_open = {
    .caption = WORD_B_OPEN,
    .look = LOOK_LIST,
    .class = "unsorted",
    .columns = columns,
    .count = open_count,
    .row = open_row,
};
