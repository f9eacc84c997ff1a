/*
 * usbfs over umockdev. One node per reader; every request of every reader arrives in one thread of
 * umockdev's, so a handler never waits: an answer that is due later is delivered by the timer thread. A
 * device's state is under its lock; URBs that wait and URBs to be reaped are queues.
 *
 * The poll trick: umockdev's node is a regular file, which is always "writable", so libusb would spin. A FIFO
 * in its place says truly whether something can be reaped: full (one byte in a pipe of one page counts,
 * because libusb polls for POLLOUT) while there is nothing, drained when there is.
 */
#include "drivers/emulator/testbed/usb.h"

#include "drivers/emulator/testbed/descriptor.h"
#include "drivers/emulator/testbed/pipes.h"
#include "harness/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <umockdev.h>
#include <unistd.h>

#define PIPE_BYTES 4096

/* What a host asked for. Its answer goes to nobody else. */
struct urb {
    UMockdevIoctlData *data;     /* ours */
    UMockdevIoctlClient *client; /* compared, never followed */
};

enum kernel_driver { KERNEL_DRIVER_NONE = 0, KERNEL_DRIVER_ATTACHED, KERNEL_DRIVER_DETACHED };

struct device {
    struct usb_bus *bus;
    const struct reader_profile *profile;
    unsigned number;
    char serial[64];
    pthread_mutex_t lock;
    const struct function_ops *ops;
    void *function;
    struct field *field;
    struct virtual_reader parameters; /* of the field */
    struct laying laying;
    struct virtual_sim sim;

    UMockdevIoctlBase *handler;
    GQueue bulk_in, interrupt_in; /* struct urb that wait */
    GQueue done;                  /* struct urb to be reaped */
    struct pipes pipes;           /* what it has to tell */
    bool plugged, gone;
    UMockdevIoctlClient *holder; /* who claimed the interface; compared, never followed; NULL: nobody */
    enum kernel_driver kernel_driver;
    uint64_t listening_ns; /* when the newest interrupt URB came */
    int fifo;
    bool reapable;
};

struct usb_bus {
    UMockdevTestbed *testbed;
    struct device devices[USB_READERS_MAX];
    size_t count;
    pthread_t timer;
    bool timer_runs;
    atomic_bool stopping;
    int wake; /* eventfd: something was scheduled, or the end */
};

/* ---- URBs ---- */

static struct usbdevfs_urb *request_of(const struct urb *u)
{
    return (struct usbdevfs_urb *)(void *)u->data->data;
}

static struct urb *urb_new(UMockdevIoctlData *data, UMockdevIoctlClient *client)
{
    struct urb *u = g_malloc0(sizeof *u);
    u->data = data;
    u->client = client;
    return u;
}

static void urb_free(struct urb *u)
{
    g_object_unref(u->data);
    g_free(u);
}

static void set_reapable(struct device *d, bool reapable)
{
    char byte = 0;
    if (d->fifo < 0 || d->reapable == reapable)
        return;
    ssize_t moved = reapable ? read(d->fifo, &byte, 1) : write(d->fifo, &byte, 1);
    if (moved == 1)
        d->reapable = reapable;
}

static void finish(struct device *d, struct urb *u, int status, int actual_length)
{
    request_of(u)->status = status;
    request_of(u)->actual_length = actual_length;
    g_queue_push_tail(&d->done, u);
    set_reapable(d, true);
}

/* Gives waiting answers to waiting URBs. */
static void pump(struct device *d)
{
    while (pipes_have_answer(&d->pipes) && !g_queue_is_empty(&d->bulk_in)) {
        struct urb *u = g_queue_pop_head(&d->bulk_in);
        int n = pipes_fill(&d->pipes, request_of(u)->buffer, (size_t)request_of(u)->buffer_length);
        finish(d, u, n < 0 ? n : 0, n < 0 ? 0 : n);
    }
    if (d->pipes.notified && !g_queue_is_empty(&d->interrupt_in)) {
        struct urb *u = g_queue_pop_head(&d->interrupt_in);
        int n = request_of(u)->buffer_length < 2 ? request_of(u)->buffer_length : 2;
        memcpy(request_of(u)->buffer, d->pipes.notification, (size_t)n);
        finish(d, u, 0, n);
        d->pipes.notified = false;
    }
}

