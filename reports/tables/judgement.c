/* criteria.yaml: every pair with the clauses, cells and records that decide, every reader, what-ifs, the proposal. */

#include "reports/tables/measures.h"
#include "reports/tables/names.h"
#include "reports/tables/needs_matrix.h"
#include "reports/tables/reasons.h"
#include "reports/tables/stated_errors.h"
#include "reports/tables/tables.h"
#include "reports/tables/why_sentences.h"

#include <string.h>

static const struct assessment *assessment_of(const struct view *v)
{
    return v->report->assessment;
}

static enum clause clause_of_column(const struct entry *x)
{
    return (enum clause)(x->row->k + 1);
}

/* ---- the run ---- */

static bool when_of_some(const struct entry *x)
{
    return assess_is_of_some(assessment_of(x->view));
}

static void asked_handsets(struct entry *x)
{
    const struct assessment *a = assessment_of(x->view);
    uint64_t count = 0;
    for (size_t i = 0; i < x->f->survey->pair_count; i++)
        count += a->pairs[i].recommendation != RECOMMENDATION_NONE;
    entry_number(x, count);
    x->value.note = "with their sim; the rest is not in this file";
}

static void asked_readers(struct entry *x)
{
    entry_number(x, assessment_of(x->view)->scope);
    if (assessment_of(x->view)->asked.readers == 0)
        x->value.note = "as the criteria say";
}

#define RUN(member)            MEMBER_OF_RUN(member)
#define RUN_AT(getter, member) .get = (getter), .at = offsetof(struct findings, member), .about = ABOUT_RUN

static const struct column head_columns[] = {
    YAML("format", WORD, .get = column_text, .note = "nfc-survey/assessment"),
    YAML("version", WORD, .get = column_text, .note = "1"),
    YAML("run", TEXT, RUN_AT(member_text_or_null, run)),
    YAML("survey", TEXT, .get = row_survey),
    YAML("simulated", BOOL, RUN(simulated)),
    YAML("simulated_sign", SAID, .get = row_simulated_sign),
    YAML("unproven", BOOL, RUN(unproven), .some = true),
    YAML("damaged_at", TEXT, .get = row_damaged_lines),
    YAML("open_since", TEXT, .get = row_open_since),
    YAML("changed_in_resume", TEXT, .get = row_changes),
    YAML("finished", BOOL, RUN(finished)),
    YAML("journal_sha256", TEXT, RUN_AT(member_chars, sha256)),
    YAML("damaged_lines", COUNT, RUN(faults.lines)),
    YAML("scheme", TEXT, RUN_AT(member_chars, scheme.name)),
    YAML("q0", REAL, RUN(scheme.q0)),
    YAML("q1", REAL, RUN(scheme.q1)),
    YAML("alpha", REAL, RUN(scheme.alpha)),
    YAML("beta", REAL, RUN(scheme.beta)),
    YAML("k", COUNT, RUN(scheme.k)),
    YAML("asked_of_handsets", COUNT, .get = asked_handsets, .when = when_of_some),
    YAML("asked_on_readers", UNITS, .get = asked_readers, .when = when_of_some,
         .note = "all of them must pass"),
    { 0 },
};

static const struct table head = {
    .remark =
        "Derived from journal.yaml, the only primary record, and a criteria file; it can be made again at "
        "any time.",
    .look = LOOK_RECORD,
    .columns = head_columns,
};

/* ---- the list ---- */

static const struct column list_columns[] = {
    YAML("", COUNT, AXIS_MEMBER(struct assessment, counts[1]), .axis = &axis_recommendations),
    YAML("shown_not_to_meet", COUNT, MEMBER(struct assessment, shown_not_to_meet)),
    YAML("off_list", COUNT, MEMBER(struct assessment, off_list), .when = when_of_list,
         .note = "of those without enough data: they cannot pass any more"),
    { 0 },
};

static bool assessment_row(const struct view *v, struct row *row)
{
    row->of = assessment_of(v);
    return true;
}

static const struct table list = {
    .id = "list",
    .remark = "\nHandset + sim pairs by recommendation; of those not recommended, how many are shown not to "
              "meet a clause.",
    .look = LOOK_RECORD,
    .columns = list_columns,
    .row = assessment_row,
};

/* ---- a cell, inside of what names it ---- */

static bool has_cell(const struct view *v, const struct row *parent)
{
    (void)v;
    return parent->cell != SIZE_MAX;
}

