/*
 * The driver: finding and claiming the reader, polling, and drivers/isodep over the chip's frames. It keeps
 * deadlines by itself: every transfer is bounded, and a command that stays unanswered is cancelled. The field
 * goes off and on for every transaction. No threads; one reader a process.
 */
#include "drivers/port100/port100.h"

#include "drivers/ccid/usb.h"
#include "drivers/port100/chip.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"

#include <libusb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SONY         0x054c
#define FSD          256
#define MAX_KBIT_S   424
#define OFF_MS       6 /* a target forgets everything when the field is off for 5 ms (ISO/IEC 14443-3) */
#define GUARD_MS     6 /* and may need 5 ms of field before it listens */
#define POLL_MS      40
#define SEND_MS      1000
#define FALLBACK     "BAF"
#define LATE_MS      50    /* that the chip may be late with an answer when its time is up */
#define POLL_LATE_MS 1000  /* while it polls and activates */
#define PATIENT_MS   10000 /* the same where there is no deadline */

struct port100 {
    struct driver_reader base; /* first: see driver.h */
    char name[160];
    char polling[4];
    libusb_context *context;
    libusb_device_handle *device;
    uint8_t bulk_in, bulk_out;
    struct port100_chip chip;
    struct isodep target;
    unsigned exchanges; /* since activation */
    bool in_exchange;
    uint64_t deadline_ns; /* of the present exchange; 0 = none */
};

static struct port100 *self_of(struct driver_reader *r)
{
    return (struct port100 *)r;
}

/* ---- finding ---- */

static bool is_ours(const struct libusb_device_descriptor *d)
{
    return d->idVendor == SONY && (d->idProduct == 0x06c1 || d->idProduct == 0x06c3);
}

static void read_text(libusb_device_handle *handle, uint8_t index, char *out, size_t capacity)
{
    unsigned char text[64] = "";
    out[0] = '\0';
    if (handle && index && libusb_get_string_descriptor_ascii(handle, index, text, sizeof text - 1) > 0)
        text_fit(out, capacity, (const char *)text);
}

/* Its name here: model, serial and place on the bus. Opened only to read its strings. */
static void describe_device(libusb_device *device, const struct libusb_device_descriptor *d,
                            struct driver_found *found)
{
    libusb_device_handle *handle = NULL;
    memset(found, 0, sizeof *found);
    found->usb_vendor = d->idVendor;
    found->usb_product = d->idProduct;
    found->usb_interface = 0; /* its only one */
    int code = libusb_open(device, &handle);
    if (code != 0)
        snprintf(found->note, sizeof found->note, "cannot be opened: %s%s", libusb_error_name(code),
                 code == LIBUSB_ERROR_ACCESS ? " (its udev rule must give this user access)" : "");
    read_text(handle, d->iManufacturer, found->vendor, sizeof found->vendor);
    read_text(handle, d->iSerialNumber, found->serial, sizeof found->serial);
    if (handle)
        libusb_close(handle);
    snprintf(found->firmware, sizeof found->firmware, "%x.%02x", d->bcdDevice >> 8, d->bcdDevice & 0xff);
    snprintf(found->name, sizeof found->name, "Sony RC-S380/%c (%s) %03u:%03u",
             d->idProduct == 0x06c1 ? 'S' : 'P', found->serial[0] ? found->serial : "no serial",
             libusb_get_bus_number(device), libusb_get_device_address(device));
    driver_mark_honesty(found);
}

/* Calls `visit` for each until it returns true. */
static int visit_all(libusb_context *context,
                     bool (*visit)(void *to, libusb_device *device, const struct libusb_device_descriptor *d),
                     void *to)
{
    libusb_device **all;
    ssize_t count = libusb_get_device_list(context, &all);
    if (count < 0)
        return (int)count;
    bool done = false;
    for (ssize_t i = 0; i < count && !done; i++) {
        struct libusb_device_descriptor d;
        if (libusb_get_device_descriptor(all[i], &d) == 0 && is_ours(&d))
            done = visit(to, all[i], &d);
    }
    libusb_free_device_list(all, 1);
    return 0;
}

