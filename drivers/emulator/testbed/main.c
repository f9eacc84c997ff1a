/*
 * nfc-survey-testbed: virtual handsets behind the real reader software. The emulated readers live in this
 * process; a private pcscd with the real libccid drives the CCID ones where it is asked for. Everything that
 * a run makes is under one directory of its own, and everything that it starts it ends, by pid.
 */
#include "drivers/emulator/testbed/bench.h"
#include "drivers/emulator/testbed/control.h"
#include "drivers/emulator/testbed/options.h"
#include "drivers/emulator/testbed/pcscd.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRAPPED_VARIABLE "NFC_SURVEY_TESTBED_WRAPPED"
#define DRIVEN_LIMIT_MS  15000
#define END_LIMIT_MS     2000 /* what COMMAND gets between SIGTERM and SIGKILL */

struct testbed {
    const struct options *options;
    struct profiles *profiles;
    struct bench_reader readers[USB_READERS_MAX];
    char directory[512];
    char control_path[600];
    struct bench *bench;
    struct pcscd pcscd;
    struct control control;
    bool control_is_open;
    int signals;
    pid_t command;
    int exit_status;
    bool ended;
};

static int complain(int code, const struct err *e)
{
    fprintf(stderr, "nfc-survey-testbed: %s: %s\n", e->where, e->text);
    return err_exit_status(code);
}

/* ---- the data directory and the profiles ---- */

/* Beside the build directory (build/libexec/..), or where `make install` puts it (libexec/../share). */
static int find_data(const char *asked, char *out, struct err *e)
{
    static const char *const places[] = { "../..", "../share/nfc-survey" };
    char here[PATH_MAX], probe[PATH_MAX];
    struct stat st;
    if (!asked)
        asked = getenv("NFC_SURVEY_DATA");
    if (asked) {
        if (realpath(asked, out))
            return 0;
        return err_system(e, ERR_ENVIRONMENT, asked, errno, "no such data directory");
    }
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    here[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(here, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (snprintf(probe, sizeof probe, "%s/%s/profiles", here, places[i]) < (int)sizeof probe &&
            stat(probe, &st) == 0) {
            *strrchr(probe, '/') = '\0';
            if (realpath(probe, out))
                return 0;
        }
    }
    return err_set(e, ERR_ENVIRONMENT, here,
                   "the profiles are not found: name their data directory with --profiles");
}

static int find_readers(struct testbed *t, const struct survey_problems *sick, struct err *e)
{
    const struct reader_profile *all;
    size_t count = profiles_readers(t->profiles, &all);
    int status = 0;
    for (size_t i = 0; i < t->options->reader_count && status == 0; i++) {
        const struct options_reader *asked = &t->options->readers[i];
        struct bench_reader *reader = &t->readers[i];
        reader->kind = asked->kind;
        for (size_t j = 0; j < count && !reader->profile; j++) {
            if (strcmp(all[j].id, asked->profile) == 0)
                reader->profile = &all[j];
        }
        if (reader->profile)
            status = bench_check(reader, e);
        else if (sick->count > 0) /* perhaps in the file that could not be read */
            status = err_set(e, ERR_INPUT, asked->profile, "no sound reader profile has this id; %s: %s",
                             sick->items[0].where, sick->items[0].text);
        else
            status = err_set(e, ERR_INPUT, asked->profile, "no reader profile has this id");
    }
    return status;
}

static int load_profiles(struct testbed *t, struct err *e)
{
    char data[PATH_MAX];
    struct survey_problems sick = { 0 };
    int status = find_data(t->options->data, data, e);
    if (status == 0)
        status = profiles_load(data, &t->profiles, &sick, e);
    if (status == 0)
        status = find_readers(t, &sick, e);
    survey_problems_free(&sick);
    return status;
}

/* ---- the run's directory ---- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

static int make_directory(struct testbed *t, struct err *e)
{
    const char *base = getenv("TMPDIR");
    snprintf(t->directory, sizeof t->directory, "%s/nfc-survey-testbed.XXXXXX",
             base && base[0] ? base : "/tmp");
    if (!mkdtemp(t->directory)) {
        int status = err_system(e, ERR_ENVIRONMENT, t->directory, errno, "cannot make a directory");
        t->directory[0] = '\0';
        return status;
    }
    setenv("TMPDIR", t->directory, 1); /* umockdev's tree goes there too, and with it */
    if (t->options->control)
        snprintf(t->control_path, sizeof t->control_path, "%s", t->options->control);
    else
        snprintf(t->control_path, sizeof t->control_path, "%s/control.sock", t->directory);
    memcpy(t->pcscd.directory, t->directory, sizeof t->pcscd.directory);
    return 0;
}

