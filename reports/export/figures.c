#include "reports/export/figures.h"

#include "harness/base/text.h"
#include "reports/sections/sections.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 80
#define NAME_SIZE  96
#define TEXT_MAX   (1u << 30)
#define CELLS      "cells" /* the one that other tables refer to */

/* Columns that each of them has before its own: of which run, the how many-th row of it, and inside of what it stands. */
#define LEADS 3
/* And behind its own, what its row is about, where the table does not say it. */
static const char *const about_names[] = { "cell", "reader", "handset", "sim", "condition", "script" };
#define ABOUT_COUNT (sizeof about_names / sizeof *about_names)

struct figure_column {
    char name[NAME_SIZE];
    struct phrase header, header_ja;
};

/* A value that is kept: words are an offset in the text, as the text moves while it grows. */
struct kept {
    size_t column;
    struct relation_value value;
    size_t words;
};

struct kept_row {
    unsigned run;
    int64_t row;
    size_t of, first; /* text, SIZE_MAX: none; of its values */
};

/* The rows of a table: their values stand one behind the other. */
struct figure_table {
    const struct table *table;
    char name[NAME_SIZE], relation_name[NAME_SIZE + 8];
    struct figure_column columns[RELATION_COLUMNS_MAX];
    size_t column_count;
    struct buf values, rows; /* of struct kept, struct kept_row */
    unsigned run;            /* that was taken last */
    int64_t row;             /* number of its last row */
    bool is_whole;           /* all of it was taken at once */
    struct relation relation;
    struct relation_column relation_columns[RELATION_COLUMNS_MAX];
};

struct figures {
    struct figure_table *tables[TABLES_MAX];
    size_t count;
    struct buf text;
    unsigned run;
    bool has_japanese;
    bool failed;
    struct relation dictionary;
};

int figures_open(struct figures **out, struct err *e)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return err_set(e, ERR_MEMORY, "export", "out of memory");
    buf_init(&(*out)->text, TEXT_MAX);
    return 0;
}

void figures_close(struct figures **x)
{
    for (size_t i = 0; *x && i < (*x)->count; i++) {
        buf_free(&(*x)->tables[i]->values);
        buf_free(&(*x)->tables[i]->rows);
        free((*x)->tables[i]);
    }
    if (*x)
        buf_free(&(*x)->text);
    free(*x);
    *x = NULL;
}

/* ---- names ---- */

/* "Placements needed" -> "placements_needed" */
static void slug(char out[NAME_SIZE], const char *text)
{
    size_t n = 0;
    for (; *text && n + 1 < NAME_SIZE - 16; text++) {
        unsigned char c = (unsigned char)*text;
        if (isascii(c) && isalnum(c))
            out[n++] = (char)tolower(c);
        else if (n > 0 && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n > 0 && out[n - 1] == '_')
        n--;
    out[n] = '\0';
}

static void name_table(char out[NAME_SIZE], const struct table *t)
{
    static const struct {
        const struct table *table;
        const char *name;
    } names[] = {
#define NAMED(name) { &table_##name, #name },
        REPORT_TABLES(NAMED)
#undef NAMED
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].table == t) {
            snprintf(out, NAME_SIZE, "%s", names[i].name);
            return;
        }
    }
    slug(out, word_text(t->caption, LANGUAGE_ENGLISH));
}

static struct figure_table *find(struct figures *x, const struct table *t)
{
    for (size_t i = 0; i < x->count; i++)
        if (x->tables[i]->table == t)
            return x->tables[i];
    struct figure_table *new = x->count < TABLES_MAX ? calloc(1, sizeof *new) : NULL;
    if (!new) {
        x->failed = true;
        return NULL;
    }
    new->table = t;
    name_table(new->name, t);
    buf_init(&new->values, SIZE_MAX / 2);
    buf_init(&new->rows, SIZE_MAX / 2);
    x->tables[x->count++] = new;
    return new;
}

/* By its name, also one of another run; made where there is none. */
static size_t column_of(struct figures *x, struct figure_table *t, const char *name,
                        const struct phrase *header)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcasecmp(t->columns[i].name, name) == 0)
            return i;
    if (t->column_count + LEADS == RELATION_COLUMNS_MAX) {
        x->failed = true;
        return 0;
    }
    struct figure_column *c = &t->columns[t->column_count];
    snprintf(c->name, sizeof c->name, "%s", name);
    c->header = *header;
    return t->column_count++;
}

