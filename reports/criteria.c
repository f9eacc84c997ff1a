/* criteria.yaml: an assessment in block style, for people and for tools. A writer: it counts nothing itself.
 */
#include "reports/criteria.h"

#include "harness/base/decimal.h"
#include "harness/base/file.h"
#include "harness/base/yaml_lines.h"
#include "reports/report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define LINES_MAX          5 /* records shown behind an outcome */
#define CRITERIA_BYTES_MAX (512u << 20)

/* A text that is left out where there is none. */
static void optional(struct buf *b, const char *lead, const char *key, const char *value)
{
    if (value)
        lines_text(b, lead, key, value);
}

static void real(struct buf *b, const char *lead, const char *key, double value)
{
    buf_add_format(b, "%s%s: %.6f\n", lead, key, value);
}

static void bound(struct buf *b, const char *lead, const char *key, double value,
                  enum decimal_rounding outwards)
{
    char text[DECIMAL_SIZE];
    buf_add_format(b, "%s%s: %s\n", lead, key, decimal_bound(text, value, 6, outwards));
}

/* The units of a set of readers. */
static void readers_of(const struct assessment *a, struct buf *b, const char *lead, const char *key,
                       uint32_t set)
{
    bool any = false;
    buf_add_format(b, "%s%s: [", lead, key);
    for (size_t i = 0; i < a->f->survey->reader_count; i++) {
        if (!(set >> i & 1))
            continue;
        buf_add_text(b, any ? ", " : "");
        lines_string(b, a->f->survey->readers[i].unit);
        any = true;
    }
    buf_add_text(b, "]\n");
}

static void modes_of(struct buf *b, const char *lead, const char *key, uint32_t modes)
{
    bool any = false;
    buf_add_format(b, "%s%s: [", lead, key);
    for (int m = POWER_NONE + 1; m < POWER_COUNT; m++) {
        if (!(modes >> m & 1))
            continue;
        buf_add_text(b, any ? ", " : "");
        lines_string(b, power_mode_name((enum power_mode)m));
        any = true;
    }
    buf_add_text(b, "]\n");
}

static void cell_names(const struct assessment *a, struct buf *b, const char *lead, size_t cell)
{
    const struct survey *s = a->f->survey;
    const struct findings_cell *c = &a->f->cells[cell];
    lines_number(b, lead, "cell", cell);
    lines_text(b, lead, "reader", s->readers[c->reader].unit);
    lines_text(b, lead, "condition", s->conditions[c->condition].id);
    lines_text(b, lead, "script", s->scripts_loaded[s->scripts[c->script].script].id);
}

static void cell_counts(const struct assessment *a, struct buf *b, const char *lead, size_t cell)
{
    const struct findings_cell *c = &a->f->cells[cell];
    lines_number(b, lead, "n", c->n);
    lines_number(b, lead, "d", c->d);
    bound(b, lead, "lower", c->lower, DECIMAL_DOWN);
    bound(b, lead, "upper", c->upper, DECIMAL_UP);
    lines_text(b, lead, "verdict", verdict_name(c->verdict));
}

/* What this clause looks at in the cell, beside n and d. */
static void measures(const struct assessment *a, struct buf *b, const char *lead, enum assess_clause clause,
                     size_t cell)
{
    const struct assess_cell *m = &a->cells[cell];
    const struct findings_cell *c = &a->f->cells[cell];
    if (a->criteria->taps &&
        (clause == ASSESS_SUCCESS || clause == ASSESS_FIVE_POINTS || clause == ASSESS_HEIGHT)) {
        lines_number(b, lead, "taps", m->taps);
        lines_number(b, lead, "taps_ok", m->taps_ok);
        bound(b, lead, "success_at_least", m->taps_lower, DECIMAL_DOWN);
        bound(b, lead, "success_at_most", m->taps_upper, DECIMAL_UP);
    } else if (clause == ASSESS_TIME) {
        real(b, lead, "over_time", m->overrun);
        if (m->time_passes_from_us != UINT32_MAX)
            buf_add_format(b, "%spasses_from_ms: %.3f\n", lead, m->time_passes_from_us / 1000.0);
        else
            buf_add_format(b, "%spasses_from_ms: null  # no time would pass with these placements\n", lead);
    } else if (clause == ASSESS_PAYLOAD) {
        lines_number(b, lead, "not_past_step", m->payload_d);
        bound(b, lead, "not_past_lower", m->payload_lower, DECIMAL_DOWN);
        bound(b, lead, "not_past_upper", m->payload_upper, DECIMAL_UP);
    } else if (clause == ASSESS_TECHNOLOGIES) {
        buf_add_format(b, "%stechnologies: {A: %" PRIu64 ", B: %" PRIu64 ", F: %" PRIu64 "}\n", lead,
                       c->technology_count[0], c->technology_count[1], c->technology_count[2]);
    }
}

