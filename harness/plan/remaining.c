/* What a run still needs, by going on with a copy of its plan as if every further placement were clean. */
#include "harness/plan/plan.h"

#include <stdlib.h>

struct walker {
    const struct survey *survey;
    struct plan *plan;
    struct plan_rest *rest;
    plan_outcome *outcome; /* NULL: all clean */
    void *context;
    double seconds;
    unsigned out[SURVEY_READERS_MAX]; /* pairs laid out, the last used first: as many as there are lanes */
    size_t out_count, lanes;
    enum power_mode *mode; /* a pair: the one it was laid in last */
};

/* True when it was among them; it is the last used now. */
static bool take(struct walker *w, unsigned pair)
{
    size_t at = 0;
    while (at < w->out_count && w->out[at] != pair)
        at++;
    bool there = at < w->out_count;
    if (!there && w->out_count < w->lanes)
        w->out_count++;
    if (at >= w->lanes)
        at = w->lanes - 1; /* the one used longest ago makes room */
    for (size_t i = at < SURVEY_READERS_MAX ? at : SURVEY_READERS_MAX - 1; i > 0; i--)
        w->out[i] = w->out[i - 1];
    w->out[0] = pair;
    return there;
}

/* A handset is fetched when it comes up, and keeps its power mode until it is asked for another. */
static void count_changes(struct walker *w, const struct plan_placement *p)
{
    enum power_mode mode = w->survey->conditions[p->condition].power_mode;
    bool there = take(w, p->pair);
    w->rest->handset_changes += !there;
    w->rest->mode_changes += there && w->mode[p->pair] != mode;
    w->mode[p->pair] = mode;
}

static void place(struct walker *w, const struct plan_placement *p)
{
    const struct survey *s = w->survey;
    struct plan_rest *rest = w->rest;
    rest->placements++;
    rest->by_reader[p->reader]++;
    rest->by_pair[p->pair]++;
    for (unsigned script = 0; script < s->script_count; script++) {
        if (!(p->scripts >> script & 1u))
            continue;
        rest->transactions += plan_table(w->plan)->scheme.k;
        size_t cell = survey_cell(s, p->pair, p->condition, p->reader, script);
        bool dirty = w->outcome && w->outcome(w->context, cell, plan_cell(w->plan, cell)->counts.n);
        plan_result(w->plan, p, script, dirty ? PLACEMENT_DIRTY : PLACEMENT_CLEAN, false);
        if (!plan_is_over(w->plan, cell) || rest->next_count == survey_cell_count(s))
            continue;
        rest->next[rest->next_count] = cell;
        rest->after[rest->next_count++] = rest->placements;
    }
    plan_placed(w->plan, p, false);
}

/* The placements of a step run side by side: it lasts as long as its longest. */
static void make_step(struct walker *w, const struct plan_placement *step, size_t count)
{
    double longest = 0.0;
    for (size_t i = 0; i < count; i++)
        count_changes(w, &step[i]);
    for (size_t i = 0; i < count; i++) {
        uint64_t transactions = (uint64_t)__builtin_popcount(step[i].scripts) * plan_table(w->plan)->scheme.k;
        double seconds = plan_placement_s(w->survey, step[i].pair, step[i].condition, transactions);
        longest = seconds > longest ? seconds : longest;
        place(w, &step[i]);
    }
    w->seconds += longest;
}

static void go_on(struct walker *w)
{
    struct plan_placement step[SURVEY_READERS_MAX];
    size_t count;
    bool waiting, worked = false;
    for (;;) {
        enum plan_next next = plan_step(w->plan, 0, step, &count, &waiting);
        if (next == PLAN_DONE)
            break;
        if (next == PLAN_SESSION_END) {
            plan_begin_session(w->plan, plan_session(w->plan) + 1);
            w->out_count = 0; /* every handset is prepared afresh */
            worked = false;
            continue;
        }
        w->rest->sessions += !worked;
        worked = true;
        make_step(w, step, count);
    }
}

int plan_rest(const struct plan *p, struct plan_rest *out, struct err *e)
{
    return plan_rest_if(p, NULL, NULL, out, e);
}

int plan_rest_if(const struct plan *p, plan_outcome *outcome, void *context, struct plan_rest *out,
                 struct err *e)
{
    const struct survey *s = plan_survey(p);
    struct walker w = {
        .survey = s, .rest = out, .outcome = outcome, .context = context, .lanes = plan_lanes(s)
    };
    *out = (struct plan_rest) { 0 };
    int rc = plan_copy(p, &w.plan, e);
    if (rc != 0)
        return rc;
    rc = err_set(e, ERR_MEMORY, "plan", "out of memory for %zu cells", survey_cell_count(s));
    out->by_pair = calloc(s->pair_count, sizeof(*out->by_pair));
    out->next = calloc(survey_cell_count(s), sizeof(*out->next));
    out->after = calloc(survey_cell_count(s), sizeof(*out->after));
    w.mode = calloc(s->pair_count, sizeof(*w.mode));
    if (!out->by_pair || !out->next || !out->after || !w.mode)
        goto out;
    go_on(&w);
    for (unsigned reader = 0; reader < s->reader_count; reader++)
        out->reference_layings += plan_reference_layings(s, out->by_reader[reader], out->sessions);
    w.seconds += plan_reference_s(s, out->reference_layings);
    w.seconds +=
        (double)out->handset_changes * s->times.change_s + (double)out->mode_changes * s->times.mode_s;
    out->hours = w.seconds / 3600.0;
    rc = 0;
out:
    free(w.mode);
    plan_free(&w.plan);
    if (rc != 0)
        plan_rest_free(out);
    return rc;
}

void plan_rest_free(struct plan_rest *rest)
{
    free(rest->by_pair);
    free(rest->next);
    free(rest->after);
    *rest = (struct plan_rest) { 0 };
}
