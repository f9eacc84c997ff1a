/* Lists of handset models: a strict reader of the table's form, the profiles, and shares laid beside them. */
#include "harness/survey/models.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/problem.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
    COLUMN_MAKER,
    COLUMN_NAME,
    COLUMN_CODE,
    COLUMN_CARRIER,
    COLUMN_RELEASED,
    COLUMN_TECHNOLOGIES,
    COLUMN_SHARE,
    COLUMN_COUNT
};

static const struct {
    const char *name;
    bool needed;
} columns[COLUMN_COUNT] = {
    [COLUMN_MAKER] = { "maker", true },        [COLUMN_NAME] = { "marketing_name", true },
    [COLUMN_CODE] = { "model_code", true },    [COLUMN_CARRIER] = { "carrier", false },
    [COLUMN_RELEASED] = { "released", false }, [COLUMN_TECHNOLOGIES] = { "nfc_technologies", false },
    [COLUMN_SHARE] = { "share", false },
};

struct table {
    struct problems *problems;
    const char *path, *at, *end, *line_start;
    unsigned line, row_line;                                     /* now, and where the row began */
    struct buf row;                                              /* the fields of a row, each ended by NUL */
    size_t field[MODELS_COLUMNS];                                /* where each begins in `row` */
    unsigned line_at[MODELS_COLUMNS], column_at[MODELS_COLUMNS]; /* in the file, 1.. */
    size_t fields;
    size_t place[COLUMN_COUNT]; /* of a column in the rows; SIZE_MAX: the table lacks it */
    size_t width;
};

static unsigned column_now(const struct table *t)
{
    return (unsigned)(t->at - t->line_start) + 1;
}

static void begin_field(struct table *t)
{
    if (t->fields < MODELS_COLUMNS) {
        t->field[t->fields] = t->row.length;
        t->line_at[t->fields] = t->line;
        t->column_at[t->fields] = column_now(t);
    }
    t->fields++;
}

/* A quoted field may hold commas, doubled quotes and line ends. False at the end of the file inside one. */
static bool read_quoted(struct table *t)
{
    for (t->at++; t->at < t->end; t->at++) {
        if (*t->at == '"') {
            if (t->at + 1 == t->end || t->at[1] != '"')
                break;
            t->at++;
        } else if (*t->at == '\n') {
            t->line++;
            t->line_start = t->at + 1;
        }
        buf_add_char(&t->row, *t->at);
    }
    if (t->at == t->end)
        return false;
    t->at++;
    return true;
}

/* One row into t->row. False at the end of the file, or where the rest can't be read. */
static bool read_row(struct table *t)
{
    buf_clear(&t->row);
    t->fields = 0;
    t->row_line = t->line;
    t->line_start = t->at;
    if (t->at >= t->end)
        return false;
    for (;;) {
        begin_field(t);
        unsigned line = t->line, column = column_now(t);
        if (t->at < t->end && *t->at == '"' && !read_quoted(t)) {
            problem_add(t->problems, t->path, line, column, "a quote that is never closed");
            return false;
        }
        while (t->at < t->end && *t->at != ',' && *t->at != '\n')
            buf_add_char(&t->row, *t->at++);
        if (t->at < t->end && *t->at == '\n' && t->row.length > 0 && t->row.data[t->row.length - 1] == '\r')
            t->row.data[--t->row.length] = '\0';
        buf_add_char(&t->row, '\0');
        if (t->at >= t->end || *t->at == '\n')
            break;
        t->at++;
    }
    if (t->at < t->end) {
        t->at++;
        t->line++;
    }
    if (t->row.failed)
        t->problems->memory = true;
    return !t->row.failed;
}

static const char *cell(const struct table *t, enum column c)
{
    size_t place = t->place[c];
    const char *text = place < t->fields && place < MODELS_COLUMNS ? t->row.data + t->field[place] : "";
    return text + strspn(text, " ");
}

