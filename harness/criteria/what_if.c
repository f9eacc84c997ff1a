/* What-ifs: the engine run again under changed rules. */
#include "harness/criteria/engine.h"

#include <stdlib.h>
#include <string.h>

static const double bounds[] = { 0.05, 0.10, 0.20 };

static bool is_same_model(const struct survey *s, unsigned a, unsigned b)
{
    return s->readers[a].profile == s->readers[b].profile;
}

static void apply(const struct assess_scenario *s, const struct survey *survey, struct assess_rules *r)
{
    switch (s->what) {
    case ASSESS_DROP:
        r->seats[s->reader] = 0;
        break;
    case ASSESS_DROP_MODEL:
        for (unsigned i = 0; i < survey->reader_count; i++)
            if (is_same_model(survey, i, s->reader))
                r->seats[i] = 0;
        break;
    case ASSESS_ONLY:
        memset(r->seats, 0, sizeof r->seats);
        r->seats[s->reader] = 1;
        r->at_least = 0;
        r->share = 0;
        break;
    case ASSESS_REPLACE:
        r->seats[s->by] += r->seats[s->reader];
        r->weights[s->by] += r->weights[s->reader];
        r->seats[s->reader] = 0;
        r->weights[s->reader] = 0;
        break;
    case ASSESS_RELAX:
        r->on[s->clause] = false;
        if (s->clause == ASSESS_READERS) { /* one reader is enough */
            r->at_least = 1;
            r->share = 0;
        }
        break;
    case ASSESS_RELAX_MODE:
        r->required &= ~(UINT32_C(1) << s->mode);
        r->conditional &= ~(UINT32_C(1) << s->mode);
        break;
    case ASSESS_RELAX_CONDITION:
        r->left_out |= UINT64_C(1) << s->condition;
        break;
    case ASSESS_BOUND:
        r->dirty_at_most = s->bound;
        break;
    }
}

int assess_scenario_add(struct assess_engine *g, const struct assess_scenario *ask, struct err *e)
{
    struct assessment *a = g->a;
    size_t pairs = g->f->survey->pair_count;
    struct assess_rules rules = g->rules;
    struct assess_scenario *more = realloc(a->scenarios, (a->scenario_count + 1) * sizeof *more);
    if (!more)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->scenarios = more;
    struct assess_scenario *s = &more[a->scenario_count];
    *s = *ask;
    s->changed = 0;
    memset(s->counts, 0, sizeof s->counts);
    s->recommendation = calloc(pairs + 1, 1);
    if (!s->recommendation)
        return err_set(e, ERR_MEMORY, "criteria", "out of memory");
    a->scenario_count++;
    apply(s, g->f->survey, &rules);
    for (size_t pair = 0; pair < pairs; pair++) {
        s->recommendation[pair] = (uint8_t)assess_ends(g, &rules, pair);
        s->counts[s->recommendation[pair]]++;
        s->changed += s->recommendation[pair] != a->pairs[pair].recommendation;
    }
    return 0;
}

bool assess_can_drop_model(const struct assessment *a, unsigned reader)
{
    const struct survey *s = a->f->survey;
    unsigned alike = 0, others = 0;
    for (unsigned i = 0; i < s->reader_count; i++) {
        bool asked = a->scope >> i & 1, same = is_same_model(s, i, reader);
        if (asked && same && i < reader)
            return false; /* its first unit stands for the model */
        alike += asked && same;
        others += asked && !same;
    }
    return alike > 1 && others > 0;
}

static bool is_offered(const struct assess_engine *g, enum assess_what what, unsigned reader)
{
    return g->rules.seats[reader] && (what != ASSESS_DROP_MODEL || assess_can_drop_model(g->a, reader));
}

static int explore_readers(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    bool counted = g->rules.share > 0 || g->rules.at_least > 0; /* with "all", replacing is dropping */
    int code = 0;
    if (__builtin_popcount(g->a->scope) < 2)
        return 0;
    for (unsigned what = ASSESS_DROP; what <= ASSESS_ONLY; what++)
        for (unsigned r = 0; r < s->reader_count && code == 0; r++)
            if (is_offered(g, (enum assess_what)what, r))
                code = assess_scenario_add(
                    g, &(struct assess_scenario) { .what = (enum assess_what)what, .reader = r }, e);
    for (unsigned r = 0; r < s->reader_count && counted; r++)
        for (unsigned by = 0; by < s->reader_count && code == 0; by++)
            if (r != by && g->rules.seats[r] && g->rules.seats[by])
                code = assess_scenario_add(
                    g, &(struct assess_scenario) { .what = ASSESS_REPLACE, .reader = r, .by = by }, e);
    return code;
}

/* Success can be relaxed only where something else is still asked of a cell. */
static bool can_relax(const struct assess_engine *g, int clause)
{
    if (!g->rules.on[clause])
        return clause == ASSESS_READERS && __builtin_popcount(g->a->scope) > 1;
    for (int other = ASSESS_SUCCESS; other < ASSESS_READERS; other++)
        if (other != clause && g->rules.on[other])
            return true;
    return false;
}

bool assess_can_leave_out(const struct findings *f, const struct criteria *c, size_t condition)
{
    const struct survey *s = f->survey;
    enum power_mode mode = s->conditions[condition].power_mode;
    unsigned alike = 0;
    for (size_t i = 0; i < s->condition_count; i++)
        alike += s->conditions[i].power_mode == mode;
    return alike > 1 && !c->five_points && !c->height;
}

static int explore_conditions(struct assess_engine *g, struct err *e)
{
    const struct survey *s = g->f->survey;
    uint32_t modes = g->rules.required | g->rules.conditional;
    int code = 0;
    for (unsigned i = 0; i < s->condition_count && code == 0; i++)
        if ((modes >> s->conditions[i].power_mode & 1) && assess_can_leave_out(g->f, g->criteria, i))
            code = assess_scenario_add(
                g, &(struct assess_scenario) { .what = ASSESS_RELAX_CONDITION, .condition = i }, e);
    return code;
}

static int explore_clauses(struct assess_engine *g, struct err *e)
{
    uint32_t modes = g->rules.required | g->rules.conditional;
    int code = 0;
    for (int c = ASSESS_SUCCESS; c <= ASSESS_READERS && code == 0; c++)
        if (can_relax(g, c))
            code = assess_scenario_add(
                g, &(struct assess_scenario) { .what = ASSESS_RELAX, .clause = (enum assess_clause)c }, e);
    for (int m = POWER_NONE + 1; m < POWER_COUNT && code == 0; m++)
        if ((modes >> m & 1) && g->rules.required != UINT32_C(1) << m)
            code = assess_scenario_add(
                g, &(struct assess_scenario) { .what = ASSESS_RELAX_MODE, .mode = (enum power_mode)m }, e);
    if (code == 0)
        code = explore_conditions(g, e);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds && code == 0 && g->criteria->taps == 0; i++)
        code =
            assess_scenario_add(g, &(struct assess_scenario) { .what = ASSESS_BOUND, .bound = bounds[i] }, e);
    return code;
}

int assess_explore(struct assess_engine *g, struct err *e)
{
    for (size_t pair = 0; pair < g->f->survey->pair_count; pair++)
        assess_sensitivity(g, pair);
    int code = explore_readers(g, e);
    return code ? code : explore_clauses(g, e);
}
