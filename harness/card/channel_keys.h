/*
 * Static keys of SCP03 for test targets, each target's own: the first 16 bytes of HMAC-SHA-256 under a master key, over what the key
 * is for and the target's diversification data.
 */
#ifndef NFC_SURVEY_CARD_CHANNEL_KEYS_H
#define NFC_SURVEY_CARD_CHANNEL_KEYS_H

#include "harness/card/scp03.h"

#include <stdbool.h>
#include <stdint.h>

#define CHANNEL_KEYS_VERSION     0x30
#define CHANNEL_KEYS_DIVERSIFIED 10

/* Of the project's virtual sims. The master key is public on purpose. False when libcrypto fails. */
bool channel_keys_virtual(const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED], struct scp03_keys *out);

void channel_keys_wipe(struct scp03_keys *keys);

#endif
