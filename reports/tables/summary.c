/* summary.yaml: the findings of a run a cell in block style, for people and for tools. Derived, never
 * primary. */
#include "reports/tables/summary.h"

#include "harness/base/decimal.h"
#include "harness/base/yaml.h"
#include "harness/findings/tally.h"

#include <inttypes.h>
#include <math.h>

/* What the journal tells no value of has its reason in place of one, behind a byte 1. */
static void text(struct buf *b, const char *indent, const char *key, const char *value)
{
    if (!value || value[0] != '\x01') {
        yaml_text(b, indent, key, value);
        return;
    }
    buf_add_format(b, "%s%s: null", indent, key);
    yaml_comment(b, "absent: ", value + 1);
    buf_add_char(b, '\n');
}

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

static void cell(const struct report *r, size_t index, struct buf *b)
{
    const struct findings *f = r->findings;
    const struct survey *s = f->survey;
    const struct findings_cell *c = &f->cells[index];
    const struct survey_pair *pair = &s->pairs[c->pair];
    char label[256];
    survey_reader_label(s, c->reader, label, sizeof label);
    buf_add_format(b, "  - cell: %zu\n", index);
    text(b, "    ", "reader", label);
    text(b, "    ", "reader_unit", s->readers[c->reader].unit);
    text(b, "    ", "handset", pair->unit);
    text(b, "    ", "sim", s->sims[pair->sim].id);
    text(b, "    ", "condition", s->conditions[c->condition].id);
    text(b, "    ", "script", s->scripts_loaded[s->scripts[c->script].script].id);
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
    text(b, "    ", "verdict", verdict_name(c->verdict));
    text(b, "    ", "verdict_invalid_as_dirty", verdict_name(c->verdict_invalid_as_dirty));
    text(b, "    ", "verdict_without_withdrawn", verdict_name(c->verdict_without_withdrawn));
    yaml_number(b, "    ", "missing", c->missing);
    if (c->state != SURVEY_CELL_IN && s->excluded_reason && s->excluded_reason[index])
        text(b, "    ", "why_not_run", s->excluded_reason[index]);
    buf_add_text(b, "    transactions:\n");
    yaml_number(b, "      ", "ok", c->ok);
    yaml_number(b, "      ", "fail", c->fail);
    yaml_number(b, "      ", "invalid", c->invalid_transactions);
    yaml_number(b, "      ", "not_applicable", c->not_applicable);
    yaml_number(b, "      ", "slow", c->slow);
    buf_add_format(b, "      ratio: \"%" PRIu64 " of %" PRIu64 "\"\n", c->ok, tally_transactions(c));
    failures(b, c);
    summary_causes(r->causes, index, b);
    times(b, "first_transaction_us", &c->first_transaction);
    times(b, "first_exchange_us", &c->first_exchange);
    summary_times_of_cell(c, b);
}

