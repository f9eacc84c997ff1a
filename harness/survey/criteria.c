/* Criteria files: which scripts, power modes and readers a handset must pass. The engine is in findings/. */
#include "harness/survey/criteria.h"

#include "harness/survey/load.h"

#include <stdlib.h>
#include <string.h>

void criteria_read(struct criteria *out, struct problems *p, const char *path, const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, "a criteria file"))
        return;
    fields_head(&f, "criteria");
    fields_id(&f, "id", FIELD_REQUIRED, &out->id);
    fields_title(&f, "title", FIELD_REQUIRED, &out->title, &out->title_ja);
    fields_long_text(&f, "source", FIELD_REQUIRED, &out->source);
    fields_id_list(&f, "scripts", FIELD_OPTIONAL, &out->scripts, &out->script_count);
    fields_power_modes(&f, "power_modes", FIELD_OPTIONAL, &out->power_modes);
    const struct tree_node *conditional = tree_child(root, "conditional_modes");
    if (fields_power_modes(&f, "conditional_modes", FIELD_OPTIONAL, &out->conditional_modes) &&
        (out->power_modes & out->conditional_modes))
        node_problem(&f, conditional,
                     "conditional_modes: a mode stands in power_modes too: expected it in one");
    const struct tree_node *least = fields_find(&f, "readers_at_least", FIELD_REQUIRED);
    bool all = least && least->kind == TREE_SCALAR && strcmp(least->text, "all") == 0;
    if (least && !all)
        node_unsigned(&f, least, 1, SURVEY_READERS_MAX, &out->readers_at_least);
    fields_close(&f);
}

void criteria_clear(struct criteria *c)
{
    free(c->id);
    free(c->title);
    free(c->title_ja);
    free(c->source);
    for (size_t i = 0; i < c->script_count; i++)
        free(c->scripts[i]);
    free(c->scripts);
    memset(c, 0, sizeof *c);
}

int criteria_load_text(const char *path, const char *text, size_t length, struct criteria **out,
                       struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct tree_node *root = tree_parse(&p, path, text, length);
    struct criteria *c = calloc(1, sizeof *c);
    *out = NULL;
    if (!c)
        p.memory = true;
    if (root && c)
        criteria_read(c, &p, path, root);
    tree_free(&root);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = c;
    else
        criteria_free(&c);
    return status;
}

int criteria_load(const char *path, const char *data_directory, struct criteria **out,
                  struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char place[PLACE_SIZE];
    struct buf text;
    *out = NULL;
    if (!source_find(&p, "criteria", path, data_directory, place) || !source_read(&p, place, &text))
        return problem_result(&p, path, e);
    int status = criteria_load_text(place, text.data, text.length, out, list, e);
    buf_free(&text);
    return status;
}

void criteria_free(struct criteria **c)
{
    if (!c || !*c)
        return;
    criteria_clear(*c);
    free(*c);
    *c = NULL;
}