static void records(const struct assessment *a, struct buf *b, const char *lead,
                    const struct assess_result *r, enum assess_clause clause)
{
    uint64_t lines[LINES_MAX];
    size_t count = assess_evidence(a, r, clause, lines, LINES_MAX);
    buf_add_format(b, "%srecords: [", lead);
    for (size_t i = 0; i < count; i++)
        buf_add_format(b, "%s%" PRIu64, i ? ", " : "", lines[i]);
    buf_add_text(b, "]\n");
}

static void clauses_of_pair(const struct assessment *a, struct buf *b, size_t pair)
{
    const struct assess_pair *p = &a->pairs[pair];
    buf_add_text(b, "    clauses:\n");
    for (int c = ASSESS_SUCCESS; c < ASSESS_CLAUSE_COUNT; c++) {
        const struct assess_result *r = &p->clauses[c];
        if (r->outcome == ASSESS_UNUSED)
            continue;
        buf_add_format(b, "      - clause: %s\n", assess_clause_name((enum assess_clause)c));
        lines_text(b, "        ", "outcome", assess_outcome_name(r->outcome));
        if (r->outcome == ASSESS_OPEN)
            lines_number(b, "        ", "more_placements", r->missing);
        if (c == ASSESS_SCOPE && r->outcome == ASSESS_NOT_TESTABLE)
            lines_text(b, "        ", "not_in_survey", a->not_in_survey);
        if (r->cell == SIZE_MAX)
            continue;
        cell_names(a, b, "        ", r->cell);
        cell_counts(a, b, "        ", r->cell);
        measures(a, b, "        ", (enum assess_clause)c, r->cell);
        records(a, b, "        ", r, (enum assess_clause)c);
    }
}

static void sensitivity_of_pair(const struct assessment *a, struct buf *b, const struct assess_pair *p)
{
    const struct criteria *c = a->criteria;
    buf_add_text(b, "    flips_at:\n");
    if (assess_uses(c, ASSESS_SUCCESS) && !c->taps) {
        if (isnan(p->dirty_passes_from))
            buf_add_text(b, "      dirty_at_most: null  # no bound would pass with these placements\n");
        else
            bound(b, "      ", "dirty_at_most", p->dirty_passes_from, DECIMAL_UP);
    }
    if (c->within_ms && p->time_passes_from_us == 0)
        buf_add_text(b, "      within_ms: null  # no time would pass with these placements\n");
    else if (c->within_ms)
        buf_add_format(b, "      within_ms: %.3f\n", p->time_passes_from_us / 1000.0);
    if (c->five_points && p->points_failing == UINT32_MAX)
        buf_add_text(b, "      failing_points: null  # not testable with this run\n");
    else if (c->five_points)
        lines_number(b, "      ", "failing_points", p->points_failing);
    if (c->height && isnan(p->dead_zone_mm))
        buf_add_text(b, "      dead_zone_mm: null  # not testable with this run\n");
    else if (c->height)
        buf_add_format(b, "      dead_zone_mm: %.3f\n", p->dead_zone_mm);
    lines_number(b, "      ", "readers", p->readers_passed);
}

