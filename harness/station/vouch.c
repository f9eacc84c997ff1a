#include "harness/station/vouch.h"

#include <string.h>

static void add(struct buf *b, const void *item, size_t size)
{
    if (b->max == 0)
        buf_init(b, SIZE_MAX / 2);
    buf_add(b, item, size);
}

bool vouch_result(struct station_state *state, const struct plan_placement *p, unsigned script,
                  enum placement_result result, bool suspect)
{
    const struct survey *s = plan_survey(state->plan);
    struct vouch *v = &state->vouch[p->reader];
    struct cells_undo undo = { .cell = survey_cell(s, p->pair, p->condition, p->reader, script),
                               .result = result,
                               .suspect = suspect,
                               .session = p->session };
    undo.before = *plan_cell(state->plan, undo.cell);
    plan_result(state->plan, p, script, result, suspect);
    if (!s->reference.given || !cells_has_counted(plan_cells(state->plan), &undo))
        return true;
    add(&v->results, &undo, sizeof undo);
    return !v->results.failed;
}

void vouch_placed(struct station_state *state, const struct plan_placement *p, uint64_t line, bool counted)
{
    struct vouch *v = &state->vouch[p->reader];
    state->counted += counted;
    v->counted += counted;
    if (v->placements++ == 0)
        v->first = line;
    v->last = line;
}

void vouch_forget(struct station_state *state, unsigned reader)
{
    struct vouch *v = &state->vouch[reader];
    buf_cut(&v->results, 0);
    v->first = v->last = v->placements = v->counted = 0;
}

void vouch_judge(struct station_state *state, unsigned reader, bool ok)
{
    struct vouch *v = &state->vouch[reader];
    v->checks++;
    if (!ok && v->results.length > 0)
        plan_take_back(state->plan, (const struct cells_undo *)(const void *)v->results.data,
                       v->results.length / sizeof(struct cells_undo));
    if (!ok)
        state->counted -= v->counted;
    if (!ok && v->placements > 0 && v->last == state->last.line)
        state->last.counted = false;
    vouch_forget(state, reader);
}
