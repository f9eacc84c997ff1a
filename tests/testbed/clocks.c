/*
 * A preload library under which a program sees other clocks than the machine has, which nobody sets: the wall clock
 * by the seconds that the file CLOCK_WALL holds, and both it and the boot clock by those of CLOCK_SLEPT, as after
 * a sleep of the machine.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long seconds_in(const char *variable)
{
    const char *path = getenv(variable);
    FILE *f = path ? fopen(path, "re") : NULL;
    long seconds = 0;
    if (f && fscanf(f, "%ld", &seconds) != 1)
        seconds = 0;
    if (f)
        fclose(f);
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, out);
    if (clock == CLOCK_BOOTTIME || clock == CLOCK_REALTIME)
        out->tv_sec += seconds_in("CLOCK_SLEPT");
    if (clock == CLOCK_REALTIME)
        out->tv_sec += seconds_in("CLOCK_WALL");
    return status;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
