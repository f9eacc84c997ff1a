/*
 * ARA-M of GlobalPlatform's Secure Element Access Control 1.1 on the virtual sim: the rules that its profile gives, or that a counter
 * stored inside a channel. It keeps rules; who applies them stands in the phone, between apps and the element, and no reader meets it.
 * A sim without a rule has no such application.
 */
#ifndef NFC_SURVEY_HANDSET_ARAM_H
#define NFC_SURVEY_HANDSET_ARAM_H

#include "drivers/emulator/handset/applets.h"

extern const struct channel_application aram_in_channel;

bool aram_there(const struct card *c);

#endif
