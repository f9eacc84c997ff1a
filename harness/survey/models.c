/* Lists of handset models: from a CSV or from the profiles, and shares laid beside them. */
#include "harness/survey/models.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/base/text_key.h"
#include "harness/survey/model_id.h"
#include "harness/survey/problem.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Letters and digits only, without case: SO-01H is also written SO01H. */
static bool same_code(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && (unsigned char)*a < 0x80 && !isalnum((unsigned char)*a))
            a++;
        while (*b && (unsigned char)*b < 0x80 && !isalnum((unsigned char)*b))
            b++;
        if (!*a || tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return *a == *b;
    }
}

const struct handset_profile *models_profile(const struct profiles *p, const char *maker, const char *code,
                                             const char *carrier)
{
    const struct handset_profile *handsets;
    size_t count = p ? profiles_handsets(p, &handsets) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct handset_profile *h = &handsets[i];
        const char *on = h->carrier ? h->carrier : "";
        if (h->id && h->maker && h->model_code && !h->simulated && same_code(h->model_code, code) &&
            strcmp(model_carrier(on), model_carrier(carrier)) == 0 && model_maker_agrees(maker, h->maker))
            return h;
    }
    return NULL;
}

static char *copy_given(const char *text)
{
    return *text ? text_copy(text) : NULL;
}

static struct model *add_model(struct models *m, struct problems *p)
{
    if ((m->count & (m->count + 1)) == 0) { /* 0, 1, 3, 7 ...: room for twice as many and one */
        struct model *items = realloc(m->items, (2 * m->count + 1) * sizeof *items);
        if (!items) {
            p->memory = true;
            return NULL;
        }
        m->items = items;
    }
    struct model *out = &m->items[m->count++];
    *out = (struct model) { .share = NAN };
    return out;
}

static bool has_profile(const struct profiles *p, const char *id)
{
    const struct handset_profile *handsets;
    size_t count = p ? profiles_handsets(p, &handsets) : 0;
    for (size_t i = 0; i < count; i++)
        if (handsets[i].id && strcmp(handsets[i].id, id) == 0)
            return true;
    return false;
}

static char *make_name(const char *maker, const char *name)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_add_format(&b, "%s%s%s", maker, *name ? " " : "", name);
    return buf_take(&b);
}

static void take_id(const struct list *l, const struct profiles *profiles, struct model *out)
{
    const char *maker = list_cell(l, LIST_MAKER), *code = list_cell(l, LIST_CODE),
               *carrier = list_cell(l, LIST_CARRIER);
    const struct handset_profile *known = models_profile(profiles, maker, code, carrier);
    struct model_id id = { 0 };
    if (!known)
        model_id_make(&id, model_maker(maker), code, model_carrier(carrier));
    if (id.long_by > 0)
        list_problem(l, LIST_CODE,
                     "maker, code and carrier make an id of %zu characters: expected at most %d",
                     id.long_by + FIELDS_ID_MAX, FIELDS_ID_MAX);
    out->id = text_copy(known ? known->id : id.text);
    out->lost = id.lost;
    out->profiled = known || (out->id && has_profile(profiles, out->id));
    l->csv.problems->memory = l->csv.problems->memory || !out->id || id.memory;
}

/* As given where it is not understood; where it is a wrong one, with a problem. */
static char *take_released(const struct list *l)
{
    char date[MODEL_DATE_SIZE], quote[PROBLEM_QUOTE_SIZE];
    const char *text = list_cell(l, LIST_RELEASED);
    if (!*text)
        return NULL;
    if (model_date(text, date))
        return text_copy(date);
    list_problem(l, LIST_RELEASED, "released %s: expected a year, or year and month such as 2017-06",
                 problem_quote(text, quote));
    return NULL;
}

static char *take_technologies(const struct list *l)
{
    char technologies[MODEL_TECHNOLOGIES_SIZE];
    const char *text = list_cell(l, LIST_TECHNOLOGIES);
    return copy_given(model_technologies(text, technologies) ? technologies : text);
}

