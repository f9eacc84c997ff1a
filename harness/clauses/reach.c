#include "harness/clauses/reach.h"

#include "harness/clauses/need.h"

#include <string.h>

static const char *lacked_script(const struct survey *s, const char *id)
{
    for (size_t i = 0; i < s->script_count; i++)
        if (strcmp(survey_script_loaded(s, i)->id, id) == 0)
            return NULL;
    return id;
}

static const char *find_lack(const struct criteria *c, const struct survey *s)
{
    uint32_t here = 0;
    const char *lack = c->payload_script ? lacked_script(s, c->payload_script) : NULL;
    for (size_t i = 0; i < c->script_count && !lack; i++)
        lack = lacked_script(s, c->scripts[i]);
    for (size_t i = 0; i < s->condition_count; i++)
        here |= UINT32_C(1) << s->conditions[i].power_mode;
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT && !lack; mode++)
        if ((c->power_modes & ~here) >> mode & 1)
            lack = power_mode_name((enum power_mode)mode);
    for (size_t i = 0; i < c->readers_of_count && !lack; i++) {
        bool found = false;
        for (size_t r = 0; r < s->reader_count; r++)
            found = found || need_is_reader(s, r, c->readers_of[i]);
        lack = found ? NULL : c->readers_of[i];
    }
    return lack;
}

/* Whether all required cells of a pair on a reader are measured; the first that is not goes to `out`. */
static bool is_measured(const struct criteria *c, const struct survey *s, size_t pair, size_t reader,
                        struct reach *out)
{
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            if (s->excluded[survey_cell(s, pair, condition, reader, script)] == SURVEY_CELL_IN ||
                need_of(c, s, condition, script) != NEED_REQUIRED ||
                !need_looks_at(c, &s->conditions[condition]))
                continue;
            *out =
                (struct reach) { .pair = pair, .condition = condition, .reader = reader, .script = script };
            return false;
        }
    return true;
}

void reach_of(const struct criteria *c, const struct survey *s, struct reach *out)
{
    *out = (struct reach) { .lacks = find_lack(c, s) };
    for (size_t pair = 0; pair < s->pair_count; pair++) {
        struct reach unmeasured = { 0 }, first = { 0 };
        double could = 0, all = 0;
        bool missing = false;
        for (size_t reader = 0; reader < s->reader_count; reader++) {
            double weight = need_weight_of(c, s, reader);
            bool measured = weight <= 0 || is_measured(c, s, pair, reader, &unmeasured);
            all += weight;
            could += measured ? weight : 0;
            if (!measured && !missing)
                first = unmeasured;
            missing = missing || !measured;
        }
        double asked = need_weight_asked(c, all);
        if (!missing || could >= asked - 1e-9)
            continue;
        if (out->barred++ == 0) {
            out->pair = first.pair;
            out->condition = first.condition;
            out->reader = first.reader;
            out->script = first.script;
        }
    }
}
