/* The supervisor: start, steps, session's end, stop. */
#include "harness/station/station.h"

#include "drivers/driver.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "harness/doctor/confinement.h"
#include "harness/station/exclusions.h"
#include "harness/station/fields.h"
#include "harness/station/floor.h"
#include "harness/station/health.h"
#include "harness/station/identity.h"
#include "harness/station/person.h"
#include "harness/station/placement.h"
#include "harness/station/reference.h"
#include "harness/station/robot_seal.h"
#include "harness/station/vouch.h"
#include "harness/station/watch.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SYNC_NS       1000000000u /* power loss costs at most the last second */
#define VIRTUAL_GAP_S 3600
#define SHOW_NS       UINT64_C(200000000) /* while a placement is made */

static volatile sig_atomic_t interrupts;

static void on_signal(int number)
{
    (void)number;
    interrupts = interrupts + 1;
}

const char *station_by(const struct station *st)
{
    return st->by[0] ? st->by : st->options->by;
}

uint64_t station_at_us(const struct station *st, uint64_t virtual_ns)
{
    if (st->virtual_time)
        return virtual_ns / 1000;
    uint64_t ns = virtual_ns > st->epoch_ns ? virtual_ns : clock_now_ns();
    return (ns - st->epoch_ns) / 1000;
}

void station_fail(struct station *st, const struct err *e)
{
    if (!st->failed)
        st->err = *e;
    st->failed = true;
}

void station_append(struct station *st, struct journal_record *r)
{
    struct err e = { 0 };
    if (!st->failed && journal_append(st->journal, r, &e) != 0)
        station_fail(st, &e);
}

void station_say(struct station *st, const struct station_notice *notice)
{
    struct station_view *v = &st->view;
    struct station_notice *to = &v->notices[v->notice_count++ % STATION_NOTICES];
    *to = *notice;
    to->detail = said_nothing(&notice->detail) ? said_words(NULL) : said_flat(&notice->detail);
    station_show(st);
}

static void count_progress(struct station *st, bool anew)
{
    static uint64_t left, counted_ns, first_left; /* counting what is left is not free: five times a second */
    uint64_t now = clock_now_ns();
    struct station_progress *p = &st->view.progress;
    *p = (struct station_progress) { .placements = st->state.placements,
                                     .counted = st->state.counted,
                                     .placements_now = st->state.placements - st->placements_before,
                                     .transactions = st->state.transactions,
                                     .failures = st->hold ? st->failures_shown : st->state.failures,
                                     .session = plan_session(st->state.plan),
                                     .sessions = st->survey->sessions,
                                     .virtual_time = st->virtual_time,
                                     .waits = st->waits,
                                     .left_s = -1 };
    if (anew || counted_ns == 0 || now - counted_ns > 200000000u) {
        left = station_placements_left(st->state.plan, st->survey);
        if (counted_ns == 0)
            first_left = left;
        counted_ns = now;
    }
    for (size_t i = 0; i < survey_cell_count(st->survey); i++)
        p->verdicts[plan_cell(st->state.plan, i)->verdict]++;
    p->cells = survey_cell_count(st->survey) - p->verdicts[VERDICT_EXCLUDED] -
               p->verdicts[VERDICT_NOT_APPLICABLE] - p->verdicts[VERDICT_NOT_PURSUED];
    p->decided = p->verdicts[VERDICT_COMPATIBLE] + p->verdicts[VERDICT_INCOMPATIBLE];
    p->placements_left = left;
    p->elapsed_s = (double)(now - st->epoch_ns) / 1e9;
    if (first_left > left && p->elapsed_s > 0.5)
        p->left_s = p->elapsed_s * (double)left / (double)(first_left - left);
}

void station_show(struct station *st)
{
    if (!st->state.plan)
        return;
    count_progress(st, st->view.ended);
    st->view.unavailable = st->started ? unit_unavailable(st) : 0;
    st->view.number++;
    st->shown_ns = clock_now_ns();
    for (size_t i = 0; i < st->options->face_count; i++)
        st->options->faces[i].show(st->options->faces[i].context, &st->view);
}

/* --- waiting for workers --- */

static void on_interrupt(struct station *st)
{
    if (interrupts == st->stop_asked)
        return;
    st->stop_asked = interrupts > 1 ? 2 : 1;
    interrupts = st->stop_asked;
    STATION_SAY(st, st->stop_asked == 1 ? NOTICE_STOPPING : NOTICE_STOPPING_AT_ONCE);
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        struct unit *u = &st->units[i];
        if (u->job.state != JOB_RUNNING)
            continue;
        if (st->stop_asked == 1) {
            u->job.finish_asked = unit_order(st, i, WIRE_FINISH, NULL, 0);
        } else {
            worker_kill(&u->worker);
            worker_close(&u->worker);
            struct said stopped = said_alone(SAID_STOPPED_AT_ONCE);
            job_end(st, i, &stopped, true);
        }
    }
}

/* No worker may be running then, so no turn would see it. */
void station_stop_by_word(struct station *st)
{
    if (interrupts == 0)
        interrupts = 1;
    on_interrupt(st);
}

/* What is waited for in a turn: a worker's socket each, hands, then what faces have. */
struct waiting {
    struct pollfd fds[SURVEY_READERS_MAX + 1 + FACES_MAX * FACE_DESCRIPTORS_MAX];
    unsigned who[SURVEY_READERS_MAX];
    nfds_t workers, count;
    unsigned of_face[FACES_MAX];
};

