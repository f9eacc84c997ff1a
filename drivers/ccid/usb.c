/* CCID interfaces over libusb; see usb.h. */
#include "drivers/ccid/usb.h"

#include <libusb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS_CCID         0x0b
#define CLASS_VENDOR       0xff
#define BEGIN_TRIES        5
#define CONTROL_LIMIT_MS   1000
#define REQUEST_ABORT      0x01
#define REQUEST_TYPE_CLASS 0x21 /* host to device, class, interface */

struct ccid_usb {
    struct ccid_usb *next;
    unsigned users;
    uint32_t slots; /* bit n: slot n has its reader */
    struct ccid_place place;
    libusb_context *context;
    libusb_device_handle *handle;
    bool detached; /* a kernel driver, by us */
};

/* The bus's folder, not a node of it: a re-plug makes another one. */
const struct sandbox_path ccid_usb_paths[] = {
    { "/dev/bus/usb", true }, { "/sys", false }, { "/run/udev", false }, { 0 }
};

/* The interfaces that this process holds: slots of one interface share it. */
static struct ccid_usb *held;

/*
 * On the testbed libusb_init() may be unable to listen for hotplug, LIBUSB_ERROR_OTHER: umockdev 0.17 binds the
 * socket `event<descriptor>` after it unlinked that name (libumockdev-preload.c, netlink_bind), so two processes
 * that begin at once take it from each other. The next try binds.
 */
int ccid_usb_begin(struct libusb_context **out)
{
    int code = libusb_init(out);
    for (unsigned i = 1; code == LIBUSB_ERROR_OTHER && i < BEGIN_TRIES; i++)
        code = libusb_init(out);
    return code;
}

/* ---- finding ---- */

static bool is_profiled(const struct reader_model *models, size_t count, const struct ccid_place *p)
{
    for (size_t i = 0; i < count; i++) {
        if (models[i].ccid && models[i].usb_class == CLASS_VENDOR && models[i].usb_vendor == p->vendor &&
            models[i].usb_product == p->product && models[i].interface == p->interface)
            return true;
    }
    return false;
}

static bool has_standard_descriptor(const struct libusb_interface_descriptor *d)
{
    struct ccid_descriptor ignored;
    return d->extra_length > 0 && d->extra[0] == CCID_DESCRIPTOR_BYTES &&
           ccid_descriptor_find(d->extra, (size_t)d->extra_length, false, &ignored);
}

static bool is_wanted(const struct reader_model *models, size_t count,
                      const struct libusb_interface_descriptor *d, struct ccid_place *p)
{
    if (p->usb_class == CLASS_CCID)
        return true;
    if (p->usb_class != CLASS_VENDOR)
        return false;
    p->unprofiled = !is_profiled(models, count, p);
    return !p->unprofiled || has_standard_descriptor(d);
}

static bool find_descriptor(const struct libusb_interface_descriptor *d, struct ccid_descriptor *out)
{
    bool vendor = d->bInterfaceClass == CLASS_VENDOR;
    if (d->extra_length > 0 && ccid_descriptor_find(d->extra, (size_t)d->extra_length, vendor, out))
        return true;
    for (unsigned i = 0; i < d->bNumEndpoints; i++) { /* where some old readers have it */
        const struct libusb_endpoint_descriptor *p = &d->endpoint[i];
        if (p->extra_length > 0 && ccid_descriptor_find(p->extra, (size_t)p->extra_length, vendor, out))
            return true;
    }
    return false;
}

static uint32_t interval_us(libusb_device *device, unsigned interval)
{
    if (interval == 0)
        interval = 1;
    if (libusb_get_device_speed(device) >= LIBUSB_SPEED_HIGH)
        return 125u << (interval > 16 ? 15 : interval - 1);
    return interval * 1000u;
}

static void take_endpoints(libusb_device *device, const struct libusb_interface_descriptor *d,
                           struct ccid_place *p)
{
    for (unsigned i = 0; i < d->bNumEndpoints; i++) {
        const struct libusb_endpoint_descriptor *endpoint = &d->endpoint[i];
        unsigned type = endpoint->bmAttributes & 3u;
        bool in = endpoint->bEndpointAddress & 0x80;
        if (type == LIBUSB_TRANSFER_TYPE_BULK && in) {
            p->bulk_in = endpoint->bEndpointAddress;
            p->packet = endpoint->wMaxPacketSize ? endpoint->wMaxPacketSize : 64;
        } else if (type == LIBUSB_TRANSFER_TYPE_BULK) {
            p->bulk_out = endpoint->bEndpointAddress;
        } else if (type == LIBUSB_TRANSFER_TYPE_INTERRUPT && in) {
            p->interrupt_in = endpoint->bEndpointAddress;
            p->interrupt_us = interval_us(device, endpoint->bInterval);
        }
    }
}

