/*
 * Every cell: what of it is in the spreadsheet and in CSV, on the page, and in summary.yaml, each in an order of its own.
 * `where` says in which. A column of summary.yaml more, and `verify` refuses the runs that were summed up before.
 */
#include "harness/clauses/need.h"
#include "harness/findings/tally.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/tables/why_sentences.h"

#include <stdio.h>

/* As markup, for browsers without script; with it all come from the data block. */
#define CELLS_ON_SCREEN 5000

static const struct findings_cell *cell_of(const struct entry *x)
{
    return x->row->of;
}

/* ---- names ---- */

static void power_mode(struct entry *x)
{
    enum power_mode mode = x->f->survey->conditions[cell_of(x)->condition].power_mode;
    entry_word(x, word_power(mode), power_mode_name(mode));
}

static void need(struct entry *x)
{
    const struct findings_cell *cell = cell_of(x);
    switch (need_of(x->view->report->criteria, x->f->survey, cell->condition, cell->script)) {
    case NEED_REQUIRED:
        entry_word(x, WORD_SH_REQUIRED, "required");
        break;
    case NEED_CONDITIONAL:
        entry_word(x, WORD_SH_NEED_CONDITIONAL, "conditional");
        break;
    case NEED_NONE:
        break;
    }
}

static void why_not(struct entry *x)
{
    char **reasons = x->f->survey->excluded_reason;
    entry_text(x, reasons ? reasons[x->row->cell] : NULL);
    x->value.number = x->row->cell;
}

/* Nothing new is a sign, not the same word again. */
static void other_verdict(struct entry *x)
{
    enum verdict other = *(const enum verdict *)entry_member(x);
    if (other == cell_of(x)->verdict)
        entry_word(x, WORD_SAME, NULL);
    else
        entry_word(x, word_verdict(other), NULL);
}

static void ok_of(struct entry *x)
{
    entry_number(x, cell_of(x)->ok);
    x->value.of = tally_transactions(cell_of(x));
}

/* ---- causes ---- */

static void candidates(struct entry *x)
{
    const struct causes_cell *causes = x->view->report->causes->cells[x->row->cell];
    struct buf b;
    if (!causes)
        return;
    buf_init(&b, 4096);
    causes_add_set(&b, causes->narrowed);
    entry_buf(x, &b);
}

static void card_or_reader(struct entry *x)
{
    static const enum word words[] = {
        [ATTRIBUTION_NONE] = WORD_NONE,       [ATTRIBUTION_HANDSET] = WORD_C_HANDSET,
        [ATTRIBUTION_READER] = WORD_C_READER, [ATTRIBUTION_COMBINATION] = WORD_SH_TOGETHER,
        [ATTRIBUTION_OPEN] = WORD_SH_OPEN,
    };
    const struct causes_cell *causes = x->view->report->causes->cells[x->row->cell];
    if (causes && attribution_name(causes->attribution.answer)[0])
        entry_word(x, words[causes->attribution.answer], attribution_name(causes->attribution.answer));
}

/* ---- as summary.yaml has it ---- */

static void plain_reader_label(struct entry *x)
{
    char label[sizeof x->value.hold.text];
    survey_reader_label(x->f->survey, x->row->reader, label, sizeof label);
    entry_phrase(x, phrase_cut(label));
}

static bool has_failed(const struct view *v, const struct row *row)
{
    return tally_failed(&v->report->findings->cells[row->cell]) > 0;
}

static const char *stage_id(size_t k)
{
    return k ? stage_name((enum stage)k) : "unknown";
}

static const struct axis stages = { .copies = STAGE_COUNT, .id = stage_id };

static const struct column stage_columns[] = {
    { "", .kind = VALUE_COUNT, AXIS_MEMBER(struct findings_cell, failures_by_stage[0]), .some = true,
      .axis = &stages },
    { 0 },
};

static const struct table failures_by_stage = {
    .id = "failures_by_stage",
    .look = LOOK_RECORD,
    .columns = stage_columns,
    .there = has_failed,
};

#define BY_CAUSE AXIS_MEMBER(struct findings_cell, failures_by_cause[1]), .axis = &axis_causes

