/*
 * The key that identifiers are hidden with: what stands in a record is a value of it, which is equal for equal
 * identifiers and tells nothing else to whoever has not the key. With the key a UID of four bytes is found in seconds:
 * it stays with its user on the host, in $XDG_STATE_HOME/nfc-survey (else ~/.local/state/nfc-survey), and never goes
 * into a run or an export. Values of two keys cannot be compared.
 */
#ifndef NFC_SURVEY_BASE_IDENTIFIER_KEY_H
#define NFC_SURVEY_BASE_IDENTIFIER_KEY_H

#include "harness/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTIFIER_KEY_BYTES   32
#define IDENTIFIER_VALUE_BYTES (8 + 1 + 32 + 1) /* the key's id, ":", half an HMAC-SHA-256, and the end */

struct identifier_key {
    uint8_t bytes[IDENTIFIER_KEY_BYTES];
    char id[9]; /* eight digits */
};

/* The user's, made where there is none yet. ERR_ENVIRONMENT: where it lies is no place for a secret, or can't be. */
int identifier_key_load(struct identifier_key *out, struct err *e) __attribute__((warn_unused_result));

/* That of simulated units, which everybody has: equal seeds give equal journals. */
void identifier_key_published(struct identifier_key *out);
bool identifier_key_is_published(const struct identifier_key *key);

/* A new key for runs that begin from now on; the old one is kept as identifier.<id>.key. */
int identifier_key_rotate(struct identifier_key *was, struct identifier_key *now, struct err *e)
    __attribute__((warn_unused_result));

/* Of an identifier in digits: blanks, ":", "-" and case don't matter, nor the filler F behind an "iccid". The same
 * digits of another kind have another value. "" without SHA-256. */
void identifier_value(const struct identifier_key *key, const char *kind, const char *identifier,
                      char out[IDENTIFIER_VALUE_BYTES]);

/* Where the keys are; they may not be there yet. */
int identifier_key_directory(char *out, size_t capacity, struct err *e) __attribute__((warn_unused_result));

#endif