/* ---- values ---- */

static size_t keep_text(struct figures *x, const char *text)
{
    size_t at = x->text.length;
    buf_add(&x->text, text, strlen(text) + 1);
    return at;
}

static void keep(struct figures *x, struct figure_table *t, size_t column, struct relation_value value)
{
    struct kept k = { .column = column, .value = value };
    if (value.kind == RELATION_NULL || (value.kind == RELATION_DECIMAL && !isfinite(value.decimal)))
        return;
    if (value.kind == RELATION_WORDS)
        k.words = keep_text(x, value.words);
    buf_add(&t->values, &k, sizeof k);
    x->failed = x->failed || x->text.failed || t->values.failed;
}

static struct relation_value whole(uint64_t n)
{
    return (struct relation_value) { .kind = RELATION_NUMBER, .number = (int64_t)n };
}

static struct relation_value decimal(double d)
{
    return (struct relation_value) { .kind = RELATION_DECIMAL, .decimal = d };
}

static struct relation_value text_of(const char *text)
{
    return (struct relation_value) { .kind = text && text[0] ? RELATION_WORDS : RELATION_NULL,
                                     .words = text };
}

/* A column of the report, under the name that it has in the tables. */
struct put_to {
    struct figures *x;
    struct figure_table *t;
    const char *name;
    const struct phrase *header;
};

static void put(const struct put_to *o, const char *end, struct relation_value value)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%.80s%s", o->name, end);
    keep(o->x, o->t, column_of(o->x, o->t, name, o->header), value);
}

static void put_words(const struct put_to *o, const struct view *v, const struct value *value)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    value_in_words(v, value, &text);
    put(o, "", text_of(buf_text(&text)));
    buf_free(&text);
}

static void put_quantile(const struct put_to *o, const struct findings_quantile *q)
{
    struct relation_value none = { .kind = RELATION_NULL };
    put(o, "_us", q ? whole(q->value_us) : none);
    put(o, "_low_us", q && q->has_interval ? whole(q->low_us) : none);
    put(o, "_high_us", q && q->has_interval ? whole(q->high_us) : none);
}

/* The columns that it would be in. */
static void put_none(const struct put_to *o, enum value_kind kind)
{
    static const struct relation_value none = { .kind = RELATION_NULL };
    static const char *const ends[VALUE_KIND_COUNT][2] = {
        [VALUE_OF] = { "", "_of" },           [VALUE_TIME] = { "_us" },
        [VALUE_BOUNDS] = { "_low", "_high" }, [VALUE_POINTS] = { "_low", "_high" },
        [VALUE_PERIOD] = { "_from", "_to" },
    };
    if (kind == VALUE_QUANTILE) {
        put_quantile(o, NULL);
        return;
    }
    put(o, ends[kind][0] ? ends[kind][0] : "", none);
    if (ends[kind][1])
        put(o, ends[kind][1], none);
}

/* Machines read numbers, codes and names; what is neither is what people read, in English. */
static void put_value(const struct put_to *o, const struct view *v, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NONE:
        break;
    case VALUE_TEXT:
    case VALUE_LONG:
    case VALUE_LEFT_OUT:
        put(o, "", text_of(value->text));
        break;
    case VALUE_WORD:
        if (value->text)
            put(o, "", text_of(value->text));
        else
            put_words(o, v, value);
        break;
    case VALUE_VERDICT:
        put(o, "", text_of(verdict_name((enum verdict)value->number)));
        break;
    case VALUE_RECOMMENDATION:
        put(o, "", text_of(recommendation_name((enum recommendation)value->number)));
        break;
    case VALUE_NAME:
    case VALUE_CELL:
    case VALUE_COUNT:
    case VALUE_BOOL:
        put(o, "", whole(value->number));
        break;
    case VALUE_OF:
        put(o, "", whole(value->number));
        put(o, "_of", whole(value->of));
        break;
    case VALUE_TIME:
        put(o, "_us", whole(value->number));
        break;
    case VALUE_SHARE:
    case VALUE_PERCENT:
    case VALUE_REAL:
    case VALUE_AMOUNT:
    case VALUE_P:
        put(o, "", decimal(value->real));
        break;
    case VALUE_BOUNDS:
    case VALUE_POINTS:
        put(o, "_low", decimal(value->low));
        put(o, "_high", decimal(value->high));
        break;
    case VALUE_QUANTILE:
        put_quantile(o, value->quantile);
        break;
    case VALUE_PERIOD:
        put(o, "_from", text_of(value->text));
        put(o, "_to", text_of(value->until));
        break;
    default:
        put_words(o, v, value);
    }
}

