/*
 * An emulated USB reader on this machine's own kernel: vhci-hcd takes one end of a socket pair and speaks
 * USB/IP on it (Linux, Documentation/usb/usbip_protocol.rst), so that the kernel's drivers, usbfs and every
 * program see a USB device. Needs root and the module vhci-hcd; meant for a virtual machine of one's own
 * (scripts/check-vm). A thread serves each reader. All functions may be called from another thread.
 */
#ifndef NFC_SURVEY_TESTBED_USBIP_H
#define NFC_SURVEY_TESTBED_USBIP_H

#include "drivers/emulator/testbed/function.h"

struct usbip;

/* Reader `number` counts from 1, as its serial does; `profile` is borrowed. */
int usbip_new(const struct function_ops *ops, const struct reader_profile *profile, const char *serial,
              unsigned number, struct usbip **out, struct err *e) __attribute__((warn_unused_result));
void usbip_free(struct usbip **u);

int usbip_plug(struct usbip *u, struct err *e) __attribute__((warn_unused_result));
int usbip_unplug(struct usbip *u, struct err *e) __attribute__((warn_unused_result));
bool usbip_plugged(const struct usbip *u);

/* `laying` is copied, but for its handset; true when the field sees it. */
bool usbip_lay(struct usbip *u, const struct laying *laying);
void usbip_lift(struct usbip *u);
void usbip_begin(struct usbip *u, unsigned transaction);
int usbip_fault(struct usbip *u, const char *name, bool has_argument, unsigned argument, unsigned count,
                struct err *e) __attribute__((warn_unused_result));

/* True when a daemon watches its slot: it waits for changes, or asked for the slot's status often. *watches
 * is false for kinds that do not know. */
bool usbip_driven(struct usbip *u, bool *watches);

#endif
