/* summary.yaml: the findings of a run in block style, for people and for tools. Derived, never primary. */
#include "harness/findings/tally.h"
#include "reports/tables/names.h"
#include "reports/tables/reasons.h"
#include "reports/tables/tables.h"

#include <math.h>
#include <stdio.h>

#define RUN(member) MEMBER_OF_RUN(member)

static const char words[] =
    "Derived from journal.yaml, the only primary record; it can be rebuilt at any time.\n"
    "n placements counted, d of them dirty; [lower, upper] are anytime-valid bounds on P(dirty), for the\n"
    "sessions held.\n"
    "Transactions of one placement are not independent: their ratio is given without an interval.\n"
    "first_transaction_us, first_exchange_us: microseconds, of first transactions that were ok, one a\n"
    "placement; intervals are order statistics at 95 %, or count sessions where there are four or more,\n"
    "for these sessions, null where n is too small for one.\n"
    "missing: clean placements that would make an undecided cell compatible, 0 if none would.\n"
    "slow: transactions that were ok but passed the time limit; they make a placement dirty.\n"
    "narrowed_by: what removes or supports a candidate, and what was looked at (docs/causes.md).\n"
    "fails_on: reader units on which a required clause of the criteria fails, or is declared absent.\n"
    "times: of every transaction that was ok, in microseconds, from the start of activation to the\n"
    "last response; nothing is trimmed. Failures have no time: see transactions, and over_limit for\n"
    "the ok ones past the time limit. n_eff: so many independent values are these worth, as those of\n"
    "one placement are alike, and with four sessions or more those of one session; intervals are at 95 %\n"
    "with n_eff, for these sessions, null where it is too small for one.\n"
    "first_v_rest: placements whose first transaction of the script was slower or faster than the\n"
    "median of its others, the median difference, and p of the sign test (of this one alone);\n"
    "first_exchange_v_rest: the same of first exchanges, where this script was the first after laying.\n"
    "A p of 0.000001 stands for that or less.\n"
    "A handset's p95 and a reader's p99 are over its cells as they were placed, a script each: they\n"
    "speak of these handsets and readers in this survey, and rank none where intervals overlap.\n"
    "drift: change an hour within an execution and session, times and hours about their cell's centre;\n"
    "a drift has p_adjusted <= 0.05. autocorrelated: lag1 is farther from lag1_expected than lag1_limit,\n"
    "as one steady series in twenty is by chance: look for what comes and goes, intervals are too narrow.\n"
    "outliers: more than 5 robust standard deviations of ln above the cell's median, flagged and kept.\n"
    "impossible_times: exchanges shorter than their bytes take on the air; a clock or a cache is at\n"
    "fault (or a rate that the target did not offer), so look there before any time of that reader.\n";

/* ---- the run ---- */

/* What the journal does not have is null. */
#define NULLABLE(id, member)                                                                                 \
    YAML(id, TEXT, .get = member_text_or_null, .at = offsetof(struct findings, member), .about = ABOUT_RUN)
#define FIXED(id, member)                                                                                    \
    YAML(id, TEXT, .get = member_chars, .at = offsetof(struct findings, member), .about = ABOUT_RUN)

static bool when_two_tiers(const struct entry *x)
{
    return x->f->rows != NULL;
}

static const struct column run_columns[] = {
    YAML("format", WORD, .get = column_text, .note = "nfc-survey/summary"),
    YAML("version", WORD, .get = column_text, .note = "1"),
    NULLABLE("run", run),
    YAML("survey", TEXT, .get = row_survey),
    YAML("simulated", BOOL, RUN(simulated)),
    YAML("simulated_sign", SAID, .get = row_simulated_sign),
    YAML("unproven", BOOL, RUN(unproven), .some = true),
    YAML("damaged_at", TEXT, .get = row_damaged_lines),
    YAML("open_since", TEXT, .get = row_open_since),
    YAML("changed_in_resume", TEXT, .get = row_changes),
    NULLABLE("started", started),
    NULLABLE("last", last_wall),
    YAML("finished", BOOL, RUN(finished)),
    NULLABLE("program", program),
    YAML("seed", COUNT, RUN(seed)),
    FIXED("scheme.name", scheme.name),
    YAML("scheme.q0", REAL, RUN(scheme.q0)),
    YAML("scheme.q1", REAL, RUN(scheme.q1)),
    YAML("scheme.mean", REAL, RUN(scheme.mean), .when = when_two_tiers,
         .note = "over the readers; q1: on each"),
    YAML("scheme.alpha", REAL, RUN(scheme.alpha)),
    YAML("scheme.beta", REAL, RUN(scheme.beta)),
    YAML("scheme.k", COUNT, RUN(scheme.k)),
    YAML("scheme.n_max", COUNT, RUN(scheme.n_max)),
    YAML("scheme.sessions", COUNT, RUN(sessions)),
    YAML("scheme.rules", COUNT, RUN(scheme.rules), .when = when_bracketed,
         .note = "s of cells: suspect placements, in neither n nor d; as dirty in upper, as clean in lower"),
    NULLABLE("scheme.prior_upper", prior_upper),
    NULLABLE("scheme.prior_lower", prior_lower),
    YAML("records", COUNT, RUN(records)),
    YAML("damaged", COUNT, RUN(faults.lines)),
    FIXED("sha256", sha256),
    YAML("placements.all", COUNT, RUN(placements)),
    YAML("placements.dirty", COUNT, RUN(placements_dirty)),
    YAML("placements.invalid", COUNT, RUN(placements_invalid)),
    YAML("placements.aborted", COUNT, RUN(placements_aborted)),
    YAML("placements.broken_off", COUNT, RUN(broken_off)),
    { 0 },
};

