/*
 * CCID readers over libusb. One thread, no callbacks: every wait is a bounded transfer that is begun again,
 * so a missed deadline ends an exchange here and the reader is told (ABORT).
 *
 * The field: CCID knows a card's power, and contactless readers take IccPowerOff for "field off" and
 * IccPowerOn for field, anticollision and activation in one. Presence is the slot's status, which the reader
 * finds by its own polling; it is asked before anything is concluded from a notification.
 */
#include "drivers/ccid/ccid.h"

#include "drivers/ccid/place.h"
#include "drivers/ccid/transfer.h"
#include "drivers/identify.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"

#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX   32
#define POLL_MS      100  /* presence, where there is no interrupt endpoint */
#define WATCH_MS     500  /* the longest wait for a notification before the status is looked at again */
#define REAPPEAR_MS  1000 /* a reader may lose sight of the handset when its field goes off */
#define STATUS_MS    1000 /* GetSlotStatus: an ACR122U takes most of a second */
#define OPEN_TRIES   3
#define CLAIM_TRIES  15 /* of 100 ms: who only looks at it, as list does, lets go within LIST_MS and a drain */
#define POWER_MS     10000 /* IccPowerOn: anticollision, activation, and their repetitions */
#define POWER_OFF_MS 5000
#define IDENTIFY_MS  2000
#define LIST_MS      500 /* one reader of a list */

#define NO_PROFILE                                                                                           \
    "a vendor-class interface that no profile describes; docs/adding-a-reader.md says how to write one"

struct ccid_reader {
    struct driver_reader base; /* first: see driver.h */
    char name[160];
    struct ccid_usb *usb;
    struct ccid_slot slot;
    struct ccid_transfer transfer;
    bool powered;       /* activated by us */
    bool uid_apdu;      /* the reader answers FF CA itself */
    unsigned exchanges; /* since activation */
    uint8_t atr[ATR_MAX];
    size_t atr_length;
    struct identified identity;
};

static struct ccid_reader *self_of(struct driver_reader *r)
{
    return (struct ccid_reader *)r;
}

static int fail(struct ccid_reader *self, const struct ccid_failure *f, enum ccid_phase phase,
                struct driver_fault *fault, struct err *e)
{
    return ccid_fail(f, phase, NULL, self->name, fault, e);
}

static int fail_usb(int code, const char *where, struct driver_fault *fault, struct err *e)
{
    struct ccid_failure f = { .trouble = CCID_TROUBLE_USB, .usb = code };
    return ccid_fail(&f, CCID_PHASE_SETUP, NULL, where, fault, e);
}

/* ---- listing ---- */

/* Models whose maker documents PC_to_RDR_Escape E0 00 00 18 00 as "get firmware version": ACS's ACR1251U,
 * ACR1252U and ACR1281U (their reference manuals, "Peripherals Control"). */
static bool tells_firmware(const struct ccid_place *p)
{
    static const int products[] = { 0x221a, 0x223b, 0x223e, 0x2224 };
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        if (p->vendor == 0x072f && p->product == products[i])
            return true;
    }
    return false;
}

static void read_firmware(struct ccid_slot *s, struct driver_found *found)
{
    static const uint8_t ask[] = { 0xe0, 0x00, 0x00, 0x18, 0x00 };
    uint8_t answer[64];
    size_t length = 0;
    struct ccid_failure f;
    if (!ccid_slot_escape(s, ask, sizeof ask, LIST_MS, answer, sizeof answer, &length, &f) || length < 6 ||
        answer[0] != 0xe1 || answer[4] != length - 5 || answer[4] >= sizeof found->firmware)
        return; /* bcdDevice stays */
    for (size_t i = 0; i < answer[4]; i++)
        found->firmware[i] = answer[5 + i] >= 0x20 && answer[5 + i] < 0x7f ? (char)answer[5 + i] : '?';
    found->firmware[answer[4]] = '\0';
}

static void note(struct driver_found *found, const char *text)
{
    size_t length = strlen(found->note);
    snprintf(found->note + length, sizeof found->note - length, "%s%s", length ? "; " : "", text);
}

