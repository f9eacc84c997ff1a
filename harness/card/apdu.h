/* Command APDUs (ISO/IEC 7816-3 12.1): cases 1 to 4, short and extended, and what status words answer. */
#ifndef NFC_SURVEY_CARD_APDU_H
#define NFC_SURVEY_CARD_APDU_H

#include "harness/domain/status_word.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APDU_COMMAND_MAX  65544 /* 4 header + 3 Lc + 65535 data + 2 Le */
#define APDU_RESPONSE_MAX 65538 /* 65536 data + SW1 SW2 */

struct apdu {
    uint8_t cla, ins, p1, p2;
    const uint8_t *data; /* borrowed from the bytes parsed; NULL without data */
    size_t data_length;
    bool has_le;
    uint32_t le; /* decoded: 256 for short 00, 65536 for extended 0000 */
    bool extended;
};

/* False when the bytes are not a well-formed command of any case. */
bool apdu_parse(const uint8_t *bytes, size_t length, struct apdu *out);

/* SW1SW2 of a response, or 0 when it is shorter than two bytes. */
uint16_t apdu_status_word(const uint8_t *response, size_t length);

/* What the answer to a command answers; read_before: a READ of the same file gave data just before. */
enum status_word_place apdu_place(const uint8_t *command, size_t length, bool read_before);

#endif
