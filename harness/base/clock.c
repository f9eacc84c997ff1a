#include "harness/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef CLOCK_MONOTONIC_RAW
static const clockid_t durations = CLOCK_MONOTONIC_RAW;
static const char name[] = "CLOCK_MONOTONIC_RAW";
#else
static const clockid_t durations = CLOCK_MONOTONIC;
static const char name[] = "CLOCK_MONOTONIC";
#endif

uint64_t clock_now_ns(void)
{
    struct timespec t;
    clock_gettime(durations, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const char *clock_name(void)
{
    return name;
}

uint64_t clock_resolution_ns(void)
{
    struct timespec t;
    if (clock_getres(durations, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int64_t read_ns(clockid_t clock)
{
    struct timespec t;
    return clock_gettime(clock, &t) == 0 ? (int64_t)t.tv_sec * 1000000000 + t.tv_nsec : 0;
}

uint64_t clock_boot_ns(void)
{
    return (uint64_t)read_ns(CLOCK_BOOTTIME);
}

bool clock_boot_is_hosts(void)
{
    char line[128];
    bool shifted = false;
    FILE *f = fopen("/proc/self/timens_offsets", "re"); /* without the file there are no time namespaces */
    while (f && fgets(line, sizeof line, f))
        shifted = shifted || strpbrk(line, "123456789");
    if (f)
        fclose(f);
    return !shifted;
}

uint64_t clock_slept_ns(void)
{
    int64_t awake = read_ns(CLOCK_MONOTONIC), all = read_ns(CLOCK_BOOTTIME);
    return all > awake ? (uint64_t)(all - awake) : 0;
}

int64_t clock_wall_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

int64_t clock_wall_s(void)
{
    return (int64_t)time(NULL);
}

void clock_wall_text(int64_t wall_s, char *out, size_t capacity)
{
    time_t t = (time_t)wall_s;
    struct tm parts;
    if (capacity > 0)
        out[0] = '\0';
    if (gmtime_r(&t, &parts))
        strftime(out, capacity, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

void clock_local_text(int64_t wall_s, int64_t now_s, char *out, size_t capacity)
{
    time_t then = (time_t)wall_s, now = (time_t)now_s;
    struct tm at, today;
    if (capacity > 0)
        out[0] = '\0';
    if (!localtime_r(&then, &at) || !localtime_r(&now, &today))
        return;
    bool same_day = at.tm_year == today.tm_year && at.tm_yday == today.tm_yday;
    strftime(out, capacity, same_day ? "%H:%M %Z" : "%Y-%m-%d %H:%M %Z", &at);
}

int64_t clock_wall_of_text(const char *text)
{
    struct tm parts = { 0 };
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return rest && *rest == '\0' ? (int64_t)timegm(&parts) : 0;
}

void clock_sleep_ms(unsigned ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
        ;
}