static int await_all(struct station *st, struct waiting *w, int wait_ms)
{
    *w = (struct waiting) { 0 };
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        if (st->units[i].worker.pid > 0) {
            w->who[w->workers] = i;
            w->fds[w->workers++] = (struct pollfd) { .fd = st->units[i].worker.fd, .events = POLLIN };
        }
    }
    w->fds[w->workers] =
        (struct pollfd) { .fd = st->hands_fd, .events = POLLIN }; /* less than 0: passed over */
    w->count = w->workers + 1;
    for (size_t i = 0; i < st->options->face_count; i++) {
        const struct face *f = &st->options->faces[i];
        if (f->watch)
            w->of_face[i] = f->watch(f->context, w->fds + w->count, FACE_DESCRIPTORS_MAX, &wait_ms);
        w->count += w->of_face[i];
    }
    return poll(w->fds, w->count, wait_ms);
}

static void serve_faces(struct station *st, const struct waiting *w)
{
    const struct pollfd *fds = w->fds + w->workers + 1;
    for (size_t i = 0; i < st->options->face_count; i++) {
        const struct face *f = &st->options->faces[i];
        if (f->serve)
            f->serve(f->context, fds, w->of_face[i]);
        fds += w->of_face[i];
    }
}

void station_turn(struct station *st, int wait_ms)
{
    struct waiting w;
    int ready = await_all(st, &w, wait_ms);
    premises_turn(st, wait_ms);
    for (nfds_t i = 0; ready > 0 && i < w.workers; i++) {
        if (w.fds[i].revents)
            unit_drain(st, w.who[i]);
    }
    serve_faces(st, &w);
    on_interrupt(st);
    uint64_t now = clock_now_ns();
    for (unsigned i = 0; i < st->survey->reader_count; i++)
        unit_check(st, i, now);
    if (st->started && !st->failed && now - st->synced_ns > SYNC_NS) {
        struct err e = { 0 };
        st->synced_ns = now;
        if (journal_sync(st->journal, &e) != 0)
            station_fail(st, &e);
        premises_waited(st); /* for the disk */
    }
}

/* --- a step --- */

static void work_beside_hands(void *context, int fd)
{
    struct station *st = context;
    st->hands_fd = fd;
    station_turn(st, STATION_TICK_MS);
    st->hands_fd = -1;
    station_show(st);
}

/* A robot is let to its end at the first Ctrl-C, for it may be holding a phone. */
static bool hands_are_given_up(void *context)
{
    const struct station *st = context;
    return st->stop_asked > 1;
}

/* Hands may take long, and what they are waited for with must not be lost by a loss of power. */
void station_sync(struct station *st)
{
    struct err e = { 0 };
    if (!st->started)
        return;
    if (st->survey->hands != HANDS_PERSON && st->survey->hands != HANDS_COMMAND)
        return;
    job_flush(st);
    if (!st->failed && journal_sync(st->journal, &e) != 0)
        station_fail(st, &e);
    st->synced_ns = clock_now_ns();
    premises_waited(st); /* for the disk */
}

/* Measured, or waited for; a slip drawn for the simulator's hands ends it before. */
static void order_placement(struct station *st, const struct plan_placement *p, uint64_t now_ns)
{
    struct unit *u = &st->units[p->reader];
    if (simulated_slip(st, p))
        job_exclude(st, p->reader, "the phone was not laid as ordered");
    if (u->job.excluded[0]) {
        struct said reason = said_words(u->job.excluded);
        job_transaction_lost(st, p->reader, OUTCOME_INVALID, CAUSE(28), "", &reason);
        u->job.ended_ns = now_ns;
        job_end(st, p->reader, NULL, false);
        return;
    }
    struct wire_place order = { .pair = p->pair,
                                .condition = p->condition,
                                .session = p->session,
                                .ordinal = p->ordinal,
                                .scripts = p->scripts,
                                .detect_limit_ms = STATION_DETECT_MS,
                                .asks = st->survey->hands == HANDS_PERSON && !st->virtual_time,
                                .probes = identity_probes(st, p),
                                .now_ns = now_ns };
    u->job.laid = true;
    u->laid_pair = p->pair + 1;
    if (u->state != READER_READY || u->worker.pid == 0) { /* it went while the phone was asked for */
        struct said gone = said_alone(SAID_READER_LOST);
        u->job.again = true;
        job_end(st, p->reader, &gone, true);
        return;
    }
    u->job.ordered_ns = clock_now_ns();
    (void)unit_order(st, p->reader, WIRE_PLACE, &order, sizeof order);
}

static int lay_phone(struct station *st, const struct plan_placement *p, bool *stopped, struct err *e)
{
    station_sync(st);
    int status = hands_lay(&st->hands, p, stopped, e);
    premises_waited(st);
    if (status == 0 && *stopped)
        station_stop_by_word(st);
    return status;
}

static void start_placement(struct station *st, const struct plan_placement *p)
{
    struct unit *u = &st->units[p->reader];
    bool stopped = false;
    struct err e = { 0 };
    uint64_t now_ns = st->virtual_now_ns;
    job_begin(st, p->reader, p);
    u->job.mark.stage = STAGE_SETUP;
    worker_begin(&u->worker);
    if (st->survey->hands == HANDS_COMMAND || st->survey->hands == HANDS_TESTBED)
        job_open(st, p->reader);
    if (st->virtual_time)
        now_ns += (uint64_t)(hands_virtual_seconds(&st->hands, p) * 1e9);
    if (lay_phone(st, p, &stopped, &e) != 0) {
        struct said failed = said_words(e.text);
        job_end(st, p->reader, &failed, true);
        station_fail(st, &e);
        return;
    }
    if (st->stop_asked && st->survey->hands == HANDS_COMMAND) {
        u->job.laid = !stopped; /* by a robot that was let to its end: it takes the phone away again */
        struct said why = said_alone(SAID_STOPPED_BY_OPERATOR);
        job_end(st, p->reader, &why, true);
        return;
    }
    order_placement(st, p, now_ns);
}

static bool any_running(const struct station *st)
{
    for (unsigned i = 0; i < st->step_count; i++) {
        if (st->units[st->step[i]].job.state == JOB_RUNNING)
            return true;
    }
    return false;
}

