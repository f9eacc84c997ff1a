#include "harness/commands/compare_text.h"
#include "harness/base/text.h"

#include "harness/commands/message.h"
#include "reports/render/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static void say_run(const char *name, const struct findings *f, FILE *to)
{
    fprintf(to, "%s  ", name);
    text_put_safe(to, f->run);
    fputs(", survey ", to);
    text_put_safe(to, f->survey->id);
    fprintf(to, ", %s, %" PRIu64 " placements%s\n", f->started, f->placements,
            f->finished ? "" : ", not finished");
}

static void say_differences(const struct comparison *c, FILE *to)
{
    struct table *t = table_new(4);
    if (!t)
        return;
    fputs(c->difference_count ? "\nWhat else differs between the runs\n"
                              : "\nNothing else differs between the runs.\n",
          to);
    for (size_t i = 0; i < c->difference_count; i++) {
        const struct compare_difference *d = &c->differences[i];
        table_cell(t, "  %s%s", compare_what_name(d->what), d->breaks ? " (!)" : "");
        table_cell(t, "%s", d->subject ? d->subject : "");
        table_cell(t, "%s", d->a ? said_text(d->a).text : "absent");
        table_cell(t, "%s", d->b ? said_text(d->b).text : "absent");
    }
    if (c->difference_count > 0)
        table_print(t, to);
    table_free(&t);
    bool any = false;
    for (size_t i = 0; i < c->difference_count; i++)
        any = any || c->differences[i].breaks;
    if (any)
        fputs("  (!) cells with it are not compared\n", to);
}

static void say_left(const struct comparison *c, FILE *to)
{
    static const char *const sides[] = { "", "A", "B", "A and B" };
    struct table *t = table_new(4);
    if (!t || c->left_count == 0) {
        table_free(&t);
        return;
    }
    fputs("\nNot compared\n", to);
    for (size_t i = 0; i < c->left_count; i++) {
        const struct compare_left *l = &c->left[i];
        table_cell(t, "  %s %s", compare_kind_name(l->kind), l->subject ? l->subject : "");
        table_cell(t, "%s", sides[l->side]);
        table_cell(t, "%zu cells", l->cells);
        table_cell(t, "%s", compare_reason_text(l->reason));
    }
    table_print(t, to);
    table_free(&t);
}

static void say_counts(const struct comparison *c, FILE *to)
{
    fprintf(to, "\n%zu cells compared", c->cell_count);
    for (int i = COMPARE_CLASS_COUNT - 1; i > COMPARE_NOT_TESTED; i--)
        if (c->by_class[i] > 0)
            fprintf(to, ", %zu %s", c->by_class[i], compare_class_name((enum compare_class)i, false));
    fputs("\ntimes", to);
    for (int i = COMPARE_CLASS_COUNT - 1; i >= COMPARE_NOT_TESTED; i--)
        if (c->time_by_class[i] > 0)
            fprintf(to, ", %zu %s", c->time_by_class[i], compare_class_name((enum compare_class)i, true));
    fprintf(to,
            "\nOf what is called worse or better, at most %g %% is expected to be wrong (e-BH over %zu "
            "cells,\nreaders and handsets); the same for slower and faster (Benjamini-Hochberg over %zu "
            "cells).\n",
            100.0 * c->fdr, c->tests, c->time_tests);
}

/* The smallest change that the cells without one still allow: what the runs could not see. */
static void say_power(const struct comparison *c, FILE *to)
{
    if (c->tests > 0)
        fprintf(to, "Alone on the list, a cell would need an e-value of %.0f", ceil(c->cell_needs));
    if (c->tests > 0 && c->same_plan)
        fprintf(to, ", a reader or handset one of %.0f", ceil(c->unit_needs));
    fputs(c->tests > 0 ? ".\n" : "", to);
    if (!c->same_plan)
        fputs("The schemes or sessions differ, or a run is not finished: readers and handsets as a whole are "
              "not "
              "tested.\n",
              to);
    if (!isnan(c->open_median))
        fprintf(to,
                "Where no change is shown, this much worse is not ruled out: from %.1f to %.1f points of "
                "P(dirty), "
                "median %.1f.\n",
                ceil(1000.0 * c->open_least) / 10.0, ceil(1000.0 * c->open_most) / 10.0,
                ceil(1000.0 * c->open_median) / 10.0);
    if (c->blind > 0)
        fprintf(to, "In %zu cells no change could have been seen at all: too few placements.\n", c->blind);
    if (!c->same_verdicts)
        fputs("The schemes differ, so verdicts are not compared; P(dirty) means the same in both.\n", to);
    else if (c->verdicts_changed > 0)
        fprintf(to, "%zu cells have another verdict; that alone shows no change.\n", c->verdicts_changed);
}

static void head(struct table *t, const char *const *heads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        table_cell(t, "%s", heads[i]);
}

static void unit_row(const struct comparison *c, const struct compare_unit *u, struct table *t)
{
    const char *a =
        u->kind == COMPARE_READER ? c->a->survey->readers[u->a].unit : c->a->survey->pairs[u->a].name;
    table_cell(t, "  %s", a);
    table_cell(t, "%s", compare_class_name(u->class, false));
    table_cell(t, "%zu", u->cells);
    table_cell(t, "%" PRIu64 " of %" PRIu64, u->d_a, u->n_a);
    table_cell(t, "%" PRIu64 " of %" PRIu64, u->d_b, u->n_b);
    table_cell(t, "%zu / %zu", u->listed_worse, u->listed_better);
    table_cell(t, "%zu / %zu", u->looks_worse, u->looks_better);
    table_cell(t, "%zu / %zu", u->times_slower, u->times_faster);
}

