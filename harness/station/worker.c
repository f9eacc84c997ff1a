#include "harness/station/worker.h"

#include "drivers/driver.h"
#include "harness/base/clock.h"
#include "harness/base/keyed_random.h"
#include "harness/base/text.h"
#include "harness/station/testbed_control.h"
#include "harness/station/transaction.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOUND_MAX 64
#define KEPT_MAX  SCRIPT_EXPANDED_MAX /* exchanges of a transaction whose bytes may be told at its end */
#define GRACE_MS                                                                                             \
    250 /* the supervisor kills this much after the driver's own deadline would have ended a call */
#define OPEN_MS 10000

/* The worker's own state; it has nothing else. */
struct work {
    int fd;
    struct wire_page *page;
    const struct survey *survey;
    unsigned index; /* of the reader in the survey */
    const struct driver_ops *ops;
    struct driver_reader *reader; /* NULL until opened */
    struct wire_inbox inbox;
    bool tell_bytes_at_once; /* real readers: what was exchanged must survive our death */
    struct buf command_hex;  /* hex of a command and its response, one after the other */
    struct buf kept;         /* raw exchanges of this transaction, virtual clocks only */
    unsigned exchange_index;
    struct driver_target presence; /* what wait_present saw, told with the first transaction */
    bool finish;
    int testbed; /* its control socket, where the hands are one; -1 else */
};

struct kept_head {
    uint32_t step, command_length, response_length;
    struct guard before;
};

static void call_begins(void *context, enum stage stage, uint32_t deadline_ms)
{
    struct work *w = context;
    uint64_t now = clock_now_ns();
    w->page->stage = (uint32_t)stage;
    w->page->started_ns = now;
    if (stage == STAGE_EXCHANGE)
        w->page->exchange++;
    w->page->deadline_ns = now + ((uint64_t)deadline_ms + GRACE_MS) * 1000000;
}

static void call_ends(void *context)
{
    struct work *w = context;
    w->page->deadline_ns = 0;
}

static bool tell(struct work *w, enum wire_kind kind, const void *body, size_t length)
{
    return wire_send(w->fd, kind, body, length, NULL, 0);
}

static void tell_bytes(struct work *w, struct wire_exchange *m, const struct guard *before,
                       const uint8_t *command, size_t command_length, const uint8_t *response,
                       size_t response_length)
{
    buf_clear(&w->command_hex);
    guard_add_command_hex(&w->command_hex, command, command_length);
    m->command_hex = (uint32_t)w->command_hex.length;
    guard_add_response_hex(&w->command_hex, before, command, command_length, response, response_length);
    m->response_hex = (uint32_t)w->command_hex.length - m->command_hex;
    if (!w->command_hex.failed)
        wire_send(w->fd, WIRE_EXCHANGE, m, sizeof *m, w->command_hex.data, w->command_hex.length);
}

static void keep(struct work *w, const struct transaction_exchange *x)
{
    struct kept_head head = { .step = x->step,
                              .command_length = (uint32_t)x->command_length,
                              .response_length = (uint32_t)x->response_length,
                              .before = x->before };
    buf_add(&w->kept, &head, sizeof head);
    buf_add(&w->kept, x->command, x->command_length);
    buf_add(&w->kept, x->response, x->response_length);
}

static void exchanged(void *context, const struct transaction_exchange *x)
{
    struct work *w = context;
    struct wire_exchange m = { .step = x->step,
                               .us = x->us > UINT32_MAX ? UINT32_MAX : (uint32_t)x->us,
                               .sw = x->sw,
                               .late = w->exchange_index++ };
    w->page->step = x->step;
    if (w->tell_bytes_at_once) {
        tell_bytes(w, &m, &x->before, x->command, x->command_length, x->response, x->response_length);
        return;
    }
    keep(w, x);
    tell(w, WIRE_EXCHANGE, &m, sizeof m);
}

/* A virtual reader can't hang us, so bytes are told only where a record will hold them. */
static void tell_kept(struct work *w)
{
    uint32_t index = 0;
    for (size_t at = 0; at < w->kept.length && !w->kept.failed; index++) {
        struct kept_head head;
        memcpy(&head, w->kept.data + at, sizeof head);
        at += sizeof head;
        const uint8_t *command = (const uint8_t *)w->kept.data + at;
        struct wire_exchange m = { .step = head.step, .late = index };
        tell_bytes(w, &m, &head.before, command, head.command_length, command + head.command_length,
                   head.response_length);
        at += head.command_length + head.response_length;
    }
}

/* The stack does not say how it sees a card arrive; the reader's descriptor does (pcscd.h.in:53, platform
 * F5). */
