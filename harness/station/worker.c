#include "harness/station/worker.h"

#include "drivers/driver.h"
#include "harness/base/clock.h"
#include "harness/base/keyed_random.h"
#include "harness/base/process.h"
#include "harness/base/text.h"
#include "harness/station/binding.h"
#include "harness/station/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLOOR_QUESTIONS 50
#define WATCH_MS        150 /* a watch looks for an order this often */
#define LEFT_MS         700 /* a daemon that has just powered a card sees within this time that it is gone */

/* The supervisor kills this much after the driver's own deadline would have ended a call. */
#define GRACE_MS 250

/* The worker's own state; it has nothing else. */
struct work {
    int fd;
    struct wire_page *page;
    const struct survey *survey;
    const struct identifier_key *key;
    const struct target_access *access; /* NULL: nothing is permitted of test targets */
    unsigned index;                     /* of the reader in the survey */
    const struct driver_ops *ops;
    struct trial *trial; /* NULL until its reader is opened */
    struct wire_inbox inbox;
    bool tell_bytes_at_once; /* real readers: what was exchanged must survive our death */
    struct buf command_hex;  /* hex of a command and its response, one after the other */
    struct buf kept;         /* raw exchanges of this transaction, virtual clocks only */
    unsigned exchange_index;
    bool finish;
    bool quiet;                         /* exchanges are not told: nothing of them is kept */
    bool ours;                          /* the supervisor has locked the reader for this run */
    uint32_t stopped[SURVEY_PAIRS_MAX]; /* scripts, a bit each, that cost a PIN of the pair's tries unasked */
};

struct kept_head {
    uint32_t step, command_length, response_length;
    struct guard before;
    size_t clear;
};

static void call_begins(void *context, enum stage stage, uint32_t deadline_ms)
{
    struct work *w = context;
    uint64_t now = clock_now_ns();
    w->page->stage = (uint32_t)stage;
    w->page->started_ns = now;
    w->page->deadline_ns = now + ((uint64_t)deadline_ms + GRACE_MS) * 1000000;
}

static void call_ends(void *context)
{
    struct work *w = context;
    w->page->deadline_ns = 0;
}

static bool tell_supervisor(struct work *w, enum wire_kind kind, const void *body, size_t length)
{
    return wire_send(w->fd, kind, body, length, NULL, 0);
}

static void tell_bytes(struct work *w, struct wire_exchange *m, const struct transaction_exchange *x)
{
    buf_clear(&w->command_hex);
    guard_add_command_hex(&w->command_hex, x->command, x->command_length, x->clear);
    m->command_hex = (uint32_t)w->command_hex.length;
    guard_add_response_hex(&w->command_hex, &x->before, x->command, x->command_length, x->response,
                           x->response_length);
    m->response_hex = (uint32_t)w->command_hex.length - m->command_hex;
    if (!w->command_hex.failed)
        wire_send(w->fd, WIRE_EXCHANGE, m, sizeof *m, w->command_hex.data, w->command_hex.length);
}

static void keep_exchange(struct work *w, const struct transaction_exchange *x)
{
    struct kept_head head = { .step = x->step,
                              .command_length = (uint32_t)x->command_length,
                              .response_length = (uint32_t)x->response_length,
                              .before = x->before,
                              .clear = x->clear };
    if (!buf_reserve(&w->kept, sizeof head + x->command_length + x->response_length))
        return; /* nor any behind it: bytes_cut says how many */
    buf_add(&w->kept, &head, sizeof head);
    buf_add(&w->kept, x->command, x->command_length);
    buf_add(&w->kept, x->response, x->response_length);
}

static void exchange_done(void *context, const struct transaction_exchange *x)
{
    struct work *w = context;
    struct wire_exchange m = { .step = x->step,
                               .us = x->us > UINT32_MAX ? UINT32_MAX : (uint32_t)x->us,
                               .sw = x->sw,
                               .late = w->exchange_index++ };
    w->page->step = x->step;
    if (w->quiet)
        return;
    if (w->tell_bytes_at_once) {
        tell_bytes(w, &m, x);
        return;
    }
    keep_exchange(w, x);
    tell_supervisor(w, WIRE_EXCHANGE, &m, sizeof m);
}

