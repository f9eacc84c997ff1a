#include "reports/tables/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What its table is inside of, it is about too. */
struct row table_first(const struct row *parent)
{
    static const struct row none = { .pair = SIZE_MAX,
                                     .reader = SIZE_MAX,
                                     .condition = SIZE_MAX,
                                     .script = SIZE_MAX,
                                     .step = SIZE_MAX,
                                     .cell = SIZE_MAX };
    struct row row = parent ? *parent : none;
    row.parent = parent;
    row.i = SIZE_MAX;
    return row;
}

static const char *base_of(const struct table *t, const struct view *v, const struct row *parent)
{
    if (t->array.about == ABOUT_SURVEY)
        return (const void *)v->report->findings->survey;
    return parent && parent->of ? parent->of : (const void *)v->report->findings;
}

static size_t rows_of(const struct table *t, const struct view *v, const struct row *parent)
{
    if (t->rows || t->count)
        return t->rows ? t->rows : t->count(v, parent);
    bool is_one = t->look == LOOK_RECORD || t->array.size == 0;
    return is_one ? 1 : *(const size_t *)(const void *)(base_of(t, v, parent) + t->array.count);
}

static const void *item_of(const struct table *t, const struct view *v, const struct row *row)
{
    const char *items = base_of(t, v, row->parent) + t->array.items;
    if (!t->array.inside)
        items = *(const char *const *)(const void *)items;
    return items + row->i * t->array.size;
}

bool table_next(const struct table *t, const struct view *v, struct row *row)
{
    size_t count = rows_of(t, v, row->parent);
    for (size_t i = row->i + 1; i < count; i++) {
        *row = table_first(row->parent);
        row->i = i;
        if (t->array.size)
            row->of = item_of(t, v, row);
        if (!t->row || t->row(v, row))
            return true;
    }
    return false;
}

size_t table_length(const struct table *t, const struct view *v, const struct row *parent)
{
    struct row row = table_first(parent);
    size_t length = 0;
    while (table_next(t, v, &row))
        length++;
    return length;
}

bool table_is_empty(const struct table *t, const struct view *v, const struct row *parent)
{
    struct row row = table_first(parent);
    return !table_next(t, v, &row);
}

bool column_is_in(const struct column *c, enum form form)
{
    if (c->child && c->where == 0)
        return form == FORM_YAML;
    return c->where == 0 ? form != FORM_YAML || c->id : (c->where & form) != 0;
}

size_t column_copies(const struct column *c, const struct view *v, const struct row *parent)
{
    if (!c->axis)
        return 1;
    return c->axis->copies ? c->axis->copies : c->axis->count(v, parent);
}

struct phrase column_header(const struct column *c, const struct view *v, size_t k)
{
    if (c->axis)
        return c->axis->name(v, k);
    const char *part = c->part ? word_text(c->part, v->language) : NULL;
    enum word header = v->form == FORM_TEXT && c->brief ? c->brief : c->header;
    return PHRASE_FILL(header, v->language, part);
}

static bool has_value(const struct entry *x)
{
    const struct column *c = x->column;
    return (c->about != ABOUT_CELL || x->row->cell != SIZE_MAX) && (!c->when || c->when(x));
}

void column_value(const struct column *c, const struct view *v, const struct row *row, size_t k,
                  struct value *out)
{
    struct row here = *row;
    struct entry x = { .view = v, .f = v->report ? v->report->findings : NULL, .row = &here, .column = c };
    here.k = k;
    x.value.digits = c->digits;
    x.value.note = c->note;
    x.value.round = c->round;
    x.value.class = c->class;
    bool there = has_value(&x);
    if (there)
        c->get(&x);
    if (!there || (c->some && x.value.number == 0)) {
        x.value.kind = VALUE_NONE;
        x.value.note = c->note && !c->note[0] ? c->note : NULL;
    }
    if (x.value.kind == VALUE_NONE && !x.value.word)
        x.value.word = c->absent;
    *out = x.value;
    if (x.value.text == x.value.hold.text)
        out->text = out->hold.text;
    if (x.value.note == x.value.hold.text)
        out->note = out->hold.text;
}

void entry_text(struct entry *x, const char *text)
{
    x->value.kind = text && text[0] ? x->column->kind : VALUE_NONE;
    x->value.text = text;
}

void entry_phrase(struct entry *x, struct phrase text)
{
    x->value.hold = text;
    entry_text(x, x->value.hold.text);
}

void entry_buf(struct entry *x, struct buf *text)
{
    free(x->value.made);
    x->value.made = buf_take(text);
    entry_text(x, x->value.made);
}

void entry_format(struct entry *x, const char *format, ...)
{
    va_list arguments;
    value_done(&x->value);
    va_start(arguments, format);
    if (vasprintf(&x->value.made, format, arguments) < 0)
        x->value.made = NULL;
    va_end(arguments);
    entry_text(x, x->value.made);
    if (x->value.kind != VALUE_NONE)
        x->value.kind = VALUE_TEXT;
}

void entry_fill(struct entry *x, enum word text, const char *const *args)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    phrase_add(&b, buf_add_text, text, x->view->language, args);
    entry_buf(x, &b);
}

void value_done(struct value *v)
{
    free(v->made);
    v->made = NULL;
}

void entry_word(struct entry *x, enum word word, const char *text)
{
    x->value.kind = x->column->kind;
    x->value.word = word;
    x->value.text = text;
}

void entry_absent(struct entry *x, enum word why, const char *note)
{
    x->value.kind = VALUE_NONE;
    x->value.word = why;
    x->value.note = note;
}

void entry_said(struct entry *x, const struct said *said)
{
    x->value.kind = said ? x->column->kind : VALUE_NONE;
    x->value.said = said;
}

void entry_number(struct entry *x, uint64_t number)
{
    x->value.kind = x->column->kind;
    x->value.number = number;
}

void entry_real(struct entry *x, double real)
{
    x->value.kind = isnan(real) ? VALUE_NONE : x->column->kind;
    x->value.real = real;
}

void entry_bounds(struct entry *x, double low, double high)
{
    x->value.kind = x->column->kind;
    x->value.low = low;
    x->value.high = high;
}

void entry_quantile(struct entry *x, const struct findings_quantile *q)
{
    x->value.kind = q->has_value ? x->column->kind : VALUE_NONE;
    x->value.quantile = q;
}