static void open_of_pair(const struct assessment *a, struct buf *b, const struct assess_pair *p)
{
    if (p->open_count == 0)
        return;
    lines_number(b, "    ", "more_placements_at_most", p->placements_missing);
    buf_add_text(b, "    open:\n");
    for (size_t i = p->open_begin; i < p->open_begin + p->open_count; i++) {
        const struct assess_open *o = &a->open[i];
        buf_add_format(b, "      - clause: %s\n", assess_clause_name(o->clause));
        cell_names(a, b, "        ", o->cell);
        lines_number(b, "        ", "n", a->f->cells[o->cell].n);
        lines_number(b, "        ", "d", a->f->cells[o->cell].d);
        lines_number(b, "        ", "more_placements", o->missing);
    }
}

static void handsets(const struct assessment *a, struct buf *b)
{
    const struct survey *s = a->f->survey;
    buf_add_text(
        b,
        "\n# Every handset + sim: what it is recommended as, the clause and the cell that decide, and how "
        "far each\n"
        "# clause stands. n placements, d of them dirty; lower and upper are anytime-valid bounds on "
        "P(dirty).\n"
        "# records: lines of journal.yaml, the first failing transactions or the placement that settled it.\n"
        "# more_placements: clean ones that would pass it; 0: no number within the scheme's n_max would.\n"
        "# leans_on_invalid: required cells that are compatible only as long as their invalid placements "
        "are\n"
        "# left out; counted as dirty they would decide otherwise (a phone can make a reader hang).\n"
        "# flips_at: the least demanding value that this handset passes, or the readers that it passes.\n"
        "handsets:\n");
    for (size_t i = 0; i < s->pair_count; i++) {
        const struct assess_pair *p = &a->pairs[i];
        lines_text(b, "  - ", "handset", s->pairs[i].unit);
        lines_text(b, "    ", "model", s->handset_profiles[s->pairs[i].handset].id);
        lines_text(b, "    ", "sim", s->sims[s->pairs[i].sim].id);
        lines_text(b, "    ", "recommendation", recommendation_name(p->recommendation));
        if (p->clause != ASSESS_NONE)
            lines_text(b, "    ", "decided_by", assess_clause_name(p->clause));
        readers_of(a, b, "    ", "passes_on", p->passes);
        readers_of(a, b, "    ", "fails_on", p->fails);
        if (p->open)
            readers_of(a, b, "    ", "undecided_on", p->open);
        if (p->not_testable)
            readers_of(a, b, "    ", "not_testable_on", p->not_testable);
        if (p->modes_failing)
            modes_of(b, "    ", "conditional_modes_failing", p->modes_failing);
        if (p->modes_open)
            modes_of(b, "    ", "conditional_modes_not_shown", p->modes_open);
        if (p->leans_on_invalid)
            lines_number(b, "    ", "leans_on_invalid", p->leans_on_invalid);
        clauses_of_pair(a, b, i);
        open_of_pair(a, b, p);
        sensitivity_of_pair(a, b, p);
    }
}

static void readers(const struct assessment *a, struct buf *b)
{
    const struct survey *s = a->f->survey;
    buf_add_text(
        b,
        "\n# Every reader: on how many handset + sim pairs all required clauses pass, fail, or are open "
        "there, and\n"
        "# which clauses fail. One pair may fail several clauses. No order of merit: the intervals overlap.\n"
        "readers:\n");
    for (size_t i = 0; i < s->reader_count; i++) {
        const struct assess_reader *r = &a->readers[i];
        char label[256];
        survey_reader_label(s, i, label, sizeof label);
        lines_text(b, "  - ", "reader", s->readers[i].unit);
        lines_text(b, "    ", "model", label);
        buf_add_format(b, "    counts: %s%s\n", r->in_scope ? "true" : "false",
                       r->in_scope ? "" : "  # the criteria do not ask for this reader");
        lines_number(b, "    ", "passes", r->passes);
        lines_number(b, "    ", "fails", r->fails);
        lines_number(b, "    ", "undecided", r->open);
        lines_number(b, "    ", "not_testable", r->not_testable);
        if (r->skips_payload)
            buf_add_text(b, "    payload: skipped  # its class passes no extended APDU\n");
        buf_add_text(b, "    fails_by_clause:");
        bool any = false;
        for (int c = ASSESS_SUCCESS; c < ASSESS_READERS; c++) {
            if (r->fails_by_clause[c] == 0)
                continue;
            buf_add_format(b, "%s      %s: %u\n", any ? "" : "\n", assess_clause_name((enum assess_clause)c),
                           r->fails_by_clause[c]);
            any = true;
        }
        buf_add_text(b, any ? "" : " {}\n");
    }
}

