/* What if: the same evidence under changed criteria. On a page the bounds on dirty placements are a table of their own. */
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#define NAMES_MAX 10 /* handsets named of one change on a page; the rest is counted */
#define SHEETS    (FORM_SHEET | FORM_MARKDOWN)

static const struct assessment *assessment_of(const struct view *v)
{
    return v->report->assessment;
}

/* ---- one pair that ends otherwise ---- */

static const struct assess_scenario *of_parent(const struct entry *x)
{
    return x->row->parent->of;
}

static void to(struct entry *x)
{
    entry_number(x, of_parent(x)->recommendation[x->row->pair]);
}

static const struct column change_columns[] = {
    YAML("handset", TEXT, .get = row_handset),
    YAML("sim", TEXT, .get = row_sim),
    YAML("from", RECOMMENDATION, .get = row_recommendation),
    YAML("to", RECOMMENDATION, .get = to),
    { 0 },
};

static bool ends_otherwise(const struct assessment *a, const struct assess_scenario *s, size_t pair)
{
    return s->recommendation[pair] != a->pairs[pair].recommendation;
}

static bool change_row(const struct view *v, struct row *row)
{
    row->pair = row->i;
    return ends_otherwise(assessment_of(v), row->parent->of, row->i);
}

static const struct table changes = {
    .id = "changes", .columns = change_columns, .count = pairs_count, .row = change_row
};

/* ---- what is changed; the row of the criteria as they are is about none ---- */

static void argument(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    const char *name = what_if_argument(assessment_of(x->view), s);
    x->value.key = what_if_key(s->what);
    if (name) {
        entry_text(x, name);
        return;
    }
    entry_real(x, s->bound);
    x->value.kind = VALUE_REAL;
}

static void by(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    if (s->what == WHAT_IF_REPLACE)
        entry_text(x, x->f->survey->readers[s->by].unit);
}

static void name(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    if (!s)
        entry_text(x, word_text((enum word)x->column->at, x->view->language));
    else
        entry_phrase(x, name_scenario(assessment_of(x->view), s, x->view->language));
}

static void bound(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    if (s)
        entry_phrase(x, number_percent(s->bound, x->view->language));
    else
        name(x);
}

/* ---- how many end so, how many otherwise, and which ---- */

static void pairs_with(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    entry_number(x, (s ? s->counts : assessment_of(x->view)->counts)[x->row->k + 1]);
}

static void changed(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    entry_number(x, s ? s->changed : 0);
}

/* On a page: nothing to count of the criteria as they are. */
static void changed_or_dash(struct entry *x)
{
    if (x->row->of)
        changed(x);
    else
        entry_absent(x, WORD_DASH, NULL);
}

static void which(struct entry *x)
{
    const struct assessment *a = assessment_of(x->view);
    const struct assess_scenario *s = x->row->of;
    struct buf names;
    if (!s)
        return;
    buf_init(&names, 1u << 20);
    for (size_t i = 0; i < a->f->survey->pair_count; i++) {
        if (!ends_otherwise(a, s, i))
            continue;
        buf_add_text(&names, names.length ? word_text(WORD_COMMA, x->view->language) : "");
        buf_add_text(&names, a->f->survey->pairs[i].name);
    }
    entry_buf(x, &names);
}

/* A way to see what one reader tells, not a proposal: the number is enough. */
static void number_or_dash(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    if (!s)
        entry_absent(x, WORD_DASH, NULL);
    else if (s->what == WHAT_IF_ONLY)
        entry_phrase(x, PHRASE_FILL(WORD_IF_CHANGED, x->view->language, number_count(s->changed).text));
}

/* "Not recommended → Recommended: a, b, c" for one kind of change. */
static void add_change(struct buf *out, const struct entry *x, const struct assess_scenario *s,
                       enum recommendation from_, enum recommendation to_)
{
    const struct assessment *a = assessment_of(x->view);
    enum language language = x->view->language;
    size_t count = 0;
    for (size_t i = 0; i < a->f->survey->pair_count; i++) {
        if (a->pairs[i].recommendation != from_ || s->recommendation[i] != to_)
            continue;
        if (count == 0)
            PHRASE_ADD(out, WORD_IF_CHANGE, language, word_text(word_recommendation(from_), language),
                       word_text(word_recommendation(to_), language));
        if (count < NAMES_MAX) {
            buf_add_text(out, word_text(count ? WORD_COMMA : WORD_COLON, language));
            buf_add_text(out, a->f->survey->pairs[i].unit);
        }
        count++;
    }
    if (count <= NAMES_MAX)
        return;
    buf_add_text(out, language == LANGUAGE_ENGLISH ? " " : "");
    PHRASE_ADD(out, WORD_IF_MORE, language, number_count(count - NAMES_MAX).text);
}

