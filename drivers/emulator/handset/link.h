/*
 * Time on the air: ISO/IEC 14443 frames of type A and B at 106, 212 and 424 kbit/s, and the blocks of
 * ISO/IEC 14443-4 that an APDU is cut into. Pure arithmetic in nanoseconds; no coding or decoding of blocks.
 */
#ifndef NFC_SURVEY_HANDSET_LINK_H
#define NFC_SURVEY_HANDSET_LINK_H

#include <stddef.h>
#include <stdint.h>

struct link {
    char technology; /* 'A' or 'B' */
    unsigned kbit_s; /* 106, 212 or 424 */
    unsigned frame;  /* the longest frame, bytes, with prologue and CRC: the lesser of FSC and FSD */
};

/* The highest of 106, 212 and 424 that both take; 106 when either names none. */
unsigned link_rate(unsigned handset_kbit_s, unsigned reader_kbit_s);

/* One frame that carries these bytes, CRC included by the caller. */
uint64_t link_frame_ns(const struct link *l, size_t bytes);

/* How many I-blocks (3 bytes of prologue and CRC each) these payload bytes need; at least 1. */
size_t link_blocks(const struct link *l, size_t payload);

/* Their time alone, without delays and acknowledgements: nothing can be faster. */
uint64_t link_payload_ns(const struct link *l, size_t payload);

/* The same with an R(ACK) for every block but the last and the least frame delays in between. */
uint64_t link_transfer_ns(const struct link *l, size_t payload);

/* From the end of one side's frame to the beginning of the other's, at the least. */
uint64_t link_delay_ns(const struct link *l);

/* A request for waiting time extension and its answer. */
uint64_t link_extension_ns(const struct link *l);

#endif