static void detect_by_profile(struct wire_transaction *m, const struct reader_profile *profile)
{
    bool polled = profile->endpoints == 2;
    if (!polled && profile->endpoints < 3)
        return;
    m->detect_source = polled ? SAY(SAID_SEEN_POLL_EVERY, "400") : said_alone(SAID_SEEN_INTERRUPT);
    m->detect_quantum_us = polled ? 400000 : 0;
}

/* What the anticollision showed, with the identifier taken out of it. */
static void copy_answer(struct wire_transaction *m, const struct driver_target *t)
{
    m->has_atqa = t->has_atqa;
    m->sak = t->sak;
    memcpy(m->atqa, t->atqa, sizeof m->atqa);
    m->atqb_length = (uint32_t)t->atqb_length;
    memcpy(m->atqb, t->atqb, t->atqb_length);
    if (m->atqb_length > 4)
        memset(m->atqb + 1, 0, 4);
    m->kbit_s = t->kbit_s;
}

static void copy_target(struct wire_transaction *m, const struct reader_profile *profile,
                        const struct driver_target *t, const struct driver_target *seen)
{
    m->technology = (uint32_t)(unsigned char)(t->technology ? t->technology : seen->technology);
    const struct driver_target *atr = t->atr_length ? t : seen;
    m->atr_length = (uint32_t)atr->atr_length;
    memcpy(m->atr, atr->atr, sizeof m->atr);
    const struct driver_target *ats = t->ats_length ? t : seen;
    m->ats_length = (uint32_t)ats->ats_length;
    memcpy(m->ats, ats->ats, sizeof m->ats);
    const struct driver_target *uid = t->uid_length ? t : seen;
    m->uid_length = (uint32_t)uid->uid_length;
    m->uid_random =
        uid->uid_length == 4 && uid->uid[0] == 0x08; /* ISO/IEC 14443-3 6.4.4: 08 marks a random UID */
    copy_answer(m, t->has_atqa || t->atqb_length ? t : seen);
    m->uid_absent = uid->uid_absent;
    m->ats_absent = ats->ats_absent;
    m->fwt_us = t->fwt_us ? t->fwt_us : seen->fwt_us;
    m->detect_us = seen->detect_us;
    m->detect_quantum_us = seen->detect_quantum_us;
    m->detect_source = seen->detect_source;
    if (said_is(&m->detect_source, SAID_SEEN_UNKNOWN))
        detect_by_profile(m, profile);
}

static void copy_result(struct wire_transaction *m, const struct transaction_result *t)
{
    m->outcome = (uint32_t)t->outcome;
    m->stage = (uint32_t)t->stage;
    m->step = t->step;
    m->causes = t->causes;
    m->depth = (uint32_t)t->depth;
    m->slow = t->slow;
    m->reader_lost = t->reader_lost;
    m->busy = t->busy;
    m->virtual_token = t->virtual_token;
    m->exchanges = t->exchanges;
    m->skipped_steps = t->skipped_steps;
    m->started_ns = t->started_ns;
    m->ended_ns = t->ended_ns;
    for (size_t i = 0; i < STAGE_COUNT; i++)
        m->stage_us[i] = !t->stage_reached[i]           ? UINT32_MAX
                         : t->stage_us[i] >= UINT32_MAX ? UINT32_MAX - 1
                                                        : (uint32_t)t->stage_us[i];
    text_fit(m->native, sizeof m->native, t->native);
    m->detail = t->detail;
}

/* A driver that ends exchanges at their deadline by itself is asked here who hung; else the supervisor asks.
 */
static void ask_who_hung(struct work *w, struct transaction_result *t)
{
    struct err e = { 0 };
    if (!t->timed_out || t->reader_lost)
        return;
    call_begins(w, STAGE_SETUP, OPEN_MS);
    bool answers = driver_probe(w->reader, &e) == 0;
    call_ends(w);
    t->outcome = answers ? OUTCOME_FAIL : OUTCOME_INVALID;
    t->stage = STAGE_EXCHANGE;
    t->causes = answers ? CAUSE(10) | CAUSE(11) : CAUSE(31);
    t->detail = said_alone(answers ? SAID_MISSED_READER_ANSWERS : SAID_MISSED_READER_SILENT);
}

static bool keeps_bytes(const struct script *s)
{
    for (size_t i = 0; i < s->step_count; i++) {
        if (s->steps[i].keep_bytes)
            return true;
    }
    return false;
}

struct placement_run {
    const struct wire_place *order;
    struct transaction_memory memory[SURVEY_SCRIPTS_MAX];
    unsigned repeat[SURVEY_SCRIPTS_MAX];
};

