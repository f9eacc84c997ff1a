#include "harness/station/reference.h"

#include "harness/base/clock.h"
#include "harness/station/health.h"
#include "harness/station/person.h"
#include "harness/station/placement.h"
#include "harness/station/vouch.h"

#include <stdlib.h>
#include <string.h>

#define TRIES         2 /* one of them may be a slip of the hands */
#define FAILURES_MAX  3 /* dirty or invalid placements running on a reader */
#define AGAIN_MAX     3 /* checks of a reader that is set aside, and no work is left elsewhere */
#define AGAIN_WAIT_MS 10000

enum trial { ANSWERS = 1, FAILS, NOT_MADE };

static bool goes_on(const struct station *st)
{
    return !st->failed && !st->stop_asked;
}

static bool is_ready(const struct station *st, unsigned reader)
{
    const struct unit *u = &st->units[reader];
    return u->state == READER_READY && u->worker.pid > 0 && u->job.state == JOB_NONE;
}

struct plan_placement reference_placement(const struct station *st, unsigned reader)
{
    const struct survey *s = st->survey;
    return (struct plan_placement) { .reader = reader,
                                     .pair = (unsigned)s->pair_count,
                                     .condition = (unsigned)s->condition_count,
                                     .session = plan_session(st->state.plan),
                                     .ordinal = TRIES * st->state.vouch[reader].checks,
                                     .scripts = 1u << s->reference.script };
}

void reference_begins(struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count && st->survey->reference.given; i++) {
        struct unit *u = &st->units[i];
        u->check.due = CHECK_BEGIN;
        u->check.failures = u->check.again = 0;
        if (u->state == READER_ASIDE)
            u->state = READER_READY;
    }
}

void reference_closed(struct station *st, unsigned reader, enum placement_result worst)
{
    struct unit *u = &st->units[reader];
    const struct survey_reference *r = &st->survey->reference;
    if (!r->given || worst == PLACEMENT_ABORTED)
        return;
    u->check.failures = worst == PLACEMENT_CLEAN ? 0 : u->check.failures + 1;
    if (u->check.failures >= FAILURES_MAX)
        u->check.due = CHECK_FAILURES;
    else if (r->every > 0 && st->state.vouch[reader].placements >= r->every)
        u->check.due = CHECK_EVERY;
}

/* ---- one try ---- */

static void set_aside(struct station *st, unsigned reader, enum said_code why)
{
    struct unit *u = &st->units[reader];
    const struct said detail = said_alone(why);
    bool news = !u->check.aside;
    if (u->state == READER_READY)
        u->state = READER_ASIDE;
    else
        u->check.due = CHECK_AGAIN; /* once its stack lets it go */
    u->check.aside = true;
    if (!news)
        return;
    unit_health(st, reader, HEALTH_ASIDE, &detail);
    STATION_SAY(st, NOTICE_OUT_OF_SERVICE, .reader = st->survey->readers[reader].unit, .event = HEALTH_ASIDE,
                .detail = detail);
}

/* False: it was not laid, or the sweep stops. */
static bool asks_person(struct station *st, const struct plan_placement *p, const struct said *before)
{
    struct station_answer a;
    uint32_t choices =
        CHOICE_BIT(CHOICE_GO) | CHOICE_BIT(CHOICE_LATER) | CHOICE_BIT(CHOICE_PAUSE) | CHOICE_BIT(CHOICE_NOTE);
    st->view.placing = true;
    st->view.placement = *p;
    st->view.changed = 0;
    st->view.measured = 0;
    st->view.to_measure = 1;
    st->in_hand = -1; /* the phone is put down for it */
    st->laid_before = false;
    enum choice choice = person_ask(st, p->reader, QUESTION_REFERENCE, choices, before, &a);
    if (choice == CHOICE_LATER) {
        set_aside(st, p->reader, SAID_REFERENCE_NOT_LAID);
        if (st->units[p->reader].check.due == CHECK_AGAIN)
            st->units[p->reader].check.again = AGAIN_MAX; /* there is nothing else to do meanwhile */
    }
    return choice == CHOICE_GO;
}