/* Presence, as long as nobody else holds the reader. Nothing is sent to what lies on it. */
static void look_at(const struct ccid_place *p, unsigned number, struct driver_found *found)
{
    struct ccid_usb *usb = NULL;
    struct ccid_slot slot = { 0 };
    struct ccid_failure f;
    enum ccid_icc icc;
    if (p->unprofiled) {
        note(found, NO_PROFILE);
        return;
    }
    int code = p->strings ? p->strings : ccid_usb_open(p, &usb);
    if (code == LIBUSB_ERROR_BUSY)
        note(found, "held by pcscd or another program");
    else if (code == LIBUSB_ERROR_ACCESS)
        note(found, "no permission for the USB device (a udev rule is missing)");
    if (code != 0)
        return;
    if (ccid_usb_take_slot(usb, number)) {
        if (ccid_slot_begin(&slot, usb, number) == 0) {
            ccid_slot_drain(&slot);
            if (ccid_slot_look(&slot, LIST_MS, &icc, &f)) {
                found->present = icc != CCID_ICC_ABSENT;
                if (tells_firmware(p))
                    read_firmware(&slot, found);
            } else {
                note(found, "it does not answer");
            }
        }
        ccid_slot_end(&slot);
        ccid_usb_leave_slot(usb, number);
    }
    ccid_usb_close(&usb);
}

static int list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                size_t capacity, size_t *count, struct err *e)
{
    struct driver_fault fault;
    struct ccid_place *places = calloc(PLACES_MAX, sizeof *places);
    size_t n = 0;
    *count = 0;
    if (!places)
        return err_set(e, ERR_MEMORY, "ccid", "out of memory");
    int code = ccid_usb_find(models, model_count, places, PLACES_MAX, &n);
    for (size_t i = 0; i < n; i++) {
        const struct reader_model *model = ccid_place_model(&places[i], models, model_count);
        for (unsigned s = 0; s < places[i].descriptor.slots && *count < capacity; s++) {
            struct driver_found *found = &out[(*count)++];
            ccid_place_describe(&places[i], s, model, found);
            look_at(&places[i], s, found);
        }
    }
    free(places);
    return code == 0 ? 0 : fail_usb(code, "ccid", &fault, e);
}

/* ---- open and close ---- */

static int find_reader(const struct driver_open *how, struct ccid_place *place, unsigned *slot)
{
    struct ccid_place *places = calloc(PLACES_MAX, sizeof *places);
    size_t n = 0;
    if (!places)
        return LIBUSB_ERROR_NO_MEM;
    int code = ccid_usb_find(how->model, how->model ? 1 : 0, places, PLACES_MAX, &n);
    const struct ccid_place *found = code == 0 ? ccid_place_find(places, n, how->address, slot) : NULL;
    if (found)
        *place = *found;
    else if (code == 0)
        code = LIBUSB_ERROR_NO_DEVICE;
    free(places);
    return code;
}

static bool power_off(struct ccid_reader *self, struct ccid_failure *f)
{
    struct ccid_answer answer;
    self->powered = false;
    return ccid_slot_run(&self->slot, ccid_plain(CCID_POWER_OFF), ccid_limit_of(POWER_OFF_MS), &answer, f);
}

static bool greet(struct ccid_reader *self, struct ccid_failure *f)
{
    enum ccid_icc icc;
    ccid_slot_drain(&self->slot);
    for (unsigned i = 0; i < OPEN_TRIES; i++) {
        if (ccid_slot_look(&self->slot, STATUS_MS, &icc, f))
            return icc == CCID_ICC_ABSENT || power_off(self, f) || f->trouble == CCID_TROUBLE_FAILED;
        if (f->trouble == CCID_TROUBLE_USB)
            return false;
    }
    return false;
}

static void close_reader(struct driver_reader *r)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f;
    if (self->powered)
        power_off(self, &f); /* fails when the reader is gone: there is nothing left to let go of */
    ccid_slot_end(&self->slot);
    ccid_usb_leave_slot(self->usb, self->slot.number);
    ccid_usb_close(&self->usb);
    free(self);
}

static int take_place(struct ccid_reader *self, const struct driver_open *how)
{
    struct ccid_place place;
    unsigned slot = 0;
    int code = find_reader(how, &place, &slot);
    if (code == 0 && place.unprofiled)
        code = LIBUSB_ERROR_NOT_SUPPORTED; /* nothing else here ends with it */
    if (code == 0)
        code = ccid_usb_open(&place, &self->usb);
    for (unsigned i = 0; code == LIBUSB_ERROR_BUSY && i < CLAIM_TRIES; i++) {
        clock_sleep_ms(100);
        code = ccid_usb_open(&place, &self->usb);
    }
    if (code != 0)
        return code;
    if (!ccid_usb_take_slot(self->usb, slot)) {
        ccid_usb_close(&self->usb);
        return LIBUSB_ERROR_BUSY;
    }
    code = ccid_slot_begin(&self->slot, self->usb, slot);
    if (code != 0) {
        ccid_usb_leave_slot(self->usb, slot);
        ccid_usb_close(&self->usb);
    }
    return code;
}

