/* The assessment: what criteria mean for this survey, and the evidence behind each outcome. */
#include "harness/criteria/assessment.h"

#include "harness/base/text.h"
#include "harness/criteria/engine.h"

#include <stdlib.h>
#include <string.h>

static const char *const clause_names[ASSESS_CLAUSE_COUNT] = {
    [ASSESS_NONE] = "",           [ASSESS_SUCCESS] = "success",
    [ASSESS_TIME] = "time",       [ASSESS_FIVE_POINTS] = "five_points",
    [ASSESS_HEIGHT] = "height",   [ASSESS_TECHNOLOGIES] = "technologies",
    [ASSESS_PAYLOAD] = "payload", [ASSESS_READERS] = "readers",
    [ASSESS_SCOPE] = "scope",
};

const char *assess_clause_name(enum assess_clause clause)
{
    return (unsigned)clause < ASSESS_CLAUSE_COUNT ? clause_names[clause] : "";
}

double assess_in_unit(enum assess_clause clause, double value)
{
    return clause == ASSESS_TIME ? value / 1000.0 : value;
}

enum assess_clause assess_clause_of_name(const char *name)
{
    for (int c = ASSESS_SUCCESS; c < ASSESS_CLAUSE_COUNT; c++)
        if (strcmp(name, clause_names[c]) == 0)
            return (enum assess_clause)c;
    return ASSESS_NONE;
}

const char *assess_outcome_name(enum assess_outcome outcome)
{
    static const char *const names[] = { "not used", "pass", "not enough data", "not testable with this run",
                                         "fail" };
    return (unsigned)outcome <= ASSESS_FAIL ? names[outcome] : "";
}

double assess_dirty_at_most(const struct findings *f, const struct criteria *c)
{
    return c->dirty_at_most > 0 ? c->dirty_at_most : f->scheme.q1;
}

bool assess_uses(const struct criteria *c, enum assess_clause clause)
{
    bool positions = c->five_points || c->height;
    switch (clause) {
    case ASSESS_SUCCESS: /* a rule of positions has its own cells; success at the centre is then asked for
                            aloud */
        return c->success_given || !positions;
    case ASSESS_TIME:
        return c->within_ms > 0;
    case ASSESS_FIVE_POINTS:
        return c->five_points;
    case ASSESS_HEIGHT:
        return c->height;
    case ASSESS_TECHNOLOGIES:
        return c->technologies != 0;
    case ASSESS_PAYLOAD:
        return c->payload_script != NULL;
    case ASSESS_READERS:
    case ASSESS_SCOPE:
        return true;
    default:
        return false;
    }
}

static bool is_reader(const struct survey *s, size_t reader, const char *name)
{
    return strcmp(s->readers[reader].unit, name) == 0 ||
           strcmp(s->reader_profiles[s->readers[reader].profile].id, name) == 0;
}

static size_t script_of(const struct survey *s, const char *id)
{
    size_t i = 0;
    while (i < s->script_count && strcmp(s->scripts_loaded[s->scripts[i].script].id, id) != 0)
        i++;
    return i;
}

static void find_scripts(struct assess_engine *g)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    for (size_t i = 0; i < s->script_count; i++)
        g->wants[i] = c->script_count == 0;
    for (size_t i = 0; i < c->script_count; i++) {
        size_t script = script_of(s, c->scripts[i]);
        if (script < s->script_count)
            g->wants[script] = true;
        else if (!g->a->not_in_survey)
            g->a->not_in_survey = c->scripts[i];
    }
    g->payload_script = (unsigned)s->script_count;
    if (!c->payload_script)
        return;
    g->payload_script = (unsigned)script_of(s, c->payload_script);
    if (g->payload_script < s->script_count) {
        const struct script *script = &s->scripts_loaded[s->scripts[g->payload_script].script];
        for (size_t i = 0; i < script->step_count && g->payload_step == 0; i++)
            if (script->steps[i].name && strcmp(script->steps[i].name, c->payload_step) == 0)
                g->payload_step = (unsigned)i + 1;
        g->payload_extended = g->payload_step && script->steps[g->payload_step - 1].needs_extended;
    }
    if (g->payload_step == 0 && !g->a->not_in_survey)
        g->a->not_in_survey = g->payload_script < s->script_count ? c->payload_step : c->payload_script;
}

