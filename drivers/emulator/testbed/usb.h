/*
 * Emulated readers on an emulated bus: umockdev's testbed, the usbfs requests of each reader's node, hotplug,
 * and the timer that delivers late answers. Programs under umockdev's preload library see the readers as USB
 * devices.
 */
#ifndef NFC_SURVEY_TESTBED_USB_H
#define NFC_SURVEY_TESTBED_USB_H

#include "drivers/emulator/testbed/function.h"
#include "harness/base/err.h"
#include "harness/survey/survey.h"

#define USB_READERS_MAX 16 /* pcsc-lite has as many slots */

struct usb_bus;

struct usb_reader {
    const struct function_ops *ops;
    const struct reader_profile *profile; /* borrowed */
};

/* Serials are serial_base and the reader's number in four digits: SIM-0001 is
 * reader 1. */
int usb_bus_new(const struct usb_reader *readers, size_t count, const char *serial_base, struct usb_bus **out,
                struct err *e) __attribute__((warn_unused_result));
void usb_bus_free(struct usb_bus **bus);

/* Readers are numbered from 0, as a survey's are; ERR_INPUT for a number that is not there. */
int usb_plug(struct usb_bus *bus, unsigned reader, struct err *e) __attribute__((warn_unused_result));
int usb_unplug(struct usb_bus *bus, unsigned reader, struct err *e) __attribute__((warn_unused_result));
int usb_fault(struct usb_bus *bus, unsigned reader, const char *name, bool has_argument, unsigned argument,
              unsigned count, struct err *e) __attribute__((warn_unused_result));

/* `laying` is copied, but for its handset (borrowed). *found: whether the reader's field sees it. */
int usb_lay(struct usb_bus *bus, unsigned reader, const struct laying *laying, bool *found, struct err *e)
    __attribute__((warn_unused_result));
int usb_lift(struct usb_bus *bus, unsigned reader, struct err *e) __attribute__((warn_unused_result));

/* The next powering begins this transaction of the placement: see field.h. */
int usb_begin(struct usb_bus *bus, unsigned reader, unsigned transaction, struct err *e)
    __attribute__((warn_unused_result));

/* "claimed driver=detached powered=1 plugged=1": who has its interface, whether a kernel driver is (or was)
 * on it, the field. */
int usb_state(struct usb_bus *bus, unsigned reader, char *out, size_t capacity, struct err *e)
    __attribute__((warn_unused_result));

/* How many plugged readers of which a host drives one: one that waits for slot changes or asked for the
 * slot's status. */
size_t usb_driven(struct usb_bus *bus, size_t *plugged);

/* Forget who drove the readers: their host is gone (it was killed). */
void usb_forget_host(struct usb_bus *bus);

#endif
