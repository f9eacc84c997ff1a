/* summary.yaml: the findings of a run a cell in block style, for people and for tools. Derived, never
 * primary. */
#include "harness/base/decimal.h"
#include "harness/base/yaml.h"
#include "harness/findings/findings.h"
#include "harness/findings/fold.h"
#include "harness/findings/matrix.h"
#include "harness/findings/summary_times.h"
#include "harness/findings/tally.h"

#include <inttypes.h>
#include <math.h>

static void quantile(struct buf *b, const char *key, const struct findings_quantile *q)
{
    if (!q->has_value)
        return;
    buf_add_format(b, "      %s: %" PRIu64 "\n", key, q->value_us);
    if (q->has_interval)
        buf_add_format(b, "      %s_interval: [%" PRIu64 ", %" PRIu64 "]\n", key, q->low_us, q->high_us);
    else
        buf_add_format(b, "      %s_interval: null  # n too small\n", key);
}

static void times(struct buf *b, const char *key, const struct findings_times_first *t)
{
    if (t->n == 0)
        return;
    buf_add_format(b, "    %s:\n      n: %" PRIu64 "\n", key, t->n);
    quantile(b, "median", &t->median);
    quantile(b, "p90", &t->p90);
    yaml_number(b, "      ", "max", t->max_us);
}

static void failures(struct buf *b, const struct findings_cell *c)
{
    if (tally_failed(c) == 0)
        return;
    buf_add_text(b, "    failures_by_stage:\n");
    for (int stage = STAGE_NONE; stage < STAGE_COUNT; stage++)
        if (c->failures_by_stage[stage])
            yaml_number(b, "      ", stage ? stage_name((enum stage)stage) : "unknown",
                        c->failures_by_stage[stage]);
    buf_add_text(b, "    failures_by_cause:");
    bool any = false;
    for (unsigned cause = 1; cause <= CAUSE_COUNT; cause++) {
        if (!c->failures_by_cause[cause])
            continue;
        if (!any)
            buf_add_text(b, "  # candidates: a transaction counts for each of its set\n");
        any = true;
        buf_add_format(b, "      F%02u: %" PRIu64 "\n", cause, c->failures_by_cause[cause]);
    }
    if (!any)
        buf_add_text(b, " {}\n");
}

static void cell(const struct findings *f, size_t index, struct buf *b)
{
    const struct survey *s = f->survey;
    const struct findings_cell *c = &f->cells[index];
    const struct survey_pair *pair = &s->pairs[c->pair];
    char label[256];
    survey_reader_label(s, c->reader, label, sizeof label);
    buf_add_format(b, "  - cell: %zu\n", index);
    yaml_text(b, "    ", "reader", label);
    yaml_text(b, "    ", "reader_unit", s->readers[c->reader].unit);
    yaml_text(b, "    ", "handset", pair->unit);
    yaml_text(b, "    ", "sim", s->sims[pair->sim].id);
    yaml_text(b, "    ", "condition", s->conditions[c->condition].id);
    yaml_text(b, "    ", "script", s->scripts_loaded[s->scripts[c->script].script].id);
    yaml_number(b, "    ", "n", c->n);
    yaml_number(b, "    ", "d", c->d);
    yaml_number(b, "    ", "invalid", c->invalid);
    yaml_number(b, "    ", "aborted", c->aborted);
    if (c->excluded)
        yaml_number(b, "    ", "excluded", c->excluded);
    if (c->withdrawn) {
        yaml_number(b, "    ", "withdrawn", c->withdrawn);
        yaml_number(b, "    ", "withdrawn_dirty", c->withdrawn_dirty);
    }
    char lower[DECIMAL_SIZE], upper[DECIMAL_SIZE];
    buf_add_format(b, "    lower: %s\n    upper: %s\n", decimal_bound(lower, c->lower, 6, DECIMAL_DOWN),
                   decimal_bound(upper, c->upper, 6, DECIMAL_UP));
    yaml_text(b, "    ", "verdict", verdict_name(c->verdict));
    yaml_text(b, "    ", "verdict_invalid_as_dirty", verdict_name(c->verdict_invalid_as_dirty));
    yaml_text(b, "    ", "verdict_without_withdrawn", verdict_name(c->verdict_without_withdrawn));
    yaml_number(b, "    ", "missing", c->missing);
    if (c->state != SURVEY_CELL_IN && s->excluded_reason && s->excluded_reason[index])
        yaml_text(b, "    ", "why_not_run", s->excluded_reason[index]);
    buf_add_text(b, "    transactions:\n");
    yaml_number(b, "      ", "ok", c->ok);
    yaml_number(b, "      ", "fail", c->fail);
    yaml_number(b, "      ", "invalid", c->invalid_transactions);
    yaml_number(b, "      ", "not_applicable", c->not_applicable);
    yaml_number(b, "      ", "slow", c->slow);
    buf_add_format(b, "      ratio: \"%" PRIu64 " of %" PRIu64 "\"\n", c->ok, tally_transactions(c));
    failures(b, c);
    summary_causes(f, index, b);
    times(b, "first_transaction_us", &c->first_transaction);
    times(b, "first_exchange_us", &c->first_exchange);
    summary_times_of_cell(c, b);
}

