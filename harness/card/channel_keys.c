#include "harness/card/channel_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define KEY_LENGTH 16

static bool derive(const uint8_t master[32], const char *label, const uint8_t *diversification,
                   uint8_t out[SCP03_KEY_MAX])
{
    uint8_t message[8 + CHANNEL_KEYS_DIVERSIFIED], mac[32];
    size_t n = strlen(label);
    memcpy(message, label, n);
    memcpy(message + n, diversification, CHANNEL_KEYS_DIVERSIFIED);
    bool done = HMAC(EVP_sha256(), master, 32, message, n + CHANNEL_KEYS_DIVERSIFIED, mac, NULL) != NULL;
    if (done)
        memcpy(out, mac, KEY_LENGTH);
    OPENSSL_cleanse(mac, sizeof mac);
    return done;
}

bool channel_keys_virtual(const uint8_t diversification[CHANNEL_KEYS_DIVERSIFIED], struct scp03_keys *out)
{
    static const char seed[] = "nfc-survey test master key, public";
    uint8_t master[32];
    *out = (struct scp03_keys) { .length = KEY_LENGTH, .version = CHANNEL_KEYS_VERSION };
    return EVP_Digest(seed, sizeof seed - 1, master, NULL, EVP_sha256(), NULL) == 1 &&
           derive(master, "enc", diversification, out->enc) &&
           derive(master, "mac", diversification, out->mac) &&
           derive(master, "dek", diversification, out->dek);
}

void channel_keys_wipe(struct scp03_keys *keys)
{
    OPENSSL_cleanse(keys, sizeof *keys);
}
