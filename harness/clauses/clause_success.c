/* success: how often it must work, as a bound on dirty placements, on each reader or on all of them together, or as a rule of taps. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static void read_tiers(struct criteria *out, struct fields *f)
{
    bool mean = fields_real(f, "mean_at_most", FIELD_REQUIRED, 0.0001, 0.9999, &out->mean_at_most);
    bool each = fields_real(f, "each_at_most", FIELD_REQUIRED, 0.0001, 0.9999, &out->each_at_most);
    if (mean && each && out->each_at_most < out->mean_at_most)
        node_problem(f, f->map, "each_at_most: %g is less than mean_at_most, %g", out->each_at_most,
                     out->mean_at_most);
}

static void read_success(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "success", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "success"))
        return;
    out->success_given = true;
    bool dirty = tree_child(n, "dirty_at_most") != NULL, taps = tree_child(n, "taps") != NULL;
    bool tiers = tree_child(n, "mean_at_most") || tree_child(n, "each_at_most");
    fields_real(&f, "dirty_at_most", FIELD_OPTIONAL, 0.0001, 0.9999, &out->dirty_at_most);
    fields_unsigned(&f, "taps", FIELD_OPTIONAL, 1, CRITERIA_TAPS_MAX, &out->taps);
    enum fields_need need = taps ? FIELD_REQUIRED : FIELD_OPTIONAL;
    const struct tree_node *least = fields_find(&f, "ok_at_least", need);
    const struct tree_node *within = tree_child(n, "within_ms");
    fields_unsigned(&f, "within_ms", FIELD_OPTIONAL, 1, 600000, &out->tap_within_ms);
    if (tiers)
        read_tiers(out, &f);
    if (dirty + taps + tiers != 1)
        node_problem(
            &f, n,
            "success: expected either {dirty_at_most: ..} or {mean_at_most: .., each_at_most: ..} or "
            "{taps: .., ok_at_least: ..}");
    else if (!taps && (least || within))
        node_problem(&f, least ? least : within, "%s belongs to a rule of taps: expected taps beside it",
                     node_label(least ? least : within));
    else if (least && out->taps)
        node_unsigned(&f, least, 1, out->taps, &out->ok_at_least);
    fields_close(&f);
}

/* Rules of positions have cells of their own: beside them, success at the centre is asked for only when the file says
 * so. */
static bool uses(const struct criteria *c)
{
    return c->success_given || !(c->five_points || c->height);
}

const struct clause_row clause_success = { .key = "success", .read = read_success, .uses = uses };