static void wake_timer(struct usb_bus *bus)
{
    uint64_t one = 1;
    ssize_t n = write(bus->wake, &one, sizeof one);
    (void)n; /* a full counter wakes as well */
}

/* function_emit: called with the device's lock held. */
static void emit(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                 size_t length)
{
    struct device *d = context;
    if (pipes_emit(&d->pipes, pipe, after_us, bytes, length))
        wake_timer(d->bus);
    pump(d);
}

/* Delivers what is due; the next due time, or UINT64_MAX. */
static uint64_t deliver_due(struct device *d)
{
    pthread_mutex_lock(&d->lock);
    uint64_t next_ns = pipes_due(&d->pipes);
    pump(d);
    pthread_mutex_unlock(&d->lock);
    return next_ns;
}

static void *run_timer(void *context)
{
    struct usb_bus *bus = context;
    while (!atomic_load(&bus->stopping)) {
        uint64_t next_ns = UINT64_MAX, count;
        for (size_t i = 0; i < bus->count; i++) {
            uint64_t due_ns = deliver_due(&bus->devices[i]);
            next_ns = due_ns < next_ns ? due_ns : next_ns;
        }
        uint64_t now_ns = clock_now_ns(), left_ns = next_ns > now_ns ? next_ns - now_ns : 0;
        struct timespec limit = { .tv_sec = (time_t)(left_ns / 1000000000),
                                  .tv_nsec = (long)(left_ns % 1000000000) };
        struct pollfd wake = { .fd = bus->wake, .events = POLLIN };
        if (ppoll(&wake, 1, next_ns == UINT64_MAX ? NULL : &limit, NULL) > 0) {
            ssize_t n = read(bus->wake, &count, sizeof count);
            (void)n;
        }
    }
    return NULL;
}

/* ---- requests ---- */

/* String descriptors, and what the device's class knows; false: a stall. `in` has *length bytes of room. */
static bool answer_control(struct device *d, const uint8_t setup[8], uint8_t *in, size_t *length)
{
    uint8_t text[256];
    if (setup[0] != 0x80 || setup[1] != 6 || setup[3] != 3)
        return d->ops->control && d->ops->control(d->function, setup, in, length);
    size_t n = descriptor_string(d->profile, d->serial, setup[2], text);
    *length = n < *length ? n : *length;
    memcpy(in, text, *length);
    return n > 0;
}

static void submit_control(struct device *d, struct urb *u)
{
    uint8_t *setup = request_of(u)->buffer;
    size_t length = request_of(u)->buffer_length >= 8 ? (size_t)request_of(u)->buffer_length - 8 : 0;
    bool answered = request_of(u)->buffer_length >= 8 && answer_control(d, setup, setup + 8, &length);
    finish(d, u, answered ? 0 : -EPIPE, answered ? (int)length : 0);
}

/* The older request without an URB, as libusb-0.1 makes it: its length, or minus an errno. */
static int control_at_once(struct device *d, UMockdevIoctlData *argument)
{
    UMockdevIoctlData *data =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
    if (!data)
        return -EFAULT;
    const struct usbdevfs_ctrltransfer *t = (const void *)data->data;
    const uint8_t setup[8] = { t->bRequestType,     t->bRequest,
                               (uint8_t)t->wValue,  (uint8_t)(t->wValue >> 8),
                               (uint8_t)t->wIndex,  (uint8_t)(t->wIndex >> 8),
                               (uint8_t)t->wLength, (uint8_t)(t->wLength >> 8) };
    size_t length = t->wLength;
    int result = -EFAULT;
    UMockdevIoctlData *in =
        umockdev_ioctl_data_resolve(data, G_STRUCT_OFFSET(struct usbdevfs_ctrltransfer, data), length, NULL);
    if (in) {
        result = answer_control(d, setup, in->data, &length) ? (int)length : -EPIPE;
        g_object_unref(in);
    }
    g_object_unref(data);
    return result;
}

