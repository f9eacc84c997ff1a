#include "drivers/emulator/testbed/usbip.h"

#include "drivers/emulator/testbed/descriptor.h"
#include "drivers/emulator/testbed/pipes.h"
#include "harness/base/clock.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define VHCI         "/sys/devices/platform/vhci_hcd.0"
#define SPEED_FULL   2         /* enum usb_device_speed: the readers' bulk endpoints hold 64 bytes */
#define TRANSFER_MAX (1 << 20) /* more than any driver here asks for at once */
#define ENUMERATE_MS 10000     /* the kernel resets a device twice and reads it several times */
#define LISTENING_NS 150000000 /* while libccid opens a reader it listens for 100 ms already */

enum { CMD_SUBMIT = 1, CMD_UNLINK, RET_SUBMIT, RET_UNLINK };

/* usbip_header: 48 bytes, big-endian but for the set-up packet. */
struct header {
    uint32_t command, sequence, device, is_in, endpoint;
    union {
        struct {
            uint32_t flags, length, start_frame, packets, interval;
            uint8_t setup[8];
        } submit;
        struct {
            uint32_t status, length, start_frame, packets, errors;
            uint8_t padding[8];
        } result;
        struct {
            uint32_t sequence;
            uint8_t padding[24];
        } unlink;
    } u;
};

_Static_assert(sizeof(struct header) == 48, "a USB/IP header has 48 bytes");

struct transfer { /* an IN transfer that waits */
    uint32_t sequence;
    size_t length;
};

struct usbip {
    pthread_mutex_t lock;
    pthread_t thread;
    bool runs, stopping;
    bool configured; /* the kernel has chosen its configuration: programs see it */
    int wake;        /* eventfd: something was scheduled, plugged, or the end */
    int socket;      /* our end; -1: unplugged */
    const struct function_ops *ops;
    const struct reader_profile *profile;
    char serial[64];
    unsigned number;
    void *function;
    struct field *field;
    struct virtual_reader parameters;
    struct laying laying;
    struct virtual_sim sim;
    GQueue bulk_in, interrupt_in;
    struct pipes pipes;
    uint64_t listening_ns; /* when the newest interrupt transfer came */
    uint8_t *out;          /* TRANSFER_MAX bytes: what an OUT transfer carries */
};

static void wake(struct usbip *u)
{
    uint64_t one = 1;
    ssize_t n = write(u->wake, &one, sizeof one);
    (void)n; /* a full counter wakes as well */
}

/* ---- answers ---- */

static void answer(struct usbip *u, uint32_t command, uint32_t sequence, int status, const void *bytes,
                   size_t length, size_t told)
{
    struct header h = { .command = htobe32(command), .sequence = htobe32(sequence) };
    h.u.result.status = htobe32((uint32_t)status);
    h.u.result.length = htobe32((uint32_t)told);
    h.u.result.packets = command == RET_SUBMIT ? UINT32_MAX : 0; /* not isochronous */
    if (u->socket < 0 || send(u->socket, &h, sizeof h, MSG_NOSIGNAL | (length ? MSG_MORE : 0)) < 0 || !length)
        return;
    ssize_t n = send(u->socket, bytes, length, MSG_NOSIGNAL);
    (void)n; /* a kernel that went away is seen by the thread */
}

/* Gives waiting answers to waiting transfers. */
static void pump(struct usbip *u)
{
    while (pipes_have_answer(&u->pipes) && !g_queue_is_empty(&u->bulk_in)) {
        struct transfer *t = g_queue_pop_head(&u->bulk_in);
        uint8_t *bytes = g_malloc(t->length + 1);
        int n = pipes_fill(&u->pipes, bytes, t->length);
        size_t length = n > 0 ? (size_t)n : 0;
        answer(u, RET_SUBMIT, t->sequence, n < 0 ? n : 0, bytes, length, length);
        g_free(bytes);
        g_free(t);
    }
    if (u->pipes.notified && !g_queue_is_empty(&u->interrupt_in)) {
        struct transfer *t = g_queue_pop_head(&u->interrupt_in);
        size_t length = t->length < 2 ? t->length : 2;
        answer(u, RET_SUBMIT, t->sequence, 0, u->pipes.notification, length, length);
        u->pipes.notified = false;
        g_free(t);
    }
}

/* function_emit: called with the lock held. */
static void emit(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                 size_t length)
{
    struct usbip *u = context;
    if (pipes_emit(&u->pipes, pipe, after_us, bytes, length))
        wake(u);
    pump(u);
}

/* ---- requests ---- */