/* The phone is taken away; the next one must not be confused with it. */
void station_await_lift(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    const struct wire_lift how = { .limit_ms = STATION_LIFT_MS };
    do {
        if (u->worker.pid == 0 || u->state != READER_READY ||
            !unit_order(st, reader, WIRE_LIFT, &how, sizeof how))
            return;
        u->job.lift = true;
        u->job.lift_status = 0;
        while (u->job.lift && u->worker.pid > 0 && !st->failed && !st->stop_asked) {
            station_turn(st, STATION_TICK_MS);
            person_hear(st, reader);
        }
        if (u->job.lift_status == ERR_TIMEOUT)
            STATION_SAY(st, NOTICE_STILL_SEES, .reader = st->survey->readers[reader].unit);
    } while (u->job.lift_status == ERR_TIMEOUT && !st->failed && !st->stop_asked);
}

/* Whether the result may be shown, by whoever lifted the phone. */
static void ask_after_lift(struct station *st, unsigned reader)
{
    struct station_answer a;
    uint32_t choices = PERSON_MEANWHILE | CHOICE_BIT(CHOICE_GO);
    if (person_ask(st, reader, QUESTION_LIFT, choices, NULL, &a) == CHOICE_SLIP)
        job_exclude(st, reader, a.text);
}

static void lift_phone(struct station *st, const struct plan_placement *p)
{
    struct unit *u = &st->units[p->reader];
    bool person = st->survey->hands == HANDS_PERSON;
    struct err e = { 0 };
    if ((st->virtual_time && st->survey->hands == HANDS_SIM) || !u->job.laid || st->failed)
        return;
    station_sync(st);
    if (hands_lift(&st->hands, p, &e) != 0) {
        station_fail(st, &e);
        return;
    }
    premises_waited(st);
    if (person && st->virtual_time && !st->stop_asked) { /* no field tells when the phone is gone */
        ask_after_lift(st, p->reader);
    } else if (!st->virtual_time) {
        if (person)
            person_question(st, QUESTION_LIFT, PERSON_MEANWHILE, NULL);
        station_await_lift(st, p->reader);
        if (person && st->missed && !st->stop_asked) /* it may have been a slip: the result waits */
            ask_after_lift(st, p->reader);
    }
    person_silent(st);
}

/* A person's phone is seen, and readers beside it are silent: it may be measured. */
static void let_go(struct station *st)
{
    for (unsigned i = 0; i < st->step_count; i++) {
        struct unit *u = &st->units[st->step[i]];
        if (u->job.state != JOB_RUNNING || u->job.let_go || u->worker.pid == 0)
            continue;
        if (!u->job.seen) {
            watch_others(st, st->step[i], u->job.ordered_ns);
        } else if (watch_is_over(st)) {
            u->job.let_go = true;
            u->job.doubts = 0; /* it came over from another reader */
            person_question(st, QUESTION_MEASURING, PERSON_MEANWHILE, NULL);
            unit_order(st, st->step[i], WIRE_GO, NULL, 0);
        }
    }
}

/* As soon as it is known: with another phone on the reader the rest is not worth measuring. */
static void ask_of_stranger(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    if (!(j->doubts & DOUBT(QUESTION_STRANGER)) || j->state != JOB_RUNNING)
        return;
    person_settle(st, reader);
    if (j->state == JOB_RUNNING && !st->failed)
        person_question(st, QUESTION_MEASURING, PERSON_MEANWHILE, NULL);
}

/* Until all jobs of the step have ended. */
static void measure_step(struct station *st, const struct plan_placement *orders)
{
    bool person = st->survey->hands == HANDS_PERSON;
    if (person && any_running(st))
        person_question(st, st->virtual_time ? QUESTION_MEASURING : QUESTION_SEEKING, PERSON_MEANWHILE, NULL);
    job_flush(st);
    while (any_running(st) && !st->failed) {
        station_turn(st, STATION_TICK_MS);
        if (person && !st->virtual_time)
            let_go(st);
        person_hear(st, orders[0].reader);
        ask_of_stranger(st, orders[0].reader);
        if (clock_now_ns() - st->shown_ns > SHOW_NS)
            station_show(st);
    }
    while (!watch_is_over(st) && !st->failed && st->stop_asked < 2)
        station_turn(st, STATION_TICK_MS);
}

static void run_step(struct station *st, const struct plan_placement *orders, size_t count)
{
    bool person = st->survey->hands == HANDS_PERSON;
    if (person && !person_offers(st, &orders[0]))
        return;
    st->step_count = (unsigned)count;
    st->step_written = 0;
    st->hold = person;
    for (size_t i = 0; i < count; i++)
        st->step[i] = orders[i].reader;
    st->starting = true;
    for (size_t i = 0; i < count && !st->failed; i++) {
        if (!st->stop_asked)
            start_placement(st, &orders[i]);
        else
            job_free(&st->units[orders[i].reader].job); /* of the step before: it lies there no more */
    }
    st->starting = false;
    measure_step(st, orders);
    for (size_t i = 0; i < count && st->virtual_time;
         i++) { /* the barrier: all lanes wait for the last one */
        if (st->units[orders[i].reader].job.ended_ns > st->virtual_now_ns)
            st->virtual_now_ns = st->units[orders[i].reader].job.ended_ns;
    }
    while (person && st->units[orders[0].reader].job.doubts != 0 && !st->failed)
        person_settle(st, orders[0].reader);
    for (size_t i = 0; i < count; i++)
        lift_phone(st, &orders[i]);
    st->hold = false;
    job_flush(st);
    station_show(st);
}

