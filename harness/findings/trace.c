/*
 * The trace of a cell: its placements in journal order with the duration of every transaction. Criteria ask
 * for other things than clean or dirty (first taps, other time limits, how far a script came), and ask after
 * the run. 24 bytes a placement and 4 a transaction.
 */
#include "harness/findings/fold.h"

#include <string.h>

static struct cell_placement *laid_of(struct buf *b)
{
    return (struct cell_placement *)(void *)b->data;
}

/*
 * Lines of placements rise, and a reader holds one phone at a time, so a new placement belongs at the end;
 * one that would belong before it contradicts the lines between and is passed over.
 */
static struct cell_placement *find(struct fold *o, size_t cell, uint64_t line)
{
    struct fold_cell *own = &o->cells[cell];
    size_t count = own->laid.length / sizeof(struct cell_placement), low = 0, high = count;
    if (count > 0 && laid_of(&own->laid)[count - 1].line < line)
        low = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (laid_of(&own->laid)[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count)
        return laid_of(&own->laid)[low].line == line ? &laid_of(&own->laid)[low] : NULL;
    struct cell_placement fresh = { .line = line,
                                    .begin = (uint32_t)(own->us.length / sizeof(uint32_t)),
                                    .ended = FINDINGS_STEP_NONE };
    buf_add(&own->laid, &fresh, sizeof fresh);
    if (own->laid.failed) {
        o->failed = ERR_MEMORY;
        return NULL;
    }
    return &laid_of(&own->laid)[count];
}

/* The step at which a transaction ended: by its name, else by its last exchange. */
static uint8_t ended_at(const struct script *s, const struct journal_transaction *t)
{
    for (size_t i = 0; t->step && i < s->step_count; i++)
        if (s->steps[i].name && strcmp(s->steps[i].name, t->step) == 0)
            return (uint8_t)(i + 1);
    uint32_t last = t->exchanges.count > 0 ? t->exchanges.items[t->exchanges.count - 1].step : 0;
    return last <= s->step_count ? (uint8_t)last : 0;
}

static void count_technology(struct findings_cell *c, const struct journal_record *r)
{
    enum technology t = r->as.transaction.technology;
    if (t != TECHNOLOGY_NONE && c->technology_count[t - 1]++ == 0)
        c->technology_line[t - 1] = r->line;
}

void trace_transaction(struct fold *o, const struct journal_record *r, enum outcome outcome)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct survey *s = o->f->survey;
    struct findings_cell *c = &o->f->cells[t->cell];
    bool failed = outcome == OUTCOME_FAIL;
    count_technology(c, r);
    if (outcome != OUTCOME_OK && !failed)
        return; /* the instrument's or nobody's: no placement is judged by it */
    struct cell_placement *p = find(o, (size_t)t->cell, t->placement);
    /* transactions of a placement stand together; a stray one behind another placement's is not mixed in */
    size_t written = o->cells[t->cell].us.length / sizeof(uint32_t);
    if (!p || p->begin + p->count != written || p->count == UINT16_MAX)
        return;
    uint32_t us = failed || t->total_us == UINT64_MAX ? FINDINGS_FAILED_US
                  : t->total_us >= FINDINGS_FAILED_US ? FINDINGS_FAILED_US - 1
                                                      : (uint32_t)t->total_us;
    buf_add(&o->cells[t->cell].us, &us, sizeof us);
    if (o->cells[t->cell].us.failed) {
        o->failed = ERR_MEMORY;
        return;
    }
    p->count++;
    if ((failed || t->slow == 1) && p->bad_line == 0)
        p->bad_line = r->line;
    uint8_t ended =
        failed ? ended_at(&s->scripts_loaded[s->scripts[c->script].script], t) : FINDINGS_STEP_NONE;
    if (ended < p->ended)
        p->ended = ended;
}

void trace_result(struct fold *o, size_t cell, uint64_t placement, bool counted)
{
    struct cell_placement *p = find(o, cell, placement);
    if (p)
        p->counted = counted;
}

int trace_finish(struct fold *o, struct err *e)
{
    for (size_t i = 0; i < o->f->cell_count; i++) {
        struct findings_trace *t = &o->f->cells[i].trace;
        struct fold_cell *own = &o->cells[i];
        if (own->laid.length == 0)
            continue;
        t->laid_count = own->laid.length / sizeof *t->laid;
        t->us_count = own->us.length / sizeof *t->us;
        t->laid = (struct cell_placement *)(void *)buf_take(&own->laid);
        t->us = t->us_count ? (uint32_t *)(void *)buf_take(&own->us) : NULL;
        if (!t->laid || (t->us_count && !t->us))
            return err_set(e, ERR_MEMORY, "journal.yaml", "out of memory for placements");
    }
    return 0;
}

size_t findings_failing_lines(const struct findings_cell *c, uint64_t *out, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < c->trace.laid_count && count < max; i++)
        if (c->trace.laid[i].counted && c->trace.laid[i].bad_line > 0)
            out[count++] = c->trace.laid[i].bad_line;
    return count;
}
