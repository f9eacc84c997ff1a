/* The proposal in criteria.yaml: each clause, sets of readers, what a new handset is measured with, words, limits. */
#include "reports/tables/needs_matrix.h"
#include "reports/tables/proposal_sentences.h"
#include "reports/tables/tables.h"

#define PROPOSAL(member) MEMBER(struct assess_proposal, member)

static const struct assess_proposal *proposal_of(const struct row *row)
{
    return row->of;
}

/* ---- readers ---- */

static void set(struct entry *x)
{
    entry_number(x, proposal_of(x->row)->sets[x->row->i]);
}

static const struct column set_columns[] = { YAML(NULL, UNITS, .get = set), { 0 } };

static size_t sets_count(const struct view *v, const struct row *parent)
{
    size_t count = proposal_of(parent)->set_count;
    (void)v;
    return proposal_of(parent)->failing == 0 ? 0 : count < ASSESS_SETS_MAX ? count : ASSESS_SETS_MAX;
}

static bool are_sets(const struct view *v, const struct row *parent)
{
    return sets_count(v, parent) > 0;
}

static const struct table sets = {
    .id = "smallest_sets", .of_values = true, .columns = set_columns, .there = are_sets, .count = sets_count
};

static void no_set(struct entry *x)
{
    const struct assess_proposal *p = proposal_of(x->row);
    if (p->failing > 0 && p->set_count > 0)
        return;
    entry_word(x, WORD_NONE, "[]");
    x->value.note = p->nobody_listed  ? "nobody is recommended, so nothing tells which readers are needed"
                    : p->failing == 0 ? "no handset failed, so no reader is shown to be needed or not"
                                      : "no choice of readers tells the same as all";
}

static void set_count(struct entry *x)
{
    const struct assess_proposal *p = proposal_of(x->row);
    entry_number(x, p->failing > 0 ? p->set_count : 0);
}

static const struct column readers_columns[] = {
    YAML("smallest_sets", WORD, .get = no_set),
    { .child = &sets },
    YAML("sets_of_this_size", COUNT, .get = set_count),
    YAML("rests_on_pairs", COUNT, PROPOSAL(rests_on)),
    YAML("of_them_failing", COUNT, PROPOSAL(failing)),
    YAML("patterns_of_failing_readers", COUNT, PROPOSAL(patterns)),
    YAML("patterns_seen_once", COUNT, PROPOSAL(patterns_once)),
    { 0 },
};

static const struct table readers = { .id = "readers", .look = LOOK_RECORD, .columns = readers_columns };

/* ---- what a new handset is measured with ---- */

#define COST(member) MEMBER(struct assess_cost, member)

static const struct column cost_columns[] = {
    YAML("clean_placements", COUNT, COST(placements)),
    YAML("placements_at_most", COUNT, COST(placements_most)),
    YAML("conditions", COUNT, COST(conditions)),
    YAML("sessions", COUNT, COST(sessions)),
    YAML("hours_smallest_set", REAL, COST(hours_set), .digits = 2),
    YAML("hours_all_readers", REAL, COST(hours_all), .digits = 2),
    { 0 },
};

static const struct table as_is = {
    .id = "measure_as_it_stands",
    .remark =
        "What a new handset is measured with, a condition and reader; hours if every placement is clean.",
    .look = LOOK_RECORD,
    .columns = cost_columns,
    .array = RECORD(struct assess_proposal, as_is),
};
static const struct table proposed = { .id = "measure_as_proposed",
                                       .look = LOOK_RECORD,
                                       .columns = cost_columns,
                                       .array = RECORD(struct assess_proposal, proposed) };

/* ---- leaving each refused pair out in turn ---- */

static const struct column left_out_columns[] = {
    YAML("refused", COUNT, MEMBER(struct assess_left_out, refused)),
    YAML("listed_by_looser_values", COUNT, MEMBER(struct assess_left_out, listed)),
    YAML("passed_by_smallest_sets", COUNT, MEMBER(struct assess_left_out, passed)),
    { 0 },
};

