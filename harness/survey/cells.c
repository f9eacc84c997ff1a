/* What makes the cells of a survey: conditions times points, cells left out, and the honesty rules over all
 * units. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

#define REASON_MAX 1024

#define VIRTUAL_TOKEN "NFC-SURVEY VIRTUAL TOKEN"

struct point {
    char *id, *title, *title_ja;
    double x_mm, y_mm, z_mm;
    bool used;
};

static void point_clear(struct point *p)
{
    free(p->id);
    free(p->title);
    free(p->title_ja);
    *p = (struct point) { 0 };
}

static size_t read_points(struct survey_reading *r, struct point *points)
{
    size_t count = 0;
    const struct tree_node *list = fields_list(r->f, "points");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next) {
        struct fields f;
        struct point *point = &points[count];
        if (!fields_item(r->f, "points", n, &f))
            continue;
        fields_title(&f, "title", &point->title, &point->title_ja);
        fields_real(&f, "x_mm", &point->x_mm);
        fields_real(&f, "y_mm", &point->y_mm);
        fields_real(&f, "z_mm", &point->z_mm);
        if (fields_id(&f, "id", &point->id))
            count++;
        else
            point_clear(point);
        fields_close(&f);
        for (size_t i = 0; i + 1 < count; i++)
            if (strcmp(points[i].id, points[count - 1].id) == 0)
                node_problem(r->f, n, "the point %s is given twice", points[i].id);
    }
    return count;
}

static const struct point *find_point(struct survey_reading *r, const struct tree_node *from, const char *id,
                                      struct point *points, size_t count)
{
    static const struct point centre;
    char quoted[PROBLEM_QUOTE_SIZE];
    for (size_t i = 0; i < count; i++) {
        if (strcmp(points[i].id, id) == 0) {
            points[i].used = true;
            return &points[i];
        }
    }
    if (strcmp(id, "centre") != 0)
        node_problem(r->f, from, "position: %s is not in points", problem_quote(id, quoted));
    return &centre; /* the mark on the reader */
}

/* Takes the texts of c over, or frees them. */
static void add_condition(struct survey_reading *r, const struct tree_node *n, struct survey_condition c)
{
    struct survey *s = r->survey;
    bool whole = c.id && c.handset_case && c.position;
    if (!whole)
        r->f->problems->memory = true;
    for (size_t i = 0; whole && i < s->condition_count; i++)
        if (strcmp(s->conditions[i].id, c.id) == 0)
            node_problem(r->f, n, "the condition %s is given twice", c.id);
    if (whole && s->condition_count == SURVEY_CONDITIONS_MAX) {
        node_problem(r->f, n, "more than %d conditions, points counted", SURVEY_CONDITIONS_MAX);
        whole = false;
    }
    if (whole) {
        s->conditions[s->condition_count++] = c;
        return;
    }
    survey_condition_clear(&c);
}

static char *join_id(const char *a, const char *b)
{
    struct buf id;
    buf_init(&id, 2 * FIELDS_ID_MAX + 2);
    buf_add_format(&id, "%s.%s", a, b);
    char *joined = buf_take(&id);
    buf_free(&id);
    return joined;
}

static char *copy_given(const char *text)
{
    return text ? text_copy(text) : NULL;
}

