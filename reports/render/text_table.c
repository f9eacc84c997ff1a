#include "reports/render/text_table.h"

#include "harness/base/array.h"
#include "harness/base/text.h"
#include "reports/words/numbers.h"

#include <math.h>
#include <stdlib.h>

#define CELL_BYTES_MAX (1u << 20)

/* ---- cells, kept until all are known: columns are as wide as what is widest on a screen ---- */

struct rows {
    size_t columns, count, capacity;
    size_t *widest; /* of each column */
    char **cells;
    bool failed; /* out of memory: what is kept is printed */
};

static void add_cell(struct rows *t, unsigned indent, const char *text)
{
    char *cell = NULL;
    char **cells = array_room(t->cells, t->count, &t->capacity, sizeof *cells, 64);
    t->failed = t->failed || !cells;
    if (!cells)
        return;
    t->cells = cells;
    if (asprintf(&cell, "%*s%s", (int)indent, "", text) < 0) {
        t->failed = true;
        return;
    }
    size_t width = text_columns(cell), *widest = &t->widest[t->count % t->columns];
    *widest = width > *widest ? width : *widest;
    t->cells[t->count++] = cell;
}

static void print_rows(const struct rows *t, FILE *to)
{
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->columns;
        bool last = column + 1 == t->columns || i + 1 == t->count;
        text_put_safe(to, t->cells[i]);
        if (last)
            putc('\n', to);
        else
            fprintf(to, "%*s", (int)(t->widest[column] - text_columns(t->cells[i]) + 2), "");
    }
}

static void free_rows(struct rows *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t->widest);
}

/* ---- a line ---- */

/* A cell in the making: a column, and those that have their place beside it. */
struct line {
    const struct view *view;
    struct rows *rows;
    unsigned indent; /* of the next cell */
    struct buf cell;
    bool open;
};

static void close_cell(struct line *l)
{
    if (!l->open)
        return;
    add_cell(l->rows, l->indent, buf_text(&l->cell));
    l->indent = 0;
    l->open = false;
}

static void open_cell(struct line *l)
{
    close_cell(l);
    buf_clear(&l->cell);
    l->open = true;
}

/* Numbers are not grouped: what reads the text of a command may be a program. Headers name no units. */
static void add_value(struct line *l, const struct value *value)
{
    const struct view *v = l->view;
    const char *args[3] = { NULL };
    struct phrase number = number_name(value->number), of = number_name(value->of);
    switch (value->kind) {
    case VALUE_COUNT:
        buf_add_text(&l->cell, number.text);
        break;
    case VALUE_OF:
        args[0] = number.text;
        args[1] = of.text;
        phrase_add(&l->cell, buf_add_text, WORD_OF, v->language, args);
        break;
    case VALUE_POINTS:
        buf_add_format(&l->cell, "[%+.1f, %+.1f]", floor(1000.0 * value->low) / 10.0,
                       ceil(1000.0 * value->high) / 10.0);
        break;
    case VALUE_REAL:
        if (value->digits)
            buf_add_format(&l->cell, "%.*f", value->digits, value->real);
        else
            value_in_words(v, value, &l->cell);
        break;
    case VALUE_TIME:
        snprintf(number.text, sizeof number.text, "%.1f", (double)value->number / 1000);
        args[0] = number.text;
        phrase_add(&l->cell, buf_add_text, WORD_MILLISECONDS, v->language, args);
        break;
    default:
        value_in_words(v, value, &l->cell);
    }
}

static void put_value(struct line *l, const struct column *c, const struct row *row, size_t k)
{
    struct value value;
    bool beside = c->place != PLACE_OWN && l->open;
    column_value(c, l->view, row, k, &value);
    if (!beside)
        open_cell(l);
    if (value.kind != VALUE_NONE || value.word) {
        buf_add_text(&l->cell, beside && l->cell.length > 0 ? " " : "");
        add_value(l, &value);
    }
    value_done(&value);
}

static void put_header(struct line *l, const struct column *c, size_t k)
{
    if (c->place != PLACE_OWN)
        return;
    open_cell(l);
    buf_add_text(&l->cell, column_header(c, l->view, k).text);
}

/* row: NULL for the headers. */
static void put_line(struct line *l, const struct table *t, const struct row *parent, const struct row *row)
{
    l->indent = t->indent;
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, l->view->form) || c->child)
            continue;
        for (size_t k = 0; k < column_copies(c, l->view, parent); k++)
            if (row)
                put_value(l, c, row, k);
            else
                put_header(l, c, k);
    }
    close_cell(l);
}

/* Of a line; headed: whether any of them has a header. */
static size_t columns_of(const struct table *t, const struct view *v, const struct row *parent, bool *headed)
{
    size_t count = 0;
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, v->form) || c->child || c->place != PLACE_OWN)
            continue;
        count += column_copies(c, v, parent);
        *headed = *headed || c->header || c->axis;
    }
    return count;
}

void text_table(FILE *to, const struct view *v, const struct table *t, const struct row *parent)
{
    bool headed = false;
    struct row row = table_first(parent);
    if (t->there && !t->there(v, parent))
        return;
    struct rows rows = { .columns = columns_of(t, v, parent, &headed) };
    struct line l = { .view = v, .rows = &rows };
    rows.widest = rows.columns ? calloc(rows.columns, sizeof *rows.widest) : NULL;
    if (!rows.widest)
        return;
    buf_init(&l.cell, CELL_BYTES_MAX);
    if (headed && !t->bare)
        put_line(&l, t, parent, NULL);
    while (table_next(t, v, &row))
        put_line(&l, t, parent, &row);
    print_rows(&rows, to);
    buf_free(&l.cell);
    free_rows(&rows);
}