static bool cell_row(const struct view *v, struct row *row)
{
    row_take_cell(v, row, row->parent->cell);
    return true;
}

#define CELL(member) MEMBER_OF_CELL(member)
#define CELL_NAMES                                                                                           \
    YAML("cell", NAME, .get = row_cell), YAML("reader", TEXT, .get = row_reader),                            \
        YAML("condition", TEXT, .get = row_condition), YAML("script", TEXT, .get = row_script)

/* ---- clauses of a pair ---- */

static struct assess_evidence evidence_of(const struct view *v, const struct row *clause)
{
    return assess_evidence(assessment_of(v), clause->pair, (enum clause)clause->i);
}

/* One of the figures that have a key: an interval is two values. */
static void figure(struct entry *x, const struct measures *of)
{
    bool high = x->row->k % 2 == 1;
    const struct measure *one = x->row->k / 2 < of->count ? &of->items[x->row->k / 2] : NULL;
    if (one && (high ? one->high_id : one->id))
        measure_entry(x, one, high);
}

static void figure_of_readers(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row);
    figure(x, &of.readers);
}

static void own_figure(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row);
    figure(x, &of.own);
}

static void figure_of_cell(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row->parent);
    figure(x, &of.cell_shows);
}

static const struct axis axis_shown = { .copies = (size_t)2 * MEASURES_MAX };

static void words(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row);
    struct buf text;
    buf_init(&text, 8192);
    evidence_add(&text, assessment_of(x->view), &of, LANGUAGE_ENGLISH);
    entry_buf(x, &text);
}

static void records(struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row->parent);
    x->value.kind = VALUE_LINES;
    x->value.number = of.line_count;
    memcpy(x->value.lines, of.lines, sizeof of.lines);
}

/* The counts, where the clause looked at them or nobody else did. */
static bool is_of_counts(const struct entry *x)
{
    const struct assess_evidence of = evidence_of(x->view, x->row->parent);
    return evidence_is_of_counts(&of);
}

static bool is_bracketed(const struct entry *x)
{
    return is_of_counts(x) && when_bracketed(x);
}

static const struct column deciding_columns[] = {
    CELL_NAMES,
    YAML("n", COUNT, CELL(n), .when = is_of_counts),
    YAML("d", COUNT, CELL(d), .when = is_of_counts),
    YAML("s", COUNT, CELL(s), .when = is_bracketed),
    YAML("lower", SHARE, CELL(lower), .round = DECIMAL_DOWN, .when = is_of_counts),
    YAML("upper", SHARE, CELL(upper), .round = DECIMAL_UP, .when = is_of_counts),
    YAML("verdict", VERDICT, CELL(verdict), .when = is_of_counts),
    YAML("", COUNT, .get = figure_of_cell, .axis = &axis_shown, .own_keys = true),
    YAML("records", LINES, .get = records),
    { 0 },
};

static const struct table deciding_cell = {
    .look = LOOK_RECORD, .columns = deciding_columns, .there = has_cell, .row = cell_row
};

static void clause(struct entry *x)
{
    entry_word(x, WORD_NONE, clause_key((enum clause)x->row->i));
}

static void outcome(struct entry *x)
{
    entry_text(x, assess_outcome_name(((const struct assess_result *)x->row->of)->outcome));
}

static const char *outcome_id(size_t k)
{
    return assess_outcome_name((enum assess_outcome)k);
}

static const struct axis axis_outcomes = { .copies = ASSESS_FAIL + 1, .id = outcome_id };

static bool keeps_open(const struct entry *x)
{
    return ((const struct assess_result *)x->row->of)->outcome == ASSESS_OPEN;
}

static void lacking(struct entry *x)
{
    const struct assess_result *r = x->row->of;
    if (x->row->i == CLAUSE_SCOPE && r->outcome == ASSESS_NOT_TESTABLE)
        entry_text(x, assessment_of(x->view)->not_in_survey);
}

static const struct column clause_columns[] = {
    YAML("clause", WORD, .get = clause, .one_of = &axis_clauses),
    YAML("outcome", TEXT, .get = outcome, .one_of = &axis_outcomes),
    YAML("more_placements", COUNT, MEMBER(struct assess_result, missing), .when = keeps_open),
    YAML("not_in_survey", TEXT, .get = lacking),
    YAML("evidence", TEXT, .get = words),
    YAML("", COUNT, .get = figure_of_readers, .axis = &axis_shown, .own_keys = true),
    YAML("", COUNT, .get = own_figure, .axis = &axis_shown, .own_keys = true),
    { .child = &deciding_cell },
    { 0 },
};

