/*
 * Identifiers that cards answer with, hidden where the answer enters the program: what goes on is a value by the key of
 * identifiers (base/identifier_key.h), which is equal for equal ones and tells nothing else.
 */
#ifndef NFC_SURVEY_CARD_IDENTIFIER_H
#define NFC_SURVEY_CARD_IDENTIFIER_H

#include "harness/base/identifier_key.h"
#include "harness/domain/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTIFIER_BYTES_MAX 64 /* of one */
#define IDENTIFIERS_MAX      4  /* of one answer */

struct identifiers {
    struct identifier_hidden {
        enum identifier_kind kind;
        char value[IDENTIFIER_VALUE_BYTES];
    } items[IDENTIFIERS_MAX];
    size_t count;
};

/* One more, from its bytes as the card has them (ICCID and IMSI: digits, the lower half of a byte first). Nothing is
 * added without a key, nor of a UID that says that it is random. */
void identifiers_add(struct identifiers *to, const struct identifier_key *key, enum identifier_kind kind,
                     const uint8_t *bytes, size_t length);
/* HISTORICAL, of those bytes of an ATS or ATR that atr.h has a bit for. */
void identifiers_add_hidden(struct identifiers *to, const struct identifier_key *key, const uint8_t *bytes,
                            size_t length, uint64_t hidden);
const char *identifiers_find(const struct identifiers *of, enum identifier_kind kind); /* "": none */

/* ISO/IEC 14443-3 6.4.4: a UID of four bytes that begins with 08 is random. */
bool uid_is_random(const uint8_t *uid, size_t length);

/*
 * As a record has them: "uid=f67fd997:0123.. cplc=f67fd997:4567..", each kind once, the first of its kind. What does not
 * fit is left out.
 */
#define IDENTIFIERS_TEXT_BYTES (IDENTIFIER_COUNT * (sizeof "historical= " + IDENTIFIER_VALUE_BYTES))
void identifiers_add_text(char *text, size_t capacity, const struct identifiers *from);
bool identifiers_text_is_valid(const char *text);
/* "": none of this kind. */
void identifiers_text_find(const char *text, enum identifier_kind kind, char out[IDENTIFIER_VALUE_BYTES]);

#endif