static bool lay(struct station *st, const struct plan_placement *p, const struct said *before)
{
    bool stopped = false;
    struct err e = { 0 };
    if (st->survey->hands == HANDS_PERSON && !asks_person(st, p, before))
        return false;
    if (st->virtual_time)
        st->virtual_now_ns += (uint64_t)(hands_virtual_seconds(&st->hands, p) * 1e9);
    station_sync(st);
    if (hands_lay(&st->hands, p, &stopped, &e) != 0)
        station_fail(st, &e);
    premises_waited(st);
    if (stopped)
        station_stop_by_word(st);
    return !st->failed;
}

static void take_away(struct station *st, const struct plan_placement *p)
{
    struct station_answer a;
    struct err e = { 0 };
    if (st->failed)
        return;
    if (hands_lift(&st->hands, p, &e) != 0) {
        station_fail(st, &e);
        return;
    }
    premises_waited(st);
    if (st->survey->hands == HANDS_PERSON && st->virtual_time) {
        if (!st->stop_asked)
            (void)person_ask(st, p->reader, QUESTION_LIFT, CHOICE_BIT(CHOICE_GO), NULL, &a);
    } else if (!st->virtual_time) {
        if (st->survey->hands == HANDS_PERSON)
            person_question(st, QUESTION_LIFT, PERSON_MEANWHILE, NULL);
        station_await_lift(st, p->reader);
    }
    person_silent(st);
}

bool reference_told(struct station *st, unsigned reader, const struct trial_report *m)
{
    struct unit *u = &st->units[reader];
    if (!trial_report_is_valid(m))
        return false;
    if (!u->check.waits)
        return true; /* nobody listens any more */
    u->check.report = *m;
    u->check.waits = false;
    if (st->virtual_time && m->ended_ns > st->virtual_now_ns && m->ended_ns < UINT64_MAX / 2)
        st->virtual_now_ns = m->ended_ns;
    return true;
}

/* A call hung while the card lay there, and its worker was killed: what must answer did not. */
static void report_hung(struct trial_report *m)
{
    trial_report_init(m);
    m->outcome = OUTCOME_INVALID;
    m->stage = STAGE_EXCHANGE;
    m->causes = CAUSE(10) | CAUSE(11) | CAUSE(31);
    m->detail = said_alone(SAID_DEADLINE_KILLED);
}

/* What its worker told. A reader that is lost while the card lies there, or a host that slept, tells nothing. */
static enum trial outcome_of(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    const struct trial_report *m = &u->check.report;
    if (u->check.waits && u->state == READER_QUARANTINED) {
        report_hung(&u->check.report);
        return FAILS;
    }
    if (u->check.waits)
        return NOT_MADE;
    if (m->reader_lost || m->busy) {
        unit_lost(st, reader, m->busy);
        return NOT_MADE;
    }
    if (!st->virtual_time &&
        host_event_spoils(premises_of(&st->premises, reader, m->started_ns, m->ended_ns)))
        return NOT_MADE;
    return m->outcome == OUTCOME_OK ? ANSWERS : FAILS;
}

static enum trial measure(struct station *st, const struct plan_placement *p)
{
    struct unit *u = &st->units[p->reader];
    const struct wire_place order = { .pair = p->pair,
                                      .condition = p->condition,
                                      .session = p->session,
                                      .ordinal = p->ordinal,
                                      .scripts = p->scripts,
                                      .detect_limit_ms = STATION_DETECT_MS,
                                      .now_ns = st->virtual_now_ns };
    u->check.waits = true;
    u->told = 0;
    worker_begin(&u->worker);
    (void)unit_order(st, p->reader, WIRE_REFERENCE, &order, sizeof order);
    if (st->survey->hands == HANDS_PERSON)
        person_question(st, QUESTION_MEASURING, PERSON_MEANWHILE, NULL);
    while (u->check.waits && is_ready(st, p->reader) && !st->failed && st->stop_asked < 2)
        station_turn(st, STATION_TICK_MS);
    enum trial got = outcome_of(st, p->reader);
    u->check.waits = false;
    return got;
}

/* ---- a check ---- */

