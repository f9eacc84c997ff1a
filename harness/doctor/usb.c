/*
 * Readers on the USB bus, as sysfs shows them: nothing is opened, nobody is disturbed. A device is a reader when a
 * profile has its ids.
 */
#include "harness/doctor/usb.h"

#include "drivers/ccid/descriptor.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/doctor/examination.h"
#include "harness/doctor/proc.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEVICES         "/sys/bus/usb/devices"
#define DEVICES_MAX     64
#define DESCRIPTORS_MAX (1u << 17) /* bytes: sysfs announces 65,553 */
#define RULES           "udev/rules.d/60-nfc-survey.rules"

struct device {
    char name[32]; /* in sysfs: "1-2" */
    unsigned bus, number;
    char release[16], serial[64];
    const struct reader_profile *profile;
    char subject[160];
};

/* ---- the readers that are there ---- */

static bool attribute(const struct examination *x, const char *device, const char *name, char *out,
                      size_t capacity)
{
    char path[300];
    snprintf(path, sizeof path, DEVICES "/%s/%s", device, name);
    return host_line(x, path, out, capacity);
}

static unsigned number_of(const struct examination *x, const char *device, const char *name, int base)
{
    char text[16];
    return attribute(x, device, name, text, sizeof text) ? (unsigned)strtoul(text, NULL, base) : UINT_MAX;
}

static const struct reader_profile *profile_of(const struct examination *x, unsigned vendor, unsigned product)
{
    for (size_t i = 0; i < x->how->profile_count; i++) {
        const struct reader_profile *p = &x->how->profiles[i];
        if (!p->simulated && p->usb_vendor == (int)vendor && p->usb_product == (int)product)
            return p;
    }
    return NULL;
}

