#include "harness/findings/observations.h"

#include "harness/base/array.h"
#include "harness/findings/fold.h"

#include <stdlib.h>
#include <string.h>

size_t observations_end(const struct observations *o, size_t i)
{
    size_t end = i + 1;
    while (end < o->row_count && o->rows[end].placement == o->rows[i].placement)
        end++;
    return end;
}

static uint64_t line_of(const void *placement_seen)
{
    return ((const struct placement_seen *)placement_seen)->line;
}

uint8_t observations_session(const struct observations *o, uint32_t placement)
{
    size_t count = o->placement_count;
    size_t at = array_first_from(o->placements, count, sizeof *o->placements, line_of, placement);
    return at < count && o->placements[at].line == placement ? o->placements[at].session : 0;
}

uint64_t observations_bad_line(const struct observations *o, const struct placement_seen *p)
{
    for (size_t i = p->begin; i < (size_t)p->begin + p->count; i++)
        if (o->rows[i].flags & (OBSERVATION_FAILED | OBSERVATION_SLOW))
            return o->rows[i].line;
    return 0;
}

uint8_t observations_ended(const struct observations *o, const struct placement_seen *p)
{
    uint8_t least = UINT8_MAX;
    for (size_t i = p->begin; i < (size_t)p->begin + p->count; i++)
        if ((o->rows[i].flags & OBSERVATION_FAILED) && o->rows[i].ended < least)
            least = o->rows[i].ended;
    return least;
}

size_t findings_failing_lines(const struct findings_cell *c, uint64_t *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < c->seen.placement_count && count < max; i++) {
        const struct placement_seen *p = &c->seen.placements[i];
        uint64_t line = p->counted ? observations_bad_line(&c->seen, p) : 0;
        if (line > 0)
            out[count++] = line;
    }
    return count;
}

static struct placement_seen *placements_of(struct fold_cell *own, size_t *count)
{
    *count = own->placements.length / sizeof(struct placement_seen);
    return (struct placement_seen *)(void *)own->placements.data;
}

/*
 * The placement of a cell, a new one at the end. Lines of placements rise, and a reader holds one phone at
 * a time: a new placement that would belong before the last contradicts the lines between, and is NULL.
 */
static struct placement_seen *find_placement(struct fold *o, size_t cell, uint64_t line,
                                             const struct fold_placement *p)
{
    struct fold_cell *own = &o->cells[cell];
    size_t count;
    struct placement_seen *all = placements_of(own, &count);
    if (line >= UINT32_MAX)
        return NULL;
    bool is_last = count > 0 && all[count - 1].line < line;
    size_t at = is_last ? count : array_first_from(all, count, sizeof *all, line_of, line);
    if (at < count)
        return all[at].line == line ? &all[at] : NULL;
    struct placement_seen fresh = { .line = (uint32_t)line };
    if (p) {
        fresh.at_us = p->at_us;
        fresh.execution = p->execution;
        fresh.session = p->session;
    }
    buf_add(&own->placements, &fresh, sizeof fresh);
    if (own->placements.failed) {
        o->failed = ERR_MEMORY;
        return NULL;
    }
    return &placements_of(own, &count)[at];
}

/* The step at which a transaction failed: by its name, else by its last exchange. */
static uint8_t ended_at(const struct script *s, const struct journal_transaction *t)
{
    for (size_t i = 0; t->step && i < s->step_count; i++)
        if (s->steps[i].name && strcmp(s->steps[i].name, t->step) == 0)
            return (uint8_t)(i + 1);
    uint32_t last = t->exchanges.count > 0 ? t->exchanges.items[t->exchanges.count - 1].step : 0;
    return last <= s->step_count ? (uint8_t)last : 0;
}

static uint32_t at_most(uint64_t value)
{
    return value < OBSERVATION_NONE ? (uint32_t)value : OBSERVATION_NONE - 1;
}