/* One condition of the file: at its position, or with `positions: condition` at each point in turn. */
static void read_condition(struct survey_reading *r, const struct tree_node *n, struct point *points,
                           size_t count, bool multiply)
{
    struct fields f;
    unsigned mode = POWER_NONE;
    char *id = NULL, *title = NULL, *title_ja = NULL, *handset_case = NULL, *position = NULL;
    if (n->kind == TREE_SCALAR) {
        if (node_power_mode(r->f, n, &mode))
            id = text_copy(power_mode_name((enum power_mode)mode));
    } else if (fields_item(r->f, "conditions", n, &f)) {
        const struct tree_node *given = fields_find(&f, "power_mode");
        if (given && node_power_mode(&f, given, &mode) && !fields_id(&f, "id", &id))
            id = text_copy(power_mode_name((enum power_mode)mode));
        else if (!given || !mode)
            fields_id(&f, "id", &id);
        fields_title(&f, "title", &title, &title_ja);
        fields_text(&f, "case", &handset_case);
        const struct tree_node *at = fields_find(&f, "position");
        if (at && multiply)
            node_problem(&f, at, "position: every point is taken, as positions says: leave one of both out");
        else if (at)
            node_id(&f, at, &position);
        fields_close(&f);
    }
    for (size_t i = 0; mode && id && i < (multiply ? count : 1); i++) {
        const char *at = multiply ? points[i].id : position ? position : "centre";
        const struct point *point = find_point(r, n, at, points, count);
        add_condition(
            r, n,
            (struct survey_condition) { .id = multiply ? join_id(id, at) : text_copy(id),
                                        .title = copy_given(title),
                                        .title_ja = copy_given(title_ja),
                                        .point_title = copy_given(point->title),
                                        .point_title_ja = copy_given(point->title_ja),
                                        .power_mode = (enum power_mode)mode,
                                        .handset_case = text_copy(handset_case ? handset_case : "none"),
                                        .position = text_copy(at),
                                        .x_mm = point->x_mm,
                                        .y_mm = point->y_mm,
                                        .z_mm = point->z_mm });
    }
    free(id);
    free(title);
    free(title_ja);
    free(handset_case);
    free(position);
}

void survey_read_conditions(struct survey_reading *r)
{
    struct survey *s = r->survey;
    struct point points[POINTS_MAX] = { 0 };
    unsigned multiply = 0;
    size_t count = read_points(r, points);
    const struct tree_node *positions = tree_child(r->f->map, "positions");
    const struct tree_node *at = tree_child(r->f->map, "points");
    if (fields_choice(r->f, "positions", &multiply) && !at)
        node_problem(r->f, positions, "positions: there are no points: expected a list under \"points\"");
    const struct tree_node *list = fields_list(r->f, "conditions");
    s->conditions =
        fields_array(r->f, SURVEY_CONDITIONS_MAX + 1, sizeof *s->conditions); /* the reference's */
    for (const struct tree_node *n = list && s->conditions ? list->first : NULL; n; n = n->next)
        read_condition(r, n, points, count, multiply && count > 0);
    for (size_t i = 0; i < count; i++) {
        if (!points[i].used && list && list->count > 0)
            node_problem(r->f, at,
                         "points: %s is never used: expected `positions: condition`, or a condition "
                         "that names it",
                         points[i].id);
        point_clear(&points[i]);
    }
}

/* A new text among the survey's reasons; NULL when memory is out. */
static char *add_reason(struct survey_reading *r, char *text)
{
    struct survey *s = r->survey;
    char **texts = text ? realloc(s->exclusion_texts, (s->exclusion_count + 1) * sizeof *texts) : NULL;
    if (!texts) {
        free(text);
        r->f->problems->memory = true;
        return NULL;
    }
    s->exclusion_texts = texts;
    return texts[s->exclusion_count++] = text;
}

/* Which of the survey's items a clause's word names; NULL names all. */
struct selection {
    bool pair[SURVEY_PAIRS_MAX], condition[SURVEY_CONDITIONS_MAX], reader[SURVEY_READERS_MAX],
        script[SURVEY_SCRIPTS_MAX];
};

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static bool condition_is(const struct survey_condition *c, const char *word)
{
    size_t length = strlen(word);
    return same(c->id, word) || same(power_mode_name(c->power_mode), word) || same(c->position, word) ||
           (strncmp(c->id, word, length) == 0 && c->id[length] == '.'); /* a condition at every point */
}

static void select_cells(const struct survey *s, const char *reader, const char *handset,
                         const char *condition, const char *script, struct selection *out)
{
    for (size_t i = 0; i < s->pair_count; i++)
        out->pair[i] = !handset || same(s->pairs[i].unit, handset) || same(s->pairs[i].name, handset) ||
                       same(survey_handset_of(s, i)->id, handset);
    for (size_t i = 0; i < s->condition_count; i++)
        out->condition[i] = !condition || condition_is(&s->conditions[i], condition);
    for (size_t i = 0; i < s->reader_count; i++)
        out->reader[i] = !reader || same(s->readers[i].unit, reader) ||
                         same(s->reader_profiles[s->readers[i].profile].id, reader);
    for (size_t i = 0; i < s->script_count; i++)
        out->script[i] = !script || same(survey_script_loaded(s, i)->id, script);
}

