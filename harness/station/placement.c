/* A placement in the making: what its worker tells becomes transaction records, in plan order within a
 * step. */
#include "harness/station/placement.h"

#include "harness/base/text.h"
#include "harness/station/exclusions.h"
#include "harness/station/health.h"
#include "harness/station/identity.h"
#include "harness/station/reference.h"
#include "harness/station/vouch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void transaction_free(struct job_transaction *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count && t->bytes; i++) {
        free((char *)t->bytes[i].command);
        free((char *)t->bytes[i].response);
    }
    free(t->bytes);
    free(t->exchanges);
    free(t);
}

static void drop_unwritten(struct job *j)
{
    while (j->first) {
        struct job_transaction *t = j->first;
        j->first = t->next;
        transaction_free(t);
    }
    j->last = NULL;
}

void job_free(struct job *j)
{
    drop_unwritten(j);
    transaction_free(j->now);
    memset(j, 0, sizeof *j);
}

void job_forget(struct job *j)
{
    drop_unwritten(j);
    memset(j->tally, 0, sizeof j->tally);
    j->failure = (struct station_failure) { 0 };
}

bool job_is_bad(const struct job *j)
{
    for (size_t i = 0; i < SURVEY_SCRIPTS_MAX; i++) {
        if (j->tally[i].fail > 0 || j->tally[i].slow > 0)
            return true;
    }
    return false;
}

enum question job_doubt(const struct job *j)
{
    static const enum question order[] = { QUESTION_ELSEWHERE, QUESTION_STRANGER, QUESTION_NOTHING_SEEN,
                                           QUESTION_LOST };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (j->doubts & DOUBT(order[i]))
            return order[i];
    }
    return QUESTION_NONE;
}

void job_leave_in_doubt(struct job *j)
{
    bool unseen = (j->doubts & (DOUBT(QUESTION_NOTHING_SEEN) | DOUBT(QUESTION_ELSEWHERE))) != 0;
    if (unseen)
        job_forget(j);
    j->again = unseen || j->doubts & DOUBT(QUESTION_STRANGER) || !job_is_bad(j);
    j->suspect = true;
    j->reason = said_alone(SAID_STOPPED_BY_OPERATOR);
    j->doubts = 0;
}

void job_begin(struct station *st, unsigned reader, const struct plan_placement *p)
{
    struct job *j = &st->units[reader].job;
    job_free(j);
    j->state = JOB_RUNNING;
    j->placement = *p;
    j->opened_at_us = station_at_us(st, st->virtual_now_ns);
    j->ended_ns = st->virtual_now_ns;
    j->lift = true;
    st->units[reader].told = 0;
}

static void out_of_memory(struct station *st)
{
    struct err e;
    err_set(&e, ERR_MEMORY, "station", "out of memory");
    station_fail(st, &e);
}

static struct job_transaction *running_transaction(struct station *st, struct job *j)
{
    if (!j->now) {
        j->now = calloc(1, sizeof *j->now);
        j->now_capacity = 0;
        if (!j->now)
            out_of_memory(st);
    }
    return j->now;
}

/* Evidence of one transaction that fits in its line with everything else: 4,096 exchanges take less than 1 MiB. */
#define EVIDENCE_MAX (JOURNAL_LINE_MAX - (1u << 20))

static bool grow_exchanges(struct job *j)
{
    struct job_transaction *t = j->now;
    if (t->count < j->now_capacity)
        return true;
    size_t capacity = j->now_capacity ? 2 * j->now_capacity : 16;
    if (capacity > 2 * SCRIPT_EXPANDED_MAX)
        return false; /* more exchanges than a script can make: a worker gone mad */
    struct journal_exchange *exchanges = realloc(t->exchanges, capacity * sizeof *exchanges);
    if (!exchanges)
        return false;
    t->exchanges = exchanges;
    if (t->bytes) {
        struct journal_byte_pair *bytes = realloc(t->bytes, capacity * sizeof *bytes);
        if (!bytes)
            return false;
        memset(bytes + j->now_capacity, 0, (capacity - j->now_capacity) * sizeof *bytes);
        t->bytes = bytes;
    }
    j->now_capacity = capacity;
    return true;
}

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!text[i] || !strchr("0123456789abcdefx", text[i]))
            return false;
    }
    return true;
}