static const struct table the_run = { .remark = words, .look = LOOK_RECORD, .columns = run_columns };

/* ---- what the operator did ---- */

static void others(struct entry *x)
{
    struct tally_others o = tally_others(x->f);
    entry_number(x, x->column->at ? o.without_withdrawn : o.invalid_as_dirty);
}

static void effect(struct entry *x)
{
    entry_text(x, exclusion_name(*(const enum exclusion *)entry_member(x)));
}

static const struct column note_columns[] = {
    YAML("line", COUNT, MEMBER(struct findings_note, line)),
    YAML("effect", TEXT, .get = effect, .at = offsetof(struct findings_note, effect),
         .names = DOMAIN_EXCLUSION),
    YAML("placement", COUNT, MEMBER(struct findings_note, placement), .some = true),
    YAML("by", TEXT, MEMBER(struct findings_note, by)),
    YAML("wall", TEXT, MEMBER(struct findings_note, wall)),
    YAML("text", TEXT, MEMBER(struct findings_note, text)),
    { 0 },
};

static const struct table notes = {
    .id = "notes",
    .flow = true,
    .columns = note_columns,
    .array = ARRAY_INSIDE(struct findings, notes, notes_kept),
};

static void notes_more(struct entry *x)
{
    if (x->f->note_count > x->f->notes_kept)
        entry_number(x, x->f->note_count - x->f->notes_kept);
    x->value.note = x->value.kind ? "in the journal" : NULL;
}

static const struct column operator_columns[] = {
    YAML("excluded", COUNT, RUN(placements_excluded)),
    YAML("withdrawn", COUNT, RUN(placements_withdrawn)),
    YAML("verdicts_other_with_invalid_as_dirty", COUNT, .get = others, .at = 0),
    YAML("verdicts_other_without_withdrawn", COUNT, .get = others, .at = 1),
    { .child = &notes },
    YAML("notes_more", COUNT, .get = notes_more),
    { 0 },
};

static const struct table operator= {
    .id = "operator",
    .note = "excluded: told before the result, invalid; withdrawn: told after it, counted",
    .look = LOOK_RECORD,
    .columns = operator_columns,
};

/* ---- verdicts ---- */

static void cells_with(struct entry *x)
{
    uint64_t count = 0;
    for (size_t i = 0; i < x->f->cell_count; i++)
        count += (size_t)x->f->cells[i].verdict == x->row->k + 1;
    entry_number(x, count);
}

static const char *verdict_id(size_t k)
{
    return verdict_name((enum verdict)(k + 1));
}

static const struct axis verdict_axis = { .copies = VERDICT_COUNT - 1, .id = verdict_id };

static const struct column verdict_columns[] = {
    YAML("cells", COUNT, RUN(cell_count)),
    YAML("", COUNT, .get = cells_with, .axis = &verdict_axis),
    { 0 },
};

static const struct table verdicts = { .id = "verdicts", .look = LOOK_RECORD, .columns = verdict_columns };

/* ---- handsets ---- */

static void reason(struct entry *x)
{
    const struct assessment *a = x->view->report->assessment;
    struct buf text;
    if (!a)
        return;
    buf_init(&text, 4096);
    reason_add_whole(&text, a, x->row->pair, LANGUAGE_ENGLISH);
    entry_buf(x, &text);
}

static void fails_on(struct entry *x)
{
    const struct assessment *a = x->view->report->assessment;
    uint64_t set = 0;
    for (size_t r = 0; a && r < x->f->survey->reader_count; r++)
        set |= (uint64_t)assess_fails_on(a, x->row->pair, r, NEED_REQUIRED) << r;
    if (a)
        entry_number(x, set);
}

static const struct column handset_columns[] = {
    YAML("handset", TEXT, .get = row_handset),
    YAML("sim", TEXT, .get = row_sim),
    YAML("recommendation", RECOMMENDATION, .get = row_recommendation),
    YAML("reason", TEXT, .get = reason),
    YAML("fails_on", UNITS, .get = fails_on),
    YAML("compatible", COUNT, MEMBER(struct findings_pair, compatible)),
    YAML("incompatible", COUNT, MEMBER(struct findings_pair, incompatible)),
    YAML("undecided", COUNT, MEMBER(struct findings_pair, undecided)),
    YAML("not_pursued", COUNT, MEMBER(struct findings_pair, not_pursued), .some = true),
    { .child = &table_times_of_pair },
    { 0 },
};

static const struct table handsets = {
    .id = "handsets", .columns = handset_columns, .count = pairs_count, .row = pairs_row
};

/* ---- readers ---- */

static const struct column reader_columns[] = {
    YAML("reader_unit", TEXT, .get = row_reader),
    YAML("outliers", COUNT, MEMBER(struct findings_reader, outliers)),
    YAML("impossible_times", COUNT, MEMBER(struct findings_reader, impossible)),
    { .child = &table_times_of_reader },
    { 0 },
};

static const struct table readers = {
    .id = "readers", .columns = reader_columns, .count = readers_count, .row = readers_row
};

/* ---- the file ---- */

const struct table *const summary_tables[] = {
        &the_run, &operator, & table_identities, &table_suspect_price, &table_attributed, &table_scope, &verdicts,       &handsets,         &table_matrix, &table_rows, &table_cells,
        &readers, &table_drift_summary,     &table_outliers_summary, &table_impossible_summary, NULL,
};
