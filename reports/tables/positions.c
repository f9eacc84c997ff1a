/*
 * Where on the readers the handsets answer. All tables but that of the rules are inside of a row about a struct
 * position_offer: conditions that differ in position only.
 */
#include "harness/findings/positions.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#include <math.h>

static const struct position_offer *offer_of(const struct row *row)
{
    return row->parent->of;
}

static const struct survey_condition *condition_at(const struct view *v, const struct row *row, size_t place)
{
    return &v->report->findings->survey->conditions[offer_of(row)->conditions[place]];
}

/* ---- places and handsets by what was found there: of handsets at a place, or of places with a handset ---- */

static struct position_count counts_of(const struct findings *f, const struct row *row)
{
    return row->pair == SIZE_MAX ? positions_count(f, row->reader, row->condition)
                                 : positions_of_pair(f, offer_of(row), row->pair, row->reader);
}

static void count(struct entry *x)
{
    struct position_count counts = counts_of(x->f, x->row);
    entry_number(x, *(const unsigned *)(const void *)((const char *)&counts + x->column->at));
}

static void placements(struct entry *x)
{
    entry_number(x, counts_of(x->f, x->row).n);
}

static void dirty(struct entry *x)
{
    entry_number(x, counts_of(x->f, x->row).d);
}

#define COUNT(member)    count, .at = offsetof(struct position_count, member)
#define POSITION(member) MEMBER(struct survey_condition, member)

static const struct column place_columns[] = {
    { NULL, WORD_C_CONDITION, VALUE_TEXT, row_condition },
    { NULL, WORD_C_X, VALUE_REAL, POSITION(x_mm) },
    { NULL, WORD_C_Y, VALUE_REAL, POSITION(y_mm) },
    { NULL, WORD_C_Z, VALUE_REAL, POSITION(z_mm) },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_V_COMPATIBLE, VALUE_COUNT, COUNT(works) },
    { NULL, WORD_V_INCOMPATIBLE, VALUE_COUNT, COUNT(fails) },
    { NULL, WORD_V_UNDECIDED, VALUE_COUNT, COUNT(open) },
    { NULL, WORD_C_D, VALUE_COUNT, dirty },
    { NULL, WORD_C_N, VALUE_COUNT, placements },
    { 0 },
};

static size_t places_count(const struct view *v, const struct row *parent)
{
    return ((const struct position_offer *)parent->of)->count * readers_count(v, parent);
}

static bool place_row(const struct view *v, struct row *row)
{
    size_t readers = readers_count(v, row->parent);
    row->condition = offer_of(row)->conditions[row->i / readers];
    row->reader = row->i % readers;
    row->of = condition_at(v, row, row->i / readers);
    return true;
}

const struct table table_positions = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = place_columns,
    .count = places_count,
    .row = place_row,
};

/* The widest run of heights at which a handset fails. */
static bool is_silent(const struct view *v, const struct row *row, double *from_mm, double *to_mm)
{
    const struct position_offer *o = offer_of(row);
    return o->has_heights && positions_silent(v->report->findings, o, row->pair, row->reader, from_mm, to_mm);
}

static void silent(struct entry *x)
{
    double from, to;
    if (is_silent(x->view, x->row, &from, &to))
        ENTRY_FILL(x, WORD_FROM_TO_MM, number_real(from).text, number_real(to).text);
    else
        entry_absent(x, offer_of(x->row)->has_heights ? WORD_SILENT_NONE : WORD_HEIGHTS_NONE, NULL);
}

static const struct column handset_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_V_COMPATIBLE, VALUE_COUNT, COUNT(works) },
    { NULL, WORD_V_INCOMPATIBLE, VALUE_COUNT, COUNT(fails) },
    { NULL, WORD_V_UNDECIDED, VALUE_COUNT, COUNT(open) },
    { NULL, WORD_DEAD_ZONE, VALUE_TEXT, silent },
    { 0 },
};

static size_t handsets_count(const struct view *v, const struct row *parent)
{
    return pairs_count(v, parent) * readers_count(v, parent);
}

/* Paper has the rows that say where a handset is not heard. */
static bool handset_row(const struct view *v, struct row *row)
{
    double from, to;
    row->pair = row->i / readers_count(v, row->parent);
    row->reader = row->i % readers_count(v, row->parent);
    return v->form != FORM_PAPER || counts_of(v->report->findings, row).fails > 0 ||
           is_silent(v, row, &from, &to);
}

const struct table table_position_handsets = {
    .caption = WORD_POSITIONS_HANDSETS,
    .fold = FOLD_CLOSED,
    .columns = handset_columns,
    .count = handsets_count,
    .row = handset_row,
    .most_on_paper = ROWS_ON_PAPER,
};

/* ---- behind the plot of heights, of a reader: those at which a handset is what, in millimetres ---- */

