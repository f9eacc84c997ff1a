/*
 * The matrix of handsets and readers, put together from its parts. A group is what the criteria require, or
 * without criteria each condition for itself.
 */
#include "harness/matrix/matrix.h"

#include "harness/base/keyed_random.h"
#include "harness/clauses/refusal.h"
#include "harness/matrix/parts.h"
#include "harness/stats/icc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void *matrix_room(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

uint64_t matrix_key(const struct findings *f, const char *test, const char *group)
{
    return random_key_text(random_key_text(random_key(0x6d61747269780000u, f->seed), test),
                           group); /* "matrix" */
}

bool matrix_has(const struct matrix_group *g, const struct findings_cell *c)
{
    return (g->conditions >> c->condition & 1) && (g->scripts >> c->script & 1);
}

enum matrix_state matrix_state_of(const struct findings *f, const struct matrix_group *g, size_t pair,
                                  size_t reader)
{
    return (enum matrix_state)g->states[pair * f->survey->reader_count + reader];
}

enum matrix_state matrix_served(const struct findings *f, const struct matrix_group *g, size_t pair,
                                size_t reader)
{
    return (enum matrix_state)g->served[pair * f->survey->reader_count + reader];
}

/* Against q0, as verdicts are, a handset between q0 and the bound would be ruled out that meets it. */
enum matrix_state matrix_serves(const struct scheme *s, const struct findings_cell *c, double bound, bool own)
{
    bool enough = c->judged.n + c->judged.s >= SCHEME_N_MIN &&
                  __builtin_popcount(c->judged.sessions) >= VERDICT_SESSIONS_NEEDED;
    if (c->verdict == VERDICT_NOT_APPLICABLE)
        return MATRIX_FAILS;
    if (own ? enough && c->upper <= bound : c->verdict == VERDICT_COMPATIBLE)
        return MATRIX_WORKS;
    return (c->verdict == VERDICT_INCOMPATIBLE || bound < s->q0) && c->lower > bound ? MATRIX_FAILS
                                                                                     : MATRIX_OPEN;
}

static void keep_worse(uint8_t *state, enum matrix_state of_cell)
{
    if (of_cell == MATRIX_FAILS || *state == MATRIX_WORKS)
        *state = (uint8_t)of_cell;
}

static void find_served(const struct findings *f, const struct criteria *c, struct matrix_group *g)
{
    g->bound = criteria_dirty_at_most(c, &f->scheme);
    memset(g->served, MATRIX_WORKS, f->survey->pair_count * f->survey->reader_count);
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *cell = &f->cells[i];
        if (matrix_has(g, cell))
            keep_worse(&g->served[cell->pair * f->survey->reader_count + cell->reader],
                       matrix_serves(&f->scheme, cell, g->bound, c && c->dirty_at_most > 0));
    }
}

static void find_states(const struct findings *f, struct matrix_group *g)
{
    for (size_t i = 0; i < f->survey->pair_count * f->survey->reader_count; i++)
        g->states[i] = MATRIX_WORKS;
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        uint8_t *state = &g->states[c->pair * f->survey->reader_count + c->reader];
        if (!matrix_has(g, c))
            continue;
        if (c->verdict == VERDICT_INCOMPATIBLE || c->verdict == VERDICT_NOT_APPLICABLE)
            *state = MATRIX_FAILS;
        else if (c->verdict == VERDICT_NOT_PURSUED && *state == MATRIX_WORKS)
            *state = MATRIX_NOT_PURSUED;
        else if (c->verdict != VERDICT_COMPATIBLE && c->verdict != VERDICT_NOT_PURSUED &&
                 *state != MATRIX_FAILS)
            *state = MATRIX_OPEN;
    }
}

/* ---- by criteria ---- */

static enum matrix_state state_on(const struct assess_pair *p, uint32_t reader)
{
    return p->passes & reader        ? MATRIX_WORKS
           : p->fails & reader       ? MATRIX_FAILS
           : p->not_pursued & reader ? MATRIX_NOT_PURSUED
                                     : MATRIX_OPEN;
}

