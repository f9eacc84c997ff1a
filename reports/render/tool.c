#include "reports/render/tool.h"

#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/signal_block.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_MS       5
#define ARGUMENTS_MAX 16
#define WORDS         ".words" /* in the folder: what the tool says on stdout and stderr */
#define WORDS_MAX     (1u << 20)

int tool_folder_make(struct tool_folder *f, struct err *e)
{
    const char *base = getenv("TMPDIR");
    if (!base || base[0] != '/' || strlen(base) > 200)
        base = "/tmp";
    snprintf(f->path, sizeof f->path, "%s/nfc-survey-report-XXXXXX", base);
    if (signal_block_begin(&f->before)) {
        if (mkdtemp(f->path))
            return 0;
        int reason = errno;
        signal_block_end(&f->before);
        errno = reason;
    }
    f->path[0] = '\0';
    return err_system(e, ERR_ENVIRONMENT, base, errno,
                      "no folder for a report's programs can be made here; TMPDIR names another place");
}

int tool_folder_put(const struct tool_folder *f, const char *name, const struct buf *bytes, struct err *e)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    if (bytes->failed)
        return err_set(e, ERR_MEMORY, name, "out of memory for a report");
    return file_replace(path, bytes->data ? bytes->data : "", bytes->length, e);
}

int tool_folder_get(const struct tool_folder *f, const char *name, struct buf *out, struct err *e)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    return file_read(path, out, e);
}

void tool_folder_remove(struct tool_folder *f)
{
    if (f->path[0] == '\0')
        return;
    DIR *directory = opendir(f->path);
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        (void)unlinkat(dirfd(directory), entry->d_name, 0); /* "." and ".." are not unlinked */
    if (directory)
        (void)closedir(directory);
    (void)rmdir(f->path);
    f->path[0] = '\0';
    signal_block_end(&f->before);
}

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit r = { value, value };
    (void)setrlimit(resource, &r); /* a lower limit of the system is as good */
}

/* Where the child's words go: the folder is private, so the file is ours. */
static int open_words(void)
{
    return open(WORDS, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
}

/* Signals that we ignore end a foreign program, which may not look whether its writes succeed. */
static void as_usual(const struct tool_folder *f)
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    signal_block_end(&f->before);
}

/* In the child. Reports errno of the first failure on the pipe; the pipe closes by itself when exec
 * succeeds. */
static void become(const struct tool *t, const struct tool_folder *f, pid_t parent, int report)
{
    char *arguments[ARGUMENTS_MAX + 2] = { (char *)(uintptr_t)t->program };
    char *environment[] = { (char[]) { "HOME=/nonexistent" },
                            (char[]) { "LC_ALL=C.UTF-8" },
                            (char[]) { "PATH=/usr/local/bin:/usr/bin:/bin" },
                            (char[]) { "PYTHONHASHSEED=0" },
                            (char[]) { "PYTHONDONTWRITEBYTECODE=1" },
                            NULL };
    for (size_t i = 0; i < ARGUMENTS_MAX && t->arguments[i]; i++)
        arguments[i + 1] = (char *)(uintptr_t)t->arguments[i];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && setsid() >= 0 && chdir(f->path) == 0 && null >= 0 && dup2(null, 0) >= 0) {
        int words = open_words();
        limit(RLIMIT_CPU, t->seconds);
        limit(RLIMIT_FSIZE, t->file_bytes);
        limit(RLIMIT_CORE, 0);
        if (t->memory_bytes > 0)
            limit(RLIMIT_AS, t->memory_bytes);
        as_usual(f);
        if (words >= 0 && dup2(words, 1) >= 0 && dup2(words, 2) >= 0)
            execvpe(t->program, arguments, environment);
    }
    int failure = errno;
    ssize_t written = write(report, &failure, sizeof failure);
    _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

static int kill_it(pid_t child)
{
    int status;
    (void)kill(-child, SIGKILL);
    return waitpid(child, &status, 0) == child ? 0 : errno;
}

/* The child's end as waitpid() has it. */
static int wait_for(const struct tool *t, pid_t child, int *ended, struct err *e)
{
    uint64_t end_ns = clock_now_ns() + t->seconds * UINT64_C(1000000000);
    for (;;) {
        pid_t done = waitpid(child, ended, WNOHANG);
        if (done == child)
            return 0;
        if (done < 0 && errno != EINTR)
            return err_system(e, ERR_ENVIRONMENT, t->program, errno, "can't be waited for");
        if (signal_block_has_pending()) {
            (void)kill_it(child);
            return err_set(e, ERR_INTERRUPTED, t->program, "was stopped");
        }
        if (clock_now_ns() >= end_ns) {
            (void)kill_it(child);
            return err_set(e, ERR_TIMEOUT, t->program, "took longer than %u s", t->seconds);
        }
        clock_sleep_ms(POLL_MS);
    }
}

/* The last line that holds something, without control bytes: that is where programs say what went wrong. */
static void last_words(const struct tool_folder *f, char *out, size_t capacity)
{
    struct buf words;
    buf_init(&words, WORDS_MAX);
    out[0] = '\0';
    if (tool_folder_get(f, WORDS, &words, NULL) == 0 && words.data) {
        size_t end = words.length;
        while (end > 0 && (unsigned char)words.data[end - 1] <= ' ')
            end--;
        size_t begin = end;
        while (begin > 0 && words.data[begin - 1] != '\n')
            begin--;
        for (size_t i = begin; i < end; i++)
            if ((unsigned char)words.data[i] < ' ')
                words.data[i] = ' ';
        if (end > begin)
            snprintf(out, capacity, ": %.*s", (int)(end - begin), words.data + begin);
    }
    buf_free(&words);
}

static int result_of(const struct tool *t, const struct tool_folder *f, int ended, int *status, struct err *e)
{
    char words[512];
    if (WIFEXITED(ended))
        *status = WEXITSTATUS(ended);
    if (*status == 0)
        return 0;
    last_words(f, words, sizeof words);
    return WIFSIGNALED(ended)
               ? err_set(e, ERR_ENVIRONMENT, t->program, "was ended by signal %d%s", WTERMSIG(ended), words)
               : err_set(e, ERR_ENVIRONMENT, t->program, "ended with status %d%s", WEXITSTATUS(ended), words);
}

int tool_run(const struct tool *t, const struct tool_folder *f, int *status, struct err *e)
{
    int report[2], failure = 0, ended = 0, unused;
    pid_t parent = getpid();
    status = status ? status : &unused;
    *status = TOOL_NOT_STARTED;
    if (pipe2(report, O_CLOEXEC) != 0)
        return err_system(e, ERR_ENVIRONMENT, t->program, errno, "no pipe");
    pid_t child = fork();
    if (child == 0)
        become(t, f, parent, report[1]);
    close(report[1]);
    if (child < 0) {
        close(report[0]);
        return err_system(e, ERR_ENVIRONMENT, t->program, errno, "can't be started");
    }
    ssize_t got;
    do
        got = read(report[0], &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof failure) {
        (void)waitpid(child, NULL, 0);
        return err_system(e, ERR_ENVIRONMENT, t->program, failure, "can't be started");
    }
    int code = wait_for(t, child, &ended, e);
    return code ? code : result_of(t, f, ended, status, e);
}
