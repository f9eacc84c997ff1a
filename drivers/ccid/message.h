/*
 * Messages of the USB device class for integrated circuit cards (CCID, revision 1.1, chapter 6): bytes and
 * back. Pure. What comes from a reader is never believed: lengths, slot, sequence number and type are checked
 * here, by everyone, before a byte of data is used.
 */
#ifndef NFC_SURVEY_CCID_MESSAGE_H
#define NFC_SURVEY_CCID_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CCID_HEADER_BYTES 10

enum ccid_command_type {
    CCID_SET_PARAMETERS = 0x61,
    CCID_POWER_ON = 0x62,
    CCID_POWER_OFF = 0x63,
    CCID_GET_SLOT_STATUS = 0x65,
    CCID_ESCAPE = 0x6b,
    CCID_GET_PARAMETERS = 0x6c,
    CCID_RESET_PARAMETERS = 0x6d,
    CCID_XFR_BLOCK = 0x6f,
    CCID_ABORT = 0x72,
};

enum ccid_answer_type {
    CCID_DATA_BLOCK = 0x80,
    CCID_SLOT_STATUS = 0x81,
    CCID_PARAMETERS = 0x82,
    CCID_ESCAPED = 0x83,
};

/* bPowerSelect of IccPowerOn. */
enum ccid_power { CCID_POWER_AUTOMATIC = 0, CCID_POWER_5V = 1, CCID_POWER_3V = 2, CCID_POWER_1V8 = 3 };

/* wLevelParameter of XfrBlock and bChainParameter of its answer, at extended APDU level. */
enum ccid_chain {
    CCID_CHAIN_WHOLE = 0x00,
    CCID_CHAIN_FIRST = 0x01,
    CCID_CHAIN_LAST = 0x02,
    CCID_CHAIN_MIDDLE = 0x03,
    CCID_CHAIN_GO_ON = 0x10, /* an empty message: the other side's next part is awaited */
};

struct ccid_command {
    uint8_t type, slot, seq;
    uint8_t specific[3];
    const uint8_t *data; /* borrowed */
    size_t length;
};

/* The commands that the driver sends; slot and seq are filled by who sends them. */
struct ccid_command ccid_plain(enum ccid_command_type type); /* those without a parameter */
struct ccid_command ccid_power_on(enum ccid_power select);
struct ccid_command ccid_xfr_block(uint8_t waiting, enum ccid_chain level, const uint8_t *data,
                                   size_t length); /* waiting: bBWI, TPDU level only */
struct ccid_command ccid_set_parameters(unsigned protocol, const uint8_t *data, size_t length);
struct ccid_command ccid_escape(const uint8_t *data, size_t length);

/* Bytes written, 0 when capacity is too small. */
size_t ccid_encode(const struct ccid_command *c, uint8_t *out, size_t capacity);

/* bmICCStatus and bmCommandStatus (table 6.2-3). */
enum ccid_icc { CCID_ICC_ACTIVE = 0, CCID_ICC_INACTIVE, CCID_ICC_ABSENT, CCID_ICC_RFU };
enum ccid_processing { CCID_PROCESSED = 0, CCID_FAILED, CCID_TIME_EXTENSION, CCID_PROCESSING_RFU };

struct ccid_answer {
    uint8_t type, slot, seq;
    uint8_t error; /* bError; in a time extension the multiplier */
    uint8_t third; /* bChainParameter, bClockStatus, bProtocolNum */
    enum ccid_icc icc;
    enum ccid_processing processing;
    const uint8_t *data; /* into the bytes decoded */
    size_t length;
};

enum ccid_reading {
    CCID_READING_OK = 0,
    CCID_READING_TRUNCATED, /* shorter than a header */
    CCID_READING_LENGTH,    /* dwLength is not what came */
    CCID_READING_TYPE,      /* no answer, or not of this command */
    CCID_READING_SLOT,      /* another slot's */
    CCID_READING_SEQ,       /* another command's */
    CCID_READING_STATUS,    /* a status that the specification reserves */
};

/* One whole bulk-in transfer. */
enum ccid_reading ccid_decode(const uint8_t *bytes, size_t length, struct ccid_answer *out);
/* Is it the answer to this command? A reader may refuse any command with a mere slot status. */
enum ccid_reading ccid_check(const struct ccid_answer *answer, const struct ccid_command *command);

/* RDR_to_PC_NotifySlotChange from the interrupt endpoint: true when it speaks of the slot. */
bool ccid_slot_change(const uint8_t *bytes, size_t length, unsigned slot, bool *present, bool *changed);

#endif
