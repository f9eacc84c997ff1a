/* technologies: what the handset may answer with. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static const struct fields_choice names[] = {
    { "A", CRITERIA_A }, { "B", CRITERIA_B }, { "F", CRITERIA_F }, { NULL, 0 }
};
static const struct field technology = { NULL, FIELD_OPTIONAL, FIELD_CHOICE, NULL, .choices = names };
static const struct field keys[] = {
    { "technologies", FIELD_OPTIONAL, FIELD_LIST, "what a handset may answer with", .of = &technology,
      .least = 1 },
    { 0 },
};

static void read_technologies(struct criteria *out, struct fields *f)
{
    const struct tree_node *list = fields_list(f, "technologies");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next) {
        unsigned bit;
        if (fields_item_choice(f, "technologies", n, &bit))
            out->technologies |= bit;
    }
}

static bool uses(const struct criteria *c)
{
    return c->technologies != 0;
}

const struct clause_row clause_technologies = {
    .key = "technologies", .keys = keys, .read = read_technologies, .uses = uses
};