/* The last exchanges tell why it failed: where all are too long for a line, the first ones go. */
static bool set_bytes(struct job *j, size_t index, const struct wire_exchange *m, const char *hex)
{
    struct job_transaction *t = j->now;
    if (!t->bytes)
        t->bytes = calloc(j->now_capacity, sizeof *t->bytes);
    if (!t->bytes)
        return true;
    if (index < t->cut || t->bytes[index].command || !is_hex(hex, (size_t)m->command_hex + m->response_hex))
        return false;
    t->bytes[index].command = text_copy_n(hex, m->command_hex);
    t->bytes[index].response = text_copy_n(hex + m->command_hex, m->response_hex);
    t->evidence += (size_t)m->command_hex + m->response_hex;
    for (; t->evidence > EVIDENCE_MAX && t->cut < index; t->cut++) {
        struct journal_byte_pair *first = &t->bytes[t->cut];
        t->evidence -= strlen(first->command ? first->command : "");
        t->evidence -= strlen(first->response ? first->response : "");
        free((char *)first->command);
        free((char *)first->response);
        *first = (struct journal_byte_pair) { 0 };
    }
    return true;
}

bool job_exchange(struct station *st, unsigned reader, const struct wire_inbox *in)
{
    struct job *j = &st->units[reader].job;
    const struct wire_exchange *m = wire_body(in, sizeof *m, true);
    if (!m || in->body.length - sizeof *m != (size_t)m->command_hex + m->response_hex)
        return false;
    if (j->state != JOB_RUNNING || !running_transaction(st, j))
        return true; /* it did not know yet that nobody listens */
    struct job_transaction *t = j->now;
    if (m->late > t->count)
        return false;
    if (m->late == t->count) {
        if (!grow_exchanges(j))
            return false;
        struct journal_exchange *x = &t->exchanges[t->count++];
        x->step = m->step;
        x->us = m->us;
        x->sw[0] = '\0';
        if (m->sw)
            snprintf(x->sw, sizeof x->sw, "%04X", m->sw & 0xffffu);
    } else if (m->command_hex == 0) {
        return false;
    }
    return m->command_hex == 0 || set_bytes(j, m->late, m, (const char *)(m + 1));
}

/* What the report of a transaction makes doubtful, where a person laid the phone and can be asked. */
static void person_doubts(const struct station *st, struct job *j, const struct trial_report *m)
{
    if (st->survey->hands != HANDS_PERSON || j->excluded[0])
        return;
    bool empty = m->gone || (m->outcome == OUTCOME_FAIL && m->stage == STAGE_DETECT);
    j->answered = j->answered || !empty;
    if (empty && !(j->doubts & DOUBT(QUESTION_ELSEWHERE)))
        j->doubts |= DOUBT(j->answered ? QUESTION_LOST : QUESTION_NOTHING_SEEN);
    else if (m->outcome == OUTCOME_OK)
        j->doubts &= ~DOUBT(QUESTION_LOST); /* it is there again: nobody took it away */
}

void job_left(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    if (st->survey->hands == HANDS_PERSON && !j->excluded[0])
        j->doubts |= DOUBT(QUESTION_LOST);
}

static unsigned made(const struct job_tally *t)
{
    return t->ok + t->fail + t->invalid;
}

/* One of the order's k, and the next of its script. */
static bool was_ordered(const struct station *st, const struct job *j, const struct trial_report *m)
{
    return m->script < st->survey->script_count && (j->placement.scripts & 1u << m->script) &&
           m->repeat <= st->survey->scheme.k && m->repeat == made(&j->tally[m->script]) + 1 &&
           m->order >= 1 && m->order <= st->survey->scheme.k * st->survey->script_count;
}

