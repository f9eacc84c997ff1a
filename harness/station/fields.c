#include "harness/station/fields.h"

#include "harness/base/clock.h"
#include "harness/station/health.h"
#include "harness/station/person.h"
#include "harness/station/reference.h"

#define TURN_MS 200
#define LOOK_MS 1000 /* what is still seen after so long lies there */

unsigned fields_open_held(struct station *st)
{
    uint64_t now = clock_now_ns();
    unsigned held = 0;
    if (!st->options->resume || st->state.closed)
        return 0; /* nothing of ours can hold them */
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        struct unit *u = &st->units[i];
        if (u->state != READER_LOST || !(u->found.busy || u->found.status == ERR_TIMEOUT) ||
            now - st->epoch_ns > (uint64_t)STATION_GIVE_UP_MS * 1000000)
            continue;
        if (u->next_try_ns == 0)
            STATION_SAY(st, NOTICE_STILL_HELD, .reader = st->survey->readers[i].unit);
        held++;
        if (now >= u->next_try_ns) {
            u->next_try_ns = now + (uint64_t)STATION_RETRY_MS * 1000000;
            u->state = READER_NONE;
            unit_open(st, i);
        }
    }
    return held;
}

static bool goes_on(const struct station *st)
{
    return !st->failed && !st->stop_asked;
}

/* Takes away what was laid last on this reader, where the hands are told of such things. */
static void lift(struct station *st, unsigned reader)
{
    struct err e = { 0 };
    const struct plan_placement reference = reference_placement(st, reader), *p = &st->state.on[reader];
    if (!p->scripts && st->survey->reference.given)
        p = &reference; /* nothing else was laid yet */
    if (p->scripts && hands_lift(&st->hands, p, &e) != 0)
        station_fail(st, &e);
    premises_waited(st);
}

/* Asks all readers that answer whether they see something; bit a reader that does. */
static uint32_t look(struct station *st, uint32_t readers, uint32_t limit_ms)
{
    struct wire_lift how = { .limit_ms = limit_ms };
    uint32_t waits = 0, sees = 0;
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        struct unit *u = &st->units[i];
        u->job.lift = readers & 1u << i && u->state == READER_READY && u->worker.pid > 0 &&
                      unit_order(st, i, WIRE_LIFT, &how, sizeof how);
        u->job.lift_status = 0;
    }
    do {
        station_turn(st, TURN_MS);
        person_hear(st, 0);
        waits = sees = 0;
        for (unsigned i = 0; i < st->survey->reader_count; i++) {
            waits |= (uint32_t)st->units[i].job.lift << i;
            sees |= (uint32_t)(st->units[i].job.lift_status == ERR_TIMEOUT) << i;
        }
    } while (waits && goes_on(st));
    return sees;
}

static void ask_to_clear(struct station *st, unsigned reader)
{
    st->view.placement.reader = reader;
    person_question(st, QUESTION_CLEAR, CHOICE_BIT(CHOICE_HELP) | CHOICE_BIT(CHOICE_QUIT), NULL);
}

void fields_clear(struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count && goes_on(st); i++)
        lift(st, i); /* whether it is seen or not: a phone that is off, or dead, lies there unseen */
    if (st->virtual_time)
        return; /* no field tells when the phone is gone */
    uint32_t sees = goes_on(st) ? look(st, ~0u, LOOK_MS) : 0;
    while (sees && goes_on(st)) {
        for (unsigned i = 0; i < st->survey->reader_count && goes_on(st); i++) {
            if (!(sees & 1u << i))
                continue;
            if (st->survey->hands == HANDS_PERSON)
                ask_to_clear(st, i);
            else if (!st->state.on[i].scripts)
                STATION_SAY(st, NOTICE_STILL_SEES, .reader = st->survey->readers[i].unit);
            lift(st, i);
        }
        sees = goes_on(st) ? look(st, sees, STATION_LIFT_MS) : 0;
    }
    person_silent(st);
}