static const struct column cause_columns[] = {
    { "", .kind = VALUE_COUNT, BY_CAUSE, .some = true },
    { 0 },
};

static const struct table failures_by_cause = {
    .id = "failures_by_cause",
    .note = "candidates: a transaction counts for each of its set",
    .look = LOOK_RECORD,
    .columns = cause_columns,
    .there = has_failed,
};

/* Of an incompatible cell: the attribute of its model that is shown to go with failure on its reader. */
static void goes_with(struct entry *x)
{
    const struct report *r = x->view->report;
    const struct matrix_group *g = r->matrix ? matrix_main_group(r->matrix) : NULL;
    const struct findings_cell *c = cell_of(x);
    if (!g || c->verdict != VERDICT_INCOMPATIBLE)
        return;
    const struct matrix_association *a = matrix_why(x->f, r->matrix, g, c->pair, (uint32_t)1 << c->reader);
    struct buf b;
    if (!a)
        return;
    buf_init(&b, 1u << 16);
    why_add_association(&b, r, a, x->view->language);
    entry_buf(x, &b);
}

/* ---- where a column has a value: a cell that was not in the survey has no figures ---- */

static bool is_in(const struct entry *x)
{
    return cell_of(x)->state == SURVEY_CELL_IN;
}

static bool is_out(const struct entry *x)
{
    return !is_in(x);
}

/* Of a decided cell nothing is missing; of an open one 0 says that no number would do. */
static bool is_undecided(const struct entry *x)
{
    return cell_of(x)->verdict == VERDICT_UNDECIDED;
}

static bool is_withdrawn(const struct entry *x)
{
    return cell_of(x)->withdrawn > 0;
}

#define CELL(member) MEMBER_OF_CELL(member)
#define ROWS         (FORM_SHEET | FORM_CSV)
#define ROW(id, h, kind, m, ...)                                                                             \
    {                                                                                                        \
        id, WORD_##h, VALUE_##kind, .where = ROWS, CELL(m), __VA_ARGS__                                      \
    }