/* A virtual reader can't hang us, so bytes are told only where a record will hold them. */
static void tell_kept(struct work *w)
{
    uint32_t index = 0;
    for (size_t at = 0; at < w->kept.length; index++) {
        struct kept_head head;
        memcpy(&head, w->kept.data + at, sizeof head);
        at += sizeof head;
        const uint8_t *command = (const uint8_t *)w->kept.data + at;
        struct wire_exchange m = { .step = head.step, .late = index };
        tell_bytes(w, &m,
                   &(struct transaction_exchange) { .command = command,
                                                    .command_length = head.command_length,
                                                    .response = command + head.command_length,
                                                    .response_length = head.response_length,
                                                    .before = head.before,
                                                    .clear = head.clear });
        at += head.command_length + head.response_length;
    }
}

struct placement_run {
    const struct wire_place *order;
    struct transaction_memory memory[SURVEY_SCRIPTS_MAX];
    unsigned repeat[SURVEY_SCRIPTS_MAX];
};

/* A PIN's counter fell unasked in an earlier transaction: nothing more is sent to this target by this script. */
static void say_stopped(struct work *w, struct trial_report *out, unsigned order)
{
    trial_report_init(out);
    out->outcome = OUTCOME_INVALID;
    out->stage = STAGE_SETUP;
    out->causes = CAUSE(29);
    out->depth = DEPTH_PCSC;
    out->detail = said_alone(SAID_TRIES_STOPPED);
    out->order = order;
    out->started_ns = out->ended_ns = driver_now_ns(trial_driver(w->trial));
}

static struct trial_report run_transaction(struct work *w, struct placement_run *run, unsigned script,
                                           unsigned order)
{
    struct transaction_setup setup = trial_setup_of(w->survey, script, run->order->pair);
    struct trial_report report;
    setup.memory = &run->memory[script];
    buf_clear(&w->kept);
    w->exchange_index = 0;
    w->page->script = script;
    w->page->repeat = ++run->repeat[script];
    w->page->order = order;
    if (w->stopped[run->order->pair] & 1u << script) {
        say_stopped(w, &report, order);
    } else {
        trial_run(w->trial, &setup, order, &report);
        if (report.tries_fell)
            w->stopped[run->order->pair] |= 1u << script;
    }
    report.script = script;
    report.repeat = run->repeat[script];
    if (!w->tell_bytes_at_once && (report.outcome != OUTCOME_OK || script_keeps_bytes(setup.script)))
        tell_kept(w);
    tell_supervisor(w, WIRE_TRANSACTION, &report, sizeof report);
    return report;
}

/* Nothing arrived: one failed transaction for each open script, and nothing more is tried. */
static void tell_not_seen(struct work *w, const struct wire_place *order, struct trial_report *not_seen)
{
    not_seen->repeat = 1;
    for (unsigned script = 0; script < w->survey->script_count; script++) {
        if (!(order->scripts & 1u << script))
            continue;
        not_seen->script = script;
        not_seen->order++;
        tell_supervisor(w, WIRE_TRANSACTION, not_seen, sizeof *not_seen);
    }
}

static int lay_virtual(struct work *w, const struct wire_place *order, struct trial_report *not_seen,
                       struct err *e)
{
    const struct survey *s = w->survey;
    const struct survey_pair *pair = &s->pairs[order->pair];
    const struct survey_condition *c = &s->conditions[order->condition];
    const struct driver_fault unlaid = { .causes = CAUSE(1), .stage = STAGE_SETUP };
    if (!(w->ops->capabilities & DRIVER_LAYS))
        return 0;
    struct laying laying = { .handset = &s->handset_profiles[pair->handset].simulation,
                             .sim = &s->sims[pair->sim].simulation,
                             .power_mode = c->power_mode,
                             .x_mm = c->x_mm,
                             .y_mm = c->y_mm,
                             .z_mm = c->z_mm,
                             .unit_key = survey_unit_key(s, w->index, order->pair, order->condition),
                             .handset_key = survey_handset_key(s, order->pair),
                             .reader_key = survey_reader_key(s, w->index),
                             .session = order->session,
                             .ordinal = order->ordinal };
    int status = trial_lay(w->trial, &laying, e);
    if (status != 0) {
        trial_report_init(not_seen);
        trial_report_fault(not_seen, &unlaid, STAGE_SETUP, 0, e->text);
        not_seen->started_ns = not_seen->ended_ns = driver_now_ns(trial_driver(w->trial));
    }
    return status;
}