/* An emulated reader can't know which transaction comes: it is told. A testbed that is gone shows at the
 * hands. */
static void begin(struct work *w, unsigned number)
{
    char request[64];
    struct err e;
    driver_begin(w->reader, number);
    if (w->survey->hands != HANDS_TESTBED)
        return;
    if (w->testbed < 0 && testbed_control_connect(w->survey, &w->testbed, &e) != 0)
        return;
    snprintf(request, sizeof request, "begin %u %u\n", w->index, number);
    if (testbed_control_ask(w->testbed, request, &e) != 0) {
        close(w->testbed);
        w->testbed = -1;
    }
}

static bool run_transaction(struct work *w, struct placement_run *run, unsigned script, unsigned number)
{
    const struct survey *s = w->survey;
    const struct survey_script *ss = &s->scripts[script];
    const struct reader_profile *profile = &s->reader_profiles[s->readers[w->index].profile];
    struct transaction_setup setup = { .script = &s->scripts_loaded[ss->script],
                                       .time_limit_ms = ss->time_limit_ms,
                                       .deadline_ms = ss->deadline_ms,
                                       .extended = profile->level == READER_LEVEL_EXTENDED,
                                       .token_label = s->sims[s->pairs[run->order->pair].sim].token_label,
                                       .memory = &run->memory[script] };
    struct transaction_observer observer = {
        .context = w, .before = call_begins, .after = call_ends, .exchange = exchanged
    };
    struct transaction_result t;
    struct wire_transaction m = { .script = script, .repeat = ++run->repeat[script], .order = number };
    buf_clear(&w->kept);
    w->exchange_index = 0;
    w->page->exchange = 0;
    w->page->script = script;
    w->page->repeat = m.repeat;
    w->page->order = number;
    begin(w, number);
    transaction_run(w->reader, &setup, &observer, &t);
    ask_who_hung(w, &t);
    copy_result(&m, &t);
    copy_target(&m, profile, &t.target, &w->presence);
    if (!w->tell_bytes_at_once && (t.outcome != OUTCOME_OK || keeps_bytes(setup.script)))
        tell_kept(w);
    tell(w, WIRE_TRANSACTION, &m, sizeof m);
    return !t.reader_lost;
}

/* Nothing arrived: one failed transaction for each open script, at `detect`, and nothing more is tried. */
static void tell_not_detected(struct work *w, const struct wire_place *order,
                              const struct driver_fault *fault, int status, const struct err *e,
                              uint64_t started_ns)
{
    unsigned number = 0;
    for (unsigned script = 0; script < w->survey->script_count; script++) {
        if (!(order->scripts & 1u << script))
            continue;
        struct wire_transaction m = { .script = script, .repeat = 1, .order = ++number };
        cause_set causes = fault->causes ? fault->causes : CAUSE(2) | CAUSE(3);
        m.outcome = (uint32_t)(cause_outcome(causes) == OUTCOME_INVALID ? OUTCOME_INVALID : OUTCOME_FAIL);
        m.stage = (uint32_t)(fault->stage ? fault->stage : STAGE_DETECT);
        m.causes = causes;
        m.depth = (uint32_t)(fault->depth ? fault->depth : DEPTH_PCSC);
        m.reader_lost = fault->reader_lost;
        m.busy = fault->busy;
        m.detect_failed = status == ERR_TIMEOUT;
        m.started_ns = started_ns;
        m.ended_ns = driver_now_ns(w->reader);
        memset(m.stage_us, 0xff, sizeof m.stage_us);
        m.stage_us[STAGE_DETECT] = (uint32_t)((m.ended_ns - started_ns) / 1000);
        text_fit(m.native, sizeof m.native, fault->native);
        struct said detail = said_words(e->text);
        m.detail = said_flat(&detail);
        tell(w, WIRE_TRANSACTION, &m, sizeof m);
    }
}

