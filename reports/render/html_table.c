/* A table as HTML. What a kind of value looks like in a page is here, once. */
#include "reports/render/html.h"
#include "reports/tables/table.h"

static struct view view_of(const struct page *p)
{
    return (struct view) { p->r, p->language, p->on_paper ? FORM_PAPER : FORM_SCREEN };
}

/* ---- one value ---- */

static bool is_number(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NAME:
    case VALUE_COUNT:
    case VALUE_OF:
    case VALUE_PERCENT:
    case VALUE_SHARE:
    case VALUE_BOUNDS:
    case VALUE_TIME:
    case VALUE_QUANTILE:
    case VALUE_REAL:
    case VALUE_P:
        return true;
    default:
        return false;
    }
}

/* Tables of figures set numbers to the right and say which cells are words; lists do it the other way round. */
static const char *class_of(const struct table *t, const struct column *c, const struct value *v)
{
    if (v->kind == VALUE_VERDICT)
        return page_verdict_class((enum verdict)v->number);
    if (v->kind == VALUE_LINES)
        return "n lines";
    if (t->look == LOOK_LIST || t->look == LOOK_RECORD)
        return is_number(c->kind) ? "n" : "";
    return is_number(c->kind) ? "" : "name";
}

static void causes(struct page *p, cause_set set)
{
    if (set == 0) {
        page_say(p, WORD_CAUSE_UNKNOWN);
        return;
    }
    page_put(p, "<ul class=\"causes\">");
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        const struct cause_row *row = set & CAUSE(n) ? cause_row(n) : NULL;
        if (!row)
            continue;
        buf_add_format(&p->b, "<li><b>F%02u</b> ", n);
        page_text(p, phrase_choose(row->name, row->name_ja, p->language));
        page_put(p, "</li>");
    }
    page_put(p, "</ul>");
}

static void words(struct page *p, const struct value *value)
{
    struct view v = view_of(p);
    struct buf text;
    buf_init(&text, 1u << 20);
    value_in_words(&v, value, &text);
    page_text(p, text.data && !text.failed ? text.data : "");
    buf_free(&text);
}

static void content(struct page *p, const struct value *value)
{
    switch (value->kind) {
    case VALUE_VERDICT:
        page_say(p, page_symbol((enum verdict)value->number));
        page_put(p, " ");
        words(p, value);
        break;
    case VALUE_CELL:
        page_cell_open(p, value->number);
        words(p, value);
        page_cell_close(p);
        break;
    case VALUE_CAUSES:
        causes(p, (cause_set)value->number);
        break;
    default:
        words(p, value);
    }
}

static void small(struct page *p, const struct value *value, const char *between)
{
    if (value->kind == VALUE_NONE && !value->word)
        return;
    page_put(p, between);
    page_put(p, value->class ? "<small class=\"" : "<small>");
    if (value->class) {
        page_put(p, value->class);
        page_put(p, "\">");
    }
    content(p, value);
    page_put(p, "</small>");
}

/* ---- a row ---- */

static void open_cell(struct page *p, const struct table *t, const struct column *c, const struct value *v,
                      bool first)
{
    const char *class = class_of(t, c, v);
    page_put(p, first ? "<th scope=\"row\"" : "<td");
    if ((class[0] && !first) || v->class) {
        page_put(p, " class=\"");
        page_put(p, first ? "" : class);
        page_put(p, class[0] && !first && v->class ? " " : "");
        page_put(p, v->class ? v->class : "");
        page_put(p, "\"");
    }
    if (v->kind == VALUE_SAID && p->language != LANGUAGE_ENGLISH && said_is(v->said, SAID_WORDS))
        page_put(p, " lang=\"en\"");
    page_put(p, ">");
}

/* Beside the value, or in a cell of its own. */
static void interval(struct page *p, const struct column *c, const struct value *v)
{
    bool own = c->place == PLACE_OWN;
    page_put(p, own ? "</td><td>" : v->kind == VALUE_NONE ? "" : " <small>");
    if (v->kind != VALUE_NONE)
        page_text(p, page_ms_interval(p, v->quantile).text);
    page_put(p, own || v->kind == VALUE_NONE ? "" : "</small>");
}

struct place_in_row {
    const struct table *t;
    const struct row *row;
    bool first, open;
};

static void close_cell(struct page *p, struct place_in_row *at)
{
    if (at->open)
        page_put(p, at->first ? "</th>" : "</td>");
    at->first = at->first && !at->open;
    at->open = false;
}

static void cell(struct page *p, struct place_in_row *at, const struct column *c, size_t k)
{
    struct view v = view_of(p);
    struct value value;
    column_value(c, &v, at->row, k, &value);
    if (c->place != PLACE_OWN && c->kind != VALUE_QUANTILE && at->open) {
        small(p, &value, c->place == PLACE_BESIDE ? " " : "");
        value_done(&value);
        return;
    }
    close_cell(p, at);
    open_cell(p, at->t, c, &value, at->first);
    content(p, &value);
    if (c->kind == VALUE_QUANTILE)
        interval(p, c, &value);
    value_done(&value);
    at->open = true;
}

