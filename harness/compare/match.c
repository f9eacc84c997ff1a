/*
 * Which cells of two runs are the same: the same reader, handset with its sim, condition and script, by unit
 * or by model, and the same meaning of "dirty". What has no partner is kept with the reason.
 */
#include "harness/compare/parts.h"

#include <stdlib.h>
#include <string.h>

bool compare_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool conditions_agree(const struct survey_condition *a, const struct survey_condition *b)
{
    return a->power_mode == b->power_mode && compare_same_text(a->handset_case, b->handset_case) &&
           compare_same_text(a->position, b->position) && a->x_mm == b->x_mm && a->y_mm == b->y_mm &&
           a->z_mm == b->z_mm;
}

const struct survey_file *compare_file(const struct survey *s, const char *kind, size_t index)
{
    for (size_t i = 0; i < s->file_count; i++)
        if (strcmp(s->files[i].kind, kind) == 0 && index-- == 0)
            return &s->files[i];
    return NULL;
}

/* The entry of c->left for these, added when it is new; NULL when out of memory. */
static struct compare_left *left_of(struct comparison *c, enum compare_kind kind, enum compare_reason reason,
                                    enum compare_side side, const char *subject)
{
    for (size_t i = 0; i < c->left_count; i++) {
        struct compare_left *l = &c->left[i];
        if (l->kind == kind && l->reason == reason && l->side == side &&
            compare_same_text(l->subject, subject))
            return l;
    }
    struct compare_left *all = realloc(c->left, (c->left_count + 1) * sizeof *all);
    if (!all)
        return NULL;
    c->left = all;
    all[c->left_count] = (struct compare_left) { kind, reason, side, subject, 0 };
    return &all[c->left_count++];
}

/* One of the four things that a cell is of, in either run. */
struct dimension {
    enum compare_kind kind;
    size_t count;
    bool (*same)(const struct comparison *c, const struct survey *s, size_t i, const struct survey *t,
                 size_t j);
    const char *(*name)(const struct survey *s, size_t i);
    enum compare_reason (*differs)(const struct comparison *c, size_t a, size_t b);
};

static bool same_reader(const struct comparison *c, const struct survey *s, size_t i, const struct survey *t,
                        size_t j)
{
    if (c->match == COMPARE_BY_UNIT)
        return strcmp(s->readers[i].unit, t->readers[j].unit) == 0;
    return strcmp(s->reader_profiles[s->readers[i].profile].id,
                  t->reader_profiles[t->readers[j].profile].id) == 0;
}

/* By model, a sim is another card of the same kind: carrier and applet tell. */
static bool same_pair(const struct comparison *c, const struct survey *s, size_t i, const struct survey *t,
                      size_t j)
{
    const struct survey_pair *a = &s->pairs[i], *b = &t->pairs[j];
    const struct sim_card *x = &s->sims[a->sim], *y = &t->sims[b->sim];
    if (c->match == COMPARE_BY_UNIT)
        return strcmp(a->unit, b->unit) == 0 && strcmp(x->id, y->id) == 0;
    return strcmp(s->handset_profiles[a->handset].id, t->handset_profiles[b->handset].id) == 0 &&
           compare_same_text(x->carrier, y->carrier) && compare_same_text(x->applet, y->applet);
}

static bool same_condition(const struct comparison *c, const struct survey *s, size_t i,
                           const struct survey *t, size_t j)
{
    (void)c;
    return strcmp(s->conditions[i].id, t->conditions[j].id) == 0;
}

static const char *script_id(const struct survey *s, size_t i)
{
    return survey_script_loaded(s, i)->id;
}

static bool same_script(const struct comparison *c, const struct survey *s, size_t i, const struct survey *t,
                        size_t j)
{
    (void)c;
    return strcmp(script_id(s, i), script_id(t, j)) == 0;
}

static const char *reader_name(const struct survey *s, size_t i)
{
    return s->readers[i].unit;
}

static const char *pair_name(const struct survey *s, size_t i)
{
    return s->pairs[i].name;
}

static const char *condition_name(const struct survey *s, size_t i)
{
    return s->conditions[i].id;
}

static enum compare_reason condition_differs(const struct comparison *c, size_t a, size_t b)
{
    return conditions_agree(&c->a->survey->conditions[a], &c->b->survey->conditions[b])
               ? COMPARE_REASON_NONE
               : COMPARE_REASON_CONDITION;
}

