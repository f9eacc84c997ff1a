#include "harness/cells/rows.h"

#include <stdlib.h>

int rows_tables(const struct survey *s, const struct scheme *scheme, struct two_tier *out, struct err *e)
{
    unsigned total = 0, most = 1;
    if (s->reader_count > TWO_TIER_READERS)
        return err_set(e, ERR_INPUT, s->path,
                       "a scheme of two tiers is for at most %d readers: the survey has %zu",
                       TWO_TIER_READERS, s->reader_count);
    for (size_t i = 0; i < s->reader_count; i++) {
        total += s->readers[i].weight;
        most = s->readers[i].weight > most ? s->readers[i].weight : most;
    }
    return two_tier_make(scheme, most, total, out, e);
}

int rows_make(struct cells *c, struct err *e)
{
    const struct survey *s = c->survey;
    if (!scheme_is_two_tier(&c->table.scheme))
        return 0;
    int rc = rows_tables(s, &c->table.scheme, &c->tiers, e);
    if (rc != 0)
        return rc;
    c->row_count = s->pair_count * s->condition_count * s->script_count;
    c->rows = calloc(c->row_count, sizeof *c->rows);
    if (!c->rows)
        return err_set(e, ERR_MEMORY, "plan", "out of memory for %zu rows", c->row_count);
    for (size_t row = 0; row < c->row_count; row++)
        c->rows[row] = row_judge(c, row);
    return 0;
}

void rows_free(struct cells *c)
{
    if (c->rows)
        two_tier_free(&c->tiers);
    free(c->rows);
}

static size_t cell_of(const struct survey *s, size_t row, size_t reader)
{
    return (row / s->script_count * s->reader_count + reader) * s->script_count + row % s->script_count;
}

struct row_state row_judge(const struct cells *c, size_t row)
{
    const struct survey *s = c->survey;
    struct two_tier_reader readers[TWO_TIER_READERS];
    unsigned count = 0, of[TWO_TIER_READERS];
    for (unsigned i = 0; i < s->reader_count; i++) {
        size_t cell = cell_of(s, row, i);
        if (s->excluded && s->excluded[cell] != SURVEY_CELL_IN)
            continue;
        of[count] = i;
        readers[count++] = (struct two_tier_reader) { cells_counts(c, cell), s->readers[i].weight };
    }
    if (count == 0)
        return (struct row_state) { 0 };
    struct row_state out = two_tier_row(&c->tiers, readers, count);
    out.reader = of[out.reader];
    return out;
}

/* Readers, placements and tours_max follow from the survey, the tours and the suspect placements. */
static bool is_same(const struct row_state *a, const struct row_state *b)
{
    return a->verdict == b->verdict && a->by == b->by && a->reader == b->reader && a->rests == b->rests &&
           a->tours == b->tours && a->dirty == b->dirty && a->tours_max == b->tours_max &&
           a->missing == b->missing;
}

static bool update(struct cells *c, size_t row)
{
    struct row_state now = row_judge(c, row);
    bool other = !is_same(&now, &c->rows[row]);
    c->rows[row] = now;
    return other;
}

bool rows_update_cell(struct cells *c, size_t cell)
{
    return c->rows && update(c, row_of_cell(c->survey, cell));
}

bool rows_update_pair(struct cells *c, size_t pair)
{
    size_t rows = c->row_count / c->survey->pair_count;
    bool other = false;
    for (size_t i = 0; i < rows; i++)
        other |= update(c, pair * rows + i);
    return other;
}

static unsigned weight_of(const struct cells *c, size_t cell)
{
    const struct survey *s = c->survey;
    return s->readers[cell / s->script_count % s->reader_count].weight;
}

unsigned row_target(const struct cells *c, size_t cell)
{
    const struct row_state *row = &c->rows[row_of_cell(c->survey, cell)];
    return row->verdict == ROW_OPEN ? weight_of(c, cell) * row->tours_max : 0;
}

unsigned row_session_target(const struct cells *c, size_t cell, unsigned session)
{
    const struct row_state *row = &c->rows[row_of_cell(c->survey, cell)];
    unsigned sessions = c->survey->sessions, tours = row->tours + row->missing;
    if (row->verdict != ROW_OPEN)
        return 0;
    if (session < sessions)
        tours = (tours * session + sessions - 1) / sessions;
    if (row->by == ROW_TEST_SESSIONS && !(c->cells[cell].counts.sessions >> (session - 1) & 1u))
        tours = row->tours + 1; /* it lacks a placement in another session */
    return weight_of(c, cell) * (tours < row->tours + 1 ? tours : row->tours + 1);
}