/* ---- children ---- */

static void name_ports(const struct testbed *t)
{
    char name[40];
    for (size_t i = 0; i < bench_count(t->bench); i++) {
        snprintf(name, sizeof name, "NFC_SURVEY_PN532_%zu", i);
        if (bench_port(t->bench, i))
            setenv(name, bench_port(t->bench, i), 1);
    }
}

/* pcscd's clients live outside of the emulated machine; programs that open its USB devices live in it. */
__attribute__((noreturn)) static void become_command(const struct testbed *t, const char *tmpdir)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (tmpdir)
        setenv("TMPDIR", tmpdir, 1);
    else
        unsetenv("TMPDIR");
    unsetenv(WRAPPED_VARIABLE);
    setenv("NFC_SURVEY_TESTBED", t->control_path, 1);
    if (t->options->pcscd)
        setenv("PCSCLITE_CSOCK_NAME", t->pcscd.socket, 1);
    if (!options_need_usb(t->options)) {
        unsetenv("LD_PRELOAD");
        unsetenv("UMOCKDEV_DIR");
    }
    name_ports(t);
    execvp(t->options->rest[0], t->options->rest);
    fprintf(stderr, "nfc-survey-testbed: %s: %s\n", t->options->rest[0], strerror(errno));
    _exit(127);
}

static int start_command(struct testbed *t, const char *tmpdir, struct err *e)
{
    fflush(NULL);
    t->command = fork();
    if (t->command == 0)
        become_command(t, tmpdir);
    if (t->command < 0) {
        t->command = 0;
        return err_system(e, ERR_ENVIRONMENT, t->options->rest[0], errno, "cannot start it");
    }
    return 0;
}

static void reap_children(struct testbed *t)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == t->pcscd.pid) {
            t->pcscd.pid = 0;
            bench_forget_host(t->bench);
        } else if (pid == t->command) {
            t->command = 0;
            t->ended = true;
            t->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
}

static void end_command(struct testbed *t)
{
    if (!t->command)
        return;
    kill(t->command, SIGTERM);
    struct pollfd signals = { .fd = t->signals, .events = POLLIN };
    struct signalfd_siginfo info;
    if (poll(&signals, 1, END_LIMIT_MS) > 0 && read(t->signals, &info, sizeof info) > 0)
        reap_children(t);
    if (t->command) {
        kill(t->command, SIGKILL);
        waitpid(t->command, NULL, 0);
        t->command = 0;
    }
}

/* ---- the run ---- */

static int take_signals(struct testbed *t, struct err *e)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL); /* before any thread is made: they inherit it */
    signal(SIGPIPE, SIG_IGN);
    t->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (t->signals < 0)
        return err_system(e, ERR_ENVIRONMENT, "testbed", errno, "cannot watch signals");
    return 0;
}