static enum compare_reason script_differs(const struct comparison *c, size_t a, size_t b)
{
    const struct survey *s = c->a->survey, *t = c->b->survey;
    const struct survey_file *x = compare_file(s, "script", s->scripts[a].script);
    const struct survey_file *y = compare_file(t, "script", t->scripts[b].script);
    if (!x || !y || !compare_scripts_agree(x, y))
        return COMPARE_REASON_SCRIPT;
    return s->scripts[a].time_limit_ms == t->scripts[b].time_limit_ms ? COMPARE_REASON_NONE
                                                                      : COMPARE_REASON_TIME_LIMIT;
}

/* How many of t's are the same as i of s; the first of them in *partner. */
static size_t partners_of(const struct comparison *c, const struct dimension *d, const struct survey *s,
                          size_t i, const struct survey *t, size_t t_count, size_t *partner)
{
    size_t found = 0;
    for (size_t j = 0; j < t_count; j++)
        if (d->same(c, s, i, t, j) && found++ == 0)
            *partner = j;
    return found;
}

/* The partner of i of s in t. SIZE_MAX with the reason: none, or not one to one. */
static size_t partner_of(const struct comparison *c, const struct dimension *d, const struct survey *s,
                         size_t i, size_t s_count, const struct survey *t, size_t t_count,
                         enum compare_reason *reason)
{
    size_t partner = SIZE_MAX, self = SIZE_MAX;
    size_t there = partners_of(c, d, s, i, t, t_count, &partner);
    size_t here = partners_of(c, d, s, i, s, s_count, &self);
    *reason = there == 0              ? COMPARE_REASON_ABSENT
              : there > 1 || here > 1 ? COMPARE_REASON_SEVERAL
                                      : COMPARE_REASON_NONE;
    return *reason == COMPARE_REASON_NONE ? partner : SIZE_MAX;
}

/* partners[]: A's in B. reasons[]: why not. */
static void match_dimension(const struct comparison *c, const struct dimension *d, size_t count_b,
                            size_t *partners, enum compare_reason *reasons)
{
    for (size_t i = 0; i < d->count; i++) {
        partners[i] = partner_of(c, d, c->a->survey, i, d->count, c->b->survey, count_b, &reasons[i]);
        if (partners[i] != SIZE_MAX && d->differs)
            reasons[i] = d->differs(c, i, partners[i]);
    }
}

static const struct dimension dimensions[] = {
    { COMPARE_READER, 0, same_reader, reader_name, NULL },
    { COMPARE_HANDSET, 0, same_pair, pair_name, NULL },
    { COMPARE_CONDITION, 0, same_condition, condition_name, condition_differs },
    { COMPARE_SCRIPT, 0, same_script, script_id, script_differs },
};
enum { DIMENSIONS = sizeof dimensions / sizeof *dimensions };

static size_t count_of(const struct survey *s, size_t dimension)
{
    const size_t counts[DIMENSIONS] = { s->reader_count, s->pair_count, s->condition_count, s->script_count };
    return counts[dimension];
}

/* A cell's index in each dimension. */
static void indexes_of(const struct findings_cell *cell, size_t out[DIMENSIONS])
{
    out[0] = cell->reader;
    out[1] = cell->pair;
    out[2] = cell->condition;
    out[3] = cell->script;
}

/* Everything about matching while it is done. */
struct matching {
    struct comparison *c;
    size_t *partners[DIMENSIONS];
    enum compare_reason *reasons[DIMENSIONS];   /* of A's */
    enum compare_reason *reasons_b[DIMENSIONS]; /* of B's: absent or several, from its side */
    bool failed;
};

static void leave(struct matching *m, enum compare_kind kind, enum compare_reason reason,
                  enum compare_side side, const char *subject)
{
    struct compare_left *l = left_of(m->c, kind, reason, side, subject);
    if (l)
        l->cells++;
    else
        m->failed = true;
}

static enum compare_side side_of(bool in_a, bool in_b)
{
    return in_a && in_b ? COMPARE_IN_BOTH : in_a ? COMPARE_IN_A : COMPARE_IN_B;
}

