/* The host: its clocks, its processors, and room for the journal. */
#include "harness/doctor/examination.h"

#include "harness/base/clock.h"
#include "harness/doctor/host.h"
#include "harness/plan/plan.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#define STEP_MAX_NS     1000       /* of the clock of durations; they are kept in microseconds */
#define WALL_LEAST_S    1767225600 /* 2026-01-01: the program is younger */
#define STALLED_PERCENT 25         /* of the last 10 s in which somebody waited for a processor */
#define STOLEN_PERCENT  5
#define STEAL_WATCH_MS  200
#define TIGHT_TIMES     2 /* so much more room than the journal needs should there be */
#define RECORD_BYTES    400
#define EXCHANGE_BYTES  40
#define MEGABYTE        1000000u

/* ---- clocks ---- */

#define CLOCK_SOURCES "/sys/devices/system/clocksource/clocksource0/"

void check_clock_source(struct examination *x)
{
    static const char *const slow[] = { "hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit" };
    char now[64], able[256];
    x->unseen = !host_line(x, CLOCK_SOURCES "current_clocksource", now, sizeof now);
    host_line(x, CLOCK_SOURCES "available_clocksource", able, sizeof able);
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        if (strcmp(now, slow[i]) != 0)
            continue;
        found(x, DOCTOR_SPOILS, "", SAY(SAID_CLOCK_SOURCE_SLOW, now), "%s",
              strstr(able, "tsc") ? "echo tsc | sudo tee " CLOCK_SOURCES "current_clocksource" : "");
    }
}

void check_clock_step(struct examination *x)
{
    uint64_t step_ns = clock_resolution_ns();
    if (step_ns > STEP_MAX_NS)
        found(x, DOCTOR_SPOILS, "", SAY(SAID_CLOCK_COARSE, said_number(step_ns).text), NULL);
}

static const char *synchronising(const struct examination *x)
{
    if (host_has_program(x, "chronyd"))
        return "sudo systemctl enable --now chrony";
    if (host_has(x, "/usr/lib/systemd/systemd-timesyncd") || host_has(x, "/lib/systemd/systemd-timesyncd"))
        return "sudo timedatectl set-ntp true";
    return "sudo apt-get install chrony";
}

void check_wall_clock(struct examination *x)
{
    struct timex state = { .modes = 0 };
    int64_t wall_s = clock_wall_s();
    char wall[32];
    clock_wall_text(wall_s, wall, sizeof wall);
    if (wall_s < WALL_LEAST_S)
        found(x, DOCTOR_SPOILS, "", SAY(SAID_CLOCK_BEHIND, wall), "%s", synchronising(x));
    else if (adjtimex(&state) == TIME_ERROR || state.status & STA_UNSYNC)
        found(x, DOCTOR_SPOILS, "", said_alone(SAID_CLOCK_UNSYNCHRONISED), "%s", synchronising(x));
}

/* ---- processors ---- */