struct listing {
    struct driver_found *out;
    size_t capacity, count;
};

static bool add_found(void *to, libusb_device *device, const struct libusb_device_descriptor *d)
{
    struct listing *l = to;
    if (l->count < l->capacity)
        describe_device(device, d, &l->out[l->count++]);
    return l->count == l->capacity;
}

static int list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                size_t capacity, size_t *count, struct err *e)
{
    (void)models; /* the chip is in no other product */
    (void)model_count;
    struct listing l = { out, capacity, 0 };
    libusb_context *context = NULL;
    int code = ccid_usb_begin(&context);
    if (code == 0) {
        code = visit_all(context, add_found, &l);
        libusb_exit(context);
    }
    *count = l.count;
    return code == 0 ? 0 : err_set(e, ERR_ENVIRONMENT, "port100", "libusb: %s", libusb_error_name(code));
}

/* ---- failures ---- */

static int fail_usb(const char *where, int code, struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    fault->stage = STAGE_SETUP;
    fault->depth = DEPTH_RF;
    fault->causes = CAUSE(1);
    snprintf(fault->native, sizeof fault->native, "%s", libusb_error_name(code));
    int status = ERR_ENVIRONMENT;
    switch (code) {
    case LIBUSB_ERROR_BUSY:
        fault->busy = true;
        fault->causes = CAUSE(30);
        status = err_set(e, ERR_ENVIRONMENT, where,
                         "another program, or the kernel's port100 module, holds the reader (%s): end it, or "
                         "`modprobe -r port100`",
                         fault->native);
        break;
    case LIBUSB_ERROR_ACCESS:
        status = err_set(
            e, ERR_ENVIRONMENT, where,
            "this user may not open the reader (%s): a udev rule for 054c:06c1 and 054c:06c3 must allow it",
            fault->native);
        break;
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_NOT_FOUND:
        fault->reader_lost = true;
        status =
            err_set(e, ERR_ENVIRONMENT, where, "the reader is gone: plug it in again (%s)", fault->native);
        break;
    default:
        status = err_set(e, ERR_ENVIRONMENT, where, "the reader does not work (%s)", fault->native);
        break;
    }
    if (e)
        text_fit(e->native, sizeof e->native, fault->native);
    return status;
}

/* The chip's own trouble, or the USB library's; then the chip is put in step again. */
static int fail_chip(struct port100 *self, struct driver_fault *fault, struct err *e)
{
    enum port100_trouble trouble = self->chip.trouble;
    if (trouble == PORT100_TROUBLE_GONE || trouble == PORT100_TROUBLE_TRANSPORT) {
        int status = fail_usb(self->name, self->chip.usb, fault, e);
        if (trouble == PORT100_TROUBLE_TRANSPORT)
            port100_resync(&self->chip);
        return status;
    }
    memset(fault, 0, sizeof *fault);
    fault->stage = STAGE_SETUP;
    fault->depth = DEPTH_RF;
    fault->causes = CAUSE(1);
    text_fit(fault->native, sizeof fault->native, port100_trouble_name(trouble));
    port100_resync(&self->chip);
    int status = err_set(e, ERR_ENVIRONMENT, self->name, "the reader's chip does not do as it is told (%s)",
                         fault->native);
    if (e)
        text_fit(e->native, sizeof e->native, fault->native);
    return status;
}

static int error_of(enum isodep_end end)
{
    return end == ISODEP_NOTHING ? ERR_NO_TARGET : end == ISODEP_ENDLESS ? ERR_TIMEOUT : ERR_CARD;
}

