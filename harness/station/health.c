/*
 * Readers that hang, vanish or die: the question who hung, the quarantine after our own kill, and coming
 * back. A killed client does not free its reader: pcscd keeps it busy for minutes (libccid's wait), so it is
 * asked once a second while the sweep goes on elsewhere.
 */
#include "harness/station/health.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/doctor/pcsc_clients.h"
#include "harness/station/floor.h"
#include "harness/station/identity.h"
#include "harness/station/placement.h"
#include "harness/station/reference.h"
#include "harness/station/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void write_health(struct station *st, unsigned reader, enum health_event event, enum proof proof,
                         const struct said *detail)
{
    struct journal_record r;
    if (!st->started || st->failed)
        return;
    journal_record_init(&r, JOURNAL_KIND_HEALTH);
    r.as.health.at_us = station_at_us(st, st->virtual_now_ns);
    r.as.health.reader = st->survey->readers[reader].unit;
    r.as.health.event = event;
    r.as.health.detail = said_nothing(detail) ? NULL : detail;
    r.as.health.proof = proof;
    station_append(st, &r);
}

void unit_health(struct station *st, unsigned reader, enum health_event event, const struct said *detail)
{
    write_health(st, reader, event, PROOF_NONE, detail);
}

static void worker_is_deaf(struct station *st, unsigned reader);

bool unit_order(struct station *st, unsigned reader, enum wire_kind kind, const void *body, size_t length)
{
    if (wire_send(st->units[reader].worker.fd, kind, body, length, NULL, 0))
        return true;
    if (errno == EAGAIN)
        worker_is_deaf(st, reader);
    else
        unit_died(st, reader);
    return false;
}

static bool send_open(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    const struct survey_reader *unit = &st->survey->readers[reader];
    struct wire_open how = { 0 };
    text_fit(how.address, sizeof how.address, unit->address ? unit->address : "");
    text_fit(how.serial, sizeof how.serial, binding_serial(st, reader));
    how.ours = u->lock > 0;
    if (u->found_once && !how.serial[0])
        text_fit(how.serial, sizeof how.serial,
                 u->found.serial); /* the same unit again, not another of its kind */
    return unit_order(st, reader, WIRE_OPEN, &how, sizeof how);
}

void unit_open(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    struct err e;
    u->asking = true;
    u->told = 0;
    if (u->worker.pid == 0) {
        worker_close(&u->worker);
        u->watching = u->watch_ends = false; /* what the one before was asked for */
        if (worker_start(&u->worker, st->survey, &st->key, st->options->access, reader, &e) != 0) {
            station_fail(st, &e);
            return;
        }
    }
    if (!send_open(st, reader))
        u->asking = false;
    if (u->state == READER_NONE)
        u->state = READER_OPENING;
}

static void leave_service(struct station *st, unsigned reader, enum reader_state state,
                          enum health_event event, const struct said *detail)
{
    struct unit *u = &st->units[reader];
    uint64_t now = clock_now_ns();
    u->state = state;
    u->asking = false;
    u->left_list = false;
    u->since_ns = now;
    u->next_try_ns = now;
    unit_health(st, reader, event, detail);
    STATION_SAY(st, NOTICE_OUT_OF_SERVICE, .reader = st->survey->readers[reader].unit, .event = event,
                .detail = detail ? *detail : said_words(NULL));
}

void unit_set_aside(struct station *st, unsigned reader)
{
    const struct said why = said_words(st->units[reader].found.text);
    leave_service(st, reader, READER_LOST, HEALTH_ASIDE, &why);
}

static void back_in_service(struct station *st, unsigned reader, enum health_event event, enum proof proof,
                            const struct said *detail)
{
    struct unit *u = &st->units[reader];
    u->state = READER_READY;
    u->asking = false;
    write_health(st, reader, event, proof, detail);
    STATION_SAY(st, NOTICE_IN_SERVICE, .reader = st->survey->readers[reader].unit, .event = event);
}