static int open_reader(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                       struct err *e)
{
    const char *where = how->unit ? how->unit : how->address;
    struct ccid_failure f;
    struct ccid_reader *self = calloc(1, sizeof *self);
    if (!self)
        return err_set(e, ERR_MEMORY, where, "out of memory");
    snprintf(self->name, sizeof self->name, "%s", how->address);
    self->uid_apdu = how->uid_apdu;
    identify_forget(&self->identity, said_alone(SAID_PLACEMENT_NOT_ASKED));
    int code = take_place(self, how);
    if (code == LIBUSB_ERROR_NOT_SUPPORTED) {
        free(self);
        return err_set(e, ERR_UNSUPPORTED, where, NO_PROFILE);
    }
    if (code != 0) {
        free(self);
        return fail_usb(code, where, fault, e);
    }
    int status = 0;
    if (ccid_descriptor_level(&ccid_usb_place(self->usb)->descriptor) == READER_LEVEL_NONE)
        status = err_set(e, ERR_UNSUPPORTED, where,
                         "the reader works at character level, which this driver does not speak");
    else if (!greet(self, &f))
        status = fail(self, &f, CCID_PHASE_SETUP, fault, e);
    if (status != 0) {
        close_reader(&self->base);
        return status;
    }
    *out = &self->base;
    return 0;
}

/* ---- presence ---- */

static bool has_interrupt(const struct ccid_reader *self)
{
    return ccid_usb_place(self->usb)->interrupt_in != 0;
}

/* Waits at most limit_ms for the reader to say that something changed; *told: it did. */
static bool await_change(struct ccid_reader *self, uint32_t limit_ms, bool *told, struct ccid_failure *f)
{
    uint8_t message[16];
    size_t length = 0;
    bool present, changed;
    *told = false;
    memset(f, 0, sizeof *f);
    if (!has_interrupt(self)) {
        clock_sleep_ms(limit_ms < POLL_MS ? limit_ms : POLL_MS);
        return true;
    }
    int code = ccid_usb_notified(self->usb, message, sizeof message, &length,
                                 limit_ms < WATCH_MS ? limit_ms : WATCH_MS);
    if (code == 0 || code == LIBUSB_ERROR_TIMEOUT) {
        *told = ccid_slot_change(message, length, self->slot.number, &present, &changed);
        return true;
    }
    if (code != LIBUSB_ERROR_NO_DEVICE) { /* the endpoint is of no use just now: look at the status instead */
        clock_sleep_ms(limit_ms < POLL_MS ? limit_ms : POLL_MS);
        return true;
    }
    *f = (struct ccid_failure) { .trouble = CCID_TROUBLE_USB, .usb = code };
    return false;
}

enum waited { WAITED_DONE = 0, WAITED_LIMIT, WAITED_TROUBLE };

/* *told: the last change was notified, or was there at the first look. */
static enum waited wait_for(struct ccid_reader *self, bool wanted, uint32_t limit_ms, bool *told,
                            struct ccid_failure *f)
{
    uint64_t started_ns = clock_now_ns();
    *told = true;
    for (;;) {
        enum ccid_icc icc;
        if (!ccid_slot_look(&self->slot, STATUS_MS, &icc, f))
            return WAITED_TROUBLE;
        if ((icc != CCID_ICC_ABSENT) == wanted)
            return WAITED_DONE;
        uint64_t past_ms = (clock_now_ns() - started_ns) / 1000000;
        if (past_ms >= limit_ms)
            return WAITED_LIMIT;
        if (!await_change(self, (uint32_t)(limit_ms - past_ms), told, f))
            return WAITED_TROUBLE;
    }
}

static void tell_detection(const struct ccid_reader *self, bool told, struct driver_target *target)
{
    bool interrupt = has_interrupt(self);
    target->detect_source = interrupt && told
                                ? said_alone(SAID_SEEN_INTERRUPT)
                                : SAY(SAID_SEEN_POLL_EVERY, said_number(interrupt ? WATCH_MS : POLL_MS).text);
    target->detect_quantum_us = !interrupt ? POLL_MS * 1000
                                : told     ? ccid_usb_place(self->usb)->interrupt_us
                                           : WATCH_MS * 1000;
}