void model_read(const struct list *l, const struct profiles *profiles, struct model *out)
{
    if (!*list_cell(l, LIST_MAKER))
        list_problem(l, LIST_MAKER, "no maker: expected one");
    if (!*list_cell(l, LIST_CODE))
        list_problem(l, LIST_CODE, "no model_code: expected the code of a model");
    take_id(l, profiles, out);
    out->name = make_name(list_cell(l, LIST_MAKER), list_cell(l, LIST_NAME));
    out->model_code = copy_given(list_cell(l, LIST_CODE));
    out->carrier = copy_given(model_carrier(list_cell(l, LIST_CARRIER)));
    out->released = take_released(l);
    out->technologies = take_technologies(l);
    out->share = list_share(l);
    out->line = l->csv.line;
    l->csv.problems->memory = l->csv.problems->memory || !out->name;
}

void model_clear(struct model *m)
{
    char *texts[] = { m->id, m->lost, m->name, m->model_code, m->carrier, m->released, m->technologies };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        free(texts[k]);
    *m = (struct model) { 0 };
}

/* A carrier that nobody knows is one carrier all the same, however it is written: as it was first. */
static void spell_carrier(struct models *m, struct model *x)
{
    for (const struct model *other = m->items; x->carrier && other < x; other++) {
        if (!other->carrier || strcmp(other->carrier, x->carrier) == 0 ||
            !text_key_same(other->carrier, x->carrier))
            continue;
        free(x->carrier);
        x->carrier = text_copy(other->carrier);
        return;
    }
}

static void check_ids(struct problems *p, const struct models *m)
{
    double sum = 0.0;
    for (size_t i = 0; i < m->count; i++) {
        sum += isnan(m->items[i].share) ? 0.0 : m->items[i].share;
        for (size_t k = 0; k < i && m->items[i].id && m->items[i].id[0]; k++)
            if (m->items[k].id && strcmp(m->items[i].id, m->items[k].id) == 0) {
                problem_add(p, m->path, m->items[i].line, 1,
                            "is the same model as line %u (%s): expected one row each", m->items[k].line,
                            m->items[i].id);
                break;
            }
    }
    if (sum > 1.0 + 1e-9)
        problem_add(p, m->path, 1, 1, "the shares sum to %.6f: expected at most 1", sum);
    if (m->count == 0 && p->found == 0)
        problem_add(p, m->path, 2, 1, "no row: expected at least one model");
}

#define MODEL_COLUMNS                                                                                        \
    (LIST_BIT(LIST_MAKER) | LIST_BIT(LIST_NAME) | LIST_BIT(LIST_CODE) | LIST_BIT(LIST_CARRIER) |             \
     LIST_BIT(LIST_RELEASED) | LIST_BIT(LIST_TECHNOLOGIES) | LIST_BIT(LIST_SHARE))

int models_load_text(const char *path, const char *text, size_t length, const struct profiles *profiles,
                     struct models **out, struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct models *m = calloc(1, sizeof *m);
    struct list rows = { 0 };
    *out = NULL;
    if (!m || !(m->path = text_copy(path))) {
        p.memory = true;
    } else if (list_open(&rows, &p, path, text, length, NULL, MODEL_COLUMNS,
                         LIST_BIT(LIST_MAKER) | LIST_BIT(LIST_CODE))) {
        while (m->count < MODELS_MAX && list_next(&rows)) {
            struct model *x = add_model(m, &p);
            if (x)
                model_read(&rows, profiles, x);
            if (x)
                spell_carrier(m, x);
        }
        if (m->count == MODELS_MAX && list_next(&rows))
            problem_add(&p, path, rows.csv.line, 1, "more than %d models", MODELS_MAX);
        check_ids(&p, m);
    }
    list_close(&rows);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = m;
    else
        models_free(&m);
    return status;
}

