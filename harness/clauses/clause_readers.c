/* readers_at_least, readers_of, readers_share: on how many readers, and which, a handset must pass. */
#include "harness/base/text.h"
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

#include <stdlib.h>
#include <string.h>

/* Units are named as a survey names them, so they may hold anything. */
static void read_readers_of(struct criteria *out, struct fields *f)
{
    const struct tree_node *list = fields_list(f, "readers_of", FIELD_OPTIONAL);
    if (!list)
        return;
    if (list->count == 0 || list->count > SURVEY_READERS_MAX) {
        node_problem(f, list, "readers_of: expected 1 to %d units or profile ids", SURVEY_READERS_MAX);
        return;
    }
    out->readers_of = fields_array(f, list->count, sizeof *out->readers_of);
    for (const struct tree_node *n = out->readers_of ? list->first : NULL; n; n = n->next) {
        if (!node_text(f, n, FIELDS_TEXT_MAX, &out->readers_of[out->readers_of_count]))
            continue;
        for (size_t i = 0; i < out->readers_of_count; i++)
            if (strcmp(out->readers_of[i], out->readers_of[out->readers_of_count]) == 0)
                node_problem(f, n, "readers_of: %s is given twice", out->readers_of[i]);
        out->readers_of_count++;
    }
}

static void read_weights(struct criteria *out, struct fields *f)
{
    const struct tree_node *map = fields_find(f, "weights", FIELD_REQUIRED);
    double sum = 0;
    if (!map)
        return;
    if (map->kind != TREE_MAP || map->count == 0 || map->count > SURVEY_READERS_MAX) {
        node_problem(f, map, "weights: expected a mapping of 1 to %d units or profile ids to their share",
                     SURVEY_READERS_MAX);
        return;
    }
    out->weights = fields_array(f, map->count, sizeof *out->weights);
    for (const struct tree_node *n = out->weights ? map->first : NULL; n; n = n->next) {
        struct criteria_weight *w = &out->weights[out->weight_count];
        if (n->kind != TREE_SCALAR || !text_to_double(n->text, n->length, &w->share) ||
            !(w->share > 0 && w->share <= 1)) {
            node_problem(f, n, "%s: expected its share as a number above 0 and up to 1", node_label(n));
            continue;
        }
        w->reader = text_copy(n->key);
        if (!w->reader) {
            f->problems->memory = true;
            continue;
        }
        out->weight_count++;
        sum += w->share;
    }
    if (sum > 1.000001)
        node_problem(f, map, "weights: the shares add up to %g: expected at most 1", sum);
}

static void read_readers(struct criteria *out, struct fields *f)
{
    struct fields share;
    const struct tree_node *weighted = fields_find(f, "readers_share", FIELD_OPTIONAL);
    const struct tree_node *least =
        fields_find(f, "readers_at_least", weighted ? FIELD_OPTIONAL : FIELD_REQUIRED);
    bool all = least && least->kind == TREE_SCALAR && strcmp(least->text, "all") == 0;
    if (least && weighted)
        node_problem(f, weighted, "readers_share: expected either readers_at_least or readers_share");
    else if (least && !all)
        node_unsigned(f, least, 1, SURVEY_READERS_MAX, &out->readers_at_least);
    read_readers_of(out, f);
    if (weighted && fields_open(&share, f->problems, f->path, weighted, "readers_share")) {
        fields_real(&share, "at_least", FIELD_REQUIRED, 0.0001, 1, &out->readers_share);
        read_weights(out, &share);
        fields_close(&share);
    }
    if (out->readers_of_count > 0 && out->readers_at_least > out->readers_of_count)
        node_problem(f, least, "readers_at_least: %u, but readers_of names %zu: expected at most that",
                     out->readers_at_least, out->readers_of_count);
}

/* Whatever the file says: left out, all must pass. */
static bool uses(const struct criteria *c)
{
    (void)c;
    return true;
}

static void clear(struct criteria *c)
{
    for (size_t i = 0; i < c->readers_of_count; i++)
        free(c->readers_of[i]);
    for (size_t i = 0; i < c->weight_count; i++)
        free(c->weights[i].reader);
    free(c->readers_of);
    free(c->weights);
}

const struct clause_row clause_readers = {
    .key = "readers", .read = read_readers, .uses = uses, .clear = clear
};
