/* scope: the scripts and power modes that the criteria name must be in the survey. */
#include "harness/criteria/judges.h"

static void find_scripts(struct assess_engine *g)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    for (size_t i = 0; i < s->script_count; i++)
        g->wants[i] = c->script_count == 0;
    for (size_t i = 0; i < c->script_count; i++) {
        size_t script = assess_script_of(s, c->scripts[i]);
        if (script < s->script_count)
            g->wants[script] = true;
        else
            assess_lacks(g, c->scripts[i], true);
    }
}

static int prepare(struct assess_engine *g, struct err *e)
{
    const struct criteria *c = g->criteria;
    const struct survey *s = g->f->survey;
    uint32_t here = 0;
    (void)e;
    find_scripts(g);
    for (size_t i = 0; i < s->condition_count; i++)
        here |= UINT32_C(1) << s->conditions[i].power_mode;
    g->rules.refuse = c->refuse;
    g->rules.conditional = c->conditional_modes;
    g->rules.required = c->power_modes ? c->power_modes : here & ~c->conditional_modes;
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++)
        if ((c->power_modes >> mode & 1) && !(here >> mode & 1))
            assess_lacks(g, power_mode_name((enum power_mode)mode), true);
    return 0;
}

const struct judge judge_scope = { .prepare = prepare };
