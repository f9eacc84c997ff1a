/*
 * An emulated CCID reader (USB device class 0Bh, revision 1.1) with the virtual handset in its field:
 * messages in, messages out, each with the delay after which it is to be delivered. Pure: no clock, no USB,
 * no thread; the caller serialises the calls and keeps the time.
 *
 * Transactions are counted for the handset's draws as they are seen from here: a powering of the card that
 * was followed by at least one APDU to the card, or that failed, is one. Pseudo-APDUs (FF CA) are the
 * reader's own answers and count for nothing.
 */
#ifndef NFC_SURVEY_DRIVERS_TESTBED_CCID_H
#define NFC_SURVEY_DRIVERS_TESTBED_CCID_H

#include "harness/card/virtual.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CCID_HEADER 10

enum ccid_pipe { CCID_PIPE_NONE = 0, CCID_PIPE_BULK, CCID_PIPE_STALL, CCID_PIPE_INTERRUPT };

/* `bytes` are the callee's to copy. CCID_PIPE_STALL: the next bulk-in transfer ends with a stall. */
typedef void (*ccid_emit)(void *context, enum ccid_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                          size_t length);

struct ccid_model {
    enum reader_level level; /* short or extended */
    unsigned max_message;    /* dwMaxCCIDMessageLength, with the header */
    unsigned ifsd;
    bool uid_apdu; /* answers FF CA 00 00 and FF CA 01 00 */
};

/* Faults of the reader, set by hand. They touch XfrBlocks to the card, and no pseudo-APDU; silent touches
 * all. */
enum ccid_fault {
    CCID_FAULT_NONE = 0,
    CCID_FAULT_MUTE,      /* the block is never answered */
    CCID_FAULT_SILENT,    /* no message of any kind is answered: the reader hangs */
    CCID_FAULT_STALL,     /* the bulk-in endpoint stalls */
    CCID_FAULT_WRONG_SEQ, /* the answer carries the next sequence number */
    CCID_FAULT_TRUNCATE,  /* half a header comes back */
    CCID_FAULT_PARITY,    /* bError FDh */
    CCID_FAULT_SLOW,      /* argument: milliseconds more */
    CCID_FAULT_REMOVE_AT, /* argument: the card leaves in the middle of the n-th exchange from now */
};

struct ccid_device;

struct ccid_device *ccid_new(const struct ccid_model *model, ccid_emit emit,
                             void *context); /* NULL: no memory */
void ccid_free(struct ccid_device **d);

/* One whole message from the host (header and abData). */
void ccid_message(struct ccid_device *d, const uint8_t *bytes, size_t length);

/* Lays a handset (laying and reader borrowed until lifted). False when the field does not find it there. */
bool ccid_lay(struct ccid_device *d, const struct laying *laying, const struct virtual_reader *reader);
/* pending: an answer is still on its way and was cancelled by the caller; it ends as "card removed" instead.
 */
void ccid_lift(struct ccid_device *d, bool pending);

/* The host let go of the device, or it was plugged in anew: power off, chains forgotten, faults kept. */
void ccid_restart(struct ccid_device *d);

/* count: how many times it happens, 0 = until it is set anew. */
void ccid_set_fault(struct ccid_device *d, enum ccid_fault fault, unsigned argument, unsigned count);

bool ccid_present(const struct ccid_device *d);

#endif
