/*
 * A JPKI-like application on the virtual sim: files, access rules and quirks as open-source clients of the
 * real one show them, with a test key, self-made certificates and a token label that says that it is virtual.
 */
#ifndef NFC_SURVEY_HANDSET_JPKI_H
#define NFC_SURVEY_HANDSET_JPKI_H

#include "drivers/emulator/handset/applets.h"

void jpki_run(struct card *c, const struct apdu *a, struct card_answer *out);
void jpki_free_key(void **private_key);

#endif
