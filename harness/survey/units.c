/* The units of a survey: readers, sims, handsets and scripts, each with the profile that it names, read at
 * first use. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"
#include "harness/base/text_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a named file of a kind once. True when it is new: its tree is in *root (NULL when it did not
 * parse). */
/* The n-th file of a kind belongs to the n-th profile of that kind; *index is that n. */
static bool open_named(struct survey_reading *r, const char *kind, const char *name,
                       const struct tree_node *from, char place[PLACE_SIZE], size_t *index,
                       struct tree_node **root)
{
    struct source *source = r->source;
    *index = 0;
    *root = NULL;
    for (size_t i = 0; i < source->file_count; i++) {
        if (strcmp(source->files[i].kind, kind) != 0)
            continue;
        if (strcmp(source->files[i].path, name) == 0)
            return false;
        ++*index;
    }
    int file = source_get(source, kind, name, r->f->path, from, place);
    if (file < 0) {
        *index = SIZE_MAX;
        return false;
    }
    *root = tree_parse(source->problems, place, source->files[file].text, source->files[file].length);
    return true;
}

static void same_id(struct survey_reading *r, const struct tree_node *from, const char *id, const char *other)
{
    if (id && other && strcmp(id, other) == 0)
        node_problem(r->f, from, "the id %s is given by two files that this survey names", id);
}

/* Each: index of the profile or script of that name, loading it at first use; SIZE_MAX with a problem. */
static size_t get_reader_profile(struct survey_reading *r, const char *name, const struct tree_node *from)
{
    struct survey *s = r->survey;
    char place[PLACE_SIZE];
    struct tree_node *root;
    size_t index;
    if (!open_named(r, "reader", name, from, place, &index, &root))
        return index;
    struct reader_profile *p = &s->reader_profiles[s->reader_profile_count++];
    if (root)
        reader_profile_read(p, r->source->problems, place, root);
    for (size_t i = 0; i < index; i++)
        same_id(r, from, p->id, s->reader_profiles[i].id);
    tree_free(&root);
    return index;
}

static size_t get_handset_profile(struct survey_reading *r, const char *name, const struct tree_node *from)
{
    struct survey *s = r->survey;
    char place[PLACE_SIZE];
    struct tree_node *root;
    size_t index;
    if (!open_named(r, "handset", name, from, place, &index, &root))
        return index;
    struct handset_profile *p = &s->handset_profiles[s->handset_profile_count++];
    if (root)
        handset_profile_read(p, r->source->problems, place, root);
    for (size_t i = 0; i < index; i++)
        same_id(r, from, p->id, s->handset_profiles[i].id);
    tree_free(&root);
    return index;
}

static size_t get_script(struct survey_reading *r, const char *name, const struct tree_node *from)
{
    struct survey *s = r->survey;
    char place[PLACE_SIZE];
    struct tree_node *root;
    size_t index;
    if (!open_named(r, "script", name, from, place, &index, &root))
        return index;
    struct script *p = &s->scripts_loaded[s->script_loaded_count++];
    size_t found = r->source->problems->found;
    if (root)
        script_read(p, r->source->problems, place, root);
    if (root && r->source->problems->found == found &&
        !r->source->embedded) /* a journal's was run as it is */
        script_check_guard(p, &s->application_table, false, s->writes_test_targets, place,
                           r->source->problems);
    for (size_t i = 0; i < index; i++)
        same_id(r, from, p->id, s->scripts_loaded[i].id);
    tree_free(&root);
    return index;
}

static size_t get_application(struct survey_reading *r, const char *name, const struct tree_node *from)
{
    struct survey *s = r->survey;
    char place[PLACE_SIZE];
    struct tree_node *root;
    size_t index;
    if (!open_named(r, "application", name, from, place, &index, &root))
        return index;
    struct application_profile *p = &s->applications[s->application_count++];
    if (root)
        application_read(p, r->source->problems, place, root);
    for (size_t i = 0; i < index; i++)
        same_id(r, from, p->id, s->applications[i].id);
    tree_free(&root);
    return index;
}

