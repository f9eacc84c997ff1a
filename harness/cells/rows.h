/*
 * Rows under a scheme of two tiers (harness/verdict/two_tier.h): of a handset + sim, a condition and a script, the cells
 * on all readers. What is decided is the row; its cells keep verdicts of their own beside it. A function of the counts,
 * as all of cells.h.
 */
#ifndef NFC_SURVEY_CELLS_ROWS_H
#define NFC_SURVEY_CELLS_ROWS_H

#include "harness/cells/cells.h"

static inline size_t row_of(const struct survey *s, size_t pair, size_t condition, size_t script)
{
    return (pair * s->condition_count + condition) * s->script_count + script;
}

static inline size_t row_of_cell(const struct survey *s, size_t cell)
{
    size_t readers = s->reader_count ? s->reader_count : 1; /* none: there is no cell, either */
    size_t unit = cell / s->script_count / readers;         /* pair and condition */
    return unit * s->script_count + cell % s->script_count;
}

/* The tables of a scheme of two tiers for the readers of a survey. */
int rows_tables(const struct survey *s, const struct scheme *scheme, struct two_tier *out, struct err *e)
    __attribute__((warn_unused_result));

/* Of the survey, unless the scheme has one tier: no rows then. */
int rows_make(struct cells *c, struct err *e) __attribute__((warn_unused_result));
void rows_free(struct cells *c);

/* The state of a row from the counts of its cells. `reader` is the survey's. Excluded and not applicable cells are in no
 * row. */
struct row_state row_judge(const struct cells *c, size_t row);

/* Judges them again: the one of a cell, all of a handset + sim. True when one is another than before. */
bool rows_update_cell(struct cells *c, size_t cell);
bool rows_update_pair(struct cells *c, size_t pair);

/* Placements, suspect ones too, that a cell gets by the end of this session, in its row: the next tour is begun when
 * every reader has had the last, and the tours that the row still needs are spread over the sessions. */
unsigned row_session_target(const struct cells *c, size_t cell, unsigned session);

/* All that it gets, in whatever session. */
unsigned row_target(const struct cells *c, size_t cell);

#endif
