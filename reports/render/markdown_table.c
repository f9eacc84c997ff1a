#include "reports/render/markdown_table.h"

#include "reports/render/escape.h"
#include "reports/words/numbers.h"

#define VALUE_BYTES_MAX (1u << 20)

static bool is_drawn(const struct column *c)
{
    return !c->child && column_is_in(c, FORM_MARKDOWN);
}

static void cell(struct buf *b, const char *text)
{
    buf_add_char(b, ' ');
    escape_markdown(b, text);
    buf_add_text(b, " |");
}

/* A very long name is cut: the spreadsheet and criteria.yaml have it whole. A sentence isn't. */
static void value_cell(struct buf *b, const struct view *v, const struct table *t, const struct value *value)
{
    struct buf words;
    buf_init(&words, VALUE_BYTES_MAX);
    value_in_words(v, value, &words);
    const char *text = buf_text(&words);
    if (value->kind == VALUE_FIELD)
        buf_add_text(b, " |");
    else if (value->kind == VALUE_TEXT && t->look != LOOK_RECORD)
        cell(b, phrase_cut(text).text);
    else
        cell(b, text);
    buf_free(&words);
}

static void line_below(struct buf *b, size_t columns)
{
    buf_add_text(b, "\n|");
    for (size_t i = 0; i < columns; i++)
        buf_add_text(b, " --- |");
    buf_add_char(b, '\n');
}

static void headers(struct buf *b, const struct view *v, const struct table *t, const struct row *parent)
{
    size_t count = 0;
    buf_add_char(b, '|');
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        for (size_t k = 0; is_drawn(c) && k < column_copies(c, v, parent); k++, count++)
            cell(b, column_header(c, v, k).text);
    line_below(b, count);
}

static void one_row(struct buf *b, const struct view *v, const struct table *t, const struct row *row)
{
    buf_add_char(b, '|');
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        for (size_t k = 0; is_drawn(c) && k < column_copies(c, v, row->parent); k++) {
            struct value value;
            column_value(c, v, row, k, &value);
            value_cell(b, v, t, &value);
            value_done(&value);
        }
    buf_add_char(b, '\n');
}

/* A header and its value a line; what has no value is left out. */
static void upright(struct buf *b, const struct view *v, const struct table *t, const struct row *row)
{
    buf_add_char(b, '|');
    cell(b, word_text(WORD_SH_ITEM, v->language));
    cell(b, word_text(WORD_SH_VALUE, v->language));
    line_below(b, 2);
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        struct value value;
        if (!is_drawn(c))
            continue;
        column_value(c, v, row, 0, &value);
        if (value.kind != VALUE_NONE || value.word) {
            buf_add_char(b, '|');
            cell(b, column_header(c, v, 0).text);
            value_cell(b, v, t, &value);
            buf_add_char(b, '\n');
        }
        value_done(&value);
    }
}

void markdown_table(struct buf *b, const struct view *v, const struct table *t, const struct row *parent)
{
    struct row row = table_first(parent);
    size_t count = 0, most = t->most_in_markdown ? t->most_in_markdown : SIZE_MAX;
    if (t->there && !t->there(v, parent))
        return;
    if (t->look == LOOK_RECORD) {
        if (table_next(t, v, &row))
            upright(b, v, t, &row);
        return;
    }
    headers(b, v, t, parent);
    for (; table_next(t, v, &row); count++)
        if (count < most)
            one_row(b, v, t, &row);
    if (count <= most)
        return;
    buf_add_char(b, '\n');
    phrase_add(b, escape_markdown, WORD_MD_LIST_CUT, v->language,
               (const char *const[]) { number_count(count - most).text, NULL });
    buf_add_char(b, '\n');
}
