/*
 * The command guard decides which bytes may reach a card, by exact form and by the state
 * of the card as the guard itself followed it. driver_exchange() asks it, below scripts and the apdu
 * command. What needs `--allow` is refused with a message that says so.
 */
#ifndef NFC_SURVEY_CARD_GUARD_H
#define NFC_SURVEY_CARD_GUARD_H

#include "harness/base/buf.h"
#include "harness/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NONE also means unknown. PERSONAL holds My Number or resident data; never reached. */
enum guard_application {
    GUARD_APPLICATION_NONE = 0,
    GUARD_APPLICATION_JPKI,
    GUARD_APPLICATION_OTHER,
    GUARD_APPLICATION_PERSONAL,
};

struct guard {
    enum guard_application application; /* what the last successful SELECT by name chose */
    uint16_t file;                      /* the EF selected in it, 0 = none */
    unsigned get_responses; /* GET RESPONSE steps since the field came on, other commands between or not */
    bool personal_file;     /* a personal file may be current though `file` doesn't say so */
};

void guard_reset(struct guard *g); /* field off: the card forgot everything */

/* 0, or ERR_REFUSED with the reason and, where it is so, the `--allow` word that would be needed. */
/* Counts the GET RESPONSE steps that it lets through; a refused command leaves the state as it was. */
int guard_check(struct guard *g, const uint8_t *command, size_t length, struct err *e)
    __attribute__((warn_unused_result));

/* What the card did with it: follows SELECT by its status word. Unknown effects leave the cautious state. */
void guard_note(struct guard *g, const uint8_t *command, size_t length, uint16_t sw);

/*
 * Adds the bytes as hex for a record, secrets as `xx`: data of VERIFY, CHANGE and RESET (INS 20, 24, 2C), and
 * the response bytes of personal files (any READ while a personal application or EF 0001 of JPKI is
 * selected). One xx replaces all that follows the header, Lc and Le included, so that not even a length is
 * seen; the same for commands that may wrap another (CLA FF with data, ENVELOPE). Of a personal response only
 * the SW stays.
 */
void guard_add_command_hex(struct buf *b, const uint8_t *command, size_t length);
void guard_add_response_hex(struct buf *b, const struct guard *before, const uint8_t *command,
                            size_t command_length, const uint8_t *response, size_t response_length);

#endif
