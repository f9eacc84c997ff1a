/* Criteria files: which clauses a handset must pass, on which readers. harness/criteria judges by them. */
#include "harness/clauses/criteria_file.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/load.h"

#include <stdlib.h>
#include <string.h>

/* Words in one or two languages: a text, or {en, ja}. */
static void read_words(struct fields *f, const char *key, enum fields_need need, char **en, char **ja)
{
    struct fields words;
    const struct tree_node *n = fields_find(f, key, need);
    if (!n)
        return;
    if (n->kind == TREE_SCALAR) {
        node_text(f, n, FIELDS_LONG_MAX, en);
        return;
    }
    if (!fields_open(&words, f->problems, f->path, n, "text in en and ja"))
        return;
    fields_long_text(&words, "en", FIELD_REQUIRED, en);
    fields_long_text(&words, "ja", FIELD_OPTIONAL, ja);
    fields_close(&words);
}

static void read_success(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "success", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "success"))
        return;
    out->success_given = true;
    bool dirty = tree_child(n, "dirty_at_most") != NULL, taps = tree_child(n, "taps") != NULL;
    fields_real(&f, "dirty_at_most", FIELD_OPTIONAL, 0.0001, 0.9999, &out->dirty_at_most);
    fields_unsigned(&f, "taps", FIELD_OPTIONAL, 1, CRITERIA_TAPS_MAX, &out->taps);
    enum fields_need need = taps ? FIELD_REQUIRED : FIELD_OPTIONAL;
    const struct tree_node *least = fields_find(&f, "ok_at_least", need);
    const struct tree_node *within = tree_child(n, "within_ms");
    fields_unsigned(&f, "within_ms", FIELD_OPTIONAL, 1, 600000, &out->tap_within_ms);
    if (dirty == taps)
        node_problem(&f, n, "success: expected either {dirty_at_most: ..} or {taps: .., ok_at_least: ..}");
    else if (dirty && (least || within))
        node_problem(&f, least ? least : within, "%s belongs to a rule of taps: expected taps beside it",
                     node_label(least ? least : within));
    else if (least && out->taps)
        node_unsigned(&f, least, 1, out->taps, &out->ok_at_least);
    fields_close(&f);
}

static void read_time(struct criteria *out, struct fields *up)
{
    static const struct fields_choice levels[] = { { "cell", 0 }, { "handset", 1 }, { NULL, 0 } };
    struct fields f;
    unsigned level = 0;
    const struct tree_node *n = fields_find(up, "time", FIELD_OPTIONAL);
    out->share = CRITERIA_SHARE;
    if (!n || !fields_open(&f, up->problems, up->path, n, "time"))
        return;
    fields_unsigned(&f, "within_ms", FIELD_REQUIRED, 1, 600000, &out->within_ms);
    fields_real(&f, "share", FIELD_OPTIONAL, 0.5, 0.999, &out->share);
    fields_choice(&f, "level", FIELD_OPTIONAL, levels, &level);
    out->by_handset = level == 1;
    fields_close(&f);
}

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

static void read_payload(struct criteria *out, struct fields *up)
{
    struct fields f;
    const struct tree_node *n = fields_find(up, "payload", FIELD_OPTIONAL);
    if (!n || !fields_open(&f, up->problems, up->path, n, "payload"))
        return;
    fields_id(&f, "script", FIELD_REQUIRED, &out->payload_script);
    fields_text(&f, "step", FIELD_REQUIRED, &out->payload_step);
    fields_close(&f);
}

static void read_modes(struct criteria *out, struct fields *f)
{
    fields_power_modes(f, "power_modes", FIELD_OPTIONAL, &out->power_modes);
    const struct tree_node *conditional = tree_child(f->map, "conditional_modes");
    if (fields_power_modes(f, "conditional_modes", FIELD_OPTIONAL, &out->conditional_modes) &&
        (out->power_modes & out->conditional_modes))
        node_problem(f, conditional,
                     "conditional_modes: a mode stands in power_modes too: expected it in one");
}

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

static void read_criteria(struct criteria *out, struct problems *p, const char *path,
                          const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, "a criteria file"))
        return;
    fields_head(&f, "criteria");
    fields_id(&f, "id", FIELD_REQUIRED, &out->id);
    fields_text(&f, "edition", FIELD_OPTIONAL, &out->edition);
    fields_title(&f, "title", FIELD_REQUIRED, &out->title, &out->title_ja);
    read_words(&f, "source", FIELD_REQUIRED, &out->source, &out->source_ja);
    read_words(&f, "analogy", FIELD_OPTIONAL, &out->analogy, &out->analogy_ja);
    read_words(&f, "proves", FIELD_OPTIONAL, &out->proves, &out->proves_ja);
    fields_id_list(&f, "scripts", FIELD_OPTIONAL, &out->scripts, &out->script_count);
    read_modes(out, &f);
    read_success(out, &f);
    read_time(out, &f);
    read_positions(out, &f);
    read_technologies(out, &f);
    read_payload(out, &f);
    read_readers(out, &f);
    fields_close(&f);
}

static void clear(struct criteria *c)
{
    char *texts[] = {
        c->id,      c->edition,    c->title,  c->title_ja,  c->source,         c->source_ja,
        c->analogy, c->analogy_ja, c->proves, c->proves_ja, c->payload_script, c->payload_step
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < c->script_count; i++)
        free(c->scripts[i]);
    for (size_t i = 0; i < c->readers_of_count; i++)
        free(c->readers_of[i]);
    for (size_t i = 0; i < c->weight_count; i++)
        free(c->weights[i].reader);
    free(c->scripts);
    free(c->readers_of);
    free(c->weights);
    memset(c, 0, sizeof *c);
}

void criteria_check(struct problems *p, const char *path, const struct tree_node *root)
{
    struct criteria c = { 0 };
    read_criteria(&c, p, path, root);
    clear(&c);
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
        read_criteria(c, &p, path, root);
    if (c)
        file_sha256(text, length, c->sha256);
    tree_free(&root);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = c;
    else
        criteria_free(&c);
    return status;
}

int criteria_load(const char *name, const char *data_directory, struct criteria **out,
                  struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char place[PLACE_SIZE];
    struct buf text;
    *out = NULL;
    if (!source_find(&p, "criteria", name, data_directory, place) || !source_read(&p, place, &text))
        return problem_result(&p, name, e);
    int status = criteria_load_text(place, text.data, text.length, out, list, e);
    buf_free(&text);
    return status;
}

void criteria_free(struct criteria **c)
{
    if (!c || !*c)
        return;
    clear(*c);
    free(*c);
    *c = NULL;
}
