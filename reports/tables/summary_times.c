#include "reports/tables/summary.h"

#include "harness/base/yaml.h"

#include <inttypes.h>
#include <math.h>

void summary_times_words(struct buf *b)
{
    buf_add_text(
        b,
        "# times: of every transaction that was ok, in microseconds, from the start of activation to the\n"
        "# last response; nothing is trimmed. Failures have no time: see transactions, and over_limit for\n"
        "# the ok ones past the time limit. n_eff: so many independent values are these worth, as those of\n"
        "# one placement are alike; intervals are at 95 % with n_eff, null where that is too small for one.\n"
        "# first_v_rest: placements whose first transaction of the script was slower or faster than the\n"
        "# median of its others, the median difference, and p of the sign test (of this one alone);\n"
        "# first_exchange_v_rest: the same of first exchanges, where this script was the first after "
        "laying.\n"
        "# A p of 0.000001 stands for that or less.\n"
        "# A handset's p95 and a reader's p99 are over its cells as they were placed, a script each: they\n"
        "# speak of these handsets and readers in this survey, and rank none where intervals overlap.\n"
        "# drift: change an hour within an execution and session, times and hours about their cell's "
        "centre;\n"
        "# a drift has p_adjusted <= 0.05. autocorrelated: lag1 is farther from lag1_expected than "
        "lag1_limit,\n"
        "# as one steady series in twenty is by chance: look for what comes and goes, intervals are too "
        "narrow.\n"
        "# outliers: more than 5 robust standard deviations of ln above the cell's median, flagged and "
        "kept.\n"
        "# impossible_times: exchanges shorter than their bytes take on the air; a clock or a cache is at\n"
        "# fault (or a rate that the target did not offer), so look there before any time of that reader.\n");
}

/* Six digits: a p is never 0. */
static double least(double p)
{
    return p < 1e-6 ? 1e-6 : p;
}

static void real(struct buf *b, const char *indent, const char *key, double value, int digits)
{
    if (isfinite(value))
        buf_add_format(b, "%s%s: %.*f\n", indent, key, digits, value);
    else
        buf_add_format(b, "%s%s: null\n", indent, key);
}

static void quantile(struct buf *b, const char *indent, const char *key, double p,
                     const struct findings_clustered *q)
{
    if (!q->at.has_value)
        return;
    yaml_number(b, indent, key, q->at.value_us);
    if (q->at.has_interval)
        buf_add_format(b, "%s%s_interval: [%" PRIu64 ", %" PRIu64 "]\n", indent, key, q->at.low_us,
                       q->at.high_us);
    else
        buf_add_format(b,
                       "%s%s_interval: null  # n too small: n_eff %.1f, at least %" PRIu64
                       " in at least %.0f placements are needed\n",
                       indent, key, q->n_effective, findings_clustered_least(p),
                       ceil(1.0 / (1.0 - p) - 1e-9));
    buf_add_format(b, "%s%s_n_eff: %.1f\n", indent, key, q->n_effective);
}

static void first(struct buf *b, const char *indent, const char *key, const struct findings_first *f)
{
    if (isnan(f->p))
        return;
    buf_add_format(b,
                   "%s%s: {slower: %" PRIu64 ", faster: %" PRIu64 ", equal: %" PRIu64 ", difference: %" PRId64
                   ", p: %.6f}\n",
                   indent, key, f->slower, f->faster, f->equal, f->difference_us, least(f->p));
}

static void spread(struct buf *b, const char *indent, const struct findings_times_all *s)
{
    yaml_number(b, indent, "n", s->n);
    yaml_number(b, indent, "placements", s->placements);
    yaml_number(b, indent, "over_limit", s->over_limit);
    if (s->n == 0)
        return;
    quantile(b, indent, "median", 0.5, &s->median);
    quantile(b, indent, "p90", 0.9, &s->p90);
    quantile(b, indent, "p95", 0.95, &s->p95);
    quantile(b, indent, "p99", 0.99, &s->p99);
    yaml_number(b, indent, "max", s->max_us);
    first(b, indent, "first_v_rest", &s->first);
    first(b, indent, "first_exchange_v_rest", &s->first_exchange);
}

void summary_times_of_cell(const struct findings_cell *c, struct buf *b)
{
    if (c->times.n == 0)
        return;
    buf_add_text(b, "    times:\n");
    spread(b, "      ", &c->times);
}

static const char *script_id(const struct findings *f, size_t script)
{
    return f->survey->scripts_loaded[f->survey->scripts[script].script].id;
}