/* A reason of the two cells themselves. False when there is none. */
static bool leave_cell(struct matching *m, const struct findings_cell *a, const struct findings_cell *b)
{
    static const struct {
        enum survey_cell state;
        enum compare_reason reason;
    } states[] = { { SURVEY_CELL_EXCLUDED, COMPARE_REASON_EXCLUDED },
                   { SURVEY_CELL_NOT_APPLICABLE, COMPARE_REASON_NOT_APPLICABLE } };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        bool in_a = a->state == states[i].state, in_b = b->state == states[i].state;
        if (!in_a && !in_b)
            continue;
        leave(m, COMPARE_CELL, states[i].reason, side_of(in_a, in_b), NULL);
        return true;
    }
    if (a->n > 0 && b->n > 0)
        return false;
    leave(m, COMPARE_CELL, COMPARE_REASON_NO_PLACEMENT, side_of(a->n == 0, b->n == 0), NULL);
    return true;
}

static void take_cell(struct matching *m, size_t cell)
{
    struct comparison *c = m->c;
    const struct findings_cell *a = &c->a->cells[cell];
    size_t at[DIMENSIONS];
    indexes_of(a, at);
    for (size_t d = 0; d < DIMENSIONS; d++)
        if (m->reasons[d][at[d]] != COMPARE_REASON_NONE) {
            enum compare_side side =
                m->reasons[d][at[d]] == COMPARE_REASON_ABSENT ? COMPARE_IN_A : COMPARE_IN_BOTH;
            leave(m, dimensions[d].kind, m->reasons[d][at[d]], side, dimensions[d].name(c->a->survey, at[d]));
            return;
        }
    size_t b = survey_cell(c->b->survey, m->partners[1][at[1]], m->partners[2][at[2]], m->partners[0][at[0]],
                           m->partners[3][at[3]]);
    if (c->a->scheme.k != c->b->scheme.k)
        leave(m, COMPARE_CELL, COMPARE_REASON_TRANSACTIONS, COMPARE_IN_BOTH, NULL);
    else if (!leave_cell(m, a, &c->b->cells[b]))
        c->cells[c->cell_count++] = (struct compare_cell) { .a = cell, .b = b };
}

/* B's cells of readers, handsets, conditions and scripts that A has none of. */
static void take_rest(struct matching *m)
{
    const struct findings *f = m->c->b;
    size_t at[DIMENSIONS];
    for (size_t i = 0; i < f->cell_count; i++) {
        indexes_of(&f->cells[i], at);
        for (size_t d = 0; d < DIMENSIONS; d++)
            if (m->reasons_b[d][at[d]] == COMPARE_REASON_ABSENT) {
                leave(m, dimensions[d].kind, COMPARE_REASON_ABSENT, COMPARE_IN_B,
                      dimensions[d].name(f->survey, at[d]));
                break;
            }
    }
}

static void match_all(struct matching *m)
{
    const struct survey *s = m->c->a->survey, *t = m->c->b->survey;
    for (size_t d = 0; d < DIMENSIONS; d++) {
        struct dimension own = dimensions[d];
        own.count = count_of(s, d);
        match_dimension(m->c, &own, count_of(t, d), m->partners[d], m->reasons[d]);
        for (size_t j = 0; j < count_of(t, d); j++)
            partner_of(m->c, &own, t, j, count_of(t, d), s, own.count, &m->reasons_b[d][j]);
    }
    for (size_t i = 0; i < m->c->a->cell_count && !m->failed; i++)
        take_cell(m, i);
    if (!m->failed)
        take_rest(m);
}

static void *room(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

int compare_pair_up(struct comparison *c, struct compare_partners *p, struct err *e)
{
    struct matching m = { .c = c, .partners = { p->readers, p->pairs, p->conditions, p->scripts } };
    for (size_t d = 0; d < DIMENSIONS; d++) {
        m.reasons[d] = room(count_of(c->a->survey, d), sizeof *m.reasons[d]);
        m.reasons_b[d] = room(count_of(c->b->survey, d), sizeof *m.reasons_b[d]);
        m.failed = m.failed || !m.reasons[d] || !m.reasons_b[d];
    }
    c->cells = room(c->a->cell_count, sizeof *c->cells);
    m.failed = m.failed || !c->cells;
    if (!m.failed)
        match_all(&m);
    for (size_t d = 0; d < DIMENSIONS; d++) {
        free(m.reasons[d]);
        free(m.reasons_b[d]);
    }
    return m.failed ? err_set(e, ERR_MEMORY, "compare", "out of memory for %zu cells", c->a->cell_count) : 0;
}