/* The transactions of a placement: k of every open script, in an order drawn by the placement's key. */
static unsigned draw_order(const struct work *w, const struct wire_place *order, unsigned *scripts)
{
    unsigned n = 0;
    for (unsigned script = 0; script < w->survey->script_count; script++) {
        for (unsigned i = 0; i < w->survey->scheme.k && (order->scripts & 1u << script); i++)
            scripts[n++] = script;
    }
    uint64_t key = survey_unit_key(w->survey, w->index, order->pair, order->condition);
    key = random_key(random_key(random_key_text(key, "transaction order"), order->session), order->ordinal);
    random_shuffle(key, scripts, n);
    return n;
}

static uint32_t pause_ms(const struct work *w, const struct wire_place *order)
{
    const struct survey *s = w->survey;
    const struct virtual_handset *h = &s->handset_profiles[s->pairs[order->pair].handset].simulation;
    bool hce = h->target_count > 0;
    for (size_t i = 0; i < h->target_count; i++)
        hce = hce && h->targets[i].target == TARGET_HCE;
    return hce ? s->pause_hce_ms : s->pause_ms;
}

static bool finish_asked(struct work *w)
{
    while (!w->finish) {
        enum wire_received got = wire_receive(w->fd, false, &w->inbox);
        if (got == WIRE_CLOSED || got == WIRE_BROKEN)
            _exit(0);
        if (got == WIRE_AGAIN)
            break;
        w->finish = w->inbox.kind == WIRE_FINISH || w->inbox.kind == WIRE_QUIT;
    }
    return w->finish;
}

/* By a program that can be waited for; the simulator's is a fault of one transaction. */
static bool is_held(const struct work *w, uint32_t busy)
{
    return busy && !(w->ops->capabilities & DRIVER_VIRTUAL_CLOCK);
}

/*
 * A phone that is lifted just before an activation looks like one that does not come up, until the reader's daemon looks
 * at its slot again. Where a person can be asked, the field is looked at before the phone is blamed.
 */
static bool has_left(struct work *w, const struct wire_place *order, const struct trial_report *last)
{
    struct err e;
    return order->asks && last->outcome == OUTCOME_FAIL && last->stage == STAGE_ACTIVATE &&
           trial_wait_empty(w->trial, LEFT_MS, &e) == 0;
}

/* All transactions, unless the reader is lost or the supervisor asks for the end first. */
static void run_transactions(struct work *w, const struct wire_place *order, struct wire_placed *placed)
{
    static struct placement_run run;
    unsigned scripts[SURVEY_SCRIPTS_MAX * 100];
    unsigned n = draw_order(w, order, scripts);
    uint32_t pause = pause_ms(w, order);
    memset(&run, 0, sizeof run);
    run.order = order;
    for (unsigned i = 0; i < n && !placed->broken; i++) {
        if (i > 0)
            transaction_pause(trial_driver(w->trial), pause);
        const struct trial_report done = run_transaction(w, &run, scripts[i], i + 1);
        placed->reader_lost = done.reader_lost;
        placed->busy = is_held(w, done.busy);
        placed->broken = done.reader_lost || placed->busy;
        if (!placed->broken && i + 1 < n && finish_asked(w))
            placed->broken = 1;
        if (!placed->broken && i + 1 == n)
            placed->left = has_left(w, order, &done);
    }
    run.order = NULL;
}

