/*
 * Which handsets to keep for regression: the fewest that together show every way of failing that the run has
 * seen, on the reader where it was seen. Failures of the instrument are no one's property and not in it.
 */
#include "harness/matrix/parts.h"

#include "harness/stats/cover.h"

#include <stdlib.h>

/* An element is a reader and a kind of failure (the last kind: slow); a set is a handset that showed some. */
struct universe {
    size_t *pair_of_set;
    uint8_t *member;
    size_t sets, elements;
};

static bool is_shown(const struct findings *f, size_t kind, size_t pair, size_t reader)
{
    const struct survey *s = f->survey;
    if (kind < f->failure_count) {
        const struct findings_failure *row = &f->failures[kind];
        return row->outcome == OUTCOME_FAIL && row->readers_of_pair &&
               (row->readers_of_pair[pair] >> reader & 1) != 0;
    }
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            if (f->cells[survey_cell(s, pair, condition, reader, script)].slow > 0)
                return true;
    return false;
}

/* Which handsets showed each (reader, kind), one byte a pair; only those that somebody showed are kept. */
static int gather(const struct findings *f, struct matrix *m, struct universe *u, struct err *e)
{
    const struct survey *s = f->survey;
    size_t most = (f->failure_count + 1) * s->reader_count;
    uint8_t *shown = matrix_room(most * s->pair_count, sizeof *shown);
    u->pair_of_set = matrix_room(s->pair_count, sizeof *u->pair_of_set);
    u->member = matrix_room(most * s->pair_count, sizeof *u->member);
    if (!shown || !u->pair_of_set || !u->member) {
        free(shown);
        return err_set(e, ERR_MEMORY, "matrix", "out of memory for the ways of failing");
    }
    for (size_t kind = 0; kind <= f->failure_count; kind++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            size_t count = 0;
            for (size_t pair = 0; pair < s->pair_count; pair++) {
                uint8_t is = is_shown(f, kind, pair, reader);
                shown[u->elements * s->pair_count + pair] = is;
                count += is;
            }
            m->modes_once += count == 1;
            u->elements += count > 0;
        }
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        uint8_t *member = u->member + u->sets * u->elements;
        bool any = false;
        for (size_t i = 0; i < u->elements; i++) {
            member[i] = shown[i * s->pair_count + pair];
            any = any || member[i];
        }
        u->pair_of_set[u->sets] = pair;
        u->sets += any;
    }
    free(shown);
    return 0;
}

int matrix_regress(const struct findings *f, struct matrix *m, struct err *e)
{
    struct universe u = { 0 };
    uint8_t *covered = NULL;
    uint64_t *masks = NULL;
    int status = gather(f, m, &u, e);
    if (status == 0) {
        covered = matrix_room(u.elements, sizeof *covered);
        masks = matrix_room(u.elements, sizeof *masks);
        m->regression = matrix_room(u.sets, sizeof *m->regression);
        if (!covered || !masks || !m->regression)
            status = err_set(e, ERR_MEMORY, "matrix", "out of memory for the ways of failing");
    }
    if (status == 0) {
        struct cover_problem p = { u.sets, u.elements, u.member };
        m->modes = u.elements;
        m->regression_greedy = cover_greedy(&p, m->regression, covered);
        m->regression_count =
            cover_exact(&p, m->regression, m->regression_greedy, masks, &m->regression_proven);
        for (size_t i = 0; i < m->regression_count; i++)
            m->regression[i] = u.pair_of_set[m->regression[i]];
    }
    free(u.pair_of_set);
    free(u.member);
    free(covered);
    free(masks);
    return status;
}
