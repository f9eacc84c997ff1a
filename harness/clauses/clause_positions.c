/* positions: where on a reader it must work, at five points and over a line of heights. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static void read_five_points(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "five_points", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "five_points"))
        return;
    out->five_points = true;
    fields_real(&f, "radius_mm", FIELD_REQUIRED, 1, 100, &out->radius_mm);
    fields_unsigned(&f, "failing_at_most", FIELD_REQUIRED, 0, 4, &out->failing_at_most);
    fields_close(&f);
}

static void read_height(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "height", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "height"))
        return;
    out->height = true;
    bool whole = fields_real(&f, "from_mm", FIELD_REQUIRED, 0, 500, &out->from_mm);
    const struct tree_node *to = tree_child(n, "to_mm");
    whole &= fields_real(&f, "to_mm", FIELD_REQUIRED, 0, 500, &out->to_mm);
    fields_real(&f, "dead_zone_mm", FIELD_REQUIRED, 0.1, 500, &out->dead_zone_mm);
    if (whole && out->from_mm >= out->to_mm)
        node_problem(&f, to, "to_mm: %g: expected more than from_mm, %g", out->to_mm, out->from_mm);
    fields_close(&f);
}

static void read_positions(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "positions", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "positions"))
        return;
    read_five_points(out, &f);
    read_height(out, &f);
    if (n->count == 0)
        node_problem(&f, n, "positions: expected five_points, height or both");
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

const struct clause_row clause_five_points = { .key = "five_points",
                                               .read = read_positions,
                                               .uses = uses_five_points };
const struct clause_row clause_height = { .key = "height", .uses = uses_height };
