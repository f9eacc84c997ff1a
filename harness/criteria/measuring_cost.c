/* What a new handset has to be measured with under some rules, and how long that takes. */
#include "harness/criteria/judges.h"

static unsigned more_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Of one clause; a clause of positions asks for what its points are judged by. */
static unsigned clean_of(const struct assess_engine *g, const struct assess_rules *r, enum clause clause,
                         unsigned cells)
{
    const struct judge *j = judges[clause]->through ? judges[judges[clause]->through] : judges[clause];
    return j->clean ? j->clean(g, r, cells) : 0;
}

static unsigned clean_placements(const struct assess_engine *g, const struct assess_rules *r, unsigned cells)
{
    unsigned n = ASSESS_LEAST;
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_COUNT; c++)
        if (r->on[c])
            n = more_of(n, clean_of(g, r, c, cells));
    return n;
}

static bool is_run(const struct assess_engine *g, const struct assess_rules *r, size_t script)
{
    bool any = g->wants[script];
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_READERS; c++)
        any = any || (r->on[c] && assess_looks_at_script(g, c, script));
    return any;
}

void assess_cost(const struct assess_engine *g, const struct assess_rules *r, unsigned set,
                 struct assess_cost *out)
{
    const struct survey *s = g->f->survey;
    const struct survey_times *t = &s->times;
    bool points = assess_asks_positions(r);
    uint32_t modes = 0;
    unsigned scripts = 0, readers = (unsigned)__builtin_popcount(g->a->scope);
    for (size_t i = 0; i < s->condition_count; i++) {
        uint32_t bit = UINT32_C(1) << s->conditions[i].power_mode;
        if (!((r->required | r->conditional) & bit) || !(points || assess_looks_at(g, i)))
            continue;
        out->conditions++;
        modes |= bit;
    }
    for (size_t i = 0; i < s->script_count; i++)
        scripts += is_run(g, r, i);
    out->placements = clean_placements(g, r, readers * out->conditions);
    out->placements_most =
        more_of(out->placements, g->criteria->taps ? g->criteria->taps : g->f->scheme.n_max);
    out->sessions = more_of(VERDICT_SESSIONS_NEEDED, s->sessions);
    double placement_s = t->place_s + scripts * g->f->scheme.k * (t->transaction_s + s->pause_ms / 1000.0);
    double changes_s = out->sessions * (t->change_s + t->mode_s * (__builtin_popcount(modes) - (modes != 0)));
    out->hours_set = (set * out->conditions * out->placements * placement_s + changes_s) / 3600.0;
    out->hours_all = (readers * out->conditions * out->placements * placement_s + changes_s) / 3600.0;
}
