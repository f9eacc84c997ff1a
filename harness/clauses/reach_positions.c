/* Whether the conditions of a survey lie where rules of position judge them. Heights are looked at on their line as
 * harness/criteria does: a range is as wide as from one height that answers to the next. */
#include "harness/clauses/need.h"
#include "harness/clauses/reach_parts.h"
#include "harness/domain/limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ROUNDING_MM 1e-9 /* of differences of written numbers */

enum { FIVE = 5 };
static const int sides[FIVE][2] = { { 0, 0 }, { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };

static bool lies_at(const struct survey_condition *c, double x, double y, double z)
{
    return fabs(c->x_mm - x) <= NEAR_MM && fabs(c->y_mm - y) <= NEAR_MM && fabs(c->z_mm - z) <= NEAR_MM;
}

bool reach_looks_at(const struct criteria *c, const struct survey_condition *at)
{
    if (!(c->five_points || c->height) || lies_at(at, 0, 0, 0))
        return true;
    for (int i = 0; c->five_points && i < FIVE; i++)
        if (lies_at(at, sides[i][0] * c->radius_mm, sides[i][1] * c->radius_mm, 0))
            return true;
    return false;
}

static bool is_same_offer(const struct survey_condition *a, const struct survey_condition *b)
{
    return a->power_mode == b->power_mode && strcmp(a->handset_case, b->handset_case) == 0;
}

static bool is_on_centre_line(const struct survey_condition *c)
{
    return lies_at(c, 0, 0, c->z_mm);
}

/* Is this condition required, and the first on the centre line of those that offer the phone alike? */
static bool begins_line(const struct criteria *c, const struct survey *s, size_t condition)
{
    const struct survey_condition *one = &s->conditions[condition];
    bool required = false;
    for (size_t script = 0; script < s->script_count; script++)
        required = required || need_of(c, s, condition, script) == NEED_REQUIRED;
    for (size_t i = 0; i < condition; i++)
        if (is_same_offer(&s->conditions[i], one) && is_on_centre_line(&s->conditions[i]))
            return false;
    return required && is_on_centre_line(one);
}

static bool has_point(const struct survey *s, const struct survey_condition *like, double x, double y)
{
    for (size_t i = 0; i < s->condition_count; i++)
        if (is_same_offer(&s->conditions[i], like) && lies_at(&s->conditions[i], x, y, 0))
            return true;
    return false;
}

struct millimetres {
    char text[24];
};

static struct millimetres millimetres(double mm)
{
    struct millimetres out;
    snprintf(out.text, sizeof out.text, "%g", mm);
    return out;
}

/* The first of the five that no condition lies at stands for all that are missing. */
static void need_points(struct reach_search *r, const struct survey_condition *like,
                        struct survey_place place)
{
    const struct criteria *c = r->criteria;
    for (int i = 0; i < FIVE; i++) {
        double x = sides[i][0] * c->radius_mm, y = sides[i][1] * c->radius_mm;
        if (has_point(r->survey, like, x, y))
            continue;
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_NO_POINT, c->id, like->id, millimetres(x).text, millimetres(y).text));
        return;
    }
}

/* The widest range between two heights of the line, or its ends, when all of them answer. */
static double widest_gap(const struct criteria *c, const struct survey *s,
                         const struct survey_condition *like)
{
    double widest = 0, at = c->from_mm;
    while (at < c->to_mm) {
        double next = c->to_mm;
        for (size_t i = 0; i < s->condition_count; i++) {
            const struct survey_condition *one = &s->conditions[i];
            if (is_same_offer(one, like) && is_on_centre_line(one) && one->z_mm > at && one->z_mm < next)
                next = one->z_mm;
        }
        widest = next - at > widest ? next - at : widest;
        at = next;
    }
    return widest;
}

static void need_heights(struct reach_search *r, const struct survey_condition *like,
                         struct survey_place place)
{
    const struct criteria *c = r->criteria;
    double gap = widest_gap(c, r->survey, like);
    if (gap > c->dead_zone_mm + ROUNDING_MM)
        reach_found(r, REACH_BARS, place,
                    SAY(SAID_CRITERIA_HEIGHTS, c->id, like->id, millimetres(gap).text,
                        millimetres(c->dead_zone_mm).text));
}

void reach_positions(struct reach_search *r)
{
    const struct survey *s = r->survey;
    const struct criteria *c = r->criteria;
    bool any = false;
    if (!c->five_points && !c->height)
        return;
    struct survey_place place = survey_place_of(s, "points");
    if (place.line == 0)
        place = survey_place_of(s, "conditions");
    for (size_t i = 0; i < s->condition_count; i++) {
        if (!begins_line(c, s, i))
            continue;
        any = true;
        if (c->five_points)
            need_points(r, &s->conditions[i], place);
        if (c->height)
            need_heights(r, &s->conditions[i], place);
    }
    if (!any)
        reach_found(r, REACH_BARS, place, SAY(SAID_CRITERIA_NO_CENTRE, c->id));
}
