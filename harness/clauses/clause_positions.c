/* positions: where on a reader it must work, at five points and over a line of heights. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static const struct field five_points_keys[] = {
    { "radius_mm", FIELD_REQUIRED, FIELD_REAL, "from the centre to the other four", .least = 1, .most = 100 },
    { "failing_at_most", FIELD_REQUIRED, FIELD_UNSIGNED, "of the five", .most = 4 },
    { 0 },
};
static const struct field_map five_points_map = { "five_points", five_points_keys };

static const struct field height_keys[] = {
    { "from_mm", FIELD_REQUIRED, FIELD_REAL, "lowest height above the centre", .most = 500 },
    { "to_mm", FIELD_REQUIRED, FIELD_REAL, "greatest height above the centre", .most = 500 },
    { "dead_zone_mm", FIELD_REQUIRED, FIELD_REAL, "no silent range may be so wide", .least = 0.1,
      .most = 500 },
    { 0 },
};
static const struct field_map height_map = { "height", height_keys };

static const struct field position_keys[] = {
    { "five_points", FIELD_OPTIONAL, FIELD_MAP, "the centre and a point to each side",
      .map = &five_points_map },
    { "height", FIELD_OPTIONAL, FIELD_MAP, "the line above the centre", .map = &height_map },
    { 0 },
};
static const struct field_map positions_map = { "positions", position_keys, .rules = "\"minProperties\": 1" };
static const struct field keys[] = {
    { "positions", FIELD_OPTIONAL, FIELD_MAP, "where on a reader it must work", .map = &positions_map },
    { 0 },
};

static void read_five_points(struct criteria *out, struct fields *up)
{
    struct fields f;
    if (!fields_map(up, "five_points", &f))
        return;
    out->five_points = true;
    fields_real(&f, "radius_mm", &out->radius_mm);
    fields_unsigned(&f, "failing_at_most", &out->failing_at_most);
    fields_close(&f);
}

static void read_height(struct criteria *out, struct fields *up)
{
    struct fields f;
    if (!fields_map(up, "height", &f))
        return;
    out->height = true;
    bool whole = fields_real(&f, "from_mm", &out->from_mm);
    const struct tree_node *to = tree_child(f.map, "to_mm");
    whole &= fields_real(&f, "to_mm", &out->to_mm);
    fields_real(&f, "dead_zone_mm", &out->dead_zone_mm);
    if (whole && out->from_mm >= out->to_mm)
        node_problem(&f, to, "to_mm: %g: expected more than from_mm, %g", out->to_mm, out->from_mm);
    fields_close(&f);
}

static void read_positions(struct criteria *out, struct fields *up)
{
    struct fields f;
    if (!fields_map(up, "positions", &f))
        return;
    read_five_points(out, &f);
    read_height(out, &f);
    if (f.map->count == 0)
        node_problem(&f, f.map, "positions: expected five_points, height or both");
    fields_close(&f);
}

static bool uses_five_points(const struct criteria *c)
{
    return c->five_points;
}

static bool uses_height(const struct criteria *c)
{
    return c->height;
}

const struct clause_row clause_five_points = {
    .key = "five_points", .keys = keys, .read = read_positions, .uses = uses_five_points
};
const struct clause_row clause_height = { .key = "height", .uses = uses_height };