void station_wait(struct station *st)
{
    st->waits = true;
    if (st->survey->hands == HANDS_PERSON && st->view.question.what != QUESTION_WAITING)
        person_question(st, QUESTION_WAITING, PERSON_MEANWHILE & ~CHOICE_BIT(CHOICE_SLIP), NULL);
    station_turn(st, STATION_TICK_MS);
    person_hear(st, 0);
    station_show(st);
}

static bool all_dropped(const struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        const struct unit *u = &st->units[i];
        if (u->state != READER_DROPPED && u->state != READER_READY && !reference_gave_up(u))
            return false;
    }
    return true;
}

/* Real sittings are min_gap_h apart; the simulator jumps. True when the next session may begin now. */
static bool gap_is_over(struct station *st, char *until, size_t capacity)
{
    const struct premises_time now = premises_now(st->virtual_time);
    bool proven;
    if (st->virtual_time) {
        double hours = st->survey->min_gap_h;
        st->virtual_now_ns += (uint64_t)(hours * 3600e9) + (uint64_t)VIRTUAL_GAP_S * 1000000000u;
        return true;
    }
    int64_t gap = (int64_t)(st->survey->min_gap_h * 3600);
    int64_t passed = premises_seconds_since(&st->state.session_ended, &now, &proven);
    clock_wall_text(now.wall_s + gap - passed, until, capacity);
    return passed >= gap || (!proven && st->options->clock_was_wrong);
}

static enum stop_status sweep_plan(struct station *st, struct said *reason)
{
    struct plan_placement orders[SURVEY_READERS_MAX];
    for (;;) {
        size_t count = 0;
        bool waiting = false;
        char until[32];
        if (st->failed)
            return STOP_FAILED;
        if (st->stop_asked) {
            *reason = said_alone(SAID_INTERRUPTED);
            return STOP_INTERRUPTED;
        }
        if (st->all_put_off && reference_ends(st))
            continue;
        if (st->all_put_off) {
            *reason = said_alone(SAID_PUT_OFF_ALL);
            return STOP_INTERRUPTED;
        }
        enum plan_next next = plan_step(st->state.plan, unit_unavailable(st), orders, &count, &waiting);
        if ((next == PLAN_DONE || next == PLAN_SESSION_END) && reference_ends(st))
            continue;
        if (next == PLAN_DONE) {
            *reason = said_alone(SAID_ALL_DONE);
            return STOP_DONE;
        }
        if (next == PLAN_SESSION_END) {
            unsigned session = plan_session(st->state.plan);
            if (!gap_is_over(st, until, sizeof until)) {
                *reason =
                    SAY(SAID_SESSION_DONE, said_number(session).text, said_number(session + 1).text, until);
                return STOP_SESSION_END;
            }
            plan_begin_session(st->state.plan, session + 1);
            reference_begins(st);
        } else if (reference_before(st, orders, count) || (count == 0 && reference_again(st))) {
            continue;
        } else if (count > 0) {
            st->waits = false;
            run_step(st, orders, count);
            if (!st->virtual_time)
                st->state.session_ended = premises_now(false);
        } else {
            station_wait(st);
            if (all_dropped(st) && unit_unavailable(st) != 0 && !reference_ends(st)) {
                *reason = said_alone(SAID_NO_READERS);
                return STOP_FAILED;
            }
        }
    }
}

/* --- start --- */

/* Neither has what would tell it from the other. */
static bool are_alike(const struct survey_reader *a, const struct survey_reader *b)
{
    return a->profile == b->profile && !a->address && !b->address && !a->serial && !b->serial;
}

/* Two units must not be one reader, which one of them then keeps the other from. */
static int check_twins(const struct station *st, struct err *e)
{
    const struct survey *s = st->survey;
    for (unsigned i = 0; i < s->reader_count; i++) {
        for (unsigned k = 0; k < i; k++) {
            const struct trial_opened *a = &st->units[i].found, *b = &st->units[k].found;
            bool one = a->name[0] && strcmp(a->name, b->name) == 0;
            bool kept = (a->busy || b->busy) && are_alike(&s->readers[i], &s->readers[k]);
            if ((one || kept) && strcmp(s->readers[k].driver, s->readers[i].driver) == 0)
                return err_set(e, ERR_INPUT, s->readers[i].unit,
                               "is the same reader as %s (%s): give each unit its `address` or `serial`",
                               s->readers[k].unit, a->name);
        }
    }
    return 0;
}

/* Why a reader that is missing stops the run even where others answer; 0: it doesn't. */
static int judge_missing(struct station *st, unsigned reader, struct err *e)
{
    struct unit *u = &st->units[reader];
    size_t twin = u->found.busy ? survey_twin(st->survey, reader) : SIZE_MAX;
    if (twin != SIZE_MAX) /* it holds the only one that this could be */
        return err_set(e, ERR_INPUT, st->survey->readers[reader].unit,
                       "is the same reader as %s: give each unit its `address` or `serial`",
                       st->survey->readers[twin].unit);
    if (u->found.name[0] && binding_lock_unit(st, reader, e) != 0)
        return e->code;
    if (u->found.status < 0 && u->found.status != ERR_ENVIRONMENT && u->found.status != ERR_TIMEOUT)
        return err_set(e, u->found.status, st->survey->readers[reader].unit, "%s", u->found.text);
    return 0;
}

/* A sweep begins with the readers that answer; all that are missing are named, here where none does. */
static int find_missing(struct station *st, struct err *e)
{
    struct buf b;
    unsigned missing = 0, first = 0;
    buf_init(&b, 4096);
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        if (st->units[i].state == READER_READY)
            continue;
        if (judge_missing(st, i, e) != 0) {
            buf_free(&b);
            return e->code;
        }
        if (missing++ == 0)
            first = i;
        else
            buf_add_format(&b, "; %s: ", st->survey->readers[i].unit);
        buf_add_format(&b, "%s%s", st->units[i].found.text, binding_hint(st, i));
    }
    if (missing > 0 && missing == st->survey->reader_count) {
        err_set(e, ERR_ENVIRONMENT, st->survey->readers[first].unit, "%s", buf_text(&b));
        text_fit(e->native, sizeof e->native, st->units[first].found.native);
    }
    buf_free(&b);
    return missing == st->survey->reader_count ? e->code : 0;
}