/* A profile named in a list's item: the item itself when it is plain text, else its key. */
static char *item_name(struct survey_reading *r, struct fields *item, const struct tree_node *n,
                       const char *key, const struct tree_node **from)
{
    char *name = NULL;
    *from = n;
    if (n->kind == TREE_SCALAR) {
        node_text(r->f, n, FIELDS_TEXT_MAX, &name);
        return name;
    }
    const struct tree_node *named = fields_find(item, key);
    if (named) {
        *from = named;
        node_text(item, named, FIELDS_TEXT_MAX, &name);
    }
    return name;
}

/*
 * An asset tag is read from a label and typed: what nobody sees must not make two of one. A journal's survey is taken as
 * it was when its run began. n: the reader or handset; its tag may also be its profile's id.
 */
static void check_tag(struct survey_reading *r, const struct tree_node *n, const char *unit)
{
    char quoted[PROBLEM_QUOTE_SIZE];
    unsigned column;
    size_t length = strlen(unit);
    const struct tree_node *given = n->kind == TREE_MAP ? tree_child(n, "unit") : NULL;
    if (r->source->embedded)
        return;
    if (text_trim(unit, &length) > 0 || length < strlen(unit))
        node_problem(r->f, given ? given : n,
                     "unit: %s begins or ends with a blank, which no label shows: delete it",
                     problem_quote(unit, quoted));
    uint32_t code = text_find_invisible(unit, &column);
    if (code)
        node_problem(r->f, given ? given : n,
                     "unit: its character %u is one that nobody sees (U+%04X): delete it", column,
                     (unsigned)code);
}

static void check_looks(struct survey_reading *r, const struct tree_node *n, const char *unit,
                        const char *other)
{
    char one[PROBLEM_QUOTE_SIZE], two[PROBLEM_QUOTE_SIZE];
    const struct tree_node *given = n->kind == TREE_MAP ? tree_child(n, "unit") : NULL;
    if (!r->source->embedded && strcmp(unit, other) != 0 && text_key_same(unit, other))
        node_problem(
            r->f, given ? given : n,
            "unit: %s and %s are the same to a person (width, case, blanks and dashes aside): expected tags "
            "that differ in letters or digits",
            problem_quote(unit, one), problem_quote(other, two));
}

static void read_reader(struct survey_reading *r, const struct tree_node *n)
{
    struct survey *s = r->survey;
    struct survey_reader reader = { 0 };
    struct fields item;
    const struct tree_node *from;
    bool plain = n->kind == TREE_SCALAR;
    if (!plain && !fields_item(r->f, "readers", n, &item))
        return;
    char *name = item_name(r, &item, n, "profile", &from);
    if (!plain) {
        fields_text(&item, "unit", &reader.unit);
        fields_id(&item, "driver", &reader.driver);
        fields_text(&item, "address", &reader.address);
        fields_text(&item, "serial", &reader.serial);
        fields_text(&item, "place", &reader.place);
        fields_close(&item);
    }
    size_t profile = name ? get_reader_profile(r, name, from) : SIZE_MAX;
    if (profile != SIZE_MAX) {
        const struct reader_profile *p = &s->reader_profiles[profile];
        reader.profile = (unsigned)profile;
        survey_set_text(r, &reader.unit, p->id);
        survey_set_text(r, &reader.driver, r->driver);
        survey_set_text(r, &reader.driver, p->simulated ? "sim" : "pcsc");
        if (reader.unit)
            check_tag(r, n, reader.unit);
        for (size_t i = 0; i < s->reader_count && reader.unit; i++) {
            check_looks(r, n, reader.unit, s->readers[i].unit);
            if (strcmp(s->readers[i].unit, reader.unit) == 0)
                node_problem(r->f, n, "the reader's unit %s is given twice: expected an asset tag of its own",
                             reader.unit);
        }
    }
    free(name);
    if (profile != SIZE_MAX && reader.unit && reader.driver) {
        s->readers[s->reader_count++] = reader;
        return;
    }
    free(reader.unit);
    free(reader.driver);
    free(reader.address);
    free(reader.serial);
    free(reader.place);
}