static struct observation row_of(const struct fold *o, const struct fold_placement *p,
                                 const struct journal_record *r, bool failed)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct survey *s = o->f->survey;
    const struct script *script = survey_script_loaded(s, o->f->cells[t->cell].script);
    bool told = !failed && t->total_us != UINT64_MAX;
    uint64_t sum_us = 0, longest_us = 0;
    for (size_t i = 0; i < t->exchanges.count; i++) {
        sum_us += t->exchanges.items[i].us;
        if (t->exchanges.items[i].us > longest_us)
            longest_us = t->exchanges.items[i].us;
    }
    bool timed = told && t->total_us < OBSERVATION_NONE, beyond = p && p->fwt_us && longest_us > p->fwt_us;
    return (struct observation) {
        .placement = (uint32_t)t->placement,
        .line = (uint32_t)r->line,
        .total_us = told ? at_most(t->total_us) : OBSERVATION_NONE,
        .activate_us = t->stages.us[STAGE_ACTIVATE],
        .exchanges_us = at_most(sum_us),
        .first_exchange_us = t->exchanges.count ? t->exchanges.items[0].us : OBSERVATION_NONE,
        .exchanges = (uint16_t)(t->exchanges.count < UINT16_MAX ? t->exchanges.count : UINT16_MAX),
        .ended = failed ? ended_at(script, t) : 0,
        .flags = (uint8_t)((timed ? OBSERVATION_TIMED : 0) | (failed ? OBSERVATION_FAILED : 0) |
                           (t->slow == 1 ? OBSERVATION_SLOW : 0) | (t->repeat == 1 ? OBSERVATION_FIRST : 0) |
                           (t->order == 1 ? OBSERVATION_PLACED : 0) | (beyond ? OBSERVATION_BEYOND_FWT : 0))
    };
}

bool fold_observe(struct fold *o, const struct fold_placement *p, const struct journal_record *r,
                  enum outcome outcome)
{
    const struct journal_transaction *t = &r->as.transaction;
    struct fold_cell *own = &o->cells[t->cell];
    bool fits = r->line < OBSERVATION_NONE && t->placement < OBSERVATION_NONE;
    if (outcome != OUTCOME_OK && outcome != OUTCOME_FAIL)
        return false; /* the instrument's or nobody's: no placement is judged by it */
    if (!fits || (outcome == OUTCOME_OK && t->total_us != UINT64_MAX && t->total_us >= OBSERVATION_NONE))
        fold_contradiction(o, SAID_LINE_TOO_GREAT);
    if (!fits)
        return false;
    struct placement_seen *seen = find_placement(o, (size_t)t->cell, t->placement, p);
    struct observation row = row_of(o, p, r, outcome == OUTCOME_FAIL);
    /* rows of a placement are next to each other: one behind another placement's is not mixed in */
    if (seen && (seen->count == 0 || own->latest == seen->line) && seen->count < UINT16_MAX) {
        if (seen->count++ == 0)
            seen->begin = (uint32_t)(own->rows.length / sizeof row);
        own->latest = seen->line;
    }
    buf_add(&own->rows, &row, sizeof row);
    if (own->rows.failed)
        o->failed = ERR_MEMORY;
    return row.flags & OBSERVATION_TIMED;
}

void fold_observe_result(struct fold *o, const struct fold_placement *p, size_t cell, uint64_t placement,
                         bool counted)
{
    struct placement_seen *seen = find_placement(o, cell, placement, p);
    if (seen)
        seen->counted = counted;
}

static int compare_rows(const void *left, const void *right)
{
    const struct observation *a = left, *b = right;
    if (a->placement != b->placement)
        return a->placement < b->placement ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

/* The program writes them in order; another writer's journal may not have them so. */
static void sort_rows(struct observations *o)
{
    size_t i = 1, row = 0;
    while (i < o->row_count && compare_rows(&o->rows[i - 1], &o->rows[i]) <= 0)
        i++;
    if (i >= o->row_count)
        return;
    qsort(o->rows, o->row_count, sizeof *o->rows, compare_rows);
    for (size_t p = 0; p < o->placement_count; p++) {
        while (row < o->row_count && o->rows[row].placement < o->placements[p].line)
            row++;
        o->placements[p].begin = (uint32_t)row;
    }
}

int fold_finish_observations(struct fold *o, struct err *e)
{
    for (size_t i = 0; i < o->f->cell_count; i++) {
        struct observations *out = &o->f->cells[i].seen;
        struct fold_cell *own = &o->cells[i];
        size_t placements = own->placements.length / sizeof *out->placements;
        size_t rows = own->rows.length / sizeof *out->rows;
        if (placements > 0)
            out->placements = (struct placement_seen *)(void *)buf_take(&own->placements);
        if (rows > 0)
            out->rows = (struct observation *)(void *)buf_take(&own->rows);
        if ((placements > 0 && !out->placements) || (rows > 0 && !out->rows))
            return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for placements");
        out->placement_count = placements;
        out->row_count = rows;
        sort_rows(out);
    }
    return 0;
}
