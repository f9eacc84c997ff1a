#include "harness/criteria/bound.h"

#include "harness/stats/stats.h"

#include <math.h>

#define CLEAN_MOST 100000u

/* 0: the scheme's own verdict, which is what a rule of taps leaves in force, too. */
static double in_force(const struct assess_engine *g, const struct assess_rules *r)
{
    return g->criteria->taps ? 0 : r->threshold[CLAUSE_SUCCESS];
}

/* Clean placements that would bring the bound of (n, d) to x or under; 0: none within a sane number. */
static unsigned clean_needed(const struct scheme *s, double x, unsigned n, unsigned d)
{
    unsigned low = n < ASSESS_LEAST ? ASSESS_LEAST - n : 0, high = CLEAN_MOST;
    while (low < high) { /* every further clean placement raises the evidence against x */
        unsigned middle = low + (high - low) / 2, all = n + middle;
        if (d < x * all && stats_log_evalue(x, all, d, 0.5, 5.0 / s->q1) >= -log(s->beta))
            high = middle;
        else
            low = middle + 1;
    }
    return low < CLEAN_MOST ? low : 0;
}

/* Clean placements that pass it; one in another session where only that is missing. */
static unsigned missing(const struct assess_engine *g, double bound, const struct findings_cell *c,
                        unsigned d)
{
    bool own = bound > 0;
    const struct cell_counts judged = { .n = c->judged.n, .d = d, .s = c->judged.s };
    unsigned made = judged.n + judged.s;
    unsigned more = own ? clean_needed(&g->f->scheme, bound, made, d + judged.s)
                        : verdict_missing(&g->table, judged.n, d, judged.s);
    bool within = own || !verdict_is_out_of_reach(&g->table, &judged);
    if (more == 0 && assess_sessions(c) < VERDICT_SESSIONS_NEEDED && within && made >= ASSESS_LEAST)
        more = 1;
    return more;
}

/* Whether a cell that does not pass refuses its handset. */
static bool refuses(const struct assess_engine *g, const struct assess_rules *r, enum verdict verdict,
                    double lower)
{
    double bound = in_force(g, r) > 0 ? in_force(g, r) : g->f->scheme.q1;
    if (verdict != VERDICT_INCOMPATIBLE)
        return bound < g->f->scheme.q0 && lower > bound;
    return r->refuse == CRITERIA_REFUSE_ABOVE_Q0 || lower > bound;
}

struct assess_result bound_on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell,
                                   enum verdict verdict, unsigned d, double lower, double upper)
{
    const struct findings_cell *c = &g->f->cells[cell];
    struct assess_result out = { ASSESS_OPEN, cell, 0 };
    bool enough = c->judged.n + c->judged.s >= ASSESS_LEAST && assess_sessions(c) >= VERDICT_SESSIONS_NEEDED;
    double bound = in_force(g, r);
    if (bound > 0 ? enough && upper <= bound : verdict == VERDICT_COMPATIBLE)
        out.outcome = ASSESS_PASS;
    else if (!(bound > 0 && upper <= bound) && refuses(g, r, verdict, lower))
        out.outcome = ASSESS_FAIL;
    else
        out.missing = missing(g, bound, c, d);
    return out;
}

unsigned bound_clean(const struct assess_engine *g, const struct assess_rules *r)
{
    double bound = in_force(g, r);
    return bound > 0 ? clean_needed(&g->f->scheme, bound, 0, 0) : g->table.accept[0];
}