/* Once there is a record to put it behind. */
static void set_missing_aside(struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        if (st->units[i].state == READER_LOST)
            unit_set_aside(st, i);
    }
}

static int open_readers(struct station *st, struct err *e)
{
    unsigned opening = 1;
    for (unsigned i = 0; i < st->survey->reader_count; i++)
        unit_open(st, i);
    while (opening > 0 && !st->failed && !st->stop_asked) {
        station_turn(st, STATION_TICK_MS);
        opening = fields_open_held(st);
        for (unsigned i = 0; i < st->survey->reader_count; i++)
            opening += st->units[i].state == READER_OPENING;
    }
    if (st->failed || st->stop_asked) {
        *e = st->err;
        return st->failed ? e->code
                          : err_set(e, ERR_INTERRUPTED, "run", "stopped before the first placement");
    }
    if (check_twins(st, e) != 0)
        return e->code;
    return find_missing(st, e);
}

/* Each unit's own reader, and nobody else's. */
static int bind_readers(struct station *st, struct err *e)
{
    int status = 0;
    for (unsigned i = 0; i < st->survey->reader_count && status == 0; i++) {
        if (st->units[i].state != READER_READY)
            continue;
        status = binding_check(st, i, e);
        if (status == 0)
            status = binding_lock_unit(st, i, e);
    }
    return status;
}

/* Simulated and real units never share a run. */
static int judge_readers(struct station *st, struct err *e)
{
    const struct survey *s = st->survey;
    st->simulated = s->simulated;
    if (s->hands == HANDS_TESTBED)
        st->sign = said_alone(SAID_TESTBED_SOCKET);
    for (unsigned i = 0; i < s->reader_count; i++) {
        const struct trial_opened *a = &st->units[i].found;
        if (a->simulated && !s->simulated)
            return err_set(
                e, ERR_REFUSED, s->readers[i].unit,
                "is simulated (%s) but the handsets are real; simulated and real units never share a run",
                said_text(&a->sign).text);
        if (s->simulated && s->hands != HANDS_TESTBED && st->units[i].state == READER_READY && !a->simulated)
            return err_set(
                e, ERR_REFUSED, s->readers[i].unit,
                "is not simulated but the handsets are; simulated and real units never share a run");
        if (a->simulated && said_nothing(&st->sign))
            st->sign = a->sign;
    }
    return 0;
}

static void fill_readers(const struct station *st, struct journal_reader_found *items)
{
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        const struct trial_opened *m = &st->units[i].found;
        items[i] = (struct journal_reader_found) {
            .unit = st->survey->readers[i].unit,
            .profile = st->survey->reader_profiles[st->survey->readers[i].profile].id,
            .driver = st->survey->readers[i].driver,
            .name = m->name,
            .serial = m->serial,
            .firmware = m->firmware,
            .simulated = st->simulated || m->simulated,
            .proof = m->proof,
        };
    }
}

/* Texts that more than one kind of record says of the host. */
struct host_texts {
    struct premises_time now;
    char wall[32], program[64], system[256];
    char governor[64], clock_source[64]; /* "" when there is none */
    double temperature_c;                /* NaN when there is none */
    uint64_t boot_us;                    /* UINT64_MAX when there is none */
    char libraries[1024];                /* of all drivers in use, each once; "" when there are none */
    struct said clock;
    struct said landlock, seccomp;
    struct utsname uname;
};

/* The first word of a file of the system, "" when it isn't there. */
static void read_word(const char *path, char *out, size_t capacity)
{
    struct buf b;
    struct err e;
    buf_init(&b, 4096);
    const char *text = file_read(path, &b, &e) == 0 ? buf_text(&b) : "";
    snprintf(out, capacity, "%.*s", (int)strcspn(text, " \n"), text);
    buf_free(&b);
}

static const char *text_or_none(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* Simulated hands are nobody's. */
static const char *operator_of(const struct station *st)
{
    return st->survey->hands == HANDS_SIM ? NULL : text_or_none(station_by(st));
}

static void list_libraries(const struct station *st, char *out, size_t capacity)
{
    out[0] = '\0';
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        const char *of = st->units[i].found.libraries;
        size_t length = strlen(out);
        if (of[0] && !strstr(out, of))
            snprintf(out + length, capacity - length, "%s%s", length > 0 ? ", " : "", of);
    }
}

static void fill_host(const struct station *st, struct host_texts *h)
{
    h->governor[0] = h->clock_source[0] = '\0';
    list_libraries(st, h->libraries, sizeof h->libraries);
    h->temperature_c = st->virtual_time ? NAN : premises_temperature_c();
    if (!st->virtual_time) {
        read_word("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", h->governor, sizeof h->governor);
        read_word("/sys/devices/system/clocksource/clocksource0/current_clocksource", h->clock_source,
                  sizeof h->clock_source);
    }
    h->now = premises_now(st->virtual_time);
    h->boot_us = h->now.boot_us ? h->now.boot_us : UINT64_MAX;
    clock_wall_text(h->now.wall_s, h->wall, sizeof h->wall);
    snprintf(h->program, sizeof h->program, "nfc-survey %s", st->options->version);
    if (uname(&h->uname) != 0)
        memset(&h->uname, 0, sizeof h->uname);
    snprintf(h->system, sizeof h->system, "%.60s %.60s %.60s", h->uname.sysname, h->uname.release,
             h->uname.machine);
    confinement_said(&h->landlock, &h->seccomp);
    h->clock = st->virtual_time ? said_alone(SAID_VIRTUAL_CLOCK) : said_words(clock_name());
}

