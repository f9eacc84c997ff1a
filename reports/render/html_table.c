/* A table as HTML. What a kind of value looks like in a page is here, once. */
#include "harness/findings/tally.h"
#include "reports/render/html.h"
#include "reports/tables/table.h"
#include "reports/words/signs.h"

#include <stdlib.h>
#include <string.h>

struct view page_view(const struct page *p)
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
    case VALUE_POINTS:
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
static const char *class_of(const struct page *p, const struct table *t, const struct column *c,
                            const struct value *v)
{
    bool is_of_figures = t->look == LOOK_FIGURES || t->look == LOOK_WORDS;
    switch (v->kind) {
    case VALUE_VERDICT:
        return sign_of_verdict((enum verdict)v->number)->class;
    case VALUE_SIGN:
        return sign_of_verdict(p->f->cells[v->number].verdict)->class;
    case VALUE_SIGNS:
        return "signs";
    case VALUE_TALLY:
        return "counts";
    case VALUE_LINES:
        return "n lines";
    default:
        return is_number(c->kind) == is_of_figures ? "" : is_of_figures ? "name" : "n";
    }
}

/* is_in_text: in an element that holds no lists. */
static void causes(struct page *p, cause_set set, bool is_in_text)
{
    if (set == 0) {
        page_say(p, WORD_CAUSE_UNKNOWN);
        return;
    }
    page_put(p, is_in_text ? "<span role=\"list\" class=\"cause-list\">" : "<ul class=\"cause-list\">");
    for (unsigned n = 1; n <= CAUSE_COUNT; n++) {
        if (!(set & CAUSE(n)))
            continue;
        page_put(p, is_in_text ? "<span role=\"listitem\">" : "<li>");
        buf_add_format(&p->b, "<b>F%02u</b> <span>", n);
        page_text(p, word_cause(n, p->language));
        page_put(p, is_in_text ? "</span></span> " : "</span></li>");
    }
    page_put(p, is_in_text ? "</span>" : "</ul>");
}

static void words(struct page *p, const struct value *value)
{
    struct view v = page_view(p);
    struct buf text;
    buf_init(&text, 1u << 20);
    value_in_words(&v, value, &text);
    page_text(p, buf_text(&text));
    buf_free(&text);
}

static void lines(struct page *p, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);
        p->b.failed = p->b.failed || !line;
        page_value(p, "div", "", line ? line : "");
        free(line);
        text += length + (text[length] == '\n');
    }
}

/* The interval on a scale from -100 to 100 points, below its numbers. */
static void bar(struct page *p, const struct value *value)
{
    buf_add_format(&p->b,
                   "<svg class=\"bar\" viewBox=\"-100 0 200 12\" preserveAspectRatio=\"none\" "
                   "aria-hidden=\"true\"><line x1=\"-100\" x2=\"100\" y1=\"6\" y2=\"6\"/>"
                   "<line x1=\"0\" x2=\"0\" y1=\"0\" y2=\"12\"/>"
                   "<rect x=\"%.1f\" width=\"%.1f\" y=\"4\" height=\"4\"/></svg>",
                   100.0 * value->low, 100.0 * (value->high - value->low));
}

/* On paper one run of text without elements, because boxes are what costs there. */
static void sign(struct page *p, const struct value *value)
{
    page_put(p, p->on_paper ? "" : "<b>");
    page_symbol(p, p->f->cells[value->number].verdict);
    page_put(p, p->on_paper ? "&nbsp;" : "</b>");
    if (value->text) {
        page_put(p, p->on_paper ? "" : " ");
        page_text(p, value->text);
    }
}

