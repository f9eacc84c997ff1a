/* readers_at_least, readers_of, readers_share: on how many readers, and which, a handset must pass. */
#include "harness/base/text.h"
#include "harness/clauses/clause.h"
#include "harness/clauses/criteria_file.h"
#include "harness/survey/fields.h"

#include <stdlib.h>
#include <string.h>

static const struct field share = { NULL, FIELD_OPTIONAL, FIELD_REAL, NULL, .least = 0, .most = 1 };
static const struct field share_keys[] = {
    { "at_least", FIELD_REQUIRED, FIELD_REAL, "share that the readers that pass make up", .least = 0.0001,
      .most = 1 },
    { "weights", FIELD_REQUIRED, FIELD_NAMED, "share of each reader, by unit or profile; at most 1 in all",
      .of = &share, .least = 1, .most = SURVEY_READERS_MAX },
    { 0 },
};
static const struct field_map share_map = { "readers_share", share_keys };

static const struct fields_choice everybody[] = { { "all", 0 }, { NULL, 0 } };
static const struct field all_of_them = { NULL, FIELD_OPTIONAL, FIELD_CHOICE, NULL, .choices = everybody };
static const struct field unit = { NULL, FIELD_OPTIONAL, FIELD_TEXT, NULL };
static const struct field keys[] = {
    { "readers_at_least", FIELD_OPTIONAL, FIELD_UNSIGNED, "how many readers must pass, or all", .least = 1,
      .most = SURVEY_READERS_MAX, .or = &all_of_them },
    { "readers_of", FIELD_OPTIONAL, FIELD_LIST, "readers that count, by unit or profile; left out: all",
      .of = &unit, .least = 1, .most = SURVEY_READERS_MAX },
    { "readers_share", FIELD_OPTIONAL, FIELD_MAP, "readers by their share, in place of readers_at_least",
      .map = &share_map },
    { 0 },
};

/* Units are named as a survey names them, so they may hold anything. */
static void read_readers_of(struct criteria *out, struct fields *f)
{
    const struct tree_node *list = fields_list(f, "readers_of");
    if (!list)
        return;
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
    const struct tree_node *map = fields_named(f, "weights");
    double sum = 0;
    if (!map)
        return;
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
    struct fields weights;
    const struct tree_node *weighted = fields_find(f, "readers_share");
    const struct tree_node *least = fields_find(f, "readers_at_least");
    if (!weighted)
        fields_ask_for(f, "readers_at_least");
    bool all = least && least->kind == TREE_SCALAR && strcmp(least->text, "all") == 0;
    if (least && weighted)
        node_problem(f, weighted, "readers_share: expected either readers_at_least or readers_share");
    else if (least && !all)
        fields_unsigned(f, "readers_at_least", &out->readers_at_least);
    read_readers_of(out, f);
    if (fields_map(f, "readers_share", &weights)) {
        fields_real(&weights, "at_least", &out->readers_share);
        read_weights(out, &weights);
        fields_close(&weights);
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
    .key = "readers", .keys = keys, .read = read_readers, .uses = uses, .clear = clear
};