bool job_may_end(const struct station *st, const struct job *j)
{
    for (unsigned script = 0; script < st->survey->script_count; script++) {
        const struct job_tally *t = &j->tally[script];
        bool not_seen = made(t) == 1 && t->ok == 0;
        if ((j->placement.scripts & 1u << script) && made(t) != st->survey->scheme.k && !not_seen)
            return j->finish_asked;
    }
    return true;
}

static void count_outcome(struct job *j, const struct trial_report *m)
{
    struct job_tally *t = &j->tally[m->script];
    if (m->outcome == OUTCOME_OK)
        t->ok++;
    else if (m->outcome == OUTCOME_FAIL)
        t->fail++;
    else
        t->invalid++; /* not-applicable too: what could not be tried never counts as clean */
    t->slow += m->slow != 0;
    if (m->outcome != OUTCOME_OK && j->failure.stage == STAGE_NONE) {
        j->failure.stage = m->stage;
        j->failure.causes = m->causes;
        text_fit(j->failure.native, sizeof j->failure.native, m->native);
    }
}

/* One that the host spoilt tells nothing of the phone, however it ended. */
static void note_premises(const struct station *st, unsigned reader, struct job_transaction *t)
{
    struct trial_report *m = &t->m;
    t->host = st->virtual_time ? HOST_NONE : premises_of(&st->premises, reader, m->started_ns, m->ended_ns);
    if (!host_event_spoils(t->host))
        return;
    m->stage = m->outcome == OUTCOME_OK ? STAGE_EXCHANGE : m->stage;
    m->outcome = OUTCOME_INVALID;
    m->causes = CAUSE(31);
    m->depth = DEPTH_PCSC;
    m->slow = 0;
    m->detail = premises_detail(t->host);
}

/* Of a report that is valid and was ordered. */
static void take_report(struct station *st, unsigned reader, const struct trial_report *m)
{
    struct job *j = &st->units[reader].job;
    if (!running_transaction(st, j))
        return;
    struct job_transaction *t = j->now;
    person_doubts(st, j, m);
    st->view.measured = m->order;
    t->m = *m;
    identity_reported(st, reader, m);
    t->at_us = station_at_us(st, m->started_ns);
    note_premises(st, reader, t);
    j->suspect = j->suspect || transaction_hides_failure(t->m.outcome, t->m.stage, t->host);
    count_outcome(j, &t->m);
    j->now = NULL;
    if (j->last && j->first)
        j->last->next = t;
    else
        j->first = t;
    j->last = t;
    if (m->virtual_token && !st->simulated) {
        struct err e;
        struct said sign = said_alone(SAID_TOKEN_LABEL);
        unit_health(st, reader, HEALTH_SIMULATED, &sign);
        err_set(&e, ERR_REFUSED, st->survey->readers[reader].unit,
                "a virtual handset answered in a run with real units; real and simulated units never share a "
                "run");
        station_fail(st, &e);
    }
}

bool job_transaction_done(struct station *st, unsigned reader, const struct trial_report *m)
{
    const struct job *j = &st->units[reader].job;
    if (j->state != JOB_RUNNING)
        return true;
    if (!trial_report_is_valid(m) || !was_ordered(st, j, m))
        return false;
    take_report(st, reader, m);
    return true;
}

void job_mark(struct station *st, unsigned reader)
{
    const struct wire_page *page = st->units[reader].worker.page;
    struct job *j = &st->units[reader].job;
    j->mark.stage = page->stage;
    j->mark.script = page->script;
    j->mark.repeat = page->repeat;
    j->mark.order = page->order;
    j->mark.step = page->step;
    j->mark.started_ns = page->started_ns;
}

