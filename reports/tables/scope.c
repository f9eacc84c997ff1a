/*
 * The scope of a result: which models and units were tested, in how many sessions, and what that leaves
 * unsaid. Nothing statistical carries a verdict from one unit of a model to its others, or to a model that
 * was not tested.
 */
#include "harness/base/decimal.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pair was tested when a placement of it counts. */
static bool is_tested(const struct findings *f, size_t pair)
{
    size_t cells = f->survey->pair_count ? f->cell_count / f->survey->pair_count : 0;
    for (size_t i = 0; i < cells; i++)
        if (f->cells[pair * cells + i].n > 0)
            return true;
    return false;
}

/* The first tested pair of the same unit: two SIMs in one phone are one unit. */
static bool is_first_of_unit(const struct findings *f, size_t pair)
{
    const struct survey_pair *pairs = f->survey->pairs;
    for (size_t i = 0; i < pair; i++)
        if (strcmp(pairs[i].unit, pairs[pair].unit) == 0 && is_tested(f, i))
            return false;
    return true;
}

static unsigned units_of_model(const struct findings *f, size_t model)
{
    unsigned units = 0;
    for (size_t i = 0; i < f->survey->pair_count; i++)
        units += f->survey->pairs[i].handset == model && is_tested(f, i) && is_first_of_unit(f, i);
    return units;
}

/* ---- handset models of which a unit was tested ---- */

static const struct handset_profile *model_of(const struct entry *x)
{
    return x->row->of;
}

static unsigned units_of(const struct entry *x)
{
    return units_of_model(x->f, x->row->i);
}

static void units(struct entry *x)
{
    entry_number(x, units_of(x));
}

static void share(struct entry *x)
{
    entry_real(x, model_of(x)->share > 0.0 ? model_of(x)->share : NAN);
}

static void holds_for(struct entry *x)
{
    entry_text(x, units_of(x) == 1 ? "this unit" : "these units");
}

static const struct column model_columns[] = {
    YAML("model", TEXT, MEMBER(struct handset_profile, id)),
    YAML("units", COUNT, .get = units),
    YAML("share", REAL, .get = share, .note = ""),
    YAML("holds_for", TEXT, .get = holds_for),
    { 0 },
};

static bool model_row(const struct view *v, struct row *row)
{
    return units_of_model(v->report->findings, row->i) > 0;
}

static const struct table models = {
    .id = "models",
    .flow = true,
    .columns = model_columns,
    .array = ARRAY(struct survey, handset_profiles, handset_profile_count),
    .row = model_row,
};

/* ---- reader models: an emulated reader is its unit, never the model whose descriptor it wears ---- */

static void reader_units(struct entry *x)
{
    const struct survey *s = x->f->survey;
    size_t count = 0;
    for (size_t i = 0; i < s->reader_count; i++)
        count += s->readers[i].profile == s->readers[x->row->reader].profile;
    entry_number(x, count);
}

static const struct column reader_columns[] = {
    YAML("model", TEXT, .get = row_reader_model),
    YAML("units", COUNT, .get = reader_units),
    { 0 },
};

static bool first_of_model(const struct view *v, struct row *row)
{
    const struct survey_reader *readers = v->report->findings->survey->readers;
    row->reader = row->i;
    for (size_t i = 0; i < row->i; i++)
        if (readers[i].profile == readers[row->i].profile)
            return false;
    return true;
}

static const struct table readers = {
    .id = "readers", .flow = true, .columns = reader_columns, .count = readers_count, .row = first_of_model
};

/* ---- the whole ---- */

static void models_tested(struct entry *x)
{
    size_t count = 0;
    for (size_t i = 0; i < x->f->survey->handset_profile_count; i++)
        count += units_of_model(x->f, i) > 0;
    entry_number(x, count);
}

static void units_tested(struct entry *x)
{
    size_t count = 0;
    for (size_t i = 0; i < x->f->survey->handset_profile_count; i++)
        count += units_of_model(x->f, i);
    entry_number(x, count);
}

static void sessions_run(struct entry *x)
{
    unsigned seen = 0;
    for (size_t i = 0; i < x->f->cell_count; i++)
        seen |= x->f->cells[i].judged.sessions;
    entry_number(x, (unsigned)__builtin_popcount(seen));
}

static void untested_share(struct entry *x)
{
    const struct survey *s = x->f->survey;
    unsigned known = 0;
    double tested = 0.0;
    char digits[DECIMAL_SIZE];
    for (size_t i = 0; i < s->handset_profile_count; i++)
        if (s->handset_profiles[i].share > 0.0 && units_of_model(x->f, i) > 0) {
            known++;
            tested += s->handset_profiles[i].share;
        }
    if (known == 0) {
        entry_absent(x, WORD_NONE, "no share is known of any model tested");
        return;
    }
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "of the market; known of %u of the models tested",
             known);
    x->value.note = x->value.hold.text;
    entry_real(x, strtod(decimal_places(digits, tested < 1.0 ? 1.0 - tested : 0.0, 6), NULL));
}

static const struct column scope_columns[] = {
    YAML("models_tested", COUNT, .get = models_tested),
    YAML("units_tested", COUNT, .get = units_tested),
    YAML("sessions_run", COUNT, .get = sessions_run),
    YAML("sessions_planned", COUNT, MEMBER_OF_RUN(sessions)),
    YAML("untested_share", REAL, .get = untested_share),
    { .child = &models },
    { .child = &readers },
    YAML("says", TEXT, .get = column_text,
         .note = "how these units did on these readers, in the conditions and sessions that were run"),
    YAML("does_not_say", TEXT, .get = column_text,
         .note = "how other units of the same models, models that were not tested, or other readers do"),
    { 0 },
};

static bool scope_row(const struct view *v, struct row *row)
{
    row->of = v->report->findings->survey;
    return true;
}

const struct table table_scope = {
    .id = "scope", .look = LOOK_RECORD, .columns = scope_columns, .row = scope_row
};
