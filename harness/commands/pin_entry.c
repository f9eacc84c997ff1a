#include "harness/commands/pin_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define ERASE  0x08
#define DELETE 0x7F

/* What is typed, whether it can be a PIN or not: an entry is refused as a whole, when it is over. */
struct entry {
    struct pin pin;
    bool bad, over, done, given_up;
};

static void take(struct entry *n, unsigned char c, const struct termios *was)
{
    if (c == '\n' || c == '\r') {
        n->done = true;
    } else if (c == 0x04) {
        n->done = n->given_up = true;
    } else if (c == was->c_cc[VERASE] || c == ERASE || c == DELETE) {
        if (n->pin.length > 0)
            n->pin.bytes[--n->pin.length] = 0;
    } else if (c == was->c_cc[VKILL]) {
        explicit_bzero(n, sizeof *n);
    } else if (n->pin.length == PIN_MOST) {
        n->over = true;
    } else {
        n->bad = n->bad || pin_fault((const uint8_t[]) { c, c, c, c }, PIN_LEAST);
        n->pin.bytes[n->pin.length++] = c;
    }
}

/* 0, or an error; *signal_number: the one that came. */
static int read_entry(int tty, int signals, const struct termios *was, struct entry *n, int *signal_number,
                      struct err *e)
{
    while (!n->done) {
        struct pollfd p[2] = { { .fd = tty, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
        unsigned char c = 0;
        int ready = poll(p, 2, PIN_ENTRY_S * 1000);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return err_set(e, ERR_ENVIRONMENT, "PIN", "none was typed in %d s; no try is spent", PIN_ENTRY_S);
        if (p[1].revents) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) == sizeof info)
                *signal_number = (int)info.ssi_signo;
            return err_set(e, ERR_INTERRUPTED, "PIN", "interrupted; no try is spent");
        }
        ssize_t got = read(tty, &c, 1);
        if (got < 0 && errno == EAGAIN)
            continue;
        if (got <= 0)
            return err_set(e, ERR_ENVIRONMENT, "PIN", "the terminal is gone; no try is spent");
        take(n, c, was);
        c = 0;
    }
    return 0;
}

static int judge(const struct entry *n, const char *what, struct err *e)
{
    const char *fault = n->over  ? "a PIN has at most 16 characters"
                        : n->bad ? "a PIN has digits and letters only"
                                 : pin_fault(n->pin.bytes, n->pin.length);
    if (n->given_up)
        fault = "none was given";
    return fault ? err_set(e, ERR_INPUT, what, "%s; no try is spent", fault) : 0;
}

/* With signals blocked and read from a descriptor: no handler, and the terminal is put back before one has its way. */
static int enter(int tty, int signals, const char *what, struct pin *out, int *signal_number, struct err *e)
{
    struct termios was, quiet;
    struct entry n = { 0 };
    char prompt[64];
    if (tcgetattr(tty, &was) != 0)
        return err_system(e, ERR_ENVIRONMENT, "/dev/tty", errno, "is no terminal");
    quiet = was;
    quiet.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON); /* Ctrl-C stays a signal */
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    int length = snprintf(prompt, sizeof prompt, "%s of the TEST target: ", what);
    if (write(tty, prompt, (size_t)length) < 0 || tcsetattr(tty, TCSAFLUSH, &quiet) != 0)
        return err_system(e, ERR_ENVIRONMENT, "/dev/tty", errno, "can't be used"); /* typed before: no PIN */
    int status = read_entry(tty, signals, &was, &n, signal_number, e);
    tcsetattr(tty, TCSAFLUSH, &was); /* the rest of what was pasted must not reach the shell */
    (void)!write(tty, "\n", 1);
    if (status == 0)
        status = judge(&n, what, e);
    if (status == 0)
        *out = n.pin;
    explicit_bzero(&n, sizeof n);
    return status;
}

int pin_entry_ask(enum pin_kind kind, struct pin *out, struct err *e)
{
    static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM, SIGPIPE };
    sigset_t mask, old;
    int signal_number = 0;
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (tty < 0)
        return err_set(e, ERR_ENVIRONMENT, "PIN",
                       "there is no terminal to type it at; give it by a file descriptor (--pin-fd)");
    sigemptyset(&mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaddset(&mask, caught[i]);
    sigprocmask(SIG_BLOCK, &mask, &old);
    int signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    int status = signals < 0 ? err_system(e, ERR_ENVIRONMENT, "PIN", errno, "signals can't be watched")
                             : enter(tty, signals, pin_kind_text(kind), out, &signal_number, e);
    if (signals >= 0)
        close(signals);
    close(tty);
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (signal_number)
        raise(signal_number);
    return status;
}

/* ---- from a descriptor ---- */

/* One line, a byte at a time, so that nothing of the next is taken. 1: a line; 0: the end. */
static int read_line(int fd, struct entry *n, struct err *e)
{
    unsigned char c = 0;
    ssize_t got;
    bool any = false;
    while ((got = read(fd, &c, 1)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_system(e, ERR_INPUT, "--pin-fd", errno, "can't be read");
        any = true;
        if (c == '\n')
            break;
        if (n->pin.length == PIN_MOST)
            n->over = true;
        else
            n->pin.bytes[n->pin.length++] = c;
    }
    return any;
}

int pin_entry_read(int fd, struct pins *out, struct err *e)
{
    int status = 0;
    for (unsigned kind = 0; kind < PIN_KINDS && status == 0; kind++) {
        struct entry n = { 0 };
        int got = read_line(fd, &n, e);
        if (got == 0)
            break;
        status = got < 0 ? got : 0;
        if (status == 0 && (n.pin.length > 0 || n.over))
            status = judge(&n, pin_kind_text((enum pin_kind)kind), e);
        if (status == 0)
            out->of[kind] = n.pin;
        explicit_bzero(&n, sizeof n);
    }
    return status;
}