static bool clause_row(const struct view *v, struct row *row)
{
    const struct assess_result *r = &assessment_of(v)->pairs[row->pair].clauses[row->i];
    row->of = r;
    row->cell = r->cell;
    return r->outcome != ASSESS_UNUSED;
}

static const struct table clauses_of_pair = {
    .id = "clauses", .columns = clause_columns, .rows = CLAUSE_COUNT, .row = clause_row
};

/* ---- what keeps a pair open ---- */

static void open_clause(struct entry *x)
{
    entry_word(x, WORD_NONE, clause_key(((const struct assess_open *)x->row->of)->clause));
}

static const struct column open_columns[] = {
    YAML("clause", WORD, .get = open_clause, .one_of = &axis_clauses),
    CELL_NAMES,
    YAML("n", COUNT, CELL(n)),
    YAML("d", COUNT, CELL(d)),
    YAML("s", COUNT, CELL(s), .when = when_bracketed),
    YAML("more_placements", COUNT, MEMBER(struct assess_open, missing)),
    { 0 },
};

static size_t open_count(const struct view *v, const struct row *parent)
{
    return assessment_of(v)->pairs[parent->pair].open_count;
}

static bool is_open(const struct view *v, const struct row *parent)
{
    return open_count(v, parent) > 0;
}

static bool open_row(const struct view *v, struct row *row)
{
    const struct assess_open *o =
        &assessment_of(v)->open[assessment_of(v)->pairs[row->pair].open_begin + row->i];
    row_take_cell(v, row, o->cell);
    row->of = o;
    return true;
}

static const struct table open_of_pair = {
    .id = "open", .columns = open_columns, .there = is_open, .count = open_count, .row = open_row
};

/* ---- pairs ---- */

static bool asked_pairs_row(const struct view *v, struct row *row)
{
    return judged_pairs_row(v, row) && assessment_of(v)->pairs[row->i].recommendation != RECOMMENDATION_NONE;
}

static void profile(struct entry *x)
{
    entry_text(x, survey_handset_of(x->f->survey, x->row->pair)->id);
}

static void refusal_shows(struct entry *x)
{
    const struct assess_pair *p = x->row->of;
    if (p->recommendation == RECOMMENDATION_NOT_RECOMMENDED)
        entry_text(x, p->shown_not_to_meet                                ? "not to meet"
                      : assess_is_out_of_reach(assessment_of(x->view), p) ? "out of reach"
                                                                          : "above q0 only");
}

static void decided_by(struct entry *x)
{
    entry_text(x, clause_key(((const struct assess_pair *)x->row->of)->clause));
}

static bool has_open(const struct entry *x)
{
    return ((const struct assess_pair *)x->row->of)->open_count > 0;
}

static void flips(struct entry *x)
{
    struct measure m = assess_flips_at(assessment_of(x->view), x->row->pair, clause_of_column(x));
    if (m.id && when_of_matrix(x))
        measure_entry(x, &m, false);
}

#define PAIR(member)        MEMBER(struct assess_pair, member)
#define PAIR_IF_ANY(member) PAIR(member), .some = true

static const struct table no_flips = ABSENT_OF_LIST("flips_at");

static const struct column pair_columns[] = {
    YAML("handset", TEXT, .get = row_handset),
    YAML("model", TEXT, .get = profile),
    YAML("sim", TEXT, .get = row_sim),
    YAML("recommendation", RECOMMENDATION, PAIR(recommendation)),
    YAML("refusal_shows", TEXT, .get = refusal_shows),
    YAML("decided_by", TEXT, .get = decided_by, .one_of = &axis_clauses),
    YAML("causes", CAUSES, .get = row_refusal_causes),
    YAML("goes_with", TEXT, .get = row_goes_with),
    YAML("requirement_draft", TEXT, .get = row_requirement),
    YAML("passes_on", UNITS, PAIR(passes)),
    YAML("fails_on", UNITS, PAIR(fails)),
    YAML("undecided_on", UNITS, PAIR_IF_ANY(open)),
    YAML("not_pursued_on", UNITS, PAIR_IF_ANY(not_pursued)),
    YAML("not_testable_on", UNITS, PAIR_IF_ANY(not_testable)),
    YAML("conditional_modes_failing", MODES, PAIR_IF_ANY(modes_failing)),
    YAML("conditional_modes_not_shown", MODES, PAIR_IF_ANY(modes_open)),
    YAML("leans_on_invalid", COUNT, PAIR_IF_ANY(leans_on_invalid)),
    { .child = &clauses_of_pair },
    YAML("more_placements_at_most", COUNT, PAIR(placements_missing), .when = has_open),
    { .child = &open_of_pair },
    YAML("flips_at.", COUNT, .get = flips, .axis = &axis_clauses, .own_keys = true),
    YAML("flips_at.readers", COUNT, PAIR(readers_passed), .when = when_of_matrix),
    { .child = &no_flips },
    { 0 },
};

