/* Getters of what rows are about, for the columns of any table. */
#include "reports/tables/names.h"
#include "reports/tables/table.h"

#include <math.h>
#include <string.h>

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

void row_sim(struct entry *x)
{
    entry_text(x, name_sim(x->f, x->row->pair));
}

void row_reader(struct entry *x)
{
    entry_text(x, x->f->survey->readers[x->row->reader].unit);
}

void row_reader_model(struct entry *x)
{
    entry_phrase(x, name_reader(x->f, x->row->reader));
}

void row_reader_if_other(struct entry *x)
{
    struct phrase label = name_reader(x->f, x->row->reader);
    if (strcmp(label.text, x->f->survey->readers[x->row->reader].unit) != 0)
        entry_phrase(x, label);
}

void row_condition(struct entry *x)
{
    entry_text(x, name_condition(x->f, x->row->condition));
}

void row_script(struct entry *x)
{
    entry_text(x, name_script(x->f, x->row->script));
}

void row_cell(struct entry *x)
{
    if (x->row->cell != SIZE_MAX)
        entry_number(x, x->row->cell);
}

const void *entry_member(const struct entry *x)
{
    return (const char *)x->row->of + x->column->at;
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
    if (x->value.kind == VALUE_NONE)
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

void member_said(struct entry *x)
{
    entry_said(x, *(const struct said *const *)entry_member(x));
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

void row_take_cell(const struct view *v, struct row *row, size_t cell)
{
    const struct findings_cell *c = &v->report->findings->cells[cell];
    row->cell = cell;
    row->of = c;
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

static struct phrase reader_unit(const struct view *v, size_t k)
{
    return phrase_cut(v->report->findings->survey->readers[k].unit);
}

const struct axis axis_readers = { readers_count, reader_unit };

static size_t causes_count(const struct view *v, const struct row *parent)
{
    (void)v, (void)parent;
    return CAUSE_COUNT;
}

static const char *cause_id(size_t k)
{
    static const char *const ids[CAUSE_COUNT] = {
        "F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11",
        "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22",
        "F23", "F24", "F25", "F26", "F27", "F28", "F29", "F30", "F31",
    };
    return ids[k];
}

static struct phrase cause_number(const struct view *v, size_t k)
{
    (void)v;
    return phrase_cut(cause_id(k));
}

const struct axis axis_causes = { causes_count, cause_number, cause_id };

bool run_row(const struct view *v, struct row *row)
{
    row->of = v->report->findings;
    return true;
}
