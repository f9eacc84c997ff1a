/*
 * The command guard: which bytes may reach a card, by what has been selected on it with success since it was activated
 * (card/application.h says what each application may be asked). driver_exchange() asks it, below scripts and the apdu
 * command. It follows the answers, not the questions: after activation, a SELECT that failed or was answered by half, a
 * lost answer or a reset nothing is selected, so nothing is read.
 */
#ifndef NFC_SURVEY_CARD_GUARD_H
#define NFC_SURVEY_CARD_GUARD_H

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/card/application.h"
#include "harness/card/identifier.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guard {
    const struct application_table *own; /* a lab's; NULL: none. Kept by guard_reset() */
    const struct application
        *application;                    /* what the last SELECT by name chose; NULL: nothing, or not known */
    const struct application_file *file; /* of it; NULL: none, or not known */
    const struct application_tag *tag;   /* what the last command asked for, if GET DATA */
    unsigned get_responses;              /* since the field came on, other commands between or not */
    bool more; /* the last answer, to a command that passed, said that there is more of it */
};

void guard_reset(struct guard *g); /* field off: the card forgot everything */

/*
 * 0, or ERR_REFUSED with the reason and, where it is so, the `--allow` word that would be needed. Counts the GET
 * RESPONSE steps that it lets through; a refused command leaves the state as it was.
 */
int guard_check(struct guard *g, const uint8_t *command, size_t length, struct err *e)
    __attribute__((warn_unused_result));

/* What the card did with it, by its status word; 0: no answer came. */
void guard_note(struct guard *g, const uint8_t *command, size_t length, uint16_t sw);

/*
 * Adds the bytes as hex for a record, secrets as `xx`: data of VERIFY, CHANGE and RESET (INS 20, 24, 2C), of commands
 * that may wrap another (CLA FF with data, ENVELOPE), and of answers whatever the table calls secret, or does not know.
 * One xx replaces all that follows the header, Lc and Le included, so that not even a length is seen; of a secret answer
 * only the SW stays. clear: so many bytes of the command hold nothing of an earlier secret answer; SIZE_MAX for all.
 */
void guard_add_command_hex(struct buf *b, const uint8_t *command, size_t length, size_t clear);
void guard_add_response_hex(struct buf *b, const struct guard *before, const uint8_t *command,
                            size_t command_length, const uint8_t *response, size_t response_length);

/* Whether the answer to this command is secret or holds an identifier: nothing made of it may be written down either. */
bool guard_answer_is_secret(const struct guard *before, const uint8_t *command, size_t length);

/* The identifiers that stand in this answer, as the table says where, and in those that the reader gives itself. */
void guard_answer_identifiers(const struct guard *before, const struct identifier_key *key,
                              const uint8_t *command, size_t command_length, const uint8_t *response,
                              size_t response_length, struct identifiers *out);

#endif