static size_t tell_descriptor(const struct usbip *u, const uint8_t setup[8], uint8_t *in, size_t length)
{
    struct buf device, configuration;
    uint8_t text[256];
    const void *bytes = text;
    size_t n = 0;
    buf_init(&device, 256);
    buf_init(&configuration, 1024);
    descriptor_bytes(u->ops, u->profile, &device, &configuration);
    if (setup[3] == 1) {
        bytes = device.data;
        n = device.length;
    } else if (setup[3] == 2) {
        bytes = configuration.data;
        n = configuration.length;
    } else if (setup[3] == 3) {
        n = descriptor_string(u->profile, u->serial, setup[2], text);
    }
    n = device.failed || configuration.failed ? 0 : n < length ? n : length;
    if (n > 0)
        memcpy(in, bytes, n);
    buf_free(&device);
    buf_free(&configuration);
    return n;
}

/* A request on endpoint 0; the length of what it answers, or -EPIPE. */
static int control(struct usbip *u, const uint8_t setup[8], uint8_t *in, size_t length)
{
    if (setup[0] == 0x80 && setup[1] == 6) { /* GET_DESCRIPTOR */
        size_t n = tell_descriptor(u, setup, in, length);
        return n > 0 ? (int)n : -EPIPE;
    }
    if ((setup[0] & 0xe0) == 0) { /* SET_CONFIGURATION (9), SET_INTERFACE, CLEAR_FEATURE */
        u->configured |= setup[1] == 9;
        return 0;
    }
    if ((setup[0] & 0xe0) == 0x80 && setup[1] == 0 && length >= 2) { /* GET_STATUS */
        memset(in, 0, 2);
        return 2;
    }
    return u->ops->control && u->ops->control(u->function, setup, in, &length) ? (int)length : -EPIPE;
}

static void submit_control(struct usbip *u, const struct header *h, size_t length)
{
    uint8_t *in = g_malloc0(length + 1);
    int n = control(u, h->u.submit.setup, in, length);
    bool is_in = h->is_in != 0;
    size_t told = n < 0 ? 0 : is_in ? (size_t)n : length;
    answer(u, RET_SUBMIT, be32toh(h->sequence), n < 0 ? n : 0, in, n > 0 && is_in ? (size_t)n : 0, told);
    g_free(in);
}

static void wait_in(GQueue *queue, const struct header *h, size_t length)
{
    struct transfer *t = g_malloc0(sizeof *t);
    t->sequence = be32toh(h->sequence);
    t->length = length;
    g_queue_push_tail(queue, t);
}

static void submit(struct usbip *u, const struct header *h, size_t length)
{
    unsigned endpoint = be32toh(h->endpoint);
    if (endpoint == 0) {
        submit_control(u, h, length);
    } else if (h->is_in && endpoint == (u->ops->bulk_in & 0x7fu)) {
        wait_in(&u->bulk_in, h, length);
    } else if (h->is_in && endpoint == (u->ops->interrupt_in & 0x7fu)) {
        u->listening_ns = clock_now_ns();
        wait_in(&u->interrupt_in, h, length);
    } else if (!h->is_in && endpoint == u->ops->bulk_out) {
        answer(u, RET_SUBMIT, be32toh(h->sequence), 0, NULL, 0, length);
        u->ops->bulk(u->function, u->out, length);
    } else {
        answer(u, RET_SUBMIT, be32toh(h->sequence), -EPIPE, NULL, 0, 0);
    }
    pump(u);
}

/* A transfer that waits is taken back; one that was answered already is not there any more. */
static void unlink_transfer(struct usbip *u, const struct header *h)
{
    GQueue *waiting[] = { &u->bulk_in, &u->interrupt_in };
    uint32_t sequence = be32toh(h->u.unlink.sequence);
    int status = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(waiting) && status == 0; i++) {
        for (GList *link = waiting[i]->head; link && status == 0; link = link->next) {
            if (((struct transfer *)link->data)->sequence != sequence)
                continue;
            g_free(link->data);
            g_queue_delete_link(waiting[i], link);
            status = -ECONNRESET;
        }
    }
    answer(u, RET_UNLINK, be32toh(h->sequence), status, NULL, 0, 0);
}

static void drop_transfers(struct usbip *u)
{
    g_queue_clear_full(&u->bulk_in, g_free);
    g_queue_clear_full(&u->interrupt_in, g_free);
}

static bool receive_all(int fd, void *to, size_t length)
{
    return length == 0 || recv(fd, to, length, MSG_WAITALL) == (ssize_t)length;
}

