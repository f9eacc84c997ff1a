/* The head of a comparison, which YAML alone has as a table: the runs, what is tested, and how it comes out in figures. */
#include "reports/tables/compare.h"

#include <math.h>

#define OF(member)            MEMBER(struct comparison, member)
#define AT_OF(member, getter) .get = (getter), .at = offsetof(struct comparison, member)

static const struct comparison *compared(const struct entry *x)
{
    return x->row->of;
}

/* The head's own columns: its rows are about the comparison. */
static bool of_parent(const struct view *v, struct row *row)
{
    (void)v;
    row->of = row->parent->of;
    return true;
}

/* ---- the runs ---- */

static void survey_of(struct entry *x)
{
    entry_text(x, ((const struct findings *)x->row->of)->survey->id);
}

static void damaged_of(struct entry *x)
{
    entry_damaged_lines(x, x->row->of);
}

static void open_of(struct entry *x)
{
    entry_open_since(x, x->row->of);
}

#define FINDINGS(member) MEMBER(struct findings, member)

static const struct column run_columns[] = {
    YAML("run", TEXT, .get = member_text_or_null, .at = offsetof(struct findings, run)),
    YAML("survey", TEXT, .get = survey_of),
    YAML("started", TEXT, .get = member_text_or_null, .at = offsetof(struct findings, started)),
    YAML("finished", BOOL, FINDINGS(finished)),
    YAML("placements", COUNT, FINDINGS(placements)),
    YAML("sha256", TEXT, .get = member_chars, .at = offsetof(struct findings, sha256)),
    YAML("damaged_lines", COUNT, FINDINGS(faults.lines)),
    YAML("damaged_at", TEXT, .get = damaged_of),
    YAML("open_since", TEXT, .get = open_of),
    { 0 },
};

static bool run_a(const struct view *v, struct row *row)
{
    (void)v;
    row->of = ((const struct comparison *)row->parent->of)->a;
    return true;
}

static bool run_b(const struct view *v, struct row *row)
{
    (void)v;
    row->of = ((const struct comparison *)row->parent->of)->b;
    return true;
}

static const struct table in_a = {
    .id = "a", .look = LOOK_RECORD, .flow = true, .columns = run_columns, .row = run_a
};
static const struct table in_b = {
    .id = "b", .look = LOOK_RECORD, .flow = true, .columns = run_columns, .row = run_b
};
static const struct column runs_columns[] = { { .child = &in_a }, { .child = &in_b }, { 0 } };
static const struct table runs = {
    .id = "runs", .look = LOOK_RECORD, .columns = runs_columns, .row = of_parent
};

/* ---- how it was compared ---- */

static const char *match_name(size_t k)
{
    return k == COMPARE_BY_UNIT ? "unit" : "model";
}

static const struct axis matches = { .copies = 2, .id = match_name };

static void match(struct entry *x)
{
    entry_word(x, WORD_NONE, match_name((size_t)compared(x)->match));
}

static const char *test_name(size_t k)
{
    return k ? "session" : "placement";
}

static const struct axis tests = { .copies = 2, .id = test_name };

static void unit_of_test(struct entry *x)
{
    bool by_session = compared(x)->by_session;
    entry_word(x, WORD_NONE, test_name(by_session));
    x->value.note =
        by_session ? "of readers, handsets and times"
                   : "of readers, handsets and times: too few sessions, nothing is claimed beyond these days";
}

static bool by_session(const struct entry *x)
{
    return compared(x)->by_session;
}

static void same_plan(struct entry *x)
{
    member_bool(x);
    if (!x->value.number)
        x->value.note = "readers and handsets are not tested";
}

static bool are_tests(const struct entry *x)
{
    return compared(x)->tests > 0;
}

static void cell_needs(struct entry *x)
{
    entry_real(x, ceil(compared(x)->cell_needs));
}

/* ---- how it comes out ---- */

static void changes(struct entry *x)
{
    entry_number(x, compare_changes(compared(x)));
}

/* Units only can be unsteady, and times only be untested. */
static enum compare_class class_at(size_t k)
{
    enum compare_class c = (enum compare_class)(COMPARE_CLASS_COUNT - 1 - k);
    return c <= COMPARE_UNSTEADY ? (enum compare_class)(c - 1) : c;
}

static const char *cell_class(size_t k)
{
    return compare_class_name(class_at(k), false);
}

static const char *time_class(size_t k)
{
    return compare_class_name(class_at(k), true);
}