void check_governor(struct examination *x)
{
    char governor[64];
    x->unseen =
        !host_line(x, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor, sizeof governor);
    if (x->unseen || strcmp(governor, "performance") == 0)
        return;
    found(x, DOCTOR_ADVICE, "", SAY(SAID_GOVERNOR_SAVES, governor),
          "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
}

bool host_stalled_percent(const char *line, double *out)
{
    return sscanf(line, "some avg10=%lf", out) == 1;
}

void check_load(struct examination *x)
{
    char line[256], text[32];
    double value;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (host_line(x, "/proc/pressure/cpu", line, sizeof line) && host_stalled_percent(line, &value)) {
        snprintf(text, sizeof text, "%.0f", value);
        if (value > STALLED_PERCENT)
            found(x, DOCTOR_SPOILS, "", SAY(SAID_PROCESSORS_STALLED, text),
                  "ps -eo pcpu,pid,comm --sort=-pcpu | head");
    } else if (host_line(x, "/proc/loadavg", line, sizeof line) && sscanf(line, "%lf", &value) == 1 &&
               processors > 0 && value > (double)processors) {
        snprintf(text, sizeof text, "%.1f", value);
        found(x, DOCTOR_SPOILS, "", SAY(SAID_LOAD_HIGH, text, said_number((uint64_t)processors).text),
              "ps -eo pcpu,pid,comm --sort=-pcpu | head");
    }
}

bool host_ticks(const char *line, struct host_ticks *out)
{
    unsigned long long v[8], all = 0;
    if (strncmp(line, "cpu ", 4) != 0 || sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
                                                &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
        return false;
    for (size_t i = 0; i < 8; i++)
        all += v[i];
    *out = (struct host_ticks) { .all = all, .stolen = v[7] };
    return true;
}

unsigned host_stolen_percent(const struct host_ticks *before, const struct host_ticks *after)
{
    if (after->all <= before->all || after->stolen <= before->stolen)
        return 0;
    return (unsigned)(100 * (after->stolen - before->stolen) / (after->all - before->all));
}

void check_steal(struct examination *x)
{
    char line[256];
    struct host_ticks before, after;
    x->unseen = !host_line(x, "/proc/stat", line, sizeof line) || !host_ticks(line, &before);
    if (x->unseen)
        return;
    clock_sleep_ms(STEAL_WATCH_MS);
    if (!host_line(x, "/proc/stat", line, sizeof line) || !host_ticks(line, &after))
        return;
    unsigned percent = host_stolen_percent(&before, &after);
    if (percent > STOLEN_PERCENT)
        found(x, DOCTOR_SPOILS, "", SAY(SAID_PROCESSORS_STOLEN, said_number(percent).text), NULL);
}

void check_suspend(struct examination *x)
{
    char states[128], target[PATH_MAX], path[PATH_MAX];
    snprintf(path, sizeof path, "%s/etc/systemd/system/sleep.target", x->how->root);
    ssize_t n = readlink(path, target, sizeof target - 1);
    bool masked = n == 9 && memcmp(target, "/dev/null", 9) == 0;
    if (!masked && host_line(x, "/sys/power/state", states, sizeof states) && strstr(states, "mem"))
        found(x, DOCTOR_ADVICE, "", said_alone(SAID_HOST_MAY_SUSPEND),
              "sudo systemctl mask sleep.target suspend.target hibernate.target hybrid-sleep.target");
}

/* ---- room ---- */

/* Measured on journals: a transaction's record is about 400 bytes and 40 more an exchange; bytes that are kept are two
 * digits each, with the command's. */
static uint64_t transaction_bytes(const struct script *s)
{
    uint64_t kept = script_keeps_bytes(s) ? 2 * s->typical_length + EXCHANGE_BYTES * s->typical_exchanges : 0;
    return RECORD_BYTES + EXCHANGE_BYTES * s->typical_exchanges + kept;
}

static uint64_t journal_bytes(const struct survey *s)
{
    struct plan_cost cost;
    struct err e;
    uint64_t most = RECORD_BYTES;
    if (plan_cost(s, &cost, &e) != 0)
        return 0;
    for (size_t i = 0; i < s->script_count; i++) {
        uint64_t bytes = transaction_bytes(survey_script_loaded(s, i));
        most = bytes > most ? bytes : most;
    }
    return cost.transactions_worst * most + cost.placements_worst * RECORD_BYTES;
}

/* The folder itself, or of one that is not there yet the nearest above that is. */
static void nearest_folder(const char *directory, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s", directory);
    while (access(out, F_OK) != 0 && errno == ENOENT) {
        char *slash = strrchr(out, '/');
        if (!slash) {
            snprintf(out, PATH_MAX, ".");
            return;
        }
        slash[slash == out ? 1 : 0] = '\0';
        if (slash == out)
            return;
    }
}

void check_disk(struct examination *x)
{
    char folder[PATH_MAX];
    struct statvfs disk;
    x->unseen = !x->how->directory;
    if (x->unseen)
        return;
    nearest_folder(x->how->directory, folder);
    if (access(folder, W_OK | X_OK) != 0)
        found(x, DOCTOR_STOPS, folder, SAY(SAID_FOLDER_CLOSED, err_of_errno(errno)), "ls -ld %s",
              shell_word(folder).text);
    if (!x->how->survey || statvfs(folder, &disk) != 0)
        return;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize, need = journal_bytes(x->how->survey);
    if (room >= TIGHT_TIMES * need)
        return;
    found(x, room < need ? DOCTOR_STOPS : DOCTOR_SPOILS, folder,
          SAY(SAID_DISK_SMALL, said_number(room / MEGABYTE).text, said_number(need / MEGABYTE + 1).text),
          "du -xh --max-depth=1 %s | sort -h | tail", shell_word(folder).text);
}
