#include "harness/survey/import.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "harness/survey/model_id.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void clear_row(struct import_row *r)
{
    char *texts[] = {
        r->tag, r->sim, r->maker, r->marketing_name, r->android, r->felica, r->source, r->note
    };
    model_clear(&r->model);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

static struct import_row *add_row(struct import *i, struct problems *p)
{
    if ((i->count & (i->count + 1)) == 0) { /* 0, 1, 3, 7 ...: room for twice as many and one */
        struct import_row *rows = realloc(i->rows, (2 * i->count + 1) * sizeof *rows);
        if (!rows) {
            p->memory = true;
            return NULL;
        }
        i->rows = rows;
    }
    struct import_row *row = &i->rows[i->count++];
    memset(row, 0, sizeof *row);
    return row;
}

static char *take(const struct list *l, enum list_column column)
{
    char *text = text_copy(list_cell(l, column));
    l->csv.problems->memory = l->csv.problems->memory || !text;
    return text;
}

static void read_row(const struct list *l, const struct profiles *profiles, struct import_row *out)
{
    char quote[PROBLEM_QUOTE_SIZE];
    const char *tag = list_cell(l, LIST_TAG), *sim = list_cell(l, LIST_SIM);
    model_read(l, profiles, &out->model);
    out->maker = take(l, LIST_MAKER);
    out->marketing_name = take(l, LIST_NAME);
    out->android = take(l, LIST_ANDROID);
    out->felica = take(l, LIST_FELICA);
    out->source = take(l, LIST_SOURCE);
    out->note = take(l, LIST_NOTE);
    if (*tag)
        out->tag = take(l, LIST_TAG);
    if (*sim)
        out->sim = take(l, LIST_SIM);
    if (*sim && !fields_is_id(sim))
        list_problem(l, LIST_SIM, "sim %s is not an id: expected 1 to 64 of a-z, 0-9, \".\" and \"-\"",
                     problem_quote(sim, quote));
    if (!out->model.profiled && out->model.id && strncmp(out->model.id, "sim-", 4) == 0)
        list_problem(l, LIST_MAKER, "makes the id %s: one that begins with sim- is a simulated handset's",
                     out->model.id);
    if (l->place[LIST_TAG] != SIZE_MAX && !*tag)
        list_problem(l, LIST_TAG, "no tag: expected the asset tag of the unit");
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Two rows of which a survey could only take one. */
static void compare_rows(struct problems *p, const struct import *i, char *const *keys, size_t a, size_t b)
{
    char one[PROBLEM_QUOTE_SIZE], two[PROBLEM_QUOTE_SIZE];
    const struct import_row *x = &i->rows[a], *y = &i->rows[b];
    if (!x->tag || !y->tag) {
        if (same(x->model.id, y->model.id) && same(x->sim, y->sim))
            problem_add(p, i->path, y->model.line, 1,
                        "is the same model as line %u (%s): expected an asset tag of each unit",
                        x->model.line, x->model.id);
    } else if (strcmp(keys[a], keys[b]) != 0) {
        return;
    } else if (strcmp(x->tag, y->tag) != 0) {
        problem_add(p, i->path, y->model.line, 1, "the tag %s is the same to a person as %s of line %u",
                    problem_quote(y->tag, one), problem_quote(x->tag, two), x->model.line);
    } else if (!same(x->model.id, y->model.id) || same(x->sim, y->sim)) {
        problem_add(p, i->path, y->model.line, 1, "the tag %s stands in line %u already",
                    problem_quote(y->tag, one), x->model.line);
    }
}

static void check_rows(struct problems *p, struct import *i)
{
    char **keys = calloc(i->count + 1, sizeof *keys);
    p->memory = p->memory || !keys;
    for (size_t row = 0; row < i->count && !p->memory; row++)
        p->memory = !(keys[row] = text_key_copy(i->rows[row].tag ? i->rows[row].tag : ""));
    for (size_t b = 0; b < i->count && !p->memory; b++) {
        i->rows[b].first = b;
        for (size_t a = b; a-- > 0;) {
            compare_rows(p, i, keys, a, b);
            if (strcmp(i->rows[a].model.id, i->rows[b].model.id) == 0)
                i->rows[b].first = a;
        }
    }
    if (i->count == 0 && p->found == 0)
        problem_add(p, i->path, 2, 1, "no row: expected at least one handset");
    for (size_t row = 0; keys && row < i->count; row++)
        free(keys[row]);
    free(keys);
}

int import_load_text(const char *path, const char *text, size_t length, const struct list_headers *headers,
                     const struct profiles *profiles, struct import **out, struct survey_problems *problems,
                     struct err *e)
{
    struct problems p = { .list = problems };
    struct import *i = calloc(1, sizeof *i);
    struct list rows = { 0 };
    const uint32_t all = LIST_BIT(LIST_COLUMNS) - 1;
    *out = NULL;
    if (!i || !(i->path = text_copy(path))) {
        p.memory = true;
    } else if (list_open(&rows, &p, path, text, length, headers, all & ~LIST_BIT(LIST_HANDSET),
                         LIST_BIT(LIST_MAKER) | LIST_BIT(LIST_CODE))) {
        while (i->count < MODELS_MAX && list_next(&rows)) {
            struct import_row *row = add_row(i, &p);
            if (row)
                read_row(&rows, profiles, row);
        }
        if (i->count == MODELS_MAX && list_next(&rows))
            problem_add(&p, path, rows.csv.line, 1, "more than %d rows", MODELS_MAX);
        if (!p.memory)
            check_rows(&p, i);
    }
    list_close(&rows);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = i;
    else
        import_free(&i);
    return status;
}

int import_load(const char *path, const struct list_headers *headers, const struct profiles *profiles,
                struct import **out, struct survey_problems *problems, struct err *e)
{
    struct buf text;
    *out = NULL;
    buf_init(&text, CSV_FILE_MAX);
    int status = file_read(path, &text, e);
    if (status == 0)
        status = import_load_text(path, text.data ? text.data : "", text.length, headers, profiles, out,
                                  problems, e);
    buf_free(&text);
    return status;
}

void import_free(struct import **i)
{
    if (!i || !*i)
        return;
    for (size_t row = 0; row < (*i)->count; row++)
        clear_row(&(*i)->rows[row]);
    free((*i)->rows);
    free((*i)->path);
    free(*i);
    *i = NULL;
}

static void add_pair(struct buf *b, const char *key, const char *value)
{
    buf_add_format(b, "%s: ", key);
    text_add_json(b, value, strlen(value));
    buf_add_char(b, '\n');
}

static void add_fact(struct buf *b, const char *name, const char *value)
{
    buf_add_format(b, "  %s: ", name);
    if (value && *value)
        text_add_json(b, value, strlen(value));
    else
        buf_add_text(b, "{absent: \"the list does not give it\"}");
    buf_add_char(b, '\n');
}

void import_add_profile(struct buf *b, const struct import *i, const struct import_row *row,
                        const char *source)
{
    static const char *const unmeasured[] = { "antenna_position", "sak", "ats", "atqb" };
    const struct model *m = &row->model;
    struct buf line;
    buf_init(&line, 2 * FIELDS_LONG_MAX);
    buf_add_format(&line, "%s, line %u", source ? source : i->path, m->line);
    buf_add_format(b, "format: nfc-survey/handset\nversion: 1\nid: %s\n", m->id);
    add_pair(b, "source", *row->source ? row->source : buf_text(&line));
    if (*row->note)
        add_pair(b, "note", row->note);
    if (!isnan(m->share) && m->share > 0)
        buf_add_format(b, "share: %.9g\n", m->share);
    buf_add_text(b, "facts:\n");
    add_fact(b, "maker", row->maker);
    add_fact(b, "name", *row->marketing_name ? row->marketing_name : m->model_code);
    add_fact(b, "model_code", m->model_code);
    add_fact(b, "carrier", m->carrier);
    add_fact(b, "released", m->released);
    add_fact(b, "android", row->android);
    add_fact(b, "technologies", m->technologies);
    add_fact(b, "felica", row->felica);
    for (size_t k = 0; k < sizeof unmeasured / sizeof *unmeasured; k++)
        buf_add_format(b, "  %s: {absent: \"not measured: no sweep of this model has been recorded\"}\n",
                       unmeasured[k]);
    b->failed = b->failed || line.failed;
    buf_free(&line);
}

void import_add_entry(struct buf *b, const struct import_row *row)
{
    const struct model *m = &row->model;
    buf_add_text(b, "  - {");
    if (row->tag) {
        buf_add_text(b, "unit: ");
        text_add_json(b, row->tag, strlen(row->tag));
        buf_add_text(b, ", ");
    }
    buf_add_format(b, "handset: %s", m->id);
    if (row->sim)
        buf_add_format(b, ", sim: %s", row->sim);
    buf_add_text(b, "} # ");
    text_add_safe(b, m->name);
    buf_add_char(b, ' ');
    text_add_safe(b, m->model_code ? m->model_code : "");
}