void job_transaction_lost(struct station *st, unsigned reader, enum outcome outcome, cause_set causes,
                          const char *native, const struct said *detail)
{
    struct job *j = &st->units[reader].job;
    struct trial_report m;
    trial_report_init(&m);
    m.script = j->mark.script;
    m.repeat = j->mark.repeat;
    m.order = j->mark.order;
    if (m.repeat == 0 || m.script >= st->survey->script_count || !(j->placement.scripts & 1u << m.script)) {
        m.repeat = m.order = 1; /* it ended before its first transaction: told of the first open script */
        for (m.script = 0; !(j->placement.scripts & 1u << m.script); m.script++)
            ;
    }
    if (made(&j->tally[m.script]) >= m.repeat)
        return;                               /* it ended between two transactions: none was running */
    m.repeat = made(&j->tally[m.script]) + 1; /* whatever the page says that a worker could write */
    if (m.order < 1 || m.order > st->survey->scheme.k * st->survey->script_count)
        m.order = 1;
    m.outcome = outcome;
    m.stage = j->mark.stage < STAGE_COUNT && j->mark.stage != STAGE_NONE ? j->mark.stage : STAGE_EXCHANGE;
    m.step = j->mark.step;
    m.causes = causes;
    m.depth = DEPTH_PCSC;
    m.started_ns = st->virtual_time ? st->virtual_now_ns : j->mark.started_ns;
    m.ended_ns = m.started_ns;
    m.exchanges = j->now ? (uint32_t)j->now->count : 0;
    text_fit(m.native, sizeof m.native, native);
    m.detail = said_flat(detail);
    take_report(st, reader, &m);
}

void job_end(struct station *st, unsigned reader, const struct said *reason, bool by_operator)
{
    struct job *j = &st->units[reader].job;
    j->state = JOB_ENDED;
    j->by_operator = by_operator;
    j->reason = reason ? said_flat(reason) : said_words(NULL);
}

static void write_placement(struct station *st, struct job *j)
{
    const struct survey *s = st->survey;
    const struct plan_placement *p = &j->placement;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACEMENT);
    r.as.placement.at_us = j->opened_at_us;
    r.as.placement.reader = s->readers[p->reader].unit;
    r.as.placement.handset = s->pairs[p->pair].unit;
    r.as.placement.sim = s->sims[s->pairs[p->pair].sim].id;
    r.as.placement.condition = s->conditions[p->condition].id;
    r.as.placement.position =
        s->conditions[p->condition].position ? s->conditions[p->condition].position : "centre";
    r.as.placement.session = p->session;
    r.as.placement.ordinal = p->ordinal;
    r.as.placement.tour = p->tour;
    station_append(st, &r);
    j->line = r.line;
    j->opened = true;
}

void job_open(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    if (!j->opened && !st->failed)
        write_placement(st, j);
}

#define FILL_TEXT(name)                                                                                      \
    if (m->name[0])                                                                                          \
        t->name = m->name;
#define FILL_SAID(name)                                                                                      \
    if (!said_nothing(&m->name))                                                                             \
        t->name = &m->name;
#define FILL_HEX(name)             FILL_SAID(name)
#define FILL(kind, name, capacity) FILL_##kind(name)

/* What the target showed, with the first transaction of a placement. */
static void fill_target(struct journal_transaction *t, const struct trial_report *m)
{
    TRIAL_TARGET_TEXTS(FILL)
    if (m->kbit_s)
        t->kbit_s = m->kbit_s;
    if (m->fwt_us)
        t->fwt_us = m->fwt_us;
    if (t->detect_source) {
        t->detect_us = m->detect_us;
        t->detect_quantum_us = m->detect_quantum_us;
    }
}

static const struct script *script_of(const struct station *st, const struct trial_report *m)
{
    return survey_script_loaded(st->survey, m->script);
}

static const char *step_name(const struct station *st, const struct trial_report *m)
{
    const struct script *script = script_of(st, m);
    return m->step >= 1 && m->step <= script->step_count ? script->steps[m->step - 1].name : NULL;
}

