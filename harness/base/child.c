#include "harness/base/child.h"

#include "harness/base/clock.h"
#include "harness/base/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE_DATA = 'd', PIECE_ALIVE = 'a', PIECE_END = 'e' };

struct child {
    int fd;
};

struct end {
    int status;
    struct err error;
};

static void send_piece(int fd, char kind, const void *bytes, size_t length)
{
    struct iovec parts[2] = { { &kind, 1 }, { (void *)(uintptr_t)bytes, length } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

void child_send(struct child *c, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        size_t n = length < CHILD_PIECE_MAX ? length : CHILD_PIECE_MAX;
        send_piece(c->fd, PIECE_DATA, next, n);
        next += n;
        length -= n;
    }
}

void child_alive(struct child *c)
{
    send_piece(c->fd, PIECE_ALIVE, NULL, 0);
}

static _Noreturn void run_child(int (*work)(void *, struct child *, struct err *), void *context, int fd,
                                pid_t parent)
{
    struct child c = { .fd = fd };
    struct end end;
    memset(&end, 0, sizeof end);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS_ENVIRONMENT);
    process_close();
    end.status = work(context, &c, &end.error);
    send_piece(fd, PIECE_END, &end, sizeof end);
    _exit(0);
}

/* A killed process may sit in the kernel for a while; it is not worth waiting for longer than a second. */
static int reap_child(pid_t pid)
{
    int how = 0;
    for (int tries = 0; tries < 100; tries++) {
        pid_t got = waitpid(pid, &how, WNOHANG);
        if (got == pid)
            return how;
        if (got < 0 && errno != EINTR)
            return 0;
        clock_sleep_ms(10);
    }
    return 0;
}

static int silence_error(uint32_t silence_ms, struct err *e)
{
    return err_set(e, ERR_TIMEOUT, "", "the driver did not answer within %u.%u s and was stopped",
                   silence_ms / 1000, silence_ms % 1000 / 100);
}

static int crash_error(pid_t pid, struct err *e)
{
    int how = reap_child(pid);
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS)
        return err_set(e, ERR_ENVIRONMENT, "",
                       "the kernel ended the driver's process at a system call that the driver does not need "
                       "(SIGSYS); its log names the call");
    if (WIFSIGNALED(how))
        return err_set(e, ERR_ENVIRONMENT, "", "the driver's process was ended by SIG%s",
                       sigabbrev_np(WTERMSIG(how)));
    return err_set(e, ERR_ENVIRONMENT, "", "the driver's process ended without an answer");
}

/* Pieces until the end; the child is still to be reaped after it. */
static int listen_to(int fd, pid_t pid, uint32_t silence_ms, void *context,
                     void (*receive)(void *context, const char *bytes, size_t length), struct err *e)
{
    static char piece[1 + CHILD_PIECE_MAX];
    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        int n = poll(&ready, 1, (int)silence_ms);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            return silence_error(silence_ms, e);
        ssize_t length = recv(fd, piece, sizeof piece, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return crash_error(pid, e);
        if (piece[0] == PIECE_DATA)
            receive(context, piece + 1, (size_t)length - 1);
        struct end end;
        if (piece[0] != PIECE_END || (size_t)length != 1 + sizeof end)
            continue;
        memcpy(&end, piece + 1, sizeof end);
        *e = end.error;
        return end.status;
    }
}

int child_run(int (*work)(void *context, struct child *c, struct err *e), void *context, uint32_t silence_ms,
              void (*receive)(void *context, const char *bytes, size_t length), struct err *e)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return err_system(e, ERR_ENVIRONMENT, "", errno, "no socket for the driver's process");
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) {
        int reason = errno;
        close(ends[0]);
        close(ends[1]);
        return err_system(e, ERR_ENVIRONMENT, "", reason, "no process for the driver");
    }
    if (pid == 0) {
        close(ends[0]);
        run_child(work, context, ends[1], parent);
    }
    close(ends[1]);
    int status = listen_to(ends[0], pid, silence_ms, context, receive, e);
    kill(pid, SIGKILL); /* after its end message it has nothing left to do; a hung library would keep it */
    reap_child(pid);
    close(ends[0]);
    return status;
}