static void submit_data(struct device *d, struct urb *u)
{
    struct usbdevfs_urb *request = request_of(u);
    if (request->type == USBDEVFS_URB_TYPE_INTERRUPT) {
        d->listening_ns = clock_now_ns();
        g_queue_push_tail(&d->interrupt_in, u);
    } else if (request->endpoint & 0x80) {
        g_queue_push_tail(&d->bulk_in, u);
    } else {
        finish(d, u, 0, request->buffer_length);
        d->ops->bulk(d->function, request->buffer, (size_t)request->buffer_length);
    }
    pump(d);
}

static int submit(struct device *d, UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    if (!data)
        return EFAULT;
    struct usbdevfs_urb *request = (struct usbdevfs_urb *)(void *)data->data;
    bool control = request->type == USBDEVFS_URB_TYPE_CONTROL;
    int error = 0;
    if (request->buffer_length < 0 ||
        (!control && request->type != USBDEVFS_URB_TYPE_BULK && request->type != USBDEVFS_URB_TYPE_INTERRUPT))
        error = EINVAL;
    else if (!control && d->holder && d->holder != client)
        error = EBUSY;
    UMockdevIoctlData *buffer = NULL;
    if (error == 0)
        buffer = umockdev_ioctl_data_resolve(data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
                                             (gsize)request->buffer_length, NULL);
    if (!buffer) {
        g_object_unref(data);
        return error ? error : EFAULT;
    }
    g_object_unref(buffer); /* `data` holds it as its child */
    if (control)
        submit_control(d, urb_new(data, client));
    else
        submit_data(d, urb_new(data, client));
    return 0;
}

/* Takes a client's first URB out of a queue; NULL: it has none there. */
static struct urb *take_of(GQueue *queue, const UMockdevIoctlClient *client)
{
    for (GList *link = queue->head; link; link = link->next) {
        struct urb *u = link->data;
        if (u->client == client) {
            g_queue_delete_link(queue, link);
            return u;
        }
    }
    return NULL;
}

static int reap(struct device *d, UMockdevIoctlClient *client, UMockdevIoctlData *argument)
{
    struct urb *u = take_of(&d->done, client);
    if (u) {
        UMockdevIoctlData *slot = umockdev_ioctl_data_resolve(argument, 0, sizeof(void *), NULL);
        if (slot) {
            umockdev_ioctl_data_set_ptr(slot, 0, u->data);
            g_object_unref(slot);
        }
        urb_free(u);
    }
    if (g_queue_is_empty(&d->done))
        set_reapable(d, false);
    return u ? 0 : d->gone ? ENODEV : EAGAIN;
}

static int discard(struct device *d, const UMockdevIoctlClient *client, gulong address)
{
    GQueue *waiting[] = { &d->bulk_in, &d->interrupt_in };
    for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++) {
        for (GList *link = waiting[i]->head; link; link = link->next) {
            struct urb *u = link->data;
            if (u->data->client_addr == address && u->client == client) {
                g_queue_delete_link(waiting[i], link);
                finish(d, u, -ENOENT, 0);
                return 0;
            }
        }
    }
    return EINVAL;
}

static int capabilities(UMockdevIoctlData *argument)
{
    UMockdevIoctlData *out = umockdev_ioctl_data_resolve(argument, 0, sizeof(guint32), NULL);
    guint32 value = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                    USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER |
                    USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
    if (!out)
        return EFAULT;
    memcpy(out->data, &value, sizeof value);
    g_object_unref(out);
    return 0;
}

/* client NULL: everyone's. */
static void drop_urbs(GQueue *queue, const UMockdevIoctlClient *client)
{
    struct urb *u;
    while ((u = client ? take_of(queue, client) : g_queue_pop_head(queue)) != NULL)
        urb_free(u);
}

