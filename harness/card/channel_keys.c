#include "harness/card/channel_keys.h"

#include <openssl/evp.h>
#include <string.h>

void channel_keys_virtual(struct channel_keys *out)
{
    static const char text[] = "nfc-survey test master key, public";
    memset(out, 0, sizeof *out);
    out->given.version = CHANNEL_VIRTUAL_VERSION;
    if (EVP_Q_digest(NULL, "SHA256", NULL, text, sizeof text - 1, out->master, NULL))
        out->master_length = sizeof out->master;
}

static bool derive(const struct channel_keys *keys, const char label[4], const uint8_t *diversification,
                   uint8_t *out)
{
    uint8_t message[4 + CHANNEL_DIVERSIFICATION], mac[32];
    size_t n = 0;
    memcpy(message, label, 4);
    memcpy(message + 4, diversification, CHANNEL_DIVERSIFICATION);
    bool good = EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, keys->master, keys->master_length, message,
                          sizeof message, mac, sizeof mac, &n) &&
                n == sizeof mac;
    if (good)
        memcpy(out, mac, 16);
    explicit_bzero(mac, sizeof mac);
    return good;
}

bool channel_keys_of(const struct channel_keys *keys, const uint8_t diversification[CHANNEL_DIVERSIFICATION],
                     struct scp03_keys *out)
{
    *out = keys->given;
    if (keys->master_length == 0)
        return keys->given.length > 0;
    out->length = 16;
    return derive(keys, "enc", diversification, out->enc) && derive(keys, "mac", diversification, out->mac) &&
           derive(keys, "dek", diversification, out->dek);
}
