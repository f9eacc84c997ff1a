/*
 * The smart card class descriptor (CCID 1.1, 5.1): what a reader says that it can do, and how that differs
 * from what its profile says. Pure.
 */
#ifndef NFC_SURVEY_CCID_DESCRIPTOR_H
#define NFC_SURVEY_CCID_DESCRIPTOR_H

#include "harness/card/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* dwFeatures */
#define CCID_FEATURE_ATR_PARAMETERS 0x00000002u /* parameters set by the reader from the ATR */
#define CCID_FEATURE_VOLTAGE        0x00000008u /* the reader chooses the voltage */
#define CCID_FEATURE_NEGOTIATES     0x00000040u /* the reader negotiates parameters by itself */
#define CCID_FEATURE_PPS            0x00000080u /* the reader makes the PPS by itself */
#define CCID_FEATURE_IFSD           0x00000400u /* the reader exchanges IFSD by itself at TPDU level */
#define CCID_FEATURE_TPDU           0x00010000u
#define CCID_FEATURE_SHORT          0x00020000u
#define CCID_FEATURE_SHORT_EXTENDED 0x00040000u

#define CCID_DESCRIPTOR_BYTES 54 /* bLength, in the standard */

struct ccid_descriptor {
    unsigned release; /* bcdCCID */
    unsigned slots;   /* bMaxSlotIndex + 1 */
    uint8_t voltages; /* bVoltageSupport: 1 5 V, 2 3 V, 4 1.8 V */
    uint32_t protocols, features;
    uint32_t ifsd, max_message; /* as told: 0, or more than there can be, in some */
    unsigned busy_slots;
};

/*
 * Looks for it in the bytes after an interface's or an endpoint's descriptor. vendor: on a
 * vendor-class interface, where makers numbered it as they liked; anything of at least 54 bytes that reads as
 * one is taken. False when there is none that makes sense.
 */
bool ccid_descriptor_find(const uint8_t *extra, size_t length, bool vendor, struct ccid_descriptor *out);

/* The longest message that it takes and that any APDU makes, bytes with the header. */
size_t ccid_descriptor_longest(const struct ccid_descriptor *d);

enum reader_level ccid_descriptor_level(const struct ccid_descriptor *d); /* NONE: character level */

/* What of the device itself is compared with the profile. */
struct ccid_shape {
    const struct ccid_descriptor *descriptor;
    unsigned usb_class, endpoints;
};

/* "" when nothing differs, else one sentence, cut where it does not fit. */
void ccid_descriptor_compare(const struct ccid_shape *shape, const struct reader_model *model, char *out,
                             size_t capacity);

#endif