/* What a host left behind; NULL: all of them. */
static void drop_all(struct device *d, const UMockdevIoctlClient *client)
{
    drop_urbs(&d->bulk_in, client);
    drop_urbs(&d->interrupt_in, client);
    drop_urbs(&d->done, client);
    if (g_queue_is_empty(&d->done))
        set_reapable(d, false);
}

/* A reader as its next host finds it. Whoever only reads its strings keeps what it asked for. */
static void start_anew(struct device *d)
{
    pipes_clear(&d->pipes);
    d->ops->restart(d->function);
}

static void let_go(struct device *d)
{
    if (d->holder)
        drop_all(d, d->holder);
    d->holder = NULL;
    start_anew(d);
}

static int claim(struct device *d, UMockdevIoctlClient *client)
{
    if (d->kernel_driver == KERNEL_DRIVER_ATTACHED || (d->holder && d->holder != client))
        return EBUSY;
    if (!d->holder)
        start_anew(d);
    d->holder = client;
    return 0;
}

static int release(struct device *d, const UMockdevIoctlClient *client)
{
    if (d->holder != client)
        return EINVAL;
    let_go(d);
    return 0;
}

/* ---- a kernel driver on the interface ---- */

static const char *driver_name(const struct device *d)
{
    if (d->kernel_driver == KERNEL_DRIVER_ATTACHED)
        return d->ops == &function_pn533 ? "pn533_usb" : d->ops->name;
    return d->holder ? "usbfs" : NULL;
}

static int tell_driver(const struct device *d, UMockdevIoctlData *argument)
{
    const char *name = driver_name(d);
    UMockdevIoctlData *data =
        umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_getdriver), NULL);
    if (!data)
        return EFAULT;
    struct usbdevfs_getdriver *out = (void *)data->data;
    if (name)
        snprintf(out->driver, sizeof out->driver, "%s", name);
    g_object_unref(data);
    return name ? 0 : ENODATA;
}

static int detach_and_claim(struct device *d, UMockdevIoctlClient *client)
{
    if (d->kernel_driver == KERNEL_DRIVER_ATTACHED)
        d->kernel_driver = KERNEL_DRIVER_DETACHED;
    return claim(d, client);
}

/* The driver's own requests: it is sent away, or called back. Its result, or minus an errno. */
static int ask_driver(struct device *d, UMockdevIoctlData *argument)
{
    UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_ioctl), NULL);
    if (!data)
        return -EFAULT;
    unsigned code = (unsigned)((const struct usbdevfs_ioctl *)(const void *)data->data)->ioctl_code;
    g_object_unref(data);
    if (code == (unsigned)USBDEVFS_DISCONNECT) {
        if (d->kernel_driver != KERNEL_DRIVER_ATTACHED)
            return -ENODATA;
        d->kernel_driver = KERNEL_DRIVER_DETACHED;
        return 0;
    }
    if (code != (unsigned)USBDEVFS_CONNECT)
        return -ENOTTY;
    if (d->holder || d->kernel_driver == KERNEL_DRIVER_ATTACHED)
        return -EBUSY;
    if (d->kernel_driver == KERNEL_DRIVER_NONE)
        return 0; /* nobody took it */
    d->kernel_driver = KERNEL_DRIVER_ATTACHED;
    return 1;
}

/* ---- requests, by number ---- */