static void write_reference(struct station *st, unsigned reader, bool ok, unsigned tries)
{
    const struct unit *u = &st->units[reader];
    const struct trial_report *m = &u->check.report;
    const struct vouch *v = &st->state.vouch[reader];
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_REFERENCE);
    struct journal_reference *to = &r.as.reference;
    to->at_us = station_at_us(st, st->virtual_now_ns);
    to->reader = st->survey->readers[reader].unit;
    to->why = u->check.due;
    to->ok = ok;
    to->placements = v->placements;
    to->tries = tries;
    if (v->placements > 0)
        to->since = v->first;
    if (ok)
        to->total_us = (m->ended_ns - m->started_ns - m->apart_ns) / 1000;
    if (!ok) {
        to->stage = m->stage;
        to->causes = m->causes;
        to->native = m->native[0] ? m->native : NULL;
        to->detail = said_nothing(&m->detail) ? NULL : &m->detail;
    }
    station_append(st, &r);
}

/* What it comes to: the placements since it answered last, and the reader. */
static void judge(struct station *st, unsigned reader, bool ok, unsigned tries)
{
    struct unit *u = &st->units[reader];
    write_reference(st, reader, ok, tries);
    vouch_judge(&st->state, reader, ok);
    job_write_decisions(st, st->virtual_now_ns);
    u->check.due = CHECK_NONE;
    u->check.failures = 0;
    if (!ok) {
        set_aside(st, reader, SAID_REFERENCE_FAILS);
        return;
    }
    if (u->check.aside) {
        unit_health(st, reader, HEALTH_BACK, NULL);
        STATION_SAY(st, NOTICE_IN_SERVICE, .reader = st->survey->readers[reader].unit, .event = HEALTH_BACK);
    }
    u->check.aside = false;
    u->check.again = 0;
}

static void check(struct station *st, unsigned reader)
{
    struct plan_placement p = reference_placement(st, reader);
    const struct said failed = said_alone(SAID_REFERENCE_FAILS);
    enum trial got = FAILS;
    unsigned tries = 0;
    while (got == FAILS && tries < TRIES && goes_on(st) && is_ready(st, reader)) {
        if (!lay(st, &p, tries > 0 ? &failed : NULL)) {
            got = NOT_MADE;
            break;
        }
        tries++;
        got = st->stop_asked ? NOT_MADE : measure(st, &p);
        take_away(st, &p);
        p.ordinal++;
    }
    st->view.placing = false;
    bool hung = st->units[reader].state == READER_QUARANTINED;
    if (st->failed || got == NOT_MADE || (got == FAILS && tries < TRIES && !hung))
        station_show(st);
    else
        judge(st, reader, got == ANSWERS, tries);
}

bool reference_before(struct station *st, const struct plan_placement *orders, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (st->units[orders[i].reader].check.due == CHECK_NONE || !is_ready(st, orders[i].reader))
            continue;
        check(st, orders[i].reader);
        return true;
    }
    return false;
}

bool reference_ends(struct station *st)
{
    bool made = false;
    for (unsigned i = 0; i < st->survey->reader_count && st->survey->reference.given && goes_on(st); i++) {
        if (st->state.vouch[i].placements == 0 || !is_ready(st, i))
            continue;
        if (st->units[i].check.due == CHECK_NONE)
            st->units[i].check.due = CHECK_END;
        check(st, i);
        made = true;
    }
    return made;
}

bool reference_gave_up(const struct unit *u)
{
    return u->state == READER_ASIDE && u->check.again > AGAIN_MAX;
}

/* What nothing brings back did not come back: its cells are left for another execution. */
static void give_up(struct station *st, unsigned reader)
{
    const struct said not_back = said_alone(SAID_NOT_BACK);
    unit_health(st, reader, HEALTH_DROPPED, &not_back);
    STATION_SAY(st, NOTICE_DROPPED, .reader = st->survey->readers[reader].unit);
}

bool reference_again(struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count && goes_on(st); i++) {
        struct unit *u = &st->units[i];
        if (u->state != READER_ASIDE || reference_gave_up(u))
            continue;
        if (++u->check.again > AGAIN_MAX) {
            give_up(st, i);
            return true;
        }
        uint64_t until = clock_now_ns() + (uint64_t)AGAIN_WAIT_MS * 1000000;
        bool waits = !st->virtual_time && st->survey->hands != HANDS_PERSON && u->check.again > 1;
        while (waits && goes_on(st) && clock_now_ns() < until)
            station_turn(st, STATION_TICK_MS);
        u->state = u->worker.pid > 0 ? READER_READY : READER_LOST; /* its worker may have died meanwhile */
        u->since_ns = clock_now_ns();
        u->check.due = CHECK_AGAIN;
        if (is_ready(st, i))
            check(st, i);
        return true;
    }
    return false;
}