/* The form of a table for programs where it has one, else what people see. */
static enum form form_of(const struct table *t, enum form heard)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        if (c->where & FORM_CSV && c->where != 0)
            return FORM_CSV;
    return heard;
}

/* Two columns of a table may have the same header: the second one is "header_2". */
static void name_column(char out[NAME_SIZE], const struct column *c, const struct phrase *header,
                        char (*taken)[NAME_SIZE], size_t *count)
{
    char name[NAME_SIZE];
    if (c->id && c->id[0] && !c->axis)
        snprintf(name, sizeof name, "%.80s", c->id);
    else if (c->axis)
        snprintf(name, sizeof name, "%.80s", header->text);
    else
        slug(name, header->text);
    if (!name[0])
        snprintf(name, sizeof name, "note"); /* what stands under another value */
    for (char *at = name; *at; at++)
        if (*at == '.' || *at == ':')
            *at = '_';
    unsigned same = 1;
    for (size_t i = 0; i < *count; i++)
        same += strcasecmp(taken[i], name) == 0;
    if (*count < RELATION_COLUMNS_MAX)
        memcpy(taken[(*count)++], name, sizeof name);
    if (same > 1)
        snprintf(out, NAME_SIZE, "%.80s_%u", name, same);
    else
        memcpy(out, name, sizeof name);
}

static void put_about(const struct put_to *o, const char *name, const struct view *v, const struct row *row)
{
    const struct survey *s = v->report->findings->survey;
    const struct put_to at = { o->x, o->t, name, o->header };
    if (strcmp(name, "cell") == 0 && row->cell != SIZE_MAX)
        put(&at, "", whole(row->cell));
    else if (strcmp(name, "reader") == 0 && row->reader < s->reader_count)
        put(&at, "", text_of(s->readers[row->reader].unit));
    else if (strcmp(name, "handset") == 0 && row->pair < s->pair_count)
        put(&at, "", text_of(s->pairs[row->pair].unit));
    else if (strcmp(name, "sim") == 0 && row->pair < s->pair_count)
        put(&at, "", text_of(s->sims[s->pairs[row->pair].sim].id));
    else if (strcmp(name, "condition") == 0 && row->condition < s->condition_count)
        put(&at, "", text_of(s->conditions[row->condition].id));
    else if (strcmp(name, "script") == 0 && row->script < s->script_count)
        put(&at, "", text_of(survey_script_loaded(s, row->script)->id));
}

/* Also of a table without rows. */
static void put_columns(struct figures *x, struct figure_table *t, const struct view *v,
                        const struct row *parent)
{
    const struct view japanese = { v->report, LANGUAGE_JAPANESE, v->form, .whole = v->whole };
    char taken[RELATION_COLUMNS_MAX][NAME_SIZE] = { "run", "row", "of" }, name[NAME_SIZE];
    size_t count = LEADS;
    for (const struct column *c = t->table->columns; c->kind || c->child; c++)
        for (size_t k = 0; !c->child && column_is_in(c, v->form) && k < column_copies(c, v, parent); k++) {
            if (c->axis && !c->axis->name)
                continue;
            struct phrase header = column_header(c, v, k);
            size_t before = t->column_count;
            name_column(name, c, &header, taken, &count);
            const struct put_to o = { x, t, name, &header };
            put_none(&o, c->kind);
            for (; x->has_japanese && before < t->column_count; before++)
                t->columns[before].header_ja = column_header(c, &japanese, k);
        }
}

