#include "drivers/emulator/testbed/bench.h"

#include "drivers/emulator/testbed/descriptor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
    struct hsu *hsu;     /* a serial one, or NULL */
    struct usbip *usbip; /* one on the kernel's bus, or NULL */
    unsigned on_bus;     /* else its number on umockdev's */
};

struct bench {
    struct usb_bus *bus; /* umockdev's; NULL: no reader on it */
    struct place places[USB_READERS_MAX];
    size_t count;
};

static const struct function_ops *ops_of(enum bench_kind kind)
{
    switch (kind) {
    case BENCH_PN533:
        return &function_pn533;
    case BENCH_PORT100:
        return &function_port100;
    case BENCH_CCID:
        return &function_ccid;
    default:
        return NULL;
    }
}

int bench_check(const struct bench_reader *reader, struct err *e)
{
    const struct function_ops *ops = ops_of(reader->kind);
    return ops ? descriptor_check(ops, reader->profile, e) : 0;
}

static int add_serial(struct bench *b, size_t i, const struct reader_profile *profile, const char *directory,
                      struct err *e)
{
    char path[600];
    struct virtual_reader parameters;
    field_parameters(&parameters, profile);
    snprintf(path, sizeof path, "%s/pn532-%zu", directory, i);
    return hsu_new(profile, &parameters, path, &b->places[i].hsu, e);
}

/* The bus it is on changes nothing about a reader's number and serial. */
static int add_to_kernel(struct bench *b, size_t i, const struct bench_reader *reader,
                         const char *serial_base, struct err *e)
{
    char serial[64];
    unsigned number = 1;
    for (size_t j = 0; j < i; j++)
        number += b->places[j].usbip != NULL;
    snprintf(serial, sizeof serial, "%s%04u", serial_base, number);
    return usbip_new(ops_of(reader->kind), reader->profile, serial, number, &b->places[i].usbip, e);
}

int bench_new(const struct bench_reader *readers, size_t count, enum bench_bus bus, const char *serial_base,
              const char *directory, struct bench **out, struct err *e)
{
    struct usb_reader on_bus[USB_READERS_MAX];
    unsigned usb = 0;
    int status = 0;
    *out = NULL;
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return err_set(e, ERR_MEMORY, "testbed", "out of memory");
    b->count = count;
    for (size_t i = 0; i < count && status == 0; i++) {
        const struct function_ops *ops = ops_of(readers[i].kind);
        if (!ops) {
            status = add_serial(b, i, readers[i].profile, directory, e);
            continue;
        }
        if (bus == BENCH_KERNEL) {
            status = add_to_kernel(b, i, &readers[i], serial_base, e);
            continue;
        }
        b->places[i].on_bus = usb;
        on_bus[usb++] = (struct usb_reader) { ops, readers[i].profile };
    }
    if (status == 0 && usb > 0)
        status = usb_bus_new(on_bus, usb, serial_base, &b->bus, e);
    if (status != 0)
        bench_free(&b);
    *out = b;
    return status;
}

void bench_free(struct bench **pointer)
{
    struct bench *b = *pointer;
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++) {
        hsu_free(&b->places[i].hsu);
        usbip_free(&b->places[i].usbip);
    }
    usb_bus_free(&b->bus);
    free(b);
    *pointer = NULL;
}

static struct place *find_place(struct bench *b, unsigned reader, struct err *e)
{
    if (reader < b->count)
        return &b->places[reader];
    err_set(e, ERR_INPUT, "testbed", "there is no reader %u (0 to %zu)", reader, b->count - 1);
    return NULL;
}

int bench_plug(struct bench *b, unsigned reader, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    return p->hsu ? hsu_plug(p->hsu, e) : p->usbip ? usbip_plug(p->usbip, e) : usb_plug(b->bus, p->on_bus, e);
}

int bench_unplug(struct bench *b, unsigned reader, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    return p->hsu     ? hsu_unplug(p->hsu, e)
           : p->usbip ? usbip_unplug(p->usbip, e)
                      : usb_unplug(b->bus, p->on_bus, e);
}

int bench_fault(struct bench *b, unsigned reader, const char *name, bool has_argument, unsigned argument,
                unsigned count, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    return p->hsu     ? hsu_fault(p->hsu, name, has_argument, argument, count, e)
           : p->usbip ? usbip_fault(p->usbip, name, has_argument, argument, count, e)
                      : usb_fault(b->bus, p->on_bus, name, has_argument, argument, count, e);
}

int bench_lay(struct bench *b, unsigned reader, const struct laying *laying, bool *found, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    if (!p->hsu && !p->usbip)
        return usb_lay(b->bus, p->on_bus, laying, found, e);
    *found = p->hsu ? hsu_lay(p->hsu, laying) : usbip_lay(p->usbip, laying);
    return 0;
}

int bench_lift(struct bench *b, unsigned reader, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    if (!p->hsu && !p->usbip)
        return usb_lift(b->bus, p->on_bus, e);
    if (p->hsu)
        hsu_lift(p->hsu);
    else
        usbip_lift(p->usbip);
    return 0;
}

int bench_begin(struct bench *b, unsigned reader, unsigned transaction, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    if (!p->hsu && !p->usbip)
        return usb_begin(b->bus, p->on_bus, transaction, e);
    if (p->hsu)
        hsu_begin(p->hsu, transaction);
    else
        usbip_begin(p->usbip, transaction);
    return 0;
}

int bench_state(struct bench *b, unsigned reader, char *out, size_t capacity, struct err *e)
{
    struct place *p = find_place(b, reader, e);
    if (!p)
        return ERR_INPUT;
    if (!p->hsu && !p->usbip)
        return usb_state(b->bus, p->on_bus, out, capacity, e);
    snprintf(out, capacity, "plugged=%d", p->hsu ? hsu_plugged(p->hsu) : usbip_plugged(p->usbip));
    return 0;
}

const char *bench_port(const struct bench *b, size_t reader)
{
    return reader < b->count && b->places[reader].hsu ? hsu_path(b->places[reader].hsu) : NULL;
}

size_t bench_count(const struct bench *b)
{
    return b->count;
}

size_t bench_driven(struct bench *b, size_t *plugged)
{
    *plugged = 0;
    size_t driven = b->bus ? usb_driven(b->bus, plugged) : 0;
    for (size_t i = 0; i < b->count; i++) {
        bool watches = false;
        driven += b->places[i].usbip && usbip_driven(b->places[i].usbip, &watches);
        *plugged += watches;
    }
    return driven;
}

void bench_forget_host(struct bench *b)
{
    if (b->bus)
        usb_forget_host(b->bus);
}