static void content(struct page *p, const struct value *value)
{
    switch (value->kind) {
    case VALUE_LONG:
        if (value->text && strchr(value->text, '\n'))
            lines(p, value->text);
        else
            words(p, value);
        break;
    case VALUE_VERDICT:
        page_symbol(p, (enum verdict)value->number);
        page_put(p, " ");
        words(p, value);
        break;
    case VALUE_POINTS:
        words(p, value);
        bar(p, value);
        break;
    case VALUE_SIGN:
        sign(p, value);
        break;
    case VALUE_SIGNS:
        page_signs(p, value);
        break;
    case VALUE_TALLY:
        page_tally(p, value);
        break;
    case VALUE_CELL:
        page_cell_open(p, value->number);
        words(p, value);
        page_cell_close(p);
        break;
    case VALUE_CAUSES:
        causes(p, (cause_set)value->number, false);
        break;
    case VALUE_PERIOD:
        page_period(p, value->text, value->until);
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
    if (value->kind == VALUE_CAUSES)
        causes(p, (cause_set)value->number, true);
    else
        content(p, value);
    page_put(p, "</small>");
}

/* ---- a row ---- */

/* What a sign has no room for. */
static void title(struct page *p, size_t cell)
{
    const struct findings_cell *c = &p->f->cells[cell];
    page_put(p, " title=\"");
    PAGE_FILL(p, WORD_CELL_TITLE, word_text(word_verdict(c->verdict), p->language),
              p->f->survey->pairs[c->pair].unit, name_cell(p->f, cell, p->language).text,
              number_count(c->d).text, number_count(c->n).text, name_bounds(c, 1, p->language).text,
              number_count(c->invalid).text, number_count(c->ok).text,
              number_count(tally_transactions(c)).text);
    page_put(p, "\"");
}

static void open_cell(struct page *p, const struct table *t, const struct column *c, const struct value *v,
                      bool first)
{
    const char *class = class_of(p, t, c, v);
    page_put(p, first ? "<th scope=\"row\"" : "<td");
    if ((class[0] && !first) || v->class) {
        page_put(p, " class=\"");
        page_put(p, first ? "" : class);
        page_put(p, class[0] && !first && v->class ? " " : "");
        page_put(p, v->class ? v->class : "");
        page_put(p, "\"");
    }
    if (v->kind == VALUE_SIGN && !p->on_paper)
        title(p, v->number);
    if (v->kind == VALUE_SAID && p->language != LANGUAGE_ENGLISH && said_is(v->said, SAID_WORDS))
        page_put(p, " lang=\"en\"");
    page_put(p, ">");
}

/* Beside the value, or in a cell of its own. */
static void interval(struct page *p, const struct column *c, const struct value *v)
{
    bool own = c->place == PLACE_OWN;
    const struct findings_quantile *q = v->quantile;
    page_put(p, own ? "</td><td>" : v->kind == VALUE_NONE ? "" : " <small>");
    if (v->kind != VALUE_NONE && q->has_interval)
        buf_add_format(&p->b, "[%s, %s]", number_ms(q->low_us).text, number_ms(q->high_us).text);
    else if (v->kind != VALUE_NONE)
        page_say(p, WORD_TOO_SMALL);
    page_put(p, own || v->kind == VALUE_NONE ? "" : "</small>");
}

struct place_in_row {
    const struct table *t;
    const struct row *row;
    bool first, open;
    bool linked; /* all that is in the cell in hand */
};

static void close_cell(struct page *p, struct place_in_row *at)
{
    if (at->linked)
        page_cell_close(p);
    if (at->open)
        page_put(p, at->first ? "</th>" : "</td>");
    at->linked = false;
    at->first = at->first && !at->open;
    at->open = false;
}

static void span(struct page *p, const struct value *value)
{
    if (value->class) {
        page_put(p, "<span class=\"");
        page_put(p, value->class);
        page_put(p, "\">");
    }
    content(p, value);
    page_put(p, value->class ? "</span>" : "");
}

/* A table in a cell: its rows below each other, without headers. */
static void rows_in_cell(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = page_view(p);
    struct row row = table_first(parent);
    while (table_next(t, &v, &row)) {
        page_put(p, "<div>");
        for (const struct column *c = t->columns; c->kind || c->child; c++) {
            struct value value;
            if (!column_is_in(c, v.form) || c->child)
                continue;
            column_value(c, &v, &row, 0, &value);
            if (c->place == PLACE_OWN)
                span(p, &value);
            else
                small(p, &value, c->place == PLACE_BESIDE ? " " : "");
            value_done(&value);
        }
        page_put(p, "</div>");
    }
}

static void cell(struct page *p, struct place_in_row *at, const struct column *c, size_t k)
{
    struct view v = page_view(p);
    struct value value;
    if (c->child) {
        close_cell(p, at);
        open_cell(p, at->t, c, &(struct value) { .kind = VALUE_TEXT, .class = c->child->class }, at->first);
        rows_in_cell(p, c->child, at->row);
        at->open = true;
        return;
    }
    column_value(c, &v, at->row, k, &value);
    if (c->place != PLACE_OWN && c->kind != VALUE_QUANTILE && at->open) {
        small(p, &value, c->place == PLACE_BESIDE ? " " : "");
        value_done(&value);
        return;
    }
    close_cell(p, at);
    open_cell(p, at->t, c, &value, at->first);
    at->linked = value.kind == VALUE_SIGN && !p->on_paper;
    if (at->linked)
        page_cell_open(p, value.number);
    content(p, &value);
    if (c->kind == VALUE_QUANTILE)
        interval(p, c, &value);
    value_done(&value);
    at->open = true;
}

/* Behind those that repeat together: each copy of one has what is under it in its cell. */
static const struct column *end_of_axis(const struct column *c)
{
    const struct column *end = c + 1;
    while (c->axis && end->axis == c->axis && end->place != PLACE_OWN)
        end++;
    return end;
}

static void one_row(struct page *p, const struct table *t, const struct row *row)
{
    struct view v = page_view(p);
    struct place_in_row at = { .t = t, .row = row, .first = true };
    const char *class = t->row_class ? t->row_class(&v, row) : NULL;
    page_put(p, "<tr");
    if (t->row_id)
        buf_add_format(&p->b, " id=\"%s%zu\"", t->row_id, row->i);
    if (class)
        buf_add_format(&p->b, " class=\"%s\"", class);
    page_put(p, ">");
    for (const struct column *c = t->columns, *end; c->kind || c->child; c = end) {
        end = end_of_axis(c);
        for (size_t k = 0; k < column_copies(c, &v, row->parent); k++)
            for (const struct column *at_k = c; at_k < end; at_k++)
                if (column_is_in(at_k, v.form))
                    cell(p, &at, at_k, k);
    }
    close_cell(p, &at);
    page_put(p, "</tr>\n");
}

/* ---- the whole ---- */

static void header(struct page *p, const struct view *v, const struct column *c, size_t k)
{
    struct phrase under = { "" };
    if (c->axis && c->axis->under)
        under = c->axis->under(v, k);
    page_put(p, "<th scope=\"col\">");
    page_text(p, column_header(c, v, k).text);
    if (under.text[0])
        page_value(p, "small", "", under.text);
    page_put(p, "</th>");
}

static void head(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = page_view(p);
    page_put(p, "<thead><tr>");
    for (const struct column *c = t->columns; c->kind || c->child; c++) {
        if (!column_is_in(c, v.form) || (c->place != PLACE_OWN && c->kind != VALUE_QUANTILE))
            continue;
        for (size_t k = 0; k < column_copies(c, &v, parent); k++)
            header(p, &v, c, k);
        if (c->kind == VALUE_QUANTILE && c->place == PLACE_OWN)
            page_element(p, "th", "scope=\"col\"", WORD_C_INTERVAL95);
    }
    page_put(p, "</tr></thead>\n<tbody>\n");
}

static bool has_fields(const struct table *t)
{
    for (const struct column *c = t->columns; c->kind || c->child; c++)
        if (c->kind == VALUE_SIGNS)
            return true;
    return false;
}

static void open_tag(struct page *p, const struct table *t, const char *class)
{
    static const char *const looks[] = { [LOOK_FIGURES] = "figures",
                                         [LOOK_WORDS] = "figures words",
                                         [LOOK_LIST] = "list",
                                         [LOOK_RECORD] = "particulars" };
    const char *const classes[] = { t->look == LOOK_VERDICTS ? NULL : looks[t->look], t->class, class };
    const char *between = "";
    page_put(p, "<table class=\"");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i]) {
            page_put(p, between);
            page_put(p, classes[i]);
            between = " ";
        }
    if (t->anchor)
        buf_add_format(&p->b, "\" id=\"%s%s%s", t->anchor, class ? "-" : "", class ? class : "");
    page_put(p, "\"");
    if (!p->on_paper && has_fields(t))
        page_fields(p);
    page_put(p, ">\n");
}

