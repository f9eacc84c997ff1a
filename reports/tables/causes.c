/* Where a cell failed, and why as far as the evidence goes. */
#include "harness/findings/tally.h"
#include "reports/tables/tables.h"

#include <stdio.h>

/* ---- a step of the evidence ---- */

static const struct evidence *evidence_of(const struct entry *x)
{
    return x->row->of;
}

static void effect_on(struct entry *x)
{
    if (evidence_of(x)->effect == (enum causes_effect)x->column->at)
        entry_number(x, evidence_of(x)->causes);
}

static void seen(struct entry *x)
{
    entry_said(x, &evidence_of(x)->seen);
}

static const struct column evidence_columns[] = {
    YAML("rule", WORD, MEMBER(struct evidence, rule)),
    YAML("noted", CAUSES, .get = effect_on, .at = CAUSES_NOTED),
    YAML("removed", CAUSES, .get = effect_on, .at = CAUSES_REMOVED),
    YAML("supports", CAUSES, .get = effect_on, .at = CAUSES_SUPPORTED),
    YAML("seen", SAID, .get = seen),
    { 0 },
};

static const struct table narrowed_by = { .id = "narrowed_by",
                                          .columns = evidence_columns,
                                          .array = ARRAY(struct causes_kind, evidence, evidence_count) };

/* ---- failures that ended alike ---- */

static const struct causes_kind *kind_of(const struct entry *x)
{
    return x->row->of;
}

static void stage(struct entry *x)
{
    if (kind_of(x)->stage)
        entry_text(x, stage_name(kind_of(x)->stage));
    else
        entry_absent(x, WORD_STAGE_UNKNOWN, "not recorded");
}

static void step(struct entry *x)
{
    const struct survey *s = x->f->survey;
    const struct script *script = survey_script_loaded(s, x->row->script);
    if (kind_of(x)->step >= 1 && kind_of(x)->step <= script->step_count)
        entry_text(x, script->steps[kind_of(x)->step - 1].name);
}

static void outcome(struct entry *x)
{
    entry_text(x, outcome_name(kind_of(x)->outcome));
}

static void share(struct entry *x)
{
    entry_number(x, kind_of(x)->count);
    x->value.of = tally_failed(&x->f->cells[x->row->cell]);
}

static void code(struct entry *x)
{
    x->value.kind = VALUE_TEXT;
    x->value.text = kind_of(x)->code;
}

static void failed_after(struct entry *x)
{
    const struct causes_kind *k = kind_of(x);
    if (k->timed == 0 || k->answered)
        return;
    entry_number(x, 2);
    x->value.lines[0] = k->least_us;
    x->value.lines[1] = k->most_us;
}

static void depth(struct entry *x)
{
    entry_text(x, depth_name(*(const enum depth *)entry_member(x)));
}

static void records(struct entry *x)
{
    uint64_t kept = kind_of(x)->count < CAUSES_RECORDS_MAX ? kind_of(x)->count : CAUSES_RECORDS_MAX;
    entry_number(x, kept);
    for (uint64_t i = 0; i < CAUSES_RECORDS_MAX && i < kept; i++)
        x->value.lines[i] = kind_of(x)->records[i];
}

static const struct column kind_columns[] = {
    YAML("stage", WORD, .get = stage, .names = DOMAIN_STAGE),
    YAML("step", TEXT, .get = step),
    YAML("outcome", WORD, .get = outcome, .names = DOMAIN_OUTCOME),
    YAML("share", OF, .get = share),
    YAML("code", TEXT, .get = code),
    YAML("failed_after_us", LINES, .get = failed_after),
    YAML("sharing", CAUSES, MEMBER(struct causes_kind, sharing)),
    YAML("recorded", CAUSES, MEMBER(struct causes_kind, recorded)),
    YAML("causes", CAUSES, MEMBER(struct causes_kind, narrowed)),
    YAML("contradiction", BOOL, MEMBER(struct causes_kind, contradiction), .some = true,
         .note = "the evidence would leave no candidate"),
    { .child = &narrowed_by },
    YAML("depth", WORD, .get = depth, .at = offsetof(struct causes_kind, depth), .note = "",
         .names = DOMAIN_DEPTH),
    YAML("records", LINES, .get = records),
    { 0 },
};