static const struct axis cell_classes = { .copies = COMPARE_CLASS_COUNT - 2, .id = cell_class };
static const struct axis time_classes = { .copies = COMPARE_CLASS_COUNT - 1, .id = time_class };

static void by_class(struct entry *x)
{
    const size_t *of = entry_member(x);
    entry_number(x, of[class_at(x->row->k)]);
}

static void verdicts_changed(struct entry *x)
{
    if (compared(x)->same_verdicts)
        entry_number(x, compared(x)->verdicts_changed);
    else
        entry_absent(x, WORD_NONE, "the schemes differ, so verdicts do not mean the same");
}

static void nothing_open(struct entry *x)
{
    if (isnan(compared(x)->open_median))
        entry_absent(x, WORD_NONE, "");
    else
        x->value.kind = VALUE_NONE;
}

static bool is_open(const struct view *v, const struct row *parent)
{
    (void)v;
    return !isnan(((const struct comparison *)parent->of)->open_median);
}

static const struct column open_columns[] = {
    YAML("least", SHARE, OF(open_least), .round = DECIMAL_UP),
    YAML("median", SHARE, OF(open_median), .round = DECIMAL_UP),
    YAML("most", SHARE, OF(open_most), .round = DECIMAL_UP),
    { 0 },
};

static const struct table open = {
    .id = "worsening_not_ruled_out",
    .note = "where no change is shown",
    .look = LOOK_RECORD,
    .flow = true,
    .columns = open_columns,
    .there = is_open,
    .row = of_parent,
};

static const struct column columns[] = {
    YAML("format", WORD, .get = column_text, .note = "nfc-survey/comparison"),
    YAML("version", WORD, .get = column_text, .note = "1"),
    { .child = &runs },
    YAML("simulated", BOOL, OF(simulated)),
    YAML("unproven", BOOL, OF(unproven), .some = true),
    YAML("match", WORD, .get = match, .one_of = &matches),
    YAML("fdr", REAL, OF(fdr)),
    YAML("confidence", REAL, OF(confidence)),
    YAML("tests", COUNT, OF(tests), .note = "cells, by their placements: about the sessions held"),
    YAML("listed", COUNT, OF(listed)),
    YAML("sessions:a", COUNT, OF(sessions_a)),
    YAML("sessions:b", COUNT, OF(sessions_b)),
    YAML("unit_of_test", WORD, .get = unit_of_test, .one_of = &tests),
    YAML("unit_tests", COUNT, OF(unit_tests)),
    YAML("units_listed", COUNT, OF(units_listed)),
    YAML("pair_tests", COUNT, OF(pair_tests)),
    YAML("pairs_listed", COUNT, OF(pairs_listed)),
    YAML("changes", COUNT, .get = changes, .note = "on all lists together"),
    YAML("looks_with_unit", COUNT, OF(looks_with_unit),
         .note = "of the cells that only look changed: as their reader or handset does, which is on a list"),
    YAML("least_p", REAL, OF(least_p), .when = by_session, .digits = 6),
    YAML("same_plan", BOOL, AT_OF(same_plan, same_plan)),
    YAML("of_list", BOOL, OF(of_list), .some = true,
         .note = "readers and handsets are not tested: that needs decide: matrix in both runs"),
    YAML("e_needed_alone:cell", REAL, .get = cell_needs, .when = are_tests),
    YAML("time_tests", COUNT, OF(time_tests)),
    YAML("times_listed", COUNT, OF(time_listed)),
    YAML("cells_by_class:", COUNT, AT_OF(by[COMPARE_CELLS], by_class), .axis = &cell_classes),
    YAML("times_by_class:", COUNT, AT_OF(by[COMPARE_TIMES], by_class), .axis = &time_classes),
    YAML("verdicts_changed", COUNT, .get = verdicts_changed),
    YAML("blind", COUNT, OF(blind), .note = "cells in which no change could have been seen"),
    YAML("worsening_not_ruled_out", SHARE, .get = nothing_open),
    { .child = &open },
    { 0 },
};

static const struct table head = { .look = LOOK_RECORD, .columns = columns, .row = of_parent };

const struct table *const comparison_tables[] = { &head,
                                                  &table_shown,
                                                  &table_differences,
                                                  &table_not_compared,
                                                  &table_compared_readers,
                                                  &table_compared_handsets,
                                                  &table_compared_pairs,
                                                  &table_compared_cells,
                                                  NULL };
