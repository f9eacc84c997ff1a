/*
 * The key that a virtual sim proves itself with, and its certificate of the project's own test CA: of the sim's name alone, apart
 * from all that a counter issues. It signs target_proof_message() and nothing else.
 */
#ifndef NFC_SURVEY_HANDSET_FACTORY_H
#define NFC_SURVEY_HANDSET_FACTORY_H

#include "drivers/emulator/handset/p256.h"
#include "harness/card/target_proof.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct factory;

/* That of the sim of this name, made where *f is none or another's; NULL when it can't be made. */
const struct factory *factory_of(struct factory **f, const char *name);
void factory_free(struct factory **f);

const uint8_t *factory_certificate(const struct factory *f, size_t *length);

bool factory_sign(const struct factory *f, const struct target_statement *asked,
                  uint8_t signature[P256_SIGNATURE]);

#endif
