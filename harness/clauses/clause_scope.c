/* scripts, power_modes, conditional_modes: which cells must pass. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

#include <stdlib.h>

static const struct field script_id = { NULL, FIELD_OPTIONAL, FIELD_ID, NULL };
static const struct field keys[] = {
    { "scripts", FIELD_OPTIONAL, FIELD_LIST, "that must pass; left out: all of the survey",
      .of = &script_id },
    FIELD_POWER_MODES("power_modes", FIELD_OPTIONAL,
                      "that must pass; left out: all that are not conditional"),
    FIELD_POWER_MODES("conditional_modes", FIELD_OPTIONAL,
                      "whose failure makes a handset conditional, and no more"),
    { 0 },
};

static void read_modes(struct criteria *out, struct fields *f)
{
    fields_power_modes(f, "power_modes", &out->power_modes);
    const struct tree_node *conditional = tree_child(f->map, "conditional_modes");
    if (fields_power_modes(f, "conditional_modes", &out->conditional_modes) &&
        (out->power_modes & out->conditional_modes))
        node_problem(f, conditional,
                     "conditional_modes: a mode stands in power_modes too: expected it in one");
}

static void read_scope(struct criteria *out, struct fields *f)
{
    fields_id_list(f, "scripts", &out->scripts, &out->script_count);
    read_modes(out, f);
}

static bool uses(const struct criteria *c)
{
    (void)c;
    return true;
}

static void clear(struct criteria *c)
{
    for (size_t i = 0; i < c->script_count; i++)
        free(c->scripts[i]);
    free(c->scripts);
}

const struct clause_row clause_scope = {
    .key = "scope", .keys = keys, .read = read_scope, .uses = uses, .clear = clear
};