void survey_read_readers(struct survey_reading *r)
{
    const struct tree_node *list = fields_list(r->f, "readers");
    if (!list)
        return;
    r->survey->readers = fields_array(r->f, list->count, sizeof *r->survey->readers);
    r->survey->reader_profiles = fields_array(r->f, list->count, sizeof *r->survey->reader_profiles);
    if (!r->survey->readers || !r->survey->reader_profiles)
        return;
    for (const struct tree_node *n = list->first; n; n = n->next)
        read_reader(r, n);
}

static void read_sim(struct survey_reading *r, const struct tree_node *n)
{
    struct survey *s = r->survey;
    struct fields f;
    char *label = NULL;
    if (!fields_item(r->f, "sims", n, &f))
        return;
    struct sim_card *sim = &s->sims[s->sim_count++];
    fields_id(&f, "id", &sim->id);
    fields_title(&f, "title", &sim->title, &sim->title_ja);
    fields_text(&f, "carrier", &sim->carrier);
    fields_text(&f, "applet", &sim->applet);
    if (fields_text(&f, "token_label", &label))
        snprintf(sim->token_label, sizeof sim->token_label, "%s", label);
    free(label);
    snprintf(sim->simulation.token_label, sizeof sim->simulation.token_label, "%-32s", sim->token_label);
    fields_unsigned(&f, "certificate_bytes", &sim->simulation.certificate_bytes);
    survey_read_access_rules(&f, &sim->simulation);
    text_fit(sim->simulation.id, sizeof sim->simulation.id, sim->id ? sim->id : "");
    fields_close(&f);
    for (size_t i = 0; i + 1 < s->sim_count && sim->id; i++)
        if (s->sims[i].id && strcmp(s->sims[i].id, sim->id) == 0)
            node_problem(r->f, n, "the sim %s is given twice", sim->id);
}

void survey_read_sims(struct survey_reading *r)
{
    const struct tree_node *list = fields_list(r->f, "sims");
    if (!list)
        return;
    r->survey->sims = fields_array(r->f, list->count, sizeof *r->survey->sims);
    for (const struct tree_node *n = list->first; n && r->survey->sims; n = n->next)
        read_sim(r, n);
}

static size_t find_sim(struct survey_reading *r, const char *id, const struct tree_node *from)
{
    const struct survey *s = r->survey;
    char quoted[PROBLEM_QUOTE_SIZE];
    if (!id && s->sim_count == 1)
        return 0; /* the only one */
    for (size_t i = 0; id && i < s->sim_count; i++)
        if (s->sims[i].id && strcmp(s->sims[i].id, id) == 0)
            return i;
    if (id)
        node_problem(r->f, from, "the sim %s is not in sims", problem_quote(id, quoted));
    else
        node_problem(r->f, from, "a handset needs its sim: expected the key \"sim\", here or in defaults");
    return SIZE_MAX;
}

static void check_pair(struct survey_reading *r, const struct tree_node *n, const struct survey_pair *pair)
{
    const struct survey *s = r->survey;
    check_tag(r, n, pair->unit);
    for (size_t i = 0; i < s->pair_count; i++) {
        check_looks(r, n, pair->unit, s->pairs[i].unit);
        if (strcmp(s->pairs[i].unit, pair->unit) != 0)
            continue;
        if (s->pairs[i].handset != pair->handset)
            node_problem(r->f, n, "the handset's unit %s is given twice with two profiles", pair->unit);
        else if (s->pairs[i].sim == pair->sim)
            node_problem(r->f, n, "the handset's unit %s is given twice with the same sim", pair->unit);
    }
}

static bool name_pair(struct survey_reading *r, struct survey_pair *pair)
{
    const char *sim = r->survey->sims[pair->sim].id;
    struct buf name;
    buf_init(&name, 1024);
    buf_add_format(&name, "%s+%s", pair->unit, sim ? sim : "");
    pair->name = buf_take(&name);
    buf_free(&name);
    if (!pair->name)
        r->f->problems->memory = true;
    return pair->name != NULL;
}

