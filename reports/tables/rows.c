/* Getters of what rows are about, for the columns of any table. */
#include "reports/tables/names.h"
#include "reports/tables/table.h"

#include <math.h>
#include <string.h>

void column_word(struct entry *x)
{
    entry_word(x, (enum word)x->column->at, NULL);
}

void row_number(struct entry *x)
{
    entry_number(x, x->row->i);
}

void row_handset(struct entry *x)
{
    entry_text(x, x->f->survey->pairs[x->row->pair].unit);
}

void row_handset_model(struct entry *x)
{
    entry_phrase(x, name_handset(x->f, x->row->pair));
}

/* Programs and who types a command go by ids, people by titles. */
static bool is_by_id(const struct entry *x)
{
    return (x->view->form & (FORM_YAML | FORM_CSV | FORM_TEXT)) != 0;
}

void row_sim(struct entry *x)
{
    if (is_by_id(x))
        entry_text(x, x->f->survey->sims[x->f->survey->pairs[x->row->pair].sim].id);
    else
        entry_text(x, name_sim(x->f, x->row->pair, x->view->language));
}

void row_reader(struct entry *x)
{
    if (x->row->reader != SIZE_MAX)
        entry_text(x, x->f->survey->readers[x->row->reader].unit);
}

void row_reader_model(struct entry *x)
{
    entry_phrase(x, name_reader(x->f, x->row->reader));
}

void row_reader_if_other(struct entry *x)
{
    if (x->row->reader == SIZE_MAX)
        return;
    struct phrase label = name_reader(x->f, x->row->reader);
    if (strcmp(label.text, x->f->survey->readers[x->row->reader].unit) != 0)
        entry_phrase(x, label);
}

void row_recommendation(struct entry *x)
{
    if (x->view->report->assessment)
        entry_number(x, x->view->report->assessment->pairs[x->row->pair].recommendation);
}

void row_condition(struct entry *x)
{
    if (x->row->condition == SIZE_MAX)
        return;
    if (is_by_id(x))
        entry_text(x, x->f->survey->conditions[x->row->condition].id);
    else
        entry_phrase(x, name_condition(x->f, x->row->condition, x->view->language));
}

void row_script(struct entry *x)
{
    if (x->row->script == SIZE_MAX)
        return;
    entry_text(x, is_by_id(x) ? survey_script_loaded(x->f->survey, x->row->script)->id
                              : name_script(x->f, x->row->script, x->view->language));
}

void row_survey(struct entry *x)
{
    entry_text(x, x->f->survey->id);
}

void row_origin(struct entry *x)
{
    entry_word(x, word_origin(x->f), x->f->simulated ? "true" : x->f->unproven ? "unproven" : "false");
}

void entry_damaged_lines(struct entry *x, const struct findings *f)
{
    if (f->faults.count > 0)
        entry_format(x, "%s", faults_lines(&f->faults).text);
}

void row_damaged_lines(struct entry *x)
{
    entry_damaged_lines(x, x->f);
}

void row_changes(struct entry *x)
{
    struct buf changes;
    buf_init(&changes, 1u << 16);
    name_add_changes(&changes, x->f, x->view->language);
    if (changes.length > 0)
        entry_buf(x, &changes);
    buf_free(&changes);
}

void entry_open_since(struct entry *x, const struct findings *f)
{
    if (!f->journal.closed)
        entry_text(x, f->journal.last);
}

void row_open_since(struct entry *x)
{
    entry_open_since(x, x->f);
}

void row_simulated_sign(struct entry *x)
{
    if (!x->f->simulated)
        return;
    entry_said(x, x->f->simulated_sign);
    x->value.note = x->value.kind ? NULL : "";
}

void column_text(struct entry *x)
{
    entry_text(x, x->column->note);
    x->value.note = NULL;
}

void row_cell(struct entry *x)
{
    if (x->row->cell != SIZE_MAX)
        entry_number(x, x->row->cell);
}

void hash_of_journal(struct entry *x)
{
    entry_text(x, x->f->sha256);
    x->value.class = "hash";
}

void hash_of_criteria(struct entry *x)
{
    const char *sha256 = x->view->report->criteria_sha256;
    entry_text(x, sha256);
    x->value.class = sha256 ? "hash" : NULL;
}

bool when_judged(const struct entry *x)
{
    return x->view->report->assessment != NULL;
}

bool when_placed(const struct entry *x)
{
    const struct findings_cell *c = x->row->cell != SIZE_MAX ? &x->f->cells[x->row->cell] : NULL;
    return c && c->n + c->s > 0;
}

bool when_bracketed(const struct entry *x)
{
    return x->f->scheme.rules != RULES_OF_0_4;
}

const void *entry_member(const struct entry *x)
{
    const void *base = x->row->of;
    switch (x->column->about) {
    case ABOUT_ROW:
        break;
    case ABOUT_RUN:
        base = x->f;
        break;
    case ABOUT_SURVEY:
        base = x->f->survey;
        break;
    case ABOUT_CELL:
        base = &x->f->cells[x->row->cell];
        break;
    case ABOUT_PAIR:
        base = &x->f->pairs[x->row->pair];
    }
    return (const char *)base + x->column->at;
}

