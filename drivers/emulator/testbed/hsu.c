#include "drivers/emulator/testbed/hsu.h"

#include "drivers/emulator/testbed/pn53x.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

struct late {
    struct late *next;
    uint64_t due_ns;
    size_t length;
    uint8_t bytes[];
};

struct hsu {
    pthread_mutex_t lock;
    pthread_t thread;
    bool runs, stopping;
    int wake;          /* eventfd: something was scheduled, plugged, or the end */
    int master, slave; /* -1: unplugged; the slave is held open, so that the line stays up between hosts */
    char path[600];
    struct field *field;
    struct pn53x *chip;
    struct virtual_reader parameters;
    struct laying laying;
    struct virtual_sim sim;
    struct late *late; /* by due time */
};

static void wake(struct hsu *h)
{
    uint64_t one = 1;
    ssize_t n = write(h->wake, &one, sizeof one);
    (void)n; /* a full counter wakes as well */
}

static void write_all(const struct hsu *h, const uint8_t *bytes, size_t length)
{
    while (length > 0 && h->master >= 0) {
        ssize_t n = write(h->master, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        bytes += n;
        length -= (size_t)n;
    }
}

static void drop_late(struct hsu *h)
{
    while (h->late) {
        struct late *what = h->late;
        h->late = what->next;
        free(what);
    }
}

/* function_emit: called with the lock held. What is due together, or behind something late, keeps its
 * order. */
static void emit(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                 size_t length)
{
    struct hsu *h = context;
    if (pipe == FUNCTION_PIPE_CANCEL) {
        drop_late(h);
        return;
    }
    if (after_us == 0 && !h->late) {
        write_all(h, bytes, length);
        return;
    }
    struct late *what = malloc(sizeof *what + length);
    if (!what)
        return;
    what->due_ns = clock_now_ns() + after_us * 1000;
    what->length = length;
    memcpy(what->bytes, bytes, length);
    struct late **at = &h->late;
    while (*at && (*at)->due_ns <= what->due_ns)
        at = &(*at)->next;
    what->next = *at;
    *at = what;
    wake(h);
}

/* Delivers what is due; milliseconds until the next, or -1. */
static int deliver_due(struct hsu *h)
{
    while (h->late) {
        uint64_t now_ns = clock_now_ns();
        struct late *what = h->late;
        if (what->due_ns > now_ns)
            return (int)((what->due_ns - now_ns) / 1000000 + 1 < 60000 ? (what->due_ns - now_ns) / 1000000 + 1
                                                                       : 60000);
        h->late = what->next;
        write_all(h, what->bytes, what->length);
        free(what);
    }
    return -1;
}

static void *run_thread(void *context)
{
    struct hsu *h = context;
    uint8_t bytes[512];
    uint64_t count;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping) {
        int limit_ms = deliver_due(h);
        struct pollfd fds[2] = { { .fd = h->wake, .events = POLLIN }, { .fd = h->master, .events = POLLIN } };
        pthread_mutex_unlock(&h->lock);
        poll(fds, 2, limit_ms);
        pthread_mutex_lock(&h->lock);
        if (fds[0].revents & POLLIN) {
            ssize_t n = read(h->wake, &count, sizeof count);
            (void)n;
        }
        if ((fds[1].revents & POLLIN) && fds[1].fd == h->master) {
            ssize_t n = read(h->master, bytes, sizeof bytes);
            if (n > 0)
                pn53x_bytes(h->chip, bytes, (size_t)n);
        }
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* ---- the line ---- */

static int open_line(struct hsu *h, struct err *e)
{
    struct termios raw;
    char name[128];
    h->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (h->master < 0 || grantpt(h->master) != 0 || unlockpt(h->master) != 0 ||
        ptsname_r(h->master, name, sizeof name) != 0)
        return err_system(e, ERR_ENVIRONMENT, "testbed", errno, "no pseudo-terminal");
    h->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (h->slave < 0 || tcgetattr(h->slave, &raw) != 0)
        return err_system(e, ERR_ENVIRONMENT, name, errno, "the pseudo-terminal cannot be opened");
    cfmakeraw(&raw);
    tcsetattr(h->slave, TCSANOW, &raw);
    unlink(h->path);
    if (symlink(name, h->path) != 0)
        return err_system(e, ERR_ENVIRONMENT, h->path, errno, "cannot name the pseudo-terminal");
    return 0;
}

static void close_line(struct hsu *h)
{
    if (h->slave >= 0)
        close(h->slave);
    if (h->master >= 0)
        close(h->master); /* the host's end hangs up */
    h->master = h->slave = -1;
    unlink(h->path);
}

int hsu_plug(struct hsu *h, struct err *e)
{
    pthread_mutex_lock(&h->lock);
    int status = h->master >= 0 ? err_set(e, ERR_INPUT, h->path, "the reader is plugged in already") : 0;
    if (status == 0) {
        status = open_line(h, e);
        drop_late(h);
        pn53x_restart(h->chip);
        if (status != 0)
            close_line(h);
    }
    wake(h);
    pthread_mutex_unlock(&h->lock);
    return status;
}

int hsu_unplug(struct hsu *h, struct err *e)
{
    pthread_mutex_lock(&h->lock);
    int status = h->master < 0 ? err_set(e, ERR_INPUT, h->path, "the reader is not plugged in") : 0;
    drop_late(h);
    close_line(h);
    wake(h);
    pthread_mutex_unlock(&h->lock);
    return status;
}

bool hsu_plugged(const struct hsu *h)
{
    return h->master >= 0;
}

const char *hsu_path(const struct hsu *h)
{
    return h->path;
}

/* ---- the field ---- */

static void lift(struct hsu *h)
{
    bool pending = field_present(h->field) && h->late != NULL;
    if (pending)
        drop_late(h);
    field_lift(h->field); /* what was too weak to be seen is taken away as well */
    pn53x_presence(h->chip, pending);
}

bool hsu_lay(struct hsu *h, const struct laying *laying)
{
    pthread_mutex_lock(&h->lock);
    lift(h);
    h->laying = *laying;
    h->sim = *laying->sim;
    h->laying.sim = &h->sim;
    bool found = field_lay(h->field, &h->laying, &h->parameters);
    pn53x_presence(h->chip, false);
    pthread_mutex_unlock(&h->lock);
    return found;
}

void hsu_lift(struct hsu *h)
{
    pthread_mutex_lock(&h->lock);
    lift(h);
    pthread_mutex_unlock(&h->lock);
}

void hsu_begin(struct hsu *h, unsigned transaction)
{
    pthread_mutex_lock(&h->lock);
    field_begin(h->field, transaction);
    pthread_mutex_unlock(&h->lock);
}

int hsu_fault(struct hsu *h, const char *name, bool has_argument, unsigned argument, unsigned count,
              struct err *e)
{
    pthread_mutex_lock(&h->lock);
    int status = pn53x_fault(h->chip, name, has_argument, argument, count, e);
    pthread_mutex_unlock(&h->lock);
    return status;
}

/* ---- life ---- */

int hsu_new(const struct reader_profile *profile, const struct virtual_reader *parameters, const char *path,
            struct hsu **out, struct err *e)
{
    (void)profile; /* a serial line tells nothing about what is on it */
    struct hsu *h = calloc(1, sizeof *h);
    *out = NULL;
    if (!h)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    h->master = h->slave = -1;
    h->parameters = *parameters;
    text_fit(h->path, sizeof h->path, path);
    pthread_mutex_init(&h->lock, NULL);
    h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    h->field = field_new();
    h->chip = h->field ? pn53x_new(PN53X_PN532, h->field, emit, h) : NULL;
    int status = h->chip ? hsu_plug(h, e) : err_set(e, ERR_MEMORY, "testbed", "out of memory");
    if (status == 0) {
        h->runs = pthread_create(&h->thread, NULL, run_thread, h) == 0;
        if (!h->runs)
            status = err_set(e, ERR_ENVIRONMENT, "testbed", "cannot start a thread");
    }
    if (status != 0)
        hsu_free(&h);
    *out = h;
    return status;
}

void hsu_free(struct hsu **pointer)
{
    struct hsu *h = *pointer;
    if (!h)
        return;
    *pointer = NULL;
    if (h->runs) {
        pthread_mutex_lock(&h->lock);
        h->stopping = true;
        wake(h);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->thread, NULL);
    }
    close_line(h);
    drop_late(h);
    pn53x_free(&h->chip);
    field_free(&h->field);
    if (h->wake >= 0)
        close(h->wake);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
