/* The bus in sysfs; see usb_proof.h. */
#include "drivers/usb_proof.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void usb_sysfs_line(const char *directory, const char *name, char *out, size_t capacity)
{
    char path[PATH_MAX];
    out[0] = '\0';
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, capacity - 1) : -1;
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

/* A number of a device's file; -1 when it is not there. */
static long number_of(const char *directory, const char *name, int base)
{
    char text[64], *end;
    usb_sysfs_line(directory, name, text, sizeof text);
    long value = strtol(text, &end, base);
    return end == text || *end ? -1 : value;
}

bool usb_sysfs_find(const char *root, unsigned bus, unsigned device, char *directory, size_t capacity)
{
    char folder[PATH_MAX];
    bool found = false;
    const struct dirent *entry;
    snprintf(folder, sizeof folder, "%s/bus/usb/devices", root);
    DIR *devices = opendir(folder);
    while (!found && devices && (entry = readdir(devices)) != NULL) {
        int length = snprintf(directory, capacity, "%s/%s", folder, entry->d_name);
        found = entry->d_name[0] != '.' && length < (int)capacity &&
                number_of(directory, "busnum", 10) == (long)bus &&
                number_of(directory, "devnum", 10) == (long)device;
    }
    if (devices)
        closedir(devices);
    return found;
}

/* /sys/class/tty/NAME/device leads to the port's interface; the device is a folder above it. */
bool usb_sysfs_of_port(const char *root, const char *path, struct driver_location *out)
{
    char real[PATH_MAX], link[PATH_MAX + 64], folder[PATH_MAX];
    memset(out, 0, sizeof *out);
    const char *name = strrchr(realpath(path, real) ? real : path, '/');
    if (!name || !name[1])
        return false;
    snprintf(link, sizeof link, "%s/class/tty/%s/device", root, name + 1);
    if (!realpath(link, folder))
        return false;
    for (char *slash = strrchr(folder, '/'); slash && slash != folder; slash = strrchr(folder, '/')) {
        long bus = number_of(folder, "busnum", 10), device = number_of(folder, "devnum", 10);
        if (bus > 0 && device > 0) {
            *out =
                (struct driver_location) { .bus = (unsigned)bus, .device = (unsigned)device, .port = true };
            return true;
        }
        *slash = '\0';
    }
    return false;
}

/* What makes this process, and no other one, see a bus or a daemon of somebody's own. */
static bool sees_something_else(void)
{
    static const char *const names[] = { "LD_PRELOAD", "UMOCKDEV_DIR", "PCSCLITE_CSOCK_NAME" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return true;
    }
    return false;
}

/* USB/IP and the gadget test driver: a controller that is a program. */
static bool is_emulated_by_kernel(const char *directory)
{
    char real[PATH_MAX];
    return !realpath(directory, real) || strstr(real, "/vhci_hcd") || strstr(real, "/dummy_hcd");
}

enum proof usb_proof(const char *root, const struct driver_location *at, int vendor, int product)
{
    char directory[PATH_MAX], serial[sizeof at->serial];
    if (at->bus == 0 || sees_something_else() ||
        !usb_sysfs_find(root, at->bus, at->device, directory, sizeof directory) ||
        is_emulated_by_kernel(directory))
        return PROOF_UNPROVEN;
    bool any = at->port && vendor < 0 && product < 0;
    if (!any && (vendor < 0 || product < 0 || number_of(directory, "idVendor", 16) != vendor ||
                 number_of(directory, "idProduct", 16) != product))
        return PROOF_UNPROVEN;
    usb_sysfs_line(directory, "serial", serial, sizeof serial);
    return at->serial[0] && serial[0] && strcmp(at->serial, serial) != 0 ? PROOF_UNPROVEN : PROOF_BUS;
}