static bool read_device(const struct examination *x, const char *name, struct device *out)
{
    *out = (struct device) { .profile = profile_of(x, number_of(x, name, "idVendor", 16),
                                                   number_of(x, name, "idProduct", 16)) };
    if (!out->profile || strlen(name) >= sizeof out->name)
        return false;
    text_fit(out->name, sizeof out->name, name);
    out->bus = number_of(x, name, "busnum", 10);
    out->number = number_of(x, name, "devnum", 10);
    attribute(x, name, "bcdDevice", out->release, sizeof out->release);
    attribute(x, name, "serial", out->serial, sizeof out->serial);
    snprintf(out->subject, sizeof out->subject, "%s %s%s%s%s (USB %s)", out->profile->maker,
             out->profile->model, out->serial[0] ? " (" : "", out->serial, out->serial[0] ? ")" : "", name);
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct device *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static size_t list_devices(const struct examination *x, struct device out[DEVICES_MAX])
{
    char path[PATH_MAX];
    size_t count = 0;
    snprintf(path, sizeof path, "%s" DEVICES, x->how->root);
    DIR *folder = opendir(path);
    for (struct dirent *d; folder && count < DEVICES_MAX && (d = readdir(folder));)
        count += d->d_name[0] != '.' && !strchr(d->d_name, ':') && read_device(x, d->d_name, &out[count]);
    if (folder)
        closedir(folder);
    qsort(out, count, sizeof *out, by_place);
    return count;
}

static void each_device(struct examination *x, void (*look)(struct examination *, const struct device *))
{
    struct device devices[DEVICES_MAX];
    size_t count = list_devices(x, devices);
    for (size_t i = 0; i < count; i++)
        look(x, &devices[i]);
}

/* ---- the node ---- */

static void node_of(const struct device *d, char out[64])
{
    snprintf(out, 64, "/dev/bus/usb/%03u/%03u", d->bus, d->number);
}

static bool has_rules(const struct examination *x)
{
    return host_has(x, "/etc/" RULES) || host_has(x, "/usr/lib/" RULES) || host_has(x, "/lib/" RULES) ||
           host_has(x, "/usr/local/lib/" RULES);
}

static void closed_node(struct examination *x, const struct device *d, const char *node)
{
    static const char again[] = "sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb";
    struct said said = SAY(SAID_USB_NODE_CLOSED, node);
    if (has_rules(x))
        found(x, DOCTOR_STOPS, d->subject, said, "sudo usermod -aG plugdev \"$USER\" # then log in anew\n%s",
              again);
    else
        found(x, DOCTOR_STOPS, d->subject, said,
              "echo 'SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", MODE=\"0660\", "
              "GROUP=\"plugdev\", TAG+=\"uaccess\"' | sudo tee -a /etc/" RULES "\n%s",
              (unsigned)d->profile->usb_vendor, (unsigned)d->profile->usb_product, again);
}

static void look_at_node(struct examination *x, const struct device *d)
{
    char node[64], path[PATH_MAX];
    node_of(d, node);
    snprintf(path, sizeof path, "%s%s", x->how->root, node);
    if (access(path, W_OK) == 0)
        return;
    if (errno == ENOENT)
        found(x, DOCTOR_STOPS, d->subject, SAY(SAID_USB_NODE_ABSENT, node),
              "sudo udevadm trigger --subsystem-match=usb");
    else
        closed_node(x, d, node);
}

void check_usb_node(struct examination *x)
{
    each_device(x, look_at_node);
}

/* ---- who has it ---- */

static void look_at_driver(struct examination *x, const struct device *d)
{
    char path[PATH_MAX], target[256];
    snprintf(path, sizeof path, "%s" DEVICES "/%s/%s:1.%u/driver", x->how->root, d->name, d->name,
             d->profile->interface);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n <= 0)
        return;
    target[n] = '\0';
    const char *slash = strrchr(target, '/'), *module = slash ? slash + 1 : target;
    if (strcmp(module, "usbfs") == 0) /* a process's, not a module: check_usb_holder() names it */
        return;
    /* Our own drivers send a module away while they run; libnfc, which PN533 readers need, can't. */
    bool libnfc = strncmp(module, "pn53", 4) == 0;
    found(x, libnfc ? DOCTOR_STOPS : DOCTOR_ADVICE, d->subject, SAY(SAID_USB_KERNEL_DRIVER, module),
          "sudo modprobe -r %s\necho 'blacklist %s' | sudo tee -a /etc/modprobe.d/nfc-survey.conf", module,
          module);
}

void check_usb_driver(struct examination *x)
{
    each_device(x, look_at_driver);
}

struct holder {
    const struct examination *x;
    char node[64];
    char names[200];
    pid_t last;
    bool pcscd, others;
};

static void see_node(void *context, pid_t pid, const char *target)
{
    struct holder *h = context;
    char comm[PROC_COMM_SIZE];
    pid_t parent;
    size_t length = strlen(target), tail = strlen(h->node), n = strlen(h->names);
    if (pid == h->last || length < tail || strcmp(target + length - tail, h->node) != 0 ||
        proc_descends_from(h->x->how->root, pid, getpid()) || !proc_stat(h->x->how->root, pid, comm, &parent))
        return;
    h->last = pid;
    bool pcscd = strcmp(comm, "pcscd") == 0;
    h->pcscd |= pcscd;
    h->others |= !pcscd;
    snprintf(h->names + n, sizeof h->names - n, "%s%s (%d)", n ? ", " : "", comm, (int)pid);
}

/* pcscd holds what it drives. That stops a sweep only whose driver wants the device for itself. */
static void look_at_holder(struct examination *x, const struct device *d)
{
    struct holder h = { .x = x };
    node_of(d, h.node);
    proc_each_link(x->how->root, see_node, &h);
    bool direct = x->how->survey && !sweep_uses(x, "pcsc");
    if (h.pcscd && direct)
        found(x, DOCTOR_STOPS, d->subject, SAY(SAID_USB_HELD_BY, h.names),
              "sudo systemctl stop pcscd.socket pcscd");
    else if (h.others)
        found(x, DOCTOR_STOPS, d->subject, SAY(SAID_USB_HELD_BY, h.names), "sudo fuser -v %s", h.node);
}

