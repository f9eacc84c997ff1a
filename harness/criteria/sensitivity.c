/* How far the outcome of a pair hangs on a threshold: the one that would just pass. */
#include "harness/criteria/engine.h"

#include <math.h>

/* The least value at which enough readers pass, when a reader passes from its own value on; NAN: none. */
static double least_that_passes(const struct assess_rules *r, size_t readers, const double *from)
{
    double best = NAN;
    for (size_t i = 0; i < readers; i++) {
        enum assess_outcome on[SURVEY_READERS_MAX];
        if (r->seats[i] == 0 || isnan(from[i]) || from[i] >= best)
            continue;
        for (size_t j = 0; j < readers; j++)
            on[j] = !isnan(from[j]) && from[j] <= from[i] ? ASSESS_PASS : ASSESS_FAIL;
        if (assess_over_readers(r, readers, on) == ASSESS_PASS)
            best = from[i];
    }
    return best;
}

/* What one required cell needs to pass, NAN when no threshold would do. */
static double cell_passes_from(const struct assess_engine *g, size_t cell, enum assess_clause clause)
{
    const struct findings_cell *c = &g->f->cells[cell];
    const struct assess_cell *m = &g->a->cells[cell];
    bool sessions = __builtin_popcount(c->sessions_seen) >= VERDICT_SESSIONS_NEEDED;
    if (c->state != SURVEY_CELL_IN || c->n < ASSESS_LEAST || !sessions)
        return NAN;
    if (clause == ASSESS_SUCCESS)
        return c->upper < 1.0 ? c->upper : NAN;
    return m->time_passes_from_us != UINT32_MAX ? (double)m->time_passes_from_us : NAN;
}

static double reader_passes_from(const struct assess_engine *g, size_t pair, size_t reader,
                                 enum assess_clause clause)
{
    const struct survey *s = g->f->survey;
    double most = 0;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            if (!g->wants[script] || !(g->rules.required >> s->conditions[condition].power_mode & 1) ||
                !assess_looks_at(g, condition))
                continue;
            double from = cell_passes_from(g, survey_cell(s, pair, condition, reader, script), clause);
            if (isnan(from))
                return NAN;
            most = from > most ? from : most;
        }
    return most > 0 ? most : NAN;
}

static double pair_passes_from(const struct assess_engine *g, size_t pair, enum assess_clause clause)
{
    double from[SURVEY_READERS_MAX];
    size_t readers = g->f->survey->reader_count;
    for (size_t i = 0; i < readers; i++)
        from[i] = reader_passes_from(g, pair, i, clause);
    return least_that_passes(&g->rules, readers, from);
}

static double handset_passes_from(const struct assess_engine *g, size_t pair)
{
    double most = 0;
    size_t cells[ASSESS_HANDSET_CELLS_MAX];
    for (size_t script = 0; script < g->f->survey->script_count; script++) {
        uint32_t passes, fails;
        unsigned sessions = 0;
        if (!g->wants[script])
            continue;
        size_t count = assess_handset_cells(g, &g->rules, pair, script, cells);
        assess_time(g, cells, count, &passes, &fails);
        for (size_t i = 0; i < count; i++)
            sessions |= g->f->cells[cells[i]].sessions_seen;
        if (passes == UINT32_MAX || __builtin_popcount(sessions) < VERDICT_SESSIONS_NEEDED)
            return NAN;
        most = passes > most ? passes : most;
    }
    return most;
}

static void position_values(const struct assess_engine *g, size_t pair, struct assess_pair *p)
{
    double failing[SURVEY_READERS_MAX], zone[SURVEY_READERS_MAX];
    size_t readers = g->f->survey->reader_count;
    for (size_t i = 0; i < readers; i++) {
        struct assess_points points;
        assess_positions(g, &g->rules, pair, i, g->rules.required, &points);
        failing[i] = points.failing == UINT32_MAX ? NAN : (double)points.failing;
        zone[i] = points.dead_zone_mm;
    }
    double most = least_that_passes(&g->rules, readers, failing);
    if (g->rules.on[ASSESS_FIVE_POINTS] && !isnan(most))
        p->points_failing = (unsigned)most;
    if (g->rules.on[ASSESS_HEIGHT])
        p->dead_zone_mm = least_that_passes(&g->rules, readers, zone);
}

void assess_sensitivity(const struct assess_engine *g, size_t pair)
{
    struct assess_pair *p = &g->a->pairs[pair];
    p->readers_passed = (unsigned)__builtin_popcount(p->passes);
    if (g->rules.on[ASSESS_SUCCESS] && !g->criteria->taps)
        p->dirty_passes_from = pair_passes_from(g, pair, ASSESS_SUCCESS);
    if (g->rules.on[ASSESS_TIME]) {
        double from =
            g->criteria->by_handset ? handset_passes_from(g, pair) : pair_passes_from(g, pair, ASSESS_TIME);
        p->time_passes_from_us = isnan(from) ? 0 : (uint32_t)from;
    }
    if (g->rules.on[ASSESS_FIVE_POINTS] || g->rules.on[ASSESS_HEIGHT])
        position_values(g, pair, p);
}
