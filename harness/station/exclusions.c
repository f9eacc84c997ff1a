/*
 * Exclusions, withdrawals and notes while a run is executed: told by the person at the counter, or drawn for
 * the simulator's hands. An exclusion is taken only while its placement is held open, so that nobody has seen
 * the result; a withdrawal comes after it and changes no count.
 */
#include "harness/station/exclusions.h"

#include "harness/base/clock.h"
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "harness/station/health.h"

#include <string.h>

static const char *note_author(const struct station *st)
{
    return st->survey->hands == HANDS_SIM ? "simulated hands" : station_by(st);
}

void note_write(struct station *st, const char *text, uint64_t placement, enum exclusion effect)
{
    char wall[32];
    struct journal_record r;
    clock_wall_text(clock_wall_s(), wall, sizeof wall);
    journal_record_init(&r, JOURNAL_KIND_NOTE);
    r.as.note.at_us = station_at_us(st, st->virtual_now_ns);
    r.as.note.text = text;
    r.as.note.placement = placement ? placement : UINT64_MAX;
    r.as.note.effect = effect;
    r.as.note.by = note_author(st);
    r.as.note.wall = wall;
    station_append(st, &r);
}

void job_finish(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    if (u->job.state == JOB_RUNNING && u->worker.pid > 0)
        u->job.finish_asked = unit_order(st, reader, WIRE_FINISH, NULL, 0);
}

void job_exclude(struct station *st, unsigned reader, const char *reason)
{
    struct unit *u = &st->units[reader];
    if (u->job.excluded[0])
        return;
    text_fit(u->job.excluded, sizeof u->job.excluded, reason);
    job_finish(st, reader);
}

void withdraw_last(struct station *st, const char *reason)
{
    if (st->state.last.line == 0 || !st->state.last.counted) {
        STATION_SAY(st, NOTICE_NOTHING_COUNTED);
    } else if (st->state.last.withdrawn) {
        STATION_SAY(st, NOTICE_WITHDRAWN_BEFORE, .placement = st->state.last.line);
    } else {
        note_write(st, reason, st->state.last.line, EXCLUSION_WITHDRAW);
        st->state.last.withdrawn = true;
        STATION_SAY(st, NOTICE_WITHDRAWN, .placement = st->state.last.line);
    }
}

/* Held, and none of what closes it has happened: only then its result is unseen. */
bool job_can_be_excluded(const struct station *st, unsigned reader)
{
    enum job_state state = st->units[reader].job.state;
    return st->hold && (state == JOB_RUNNING || state == JOB_ENDED);
}

/* --- the simulator's hands --- */

static uint64_t hands_key(const struct station *st, const struct plan_placement *p)
{
    uint64_t unit = survey_unit_key(st->survey, p->reader, p->pair, p->condition);
    return random_key_text(random_key(random_key(unit, p->session), p->ordinal), "hands");
}

static const struct virtual_reader *simulated_reader(const struct station *st, const struct plan_placement *p)
{
    return &st->survey->reader_profiles[st->survey->readers[p->reader].profile].simulation;
}

bool simulated_slip(const struct station *st, const struct plan_placement *p)
{
    const struct virtual_reader *v = simulated_reader(st, p);
    for (size_t i = 0; st->survey->hands == HANDS_SIM && i < v->fault_count; i++) {
        if (v->faults[i].cause == 28 && random_uniform(hands_key(st, p), i) < v->faults[i].rate)
            return true;
    }
    return false;
}

bool simulated_withdrawal(const struct station *st, const struct plan_placement *p, bool dirty)
{
    const struct virtual_reader *v = simulated_reader(st, p);
    double rate = dirty ? v->withdrawn_dirty : v->withdrawn_clean;
    return st->survey->hands == HANDS_SIM && rate > 0 &&
           random_uniform(random_key_text(hands_key(st, p), "withdrawal"), 0) < rate;
}