static void scheme(const struct findings *f, struct buf *b)
{
    const struct scheme *s = &f->scheme;
    buf_add_text(b, "scheme:\n");
    yaml_text(b, "  ", "name", s->name);
    buf_add_format(b, "  q0: %s\n  q1: %s\n  alpha: %s\n  beta: %s\n", decimal_plain(s->q0).text,
                   decimal_plain(s->q1).text, decimal_plain(s->alpha).text, decimal_plain(s->beta).text);
    buf_add_format(b, "  k: %u\n  n_max: %u\n  sessions: %u\n", s->k, s->n_max, f->sessions);
    yaml_text(b, "  ", "prior_upper", f->prior_upper);
    yaml_text(b, "  ", "prior_lower", f->prior_lower);
}

static void head(const struct findings *f, struct buf *b)
{
    buf_add_text(
        b,
        "# Derived from journal.yaml, the only primary record; it can be rebuilt at any time.\n"
        "# n placements counted, d of them dirty; [lower, upper] are anytime-valid bounds on P(dirty).\n"
        "# Transactions of one placement are not independent: their ratio is given without an interval.\n"
        "# first_transaction_us, first_exchange_us: microseconds, of first transactions that were ok, one a\n"
        "# placement; intervals are order statistics at 95 %, null where n is too small for one.\n"
        "# missing: clean placements that would make an undecided cell compatible, 0 if none would.\n"
        "# slow: transactions that were ok but passed the time limit; they make a placement dirty.\n"
        "# narrowed_by: what removes or supports a candidate, and what was looked at (docs/causes.md).\n"
        "# fails_on: reader units on which a required clause of the criteria fails, or is declared "
        "absent.\n");
    summary_times_words(b);
    buf_add_text(b, "format: nfc-survey/summary\nversion: 1\n");
    yaml_text(b, "", "run", f->run);
    yaml_text(b, "", "survey", f->survey->id);
    buf_add_format(b, "simulated: %s\n", f->simulated ? "true" : "false");
    if (f->simulated)
        yaml_text(b, "", "simulated_sign", f->simulated_sign ? said_text(f->simulated_sign).text : NULL);
    yaml_text(b, "", "started", f->started);
    yaml_text(b, "", "last", f->last_wall);
    buf_add_format(b, "finished: %s\n", f->finished ? "true" : "false");
    yaml_text(b, "", "program", f->program);
    yaml_number(b, "", "seed", f->seed);
    scheme(f, b);
    yaml_number(b, "", "records", f->records);
    yaml_number(b, "", "damaged", f->damaged);
    yaml_text(b, "", "sha256", f->sha256);
    buf_add_text(b, "placements:\n");
    yaml_number(b, "  ", "all", f->placements);
    yaml_number(b, "  ", "dirty", f->placements_dirty);
    yaml_number(b, "  ", "invalid", f->placements_invalid);
    yaml_number(b, "  ", "aborted", f->placements_aborted);
    yaml_number(b, "  ", "broken_off", f->broken_off);
}

static void verdicts(const struct findings *f, struct buf *b)
{
    uint64_t counts[VERDICT_COUNT] = { 0 };
    for (size_t i = 0; i < f->cell_count; i++)
        counts[f->cells[i].verdict]++;
    buf_add_text(b, "verdicts:\n");
    yaml_number(b, "  ", "cells", f->cell_count);
    for (int v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
        yaml_number(b, "  ", verdict_name((enum verdict)v), counts[v]);
}

static void fails_on(const struct findings *f, size_t pair, struct buf *b)
{
    bool any = false;
    buf_add_text(b, "    fails_on: [");
    for (size_t r = 0; r < f->survey->reader_count; r++) {
        if (!findings_fails_on(f, pair, r, FINDINGS_NEED_REQUIRED))
            continue;
        buf_add_text(b, any ? ", " : "");
        yaml_string(b, f->survey->readers[r].unit);
        any = true;
    }
    buf_add_text(b, "]\n");
}

static void pairs(const struct findings *f, struct buf *b)
{
    buf_add_text(b, "handsets:\n");
    for (size_t i = 0; i < f->survey->pair_count; i++) {
        const struct findings_pair *p = &f->pairs[i];
        buf_add_text(b, "  - ");
        yaml_text(b, "", "handset", f->survey->pairs[i].unit);
        yaml_text(b, "    ", "sim", f->survey->sims[f->survey->pairs[i].sim].id);
        if (p->recommendation != RECOMMENDATION_NONE) {
            yaml_text(b, "    ", "recommendation", recommendation_name(p->recommendation));
            yaml_text(b, "    ", "reason", p->reason);
            fails_on(f, i, b);
        }
        yaml_number(b, "    ", "compatible", p->compatible);
        yaml_number(b, "    ", "incompatible", p->incompatible);
        yaml_number(b, "    ", "undecided", p->undecided);
        summary_times_of_pair(f, i, b);
    }
}

void findings_summary(const struct findings *f, struct buf *out)
{
    head(f, out);
    findings_slips_summary(f, out);
    findings_scope_summary(f, out);
    verdicts(f, out);
    pairs(f, out);
    findings_summary_matrix(f, out);
    buf_add_text(out, "cells:\n");
    for (size_t i = 0; i < f->cell_count; i++)
        cell(f, i, out);
    summary_times_sections(f, out);
}