static void read_header(struct table *t)
{
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        t->place[c] = SIZE_MAX;
    bool read = read_row(t);
    t->width = t->fields;
    if (read && t->fields > MODELS_COLUMNS) {
        problem_add(t->problems, t->path, 1, 1, "%zu columns: expected at most %d", t->fields,
                    MODELS_COLUMNS);
        return;
    }
    for (size_t i = 0; read && i < t->fields; i++)
        for (size_t c = 0; c < COLUMN_COUNT; c++) {
            if (strcmp(t->row.data + t->field[i], columns[c].name) != 0)
                continue;
            if (t->place[c] != SIZE_MAX)
                problem_add(t->problems, t->path, 1, t->column_at[i], "the column %s is given twice",
                            columns[c].name);
            t->place[c] = i;
        }
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        if (columns[c].needed && t->place[c] == SIZE_MAX)
            problem_add(
                t->problems, t->path, 1, 1,
                "the first line names no column %s: expected the form of profiles/handsets/handsets.csv",
                columns[c].name);
}

/* "Sony" "SO-01H" "docomo" -> "sony-so-01h-docomo", as scripts/make-handset-profiles names profiles. */
static char *make_id(const char *maker, const char *code, const char *carrier)
{
    const char *parts[] = { maker, code, carrier };
    struct buf b;
    buf_init(&b, 1024);
    for (size_t i = 0; i < 3; i++) {
        bool apart = b.length > 0;
        for (const char *p = parts[i]; *p; p++) {
            if (isalnum((unsigned char)*p) && (unsigned char)*p < 0x80) {
                if (apart && b.length > 0)
                    buf_add_char(&b, '-');
                buf_add_char(&b, (char)tolower((unsigned char)*p));
                apart = false;
            } else if (*p == '+') {
                buf_add_text(&b, b.length > 0 ? "-plus" : "plus");
                apart = false;
            } else {
                apart = true;
            }
        }
    }
    return buf_take(&b);
}

static char *copy_given(const char *text)
{
    return *text ? text_copy(text) : NULL;
}

static bool is_date(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (n == 4 && text[4] == '\0')
        return true;
    return n == 4 && text[4] == '-' && strspn(text + 5, "0123456789") == 2 && text[7] == '\0' &&
           strcmp(text + 5, "00") > 0 && strcmp(text + 5, "12") <= 0;
}

static void check_cell(struct table *t, enum column c, bool good, const char *expected)
{
    char quote[PROBLEM_QUOTE_SIZE];
    if (!good)
        problem_add(t->problems, t->path, t->line_at[t->place[c]], t->column_at[t->place[c]],
                    "%s %s: expected %s", columns[c].name, problem_quote(cell(t, c), quote), expected);
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
    buf_add_format(&b, "%s %s", maker, name);
    return buf_take(&b);
}

static void take_row(struct table *t, struct models *m, const struct profiles *profiles)
{
    double share = NAN;
    const char *given = cell(t, COLUMN_SHARE), *released = cell(t, COLUMN_RELEASED);
    if (t->fields != t->width) {
        problem_add(t->problems, t->path, t->row_line, 1, "%zu fields: expected %zu, as the first line has",
                    t->fields, t->width);
        return;
    }
    check_cell(t, COLUMN_MAKER, *cell(t, COLUMN_MAKER), "a maker");
    check_cell(t, COLUMN_CODE, *cell(t, COLUMN_CODE), "the code of a model");
    check_cell(t, COLUMN_RELEASED, !*released || is_date(released),
               "a year, or year and month such as 2017-06");
    check_cell(t, COLUMN_SHARE,
               !*given || (text_to_double(given, strlen(given), &share) && share >= 0.0 && share <= 1.0),
               "a plain decimal from 0 to 1");
    struct model *out = m->count < MODELS_MAX ? add_model(m, t->problems) : NULL;
    if (!out)
        return;
    out->id = make_id(cell(t, COLUMN_MAKER), cell(t, COLUMN_CODE), cell(t, COLUMN_CARRIER));
    check_cell(t, COLUMN_CODE, !out->id || out->id[0], "letters or digits, of which a model's id is made");
    out->name = make_name(cell(t, COLUMN_MAKER), cell(t, COLUMN_NAME));
    out->model_code = copy_given(cell(t, COLUMN_CODE));
    out->carrier = copy_given(cell(t, COLUMN_CARRIER));
    out->released = copy_given(released);
    out->technologies = copy_given(cell(t, COLUMN_TECHNOLOGIES));
    out->share = share;
    out->line = t->row_line;
    t->problems->memory = t->problems->memory || !out->id || !out->name;
    out->profiled = out->id && has_profile(profiles, out->id);
}

