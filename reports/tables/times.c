/* How long transactions take: first ones, all of them, and the steps of a script. */
#include "harness/findings/time_budget.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define LEVELS 20 /* of a distribution in the numbers behind its plot: 5 %, 10 % .. 100 % */

/* ---- of every ok transaction: a row is about a struct findings_times_all ---- */

static double share_of(size_t at)
{
    return at == offsetof(struct findings_times_all, median) ? 0.5
           : at == offsetof(struct findings_times_all, p90)  ? 0.9
           : at == offsetof(struct findings_times_all, p95)  ? 0.95
                                                             : 0.99;
}

/* Of how many placements or sessions an interval needs, where there is none. */
static void all_quantile(struct entry *x)
{
    const struct findings_clustered *q = entry_member(x);
    double p = share_of(x->column->at);
    entry_quantile(x, &q->at);
    x->value.real = q->n_effective;
    snprintf(x->value.hold.text, sizeof x->value.hold.text,
             ": n_eff %.1f, at least %" PRIu64 " in at least %.0f %s are needed", q->n_effective,
             findings_clustered_least(p), ceil(1.0 / (1.0 - p) - 1e-9),
             q->by_session ? "sessions" : "placements");
    x->value.text = x->value.hold.text;
}

#define ALL(m)      MEMBER(struct findings_times_all, m)
#define QUANTILE(m) .get = all_quantile, .at = offsetof(struct findings_times_all, m)

/* ---- a placement's first time against the median of its others ---- */

static const struct findings_first *first_of(const struct entry *x)
{
    return x->row->of;
}

static void first_difference(struct entry *x)
{
    x->value.kind = VALUE_WORD;
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "%" PRId64, first_of(x)->difference_us);
    x->value.text = x->value.hold.text;
}

static const struct column first_columns[] = {
    YAML("slower", COUNT, MEMBER(struct findings_first, slower)),
    YAML("faster", COUNT, MEMBER(struct findings_first, faster)),
    YAML("equal", COUNT, MEMBER(struct findings_first, equal)),
    YAML("difference", WORD, .get = first_difference),
    YAML("p", P, MEMBER(struct findings_first, p)),
    { 0 },
};

static bool has_first(const struct view *v, const struct row *row)
{
    const struct findings_times_all *t = row->of;
    (void)v;
    return t->n > 0 && !isnan(t->first.p);
}

static bool has_first_exchange(const struct view *v, const struct row *row)
{
    const struct findings_times_all *t = row->of;
    (void)v;
    return t->n > 0 && !isnan(t->first_exchange.p);
}

static const struct table first_v_rest = {
    .id = "first_v_rest",
    .look = LOOK_RECORD,
    .flow = true,
    .columns = first_columns,
    .array = RECORD(struct findings_times_all, first),
    .there = has_first,
};

static const struct table first_exchange_v_rest = {
    .id = "first_exchange_v_rest",
    .look = LOOK_RECORD,
    .flow = true,
    .columns = first_columns,
    .array = RECORD(struct findings_times_all, first_exchange),
    .there = has_first_exchange,
};

/* ---- the same columns of a cell, a handset and a reader in summary.yaml ---- */

static const struct column summary_columns[] = {
    YAML("script", TEXT, .get = row_script),      YAML("n", COUNT, ALL(n)),
    YAML("placements", COUNT, ALL(placements)),   YAML("over_limit", COUNT, ALL(over_limit)),
    YAML("median", QUANTILE, QUANTILE(median)),   YAML("p90", QUANTILE, QUANTILE(p90)),
    YAML("p95", QUANTILE, QUANTILE(p95)),         YAML("p99", QUANTILE, QUANTILE(p99)),
    YAML("max", TIME, ALL(max_us), .some = true), { .child = &first_v_rest },
    { .child = &first_exchange_v_rest },          { 0 },
};

static bool cell_has_times(const struct view *v, const struct row *parent)
{
    return v->report->findings->cells[parent->cell].times.n > 0;
}

static bool cell_times(const struct view *v, struct row *row)
{
    row->of = &v->report->findings->cells[row->cell].times;
    return true;
}

static bool pair_times(const struct view *v, struct row *row)
{
    row->script = row->i;
    row->of = &v->report->findings->pairs[row->pair].times[row->i];
    return true;
}

static bool reader_times(const struct view *v, struct row *row)
{
    row->script = row->i;
    row->of = &v->report->findings->readers[row->reader].scripts[row->i].all;
    return true;
}

const struct table table_times_of_cell = {
    .id = "times",
    .look = LOOK_RECORD,
    .columns = summary_columns + 1, /* a cell has one script */
    .row = cell_times,
    .there = cell_has_times,
};

