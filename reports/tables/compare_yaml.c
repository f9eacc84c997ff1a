/* A comparison as YAML, in block style, for programs and for people. */
#include "reports/compare.h"

#include "harness/base/decimal.h"
#include "harness/base/yaml_lines.h"

#include <inttypes.h>
#include <math.h>

/* Rounded outwards, so that a written bound never claims more than the bound does. */
static void interval(struct buf *b, double low, double high)
{
    buf_add_format(b, "[%.6f, %.6f]", floor(low * 1e6) / 1e6, ceil(high * 1e6) / 1e6);
}

/* ln of an e-value in decimals: to YAML 1.1 an exponent makes a string, and e-values are large. */
static void log10_of(struct buf *b, double log_e)
{
    buf_add_format(b, "%.4f", log_e / log(10.0));
}

static const char *side_name(enum compare_side s)
{
    static const char *const names[] = { "", "a", "b", "both" };
    return names[s];
}

static void run(struct buf *b, const char *name, const struct findings *f)
{
    buf_add_format(b, "  %s: {run: ", name);
    lines_string(b, f->run);
    buf_add_text(b, ", survey: ");
    lines_string(b, f->survey->id);
    buf_add_text(b, ", started: ");
    lines_string(b, f->started);
    buf_add_format(b, ", finished: %s, placements: %" PRIu64 ", sha256: \"%s\"}\n",
                   f->finished ? "true" : "false", f->placements, f->sha256);
}

/* Units only can be unsteady, and times only be untested. */
static void counts(const size_t *of, bool times, struct buf *b)
{
    bool any = false;
    for (int i = COMPARE_CLASS_COUNT - 1; i >= (times ? COMPARE_NOT_TESTED : COMPARE_NO_CHANGE); i--) {
        if (i == COMPARE_UNSTEADY)
            continue;
        buf_add_format(b, "%s%s: %zu", any ? ", " : "", compare_class_name((enum compare_class)i, times),
                       of[i]);
        any = true;
    }
}

static void head(const struct comparison *c, struct buf *b)
{
    char fdr[DECIMAL_SIZE], confidence[DECIMAL_SIZE];
    buf_add_text(b, "format: nfc-survey/comparison\nversion: 1\nruns:\n");
    run(b, "a", c->a);
    run(b, "b", c->b);
    buf_add_format(b, "simulated: %s\nmatch: %s\nfdr: %s\nconfidence: %s\n", c->simulated ? "true" : "false",
                   c->match == COMPARE_BY_UNIT ? "unit" : "model", decimal_shortest(fdr, c->fdr),
                   decimal_digits(confidence, c->confidence, 6, DECIMAL_NEAREST));
    buf_add_format(b, "tests: %zu  # cells, readers and handsets: one family\nlisted: %zu\n", c->tests,
                   c->listed);
    buf_add_format(b, "same_plan: %s\n",
                   c->same_plan ? "true" : "false  # readers and handsets are not tested");
    if (c->tests > 0)
        buf_add_format(b, "e_needed_alone: {cell: %.0f, unit: %.0f}\n", ceil(c->cell_needs),
                       ceil(c->unit_needs));
    buf_add_format(b, "time_tests: %zu\ntimes_listed: %zu\n", c->time_tests, c->time_listed);
    buf_add_text(b, "cells_by_class: {");
    counts(c->by_class, false, b);
    buf_add_text(b, "}\ntimes_by_class: {");
    counts(c->time_by_class, true, b);
    buf_add_format(b, "}\nverdicts_changed: ");
    if (c->same_verdicts)
        buf_add_format(b, "%zu\n", c->verdicts_changed);
    else
        buf_add_text(b, "null  # the schemes differ, so verdicts do not mean the same\n");
    buf_add_format(b, "blind: %zu  # cells in which no change could have been seen\n", c->blind);
    if (isnan(c->open_median))
        buf_add_text(b, "worsening_not_ruled_out: null\n");
    else
        buf_add_format(
            b,
            "worsening_not_ruled_out: {least: %.6f, median: %.6f, most: %.6f}  # where no change is "
            "shown\n",
            ceil(c->open_least * 1e6) / 1e6, ceil(c->open_median * 1e6) / 1e6,
            ceil(c->open_most * 1e6) / 1e6);
}

static void value(struct buf *b, const struct said *s)
{
    const char *words = said_own_words(s);
    lines_string(b, !s || words ? words : said_text(s).text);
}

static void differences(const struct comparison *c, struct buf *b)
{
    buf_add_text(b, c->difference_count ? "differences:\n" : "differences: []\n");
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct compare_difference *d = &c->differences[i];
        buf_add_format(b, "  - {what: %s, subject: ", compare_what_name(d->what));
        lines_string(b, d->subject);
        buf_add_text(b, ", a: ");
        value(b, d->a);
        buf_add_text(b, ", b: ");
        value(b, d->b);
        buf_add_format(b, ", cells_not_compared: %s}\n", d->breaks ? "true" : "false");
    }
}

static void left(const struct comparison *c, struct buf *b)
{
    buf_add_text(b, c->left_count ? "not_compared:\n" : "not_compared: []\n");
    for (size_t i = 0; i < c->left_count; i++) {
        const struct compare_left *l = &c->left[i];
        buf_add_format(b, "  - {kind: %s, subject: ", compare_kind_name(l->kind));
        lines_string(b, l->subject);
        buf_add_format(b, ", in: %s, reason: \"%s\", cells: %zu}\n", side_name(l->side),
                       compare_reason_text(l->reason), l->cells);
    }
}

