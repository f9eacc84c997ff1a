#include "harness/audit/decisions.h"

#include "harness/cells/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUND_ROUNDING 1e-6 /* of bounds, as written and as computed by another library */

enum { DUE = 1, LATE };

int decisions_make(const struct cells *cells, struct integrity *i, struct decisions *out, struct err *e)
{
    const struct survey *s = cells->survey;
    size_t count = cells->count ? cells->count : 1;
    *out = (struct decisions) { .cells = cells, .integrity = i, .began = 1 };
    out->told = calloc(count, sizeof *out->told);
    out->rows = calloc(s->pair_count * s->condition_count * s->script_count + 1, sizeof *out->rows);
    out->due = calloc(count, sizeof *out->due);
    out->is_due = calloc(count, sizeof *out->is_due);
    out->doubtful = calloc(s->pair_count + 1, sizeof *out->doubtful);
    if (!out->told || !out->rows || !out->due || !out->is_due || !out->doubtful)
        return err_set(e, ERR_MEMORY, "journal", "out of memory for %zu cells", count);
    return 0;
}

void decisions_free(struct decisions *d)
{
    free(d->told);
    free(d->rows);
    free(d->due);
    free(d->is_due);
    free(d->doubtful);
    *d = (struct decisions) { 0 };
}

static bool is_due(const struct decisions *d, size_t cell)
{
    return !d->doubtful[cells_pair(d->cells, cell)] &&
           cells_decision_is_due(d->cells, cell, d->told[cell], d->rows[row_of_cell(d->cells->survey, cell)]);
}

void decisions_changed(struct decisions *d, size_t cell)
{
    if (d->is_due[cell])
        return;
    d->is_due[cell] = DUE;
    d->due[d->due_count++] = cell;
}

void decisions_doubt(struct decisions *d, size_t cell)
{
    d->doubtful[cells_pair(d->cells, cell)] = 1;
}

/* By version 0.4.0 only what decides a cell was told for sure. */
static bool must_be_told(const struct decisions *d, enum verdict v)
{
    return d->cells->table.scheme.rules != RULES_OF_0_4 || v == VERDICT_COMPATIBLE ||
           v == VERDICT_INCOMPATIBLE;
}

/* Those that are due: a fault each, or late from here on where the execution was broken off. */
static void settle_due(struct decisions *d, uint64_t line, bool broken_off)
{
    size_t kept = 0;
    for (size_t n = 0; n < d->due_count; n++) {
        size_t cell = d->due[n];
        enum verdict v = d->cells->cells[cell].verdict;
        bool due = is_due(d, cell);
        if (due && broken_off) {
            d->is_due[cell] = LATE;
            d->due[kept++] = cell;
            continue;
        }
        d->is_due[cell] = 0;
        if (!due || !must_be_told(d, v))
            continue;
        const struct said fault = SAY(SAID_LINE_DECISION_MISSING, said_number(cell).text, verdict_name(v));
        integrity_fault(d->integrity, line, &fault);
        decisions_doubt(d, cell); /* what else is wrong with it follows from this */
    }
    d->due_count = kept;
}

struct told_text {
    char text[128];
};

static struct told_text told_text(enum verdict v, uint64_t n, uint64_t d, uint64_t s)
{
    struct told_text t;
    int used = snprintf(t.text, sizeof t.text, "%s %llu/%llu", verdict_name(v), (unsigned long long)d,
                        (unsigned long long)n);
    if (s > 0)
        snprintf(t.text + used, sizeof t.text - (size_t)used, " (%llu suspect)", (unsigned long long)s);
    return t;
}

static void check_row(struct decisions *d, const struct journal_decision *told, uint64_t line)
{
    const struct row_state *row = &d->cells->rows[row_of_cell(d->cells->survey, (size_t)told->cell)];
    if (told->row == row->verdict && told->row_tours == row->tours && told->row_dirty == row->dirty)
        return;
    const struct said fault = SAY(SAID_LINE_DECISION_ROW, said_number(told->cell).text,
                                  row_verdict_name(told->row), row_verdict_name(row->verdict));
    integrity_fault(d->integrity, line, &fault);
    decisions_doubt(d, (size_t)told->cell);
}

/* The bounds follow from the counts alone where none of these are suspect. */
static void check_bounds(struct decisions *d, const struct journal_decision *told, uint64_t line)
{
    const struct cell_counts *c = &d->cells->cells[told->cell].counts;
    double lower = 0.0, upper = 1.0;
    char is[64], right[64];
    if (c->s > 0)
        return;
    verdict_bounds(&d->cells->table.scheme, c->n, c->d, 0, &lower, &upper);
    if (fabs(told->lower - lower) <= BOUND_ROUNDING && fabs(told->upper - upper) <= BOUND_ROUNDING)
        return;
    snprintf(is, sizeof is, "%.6f, %.6f", told->lower, told->upper);
    snprintf(right, sizeof right, "%.6f, %.6f", lower, upper);
    const struct said fault = SAY(SAID_LINE_DECISION_BOUNDS, said_number(told->cell).text, is, right);
    integrity_fault(d->integrity, line, &fault);
}

static void check_decision(struct decisions *d, const struct journal_decision *told, uint64_t line)
{
    size_t cell = (size_t)told->cell;
    if (told->cell >= d->cells->count)
        return; /* the caller says so */
    const struct cell_state *now = &d->cells->cells[cell];
    uint64_t s = told->s == UINT64_MAX ? 0 : told->s;
    bool doubtful = d->doubtful[cells_pair(d->cells, cell)],
         late = d->is_due[cell] == LATE && is_due(d, cell);
    if (!doubtful && (told->verdict != now->verdict || told->n != now->counts.n || told->d != now->counts.d ||
                      s != now->counts.s)) {
        const struct said fault = SAY(
            SAID_LINE_DECISION, said_number(cell).text, told_text(told->verdict, told->n, told->d, s).text,
            told_text(now->verdict, now->counts.n, now->counts.d, now->counts.s).text);
        integrity_fault(d->integrity, line, &fault);
        decisions_doubt(d, cell);
    } else if (!doubtful && d->cells->rows && told->row != ROW_NONE) {
        check_row(d, told, line);
    }
    if (!doubtful && !integrity_names(d->integrity, line))
        check_bounds(d, told, line);
    if (late) {
        const struct said said =
            SAY(SAID_LINE_DECISION_LATE, said_number(cell).text, said_number(d->began).text);
        integrity_tell(d->integrity, line, &said);
    }
    d->told[cell] = told->verdict;
    d->rows[row_of_cell(d->cells->survey, cell)] = told->row;
}

void decisions_record(struct decisions *d, const struct journal_record *r, uint64_t line)
{
    switch (r->kind) {
    case JOURNAL_KIND_DECISION:
        check_decision(d, &r->as.decision, line);
        break;
    case JOURNAL_KIND_NOTE: /* perhaps from outside, between executions */
        break;
    case JOURNAL_KIND_RESUME:
        settle_due(d, line, true);
        d->began = line;
        break;
    case JOURNAL_KIND_STOP: /* of a disk that was full, behind it there was no more room for a decision */
        settle_due(d, line, r->as.stop.status == STOP_FAILED);
        break;
    default:
        settle_due(d, line, false);
        break;
    }
}