/* One request, without the lock while it comes; false: the kernel let go of the device. */
static bool serve_one(struct usbip *u, int fd)
{
    struct header h;
    if (!receive_all(fd, &h, sizeof h))
        return false;
    uint32_t command = be32toh(h.command), length = be32toh(h.u.submit.length);
    if (command == CMD_SUBMIT && (length > TRANSFER_MAX || (!h.is_in && !receive_all(fd, u->out, length))))
        return false;
    pthread_mutex_lock(&u->lock);
    if (command == CMD_SUBMIT)
        submit(u, &h, length);
    else if (command == CMD_UNLINK)
        unlink_transfer(u, &h);
    pthread_mutex_unlock(&u->lock);
    return command == CMD_SUBMIT || command == CMD_UNLINK;
}

static int wait_ms(uint64_t due_ns)
{
    uint64_t now_ns = clock_now_ns();
    if (due_ns == UINT64_MAX)
        return -1;
    uint64_t left_ms = due_ns > now_ns ? (due_ns - now_ns + 999999) / 1000000 : 0;
    return left_ms < 60000 ? (int)left_ms : 60000;
}

/* Takes what plug() or unplug() left for it. */
static int change_socket(struct usbip *u, int fd)
{
    pthread_mutex_lock(&u->lock);
    if (fd >= 0 && fd != u->socket)
        close(fd);
    fd = u->socket;
    pthread_mutex_unlock(&u->lock);
    return fd;
}