/* Takes the profile's name and the sim's id over. False with a problem; a unit that is given stays the caller's. */
static bool make_pair(struct survey_reading *r, const struct tree_node *n, const struct tree_node *from,
                      char *name, char *sim, struct survey_pair *pair)
{
    struct survey *s = r->survey;
    size_t profile = name ? get_handset_profile(r, name, from) : SIZE_MAX;
    size_t card = s->sim_count > 0 ? find_sim(r, sim ? sim : r->sim, n) : SIZE_MAX;
    free(name);
    free(sim);
    if (profile == SIZE_MAX || card == SIZE_MAX)
        return false;
    pair->handset = (unsigned)profile;
    pair->sim = (unsigned)card;
    survey_set_text(r, &pair->unit, s->handset_profiles[profile].id);
    return pair->unit && name_pair(r, pair);
}

static void read_handset(struct survey_reading *r, const struct tree_node *n)
{
    struct survey *s = r->survey;
    struct survey_pair pair = { 0 };
    struct fields item;
    const struct tree_node *from;
    char *sim = NULL;
    bool plain = n->kind == TREE_SCALAR;
    if (!plain && !fields_item(r->f, "handsets", n, &item))
        return;
    char *name = item_name(r, &item, n, "handset", &from);
    if (!plain) {
        fields_text(&item, "unit", &pair.unit);
        fields_text(&item, "sim", &sim);
        fields_close(&item);
    }
    if (!make_pair(r, n, from, name, sim, &pair)) {
        free(pair.unit);
        return;
    }
    check_pair(r, n, &pair);
    s->pairs[s->pair_count++] = pair;
}

void survey_read_handsets(struct survey_reading *r)
{
    const struct tree_node *list = fields_list(r->f, "handsets");
    if (!list)
        return;
    size_t count = list->count + 1; /* the reference stands behind them */
    r->survey->pairs = fields_array(r->f, count, sizeof *r->survey->pairs);
    r->survey->handset_profiles = fields_array(r->f, count, sizeof *r->survey->handset_profiles);
    if (!r->survey->pairs || !r->survey->handset_profiles)
        return;
    for (const struct tree_node *n = list->first; n; n = n->next)
        read_handset(r, n);
}

static void read_script_item(struct survey_reading *r, const struct tree_node *n)
{
    struct survey *s = r->survey;
    struct fields item;
    const struct tree_node *from;
    unsigned limit = r->time_limit_ms, deadline = r->deadline_ms;
    bool plain = n->kind == TREE_SCALAR;
    if (!plain && !fields_item(r->f, "scripts", n, &item))
        return;
    char *name = item_name(r, &item, n, "script", &from);
    if (!plain) {
        fields_unsigned(&item, "time_limit_ms", &limit);
        fields_unsigned(&item, "deadline_ms", &deadline);
        fields_close(&item);
    }
    size_t index = name ? get_script(r, name, from) : SIZE_MAX;
    free(name);
    if (index == SIZE_MAX)
        return;
    const struct script *script = &s->scripts_loaded[index];
    for (size_t i = 0; i < s->script_count; i++)
        if (s->scripts[i].script == index)
            node_problem(r->f, n, "the script %s is given twice", script->id ? script->id : "");
    s->scripts[s->script_count++] =
        (struct survey_script) { .script = (unsigned)index,
                                 .time_limit_ms = limit ? limit : script->time_limit_ms,
                                 .deadline_ms = deadline ? deadline : script->deadline_ms };
}

void survey_read_scripts(struct survey_reading *r)
{
    const struct tree_node *list = fields_list(r->f, "scripts");
    if (!list)
        return;
    r->survey->scripts = fields_array(r->f, list->count, sizeof *r->survey->scripts);
    r->survey->scripts_loaded = fields_array(r->f, list->count, sizeof *r->survey->scripts_loaded);
    if (!r->survey->scripts || !r->survey->scripts_loaded)
        return;
    for (const struct tree_node *n = list->first; n; n = n->next)
        read_script_item(r, n);
}