static const char *words_of(enum isodep_end end, char technology)
{
    switch (end) {
    case ISODEP_NOTHING:
        return "nothing in the field answers";
    case ISODEP_COLLISION:
        return "two targets answer at once";
    case ISODEP_ANTICOLLISION:
        return "something answers the poll, and not the anticollision after it";
    case ISODEP_NO_PROTOCOL:
        return technology == 'F' ? "only a type F target answers: a counter's card is type A or B"
                                 : "what answers has no ISO/IEC 14443-4";
    case ISODEP_ACTIVATION:
        return "the target does not come up (RATS or ATTRIB)";
    case ISODEP_RATE:
        return "the change of the bit rate stays unanswered (PPS)";
    case ISODEP_LOST:
        return "no block came, and none when it was asked for again";
    case ISODEP_GARBLED:
        return "damaged frames came, again and again";
    case ISODEP_PROTOCOL:
        return "a block broke the rules of ISO/IEC 14443-4";
    case ISODEP_ENDLESS:
        return "no answer before the deadline";
    default:
        return "the response does not fit";
    }
}

static int fail_air(struct port100 *self, enum isodep_end end, size_t expected, struct driver_fault *fault,
                    struct err *e)
{
    char chip[96] = "";
    if (end == ISODEP_BROKEN)
        return fail_chip(self, fault, e);
    const struct port100_evidence x = { .first = self->exchanges == 1,
                                        .kbit_s = self->target.target.kbit_s,
                                        .received = self->target.received,
                                        .expected = expected,
                                        .technology = self->target.target.technology };
    memset(fault, 0, sizeof *fault);
    port100_set_fault(end, &x, fault);
    if (self->target.native[0])
        snprintf(chip, sizeof chip, "; the chip's last word: %s", self->target.native);
    int status =
        err_set(e, error_of(end), self->name, "%s (%s; %u blocks, %u sent again, %u time extensions%s)",
                words_of(end, x.technology), fault->native, self->target.blocks, self->target.retransmissions,
                self->target.extensions, chip);
    if (e)
        text_fit(e->native, sizeof e->native, fault->native);
    return status;
}

/* ---- opening ---- */

static int usb_send(void *context, const uint8_t *bytes, size_t length)
{
    struct port100 *self = context;
    int done = 0;
    return libusb_bulk_transfer(self->device, self->bulk_out, (unsigned char *)(uintptr_t)bytes, (int)length,
                                &done, SEND_MS);
}

static int usb_receive(void *context, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms)
{
    struct port100 *self = context;
    int done = 0;
    int code = libusb_bulk_transfer(self->device, self->bulk_in, bytes, (int)capacity, &done, limit_ms);
    if (code == LIBUSB_ERROR_PIPE)
        libusb_clear_halt(self->device, self->bulk_in);
    *length = code == 0 ? (size_t)done : 0;
    return code;
}

static uint64_t air_now_ns(void *context)
{
    (void)context;
    return clock_now_ns();
}

/* A chip that keeps silent is waited for until the deadline, as any other reader. */
static enum isodep_air transceive(void *context, struct isodep_frame *f)
{
    struct port100 *self = context;
    uint64_t now_ns = clock_now_ns(), wait_ns = f->wait_us * 1000;
    uint64_t until_ns = self->deadline_ns > now_ns + wait_ns ? self->deadline_ns - now_ns - wait_ns : 0;
    self->chip.patience_ms = self->deadline_ns   ? (unsigned)(until_ns / 1000000) + LATE_MS
                             : self->in_exchange ? PATIENT_MS
                                                 : POLL_LATE_MS;
    return port100_air(&self->chip, f);
}