static void *run_thread(void *context)
{
    struct usbip *u = context;
    uint64_t count;
    int fd = -1;
    for (;;) {
        fd = change_socket(u, fd);
        pthread_mutex_lock(&u->lock);
        bool stopping = u->stopping;
        int limit_ms = wait_ms(pipes_due(&u->pipes));
        pump(u);
        pthread_mutex_unlock(&u->lock);
        if (stopping)
            break;
        struct pollfd fds[2] = { { .fd = u->wake, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
        poll(fds, 2, limit_ms);
        if (fds[0].revents & POLLIN) {
            ssize_t n = read(u->wake, &count, sizeof count);
            (void)n;
        }
        if ((fds[1].revents & (POLLIN | POLLHUP)) && !serve_one(u, fd)) {
            pthread_mutex_lock(&u->lock);
            if (u->socket == fd)
                u->socket = -1;
            drop_transfers(u);
            pthread_mutex_unlock(&u->lock);
        }
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* ---- the kernel's side ---- */

static int tell_kernel(const char *file, const char *text, struct err *e)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, ERR_ENVIRONMENT, file, errno, "no vhci-hcd (modprobe vhci-hcd, as root)");
    ssize_t n = write(fd, text, strlen(text));
    int reason = errno;
    close(fd);
    return n > 0 ? 0 : err_system(e, ERR_ENVIRONMENT, file, reason, "the kernel refuses `%s`", text);
}

static unsigned port_of(const struct usbip *u)
{
    return u->number - 1;
}

/* A daemon that starts now finds it, also where no udev tells of arrivals. */
static int wait_configured(struct usbip *u, struct err *e)
{
    bool configured = false;
    for (unsigned past_ms = 0; past_ms < ENUMERATE_MS && !configured; past_ms += 10) {
        clock_sleep_ms(10);
        pthread_mutex_lock(&u->lock);
        configured = u->configured;
        pthread_mutex_unlock(&u->lock);
    }
    return configured
               ? 0
               : err_set(e, ERR_ENVIRONMENT, u->serial, "the kernel does not accept the device: see dmesg");
}

int usbip_plug(struct usbip *u, struct err *e)
{
    char text[64];
    int ends[2];
    if (usbip_plugged(u))
        return err_set(e, ERR_INPUT, u->serial, "the reader is plugged in already");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return err_system(e, ERR_ENVIRONMENT, u->serial, errno, "no socket pair");
    pthread_mutex_lock(&u->lock);
    pipes_clear(&u->pipes);
    u->pipes.notified = u->configured = false;
    u->ops->restart(u->function);
    u->socket = ends[0];
    pthread_mutex_unlock(&u->lock);
    wake(u);
    snprintf(text, sizeof text, "%u %d %u %d", port_of(u), ends[1], 1u << 16 | u->number, SPEED_FULL);
    int status = tell_kernel(VHCI "/attach", text, e);
    close(ends[1]); /* the kernel has its own hold on it */
    return status == 0 ? wait_configured(u, e) : status;
}

int usbip_unplug(struct usbip *u, struct err *e)
{
    char text[16];
    if (!usbip_plugged(u))
        return err_set(e, ERR_INPUT, u->serial, "the reader is not plugged in");
    snprintf(text, sizeof text, "%u", port_of(u));
    int status = tell_kernel(VHCI "/detach", text, e);
    pthread_mutex_lock(&u->lock);
    u->socket = -1; /* the thread closes it */
    drop_transfers(u);
    pthread_mutex_unlock(&u->lock);
    wake(u);
    return status;
}

bool usbip_plugged(const struct usbip *u)
{
    return u->socket >= 0;
}

/* ---- the field ---- */

static void lift(struct usbip *u)
{
    bool seen = field_present(u->field), pending = seen && pipes_cancel_late(&u->pipes);
    field_lift(u->field);
    if (seen)
        u->ops->presence(u->function, pending);
}

bool usbip_lay(struct usbip *u, const struct laying *laying)
{
    pthread_mutex_lock(&u->lock);
    lift(u);
    u->laying = *laying;
    u->sim = *laying->sim;
    u->laying.sim = &u->sim;
    bool found = field_lay(u->field, &u->laying, &u->parameters);
    if (found)
        u->ops->presence(u->function, false);
    pthread_mutex_unlock(&u->lock);
    return found;
}

void usbip_lift(struct usbip *u)
{
    pthread_mutex_lock(&u->lock);
    lift(u);
    pthread_mutex_unlock(&u->lock);
}

void usbip_begin(struct usbip *u, unsigned transaction)
{
    pthread_mutex_lock(&u->lock);
    field_begin(u->field, transaction);
    pthread_mutex_unlock(&u->lock);
}

int usbip_fault(struct usbip *u, const char *name, bool has_argument, unsigned argument, unsigned count,
                struct err *e)
{
    pthread_mutex_lock(&u->lock);
    int status = u->ops->fault(u->function, name, has_argument, argument, count, e);
    pthread_mutex_unlock(&u->lock);
    return status;
}

bool usbip_driven(struct usbip *u, bool *watches)
{
    pthread_mutex_lock(&u->lock);
    *watches = u->ops->looks != NULL && u->socket >= 0;
    unsigned looks = *watches ? u->ops->looks(u->function) : 0;
    bool driven = u->profile->endpoints == 2 ? looks > 6
                                             : looks > 0 && u->interrupt_in.length > 0 &&
                                                   clock_now_ns() - u->listening_ns > LISTENING_NS;
    pthread_mutex_unlock(&u->lock);
    return driven;
}

/* ---- life ---- */

int usbip_new(const struct function_ops *ops, const struct reader_profile *profile, const char *serial,
              unsigned number, struct usbip **out, struct err *e)
{
    struct usbip *u = calloc(1, sizeof *u);
    *out = NULL;
    if (!u)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    u->socket = -1;
    u->ops = ops;
    u->profile = profile;
    u->number = number;
    snprintf(u->serial, sizeof u->serial, "%s", serial);
    pthread_mutex_init(&u->lock, NULL);
    u->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    field_parameters(&u->parameters, profile);
    u->out = malloc(TRANSFER_MAX);
    u->field = field_new();
    const struct function_setup setup = { .profile = profile, .field = u->field, .emit = emit, .context = u };
    u->function = u->field && u->out ? ops->create(&setup) : NULL;
    int status = u->function ? 0 : err_set(e, ERR_MEMORY, "testbed", "out of memory");
    if (status == 0) {
        u->runs = pthread_create(&u->thread, NULL, run_thread, u) == 0;
        status = u->runs ? usbip_plug(u, e) : err_set(e, ERR_ENVIRONMENT, "testbed", "cannot start a thread");
    }
    if (status != 0)
        usbip_free(&u);
    *out = u;
    return status;
}

void usbip_free(struct usbip **pointer)
{
    struct usbip *u = *pointer;
    struct err e;
    if (!u)
        return;
    *pointer = NULL;
    if (usbip_plugged(u) && usbip_unplug(u, &e) != 0) /* then the closed socket tells the kernel */
        u->socket = -1;
    if (u->runs) {
        pthread_mutex_lock(&u->lock);
        u->stopping = true;
        pthread_mutex_unlock(&u->lock);
        wake(u);
        pthread_join(u->thread, NULL);
    }
    drop_transfers(u);
    pipes_clear(&u->pipes);
    if (u->function)
        u->ops->destroy(u->function);
    field_free(&u->field);
    free(u->out);
    if (u->wake >= 0)
        close(u->wake);
    pthread_mutex_destroy(&u->lock);
    free(u);
}