/* The answer to "who hung?" closes the transaction that is waited for. */
static void answer_question(struct station *st, unsigned reader, bool answers, enum said_code detail)
{
    const struct said what = said_alone(detail), hung = said_alone(SAID_READER_HUNG);
    struct unit *u = &st->units[reader];
    if (u->job.state != JOB_ASKING)
        return;
    bool sought = u->job.mark.stage < STAGE_ACTIVATE; /* nothing had begun with the phone */
    answers = answers && !sought;
    cause_set phone = u->job.mark.stage == STAGE_EXCHANGE ? CAUSE(10) | CAUSE(11) : CAUSE(6) | CAUSE(7);
    job_transaction_lost(st, reader, answers ? OUTCOME_FAIL : OUTCOME_INVALID, answers ? phone : CAUSE(31),
                         NATIVE_DEADLINE_MISSED, &what);
    job_end(st, reader, answers ? NULL : &hung, false);
    job_flush(st);
    job_close_detached(st, reader);
}

/* A unit's reader is there for the first time in this execution: whose is it? */
static bool first_found(struct station *st, unsigned reader, const struct trial_opened *m, struct said *name)
{
    struct unit *u = &st->units[reader];
    struct err e;
    u->found = *m;
    if (binding_check(st, reader, &e) != 0 || binding_lock_unit(st, reader, &e) != 0) {
        text_fit(u->found.text, sizeof u->found.text, e.text);
        worker_kill(&u->worker);
        unit_set_aside(st, reader);
        u->next_try_ns = clock_now_ns() + UINT64_C(1000000) * STATION_GIVE_UP_MS;
        return false;
    }
    u->found_once = true;
    *name = SAY(SAID_FOUND_AS, m->name, m->serial);
    return true;
}

static void reader_opened(struct station *st, unsigned reader, const struct trial_opened *m)
{
    struct unit *u = &st->units[reader];
    if (!trial_opened_is_valid(m))
        return;
    u->asking = false;
    if (u->state == READER_OPENING || u->state == READER_NONE) {
        u->found = *m; /* the start of this execution judges it */
        u->found_once = m->status == 0;
        u->state = m->status == 0 ? READER_READY : READER_LOST;
        return;
    }
    if (m->status != 0) {
        if (u->state == READER_QUARANTINED && !m->busy && !m->name[0])
            u->left_list = true;
        return;
    }
    if (m->simulated && !st->simulated) {
        struct err e;
        unit_health(st, reader, HEALTH_SIMULATED, &m->sign);
        err_set(&e, ERR_REFUSED, st->survey->readers[reader].unit,
                "came back as a simulated reader (%s); simulated and real units never share a run",
                said_text(&m->sign).text);
        station_fail(st, &e);
    } else if (u->state == READER_LOST || u->state == READER_DROPPED) {
        struct said name = said_words(m->name);
        if (!u->found_once && !first_found(st, reader, m, &name))
            return;
        back_in_service(st, reader, HEALTH_BACK, m->simulated ? PROOF_NONE : m->proof, &name);
    } else if (u->state == READER_QUARANTINED) {
        u->found.proof = m->simulated ? PROOF_NONE : m->proof;
        u->asking = unit_order(st, reader, WIRE_ASK, NULL, 0);
    }
}

static void reader_answered(struct station *st, unsigned reader, const struct wire_status *m)
{
    struct unit *u = &st->units[reader];
    if (!text_ends(m->text, sizeof m->text) || !text_ends(m->native, sizeof m->native))
        return;
    u->asking = false;
    if (u->state != READER_QUARANTINED || m->status != 0)
        return;
    struct said answer = said_alone(u->left_list ? SAID_ANSWERS_AGAIN : SAID_ANSWERS);
    unit_health(st, reader, HEALTH_ASKED, &answer);
    answer_question(st, reader, !u->left_list,
                    u->left_list ? SAID_MISSED_PLUGGED_IN : SAID_MISSED_READER_ANSWERS);
    back_in_service(st, reader, HEALTH_RELEASED, u->left_list ? u->found.proof : PROOF_NONE, NULL);
}