enum { ENDS = RECOMMENDATION_COUNT - 1 };

static void one_change(struct entry *x)
{
    const struct assess_scenario *s = x->row->of;
    enum recommendation from_ = (enum recommendation)(x->row->k / ENDS + 1),
                        to_ = (enum recommendation)(x->row->k % ENDS + 1);
    struct buf text;
    if (!s || s->what == WHAT_IF_ONLY || from_ == to_)
        return;
    buf_init(&text, 1u << 16);
    add_change(&text, x, s, from_, to_);
    entry_buf(x, &text);
    x->value.class = "change";
}

static const struct axis axis_changes = { .copies = (size_t)ENDS * ENDS };

#define COUNTS                                                                                               \
    {                                                                                                        \
        "", WORD_NONE, VALUE_COUNT, pairs_with, .axis = &axis_recommendations, .width = 14                   \
    }

static const struct column columns[] = {
    { NULL, WORD_B_CASE, VALUE_TEXT, name, FORM_PAGE, .at = WORD_B_AS_IN_FORCE },
    { NULL, WORD_SH_WHAT_IF, VALUE_TEXT, name, SHEETS, .at = WORD_SH_AS_IT_IS, .width = 44 },
    YAML("", TEXT, .get = argument, .own_keys = true),
    YAML("by", TEXT, .get = by),
    COUNTS,
    { NULL, WORD_SH_CHANGED, VALUE_COUNT, changed, SHEETS, .width = 14 },
    { NULL, WORD_SH_CHANGED_WHICH, VALUE_LONG, which, FORM_SHEET, .width = 80 },
    { NULL, WORD_B_WHO, VALUE_LONG, number_or_dash, FORM_PAGE },
    { NULL, WORD_NONE, VALUE_LONG, one_change, FORM_PAGE, .axis = &axis_changes, .place = PLACE_UNDER },
    { .child = &changes },
    { 0 },
};

static size_t scenarios_count(const struct view *v, const struct row *parent)
{
    return assessment_of(v) && is_of_matrix(v, parent) ? assessment_of(v)->scenario_count + 1 : 0;
}

/* The criteria as they are come first, for people. */
static bool scenario_row(const struct view *v, struct row *row)
{
    row->of = row->i > 0 ? &assessment_of(v)->scenarios[row->i - 1] : NULL;
    return row->of || v->form != FORM_YAML;
}

/* A page has the bounds elsewhere, and names what changes nothing below the table. */
static bool what_if_row(const struct view *v, struct row *row)
{
    bool known = scenario_row(v, row);
    const struct assess_scenario *s = row->of;
    return known && (!s || !(v->form & FORM_PAGE) || (s->what != WHAT_IF_BOUND && s->changed > 0));
}

static const char *row_class(const struct view *v, const struct row *row)
{
    const struct assess_scenario *s = row->of;
    (void)v;
    return !s ? "now" : NULL;
}

const struct table table_no_what_if = ABSENT_OF_LIST("what_if");

const struct table table_what_if = {
    .id = "what_if",
    .remark =
        "\nWhat if: the same evidence under changed criteria. drop_reader: that reader is not asked for;\n"
        "drop_model: none of the readers of a model that has several is;\n"
        "only_reader: it alone is; without_clause: that clause is not asked for (readers: one is enough);\n"
        "without_condition: one of several conditions of a power mode is not asked for;\n"
        "dirty_at_most: the list for another bound on P(dirty). Only pairs that end otherwise are named.",
    .caption = WORD_B_WHAT_IF,
    .narrow = true,
    .class = "unsorted",
    .frozen = 1,
    .row_class = row_class,
    .columns = columns,
    .count = scenarios_count,
    .row = what_if_row,
};

/* ---- the list under 5, 10 and 20 % ---- */

static const struct column bound_columns[] = {
    { NULL, WORD_B_BOUND, VALUE_TEXT, bound, .at = WORD_B_AS_IN_FORCE },
    COUNTS,
    { NULL, WORD_B_CHANGE, VALUE_COUNT, changed_or_dash },
    { 0 },
};

static bool bound_row(const struct view *v, struct row *row)
{
    bool known = scenario_row(v, row);
    const struct assess_scenario *s = row->of;
    return known && (!s || s->what == WHAT_IF_BOUND);
}

const struct table table_bounds = {
    .caption = WORD_B_BOUNDS,
    .narrow = true,
    .class = "unsorted",
    .row_class = row_class,
    .columns = bound_columns,
    .count = scenarios_count,
    .row = bound_row,
};