/* Minus the errno of a request, or its result; UNKNOWN for one that nobody here knows. */
#define UNKNOWN INT_MIN
static int serve(struct device *d, UMockdevIoctlClient *client, gulong request, UMockdevIoctlData *argument)
{
    bool ends =
        request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY || request == USBDEVFS_DISCARDURB;
    if (d->gone && !ends)
        return -ENODEV;
    gulong address;
    switch (request) {
    case USBDEVFS_GET_CAPABILITIES:
        return -capabilities(argument);
    case USBDEVFS_CLAIMINTERFACE:
        return -claim(d, client);
    case USBDEVFS_RELEASEINTERFACE:
        return -release(d, client);
    case USBDEVFS_DISCONNECT_CLAIM:
        return -detach_and_claim(d, client);
    case USBDEVFS_SETCONFIGURATION: /* refused while anyone has the interface, as the kernel does */
        return driver_name(d) ? -EBUSY : 0;
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESET:
    case USBDEVFS_RESETEP:
    case USBDEVFS_SETINTERFACE:
        return 0;
    case USBDEVFS_GETDRIVER:
        return -tell_driver(d, argument);
    case USBDEVFS_IOCTL:
        return ask_driver(d, argument);
    case USBDEVFS_CONTROL:
        return control_at_once(d, argument);
    case USBDEVFS_SUBMITURB:
        return -submit(d, client, argument);
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
        return -reap(d, client, argument);
    case USBDEVFS_DISCARDURB:
        memcpy(&address, argument->data, sizeof address);
        return -discard(d, client, address);
    default:
        return UNKNOWN;
    }
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct device *d)
{
    (void)base;
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    pthread_mutex_lock(&d->lock);
    int result = serve(d, client, umockdev_ioctl_client_get_request(client), argument);
    if (result != UNKNOWN)
        umockdev_ioctl_client_complete(client, result < 0 ? -1 : result, result < 0 ? -result : 0);
    pthread_mutex_unlock(&d->lock);
    return result != UNKNOWN;
}

/* read(2) from the node gives the descriptors, as usbfs has it: libusb-0.1 looks at every device so. */
static gboolean on_read(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct device *d)
{
    (void)base;
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    size_t at = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(client), "read")), n = 0;
    struct buf bytes;
    buf_init(&bytes, 1024);
    descriptor_bytes(d->ops, d->profile, &bytes, &bytes);
    if (!bytes.failed && at < bytes.length && argument->data_len > 0) {
        n = bytes.length - at;
        n = n < (size_t)argument->data_len ? n : (size_t)argument->data_len;
        memcpy(argument->data, bytes.data + at, n);
        g_object_set_data(G_OBJECT(client), "read", GSIZE_TO_POINTER(at + n));
    }
    buf_free(&bytes);
    umockdev_ioctl_client_complete(client, (glong)n, 0);
    return TRUE;
}

/* A host closed the node, or died with it open. */
static void on_gone(gpointer context, GObject *client)
{
    struct device *d = context;
    pthread_mutex_lock(&d->lock);
    if (d->holder == (UMockdevIoctlClient *)client)
        let_go(d);
    drop_all(d, (UMockdevIoctlClient *)client);
    pthread_mutex_unlock(&d->lock);
}

/* umockdev 0.17 has a signal "client-vanished" that it never sends, but it lets go of the client then. */
static void on_connected(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct device *d)
{
    (void)base;
    g_object_weak_ref(G_OBJECT(client), on_gone, d);
}

/* ---- hotplug ---- */

static int add_records(UMockdevTestbed *testbed, const struct buf *records, struct err *e)
{
    GError *error = NULL;
    if (records->failed)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    if (umockdev_testbed_add_from_string(testbed, records->data, &error))
        return 0;
    int status = err_set(e, ERR_ENVIRONMENT, "umockdev", "%s", error->message);
    g_error_free(error);
    return status;
}