static bool take_endpoints(struct port100 *self, libusb_device *device)
{
    struct libusb_config_descriptor *configuration;
    if (libusb_get_active_config_descriptor(device, &configuration) != 0)
        return false;
    const struct libusb_interface_descriptor *i = &configuration->interface[0].altsetting[0];
    for (unsigned n = 0; configuration->bNumInterfaces > 0 && n < i->bNumEndpoints; n++) {
        const struct libusb_endpoint_descriptor *end = &i->endpoint[n];
        if ((end->bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK)
            continue;
        if (end->bEndpointAddress & LIBUSB_ENDPOINT_IN)
            self->bulk_in = end->bEndpointAddress;
        else
            self->bulk_out = end->bEndpointAddress;
    }
    libusb_free_config_descriptor(configuration);
    return self->bulk_in && self->bulk_out;
}

struct search {
    struct port100 *self;
    int code;
};

/* By its whole name, or by everything before its place on the bus: that changes when it is plugged in
 * again. */
static bool open_if_named(void *to, libusb_device *device, const struct libusb_device_descriptor *d)
{
    struct search *s = to;
    struct driver_found found;
    describe_device(device, d, &found);
    if (strcmp(found.name, s->self->name) != 0)
        return false;
    s->code = libusb_open(device, &s->self->device);
    if (s->code == 0 && !take_endpoints(s->self, device))
        s->code = LIBUSB_ERROR_NOT_SUPPORTED;
    if (s->code == 0) {
        libusb_set_auto_detach_kernel_driver(s->self->device, 1); /* and given back when it is released */
        s->code = libusb_claim_interface(s->self->device, 0);
    }
    return true;
}

static void release(struct port100 *self)
{
    if (self->device) {
        libusb_release_interface(self->device, 0);
        libusb_close(self->device);
    }
    if (self->context)
        libusb_exit(self->context);
    free(self);
}

static int open_reader(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                       struct err *e)
{
    const char *where = how->unit ? how->unit : how->address;
    struct port100 *self = calloc(1, sizeof *self);
    if (!self)
        return err_set(e, ERR_MEMORY, where, "out of memory");
    text_fit(self->name, sizeof self->name, how->address);
    text_fit(self->polling, sizeof self->polling, how->polling && *how->polling ? how->polling : FALLBACK);
    struct search search = { self, LIBUSB_ERROR_NOT_FOUND };
    int code = ccid_usb_begin(&self->context);
    if (code == 0)
        code = visit_all(self->context, open_if_named, &search);
    if (code == 0)
        code = search.code;
    if (code != 0) {
        release(self);
        return fail_usb(where, code, fault, e);
    }
    const struct port100_transport transport = { .context = self, .send = usb_send, .receive = usb_receive };
    if (!port100_start(&self->chip, &transport)) {
        int status = fail_chip(self, fault, e);
        release(self);
        return status;
    }
    *out = &self->base;
    return 0;
}

static void close_reader(struct driver_reader *r)
{
    struct port100 *self = self_of(r);
    port100_field(&self->chip,
                  false); /* fails when the reader is gone: there is nothing left to switch off */
    release(self);
}

/* ---- presence ---- */

static bool restart_field(struct port100 *self)
{
    const struct isodep_link link = { .context = self, .transceive = transceive, .now_ns = air_now_ns };
    isodep_init(&self->target, &link, FSD);
    self->exchanges = 0;
    if (!port100_field(&self->chip, false))
        return false;
    clock_sleep_ms(OFF_MS);
    if (!port100_field(&self->chip, true))
        return false;
    clock_sleep_ms(GUARD_MS);
    return true;
}

/* One round of polling with a field of its own. */
static enum isodep_end poll_once(struct port100 *self, struct err *e)
{
    if (!restart_field(self))
        return ISODEP_BROKEN;
    enum isodep_end end = isodep_poll(&self->target, self->polling, e);
    return end != ISODEP_BROKEN && !port100_field(&self->chip, false) ? ISODEP_BROKEN : end;
}

static bool is_there(const struct port100 *self, enum isodep_end end)
{
    return end != ISODEP_NOTHING && self->target.target.technology != 'F';
}

/* A target that answers its poll is there, whatever comes of it; one of type F alone is no card for a
 * counter. */
static int wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    struct port100 *self = self_of(r);
    bool type_f = false;
    uint64_t started_ns = clock_now_ns(), past_ms;
    for (;;) {
        enum isodep_end end = poll_once(self, e);
        past_ms = (clock_now_ns() - started_ns) / 1000000;
        target->detect_us = (clock_now_ns() - started_ns) / 1000;
        target->detect_source = said_alone(SAID_SEEN_POLL);
        target->detect_quantum_us = POLL_MS * 1000;
        if (end == ISODEP_BROKEN)
            return fail_chip(self, fault, e);
        if (is_there(self, end)) {
            target->technology = self->target.target.technology;
            return 0;
        }
        type_f |= end != ISODEP_NOTHING;
        if (past_ms >= limit_ms)
            break;
        clock_sleep_ms(limit_ms - past_ms < POLL_MS ? (unsigned)(limit_ms - past_ms) : POLL_MS);
    }
    fault->stage = STAGE_DETECT;
    fault->depth = DEPTH_RF;
    fault->causes = type_f ? CAUSE(4) : CAUSE(2) | CAUSE(3);
    text_fit(fault->native, sizeof fault->native,
             isodep_end_name(type_f ? ISODEP_NO_PROTOCOL : ISODEP_NOTHING));
    target->technology = type_f ? 'F' : 0;
    return err_set(e, ERR_TIMEOUT, self->name,
                   type_f ? "only a type F target answered within %u ms"
                          : "nothing came into the field within %u ms",
                   limit_ms);
}