/* False when the interface speaks no CCID. */
static bool read_interface(libusb_device *device, const struct libusb_interface_descriptor *d,
                           struct ccid_place *p)
{
    p->interface = d->bInterfaceNumber;
    p->alternate = d->bAlternateSetting;
    p->usb_class = d->bInterfaceClass;
    p->endpoints = d->bNumEndpoints;
    take_endpoints(device, d, p);
    return p->bulk_in && p->bulk_out && find_descriptor(d, &p->descriptor);
}

static void read_string(libusb_device_handle *handle, uint8_t index, char *out, size_t capacity)
{
    unsigned char text[256];
    out[0] = '\0';
    if (index == 0)
        return;
    int n = libusb_get_string_descriptor_ascii(handle, index, text, sizeof text);
    size_t length = 0;
    for (int i = 0; i < n && text[i] && length < capacity - 1; i++)
        out[length++] = text[i] >= 0x20 && text[i] < 0x7f ? (char)text[i] : '?';
    while (length > 0 && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
}

static void read_strings(libusb_device *device, const struct libusb_device_descriptor *d,
                         struct ccid_place *p)
{
    libusb_device_handle *handle = NULL;
    p->strings = libusb_open(device, &handle);
    if (p->strings != 0)
        return;
    read_string(handle, d->iManufacturer, p->maker, sizeof p->maker);
    read_string(handle, d->iProduct, p->name, sizeof p->name);
    read_string(handle, d->iSerialNumber, p->serial, sizeof p->serial);
    libusb_close(handle);
}

struct search {
    const struct reader_model *models;
    size_t model_count;
    struct ccid_place *out;
    size_t capacity, count;
};

static void search_device(struct search *s, libusb_device *device)
{
    struct libusb_device_descriptor d;
    struct libusb_config_descriptor *c = NULL;
    if (libusb_get_device_descriptor(device, &d) != 0 || libusb_get_active_config_descriptor(device, &c) != 0)
        return;
    for (unsigned i = 0; i < c->bNumInterfaces && s->count < s->capacity; i++) {
        const struct libusb_interface *interface = &c->interface[i];
        struct ccid_place p = { .bus = libusb_get_bus_number(device),
                                .address = libusb_get_device_address(device),
                                .vendor = d.idVendor,
                                .product = d.idProduct,
                                .release = d.bcdDevice };
        if (interface->num_altsetting > 0 && read_interface(device, &interface->altsetting[0], &p) &&
            is_wanted(s->models, s->model_count, &interface->altsetting[0], &p)) {
            read_strings(device, &d, &p);
            s->out[s->count++] = p;
        }
    }
    libusb_free_config_descriptor(c);
}

/* The order of the bus; libusb's own is that of its bookkeeping. */
static int by_address(const void *a, const void *b)
{
    const struct ccid_place *x = a, *y = b;
    unsigned left = (unsigned)x->bus << 16 | (unsigned)x->address << 8 | x->interface;
    unsigned right = (unsigned)y->bus << 16 | (unsigned)y->address << 8 | y->interface;
    return left < right ? -1 : left > right;
}

int ccid_usb_find(const struct reader_model *models, size_t model_count, struct ccid_place *out,
                  size_t capacity, size_t *count)
{
    struct search s = { .models = models, .model_count = model_count, .out = out, .capacity = capacity };
    libusb_context *context = NULL;
    libusb_device **devices = NULL;
    *count = 0;
    int code = ccid_usb_begin(&context);
    if (code != 0)
        return code;
    ssize_t n = libusb_get_device_list(context, &devices);
    for (ssize_t i = 0; i < n; i++)
        search_device(&s, devices[i]);
    if (n >= 0)
        libusb_free_device_list(devices, 1);
    libusb_exit(context);
    qsort(out, s.count, sizeof *out, by_address);
    *count = s.count;
    return n < 0 ? (int)n : 0;
}

/* ---- claiming ---- */

static bool same_place(const struct ccid_place *a, const struct ccid_place *b)
{
    return a->bus == b->bus && a->address == b->address && a->interface == b->interface;
}

static int open_device(struct ccid_usb *u)
{
    libusb_device **devices = NULL;
    int code = LIBUSB_ERROR_NO_DEVICE;
    ssize_t n = libusb_get_device_list(u->context, &devices);
    for (ssize_t i = 0; i < n; i++) {
        struct libusb_device_descriptor d;
        if (libusb_get_bus_number(devices[i]) == u->place.bus &&
            libusb_get_device_address(devices[i]) == u->place.address &&
            libusb_get_device_descriptor(devices[i], &d) == 0 && d.idVendor == u->place.vendor &&
            d.idProduct == u->place.product)
            code = libusb_open(devices[i], &u->handle);
    }
    if (n >= 0)
        libusb_free_device_list(devices, 1);
    return n < 0 ? (int)n : code;
}

static int claim(struct ccid_usb *u)
{
    int number = u->place.interface;
    if (libusb_kernel_driver_active(u->handle, number) == 1) {
        int code = libusb_detach_kernel_driver(u->handle, number);
        if (code != 0 && code != LIBUSB_ERROR_NOT_FOUND)
            return code;
        u->detached = code == 0;
    }
    return libusb_claim_interface(u->handle, number);
}

static void free_usb(struct ccid_usb *u)
{
    /* A worker that is killed can't do this: the kernel driver comes back when the reader is plugged in
     * anew. */
    if (u->detached)
        libusb_attach_kernel_driver(u->handle, u->place.interface);
    if (u->handle)
        libusb_close(u->handle);
    if (u->context)
        libusb_exit(u->context);
    free(u);
}

int ccid_usb_open(const struct ccid_place *place, struct ccid_usb **out)
{
    *out = NULL;
    for (struct ccid_usb *u = held; u; u = u->next) {
        if (same_place(&u->place, place)) {
            u->users++;
            *out = u;
            return 0;
        }
    }
    struct ccid_usb *u = calloc(1, sizeof *u);
    if (!u)
        return LIBUSB_ERROR_NO_MEM;
    u->place = *place;
    u->users = 1;
    int code = ccid_usb_begin(&u->context);
    if (code != 0)
        u->context = NULL;
    if (code == 0)
        code = open_device(u);
    if (code == 0)
        code = claim(u);
    if (code != 0) {
        free_usb(u);
        return code;
    }
    u->next = held;
    held = u;
    *out = u;
    return 0;
}

void ccid_usb_close(struct ccid_usb **pointer)
{
    struct ccid_usb *u = *pointer;
    *pointer = NULL;
    if (!u || --u->users > 0)
        return;
    struct ccid_usb **at = &held;
    while (*at != u)
        at = &(*at)->next;
    *at = u->next;
    libusb_release_interface(u->handle, u->place.interface); /* fails when it is gone: nothing to let go of */
    free_usb(u);
}

const struct ccid_place *ccid_usb_place(const struct ccid_usb *u)
{
    return &u->place;
}

bool ccid_usb_take_slot(struct ccid_usb *u, unsigned slot)
{
    uint32_t bit = UINT32_C(1) << slot;
    bool was_free = !(u->slots & bit);
    u->slots |= bit;
    return was_free;
}

void ccid_usb_leave_slot(struct ccid_usb *u, unsigned slot)
{
    u->slots &= ~(UINT32_C(1) << slot);
}

/* ---- bytes ---- */

int ccid_usb_send(struct ccid_usb *u, const uint8_t *bytes, size_t length, unsigned limit_ms)
{
    /* libusb writes nothing to what an OUT transfer sends; its prototype serves both ways. */
    union {
        const uint8_t *given;
        uint8_t *taken;
    } buffer = { .given = bytes };
    int moved = 0;
    int code =
        libusb_bulk_transfer(u->handle, u->place.bulk_out, buffer.taken, (int)length, &moved, limit_ms);
    if (code == 0 && (size_t)moved != length)
        return LIBUSB_ERROR_IO;
    return code;
}

int ccid_usb_receive(struct ccid_usb *u, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms)
{
    int moved = 0;
    int code = libusb_bulk_transfer(u->handle, u->place.bulk_in, bytes, (int)capacity, &moved, limit_ms);
    *length = moved > 0 ? (size_t)moved : 0;
    return code;
}

int ccid_usb_notified(struct ccid_usb *u, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms)
{
    int moved = 0;
    int code =
        libusb_interrupt_transfer(u->handle, u->place.interrupt_in, bytes, (int)capacity, &moved, limit_ms);
    *length = moved > 0 ? (size_t)moved : 0;
    return code;
}

int ccid_usb_abort(struct ccid_usb *u, uint8_t slot, uint8_t seq)
{
    int code =
        libusb_control_transfer(u->handle, REQUEST_TYPE_CLASS, REQUEST_ABORT, (uint16_t)(slot | seq << 8),
                                u->place.interface, NULL, 0, CONTROL_LIMIT_MS);
    return code < 0 ? code : 0;
}

int ccid_usb_clear(struct ccid_usb *u)
{
    int in = libusb_clear_halt(u->handle, u->place.bulk_in);
    int out = libusb_clear_halt(u->handle, u->place.bulk_out);
    return in ? in : out;
}

void ccid_usb_versions(char *out, size_t capacity)
{
    const struct libusb_version *v = libusb_get_version();
    snprintf(out, capacity, "libusb %u.%u.%u", v->major, v->minor, v->micro);
}