static void find_modes(struct assess_engine *g)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    uint32_t here = 0;
    for (size_t i = 0; i < s->condition_count; i++)
        here |= UINT32_C(1) << s->conditions[i].power_mode;
    g->rules.conditional = c->conditional_modes;
    g->rules.required = c->power_modes ? c->power_modes : here & ~c->conditional_modes;
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++)
        if ((c->power_modes >> mode & 1) && !(here >> mode & 1) && !g->a->not_in_survey)
            g->a->not_in_survey = power_mode_name((enum power_mode)mode);
}

/* A unit or profile that the survey lacks is not testable by name; in weights it stays an untested share. */
static void find_readers(struct assess_engine *g)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    for (size_t r = 0; r < s->reader_count; r++)
        g->rules.seats[r] = c->readers_of_count == 0;
    for (size_t i = 0; i < c->readers_of_count; i++) {
        bool found = false;
        for (size_t r = 0; r < s->reader_count; r++) {
            if (is_reader(s, r, c->readers_of[i]))
                g->rules.seats[r] = 1, found = true;
        }
        if (!found && !g->a->not_in_survey)
            g->a->not_in_survey = c->readers_of[i];
    }
    for (size_t i = 0; i < c->weight_count; i++) {
        unsigned units = 0;
        for (size_t r = 0; r < s->reader_count; r++)
            units += is_reader(s, r, c->weights[i].reader);
        for (size_t r = 0; r < s->reader_count; r++)
            if (is_reader(s, r, c->weights[i].reader)) /* units of one model share its weight */
                g->rules.weights[r] += c->weights[i].share / units;
    }
    for (size_t r = 0; r < s->reader_count; r++)
        g->a->scope |= g->rules.seats[r] ? UINT32_C(1) << r : 0;
}

int assess_engine_make(const struct findings *f, const struct criteria *c, struct assessment *a,
                       struct assess_engine *out, struct err *e)
{
    *out = (struct assess_engine) { .f = f, .criteria = c, .a = a };
    find_scripts(out);
    find_modes(out);
    find_readers(out);
    for (int clause = ASSESS_SUCCESS; clause < ASSESS_READERS; clause++)
        out->rules.on[clause] = assess_uses(c, (enum assess_clause)clause);
    out->rules.dirty_at_most = c->dirty_at_most;
    out->rules.ok_at_least = c->ok_at_least;
    out->rules.within_us = (uint64_t)c->within_ms * 1000;
    out->rules.failing_at_most = c->failing_at_most;
    out->rules.dead_zone_mm = c->dead_zone_mm;
    out->rules.at_least = c->readers_at_least;
    out->rules.share = c->readers_share;
    a->payload_step = out->payload_step;
    int code = scheme_table_make(&f->scheme, &out->table, e);
    if (code == 0)
        code = assess_measure(out, e);
    return code;
}

void assess_engine_free(struct assess_engine *g)
{
    scheme_table_free(&g->table);
    free(g->y);
    free(g->us);
    memset(g, 0, sizeof *g);
}

int assess_add(struct assessment *a, const struct assess_scenario *ask, struct err *e)
{
    struct assess_engine engine = { 0 };
    int code = assess_engine_make(a->f, a->criteria, a, &engine, e);
    if (code == 0)
        code = assess_scenario_add(&engine, ask, e);
    assess_engine_free(&engine);
    return code;
}

void assess_forget(struct assessment *a)
{
    for (size_t i = 0; i < a->scenario_count; i++)
        free(a->scenarios[i].recommendation);
    free(a->scenarios);
    a->scenarios = NULL;
    a->scenario_count = 0;
}

