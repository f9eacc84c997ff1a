/*
 * How long a finished run's journal takes to become a summary: report_open() and summary_write().
 * Prints `findings SECONDS` and `megabytes N`. Usage: bench_findings RUN-DIRECTORY
 */
#include "harness/base/clock.h"
#include "reports/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    char path[4096];
    struct stat st;
    struct err e = { 0 };
    const struct report_how how = { .parts = REPORT_SUMMARY };
    struct survey_problems problems = { 0 };
    struct report r;
    struct buf b;
    if (argc != 2 || snprintf(path, sizeof path, "%s/journal.yaml", argv[1]) >= (int)sizeof path) {
        fprintf(stderr, "usage: bench_findings RUN-DIRECTORY\n");
        return EXIT_STATUS_USAGE;
    }
    if (stat(path, &st) != 0) {
        perror(path);
        return EXIT_STATUS_ENVIRONMENT;
    }
    buf_init(&b, (size_t)1 << 30);
    uint64_t started_ns = clock_now_ns();
    int status = report_open(argv[1], &how, &r, &problems, &e);
    if (status == 0) {
        summary_write(&r, &b);
        printf("findings %.6f\nmegabytes %.3f\n", (double)(clock_now_ns() - started_ns) / 1e9,
               (double)st.st_size / 1e6);
    } else {
        fprintf(stderr, "%s: %s\n", e.where, e.text);
    }
    report_close(&r);
    buf_free(&b);
    return err_exit_status(status);
}
