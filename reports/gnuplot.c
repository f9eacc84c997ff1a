#include "reports/gnuplot.h"

#include "harness/base/clock.h"
#include "harness/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_MS 5

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit r = { value, value };
    (void)setrlimit(resource, &r); /* a lower limit of the system is as good */
}

/* In the child. Reports errno of the first failure on the pipe; the pipe closes by itself when exec succeeds.
 */
static void become_gnuplot(const char *program, const char *directory, int report)
{
    char *arguments[] = { (char *)(uintptr_t)program, (char[]) { "--default-settings" },
                          (char[]) { "plot.gp" }, NULL };
    char *environment[] = { (char[]) { "HOME=/nonexistent" }, (char[]) { "LC_ALL=C.UTF-8" },
                            (char[]) { "PATH=/usr/local/bin:/usr/bin:/bin" }, NULL };
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (setsid() >= 0 && chdir(directory) == 0 && null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 &&
        dup2(null, 2) >= 0) {
        limit(RLIMIT_CPU, GNUPLOT_SECONDS);
        limit(RLIMIT_FSIZE, GNUPLOT_OUTPUT_MAX);
        limit(RLIMIT_CORE, 0);
        execvpe(program, arguments, environment);
    }
    int failure = errno;
    ssize_t written = write(report, &failure, sizeof failure);
    _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

static int wait_for(pid_t child, const char *program, struct err *e)
{
    uint64_t end_ns = clock_now_ns() + (uint64_t)GNUPLOT_SECONDS * 1000000000u;
    int status = 0;
    for (;;) {
        pid_t done = waitpid(child, &status, WNOHANG);
        if (done == child)
            break;
        if (done < 0 && errno != EINTR)
            return err_system(e, ERR_ENVIRONMENT, program, errno, "can't be waited for");
        if (clock_now_ns() >= end_ns) {
            (void)kill(-child, SIGKILL);
            (void)waitpid(child, &status, 0);
            return err_set(e, ERR_ENVIRONMENT, program, "took longer than %d s", GNUPLOT_SECONDS);
        }
        clock_sleep_ms(POLL_MS);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return WIFSIGNALED(status)
               ? err_set(e, ERR_ENVIRONMENT, program, "was ended by signal %d", WTERMSIG(status))
               : err_set(e, ERR_ENVIRONMENT, program, "ended with status %d", WEXITSTATUS(status));
}

static int run(const char *program, const char *directory, struct err *e)
{
    int report[2], failure = 0;
    if (pipe2(report, O_CLOEXEC) != 0)
        return err_system(e, ERR_ENVIRONMENT, program, errno, "no pipe");
    pid_t child = fork();
    if (child == 0)
        become_gnuplot(program, directory, report[1]);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return err_system(e, ERR_ENVIRONMENT, program, errno, "can't be started");
    }
    ssize_t got;
    do
        got = read(report[0], &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof failure) {
        (void)waitpid(child, NULL, 0);
        return err_system(e, ERR_ENVIRONMENT, program, failure, "can't be started");
    }
    return wait_for(child, program, e);
}

static int put_file(const char *directory, const char *name, const struct buf *b, struct err *e)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (b->failed)
        return err_set(e, ERR_MEMORY, name, "out of memory for a plot");
    return file_replace(path, b->data ? b->data : "", b->length, e);
}

static void data_name(char *out, size_t capacity, size_t i)
{
    snprintf(out, capacity, "data-%zu.txt", i);
}

static void clean_up(const char *directory, size_t data_count)
{
    char path[512], name[32];
    for (size_t i = 0; i < data_count; i++) {
        data_name(name, sizeof name, i);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        (void)unlink(path);
    }
    snprintf(path, sizeof path, "%s/plot.gp", directory);
    (void)unlink(path);
    snprintf(path, sizeof path, "%s/out.svg", directory);
    (void)unlink(path);
    (void)rmdir(directory);
}

int gnuplot_draw(const char *program, const struct buf *script, const struct buf *data, size_t data_count,
                 struct buf *svg, struct err *e)
{
    char directory[256], path[512], name[32];
    const char *base = getenv("TMPDIR");
    if (data_count > GNUPLOT_FILES_MAX)
        return err_set(e, ERR_LIMIT, "plot", "more than %d data files", GNUPLOT_FILES_MAX);
    if (!base || base[0] != '/' || strlen(base) > 200)
        base = "/tmp";
    snprintf(directory, sizeof directory, "%s/nfc-survey-plot-XXXXXX", base);
    if (!mkdtemp(directory))
        return err_system(e, ERR_ENVIRONMENT, base, errno, "no private directory for a plot");
    int code = put_file(directory, "plot.gp", script, e);
    for (size_t i = 0; i < data_count && code == 0; i++) {
        data_name(name, sizeof name, i);
        code = put_file(directory, name, &data[i], e);
    }
    if (code == 0)
        code = run(program, directory, e);
    if (code == 0) {
        snprintf(path, sizeof path, "%s/out.svg", directory);
        code = file_read(path, svg, e);
    }
    clean_up(directory, data_count);
    return code;
}
