#include "harness/clauses/need.h"

#include "harness/domain/limits.h"

#include <math.h>
#include <string.h>

#define NEAR_MM 0.5 /* of the mark: the centre */

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

bool need_looks_at(const struct criteria *c, const struct survey_condition *at)
{
    bool centre = fabs(at->x_mm) <= NEAR_MM && fabs(at->y_mm) <= NEAR_MM && fabs(at->z_mm) <= NEAR_MM;
    return centre || !(c->five_points || c->height);
}

bool need_is_reader(const struct survey *s, size_t reader, const char *name)
{
    return strcmp(s->readers[reader].unit, name) == 0 ||
           strcmp(s->reader_profiles[s->readers[reader].profile].id, name) == 0;
}

static double share_of(const struct criteria *c, const struct survey *s, size_t reader)
{
    double share = 0;
    for (size_t i = 0; i < c->weight_count; i++) {
        unsigned units = 0;
        for (size_t r = 0; r < s->reader_count; r++)
            units += need_is_reader(s, r, c->weights[i].reader);
        if (need_is_reader(s, reader, c->weights[i].reader)) /* units of one model share its weight */
            share += c->weights[i].share / units;
    }
    return share;
}

double need_of_reader(const struct criteria *c, const struct survey *s, size_t reader)
{
    bool asked = c->readers_of_count == 0;
    for (size_t i = 0; i < c->readers_of_count; i++)
        asked = asked || need_is_reader(s, reader, c->readers_of[i]);
    if (!asked)
        return 0;
    return c->readers_share > 0 ? share_of(c, s, reader) : 1;
}

double need_weight_asked(const struct criteria *c, double all)
{
    return c->readers_share > 0 ? c->readers_share : c->readers_at_least ? c->readers_at_least : all;
}
