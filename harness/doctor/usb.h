/* A device's descriptors, as the bus and sysfs have them: one behind another. Pure. */
#ifndef NFC_SURVEY_DOCTOR_USB_H
#define NFC_SURVEY_DOCTOR_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USB_DESCRIPTOR_INTERFACE 4

struct usb_interface {
    unsigned endpoints, usb_class;
    const uint8_t *extra; /* its class and endpoint descriptors, in the bytes given */
    size_t extra_length;
};

/* The first setting of the interface; false when there is none, or the bytes make no sense before it. */
bool usb_interface_of(const uint8_t *bytes, size_t length, unsigned number, struct usb_interface *out);

#endif