static int make_fifo(struct device *d, const char *node, struct err *e)
{
    char path[4096];
    gchar *root = umockdev_testbed_get_root_dir(d->bus->testbed);
    snprintf(path, sizeof path, "%s%s", root, node);
    g_free(root);
    unlink(path);
    d->fifo = mkfifo(path, 0600) == 0 ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
    if (d->fifo < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot make the node's FIFO");
    if (fcntl(d->fifo, F_SETPIPE_SZ, PIPE_BYTES) < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot shrink the FIFO to a page");
    d->reapable = true;
    set_reapable(d, false);
    return 0;
}

static int attach(struct device *d, const char *node, struct err *e)
{
    GError *error = NULL;
    if (d->handler)
        return 0; /* attaching twice to one path aborts (umockdev 0.17) */
    d->handler = umockdev_ioctl_base_new();
    g_signal_connect(d->handler, "handle-ioctl", G_CALLBACK(on_ioctl), d);
    g_signal_connect(d->handler, "handle-read", G_CALLBACK(on_read), d);
    g_signal_connect(d->handler, "client-connected", G_CALLBACK(on_connected), d);
    if (umockdev_testbed_attach_ioctl(d->bus->testbed, node, d->handler, &error))
        return 0;
    int status = err_set(e, ERR_ENVIRONMENT, "umockdev", "%s", error->message);
    g_error_free(error);
    return status;
}

static int plug(struct device *d, struct err *e)
{
    char node[64];
    struct buf records;
    int status;
    if (d->plugged)
        return err_set(e, ERR_INPUT, d->serial, "the reader is plugged in already");
    descriptor_node(d->number, node, sizeof node);
    buf_init(&records, 16384);
    pthread_mutex_lock(&d->lock);
    drop_all(d, NULL);
    let_go(d);
    d->gone = d->pipes.notified = false;
    pthread_mutex_unlock(&d->lock);

    status = attach(d, node, e);
    if (status != 0)
        goto out;
    descriptor_device(d->ops, d->profile, d->number, d->serial, &records);
    status = add_records(d->bus->testbed, &records, e);
    if (status == 0 && !d->ops->regular_node)
        status = make_fifo(d, node, e);
    if (status != 0)
        goto out;
    buf_clear(&records);
    descriptor_interface(d->ops, d->profile, d->number, &records);
    status = add_records(d->bus->testbed, &records, e);
    d->plugged = status == 0;
out:
    buf_free(&records);
    return status;
}

static void finish_all(struct device *d, GQueue *queue, int status)
{
    struct urb *u;
    while ((u = g_queue_pop_head(queue)) != NULL)
        finish(d, u, status, 0);
}

static int unplug(struct device *d, struct err *e)
{
    char path[128], node[64], file[4096];
    if (!d->plugged)
        return err_set(e, ERR_INPUT, d->serial, "the reader is not plugged in");
    pthread_mutex_lock(&d->lock);
    d->gone = true;
    d->plugged = false;
    finish_all(d, &d->bulk_in, -ESHUTDOWN);
    finish_all(d, &d->interrupt_in, -ESHUTDOWN);
    pthread_mutex_unlock(&d->lock);
    for (int interface = 1; interface >= 0; interface--) {
        descriptor_path(d->profile, d->number, interface, path, sizeof path);
        umockdev_testbed_uevent(d->bus->testbed, path, "remove");
    }
    for (int interface = 1; interface >= 0; interface--) {
        descriptor_path(d->profile, d->number, interface, path, sizeof path);
        umockdev_testbed_remove_device(d->bus->testbed, path);
    }
    gchar *root = umockdev_testbed_get_root_dir(d->bus->testbed);
    descriptor_node(d->number, node, sizeof node);
    snprintf(file, sizeof file, "%s%s", root, node);
    g_free(root);
    unlink(file);
    pthread_mutex_lock(&d->lock);
    if (d->fifo >= 0)
        close(d->fifo);
    d->fifo = -1;
    pthread_mutex_unlock(&d->lock);
    return 0;
}

/* ---- the bus ---- */

static struct device *find_device(struct usb_bus *bus, unsigned reader, struct err *e)
{
    if (reader < bus->count)
        return &bus->devices[reader];
    err_set(e, ERR_INPUT, "testbed", "there is no reader %u (0 to %zu)", reader, bus->count - 1);
    return NULL;
}

int usb_plug(struct usb_bus *bus, unsigned reader, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    return d ? plug(d, e) : ERR_INPUT;
}

int usb_unplug(struct usb_bus *bus, unsigned reader, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    return d ? unplug(d, e) : ERR_INPUT;
}

/* The device stops to exist for who has it open, and nobody is told: what a broken hub does. */
static void vanish(struct device *d)
{
    d->gone = true;
    finish_all(d, &d->bulk_in, -ESHUTDOWN);
    finish_all(d, &d->interrupt_in, -ESHUTDOWN);
}

static int attach_kernel_driver(struct device *d, struct err *e)
{
    if (d->holder)
        return err_set(e, ERR_INPUT, d->serial, "a host has claimed it: no kernel driver gets it now");
    d->kernel_driver = KERNEL_DRIVER_ATTACHED;
    return 0;
}

int usb_fault(struct usb_bus *bus, unsigned reader, const char *name, bool has_argument, unsigned argument,
              unsigned count, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    if (!d)
        return ERR_INPUT;
    pthread_mutex_lock(&d->lock);
    if (strcmp(name, "none") == 0) {
        d->kernel_driver = KERNEL_DRIVER_NONE;
        d->gone = !d->plugged;
    }
    if (strcmp(name, "gone") == 0 && !has_argument) {
        vanish(d);
        pthread_mutex_unlock(&d->lock);
        return 0;
    }
    if (strcmp(name, "kernel-driver") == 0 && !has_argument) {
        int refused = attach_kernel_driver(d, e);
        pthread_mutex_unlock(&d->lock);
        return refused;
    }
    int status = d->ops->fault(d->function, name, has_argument, argument, count, e);
    pthread_mutex_unlock(&d->lock);
    return status;
}

int usb_begin(struct usb_bus *bus, unsigned reader, unsigned transaction, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    if (!d)
        return ERR_INPUT;
    pthread_mutex_lock(&d->lock);
    field_begin(d->field, transaction);
    pthread_mutex_unlock(&d->lock);
    return 0;
}

int usb_state(struct usb_bus *bus, unsigned reader, char *out, size_t capacity, struct err *e)
{
    static const char *const drivers[] = { "none", "attached", "detached" };
    struct device *d = find_device(bus, reader, e);
    if (!d)
        return ERR_INPUT;
    pthread_mutex_lock(&d->lock);
    snprintf(out, capacity, "%s driver=%s powered=%d plugged=%d", d->holder ? "claimed" : "free",
             drivers[d->kernel_driver], field_powered(d->field), d->plugged);
    pthread_mutex_unlock(&d->lock);
    return 0;
}

/* Whatever lay there is taken away, seen or too weak to be seen. The device is told of what it had seen; an
 * answer about an empty field stands. */
static void lift(struct device *d)
{
    bool seen = field_present(d->field), pending = seen && pipes_cancel_late(&d->pipes);
    field_lift(d->field);
    if (seen)
        d->ops->presence(d->function, pending);
}

int usb_lay(struct usb_bus *bus, unsigned reader, const struct laying *laying, bool *found, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    if (!d)
        return ERR_INPUT;
    pthread_mutex_lock(&d->lock);
    lift(d);
    d->laying = *laying;
    d->sim = *laying->sim;
    d->laying.sim = &d->sim;
    *found = field_lay(d->field, &d->laying, &d->parameters);
    if (*found)
        d->ops->presence(d->function, false);
    pthread_mutex_unlock(&d->lock);
    return 0;
}

int usb_lift(struct usb_bus *bus, unsigned reader, struct err *e)
{
    struct device *d = find_device(bus, reader, e);
    if (!d)
        return ERR_INPUT;
    pthread_mutex_lock(&d->lock);
    lift(d);
    pthread_mutex_unlock(&d->lock);
    return 0;
}

/* While libccid opens a reader it listens for 100 ms already, and asks for the slot's status up to four
 * times; only what comes after that is pcscd watching the slot. */
static bool is_driven(struct device *d)
{
    if (d->profile->endpoints == 2)
        return d->ops->looks(d->function) > 6;
    return d->ops->looks(d->function) > 0 && !g_queue_is_empty(&d->interrupt_in) &&
           clock_now_ns() - d->listening_ns > 150000000;
}

size_t usb_driven(struct usb_bus *bus, size_t *plugged)
{
    size_t driven = 0;
    *plugged = 0;
    for (size_t i = 0; i < bus->count; i++) {
        struct device *d = &bus->devices[i];
        pthread_mutex_lock(&d->lock);
        bool watched = d->plugged && d->ops->looks;
        *plugged += watched;
        driven += watched && is_driven(d);
        pthread_mutex_unlock(&d->lock);
    }
    return driven;
}

void usb_forget_host(struct usb_bus *bus)
{
    for (size_t i = 0; i < bus->count; i++) {
        pthread_mutex_lock(&bus->devices[i].lock);
        drop_all(&bus->devices[i], NULL);
        let_go(&bus->devices[i]);
        pthread_mutex_unlock(&bus->devices[i].lock);
    }
}

static int init_device(struct usb_bus *bus, size_t i, const struct usb_reader *reader,
                       const char *serial_base, struct err *e)
{
    struct device *d = &bus->devices[i];
    d->bus = bus;
    d->ops = reader->ops;
    d->profile = reader->profile;
    d->number = (unsigned)i + 1;
    d->fifo = -1;
    snprintf(d->serial, sizeof d->serial, "%s%04u", serial_base, d->number);
    pthread_mutex_init(&d->lock, NULL);
    field_parameters(&d->parameters, reader->profile);
    d->field = field_new();
    const struct function_setup setup = {
        .profile = reader->profile, .field = d->field, .emit = emit, .context = d
    };
    d->function = d->field ? d->ops->create(&setup) : NULL;
    bus->count = i + 1;
    if (!d->function)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    return plug(d, e);
}

int usb_bus_new(const struct usb_reader *readers, size_t count, const char *serial_base, struct usb_bus **out,
                struct err *e)
{
    struct usb_bus *bus = calloc(1, sizeof *bus);
    struct buf hub;
    int status;
    *out = NULL;
    if (!bus)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    buf_init(&hub, 4096);
    bus->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bus->testbed = umockdev_testbed_new();
    /* Asked only now: umockdev caches its first answer, and without a testbed it would be "no". */
    if (!umockdev_in_mock_environment()) {
        status =
            err_set(e, ERR_ENVIRONMENT, "umockdev", "its preload library is not loaded (umockdev-wrapper)");
        goto out;
    }
    descriptor_root_hub(&hub);
    status = add_records(bus->testbed, &hub, e);
    for (size_t i = 0; i < count && i < USB_READERS_MAX && status == 0; i++)
        status = init_device(bus, i, &readers[i], serial_base, e);
    if (status == 0 && pthread_create(&bus->timer, NULL, run_timer, bus) != 0)
        status = err_set(e, ERR_ENVIRONMENT, "testbed", "cannot start the timer thread");
    bus->timer_runs = status == 0;
out:
    buf_free(&hub);
    if (status == 0) {
        *out = bus;
        return 0;
    }
    usb_bus_free(&bus);
    return status;
}

void usb_bus_free(struct usb_bus **pointer)
{
    struct usb_bus *bus = *pointer;
    if (!bus)
        return;
    *pointer = NULL;
    atomic_store(&bus->stopping, true);
    if (bus->timer_runs) {
        wake_timer(bus);
        pthread_join(bus->timer, NULL);
    }
    g_object_unref(bus->testbed); /* ends umockdev's thread and removes its directory */
    for (size_t i = 0; i < bus->count; i++) {
        struct device *d = &bus->devices[i];
        drop_all(d, NULL);
        pipes_clear(&d->pipes);
        if (d->fifo >= 0)
            close(d->fifo);
        if (d->handler)
            g_object_unref(d->handler);
        if (d->function)
            d->ops->destroy(d->function);
        field_free(&d->field);
        pthread_mutex_destroy(&d->lock);
    }
    close(bus->wake);
    free(bus);
}
