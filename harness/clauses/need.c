#include "harness/clauses/need.h"

#include <string.h>

static bool wants_script(const struct criteria *c, const char *id)
{
    for (size_t i = 0; i < c->script_count; i++)
        if (strcmp(c->scripts[i], id) == 0)
            return true;
    return c->script_count == 0;
}

static bool requires_mode(const struct criteria *c, enum power_mode mode)
{
    return c->power_modes ? (c->power_modes >> mode & 1) != 0 : (c->conditional_modes >> mode & 1) == 0;
}

enum need need_of(const struct criteria *c, const struct survey *s, size_t condition, size_t script)
{
    enum power_mode mode = s->conditions[condition].power_mode;
    if (!c || !wants_script(c, survey_script_loaded(s, script)->id))
        return NEED_NONE;
    if (requires_mode(c, mode))
        return NEED_REQUIRED;
    return (c->conditional_modes >> mode & 1) != 0 ? NEED_CONDITIONAL : NEED_NONE;
}
