#include "harness/station/premises.h"

#include "harness/base/clock.h"
#include "harness/base/text.h"
#include "harness/station/supervisor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LATE_NS         1000000000u /* a turn so much later than it was to be: not at work */
#define SLEPT_NS        100000000u
#define CLOCK_SET_NS    1000000000 /* more than any clock is slewed between two turns */
#define WORKER_LOOK_NS  100000000u
#define WORKER_WAIT_NS  100000000u  /* for a processor, between two looks: it shows in what is timed */
#define WORKER_STUCK_NS 2000000000u /* stopped for so long, a worker is given up */
/* Between executions, in one boot: seconds are cut, and a clock may be slewed by 500 ppm. */
#define CLOCK_SLACK_S 5
#define CLOCK_SLEW    0.0005
#define CLOCK_LEAST_S 1704067200 /* 2024: a clock that shows less was never set */

/* ---- time between executions ---- */

static void read_boot_id(char *out, size_t capacity)
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    text_fit(out, capacity, "unknown");
    if (f && fgets(out, (int)capacity, f))
        out[strcspn(out, "\n")] = '\0';
    if (f)
        fclose(f);
}

struct premises_time premises_now(bool virtual_time)
{
    struct premises_time now = { .wall_s = clock_wall_s() };
    if (!virtual_time && clock_boot_is_hosts())
        now.boot_us = clock_boot_ns() / 1000;
    read_boot_id(now.boot_id, sizeof now.boot_id);
    return now;
}

static bool same_boot(const struct premises_time *a, const struct premises_time *b)
{
    return a->boot_us && b->boot_us && strcmp(a->boot_id, b->boot_id) == 0;
}

int64_t premises_seconds_since(const struct premises_time *then, const struct premises_time *now,
                               bool *proven)
{
    *proven = true;
    if (same_boot(then, now))
        return now->boot_us > then->boot_us ? (int64_t)((now->boot_us - then->boot_us) / 1000000) : 0;
    if (then->wall_s >= CLOCK_LEAST_S && now->wall_s >= then->wall_s)
        return now->wall_s - then->wall_s;
    *proven = false;
    return (int64_t)(now->boot_us / 1000000);
}

int premises_check_clock(struct station *st, struct err *e)
{
    const struct premises_time *last = &st->state.last_record;
    struct premises_time now = premises_now(st->virtual_time);
    char before[32], shown[32];
    if (st->virtual_time || last->wall_s == 0)
        return 0;
    if (same_boot(last, &now)) {
        double passed = ((double)now.boot_us - (double)last->boot_us) / 1e6;
        double set = (double)(now.wall_s - last->wall_s) - passed;
        if (fabs(set) > CLOCK_SLACK_S + fabs(passed) * CLOCK_SLEW)
            st->clock_set_s = round(set); /* recorded behind the resume record */
        return 0;
    }
    if (now.wall_s >= last->wall_s || st->options->clock_was_wrong)
        return 0;
    clock_wall_text(last->wall_s, before, sizeof before);
    clock_wall_text(now.wall_s, shown, sizeof shown);
    return err_set(
        e, ERR_ENVIRONMENT, "clock",
        "the last record is of %s and the clock shows %s: set it right; if it was wrong when that was "
        "recorded, go on with `run --resume %s --clock-was-wrong REASON`",
        before, shown, st->options->directory);
}

/* ---- while a run is executed ---- */

static void record(struct station *st, enum host_event event, double seconds, const char *reader)
{
    struct journal_record r;
    if (!st->started || st->failed)
        return;
    journal_record_init(&r, JOURNAL_KIND_HOST);
    r.as.host.at_us = station_at_us(st, st->virtual_now_ns);
    r.as.host.event = event;
    r.as.host.seconds = round(seconds * 1000) / 1000;
    r.as.host.reader = reader;
    station_append(st, &r);
    STATION_SAY(st, NOTICE_HOST, .host = event, .seconds = seconds, .reader = reader);
}