static size_t mark_cells(struct survey *s, const struct selection *which, enum survey_cell mark, char *reason)
{
    size_t marked = 0;
    for (size_t p = 0; p < s->pair_count; p++) {
        for (size_t c = 0; which->pair[p] && c < s->condition_count; c++) {
            for (size_t r = 0; which->condition[c] && r < s->reader_count; r++) {
                for (size_t i = 0; which->reader[r] && i < s->script_count; i++) {
                    if (!which->script[i])
                        continue;
                    size_t cell = survey_cell(s, p, c, r, i);
                    s->excluded[cell] = (uint8_t)mark;
                    s->excluded_reason[cell] = reason;
                    marked++;
                }
            }
        }
    }
    return marked;
}

static void read_exclusion(struct survey_reading *r, const struct tree_node *n)
{
    struct fields f;
    struct selection which = { 0 };
    char *reader = NULL, *handset = NULL, *condition = NULL, *script = NULL, *reason = NULL;
    if (!fields_item(r->f, "exclude", n, &f))
        return;
    fields_text(&f, "reader", &reader);
    fields_text(&f, "handset", &handset);
    fields_text(&f, "condition", &condition);
    fields_text(&f, "script", &script);
    fields_text(&f, "reason", &reason);
    fields_close(&f);
    select_cells(r->survey, reader, handset, condition, script, &which);
    char *kept = reason ? add_reason(r, reason) : NULL;
    if (kept && r->survey->excluded && mark_cells(r->survey, &which, SURVEY_CELL_EXCLUDED, kept) == 0)
        node_problem(r->f, n,
                     "the exclusion names no cell: expected units, conditions and scripts of this survey");
    free(reader);
    free(handset);
    free(condition);
    free(script);
}

/* Cells in a power mode that the handset's profile declares impossible. An exclusion keeps its own reason. */
static void mark_not_applicable(struct survey_reading *r)
{
    struct survey *s = r->survey;
    for (size_t p = 0; p < s->pair_count; p++) {
        const struct handset_profile *h = survey_handset_of(s, p);
        for (size_t c = 0; c < s->condition_count; c++) {
            struct selection which = { 0 };
            struct buf text;
            if (!(h->absent_modes >> s->conditions[c].power_mode & 1))
                continue;
            buf_init(&text, REASON_MAX + FIELDS_LONG_MAX);
            buf_add_format(&text, "power mode %s declared absent: %s",
                           power_mode_name(s->conditions[c].power_mode),
                           h->absent_source ? h->absent_source : "");
            char *reason = add_reason(r, buf_take(&text));
            buf_free(&text);
            select_cells(s, NULL, NULL, NULL, NULL, &which);
            memset(which.pair, 0, sizeof which.pair);
            memset(which.condition, 0, sizeof which.condition);
            which.pair[p] = which.condition[c] = true;
            mark_cells(s, &which, SURVEY_CELL_NOT_APPLICABLE, reason);
        }
    }
}

void survey_read_exclusions(struct survey_reading *r)
{
    struct survey *s = r->survey;
    const struct tree_node *list = fields_list(r->f, "exclude");
    size_t cells = survey_cell_count(s), left = 0;
    if (cells > SURVEY_CELLS_MAX) {
        problem_add(r->f->problems, r->f->path, 1, 1,
                    "%zu cells: expected at most %u; make several surveys of it", cells, SURVEY_CELLS_MAX);
        return;
    }
    if (r->f->problems->found == 0) { /* else the cells are not all there, and clauses would seem to miss */
        s->excluded = fields_array(r->f, cells, sizeof *s->excluded);
        s->excluded_reason = fields_array(r->f, cells, sizeof *s->excluded_reason);
        if (!s->excluded || !s->excluded_reason)
            return;
        mark_not_applicable(r);
    }
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next)
        read_exclusion(r, n);
    for (size_t i = 0; i < cells && s->excluded; i++)
        left += s->excluded[i] == SURVEY_CELL_IN;
    if (left == 0 && r->f->problems->found == 0)
        node_problem(r->f, list ? list : r->f->map,
                     "no cell is left to measure: all are excluded or not applicable");
}