static void check_ids(struct problems *p, const struct models *m)
{
    double sum = 0.0;
    for (size_t i = 0; i < m->count; i++) {
        sum += isnan(m->items[i].share) ? 0.0 : m->items[i].share;
        for (size_t k = 0; k < i && m->items[i].id; k++)
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

static void read_table(struct table *t, struct models *m, size_t length, const struct profiles *profiles)
{
    if (length > MODELS_FILE_MAX || !text_is_utf8(t->at, length)) {
        problem_add(t->problems, t->path, 1, 1,
                    length > MODELS_FILE_MAX ? "more than 4 MiB" : "expected UTF-8");
        return;
    }
    if (memchr(t->at, '\0', length)) {
        problem_add(t->problems, t->path, 1, 1, "holds NUL bytes: expected text");
        return;
    }
    if (length >= 3 && memcmp(t->at, "\xef\xbb\xbf", 3) == 0)
        t->at += 3;
    read_header(t);
    if (t->problems->found > 0)
        return;
    while (m->count < MODELS_MAX && read_row(t))
        take_row(t, m, profiles);
    if (m->count == MODELS_MAX && t->at < t->end)
        problem_add(t->problems, t->path, t->line, 1, "more than %d models", MODELS_MAX);
    check_ids(t->problems, m);
}

int models_load_text(const char *path, const char *text, size_t length, const struct profiles *profiles,
                     struct models **out, struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct table t = { &p, path, text, text + length, text, .line = 1 };
    struct models *m = calloc(1, sizeof *m);
    *out = NULL;
    buf_init(&t.row, MODELS_FILE_MAX);
    if (!m || !(m->path = text_copy(path)))
        p.memory = true;
    else
        read_table(&t, m, length, profiles);
    buf_free(&t.row);
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
    buf_init(&text, MODELS_FILE_MAX);
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
    for (size_t i = 0; i < (*m)->count; i++) {
        struct model *x = &(*m)->items[i];
        char *texts[] = { x->id, x->name, x->model_code, x->carrier, x->released, x->technologies };
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            free(texts[k]);
    }
    free((*m)->items);
    free((*m)->path);
    free(*m);
    *m = NULL;
}

static bool is_named(const struct model *m, const char *name)
{
    return strcmp(m->id, name) == 0 || (m->model_code && strcmp(m->model_code, name) == 0);
}

static void take_share(struct models *m, const struct shares *s, size_t row, bool *given, size_t *strangers,
                       double *strangers_share, struct problems *p)
{
    char quote[PROBLEM_QUOTE_SIZE];
    const struct share *share = &s->items[row];
    size_t named = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (!is_named(&m->items[i], share->handset))
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
    *strangers += named == 0;
    *strangers_share += named == 0 ? share->share : 0.0;
}

int models_take_shares(struct models *m, const struct shares *s, size_t *strangers, double *strangers_share,
                       struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    bool *given = calloc(m->count ? m->count : 1, sizeof *given);
    *strangers = 0;
    *strangers_share = 0.0;
    if (!given)
        return err_set(e, ERR_MEMORY, s->path, "out of memory");
    for (size_t i = 0; i < m->count; i++)
        m->items[i].share = NAN; /* two sources of shares would not sum to a market */
    for (size_t row = 0; row < s->count; row++)
        take_share(m, s, row, given, strangers, strangers_share, &p);
    free(given);
    return problem_result(&p, s->path, e);
}