/* Its summary says the same. */
static bool is_summed_up(const struct table *t)
{
    return t->fold == FOLD_CLOSED && !t->summary_of && !t->summary;
}

static void caption(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = page_view(p);
    struct phrase text = t->title ? t->title(&v, parent) : phrase_cut(word_text(t->caption, p->language));
    if (!text.text[0] || is_summed_up(t))
        return;
    page_put(p, "<caption>");
    page_text(p, text.text);
    page_mark_behind(p);
    page_put(p, "</caption>\n");
}

/* A header and its value a line. */
static void upright(struct page *p, const struct table *t, const struct row *row)
{
    struct view v = page_view(p);
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
    struct view v = page_view(p);
    struct row row = table_first(parent);
    size_t count = 0;
    for (; table_next(t, &v, &row); count++)
        if (count < most)
            (t->look == LOOK_RECORD ? upright : one_row)(p, t, &row);
    return count;
}

static void open_fold(struct page *p, const struct table *t, const struct row *parent)
{
    struct view v = page_view(p);
    bool open = t->open_most > 0 && table_length(t, &v, parent) <= t->open_most;
    page_put(p, t->fold == FOLD_CLOSED ? "<details" : "<details class=\"numbers\"");
    page_put(p, open ? " open><summary>" : "><summary>");
    if (t->summary_of)
        page_text(p, t->summary_of(&v, parent).text);
    else
        page_say(p, t->summary ? t->summary : t->caption);
    if (is_summed_up(t))
        page_mark_behind(p);
    page_put(p, "</summary>\n");
}

static void cut(struct page *p, const struct table *t, size_t shown, size_t all)
{
    if (shown < all)
        PAGE_FILLED(p, "p", t->cut ? "class=\"note\"" : "", t->cut ? t->cut : WORD_PAPER_LIST_CUT,
                    number_count(shown).text, number_count(all).text);
}

void page_table(struct page *p, const struct table *t, const struct row *parent, const char *class)
{
    bool words = t->look == LOOK_FIGURES || t->look == LOOK_WORDS || t->look == LOOK_VERDICTS;
    bool wide = !t->narrow && (words || t->fold != FOLD_OPEN);
    size_t most = p->on_paper ? t->most_on_paper : t->most_on_screen;
    struct view v = page_view(p);
    if ((t->fold == FOLD_NUMBERS && p->on_paper) || (t->there && !t->there(&v, parent)))
        return;
    if (p->tables) {
        p->tables->table(p->tables->self, &v, t, parent);
        return;
    }
    if (t->fold != FOLD_OPEN)
        open_fold(p, t, parent);
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
    cut(p, t, count < most ? count : most, count);
    page_put(p, t->fold != FOLD_OPEN ? "</details>\n" : "");
}
