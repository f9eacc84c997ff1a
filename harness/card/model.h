/*
 * What a driver knows of a model from a reader's profile: plain data, filled by harness/survey from the
 * profiles. A driver that must know models gets them from its caller and reads no file.
 */
#ifndef NFC_SURVEY_CARD_MODEL_H
#define NFC_SURVEY_CARD_MODEL_H

#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stdint.h>

struct reader_model {
    const char *id;              /* the profile's; borrowed */
    int usb_vendor, usb_product; /* -1 when not given */
    unsigned usb_class;          /* 0x0b, 0xff, 0 unknown */
    unsigned interface;          /* USB interface number of the contactless slot */
    bool ccid;                   /* has a CCID descriptor: the fields below are filled */
    uint32_t features;           /* dwFeatures */
    enum reader_level level;
    unsigned max_message, ifsd, endpoints, busy_slots;
    bool uid_apdu;          /* answers FF CA 00|01 00 itself */
    const char *connstring; /* libnfc's name where the model is reached by one (a serial port); NULL */
};

#endif
