#include "harness/findings/positions.h"
#include "harness/domain/limits.h"

#include <math.h>
#include <string.h>

static bool near(double a, double b)
{
    return fabs(a - b) <= NEAR_MM;
}

bool positions_over_centre(const struct survey_condition *c)
{
    return near(c->x_mm, 0) && near(c->y_mm, 0);
}

static bool same_offer(const struct survey_condition *a, const struct survey_condition *b)
{
    return a->power_mode == b->power_mode && strcmp(a->handset_case, b->handset_case) == 0;
}

static bool before(const struct survey_condition *a, const struct survey_condition *b)
{
    if (!near(a->z_mm, b->z_mm))
        return a->z_mm < b->z_mm;
    if (!near(a->x_mm, b->x_mm))
        return a->x_mm < b->x_mm;
    return a->y_mm < b->y_mm;
}

static bool same_place(const struct survey_condition *a, const struct survey_condition *b)
{
    return near(a->x_mm, b->x_mm) && near(a->y_mm, b->y_mm) && near(a->z_mm, b->z_mm);
}

static void add_place(const struct survey *s, struct position_offer *o, size_t condition)
{
    size_t at = o->count++;
    for (; at > 0 && before(&s->conditions[condition], &s->conditions[o->conditions[at - 1]]); at--)
        o->conditions[at] = o->conditions[at - 1];
    o->conditions[at] = condition;
}

static void look_at_places(const struct survey *s, struct position_offer *o)
{
    for (size_t i = 0; i < o->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct survey_condition *a = &s->conditions[o->conditions[i]];
            const struct survey_condition *b = &s->conditions[o->conditions[j]];
            bool level = near(a->z_mm, b->z_mm);
            o->has_points = o->has_points || (level && !same_place(a, b));
            o->has_heights =
                o->has_heights || (!level && positions_over_centre(a) && positions_over_centre(b));
        }
}

size_t positions_offers(const struct survey *s, struct position_offer out[SURVEY_CONDITIONS_MAX / 2])
{
    size_t offers = 0;
    for (size_t i = 0; i < s->condition_count && offers < SURVEY_CONDITIONS_MAX / 2; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++)
            first = first && !same_offer(&s->conditions[i], &s->conditions[j]);
        if (!first)
            continue;
        struct position_offer *o = &out[offers];
        *o = (struct position_offer) { .count = 0 };
        for (size_t j = i; j < s->condition_count; j++)
            if (same_offer(&s->conditions[i], &s->conditions[j]))
                add_place(s, o, j);
        look_at_places(s, o);
        offers += o->has_points || o->has_heights;
    }
    return offers;
}

enum position_state positions_state(const struct findings *f, size_t pair, size_t reader, size_t condition)
{
    const struct survey *s = f->survey;
    unsigned works = 0, open = 0, left = 0;
    for (size_t script = 0; script < s->script_count; script++) {
        const struct findings_cell *c = &f->cells[survey_cell(s, pair, condition, reader, script)];
        if (c->verdict == VERDICT_INCOMPATIBLE)
            return POSITION_FAILS;
        works += c->verdict == VERDICT_COMPATIBLE;
        open += verdict_is_open(c->verdict);
        left += c->verdict == VERDICT_NOT_PURSUED;
    }
    return open > 0    ? POSITION_OPEN
           : left > 0  ? POSITION_NOT_PURSUED
           : works > 0 ? POSITION_WORKS
                       : POSITION_NOT_TESTED;
}

static void count_place(const struct findings *f, size_t pair, size_t reader, size_t condition,
                        struct position_count *out)
{
    const struct survey *s = f->survey;
    enum position_state state = positions_state(f, pair, reader, condition);
    out->works += state == POSITION_WORKS;
    out->fails += state == POSITION_FAILS;
    out->open += state == POSITION_OPEN;
    out->not_tested += state == POSITION_NOT_TESTED;
    out->not_pursued += state == POSITION_NOT_PURSUED;
    out->tested += state != POSITION_NOT_TESTED && state != POSITION_NOT_PURSUED;
    for (size_t script = 0; script < s->script_count; script++) {
        const struct findings_cell *c = &f->cells[survey_cell(s, pair, condition, reader, script)];
        out->n += c->n;
        out->d += c->d;
    }
}

struct position_count positions_count(const struct findings *f, size_t reader, size_t condition)
{
    struct position_count out = { 0 };
    for (size_t pair = 0; pair < f->survey->pair_count; pair++)
        count_place(f, pair, reader, condition, &out);
    return out;
}

struct position_count positions_of_pair(const struct findings *f, const struct position_offer *o, size_t pair,
                                        size_t reader)
{
    struct position_count out = { 0 };
    for (size_t i = 0; i < o->count; i++)
        count_place(f, pair, reader, o->conditions[i], &out);
    return out;
}

bool positions_silent(const struct findings *f, const struct position_offer *o, size_t pair, size_t reader,
                      double *from_mm, double *to_mm)
{
    double first = NAN;
    bool any = false;
    for (size_t i = 0; i < o->count; i++) {
        const struct survey_condition *c = &f->survey->conditions[o->conditions[i]];
        if (!positions_over_centre(c))
            continue;
        if (positions_state(f, pair, reader, o->conditions[i]) != POSITION_FAILS) {
            first = NAN;
            continue;
        }
        first = isnan(first) ? c->z_mm : first;
        if (any && c->z_mm - first <= *to_mm - *from_mm)
            continue;
        *from_mm = first;
        *to_mm = c->z_mm;
        any = true;
    }
    return any;
}
