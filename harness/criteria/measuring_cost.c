/* What a new handset has to be measured with under some rules, and how long that takes. */
#include "harness/criteria/engine.h"
#include "harness/stats/overrun.h"

static unsigned more_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned clean_placements(const struct assess_engine *g, const struct assess_rules *r, unsigned cells)
{
    const struct criteria *c = g->criteria;
    bool points = r->on[ASSESS_FIVE_POINTS] || r->on[ASSESS_HEIGHT];
    unsigned n = ASSESS_LEAST;
    if (c->taps && (r->on[ASSESS_SUCCESS] || points))
        n = more_of(n, r->ok_at_least);
    else if (r->on[ASSESS_SUCCESS] || points || r->on[ASSESS_PAYLOAD])
        n = more_of(n, r->dirty_at_most > 0 ? assess_clean_needed(&g->f->scheme, r->dirty_at_most, 0, 0)
                                            : g->table.accept[0]);
    if (r->on[ASSESS_TIME]) {
        uint64_t in_time = overrun_missing(NULL, 0, 1.0 - c->share, g->f->scheme.beta, UINT32_MAX);
        if (c->by_handset && cells > 0)
            in_time = (in_time + cells - 1) / cells;
        n = more_of(n, (unsigned)in_time);
    }
    return n;
}

void assess_cost(const struct assess_engine *g, const struct assess_rules *r, unsigned set,
                 struct assess_cost *out)
{
    const struct survey *s = g->f->survey;
    const struct survey_times *t = &s->times;
    bool points = r->on[ASSESS_FIVE_POINTS] || r->on[ASSESS_HEIGHT];
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
        scripts += g->wants[i] || (r->on[ASSESS_PAYLOAD] && i == g->payload_script);
    out->placements = clean_placements(g, r, readers * out->conditions);
    out->placements_most =
        more_of(out->placements, g->criteria->taps ? g->criteria->taps : g->f->scheme.n_max);
    out->sessions = more_of(VERDICT_SESSIONS_NEEDED, s->sessions);
    double placement_s = t->place_s + scripts * g->f->scheme.k * (t->transaction_s + s->pause_ms / 1000.0);
    double changes_s = out->sessions * (t->change_s + t->mode_s * (__builtin_popcount(modes) - (modes != 0)));
    out->hours_set = (set * out->conditions * out->placements * placement_s + changes_s) / 3600.0;
    out->hours_all = (readers * out->conditions * out->placements * placement_s + changes_s) / 3600.0;
}