static int wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
{
    struct port100 *self = self_of(r);
    uint64_t started_ns = clock_now_ns(), past_ms;
    for (;;) {
        enum isodep_end end = poll_once(self, e);
        if (end == ISODEP_BROKEN)
            return fail_chip(self, fault, e);
        if (end == ISODEP_NOTHING)
            return 0;
        past_ms = (clock_now_ns() - started_ns) / 1000000;
        if (past_ms >= limit_ms)
            break;
        clock_sleep_ms(limit_ms - past_ms < POLL_MS ? (unsigned)(limit_ms - past_ms) : POLL_MS);
    }
    fault->stage = STAGE_DETECT;
    fault->depth = DEPTH_RF;
    text_fit(fault->native, sizeof fault->native, "PORT100_STILL_THERE");
    return err_set(e, ERR_TIMEOUT, self->name, "the handset is still in the field after %u ms", limit_ms);
}

/* ---- a transaction ---- */

static void fill_target(const struct isodep_target *t, struct driver_target *target)
{
    struct ats_info ats;
    target->technology = t->technology;
    target->fwt_us = t->fwt_us;
    target->kbit_s = t->kbit_s;
    memcpy(target->uid, t->uid, t->uid_length);
    target->uid_length = t->uid_length;
    if (t->technology == 'B') {
        memcpy(target->atqb, t->atqb, t->atqb_length);
        target->atqb_length = t->atqb_length;
        target->atr_length = atr_of_atqb(t->atqb, 0, target->atr);
        target->ats_absent = said_alone(SAID_NO_ATS_B);
        return;
    }
    memcpy(target->atqa, t->atqa, sizeof target->atqa);
    target->sak = t->sak;
    target->has_atqa = true;
    memcpy(target->ats, t->ats, t->ats_length);
    target->ats_length = t->ats_length;
    ats_decode(t->ats, t->ats_length, &ats);
    target->atr_length = atr_of_historical(ats.historical, ats.historical_length, target->atr);
}

static int activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e)
{
    struct port100 *self = self_of(r);
    if (!port100_field(&self->chip, false))
        return fail_chip(self, fault, e);
    uint64_t started_ns = clock_now_ns();
    if (!restart_field(self))
        return fail_chip(self, fault, e);
    enum isodep_end end = isodep_poll(&self->target, self->polling, e);
    if (end == ISODEP_OK)
        end = isodep_activate(&self->target, MAX_KBIT_S, e);
    target->activate_us = (clock_now_ns() - started_ns) / 1000;
    if (end != ISODEP_OK) {
        int status = fail_air(self, end, 0, fault, e);
        if (end != ISODEP_BROKEN)
            port100_field(&self->chip, false);
        return status;
    }
    if (self->target.target.sfgt_us > 0)
        clock_sleep_ms((unsigned)(self->target.target.sfgt_us / 1000 + 1));
    fill_target(&self->target.target, target);
    return 0;
}

static int field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct port100 *self = self_of(r);
    self->target.active = false;
    return port100_field(&self->chip, false) ? 0 : fail_chip(self, fault, e);
}

