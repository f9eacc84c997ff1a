/*
 * Verdicts of handsets on readers, a reader a column: in signs for an overview, each with what it rests on for a
 * condition and script, or for a handset; and in words, one row each, for a spreadsheet's filters.
 */
#include "harness/findings/tally.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"
#include "reports/words/signs.h"

#include <stdio.h>
#include <string.h>

#define SIGNS_ON_SCREEN 5000 /* cells as markup; of more, how many have each sign */
#define SIGNS_ON_PAPER  64   /* side by side in a row */

/* ---- overview: a row a handset ---- */

static void sim_if_several(struct entry *x)
{
    if (x->f->survey->sim_count > 1)
        row_sim(x);
}

bool overview_has_signs(const struct view *v)
{
    const struct findings *f = v->report->findings;
    return v->form == FORM_PAPER ? f->survey->condition_count * f->survey->reader_count <= SIGNS_ON_PAPER
                                 : f->cell_count <= SIGNS_ON_SCREEN;
}

static void signs(struct entry *x)
{
    struct tally_verdicts count;
    entry_number(x, x->row->pair);
    x->value.of = x->row->k;
    if (overview_has_signs(x->view))
        return;
    count = tally_verdicts(x->f, x->row->pair, x->row->k);
    x->value.kind = VALUE_TALLY;
    for (size_t i = 0; i < SIGNS; i++)
        x->value.lines[i] = count.of[signs_listed[i]];
}

static const struct column overview_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_C_SIM, VALUE_TEXT, sim_if_several, FORM_SCREEN, .place = PLACE_UNDER },
    { NULL, WORD_NONE, VALUE_SIGNS, signs, .axis = &axis_reader_models },
    { 0 },
};

const struct table table_overview = {
    .caption = WORD_OVERVIEW_CAPTION,
    .look = LOOK_VERDICTS,
    .class = "overview",
    .columns = overview_columns,
    .count = pairs_count,
    .row = pairs_row,
};

/* ---- each verdict: handsets x conditions x scripts, or what of them the parent leaves open ---- */

/* "[1.2, 3.4]": the caption, or the section, says that it is in percent. */
static struct phrase bounds(const struct entry *x, const struct findings_cell *c)
{
    struct phrase interval = number_interval(c->lower, c->upper, 1, x->view->language);
    interval.text[strcspn(interval.text, "]") + 1] = '\0';
    return interval;
}

static size_t cell_at(const struct view *v, const struct row *row, size_t reader)
{
    return survey_cell(v->report->findings->survey, row->pair, row->condition, reader, row->script);
}

/* Behind the sign "d/n", with suspect ones "d/n+s"; on paper with the bounds: there they may break only before the interval. */
static void verdict(struct entry *x)
{
    size_t cell = cell_at(x->view, x->row, x->row->k);
    const struct findings_cell *c = &x->f->cells[cell];
    bool on_paper = x->view->form == FORM_PAPER, is_in = c->state == SURVEY_CELL_IN;
    char *text = x->value.hold.text;
    size_t size = sizeof x->value.hold.text;
    struct phrase d = number_count(c->d), n = number_count(c->n), interval = bounds(x, c), s = { "" };
    size_t first = strcspn(interval.text, " ");
    entry_number(x, cell);
    if (c->s > 0)
        snprintf(s.text, sizeof s.text, "+%.40s", number_count(c->s).text);
    if (is_in && on_paper)
        snprintf(text, size, "%.40s/%.40s%.42s %.*s\u00a0%.40s", d.text, n.text, s.text, (int)first,
                 interval.text, interval.text + first + 1);
    else if (is_in)
        snprintf(text, size, "%.40s/%.40s%.42s", d.text, n.text, s.text);
    else
        snprintf(text, size, "%s", on_paper ? word_text(word_verdict(c->verdict), x->view->language) : "");
    x->value.text = text[0] ? text : NULL;
}

static void bounds_or_word(struct entry *x)
{
    const struct findings_cell *c = &x->f->cells[cell_at(x->view, x->row, x->row->k)];
    if (c->state == SURVEY_CELL_IN)
        entry_phrase(x, bounds(x, c));
    else
        entry_text(x, word_text(word_verdict(c->verdict), x->view->language));
}

static void condition_and_script(struct entry *x)
{
    struct buf both;
    buf_init(&both, 4096);
    buf_add_format(&both, "%s · %s", name_condition(x->f, x->row->condition, x->view->language).text,
                   name_script(x->f, x->row->script, x->view->language));
    entry_buf(x, &both);
}