static const struct table where = { .id = "where",
                                    .columns = kind_columns,
                                    .array = ARRAY(struct causes_cell, kinds, kind_count) };

/* ---- the cell's own candidates, and card or reader ---- */

static const struct causes_cell *cell_of(const struct entry *x)
{
    return x->row->of;
}

static void candidate(struct entry *x)
{
    cause_set one = CAUSE(x->row->k + 1);
    if (!(cell_of(x)->narrowed & one))
        return;
    entry_text(x, cause_row((unsigned)x->row->k + 1)->name);
    x->value.note = cell_of(x)->supported & one ? "supported" : NULL;
}

static const struct column candidate_columns[] = {
    YAML("", TEXT, .get = candidate, .axis = &axis_causes),
    { 0 },
};

static const struct table candidates = {
    .id = "causes", .note = "candidates, not findings", .look = LOOK_RECORD, .columns = candidate_columns
};

static const struct column side_columns[] = {
    YAML("fails", COUNT, MEMBER(struct attribution_side, fails)),
    YAML("passes", COUNT, MEMBER(struct attribution_side, passes)),
    YAML("undecided", COUNT, MEMBER(struct attribution_side, undecided)),
    YAML("unproven", COUNT, MEMBER(struct attribution_side, unproven)),
    { 0 },
};

static const struct table other_readers = { .id = "other_readers",
                                            .look = LOOK_RECORD,
                                            .flow = true,
                                            .columns = side_columns,
                                            .array = RECORD(struct causes_cell, attribution.readers) };

static const struct table other_handsets = { .id = "other_handsets",
                                             .look = LOOK_RECORD,
                                             .flow = true,
                                             .columns = side_columns,
                                             .array = RECORD(struct causes_cell, attribution.handsets) };

static void answer(struct entry *x)
{
    entry_text(x, attribution_name(cell_of(x)->attribution.answer));
}

static void why(struct entry *x)
{
    x->value.kind = VALUE_TEXT;
    x->value.text = said_template(cell_of(x)->attribution.why);
}

static const struct column card_or_reader_columns[] = {
    YAML("answer", WORD, .get = answer, .note = ""),
    YAML("why", TEXT, .get = why),
    { .child = &other_readers },
    { .child = &other_handsets },
    { 0 },
};

static const struct table card_or_reader = { .id = "card_or_reader",
                                             .look = LOOK_RECORD,
                                             .columns = card_or_reader_columns };

static void deeper(struct entry *x)
{
    struct phrase command;
    if (!cell_of(x)->deeper)
        return;
    snprintf(command.text, sizeof command.text, "nfc-survey explain RUN %zu", x->row->cell);
    entry_phrase(x, command);
}

static const struct column cause_columns[] = {
    { .child = &where },
    YAML("untold", COUNT, MEMBER(struct causes_cell, untold), .some = true,
         .note = "failures of other kinds"),
    { .child = &candidates },
    { .child = &card_or_reader },
    YAML("depth", WORD, .get = depth, .at = offsetof(struct causes_cell, depth), .note = "",
         .names = DOMAIN_DEPTH),
    YAML("deeper", TEXT, .get = deeper),
    { 0 },
};

static bool cell_has_causes(const struct view *v, const struct row *row)
{
    return v->report->causes->cells[row->cell] != NULL;
}

static bool causes_row(const struct view *v, struct row *row)
{
    row->of = v->report->causes->cells[row->cell];
    return true;
}

const struct table table_causes = {
    .look = LOOK_RECORD, .columns = cause_columns, .row = causes_row, .there = cell_has_causes
};