static void write_transaction(struct station *st, const struct job *j, struct job_transaction *done)
{
    const struct plan_placement *p = &j->placement;
    const struct trial_report *m = &done->m;
    bool ok = m->outcome == OUTCOME_OK;
    struct said bytes_cut;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_TRANSACTION);
    struct journal_transaction *t = &r.as.transaction;
    t->placement = j->line;
    t->cell = survey_cell(st->survey, p->pair, p->condition, p->reader, m->script);
    t->repeat = m->repeat;
    t->order = m->order;
    t->at_us = done->at_us;
    t->technology = m->technology;
    t->outcome = m->outcome;
    if (!ok) {
        t->stage = m->stage;
        t->step = step_name(st, m);
        t->causes = m->causes;
        t->depth = m->depth;
        TRIAL_FAILURE_TEXTS(FILL)
    }
    if (m->slow)
        t->slow = 1;
    t->host = done->host;
    if (ok)
        t->total_us = (m->ended_ns - m->started_ns - m->apart_ns) / 1000;
    if (m->apart_ns)
        t->apart_us = m->apart_ns / 1000;
    if (m->proof_ns)
        t->proof_us = m->proof_ns / 1000;
    t->recovery = m->recovery;
    if (m->recovery)
        t->recover_us = m->recover_us;
    if (m->order == 1)
        fill_target(t, m);
    if (m->identifiers[0])
        t->identifiers = m->identifiers;
    if (m->skipped_steps)
        t->skipped_steps = m->skipped_steps;
    memcpy(t->stages.us, m->stage_us, sizeof t->stages.us);
    t->exchanges.items = done->exchanges;
    t->exchanges.count = done->count;
    if (done->bytes && (!ok || script_keeps_bytes(script_of(st, m)))) {
        size_t cut = 0;
        for (size_t i = 0; i < done->count; i++) {
            cut += !done->bytes[i].command;
            done->bytes[i].command = done->bytes[i].command ? done->bytes[i].command : text_copy("");
            done->bytes[i].response = done->bytes[i].response ? done->bytes[i].response : text_copy("");
        }
        t->bytes.items = done->bytes;
        t->bytes.count = done->count;
        bytes_cut = SAY(SAID_BYTES_CUT, said_number(cut).text);
        t->bytes_cut = cut > 0 ? &bytes_cut : NULL;
    }
    station_append(st, &r);
    if (!st->failed) {
        st->state.transactions++;
        st->state.failures += !ok;
    }
}

/* Broken off before each of its scripts had its k. */
static bool is_cut_short(const struct station *st, const struct job *j)
{
    for (unsigned script = 0; script < st->survey->script_count; script++) {
        if (j->placement.scripts & 1u << script && made(&j->tally[script]) < st->survey->scheme.k)
            return true;
    }
    return false;
}

static enum placement_result result_of(const struct station *st, const struct job *j, unsigned script)
{
    const struct job_tally *t = &j->tally[script];
    if (j->again)
        return PLACEMENT_ABORTED;
    if (j->excluded[0] || j->unbelievable || j->foreign)
        return PLACEMENT_INVALID; /* whatever its transactions were: nobody had seen it, or nobody can tell */
    if (t->fail > 0 || t->slow > 0)
        return PLACEMENT_DIRTY;
    if (t->invalid > 0)
        return PLACEMENT_INVALID;
    bool whole = made(t) >= st->survey->scheme.k && !(j->by_operator && is_cut_short(st, j));
    return whole ? PLACEMENT_CLEAN : PLACEMENT_ABORTED; /* k is never cut short: made again whole */
}

/* What is decided of a cell's row; nothing under a scheme of one tier. */
static void tell_row(struct station *st, size_t cell, struct journal_decision *d)
{
    const struct row_state *row = plan_row(st->state.plan, cell);
    if (!row)
        return;
    d->row = row->verdict;
    d->row_by = row->verdict == ROW_OPEN ? ROW_TEST_NONE : row->by;
    d->row_tours = row->tours;
    d->row_dirty = row->dirty;
    st->state.rows[row_of_cell(st->survey, cell)] = row->verdict;
}