void assess_free(struct assessment **a)
{
    if (!a || !*a)
        return;
    assess_forget(*a);
    for (size_t i = 0; i < (*a)->sentence_count; i++) {
        free((*a)->sentences[i].en);
        free((*a)->sentences[i].ja);
    }
    free((*a)->pairs);
    free((*a)->readers);
    free((*a)->cells);
    free((*a)->spots);
    free((*a)->open);
    free((*a)->sentences);
    free(*a);
    *a = NULL;
}

const struct assess_pair *assess_pair_of(const struct assessment *a, size_t pair)
{
    static const struct assess_pair unjudged = { .reason_cell = SIZE_MAX,
                                                 .cell = SIZE_MAX,
                                                 .conditional_cell = SIZE_MAX };
    return a ? &a->pairs[pair] : &unjudged;
}

bool assess_fails_on(const struct assessment *a, size_t pair, size_t reader, enum need need)
{
    const struct assess_pair *p = assess_pair_of(a, pair);
    return need != NEED_NONE &&
           ((need == NEED_REQUIRED ? p->fails : p->conditional_fails) >> reader & 1) != 0;
}

/* The n-th counted placement; the last one when there are fewer, or n is 0. */
static size_t nth_counted(const struct observations *all, unsigned n, uint64_t *out)
{
    unsigned seen = 0;
    for (size_t i = 0; i < all->placement_count && (seen == 0 || seen != n); i++) {
        if (!all->placements[i].counted)
            continue;
        *out = all->placements[i].line;
        seen++;
    }
    return seen > 0;
}

static size_t strangers(const struct assessment *a, const struct findings_cell *c, uint64_t *out, size_t max)
{
    size_t count = 0;
    for (unsigned i = 0; i < FINDINGS_TECHNOLOGIES && count < max; i++)
        if (!(a->criteria->technologies >> i & 1) && c->technology_count[i] > 0)
            out[count++] = c->technology_line[i];
    return count;
}

/* Whether a placement speaks against a clause. */
static bool speaks_against(const struct assessment *a, enum assess_clause clause,
                           const struct observations *all, const struct placement_seen *p)
{
    const struct criteria *c = a->criteria;
    uint64_t within_us = (uint64_t)(clause == ASSESS_TIME ? c->within_ms : c->tap_within_ms) * 1000;
    uint64_t limit = within_us ? within_us : OBSERVATION_NONE - 1;
    if (clause == ASSESS_PAYLOAD)
        return p->count == 0 || observations_ended(all, p) <= a->payload_step;
    if (clause == ASSESS_TIME) {
        for (unsigned j = 0; j < p->count; j++)
            if (all->rows[p->begin + j].total_us > limit)
                return true;
        return p->count == 0;
    }
    return c->taps ? p->count == 0 || all->rows[p->begin].total_us > limit
                   : observations_bad_line(all, p) > 0;
}

size_t assess_evidence(const struct assessment *a, const struct assess_result *r, enum assess_clause clause,
                       uint64_t *out, size_t max)
{
    size_t count = 0;
    if (r->cell == SIZE_MAX || max == 0)
        return 0;
    const struct findings_cell *c = &a->f->cells[r->cell];
    const struct observations *all = &c->seen;
    if (r->outcome != ASSESS_FAIL)
        return nth_counted(all, clause == ASSESS_SUCCESS ? a->criteria->taps : 0, out);
    if (clause == ASSESS_TECHNOLOGIES)
        return strangers(a, c, out, max);
    for (size_t i = 0; i < all->placement_count && count < max; i++) {
        const struct placement_seen *p = &all->placements[i];
        uint64_t bad_line = observations_bad_line(all, p);
        if (p->counted && speaks_against(a, clause, all, p))
            out[count++] = bad_line ? bad_line : p->line;
    }
    return count;
}