/* Who holds it, as far as the kernel tells: pcscd's clients, where the reader is one of pcscd's. */
static struct said held_by(const struct station *st, unsigned reader)
{
    struct pcsc_clients clients;
    struct err e;
    char names[160] = "";
    if (strcmp(st->survey->readers[reader].driver, "pcsc") != 0 || doctor_pcsc_clients(&clients, &e) != 0)
        return said_alone(SAID_HELD);
    for (size_t i = 0; i < clients.count; i++) {
        size_t length = strlen(names);
        snprintf(names + length, sizeof names - length, "%s%s (%ld)", i > 0 ? ", " : "",
                 clients.known[i].comm, (long)clients.known[i].pid);
    }
    return names[0] ? SAY(SAID_HELD_BY, names) : said_alone(SAID_HELD);
}

static bool placement_ended(struct station *st, unsigned reader, const struct wire_placed *m)
{
    struct unit *u = &st->units[reader];
    struct job *j = &u->job;
    if (j->state != JOB_RUNNING)
        return true;
    if (!m->reader_lost && !m->busy && !job_may_end(st, j))
        return false;
    if (st->virtual_time && m->now_ns >= st->virtual_now_ns && m->now_ns < UINT64_MAX / 2)
        j->ended_ns = m->now_ns;
    if (m->left)
        job_left(st, reader);
    bool by_operator = m->broken && st->stop_asked && !m->reader_lost;
    struct said reason = said_alone(by_operator ? SAID_INTERRUPTED : SAID_READER_LOST);
    if (m->busy) { /* nothing that the phone did: made again when the reader is free */
        struct said held = held_by(st, reader);
        j->again = !job_is_bad(j); /* a failure before it stays one */
        job_end(st, reader, &held, true);
        worker_kill(&u->worker);
        leave_service(st, reader, READER_LOST, HEALTH_HELD, &held);
        u->next_try_ns += UINT64_C(1000000) * STATION_HELD_MS; /* it may open and still refuse a card */
        return true;
    }
    job_end(st, reader, by_operator || m->reader_lost ? &reason : NULL, by_operator);
    if (m->reader_lost)
        unit_lost(st, reader, false);
    return true;
}

/* What a whole order can bring, and then some for questions that are asked between two of them. */
static uint64_t messages_max(const struct station *st)
{
    uint64_t exchanges = 2 * SCRIPT_EXPANDED_MAX; /* each may be told again, for its bytes */
    return st->survey->script_count * st->survey->scheme.k * (exchanges + 1) + 10000;
}

/* False: no worker of ours would send it. */
static bool take_message(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    const struct wire_inbox *in = &u->worker.inbox;
    const void *body;
    if (++u->told > messages_max(st))
        return false;
    switch (in->kind) {
    case WIRE_OPENED:
        if ((body = wire_body(in, sizeof(struct trial_opened), false)))
            reader_opened(st, reader, body);
        return body;
    case WIRE_EXCHANGE:
        return job_exchange(st, reader, in);
    case WIRE_TRANSACTION:
        body = wire_body(in, sizeof(struct trial_report), false);
        return body && job_transaction_done(st, reader, body);
    case WIRE_PLACED:
        if ((body = wire_body(in, sizeof(struct wire_placed), false)))
            return placement_ended(st, reader, body);
        return false;
    case WIRE_PROBED:
        body = wire_body(in, sizeof(struct wire_probed), false);
        return body && identity_probed(st, reader, body);
    case WIRE_SEEN:
        u->job.seen = true;
        return true;
    case WIRE_WATCHED:
        if ((body = wire_body(in, sizeof(struct wire_status), false)))
            watch_told(st, reader, ((const struct wire_status *)body)->status == 0);
        return body;
    case WIRE_LIFTED:
        u->job.lift = false;
        if ((body = wire_body(in, sizeof(struct wire_status), false)))
            u->job.lift_status = ((const struct wire_status *)body)->status;
        return body;
    case WIRE_REFERENCED:
        body = wire_body(in, sizeof(struct trial_report), false);
        return body && reference_told(st, reader, body);
    case WIRE_FLOORED:
        body = wire_body(in, sizeof(struct trial_floor), false);
        return body && floor_told(st, reader, body);
    case WIRE_ANSWER:
        if ((body = wire_body(in, sizeof(struct wire_status), false)))
            reader_answered(st, reader, body);
        return body;
    default:
        return false; /* a kind that only the supervisor sends */
    }
}

