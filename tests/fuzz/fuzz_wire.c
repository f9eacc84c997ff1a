/*
 * A worker gone mad, as its supervisor sees it: packets in any order while a placement runs. What a report makes of the
 * journal must be lines that the journal's own reader takes.
 * An input is a series of records: kind, flags, length (two bytes), body. Flags: 1 the body is cut or filled to the size that
 * the kind has; 2 it begins with what a good one has; 4 the packet's head is in the body too.
 */
#include "harness/clauses/criteria_file.h"
#include "harness/journal/line.h"
#include "harness/station/health.h"
#include "harness/station/placement.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_journal_append(struct journal *j, struct journal_record *r, struct err *e);
int __wrap_worker_kill(struct worker *w);

enum flag { FITTED = 1, GOOD = 2, RAW = 4 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* There is no process to be killed. */
int __wrap_worker_kill(struct worker *w)
{
    w->pid = 0;
    return 0;
}

/* No file either: the line is made, and read back. */
int __wrap_journal_append(struct journal *j, struct journal_record *r, struct err *e)
{
    static struct arena arena;
    struct journal_record again;
    struct buf line;
    (void)j, (void)e;
    buf_init(&line, JOURNAL_LINE_MAX);
    r->line = 2;
    must(!journal_record_fault(r));
    journal_format(&line, r);
    must(!line.failed && line.length > 1);
    size_t length = line.length - (line.data[line.length - 1] == '\n');
    must(arena_reset(&arena, length));
    must(journal_parse_canonical(line.data, length, &arena, &again) && again.kind == r->kind);
    buf_free(&line);
    return 0;
}

static const struct {
    uint32_t kind;
    size_t bytes;
} kinds[] = {
    { WIRE_OPENED, sizeof(struct trial_opened) },
    { WIRE_SEEN, 0 },
    { WIRE_PROBED, sizeof(struct wire_probed) },
    { WIRE_WATCHED, sizeof(struct wire_status) },
    { WIRE_EXCHANGE, sizeof(struct wire_exchange) },
    { WIRE_TRANSACTION, sizeof(struct trial_report) },
    { WIRE_PLACED, sizeof(struct wire_placed) },
    { WIRE_LIFTED, sizeof(struct wire_status) },
    { WIRE_ANSWER, sizeof(struct wire_status) },
    { WIRE_REFERENCED, sizeof(struct trial_report) },
    { WIRE_FLOORED, sizeof(struct trial_floor) },
    { WIRE_PLACE, sizeof(struct wire_place) },
    { WIRE_KIND_COUNT, 0 },
};

/* The next report that was ordered; the input's bytes are laid over it. */
static size_t make_good(uint32_t kind, unsigned number, uint8_t *out)
{
    if (kind != WIRE_TRANSACTION)
        return 0;
    struct trial_report good;
    trial_report_init(&good);
    good.outcome = OUTCOME_OK;
    good.script = 0;
    good.repeat = good.order = number;
    memcpy(out, &good, sizeof good);
    return sizeof good;
}

static void send_record(int fd, const uint8_t *record, size_t length, unsigned *reports)
{
    static uint8_t packet[16 + 70000];
    const unsigned flags = record[1], which = record[0] % (sizeof kinds / sizeof *kinds);
    uint8_t *body = packet + 16;
    size_t bytes = length;
    memset(body, 0, sizeof(struct trial_report));
    if (flags & GOOD && kinds[which].kind == WIRE_TRANSACTION)
        ++*reports;
    size_t before = flags & GOOD ? make_good(kinds[which].kind, *reports, body) : 0;
    for (size_t i = 0; i < length; i++)
        body[i] = i < before ? (uint8_t)(body[i] ^ record[4 + i]) : record[4 + i];
    if (flags & FITTED)
        bytes = kinds[which].bytes + (kinds[which].kind == WIRE_EXCHANGE && length > kinds[which].bytes
                                          ? length - kinds[which].bytes
                                          : 0);
    const uint32_t head[4] = { 0x4e465357u, kinds[which].kind, (uint32_t)bytes, 0 };
    memcpy(packet, head, sizeof head);
    if (flags & RAW && length > 0)
        (void)!send(fd, body, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    else
        (void)!send(fd, packet, 16 + bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static const struct survey *load(void)
{
    static struct survey *s;
    struct survey_problems problems = { 0 };
    struct err e;
    if (!s && survey_load("profiles/surveys/testbed.yaml", ".", criteria_check, &s, &problems, &e) != 0)
        abort();
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct station st;
    static struct wire_page page;
    static const struct station_options options = { .directory = "r", .version = "" };
    struct plan_placement p = { .session = 1, .scripts = 1 };
    struct err e;
    int ends[2], room = 1 << 20;
    unsigned reports = 0;
    memset(&st, 0, sizeof st);
    st.survey = st.view.survey = load();
    st.options = &options;
    st.started = st.simulated = true;
    st.in_hand = -1;
    must(station_state_make(st.survey, &st.state, &e) == 0);
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) == 0);
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    struct unit *u = &st.units[0];
    *u = (struct unit) { .state = READER_READY, .worker = { .pid = 1, .fd = ends[0], .page = &page } };
    u->found_once = true;
    wire_inbox_init(&u->worker.inbox);
    st.step_count = 1;
    job_begin(&st, 0, &p);
    u->job.laid = true;
    while (size >= 4 && u->worker.pid > 0) {
        size_t length = (size_t)data[2] | (size_t)data[3] << 8;
        length = length < size - 4 ? length : size - 4;
        send_record(ends[1], data, length, &reports);
        data += 4 + length, size -= 4 + length;
        unit_drain(&st, 0);
    }
    job_flush(&st);
    if (u->worker.fd >= 0)
        worker_close(&u->worker);
    job_free(&u->job);
    station_state_free(&st.state);
    close(ends[1]);
    return 0;
}
