/*
 * PINs of test targets, as long as they are in use: one page of memory that is locked, left out of core files, and wiped. A forked
 * worker inherits it, for it is the one that sends them; nothing else ever holds one.
 */
#ifndef NFC_SURVEY_CARD_PINS_H
#define NFC_SURVEY_CARD_PINS_H

#include <stddef.h>
#include <stdint.h>

#define PIN_LEAST 4
#define PIN_MOST  16

enum pin_kind { PIN_AUTHENTICATION = 0, PIN_SIGNATURE, PIN_NEW, PIN_KINDS };

struct pin {
    uint8_t bytes[PIN_MOST]; /* ASCII: digits and letters */
    uint8_t length;          /* 0: not given */
};

struct pins {
    struct pin of[PIN_KINDS];
};

/* None is given yet. NULL when out of memory. */
struct pins *pins_new(void);
void pins_free(struct pins **p); /* wipes them */

/* NULL: not given, or no pins. */
const struct pin *pins_of(const struct pins *p, enum pin_kind kind);

/* "authentication PIN" ... */
const char *pin_kind_text(enum pin_kind kind);

/* Why these characters are no PIN, or NULL. */
const char *pin_fault(const uint8_t *bytes, size_t length);

#endif
