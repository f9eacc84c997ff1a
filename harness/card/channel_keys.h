/*
 * The static keys of secure channels with test targets: a target's are derived from a master key and the ten bytes of
 * diversification that it tells in INITIALIZE UPDATE, or a file gives them. Those of virtual targets everybody has.
 */
#ifndef NFC_SURVEY_CARD_CHANNEL_KEYS_H
#define NFC_SURVEY_CARD_CHANNEL_KEYS_H

#include "harness/card/scp03.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_DIVERSIFICATION 10
#define CHANNEL_VIRTUAL_VERSION 0x30

struct channel_keys {
    uint8_t master
        [32]; /* enc, mac and dek are the first 16 bytes of HMAC-SHA-256(master, "enc" 00 | diversification) */
    size_t master_length;    /* 0: the keys are given */
    struct scp03_keys given; /* with their version, which is that of derived ones too */
};

/* Of virtual targets: the master is SHA-256 of a text, version 30. */
void channel_keys_virtual(struct channel_keys *out);

/* A target's. False without HMAC. */
bool channel_keys_of(const struct channel_keys *keys, const uint8_t diversification[CHANNEL_DIVERSIFICATION],
                     struct scp03_keys *out) __attribute__((warn_unused_result));

#endif