/* Its worker ended before it was open: the start of this execution judges that. */
static bool was_opening(struct unit *u, int status, const char *text)
{
    if (u->state != READER_OPENING)
        return false;
    u->found.status = status;
    text_fit(u->found.text, sizeof u->found.text, text);
    u->state = READER_LOST;
    return true;
}

/* Its process is gone, or is ended here: why. The transaction that was running is lost. */
static void worker_ended(struct station *st, unsigned reader, const char *native, const struct said *why)
{
    struct unit *u = &st->units[reader];
    worker_kill(&u->worker);
    worker_close(&u->worker);
    job_mark(st, reader);
    if (was_opening(u, ERR_ENVIRONMENT, said_text(why).text))
        return;
    if (u->job.state == JOB_RUNNING) {
        job_transaction_lost(st, reader, OUTCOME_INVALID, CAUSE(31), native, why);
        job_end(st, reader, why, st->stop_asked > 1);
    }
    u->job.lift = false;
    u->asking = false;
    if (u->state == READER_READY && !st->stop_asked)
        leave_service(st, reader, READER_LOST, HEALTH_LOST, why);
}

/* Its socket is closed: it died by itself, or somebody killed it. */
void unit_died(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    char how[48];
    int status = worker_kill(&u->worker);
    worker_end_text(status, how, sizeof how);
    bool confined = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
    struct said ended = confined ? said_alone(SAID_WORKER_CONFINED) : SAY(SAID_WORKER_ENDED, how);
    worker_ended(st, reader, how, &ended);
}

/* Nothing can be believed of a placement in which it sent what it was not ordered to. */
static void worker_strayed(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    const struct said strayed = said_alone(SAID_WORKER_STRAYED);
    u->job.unbelievable = u->job.state == JOB_RUNNING || u->job.state == JOB_ENDED;
    worker_ended(st, reader, "", &strayed);
}

void unit_drain(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    for (;;) {
        enum wire_received got = wire_receive(u->worker.fd, false, &u->worker.inbox);
        if (got == WIRE_BROKEN || (got == WIRE_MESSAGE && !take_message(st, reader))) {
            worker_strayed(st, reader);
            return;
        }
        if (got == WIRE_MESSAGE) {
            if (u->worker.pid == 0) { /* it was killed on what it told */
                worker_close(&u->worker);
                return;
            }
        } else if (got == WIRE_CLOSED) {
            unit_died(st, reader);
            return;
        } else {
            struct pollfd more = { .fd = u->worker.fd, .events = POLLIN };
            if (poll(&more, 1, 0) <= 0 || !(more.revents & (POLLIN | POLLHUP)))
                return;
        }
    }
}

/* The host was at fault, so nobody is to be asked: whoever it was, it tells nothing of the phone. */
static bool host_hung_it(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    enum host_event host = premises_of(&st->premises, reader, j->mark.started_ns, clock_now_ns());
    if (!host_event_spoils(host))
        return false;
    struct said what = premises_detail(host);
    bool suspect = j->suspect; /* by what was before: this tells nothing of the phone */
    job_transaction_lost(st, reader, OUTCOME_INVALID, CAUSE(31), NATIVE_DEADLINE_MISSED, &what);
    j->suspect = suspect;
    job_end(st, reader, &what, false);
    return true;
}

/* Nothing was measured yet, so there is nothing to ask the reader about: made again whole, without the question. */
static void probe_hung(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    struct said what = said_alone(SAID_PROBE_HUNG);
    st->state.unasked[j->placement.pair] = true;
    job_forget(j);
    j->again = j->suspect = true;
    job_end(st, reader, &what, false);
}

/* It does nothing any more, by no fault of the phone's: the sweep goes on without it. */
static void worker_is_killed(struct station *st, unsigned reader, const char *native, const struct said *why)
{
    struct unit *u = &st->units[reader];
    job_mark(st, reader);
    worker_kill(&u->worker);
    worker_close(&u->worker);
    (void)was_opening(u, ERR_ENVIRONMENT, said_text(why).text);
    if (u->job.state == JOB_RUNNING) {
        bool suspect = u->job.suspect; /* by what was before: this tells nothing of the phone */
        job_transaction_lost(st, reader, OUTCOME_INVALID, CAUSE(31), native, why);
        u->job.suspect = suspect;
        job_end(st, reader, why, false);
    }
    u->job.lift = false;
    u->asking = false;
    if (u->state == READER_READY)
        leave_service(st, reader, READER_LOST, HEALTH_KILLED, why);
}

