/* success: how often it must work, as a bound on dirty placements, on each reader or on all of them together, or as a rule of taps. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static const struct field success_keys[] = {
    { "dirty_at_most", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements of a cell", .least = 0.0001,
      .most = 0.9999 },
    { "mean_at_most", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements on average over the readers",
      .least = 0.0001, .most = 0.9999 },
    { "each_at_most", FIELD_OPTIONAL, FIELD_REAL, "share of dirty placements on each reader, beside the mean",
      .least = 0.0001, .most = 0.9999 },
    { "taps", FIELD_OPTIONAL, FIELD_UNSIGNED, "the first so many placements count", .least = 1,
      .most = CRITERIA_TAPS_MAX },
    { "ok_at_least", FIELD_OPTIONAL, FIELD_UNSIGNED, "of the taps", .least = 1, .most = CRITERIA_TAPS_MAX },
    { "within_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "time of a tap that is ok", .least = 1, .most = 600000 },
    { 0 },
};
static const struct field_map success_map = {
    "success", success_keys,
    .rules = "\"oneOf\": [{\"required\": [\"dirty_at_most\"]}, {\"required\": [\"mean_at_most\", "
             "\"each_at_most\"]}, "
             "{\"required\": [\"taps\", \"ok_at_least\"]}], "
             "\"dependentRequired\": {\"mean_at_most\": [\"each_at_most\"], \"each_at_most\": "
             "[\"mean_at_most\"], "
             "\"ok_at_least\": [\"taps\"], \"within_ms\": [\"taps\"]}"
};
static const struct field keys[] = {
    { "success", FIELD_OPTIONAL, FIELD_MAP, "how often it must work", .map = &success_map },
    { 0 },
};

static void read_tiers(struct criteria *out, struct fields *f)
{
    fields_ask_for(f, "mean_at_most");
    fields_ask_for(f, "each_at_most");
    bool mean = fields_real(f, "mean_at_most", &out->mean_at_most);
    bool each = fields_real(f, "each_at_most", &out->each_at_most);
    if (mean && each && out->each_at_most < out->mean_at_most)
        node_problem(f, f->map, "each_at_most: %g is less than mean_at_most, %g", out->each_at_most,
                     out->mean_at_most);
}

static void read_success(struct criteria *out, struct fields *up)
{
    struct fields f;
    if (!fields_map(up, "success", &f))
        return;
    const struct tree_node *n = f.map;
    out->success_given = true;
    bool dirty = tree_child(n, "dirty_at_most") != NULL, taps = tree_child(n, "taps") != NULL;
    bool tiers = tree_child(n, "mean_at_most") || tree_child(n, "each_at_most");
    fields_real(&f, "dirty_at_most", &out->dirty_at_most);
    fields_unsigned(&f, "taps", &out->taps);
    if (taps)
        fields_ask_for(&f, "ok_at_least");
    const struct tree_node *least = fields_find(&f, "ok_at_least");
    const struct tree_node *within = tree_child(n, "within_ms");
    fields_unsigned(&f, "within_ms", &out->tap_within_ms);
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

const struct clause_row clause_success = {
    .key = "success", .keys = keys, .read = read_success, .uses = uses
};