void job_write_decision(struct station *st, size_t cell, uint64_t at_ns)
{
    const struct cell_state *c = plan_cell(st->state.plan, cell);
    const struct cell_counts judged = plan_counts(st->state.plan, cell);
    const struct scheme *scheme = &plan_table(st->state.plan)->scheme;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_DECISION);
    r.as.decision.at_us = station_at_us(st, at_ns);
    r.as.decision.cell = cell;
    r.as.decision.verdict = c->verdict;
    r.as.decision.n = c->counts.n;
    r.as.decision.d = c->counts.d;
    if (scheme->rules != RULES_OF_0_4 && c->counts.s > 0)
        r.as.decision.s = c->counts.s;
    if (judged.s != c->counts.s)
        r.as.decision.attributed = 1;
    verdict_bounds(scheme, judged.n, judged.d, judged.s, &r.as.decision.lower, &r.as.decision.upper);
    tell_row(st, cell, &r.as.decision);
    station_append(st, &r);
    if (!st->failed)
        st->state.decided[cell] = c->verdict;
}

void job_write_decisions(struct station *st, uint64_t at_ns)
{
    for (size_t cell; !st->failed && (cell = plan_changed(st->state.plan)) != SIZE_MAX;)
        if (job_decision_is_due(st, cell))
            job_write_decision(st, cell, at_ns);
}

bool job_decision_is_due(const struct station *st, size_t cell)
{
    return cells_decision_is_due(plan_cells(st->state.plan), cell, st->state.decided[cell],
                                 st->state.rows[row_of_cell(st->survey, cell)]);
}

/* What is not counted of it could, unless the station itself saw that another phone lay there. */
static bool may_hide_failure(const struct job *j)
{
    return (j->suspect || j->unbelievable || (j->excluded[0] && j->laid)) && !j->foreign && !j->proven;
}

/* What a placement came to: for each of its scripts, in their order, and as a whole. */
struct outcome_of_job {
    struct journal_result results[SURVEY_SCRIPTS_MAX];
    bool suspect[SURVEY_SCRIPTS_MAX];
    size_t count;
    enum placement_result whole; /* also of one without a transaction */
    bool counted;                /* clean or dirty for one script at least */
    bool aborted;                /* no script of it is anything else: it is no attempt */
};

static void judge_job(const struct station *st, const struct job *j, struct outcome_of_job *o)
{
    const struct plan_placement *p = &j->placement;
    *o = (struct outcome_of_job) { .whole = PLACEMENT_CLEAN, .aborted = true };
    for (unsigned script = 0; script < st->survey->script_count; script++) {
        if (!(p->scripts & 1u << script))
            continue;
        enum placement_result r = result_of(st, j, script);
        const struct job_tally *t = &j->tally[script];
        uint64_t cell = survey_cell(st->survey, p->pair, p->condition, p->reader, script);
        o->results[o->count++] = (struct journal_result) { cell, r, t->ok, t->fail, t->invalid, t->slow };
        o->aborted = o->aborted && r == PLACEMENT_ABORTED;
        o->counted = o->counted || r == PLACEMENT_CLEAN || r == PLACEMENT_DIRTY;
        o->whole = placement_worse(o->whole, r);
    }
    if (o->aborted)
        o->whole = PLACEMENT_ABORTED;
}

static void write_placed(struct station *st, const struct job *j, struct outcome_of_job *o)
{
    const struct said excluded = said_alone(SAID_EXCLUDED), *reason = j->foreign ? &j->differs : &j->reason;
    struct journal_record r;
    journal_record_init(&r, JOURNAL_KIND_PLACED);
    struct journal_placed *to = &r.as.placed;
    to->placement = j->line;
    to->at_us = station_at_us(st, j->ended_ns);
    to->result = o->whole;
    to->reason = j->excluded[0] ? &excluded : said_nothing(reason) ? NULL : reason;
    if (j->stranger && st->survey->hands != HANDS_PERSON && !j->foreign)
        to->differs = &j->differs;
    to->results.items = o->results;
    to->results.count = o->count;
    bool hides = may_hide_failure(j);
    for (size_t i = 0; i < o->count; i++) {
        o->suspect[i] = hides && journal_result_hides(to, i);
        if (o->suspect[i])
            to->suspect = 1;
    }
    station_append(st, &r);
}