static void changes(const struct assessment *a, struct buf *b, const struct assess_scenario *s)
{
    size_t pairs = a->f->survey->pair_count;
    for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
        lines_number(b, "    ", recommendation_name((enum recommendation)r), s->counts[r]);
    buf_add_text(b, s->changed ? "    changes:\n" : "    changes: []\n");
    for (size_t i = 0; i < pairs; i++) {
        if (s->recommendation[i] == a->pairs[i].recommendation)
            continue;
        lines_text(b, "      - ", "handset", a->f->survey->pairs[i].unit);
        lines_text(b, "        ", "sim", a->f->survey->sims[a->f->survey->pairs[i].sim].id);
        lines_text(b, "        ", "from", recommendation_name(a->pairs[i].recommendation));
        lines_text(b, "        ", "to", recommendation_name((enum recommendation)s->recommendation[i]));
    }
}

static void scenario(const struct assessment *a, struct buf *b, const struct assess_scenario *s)
{
    const struct survey *v = a->f->survey;
    switch (s->what) {
    case ASSESS_DROP:
        lines_text(b, "  - ", "drop_reader", v->readers[s->reader].unit);
        break;
    case ASSESS_DROP_MODEL:
        lines_text(b, "  - ", "drop_model", v->reader_profiles[v->readers[s->reader].profile].id);
        break;
    case ASSESS_ONLY:
        lines_text(b, "  - ", "only_reader", v->readers[s->reader].unit);
        break;
    case ASSESS_REPLACE:
        lines_text(b, "  - ", "replace_reader", v->readers[s->reader].unit);
        lines_text(b, "    ", "by", v->readers[s->by].unit);
        break;
    case ASSESS_RELAX:
        lines_text(b, "  - ", "without_clause", assess_clause_name(s->clause));
        break;
    case ASSESS_RELAX_MODE:
        lines_text(b, "  - ", "without_power_mode", power_mode_name(s->mode));
        break;
    case ASSESS_RELAX_CONDITION:
        lines_text(b, "  - ", "without_condition", v->conditions[s->condition].id);
        break;
    case ASSESS_BOUND:
        buf_add_format(b, "  - dirty_at_most: %s\n", decimal_plain(s->bound).text);
        break;
    }
    changes(a, b, s);
}

static void scenarios(const struct assessment *a, struct buf *b)
{
    bool any = false;
    buf_add_text(
        b,
        "\n# What if: the same evidence under changed criteria. drop_reader: that reader is not asked for;\n"
        "# drop_model: none of the readers of a model that has several is;\n"
        "# only_reader: it alone is; without_clause: that clause is not asked for (readers: one is enough);\n"
        "# without_condition: one of several conditions of a power mode is not asked for;\n"
        "# dirty_at_most: the list for another bound on P(dirty). Only pairs that end otherwise are named.\n"
        "what_if:");
    for (size_t i = 0; i < a->scenario_count; i++) {
        buf_add_text(b, any ? "" : "\n");
        scenario(a, b, &a->scenarios[i]);
        any = true;
    }
    buf_add_text(b, any ? "" : " []\n");
}

