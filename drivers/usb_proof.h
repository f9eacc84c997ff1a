/*
 * Whether a reader is a device of this host's USB bus, as its kernel shows the bus in sysfs. What agrees with the
 * bus is not genuine for that: a gadget or an IFD handler can lie about both. root is "/sys", or a made tree of a
 * test's.
 */
#ifndef NFC_SURVEY_DRIVERS_USB_PROOF_H
#define NFC_SURVEY_DRIVERS_USB_PROOF_H

#include "drivers/driver.h"

/* One line of a file of sysfs, "" when it is not there. */
void usb_sysfs_line(const char *directory, const char *name, char *out, size_t capacity);

/* The directory of a device by its numbers. */
bool usb_sysfs_find(const char *root, unsigned bus, unsigned device, char *directory, size_t capacity);

/* The device that a serial port hangs on: path is "/dev/ttyUSB0" or a link to it. False when none does. */
bool usb_sysfs_of_port(const char *root, const char *path, struct driver_location *out);

/*
 * PROOF_BUS: there is a device at this place, it has the model's vendor and product (-1: any, of a serial port
 * only) and, where both tell one, the reader's serial number; it is not emulated by the kernel, and this process
 * is not made to see another bus or another daemon. Else PROOF_UNPROVEN.
 */
enum proof usb_proof(const char *root, const struct driver_location *at, int vendor, int product);

#endif
