/*
 * The chip's commands over a transport that moves frames: set-up, the field, and one air frame for
 * drivers/isodep. Keeps what the chip is set to, so that only changes are sent. Any trouble of the transport
 * or of the chip's own is a port100_trouble; what happens on the air is an isodep_air.
 */
#ifndef NFC_SURVEY_PORT100_CHIP_H
#define NFC_SURVEY_PORT100_CHIP_H

#include "drivers/isodep/isodep.h"
#include "drivers/port100/frame.h"

enum port100_trouble {
    PORT100_TROUBLE_NONE = 0,
    PORT100_TROUBLE_GONE,      /* the device has left the bus */
    PORT100_TROUBLE_TRANSPORT, /* another failure of the USB library */
    PORT100_TROUBLE_NO_ACK,    /* the chip does not take a command */
    PORT100_TROUBLE_NO_ANSWER, /* it took it, and never answered */
    PORT100_TROUBLE_FRAME,     /* garbage, or a wrong checksum */
    PORT100_TROUBLE_REFUSED,   /* an error frame, or a status that says so */
    PORT100_TROUBLE_SEQUENCE,  /* the answer to another command */
};

struct port100_transport {
    void *context;
    /* A transfer each; 0, or a libusb code. receive: *length 0 on LIBUSB_ERROR_TIMEOUT. */
    int (*send)(void *context, const uint8_t *bytes, size_t length);
    int (*receive)(void *context, uint8_t *bytes, size_t capacity, size_t *length, unsigned limit_ms);
};

struct port100_chip {
    struct port100_transport transport;
    enum port100_trouble trouble; /* of the newest command */
    int usb;                      /* libusb's code of it */
    uint8_t status;               /* the chip's, of REFUSED */
    unsigned patience_ms;         /* for an answer of the chip, over the air's own waiting time */
    uint8_t answer[PORT100_FRAME_MAX];
    struct port100_frame frame; /* decoded from it */
    char firmware[16];          /* "1.11" */
    /* what it is set to */
    char technology;
    unsigned kbit_s, last_bits;
    bool crc, set;
};

/* False with trouble set, in all of them. */
bool port100_start(struct port100_chip *c, const struct port100_transport *transport);
bool port100_field(struct port100_chip *c, bool on);
bool port100_ask(struct port100_chip *c); /* does it answer? reads the firmware version again */
/* Cancels what the chip does and throws away what it may still say. */
void port100_resync(struct port100_chip *c);

/* One frame for isodep_link.transceive; BROKEN with trouble set. */
enum isodep_air port100_air(struct port100_chip *c, struct isodep_frame *f);

const char *port100_trouble_name(enum port100_trouble trouble); /* "PORT100_NO_ACK" */
/* The chip's status of an air frame: "RECEIVE_TIMEOUT(00000080)". Returns out. */
const char *port100_air_name(uint32_t status, char out[48]);
enum isodep_air port100_air_of(uint32_t status);

#endif