/* ---- power ---- */

static enum ccid_power voltage(const struct ccid_descriptor *d)
{
    if (d->features & CCID_FEATURE_VOLTAGE)
        return CCID_POWER_AUTOMATIC;
    return d->voltages & 1 || !(d->voltages & 6) ? CCID_POWER_5V
           : d->voltages & 2                     ? CCID_POWER_3V
                                                 : CCID_POWER_1V8;
}

static bool power_on(struct ccid_reader *self, struct ccid_failure *f)
{
    struct ccid_answer answer;
    struct ccid_limit limit = ccid_limit_of(POWER_MS);
    enum ccid_power select = voltage(&ccid_usb_place(self->usb)->descriptor);
    self->exchanges = 0;
    if (!ccid_slot_run(&self->slot, ccid_power_on(select), limit, &answer, f))
        return false;
    if (answer.length < 2 || answer.length > sizeof self->atr) {
        f->trouble = CCID_TROUBLE_ATR;
        return false;
    }
    self->atr_length = answer.length;
    memcpy(self->atr, answer.data, answer.length);
    self->powered = true;
    return ccid_transfer_begin(&self->transfer, &self->slot, self->atr, self->atr_length, limit, f);
}

/* Before the first transaction of a placement, in a powering of its own that is not part of any
 * transaction. */
static void identify(struct ccid_reader *self)
{
    struct ccid_failure f;
    if (!self->uid_apdu) {
        identify_forget(&self->identity, said_alone(SAID_NO_COMMAND));
        return;
    }
    if (power_on(self, &f)) {
        identify_ask(&self->identity, &self->base, IDENTIFY_MS);
    } else {
        char name[48];
        identify_forget(&self->identity, SAY(SAID_NOT_ACTIVATED, ccid_failure_name(&f, name)));
    }
    power_off(self, &f);
}

static int wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f;
    bool told;
    if (self->powered)
        power_off(self, &f); /* a reader in trouble shows it at the next message */
    identify_forget(&self->identity, said_alone(SAID_PLACEMENT_NOT_ASKED));
    uint64_t started_ns = clock_now_ns();
    enum waited waited = wait_for(self, true, limit_ms, &told, &f);
    uint64_t detect_us = (clock_now_ns() - started_ns) / 1000;
    if (waited == WAITED_TROUBLE)
        return fail(self, &f, CCID_PHASE_WAIT, fault, e);
    if (waited == WAITED_LIMIT) {
        fault->stage = STAGE_DETECT;
        fault->causes = CAUSE(2) | CAUSE(3) | CAUSE(4);
        fault->depth = DEPTH_CCID;
        snprintf(fault->native, sizeof fault->native, "%s", ccid_icc_name(CCID_ICC_ABSENT));
        return err_set(e, ERR_TIMEOUT, self->name, "nothing came into the field within %u ms", limit_ms);
    }
    identify(self);
    identify_fill(&self->identity, target);
    target->detect_us = detect_us;
    tell_detection(self, told, target);
    return 0;
}

static int wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f;
    bool told;
    if (self->powered)
        power_off(self, &f);
    enum waited waited = wait_for(self, false, limit_ms, &told, &f);
    if (waited == WAITED_TROUBLE)
        return fail(self, &f, CCID_PHASE_WAIT, fault, e);
    if (waited == WAITED_LIMIT) {
        fault->stage = STAGE_DETECT;
        fault->depth = DEPTH_CCID;
        snprintf(fault->native, sizeof fault->native, "%s", ccid_icc_name(CCID_ICC_INACTIVE));
        return err_set(e, ERR_TIMEOUT, self->name, "the handset is still in the field after %u ms", limit_ms);
    }
    identify_forget(&self->identity, said_alone(SAID_PLACEMENT_NOT_ASKED));
    return 0;
}

/* ---- a transaction ---- */

/* As in pcsc.c: where the reader lost sight of the handset when its field went off, the time until it sees it
 * again belongs to coming up. */