void survey_read_applications(struct survey_reading *r)
{
    struct survey *s = r->survey;
    const struct tree_node *list = fields_list(r->f, "applications");
    if (!list || !(s->applications = fields_array(r->f, list->count, sizeof *s->applications)))
        return;
    for (const struct tree_node *n = list->first; n; n = n->next) {
        char *name = NULL;
        size_t known = s->application_count;
        if (node_text(r->f, n, FIELDS_TEXT_MAX, &name) && get_application(r, name, n) < known)
            node_problem(r->f, n, "the application %s is given twice", name);
        free(name);
    }
    for (size_t i = 0; i < s->application_count; i++) {
        const struct application *a = &s->applications[i].application, *other = NULL;
        if (a->aid_length > 0) /* else it is a problem already */
            other = application_table_add(&s->application_table, a);
        if (other)
            node_problem(r->f, list,
                         "applications: the names of %s and %s begin alike, so that one may select the other",
                         a->id ? a->id : "", other->id ? other->id : "");
    }
}

/* Its script must be one of the survey's: what the survey measures is what a reader must still be able to do. */
static void find_script(struct survey_reading *r, const struct tree_node *n, const char *id)
{
    struct survey *s = r->survey;
    char quoted[PROBLEM_QUOTE_SIZE];
    for (size_t i = 0; i < s->script_count; i++) {
        const char *other = survey_script_loaded(s, i)->id;
        if (!id || (other && strcmp(other, id) == 0)) {
            s->reference.script = (unsigned)i;
            return;
        }
    }
    if (s->script_count > 0)
        node_problem(r->f, n, "reference: the script %s is not in scripts", problem_quote(id, quoted));
}

static void check_reference(struct survey_reading *r, const struct tree_node *n, const char *unit)
{
    const struct survey *s = r->survey;
    check_tag(r, n, unit);
    for (size_t i = 0; i < s->pair_count; i++) {
        check_looks(r, n, unit, s->pairs[i].unit);
        if (strcmp(s->pairs[i].unit, unit) == 0) {
            node_problem(r->f, n,
                         "reference: the unit %s is a handset under test: expected one that is not measured",
                         unit);
            return;
        }
    }
}

/* Behind the last pair and the last condition, where there is room for it. */
static void add_reference(struct survey_reading *r, struct survey_pair *pair)
{
    struct survey *s = r->survey;
    struct survey_condition *c = &s->conditions[s->condition_count];
    *c = (struct survey_condition) { .id = text_copy("reference"),
                                     .power_mode = POWER_ON_UNLOCKED,
                                     .handset_case = text_copy("none"),
                                     .position = text_copy("centre") };
    if (!c->id || !c->handset_case || !c->position)
        r->f->problems->memory = true;
    s->pairs[s->pair_count] = *pair;
    *pair = (struct survey_pair) { 0 };
    s->reference.given = true;
}

void survey_read_reference(struct survey_reading *r)
{
    struct survey *s = r->survey;
    struct survey_pair pair = { 0 };
    struct fields f;
    const struct tree_node *from;
    char *sim = NULL, *script = NULL;
    const struct tree_node *n = fields_find(r->f, "reference");
    if (!n || !s->pairs || !s->handset_profiles || !s->conditions || !fields_map(r->f, "reference", &f))
        return;
    char *name = item_name(r, &f, n, "handset", &from);
    fields_text(&f, "unit", &pair.unit);
    fields_text(&f, "sim", &sim);
    fields_id(&f, "script", &script);
    fields_unsigned(&f, "every", &s->reference.every);
    fields_close(&f);
    bool made = make_pair(r, n, from, name, sim, &pair);
    find_script(r, n, script);
    free(script);
    if (made) {
        check_reference(r, n, pair.unit);
        add_reference(r, &pair);
    }
    free(pair.unit);
    free(pair.name);
}
