/*
 * The reader's side of ISO/IEC 14443-3 (A and B, one target) and ISO/IEC 14443-4, for drivers whose chip only
 * moves frames: anticollision, activation, and the block protocol with numbers, chaining, time extension and
 * retransmission. Pure but for the link: the caller's callback sends one frame and waits for its answer. One
 * object is one target; no allocation, no clock but the link's.
 */
#ifndef NFC_SURVEY_ISODEP_ISODEP_H
#define NFC_SURVEY_ISODEP_ISODEP_H

#include "harness/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISODEP_FRAME_MAX 256 /* bytes with prologue and CRC: FSD and FSC are never more here */

/* How a frame ended on the air. */
enum isodep_air {
    ISODEP_AIR_OK = 0,
    ISODEP_AIR_SILENT,    /* nothing within the waiting time */
    ISODEP_AIR_CORRUPT,   /* something came whose CRC, parity or framing is wrong */
    ISODEP_AIR_COLLISION, /* more than one answered at once, as far as the chip can see */
    ISODEP_AIR_BROKEN,    /* the link itself failed (chip, cable): `e` of the call says how */
};

struct isodep_frame {
    char technology; /* 'A', 'B' or 'F': what the chip is set to */
    unsigned kbit_s; /* 106, 212 or 424 */
    const uint8_t *bytes;
    size_t length;        /* without CRC */
    unsigned last_bits;   /* of the last byte that are sent, 1 to 7; 0 = all eight */
    bool crc;             /* the chip appends one and checks the answer's */
    uint64_t wait_us;     /* for the answer to begin */
    uint8_t *answer;      /* ISODEP_FRAME_MAX bytes; without CRC when `crc` */
    size_t answer_length; /* out */
    unsigned answer_bits; /* out: of the last byte; 0 = all */
    char native[48];      /* out, when not OK: the chip's own code by name; may be "" */
    struct err *e;        /* filled for BROKEN */
};

struct isodep_link {
    void *context;
    enum isodep_air (*transceive)(void *context, struct isodep_frame *f);
    uint64_t (*now_ns)(void *context);
};

/* What is known of the target. */
struct isodep_target {
    char technology; /* 'A', 'B' or 'F' */
    uint8_t uid[10]; /* type A: UID; type B: PUPI; type F: IDm */
    size_t uid_length;
    uint8_t atqa[2], sak;
    uint8_t ats[64];
    size_t ats_length;
    uint8_t atqb[13]; /* 50 and the rest */
    size_t atqb_length;
    unsigned fsc;    /* longest frame that it takes */
    uint64_t fwt_us; /* frame waiting time */
    uint64_t sfgt_us;
    unsigned kbit_s; /* agreed on */
};

/* Where it ended; the causes are the driver's to draw from it. */
enum isodep_end {
    ISODEP_OK = 0,
    ISODEP_NOTHING,       /* no poll was answered */
    ISODEP_COLLISION,     /* anticollision found more than one */
    ISODEP_ANTICOLLISION, /* something answered the poll, and not the anticollision after it */
    ISODEP_NO_PROTOCOL,   /* SAK or ATQB say: no ISO/IEC 14443-4 */
    ISODEP_ACTIVATION,    /* RATS or ATTRIB stayed unanswered, or the answer is malformed */
    ISODEP_RATE,          /* PPS stayed unanswered */
    ISODEP_LOST,          /* silence, retransmissions asked for in vain */
    ISODEP_GARBLED,       /* frames came, damaged, and retransmissions did not help */
    ISODEP_PROTOCOL,      /* a block that breaks the rules of ISO/IEC 14443-4 */
    ISODEP_ENDLESS,       /* time extensions beyond the deadline */
    ISODEP_OVERFLOW,      /* the response is longer than the caller's buffer */
    ISODEP_BROKEN,        /* the link failed */
};

struct isodep {
    struct isodep_link link;
    struct isodep_target target;
    unsigned fsd;   /* longest frame that the reader takes */
    unsigned block; /* number of the next I-block */
    bool active;
    /* of the last call, as evidence */
    unsigned retransmissions, extensions, blocks;
    size_t received; /* bytes of the response that had come when it ended */
    char native[48]; /* the chip's code of the last frame that failed */
};

/* fsd: 16..256. Forgets everything. */
void isodep_init(struct isodep *d, const struct isodep_link *link, unsigned fsd);

/*
 * One round of polling in this order ("BAF"), from the field just on; the caller keeps the guard time before
 * it. Stops at the first technology that answers; type A and B are left selected / polled, not yet activated.
 * A target of type F is only seen: ISODEP_NO_PROTOCOL.
 */
enum isodep_end isodep_poll(struct isodep *d, const char *order, struct err *e);

/* RATS or ATTRIB, then the highest rate of 106, 212 and 424 that both take. After isodep_poll() only. */
enum isodep_end isodep_activate(struct isodep *d, unsigned max_kbit_s, struct err *e);

/* One APDU and its response. deadline_ns: of the link's clock, 0 = none. */
enum isodep_end isodep_exchange(struct isodep *d, const uint8_t *command, size_t command_length,
                                uint8_t *response, size_t response_capacity, size_t *response_length,
                                uint64_t deadline_ns, struct err *e);

const char *isodep_end_name(enum isodep_end end); /* "ISODEP_LOST" */

#endif