static void serve_signals(struct testbed *t)
{
    struct signalfd_siginfo info;
    while (read(t->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap_children(t);
        else
            t->ended = true;
    }
}

static void serve(struct testbed *t)
{
    struct pollfd fds[CONTROL_CLIENTS_MAX + 2];
    while (!t->ended && !t->control.quit) {
        size_t n = control_poll(&t->control, fds);
        fds[n] = (struct pollfd) { .fd = t->signals, .events = POLLIN };
        if (poll(fds, n + 1, -1) < 0 && errno != EINTR)
            return;
        serve_signals(t);
        control_serve(&t->control);
    }
}

static void print_ready(const struct testbed *t)
{
    printf("ready");
    if (t->options->pcscd)
        printf(" PCSCLITE_CSOCK_NAME=%s", t->pcscd.socket);
    if (getenv("UMOCKDEV_DIR"))
        printf(" UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
    for (size_t i = 0; i < bench_count(t->bench); i++) {
        if (bench_port(t->bench, i))
            printf(" NFC_SURVEY_PN532_%zu=%s", i, bench_port(t->bench, i));
    }
    printf(" NFC_SURVEY_TESTBED=%s\n", t->control_path);
    fflush(stdout);
}

static int start(struct testbed *t, const char *tmpdir, struct err *e)
{
    int status = take_signals(t, e);
    if (status == 0)
        status = load_profiles(t, e);
    if (status == 0)
        status = make_directory(t, e);
    if (status == 0)
        status = bench_new(t->readers, t->options->reader_count, t->options->bus, t->options->serial_base,
                           t->directory, &t->bench, e);
    if (status != 0)
        return status;
    t->control.bench = t->bench;
    t->control.profiles = t->profiles;
    t->control.sims = t->options->sims;
    t->control.pcscd = t->options->pcscd ? &t->pcscd : NULL;
    t->control_is_open = true;
    status = control_open(&t->control, t->control_path, e);
    if (status == 0 && t->options->pcscd)
        status = pcscd_start(&t->pcscd, e);
    if (status == 0)
        status = control_wait_driven(&t->control, DRIVEN_LIMIT_MS, e);
    if (status == 0 && t->options->rest[0])
        status = start_command(t, tmpdir, e);
    else if (status == 0)
        print_ready(t);
    return status;
}

static void stop(struct testbed *t)
{
    end_command(t);
    if (t->control_is_open) {
        control_close(&t->control);
        unlink(t->control_path);
    }
    pcscd_kill(&t->pcscd);
    bench_free(&t->bench);
    profiles_free(&t->profiles);
    if (t->directory[0])
        nftw(t->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (t->signals >= 0)
        close(t->signals);
}

static int run_serve(const struct options *options)
{
    struct testbed t = { .options = options, .signals = -1 };
    struct err e = { 0 };
    char tmpdir[PATH_MAX] = "";
    if (getenv("TMPDIR"))
        snprintf(tmpdir, sizeof tmpdir, "%s", getenv("TMPDIR"));
    int status = start(&t, tmpdir[0] ? tmpdir : NULL, &e);
    if (status == 0)
        serve(&t);
    else
        t.exit_status = complain(status, &e);
    stop(&t);
    return t.exit_status;
}

/* umockdev works by a preload library: start again under its wrapper, once. */
static int wrap(int argc, char **argv)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char **arguments = calloc((size_t)argc + 2, sizeof *arguments);
    if (!arguments || n <= 0) {
        free(arguments);
        fprintf(stderr, "nfc-survey-testbed: out of memory, or /proc is not mounted\n");
        return EXIT_STATUS_ENVIRONMENT;
    }
    self[n] = '\0';
    arguments[0] = "umockdev-wrapper";
    arguments[1] = self;
    for (int i = 1; i < argc; i++)
        arguments[i + 1] = argv[i];
    setenv(WRAPPED_VARIABLE, "1", 1);
    execvp(arguments[0], arguments);
    fprintf(stderr, "nfc-survey-testbed: umockdev-wrapper: %s (Debian package umockdev)\n", strerror(errno));
    free(arguments);
    return EXIT_STATUS_ENVIRONMENT;
}

static int run_send(const struct options *options)
{
    char answer[CONTROL_LINE_MAX];
    struct err e = { 0 };
    int status = control_send(options->control, options->rest, answer, &e);
    if (status != 0)
        return complain(status, &e);
    puts(answer);
    return strncmp(answer, "ok", 2) == 0 ? EXIT_STATUS_DONE : EXIT_STATUS_INPUT;
}

int main(int argc, char **argv)
{
    struct options options;
    struct err e = { 0 };
    int status = options_parse(argc, argv, &options, &e);
    if (status != 0)
        return complain(status, &e);
    switch (options.command) {
    case OPTIONS_HELP:
        options_help(stdout);
        return EXIT_STATUS_DONE;
    case OPTIONS_SEND:
        return run_send(&options);
    default:
        break;
    }
    if (options_need_umockdev(&options) && !getenv(WRAPPED_VARIABLE))
        return wrap(argc, argv);
    return run_serve(&options);
}
