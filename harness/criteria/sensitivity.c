/* How far the outcome of a pair hangs on a threshold: the one that would just pass. */
#include "harness/criteria/judges.h"

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
static double cell_passes_from(const struct assess_engine *g, size_t cell, enum clause clause)
{
    const struct findings_cell *c = &g->f->cells[cell];
    if (c->state != SURVEY_CELL_IN || c->judged.n + c->judged.s < ASSESS_LEAST ||
        assess_sessions(c) < VERDICT_SESSIONS_NEEDED)
        return NAN;
    return judges[clause]->cell_passes_from(g, cell);
}

static double cells_pass_from(const struct assess_engine *g, size_t pair, size_t reader, enum clause clause)
{
    const struct survey *s = g->f->survey;
    double most = 0;
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            if (!assess_asks(g, &g->rules, clause, reader, script) ||
                !(g->rules.required >> s->conditions[condition].power_mode & 1) ||
                !assess_looks_at(g, condition))
                continue;
            double from = cell_passes_from(g, survey_cell(s, pair, condition, reader, script), clause);
            if (isnan(from))
                return NAN;
            most = from > most ? from : most;
        }
    return most > 0 ? most : NAN;
}

static double passes_from(const struct assess_engine *g, size_t pair, enum clause clause)
{
    const struct judge *j = judges[clause];
    double from[SURVEY_READERS_MAX];
    size_t readers = g->f->survey->reader_count;
    if (j->is_by_pair && j->is_by_pair(g->criteria))
        return j->pair_passes_from(g, pair);
    for (size_t i = 0; i < readers; i++)
        from[i] =
            j->reader_passes_from ? j->reader_passes_from(g, pair, i) : cells_pass_from(g, pair, i, clause);
    return least_that_passes(&g->rules, readers, from);
}

void assess_sensitivity(const struct assess_engine *g, size_t pair)
{
    struct assess_pair *p = &g->a->pairs[pair];
    p->readers_passed = (unsigned)__builtin_popcount(p->passes);
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (g->rules.on[c] && judges[c]->flips && judges[c]->flips(g->criteria).id)
            p->passes_from[c] = passes_from(g, pair, c);
}

struct measure assess_flips_at(const struct assessment *a, size_t pair, enum clause clause)
{
    struct measure m = { 0 };
    double from = a->pairs[pair].passes_from[clause];
    if (judges[clause]->flips && clause_is_used(a->criteria, clause))
        m = judges[clause]->flips(a->criteria);
    if (isnan(from))
        m.kind = MEASURE_NONE;
    m.real = from;
    m.number = isnan(from) ? 0 : (uint64_t)from;
    return m;
}