static void one_row(struct page *p, const struct table *t, const struct row *row)
{
    struct view v = view_of(p);
    struct place_in_row at = { .t = t, .row = row, .first = true };
    const char *class = t->row_class ? t->row_class(&v, row) : NULL;
    page_put(p, "<tr");
    if (t->row_id)
        buf_add_format(&p->b, " id=\"%s%zu\"", t->row_id, row->i);
    if (class)
        buf_add_format(&p->b, " class=\"%s\"", class);
    page_put(p, ">");
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        if (column_is_in(c, v.form) && !c->child)
            for (size_t k = 0; k < column_copies(c, &v, row->parent); k++)
                cell(p, &at, c, k);
    close_cell(p, &at);
    page_put(p, "</tr>\n");
}

/* ---- the whole ---- */

static void head(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = view_of(p);
    page_put(p, "<thead><tr>");
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, v.form) || c->child || (c->place != PLACE_OWN && c->kind != VALUE_QUANTILE))
            continue;
        for (size_t k = 0; k < column_copies(c, &v, parent); k++)
            page_value(p, "th", "scope=\"col\"", column_header(c, &v, k).text);
        if (c->kind == VALUE_QUANTILE && c->place == PLACE_OWN)
            page_element(p, "th", "scope=\"col\"", WORD_C_INTERVAL95);
    }
    page_put(p, "</tr></thead>\n<tbody>\n");
}

static void open_tag(struct page *p, const struct table *t, const char *class)
{
    static const char *const looks[] = { [LOOK_FIGURES] = "figures",
                                         [LOOK_WORDS] = "figures words",
                                         [LOOK_LIST] = "list",
                                         [LOOK_RECORD] = "particulars" };
    const char *const classes[] = { t->class, class };
    page_put(p, "<table class=\"");
    page_put(p, looks[t->look]);
    for (size_t i = 0; i < 2; i++)
        if (classes[i]) {
            page_put(p, " ");
            page_put(p, classes[i]);
        }
    if (t->anchor)
        buf_add_format(&p->b, "\" id=\"%s%s%s", t->anchor, class ? "-" : "", class ? class : "");
    page_put(p, "\">\n");
}

static void caption(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = view_of(p);
    if (t->title)
        page_plain_caption(p, t->title(&v, parent).text);
    else if (t->caption)
        page_caption(p, t->caption, (const char *const[]) { NULL });
}

/* A header and its value a line. */
static void upright(struct page *p, const struct table *t, const struct row *row)
{
    struct view v = view_of(p);
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        struct value value;
        if (!column_is_in(c, v.form) || c->child)
            continue;
        column_value(c, &v, row, 0, &value);
        if (value.kind == VALUE_NONE && !value.word) {
            value_done(&value);
            continue;
        }
        page_put(p, "<tr>");
        page_value(p, "th", "scope=\"row\"", column_header(c, &v, 0).text);
        open_cell(p, t, c, &value, false);
        content(p, &value);
        page_put(p, "</td></tr>\n");
        value_done(&value);
    }
}

static size_t rows(struct page *p, const struct table *t, const struct row *parent, size_t most)
{
    struct view v = view_of(p);
    struct row row = table_first(parent);
    size_t count = 0;
    for (; table_next(t, &v, &row); count++)
        if (count < most)
            (t->look == LOOK_RECORD ? upright : one_row)(p, t, &row);
    return count;
}

static void open_fold(struct page *p, const struct table *t)
{
    page_put(p, t->fold == FOLD_NUMBERS ? "<details class=\"numbers\"><summary>" : "<details><summary>");
    page_say(p, t->summary ? t->summary : t->caption);
    page_put(p, "</summary>\n");
}

void page_table(struct page *p, const struct table *t, const struct row *parent, const char *class)
{
    bool wide = t->look == LOOK_FIGURES || t->look == LOOK_WORDS;
    size_t most = p->on_paper ? t->most_on_paper : t->most_on_screen;
    struct view v = view_of(p);
    if ((t->fold == FOLD_NUMBERS && p->on_paper) || (t->there && !t->there(&v, parent)))
        return;
    if (t->fold != FOLD_OPEN)
        open_fold(p, t);
    page_put(p, wide ? "<div class=\"wide\">" : "");
    open_tag(p, t, class);
    caption(p, t, parent);
    if (t->look == LOOK_RECORD)
        page_put(p, "<tbody>\n");
    else
        head(p, t, parent);
    most = most ? most : SIZE_MAX;
    size_t count = rows(p, t, parent, most);
    page_put(p, wide ? "</tbody></table></div>\n" : "</tbody></table>\n");
    page_list_cut(p, count < most ? count : most, count);
    page_put(p, t->fold != FOLD_OPEN ? "</details>\n" : "");
}
