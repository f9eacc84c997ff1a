#include "harness/station/watch.h"

#include "harness/base/clock.h"
#include "harness/station/health.h"
#include "harness/station/person.h"

#define BEFORE_MS 20                   /* what lies on the others when a phone is asked for */
#define LATE_NS   UINT64_C(1000000000) /* a phone that was laid is seen by then */
#define WATCH_MS  600000

static void begin(struct station *st, unsigned reader, uint32_t limit_ms)
{
    struct unit *u = &st->units[reader];
    const struct wire_lift how = { .limit_ms = limit_ms };
    if (!u->watching && u->state == READER_READY && u->worker.pid > 0 && u->job.state == JOB_NONE)
        u->watching = unit_order(st, reader, WIRE_WATCH, &how, sizeof how);
}

void watch_before(struct station *st, unsigned reader)
{
    for (unsigned i = 0; i < st->survey->reader_count && !st->virtual_time; i++) {
        st->units[i].occupied = st->units[i].arrived = false;
        if (i == reader)
            continue;
        st->units[i].watch_before = true;
        begin(st, i, BEFORE_MS);
    }
}

static void begin_others(struct station *st, unsigned reader)
{
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        struct unit *u = &st->units[i];
        if (i == reader || u->occupied || u->watching)
            continue;
        u->watch_before = false;
        begin(st, i, WATCH_MS);
    }
}

void watch_others(struct station *st, unsigned reader, uint64_t ordered_ns)
{
    if (!st->virtual_time && clock_now_ns() - ordered_ns >= LATE_NS)
        begin_others(st, reader);
}

bool watch_arrival(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    if (!st->survey->arrival_starts || st->virtual_time)
        return false;
    if (!u->watching && !u->arrived) {
        u->watch_before = false;
        begin(st, reader, WATCH_MS);
    }
    begin_others(st, reader);
    return u->arrived;
}

bool watch_is_over(struct station *st)
{
    bool over = true;
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        struct unit *u = &st->units[i];
        if (u->watching && !u->watch_ends)
            u->watch_ends = unit_order(st, i, WIRE_FINISH, NULL, 0);
        u->watching = u->watching && u->worker.pid > 0;
        over = over && !u->watching;
    }
    return over;
}

/* The phone that is awaited lies on another reader: its placement has not begun, whatever comes of this one. */
static void seen_elsewhere(struct station *st, unsigned reader)
{
    const struct survey_reader *where = &st->survey->readers[reader];
    for (unsigned i = 0; i < st->step_count; i++) {
        struct job *j = &st->units[st->step[i]].job;
        if (j->state != JOB_RUNNING || j->seen || j->doubts & DOUBT(QUESTION_ELSEWHERE))
            continue;
        j->doubts |= DOUBT(QUESTION_ELSEWHERE);
        j->seen_on = SAY(SAID_SEEN_ON, where->unit);
        person_question(st, QUESTION_ELSEWHERE, PERSON_MEANWHILE, &j->seen_on);
    }
}

void watch_told(struct station *st, unsigned reader, bool seen)
{
    struct unit *u = &st->units[reader];
    u->watching = u->watch_ends = false;
    if (seen && u->watch_before) {
        u->occupied = true;
    } else if (seen && st->view.question.what == QUESTION_LAY) {
        u->arrived = true;
        if (reader != st->view.placement.reader) {
            u->occupied = true; /* said once */
            STATION_SAY(st, NOTICE_ELSEWHERE, .detail = SAY(SAID_SEEN_ON, st->survey->readers[reader].unit));
        }
    } else if (seen) {
        seen_elsewhere(st, reader);
    }
}