static int lay_virtual(struct work *w, const struct wire_place *order, struct err *e)
{
    const struct survey *s = w->survey;
    const struct survey_pair *pair = &s->pairs[order->pair];
    const struct survey_condition *c = &s->conditions[order->condition];
    if (!(w->ops->capabilities & DRIVER_LAYS))
        return 0;
    struct laying laying = { .handset = &s->handset_profiles[pair->handset].simulation,
                             .sim = &s->sims[pair->sim].simulation,
                             .power_mode = c->power_mode,
                             .x_mm = c->x_mm,
                             .y_mm = c->y_mm,
                             .z_mm = c->z_mm,
                             .unit_key = survey_unit_key(s, w->index, order->pair, order->condition),
                             .session = order->session,
                             .ordinal = order->ordinal };
    return driver_lay(w->reader, &laying, e);
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

static void pause_between(struct work *w, uint32_t ms)
{
    if (w->ops->capabilities & DRIVER_VIRTUAL_CLOCK)
        driver_advance(w->reader, driver_now_ns(w->reader) + (uint64_t)ms * 1000000);
    else
        clock_sleep_ms(ms);
}

static void place(struct work *w, const struct wire_place *order)
{
    static struct placement_run run;
    unsigned scripts[SURVEY_SCRIPTS_MAX * 100];
    struct driver_fault fault = { 0 };
    struct err e = { 0 };
    struct wire_placed placed = { 0 };
    memset(&run, 0, sizeof run);
    run.order = order;
    w->finish = false;
    w->page->script = w->page->repeat = w->page->order = w->page->step = 0;
    memset(&w->presence, 0, sizeof w->presence);
    driver_advance(w->reader, order->now_ns);
    uint64_t started_ns = driver_now_ns(w->reader);
    int status = lay_virtual(w, order, &e);
    if (status == 0) {
        call_begins(w, STAGE_DETECT, order->detect_limit_ms + OPEN_MS);
        status = driver_wait_present(w->reader, order->detect_limit_ms, &w->presence, &fault, &e);
        call_ends(w);
    }
    if (status != 0) {
        tell_not_detected(w, order, &fault, status, &e, started_ns);
        placed.reader_lost = fault.reader_lost;
        placed.broken = status != ERR_TIMEOUT && status != ERR_NO_TARGET && status != ERR_CARD;
    } else {
        unsigned n = draw_order(w, order, scripts);
        uint32_t pause = pause_ms(w, order);
        for (unsigned i = 0; i < n && !placed.broken; i++) {
            if (i > 0)
                pause_between(w, pause);
            if (!run_transaction(w, &run, scripts[i], i + 1))
                placed.reader_lost = placed.broken = 1;
            else if (i + 1 < n && finish_asked(w))
                placed.broken = 1;
        }
    }
    if (w->ops->capabilities & DRIVER_LAYS && driver_lay(w->reader, NULL, &e) != 0)
        placed.reader_lost = 1;
    run.order = NULL;
    placed.now_ns = driver_now_ns(w->reader);
    tell(w, WIRE_PLACED, &placed, sizeof placed);
}

static bool found_fits(const struct work *w, const struct driver_found *f, const struct wire_open *how)
{
    const struct survey_reader *unit = &w->survey->readers[w->index];
    if (how->serial[0] && strcmp(how->serial, f->serial) != 0)
        return false;
    if (how->address[0])
        return strcmp(how->address, f->name) == 0;
    return reader_profile_matches(&w->survey->reader_profiles[unit->profile], f->name, f->usb_vendor,
                                  f->usb_product);
}

static int find(struct work *w, const struct wire_open *how, struct driver_found *out, struct err *e)
{
    static struct driver_found found[FOUND_MAX];
    size_t count = 0;
    const struct survey_reader *unit = &w->survey->readers[w->index];
    memset(out, 0, sizeof *out);
    if (w->ops->capabilities & DRIVER_SIMULATED) {
        text_fit(out->name, sizeof out->name, unit->unit);
        out->simulated = true;
        out->sign = said_alone(SAID_SIM_DRIVER);
        return 0;
    }
    size_t model_count;
    struct reader_model *models =
        reader_models(w->survey->reader_profiles, w->survey->reader_profile_count, &model_count);
    int status = driver_list(w->ops, models, model_count, found, FOUND_MAX, &count, e);
    free(models);
    if (status != 0)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (found_fits(w, &found[i], how)) {
            *out = found[i];
            return 0;
        }
    }
    if (how->address[0] && w->ops->describe)
        return driver_describe(w->ops, how->address, out, e);
    return err_set(
        e, ERR_ENVIRONMENT, unit->unit,
        "no attached reader is this one (profile %s%s%s); `nfc-survey readers` lists what is attached",
        w->survey->reader_profiles[unit->profile].id, how->address[0] ? ", address " : "", how->address);
}

/* A killed client's reader is held until the stack's call returns: it counts as opened only when it answers.
 */
static int answers(struct work *w, struct err *e)
{
    int status = driver_probe(w->reader, e);
    if (status == ERR_UNSUPPORTED)
        return 0;
    if (status != 0)
        driver_close(&w->reader);
    return status;
}