static void check_driver(struct survey_reading *r, const struct survey_reader *reader, bool simulated)
{
    const struct tree_node *at = tree_child(r->f->map, "readers");
    bool sim = strcmp(reader->driver, "sim") == 0, testbed = r->survey->hands == HANDS_TESTBED;
    if (sim && !simulated)
        node_problem(r->f, at, "reader %s: the driver sim serves simulated readers only (profiles sim-...)",
                     reader->unit);
    if (sim && testbed)
        node_problem(r->f, at, "reader %s: a testbed serves readers to the real drivers, not to sim",
                     reader->unit);
    if (!sim && simulated && !testbed)
        node_problem(r->f, at, "reader %s: a simulated reader needs the driver sim, not %s", reader->unit,
                     reader->driver);
}

/* On the testbed a real model lends its descriptor only: its name must not come back as the unit's. */
static void check_testbed_unit(struct survey_reading *r, const struct survey_reader *reader)
{
    const struct reader_profile *p = &r->survey->reader_profiles[reader->profile];
    if (p->simulated || !p->model || !p->id)
        return;
    if (strcasestr(reader->unit, p->model) || strcasestr(reader->unit, p->id))
        node_problem(
            r->f, tree_child(r->f->map, "readers"),
            "reader %s: an emulated reader can't bear the name of a real model: expected a unit of its "
            "own, such as \"emulated-1\"",
            reader->unit);
}

static void check_hands(struct survey_reading *r, size_t simulated_readers, size_t simulated_handsets)
{
    const struct survey *s = r->survey;
    const struct tree_node *at = tree_child(r->f->map, "hands");
    bool all_readers = simulated_readers == s->reader_count,
         all_handsets = simulated_handsets == s->pair_count + s->reference.given;
    if (!at || s->hands == HANDS_NONE)
        return;
    /* A person and a robot may rehearse: on simulated readers, where the simulator lays, or on a testbed's. */
    if (s->hands == HANDS_SIM && !(all_readers && all_handsets))
        node_problem(r->f, at, "hands: sim lays simulated handsets on simulated readers only");
    if (s->hands == HANDS_TESTBED && !all_handsets)
        node_problem(r->f, at,
                     "hands: a testbed lays simulated handsets on emulated readers: expected profiles of "
                     "simulated handsets");
}

static void check_sims(struct survey_reading *r)
{
    const struct survey *s = r->survey;
    const struct tree_node *at = tree_child(r->f->map, "sims");
    for (size_t i = 0; i < s->sim_count; i++) {
        const struct sim_card *sim = &s->sims[i];
        const char *id = sim->id ? sim->id : "";
        bool virtual = strncmp(sim->token_label, VIRTUAL_TOKEN, sizeof VIRTUAL_TOKEN - 1) == 0;
        if (s->simulated && !virtual)
            node_problem(r->f, at, "sim %s: expected token_label: %s, as every simulated sim bears it", id,
                         VIRTUAL_TOKEN);
        if (s->simulated && sim->simulation.certificate_bytes == 0)
            node_problem(r->f, at, "sim %s: a simulated sim needs the key \"certificate_bytes\"", id);
        if (!s->simulated && (virtual || sim->simulation.certificate_bytes > 0))
            node_problem(r->f, at,
                         "sim %s: certificate_bytes and the virtual token label are for simulated sims "
                         "only",
                         id);
    }
}

void survey_check_honesty(struct survey_reading *r)
{
    struct survey *s = r->survey;
    size_t readers = 0, handsets = 0;
    if (s->reader_count == 0 || s->pair_count == 0)
        return; /* said already */
    for (size_t i = 0; i < s->reader_count; i++) {
        bool simulated = s->reader_profiles[s->readers[i].profile].simulated;
        readers += simulated;
        check_driver(r, &s->readers[i], simulated);
        if (s->hands == HANDS_TESTBED)
            check_testbed_unit(r, &s->readers[i]);
    }
    size_t phones = s->pair_count + s->reference.given;
    for (size_t i = 0; i < phones; i++)
        handsets += survey_handset_of(s, i)->simulated;
    bool mixed = (readers > 0 && readers < s->reader_count) || (handsets > 0 && handsets < phones) ||
                 (readers > 0 && handsets == 0) || (s->hands == HANDS_SIM && readers == 0 && handsets > 0);
    if (mixed) {
        const struct tree_node *at = tree_child(r->f->map, "handsets");
        node_problem(r->f, at ? at : r->f->map,
                     "real and simulated units stand in one survey: expected either");
        return;
    }
    s->simulated = handsets > 0;
    check_hands(r, readers, handsets);
    check_sims(r);
}
