/*
 * Runs a command and prints what it used: wall seconds, CPU seconds, and the peak KiB of its largest process.
 * A small program of its own, because a child's peak begins with that of the process which started it.
 * Usage: bench_usage COMMAND...
 */
#include "harness/base/clock.h"
#include "harness/base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = 0;
    struct rusage u;
    if (argc < 2) {
        fprintf(stderr, "usage: bench_usage COMMAND...\n");
        return EXIT_STATUS_USAGE;
    }
    uint64_t started_ns = clock_now_ns();
    pid_t pid = fork();
    if (pid == 0) {
        int quiet = open("/dev/null", O_WRONLY);
        if (quiet >= 0)
            dup2(quiet, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror(argv[1]);
        return EXIT_STATUS_ENVIRONMENT;
    }
    double wall_s = (double)(clock_now_ns() - started_ns) / 1e9;
    getrusage(RUSAGE_CHILDREN, &u);
    double cpu_s = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                   (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
    printf("%.3f %.3f %ld\n", wall_s, cpu_s, u.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_STATUS_ENVIRONMENT;
}