static const char *unit_name(const struct findings *f, enum compare_kind kind, size_t index)
{
    return kind == COMPARE_READER ? f->survey->readers[index].unit : f->survey->pairs[index].name;
}

static void units(const struct comparison *c, enum compare_kind kind, const char *key, struct buf *b)
{
    bool any = false;
    for (size_t i = 0; i < c->unit_count; i++) {
        const struct compare_unit *u = &c->units[i];
        if (u->kind != kind)
            continue;
        if (!any)
            buf_add_format(b, "%s:\n", key);
        any = true;
        buf_add_text(b, "  - {a: ");
        lines_string(b, unit_name(c->a, kind, u->a));
        buf_add_text(b, ", b: ");
        lines_string(b, unit_name(c->b, kind, u->b));
        buf_add_format(b, ", class: %s, log10_e: ", compare_class_name(u->class, false));
        log10_of(b, u->log_e);
        buf_add_format(b,
                       ", cells: %zu,\n     dirty_a: %" PRIu64 ", n_a: %" PRIu64 ", dirty_b: %" PRIu64
                       ", n_b: %" PRIu64
                       ",\n     cells_worse: %zu, cells_better: %zu, cells_apart_worse: %zu, "
                       "cells_apart_better: %zu, slower: %zu, faster: %zu}\n",
                       u->cells, u->d_a, u->n_a, u->d_b, u->n_b, u->listed_worse, u->listed_better,
                       u->apart_worse, u->apart_better, u->times_slower, u->times_faster);
    }
    if (!any)
        buf_add_format(b, "%s: []\n", key);
}

static void seen(struct buf *b, const char *key, bool sees, unsigned d)
{
    buf_add_format(b, ", %s: ", key);
    if (sees)
        buf_add_u64(b, d);
    else
        buf_add_text(b, "null");
}

static void time_of(const struct compare_time *t, struct buf *b)
{
    buf_add_format(b, "    time: {class: %s, ", compare_class_name(t->class, true));
    if (!t->has_ratio) {
        buf_add_text(b, "ratio: null}\n");
        return;
    }
    buf_add_format(b, "median_a_us: %" PRIu64 ", median_b_us: %" PRIu64 ", ratio: %.4f, interval: ",
                   t->a.value_us, t->b.value_us, t->ratio);
    if (t->has_interval)
        buf_add_format(b, "[%.4f, %.4f]", floor(t->low * 1e4) / 1e4, ceil(t->high * 1e4) / 1e4);
    else
        buf_add_text(b, "null");
    if (isnan(t->p))
        buf_add_text(b, ", p: null}\n");
    else
        buf_add_format(b, ", p: %.6f, p_adjusted: %.6f}\n", t->p, t->adjusted);
}

static void cell(const struct comparison *c, const struct compare_cell *own, struct buf *b)
{
    const struct findings_cell *x = &c->a->cells[own->a], *y = &c->b->cells[own->b];
    const struct survey *s = c->a->survey, *t = c->b->survey;
    buf_add_text(b, "  - reader: ");
    lines_string(b, s->readers[x->reader].unit);
    buf_add_text(b, "\n    handset: ");
    lines_string(b, s->pairs[x->pair].name);
    if (c->match == COMPARE_BY_MODEL) {
        buf_add_text(b, "\n    reader_b: ");
        lines_string(b, t->readers[y->reader].unit);
        buf_add_text(b, "\n    handset_b: ");
        lines_string(b, t->pairs[y->pair].name);
    }
    buf_add_text(b, "\n    condition: ");
    lines_string(b, s->conditions[x->condition].id);
    buf_add_text(b, "\n    script: ");
    lines_string(b, s->scripts_loaded[s->scripts[x->script].script].id);
    buf_add_format(b,
                   "\n    class: %s\n    a: {n: %u, d: %u, verdict: %s}\n    b: {n: %u, d: %u, verdict: %s}\n"
                   "    difference: %.6f\n    interval: ",
                   compare_class_name(own->class, false), x->n, x->d, verdict_name(x->verdict), y->n, y->d,
                   verdict_name(y->verdict), own->difference);
    interval(b, own->low, own->high);
    buf_add_text(b, "\n    log10_e: ");
    log10_of(b, own->log_e);
    buf_add_text(b, "\n    would_show: {n_b: ");
    buf_add_u64(b, y->n);
    seen(b, "worse_from_d", own->sees_worse, own->worse_from);
    seen(b, "better_up_to_d", own->sees_better, own->better_up_to);
    buf_add_text(b, "}\n");
    time_of(&own->time, b);
}

void compare_yaml(const struct comparison *c, struct buf *b)
{
    head(c, b);
    differences(c, b);
    left(c, b);
    units(c, COMPARE_READER, "readers", b);
    units(c, COMPARE_HANDSET, "handsets", b);
    buf_add_text(
        b, "# interval: of P(dirty) in b less that in a, valid at every moment of both runs\n"
           "# would_show: dirty ones of b's placements that would have shown a change, null: none would\n");
    buf_add_text(b, c->cell_count ? "cells:\n" : "cells: []\n");
    for (size_t i = 0; i < c->cell_count; i++)
        cell(c, &c->cells[i], b);
}
