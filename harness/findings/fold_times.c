/*
 * What the fold remembers of a transaction's time: each ok one with its placement, and every exchange that
 * took less than the air allows. A time is kept whatever its size.
 */
#include "harness/findings/airtime_floor.h"
#include "harness/findings/fold.h"
#include "harness/findings/time_budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a placement's first transaction tells of the link holds for the others, of the same technology. */
static void note_link(struct fold_placement *p, const struct journal_transaction *t)
{
    if (p->fwt_us == 0 && t->fwt_us != UINT64_MAX)
        p->fwt_us = t->fwt_us < UINT32_MAX ? (uint32_t)t->fwt_us : UINT32_MAX;
    if (p->kbit_s == 0 && t->technology != TECHNOLOGY_NONE) {
        p->kbit_s = (uint16_t)airtime_floor_rate(t);
        p->technology = technology_name(t->technology)[0];
    }
}

static uint32_t at_most_u32(uint64_t value)
{
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static void keep_time(struct fold *o, const struct fold_placement *p, const struct journal_record *r)
{
    const struct journal_transaction *t = &r->as.transaction;
    struct buf *times = &o->cells[t->cell].times;
    uint64_t exchanges_us = 0, longest_us = 0;
    uint32_t activate_us = t->stages.us[STAGE_ACTIVATE];
    if (t->total_us == UINT64_MAX)
        return;
    if (t->total_us >= UINT32_MAX || r->line > UINT32_MAX) {
        char words[128];
        snprintf(words, sizeof words, "line %" PRIu64 ": its time or its number is beyond what can be kept",
                 r->line);
        fold_damage(o->f, words);
        return;
    }
    for (size_t i = 0; i < t->exchanges.count; i++) {
        exchanges_us += t->exchanges.items[i].us;
        if (t->exchanges.items[i].us > longest_us)
            longest_us = t->exchanges.items[i].us;
    }
    bool beyond = p && p->fwt_us && longest_us > p->fwt_us;
    struct fold_time kept = {
        .placement = at_most_u32(t->placement),
        .line = (uint32_t)r->line,
        .total_us = (uint32_t)t->total_us,
        .activate_us = activate_us == UINT32_MAX ? 0 : activate_us,
        .exchanges_us = at_most_u32(exchanges_us),
        .first_exchange_us = t->exchanges.count ? t->exchanges.items[0].us : UINT32_MAX,
        .flags = (uint8_t)((t->repeat == 1 ? FOLD_TIME_FIRST : 0) | (t->order == 1 ? FOLD_TIME_LAID : 0) |
                           (t->slow == 1 ? FOLD_TIME_SLOW : 0) | (beyond ? FOLD_TIME_BEYOND_FWT : 0))
    };
    buf_add(times, &kept, sizeof kept);
    if (times->failed)
        o->failed = ERR_MEMORY;
}

static void flag_impossible(struct findings *f, const struct journal_record *r,
                            const struct airtime_floor_walk *w, size_t exchange, uint64_t floor_us)
{
    const struct journal_transaction *t = &r->as.transaction;
    f->impossible_count++;
    f->readers[f->cells[t->cell].reader].impossible++;
    if (f->impossible_kept == FINDINGS_FLAGGED_MAX)
        return;
    f->impossible[f->impossible_kept++] =
        (struct findings_impossible) { .line = r->line,
                                       .us = t->exchanges.items[exchange].us,
                                       .floor_us = floor_us,
                                       .cell = (size_t)t->cell,
                                       .exchange = (unsigned)exchange + 1,
                                       .kbit_s = w->kbit_s,
                                       .technology = w->technology };
}

/* Of a transaction that did not end well the last exchange may be the one that failed its checks. */
static void check_floor(struct fold *o, const struct fold_placement *p, const struct journal_record *r,
                        bool ok)
{
    const struct journal_transaction *t = &r->as.transaction;
    const struct survey *s = o->f->survey;
    const struct findings_cell *c = &o->f->cells[t->cell];
    const struct journal_exchange *items = t->exchanges.items;
    struct airtime_floor_walk walk = { .script = &s->scripts_loaded[s->scripts[c->script].script],
                                       .token_label = s->sims[s->pairs[c->pair].sim].token_label,
                                       .technology = technology_name(t->technology)[0],
                                       .kbit_s = FLOOR_KBIT_S };
    if (p && p->kbit_s && p->technology == walk.technology)
        walk.kbit_s = p->kbit_s;
    for (size_t i = 0; i < t->exchanges.count; i++) {
        bool final = i + 1 == t->exchanges.count;
        bool last = final || items[i + 1].step != items[i].step;
        uint64_t floor_us = airtime_floor_next_us(&walk, &items[i], ok || !final, last);
        if (items[i].us < floor_us)
            flag_impossible(o->f, r, &walk, i, floor_us);
        else if (floor_us > 0)
            budget_fold_exchange(o->budget, c->reader, r->line, items[i].us, floor_us);
    }
}

void fold_times(struct fold *o, struct fold_placement *p, const struct journal_record *r, bool ok)
{
    if (p)
        note_link(p, &r->as.transaction);
    if (ok)
        keep_time(o, p, r);
    check_floor(o, p, r, ok);
}