/* To be freed; NULL when out of memory. */
static struct journal_file *list_files(const struct survey *s)
{
    struct journal_file *files = calloc(s->file_count + 1, sizeof *files);
    for (size_t i = 0; files && i < s->file_count; i++)
        files[i] = (struct journal_file) { s->files[i].kind, s->files[i].path, s->files[i].sha256,
                                           s->files[i].text };
    return files;
}

static void write_start(struct station *st)
{
    const struct survey *s = st->survey;
    const struct scheme *scheme = &plan_table(st->state.plan)->scheme;
    struct journal_reader_found readers[SURVEY_READERS_MAX];
    struct journal_file *files = list_files(s);
    char seal[IDENTIFIER_VALUE_BYTES];
    struct host_texts h;
    struct journal_record r;
    struct err e;
    if (!files) {
        err_set(&e, ERR_MEMORY, "station", "out of memory");
        station_fail(st, &e);
        return;
    }
    robot_seal(s, seal);
    fill_host(st, &h);
    fill_readers(st, readers);
    const char *run = strrchr(st->options->directory, '/');
    journal_record_init(&r, JOURNAL_KIND_START);
    r.as.start = (struct journal_start) {
        .format = "nfc-survey/journal",
        .version = JOURNAL_VERSION,
        .run = run && run[1] ? run + 1 : st->options->directory,
        .simulated = st->simulated,
        .simulated_sign = st->simulated ? &st->sign : NULL,
        .survey = s->id,
        .seed = s->seed,
        .scheme = scheme->name,
        .q0 = scheme->q0,
        .q1 = scheme->q1,
        .alpha = scheme->alpha,
        .beta = scheme->beta,
        .k = scheme->k,
        .n_max = scheme->n_max,
        .rules = scheme->rules,
        .mean = scheme->mean > 0.0 ? scheme->mean : (double)NAN,
        .decide = s->decide,
        .prior_upper = SCHEME_PRIOR_UPPER,
        .prior_lower = SCHEME_PRIOR_LOWER,
        .sessions = s->sessions,
        .lanes = s->lanes,
        .hands = s->hands,
        .wall = h.wall,
        .boot_id = h.now.boot_id,
        .host = h.uname.nodename,
        .system = h.system,
        .clock = &h.clock,
        .clock_resolution_ns = clock_resolution_ns(),
        .program = h.program,
        .operator= operator_of(st),
        .governor = text_or_none(h.governor),
        .clock_source = text_or_none(h.clock_source),
        .libraries = text_or_none(h.libraries),
        .landlock = &h.landlock,
        .seccomp = &h.seccomp,
        .temperature_c = h.temperature_c,
        .boot_us = h.boot_us,
        .directory = s->hands == HANDS_COMMAND || s->hands == HANDS_TESTBED ? s->directory : NULL,
        .hands_seal = text_or_none(seal),
        .readers = { readers, s->reader_count },
        .files = { files, s->file_count },
    };
    station_append(st, &r);
    free(files);
}

static void write_resume(struct station *st, uint64_t cut_bytes)
{
    struct journal_reader_found readers[SURVEY_READERS_MAX];
    struct host_texts h;
    struct journal_record r;
    struct said no_stop = said_alone(SAID_NO_STOP);
    struct faults_lines damaged = faults_lines(&st->state.faults); /* somebody accepts them, whoever lays */
    char mode[8] = "";
    if (journal_was_mode(st->journal))
        snprintf(mode, sizeof mode, "%04o", journal_was_mode(st->journal));
    fill_host(st, &h);
    fill_readers(st, readers);
    journal_record_init(&r, JOURNAL_KIND_RESUME);
    r.as.resume =
        (struct journal_resume) { .stopped = st->state.closed ? st->state.stop_status : STOP_NONE,
                                  .reason = st->state.closed ? &st->state.stop_reason : &no_stop,
                                  .wall = h.wall,
                                  .boot_id = h.now.boot_id,
                                  .host = h.uname.nodename,
                                  .clock = &h.clock,
                                  .cut_bytes = cut_bytes,
                                  .program = h.program,
                                  .operator= damaged.text[0] ? text_or_none(station_by(st)) : operator_of(st),
                                  .governor = text_or_none(h.governor),
                                  .clock_source = text_or_none(h.clock_source),
                                  .temperature_c = h.temperature_c,
                                  .boot_us = h.boot_us,
                                  .libraries = text_or_none(h.libraries),
                                  .landlock = &h.landlock,
                                  .seccomp = &h.seccomp,
                                  .reopened = st->options->reopen ? 1 : -1,
                                  .replaced = text_or_none(st->options->replace),
                                  .clock_was_wrong = text_or_none(st->options->clock_was_wrong),
                                  .damage_accepted = text_or_none(damaged.text),
                                  .folder_mode = text_or_none(mode),
                                  .readers = { readers, st->survey->reader_count } };
    station_append(st, &r);
}

static bool shows_anything(const struct job *j)
{
    for (size_t i = 0; i < SURVEY_SCRIPTS_MAX; i++) {
        if (j->tally[i].ok + j->tally[i].fail + j->tally[i].invalid > 0)
            return true;
    }
    return false;
}

