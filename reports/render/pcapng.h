/*
 * A capture that Wireshark reads (pcapng): exchanges between a reader and a card as packets, each with a comment. Two
 * interfaces: APDUs as the host sees them (link type 252, an exported PDU for the dissector iso7816), and what is known of
 * frames on the air (link type 264, ISO/IEC 14443).
 */
#ifndef NFC_SURVEY_RENDER_PCAPNG_H
#define NFC_SURVEY_RENDER_PCAPNG_H

#include "harness/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the section: what it is, on a line each; program: who writes it. */
void pcapng_begin(struct buf *b, const char *program, const char *comment);

struct pcapng_packet {
    uint64_t ns; /* since 1970, UTC */
    bool to_card;
    const uint8_t *bytes;
    size_t length;
    const char *comment;
};
void pcapng_apdu(struct buf *b, const struct pcapng_packet *p);
/* A frame without its checksum. */
void pcapng_frame(struct buf *b, const struct pcapng_packet *p);

#endif