void premises_add(struct premises *p, enum host_event event, uint64_t from_ns, uint64_t to_ns,
                  uint32_t readers)
{
    for (unsigned i = 0; i < PREMISES_SPANS && i < p->span_count;
         i++) { /* of several workers they take turns */
        struct premises_span *s = &p->spans[i];
        if (s->event == event && s->readers == readers && s->to_ns == from_ns) {
            s->to_ns = to_ns; /* it goes on */
            return;
        }
    }
    p->spans[p->span_count++ % PREMISES_SPANS] = (struct premises_span) { event, from_ns, to_ns, readers };
}

static size_t read_text(const char *path, char *out, size_t capacity)
{
    FILE *f = fopen(path, "re");
    size_t length = f ? fread(out, 1, capacity - 1, f) : 0;
    out[length] = '\0';
    if (f)
        fclose(f);
    return length;
}

/* How long a process waited for a processor in all its life. */
static uint64_t waited_ns(pid_t pid)
{
    char path[64], text[128];
    unsigned long long ran, waited;
    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    return read_text(path, text, sizeof text) && sscanf(text, "%llu %llu", &ran, &waited) == 2 ? waited : 0;
}

/* What a hypervisor kept of this machine's processors for others, in all. */
static uint64_t stolen_ns(void)
{
    char text[256];
    unsigned long long steal;
    read_text("/proc/stat", text, sizeof text);
    if (sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
        return 0;
    return steal * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

static bool is_stopped(pid_t pid)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    read_text(path, text, sizeof text);
    const char *state = strrchr(text, ')');
    return state && strncmp(state, ") T", 3) == 0;
}

static void take_stock(struct premises *p)
{
    p->awake_ns = clock_now_ns();
    p->waited_ns = waited_ns(getpid()) + stolen_ns();
    p->slept_ns = clock_slept_ns();
    p->wall_offset_ns = clock_wall_ns() - (int64_t)clock_boot_ns();
}

double premises_temperature_c(void)
{
    double hottest = NAN;
    for (unsigned zone = 0; zone < 64; zone++) {
        char path[64], text[64];
        snprintf(path, sizeof path, "/sys/class/thermal/thermal_zone%u/temp", zone);
        if (read_text(path, text, sizeof text) == 0)
            break;
        double here = strtod(text, NULL) / 1000;
        if (!(here <= hottest))
            hottest = here;
    }
    return hottest;
}

void premises_begin(struct station *st)
{
    if (st->clock_set_s != 0)
        record(st, HOST_CLOCK_SET, st->clock_set_s, NULL);
    if (!st->virtual_time)
        take_stock(&st->premises);
}

/* The host's sleep and its clock, whatever the supervisor was about. */
static void look_at_host(struct station *st, const struct premises *before)
{
    struct premises *p = &st->premises;
    double set = (double)(p->wall_offset_ns - before->wall_offset_ns);
    if (p->slept_ns > before->slept_ns + SLEPT_NS) {
        premises_add(p, HOST_SLEPT, before->awake_ns, p->awake_ns, ~0u);
        record(st, HOST_SLEPT, (double)(p->slept_ns - before->slept_ns) / 1e9, NULL);
    }
    if (fabs(set) > CLOCK_SET_NS)
        record(st, HOST_CLOCK_SET, set / 1e9, NULL);
}

/* A worker that is stopped, whatever it is about, or waits for a processor, seen before it has told of it. */
static void look_at_worker(struct station *st, unsigned reader)
{
    struct premises *p = &st->premises;
    pid_t pid = st->units[reader].worker.pid;
    if (pid != p->workers[reader].pid)
        memset(&p->workers[reader], 0, sizeof p->workers[reader]);
    p->workers[reader].pid = pid;
    uint64_t now = clock_now_ns(), from = p->workers[reader].looked_ns;
    uint64_t waited_before = p->workers[reader].waited_ns;
    if (pid <= 0 || now - from < WORKER_LOOK_NS)
        return;
    bool measures = st->units[reader].job.state == JOB_RUNNING;
    uint64_t waited = measures && !st->virtual_time ? waited_ns(pid) : 0;
    bool stopped = is_stopped(pid);
    if (stopped && !p->workers[reader].stopped_ns)
        p->workers[reader].stopped_ns = now;
    if (from && (stopped || p->workers[reader].stopped_ns)) {
        premises_add(p, HOST_STOPPED, from, now, 1u << reader);
        if (!stopped)
            record(st, HOST_STOPPED, (double)(now - p->workers[reader].stopped_ns) / 1e9,
                   st->survey->readers[reader].unit);
    } else if (waited_before && waited > waited_before + WORKER_WAIT_NS) {
        premises_add(p, HOST_STARVED, from, now,
                     1u << reader); /* often: its transactions say it, no record */
    }
    if (!stopped)
        p->workers[reader].stopped_ns = 0;
    p->workers[reader].looked_ns = now;
    p->workers[reader].waited_ns = waited;
}

/* Late without having waited for a processor: stopped, or the machine under it was. */
static void look_at_lateness(struct station *st, const struct premises *before, int wait_ms)
{
    struct premises *p = &st->premises;
    uint64_t meant = before->awake_ns + (uint64_t)wait_ms * 1000000;
    uint64_t late = p->awake_ns > meant ? p->awake_ns - meant : 0;
    if (late < LATE_NS || p->slept_ns > before->slept_ns + SLEPT_NS)
        return;
    enum host_event event = p->waited_ns - before->waited_ns > late / 2 ? HOST_STARVED : HOST_STOPPED;
    premises_add(p, event, before->awake_ns, p->awake_ns, ~0u);
    record(st, event, (double)late / 1e9, NULL);
}

void premises_turn(struct station *st, int wait_ms)
{
    struct premises before = st->premises;
    for (unsigned i = 0; i < st->survey->reader_count; i++)
        look_at_worker(st, i);
    if (st->virtual_time)
        return;
    take_stock(&st->premises);
    look_at_host(st, &before);
    look_at_lateness(st, &before, wait_ms);
}

void premises_waited(struct station *st)
{
    struct premises before = st->premises;
    if (st->virtual_time)
        return;
    take_stock(&st->premises);
    look_at_host(st, &before);
}

/* ---- what it does to transactions ---- */

static size_t spans_kept(const struct premises *p)
{
    return p->span_count < PREMISES_SPANS ? p->span_count : PREMISES_SPANS;
}

enum host_event premises_of(const struct premises *p, unsigned reader, uint64_t from_ns, uint64_t to_ns)
{
    enum host_event worst = HOST_NONE;
    for (size_t i = 0; i < spans_kept(p); i++) {
        const struct premises_span *s = &p->spans[i];
        if (s->readers & 1u << reader && s->from_ns <= to_ns && from_ns <= s->to_ns && s->event > worst)
            worst = s->event;
    }
    return worst;
}

uint64_t premises_missed_ns(const struct premises *p, uint64_t from_ns)
{
    uint64_t missed = 0;
    for (size_t i = 0; i < spans_kept(p); i++) {
        const struct premises_span *s = &p->spans[i];
        if (s->readers == ~0u && s->to_ns > from_ns)
            missed += s->to_ns - (s->from_ns > from_ns ? s->from_ns : from_ns);
    }
    return missed;
}

bool premises_worker_is_stuck(const struct premises *p, unsigned reader, uint64_t now_ns)
{
    uint64_t since = p->workers[reader].stopped_ns;
    return since && now_ns > since && now_ns - since > WORKER_STUCK_NS;
}

struct said premises_detail(enum host_event event)
{
    return said_alone(event == HOST_SLEPT ? SAID_HOST_SLEPT : SAID_HOST_STOPPED);
}
