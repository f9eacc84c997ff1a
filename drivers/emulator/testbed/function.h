/*
 * An emulated USB device as the testbed sees it: descriptors, and bytes on its endpoints. One file a kind
 * (ccid.c, pn533.c, port100.c); usb.c attaches it to umockdev's usbfs, usbip.c to a kernel. Pure: no clock,
 * no thread, no USB library; the caller serialises the calls and keeps the time. pn53x.c serves a serial port
 * by the same `emit`.
 */
#ifndef NFC_SURVEY_TESTBED_FUNCTION_H
#define NFC_SURVEY_TESTBED_FUNCTION_H

#include "drivers/emulator/testbed/field.h"
#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/survey/survey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum function_pipe {
    FUNCTION_PIPE_NONE = 0,
    FUNCTION_PIPE_BULK,      /* the next bulk-in transfer(s) */
    FUNCTION_PIPE_STALL,     /* the next bulk-in transfer ends with a stall */
    FUNCTION_PIPE_INTERRUPT, /* the next interrupt-in transfer; a newer one replaces what waits */
    FUNCTION_PIPE_CANCEL,    /* no transfer: what was emitted for bulk-in and has not left yet never comes */
};

/* `bytes` are the callee's to copy; due together keeps its order. */
typedef void (*function_emit)(void *context, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                              size_t length);

struct function_setup { /* what a device is made of; all borrowed for its life */
    const struct reader_profile *profile;
    struct field *field;
    function_emit emit;
    void *context;
};

struct function_ops {
    const char *name; /* "ccid", "pn533", "port100" */
    unsigned interface_class, interface_subclass, interface_protocol;
    uint8_t bulk_out, bulk_in, interrupt_in; /* endpoint addresses; interrupt_in 0: none */

    int (*check)(const struct reader_profile *p, struct err *e); /* can it be served as this kind? */
    void *(*create)(const struct function_setup *setup);         /* NULL: no memory */
    void (*destroy)(void *self);
    /* The class descriptors between interface and endpoints; NULL: none. */
    void (*class_descriptor)(const struct reader_profile *p, struct buf *out);
    /* Bytes of one bulk-out transfer; a message may come in several, or several in one. */
    void (*bulk)(void *self, const uint8_t *bytes, size_t length);
    /* A class or vendor control request: true when it is answered; in: up to *length bytes for the host.
     * NULL: none. */
    bool (*control)(void *self, const uint8_t setup[8], uint8_t *in, size_t *length);
    /* The field changed under it: something was laid, or lifted. pending: an answer that was on its way was
     * cancelled. */
    void (*presence)(void *self, bool pending);
    /* The host let go of the device, or it was plugged in anew: power off, half messages forgotten, faults
     * kept. */
    void (*restart)(void *self);
    /* A fault of the reader by name; ERR_INPUT for a stranger. count 0: until it is set anew; "none" ends
     * it. */
    int (*fault)(void *self, const char *name, bool has_argument, unsigned argument, unsigned count,
                 struct err *e);
    const char *fault_help; /* the names, for --help */
    /* How often the host asked for the slot's state since it came: a daemon that watches does. NULL: not
     * known. */
    unsigned (*looks)(const void *self);
    bool regular_node; /* its host library reads the descriptors from the node and does not poll it
                          (libusb-0.1) */
};

extern const struct function_ops function_ccid, function_pn533, function_port100;

#endif