/* Somebody stopped the worker and does not let it go on. */
static void worker_is_stuck(struct station *st, unsigned reader)
{
    struct said stopped = said_alone(SAID_WORKER_STOPPED);
    unit_drain(st, reader);
    if (st->units[reader].worker.pid > 0)
        worker_is_killed(st, reader, "SIGSTOP", &stopped);
}

/* Its queue is full: it reads none of its orders. */
static void worker_is_deaf(struct station *st, unsigned reader)
{
    struct said deaf = said_alone(SAID_WORKER_DEAF);
    if (st->units[reader].worker.pid > 0)
        worker_is_killed(st, reader, "", &deaf);
}

/* A call missed its deadline. What the worker had told already counts; then it is killed and the reader
 * asked. */
static void call_hung(struct station *st, unsigned reader)
{
    struct unit *u = &st->units[reader];
    unit_drain(st, reader);
    if (u->worker.pid == 0 || u->worker.page->deadline_ns == 0)
        return; /* it came back, or died, at the last moment */
    job_mark(st, reader);
    worker_kill(&u->worker);
    worker_close(&u->worker);
    u->asking = false;
    (void)was_opening(u, ERR_TIMEOUT, "the reader or its daemon does not answer; is the daemon stuck?");
    if (u->job.state == JOB_RUNNING && u->worker.page->probing)
        probe_hung(st, reader);
    else if (u->job.state == JOB_RUNNING && !host_hung_it(st, reader))
        u->job.state = JOB_ASKING;
    u->job.lift = false;
    struct said killed = said_alone(SAID_DEADLINE_KILLED);
    if (u->state == READER_READY)
        leave_service(st, reader, READER_QUARANTINED, HEALTH_QUARANTINED, &killed);
}

/* A reader that was given up is still asked for: it is taken back whenever it answers. */
static bool is_out_of_service(const struct unit *u)
{
    return u->state == READER_LOST || u->state == READER_QUARANTINED || u->state == READER_DROPPED;
}

void unit_check(struct station *st, unsigned reader, uint64_t now_ns)
{
    struct unit *u = &st->units[reader];
    if (u->worker.pid > 0) {
        uint64_t deadline = u->worker.page->deadline_ns;
        uint64_t missed = deadline ? premises_missed_ns(&st->premises, u->worker.page->started_ns) : 0;
        bool stuck = premises_worker_is_stuck(&st->premises, reader, now_ns);
        if (stuck)
            worker_is_stuck(st, reader);
        else if (deadline != 0 && now_ns > deadline + missed)
            call_hung(st, reader);
        if (u->worker.pid == 0)
            return; /* since_ns may now be later than now_ns */
    }
    if (!is_out_of_service(u) || !st->started)
        return;
    if (u->state != READER_DROPPED && now_ns - u->since_ns > (uint64_t)STATION_GIVE_UP_MS * 1000000) {
        struct said not_back = said_alone(SAID_NOT_BACK);
        answer_question(st, reader, false, SAID_MISSED_READER_SILENT);
        u->state = READER_DROPPED;
        unit_health(st, reader, HEALTH_DROPPED, &not_back);
        STATION_SAY(st, NOTICE_DROPPED, .reader = st->survey->readers[reader].unit);
    } else if (!u->asking && now_ns >= u->next_try_ns) {
        u->next_try_ns = now_ns + (uint64_t)STATION_RETRY_MS * 1000000;
        unit_open(st, reader);
    }
}

uint32_t unit_unavailable(const struct station *st)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < st->survey->reader_count; i++) {
        if (st->units[i].state != READER_READY || st->units[i].job.state == JOB_ASKING)
            bits |= 1u << i;
    }
    return bits;
}

void unit_lost(struct station *st, unsigned reader, bool held)
{
    const struct said why = said_alone(held ? SAID_HELD : SAID_READER_GONE);
    worker_kill(&st->units[reader].worker); /* a fresh process: no library state of the lost reader is left */
    leave_service(st, reader, READER_LOST, held ? HEALTH_HELD : HEALTH_LOST, &why);
}