static bool come_up(struct ccid_reader *self, uint64_t *activate_us, struct ccid_failure *f)
{
    enum ccid_icc icc;
    bool told;
    if (!power_off(self, f) && (f->trouble != CCID_TROUBLE_FAILED || f->icc != CCID_ICC_ABSENT))
        return false;
    uint64_t started_ns = clock_now_ns();
    if (!ccid_slot_look(&self->slot, STATUS_MS, &icc, f))
        return false;
    if (icc != CCID_ICC_ABSENT)
        started_ns = clock_now_ns();
    enum waited waited = icc == CCID_ICC_ABSENT ? wait_for(self, true, REAPPEAR_MS, &told, f) : WAITED_DONE;
    if (waited == WAITED_LIMIT)
        *f = (struct ccid_failure) { .trouble = CCID_TROUBLE_ABSENT };
    bool up = waited == WAITED_DONE && power_on(self, f);
    *activate_us = (clock_now_ns() - started_ns) / 1000;
    return up;
}

static int activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f, ignored;
    if (!come_up(self, &target->activate_us, &f)) {
        int status = fail(self, &f, CCID_PHASE_ACTIVATE, fault, e);
        if (self->powered)
            power_off(self, &ignored);
        return status;
    }
    memcpy(target->atr, self->atr, self->atr_length);
    target->atr_length = self->atr_length;
    identify_fill(&self->identity, target);
    return 0;
}

static int field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f;
    /* What has left has no field to be taken from it. */
    if (power_off(self, &f) || (f.trouble == CCID_TROUBLE_FAILED && f.icc == CCID_ICC_ABSENT))
        return 0;
    return fail(self, &f, CCID_PHASE_ACTIVATE, fault, e);
}

static int refuse(struct ccid_reader *self, const char *why, struct driver_fault *fault, struct err *e)
{
    fault->stage = STAGE_EXCHANGE;
    fault->causes = CAUSE(15);
    fault->depth = DEPTH_CCID;
    return err_set(e, ERR_UNSUPPORTED, self->name, "%s; nothing was sent", why);
}

static int exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct ccid_failure f;
    if (!self->powered) {
        fault->stage = STAGE_ACTIVATE;
        fault->depth = DEPTH_CCID;
        return err_set(e, ERR_NO_TARGET, self->name, "nothing is activated: activate before an exchange");
    }
    const char *why = ccid_transfer_refusal(&self->transfer, x->command, x->command_length);
    if (why)
        return refuse(self, why, fault, e);
    struct ccid_apdu apdu = { .command = x->command,
                              .command_length = x->command_length,
                              .response = x->response,
                              .capacity = x->response_capacity };
    bool first = self->exchanges++ == 0;
    x->started_ns = clock_now_ns();
    struct ccid_limit limit = { .until_ns =
                                    x->deadline_ms ? x->started_ns + (uint64_t)x->deadline_ms * 1000000 : 0 };
    bool done = ccid_transfer_run(&self->transfer, &apdu, limit, &f);
    x->ended_ns = self->slot.ended_ns > x->started_ns ? self->slot.ended_ns : clock_now_ns();
    if (!done) {
        struct exchange_evidence evidence = evidence_of(x, first, self->identity.fwt_us);
        return ccid_fail(&f, CCID_PHASE_EXCHANGE, &evidence, self->name, fault, e);
    }
    x->response_length = apdu.response_length;
    return 0;
}

static bool locate(struct driver_reader *r, struct driver_location *out)
{
    const struct ccid_place *p = ccid_usb_place(self_of(r)->usb);
    *out = (struct driver_location) { .bus = p->bus, .device = p->address };
    text_fit(out->serial, sizeof out->serial, p->serial);
    return true;
}

static int time_floor(struct driver_reader *r, uint64_t *ns, struct err *e)
{
    struct ccid_reader *self = self_of(r);
    struct driver_fault fault;
    struct ccid_failure f;
    enum ccid_icc icc;
    uint64_t started_ns = clock_now_ns();
    bool answers = ccid_slot_look(&self->slot, STATUS_MS, &icc, &f);
    *ns = clock_now_ns() - started_ns;
    return answers ? 0 : fail(self, &f, CCID_PHASE_SETUP, &fault, e);
}

static int probe(struct driver_reader *r, struct err *e)
{
    uint64_t ignored_ns;
    return time_floor(r, &ignored_ns, e);
}

const struct driver_ops driver_ccid = {
    .name = "ccid",
    .summary = "CCID readers over USB, without PC/SC (libusb)",
    .version = DRIVER_VERSION,
    .capabilities = DRIVER_DEADLINE,
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
    .floor_what = "PC_to_RDR_GetSlotStatus",
    .versions = ccid_usb_versions,
};