static void count_placed(struct station *st, const struct job *j, const struct outcome_of_job *o)
{
    const struct plan_placement *p = &j->placement;
    for (size_t i = 0; i < o->count; i++) {
        uint64_t cell = o->results[i].cell;
        if (!vouch_result(&st->state, p, (unsigned)(cell % st->survey->script_count), o->results[i].result,
                          o->suspect[i]))
            out_of_memory(st);
    }
    job_write_decisions(st, j->ended_ns);
    plan_placed(st->state.plan, p, o->aborted);
    vouch_placed(&st->state, p, j->line, o->counted);
    station_closed(&st->state, j->line, o->aborted, o->counted);
}

static void show_placed(struct station *st, const struct job *j, enum placement_result whole)
{
    const struct said slip = said_words(j->excluded), *reason = j->foreign ? &j->differs : &j->reason;
    st->failures_shown = st->state.failures;
    st->view.last.placement = j->line;
    st->view.last.result = whole;
    st->view.last.reason = said_flat(j->excluded[0] ? &slip : reason);
    st->view.last.of = j->placement;
    st->view.last.failure = j->failure;
}

/* The `placed` record, the plan's counts and the decisions that follow from them. */
static void close_job(struct station *st, unsigned reader)
{
    struct job *j = &st->units[reader].job;
    struct outcome_of_job o;
    judge_job(st, j, &o);
    write_placed(st, j, &o);
    if (st->failed)
        return;
    st->state.placements++;
    count_placed(st, j, &o);
    reference_closed(st, reader, o.whole);
    if (o.counted &&
        (!j->stranger || st->survey->hands == HANDS_PERSON)) /* whom a person did not confirm is nobody */
        identity_learn(st, j);
    if (o.counted && simulated_withdrawal(st, &j->placement, o.whole == PLACEMENT_DIRTY))
        note_write(st, "withdrawn after its result was seen", j->line, EXCLUSION_WITHDRAW);
    show_placed(st, j, o.whole);
}

/* Writes what this job has; true when it is closed and done with. */
static bool flush_one(struct station *st, unsigned reader, bool hold)
{
    struct job *j = &st->units[reader].job;
    if (!j->opened)
        write_placement(st, j);
    if (j->probed && !j->probe_written)
        identity_write_probe(st, j);
    j->probe_written = j->probed;
    if (!hold && j->state == JOB_ENDED && j->doubts != 0)
        job_leave_in_doubt(j);
    bool unsettled = (j->doubts & ~DOUBT(QUESTION_LOST)) != 0;
    while (j->first && !unsettled && !st->failed) { /* else a person may yet say that it did not lie there */
        struct job_transaction *t = j->first;
        write_transaction(st, j, t);
        if (st->failed)
            return false;
        j->first = t->next;
        if (!j->first)
            j->last = NULL;
        transaction_free(t);
    }
    if (j->excluded[0] && !j->exclusion_written && !st->failed) {
        note_write(st, j->excluded, j->line, EXCLUSION_EXCLUDE);
        j->exclusion_written = true;
    }
    if (j->state != JOB_ENDED || hold || st->failed)
        return false;
    close_job(st, reader);
    if (!st->failed)
        j->state = JOB_NONE;
    return !st->failed;
}

void job_flush(struct station *st)
{
    if (st->starting)
        return; /* jobs of the step that are not begun look like ones that are done */
    while (!st->failed && st->step_written < st->step_count) {
        unsigned reader = st->step[st->step_written];
        enum job_state state = st->units[reader].job.state;
        if (state != JOB_NONE && state != JOB_ASKING && !flush_one(st, reader, st->hold))
            return;
        st->step_written++; /* one that is being asked about is closed when it is answered */
    }
}

void job_close_detached(struct station *st, unsigned reader)
{
    for (unsigned i = st->step_written; i < st->step_count; i++) {
        if (st->step[i] == reader)
            return; /* still in its step: job_flush() closes it in its turn */
    }
    if (!st->failed && st->units[reader].job.state == JOB_ENDED)
        flush_one(st, reader, false);
}