/* A clause over all readers together holds on each of them, or on none. */
static enum matrix_state served_on(const struct assess_pair *p, uint32_t reader)
{
    bool together = p->over_readers == ASSESS_UNUSED || p->over_readers == ASSESS_PASS;
    return p->not_to_meet & reader            ? MATRIX_FAILS
           : (p->passes & reader) && together ? MATRIX_WORKS
                                              : MATRIX_OPEN;
}

/* What the criteria in force make of the readers that count. */
static void judge_states(const struct assessment *a, struct matrix_group *g)
{
    const struct survey *s = a->f->survey;
    g->counts_some = assess_counts_some(a);
    g->lacks = a->lacks_cells ? a->not_in_survey : NULL;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            uint32_t bit = a->scope & UINT32_C(1) << reader;
            if (!bit)
                continue;
            g->states[pair * s->reader_count + reader] = (uint8_t)state_on(&a->pairs[pair], bit);
            g->served[pair * s->reader_count + reader] = (uint8_t)served_on(&a->pairs[pair], bit);
        }
}

/* All cells that the criteria require, whatever their conditions and scripts, are one group. */
static bool find_required(const struct findings *f, const struct criteria *c, struct matrix_group *g)
{
    const struct survey *s = f->survey;
    *g = (struct matrix_group) { .name = "required", .required = true };
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++)
            if (need_of(c, s, condition, script) == NEED_REQUIRED) {
                g->conditions |= (uint64_t)1 << condition;
                g->scripts |= (uint32_t)1 << script;
            }
    return g->conditions != 0;
}

static int make_groups(const struct findings *f, const struct criteria *c, struct matrix *m, struct err *e)
{
    const struct survey *s = f->survey;
    struct matrix_group required;
    bool any = find_required(f, c, &required);
    size_t count = any ? 1 : s->condition_count;
    m->groups = matrix_room(count, sizeof *m->groups);
    if (!m->groups)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct matrix_group *g = &m->groups[m->group_count++];
        if (any)
            *g = required;
        else
            *g = (struct matrix_group) { .name = s->conditions[i].id,
                                         .conditions = (uint64_t)1 << i,
                                         .scripts = ((uint32_t)1 << s->script_count) - 1 };
        g->states = matrix_room(s->pair_count * s->reader_count, sizeof *g->states);
        g->served = matrix_room(s->pair_count * s->reader_count, sizeof *g->served);
        if (!g->states || !g->served)
            return err_set(e, ERR_MEMORY, "matrix", "out of memory");
        find_states(f, g);
        find_served(f, c, g);
    }
    return 0;
}

static int find_icc(const struct findings *f, struct matrix *m, struct err *e)
{
    struct icc_cell *cells = matrix_room(f->cell_count, sizeof *cells);
    if (!cells)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; i < f->cell_count; i++) {
        const struct findings_cell *c = &f->cells[i];
        cells[i] = (struct icc_cell) { c->whole_placements, c->bad, c->bad_squared };
        m->icc_placements += c->whole_placements;
    }
    m->has_icc = icc_pooled(cells, f->cell_count, f->scheme.k, &m->icc);
    free(cells);
    return 0;
}

static int compare_pairs(const void *left, const void *right, void *context)
{
    const struct survey *s = context;
    const struct survey_pair *a = &s->pairs[*(const size_t *)left], *b = &s->pairs[*(const size_t *)right];
    int order = strcmp(a->unit, b->unit);
    return order ? order : strcmp(s->sims[a->sim].id, s->sims[b->sim].id);
}

static int compare_readers(const void *left, const void *right, void *context)
{
    const struct survey *s = context;
    return strcmp(s->readers[*(const size_t *)left].unit, s->readers[*(const size_t *)right].unit);
}

