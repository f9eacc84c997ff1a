/* A table as a sheet of a workbook: what a kind of value looks like there is here, once. */
#include "reports/render/xlsx.h"
#include "reports/tables/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX  128
#define SHARE_DIGITS 4
#define WIDTH_BELOW  36 /* characters */

static const struct {
    enum book_kind kind;
    double width;
} looks[VALUE_KIND_COUNT] = {
    [VALUE_TEXT] = { BOOK_TEXT, 16 },       [VALUE_LONG] = { BOOK_LONG, 60 },
    [VALUE_WORD] = { BOOK_TEXT, 16 },       [VALUE_SAID] = { BOOK_TEXT, 16 },
    [VALUE_VERDICT] = { BOOK_VERDICT, 16 }, [VALUE_RECOMMENDATION] = { BOOK_RECOMMENDATION, 20 },
    [VALUE_NAME] = { BOOK_NAME, 12 },       [VALUE_CELL] = { BOOK_TEXT, 30 },
    [VALUE_COUNT] = { BOOK_COUNT, 12 },     [VALUE_OF] = { BOOK_TEXT, 14 },
    [VALUE_SHARE] = { BOOK_SHARE, 12 },     [VALUE_PERCENT] = { BOOK_SHARE, 12 },
    [VALUE_BOUNDS] = { BOOK_TEXT, 16 },     [VALUE_TIME] = { BOOK_TIME, 13 },
    [VALUE_QUANTILE] = { BOOK_TIME, 13 },   [VALUE_REAL] = { BOOK_REAL, 12 },
    [VALUE_AMOUNT] = { BOOK_REAL, 20 },     [VALUE_P] = { BOOK_REAL, 12 },
    [VALUE_BOOL] = { BOOK_TEXT, 12 },       [VALUE_UNITS] = { BOOK_LONG, 30 },
    [VALUE_MODES] = { BOOK_TEXT, 24 },      [VALUE_CAUSES] = { BOOK_LONG, 60 },
    [VALUE_LINES] = { BOOK_TEXT, 20 },      [VALUE_PERIOD] = { BOOK_LONG, 40 },
    [VALUE_SIGN] = { BOOK_VERDICT, 18 },    [VALUE_SIGNS] = { BOOK_TEXT, 16 },
    [VALUE_TALLY] = { BOOK_TEXT, 16 },      [VALUE_FIELD] = { BOOK_FIELD, 26 },
    [VALUE_POINTS] = { BOOK_TEXT, 16 },     [VALUE_LEFT_OUT] = { BOOK_TEXT, 16 },
};

struct columns {
    struct book_column items[COLUMNS_MAX];
    size_t count;
};

static void add_column(struct columns *out, const struct column *c, struct phrase header)
{
    if (out->count == COLUMNS_MAX)
        return;
    out->items[out->count++] = (struct book_column) {
        .header = header, .kind = looks[c->kind].kind, .width = c->width > 0 ? c->width : looks[c->kind].width
    };
}

static struct phrase time_header(const struct column *c, const struct view *v, enum word header)
{
    const char *const args[] = { word_text(c->part, v->language), NULL };
    return phrase_fill(header, v->language, args);
}

static void columns_of(const struct table *t, const struct view *v, const struct row *parent,
                       struct columns *out)
{
    if (t->look == LOOK_RECORD) {
        out->items[out->count++] =
            (struct book_column) { phrase_cut(word_text(WORD_SH_ITEM, v->language)), BOOK_TEXT, 26 };
        out->items[out->count++] =
            (struct book_column) { phrase_cut(word_text(WORD_SH_VALUE, v->language)), BOOK_LONG, 110 };
        return;
    }
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (c->child || !column_is_in(c, FORM_SHEET))
            continue;
        if (c->kind == VALUE_QUANTILE) {
            add_column(out, c, time_header(c, v, WORD_SH_MS));
            add_column(out, c, time_header(c, v, WORD_SH_MS_LOW));
            add_column(out, c, time_header(c, v, WORD_SH_MS_HIGH));
        } else if (c->kind == VALUE_TIME && c->part) {
            add_column(out, c, time_header(c, v, WORD_SH_MS));
        } else {
            for (size_t k = 0; k < column_copies(c, v, parent); k++)
                add_column(out, c, column_header(c, v, k));
        }
    }
}

static void put_quantile(struct book_sheet *s, const struct value *v)
{
    if (v->kind == VALUE_NONE) {
        book_skip(s, 3);
        return;
    }
    book_time(s, v->quantile->value_us);
    if (!v->quantile->has_interval) {
        book_skip(s, 2);
        return;
    }
    book_time(s, v->quantile->low_us);
    book_time(s, v->quantile->high_us);
}

static void put_words(struct book_sheet *s, const struct view *v, const struct value *value)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    value_in_words(v, value, &text);
    book_text(s, buf_text(&text));
    buf_free(&text);
}

