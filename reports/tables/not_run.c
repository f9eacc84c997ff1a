/* What was not run, does not count or could not be read, with the reason; and the cells that are undecided. */
#include "reports/tables/not_run.h"

#include "harness/findings/tally.h"
#include "reports/tables/names.h"
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

#include <stdlib.h>

#define CELLS_OPEN      40 /* a list this short is open */
#define CELLS_ON_SCREEN 5000

static void add_reason(struct not_run *out, struct not_run_row row)
{
    if (row.count > 0)
        out->rows[out->count++] = row;
}

bool not_run_make(const struct findings *f, struct not_run *out)
{
    const struct not_run_row others[] = {
        { WORD_NR_UNDECIDED, WORD_NR_UNDECIDED_WHY, SIZE_MAX, f->undecided },
        { WORD_NR_NOT_PURSUED,
          f->rows && !findings_is_of_list(f) ? WORD_NR_ROW_DECIDED_WHY : WORD_NR_NOT_PURSUED_WHY, SIZE_MAX,
          f->not_pursued },
        { WORD_NR_INVALID, WORD_NR_INVALID_WHY, SIZE_MAX, f->placements_invalid },
        { WORD_NR_ABORTED, WORD_NR_ABORTED_WHY, SIZE_MAX, f->placements_aborted },
        { WORD_NR_BROKEN, WORD_NR_BROKEN_WHY, SIZE_MAX, f->broken_off },
        { WORD_NR_DAMAGED, WORD_NR_DAMAGED_WHY, SIZE_MAX, f->faults.lines },
        { WORD_NR_TORN, WORD_NR_TORN_WHY, SIZE_MAX, f->torn },
    };
    const size_t other_count = sizeof others / sizeof *others;
    struct tally_reason *excluded = NULL, *not_applicable = NULL;
    size_t excluded_count = 0, not_applicable_count = 0;
    *out = (struct not_run) { 0 };
    if (tally_left_out(f, SURVEY_CELL_EXCLUDED, &excluded, &excluded_count) &&
        tally_left_out(f, SURVEY_CELL_NOT_APPLICABLE, &not_applicable, &not_applicable_count))
        out->rows = calloc(excluded_count + not_applicable_count + other_count, sizeof *out->rows);
    for (size_t i = 0; i < excluded_count && out->rows; i++)
        add_reason(out, (struct not_run_row) { WORD_NR_EXCLUDED, WORD_NO_REASON, excluded[i].cell,
                                               excluded[i].cells });
    for (size_t i = 0; i < not_applicable_count && out->rows; i++)
        add_reason(out, (struct not_run_row) { WORD_NR_NOT_APPLICABLE, WORD_NO_REASON, not_applicable[i].cell,
                                               not_applicable[i].cells });
    for (size_t i = 0; i < other_count && out->rows; i++)
        add_reason(out, others[i]);
    free(excluded);
    free(not_applicable);
    return out->rows != NULL;
}

static void what(struct entry *x)
{
    entry_word(x, ((const struct not_run_row *)x->row->of)->what, NULL);
}

static void why(struct entry *x)
{
    const struct not_run_row *row = x->row->of;
    const char *reason = row->cell == SIZE_MAX
                             ? NULL
                             : name_left_out(x->f->survey, row->cell, x->view->language, &x->value.hold);
    if (reason)
        entry_text(x, reason);
    else
        ENTRY_FILL(x, row->why, number_count(tally_others(x->f).invalid_as_dirty).text);
}

static const struct column not_run_columns[] = {
    { NULL, WORD_C_WHAT, VALUE_WORD, what },
    { NULL, WORD_C_COUNT, VALUE_COUNT, MEMBER(struct not_run_row, count) },
    { NULL, WORD_C_WHY, VALUE_LONG, why },
    { 0 },
};

const struct table table_not_run = {
    .caption = WORD_NOT_RUN_CAPTION,
    .look = LOOK_LIST,
    .columns = not_run_columns,
    .array = ARRAY(struct not_run, rows, count),
};

/* ---- undecided cells ---- */

static void evidence(struct entry *x)
{
    const struct findings_cell *c = x->row->of;
    ENTRY_FILL(x, WORD_EVIDENCE, number_count(c->d).text, number_count(c->n).text,
               name_bounds(c, 1, x->view->language).text);
}

static void needed(struct entry *x)
{
    const struct findings_cell *c = x->row->of;
    enum word word = c->verdict == VERDICT_UNDECIDED_INSTRUMENT ? WORD_NEED_INSTRUMENT
                     : c->verdict == VERDICT_REJECTED_SO_FAR    ? WORD_NEED_OTHER_SESSION
                     : c->missing > 0                           ? WORD_MORE_CLEAN
                     : c->upper <= x->f->scheme.q1              ? WORD_MORE_SESSION
                     : c->is_full                               ? WORD_NONE_LEFT
                                                                : WORD_NO_CLEAN;
    ENTRY_FILL(x, word, number_count(c->missing).text);
}

static const struct column undecided_columns[] = {
    { NULL, WORD_C_HANDSET, VALUE_TEXT, row_handset },
    { NULL, WORD_C_CELLS_ONE, VALUE_CELL, row_cell },
    { NULL, WORD_C_EVIDENCE_ONE, VALUE_TEXT, evidence },
    { NULL, WORD_C_NEEDED, VALUE_LONG, needed },
    { 0 },
};

static bool undecided_row(const struct view *v, struct row *row)
{
    row_take_cell(v, row, row->i);
    enum verdict verdict = v->report->findings->cells[row->i].verdict;
    return verdict_is_open(verdict);
}

static bool any_undecided(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->undecided > 0;
}

static struct phrase summary(const struct view *v, const struct row *parent)
{
    (void)parent;
    return PHRASE_FILL(WORD_UNDECIDED_SUMMARY, v->language,
                       number_count(v->report->findings->undecided).text);
}

const struct table table_undecided = {
    .caption = WORD_UNDECIDED_CAPTION,
    .summary_of = summary,
    .look = LOOK_LIST,
    .fold = FOLD_CLOSED,
    .open_most = CELLS_OPEN,
    .columns = undecided_columns,
    .there = any_undecided,
    .array = ARRAY(struct findings, cells, cell_count),
    .row = undecided_row,
    .most_on_screen = CELLS_ON_SCREEN,
    .most_on_paper = ROWS_ON_PAPER,
};