int models_load(const char *path, const struct profiles *profiles, struct models **out,
                struct survey_problems *list, struct err *e)
{
    struct buf text;
    *out = NULL;
    buf_init(&text, CSV_FILE_MAX);
    int status = file_read(path, &text, e);
    if (status == 0)
        status = models_load_text(path, text.data ? text.data : "", text.length, profiles, out, list, e);
    buf_free(&text);
    return status;
}

static bool copy_profile(struct model *out, const struct handset_profile *h)
{
    out->id = text_copy(h->id ? h->id : "");
    out->name = make_name(h->maker ? h->maker : "", h->name ? h->name : "");
    out->model_code = h->model_code ? text_copy(h->model_code) : NULL;
    out->carrier = h->carrier ? text_copy(h->carrier) : NULL;
    out->released = h->released ? text_copy(h->released) : NULL;
    out->technologies = h->technologies ? text_copy(h->technologies) : NULL;
    out->share = h->share > 0.0 ? h->share : NAN;
    out->profiled = true;
    return out->id && out->name && (out->model_code || !h->model_code) && (out->carrier || !h->carrier) &&
           (out->released || !h->released) && (out->technologies || !h->technologies);
}

int models_of_profiles(const struct profiles *profiles, bool simulated, struct models **out, struct err *e)
{
    const struct handset_profile *handsets;
    size_t count = profiles_handsets(profiles, &handsets);
    struct models *m = calloc(1, sizeof *m);
    struct problems p = { 0 };
    *out = NULL;
    bool good =
        m && (m->path = text_copy(simulated ? "the simulated handset profiles" : "the handset profiles"));
    for (size_t i = 0; good && i < count; i++) {
        struct model *model = handsets[i].simulated == simulated ? add_model(m, &p) : NULL;
        good = !p.memory && (!model || copy_profile(model, &handsets[i]));
    }
    if (!good) {
        models_free(&m);
        return err_set(e, ERR_MEMORY, "profiles", "out of memory");
    }
    *out = m;
    return 0;
}

void models_free(struct models **m)
{
    if (!m || !*m)
        return;
    for (size_t i = 0; i < (*m)->count; i++)
        model_clear(&(*m)->items[i]);
    free((*m)->items);
    free((*m)->path);
    free(*m);
    *m = NULL;
}

static void take_share(struct models *m, char *const *codes, const struct shares *s, size_t row, bool *given,
                       struct models_strangers *out, struct problems *p)
{
    char quote[PROBLEM_QUOTE_SIZE];
    const struct share *share = &s->items[row];
    size_t named = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->items[i].id, share->key) != 0 && strcmp(codes[i], share->key) != 0)
            continue;
        if (named++ > 0)
            problem_add(p, s->path, share->line, 1,
                        "%s names more than one model of the list: expected a profile's id",
                        problem_quote(share->handset, quote));
        else if (given[i])
            problem_add(p, s->path, share->line, 1, "%s: the model %s has a share by another row already",
                        problem_quote(share->handset, quote), m->items[i].id);
        given[i] = true;
        m->items[i].share = share->share;
    }
    if (named == 0 && out->rows++ == 0)
        text_fit(out->first, sizeof out->first, share->handset);
    out->share += named == 0 ? share->share : 0.0;
}

int models_take_shares(struct models *m, const struct shares *s, struct models_strangers *strangers,
                       struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    bool *given = calloc(m->count + 1, sizeof *given);
    char **codes = calloc(m->count + 1, sizeof *codes);
    *strangers = (struct models_strangers) { 0 };
    p.memory = !given || !codes;
    for (size_t i = 0; i < m->count && !p.memory; i++) {
        m->items[i].share = NAN; /* two sources of shares would not sum to a market */
        p.memory = !(codes[i] = text_key_copy(m->items[i].model_code ? m->items[i].model_code : ""));
    }
    for (size_t row = 0; row < s->count && !p.memory; row++)
        take_share(m, codes, s, row, given, strangers, &p);
    for (size_t i = 0; codes && i < m->count; i++)
        free(codes[i]);
    free(codes);
    free(given);
    return problem_result(&p, s->path, e);
}