static void scheme(const struct findings *f, struct buf *b)
{
    const struct scheme *s = &f->scheme;
    buf_add_text(b, "scheme:\n");
    text(b, "  ", "name", s->name);
    buf_add_format(b, "  q0: %s\n  q1: %s\n  alpha: %s\n  beta: %s\n", decimal_plain(s->q0).text,
                   decimal_plain(s->q1).text, decimal_plain(s->alpha).text, decimal_plain(s->beta).text);
    buf_add_format(b, "  k: %u\n  n_max: %u\n  sessions: %u\n", s->k, s->n_max, f->sessions);
    text(b, "  ", "prior_upper", f->prior_upper);
    text(b, "  ", "prior_lower", f->prior_lower);
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
    text(b, "", "run", f->run);
    text(b, "", "survey", f->survey->id);
    buf_add_format(b, "simulated: %s\n", f->simulated ? "true" : "false");
    if (f->simulated)
        text(b, "", "simulated_sign", f->simulated_sign);
    text(b, "", "started", f->started);
    text(b, "", "last", f->last_wall);
    buf_add_format(b, "finished: %s\n", f->finished ? "true" : "false");
    text(b, "", "program", f->program);
    yaml_number(b, "", "seed", f->seed);
    scheme(f, b);
    yaml_number(b, "", "records", f->records);
    yaml_number(b, "", "damaged", f->damaged);
    text(b, "", "sha256", f->sha256);
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

static void fails_on(const struct report *r, size_t pair, struct buf *b)
{
    bool any = false;
    buf_add_text(b, "    fails_on: [");
    for (size_t i = 0; i < r->findings->survey->reader_count; i++) {
        if (!assess_fails_on(r->assessment, pair, i, NEED_REQUIRED))
            continue;
        buf_add_text(b, any ? ", " : "");
        yaml_string(b, r->findings->survey->readers[i].unit);
        any = true;
    }
    buf_add_text(b, "]\n");
}

static void recommendation(const struct report *r, size_t pair, struct buf *b)
{
    struct buf reason;
    buf_init(&reason, 4096);
    assess_add_reason(&reason, r->assessment, pair);
    text(b, "    ", "recommendation", recommendation_name(r->assessment->pairs[pair].recommendation));
    text(b, "    ", "reason", reason.data);
    b->failed = b->failed || reason.failed;
    buf_free(&reason);
    fails_on(r, pair, b);
}

static void pairs(const struct report *r, struct buf *b)
{
    const struct findings *f = r->findings;
    buf_add_text(b, "handsets:\n");
    for (size_t i = 0; i < f->survey->pair_count; i++) {
        const struct findings_pair *p = &f->pairs[i];
        buf_add_text(b, "  - ");
        text(b, "", "handset", f->survey->pairs[i].unit);
        text(b, "    ", "sim", f->survey->sims[f->survey->pairs[i].sim].id);
        if (r->assessment)
            recommendation(r, i, b);
        yaml_number(b, "    ", "compatible", p->compatible);
        yaml_number(b, "    ", "incompatible", p->incompatible);
        yaml_number(b, "    ", "undecided", p->undecided);
        summary_times_of_pair(f, i, b);
    }
}

static void quoted(struct buf *b, const char *key, const char *value)
{
    if (!value || *value == '\x01')
        return;
    buf_add_format(b, ", %s: ", key);
    yaml_string(b, value);
}

static void operator_words(const struct findings *f, struct buf *b)
{
    struct tally_others others = tally_others(f);
    buf_add_format(
        b,
        "operator:  # excluded: told before the result, invalid; withdrawn: told after it, counted\n"
        "  excluded: %" PRIu64 "\n  withdrawn: %" PRIu64 "\n"
        "  verdicts_other_with_invalid_as_dirty: %" PRIu64 "\n"
        "  verdicts_other_without_withdrawn: %" PRIu64 "\n  notes:%s\n",
        f->placements_excluded, f->placements_withdrawn, others.invalid_as_dirty, others.without_withdrawn,
        f->notes_kept ? "" : " []");
    for (size_t i = 0; i < f->notes_kept; i++) {
        const struct findings_note *n = &f->notes[i];
        buf_add_format(b, "    - {line: %" PRIu64, n->line);
        quoted(b, "effect", n->effect);
        if (n->placement)
            buf_add_format(b, ", placement: %" PRIu64, n->placement);
        quoted(b, "by", n->by);
        quoted(b, "wall", n->wall);
        quoted(b, "text", n->text);
        buf_add_text(b, "}\n");
    }
    if (f->note_count > f->notes_kept)
        buf_add_format(b, "  notes_more: %" PRIu64 "  # in the journal\n", f->note_count - f->notes_kept);
}

void summary_write(const struct report *r, struct buf *out)
{
    const struct findings *f = r->findings;
    head(f, out);
    operator_words(f, out);
    summary_scope(f, out);
    verdicts(f, out);
    pairs(r, out);
    summary_matrix(r, out);
    buf_add_text(out, "cells:\n");
    for (size_t i = 0; i < f->cell_count; i++)
        cell(r, i, out);
    summary_times_sections(f, out);
}
