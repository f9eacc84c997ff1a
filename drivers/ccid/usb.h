/*
 * CCID interfaces on the USB bus, over libusb-1.0: finding them, claiming one, moving bytes. Functions that
 * talk to the bus return libusb's own codes; nothing here judges them. No threads of our own, and every call
 * is bounded by its limit.
 *
 * Two slots of one interface may be open in one process: they share the claim, which usbfs gives to one
 * process only.
 */
#ifndef NFC_SURVEY_CCID_USB_H
#define NFC_SURVEY_CCID_USB_H

#include "drivers/ccid/descriptor.h"
#include "harness/base/err.h"
#include "harness/base/sandbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An interface that speaks CCID. */
struct ccid_place {
    uint8_t bus, address, interface, alternate;
    uint8_t bulk_in, bulk_out, interrupt_in; /* endpoint addresses; interrupt_in 0: none */
    unsigned packet;                         /* of bulk-in, bytes */
    uint32_t interrupt_us;                   /* how often the host asks the interrupt endpoint */
    unsigned usb_class, endpoints;
    bool unprofiled; /* vendor-class, and no model says that it speaks CCID: shown, never driven */
    int vendor, product;
    unsigned release; /* bcdDevice */
    struct ccid_descriptor descriptor;
    char maker[64], name[64], serial[64]; /* the device's strings, printable; "" where there is none */
    int strings;                          /* libusb's code of opening it for them */
};

/* What libusb opens. */
extern const struct sandbox_path ccid_usb_paths[];

/* libusb_init(), for a driver of USB devices. */
struct libusb_context;
int ccid_usb_begin(struct libusb_context **out);

/* Every interface, or as many as fit. models: which vendor-class interfaces are CCID; one that no model knows and
 * that has a smart card descriptor as the standard has it is `unprofiled`. */
int ccid_usb_find(const struct reader_model *models, size_t model_count, struct ccid_place *out,
                  size_t capacity, size_t *count);

struct ccid_usb;

/* Opens and claims; a kernel driver is detached, and attached again at the end. *out NULL on failure. */
int ccid_usb_open(const struct ccid_place *place, struct ccid_usb **out);
void ccid_usb_close(struct ccid_usb **u);
const struct ccid_place *ccid_usb_place(const struct ccid_usb *u);

/* Marks a slot as in use by its one reader; false when it already is. */
bool ccid_usb_take_slot(struct ccid_usb *u, unsigned slot);
void ccid_usb_leave_slot(struct ccid_usb *u, unsigned slot);

int ccid_usb_send(struct ccid_usb *u, const uint8_t *bytes, size_t length, unsigned limit_ms);
/* One bulk-in transfer; LIBUSB_ERROR_TIMEOUT may come with bytes. limit_ms > 0. */
int ccid_usb_receive(struct ccid_usb *u, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms);
int ccid_usb_notified(struct ccid_usb *u, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms);
int ccid_usb_abort(struct ccid_usb *u, uint8_t slot, uint8_t seq); /* the control request */
int ccid_usb_clear(struct ccid_usb *u);                            /* both bulk endpoints */

void ccid_usb_versions(char *out, size_t capacity); /* "libusb 1.0.26" */

#endif