static void put_value(struct book_sheet *s, const struct view *view, const struct value *v)
{
    char digits[DECIMAL_SIZE];
    switch (v->kind) {
    case VALUE_NAME:
    case VALUE_COUNT:
        book_count(s, v->number);
        break;
    case VALUE_PERCENT:
    case VALUE_SHARE: /* bounds as people see them, outwards */
        book_share(s, strtod(value_share_digits(v, SHARE_DIGITS, digits), NULL));
        break;
    case VALUE_TIME:
        book_time(s, v->number);
        break;
    case VALUE_REAL:
    case VALUE_AMOUNT:
    case VALUE_P:
        book_real(s, v->real);
        break;
    case VALUE_FIELD:
        book_blank(s);
        break;
    default:
        put_words(s, view, v);
    }
}

static void put_row(struct book_sheet *s, const struct table *t, const struct view *v, const struct row *row)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (c->child || !column_is_in(c, FORM_SHEET))
            continue;
        for (size_t k = 0; k < column_copies(c, v, row->parent); k++) {
            struct value value;
            column_value(c, v, row, k, &value);
            if (c->kind == VALUE_QUANTILE)
                put_quantile(s, &value);
            else
                put_value(s, v, &value);
            value_done(&value);
        }
    }
    book_next(s);
}

/* A header and its value a line; what has no value is left out. */
static void put_upright(struct book_sheet *s, const struct table *t, const struct view *v,
                        const struct row *row)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (c->child || !column_is_in(c, FORM_SHEET))
            continue;
        for (size_t k = 0; k < column_copies(c, v, row->parent); k++) {
            struct value value;
            column_value(c, v, row, k, &value);
            if (value.kind != VALUE_NONE || value.word) {
                book_text(s, column_header(c, v, k).text);
                put_words(s, v, &value);
                book_next(s);
            }
            value_done(&value);
        }
    }
}

static bool is_there(const struct table *t, const struct view *v)
{
    return !t->there || t->there(v, NULL);
}

static void put_table(struct book_sheet *s, const struct table *t, const struct view *v)
{
    struct row row = table_first(NULL);
    while (is_there(t, v) && table_next(t, v, &row))
        (t->look == LOOK_RECORD ? put_upright : put_row)(s, t, v, &row);
}

static struct columns columns_of_table(const struct book *b, const struct table *t)
{
    const struct view v = { book_report(b), book_language(b), FORM_SHEET };
    struct columns columns = { .count = 0 };
    columns_of(t, &v, NULL, &columns);
    return columns;
}

/* The first part's columns are as wide as they want to be; the others wrap where that would leave it mostly blank. */
static size_t widths_of(const struct book *b, const struct book_part *parts, size_t count,
                        double widths[COLUMNS_MAX])
{
    size_t columns = 0;
    for (size_t i = 0; i < count; i++) {
        const struct columns c = columns_of_table(b, parts[i].tables[0]);
        for (size_t k = 0; k < c.count; k++) {
            double wants = i > 0 && c.items[k].width > WIDTH_BELOW ? WIDTH_BELOW : c.items[k].width;
            if (k >= columns || widths[k] < wants)
                widths[k] = wants;
        }
        columns = c.count > columns ? c.count : columns;
    }
    return columns;
}

bool book_part_is_empty(const struct report *r, const struct book_part *part)
{
    const struct view v = { r, language_of(r->language), FORM_SHEET };
    for (const struct table *const *t = part->tables; *t; t++)
        if (is_there(*t, &v) && !table_is_empty(*t, &v, NULL))
            return false;
    return true;
}

void book_table_beside(struct book *b, const struct table *t, enum word name, enum word note)
{
    const struct report *r = book_report(b);
    struct view v = { r, book_language(b), FORM_SHEET };
    double widths[COLUMNS_MAX];
    const struct columns columns = columns_of_table(b, t);
    size_t count = widths_of(b, &(struct book_part) { .tables = { t } }, 1, widths);
    struct book_sheet *s = book_sheet(b, name, true, widths, count);
    book_part(s, name, note, columns.items, columns.count, t->frozen);
    for (size_t i = 0; i < r->beside_count; i++) {
        const struct report one = report_beside(r, i);
        v.report = &one;
        put_table(s, t, &v);
    }
    book_done(s);
}

void book_parts(struct book *b, const struct book_part *parts, size_t count)
{
    const struct view v = { book_report(b), book_language(b), FORM_SHEET };
    double widths[COLUMNS_MAX];
    size_t wide = widths_of(b, parts, count, widths);
    struct book_sheet *s = book_sheet(b, parts[0].name, count == 1, widths, wide);
    for (const struct book_part *p = parts; p < parts + count; p++) {
        const struct columns columns = columns_of_table(b, p->tables[0]);
        book_part(s, p->name, p->note, columns.items, columns.count, p->tables[0]->frozen);
        for (const struct table *const *t = p->tables; *t; t++)
            put_table(s, *t, &v);
    }
    book_done(s);
}