/* A person may have to say first whose phone it is, and other readers to be silent. */
static bool is_let_go(struct work *w)
{
    tell_supervisor(w, WIRE_SEEN, NULL, 0);
    for (;;) {
        enum wire_received got = wire_receive(w->fd, true, &w->inbox);
        if (got == WIRE_CLOSED || got == WIRE_BROKEN)
            _exit(0);
        if (got == WIRE_MESSAGE && w->inbox.kind == WIRE_GO)
            return true;
        if (got == WIRE_MESSAGE && (w->inbox.kind == WIRE_FINISH || w->inbox.kind == WIRE_QUIT))
            return false;
    }
}

/* In an activation of its own, before anything is measured. */
static void ask_what_it_is(struct work *w, struct wire_placed *placed)
{
    struct wire_probed answer;
    w->page->probing = 1;
    trial_ask(w->trial, &answer);
    w->page->probing = 0;
    tell_supervisor(w, WIRE_PROBED, &answer, sizeof answer);
    placed->reader_lost = answer.reader_lost;
    placed->busy = is_held(w, answer.busy);
    placed->broken = answer.reader_lost || placed->busy;
}

static void place_handset(struct work *w, const struct wire_place *order)
{
    struct trial_report not_seen;
    struct err e = { 0 };
    struct wire_placed placed = { 0 };
    w->finish = false;
    w->page->script = w->page->repeat = w->page->order = w->page->step = 0;
    driver_advance(trial_driver(w->trial), order->now_ns);
    int status = lay_virtual(w, order, &not_seen, &e);
    if (status == 0)
        status = trial_wait(w->trial, order->detect_limit_ms, &not_seen, &e);
    if (status == 0 && order->asks && !is_let_go(w)) {
        placed.broken = 1;
    } else if (status == 0) {
        if (order->probes)
            ask_what_it_is(w, &placed);
        if (!placed.broken)
            run_transactions(w, order, &placed);
    } else {
        tell_not_seen(w, order, &not_seen);
        placed.reader_lost = not_seen.reader_lost;
        placed.busy = is_held(w, not_seen.busy);
        placed.broken = status != ERR_TIMEOUT && status != ERR_NO_TARGET && status != ERR_CARD;
        placed.left = status == ERR_CARD && has_left(w, order, &not_seen);
    }
    if (w->ops->capabilities & DRIVER_LAYS && trial_lay(w->trial, NULL, &e) != 0)
        placed.reader_lost = 1;
    placed.now_ns = driver_now_ns(trial_driver(w->trial));
    tell_supervisor(w, WIRE_PLACED, &placed, sizeof placed);
}

/* One transaction with the reference card. It is no placement, so only how it ended is told. */
static void try_reference(struct work *w, const struct wire_place *order)
{
    struct trial_report report;
    struct err e = { 0 };
    w->quiet = true;
    w->page->script = w->page->repeat = w->page->order = w->page->step = 0;
    driver_advance(trial_driver(w->trial), order->now_ns);
    int status = lay_virtual(w, order, &report, &e);
    if (status == 0)
        status = trial_wait(w->trial, order->detect_limit_ms, &report, &e);
    if (status == 0) {
        static struct transaction_memory memory;
        struct transaction_setup setup =
            trial_setup_of(w->survey, (unsigned)__builtin_ctz(order->scripts), order->pair);
        memset(&memory, 0, sizeof memory);
        setup.memory = &memory;
        trial_run(w->trial, &setup, 1, &report);
    }
    if (w->ops->capabilities & DRIVER_LAYS && trial_lay(w->trial, NULL, &e) != 0)
        report.reader_lost = 1;
    w->quiet = false;
    tell_supervisor(w, WIRE_REFERENCED, &report, sizeof report);
}

static void tell_floor(struct work *w)
{
    struct trial_floor floor = { 0 };
    struct err e = { 0 };
    if (w->trial && trial_floor(w->trial, FLOOR_QUESTIONS, &floor, &e) != 0)
        floor.n = 0;
    tell_supervisor(w, WIRE_FLOORED, &floor, sizeof floor);
}

