#include "harness/station/robot.h"

#include "harness/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_AFTER_MS 2000 /* what it may take to end after SIGTERM, before SIGKILL */
#define WORK_MS       200

/* The robot gets everything in its environment: no text of a profile ever reaches a shell's command line. */
static void set_environment(const struct survey *s, const struct robot_order *order)
{
    const struct plan_placement *p = order->p;
    const struct survey_pair *pair = &s->pairs[p->pair];
    const struct survey_condition *c = &s->conditions[p->condition];
    char number[64];
    setenv("NFC_SURVEY_ACTION", order->action, 1);
    setenv("NFC_SURVEY_ROLE", p->pair < s->pair_count ? "handset" : "reference", 1);
    setenv("NFC_SURVEY_READER", s->readers[p->reader].unit, 1);
    setenv("NFC_SURVEY_HANDSET", pair->unit, 1);
    setenv("NFC_SURVEY_SIM", s->sims[pair->sim].id, 1);
    setenv("NFC_SURVEY_CONDITION", c->id, 1);
    setenv("NFC_SURVEY_POWER_MODE", power_mode_name(c->power_mode), 1);
    setenv("NFC_SURVEY_CASE", c->handset_case ? c->handset_case : "none", 1);
    setenv("NFC_SURVEY_POSITION", c->position ? c->position : "centre", 1);
    snprintf(number, sizeof number, "%.3f %.3f %.3f", c->x_mm, c->y_mm, c->z_mm);
    setenv("NFC_SURVEY_POSITION_MM", number, 1);
    snprintf(number, sizeof number, "%u", p->session);
    setenv("NFC_SURVEY_SESSION", number, 1);
    snprintf(number, sizeof number, "%llu", (unsigned long long)order->number);
    setenv("NFC_SURVEY_PLACEMENT", number, 1);
}

/* Nothing of ours but stderr. */
__attribute__((noreturn)) static void become_command(const struct survey *s, const struct robot_order *order)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        _exit(126);
    if (nothing > STDIN_FILENO)
        close(nothing);
    if (s->directory && chdir(s->directory) != 0)
        _exit(126);
    set_environment(s, order);
    execl("/bin/sh", "sh", "-c", s->hands_argument, (char *)NULL);
    _exit(127);
}

/* Its own end, so that it looks like the command's. */
__attribute__((noreturn)) static void end_as(int status)
{
    sigset_t one;
    if (WIFSIGNALED(status)) {
        sigemptyset(&one);
        sigaddset(&one, WTERMSIG(status));
        sigprocmask(SIG_UNBLOCK, &one, NULL);
        raise(WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}

/* The station is gone, and kill_group() with it. */
__attribute__((noreturn)) static void end_orphaned_group(const sigset_t *child_ended)
{
    const struct timespec limit = { .tv_sec = KILL_AFTER_MS / 1000 };
    kill(0, SIGTERM);
    (void)sigtimedwait(child_ended, NULL, &limit);
    kill(0, SIGKILL);
    _exit(126);
}

/*
 * In the child: a group of its own, which Ctrl-C does not reach. It stays above the command, for when the station
 * dies the kernel tells one process, and a shell that it tells lets go on what it has started: a robot would lay
 * a phone after a resume has cleared the fields.
 */
__attribute__((noreturn)) static void guard_command(const struct survey *s, const struct robot_order *order,
                                                    pid_t station)
{
    sigset_t awaited, child_ended;
    int status = 0;
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    awaited = child_ended;
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    pid_t pid = getppid() == station && close_range(3, ~0u, 0) == 0 ? fork() : -1;
    if (pid == 0)
        become_command(s, order);
    while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
        if (sigwaitinfo(&awaited, NULL) == SIGTERM && getppid() != station)
            end_orphaned_group(&child_ended);
    }
    if (pid < 0)
        _exit(126);
    end_as(status);
}

static bool has_ended(int fd, int wait_ms)
{
    struct pollfd ended = { .fd = fd, .events = POLLIN };
    return poll(&ended, 1, wait_ms) > 0;
}

/* The command and all that it started. */
static void kill_group(pid_t pid, int fd)
{
    kill(-pid, SIGTERM);
    for (unsigned waited = 0; waited < KILL_AFTER_MS && !has_ended(fd, 50); waited += 50)
        ;
    kill(-pid, SIGKILL);
}

enum robot_end { ENDED, TOO_LONG, GIVEN_UP };

static enum robot_end wait_for(pid_t pid, int fd, double limit_s, const struct robot_watch *watch)
{
    uint64_t until = clock_now_ns() + (uint64_t)(limit_s * 1e9);
    while (!has_ended(fd, watch->work ? 0 : WORK_MS)) {
        bool give_up = watch->give_up && watch->give_up(watch->context);
        if (give_up || clock_now_ns() > until) {
            kill_group(pid, fd);
            return give_up ? GIVEN_UP : TOO_LONG;
        }
        if (watch->work)
            watch->work(watch->context, fd);
    }
    return ENDED;
}

/* One try: its exit status, or less than 0 with an error. */
static int try_once(const struct survey *s, const struct robot_order *order, const struct robot_watch *watch,
                    struct err *e)
{
    int status = 0;
    pid_t station = getpid(), pid = fork();
    if (pid == 0)
        guard_command(s, order, station);
    int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (fd < 0) {
        int reason = errno;
        if (pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
        }
        return err_system(e, ERR_ENVIRONMENT, "hands", reason, "the hands command could not be started");
    }
    setpgid(pid, pid); /* it does so too: whoever comes first */
    enum robot_end end = wait_for(pid, fd, s->hands_limit_s, watch);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(fd);
    if (end == GIVEN_UP)
        return err_set(e, ERR_INTERRUPTED, "hands", "the hands command was stopped (%s)", order->action);
    if (end == TOO_LONG)
        return err_set(e, ERR_TIMEOUT, "hands",
                       "the hands command `%s` took longer than %g s (%s) and was stopped", s->hands_argument,
                       s->hands_limit_s, order->action);
    if (WIFSIGNALED(status))
        return err_set(e, ERR_ENVIRONMENT, "hands", "the hands command `%s` was ended by SIG%s (%s)",
                       s->hands_argument, sigabbrev_np(WTERMSIG(status)), order->action);
    return WEXITSTATUS(status);
}

int robot_run(const struct survey *s, const struct robot_order *order, const struct robot_watch *watch,
              struct err *e)
{
    if (s->directory && access(s->directory, X_OK) != 0)
        return err_system(e, ERR_ENVIRONMENT, s->directory, errno,
                          "the survey's folder, in which the hands command is to run, is not there");
    for (unsigned tries = 0;; tries++) {
        int status = try_once(s, order, watch, e);
        bool again = status == ROBOT_TRY_AGAIN || status == ERR_TIMEOUT;
        if (status == ROBOT_DONE || (status < 0 && !again))
            return status;
        if (again && tries < s->hands_retries)
            continue;
        if (status > 0)
            err_set(e, ERR_ENVIRONMENT, "hands", "the hands command `%s` failed (%s, status %d)%s",
                    s->hands_argument, order->action, status,
                    status == ROBOT_TRY_AGAIN ? " as often as it may be tried" : "");
        e->code = ERR_ENVIRONMENT;
        return ERR_ENVIRONMENT;
    }
}
