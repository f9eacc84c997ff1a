/*
 * A JPKI-like application on the virtual sim: files, access rules and quirks as open-source clients of the real one show them, with
 * test keys, certificates of a test CA and a token label that says that it is virtual. How the real one is issued is not public: what
 * a counter does with it is ISO 7816-4, -8, -9 and GlobalPlatform here, inside SCP03 (channel.h).
 *
 *   Beside the real one's files: 00E0 factory certificate; 00E1, 00E2 public keys (authentication, signature), inside a channel;
 *   00E3 what the sim was bound to at its issue; 00E4 its state (jpki_state()); 00E5 the last signature of
 *   possession, inside a channel (of RSA, it fits no protected answer).
 *   A file that was never written, or was deleted, can be selected and is empty: 6B00 to READ BINARY.
 *   A key that is generated waits beside the one in use, until ACTIVATE FILE of its certificate puts both in force at once: a renewal
 *   that is cut off leaves the old pair.
 *   UPDATE BINARY goes to a shadow, in order, from offset 0; ACTIVATE FILE makes it the file if it is whole.
 */
#ifndef NFC_SURVEY_HANDSET_JPKI_H
#define NFC_SURVEY_HANDSET_JPKI_H

#include "drivers/emulator/handset/applets.h"

extern const struct channel_application jpki_in_channel;

/* A SELECT by name was answered: a locked application says so. */
void jpki_selected(const struct card *c, struct card_answer *out);

#endif