/* Before the reader is touched: not while another run uses it. */
static int reader_found(void *context, const struct driver_found *found, struct err *e)
{
    struct work *w = context;
    int lock = -1;
    if (w->ours || w->ops->capabilities & DRIVER_SIMULATED)
        return 0;
    int status = binding_lock(w->survey, w->index, found->name, found->serial, &lock, e);
    if (lock >= 0)
        close(lock); /* the supervisor takes it when the reader is open */
    return status;
}

static void open_reader(struct work *w, const struct wire_open *how)
{
    struct trial_reader which = trial_reader_of(w->survey, w->index);
    struct trial_watch watch = { .context = w,
                                 .found = reader_found,
                                 .before = call_begins,
                                 .after = call_ends,
                                 .exchange = exchange_done };
    struct trial_opened opened;
    struct err e = { 0 };
    which.access = w->access;
    which.address = how->address;
    which.serial = how->serial;
    which.answers = true;
    which.key = w->key;
    w->ours = how->ours != 0;
    trial_close(&w->trial);
    memset(&opened, 0, sizeof opened);
    if (driver_confine(w->ops, &e) == 0) {
        (void)!trial_open(&w->trial, &which, &watch, &opened, &e); /* opened has it all */
    } else {
        opened.status = e.code;
        text_fit(opened.text, sizeof opened.text, e.text);
    }
    tell_supervisor(w, WIRE_OPENED, &opened, sizeof opened);
}

static void tell_status(struct work *w, enum wire_kind kind, int status, const struct err *e)
{
    struct wire_status m = { .status = status };
    text_fit(m.native, sizeof m.native, e->native);
    text_fit(m.text, sizeof m.text, e->text);
    tell_supervisor(w, kind, &m, sizeof m);
}

static void tell_when_empty(struct work *w, const struct wire_lift *how)
{
    struct err e = { 0 };
    int status = w->trial ? trial_wait_empty(w->trial, how->limit_ms, &e) : ERR_ENVIRONMENT;
    tell_status(w, WIRE_LIFTED, status, &e);
}

/* Until something is there, the time is over or another order comes. */
static void watch_field(struct work *w, const struct wire_lift *how)
{
    struct pollfd order = { .fd = w->fd, .events = POLLIN };
    struct trial_report ignored;
    struct err e = { 0 };
    int status = ERR_TIMEOUT;
    uint32_t each_ms = how->limit_ms < WATCH_MS ? how->limit_ms : WATCH_MS;
    for (uint32_t waited = 0; status != 0 && waited < how->limit_ms; waited += each_ms) {
        status = w->trial ? trial_wait(w->trial, each_ms, &ignored, &e) : ERR_ENVIRONMENT;
        if (poll(&order, 1, status == 0 || status == ERR_TIMEOUT ? 0 : WATCH_MS) > 0)
            break;
    }
    tell_status(w, WIRE_WATCHED, status == 0 ? 0 : ERR_TIMEOUT, &e);
}

static void tell_answer(struct work *w)
{
    struct err e = { 0 };
    int status = w->trial ? trial_probe(w->trial, &e) : ERR_ENVIRONMENT;
    tell_status(w, WIRE_ANSWER, status, &e);
}

static void serve_orders(struct work *w)
{
    for (;;) {
        enum wire_received got = wire_receive(w->fd, true, &w->inbox);
        if (got == WIRE_CLOSED || got == WIRE_BROKEN)
            return;
        if (got != WIRE_MESSAGE)
            continue;
        const void *body = w->inbox.body.data;
        struct wire_place order;
        switch (w->inbox.kind) {
        case WIRE_OPEN:
            if (wire_body(&w->inbox, sizeof(struct wire_open), false)) {
                struct wire_open how;
                memcpy(&how, body, sizeof how);
                open_reader(w, &how);
            }
            break;
        case WIRE_PLACE:
        case WIRE_REFERENCE:
            if (!wire_body(&w->inbox, sizeof order, false) || !w->trial)
                return;
            memcpy(&order, body, sizeof order);
            if (w->inbox.kind == WIRE_PLACE)
                place_handset(w, &order);
            else
                try_reference(w, &order);
            break;
        case WIRE_FLOOR:
            tell_floor(w);
            break;
        case WIRE_LIFT:
            if (wire_body(&w->inbox, sizeof(struct wire_lift), false))
                tell_when_empty(w, body);
            break;
        case WIRE_WATCH:
            if (wire_body(&w->inbox, sizeof(struct wire_lift), false)) {
                struct wire_lift how;
                memcpy(&how, body, sizeof how);
                watch_field(w, &how);
            }
            break;
        case WIRE_ASK:
            tell_answer(w);
            break;
        case WIRE_QUIT:
            return;
        default:
            break; /* FINISH between placements asks for nothing */
        }
    }
}