static const struct table handsets = {
    .id = "handsets",
    .remark =
        "\nEvery handset + sim: what it is recommended as, the clause and the cell that decide, and how far "
        "each\n"
        "clause stands. n placements, d of them dirty; lower and upper are anytime-valid bounds on "
        "P(dirty).\n"
        "records: lines of journal.yaml, the first failing transactions or the placement that settled it.\n"
        "refusal_shows: of one not recommended: that it does not meet a clause, or only more than is clean "
        "enough.\n"
        "more_placements: clean ones that would pass it; 0: no number within the scheme's n_max would.\n"
        "causes: candidates that the evidence of the cell that decides a refusal leaves; goes_with: the "
        "attribute\n"
        "of its model that is shown to go with failure there, and the requirement that would follow, a "
        "draft.\n"
        "leans_on_invalid: required cells that are compatible only as long as their invalid placements are\n"
        "left out; counted as dirty they would decide otherwise (a phone can make a reader hang).\n"
        "flips_at: the least demanding value that this handset passes, or the readers that it passes.",
    .columns = pair_columns,
    .count = pairs_count,
    .row = asked_pairs_row,
};

/* ---- readers ---- */

static void counts(struct entry *x)
{
    member_bool(x);
    if (x->value.number == 0)
        x->value.note = "the criteria do not ask for this reader";
}

static void skipped(struct entry *x)
{
    const struct assess_reader *r = x->row->of;
    if (!(r->skips >> clause_of_column(x) & 1))
        return;
    entry_word(x, WORD_NONE, "skipped");
    x->value.note = assess_skips_why(clause_of_column(x));
}

static const struct column fails_columns[] = {
    YAML("", COUNT, AXIS_MEMBER(struct assess_reader, fails_by_clause[1]), .some = true,
         .axis = &axis_clauses),
    { 0 },
};

static const struct table fails_by_clause = { .id = "fails_by_clause",
                                              .look = LOOK_RECORD,
                                              .columns = fails_columns };

#define READER(member) MEMBER(struct assess_reader, member)

static const struct column reader_columns[] = {
    YAML("reader", TEXT, .get = row_reader),
    YAML("model", TEXT, .get = row_reader_model),
    YAML("counts", BOOL, .get = counts, .at = offsetof(struct assess_reader, in_scope)),
    YAML("passes", COUNT, READER(passes)),
    YAML("fails", COUNT, READER(fails)),
    YAML("undecided", COUNT, READER(open)),
    YAML("not_pursued", COUNT, READER(not_pursued), .when = when_of_list),
    YAML("not_testable", COUNT, READER(not_testable)),
    YAML("", WORD, .get = skipped, .axis = &axis_clauses),
    { .child = &fails_by_clause },
    { 0 },
};

static bool reader_row(const struct view *v, struct row *row)
{
    row->reader = row->i;
    row->of = &assessment_of(v)->readers[row->i];
    return assessment_of(v)->asked.readers == 0 || assessment_of(v)->readers[row->i].in_scope;
}

static const struct table readers = {
    .id = "readers",
    .remark =
        "\nEvery reader: on how many handset + sim pairs all required clauses pass, fail, or are open there, "
        "and\n"
        "which clauses fail. One pair may fail several clauses. No order of merit: the intervals overlap.",
    .columns = reader_columns,
    .count = readers_count,
    .row = reader_row,
};

/* ---- the file ---- */

const struct table *const criteria_tables[] = {
    &head,    &table_in_force, &table_stated_errors, &list,           &handsets,
    &readers, &table_what_if,  &table_no_what_if,    &table_proposal, &table_no_proposal,
    NULL
};