static void heights(struct entry *x)
{
    const struct position_offer *o = offer_of(x->row);
    struct buf b;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < o->count; i++) {
        const struct survey_condition *c = condition_at(x->view, x->row, i);
        enum position_state state = positions_state(x->f, x->row->pair, x->row->reader, o->conditions[i]);
        if (!positions_over_centre(c) || state != (enum position_state)x->column->at)
            continue;
        buf_add_text(&b, b.length > 0 ? word_text(WORD_LIST_SEPARATOR, x->view->language) : "");
        buf_add_text(&b, number_real(c->z_mm).text);
    }
    entry_buf(x, &b);
}

static const struct column height_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_V_COMPATIBLE, VALUE_TEXT, heights, .at = POSITION_WORKS },
    { NULL, WORD_V_INCOMPATIBLE, VALUE_TEXT, heights, .at = POSITION_FAILS },
    { NULL, WORD_V_UNDECIDED, VALUE_TEXT, heights, .at = POSITION_OPEN },
    { 0 },
};

const struct table table_heights = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = height_columns,
    .count = pairs_count,
    .row = pairs_row,
};

/* ---- what the criteria's rules of position make of it, on each reader: a row is about a struct assess_place ---- */

static bool is_asked(const struct view *v, enum clause clause)
{
    return clause_is_used(v->report->assessment->criteria, clause);
}

static void points(struct entry *x)
{
    const unsigned *count = entry_member(x);
    if (is_asked(x->view, CLAUSE_FIVE_POINTS))
        entry_number(x, *count);
}

static bool has_heights(const struct entry *x)
{
    const struct assess_place *p = x->row->of;
    return is_asked(x->view, CLAUSE_HEIGHT) && p->heights > 0;
}

static void heights_silent(struct entry *x)
{
    const struct assess_place *p = x->row->of;
    if (!has_heights(x))
        return;
    if (isnan(p->silent_from_mm))
        entry_absent(x, WORD_SILENT_NONE, NULL);
    else
        ENTRY_FILL(x, WORD_FROM_TO_MM, number_real(p->silent_from_mm).text,
                   number_real(p->silent_to_mm).text);
}

#define PLACE(member) .at = offsetof(struct assess_place, member), .absent = WORD_NOT_KNOWN

/* Not drawn where the criteria ask for no heights. */
static size_t asked_for_heights(const struct view *v, const struct row *parent)
{
    (void)parent;
    return is_asked(v, CLAUSE_HEIGHT) ? 1 : 0;
}

static struct phrase silent_header(const struct view *v, size_t k)
{
    (void)k;
    return phrase_cut(word_text(WORD_C_SILENT_SHOWN, v->language));
}

static struct phrase possible_header(const struct view *v, size_t k)
{
    (void)k;
    return phrase_cut(word_text(WORD_C_SILENT_POSSIBLE, v->language));
}

static const struct axis axis_silent = { .count = asked_for_heights, .name = silent_header };
static const struct axis axis_possible = { .count = asked_for_heights, .name = possible_header };

static const struct column rule_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_POINTS_SILENT, VALUE_COUNT, points, PLACE(silent) },
    { NULL, WORD_C_POINTS_OPEN, VALUE_COUNT, points, PLACE(open) },
    { NULL, WORD_C_POINTS_ANSWER, VALUE_COUNT, points, PLACE(answers) },
    { NULL, WORD_C_SILENT_SHOWN, VALUE_TEXT, heights_silent, .absent = WORD_NOT_KNOWN, .axis = &axis_silent },
    { NULL, WORD_C_SILENT_POSSIBLE, VALUE_REAL, MEMBER(struct assess_place, possible_mm), .when = has_heights,
      .absent = WORD_NOT_KNOWN, .axis = &axis_possible },
    { 0 },
};

static size_t places_of_pairs(const struct view *v, const struct row *parent)
{
    return pairs_count(v, parent) * readers_count(v, parent);
}

static bool rule_row(const struct view *v, struct row *row)
{
    const struct assessment *a = v->report->assessment;
    row->pair = row->i / readers_count(v, row->parent);
    row->reader = row->i % readers_count(v, row->parent);
    row->of = assess_place(a, row->pair, row->reader);
    return a->scope >> row->reader & 1;
}

static bool has_rules(const struct view *v, const struct row *parent)
{
    const struct assessment *a = v->report->assessment;
    (void)parent;
    return a &&
           (clause_is_used(a->criteria, CLAUSE_FIVE_POINTS) || clause_is_used(a->criteria, CLAUSE_HEIGHT));
}

const struct table table_position_rules = {
    .caption = WORD_POSITION_RULES,
    .columns = rule_columns,
    .fold = FOLD_CLOSED,
    .there = has_rules,
    .count = places_of_pairs,
    .row = rule_row,
    .most_on_paper = ROWS_ON_PAPER,
};
