/*
 * Static keys of SCP03 for test targets, each target's own: the first 16 bytes of HMAC-SHA-256 under a master key, over what the key
 * is for ("enc", "mac", "dek") and the target's diversification data, which it tells in INITIALIZE UPDATE; or a file gives them.
 */
#ifndef NFC_SURVEY_CARD_CHANNEL_KEYS_H
#define NFC_SURVEY_CARD_CHANNEL_KEYS_H

#include "harness/card/scp03.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_KEYS_VERSION     0x30
#define CHANNEL_KEYS_DIVERSIFIED 10
#define CHANNEL_KEYS_MASTER      32

/* What a terminal has. */
struct channel_keys {
    uint8_t master[CHANNEL_KEYS_MASTER];
    size_t master_length;    /* 16 to 32; 0: the keys are given */
    struct scp03_keys given; /* with their version, which is that of derived ones too */
};

/* For the project's virtual sims: the master key is public on purpose. False when libcrypto fails. */
bool channel_keys_public(struct channel_keys *out) __attribute__((warn_unused_result));

/* A target's. False when libcrypto fails. */
bool channel_keys_of(const struct channel_keys *keys, const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED],
                     struct scp03_keys *out) __attribute__((warn_unused_result));

/* A virtual sim's own. */
bool channel_keys_virtual(const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED], struct scp03_keys *out);

void channel_keys_wipe(struct scp03_keys *keys);

#endif
