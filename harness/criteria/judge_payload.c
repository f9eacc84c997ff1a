/* payload: the placements in which a transaction did not get past a step, bounded as the dirty ones are. */
#include "harness/criteria/bound.h"
#include "harness/criteria/judges.h"

#include <string.h>

static int prepare(struct assess_engine *g, struct err *e)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    (void)e;
    g->payload_script = (unsigned)s->script_count;
    if (!c->payload_script)
        return 0;
    g->payload_script = (unsigned)assess_script_of(s, c->payload_script);
    if (g->payload_script == s->script_count) {
        assess_lacks(g, c->payload_script, true);
        return 0;
    }
    const struct script *script = survey_script_loaded(s, g->payload_script);
    for (size_t i = 0; i < script->step_count && g->payload_step == 0; i++)
        if (script->steps[i].name && strcmp(script->steps[i].name, c->payload_step) == 0)
            g->payload_step = (unsigned)i + 1;
    if (g->payload_step == 0)
        assess_lacks(g, c->payload_step, true);
    else
        g->payload_extended = script->steps[g->payload_step - 1].needs_extended;
    g->a->payload_step = g->payload_step;
    return 0;
}

static bool looks_at(const struct assess_engine *g, size_t script)
{
    return g->payload_step > 0 && script == g->payload_script;
}

static bool skips(const struct assess_engine *g, size_t reader)
{
    const struct survey *s = g->f->survey;
    return g->payload_extended &&
           s->reader_profiles[s->readers[reader].profile].level != READER_LEVEL_EXTENDED;
}

static bool ends_before(unsigned step, const struct observations *t, const struct placement_seen *p)
{
    return p->count == 0 || observations_ended(t, p) <= step;
}

static void measure(const struct assess_engine *g, size_t cell, struct assess_cell *m)
{
    const struct findings_cell *c = &g->f->cells[cell];
    if (!looks_at(g, c->script))
        return;
    m->payload = c->judged;
    m->payload.d = c->judged.d - c->d; /* suspect placements that are judged as dirty */
    m->payload.dirty_sessions = c->attributed ? c->judged.suspect_sessions : 0;
    for (size_t i = 0; i < c->seen.placement_count; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        if (!p->counted || !ends_before(g->payload_step, &c->seen, p))
            continue;
        m->payload.d++;
        m->payload.dirty_sessions |= p->session ? UINT32_C(1) << (p->session - 1) : 0;
    }
    verdict_bounds(&g->f->scheme, m->payload.n, m->payload.d, m->payload.s, &m->payload_lower,
                   &m->payload_upper);
}

static struct assess_result on_cell(const struct assess_engine *g, const struct assess_rules *r, size_t cell)
{
    const struct assess_cell *m = &g->a->cells[cell];
    return bound_on_cell(g, r, cell, verdict_of(&g->table, &m->payload), m->payload.d, m->payload_lower,
                         m->payload_upper);
}

static unsigned clean(const struct assess_engine *g, const struct assess_rules *r, unsigned cells)
{
    (void)cells;
    return bound_clean(g, r);
}

static enum clause_ask asks(const struct assessment *a, struct measures *out)
{
    measures_add(out, (struct measure) { .kind = MEASURE_TEXT, .text = a->criteria->payload_script });
    measures_add(out, (struct measure) { .kind = MEASURE_TEXT, .text = a->criteria->payload_step });
    return ASK_PAYLOAD;
}

static enum clause_evidence shows(const struct assessment *a, size_t cell, struct measures *out)
{
    const struct assess_cell *m = &a->cells[cell];
    measures_add(out,
                 (struct measure) { .id = "not_past_step", .kind = MEASURE_COUNT, .number = m->payload.d });
    measures_add(out, (struct measure) { .id = "n", .kind = MEASURE_COUNT, .number = a->f->cells[cell].n });
    measures_add(out, (struct measure) { .id = "not_past_lower",
                                         .high_id = "not_past_upper",
                                         .kind = MEASURE_INTERVAL,
                                         .real = m->payload_lower,
                                         .high = m->payload_upper });
    return EVIDENCE_PAYLOAD;
}

static bool speaks_against(const struct assessment *a, const struct observations *t,
                           const struct placement_seen *p)
{
    return ends_before(a->payload_step, t, p);
}

const struct judge judge_payload = {
    .prepare = prepare,
    .measure = measure,
    .looks_at = looks_at,
    .skips = skips,
    .skips_why = "its class passes no extended APDU",
    .on_cell = on_cell,
    .given_up = 3,
    .clean = clean,
    .asks = asks,
    .shows = shows,
    .speaks_against = speaks_against,
};
