/*
 * How a target proves that it is a test target: it signs what it is asked for by a fresh nonce, with a factory key that signs
 * nothing else, needs no PIN, and whose certificate is of the test CA that was named. Both sides: the message, its command, and
 * the verification.
 *
 * It guards against mistakes: a real card in place of the test one, a certificate that was copied, a proof that is played again.
 * It doesn't guard against a relay to a real test target; writing in a secure channel under that target's keys does.
 */
#ifndef NFC_SURVEY_CARD_TARGET_PROOF_H
#define NFC_SURVEY_CARD_TARGET_PROOF_H

#include "harness/card/test_ca.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET_PROOF_NONCE   32
#define TARGET_PROOF_TEXT    64 /* of purpose and of unit, with their NUL */
#define TARGET_PROOF_COMMAND (5 + TARGET_PROOF_NONCE + 2 * TARGET_PROOF_TEXT + 1)
#define TARGET_PROOF_MESSAGE (25 + 2 * TARGET_PROOF_TEXT + 32 + TARGET_PROOF_NONCE)

/* What a target is asked to sign, for what, and through which reader. */
struct target_statement {
    uint8_t nonce[TARGET_PROOF_NONCE];
    char purpose[TARGET_PROOF_TEXT]; /* "pin", "pin write" ... */
    char unit[TARGET_PROOF_TEXT];    /* the reader's */
};

/* With a nonce of the system's random bytes; texts that are longer are cut. False without such bytes. */
bool target_statement_make(struct target_statement *s, const char *purpose, const char *unit)
    __attribute__((warn_unused_result));

/* INTERNAL AUTHENTICATE, `00 88 00 00 Lc <nonce | purpose 00 unit> 00`; its length. */
size_t target_proof_command(const struct target_statement *s, uint8_t out[TARGET_PROOF_COMMAND]);

/* The target's side: what the data of that command asks to be signed. False where they are no statement. */
bool target_proof_asked(const uint8_t *data, size_t length, struct target_statement *out)
    __attribute__((warn_unused_result));

/* What is signed: "nfc-survey/test-target/1" 00 purpose 00 unit 00 SHA-256(certificate) nonce. Its length; 0 without SHA-256. */
size_t target_proof_message(const struct target_statement *s, const uint8_t *certificate, size_t length,
                            uint8_t out[TARGET_PROOF_MESSAGE]);

/* Nothing said: the certificate is a factory key's of that CA, and its key signed this statement. Else why not. */
struct said target_proof_verify(const struct test_ca *ca, const struct target_statement *s,
                                const uint8_t *certificate, size_t certificate_length,
                                const uint8_t *signature, size_t signature_length, int64_t now);

#endif