static void run_worker(int fd, struct wire_page *page, const struct survey *s,
                       const struct identifier_key *key, const struct target_access *access, unsigned reader,
                       pid_t parent)
{
    struct work w = { .fd = 3, .page = page, .survey = s, .index = reader, .key = key, .access = access };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || (fd != 3 && dup2(fd, 3) < 0) || close_range(4, ~0u, 0) != 0)
        _exit(EXIT_STATUS_ENVIRONMENT); /* the journal, its lock and other workers' sockets are not ours */
    setpgid(0, 0);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    process_close();
    w.ops = driver_by_name(s->readers[reader].driver);
    if (!w.ops)
        _exit(EXIT_STATUS_INPUT);
    w.tell_bytes_at_once = !(w.ops->capabilities & DRIVER_VIRTUAL_CLOCK);
    wire_inbox_init(&w.inbox);
    buf_init(&w.command_hex, WIRE_MESSAGE_MAX);
    buf_init(&w.kept, 64u << 20);
    serve_orders(&w);
    trial_close(&w.trial);
    wire_inbox_free(&w.inbox);
    buf_free(&w.command_hex);
    buf_free(&w.kept);
    _exit(0);
}

int worker_start(struct worker *w, const struct survey *s, const struct identifier_key *key,
                 const struct target_access *access, unsigned reader, struct err *e)
{
    int ends[2];
    pid_t parent = getpid();
    if (!w->page) {
        void *page = mmap(NULL, sizeof *w->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
            return err_system(e, ERR_MEMORY, s->readers[reader].unit, errno, "no shared page for a worker");
        w->page = page;
    }
    memset(w->page, 0, sizeof *w->page);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return err_system(e, ERR_ENVIRONMENT, s->readers[reader].unit, errno, "no socket for a worker");
    pid_t pid = fork();
    if (pid < 0) {
        int reason = errno;
        close(ends[0]);
        close(ends[1]);
        return err_system(e, ERR_ENVIRONMENT, s->readers[reader].unit, reason, "no worker could be started");
    }
    if (pid == 0) {
        close(ends[0]);
        run_worker(ends[1], w->page, s, key, access, reader, parent);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK); /* no worker can make its supervisor wait */
    wire_inbox_init(&w->inbox);
    w->pid = pid;
    w->fd = ends[0];
    return 0;
}

void worker_begin(struct worker *w)
{
    struct wire_page *page = w->page;
    if (!page)
        return;
    page->stage = STAGE_SETUP;
    page->script = page->repeat = page->order = page->step = 0;
    page->started_ns = clock_now_ns();
}

static int reap_worker(struct worker *w)
{
    int status = 0;
    while (w->pid > 0 && waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    return status;
}

int worker_kill(struct worker *w)
{
    if (w->pid > 0)
        kill(w->pid, SIGKILL);
    return reap_worker(w);
}

void worker_close(struct worker *w)
{
    if (w->fd > 0)
        close(w->fd);
    w->fd = -1;
    wire_inbox_free(&w->inbox);
}

void worker_release(struct worker *w)
{
    worker_close(w);
    if (w->page)
        munmap(w->page, sizeof *w->page);
    w->page = NULL;
}

void worker_end_text(int wait_status, char *out, size_t capacity)
{
    if (WIFSIGNALED(wait_status)) {
        const char *name = sigabbrev_np(WTERMSIG(wait_status));
        snprintf(out, capacity, "SIG%s", name ? name : "?");
    } else {
        snprintf(out, capacity, "exit status %d", WEXITSTATUS(wait_status));
    }
}
