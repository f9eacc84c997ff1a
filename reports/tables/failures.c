/* Failures by stage and set of candidate causes. A set is shown as a set: its members are alternatives. */
#include "harness/findings/tally.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

static const struct findings_failure *failure_of(const struct row *row)
{
    return row->of;
}

static void stage(struct entry *x)
{
    entry_word(x, word_stage(failure_of(x->row)->stage), NULL);
}

static void outcome(struct entry *x)
{
    entry_word(x, word_outcome(failure_of(x->row)->outcome), NULL);
}

static void set(struct entry *x)
{
    struct buf b;
    buf_init(&b, 4096);
    causes_add_set(&b, failure_of(x->row)->causes);
    entry_buf(x, &b);
}

static void depth(struct entry *x)
{
    entry_text(x, name_depth(failure_of(x->row)->depth));
}

static void by_reader(struct entry *x)
{
    uint64_t count = failure_of(x->row)->by_reader[x->row->k];
    entry_number(x, count);
    x->value.class = count == 0 ? "zero" : NULL;
}

/* ---- what the crossed design says about the cells that failed in this way ---- */

static uint64_t cells_answered(const struct view *v, const struct row *row)
{
    return causes_answers(v->report->causes, failure_of(row->parent)).of[row->i];
}

static void answer(struct entry *x)
{
    static const enum word words[] = {
        [ATTRIBUTION_NONE] = WORD_ANSWER_NONE,     [ATTRIBUTION_HANDSET] = WORD_ANSWER_HANDSET,
        [ATTRIBUTION_READER] = WORD_ANSWER_READER, [ATTRIBUTION_COMBINATION] = WORD_ANSWER_COMBINATION,
        [ATTRIBUTION_OPEN] = WORD_ANSWER_OPEN,     [ATTRIBUTION_NOT_PURSUED] = WORD_ANSWER_NOT_PURSUED
    };
    ENTRY_FILL(x, words[x->row->i], number_count(cells_answered(x->view, x->row)).text);
}

static bool answer_row(const struct view *v, struct row *row)
{
    return cells_answered(v, row) > 0;
}

static const struct column answer_columns[] = { { NULL, WORD_NONE, VALUE_TEXT, answer }, { 0 } };

static const struct table answers = { .columns = answer_columns,
                                      .rows = ATTRIBUTION_COUNT,
                                      .row = answer_row };

#define CODE .get = member_chars, .at = offsetof(struct findings_failure, native)
#define ALL  .class = "total", MEMBER(struct findings_failure, count)

static const struct column failure_columns[] = {
    { NULL, WORD_C_STAGE, VALUE_WORD, stage, .width = 12 },
    { NULL, WORD_C_OUTCOME, VALUE_WORD, outcome, .width = 10 },
    { NULL, WORD_SH_SET, VALUE_TEXT, set, FORM_SHEET, .width = 18 },
    { NULL, WORD_C_CAUSES, VALUE_CAUSES, MEMBER(struct findings_failure, causes) },
    { NULL, WORD_C_DEPTH, VALUE_TEXT, depth, .width = 10 },
    { NULL, WORD_SH_CODE, VALUE_TEXT, .where = FORM_SHEET, CODE, .width = 26 },
    { NULL, WORD_SH_CODE, VALUE_TEXT, .where = FORM_PAGE, CODE, .place = PLACE_UNDER },
    { NULL, WORD_C_ALL, VALUE_COUNT, .where = FORM_PAGE, ALL },
    { NULL, WORD_SH_ALL_TRANSACTIONS, VALUE_COUNT, .where = FORM_SHEET, ALL, .width = 14 },
    { NULL, WORD_NONE, VALUE_COUNT, by_reader, .axis = &axis_readers, .width = 14 },
    { NULL, WORD_C_CARD_OR_READER, .where = FORM_PAGE, .child = &answers },
    { NULL, WORD_C_EXAMPLE, VALUE_NAME, MEMBER(struct findings_failure, example), .width = 14 },
    { 0 },
};

const struct table table_failures = {
    .caption = WORD_FAILURES_CAPTION,
    .class = "causes",
    .frozen = 1,
    .columns = failure_columns,
    .array = ARRAY(struct findings, failures, failure_count),
};

/* ---- behind the plot: failed transactions of each reader by the stage at which they ended ---- */

static size_t stages_count(const struct view *v, const struct row *parent)
{
    size_t count = 0;
    (void)parent;
    for (int i = STAGE_NONE; i < STAGE_COUNT; i++)
        count += tally_has_stage(v->report->findings, (enum stage)i);
    return count;
}

static enum stage stage_seen(const struct view *v, size_t k)
{
    int at = STAGE_NONE;
    while (!tally_has_stage(v->report->findings, (enum stage)at) || k-- > 0)
        at++;
    return (enum stage)at;
}

static struct phrase stage_header(const struct view *v, size_t k)
{
    return phrase_cut(word_text(word_stage(stage_seen(v, k)), v->language));
}

static const struct axis axis_stages = { .count = stages_count, .name = stage_header };

static void at_stage(struct entry *x)
{
    const struct findings_reader *r = x->row->of;
    entry_number(x, r->failures_by_stage[stage_seen(x->view, x->row->k)]);
}

static const struct column stage_columns[] = {
    { NULL, WORD_C_READER, VALUE_TEXT, row_reader },
    { NULL, WORD_NONE, VALUE_COUNT, at_stage, .axis = &axis_stages },
    { 0 },
};

static bool any_stage(const struct view *v, const struct row *parent)
{
    return stages_count(v, parent) > 0;
}

const struct table table_stages = {
    .caption = WORD_PLOT_NUMBERS,
    .fold = FOLD_NUMBERS,
    .columns = stage_columns,
    .there = any_stage,
    .count = readers_count,
    .row = readers_row,
};
