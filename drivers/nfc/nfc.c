/*
 * libnfc 1.8.0 and its traps: an operation that a driver of it lacks returns success, so the last error is
 * read after every call, and opening tries the one call that all else is made of. On USB it takes 200 ms off
 * every timeout, so that 1 to 200 ms return at once and leave the answer in the pipe. An answer after its
 * timeout is taken as the next command's: so after a timeout the chip is put in step, if need be by opening
 * it anew (nothing else empties a USB pipe that is one frame behind), and the target is activated again. Its
 * lock of a serial port does not work on Linux: flock() does. A status byte with bit 7 makes it call abort():
 * nothing here can prevent that, the worker process contains it.
 *
 * Exchanges go through pn53x_transceive(), which the library exports for its own tools: only there is the
 * chip's status byte kept. The chip chains blocks, answers time extensions and repeats lost blocks by itself;
 * it takes 262 bytes at once and more in parts (its MI bit). Of a response in parts the library judges the
 * first part's status alone: the last one's is judged here. A timeout begins anew with each part and each
 * step of reading, so the worker's own watch stands behind the deadline. Cycles are not published: the
 * library's timed call reports success without having measured where a driver lacks it.
 *
 * A chip gives up what it does at the next command, so nothing of an exchange that missed its deadline comes
 * after the chip is in step. A line that held an answer back for longer than that could slip it under a later
 * exchange: frames bear no numbers, and nobody could tell.
 *
 * With one target asked for, the chip hides collisions. Type B is activated while it is polled: "did not come
 * up" and "is not there" look alike. The library waits 300 ms for a poll, 100 ms of them on USB: a target
 * that comes up more slowly is not seen.
 */
#include "drivers/nfc/nfc.h"

#include "drivers/nfc/nfc_code.h"
#include "drivers/usb_proof.h"
#include "harness/base/clock.h"
#include "harness/base/text.h"

#include <nfc/nfc.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SERIAL_PREFIX  "pn532_uart:"
#define USB_PREFIX     "pn53x_usb:"
#define SYSFS          "/sys"
#define USB_LOST_MS    200 /* see above */
#define CHIP_MS        300 /* for a command that the chip answers by itself */
#define FOR_EVER_MS    60000
#define OFF_MS         6 /* a target forgets everything when the field is off for 5 ms (ISO/IEC 14443-3) */
#define GUARD_MS       6
#define POLL_MS        40
#define RESYNC_TRIES   6
#define SILENCES       2   /* in a row: the chip does not answer */
#define PART_MAX       262 /* data of one InDataExchange */
#define FOUND_MAX      16
#define TARGET_NUMBER  1
#define MORE           0x40
#define FALLBACK_ORDER "BAF"

enum command { DIAGNOSE = 0x00, GET_FIRMWARE_VERSION = 0x02, IN_DATA_EXCHANGE = 0x40 };

/* Exported by libnfc.so.6 for its own utilities, not in its headers (libnfc/chips/pn53x.h). Bytes after D4;
 * the answer's after D5 and its code; its length, or a negative code. timeout 0 waits for ever. */
int pn53x_transceive(struct nfc_device *pnd, const uint8_t *pbtTx, const size_t szTx, uint8_t *pbtRx,
                     const size_t szRxLen, int timeout);

struct nfc {
    struct driver_reader base; /* first: see driver.h */
    char name[160];
    char polling[4];
    nfc_context *context;
    nfc_device *device;
    bool usb;
    int line; /* our own descriptor of the device file, locked; -1: none */
    bool active;
    bool stale; /* an answer may still come that nobody waits for */
    uint32_t echoes;
    uint8_t answer[1 + APDU_RESPONSE_MAX];
};

static struct nfc *self_of(struct driver_reader *r)
{
    return (struct nfc *)r;
}

/* ---- names ---- */

/* The device file of a serial connstring; false for another. */
static bool serial_path(const char *address, char *out, size_t capacity)
{
    if (strncmp(address, SERIAL_PREFIX, strlen(SERIAL_PREFIX)) != 0)
        return false;
    const char *path = address + strlen(SERIAL_PREFIX);
    snprintf(out, capacity, "%.*s", (int)strcspn(path, ":"), path);
    return out[0] == '/';
}

/* "pn53x_usb:001:002"; the prefix alone would open the first USB device of any kind. */
static bool usb_place(const char *address, unsigned *bus, unsigned *number)
{
    char end;
    return strncmp(address, USB_PREFIX, strlen(USB_PREFIX)) == 0 &&
           sscanf(address + strlen(USB_PREFIX), "%3u:%3u%c", bus, number, &end) == 2;
}