/* Placements that a crash left open: a bad transaction counts, one clean so far is made again whole. */
static void close_broken_off(struct station *st)
{
    struct said broken_off = said_alone(SAID_BROKEN_OFF);
    for (unsigned i = 0; i < st->state.open_count && !st->failed; i++) {
        const struct station_open *o = &st->state.open[i];
        struct job *j = &st->units[o->placement.reader].job;
        job_free(j);
        j->placement = o->placement;
        j->opened = true;
        j->line = o->line;
        j->ended_ns = st->virtual_now_ns;
        for (unsigned k = 0; k < st->survey->script_count; k++)
            j->tally[k] = (struct job_tally) { o->ok[k], o->bad[k], o->invalid[k], o->slow[k] };
        j->suspect = o->suspect || o->doubtful;
        j->again = o->doubtful;
        j->print = o->print;
        j->foreign = o->foreign;
        if (o->foreign)
            j->differs = broken_off;
        if (st->survey->hands == HANDS_PERSON && !shows_anything(j)) {
            j->again = j->suspect = true; /* killed at a question that was open, as far as anybody can tell */
            j->placement.scripts = plan_scripts(st->state.plan, &o->placement);
        }
        if (o->excluded) {
            j->laid = true;
            text_fit(j->excluded, sizeof j->excluded, "as noted");
            j->exclusion_written = true;
        }
        job_end(st, o->placement.reader, &broken_off, true);
        st->step_count = st->step_written = 0;
        job_close_detached(st, o->placement.reader);
    }
    st->state.open_count = 0;
}

/* Decisions that an execution before this one made, and did not come to write. */
static void write_missing_decisions(struct station *st)
{
    for (size_t i = 0; i < survey_cell_count(st->survey) && !st->failed; i++)
        if (job_decision_is_due(st, i))
            job_write_decision(st, i, st->virtual_now_ns);
}

static void write_stop(struct station *st, enum stop_status status, const struct said *reason)
{
    char wall[32], digest[65];
    struct journal_record r;
    struct err e = { 0 };
    if (!st->journal || journal_retry(st->journal, &e) != 0)
        return; /* the disk is still full: the journal ends on a whole line, without a stop */
    clock_wall_text(clock_wall_s(), wall, sizeof wall);
    journal_sha256(st->journal, digest);
    journal_record_init(&r, JOURNAL_KIND_STOP);
    r.as.stop = (struct journal_stop) { .at_us = station_at_us(st, st->virtual_now_ns),
                                        .wall = wall,
                                        .status = status,
                                        .reason = reason,
                                        .placements = journal_count(st->journal, JOURNAL_KIND_PLACEMENT),
                                        .transactions = journal_count(st->journal, JOURNAL_KIND_TRANSACTION),
                                        .lines = journal_lines(st->journal),
                                        .sha256 = digest };
    if (journal_append(st->journal, &r, &e) == 0 && journal_sync(st->journal, &e) != 0)
        station_fail(st, &e);
}

/* What is still open is closed before the stop record: a reader that was to be asked is asked no more. */
static void close_open_jobs(struct station *st)
{
    struct said unasked = said_alone(SAID_MISSED_UNASKED), stopped_unasked = said_alone(SAID_STOPPED_UNASKED),
                stopped = said_alone(SAID_STOPPED);
    for (unsigned i = 0; i < st->survey->reader_count && !st->failed; i++) {
        struct job *j = &st->units[i].job;
        if (j->state == JOB_ASKING) {
            job_transaction_lost(st, i, OUTCOME_INVALID, CAUSE(31), NATIVE_DEADLINE_MISSED, &unasked);
            job_end(st, i, &stopped_unasked, false);
        } else if (j->state == JOB_RUNNING) {
            job_end(st, i, &stopped, true);
        }
    }
    job_flush(st);
    for (unsigned i = 0; i < st->survey->reader_count && !st->failed; i++) {
        st->step_count = st->step_written = 0;
        job_close_detached(st, i);
    }
}

static bool is_virtual(const struct survey *s)
{
    for (size_t i = 0; i < s->reader_count; i++) {
        const struct driver_ops *ops = driver_by_name(s->readers[i].driver);
        if (!ops || !(ops->capabilities & DRIVER_VIRTUAL_CLOCK))
            return false;
    }
    return true;
}

static int check_drivers(const struct survey *s, struct err *e)
{
    for (size_t i = 0; i < s->reader_count; i++) {
        if (!driver_by_name(s->readers[i].driver))
            return err_set(e, ERR_INPUT, s->readers[i].unit,
                           "there is no driver `%s`; `nfc-survey readers` names them", s->readers[i].driver);
    }
    return 0;
}