const struct table table_times_of_pair = {
    .id = "times",
    .columns = summary_columns,
    .array = ARRAY_OF_SURVEY(scripts, script_count),
    .row = pair_times,
};

const struct table table_times_of_reader = {
    .id = "times",
    .columns = summary_columns,
    .array = ARRAY_OF_SURVEY(scripts, script_count),
    .row = reader_times,
};

/* ---- of all transactions, for people: a script and reader a row; in the spreadsheet the handsets, too ---- */

static void of_what(struct entry *x)
{
    entry_word(x, x->row->pair == SIZE_MAX ? WORD_C_READER : WORD_C_HANDSET, NULL);
}

static void unit(struct entry *x)
{
    (x->row->pair == SIZE_MAX ? row_reader : row_handset)(x);
}

static void model(struct entry *x)
{
    (x->row->pair == SIZE_MAX ? row_reader_model : row_handset_model)(x);
}

static void sim(struct entry *x)
{
    if (x->row->pair != SIZE_MAX)
        row_sim(x);
}

static void limit(struct entry *x)
{
    entry_number(x, x->f->survey->scripts[x->row->script].time_limit_ms);
}

static const struct column all_columns[] = {
    { NULL, WORD_SH_OF_WHAT, VALUE_WORD, of_what, FORM_SHEET, .width = 12 },
    { NULL, WORD_C_UNIT, VALUE_TEXT, unit, FORM_SHEET, .width = 18 },
    { NULL, WORD_SH_MODEL, VALUE_TEXT, model, FORM_SHEET, .width = 32 },
    { NULL, WORD_C_SIM, VALUE_TEXT, sim, FORM_SHEET },
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script, .width = 14 },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader, FORM_PAGE },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, FORM_PAGE, .place = PLACE_UNDER },
    { NULL, WORD_C_N, VALUE_COUNT, .where = FORM_PAGE, ALL(n) },
    { NULL, WORD_C_PLACEMENTS, VALUE_COUNT, .where = FORM_PAGE, ALL(placements) },
    { NULL, WORD_SH_ALL_N, VALUE_COUNT, .where = FORM_SHEET, ALL(n), .width = 14 },
    { NULL, WORD_SH_ALL_PLACEMENTS, VALUE_COUNT, .where = FORM_SHEET, ALL(placements), .width = 14 },
    { NULL, WORD_C_MEDIAN, VALUE_QUANTILE, QUANTILE(median), .part = WORD_SH_ALL_MEDIAN },
    { NULL, WORD_C_P90, VALUE_QUANTILE, QUANTILE(p90), .part = WORD_SH_ALL_P90 },
    { NULL, WORD_NONE, VALUE_QUANTILE, .where = FORM_SHEET, QUANTILE(p95), .part = WORD_SH_ALL_P95 },
    { NULL, WORD_C_P99, VALUE_QUANTILE, QUANTILE(p99), .part = WORD_SH_ALL_P99 },
    { NULL, WORD_C_MAX, VALUE_TIME, ALL(max_us), .some = true, .part = WORD_SH_ALL_MAX },
    { NULL, WORD_SH_LIMIT, VALUE_COUNT, limit, FORM_SHEET },
    { NULL, WORD_C_OVER_LIMIT, VALUE_COUNT, .where = FORM_PAGE, ALL(over_limit) },
    { NULL, WORD_SH_ALL_OVER, VALUE_COUNT, .where = FORM_SHEET, ALL(over_limit), .width = 14 },
    { 0 },
};

static size_t all_rows(const struct view *v, const struct row *parent)
{
    const struct survey *s = v->report->findings->survey;
    (void)parent;
    return (s->reader_count + (v->form == FORM_SHEET ? s->pair_count : 0)) * s->script_count;
}

/* A spreadsheet sorts by itself; a page has the readers of a script beside each other. */
static bool all_row(const struct view *v, struct row *row)
{
    const struct survey *s = v->report->findings->survey;
    size_t which = v->form == FORM_SHEET ? row->i / s->script_count : row->i % s->reader_count, at = row->i;
    at = v->form == FORM_SHEET ? at % s->script_count : at / s->reader_count;
    row->script = at;
    if (which < s->reader_count) {
        row->reader = which;
        row->of = &v->report->findings->readers[which].scripts[at].all;
    } else {
        row->pair = which - s->reader_count;
        row->of = &v->report->findings->pairs[row->pair].times[at];
    }
    return true;
}

const struct table table_times_all = {
    .caption = WORD_TIMES_ALL_CAPTION,
    .frozen = 2,
    .columns = all_columns,
    .count = all_rows,
    .row = all_row,
};

/* ---- of first transactions: a row is about a struct findings_reader_script ---- */

#define FIRST(m) MEMBER(struct findings_reader_script, times.m)

