/* Whether a survey has what its criteria ask for, and measures it on enough readers of each handset. */
#include "harness/clauses/need.h"
#include "harness/clauses/reach_parts.h"

#include <string.h>

static unsigned units_of(const struct survey *s, const char *name)
{
    unsigned units = 0;
    for (size_t r = 0; r < s->reader_count; r++)
        units += need_is_reader(s, r, name);
    return units;
}

/* ---- scripts, power modes, readers ---- */

static const struct script *script_of(const struct survey *s, const char *id)
{
    for (size_t i = 0; i < s->script_count; i++)
        if (strcmp(survey_script_loaded(s, i)->id, id) == 0)
            return survey_script_loaded(s, i);
    return NULL;
}

static void need_script(struct reach_search *r, const char *id)
{
    if (!script_of(r->survey, id))
        reach_found(r, REACH_BARS, survey_place_of(r->survey, "scripts"),
                    SAY(SAID_CRITERIA_SCRIPT, r->criteria->id, id));
}

static void need_step(struct reach_search *r)
{
    const struct criteria *c = r->criteria;
    const struct script *script = c->payload_script ? script_of(r->survey, c->payload_script) : NULL;
    for (size_t i = 0; script && i < script->step_count; i++)
        if (script->steps[i].name && strcmp(script->steps[i].name, c->payload_step) == 0)
            return;
    if (script)
        reach_found(r, REACH_BARS, survey_place_of(r->survey, "criteria"),
                    SAY(SAID_CRITERIA_STEP, c->id, c->payload_step, c->payload_script));
}

static void need_scripts(struct reach_search *r)
{
    const struct criteria *c = r->criteria;
    bool named = false;
    for (size_t i = 0; i < c->script_count; i++) {
        need_script(r, c->scripts[i]);
        named = named || (c->payload_script && strcmp(c->scripts[i], c->payload_script) == 0);
    }
    if (c->payload_script && !named)
        need_script(r, c->payload_script);
    need_step(r);
}

static void need_modes(struct reach_search *r)
{
    const struct survey *s = r->survey;
    uint32_t here = 0;
    for (size_t i = 0; i < s->condition_count; i++)
        here |= UINT32_C(1) << s->conditions[i].power_mode;
    for (int mode = POWER_NONE + 1; mode < POWER_COUNT; mode++)
        if ((r->criteria->power_modes & ~here) >> mode & 1)
            reach_found(
                r, REACH_BARS, survey_place_of(s, "conditions"),
                SAY(SAID_CRITERIA_POWER_MODE, r->criteria->id, power_mode_name((enum power_mode)mode)));
}

static void need_readers(struct reach_search *r)
{
    const struct survey *s = r->survey;
    const struct criteria *c = r->criteria;
    struct survey_place place = survey_place_of(s, "readers");
    unsigned asked = 0;
    double weights = 0;
    for (size_t i = 0; i < c->readers_of_count; i++)
        if (units_of(s, c->readers_of[i]) == 0)
            reach_found(r, REACH_BARS, place, SAY(SAID_CRITERIA_READER, c->id, c->readers_of[i]));
    for (size_t i = 0; i < c->weight_count; i++)
        if (units_of(s, c->weights[i].reader) == 0)
            reach_found(r, REACH_DIFFERS, place, SAY(SAID_CRITERIA_NO_WEIGHT, c->id, c->weights[i].reader));
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        double weight = need_of_reader(c, s, reader);
        asked += weight > 0;
        weights += weight;
    }
    if (c->readers_share <= 0 && c->readers_at_least > asked)
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_READER_COUNT, c->id, said_number(c->readers_at_least).text,
                        said_number(asked).text));
    if (c->readers_share > 0 && weights < c->readers_share - 1e-9)
        reach_found(
            r, REACH_BARS, place,
            SAY(SAID_CRITERIA_WEIGHTS, c->id, said_share(c->readers_share).text, said_share(weights).text));
}

void reach_scope(struct reach_search *r)
{
    need_scripts(r);
    need_modes(r);
    need_readers(r);
}

/* ---- cells that are not measured ---- */

struct barred {
    size_t count; /* of pairs; the cell below is of the first one */
    size_t pair, condition, reader, script;
};

/* Whether all required cells of a pair on a reader are measured; the first that is not goes to `out`. */
static bool is_measured(const struct criteria *c, const struct survey *s, size_t pair, size_t reader,
                        struct barred *out)
{
    for (size_t condition = 0; condition < s->condition_count; condition++)
        for (size_t script = 0; script < s->script_count; script++) {
            if (s->excluded[survey_cell(s, pair, condition, reader, script)] == SURVEY_CELL_IN ||
                need_of(c, s, condition, script) != NEED_REQUIRED ||
                !reach_looks_at(c, &s->conditions[condition]))
                continue;
            *out =
                (struct barred) { .pair = pair, .condition = condition, .reader = reader, .script = script };
            return false;
        }
    return true;
}

/* What of a pair's readers can pass, and what all of them count for; the first unmeasured cell goes to `first`. */
static bool is_barred(const struct criteria *c, const struct survey *s, size_t pair, struct barred *first)
{
    double could = 0, all = 0;
    bool missing = false;
    struct barred unmeasured;
    for (size_t reader = 0; reader < s->reader_count; reader++) {
        double weight = need_of_reader(c, s, reader);
        bool measured = weight <= 0 || is_measured(c, s, pair, reader, &unmeasured);
        all += weight;
        could += measured ? weight : 0;
        if (!measured && !missing)
            *first = unmeasured;
        missing = missing || !measured;
    }
    return missing && could < need_weight_asked(c, all) - 1e-9;
}

void reach_cells(struct reach_search *r)
{
    const struct survey *s = r->survey;
    const struct criteria *c = r->criteria;
    struct barred first = { 0 }, one;
    size_t barred = 0;
    for (size_t pair = 0; pair < s->pair_count; pair++)
        if (is_barred(c, s, pair, &one) && barred++ == 0)
            first = one;
    if (barred == 0)
        return;
    size_t cell = survey_cell(s, first.pair, first.condition, first.reader, first.script);
    bool excluded = s->excluded[cell] == SURVEY_CELL_EXCLUDED; /* else its profile declares the mode absent */
    reach_found(r, REACH_BARS, survey_place_of(s, excluded ? "exclude" : "handsets"),
                SAY(SAID_CRITERIA_BARRED, c->id, said_number(barred).text, said_number(s->pair_count).text,
                    s->pairs[first.pair].name, s->readers[first.reader].unit,
                    s->conditions[first.condition].id, survey_script_loaded(s, first.script)->id));
}