static int refuse(const char *address, struct err *e)
{
    return err_set(
        e, ERR_USAGE, address,
        "not a PN53x: expected pn532_uart:/dev/PORT or pn53x_usb:BUS:DEVICE; readers with PC/SC are reached "
        "by the pcsc driver");
}

/* libnfc tells nothing of a USB device but its place; the kernel does. */
static void describe_usb(unsigned bus, unsigned number, struct driver_found *out)
{
    char directory[512], text[64];
    if (!usb_sysfs_find(SYSFS, bus, number, directory, sizeof directory))
        return;
    usb_sysfs_line(directory, "serial", out->serial, sizeof out->serial);
    usb_sysfs_line(directory, "manufacturer", out->vendor, sizeof out->vendor);
    usb_sysfs_line(directory, "idVendor", text, sizeof text);
    out->usb_vendor = (int)strtol(text, NULL, 16);
    usb_sysfs_line(directory, "idProduct", text, sizeof text);
    out->usb_product = (int)strtol(text, NULL, 16);
    out->usb_interface = 0; /* their only one */
}

/* Which driver of the kernel's holds its interface: "pn533_usb", "usbfs" for another program; "" for none. */
static void holder_of(unsigned bus, unsigned number, char *out, size_t capacity)
{
    char directory[512], path[640], target[512];
    out[0] = '\0';
    if (!usb_sysfs_find(SYSFS, bus, number, directory, sizeof directory))
        return;
    snprintf(path, sizeof path, "%s/%s:1.0/driver", directory, strrchr(directory, '/') + 1);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    const char *slash = strrchr(target, '/');
    text_fit(out, capacity, slash ? slash + 1 : target);
}

static int describe(const char *address, struct driver_found *out, struct err *e)
{
    char path[256], real[4096];
    unsigned bus, number;
    memset(out, 0, sizeof *out);
    text_fit(out->name, sizeof out->name, address);
    out->usb_vendor = out->usb_product = out->usb_interface = -1;
    if (serial_path(address, path, sizeof path)) {
        if (realpath(path, real) && strncmp(real, "/dev/pts/", 9) == 0) {
            out->simulated = true;
            out->sign = said_alone(SAID_PSEUDO_TERMINAL);
        }
        return 0;
    }
    if (!usb_place(address, &bus, &number))
        return refuse(address, e);
    describe_usb(bus, number, out);
    driver_mark_honesty(out);
    return 0;
}

/* ---- listing ---- */

/* The library's own words go to stderr; and no file or variable of the user's may make it scan serial ports,
 * which would write to whatever hangs there. */
static void tame_library(bool scan)
{
    setenv("LIBNFC_LOG_LEVEL", "0", 1);
    setenv("LIBNFC_INTRUSIVE_SCAN", "false", 1);
    setenv("LIBNFC_AUTO_SCAN", scan ? "true" : "false", 1);
    unsetenv("LIBNFC_DEVICE");
    unsetenv("LIBNFC_DEFAULT_DEVICE");
}

static void add_found(const char *address, struct driver_found *out, size_t capacity, size_t *count)
{
    struct err e;
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(out[i].name, address) == 0)
            return;
    }
    if (*count < capacity && describe(address, &out[*count], &e) == 0)
        (*count)++;
}

static void add_port(const char *address, struct driver_found *out, size_t capacity, size_t *count)
{
    char path[256];
    if (address && serial_path(address, path, sizeof path) && access(path, F_OK) == 0)
        add_found(address, out, capacity, count);
}

/* libnfc passes over a USB device that somebody holds, as if it were not there. These are the ones that it
 * would know (its drivers/pn53x_usb.c). */