/* The chip itself kept silent beyond its own waiting time: who hung is asked afterwards, by a probe. */
static int fail_silent(struct port100 *self, struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    fault->stage = STAGE_EXCHANGE;
    fault->depth = DEPTH_RF;
    fault->causes = CAUSE(10) | CAUSE(11);
    text_fit(fault->native, sizeof fault->native, port100_trouble_name(self->chip.trouble));
    port100_resync(&self->chip);
    int status =
        err_set(e, ERR_TIMEOUT, self->name, "the reader's chip gave no answer in time (%s)", fault->native);
    if (e)
        text_fit(e->native, sizeof e->native, fault->native);
    return status;
}

static int exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    struct port100 *self = self_of(r);
    struct apdu apdu;
    size_t length = 0;
    bool parsed = apdu_parse(x->command, x->command_length, &apdu);
    if (!self->target.active) {
        fault->stage = STAGE_ACTIVATE;
        fault->depth = DEPTH_RF;
        return err_set(e, ERR_NO_TARGET, self->name, "nothing is activated: activate before an exchange");
    }
    self->exchanges++;
    x->started_ns = clock_now_ns();
    self->in_exchange = true;
    self->deadline_ns = x->deadline_ms ? x->started_ns + (uint64_t)x->deadline_ms * 1000000 : 0;
    enum isodep_end end = isodep_exchange(&self->target, x->command, x->command_length, x->response,
                                          x->response_capacity, &length, self->deadline_ns, e);
    x->ended_ns = clock_now_ns();
    self->deadline_ns = 0;
    self->in_exchange = false;
    if (end == ISODEP_BROKEN &&
        (self->chip.trouble == PORT100_TROUBLE_NO_ACK || self->chip.trouble == PORT100_TROUBLE_NO_ANSWER))
        return fail_silent(self, fault, e);
    if (end != ISODEP_OK)
        return fail_air(self, end, parsed && apdu.has_le ? apdu.le : 0, fault, e);
    if (length < 2) {
        fault->stage = STAGE_EXCHANGE;
        fault->depth = DEPTH_RF;
        fault->causes = CAUSE(12);
        text_fit(fault->native, sizeof fault->native, "ISODEP_SHORT");
        return err_set(e, ERR_CARD, self->name, "%zu bytes came back; a response has at least two", length);
    }
    x->response_length = length;
    return 0;
}

static int time_floor(struct driver_reader *r, uint64_t *ns, struct err *e)
{
    struct port100 *self = self_of(r);
    struct driver_fault fault;
    uint64_t started_ns = clock_now_ns();
    bool answers = port100_ask(&self->chip);
    *ns = clock_now_ns() - started_ns;
    return answers ? 0 : fail_chip(self, &fault, e);
}

static int probe(struct driver_reader *r, struct err *e)
{
    uint64_t ignored_ns;
    return time_floor(r, &ignored_ns, e);
}

static bool locate(struct driver_reader *r, struct driver_location *out)
{
    libusb_device_handle *handle = self_of(r)->device;
    libusb_device *device = libusb_get_device(handle);
    struct libusb_device_descriptor d;
    *out = (struct driver_location) { .bus = libusb_get_bus_number(device),
                                      .device = libusb_get_device_address(device) };
    if (libusb_get_device_descriptor(device, &d) == 0)
        read_text(handle, d.iSerialNumber, out->serial, sizeof out->serial);
    return true;
}

const struct driver_ops driver_port100 = {
    .name = "port100",
    .summary = "Sony RC-S380 readers (libusb)",
    .version = DRIVER_VERSION,
    .capabilities = DRIVER_DEADLINE | DRIVER_POLLS,
    .needs = { SANDBOX_FILES | SANDBOX_USB, ccid_usb_paths },
    .list = list,
    .open = open_reader,
    .close = close_reader,
    .wait_present = wait_present,
    .wait_absent = wait_absent,
    .activate = activate,
    .field_off = field_off,
    .exchange = exchange,
    .locate = locate,
    .probe = probe,
    .floor = time_floor,
    .floor_what = "GetFirmwareVersion",
    .versions = ccid_usb_versions,
};