static int open_hands(struct station *st, struct err *e)
{
    int status = hands_open(&st->hands, st->survey, e);
    st->hands.watch = (struct robot_watch) { st, work_beside_hands, hands_are_given_up };
    st->hands.number = st->state.placements;
    return status;
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
#define ENDINGS (sizeof ending / sizeof *ending)

/* A terminal that was closed ends a run as Ctrl-C does; not under nohup, nor where a face listens for it itself. */
static void prepare_process(struct sigaction old[ENDINGS])
{
    struct sigaction action = { .sa_handler = on_signal };
    struct rlimit none = { 0, 0 };
    sigemptyset(&action.sa_mask);
    interrupts = 0;
    for (size_t i = 0; i < ENDINGS; i++) {
        sigaction(ending[i], &action, &old[i]);
        if (ending[i] == SIGHUP && old[i].sa_handler != SIG_DFL)
            sigaction(SIGHUP, &old[i], NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_CORE, &none);
}

/* Takes up the run that is there: its lock before any reader is touched, then what it has. */
static int take_up(struct station *st, uint64_t *cut_bytes, struct err *e)
{
    int status = journal_reopen(st->options->directory, &st->journal, cut_bytes, e);
    if (status == 0)
        status = (st->options->accepts_damaged ? station_fold_damaged : station_fold)(
            st->options->directory, st->survey, &st->state, e);
    if (status == 0 && st->state.faults.count > 0 && !st->options->accepts_damaged)
        status =
            err_set(e, ERR_INPUT, st->options->directory,
                    "line %llu of the journal is not as it was written; `nfc-survey verify` names every "
                    "such line",
                    (unsigned long long)(st->state.faults.kept > 0 ? st->state.faults.items[0].line : 0));
    if (status == 0 && st->options->reopen)
        plan_reopen(st->state.plan);
    return status;
}

/* A journal without its start record is no run: it must not stand in the way of the next trial. */
static int withdraw_journal(const struct station *st, struct err *e)
{
    char path[4096];
    *e = st->err;
    if (!journal_has_kept(st->journal))
        return e->code;
    snprintf(path, sizeof path, "%s/journal.yaml", st->options->directory);
    (void)unlink(path);
    return err_set(e, st->err.code, path,
                   "the first record could not be written, so no run was begun; is the "
                   "disk full?");
}

static int begin_journal(struct station *st, uint64_t cut_bytes, struct err *e)
{
    if (st->options->resume) {
        write_resume(st, cut_bytes);
        for (unsigned i = 0; i < st->survey->reader_count; i++)
            if (text_lists(st->options->replace, st->survey->readers[i].unit)) {
                vouch_forget(&st->state, i);
                STATION_SAY(st, NOTICE_REPLACED, .reader = st->survey->readers[i].unit);
            }
        close_broken_off(st);
        write_missing_decisions(st);
    } else {
        int status = journal_create(st->options->directory, &st->journal, e);
        if (status != 0)
            return status;
        write_start(st);
        if (st->failed)
            return withdraw_journal(st, e);
    }
    st->started = true;
    set_missing_aside(st);
    if (st->failed)
        *e = st->err;
    return st->failed ? e->code : 0;
}

static void finish_run(struct station *st, struct station_result *out)
{
    struct said failure = said_words(st->err.text);
    if (st->failed) {
        out->end = STOP_FAILED;
        out->reason = said_flat(&failure);
    } else {
        close_open_jobs(st);
    }
    write_stop(st, out->end, st->failed ? &failure : &out->reason);
    st->view.ended = true;
    person_silent(st);
    station_show(st);
    out->placements = st->state.placements;
    out->transactions = st->state.transactions;
    out->rejected_so_far = st->view.progress.verdicts[VERDICT_REJECTED_SO_FAR];
    out->closed_by_instruments = st->view.progress.verdicts[VERDICT_UNDECIDED_INSTRUMENT];
}

static void release_all(struct station *st)
{
    for (unsigned i = 0; i < SURVEY_READERS_MAX; i++) {
        struct unit *u = &st->units[i];
        if (u->worker.pid > 0) {
            wire_send(u->worker.fd, WIRE_QUIT, NULL, 0, NULL, 0);
            worker_kill(&u->worker);
        }
        worker_release(&u->worker);
        job_free(&u->job);
    }
    binding_unlock_all(st);
    hands_close(&st->hands);
    journal_close(&st->journal);
    station_state_free(&st->state);
}

/* A run's directory must not hold a run already; said before any reader is touched. */
static int check_directory(const struct station_options *o, struct err *e)
{
    char path[4096];
    struct stat there;
    snprintf(path, sizeof path, "%s/journal.yaml", o->directory);
    if (!o->resume && lstat(path, &there) == 0 && !(S_ISREG(there.st_mode) && there.st_size == 0))
        return err_set(
            e, ERR_INPUT, path,
            "there is a run already; continue it with `run --resume %s`, or name another directory",
            o->directory);
    return 0;
}

int station_run(const struct survey *s, const struct station_options *o, struct station_result *out,
                struct err *e)
{
    static struct station st; /* inboxes and jobs of all readers: too large for the stack */
    struct sigaction old[ENDINGS];
    uint64_t cut_bytes = 0;
    memset(&st, 0, sizeof st);
    memset(out, 0, sizeof *out);
    memset(e, 0, sizeof *e);
    st.survey = st.view.survey = s;
    st.options = o;
    st.view.directory = o->directory;
    st.in_hand = -1;
    st.virtual_time = is_virtual(s);
    st.epoch_ns = st.synced_ns = clock_now_ns();
    prepare_process(old);
    for (unsigned i = 0; i < SURVEY_READERS_MAX; i++)
        st.units[i].worker.fd = -1;
    st.hands.socket = st.hands_fd = -1;
    int status = check_directory(o, e);
    if (status == 0)
        status = check_drivers(s, e);
    if (status == 0)
        status = o->resume ? take_up(&st, &cut_bytes, e) : station_state_make(s, &st.state, e);
    if (status == 0)
        status = premises_check_clock(&st, e);
    if (status == 0)
        status = binding_check_options(&st, e);
    if (status == 0)
        status = open_hands(&st, e);
    if (status == 0)
        status = person_names_itself(&st, e);
    if (status == 0)
        status = identity_open(&st, e);
    if (status == 0)
        status = open_readers(&st, e);
    if (status == 0)
        status = judge_readers(&st, e);
    if (status == 0)
        status = bind_readers(&st, e);
    if (status == 0)
        status = begin_journal(&st, cut_bytes, e);
    if (status == 0) {
        memset(e, 0, sizeof *e);
        st.placements_before = st.state.placements;
        premises_begin(&st);
        floor_measure(&st);
        reference_begins(&st);
        if (o->resume)
            fields_clear(&st);
        out->end = sweep_plan(&st, &out->reason);
        finish_run(&st, out);
        if (st.failed)
            *e = st.err;
        else if (out->end == STOP_FAILED)
            err_set(e, ERR_ENVIRONMENT, o->directory, "%s", said_text(&out->reason).text);
        else if (out->end == STOP_INTERRUPTED) /* its reason is the caller's to say */
            err_set(e, ERR_INTERRUPTED, o->directory, "%s", said_text(&out->reason).text);
        status = e->code;
    }
    release_all(&st);
    explicit_bzero(&st.key, sizeof st.key);
    for (size_t i = 0; i < ENDINGS; i++)
        sigaction(ending[i], &old[i], NULL);
    return status;
}