static bool is_pn53x(const struct driver_found *f)
{
    static const struct {
        int vendor, product;
    } known[] = { { 0x04cc, 0x0531 }, { 0x04cc, 0x2533 }, { 0x04e6, 0x5591 },
                  { 0x04e6, 0x5594 }, { 0x054c, 0x0193 }, { 0x1fd3, 0x0608 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (f->usb_vendor == known[i].vendor && f->usb_product == known[i].product)
            return true;
    }
    return false;
}

static void add_held(const char *directory, struct driver_found *out, size_t capacity, size_t *count)
{
    char bus[16], number[16], address[64], holder[64];
    struct driver_found found;
    struct err e;
    usb_sysfs_line(directory, "busnum", bus, sizeof bus);
    usb_sysfs_line(directory, "devnum", number, sizeof number);
    snprintf(address, sizeof address, USB_PREFIX "%03lu:%03lu", strtoul(bus, NULL, 10),
             strtoul(number, NULL, 10));
    if (describe(address, &found, &e) != 0 || !is_pn53x(&found))
        return;
    holder_of((unsigned)strtoul(bus, NULL, 10), (unsigned)strtoul(number, NULL, 10), holder, sizeof holder);
    if (!holder[0])
        return;
    size_t before = *count;
    add_found(address, out, capacity, count);
    if (*count > before)
        snprintf(out[before].note, sizeof out[before].note,
                 strcmp(holder, "usbfs") == 0 ? "another program holds it" : "the kernel's %s holds it",
                 holder);
}

static void add_all_held(struct driver_found *out, size_t capacity, size_t *count)
{
    char directory[512];
    const struct dirent *entry;
    DIR *devices = opendir(SYSFS "/bus/usb/devices");
    while (devices && (entry = readdir(devices)) != NULL) {
        snprintf(directory, sizeof directory,
                 SYSFS "/bus/usb/devices"
                       "/%s",
                 entry->d_name);
        if (entry->d_name[0] != '.' && !strchr(entry->d_name, ':'))
            add_held(directory, out, capacity, count);
    }
    if (devices)
        closedir(devices);
}

/* USB devices that libnfc knows; serial ports that a profile or the user's LIBNFC_DEVICE names and that are
 * there. */
static int list(const struct reader_model *models, size_t model_count, struct driver_found *out,
                size_t capacity, size_t *count, struct err *e)
{
    nfc_connstring found[FOUND_MAX];
    nfc_context *context = NULL;
    const char *named = getenv("LIBNFC_DEVICE");
    char device[160] = "";
    unsigned bus, number;
    *count = 0;
    if (named)
        text_fit(device, sizeof device, named);
    tame_library(true);
    nfc_init(&context);
    if (!context)
        return err_set(e, ERR_ENVIRONMENT, "nfc", "libnfc does not start");
    size_t n = nfc_list_devices(context, found, FOUND_MAX);
    nfc_exit(context);
    for (size_t i = 0; i < n; i++) {
        if (usb_place(found[i], &bus, &number))
            add_found(found[i], out, capacity, count);
    }
    add_all_held(out, capacity, count);
    add_port(device, out, capacity, count);
    for (size_t i = 0; i < model_count; i++)
        add_port(models[i].connstring, out, capacity, count);
    return 0;
}

/* ---- the chip ---- */

static bool hung_up(const struct nfc *self)
{
    struct pollfd line = { .fd = self->line, .events = POLLIN };
    return self->line >= 0 && poll(&line, 1, 0) > 0 && (line.revents & (POLLHUP | POLLERR));
}

static int limit(const struct nfc *self, uint32_t ms)
{
    return (int)((ms ? ms : 1) + (self->usb ? USB_LOST_MS : 0));
}

static bool is_timeout(const struct nfc *self, int code)
{
    return code == NFC_ETIMEOUT || (self->usb && code == -ETIMEDOUT);
}

/* One command of the chip's own, no longer than `answer`: the answer's length or a negative code. */
static int ask_chip(struct nfc *self, const uint8_t *command, size_t length, uint8_t answer[16])
{
    int code = pn53x_transceive(self->device, command, length, answer, 16, limit(self, CHIP_MS));
    int last = nfc_device_get_last_error(self->device);
    return code >= 0 && last < 0 ? last : code;
}

/* The communication line test gives back what it gets: a number that has not been sent before. */
static int ask_for_echo(struct nfc *self)
{
    uint32_t n = ++self->echoes;
    const uint8_t command[] = { DIAGNOSE,          0x00,      (uint8_t)(n >> 24), (uint8_t)(n >> 16),
                                (uint8_t)(n >> 8), (uint8_t)n };
    uint8_t answer[16];
    int code = ask_chip(self, command, sizeof command, answer);
    if (code < 0)
        return code;
    return code == sizeof command - 1 && memcmp(answer, command + 1, sizeof command - 1) == 0 ? 0 : NFC_EIO;
}

/* The IC of the firmware version: types A, B and F are polled by a PN532 or PN533. */
static int ask_for_chip(struct nfc *self)
{
    const uint8_t command = GET_FIRMWARE_VERSION;
    uint8_t answer[16];
    int code = ask_chip(self, &command, 1, answer);
    if (code < 0)
        return code;
    return code == 4 && (answer[0] == 0x32 || answer[0] == 0x33) ? 0 : NFC_EDEVNOTSUPP;
}

/* Until it answers what it is asked, twice in a row: nothing that came late is left then. (Were the same
 * asked twice, an old answer could stand for the new one.) */
static int call_in(struct nfc *self)
{
    int code = NFC_ENOTSUCHDEV;
    unsigned good = 0, silent = 0;
    for (unsigned i = 0; self->device && i < RESYNC_TRIES && good < 2 && silent < SILENCES; i++) {
        code = ask_for_echo(self);
        good = code == 0 ? good + 1 : 0;
        silent = is_timeout(self, code) ? silent + 1 : 0;
    }
    return good == 2 ? 0 : code != 0 ? code : NFC_EIO;
}

/* A finding of this driver's own, with a name as the library's codes have one; returns `status`. */
static int set_fault(enum stage stage, cause_set causes, const char *native, int status,
                     struct driver_fault *fault, struct err *e)
{
    memset(fault, 0, sizeof *fault);
    fault->stage = stage;
    fault->depth = DEPTH_RF;
    fault->causes = causes;
    text_fit(fault->native, sizeof fault->native, native);
    if (e)
        text_fit(e->native, sizeof e->native, native);
    return status;
}

/* A property of the library's; 0 or a negative code. */
static int set(struct nfc *self, nfc_property property, bool on)
{
    if (!self->device)
        return NFC_ENOTSUCHDEV;
    int code = nfc_device_set_property_bool(self->device, property, on);
    return code < 0 ? code : nfc_device_get_last_error(self->device);
}

/* Opens the device by its name and tries it: 0 or a negative code. */
static int start_device(struct nfc *self)
{
    nfc_connstring connstring = "";
    text_fit(connstring, sizeof connstring, self->name);
    self->device = nfc_open(self->context, connstring);
    int code = self->device ? nfc_initiator_init(self->device) : NFC_ENOTSUCHDEV;
    if (code == 0)
        code = call_in(self);
    if (code == 0)
        code = ask_for_chip(self);
    if (code == 0)
        code = set(self, NP_INFINITE_SELECT, false);
    return code == 0 ? set(self, NP_ACTIVATE_FIELD, false) : code;
}

/* Our lock of a serial port stays meanwhile. */
static int start_again(struct nfc *self)
{
    if (self->device)
        nfc_close(self->device);
    self->device = NULL;
    self->active = false;
    return start_device(self);
}

/* In step with the chip after an answer that did not come, or came broken; 0 or a negative code. */
static int resync(struct nfc *self)
{
    int code = hung_up(self) ? NFC_ENOTSUCHDEV : call_in(self);
    if (code != 0 && !hung_up(self))
        code = start_again(self);
    self->stale = code != 0;
    return code;
}

/* status: the chip's, where it told one. After a missed deadline nothing is tried here: who asks next, the
 * worker's probe or the next activation, puts the chip in step. */
static int fail(struct nfc *self, int code, uint8_t status, size_t expected, enum nfc_phase phase,
                struct driver_fault *fault, struct err *e)
{
    struct nfc_failure f = { .code = code, .status = status, .usb = self->usb, .expected = expected };
    self->active = false;
    self->stale = self->stale || status == 0;
    if (hung_up(self))
        f = (struct nfc_failure) { .code = NFC_ENOTSUCHDEV, .usb = self->usb };
    else if (status == 0 && !is_timeout(self, code) && resync(self) != 0 && !self->device)
        f.code = NFC_ENOTSUCHDEV; /* it can't be opened any more */
    return nfc_fail(&f, phase, self->name, fault, e);
}

/* ---- opening ---- */

static void release(struct nfc *self)
{
    if (self->device)
        nfc_close(self->device);
    if (self->context)
        nfc_exit(self->context);
    if (self->line >= 0)
        close(self->line); /* and with it the lock */
    free(self);
}

static int fail_open(const char *native, bool busy, bool lost, struct driver_fault *fault)
{
    memset(fault, 0, sizeof *fault);
    fault->stage = STAGE_SETUP;
    fault->depth = DEPTH_RF;
    fault->causes = busy ? CAUSE(30) : CAUSE(1);
    fault->busy = busy;
    fault->reader_lost = lost;
    text_fit(fault->native, sizeof fault->native, native);
    return ERR_ENVIRONMENT;
}

/* Between programs that lock as this one does; libnfc's own lock of a serial port does not work, and of a
 * USB device it does not say why it fails. */
static int lock_line(struct nfc *self, const char *path, struct driver_fault *fault, struct err *e)
{
    self->line = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (self->line < 0) {
        int reason = errno;
        fail_open(strerrorname_np(reason), reason == EBUSY,
                  reason == ENOENT || reason == ENXIO || reason == ENODEV, fault);
        return err_system(e, ERR_ENVIRONMENT, path, reason,
                          reason != EACCES ? "the reader cannot be opened"
                          : self->usb      ? "this user may not open the USB device"
                                           : "this user may not open the port (group dialout)");
    }
    if (flock(self->line, LOCK_EX | LOCK_NB) == 0)
        return 0;
    fail_open("EWOULDBLOCK", true, false, fault);
    return err_set(e, ERR_ENVIRONMENT, path, "another program holds the reader: end it first");
}

static int cannot_open(const struct nfc *self, struct driver_fault *fault, struct err *e)
{
    char holder[64] = "";
    unsigned bus, number;
    if (usb_place(self->name, &bus, &number))
        holder_of(bus, number, holder, sizeof holder);
    bool busy = holder[0] != '\0';
    fail_open(busy ? "EBUSY" : "NFC_ENOTSUCHDEV", busy, !busy, fault);
    if (strcmp(holder, "usbfs") == 0)
        return err_set(e, ERR_ENVIRONMENT, self->name, "another program holds the reader: end it first");
    if (busy)
        return err_set(e, ERR_ENVIRONMENT, self->name,
                       "the kernel's %s holds the reader: `modprobe -r %s` (and blacklist it)", holder,
                       holder);
    return err_set(e, ERR_ENVIRONMENT, self->name,
                   "libnfc cannot open the reader: its chip does not answer, or it is held");
}

static int open_device(struct nfc *self, struct driver_fault *fault, struct err *e)
{
    tame_library(false);
    nfc_init(&self->context);
    int code = self->context ? start_device(self) : NFC_ESOFT;
    if (code == 0)
        return 0;
    return self->device ? fail(self, code, 0, 0, NFC_PHASE_SETUP, fault, e) : cannot_open(self, fault, e);
}

static int open_reader(const struct driver_open *how, struct driver_reader **out, struct driver_fault *fault,
                       struct err *e)
{
    char path[256];
    unsigned bus, number;
    bool serial = serial_path(how->address, path, sizeof path);
    if (!serial && !usb_place(how->address, &bus, &number)) {
        fail_open("NFC_ENOTSUCHDEV", false, true, fault);
        return refuse(how->address, e);
    }
    if (!serial)
        snprintf(path, sizeof path, "/dev/bus/usb/%03u/%03u", bus, number);
    struct nfc *self = calloc(1, sizeof *self);
    if (!self)
        return err_set(e, ERR_MEMORY, how->address, "out of memory");
    self->line = -1;
    self->usb = !serial;
    text_fit(self->name, sizeof self->name, how->address);
    text_fit(self->polling, sizeof self->polling,
             how->polling && *how->polling ? how->polling : FALLBACK_ORDER);
    int status = lock_line(self, path, fault, e);
    if (status == 0)
        status = open_device(self, fault, e);
    if (status != 0) {
        release(self);
        return status;
    }
    *out = &self->base;
    return 0;
}

static void close_reader(struct driver_reader *r)
{
    struct nfc *self = self_of(r);
    if (!hung_up(self))
        set(self, NP_ACTIVATE_FIELD, false);
    release(self);
}

/* ---- polling ---- */

static int restart_field(struct nfc *self)
{
    int code = self->stale ? resync(self) : 0;
    self->active = false;
    if (code == 0)
        code = set(self, NP_ACTIVATE_FIELD, false);
    if (code != 0)
        return code;
    clock_sleep_ms(OFF_MS);
    code = set(self, NP_ACTIVATE_FIELD, true);
    if (code == 0)
        clock_sleep_ms(GUARD_MS);
    return code;
}

static int poll_for(struct nfc *self, char technology, bool rats, nfc_target *target)
{
    const nfc_modulation modulation = { .nmt = technology == 'A'   ? NMT_ISO14443A
                                               : technology == 'B' ? NMT_ISO14443B
                                                                   : NMT_FELICA,
                                        .nbr = technology == 'F' ? NBR_212 : NBR_106 };
    int code = set(self, NP_AUTO_ISO14443_4, rats);
    if (code == 0)
        code = nfc_initiator_select_passive_target(self->device, modulation, NULL, 0, target);
    return code == 0 ? nfc_device_get_last_error(self->device) : code;
}

/* One poll of each technology in order until one answers: 1, 0 or a negative code. rats: type A is activated
 * too. */
static int poll_round(struct nfc *self, bool rats, nfc_target *target)
{
    int code = 0;
    for (const char *at = self->polling; *at && code == 0; at++) {
        code = poll_for(self, *at, rats, target);
        if (code > 0)
            return 1;
        if (code == NFC_ERFTRANS || code == NFC_ECHIP) /* no target, in other words */
            code = 0;
        else if (is_timeout(self, code)) /* what it finds now would come as the next poll's answer */
            code = resync(self) == 0 ? set(self, NP_ACTIVATE_FIELD, true) : code;
    }
    return code;
}

/* With a field of its own, and no more than a look. */
static int poll_once(struct nfc *self, nfc_target *target)
{
    int code = restart_field(self);
    int seen = code == 0 ? poll_round(self, false, target) : code;
    code = seen >= 0 ? set(self, NP_ACTIVATE_FIELD, false) : seen;
    return code < 0 ? code : seen;
}

static char technology_of(const nfc_target *t)
{
    return t->nm.nmt == NMT_ISO14443A ? 'A' : t->nm.nmt == NMT_ISO14443B ? 'B' : 'F';
}

static int nothing_came(struct nfc *self, bool type_f, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    target->technology = type_f ? 'F' : 0;
    int status = err_set(e, ERR_TIMEOUT, self->name,
                         type_f ? "only a type F target answered within %u ms"
                                : "nothing came into the field within %u ms",
                         limit_ms);
    return set_fault(STAGE_DETECT, type_f ? CAUSE(4) : CAUSE(2) | CAUSE(3),
                     type_f ? "NFC_ONLY_FELICA" : "NFC_NO_TARGET", status, fault, e);
}

static int wait_present(struct driver_reader *r, uint32_t limit_ms, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    struct nfc *self = self_of(r);
    bool type_f = false;
    nfc_target seen = { 0 };
    uint64_t started_ns = clock_now_ns(), past_ms;
    for (;;) {
        int code = poll_once(self, &seen);
        past_ms = (clock_now_ns() - started_ns) / 1000000;
        target->detect_us = (clock_now_ns() - started_ns) / 1000;
        target->detect_source = said_alone(SAID_SEEN_POLL);
        target->detect_quantum_us = POLL_MS * 1000;
        if (code < 0)
            return fail(self, code, 0, 0, NFC_PHASE_SETUP, fault, e);
        if (code > 0 && technology_of(&seen) != 'F') {
            target->technology = technology_of(&seen);
            return 0;
        }
        type_f |= code > 0;
        if (past_ms >= limit_ms)
            return nothing_came(self, type_f, limit_ms, target, fault, e);
        clock_sleep_ms(limit_ms - past_ms < POLL_MS ? (unsigned)(limit_ms - past_ms) : POLL_MS);
    }
}

static int wait_absent(struct driver_reader *r, uint32_t limit_ms, struct driver_fault *fault, struct err *e)
{
    struct nfc *self = self_of(r);
    nfc_target seen = { 0 };
    uint64_t started_ns = clock_now_ns(), past_ms;
    for (;;) {
        int code = poll_once(self, &seen);
        past_ms = (clock_now_ns() - started_ns) / 1000000;
        if (code < 0)
            return fail(self, code, 0, 0, NFC_PHASE_SETUP, fault, e);
        if (code == 0)
            return 0;
        if (past_ms >= limit_ms)
            break;
        clock_sleep_ms(limit_ms - past_ms < POLL_MS ? (unsigned)(limit_ms - past_ms) : POLL_MS);
    }
    int status =
        err_set(e, ERR_TIMEOUT, self->name, "the handset is still in the field after %u ms", limit_ms);
    return set_fault(STAGE_DETECT, 0, "NFC_STILL_THERE", status, fault, e);
}

/* ---- a transaction ---- */

static void fill_a(const nfc_iso14443a_info *a, struct driver_target *target)
{
    struct ats_info ats;
    target->technology = 'A';
    target->atqa[0] = a->abtAtqa[1]; /* libnfc has the upper byte first */
    target->atqa[1] = a->abtAtqa[0];
    target->sak = a->btSak;
    target->has_atqa = true;
    target->uid_length = a->szUidLen < sizeof target->uid ? a->szUidLen : sizeof target->uid;
    memcpy(target->uid, a->abtUid, target->uid_length);
    if (a->szAtsLen == 0 || a->szAtsLen >= sizeof target->ats) {
        target->ats_absent = said_alone(SAID_TARGET_NOT_ASKED);
        return;
    }
    target->ats[0] = (uint8_t)(a->szAtsLen + 1); /* libnfc takes the length byte away */
    memcpy(target->ats + 1, a->abtAts, a->szAtsLen);
    target->ats_length = a->szAtsLen + 1;
    ats_decode(target->ats, target->ats_length, &ats);
    if (!ats.valid)
        return;
    target->fwt_us = frame_waiting_time_us(ats.fwi);
    target->atr_length = atr_of_historical(ats.historical, ats.historical_length, target->atr);
}

static void fill_b(const nfc_iso14443b_info *b, struct driver_target *target)
{
    target->technology = 'B';
    target->atqb[0] = 0x50;
    memcpy(target->atqb + 1, b->abtPupi, 4);
    memcpy(target->atqb + 5, b->abtApplicationData, 4);
    memcpy(target->atqb + 9, b->abtProtocolInfo, 3);
    target->atqb_length = 12;
    memcpy(target->uid, b->abtPupi, 4);
    target->uid_length = 4;
    target->fwt_us = frame_waiting_time_us(target->atqb[11] >> 4);
    target->atr_length = atr_of_atqb(target->atqb, 0, target->atr);
    target->ats_absent = said_alone(SAID_NO_ATS_B);
}

/* Nothing came up. Looked at once more without RATS, a type A target shows whether it is there at all. */
static int not_activated(struct nfc *self, struct driver_fault *fault, struct err *e)
{
    nfc_target seen = { 0 };
    int there = restart_field(self);
    if (there == 0)
        there = poll_round(self, false, &seen);
    if (there < 0)
        return fail(self, there, 0, 0, NFC_PHASE_SETUP, fault, e);
    if (there > 0 && technology_of(&seen) == 'A')
        return set_fault(
            STAGE_ACTIVATE, CAUSE(5) | CAUSE(6) | CAUSE(7), "NFC_NO_ATS",
            err_set(e, ERR_CARD, self->name, "a type A target answers, and does not come up (RATS)"), fault,
            e);
    cause_set causes = CAUSE(2) | CAUSE(3) | (strchr(self->polling, 'B') ? CAUSE(5) | CAUSE(6) : 0);
    return set_fault(STAGE_DETECT, causes, "NFC_NO_TARGET",
                     err_set(e, ERR_NO_TARGET, self->name,
                             "nothing in the field answers, or a type B target does not come up"),
                     fault, e);
}

static int judge_target(struct nfc *self, const nfc_target *t, struct driver_target *target,
                        struct driver_fault *fault, struct err *e)
{
    char technology = technology_of(t);
    if (technology == 'B') {
        fill_b(&t->nti.nbi, target);
        return 0;
    }
    if (technology == 'A') {
        fill_a(&t->nti.nai, target);
        if (target->sak & 0x20)
            return 0;
    }
    if (technology == 'A')
        return set_fault(
            STAGE_ACTIVATE, CAUSE(8), "NFC_NO_ISO14443_4",
            err_set(e, ERR_CARD, self->name, "what answers has no ISO/IEC 14443-4 (SAK %02X)", target->sak),
            fault, e);
    target->technology = 'F';
    return set_fault(STAGE_DETECT, CAUSE(4), "NFC_ONLY_FELICA",
                     err_set(e, ERR_NO_TARGET, self->name,
                             "only a type F target answers: a counter's card is type A or B"),
                     fault, e);
}

static int activate(struct driver_reader *r, struct driver_target *target, struct driver_fault *fault,
                    struct err *e)
{
    struct nfc *self = self_of(r);
    nfc_target found = { 0 };
    uint64_t started_ns = clock_now_ns();
    int code = restart_field(self);
    if (code == 0)
        code = poll_round(self, true, &found);
    target->activate_us = (clock_now_ns() - started_ns) / 1000;
    if (code < 0)
        return fail(self, code, 0, 0, NFC_PHASE_SETUP, fault, e);
    if (code == 0)
        return not_activated(self, fault, e);
    target->kbit_s = 106; /* the chip keeps the rate of its poll */
    int status = judge_target(self, &found, target, fault, e);
    self->active = status == 0;
    return status;
}

static int field_off(struct driver_reader *r, struct driver_fault *fault, struct err *e)
{
    struct nfc *self = self_of(r);
    int code = set(self, NP_ACTIVATE_FIELD, false);
    self->active = false;
    return code == 0 ? 0 : fail(self, code, 0, 0, NFC_PHASE_SETUP, fault, e);
}

/* One InDataExchange, or a part of one: the answer's length with its status byte, or a negative code. */
static int send_part(struct nfc *self, const uint8_t *bytes, size_t length, bool more, uint64_t deadline_ns)
{
    uint8_t command[2 + PART_MAX] = { IN_DATA_EXCHANGE, (uint8_t)(TARGET_NUMBER | (more ? MORE : 0)) };
    uint64_t now_ns = clock_now_ns();
    uint64_t left_ms = deadline_ns == 0       ? FOR_EVER_MS
                       : deadline_ns > now_ns ? (deadline_ns - now_ns + 999999) / 1000000
                                              : 1;
    memcpy(command + 2, bytes, length);
    self->answer[0] = 0;
    int code = pn53x_transceive(self->device, command, length + 2, self->answer, sizeof self->answer,
                                limit(self, (uint32_t)left_ms));
    return code >= 0 && nfc_device_get_last_error(self->device) < 0 ? nfc_device_get_last_error(self->device)
                                                                    : code;
}

static int send_all(struct nfc *self, const struct driver_exchange *x, uint64_t deadline_ns)
{
    size_t sent = 0;
    for (;;) {
        size_t part = x->command_length - sent < PART_MAX ? x->command_length - sent : PART_MAX;
        bool more = sent + part < x->command_length;
        int code = send_part(self, x->command + sent, part, more, deadline_ns);
        if (code < 0 || !more)
            return code;
        sent += part;
    }
}

/* The chip's status stands in the answer only when the chip answered; the library's own NFC_ECHIP says that
 * a response in parts outgrew the buffer. */
static uint8_t status_of(const struct nfc *self, int code)
{
    uint8_t status = self->answer[0] & 0x3f;
    bool told = code >= 0 || code == NFC_ERFTRANS || code == NFC_ECHIP || code == NFC_EINVARG ||
                code == NFC_EMFCAUTHFAIL || code == NFC_ETGRELEASED;
    if (code == NFC_ECHIP && status == 0)
        return 0x07;
    return told ? status : 0;
}

static int exchange(struct driver_reader *r, struct driver_exchange *x, struct driver_fault *fault,
                    struct err *e)
{
    struct nfc *self = self_of(r);
    struct apdu apdu;
    bool parsed = apdu_parse(x->command, x->command_length, &apdu);
    if (!self->active)
        return set_fault(
            STAGE_ACTIVATE, 0, "NFC_NO_TARGET",
            err_set(e, ERR_NO_TARGET, self->name, "nothing is activated: activate before an exchange"), fault,
            e);
    x->started_ns = clock_now_ns();
    int code = send_all(self, x, x->deadline_ms ? x->started_ns + (uint64_t)x->deadline_ms * 1000000 : 0);
    x->ended_ns = clock_now_ns();
    size_t expected = parsed && apdu.has_le ? apdu.le : 0;
    if (code < 0 || status_of(self, code) != 0)
        return fail(self, code < 0 ? code : NFC_ERFTRANS, status_of(self, code), expected, NFC_PHASE_EXCHANGE,
                    fault, e);
    size_t length = code > 0 ? (size_t)code - 1 : 0;
    if (length > x->response_capacity)
        return nfc_fail(&(struct nfc_failure) { .code = NFC_EOVFLOW }, NFC_PHASE_EXCHANGE, self->name, fault,
                        e);
    if (length < 2)
        return set_fault(
            STAGE_EXCHANGE, CAUSE(12), "NFC_SHORT_RESPONSE",
            err_set(e, ERR_CARD, self->name, "%zu bytes came back; a response has at least two", length),
            fault, e);
    memcpy(x->response, self->answer + 1, length);
    x->response_length = length;
    return 0;
}

static int probe(struct driver_reader *r, struct err *e)
{
    struct nfc *self = self_of(r);
    struct driver_fault fault;
    int code = resync(self);
    if (code == 0)
        return 0;
    const struct nfc_failure f = { .code = code, .usb = self->usb };
    return nfc_fail(&f, NFC_PHASE_SETUP, self->name, &fault, e);
}

static int time_floor(struct driver_reader *r, uint64_t *ns, struct err *e)
{
    struct nfc *self = self_of(r);
    struct driver_fault fault;
    uint64_t started_ns = clock_now_ns();
    int code = self->device ? ask_for_chip(self) : NFC_ENOTSUCHDEV;
    *ns = clock_now_ns() - started_ns;
    if (code == 0)
        return 0;
    const struct nfc_failure f = { .code = code, .usb = self->usb };
    return nfc_fail(&f, NFC_PHASE_SETUP, self->name, &fault, e);
}

static void versions(char *out, size_t capacity)
{
    snprintf(out, capacity, "libnfc %s", nfc_version());
}

static bool locate(struct driver_reader *r, struct driver_location *out)
{
    struct nfc *self = self_of(r);
    char path[256], directory[512];
    *out = (struct driver_location) { 0 };
    if (serial_path(self->name, path, sizeof path))
        return usb_sysfs_of_port(SYSFS, path, out);
    if (!usb_place(self->name, &out->bus, &out->device) ||
        !usb_sysfs_find(SYSFS, out->bus, out->device, directory, sizeof directory))
        return false;
    usb_sysfs_line(directory, "serial", out->serial, sizeof out->serial);
    return true;
}

/* A serial port may be any node there, and is another one after a re-plug. */
static const struct sandbox_path paths[] = {
    { "/dev", true }, { "/sys", false }, { "/run/udev", false }, { "/etc/nfc", false }, { 0 }
};

const struct driver_ops driver_nfc = {
    .name = "nfc",
    .summary = "NXP PN532 and PN533 readers (libnfc)",
    .version = DRIVER_VERSION,
    .capabilities = DRIVER_DEADLINE | DRIVER_POLLS,
    .needs = { SANDBOX_FILES | SANDBOX_LINE | SANDBOX_USB, paths },
    .list = list,
    .describe = describe,
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
    .versions = versions,
};