static void ranges(const struct assessment *a, struct buf *b)
{
    const struct assess_proposal *p = &a->proposal;
    buf_add_text(b, "  clauses:\n");
    for (size_t i = 0; i < p->range_count; i++) {
        const struct assess_range *r = &p->ranges[i];
        buf_add_format(b, "    - clause: %s\n", assess_clause_name(r->clause));
        if (!r->testable) {
            buf_add_text(b, "      needed: null  # not testable with this run\n");
            continue;
        }
        buf_add_format(b, "      needed: %s\n", r->dropped ? "false" : "true");
        lines_number(b, "      ", "holds_back_by_itself", r->holds_back);
        if (!r->numeric)
            continue;
        real(b, "      ", "as_it_stands", assess_in_unit(r->clause, r->value));
        real(b, "      ", "same_list_from", assess_in_unit(r->clause, r->tightest));
        if (isnan(r->changes_at))
            buf_add_text(b, "      changes_at: null  # no looser value changes the list\n");
        else
            real(b, "      ", "changes_at", assess_in_unit(r->clause, r->changes_at));
        if (r->changes_pair < a->f->survey->pair_count)
            lines_text(b, "      ", "changes_first", a->f->survey->pairs[r->changes_pair].unit);
        if (!r->dropped)
            real(b, "      ", "proposed", assess_in_unit(r->clause, r->proposed));
    }
    buf_add_format(b, "  same_list_together: %s\n", p->same_list ? "true" : "false");
}

static void cost(struct buf *b, const char *key, const struct assess_cost *c)
{
    buf_add_format(b, "  %s:\n", key);
    lines_number(b, "    ", "clean_placements", c->placements);
    lines_number(b, "    ", "placements_at_most", c->placements_most);
    lines_number(b, "    ", "conditions", c->conditions);
    lines_number(b, "    ", "sessions", c->sessions);
    buf_add_format(b, "    hours_smallest_set: %.2f\n    hours_all_readers: %.2f\n", c->hours_set,
                   c->hours_all);
}

static void proposal(const struct assessment *a, struct buf *b)
{
    const struct assess_proposal *p = &a->proposal;
    buf_add_text(b, "\n# The proposal: the least demanding criteria that give the same list. Each clause is "
                    "loosened as far as no\n"
                    "# handset ends otherwise, one after the other in this order, so that all together still "
                    "do; then the\n"
                    "# smallest sets of readers that tell the same, none better than another.\n"
                    "proposal:\n");
    ranges(a, b);
    buf_add_text(b, "  readers:\n");
    if (p->failing == 0)
        buf_add_text(
            b, "    smallest_sets: []  # no handset failed, so no reader is shown to be needed or not\n");
    else if (p->set_count == 0)
        buf_add_text(b, "    smallest_sets: []  # no choice of readers tells the same as all\n");
    else
        buf_add_text(b, "    smallest_sets:\n");
    for (size_t i = 0; i < p->set_count && i < ASSESS_SETS_MAX && p->failing > 0; i++) {
        buf_add_text(b, "      -");
        bool any = false;
        for (size_t r = 0; r < a->f->survey->reader_count; r++)
            if (p->sets[i] >> r & 1) {
                buf_add_text(b, any ? ", " : " [");
                lines_string(b, a->f->survey->readers[r].unit);
                any = true;
            }
        buf_add_text(b, any ? "]\n" : " []\n");
    }
    lines_number(b, "    ", "sets_of_this_size", p->failing > 0 ? p->set_count : 0);
    lines_number(b, "    ", "rests_on_pairs", p->rests_on);
    lines_number(b, "    ", "of_them_failing", p->failing);
    lines_number(b, "    ", "patterns_of_failing_readers", p->patterns);
    lines_number(b, "    ", "patterns_seen_once", p->patterns_once);
    buf_add_text(b, "  # What a new handset is measured with, a condition and reader; hours if every "
                    "placement is clean.\n");
    cost(b, "measure_as_it_stands", &p->as_is);
    cost(b, "measure_as_proposed", &p->proposed);
    buf_add_text(b, "  # In words.\n  words:\n");
    for (size_t i = 0; i < a->sentence_count; i++) {
        lines_text(b, "    - ", "en", a->sentences[i].en);
        lines_text(b, "      ", "ja", a->sentences[i].ja);
    }
    buf_add_text(b, "  # What stands behind it, and what it does not speak of.\n  limits:\n");
    lines_number(b, "    ", "models_tested", p->models);
    lines_number(b, "    ", "units_tested", p->units);
    lines_number(b, "    ", "sims_tested", p->sims);
    lines_number(b, "    ", "sessions_least", p->sessions_least);
    lines_number(b, "    ", "sessions_most", p->sessions_most);
    lines_number(b, "    ", "cells_excluded", p->cells_excluded);
    lines_number(b, "    ", "invalid_placements", p->invalid_placements);
    lines_number(b, "    ", "required_cells_changed_by_invalid", p->changed_by_invalid);
    buf_add_format(b, "    simulated: %s\n", a->f->simulated ? "true" : "false");
}

