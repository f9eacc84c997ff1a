/* technologies: what the handset may answer with. */
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

static void read_technologies(struct criteria *out, struct fields *f)
{
    static const struct fields_choice names[] = {
        { "A", CRITERIA_A }, { "B", CRITERIA_B }, { "F", CRITERIA_F }, { NULL, 0 }
    };
    const struct tree_node *list = fields_list(f, "technologies", FIELD_OPTIONAL);
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next) {
        unsigned bit;
        if (node_choice(f, n, names, &bit))
            out->technologies |= bit;
    }
    if (list && list->count == 0)
        node_problem(f, list, "technologies: expected at least one of A, B, F");
}

static bool uses(const struct criteria *c)
{
    return c->technologies != 0;
}

const struct clause_row clause_technologies = { .key = "technologies",
                                                .read = read_technologies,
                                                .uses = uses };