#define COUNT(id, h, m) ROW(id, h, COUNT, m, .when = is_in)
#define STAGE(id, stage)                                                                                     \
    ROW("ended_at_" id, SH_ENDED_AT, COUNT, failures_by_stage[STAGE_##stage], .when = is_in,                 \
        .part = WORD_STAGE_##stage)
#define TIMES(id, m, word) ROW(id, NONE, QUANTILE, m, .part = WORD_##word)
#define MOST(id, m, word)  ROW(id, NONE, TIME, m, .some = true, .part = WORD_##word)

static const struct column columns[] = {
    /* as spreadsheet and CSV have them */
    { "simulated", WORD_SIMULATED, VALUE_WORD, row_origin, ROWS },
    { "damaged_at", WORD_DAMAGED_LINES, VALUE_TEXT, row_damaged_lines, ROWS },
    { "open_since", WORD_NONE, VALUE_TEXT, row_open_since, FORM_CSV },
    { "cell", WORD_SH_CELL, VALUE_NAME, row_number, ROWS },
    { "handset", WORD_C_HANDSET, VALUE_TEXT, row_handset, ROWS | FORM_PAGE },
    { "handset_model", WORD_SH_HANDSET_MODEL, VALUE_TEXT, row_handset_model, ROWS },
    { "sim", WORD_C_SIM, VALUE_TEXT, row_sim, ROWS | FORM_PAGE },
    { "reader", WORD_C_READER, VALUE_TEXT, row_reader, ROWS | FORM_PAGE },
    { "reader_model", WORD_SH_READER_MODEL, VALUE_TEXT, row_reader_model, ROWS },
    { "condition", WORD_C_CONDITION, VALUE_TEXT, row_condition, ROWS | FORM_PAGE },
    { "power_mode", WORD_SH_POWER_MODE, VALUE_WORD, power_mode, ROWS },
    { "script", WORD_C_SCRIPT, VALUE_TEXT, row_script, ROWS | FORM_PAGE },
    { "asked_for", WORD_SH_NEED, VALUE_WORD, need, ROWS },
    { "verdict", WORD_C_VERDICT, VALUE_VERDICT, .where = ROWS | FORM_PAGE, CELL(verdict) },
    COUNT("n", SH_N, n),
    COUNT("d", SH_D, d),
    COUNT("s", SH_S, s),
    ROW("lower", SH_LOWER, SHARE, lower, .when = when_placed, .round = DECIMAL_DOWN),
    ROW("upper", SH_UPPER, SHARE, upper, .when = when_placed, .round = DECIMAL_UP),
    ROW("more_clean_placements", SH_MORE, COUNT, missing, .when = is_undecided),
    { "why_not_run", WORD_SH_WHY_NOT, VALUE_LEFT_OUT, why_not, ROWS },
    ROW("verdict_invalid_as_dirty", SH_VERDICT_INVALID, VERDICT, verdict_invalid_as_dirty, .when = NULL),
    ROW("verdict_without_withdrawn", SH_VERDICT_WITHDRAWN, VERDICT, verdict_without_withdrawn, .when = NULL),
    COUNT("invalid_placements", SH_INVALID, invalid),
    COUNT("excluded_placements", SH_EXCLUDED, excluded),
    COUNT("aborted_placements", SH_ABORTED, aborted),
    COUNT("withdrawn_placements", SH_WITHDRAWN, withdrawn),
    COUNT("withdrawn_dirty", SH_WITHDRAWN_DIRTY, withdrawn_dirty),
    COUNT("transactions_ok", SH_OK, ok),
    COUNT("transactions_failed", SH_FAILED, fail),
    COUNT("transactions_invalid", SH_T_INVALID, invalid_transactions),
    COUNT("transactions_not_applicable", SH_T_NOT_APPLICABLE, not_applicable),
    COUNT("transactions_slow", SH_SLOW, slow),
    STAGE("setup", SETUP),
    STAGE("detect", DETECT),
    STAGE("activate", ACTIVATE),
    STAGE("route", ROUTE),
    STAGE("exchange", EXCHANGE),
    STAGE("check", CHECK),
    { "candidate_causes", WORD_C_CAUSES, VALUE_TEXT, candidates, ROWS },
    { "card_or_reader", WORD_CARD_OR_READER, VALUE_WORD, card_or_reader, ROWS },
    { "goes_with", WORD_C_GOES_WITH, VALUE_TEXT, goes_with, ROWS, .when = is_in },
    COUNT("first_n", SH_FIRST_N, first_transaction.n),
    TIMES("first_median", first_transaction.median, SH_FIRST_MEDIAN),
    TIMES("first_p90", first_transaction.p90, SH_FIRST_P90),
    MOST("first_max", first_transaction.max_us, SH_FIRST_MAX),
    COUNT("all_n", SH_ALL_N, times.n),
    COUNT("all_placements", SH_ALL_PLACEMENTS, times.placements),
    COUNT("all_over_limit", SH_ALL_OVER, times.over_limit),
    TIMES("all_median", times.median.at, SH_ALL_MEDIAN),
    TIMES("all_p90", times.p90.at, SH_ALL_P90),
    MOST("all_max", times.max_us, SH_ALL_MAX),
    { NULL, WORD_NONE, VALUE_COUNT, .where = FORM_CSV, BY_CAUSE, .when = is_in },
    /* as the page has them, behind names and verdict */
    { NULL, WORD_C_INVALID_DIRTY, VALUE_WORD, other_verdict, FORM_PAGE,
      offsetof(struct findings_cell, verdict_invalid_as_dirty) },
    { NULL, WORD_C_N, VALUE_COUNT, .where = FORM_PAGE, CELL(n) },
    { NULL, WORD_C_D, VALUE_COUNT, .where = FORM_PAGE, CELL(d) },
    { NULL, WORD_C_S, VALUE_COUNT, .where = FORM_PAGE, CELL(s) },
    { NULL, WORD_C_INVALID, VALUE_COUNT, .where = FORM_PAGE, CELL(invalid) },
    { NULL, WORD_C_ABORTED, VALUE_COUNT, .where = FORM_PAGE, CELL(aborted) },
    { NULL, WORD_C_INTERVAL, VALUE_BOUNDS, member_bounds, FORM_PAGE, offsetof(struct findings_cell, lower),
      .when = when_placed },
    { NULL, WORD_C_MISSING, VALUE_COUNT, .where = FORM_PAGE, CELL(missing), .some = true },
    { NULL, WORD_C_OK_OF, VALUE_OF, ok_of, FORM_PAGE },
    { NULL, WORD_C_MEDIAN, VALUE_QUANTILE, .where = FORM_PAGE, CELL(first_transaction.median),
      .place = PLACE_BESIDE },
    { NULL, WORD_C_P90, VALUE_QUANTILE, .where = FORM_PAGE, CELL(first_transaction.p90),
      .place = PLACE_BESIDE },
    /* as summary.yaml has it */
    YAML("cell", NAME, .get = row_number),
    YAML("reader", TEXT, .get = plain_reader_label),
    YAML("reader_unit", TEXT, .get = row_reader),
    YAML("handset", TEXT, .get = row_handset),
    YAML("sim", TEXT, .get = row_sim),
    YAML("condition", TEXT, .get = row_condition),
    YAML("script", TEXT, .get = row_script),
    YAML("n", COUNT, CELL(n)),
    YAML("d", COUNT, CELL(d)),
    YAML("s", COUNT, CELL(s), .when = when_bracketed),
    YAML("attributed", BOOL, CELL(attributed), .some = true),
    YAML("invalid", COUNT, CELL(invalid)),
    YAML("aborted", COUNT, CELL(aborted)),
    YAML("excluded", COUNT, CELL(excluded), .some = true),
    YAML("withdrawn", COUNT, CELL(withdrawn), .some = true),
    YAML("withdrawn_dirty", COUNT, CELL(withdrawn_dirty), .when = is_withdrawn),
    YAML("lower", SHARE, CELL(lower), .round = DECIMAL_DOWN),
    YAML("upper", SHARE, CELL(upper), .round = DECIMAL_UP),
    YAML("verdict", VERDICT, CELL(verdict)),
    YAML("verdict_invalid_as_dirty", VERDICT, CELL(verdict_invalid_as_dirty)),
    YAML("verdict_without_withdrawn", VERDICT, CELL(verdict_without_withdrawn)),
    YAML("missing", COUNT, CELL(missing)),
    YAML("why_not_run", LEFT_OUT, .get = why_not, .when = is_out),
    YAML("transactions.ok", COUNT, CELL(ok)),
    YAML("transactions.fail", COUNT, CELL(fail)),
    YAML("transactions.invalid", COUNT, CELL(invalid_transactions)),
    YAML("transactions.not_applicable", COUNT, CELL(not_applicable)),
    YAML("transactions.slow", COUNT, CELL(slow)),
    YAML("transactions.ratio", OF, .get = ok_of),
    { .child = &failures_by_stage },
    { .child = &failures_by_cause },
    { .child = &table_causes },
    YAML("first_transaction_us.n", COUNT, CELL(first_transaction.n), .some = true),
    YAML("first_transaction_us.median", QUANTILE, CELL(first_transaction.median)),
    YAML("first_transaction_us.p90", QUANTILE, CELL(first_transaction.p90)),
    YAML("first_transaction_us.max", TIME, CELL(first_transaction.max_us), .some = true),
    YAML("first_exchange_us.n", COUNT, CELL(first_exchange.n), .some = true),
    YAML("first_exchange_us.median", QUANTILE, CELL(first_exchange.median)),
    YAML("first_exchange_us.p90", QUANTILE, CELL(first_exchange.p90)),
    YAML("first_exchange_us.max", TIME, CELL(first_exchange.max_us), .some = true),
    { .child = &table_times_of_cell },
    { 0 },
};

static bool cell_row(const struct view *v, struct row *row)
{
    row_take_cell(v, row, row->i);
    return true;
}

const struct table table_cells = {
    .id = "cells",
    .anchor = "cells-table",
    .caption = WORD_FULL_CAPTION,
    .look = LOOK_FIGURES,
    .class = "full",
    .row_id = "cell-",
    .frozen = 3,
    .columns = columns,
    .array = ARRAY(struct findings, cells, cell_count),
    .row = cell_row,
    .most_on_screen = CELLS_ON_SCREEN,
};