int matrix_order(const struct findings *f, size_t **pairs, size_t readers[SURVEY_READERS_MAX], struct err *e)
{
    const struct survey *s = f->survey;
    size_t *order = matrix_room(s->pair_count, sizeof *order);
    if (!order)
        return err_set(e, ERR_MEMORY, "matrix", "out of memory");
    for (size_t i = 0; i < s->pair_count; i++)
        order[i] = i;
    for (size_t i = 0; i < s->reader_count; i++)
        readers[i] = i;
    qsort_r(order, s->pair_count, sizeof *order, compare_pairs, f->survey);
    qsort_r(readers, s->reader_count, sizeof *readers, compare_readers, f->survey);
    *pairs = order;
    return 0;
}

static int make_group(const struct findings *f, const struct assessment *a, struct matrix *m,
                      struct matrix_group *g, struct err *e)
{
    bool all = !findings_is_of_list(f);
    if (a && g->required)
        judge_states(a, g);
    int status = matrix_pool(f, m, g, e);
    if (status == 0)
        status = matrix_cover(f, a && g->required ? a : NULL, m, g, e);
    if (status == 0 && all)
        status = matrix_associate(f, m, g, e);
    return status;
}

int matrix_make(const struct findings *f, const struct criteria *c, const struct matrix_options *options,
                struct matrix **out, struct survey_problems *p, struct err *e)
{
    struct matrix *m = calloc(1, sizeof *m);
    struct assessment *own = NULL;
    const struct assessment *a = options->assessment;
    int status = ERR_MEMORY;
    *out = NULL;
    if (m)
        m->weights = matrix_room(f->survey->pair_count, sizeof *m->weights);
    if (!m || !m->weights) {
        err_set(e, ERR_MEMORY, "matrix", "out of memory");
        goto out;
    }
    m->permutations = options->permutations ? options->permutations : MATRIX_PERMUTATIONS;
    m->fdr = options->fdr;
    m->shares_path = options->shares ? options->shares->path : NULL;
    status = shares_weights(options->shares, f->survey, m->weights, &m->shares, p, e);
    if (status == 0)
        status = make_groups(f, c, m, e);
    if (status == 0 && c && !a) {
        status = assess_judge(f, c, &own, e);
        a = own;
    }
    if (status == 0)
        status = matrix_attributes(f, m, e);
    for (size_t i = 0; status == 0 && i < m->group_count; i++)
        status = make_group(f, a, m, &m->groups[i], e);
    if (status == 0 && !findings_is_of_list(f))
        status = find_icc(f, m, e);
    if (status == 0 && !findings_is_of_list(f))
        status = matrix_effects(f, m, e);
    if (status == 0 && !findings_is_of_list(f))
        status = matrix_gauge(f, m, e);
    if (status == 0)
        status = matrix_regress(f, m, e);
out:
    assess_free(&own);
    if (status == 0)
        *out = m;
    else
        matrix_free(&m);
    return status;
}

const struct matrix_group *matrix_main_group(const struct matrix *m)
{
    for (size_t i = 0; i < m->group_count; i++)
        if (m->groups[i].required)
            return &m->groups[i];
    return m->group_count > 0 ? &m->groups[0] : NULL;
}

void matrix_free(struct matrix **m)
{
    struct matrix *o = *m;
    if (!o)
        return;
    for (size_t i = 0; i < o->group_count; i++) {
        struct matrix_group *g = &o->groups[i];
        free(g->states);
        free(g->served);
        free(g->cells);
        free(g->points);
        free(g->subset_lower);
        free(g->subset_upper);
        free(g->patterns);
        free(g->pattern_of_pair);
        free(g->associations);
    }
    for (size_t i = 0; i < o->attribute_count; i++) {
        free(o->attributes[i].values);
        free(o->attributes[i].categories);
    }
    free(o->groups);
    free(o->weights);
    free(o->effects);
    free(o->gauges);
    free(o->models);
    free(o->regression);
    free(o);
    *m = NULL;
}
