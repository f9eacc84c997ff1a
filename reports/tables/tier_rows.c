/* Rows of a scheme of two tiers: of each handset, condition and script, its readers together. */
#include "reports/tables/tables.h"
#include "reports/words/numbers.h"

static const struct findings_row *row_about(const struct entry *x)
{
    return x->row->of;
}

static void verdict(struct entry *x)
{
    static const enum word words[] = {
        [ROW_OPEN] = WORD_ROW_OPEN, [ROW_PASSES] = WORD_ROW_PASSES, [ROW_FAILS] = WORD_ROW_FAILS
    };
    enum row_verdict v = row_about(x)->state.verdict;
    entry_word(x, words[v], row_verdict_name(v));
}

static void without_withdrawn(struct entry *x)
{
    const struct findings_row *row = row_about(x);
    if (row->without_withdrawn.verdict != row->state.verdict)
        entry_text(x, row_verdict_name(row->without_withdrawn.verdict));
}

static bool is_of_one_reader(const struct row_state *row)
{
    return row->by == ROW_TEST_EACH || row->by == ROW_TEST_CELL;
}

static void by(struct entry *x)
{
    const struct row_state *row = &row_about(x)->state;
    if (row->verdict != ROW_PASSES)
        entry_text(x, row_test_name(row->by));
}

static void by_reader(struct entry *x)
{
    const struct row_state *row = &row_about(x)->state;
    if (row->verdict != ROW_PASSES && is_of_one_reader(row))
        entry_text(x, x->f->survey->readers[row->reader].unit);
}

/* "shown above 2 % on RW-B; whether it meets 10 %/30 % is not shown" */
static void why(struct entry *x)
{
    const struct row_state *row = &row_about(x)->state;
    const struct scheme *s = &x->f->scheme;
    enum language language = x->view->language;
    const char *reader = x->f->survey->readers[row->reader].unit;
    struct phrase mean = number_percent(s->mean, language), each = number_percent(s->q1, language);
    if (row->verdict == ROW_PASSES)
        ENTRY_FILL(x, WORD_ROW_SHOWN, mean.text, each.text);
    else if (row->by == ROW_TEST_CELL)
        ENTRY_FILL(x, WORD_ROW_ABOVE, number_percent(s->q0, language).text, reader, mean.text, each.text);
    else if (row->verdict == ROW_FAILS)
        ENTRY_FILL(x, row->by == ROW_TEST_MEAN ? WORD_ROW_NO_MEAN : WORD_ROW_NO_EACH, mean.text, reader,
                   each.text);
    else if (row->rests)
        ENTRY_FILL(x, WORD_ROW_RESTS, mean.text);
    else if (row->by == ROW_TEST_SESSIONS)
        ENTRY_FILL(x, WORD_ROW_SESSION, mean.text);
    else
        ENTRY_FILL(x, WORD_ROW_MISSING, number_count(row->missing).text);
}

static void dirty(struct entry *x)
{
    entry_number(x, row_about(x)->state.dirty);
}

static void placements(struct entry *x)
{
    entry_number(x, row_about(x)->state.placements);
}

#define STATE(member) MEMBER(struct findings_row, state.member)

static const struct column columns[] = {
    { "handset", WORD_C_HANDSET, VALUE_TEXT, row_handset },
    YAML("sim", TEXT, .get = row_sim),
    { "condition", WORD_C_CONDITION, VALUE_TEXT, row_condition },
    { "script", WORD_C_SCRIPT, VALUE_TEXT, row_script },
    { "verdict", WORD_C_VERDICT, VALUE_WORD, verdict },
    YAML("by", TEXT, .get = by),
    YAML("reader", TEXT, .get = by_reader),
    { "readers", WORD_C_ROW_READERS, VALUE_COUNT, STATE(readers) },
    { "tours", WORD_C_ROW_TOURS, VALUE_COUNT, STATE(tours) },
    { "placements", WORD_C_ROW_PLACEMENTS, VALUE_COUNT, placements },
    { "dirty", WORD_C_ROW_DIRTY, VALUE_COUNT, dirty },
    YAML("tours_missing", COUNT, STATE(missing), .some = true),
    YAML("without_withdrawn", TEXT, .get = without_withdrawn),
    { NULL, WORD_C_ROW_WHY, VALUE_LONG, why },
    { 0 },
};

static bool are_there(const struct view *v, const struct row *parent)
{
    (void)parent;
    return v->report->findings->rows != NULL;
}

static bool row_of_findings(const struct view *v, struct row *row)
{
    const struct findings_row *one = row->of;
    (void)v;
    row->pair = one->pair;
    row->condition = one->condition;
    row->script = one->script;
    return one->state.verdict != ROW_NONE;
}

const struct table table_rows = {
    .id = "rows",
    .note =
        "of two tiers: the readers of a handset, condition and script together; dirty: with the suspect ones",
    .flow = true,
    .caption = WORD_H_ROWS,
    .look = LOOK_WORDS,
    .columns = columns,
    .there = are_there,
    .array = ARRAY(struct findings, rows, row_count),
    .row = row_of_findings,
};