static void put_row(struct figures *x, struct figure_table *t, const struct view *v, const struct row *row)
{
    static const struct phrase none = { "" };
    char taken[RELATION_COLUMNS_MAX][NAME_SIZE] = { "run", "row", "of" }, name[NAME_SIZE];
    size_t count = LEADS;
    for (const struct column *c = t->table->columns; c->kind || c->child; c++)
        for (size_t k = 0; !c->child && column_is_in(c, v->form) && k < column_copies(c, v, row->parent);
             k++) {
            struct value value;
            struct phrase header = !c->axis || c->axis->name ? column_header(c, v, k) : none;
            name_column(name, c, &header, taken, &count);
            const struct put_to o = { x, t, name, &header };
            column_value(c, v, row, k, &value);
            put_value(&o, v, &value);
            value_done(&value);
        }
    for (size_t i = 0; i < ABOUT_COUNT; i++) {
        const struct put_to o = { x, t, "", &none };
        bool is_told = false;
        for (size_t j = 0; j < count; j++)
            is_told = is_told || strcasecmp(taken[j], about_names[i]) == 0;
        if (!is_told)
            put_about(&o, about_names[i], v, row);
    }
}

/* What a table stands inside of is said by its title. */
static void take(void *self, const struct view *heard, const struct table *table, const struct row *parent)
{
    struct figures *x = self;
    struct figure_table *t = find(x, table);
    struct view v = { heard->report, LANGUAGE_ENGLISH, form_of(table, heard->form), .whole = true };
    struct row row = table_first(parent);
    if (!t || (t->run == x->run && (!parent || t->is_whole)))
        return; /* drawn in two places */
    if (t->run != x->run)
        t->row = 0;
    t->run = x->run;
    t->is_whole = !parent;
    put_columns(x, t, &v, parent);
    size_t of = parent && table->title ? keep_text(x, table->title(&v, parent).text) : SIZE_MAX;
    while (table_next(table, &v, &row)) {
        struct kept_row k = { x->run, ++t->row, of, t->values.length / sizeof(struct kept) };
        buf_add(&t->rows, &k, sizeof k);
        put_row(x, t, &v, &row);
    }
    x->failed = x->failed || t->rows.failed;
}

int figures_take(struct figures *x, unsigned run, struct report *r, struct err *e)
{
    const struct page_tables hears = { x, take };
    x->run = run;
    struct err unavailable; /* without its catalogue an export has no Japanese names */
    x->has_japanese = words_open(LANGUAGE_JAPANESE, r->locale_directory, &unavailable) == 0;
    int status = report_tables(r, &hears, e);
    if (status == 0 && x->failed)
        status = err_set(e, ERR_LIMIT, "export", "the tables of the report do not fit in memory");
    return status;
}

/* ---- written ---- */

static bool is_cells(const struct figure_table *t)
{
    return strcmp(t->name, CELLS) == 0;
}

/* Which column of the relation one of the table is: those in front are the run, the row and what it is of; of cells,
 * the run and the cell. */
static size_t place_of(const struct figure_table *t, size_t column)
{
    if (!is_cells(t))
        return LEADS + column;
    for (size_t i = 0, before = 0; i < t->column_count; i++) {
        if (strcmp(t->columns[i].name, "cell") == 0) {
            before = 1;
            if (i == column)
                return 1;
        } else if (i == column) {
            return 2 + column - before;
        }
    }
    return 0;
}

static void make_relation(struct figure_table *t)
{
    struct relation_column *c = t->relation_columns;
    snprintf(t->relation_name, sizeof t->relation_name, "%s%s", is_cells(t) ? "" : "figures_", t->name);
    c[0] = (struct relation_column) { "run", RELATION_INTEGER, false, "runs" };
    c[1] = (struct relation_column) { "row", RELATION_INTEGER, false, NULL };
    c[2] = (struct relation_column) { "of", RELATION_TEXT, true, NULL };
    for (size_t i = 0; i < t->column_count; i++)
        c[place_of(t, i)] = (struct relation_column) { t->columns[i].name, RELATION_ANY, true, NULL };
    if (is_cells(t))
        c[1] = (struct relation_column) { "cell", RELATION_INTEGER, false, NULL };
    t->relation = (struct relation) { .name = t->relation_name,
                                      .columns = c,
                                      .count = t->column_count + (is_cells(t) ? 1 : LEADS),
                                      .keys = 2 };
}