static const struct column first_times_columns[] = {
    { NULL, WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader_if_other, .place = PLACE_UNDER },
    { NULL, WORD_C_N, VALUE_COUNT, FIRST(n) },
    { NULL, WORD_C_MEDIAN, VALUE_QUANTILE, FIRST(median) },
    { NULL, WORD_C_P90, VALUE_QUANTILE, FIRST(p90) },
    { NULL, WORD_C_MAX, VALUE_TIME, FIRST(max_us), .some = true },
    { NULL, WORD_C_LIMIT, VALUE_COUNT, limit },
    { 0 },
};

const struct table table_times_first = {
    .caption = WORD_TIMES_CAPTION,
    .columns = first_times_columns,
    .count = scripts_by_readers_count,
    .row = scripts_by_readers_row,
};

/* ---- the distribution behind a plot of a script, at twenty levels ---- */

static void step_name(struct entry *x)
{
    entry_text(x, name_step(x->f, x->row->script, x->row->step, x->view->language));
}

static bool level_of(const struct row *row, const struct view *v, struct findings_step *out)
{
    const struct findings *f = v->report->findings;
    const struct findings_reader_script *r = &f->readers[row->reader].scripts[row->script];
    struct findings_step steps[LEVELS];
    size_t level = row->i % LEVELS, count = 0;
    if (row->step != SIZE_MAX)
        count = budget_levels(&f->budget->readers[row->reader].scripts[row->script].steps[row->step], steps,
                              LEVELS);
    else if (r->first_count > 0)
        count = findings_steps(r->first_us, r->first_count, steps, LEVELS);
    if (level < count)
        *out = steps[level];
    return level < count;
}

static void level_share(struct entry *x)
{
    struct findings_step level;
    if (level_of(x->row, x->view, &level))
        entry_real(x, level.share);
}

static void level_time(struct entry *x)
{
    struct findings_step level;
    if (level_of(x->row, x->view, &level))
        entry_number(x, level.value_us);
}

static size_t levels_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->survey->reader_count * LEVELS;
}

static bool level_row(const struct view *v, struct row *row)
{
    struct findings_step level;
    row->reader = row->i / LEVELS;
    return level_of(row, v, &level);
}

static const struct column level_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_SHARE, VALUE_PERCENT, level_share },
    { NULL, WORD_C_AT_MOST_MS, VALUE_TIME, level_time },
    { 0 },
};

const struct table table_levels = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = level_columns,
    .count = levels_count,
    .row = level_row,
};

static size_t steps_of(const struct view *v, size_t script)
{
    const struct survey *s = v->report->findings->survey;
    return survey_script_loaded(s, script)->step_count;
}

static size_t step_levels_count(const struct view *v, const struct row *parent)
{
    return steps_of(v, parent->script) * levels_count(v, parent);
}

static bool step_level_row(const struct view *v, struct row *row)
{
    struct findings_step level;
    size_t readers = v->report->findings->survey->reader_count;
    row->step = row->i / LEVELS / readers;
    row->reader = row->i / LEVELS % readers;
    return level_of(row, v, &level);
}

static const struct column step_level_columns[] = {
    { NULL, WORD_C_STEP, VALUE_TEXT, step_name },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_SHARE, VALUE_PERCENT, level_share },
    { NULL, WORD_C_AT_MOST_MS, VALUE_TIME, level_time },
    { 0 },
};

const struct table table_step_levels = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = step_level_columns,
    .count = step_levels_count,
    .row = step_level_row,
};

/* ---- steps: a row is about a struct budget_times ---- */

#define STEP(m) MEMBER(struct budget_times, m)

static const struct column step_columns[] = {
    { NULL, WORD_C_STEP, VALUE_TEXT, step_name },
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_C_N, VALUE_COUNT, STEP(n) },
    { NULL, WORD_C_PLACEMENTS, VALUE_COUNT, STEP(placements) },
    { NULL, WORD_C_MEDIAN, VALUE_QUANTILE, STEP(median) },
    { NULL, WORD_C_P90, VALUE_QUANTILE, STEP(p90) },
    { NULL, WORD_C_MAX, VALUE_TIME, STEP(max_us) },
    { 0 },
};

static size_t steps_by_readers(const struct view *v, const struct row *parent)
{
    return steps_of(v, parent->script) * v->report->findings->survey->reader_count;
}

static bool step_row(const struct view *v, struct row *row)
{
    const struct findings *f = v->report->findings;
    row->step = row->i / f->survey->reader_count;
    row->reader = row->i % f->survey->reader_count;
    row->of = &f->budget->readers[row->reader].scripts[row->script].steps[row->step].times;
    return ((const struct budget_times *)row->of)->n > 0;
}

const struct table table_steps = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = step_columns,
    .count = steps_by_readers,
    .row = step_row,
};