void member_u64(struct entry *x)
{
    entry_number(x, *(const uint64_t *)entry_member(x));
}

void member_u32(struct entry *x)
{
    entry_number(x, *(const uint32_t *)entry_member(x));
}

void member_real(struct entry *x)
{
    double real = *(const double *)entry_member(x);
    entry_real(x, isfinite(real) ? real : NAN);
    if (x->value.kind == VALUE_NONE && !x->value.note)
        x->value.note = "";
}

void member_bool(struct entry *x)
{
    entry_number(x, *(const bool *)entry_member(x));
}

void member_text(struct entry *x)
{
    entry_text(x, *(const char *const *)entry_member(x));
}

void member_text_or_null(struct entry *x)
{
    member_text(x);
    if (x->value.kind == VALUE_NONE)
        x->value.note = "";
}

void member_said(struct entry *x)
{
    entry_said(x, *(const struct said *const *)entry_member(x));
}

void member_chars(struct entry *x)
{
    entry_text(x, entry_member(x));
}

void member_bounds(struct entry *x)
{
    const double *bounds = entry_member(x);
    entry_bounds(x, bounds[0], bounds[1]);
}

void member_quantile(struct entry *x)
{
    entry_quantile(x, entry_member(x));
}

void member_clustered(struct entry *x)
{
    const struct findings_clustered *q = entry_member(x);
    entry_quantile(x, &q->at);
    x->value.real = q->n_effective;
}

void axis_u64(struct entry *x)
{
    entry_number(x, ((const uint64_t *)entry_member(x))[x->row->k]);
}

void axis_u32(struct entry *x)
{
    entry_number(x, ((const uint32_t *)entry_member(x))[x->row->k]);
}

void row_take_cell(const struct view *v, struct row *row, size_t cell)
{
    row_name_cell(v, row, cell);
    row->of = &v->report->findings->cells[cell];
}

void row_name_cell(const struct view *v, struct row *row, size_t cell)
{
    const struct findings_cell *c = &v->report->findings->cells[cell];
    row->cell = cell;
    row->pair = c->pair;
    row->reader = c->reader;
    row->condition = c->condition;
    row->script = c->script;
}

size_t readers_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->survey->reader_count;
}

bool readers_row(const struct view *v, struct row *row)
{
    row->reader = row->i;
    row->of = &v->report->findings->readers[row->i];
    return true;
}

size_t scripts_by_readers_count(const struct view *v, const struct row *parent)
{
    const struct survey *s = v->report->findings->survey;
    (void)parent;
    return s->script_count * s->reader_count;
}

bool scripts_by_readers_row(const struct view *v, struct row *row)
{
    const struct findings *f = v->report->findings;
    row->script = row->i / f->survey->reader_count;
    row->reader = row->i % f->survey->reader_count;
    row->of = &f->readers[row->reader].scripts[row->script];
    return true;
}

size_t pairs_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->survey->pair_count;
}

bool pairs_row(const struct view *v, struct row *row)
{
    row->pair = row->i;
    row->of = &v->report->findings->pairs[row->i];
    return true;
}

bool judged_pairs_row(const struct view *v, struct row *row)
{
    row->pair = row->i;
    row->of = &v->report->assessment->pairs[row->i];
    return true;
}

static struct phrase reader_unit(const struct view *v, size_t k)
{
    return phrase_cut(v->report->findings->survey->readers[k].unit);
}

const struct axis axis_readers = { .count = readers_count, .name = reader_unit };

static struct phrase reader_model(const struct view *v, size_t k)
{
    struct phrase label = name_reader(v->report->findings, k);
    bool says_more = strcmp(label.text, v->report->findings->survey->readers[k].unit) != 0;
    return v->form == FORM_SCREEN && says_more ? label : (struct phrase) { "" };
}

const struct axis axis_reader_models = { .count = readers_count, .name = reader_unit, .under = reader_model };

static const char *cause_id(size_t k)
{
    return cause_row((unsigned)k + 1)->code;
}

static struct phrase cause_number(const struct view *v, size_t k)
{
    (void)v;
    return phrase_cut(cause_id(k));
}

const struct axis axis_causes = { .copies = CAUSE_COUNT, .name = cause_number, .id = cause_id };

static const char *recommendation_id(size_t k)
{
    return recommendation_name((enum recommendation)(k + 1));
}

/* Short on a page, whose tables stand beside each other. */
static struct phrase recommendation_header(const struct view *v, size_t k)
{
    static const enum word on_page[] = { WORD_B_R, WORD_B_C, WORD_B_N, WORD_B_O };
    enum word whole = word_recommendation((enum recommendation)(k + 1));
    return phrase_cut(word_text(v->form & FORM_PAGE ? on_page[k] : whole, v->language));
}

const struct axis axis_recommendations = { .copies = RECOMMENDATION_COUNT - 1,
                                           .name = recommendation_header,
                                           .id = recommendation_id };