void check_usb_holder(struct examination *x)
{
    each_device(x, look_at_holder);
}

/* ---- what it is ---- */

bool usb_interface_of(const uint8_t *bytes, size_t length, unsigned number, struct usb_interface *out)
{
    size_t at = 0;
    *out = (struct usb_interface) { 0 };
    for (; at + 2 <= length && bytes[at] >= 2 && at + bytes[at] <= length; at += bytes[at]) {
        const uint8_t *d = bytes + at;
        bool interface = d[1] == USB_DESCRIPTOR_INTERFACE && d[0] >= 9;
        if (interface && out->extra)
            return true;
        if (interface && d[2] == number && d[3] == 0)
            *out = (struct usb_interface) { .endpoints = d[4], .usb_class = d[5], .extra = d + d[0] };
        else if (out->extra)
            out->extra_length += d[0];
    }
    if (out->extra) /* some old readers have lengths that lead nowhere: what follows may still be of use */
        out->extra_length = (size_t)(bytes + length - out->extra);
    return out->extra != NULL;
}

static void compare(struct examination *x, const struct device *d, const struct buf *bytes)
{
    struct usb_interface i;
    struct ccid_descriptor descriptor;
    struct reader_model model;
    char note[160];
    reader_profile_model(d->profile, &model);
    if (!model.ccid)
        return;
    if (!usb_interface_of((const uint8_t *)buf_text(bytes), bytes->length, model.interface, &i) ||
        !ccid_descriptor_find(i.extra, i.extra_length, i.usb_class == 0xff, &descriptor)) {
        found(x, DOCTOR_SPOILS, d->subject, SAY(SAID_USB_NO_INTERFACE, said_number(model.interface).text),
              NULL);
        return;
    }
    ccid_descriptor_compare(&(struct ccid_shape) { &descriptor, i.usb_class, i.endpoints }, &model, note,
                            sizeof note);
    if (note[0])
        found(x, DOCTOR_SPOILS, d->subject, said_words(note), NULL);
}

static void look_at_descriptor(struct examination *x, const struct device *d)
{
    char path[PATH_MAX];
    struct buf bytes;
    struct err e;
    buf_init(&bytes, DESCRIPTORS_MAX);
    snprintf(path, sizeof path, "%s" DEVICES "/%s/descriptors", x->how->root, d->name);
    if (file_read(path, &bytes, &e) == 0)
        compare(x, d, &bytes);
    buf_free(&bytes);
}

void check_descriptor(struct examination *x)
{
    each_device(x, look_at_descriptor);
}

static void each_pair_of_model(struct examination *x,
                               void (*look)(struct examination *, const struct device *,
                                            const struct device *))
{
    struct device devices[DEVICES_MAX];
    size_t count = list_devices(x, devices);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (devices[i].profile == devices[j].profile)
                look(x, &devices[i], &devices[j]);
        }
    }
}

static void compare_release(struct examination *x, const struct device *d, const struct device *other)
{
    if (strcmp(d->release, other->release) != 0)
        found(x, DOCTOR_ADVICE, d->subject,
              SAY(SAID_USB_OTHER_RELEASE, d->release, other->subject, other->release), NULL);
}

void check_firmware(struct examination *x)
{
    each_pair_of_model(x, compare_release);
}

static void compare_serial(struct examination *x, const struct device *d, const struct device *other)
{
    if (d->serial[0] && strcmp(d->serial, other->serial) == 0)
        found(x, DOCTOR_SPOILS, d->subject, SAY(SAID_USB_SAME_SERIAL, other->subject), "nfc-survey readers");
}

void check_serial(struct examination *x)
{
    each_pair_of_model(x, compare_serial);
}