static void the_criteria(const struct assessment *a, const char *sha256, struct buf *b)
{
    const struct criteria *c = a->criteria;
    buf_add_text(b, "\n# The criteria in force, and what is theirs by analogy only.\ncriteria:\n");
    lines_text(b, "  ", "id", c->id);
    optional(b, "  ", "edition", c->edition);
    lines_text(b, "  ", "title", c->title);
    optional(b, "  ", "title_ja", c->title_ja);
    lines_text(b, "  ", "source", c->source);
    optional(b, "  ", "source_ja", c->source_ja);
    optional(b, "  ", "analogy", c->analogy);
    optional(b, "  ", "analogy_ja", c->analogy_ja);
    optional(b, "  ", "proves", c->proves);
    optional(b, "  ", "proves_ja", c->proves_ja);
    lines_text(b, "  ", "sha256", sha256);
    readers_of(a, b, "  ", "readers", a->scope);
    if (a->not_in_survey)
        lines_text(b, "  ", "not_in_survey", a->not_in_survey);
}

static void head(const struct assessment *a, struct buf *b)
{
    const struct findings *f = a->f;
    if (f->simulated)
        buf_add_text(
            b, "# SIMULATED: simulated readers and handsets. This says nothing about any real device.\n");
    buf_add_text(b, "# Derived from journal.yaml, the only primary record, and a criteria file; it can be "
                    "made again at any time.\n"
                    "format: nfc-survey/assessment\nversion: 1\n");
    lines_text(b, "", "run", f->run);
    lines_text(b, "", "survey", f->survey->id);
    buf_add_format(b, "simulated: %s\n", f->simulated ? "true" : "false");
    if (f->simulated)
        lines_text(b, "", "simulated_sign", f->simulated_sign ? said_text(f->simulated_sign).text : NULL);
    buf_add_format(b, "finished: %s\n", f->finished ? "true" : "false");
    lines_text(b, "", "journal_sha256", f->sha256);
    lines_number(b, "", "damaged_lines", f->damaged);
    lines_text(b, "", "scheme", f->scheme.name);
    buf_add_format(b, "q0: %s\nq1: %s\nalpha: %s\nbeta: %s\nk: %u\n", decimal_plain(f->scheme.q0).text,
                   decimal_plain(f->scheme.q1).text, decimal_plain(f->scheme.alpha).text,
                   decimal_plain(f->scheme.beta).text, f->scheme.k);
}

void criteria_yaml(const struct assessment *a, const char *criteria_text_sha256, struct buf *out)
{
    head(a, out);
    the_criteria(a, criteria_text_sha256, out);
    buf_add_text(out, "\n# Handset + sim pairs by recommendation.\nlist:\n");
    for (int r = RECOMMENDATION_RECOMMENDED; r <= RECOMMENDATION_NOT_ENOUGH_DATA; r++)
        lines_number(out, "  ", recommendation_name((enum recommendation)r), a->counts[r]);
    handsets(a, out);
    readers(a, out);
    scenarios(a, out);
    proposal(a, out);
}

static int write_criteria(struct report *r, const char *path, struct err *e)
{
    struct buf text;
    if (!r->assessment)
        return err_set(
            e, ERR_INPUT, r->findings->survey->id,
            "the survey of this run names no criteria: `nfc-survey criteria --criteria` takes some");
    buf_init(&text, CRITERIA_BYTES_MAX);
    criteria_yaml(r->assessment, r->criteria_sha256, &text);
    int status = text.failed ? err_set(e, ERR_MEMORY, path, "the assessment does not fit in memory")
                             : file_replace(path, text.data, text.length, e);
    buf_free(&text);
    return status;
}

const struct report_writer report_criteria = {
    .name = "criteria",
    .stem = "criteria",
    .extension = "yaml",
    .summary = "every recommendation with its clauses, cells and records; what-ifs; the proposal",
    .write = write_criteria,
};