static int write_rows(struct figures *x, const struct figure_table *t, struct relation_writer *w,
                      struct relation_table *to, struct err *e)
{
    const struct kept_row *rows = (const void *)t->rows.data;
    const struct kept *values = (const void *)t->values.data;
    size_t row_count = t->rows.length / sizeof *rows, value_count = t->values.length / sizeof *values;
    int status = 0;
    for (size_t i = 0; i < row_count && status == 0; i++) {
        struct relation_value out[RELATION_COLUMNS_MAX] = { 0 };
        size_t end = i + 1 < row_count ? rows[i + 1].first : value_count;
        out[0] = whole(rows[i].run);
        out[1] = whole((uint64_t)rows[i].row);
        if (rows[i].of != SIZE_MAX)
            out[2] = text_of(x->text.data + rows[i].of);
        for (size_t j = rows[i].first; j < end; j++) {
            struct relation_value *value = &out[place_of(t, values[j].column)];
            *value = values[j].value;
            if (value->kind == RELATION_WORDS)
                value->words = x->text.data + values[j].words;
        }
        status = w->row(to, out, e);
    }
    return status;
}

/* As the report has it: its own columns, and the run by its number and its name, which two may share. */
static int write_view(const struct figure_table *t, struct relation_writer *w, struct err *e)
{
    struct buf b;
    char name[NAME_SIZE + 8];
    buf_init(&b, 1u << 16);
    buf_add_text(&b, "SELECT t.run, runs.name AS run_name");
    for (size_t i = is_cells(t) ? 1 : 2; i < t->relation.count; i++) {
        buf_add_text(&b, ", t.\"");
        for (const char *at = t->relation.columns[i].name; *at; at++) {
            buf_add_char(&b, *at);
            buf_add_text(&b, *at == '"' ? "\"" : "");
        }
        buf_add_char(&b, '"');
    }
    buf_add_format(&b, " FROM \"%s\" t JOIN runs USING (run) ORDER BY t.run, t.%s", t->relation_name,
                   is_cells(t) ? "cell" : "row");
    snprintf(name, sizeof name, "report_%s", t->name);
    int status =
        b.failed ? err_set(e, ERR_LIMIT, name, "its query is too long") : w->view(w, name, buf_text(&b), e);
    buf_free(&b);
    return status;
}

/* What each column is called in the report, in both languages. */
static int write_dictionary(struct figures *x, struct relation_writer *w, struct err *e)
{
    static const struct relation_column columns[] = { { "view", RELATION_TEXT, false, NULL },
                                                      { "number", RELATION_INTEGER, false, NULL },
                                                      { "name", RELATION_TEXT, false, NULL },
                                                      { "header", RELATION_TEXT, true, NULL },
                                                      { "header_ja", RELATION_TEXT, true, NULL } };
    struct relation_table *to = NULL;
    x->dictionary = (struct relation) { .name = "report_columns", .columns = columns, .count = 5, .keys = 2 };
    int status = w->open(w, &x->dictionary, &to, e);
    for (size_t i = 0; i < x->count && status == 0; i++) {
        const struct figure_table *t = x->tables[i];
        char view[NAME_SIZE + 8];
        snprintf(view, sizeof view, "report_%s", t->name);
        for (size_t k = 0; k < t->column_count && status == 0; k++) {
            struct relation_value out[] = { text_of(view),
                                            whole(k + 1),
                                            text_of(t->columns[k].name),
                                            text_of(t->columns[k].header.text),
                                            { 0 } };
            if (t->columns[k].header_ja.text[0])
                out[4] = text_of(t->columns[k].header_ja.text);
            status = w->row(to, out, e);
        }
    }
    return status;
}

int figures_write(struct figures *x, struct relation_writer *w, struct err *e)
{
    int status = 0;
    for (size_t i = 0; i < x->count && status == 0; i++) {
        struct figure_table *t = x->tables[i];
        struct relation_table *to = NULL;
        make_relation(t);
        status = w->open(w, &t->relation, &to, e);
        if (status == 0)
            status = write_rows(x, t, w, to, e);
        if (status == 0)
            status = write_view(t, w, e);
    }
    return status ? status : write_dictionary(x, w, e);
}