static void say_units(const struct comparison *c, enum compare_kind kind, const char *title, FILE *to)
{
    static const char *const heads[] = {
        "", "", "cells", "dirty in A", "dirty in B", "worse / better", "only looks so", "slower / faster"
    };
    struct table *t = table_new(sizeof heads / sizeof *heads);
    size_t quiet = 0, said = 0;
    if (!t)
        return;
    head(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < c->unit_count; i++) {
        const struct compare_unit *u = &c->units[i];
        if (u->kind != kind)
            continue;
        quiet += compare_is_quiet(u);
        if (compare_is_quiet(u))
            continue;
        said++;
        unit_row(c, u, t);
    }
    fprintf(to, "\n%s\n", title);
    if (said > 0)
        table_print(t, to);
    if (quiet > 0)
        fprintf(to, "  %zu of %zu: %s\n", quiet, quiet + said,
                compare_class_name(c->same_plan ? COMPARE_NO_CHANGE : COMPARE_NOT_TESTED, false));
    table_free(&t);
}

/* "counter-1, A-07+sim-1, off, cert" */
static void cell_name(const struct comparison *c, const struct compare_cell *cell, struct table *t)
{
    const struct findings_cell *x = &c->a->cells[cell->a];
    const struct survey *s = c->a->survey;
    table_cell(t, "%s", s->readers[x->reader].unit);
    table_cell(t, "%s", s->pairs[x->pair].name);
    table_cell(t, "%s", s->conditions[x->condition].id);
    table_cell(t, "%s", s->scripts_loaded[s->scripts[x->script].script].id);
}

static void outcome_row(const struct comparison *c, const struct compare_cell *cell, struct table *t)
{
    const struct findings_cell *x = &c->a->cells[cell->a], *y = &c->b->cells[cell->b];
    table_cell(t, "  %s", compare_class_name(cell->class, false));
    cell_name(c, cell, t);
    table_cell(t, "%u of %u", x->d, x->n);
    table_cell(t, "%u of %u", y->d, y->n);
    table_cell(t, "[%+.1f, %+.1f]", floor(1000.0 * cell->low) / 10.0, ceil(1000.0 * cell->high) / 10.0);
    table_cell(t, "%.3g", exp(fmin(cell->log_e, 500.0)));
    if (c->same_verdicts && cell->verdict_changed)
        table_cell(t, "%s -> %s", verdict_name(x->verdict), verdict_name(y->verdict));
    else
        table_cell(t, "%s", "");
}

static void say_outcomes(const struct comparison *c, FILE *to)
{
    static const char *const heads[] = {
        "",           "reader",     "handset",        "condition", "script",
        "dirty in A", "dirty in B", "change, points", "e-value",   "verdict"
    };
    struct table *t = table_new(sizeof heads / sizeof *heads);
    size_t said = 0;
    if (!t)
        return;
    head(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct compare_cell *cell = &c->cells[i];
        if (!compare_is_change(cell->class) && !compare_looks(cell->class))
            continue;
        said++;
        outcome_row(c, cell, t);
    }
    if (said > 0) {
        fputs("\nCells whose outcomes changed or look so, in the survey's order\n", to);
        table_print(t, to);
    }
    table_free(&t);
}

static void time_row(const struct comparison *c, const struct compare_cell *cell, struct table *t)
{
    const struct compare_time *own = &cell->time;
    table_cell(t, "  %s", compare_class_name(own->class, true));
    cell_name(c, cell, t);
    table_cell(t, "%.1f ms", (double)own->a.value_us / 1000.0);
    table_cell(t, "%.1f ms", (double)own->b.value_us / 1000.0);
    if (own->has_interval)
        table_cell(t, "x %.2f [%.2f, %.2f]", own->ratio, floor(100.0 * own->low) / 100.0,
                   ceil(100.0 * own->high) / 100.0);
    else
        table_cell(t, "x %.2f", own->ratio);
    table_cell(t, "%.4f", own->adjusted);
}

static void say_times(const struct comparison *c, FILE *to)
{
    static const char *const heads[] = { "",          "reader",      "handset",     "condition",
                                         "script",    "median in A", "median in B", "ratio",
                                         "adjusted p" };
    struct table *t = table_new(sizeof heads / sizeof *heads);
    size_t said = 0;
    if (!t)
        return;
    head(t, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct compare_cell *cell = &c->cells[i];
        if (!compare_is_change(cell->time.class))
            continue;
        said++;
        time_row(c, cell, t);
    }
    if (said > 0) {
        fputs("\nCells whose times changed, in the survey's order\n", to);
        table_print(t, to);
    }
    table_free(&t);
}

void compare_text(const struct comparison *c, FILE *to)
{
    if (c->simulated)
        fputs("SIMULATED: simulated readers and handsets; this says nothing about any real device.\n", to);
    say_run("A", c->a, to);
    say_run("B", c->b, to);
    fprintf(to, "matched by %s\n", c->match == COMPARE_BY_UNIT ? "unit" : "model");
    say_differences(c, to);
    say_left(c, to);
    say_counts(c, to);
    say_power(c, to);
    say_units(c, COMPARE_READER, "Readers", to);
    say_units(c, COMPARE_HANDSET, "Handsets", to);
    say_outcomes(c, to);
    say_times(c, to);
    fputs(compare_found(c)        ? "\nA change was found.\n"
          : compare_could_find(c) ? "\nNo change is shown.\n"
                                  : "\nNot enough data to tell anything.\n",
          to);
}