static void open_reader(struct work *w, const struct wire_open *how)
{
    const struct survey_reader *unit = &w->survey->readers[w->index];
    struct wire_opened m = { 0 };
    struct driver_found found;
    const struct reader_profile *profile = &w->survey->reader_profiles[unit->profile];
    struct reader_model model;
    struct driver_fault fault = { 0 };
    struct err e = { 0 };
    reader_profile_model(profile, &model);
    driver_close(&w->reader);
    call_begins(w, STAGE_SETUP, OPEN_MS);
    m.status = find(w, how, &found, &e);
    if (m.status == 0) {
        struct driver_open with = { .address = found.name,
                                    .simulated = &profile->simulation,
                                    .seed = w->survey->seed,
                                    .model = &model,
                                    .polling = w->survey->polling,
                                    .uid_apdu = model.uid_apdu,
                                    .unit = unit->unit };
        m.status = driver_open(w->ops, &with, &w->reader, &fault, &e);
    }
    if (m.status == 0 && !(w->ops->capabilities & DRIVER_SIMULATED))
        m.status = answers(w, &e);
    call_ends(w);
    m.busy = fault.busy;
    m.causes = fault.causes;
    m.simulated = found.simulated;
    text_fit(m.name, sizeof m.name, found.name);
    text_fit(m.serial, sizeof m.serial, found.serial);
    text_fit(m.firmware, sizeof m.firmware, found.firmware);
    m.sign = found.sign;
    text_fit(m.native, sizeof m.native, fault.native[0] ? fault.native : e.native);
    text_fit(m.text, sizeof m.text, e.text);
    tell(w, WIRE_OPENED, &m, sizeof m);
}

static void tell_status(struct work *w, enum wire_kind kind, int status, const struct err *e)
{
    struct wire_status m = { .status = status };
    text_fit(m.native, sizeof m.native, e->native);
    text_fit(m.text, sizeof m.text, e->text);
    tell(w, kind, &m, sizeof m);
}

static void lift(struct work *w, const struct wire_lift *how)
{
    struct driver_fault fault;
    struct err e = { 0 };
    int status = ERR_ENVIRONMENT;
    if (w->reader) {
        call_begins(w, STAGE_DETECT, how->limit_ms + OPEN_MS);
        status = driver_wait_absent(w->reader, how->limit_ms, &fault, &e);
        call_ends(w);
    }
    tell_status(w, WIRE_LIFTED, status, &e);
}

static void ask(struct work *w)
{
    struct err e = { 0 };
    int status = ERR_ENVIRONMENT;
    if (w->reader) {
        call_begins(w, STAGE_SETUP, OPEN_MS);
        status = driver_probe(w->reader, &e);
        call_ends(w);
    }
    tell_status(w, WIRE_ANSWER, status, &e);
}

static void serve(struct work *w)
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
            if (!wire_body(&w->inbox, sizeof order, false) || !w->reader)
                return;
            memcpy(&order, body, sizeof order);
            place(w, &order);
            break;
        case WIRE_LIFT:
            if (wire_body(&w->inbox, sizeof(struct wire_lift), false))
                lift(w, body);
            break;
        case WIRE_ASK:
            ask(w);
            break;
        case WIRE_QUIT:
            return;
        default:
            break; /* FINISH between placements asks for nothing */
        }
    }
}

static void work(int fd, struct wire_page *page, const struct survey *s, unsigned reader, pid_t parent)
{
    struct work w = { .fd = 3, .page = page, .survey = s, .index = reader, .testbed = -1 };
    struct rlimit none = { 0, 0 };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || (fd != 3 && dup2(fd, 3) < 0) || close_range(4, ~0u, 0) != 0)
        _exit(EXIT_STATUS_ENVIRONMENT); /* the journal, its lock and other workers' sockets are not ours */
    setpgid(0, 0);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_CORE, &none); /* a core file could hold a PIN */
    w.ops = driver_by_name(s->readers[reader].driver);
    if (!w.ops)
        _exit(EXIT_STATUS_INPUT);
    w.tell_bytes_at_once = !(w.ops->capabilities & DRIVER_VIRTUAL_CLOCK);
    wire_inbox_init(&w.inbox);
    buf_init(&w.command_hex, WIRE_MESSAGE_MAX);
    buf_init(&w.kept, 64u << 20);
    serve(&w);
    driver_close(&w.reader);
    wire_inbox_free(&w.inbox);
    buf_free(&w.command_hex);
    buf_free(&w.kept);
    _exit(0);
}

int worker_start(struct worker *w, const struct survey *s, unsigned reader, struct err *e)
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
        work(ends[1], w->page, s, reader, parent);
    }
    close(ends[1]);
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

int worker_reap(struct worker *w)
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
    return worker_reap(w);
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
