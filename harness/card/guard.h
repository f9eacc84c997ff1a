/*
 * The command guard: which bytes may reach a card, by what has been selected on it with success since it was activated
 * (card/application.h says what each application may be asked). driver_exchange() asks it, below scripts and the apdu
 * command. It follows the answers, not the questions: after activation, a SELECT that failed or was answered by half, a
 * lost answer or a reset nothing is selected, so nothing is read.
 *
 * What changes a card, or uses its PINs and keys, needs three permissions: an `--allow` word, `writes: test-target` in the
 * survey, and the target's proof in this activation. card/permission.h has the forms that each word permits.
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

/* An `--allow` word each. */
enum guard_allow {
    GUARD_ALLOW_PIN =
        1, /* PINs entered, changed and reset while two tries are left, and signatures behind them */
    GUARD_ALLOW_WRITE = 2, /* keys generated, files written, the life cycle moved on */
    GUARD_ALLOW_BLOCK = 4, /* the last tries of a PIN, locking, deletion */
    GUARD_ALLOW_ALL = 7,
};

struct guard_permit {
    unsigned allowed;  /* enum guard_allow, a bit each */
    bool test_targets; /* `writes: test-target` */
};

/* How many tries a PIN had left when it was last said, in this activation. */
struct guard_tries {
    bool known;
    uint8_t left;
};

struct guard {
    const struct application_table *own; /* a lab's; NULL: none. Kept by guard_reset() */
    struct guard_permit permit;          /* kept by guard_reset() */
    const struct application *proven;    /* the target proved in it that it is for tests; NULL: it did not */
    struct guard_tries tries[APPLICATION_PINS_MAX]; /* of its PINs, in the order of application_pin() */
    bool
        locked; /* the SELECT was answered 6283: a test target that is locked may still prove that it is one */
    bool secret_rest; /* the last command's answer is secret, and so is what GET RESPONSE goes on with */
    const struct application
        *application;                    /* what the last SELECT by name chose; NULL: nothing, or not known */
    const struct application_file *file; /* of it; NULL: none, or not known */
    const struct application_tag *tag;   /* what the last command asked for, if GET DATA */
    unsigned get_responses;              /* since the field came on, other commands between or not */
    bool more; /* the last answer, to a command that passed, said that there is more of it */
};

void guard_reset(struct guard *g); /* field off: the card forgot everything */

/* The target that is selected has proven itself: driver_prove_target() says so, and nobody else. */
void guard_prove(struct guard *g);
void guard_unprove(struct guard *g);

/* The word's bit, or 0 for a stranger; and the words of bits, "pin write". */
unsigned guard_allow_of_name(const char *name);
void guard_allow_text(unsigned allowed, char out[16]);

/* Whether a secure channel may be opened: 0, or ERR_REFUSED with what is missing. */
int guard_check_channel(const struct guard *g, struct err *e) __attribute__((warn_unused_result));

/* What a command that passes costs a target. */
enum guard_cost { GUARD_COST_NONE = 0, GUARD_COST_TRY, GUARD_COST_WRITE };
enum guard_cost guard_cost(const struct guard *g, const uint8_t *command, size_t length);

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
