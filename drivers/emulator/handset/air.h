/*
 * The virtual handset frame by frame: ISO/IEC 14443-3 (A and B), the poll of type F, and the target's side of
 * ISO/IEC 14443-4, in front of drivers/emulator/handset/handset.h. For emulated readers whose chip only moves
 * frames. What a fault of the profile does to an APDU is drawn there; here it becomes frames: silence,
 * damage, lost blocks, time extensions. Pure: no clock.
 */
#ifndef NFC_SURVEY_HANDSET_AIR_H
#define NFC_SURVEY_HANDSET_AIR_H

#include "drivers/emulator/handset/handset.h"

#define AIR_FRAME_MAX 256

struct air;

/* `handset` is borrowed for the air's life: its laying, lifting and transactions stay the caller's. NULL: no
 * memory. */
struct air *air_new(struct handset *handset);
void air_free(struct air **a);

/* On: what lies there powers up, nothing is selected. Off: everything is forgotten. The handset is informed. */
void air_field(struct air *a, bool on);
/* What a chip found and selected by itself, to be gone on with by frames. protocol: RATS or ATTRIB are done, and the
 * reader takes frames of fsd bytes. The handset stays as it is. */
void air_adopt(struct air *a, const struct handset_activation *target, bool protocol, unsigned fsd);
/* Is the target in the block protocol (activated, not deselected)? */
bool air_in_protocol(const struct air *a);

struct air_frame {
    char technology; /* 'A', 'B' or 'F' */
    unsigned kbit_s;
    const uint8_t *bytes; /* without CRC */
    size_t length;
    unsigned last_bits; /* of the last byte, 1 to 7; 0 = all eight */
    bool crc;           /* one is appended (correctly): a frame that needs one and has none gets no answer */
};

struct air_answer {
    bool silent;                  /* nothing comes, however long the reader waits */
    bool corrupt;                 /* what comes has a wrong CRC or parity */
    bool collision;               /* bits of two targets: only the anticollision of type A shows it */
    uint8_t bytes[AIR_FRAME_MAX]; /* without CRC; `crc`: one follows */
    size_t length;
    unsigned last_bits;
    bool crc;
    uint64_t us; /* from the end of the reader's frame to the end of the answer */
};
void air_frame(struct air *a, const struct air_frame *f, struct air_answer *out);

#endif