static const struct table left_out = {
    .id = "leave_one_out",
    .remark = "Each refused pair left out in turn, and judged by the looser values and the smallest sets of\n"
              "readers that are found without it: an estimate of how often these would list one wrongly.",
    .look = LOOK_RECORD,
    .columns = left_out_columns,
    .array = RECORD(struct assess_proposal, left_out),
};

/* ---- words ---- */

static void sentence(struct entry *x)
{
    struct buf text;
    buf_init(&text, 1u << 16);
    proposal_add(&text, x->view->report->assessment, x->row->i, (enum language)x->column->at);
    entry_buf(x, &text);
}

static void part(struct entry *x)
{
    entry_text(x, proposal_part(x->row->i) == PROPOSAL_SUPPORTED ? "supported" : "sensitivity");
}

static const struct column word_columns[] = {
    YAML("part", TEXT, .get = part),
    YAML("en", TEXT, .get = sentence, .at = LANGUAGE_ENGLISH),
    YAML("ja", TEXT, .get = sentence, .at = LANGUAGE_JAPANESE),
    { 0 },
};

static size_t sentences_count(const struct view *v, const struct row *parent)
{
    (void)parent;
    return proposal_count(v->report->assessment);
}

static const struct table words = {
    .id = "words", .remark = "In words.", .columns = word_columns, .count = sentences_count
};

/* ---- limits ---- */

static const struct column limit_columns[] = {
    YAML("models_tested", COUNT, PROPOSAL(models)),
    YAML("units_tested", COUNT, PROPOSAL(units)),
    YAML("sims_tested", COUNT, PROPOSAL(sims)),
    YAML("sessions_least", COUNT, PROPOSAL(sessions_least)),
    YAML("sessions_most", COUNT, PROPOSAL(sessions_most)),
    YAML("cells_excluded", COUNT, PROPOSAL(cells_excluded)),
    YAML("invalid_placements", COUNT, PROPOSAL(invalid_placements)),
    YAML("required_cells_changed_by_invalid", COUNT, PROPOSAL(changed_by_invalid)),
    YAML("simulated", BOOL, MEMBER_OF_RUN(simulated)),
    YAML("unproven", BOOL, MEMBER_OF_RUN(unproven), .some = true),
    { 0 },
};

static const struct table limits = {
    .id = "limits",
    .remark = "What stands behind it, and what it does not speak of.",
    .look = LOOK_RECORD,
    .columns = limit_columns,
};

/* ---- all of it ---- */

static const struct column columns[] = {
    { .child = &table_thresholds },
    YAML("same_list_together", BOOL, PROPOSAL(same_list)),
    { .child = &readers },
    { .child = &as_is },
    { .child = &left_out },
    { .child = &proposed },
    { .child = &words },
    { .child = &limits },
    { 0 },
};

static bool proposal_row(const struct view *v, struct row *row)
{
    row->of = &v->report->assessment->proposal;
    return true;
}

const struct table table_no_proposal = ABSENT_OF_LIST("proposal");

/* Nor has an assessment of some handsets or readers one. */
static bool has_proposal(const struct view *v, const struct row *parent)
{
    return is_of_matrix(v, parent) && !assess_is_of_some(v->report->assessment);
}

const struct table table_proposal = {
    .id = "proposal",
    .there = has_proposal,
    .remark =
        "\nThe proposal: words say what the evidence supports, which is the criteria as they stand, and how "
        "sensitive\n"
        "this list is, which is no advice. Each clause is loosened as far as no handset ends otherwise, one "
        "after the\n"
        "other in this order, so that all together still do, and a bound on P(dirty) no further than the "
        "scheme's q1;\n"
        "then the smallest sets of readers that tell the same, none better than another.",
    .look = LOOK_RECORD,
    .columns = columns,
    .row = proposal_row,
};