void summary_times_of_pair(const struct findings *f, size_t pair, struct buf *b)
{
    buf_add_text(b, "    times:\n");
    for (size_t script = 0; script < f->survey->script_count; script++) {
        yaml_text(b, "      - ", "script", script_id(f, script));
        spread(b, "        ", &f->pairs[pair].times[script]);
    }
}

static void readers(const struct findings *f, struct buf *b)
{
    buf_add_text(b, "readers:\n");
    for (size_t reader = 0; reader < f->survey->reader_count; reader++) {
        const struct findings_reader *r = &f->readers[reader];
        yaml_text(b, "  - ", "reader_unit", f->survey->readers[reader].unit);
        yaml_number(b, "    ", "outliers", r->outliers);
        yaml_number(b, "    ", "impossible_times", r->impossible);
        buf_add_text(b, "    times:\n");
        for (size_t script = 0; script < f->survey->script_count; script++) {
            yaml_text(b, "      - ", "script", script_id(f, script));
            spread(b, "        ", &r->scripts[script].all);
        }
    }
}

static void drift(const struct findings *f, struct buf *b)
{
    buf_add_text(b, "drift:\n");
    yaml_number(b, "  ", "series", f->drift_count);
    yaml_number(b, "  ", "too_small", f->drift_small);
    buf_add_text(b, f->drift_count ? "  list:\n" : "  list: []\n");
    for (size_t i = 0; i < f->drift_count; i++) {
        const struct findings_drift *d = &f->drifts[i];
        yaml_text(b, "    - ", "reader_unit", f->survey->readers[d->reader].unit);
        yaml_text(b, "      ", "script", script_id(f, d->script));
        buf_add_format(b, "      execution: %u\n      session: %u\n      placements: %u\n      cells: %u\n",
                       d->execution, d->session, d->placements, d->cells);
        buf_add_format(b, "      drifts: %s\n", d->drifts ? "true" : "false");
        real(b, "      ", "percent_an_hour", 100.0 * d->per_hour, 3);
        if (isfinite(d->low) && isfinite(d->high))
            buf_add_format(b, "      percent_interval: [%.3f, %.3f]\n", 100.0 * d->low, 100.0 * d->high);
        real(b, "      ", "spearman", d->spearman, 4);
        real(b, "      ", "p", least(d->p), 6);
        real(b, "      ", "p_adjusted", least(d->p_adjusted), 6);
        buf_add_format(b, "      autocorrelated: %s\n", d->autocorrelated ? "true" : "false");
        real(b, "      ", "lag1", d->lag1, 4);
        real(b, "      ", "lag1_expected", d->lag1_expected, 4);
        real(b, "      ", "lag1_limit", d->lag1_limit, 4);
    }
}

static void outliers(const struct findings *f, struct buf *b)
{
    buf_add_text(b, "outliers:\n");
    yaml_number(b, "  ", "count", f->outlier_count);
    yaml_number(b, "  ", "cells_too_small", f->outlier_cells_small);
    buf_add_text(b, f->outlier_kept ? "  first:\n" : "  first: []\n");
    for (size_t i = 0; i < f->outlier_kept; i++) {
        const struct findings_outlier *o = &f->outliers[i];
        buf_add_format(
            b, "    - {record: %" PRIu64 ", cell: %zu, us: %" PRIu64 ", cell_median: %" PRIu64 ", advice: ",
            o->line, o->cell, o->us, o->cell_median_us);
        yaml_string(b, findings_outlier_advice(o));
        buf_add_text(b, "}\n");
    }
}

static void impossible_times(const struct findings *f, struct buf *b)
{
    buf_add_text(b, "impossible_times:\n");
    yaml_number(b, "  ", "count", f->impossible_count);
    buf_add_text(b, f->impossible_kept ? "  first:\n" : "  first: []\n");
    for (size_t i = 0; i < f->impossible_kept; i++) {
        const struct findings_impossible *x = &f->impossible[i];
        buf_add_format(b,
                       "    - {record: %" PRIu64 ", cell: %zu, exchange: %u, us: %" PRIu64 ", floor: %" PRIu64
                       ", kbit_s: %u, technology: ",
                       x->line, x->cell, x->exchange, x->us, x->floor_us, x->kbit_s);
        if (x->technology)
            buf_add_format(b, "\"%c\"}\n", x->technology);
        else
            buf_add_text(b, "null}\n");
    }
}

void summary_times_sections(const struct findings *f, struct buf *b)
{
    readers(f, b);
    drift(f, b);
    outliers(f, b);
    impossible_times(f, b);
}