static const struct column verdict_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset, FORM_SCREEN | FORM_SHEET, .width = 18 },
    { NULL, WORD_C_SIM, VALUE_TEXT, sim_if_several, FORM_SCREEN, .place = PLACE_UNDER },
    { NULL, WORD_SH_HANDSET_MODEL, VALUE_TEXT, row_handset_model, FORM_SHEET, .width = 32 },
    { NULL, WORD_C_SIM, VALUE_TEXT, row_sim, FORM_SHEET },
    { NULL, WORD_C_CONDITION, VALUE_TEXT, condition_and_script, FORM_PAPER },
    { NULL, WORD_C_CONDITION, VALUE_TEXT, row_condition, FORM_SHEET },
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script, FORM_SHEET, .width = 14 },
    { NULL, WORD_NONE, VALUE_SIGN, verdict, .axis = &axis_reader_models },
    { NULL, WORD_NONE, VALUE_TEXT, bounds_or_word, FORM_SCREEN, .axis = &axis_reader_models,
      .place = PLACE_UNDER },
    { 0 },
};

static size_t verdicts_count(const struct view *v, const struct row *parent)
{
    const struct survey *s = v->report->findings->survey;
    struct row fixed = table_first(parent);
    return (fixed.pair == SIZE_MAX ? s->pair_count : 1) *
           (fixed.condition == SIZE_MAX ? s->condition_count : 1) *
           (fixed.script == SIZE_MAX ? s->script_count : 1);
}

static size_t take(size_t *at, size_t count)
{
    size_t which = *at % count;
    *at /= count;
    return which;
}

bool verdicts_are_cut(const struct view *v)
{
    return v->form == FORM_PAPER && verdicts_count(v, NULL) > VERDICTS_ON_PAPER;
}

static bool is_telling(const struct view *v, const struct row *row)
{
    const struct findings *f = v->report->findings;
    for (size_t reader = 0; reader < f->survey->reader_count; reader++)
        if (f->cells[cell_at(v, row, reader)].verdict != VERDICT_COMPATIBLE)
            return true;
    return false;
}

static bool verdicts_row(const struct view *v, struct row *row)
{
    const struct survey *s = v->report->findings->survey;
    size_t at = row->i;
    if (row->script == SIZE_MAX)
        row->script = take(&at, s->script_count);
    if (row->condition == SIZE_MAX)
        row->condition = take(&at, s->condition_count);
    if (row->pair == SIZE_MAX)
        row->pair = at;
    return !verdicts_are_cut(v) || is_telling(v, row);
}

/* Of the handsets in one condition and script. */
static struct phrase slice_title(const struct view *v, const struct row *parent)
{
    const struct findings *f = v->report->findings;
    if (v->form == FORM_PAPER)
        return (struct phrase) { "" };
    return PHRASE_FILL(WORD_TAB_CAPTION, v->language, name_condition(f, parent->condition, v->language).text,
                       name_script(f, parent->script, v->language));
}

const struct table table_verdicts = {
    .look = LOOK_VERDICTS,
    .frozen = 1,
    .columns = verdict_columns,
    .count = verdicts_count,
    .row = verdicts_row,
    .title = slice_title,
};

/* ---- readers: what they add up to ---- */

#define READER(m) MEMBER(struct findings_reader, m)

static const struct column reader_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_V_COMPATIBLE, VALUE_COUNT, READER(compatible) },
    { NULL, WORD_V_INCOMPATIBLE, VALUE_COUNT, READER(incompatible) },
    { NULL, WORD_V_UNDECIDED, VALUE_COUNT, READER(undecided) },
    { NULL, WORD_V_NOT_PURSUED, VALUE_COUNT, READER(not_pursued), .axis = &axis_not_pursued },
    { NULL, WORD_C_PLACEMENTS, VALUE_COUNT, READER(placements) },
    { NULL, WORD_C_INVALID_PLACEMENTS, VALUE_COUNT, READER(invalid) },
    { NULL, WORD_C_TRANSACTIONS, VALUE_COUNT, READER(transactions) },
    { NULL, WORD_C_FAILED, VALUE_COUNT, READER(failures) },
    { 0 },
};

const struct table table_readers = {
    .caption = WORD_READERS_CAPTION,
    .class = "readers",
    .columns = reader_columns,
    .count = readers_count,
    .row = readers_row,
};
