#include "harness/card/channel_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define KEY_LENGTH   16
#define LABEL_LENGTH 3 /* enc, mac, dek */

static bool derive(const struct channel_keys *keys, const char label[LABEL_LENGTH + 1],
                   const uint8_t *diversification, uint8_t out[SCP03_KEY_MAX])
{
    uint8_t message[LABEL_LENGTH + CHANNEL_KEYS_DIVERSIFIED], mac[32];
    memcpy(message, label, LABEL_LENGTH);
    memcpy(message + LABEL_LENGTH, diversification, CHANNEL_KEYS_DIVERSIFIED);
    bool done = HMAC(EVP_sha256(), keys->master, (int)keys->master_length, message, sizeof message, mac,
                     NULL) != NULL;
    if (done)
        memcpy(out, mac, KEY_LENGTH);
    OPENSSL_cleanse(mac, sizeof mac);
    return done;
}

bool channel_keys_of(const struct channel_keys *keys, const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED],
                     struct scp03_keys *out)
{
    *out = keys->given;
    if (keys->master_length == 0)
        return keys->given.length > 0;
    out->length = KEY_LENGTH;
    return derive(keys, "enc", diversification, out->enc) && derive(keys, "mac", diversification, out->mac) &&
           derive(keys, "dek", diversification, out->dek);
}

bool channel_keys_public(struct channel_keys *out)
{
    static const char seed[] = "nfc-survey test master key, public";
    *out = (struct channel_keys) { .master_length = CHANNEL_KEYS_MASTER,
                                   .given = { .version = CHANNEL_KEYS_VERSION } };
    return EVP_Digest(seed, sizeof seed - 1, out->master, NULL, EVP_sha256(), NULL) == 1;
}

bool channel_keys_virtual(const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED], struct scp03_keys *out)
{
    struct channel_keys keys;
    return channel_keys_public(&keys) && channel_keys_of(&keys, diversification, out);
}

void channel_keys_wipe(struct scp03_keys *keys)
{
    OPENSSL_cleanse(keys, sizeof *keys);
}
